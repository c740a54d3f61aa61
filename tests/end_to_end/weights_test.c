/* Weights are used as they are written, whatever their size; what cannot be used is reported.
 *
 * Reference figures are exact: sums of Python's fractions.Fraction over the same cells, rounded once, or sums
 * of the whole numbers that the cells were made from. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { EXIT_DATA = 4 };

#define PAGE(kind)                                                                 \
  "variables:\n  x: {type: scale, range: [1, 5]}\n  w: {type: weight, kind: " kind \
  "}\nweight: w\n"                                                                 \
  "analyses:\n  - describe: {items: x}\n"

static const json *weight_of(const json *report) {
  return json_at(json_get(json_get(report, "data"), "weights"), 0);
}

static const json *trouble_of(const json *weight, const char *cause) {
  const json *troubles = json_get(weight, "troubles");
  for (size_t i = 0; i < json_count(troubles); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(troubles, i), "cause")), cause) == 0) {
      return json_at(troubles, i);
    }
  }
  return NULL;
}

static bool is(double got, double wanted) {
  return got <= wanted && got >= wanted;
}

/* ---- Every size ---------------------------------------------------------------------------------- */

static void weights_of_any_size_give_the_exact_mean(void **state) {
  static const struct {
    const char *data;
    int64_t decimals;
    double mean, weighted_n;
  } cases[] = {
      /* six decimals beside heavy ones */
      {"x,w\n1,1500\n2,2000\n5,1.234567\n4,1.5\n5,1073.741823\n5,1073.741824\n", 6, 2.8759227439636015,
       5650.218214},
      /* of the size of those of NHANES 2017-2018 */
      {"x,w\n1,2571.068687\n5,419762.836649\n3,8614.571172\n2,13329.450589\n", 6, 4.848064095148571,
       444277.927097},
      /* nothing but small ones */
      {"x,w\n1,0.0000004\n5,0.0000007\n3,2e-7\n", 7, 3.4615384615384617, 1.3e-06},
      {"x,w\n1,4.53449843955693e-05\n5,1.5e-05\n2,4.5e-05\n", 19, 1.9967251939183561, 0.0001053449843955693},
      {"x,w\n1,1e-30\n5,2.5e-30\n4,3e-31\n", 31, 3.8684210526315788, 3.8e-30},
      /* a heavy one beside light ones */
      {"x,w\n1,1000000000000\n5,0.5\n5,0.25\n", 2, 1.000000000003, 1000000000000.75},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json *report = scene_report(*state, PAGE("sampling"), cases[i].data);
    const json *row = report_first_row(report, 0);
    const json *weight = weight_of(report);
    const double mean = json_as_number(json_get(row, "mean"));
    if (!is(mean, cases[i].mean) || !is(json_as_number(json_get(row, "weighted_n")), cases[i].weighted_n)) {
      fail_msg("case %zu: %.17g of %.17g", i, mean, json_as_number(json_get(row, "weighted_n")));
    }
    assert_int_equal(json_as_integer(json_get(weight, "decimals")), cases[i].decimals);
    assert_int_equal(json_as_integer(json_get(weight, "rounded")), 0);
    assert_int_equal(json_count(json_get(weight, "troubles")), 0);
  }
}

/* 100,000 weights that sum to 1, with fifteen significant digits, as R and Python write them. */
static void weights_that_sum_to_one_are_all_used(void **state) {
  enum { ROWS = 100000, LINE_BYTES = 40 };
  char *data = malloc((size_t)ROWS * LINE_BYTES);
  assert_non_null(data);
  int64_t sum = 0;
  int64_t weighted = 0;
  for (int64_t i = 0; i < ROWS; i++) {
    sum += i * 7919 % 1000 + 1;
  }
  size_t at = (size_t)sprintf(data, "x,w\n");
  for (int64_t i = 0; i < ROWS; i++) {
    const int64_t k = i * 7919 % 1000 + 1;
    const int64_t x = i * i % 5 + 1;
    weighted += k * x;
    at += (size_t)sprintf(data + at, "%lld,%.15g\n", (long long)x, (double)k / (double)sum);
  }
  const json *report = scene_report(*state, PAGE("sampling"), data);
  const json *row = report_first_row(report, 0);
  assert_int_equal(json_as_integer(json_get(row, "n")), ROWS);
  assert_true(fabs(json_as_number(json_get(row, "mean")) - (double)weighted / (double)sum) < 1e-13);
  assert_true(fabs(json_as_number(json_get(row, "weighted_n")) - 1) < 1e-12);
  assert_int_equal(json_count(json_get(weight_of(report), "troubles")), 0);
  assert_true(json_as_number(json_get(weight_of(report), "rounding_error")) < 1e-11);
  free(data);
}

