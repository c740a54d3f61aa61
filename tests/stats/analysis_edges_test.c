/* Analyses of no answers, of one answer, or of equal ones: no figure is made up, and the report says why. And
 * what the table of arguments cannot refuse, the analysis' `check` does. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

static plan *every_analysis(void) {
  plan *p = build_plan();
  build_nominal(p, "g");
  build_scale(p, "q1", 1, 5);
  build_scale(p, "q2", 1, 5);
  build_scale(p, "rec", 0, 10);
  build_scale(p, "effort", 1, 7);
  build_number(p, "x", 2);
  build_multi(p, "m");
  build_text(p, "id");
  build_number(p, "w", 2);
  build_construct(p, "c", "q1 q2", NULL, 1);
  const uint32_t weights[] = {PROGRAM_NONE, build_weight(p, "w", WEIGHT_SAMPLING),
                              build_weight(p, "w", WEIGHT_FREQUENCY)};
  static const struct {
    const char *kind, *items, *argument, *value;
  } requests[] = {{"describe", "q1 x m id g c", NULL, NULL},
                  {"nps", "rec", NULL, NULL},
                  {"csat", "q1", NULL, NULL},
                  {"ces", "effort", "net", "true"},
                  {"index", "c", NULL, NULL},
                  {"index", "c", "weights", "entropy"},
                  {"index", "c", "method", "means"},
                  {"crosstab", "q1 m", "columns", "g"},
                  {"compare", "q1 x", "groups", "g"}};
  static char names[32][24];
  uint32_t next = 0;
  for (size_t w = 0; w < 3; w++) {
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++, next++) {
      snprintf(names[next], sizeof names[next], "%s %u", requests[i].kind, (unsigned)next);
      plan_analysis *a = build_analysis(p, requests[i].kind, names[next], requests[i].items);
      if (requests[i].argument != NULL) {
        build_argument(p, a, requests[i].argument, requests[i].value);
      }
      a->weight = weights[w];
      build_by(p, a,
               strcmp(requests[i].kind, "crosstab") == 0 || strcmp(requests[i].kind, "compare") == 0
                   ? "rec"
                   : "g rec");
    }
  }
  return p;
}

static fixture *filled(uint32_t rows, const char *answer) {
  fixture *f = fixture_new(rows);
  const char *cells[8];
  static const char *const names[] = {"g", "q1", "q2", "rec", "effort", "x", "m", "id", "w"};
  for (size_t c = 0; c < sizeof names / sizeof names[0]; c++) {
    for (uint32_t r = 0; r < rows; r++) {
      cells[r] = strcmp(names[c], "w") == 0 ? "3.0" : answer;
    }
    fixture_column(f, names[c], PACKED_CODES, cells);
  }
  return f;
}

static json *report_over(fixture *data, arena *memory) {
  plan *p = every_analysis();
  json *report = build_report(p, data, 3, memory);
  plan_destroy(p);
  fixture_destroy(data);
  return report;
}

static bool is_null(const json *row, const char *key) {
  return json_kind_of(json_get(row, key)) == JSON_NULL;
}

static void an_empty_dataset_has_no_figures(void **state) {
  (void)state;
  arena *memory = arena_new();
  const json *report = report_over(filled(0, ""), memory);
  const json *row = report_row(report, "describe 0", "summary", "{\"item\":\"q1\",\"group\":null}");
  assert_non_null(row);
  assert_int_equal(json_as_integer(json_get(row, "n")), 0);
  assert_true(is_null(row, "mean") && is_null(row, "sd") && is_null(row, "se") && is_null(row, "ci_low"));
  assert_true(report_says(report, "describe 0", "warnings", "empty_base"));
  assert_true(is_null(report_row(report, "nps 1", "nps_scores", "{\"group\":null}"), "nps"));
  assert_true(
      is_null(report_row(report, "index 4", "index_values", "{\"item\":\"c\",\"group\":null}"), "index"));
  assert_true(report_says(report, "compare 8", "warnings", "fewer_than_two_groups"));
  assert_true(report_says(report, "crosstab 7", "warnings", "nothing_to_cross"));
  arena_destroy(memory);
}

static void answers_all_missing_are_counted_by_reason(void **state) {
  (void)state;
  arena *memory = arena_new();
  const json *report = report_over(filled(7, ""), memory);
  const json *row = report_row(report, "describe 0", "missing", "{\"item\":\"q1\",\"group\":null}");
  assert_int_equal(json_as_integer(json_get(row, "rows")), 7);
  assert_int_equal(json_as_integer(json_get(row, "answered")), 0);
  assert_int_equal(json_as_integer(json_get(row, "blank")), 7);
  assert_true(is_null(report_row(report, "csat 2", "top_boxes", "{\"group\":null}"), "csat"));
  arena_destroy(memory);
}

static void one_answer_has_a_mean_and_no_error(void **state) {
  (void)state;
  arena *memory = arena_new();
  const json *report = report_over(filled(1, "3"), memory);
  const json *row = report_row(report, "describe 0", "summary", "{\"item\":\"x\",\"group\":null}");
  assert_true(json_as_number(json_get(row, "mean")) == 3);
  assert_true(is_null(row, "sd") && is_null(row, "se") && is_null(row, "ci_high"));
  row = report_row(report, "describe 0", "quartiles", "{\"item\":\"x\",\"group\":null}");
  assert_true(json_as_number(json_get(row, "median")) == 3);
  arena_destroy(memory);
}

static void constant_items_are_named(void **state) {
  (void)state;
  arena *memory = arena_new();
  const json *report = report_over(filled(8, "3"), memory);
  assert_true(report_says(report, "describe 0", "warnings", "constant_item"));
  const json *row = report_row(report, "describe 0", "shape", "{\"item\":\"q1\",\"group\":null}");
  assert_true(json_as_number(json_get(row, "variance")) == 0 && is_null(row, "skewness"));
  row = report_row(report, "index 5", "index_weights", "{\"item\":\"q1\"}");
  assert_true(json_as_number(json_get(row, "weight")) == 50 && json_as_number(json_get(row, "entropy")) == 1);
  arena_destroy(memory);
}

static void a_filter_holds_for_texts_too(void **state) {
  (void)state;
  static const char *const region[] = {"n", "s", "n", "n", "s"}, *const id[] = {"a", "b", "", "a", "c"};
  plan *p = build_plan();
  build_nominal(p, "g");
  build_text(p, "id");
  plan_analysis *a = build_analysis(p, "describe", "ids", "id");
  a->filter = build_equal(p, "g", "n");
  build_argument(p, a, "duplicates", "true");
  fixture *f = fixture_new(5);
  fixture_column(f, "g", PACKED_CODES, region);
  fixture_column(f, "id", PACKED_CODES, id);
  arena *memory = arena_new();
  const json *report = build_report(p, f, 2, memory);
  const json *row = report_row(report, "ids", "missing", "{\"item\":\"id\"}");
  assert_int_equal(json_as_integer(json_get(row, "rows")), 3);
  assert_int_equal(json_as_integer(json_get(row, "blank")), 1);
  row = report_row(report, "ids", "texts", "{\"item\":\"id\"}");
  assert_int_equal(json_as_integer(json_get(row, "n")), 2);
  assert_int_equal(json_as_integer(json_get(row, "distinct")), 1);
  plan_destroy(p);
  fixture_destroy(f);
  arena_destroy(memory);
}

/* Three promoters of four: p + d - (p - d)^2 = 1 - 0.25, so that 50 + 1.96 * 43.3 is above 100; and two of
 * two with 0.75, 1.5 and 0.75 added: 40 + 64.4.  Of efforts 7 7 7 1 the net share of easy ones is as the
 * first. */
