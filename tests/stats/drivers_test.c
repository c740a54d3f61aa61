/* Driver analysis: figures that can be done by hand, what adds up, and where there is nothing to say. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

enum { ROWS_MAX = 64, COLUMNS = 5 };

static const char *const names[COLUMNS] = {"y", "x", "z", "g", "w"};

/* ROWS lines of "y x z g w"; "-" is a missing answer. */
static fixture *survey(const char *const *rows, uint32_t count) {
  static char texts[ROWS_MAX][COLUMNS][16];
  fixture *f = fixture_new(count);
  for (uint32_t r = 0; r < count; r++) {
    assert_int_equal(sscanf(rows[r], "%15s %15s %15s %15s %15s", texts[r][0], texts[r][1], texts[r][2],
                            texts[r][3], texts[r][4]),
                     COLUMNS);
  }
  for (int c = 0; c < COLUMNS; c++) {
    const char *cells[ROWS_MAX];
    for (uint32_t r = 0; r < count; r++) {
      cells[r] = strcmp(texts[r][c], "-") == 0 ? "" : texts[r][c];
    }
    fixture_column(f, names[c], PACKED_TEXTS, cells);
  }
  return f;
}
#define SURVEY(rows) survey(rows, sizeof(rows) / sizeof((rows)[0]))

static plan_analysis *ask(build_scene *s, const char *predictors) {
  plan *p = s->plan;
  build_scale(p, "y", 0, 9);
  build_scale(p, "x", 1, 9);
  build_number(p, "z", 1);
  build_nominal(p, "g");
  build_number(p, "w", 2);
  plan_analysis *a = build_analysis(p, "drivers", "d", NULL);
  build_argument(p, a, "outcome", "y");
  build_argument(p, a, "predictors", predictors);
  return a;
}

static const json *report_of(build_scene *s) {
  return build_report(s->plan, s->data, 5, s->memory);
}

static double figure(const json *report, const char *table, const char *match, const char *key) {
  const json *row = report_row(report, "d", table, match);
  if (row == NULL) {
    fail_msg("%s has no row %s", table, match);
  }
  const json *cell = json_get(row, key);
  return json_kind_of(cell) == JSON_NULL ? NAN : json_as_number(cell);
}

static bool is_near(double figure, double wanted) {
  return fabs(figure - wanted) <= 1e-13 * fmax(1, fabs(wanted));
}

/* R: svyglm(y ~ z). */
#define LARGE_B           -7.6926819209539831e-09
#define LARGE_SE          5.6102439396715270e-09
#define LARGE_CONSTANT_SE 1.3503180465582239
#define ALL               "{\"group\":null}"
#define IN(group)         "{\"group\":{\"g\":\"" group "\"}}"
#define OF(item, value)   "{\"group\":null,\"item\":\"" item "\",\"value\":\"" value "\"}"
#define SHARE(item)       "{\"group\":null,\"item\":\"" item "\"}"

/* x: 1 2 3 4, y: 1 3 2 4.  Sxx = 5, Sxy = 4, Syy = 5: b = 0.8, constant 0.5, R^2 = 0.64, left 1.8 with 2
 * degrees of freedom, so s^2 = 0.9 and the error of b sqrt(0.9 / 5). */
static const char *const four[] = {"1 1 2.0 a 1", "3 2 1.0 a 1", "2 3 4.0 b 2", "4 4 3.5 b 1"};

static void four_rows_are_as_on_paper(void **state) {
  build_scene *s = *state;
  ask(s, "x");
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(figure(report, "drivers_coefficients", OF("x", ""), "b") == 0.8);
  assert_true(is_near(figure(report, "drivers_coefficients", OF("x", ""), "se"), sqrt(0.18)));
  assert_true(is_near(figure(report, "drivers_coefficients", OF("x", ""), "beta"), 0.8));
  assert_true(is_near(figure(report, "drivers_coefficients", OF("x", ""), "vif"), 1));
  assert_true(figure(report, "drivers_constants", ALL, "b") == 0.5);
  assert_true(figure(report, "drivers_fit", ALL, "r2") == 0.64);
  assert_true(is_near(figure(report, "drivers_fit", ALL, "f"), 3.2 / 0.9));
  assert_true(is_near(figure(report, "drivers_lmg", SHARE("x"), "importance"), 0.64));
  /* four random groups at most give no interval */
  assert_true(report_says(report, "d", "warnings", "replicates_too_few"));
  assert_true(isnan(figure(report, "drivers_lmg", SHARE("x"), "ci_low")));
}