/* 0.5 of a unit would round to none, so it counts as one.  The heaviest weight leaves no room for decimals.
 */
static void a_positive_weight_is_at_least_one_unit(void **state) {
  const json *report =
      scene_report(*state, PAGE("sampling"), "x,w\n1,2000000000000000000\n5,0.25\n4,0.75\n3,1.5\n2,-0.25\n");
  const json *row = report_first_row(report, 0);
  const json *weight = weight_of(report);
  assert_int_equal(json_as_integer(json_get(row, "n")), 4);
  assert_int_equal(json_as_integer(json_get(weight, "decimals")), 0);
  assert_int_equal(json_as_integer(json_get(weight, "above_zero")), 4);
  assert_int_equal(json_as_integer(json_get(weight, "zero")), 0);
  assert_int_equal(json_as_integer(json_get(weight, "rounded")), 3);
  assert_true(is(json_as_number(json_get(weight, "smallest")), 1));
  assert_true(
      is(json_as_number(json_get(weight, "rounding_error")), 1)); /* 1 for 0.25, and no more is reported */
  assert_int_equal(json_as_integer(json_get(trouble_of(weight, "few_digits"), "n")), 3);
  const json *place = json_at(json_get(trouble_of(weight, "few_digits"), "places"), 0);
  assert_int_equal(json_as_integer(json_get(place, "line")), 3);
  assert_string_equal(json_as_cstring(json_get(place, "value")), "0.25");
  assert_int_equal(json_as_integer(json_get(trouble_of(weight, "negative"), "n")), 1);
}

/* Two of seven decimals go: 1.2345675 becomes 1.23457, and 0.0000125 becomes 0.00001. */
static void declared_decimals_round_and_tell(void **state) {
  const json *report = scene_report(*state,
                                    "variables:\n  x: {type: scale, range: [1, 5]}\n"
                                    "  w: {type: weight, kind: sampling, decimals: 5}\nweight: w\n"
                                    "analyses:\n  - describe: {items: x}\n",
                                    "x,w\n1,1.2345675\n5,3.5\n2,0.0000125\n");
  const json *weight = weight_of(report);
  assert_true(is(json_as_number(json_get(report_first_row(report, 0), "weighted_n")), 4.73458));
  assert_int_equal(json_as_integer(json_get(weight, "rounded")), 2);
  /* 0.00001 for 0.0000125: a fifth */
  assert_true(is(json_as_number(json_get(weight, "rounding_error")), 0.2));
  assert_int_equal(json_as_integer(json_get(trouble_of(weight, "few_digits"), "n")), 2);
}

/* ---- What cannot be used ------------------------------------------------------------------------- */

static void expect(const process_result *r, int exit_code, const char *out, const char *err) {
  if (r->exit_code != exit_code || strstr(r->err, err) == NULL || strstr(r->out, out) == NULL) {
    fail_msg("exit code %d, wanted %d; errors '%s', wanted '%s'; output '%s', wanted '%s'", r->exit_code,
             exit_code, r->err, err, r->out, out);
  }
}

