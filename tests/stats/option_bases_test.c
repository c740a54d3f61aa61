/* Multiple choice with a column per option, where not everybody was asked every option: what the tables say.
 * One option is asked in half of the sample, one is never chosen (all its cells are blank), one cell is
 * invalid.  Counted by hand in the table below; chi-squares from R 4.2.2 (chisq.test) and survey 4.1.1
 * (svychisq, statistic = "F") over the rows where the option is 0 or 1. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

enum { ROWS = 12 };

/*                                    1    2     3    4    5    6    7    8    9     10    11   12 */
static const char *const group[] = {"n", "n", "n", "n", "n", "n", "s", "s", "s", "s", "s", "s"};
static const char *const a[] = {"1", "0", "1", "0", "1", "x", "1", "0", "0", "1", "", "-9"};
static const char *const b[] = {"-9", "-9", "1", "0", "1", "1", "0", "1", "-9", "-9", "", "-9"};
static const char *const c[] = {"", "", "", "", "", "", "", "", "", "", "", "-9"};
static const char *const weight[] = {"2", "1", "1", "1", "3", "1", "1", "2", "1", "1", "5", "4"};
static const char *const place[] = {"1", "1", "1", "1", "1", "1", "9", "9", "9", "9", "9", "9"};

static fixture *survey(const char *const *cells_of_b) {
  fixture *f = fixture_new(ROWS);
  fixture_column(f, "g", PACKED_CODES, group);
  fixture_column(f, "a", PACKED_CODES, a);
  fixture_column(f, "b", PACKED_CODES, cells_of_b);
  fixture_column(f, "c", PACKED_CODES, c);
  fixture_column(f, "w", PACKED_CODES, weight);
  fixture_column(f, "x", PACKED_CODES, place);
  return f;
}

static plan *codebook(void) {
  static const char *columns[] = {"a", "b", "c"};
  static slice keys[] = {{"A", 1}, {"B", 1}, {"C", 1}};
  static program_rule rule[] = {{.text = {"-9", 2}, .missing = true, .reason = MISSING_NOT_ASKED}};
  plan *p = build_plan();
  build_nominal(p, "g");
  build_scale(p, "x", 1, 10);
  build_number(p, "w", 0);
  const uint32_t set = build_variable(p, "set",
                                      (program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                                         .columns = columns,
                                                         .columns_count = 3,
                                                         .keys = keys,
                                                         .keys_count = 3,
                                                         .rules = rule,
                                                         .rules_count = 1});
  uint32_t input = p->variables[set].variable;
  build_variable(
      p, "has_b",
      (program_variable){.kind = VARIABLE_OPTION, .inputs = &input, .inputs_count = 1, .key = keys[1]});
  return p;
}

static const json *report_of(plan *p, arena *memory) {
  fixture *f = survey(b);
  const json *report = build_report(p, f, 5, memory);
  fixture_destroy(f);
  plan_destroy(p);
  return report;
}

/* Is the cell COLUMN of the row VALUE, within 1e-12 of its size?  NAN: null. */
static void expect(const json *row, const char *column, double value) {
  const json *cell = json_get(row, column);
  assert_non_null(cell);
  if (isnan(value) || json_kind_of(cell) == JSON_NULL) {
    assert_true(isnan(value) && json_kind_of(cell) == JSON_NULL);
  } else if (!(fabs(json_as_number(cell) - value) <= 1e-12 * fmax(1, fabs(value)))) {
    fail_msg("%s: %.17g instead of %.17g", column, json_as_number(cell), value);
  }
}

/* Chosen, asked and answered rows; the same as weights. */
typedef struct counts {
  const char *match;
  double n, asked, answered, w, weighted_asked, weighted_answered;
} counts;

static const counts expected[] = {
    {"{\"value\":\"A\",\"group\":null}", 5, 9, 10, 8, 13, 14},
    {"{\"value\":\"B\",\"group\":null}", 4, 6, 10, 7, 9, 14},
    {"{\"value\":\"C\",\"group\":null}", 0, 10, 10, 0, 14, 14},
    {"{\"value\":\"A\",\"group\":{\"g\":\"n\"}}", 3, 5, 6, 6, 8, 9},
    {"{\"value\":\"B\",\"group\":{\"g\":\"n\"}}", 3, 4, 6, 5, 6, 9},
    {"{\"value\":\"A\",\"group\":{\"g\":\"s\"}}", 2, 4, 4, 2, 5, 5},
    {"{\"value\":\"B\",\"group\":{\"g\":\"s\"}}", 1, 2, 4, 2, 3, 5},
    {"{\"value\":\"C\",\"group\":{\"g\":\"s\"}}", 0, 4, 4, 0, 5, 5},
};