static void no_interval_of_a_net_share_leaves_what_it_can_be(void **state) {
  (void)state;
  static const char *const all[] = {"10", "10", "9", "0"}, *const effort[] = {"7", "7", "7", "1"},
                           *const low[] = {"0", "0", "1", "10"}, *const two[] = {"10", "10", "", ""};
  plan *p = build_plan();
  build_scale(p, "rec", 0, 10);
  build_scale(p, "low", 0, 10);
  build_scale(p, "effort", 1, 7);
  build_scale(p, "two", 0, 10);
  build_analysis(p, "nps", "high", "rec");
  build_analysis(p, "nps", "low", "low");
  build_argument(p, build_analysis(p, "nps", "adjusted", "two"), "interval", "adjusted_wald");
  build_argument(p, build_analysis(p, "ces", "ces", "effort"), "net", "true");
  fixture *f = fixture_new(4);
  fixture_column(f, "rec", PACKED_CODES, all);
  fixture_column(f, "low", PACKED_CODES, low);
  fixture_column(f, "two", PACKED_CODES, two);
  fixture_column(f, "effort", PACKED_CODES, effort);
  arena *memory = arena_new();
  const json *report = build_report(p, f, 2, memory);
  static const struct {
    const char *analysis, *table, *figure;
    double is, low, high;
  } cases[] = {{"high", "nps_scores", "nps", 50, -34.87, 100},
               {"low", "nps_scores", "nps", -50, -100, 34.87},
               {"adjusted", "nps_scores", "nps", 100, -24.41, 100},
               {"ces", "easy_nets", "net_easy", 50, -34.87, 100}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json *row = report_row(report, cases[i].analysis, cases[i].table, "{\"group\":null}");
    assert_true(json_as_number(json_get(row, cases[i].figure)) == cases[i].is);
    const double ends[] = {json_as_number(json_get(row, "ci_low")), json_as_number(json_get(row, "ci_high"))};
    if (fabs(ends[0] - cases[i].low) > 0.01 || fabs(ends[1] - cases[i].high) > 0.01) {
      fail_msg("%s: %g to %g instead of %g to %g", cases[i].analysis, ends[0], ends[1], cases[i].low,
               cases[i].high);
    }
  }
  plan_destroy(p);
  fixture_destroy(f);
  arena_destroy(memory);
}

