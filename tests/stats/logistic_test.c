/* Logistic regression where there is no maximum, nothing to explain or nothing that explains; and figures
 * that a table of four cells gives by hand. */
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
  build_scale(p, "y", 0, 1);
  build_scale(p, "x", 1, 9);
  build_number(p, "z", 1);
  build_nominal(p, "g");
  build_number(p, "w", 2);
  plan_analysis *a = build_analysis(p, "logistic", "l", NULL);
  build_argument(p, a, "outcome", "y");
  build_argument(p, a, "predictors", predictors);
  return a;
}

static const json *report_of(build_scene *s) {
  return build_report(s->plan, s->data, 5, s->memory);
}

static double figure(const json *report, const char *table, const char *match, const char *key) {
  const json *row = report_row(report, "l", table, match);
  if (row == NULL) {
    fail_msg("%s has no row %s", table, match);
  }
  const json *cell = json_get(row, key);
  return json_kind_of(cell) == JSON_NULL ? NAN : json_as_number(cell);
}

/* R: glm(y ~ z, binomial), after two more steps of Newton's method. */
#define LARGE_B         1.011199895981498e-08
#define LARGE_SE        7.588299196303435e-09
#define ALL             "{\"group\":null}"
#define OF(item, value) "{\"group\":null,\"item\":\"" item "\",\"value\":\"" value "\"}"

/* 3 of 4 rows with g = b and 1 of 4 with g = a have the event: odds 3 and 1/3, so the ratio is 9, its log's
 * error sqrt(1/3 + 1 + 1 + 1/3), and the likelihood 2 (3 log .75 + log .25). */
static const char *const table_of_four[] = {"1 1 1 a 1", "0 1 1 a 1", "0 1 1 a 1", "0 1 1 a 1",
                                            "1 1 1 b 1", "1 1 1 b 1", "1 1 1 b 1", "0 1 1 b 1"};

static void a_table_of_four_cells_gives_its_odds_ratio(void **state) {
  build_scene *s = *state;
  ask(s, "g");
  s->data = SURVEY(table_of_four);
  const json *report = report_of(s);
  const double b = log(9), se = sqrt(1 / 3.0 + 1 + 1 + 1 / 3.0), z = 1.959963984540054;
  assert_true(fabs(figure(report, "logistic_coefficients", OF("g", "b"), "b") - b) < 1e-12);
  assert_true(fabs(figure(report, "logistic_coefficients", OF("g", "b"), "se") - se) < 1e-12);
  assert_true(fabs(figure(report, "logistic_coefficients", OF("g", "b"), "ci_high") / exp(b + z * se) - 1) <
              1e-12);
  assert_true(fabs(figure(report, "logistic_fit", ALL, "log_likelihood") - 2 * (3 * log(.75) + log(.25))) <
              1e-12);
  /* of the 16 pairs of an event and another row 9 are in order and 6 tied */
  assert_true(fabs(figure(report, "logistic_auc", ALL, "auc") - (9 + 6 / 2.0) / 16) < 1e-12);
  assert_true(figure(report, "logistic_classification", ALL, "accuracy") == 75);
  assert_true(report_says(report, "l", "notes", "note_reference"));
}

static void another_reference_turns_the_ratio_round(void **state) {
  build_scene *s = *state;
  build_argument(s->plan, ask(s, "g"), "reference", "b");
  s->data = SURVEY(table_of_four);
  assert_true(fabs(figure(report_of(s), "logistic_coefficients", OF("g", "a"), "odds_ratio") - 1 / 9.0) <
              1e-12);
}

static void the_event_may_be_any_values(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "y");
  build_argument(s->plan, a, "outcome", "g");
  build_argument(s->plan, a, "event", "b c");
  s->data = SURVEY(table_of_four);
  assert_true(fabs(figure(report_of(s), "logistic_coefficients", OF("y", ""), "odds_ratio") - 9) < 1e-11);
}

/* x is 5 with the event and 4 without but for one row each of z's doing. */
static const char *const separated[] = {"1 5 1.0 a 1", "1 6 2.5 a 1", "1 5 3.0 b 1", "1 7 1.5 b 1",
                                        "1 6 2.0 a 1", "0 4 2.0 a 1", "0 3 1.0 b 1", "0 2 3.5 a 1",
                                        "0 4 1.5 b 1", "0 1 2.0 a 1"};

static void complete_separation_is_named(void **state) {
  build_scene *s = *state;
  ask(s, "x");
  s->data = SURVEY(separated);
  const json *report = report_of(s);
  assert_true(report_says(report, "l", "warnings", "separated_whole"));
  assert_true(isnan(figure(report, "logistic_coefficients", OF("x", ""), "b")));
  assert_true(isnan(figure(report, "logistic_coefficients", OF("x", ""), "odds_ratio")));
}

/* All rows with g = c have the event; x and the other values are mixed. */
static const char *const half_separated[] = {"1 1 1 a 1", "0 2 1 a 1", "1 3 1 a 1", "0 1 1 a 1",
                                             "0 3 1 a 1", "1 2 1 b 1", "0 1 1 b 1", "1 3 1 b 1",
                                             "0 2 1 b 1", "1 1 1 c 1", "1 2 1 c 1", "1 3 1 c 1"};