static void shares_are_of_those_asked_the_option_and_both_bases_are_shown(void **state) {
  (void)state;
  plan *p = codebook();
  build_by(p, build_analysis(p, "describe", "plain", "set"), "g");
  plan_analysis *s = build_analysis(p, "describe", "sampling", "set");
  s->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_by(p, s, "g");
  arena *memory = arena_new();
  const json *report = report_of(p, memory);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    const counts *e = &expected[i];
    const json *row = report_row(report, "plain", "distribution", e->match);
    expect(row, "n", e->n);
    expect(row, "asked", e->asked);
    expect(row, "answered", e->answered);
    expect(row, "percent", 100 * e->n / e->asked);
    row = report_row(report, "sampling", "distribution", e->match);
    expect(row, "weighted_n", e->w);
    expect(row, "weighted_asked", e->weighted_asked);
    expect(row, "weighted_answered", e->weighted_answered);
    expect(row, "percent", 100 * e->w / e->weighted_asked);
    expect(row, "unweighted_percent", 100 * e->n / e->asked);
  }
  assert_true(report_says(report, "plain", "notes", "note_option_base"));
  assert_false(report_says(report, "plain", "notes", "note_set_base"));
  const json *missing = report_row(report, "plain", "missing", "{\"item\":\"set\",\"group\":null}");
  expect(missing, "answered", 10);
  expect(missing, "blank", 1);
  expect(missing, "not_asked", 1);
  arena_destroy(memory);
}

/* The invalid cell counts and is named, and the row's tick of B counts too (above). */
static void an_invalid_cell_is_counted_and_named_with_its_column(void **state) {
  (void)state;
  plan *p = codebook();
  build_analysis(p, "describe", "plain", "set");
  arena *memory = arena_new();
  const json *data = json_get(report_of(p, memory), "data"), *set = NULL;
  for (size_t i = 0; i < json_count(json_get(data, "variables")); i++) {
    const json *one = json_at(json_get(data, "variables"), i);
    set = slice_equal(json_as_text(json_get(one, "name")), slice_of("set")) ? one : set;
  }
  expect(set, "answered", 10);
  expect(set, "invalid", 1);
  const json *at = json_at(json_get(set, "places"), 0);
  assert_string_equal(json_as_cstring(json_get(at, "column")), "a");
  assert_string_equal(json_as_cstring(json_get(at, "value")), "x");
  expect(at, "line", 7);
  arena_destroy(memory);
}

static void cross_tables_count_and_test_those_asked_the_option(void **state) {
  (void)state;
  plan *p = codebook();
  build_argument(p, build_analysis(p, "crosstab", "plain", "set"), "columns", "g");
  plan_analysis *s = build_analysis(p, "crosstab", "sampling", "set");
  build_argument(p, s, "columns", "g");
  s->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  arena *memory = arena_new();
  const json *report = report_of(p, memory);
  const char *a_n = "{\"value\":\"A\",\"other_value\":\"n\"}",
             *b_s = "{\"value\":\"B\",\"other_value\":\"s\"}";
  expect(report_row(report, "plain", "column_percents", a_n), "column_percent", 60);
  expect(report_row(report, "plain", "total_percents", a_n), "total_percent", 100 * 3.0 / 9);
  expect(report_row(report, "plain", "row_percents", a_n), "row_percent", 60);
  expect(report_row(report, "plain", "counts", b_s), "asked", 2);
  expect(report_row(report, "sampling", "column_percents", b_s), "column_percent", 100 * 2.0 / 3);
  expect(report_row(report, "sampling", "counts", b_s), "weighted_asked", 3);
  const json *total = report_row(report, "plain", "row_totals", "{\"value\":\"B\"}");
  expect(total, "asked", 6);
  expect(total, "answered", 10);
  expect(total, "percent", 100 * 4.0 / 6);
  expect(report_row(report, "plain", "column_totals", "{\"other_value\":\"n\"}"), "n", 6);
  const json *test = report_row(report, "plain", "option_tests", "{\"value\":\"A\"}");
  expect(test, "n", 9);
  expect(test, "chi2", 0);
  expect(test, "cramers_v", 0.1);
  test = report_row(report, "plain", "option_tests", "{\"value\":\"B\"}");
  expect(test, "n", 6);
  expect(test, "cramers_v", 0.25);
  test = report_row(report, "sampling", "option_tests", "{\"value\":\"A\"}");
  expect(test, "f", 1.126125);
  expect(test, "df_within", 11);
  expect(test, "p", 0.311347380704704);
  test = report_row(report, "sampling", "option_tests", "{\"value\":\"B\"}");
  expect(test, "f", 0.231260382059801);
  expect(test, "p", 0.640013505297465);
  arena_destroy(memory);
}

