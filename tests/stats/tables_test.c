/* tables, where the golden (tests/analyses/tables.json) does not reach: what nobody gave, letters of shares
 * of 0 and 1, overlapping and empty columns, small bases; and the two tests of columns against R. */
#include <math.h>
#include <stdio.h>

#include "stats/methods/column_test.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

/* Ten women of whom all say 3, ten men of whom five say 1; nobody says 2, 4 or 5; one without a sex. */
static fixture *twenty_one(void) {
  static char q[21][2], sex[21][2], both[21][8];
  const char *answers[21], *sexes[21], *options[21];
  for (int i = 0; i < 21; i++) {
    (void)snprintf(q[i], 2, "%d", i < 10 || i % 2 == 0 ? 3 : 1);
    (void)snprintf(sex[i], 2, "%s", i < 10 ? "f" : i < 20 ? "m" : "");
    (void)snprintf(both[i], 8, "%s", i % 3 == 0 ? "a;b" : i % 3 == 1 ? "a" : "c");
    answers[i] = q[i];
    sexes[i] = sex[i];
    options[i] = both[i];
  }
  fixture *f = fixture_new(21);
  fixture_column(f, "q", PACKED_CODES, answers);
  fixture_column(f, "sex", PACKED_CODES, sexes);
  fixture_column(f, "options", PACKED_CODES, options);
  return f;
}

static void declare(plan *p, const char *name, const char *const *values, uint32_t count) {
  plan_variable *v = &p->variables[build_find(p, name)];
  v->values = ARENA_ARRAY(p->memory, plan_value_label, count);
  v->values_count = count;
  for (uint32_t i = 0; i < count; i++) {
    v->values[i] = (plan_value_label){.is_text = true, .text = slice_of(values[i])};
  }
}

static plan_analysis *ask(build_scene *s, const char *questions) {
  static const char *const sexes[] = {"f", "m", "x"};
  static slice options[] = {{"a", 1}, {"b", 1}, {"c", 1}};
  s->data = twenty_one();
  build_scale(s->plan, "q", 1, 5);
  build_nominal(s->plan, "sex");
  declare(s->plan, "sex", sexes, 3);
  build_variable(
      s->plan, "options",
      (program_variable){
          .kind = VARIABLE_MULTI_CELL, .delimiter = ";", .closed = true, .keys = options, .keys_count = 3});
  plan_analysis *a = build_analysis(s->plan, "tables", "t", questions);
  a->small_base = 0;
  build_by(s->plan, a, "sex");
  return a;
}

static double figure_of(const json *report, const char *match, const char *column) {
  const json *row = report_row(report, "t", "banner", match);
  assert_non_null(row);
  const json *cell = json_get(row, column);
  return json_kind_of(cell) == JSON_NULL ? NAN : json_as_number(cell);
}

static void answers_and_columns_that_nobody_gave_are_there_with_zero(void **state) {
  build_scene *s = *state;
  (void)ask(s, "q");
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  assert_true(figure_of(report, "{\"line\":\"answer\",\"value\":5,\"group\":{\"sex\":\"f\"}}", "figure") <
              1e-300);
  assert_true(figure_of(report, "{\"line\":\"base\",\"group\":{\"sex\":\"x\"}}", "figure") < 1e-300);
  assert_true(
      isnan(figure_of(report, "{\"line\":\"answer\",\"value\":3,\"group\":{\"sex\":\"x\"}}", "figure")));
  assert_true(
      fabs(figure_of(report, "{\"line\":\"answer\",\"value\":1,\"group\":{\"sex\":\"m\"}}", "figure") - 50) <
      1e-12);
}

/* 100 % against 50 % of ten: z = 2.58, yet a share of 1 has no error of its own. */
static void shares_of_zero_and_one_are_not_compared(void **state) {
  build_scene *s = *state;
  (void)ask(s, "q");
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  const json *row =
      report_row(report, "t", "banner", "{\"line\":\"answer\",\"value\":3,\"group\":{\"sex\":\"f\"}}");
  assert_int_equal(json_kind_of(json_get(row, "letters")), JSON_NULL);
  row = report_row(report, "t", "banner", "{\"line\":\"mean\",\"group\":{\"sex\":\"f\"}}");
  assert_slice_equal(json_as_text(json_get(row, "letters")), slice_of("B")); /* t = 3, 18 df: p = .008 */
}

static void those_without_an_answer_to_the_banner_are_in_the_total_alone(void **state) {
  build_scene *s = *state;
  (void)ask(s, "q");
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  assert_true(report_says(report, "t", "notes", "note_banner_missing"));
  assert_true(fabs(figure_of(report, "{\"line\":\"base\",\"group\":null}", "n") - 21) < 1e-12);
  assert_null(report_row(report, "t", "banner_columns", "{\"group\":{\"sex\":null}}"));
}