/* Sxy / Sxx about 0: (1 + 6 + 6 + 16) / 30. */
static void without_a_constant_sums_are_about_zero(void **state) {
  build_scene *s = *state;
  build_argument(s->plan, ask(s, "x"), "intercept", "false");
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(is_near(figure(report, "drivers_coefficients", OF("x", ""), "b"), 29.0 / 30));
  assert_true(is_near(figure(report, "drivers_fit", ALL, "r2"), 29.0 * 29 / 30 / 30));
  assert_null(report_row(report, "d", "drivers_constants", ALL));
  assert_true(report_says(report, "d", "notes", "note_drivers_origin"));
}

static const char *const twelve[] = {"1 2 1.5 a 1", "3 2 2.0 b 2", "2 3 1.0 c 1", "5 4 3.5 a 1",
                                     "4 6 2.5 b 3", "6 5 4.0 c 1", "7 7 1.5 a 2", "5 8 3.0 b 1",
                                     "8 6 4.5 c 1", "9 9 2.0 a 1", "6 - 1.0 b 1", "7 8 5.0 c 0"};

/* Both methods, with a nominal predictor: the shares are of R^2, and there is one for all of its columns. */
static void check_sums(const json *report) {
  static const char *const tables[] = {"drivers_relative_weights", "drivers_lmg"};
  static const char *const items[] = {SHARE("x"), SHARE("z"), SHARE("g")};
  const double r2 = figure(report, "drivers_fit", ALL, "r2");
  for (int t = 0; t < 2; t++) {
    double importance = 0, share = 0;
    for (int i = 0; i < 3; i++) {
      importance += figure(report, tables[t], items[i], "importance");
      share += fabs(figure(report, tables[t], items[i], "share"));
    }
    assert_true(fabs(importance - r2) < 1e-12);
    assert_true(fabs(share - 100) < 1e-10);
  }
}

static void importances_add_up_to_r2(void **state) {
  build_scene *s = *state;
  ask(s, "x z g");
  s->data = SURVEY(twelve);
  const json *report = report_of(s);
  check_sums(report);
  assert_true(figure(report, "drivers_fit", ALL, "n") == 11);
  const double low = figure(report, "drivers_lmg", SHARE("x"), "ci_low");
  const double share = figure(report, "drivers_lmg", SHARE("x"), "share");
  assert_true(low >= 0 && low < share && share < figure(report, "drivers_lmg", SHARE("x"), "ci_high"));
  assert_true(report_says(report, "d", "warnings", "replicates_few"));
}

static void importances_add_up_with_weights_and_without_a_constant(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "x z g");
  a->weight = build_weight(s->plan, "w", WEIGHT_SAMPLING);
  build_argument(s->plan, a, "intercept", "false");
  s->data = SURVEY(twelve);
  const json *report = report_of(s);
  check_sums(report);
  assert_true(figure(report, "drivers_fit", ALL, "n") == 10);
  assert_true(figure(report, "drivers_coefficients", OF("g", "b"), "se") > 0);
}

static void pairs_of_answers_are_used_by_request(void **state) {
  build_scene *s = *state;
  build_argument(s->plan, ask(s, "x z"), "missing", "pairwise");
  s->data = SURVEY(twelve);
  const json *report = report_of(s);
  assert_true(figure(report, "drivers_fit", ALL, "n") == 11); /* z and y have 12 */
  assert_true(isnan(figure(report, "drivers_fit", ALL, "f")));
  assert_true(figure(report, "drivers_coefficients", OF("x", ""), "se") > 0);
  assert_true(report_says(report, "d", "notes", "note_drivers_pairwise"));
}