/* Segment 1 is group n, segment 2 group s: six rows each, and the lower centre first. */
static void profiles_of_segments_share_out_those_asked(void **state) {
  (void)state;
  plan *p = codebook();
  plan_analysis *s = build_analysis(p, "segment", "segments", "x");
  build_argument(p, s, "k", "2");
  build_argument(p, s, "profile", "set");
  arena *memory = arena_new();
  const json *report = report_of(p, memory);
  const json *row = report_row(report, "segments", "segment_shares", "{\"value\":\"B\",\"segment\":1}");
  expect(row, "n", 3);
  expect(row, "asked", 4);
  expect(row, "answered", 6);
  expect(row, "percent", 75);
  expect(row, "overall_percent", 100 * 4.0 / 6);
  arena_destroy(memory);
}

/* A chosen variable is missing where its option was not asked: as an item, a breakdown and a share. */
static void chosen_variables_have_the_base_of_their_option(void **state) {
  (void)state;
  plan *p = codebook();
  build_analysis(p, "describe", "flag", "has_b");
  build_argument(p, build_analysis(p, "csat", "share", "has_b"), "boxes", "1");
  build_by(p, build_analysis(p, "describe", "by", "x"), "has_b");
  arena *memory = arena_new();
  const json *report = report_of(p, memory);
  const json *row = report_row(report, "flag", "missing", "{\"item\":\"has_b\"}");
  expect(row, "answered", 6);
  expect(row, "not_asked", 5);
  expect(row, "blank", 1);
  row = report_row(report, "share", "top_boxes", "{\"item\":\"has_b\"}");
  expect(row, "n", 6);
  expect(row, "csat", 100 * 4.0 / 6);
  expect(report_row(report, "by", "summary", "{\"group\":{\"has_b\":0}}"), "n", 2);
  expect(report_row(report, "by", "summary", "{\"group\":{\"has_b\":1}}"), "n", 4);
  expect(report_row(report, "by", "summary", "{\"group\":{\"has_b\":null}}"), "n", 6);
  arena_destroy(memory);
}

/* No respondent is asked B in group s when its two cells there are not asked: no share, and a warning. */
static void an_option_that_nobody_was_asked_has_no_share(void **state) {
  (void)state;
  static const char *const half[] = {"1", "0", "1", "0", "1", "1", "-9", "-9", "-9", "-9", "-9", "-9"};
  plan *p = codebook();
  plan_analysis *d = build_analysis(p, "describe", "plain", "set");
  d->small_base = 3;
  build_by(p, d, "g");
  build_argument(p, build_analysis(p, "crosstab", "cross", "set"), "columns", "g");
  fixture *f = survey(half);
  arena *memory = arena_new();
  const json *report = build_report(p, f, 5, memory);
  const json *row = report_row(report, "plain", "distribution", "{\"value\":\"B\",\"group\":{\"g\":\"s\"}}");
  expect(row, "n", 0);
  expect(row, "asked", 0);
  expect(row, "percent", NAN);
  assert_true(report_says(report, "plain", "warnings", "option_without_base"));
  row = report_row(report, "cross", "column_percents", "{\"value\":\"B\",\"other_value\":\"s\"}");
  expect(row, "column_percent", NAN);
  row = report_row(report, "cross", "option_tests", "{\"value\":\"B\"}");
  expect(row, "n", 6);
  expect(row, "chi2", NAN);
  fixture_destroy(f);
  plan_destroy(p);
  arena_destroy(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shares_are_of_those_asked_the_option_and_both_bases_are_shown),
      cmocka_unit_test(an_invalid_cell_is_counted_and_named_with_its_column),
      cmocka_unit_test(cross_tables_count_and_test_those_asked_the_option),
      cmocka_unit_test(profiles_of_segments_share_out_those_asked),
      cmocka_unit_test(chosen_variables_have_the_base_of_their_option),
      cmocka_unit_test(an_option_that_nobody_was_asked_has_no_share),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