static void a_separating_value_is_named_and_the_others_keep_their_figures(void **state) {
  build_scene *s = *state;
  ask(s, "x g");
  s->data = SURVEY(half_separated);
  const json *report = report_of(s);
  assert_true(report_says(report, "l", "warnings", "separated"));
  assert_true(isnan(figure(report, "logistic_coefficients", OF("g", "c"), "b")));
  /* In the limit the rows of c say nothing: the figures are those of a and b alone. */
  build_scene *other = NULL;
  void *made = NULL;
  assert_int_equal(build_scene_setup(&made), 0);
  other = made;
  ask(other, "x g");
  other->data = survey(half_separated, 9);
  const json *without = report_of(other);
  const char *const matches[] = {OF("x", ""), OF("g", "b")};
  for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
    const double b = figure(report, "logistic_coefficients", matches[i], "b");
    assert_true(fabs(b - figure(without, "logistic_coefficients", matches[i], "b")) < 1e-5);
  }
  assert_int_equal(build_scene_teardown(&made), 0);
}

/* z = x / 2; g is a exactly where x is odd. */
static const char *const determined[] = {"1 1 0.5 a 1", "0 2 1.0 b 1", "1 3 1.5 a 1", "0 4 2.0 b 1",
                                         "0 1 0.5 a 1", "1 2 1.0 b 1", "0 3 1.5 a 1", "1 4 2.0 b 1",
                                         "0 4 2.0 b 1", "1 1 0.5 a 1"};

static void what_follows_from_others_is_left_out_and_named(void **state) {
  build_scene *s = *state;
  ask(s, "x z g");
  s->data = SURVEY(determined);
  const json *report = report_of(s);
  assert_true(report_says(report, "l", "warnings", "determined_column"));
  assert_true(isnan(figure(report, "logistic_coefficients", OF("z", ""), "b")));
  assert_true(!isnan(figure(report, "logistic_coefficients", OF("x", ""), "b")));
  assert_true(!isnan(figure(report, "logistic_coefficients", OF("g", "b"), "b")));
}

static const char *const plain_rows[] = {"1 1 5 a 1", "0 2 5 a 1", "1 2 5 a 1",
                                         "0 1 5 a 2", "1 - 5 a 1", "0 1 5 - 1"};

static void constants_are_left_out_and_named(void **state) {
  build_scene *s = *state;
  ask(s, "x z g");
  s->data = SURVEY(plain_rows);
  const json *report = report_of(s);
  assert_true(report_says(report, "l", "warnings", "constant_item"));
  assert_true(report_says(report, "l", "warnings", "value_without_rows"));
  assert_true(figure(report, "logistic_coefficients", OF("x", ""), "n") == 4);
}

static void an_outcome_without_variety_has_no_regression(void **state) {
  static const char *const rows[] = {"1 1 1 a 1", "1 2 1 a 1", "1 3 1 a 1", "- 4 1 a 1"};
  build_scene *s = *state;
  ask(s, "x");
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(report_says(report, "l", "warnings", "no_event_variation"));
  assert_null(report_row(report, "l", "logistic_fit", ALL));
}

static void two_rows_have_no_regression(void **state) {
  static const char *const rows[] = {"1 1 1 a 1", "0 2 1 a 1", "- 4 1 a 1"};
  build_scene *s = *state;
  ask(s, "x");
  s->data = SURVEY(rows);
  assert_true(report_says(report_of(s), "l", "warnings", "too_few_rows"));
}

static void no_rows_have_no_regression(void **state) {
  build_scene *s = *state;
  build_by(s->plan, ask(s, "x g"), "g");
  s->data = survey(NULL, 0);
  assert_null(report_row(report_of(s), "l", "logistic_fit", ALL));
}

/* Answers of nine digits and small coefficients: numbers of the long form. */
static void large_numbers_keep_their_digits(void **state) {
  static const char *const rows[] = {"1 1 400000000.5 a 1", "0 2 100000000.1 a 1", "1 3 300000000.2 b 1",
                                     "0 4 200000000.9 b 1", "0 5 350000000.3 a 1", "1 6 150000000.7 b 1",
                                     "0 7 120000000.4 a 1", "1 8 380000000.6 b 1"};
  build_scene *s = *state;
  ask(s, "z");
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(fabs(figure(report, "logistic_coefficients", OF("z", ""), "b") / LARGE_B - 1) < 1e-9);
  assert_true(fabs(figure(report, "logistic_coefficients", OF("z", ""), "se") / LARGE_SE - 1) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(a_table_of_four_cells_gives_its_odds_ratio),
      build_unit_test(another_reference_turns_the_ratio_round),
      build_unit_test(the_event_may_be_any_values),
      build_unit_test(complete_separation_is_named),
      build_unit_test(a_separating_value_is_named_and_the_others_keep_their_figures),
      build_unit_test(what_follows_from_others_is_left_out_and_named),
      build_unit_test(constants_are_left_out_and_named),
      build_unit_test(an_outcome_without_variety_has_no_regression),
      build_unit_test(two_rows_have_no_regression),
      build_unit_test(no_rows_have_no_regression),
      build_unit_test(large_numbers_keep_their_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
