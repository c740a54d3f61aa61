/* Numbers of any length keep their value: digits beyond those kept are rounded half to even and counted, what
 * lies outside +-2^62 units is invalid and named, and none is lost.
 *
 * Reference figures: sums of Python's fractions.Fraction over the same cells, each rounded half to even at
 * the kept decimals, rounded once to a double. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

static process_result run(const scene *s, const char *workers, const char *shard_rows) {
  const char *const arguments[] = {CANVASS_PROGRAM, "run",   s->spec,        s->data,    "--format", "json",
                                   "--workers",     workers, "--shard-rows", shard_rows, "-q",       NULL};
  process_result r;
  process_run(arguments, NULL, &r);
  process_check_success(&r);
  return r;
}

static const json *first_variable(const json *report) {
  return json_at(json_get(json_get(report, "data"), "variables"), 0);
}

static bool is(double got, double wanted) {
  return got <= wanted && got >= wanted;
}

/* ---- Every size ---------------------------------------------------------------------------------- */

#define PAGE(more)                                               \
  "variables:\n  x: {type: number, missing: {-99: refused}" more \
  "}\n  y: {type: nominal}\nanalyses:\n"                         \
  "  - describe: {items: x}\n"

static void numbers_of_any_length_give_the_mean_of_what_is_kept(void **state) {
  static const struct {
    const char *page, *data;
    int64_t n, rounded, invalid;
    double mean;
  } cases[] = {
      /* ordinary output of R and Python */
      {PAGE(""), "x,y\n0.0012345678901234567,1\n4.53449843955693e-05,1\n1,1\n2.5,1\n", 4, 2, 0,
       0.87531997825},
      /* forty digits, before and behind the mark */
      {PAGE(""),
       "x,y\n0.1234567890123456789012345678901234567890,1\n"
       "1.0000000000000000000000000000000000000000000,1\n12345.000000000000000000000000001,1\n",
       3, 2, 0, 4115.374485596333},
      /* halves go to the even digit: 0.000000000|5, 0.000000001|5 and 0.000000002|5000...1 */
      {PAGE(""), "x,y\n0.0000000005,1\n15e-10,1\n0.00000000250000000000000000000000000000000001,1\n", 3, 3, 0,
       1.6666666666666667e-09},
      /* beyond any double: nothing, and too much */
      {PAGE(""), "x,y\n1e-400,1\n-1e-400,1\n1e400,1\n-1e400,1\n3,1\n", 3, 2, 2, 1},
      /* a zero has any exponent, and trailing zeros are not digits */
      {PAGE(""), "x,y\n0e400,1\n0.000e-400,1\n5.00000000000000000000000000,1\n500e-2,1\n", 4, 0, 0, 2.5},
      /* missing codes by value, however they are written */
      {PAGE(""), "x,y\n-99,1\n-99.00000000000000000000000,1\n-9.9e1,1\n4.53449843955693e-05,1\n", 1, 1, 0,
       4.5345e-05},
      /* what the largest number leaves of 18 digits: it has 15 before the mark, so 3 after it */
      {PAGE(""), "x,y\n123456789012345.4,1\n0.123456789,1\n0.0005,1\n", 3, 2, 0, 41152263004115.175},
      /* declared decimals are the limit */
      {PAGE(", decimals: 2"), "x,y\n0.125,1\n0.375,1\n4.53449843955693e-05,1\n2.5,1\n", 4, 3, 0, 0.75},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json *report = scene_report(*state, cases[i].page, cases[i].data);
    const json *row = report_first_row(report, 0);
    const json *x = first_variable(report);
    const double mean = json_as_number(json_get(row, "mean"));
    const int64_t n = json_as_integer(json_get(row, "n"));
    const int64_t rounded = json_as_integer(json_get(x, "rounded"));
    const int64_t invalid = json_as_integer(json_get(x, "invalid"));
    if (!is(mean, cases[i].mean) || n != cases[i].n || rounded != cases[i].rounded ||
        invalid != cases[i].invalid) {
      fail_msg("case %zu: mean %.17g, n %lld, rounded %lld, invalid %lld", i, mean, (long long)n,
               (long long)rounded, (long long)invalid);
    }
  }
}

static void a_decimal_comma_changes_nothing(void **state) {
  const json *report = scene_report(*state,
                                    "data: {delimiter: \";\", decimal: \",\"}\n"
                                    "variables:\n  x: {type: number}\nanalyses:\n  - describe: {items: x}\n",
                                    "x;y\n0,0012345678901234567;1\n4,53449843955693e-05;1\n1;1\n2,5;1\n");
  assert_true(is(json_as_number(json_get(report_first_row(report, 0), "mean")), 0.87531997825));
  assert_int_equal(json_as_integer(json_get(first_variable(report), "rounded")), 2);
}

