/* What models make of rows: scores are exact sums rounded once, distances are from a row's own centre.  All
 * expected values are counted by hand, or of 1 / (1 + exp(-x)) to 15 digits. */
#include <math.h>

#include "stats/frame/frame.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"

enum { ROWS = 5 };
#define GONE(reason) (INT64_MIN + (int64_t)(reason))

static const char *const a_cells[ROWS] = {"5", "0", "", "-1", "2"};
static const char *const b_cells[ROWS] = {"0", "5", "1", "0", "0"};
static uint32_t inputs[] = {0, 1};

/* A program of a (-1 to 5) and b (0 to 5). */
static program *scales(void) {
  program *p = program_new();
  assert_non_null(p);
  sample_scale(p, "a", -1, 5, NULL);
  sample_scale(p, "b", 0, 5, NULL);
  return p;
}

static void expect(program *p, const program_variable *v, const int64_t expected[ROWS]) {
  fixture *data = fixture_new(ROWS);
  frame *f = NULL;
  number_view view;
  uint32_t index = 0;
  fixture_column(data, "a", PACKED_CODES, a_cells);
  fixture_column(data, "b", PACKED_CODES, b_cells);
  sample_add(p, v, &index);
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  assert_int_equal(frame_number(f, index, &view, NULL), STATUS_OK);
  assert_int_equal(view.decimals, v->decimals);
  for (size_t r = 0; r < ROWS; r++) {
    assert_int_equal(view.values[r], expected[r]);
  }
  frame_destroy(f);
  fixture_destroy(data);
}

static void expect_score(program_variable v, int64_t constant, uint8_t constant_shift, int64_t slope,
                         uint8_t slope_shift, const int64_t expected[ROWS]) {
  program *p = scales();
  int64_t coefficients[] = {constant, slope};
  uint8_t shifts[] = {constant_shift, slope_shift};
  v.kind = VARIABLE_SCORE;
  v.name = "score";
  v.inputs = inputs;
  v.inputs_count = 1;
  v.coefficients = coefficients;
  v.shifts = shifts;
  expect(p, &v, expected);
  program_destroy(p);
}

static void scores_are_rounded_half_to_even(void **state) {
  (void)state;
  /* a + 1/2, as (2 + 4 a) / 2^2 and as (2^69 + 2^70 a) / 2^70; 4 a + 3/2, as (3 * 2^69 + 2^72 a) / 2^70 */
  static const int64_t half[] = {6, 0, GONE(MISSING_BLANK), 0, 2};
  static const int64_t four[] = {22, 2, GONE(MISSING_BLANK), -2, 10};
  expect_score((program_variable){.drop = 2}, 2, 0, 1, 2, half);
  expect_score((program_variable){.drop = 70}, INT64_C(1) << 61, 8, INT64_C(1) << 60, 10, half);
  expect_score((program_variable){.drop = 70}, INT64_C(3) << 60, 9, 512, 63, four);
  /* a, of numbers that just fit 192 bits; 2^-4 a, next to nothing; a + 1/4 */
  expect_score((program_variable){.drop = 122}, 0, 0, INT64_C(1) << 60, 62,
               (const int64_t[]){5, 0, GONE(MISSING_BLANK), -1, 2});
  expect_score((program_variable){.drop = 64}, 0, 0, INT64_C(1) << 60, 0,
               (const int64_t[]){0, 0, GONE(MISSING_BLANK), 0, 0});
  expect_score((program_variable){.drop = 64}, INT64_C(1) << 62, 0, INT64_C(1) << 61, 3,
               (const int64_t[]){5, 0, GONE(MISSING_BLANK), -1, 2});
}

static void a_score_beyond_all_numbers_is_invalid(void **state) {
  (void)state;
  const int64_t gone = GONE(MISSING_INVALID);
  expect_score((program_variable){.drop = 0}, 0, 0, INT64_C(1) << 60, 10,
               (const int64_t[]){gone, 0, GONE(MISSING_BLANK), gone, gone});
  expect_score((program_variable){.drop = 0}, 0, 0, INT64_C(1) << 61, 0, /* 2^62 is the largest number */
               (const int64_t[]){gone, 0, GONE(MISSING_BLANK), -(INT64_C(1) << 61), NUMBER_MAX});
}

