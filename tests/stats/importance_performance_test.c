/* Importance and performance: figures by hand, and where there is nothing to say. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

enum { ROWS_MAX = 16, COLUMNS = 5 };

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

static plan_analysis *ask(build_scene *s, const char *items, const char *outcome) {
  plan *p = s->plan;
  build_scale(p, "y", 0, 9);
  build_scale(p, "x", 1, 4);
  build_scale(p, "z", 1, 4);
  build_nominal(p, "g");
  build_number(p, "w", 2);
  plan_analysis *a = build_analysis(p, "importance_performance", "i", items);
  if (outcome != NULL) {
    build_argument(p, a, "outcome", outcome);
  }
  return a;
}

static const json *report_of(build_scene *s) {
  return build_report(s->plan, s->data, 3, s->memory);
}

static const json *cell(const json *report, const char *table, const char *match, const char *key) {
  const json *row = report_row(report, "i", table, match);
  if (row == NULL) {
    fail_msg("%s has no row %s", table, match);
  }
  return json_get(row, key);
}

static double figure(const json *report, const char *table, const char *match, const char *key) {
  const json *v = cell(report, table, match, key);
  return json_kind_of(v) == JSON_NULL ? NAN : json_as_number(v);
}

static bool is_letter(const json *report, const char *item, const char *column, const char *letter) {
  const json *v = cell(report, "ipa_items", item, column);
  return json_kind_of(v) == JSON_TEXT && slice_equal(json_as_text(v), slice_of(letter));
}

#define OF(item)        "{\"group\":null,\"item\":\"" item "\"}"
#define IN(group, item) "{\"group\":{\"g\":\"" group "\"},\"item\":\"" item "\"}"

/* x: 1 2 3 4, y: 1 3 2 4: b = 0.8 (see drivers_test.c); three of the four are below 4, so 0.8 * 0.75 = 0.6;
 * of those in a two of three, of those in b the only one. */
static const char *const four[] = {"1 1 4 a 1", "3 2 4 a 1", "2 3 4 b 2", "4 4 4 a 1"};

static void the_gain_is_b_times_the_share_not_yet_satisfied(void **state) {
  build_scene *s = *state;
  build_by(s->plan, ask(s, "x", "y"), "g");
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(fabs(figure(report, "ipa_priorities", OF("x"), "gain") - 0.6) < 1e-14);
  assert_true(figure(report, "ipa_items", OF("x"), "performance") == 2.5);
  assert_true(fabs(figure(report, "ipa_dissatisfied", IN("a", "x"), "percent") - 200.0 / 3) < 1e-12);
  assert_true(figure(report, "ipa_dissatisfied", IN("b", "x"), "percent") == 100);
  assert_true(report_says(report, "i", "warnings", "too_few_rows")); /* in b */
  assert_true(isnan(figure(report, "ipa_items", IN("b", "x"), "importance")));
  assert_true(isnan(figure(report, "ipa_priorities", OF("x"), "ci_low"))); /* four random groups */
}

static void satisfaction_may_begin_below_the_top(void **state) {
  build_scene *s = *state;
  build_argument(s->plan, ask(s, "x", "y"), "satisfied", "3");
  s->data = SURVEY(four);
  assert_true(fabs(figure(report_of(s), "ipa_priorities", OF("x"), "gain") - 0.4) < 1e-14);
}

static void a_constant_item_is_named_and_leaves_the_others_whole(void **state) {
  build_scene *s = *state;
  ask(s, "z x", "y");
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(report_says(report, "i", "warnings", "constant_item"));
  assert_true(fabs(figure(report, "ipa_priorities", OF("x"), "gain") - 0.6) < 1e-14);
  assert_null(report_row(report, "i", "ipa_priorities", OF("z")));
  assert_true(figure(report, "ipa_items", OF("z"), "performance") == 4);
  assert_true(is_letter(report, OF("x"), "quadrant", "A"));
}

/* y stands for the stated importance of x (mean 2.5), z for its own (mean 4). */
static void stated_importance_needs_no_outcome(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "x z", NULL);
  build_argument(s->plan, a, "importance", "x z");
  build_argument(s->plan, a, "importance_cut", "2.5");
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(figure(report, "ipa_items", OF("x"), "importance") == 2.5);
  assert_true(is_letter(report, OF("x"), "quadrant", "C") && is_letter(report, OF("z"), "quadrant", "B"));
  /* on the line is above */
  assert_true(is_letter(report, OF("x"), "quadrant_values", "A"));
  assert_null(report_row(report, "i", "ipa_priorities", OF("x")));
}