static void a_filter_sees_the_numbers_that_are_kept(void **state) {
  const json *report = scene_report(*state,
                                    "variables:\n  x: {type: number}\nanalyses:\n"
                                    "  - describe: {items: x, where: \"x > 0.000045345\"}\n"
                                    "  - describe: {items: x, where: \"x == 0.000045345\", name: same}\n",
                                    "x,y\n4.53449843955693e-05,1\n4.53450001e-05,1\n4.5346e-05,1\n9,1\n");
  assert_int_equal(json_as_integer(json_get(report_first_row(report, 0), "n")), 2);
  assert_int_equal(json_as_integer(json_get(report_first_row(report, 1), "n")), 2);
}

static void the_first_rounded_and_the_first_invalid_numbers_are_named(void **state) {
  const json *x = first_variable(
      scene_report(*state, PAGE(""), "x,y\n1,1\n0.0012345678901234567,1\n9223372036854775808,1\n2,1\n"));
  const json *rounded = json_at(json_get(x, "rounded_places"), 0);
  const json *invalid = json_at(json_get(x, "places"), 0);
  assert_int_equal(json_as_integer(json_get(rounded, "line")), 3);
  assert_string_equal(json_as_cstring(json_get(rounded, "value")), "0.0012345678901234567");
  assert_int_equal(json_as_integer(json_get(invalid, "line")), 4);
  assert_string_equal(json_as_cstring(json_get(invalid, "value")), "9223372036854775808");
}

/* ---- Any cut -------------------------------------------------------------------------------------- */

/* Columns in every form that a shard has: few texts, numbers of one scale, numbers of many scales, long
 * numbers among short ones, and texts. */
static char *mixed_data(size_t rows) {
  enum { LINE_BYTES = 400 };
  char *data = malloc((rows + 1) * LINE_BYTES);
  assert_non_null(data);
  uint64_t seed = 11;
  size_t at = (size_t)sprintf(data, "a,b,c,d,e\n");
  for (size_t i = 0; i < rows; i++) {
    unsigned v[5];
    for (int k = 0; k < 5; k++) {
      seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      v[k] = (unsigned)(seed >> 33);
    }
    const double uniform = (double)v[0] / 2147483648.0;
    at += (size_t)sprintf(data + at, "%.17g,%.15ge-%02u,", uniform, uniform * 9, v[1] % 40);
    if (v[2] % 50 == 0) {
      at += (size_t)sprintf(data + at, "%s,", v[2] % 3 == 0 ? "n/a" : "0.30000000000000000000000001");
    } else {
      at += (size_t)sprintf(data + at, "%u.%02u,", v[2] % 1000, v[3] % 100);
    }
    at += (size_t)sprintf(data + at, "%u,", i / 300 % 2 == 0 ? v[3] % 5 : v[3]);
    at += (size_t)sprintf(data + at, i / 200 % 2 == 0 ? "%u.5\n" : "%ue-20\n", v[4]);
  }
  return data;
}

static void no_cut_and_no_number_of_workers_leaves_a_trace(void **state) {
  scene *s = *state;
  char *data = mixed_data(3000);
  scene_write(s,
              "variables:\n  a: {type: number}\n  b: {type: number}\n  c: {type: number}\n"
              "  d: {type: nominal}\n  e: {type: number, decimals: 3}\n"
              "analyses:\n  - describe: {items: [a, b, c, d, e]}\n"
              "  - correlate: {items: [a, b, c, e], method: both}\n",
              data);
  free(data);
  process_result first = run(s, "1", "65536");
  static const char *const cuts[][2] = {{"2", "65536"}, {"1", "100"}, {"2", "37"}, {"3", "640"}, {"1", "1"}};
  for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
    process_result other = run(s, cuts[i][0], cuts[i][1]);
    assert_int_equal(other.out_length, first.out_length);
    assert_memory_equal(other.out, first.out, first.out_length);
    process_result_fini(&other);
  }
  process_result_fini(&first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(numbers_of_any_length_give_the_mean_of_what_is_kept),
      SCENE_TEST(a_decimal_comma_changes_nothing),
      SCENE_TEST(a_filter_sees_the_numbers_that_are_kept),
      SCENE_TEST(the_first_rounded_and_the_first_invalid_numbers_are_named),
      SCENE_TEST(no_cut_and_no_number_of_workers_leaves_a_trace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