static void a_logistic_score_is_the_probability(void **state) {
  (void)state;
  expect_score(
      (program_variable){.link = SCORE_LOGISTIC, .decimals = 12}, 0, 0, 1, 50,
      (const int64_t[]){993307149076, 500000000000, GONE(MISSING_BLANK), 268941421370, 880797077978});
  /* 1024 a is cut at -+700 */
  expect_score((program_variable){.link = SCORE_LOGISTIC, .decimals = 1}, 0, 0, 1, 60,
               (const int64_t[]){10, 5, GONE(MISSING_BLANK), 0, 10});
}

static void distances_are_from_the_centre_of_the_rows_own_cluster(void **state) {
  (void)state;
  int64_t coefficients[] = {5, -2, 1, 5, -2, 1, 0, 1, -1}; /* smallest: 1st, 3rd, .., 3rd, 1st or 2nd */
  double metric[] = {1, 0.25}, centres[] = {2, 0, 9, 9, 0, 1};
  uint32_t cluster = 0;
  program *p = scales();
  sample_add(p,
             &(program_variable){.kind = VARIABLE_CLUSTER,
                                 .name = "cluster",
                                 .inputs = inputs,
                                 .inputs_count = 2,
                                 .clusters = 3,
                                 .coefficients = coefficients},
             &cluster);
  /* (5, 0) from (2, 0); (0, 5) from (0, 1); (-1, 0) from (0, 1): the root of 1.25; (2, 0) from (2, 0) */
  expect(p,
         &(program_variable){.kind = VARIABLE_DISTANCE,
                             .name = "distance",
                             .inputs = &cluster,
                             .inputs_count = 1,
                             .decimals = 6,
                             .clusters = 3,
                             .metric_count = 2,
                             .metric = metric,
                             .centres = centres},
         (const int64_t[]){3000000, 2000000, GONE(MISSING_TOO_FEW), 1118034, 0});
  program_destroy(p);
}

static void centres_that_are_not_the_clusters_are_refused(void **state) {
  (void)state;
  int64_t coefficients[] = {5, -2};
  double one[] = {1}, below[] = {-1}, endless[] = {HUGE_VAL};
  uint32_t cluster = 0;
  program *p = scales();
  sample_add(p,
             &(program_variable){.kind = VARIABLE_CLUSTER,
                                 .name = "cluster",
                                 .inputs = inputs,
                                 .inputs_count = 1,
                                 .clusters = 1,
                                 .coefficients = coefficients},
             &cluster);
  const struct {
    uint32_t clusters, count;
    double *metric, *centres;
    status expected;
  } cases[] = {
      {1, 1, one, one, STATUS_OK},        {2, 1, one, one, STATUS_USAGE},
      {1, 2, one, one, STATUS_USAGE},     {1, 1, below, one, STATUS_USAGE},
      {1, 1, endless, one, STATUS_USAGE}, {1, 1, one, endless, STATUS_USAGE},
      {1, 1, NULL, one, STATUS_USAGE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const program_variable v = {.kind = VARIABLE_DISTANCE,
                                .name = "distance",
                                .inputs = &cluster,
                                .inputs_count = 1,
                                .clusters = cases[i].clusters,
                                .metric_count = cases[i].count,
                                .metric = cases[i].metric,
                                .centres = cases[i].centres};
    assert_int_equal(program_add_variable(p, &v, NULL, NULL), cases[i].expected);
  }
  program_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scores_are_rounded_half_to_even),
      cmocka_unit_test(a_score_beyond_all_numbers_is_invalid),
      cmocka_unit_test(a_logistic_score_is_the_probability),
      cmocka_unit_test(distances_are_from_the_centre_of_the_rows_own_cluster),
      cmocka_unit_test(centres_that_are_not_the_clusters_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