/* The mean of 1, 2 and 4 less 5; R's oneway.test and t.test refuse a group of one. */
static void a_group_of_one_has_a_difference_and_no_test(void **state) {
  (void)state;
  static const char *const group[] = {"a", "a", "b", "a"}, *const score[] = {"1", "2", "5", "4"};
  plan *p = build_plan();
  build_nominal(p, "g");
  build_number(p, "x", 0);
  plan_analysis *a = build_analysis(p, "compare", "compare", "x");
  build_argument(p, a, "groups", "g");
  fixture *f = fixture_new(4);
  fixture_column(f, "g", PACKED_CODES, group);
  fixture_column(f, "x", PACKED_CODES, score);
  arena *memory = arena_new();
  const json *report = build_report(p, f, 3, memory);
  const json *row = report_row(report, "compare", "pairs", "{\"item\":\"x\"}");
  assert_true(figure_is_near(json_get(row, "difference"), json_number(memory, 7.0 / 3 - 5), 1e-15));
  assert_true(is_null(row, "t") && is_null(row, "p") && is_null(row, "cohens_d"));
  assert_true(is_null(report_row(report, "compare", "welch", "{\"item\":\"x\"}"), "f"));
  assert_true(report_says(report, "compare", "warnings", "group_without_variance"));
  plan_destroy(p);
  fixture_destroy(f);
  arena_destroy(memory);
}

/* ---- Refusals ------------------------------------------------------------------------------------ */

static plan *refused_plan(void) {
  plan *p = build_plan();
  build_nominal(p, "g");
  build_scale(p, "rec", 1, 11);
  build_scale(p, "q1", 1, 5);
  build_number(p, "x", 2);
  build_construct(p, "c", "q1 x", NULL, 1);
  build_construct(p, "d", "q1 rec", "0.3 0.7", 1);
  return p;
}

static void assert_refused(plan *p, const char *saying) {
  error err = {0};
  assert_int_equal(plan_finish(p, &err), STATUS_SPECIFICATION);
  if (strstr(err.message, saying) == NULL) {
    fail_msg("'%s' does not say '%s'", err.message, saying);
  }
  plan_destroy(p);
}

static void cuts_of_nps_are_never_guessed(void **state) {
  (void)state;
  plan *p = refused_plan();
  build_analysis(p, "nps", "nps", "rec");
  assert_refused(p, "goes from 1 to 11, not from 0 to 10");
  p = refused_plan();
  plan_analysis *a = build_analysis(p, "nps", "nps", "rec");
  build_argument(p, a, "promoters", "10 11");
  assert_refused(p, "give both");
  p = refused_plan();
  a = build_analysis(p, "nps", "nps", "rec");
  build_argument(p, a, "promoters", "10 11");
  build_argument(p, a, "detractors", "0 1 2");
  assert_refused(p, "0 is not a code of 'rec'");
  p = refused_plan();
  a = build_analysis(p, "nps", "nps", "rec");
  build_argument(p, a, "promoters", "10 11");
  build_argument(p, a, "detractors", "1 2 10");
  assert_refused(p, "10 is also among the promoters");
}

static void boxes_leave_somebody_unsatisfied(void **state) {
  (void)state;
  plan *p = refused_plan();
  build_argument(p, build_analysis(p, "csat", "csat", "q1"), "boxes", "5");
  assert_refused(p, "give fewer");
}

static void effort_says_its_scale(void **state) {
  (void)state;
  plan *p = refused_plan();
  build_analysis(p, "ces", "ces", "q1");
  assert_refused(p, "ces2 is for a scale of 1 to 7");
  p = refused_plan();
  build_argument(p, build_analysis(p, "ces", "ces", "q1"), "variant", "own");
  assert_refused(p, "direction");
}

static void an_index_needs_ranges(void **state) {
  (void)state;
  plan *p = refused_plan();
  build_analysis(p, "index", "index", "c");
  assert_refused(p, "item 'x' has no declared range");
}

static void groups_are_a_dimension_too(void **state) {
  (void)state;
  plan *p = refused_plan();
  plan_analysis *a = build_analysis(p, "compare", "compare", "q1");
  build_argument(p, a, "groups", "g");
  build_by(p, a, "rec q1 g");
  assert_refused(p, "by:");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_empty_dataset_has_no_figures),
      cmocka_unit_test(answers_all_missing_are_counted_by_reason),
      cmocka_unit_test(one_answer_has_a_mean_and_no_error),
      cmocka_unit_test(constant_items_are_named),
      cmocka_unit_test(a_filter_holds_for_texts_too),
      cmocka_unit_test(a_group_of_one_has_a_difference_and_no_test),
      cmocka_unit_test(no_interval_of_a_net_share_leaves_what_it_can_be),
      cmocka_unit_test(cuts_of_nps_are_never_guessed),
      cmocka_unit_test(boxes_leave_somebody_unsatisfied),
      cmocka_unit_test(effort_says_its_scale),
      cmocka_unit_test(an_index_needs_ranges),
      cmocka_unit_test(groups_are_a_dimension_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