static void what_cannot_be_used_is_a_warning_with_its_cause(void **state) {
  scene *s = *state;
  static const char data[] =
      "x,w\n1,1500\n2,0.5\n5,-3\n5,\n5,abc\n5,0\n5,1e30\n4,-1e-9\n3,9223372036854775808\n";
  const json *report = scene_report(s, PAGE("sampling"), data);
  static const struct {
    const char *cause;
    int64_t n, line;
  } causes[] = {{"missing", 1, 5}, {"no_number", 1, 6}, {"too_large", 2, 8}, {"negative", 2, 4}};
  const json *weight = weight_of(report);
  for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
    const json *trouble = trouble_of(weight, causes[i].cause);
    assert_int_equal(json_as_integer(json_get(trouble, "n")), causes[i].n);
    assert_int_equal(json_as_integer(json_get(json_at(json_get(trouble, "places"), 0), "line")),
                     causes[i].line);
  }
  assert_int_equal(json_as_integer(json_get(weight, "above_zero")), 2);
  assert_int_equal(json_as_integer(json_get(weight, "zero")), 1);
  const json *warning = json_at(json_get(json_at(json_get(report, "analyses"), 0), "warnings"), 0);
  assert_string_equal(json_as_cstring(json_get(warning, "code")), "weight_unusable");
  assert_int_equal(json_as_integer(json_get(json_get(warning, "detail"), "n")), 6);
  assert_int_equal(json_as_integer(json_get(json_get(warning, "detail"), "n_negative")), 2);
  process_result r = scene_run(s, "run", NULL, NULL);
  expect(&r, 0, "Weights in w that are too large, rows not used: 2 (data.csv:8 “1e30”,",
         "canvass: warning: w: 6 of 9 rows have no usable weight and are not used: 1 missing (");
  process_result_fini(&r);
  scene_write(s, PAGE("sampling"), "x,w\n1,1500\n2,-0.5\n");
  r = scene_run(s, "run", "--strict", NULL);
  expect(&r, EXIT_DATA, "", "--strict: w: 1 of 2 rows has no usable weight and is not used: 1 negative (");
  process_result_fini(&r);
}

static void a_frequency_weight_counts_whole_rows(void **state) {
  scene *s = *state;
  const json *row =
      report_first_row(scene_report(s, PAGE("frequency"), "x,w\n1,2\n3,2.0\n5,1000000\n5,1e2\n4,0\n"), 0);
  assert_true(is(json_as_number(json_get(row, "weighted_n")), 1000104));
  assert_true(is(json_as_number(json_get(row, "mean")), 5000508.0 / 1000104));
  static const char *const subcommands[] = {"run", "check"};
  for (size_t i = 0; i < 2; i++) {
    scene_write(s, PAGE("frequency"), "x,w\n1,2\n2,0.4\n3,2.0\n4,1.5\n");
    process_result r = scene_run(s, subcommands[i], NULL, NULL);
    expect(&r, EXIT_DATA, "",
           "weight 'w' is a frequency weight, which counts equal rows, and has fractions in 2 rows: "
           "data.csv:3 '0.4', data.csv:5 '1.5'; weights that say how many people of the population a row "
           "represents are kind: sampling");
    process_result_fini(&r);
  }
}

/* ---- The unit of weights -------------------------------------------------------------------------- */

static const char every_analysis[] =
    "variables:\n"
    "  g: {type: nominal}\n"
    "  q1: {type: scale, range: [1, 5]}\n"
    "  q2: {type: scale, range: [1, 5]}\n"
    "  q3: {type: scale, range: [1, 5]}\n"
    "  rec: {type: scale, range: [0, 10]}\n"
    "  effort: {type: scale, range: [1, 7]}\n"
    "  spend: {type: number, decimals: 2}\n"
    "  w: {type: weight, kind: sampling}\n"
    "constructs:\n"
    "  all: {items: [q1, q2, q3]}\n"
    "weight: w\n"
    "analyses:\n"
    "  - describe: {items: [q1, spend, all], by: g}\n"
    "  - nps: {items: rec, by: g}\n"
    "  - csat: {items: q1, by: g}\n"
    "  - ces: {items: effort, by: g}\n"
    "  - index: {construct: all, by: g}\n"
    "  - index: {construct: all, weights: entropy, name: entropy}\n"
    "  - index: {construct: all, method: means, name: means}\n"
    "  - correlate: {items: [q1, q2, rec, spend], method: both, by: g}\n"
    "  - crosstab: {rows: q1, columns: g}\n"
    "  - segment: {items: [q1, q2, q3, spend], k: 3}\n"
    "  - segment: {items: [q1, q2, q3], k: 2, scale: none, name: plain}\n"
    "  - compare: {items: [q1, spend], groups: g}\n";

/* The N-th weight, from 1 to 4096 hundredths, times FACTOR, as whole numbers with an exponent while FACTOR is
 * a power of ten. */