/* y and x, y and z, x and z were each asked of other rows: r = 1, 1 and -1. */
static void correlations_that_contradict_each_other_are_refused(void **state) {
  static const char *const rows[] = {"1 1 - a 1",   "2 2 - a 1",   "3 3 - a 1",
                                     "1 - 1.0 a 1", "2 - 2.0 a 1", "3 - 3.0 a 1",
                                     "- 1 3.0 a 1", "- 2 2.0 a 1", "- 3 1.0 a 1"};
  build_scene *s = *state;
  build_argument(s->plan, ask(s, "x z"), "missing", "pairwise");
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(report_says(report, "d", "warnings", "indefinite_correlations"));
  assert_null(report_row(report, "d", "drivers_fit", ALL));
}

/* z = x / 2; g is a exactly where x is odd. */
static const char *const determined[] = {"1 1 0.5 a 1", "0 2 1.0 b 1", "2 3 1.5 a 1", "0 4 2.0 b 1",
                                         "0 1 0.5 a 1", "3 2 1.0 b 1", "0 3 1.5 a 1", "1 4 2.0 b 1",
                                         "0 4 2.0 b 1", "5 1 0.5 a 1"};

static void what_follows_from_others_is_left_out_and_named(void **state) {
  build_scene *s = *state;
  ask(s, "x z g");
  s->data = SURVEY(determined);
  const json *report = report_of(s);
  assert_true(report_says(report, "d", "warnings", "determined_column"));
  assert_true(isnan(figure(report, "drivers_coefficients", OF("z", ""), "b")));
  assert_true(!isnan(figure(report, "drivers_coefficients", OF("x", ""), "b")));
  assert_null(report_row(report, "d", "drivers_lmg", SHARE("z")));
  assert_true(isnan(figure(report, "drivers_predictors", SHARE("z"), "p")));
}

static void constants_are_left_out_and_named(void **state) {
  static const char *const rows[] = {"1 1 5 a 1", "3 2 5 a 1", "2 2 5 a 1", "4 3 5 a 1", "1 - 5 a 1"};
  build_scene *s = *state;
  ask(s, "x z g");
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(report_says(report, "d", "warnings", "constant_item"));
  assert_true(report_says(report, "d", "warnings", "value_without_rows"));
  assert_true(figure(report, "drivers_coefficients", OF("x", ""), "n") == 4);
}

static void an_outcome_that_is_constant_has_no_regression(void **state) {
  static const char *const rows[] = {"4 1 1 a 1", "4 2 1 a 1", "4 3 1 a 1", "- 4 1 a 1"};
  build_scene *s = *state;
  ask(s, "x");
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(report_says(report, "d", "warnings", "constant_item"));
  assert_null(report_row(report, "d", "drivers_fit", ALL));
}

static void as_many_coefficients_as_rows_are_no_regression(void **state) {
  static const char *const rows[] = {"1 1 1 a 1", "0 2 1 a 1", "- 4 1 a 1"};
  build_scene *s = *state;
  ask(s, "x");
  s->data = SURVEY(rows);
  assert_true(report_says(report_of(s), "d", "warnings", "too_few_rows"));
}

static void no_rows_have_no_regression(void **state) {
  build_scene *s = *state;
  build_by(s->plan, ask(s, "x g"), "g");
  s->data = survey(NULL, 0);
  assert_null(report_row(report_of(s), "d", "drivers_fit", ALL));
}

/* Groups that have no regression, of too few rows or of a constant outcome, leave the others theirs. */
static void a_group_without_a_regression_leaves_the_others_whole(void **state) {
  static const char *const rows[] = {"1 1 1 a 1", "3 2 1 a 1.5", "2 3 1 a 2", "4 4 1 a 1",
                                     "1 1 1 b 1", "5 1 1 c 1",   "5 2 1 c 1", "5 3 1 c 2"};
  build_scene *s = *state;
  plan_analysis *a = ask(s, "x");
  build_by(s->plan, a, "g");
  a->weight = build_weight(s->plan, "w", WEIGHT_SAMPLING);
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(figure(report, "drivers_fit", IN("a"), "n") == 4);
  assert_true(figure(report, "drivers_constants", IN("a"), "se") > 0);
  assert_null(report_row(report, "d", "drivers_fit", IN("b")));
  assert_null(report_row(report, "d", "drivers_fit", IN("c")));
}