static void options_as_columns_overlap_and_have_no_letters(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "q");
  a->breakdowns_count = 0;
  build_by(s->plan, a, "options");
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  assert_true(report_says(report, "t", "notes", "note_banner_overlap"));
  const json *column = report_row(report, "t", "banner_columns", "{\"group\":{\"options\":\"a\"}}");
  assert_int_equal(json_as_integer(json_get(column, "n")), 14);
  assert_int_equal(json_kind_of(json_get(column, "letter")), JSON_NULL);
  assert_false(report_says(report, "t", "notes", "note_banner_missing"));
}

/* sex > options: options of one sex overlap; options > sex: the sexes of one option do not. */
static void a_nested_multiple_choice_is_compared_where_its_columns_do_not_overlap(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "q");
  a->breakdowns_count = 0;
  build_by(s->plan, a, "sex options");
  build_by(s->plan, a, "options sex");
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  const json *rows = json_get(report_row(report, "t", "banner_columns", "{\"column\":2}"), "variables");
  assert_slice_equal(json_as_text(json_at(rows, 0)), slice_of("sex"));
  assert_int_equal(
      json_kind_of(json_get(report_row(report, "t", "banner_columns", "{\"column\":2}"), "letter")),
      JSON_NULL);
  /* Six of the first kind, then a-f, a-m in one block. */
  const json *first = report_row(report, "t", "banner_columns", "{\"column\":8}");
  const json *second = report_row(report, "t", "banner_columns", "{\"column\":9}");
  assert_slice_equal(json_as_text(json_get(first, "letter")), slice_of("G"));
  assert_int_equal(json_as_integer(json_get(first, "block")), json_as_integer(json_get(second, "block")));
  assert_int_equal(json_as_integer(json_get(first, "n")), 7); /* of rows 0 to 9 those with i % 3 < 2 */
}

static void bases_below_the_thresholds_are_marked_and_hidden(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "q");
  a->small_base = 11;
  build_argument(s->plan, a, "mark_base", "22");
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  const json *hidden =
      report_row(report, "t", "banner", "{\"line\":\"answer\",\"value\":1,\"group\":{\"sex\":\"m\"}}");
  assert_int_equal(json_as_integer(json_get(hidden, "n")), 5);
  assert_int_equal(json_kind_of(json_get(hidden, "figure")), JSON_NULL);
  assert_slice_equal(json_as_text(json_get(hidden, "mark")), slice_of("suppressed"));
  const json *small = report_row(report, "t", "banner", "{\"line\":\"answer\",\"value\":1,\"group\":null}");
  assert_slice_equal(json_as_text(json_get(small, "mark")), slice_of("small"));
  assert_true(isfinite(figure_of(report, "{\"line\":\"answer\",\"value\":1,\"group\":null}", "figure")));
  assert_true(isfinite(figure_of(report, "{\"line\":\"base\",\"group\":{\"sex\":\"m\"}}", "figure")));
  assert_true(report_says(report, "t", "notes", "note_banner_marks"));
}

static void without_a_banner_there_is_the_total(void **state) {
  build_scene *s = *state;
  plan_analysis *a = ask(s, "q options");
  a->breakdowns_count = 0;
  const json *report = build_report(s->plan, s->data, 4, s->memory);
  assert_true(fabs(figure_of(report, "{\"question\":2,\"line\":\"answer\",\"value\":\"a\"}", "figure") -
                   100 * 14.0 / 21) < 1e-12);
  assert_null(report_row(report, "t", "banner_columns", "{\"column\":2}"));
}

/* R: 2 * pnorm(-abs(.5 - .4) / sqrt(.44 * .56 * (1 / 40 + 1 / 60))); t.test(c(1, 2, 3, 4), c(3, 5, 4),
 * var.equal = TRUE). */
static void p_of_columns_is_that_of_r(void **state) {
  (void)state;
  assert_true(fabs(column_test_shares(.5, 40, .4, 60) - 0.32367816090701657) < 1e-14);
  assert_true(isnan(column_test_shares(1, 40, .4, 60)) && isnan(column_test_shares(.4, 40, 0, 60)));
  assert_true(isnan(column_test_shares(.5, 0, .4, 60)));
  const column_mean four = {2.5, 5.0 / 3, 4}, three = {4, 1, 3}, one = {4, NAN, 1}, equal = {4, 0, 3};
  assert_true(fabs(column_test_means(&four, &three) - 0.15783881063169586) < 1e-12);
  assert_true(isnan(column_test_means(&four, &one)));
  assert_true(isnan(column_test_means(&equal, &equal)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(answers_and_columns_that_nobody_gave_are_there_with_zero),
      build_unit_test(shares_of_zero_and_one_are_not_compared),
      build_unit_test(those_without_an_answer_to_the_banner_are_in_the_total_alone),
      build_unit_test(options_as_columns_overlap_and_have_no_letters),
      build_unit_test(a_nested_multiple_choice_is_compared_where_its_columns_do_not_overlap),
      build_unit_test(bases_below_the_thresholds_are_marked_and_hidden),
      build_unit_test(without_a_banner_there_is_the_total),
      cmocka_unit_test(p_of_columns_is_that_of_r),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