typedef void weight_writer(char *out, int64_t hundredths, double factor);

static void write_power(char *out, int64_t hundredths, double factor) {
  sprintf(out, "%llde%d", (long long)hundredths, (int)lround(log10(factor)) - 2);
}

static void write_product(char *out, int64_t hundredths, double factor) {
  sprintf(out, "%.17g", (double)hundredths / 100 * factor);
}

static const json *scaled_report(scene *s, weight_writer *writer, double factor) {
  enum { ROWS = 400, LINE_BYTES = 100 };
  static char data[ROWS * LINE_BYTES];
  uint64_t seed = 7;
  size_t at = (size_t)sprintf(data, "g,q1,q2,q3,rec,effort,spend,w\n");
  for (int i = 0; i < ROWS; i++) {
    unsigned v[6];
    for (int k = 0; k < 6; k++) {
      seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      v[k] = (unsigned)(seed >> 40);
    }
    const unsigned taste = v[0] % 5;
    char weight[40];
    writer(weight, 1 + v[5] % 4096, factor);
    at += (size_t)sprintf(data + at, "%c,%u,%u,%u,%u,%u,%u.%02u,%s\n", "abc"[v[1] % 3], 1 + taste,
                          1 + (taste + v[1] / 8 % 2) % 5, 1 + v[2] % 5, (taste * 2 + v[3] % 4) % 11,
                          1 + v[4] % 7, v[3] / 16 % 90, v[4] / 16 % 100, weight);
  }
  return scene_report(s, every_analysis, data);
}

/* Sums of weights; and with weights that are not exactly in proportion, how often k-means looked again. */
static bool is_compared(const char *key, double tolerance) {
  return strcmp(key, "weighted_n") != 0 && strcmp(key, "within_ss") != 0 &&
         (tolerance <= 0 || strcmp(key, "passes") != 0);
}

static void expect_same(const json *a, const json *b, double tolerance, const char *where) {
  if (json_kind_of(a) == JSON_INTEGER || json_kind_of(a) == JSON_NUMBER) {
    const double x = json_as_number(a);
    const double y = json_as_number(b);
    if (!(fabs(x - y) <= tolerance * (fabs(x) > 1 ? fabs(x) : 1)) || json_kind_of(b) == JSON_NULL) {
      fail_msg("%s: %.17g and %.17g", where, x, y);
    }
    return;
  }
  assert_int_equal(json_kind_of(a), json_kind_of(b));
  assert_int_equal(json_count(a), json_count(b));
  for (size_t i = 0; i < json_count(a); i++) {
    if (json_kind_of(a) == JSON_ARRAY) {
      expect_same(json_at(a, i), json_at(b, i), tolerance, where);
    } else if (json_kind_of(a) == JSON_OBJECT) {
      const char *key = NULL;
      const json *member = json_member(a, i, &key);
      if (is_compared(key, tolerance)) {
        expect_same(member, json_get(b, key), tolerance, key);
      }
    }
  }
  assert_string_equal(json_as_cstring(a), json_as_cstring(b));
}

static void no_figure_depends_on_the_unit_of_the_weights(void **state) {
  scene *s = *state;
  const json *as_is = json_get(scaled_report(s, write_power, 1), "analyses");
  static const double powers[] = {1e-30, 1e-9, 0.1, 10, 1e6, 1e14};
  for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
    expect_same(as_is, json_get(scaled_report(s, write_power, powers[i]), "analyses"), 0, "power");
  }
  static const double others[] = {1.0 / 3, 0.7, 1234.5678, 3.0e-20, 7e12};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    expect_same(as_is, json_get(scaled_report(s, write_product, others[i]), "analyses"), 1e-12, "product");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(weights_of_any_size_give_the_exact_mean),
      SCENE_TEST(weights_that_sum_to_one_are_all_used),
      SCENE_TEST(a_positive_weight_is_at_least_one_unit),
      SCENE_TEST(declared_decimals_round_and_tell),
      SCENE_TEST(what_cannot_be_used_is_a_warning_with_its_cause),
      SCENE_TEST(a_frequency_weight_counts_whole_rows),
      SCENE_TEST(no_figure_depends_on_the_unit_of_the_weights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