/* Answers of nine digits with a decimal: residuals of the second pass in the long form.  R: svyglm. */
static void large_numbers_keep_their_sandwich(void **state) {
  static const char *const rows[] = {"1 1 400000000.5 a 1", "3 2 100000000.1 a 2.5", "2 3 300000000.2 b 1.25",
                                     "7 4 200000000.9 b 1", "0 5 350000000.3 a 3",   "1 6 150000000.7 b 0.5",
                                     "5 7 120000000.4 a 1", "4 8 380000000.6 b 2"};
  build_scene *s = *state;
  plan_analysis *a = ask(s, "z");
  a->weight = build_weight(s->plan, "w", WEIGHT_SAMPLING);
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(fabs(figure(report, "drivers_coefficients", OF("z", ""), "b") / LARGE_B - 1) < 1e-11);
  assert_true(fabs(figure(report, "drivers_coefficients", OF("z", ""), "se") / LARGE_SE - 1) < 1e-11);
  assert_true(fabs(figure(report, "drivers_constants", ALL, "se") / LARGE_CONSTANT_SE - 1) < 1e-11);
}

/* 250 customers of a mobile operator (semPLS), with R: shares of R^2 = .415995821. */
static void a_survey_of_250_customers_has_the_shares_of_r(void **state) {
  static const char *const items[] = {"IMAG1", "CUEX1", "PERQ1", "PERV1"};
  static const double betas[] = {.184018, .096761, .453597, .083359};
  static const double weights[] = {.097770, .044712, .231437, .042078},
                      lmg[] = {.096895, .043284, .234500, .041317};
  build_scene *s = *state;
  s->data = fixture_from_csv(CANVASS_SOURCE_DIR "/../shared/data/mobi/mobi.csv");
  if (s->data == NULL) {
    print_message("skipped: no mobi survey beside the project\n");
    skip();
  }
  build_scale(s->plan, "CUSA1", 1, 10);
  for (int i = 0; i < 4; i++) {
    build_scale(s->plan, items[i], 1, 10);
  }
  plan_analysis *a = build_analysis(s->plan, "drivers", "d", NULL);
  build_argument(s->plan, a, "outcome", "CUSA1");
  build_argument(s->plan, a, "predictors", "IMAG1 CUEX1 PERQ1 PERV1");
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  assert_true(fabs(figure(report, "drivers_fit", ALL, "r2") - .415995821) < 1e-9);
  for (int i = 0; i < 4; i++) {
    char match[80];
    snprintf(match, sizeof match, "{\"group\":null,\"item\":\"%s\"}", items[i]);
    assert_true(fabs(figure(report, "drivers_coefficients", match, "beta") - betas[i]) < 1e-6);
    assert_true(fabs(figure(report, "drivers_relative_weights", match, "importance") - weights[i]) < 1e-6);
    assert_true(fabs(figure(report, "drivers_lmg", match, "importance") - lmg[i]) < 1e-6);
  }
  /* quality is first beyond doubt, the order of the others is open */
  assert_true(figure(report, "drivers_lmg", SHARE("PERQ1"), "rank_worst") == 1);
  assert_true(figure(report, "drivers_lmg", SHARE("CUEX1"), "rank_worst") > 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(four_rows_are_as_on_paper),
      build_unit_test(without_a_constant_sums_are_about_zero),
      build_unit_test(importances_add_up_to_r2),
      build_unit_test(importances_add_up_with_weights_and_without_a_constant),
      build_unit_test(pairs_of_answers_are_used_by_request),
      build_unit_test(correlations_that_contradict_each_other_are_refused),
      build_unit_test(what_follows_from_others_is_left_out_and_named),
      build_unit_test(constants_are_left_out_and_named),
      build_unit_test(an_outcome_that_is_constant_has_no_regression),
      build_unit_test(as_many_coefficients_as_rows_are_no_regression),
      build_unit_test(no_rows_have_no_regression),
      build_unit_test(a_group_without_a_regression_leaves_the_others_whole),
      build_unit_test(large_numbers_keep_their_sandwich),
      build_unit_test(a_survey_of_250_customers_has_the_shares_of_r),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