static void an_outcome_that_is_constant_has_no_priorities(void **state) {
  static const char *const rows[] = {"4 1 1 a 1", "4 2 3 a 1", "4 3 2 a 1", "- 4 1 a 1"};
  build_scene *s = *state;
  ask(s, "x z", "y");
  s->data = SURVEY(rows);
  const json *report = report_of(s);
  assert_true(report_says(report, "i", "warnings", "constant_item"));
  assert_null(report_row(report, "i", "ipa_priorities", OF("x")));
  assert_true(figure(report, "ipa_items", OF("x"), "n") == 4);
}

static void no_rows_have_no_figures(void **state) {
  build_scene *s = *state;
  build_by(s->plan, ask(s, "x z", "y"), "g");
  s->data = survey(NULL, 0);
  assert_null(report_row(report_of(s), "i", "ipa_priorities", OF("x")));
}

/* Weights 1 1 2 1: means of x and y 2.6 and 2.4, Sxx = 5.2, Sxy = 3.8; below 4 are 4 of 5. */
static void weights_count(void **state) {
  build_scene *s = *state;
  ask(s, "x", "y")->weight = build_weight(s->plan, "w", WEIGHT_SAMPLING);
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(fabs(figure(report, "ipa_priorities", OF("x"), "b") - 3.8 / 5.2) < 1e-14);
  assert_true(figure(report, "ipa_priorities", OF("x"), "affected") == 80);
}

/* Means 2.5 of 1 to 4 and of 0 to 9: half and 25/90 of the way.  Sxx = Syy = 5, Sxy = 4, Sxw = 0.5, Syw =
 * -0.5: b is 0.5 and -0.5; a tenth of the scales is 0.3 and 0.9, below the highest answers are 75 and 100 %.
 */
static void scales_of_different_ranges_are_put_on_one(void **state) {
  build_scene *s = *state;
  build_argument(s->plan, ask(s, "x y", "w"), "derived", "beta");
  s->data = SURVEY(four);
  const json *report = report_of(s);
  assert_true(report_says(report, "i", "warnings", "ipa_scales_differ_gain"));
  assert_true(fabs(figure(report, "ipa_items_rescaled", OF("x"), "performance_100") - 50) < 1e-12);
  assert_true(fabs(figure(report, "ipa_items_rescaled", OF("y"), "performance_100") - 250 / 9.0) < 1e-12);
  assert_true(fabs(figure(report, "ipa_cuts", "{\"group\":null}", "performance_100") - (50 + 250 / 9.0) / 2) <
              1e-12);
  assert_true(fabs(figure(report, "ipa_priorities", OF("x"), "b") - 0.5) < 1e-12);
  assert_true(fabs(figure(report, "ipa_priorities", OF("x"), "gain") - 0.5 * 0.3 * 0.75) < 1e-12);
  assert_true(fabs(figure(report, "ipa_priorities", OF("y"), "gain") + 0.5 * 0.9) < 1e-12);
  assert_true(report_says(report, "i", "warnings", "ipa_negative_importance"));
  assert_true(report_says(report, "i", "notes", "note_ipa_errors"));
}

static void one_value_does_not_cut_scales_of_different_ranges(void **state) {
  build_scene *s = *state;
  error err = {0};
  build_argument(s->plan, ask(s, "x y", "w"), "performance_cut", "3");
  assert_int_equal(plan_finish(s->plan, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "performance_cut: the scales in items differ in their ranges");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(the_gain_is_b_times_the_share_not_yet_satisfied),
      build_unit_test(satisfaction_may_begin_below_the_top),
      build_unit_test(a_constant_item_is_named_and_leaves_the_others_whole),
      build_unit_test(stated_importance_needs_no_outcome),
      build_unit_test(an_outcome_that_is_constant_has_no_priorities),
      build_unit_test(no_rows_have_no_figures),
      build_unit_test(weights_count),
      build_unit_test(scales_of_different_ranges_are_put_on_one),
      build_unit_test(one_value_does_not_cut_scales_of_different_ranges),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
