/* What weights do to the tables of a report: which figure is shown, what stands beside it, and what is not
 * made up.  The figures themselves are checked against R in analysis_golden_test.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

/* Six answers to two questions; half of the weight says 1, but a third of the rows. */
static fixture *small_survey(void) {
  static const char *const region[] = {"n", "n", "s", "s", "s", "s"};
  static const char *const answer[] = {"1", "2", "1", "2", "2", "2"};
  static const char *const weight[] = {"7.0", "5.0", "1.0", "1.0", "1.0", "1.0"};
  fixture *f = fixture_new(6);
  fixture_column(f, "g", PACKED_CODES, region);
  fixture_column(f, "q", PACKED_CODES, answer);
  fixture_column(f, "w", PACKED_CODES, weight);
  return f;
}

static plan *small_plan(void) {
  plan *p = build_plan();
  build_nominal(p, "g");
  build_scale(p, "q", 1, 2);
  build_number(p, "w", 1);
  return p;
}

static json *report_of(plan *p, fixture *data, arena *memory) {
  json *report = build_report(p, data, 4, memory);
  plan_destroy(p);
  fixture_destroy(data);
  return report;
}

static const json *table_of(const json *report, const char *analysis, const char *name) {
  const json *sections = json_get(report, "analyses");
  for (size_t s = 0; s < json_count(sections); s++) {
    const json *section = json_at(sections, s);
    const json *tables = json_get(section, "tables");
    for (size_t t = 0; t < json_count(tables); t++) {
      if (slice_equal(json_as_text(json_get(section, "name")), slice_of(analysis)) &&
          slice_equal(json_as_text(json_get(json_at(tables, t), "name")), slice_of(name))) {
        return json_at(tables, t);
      }
    }
  }
  fail_msg("no table %s of %s", name, analysis);
  return NULL;
}

static void assert_column(const json *table, size_t index, const char *key) {
  assert_string_equal(json_as_cstring(json_at(json_get(table, "columns"), index)), key);
}

static bool is_figure(const json *row, const char *key, double value) {
  const json *cell = json_get(row, key);
  const double v = json_as_number(cell);
  return json_kind_of(cell) != JSON_NULL && v >= value && v <= value;
}

/* The third column of a matrix is what its cells show. */
static void counts_of_a_cross_table_are_weighted(void **state) {
  (void)state;
  plan *p = small_plan();
  build_argument(p, build_analysis(p, "crosstab", "plain", "q"), "columns", "g");
  plan_analysis *a = build_analysis(p, "crosstab", "weighted", "q");
  build_argument(p, a, "columns", "g");
  a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  arena *memory = arena_new();
  const json *report = report_of(p, small_survey(), memory);
  assert_column(table_of(report, "plain", "counts"), 2, "n");
  assert_column(table_of(report, "weighted", "counts"), 2, "weighted_n");
  const json *row = report_row(report, "weighted", "counts", "{\"value\":2,\"other_value\":\"s\"}");
  assert_true(is_figure(row, "weighted_n", 3) && is_figure(row, "n", 3));
  assert_true(report_says(report, "weighted", "notes", "note_counts_weighted"));
  assert_false(report_says(report, "plain", "notes", "note_counts_weighted"));
  arena_destroy(memory);
}

/* "percent" is what bars are drawn from: 8 of the weight 16, 2 of 6 answers. */
static void distributions_are_drawn_from_weighted_shares(void **state) {
  (void)state;
  plan *p = small_plan();
  build_analysis(p, "describe", "plain", "q");
  build_analysis(p, "describe", "sampling", "q")->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_analysis(p, "describe", "frequency", "q")->weight = build_weight(p, "w", WEIGHT_FREQUENCY);
  arena *memory = arena_new();
  const json *report = report_of(p, small_survey(), memory);
  static const char *const weighted[] = {"sampling", "frequency"};
  const json *row = report_row(report, "plain", "distribution", "{\"value\":2}");
  assert_true(is_figure(row, "percent", 100 * 4.0 / 6) && json_get(row, "unweighted_percent") == NULL);
  for (size_t i = 0; i < 2; i++) {
    row = report_row(report, weighted[i], "distribution", "{\"value\":2}");
    assert_true(is_figure(row, "percent", 50) && is_figure(row, "unweighted_percent", 100 * 4.0 / 6));
    row = report_row(report, weighted[i], "distribution", "{\"value\":1}");
    assert_true(is_figure(row, "weighted_n", 8) && is_figure(row, "n", 2));
  }
  arena_destroy(memory);
}

/* (22 - 1) (22 - 1) = 441 degrees of freedom are more than are corrected for. */
static void a_missing_correction_is_warned_of(void **state) {
  (void)state;
  enum { SIDE = 22 };
  static char names[SIDE][16];
  const char *cells[SIDE];
  fixture *f = fixture_new(SIDE);
  for (int i = 0; i < SIDE; i++) {
    snprintf(names[i], sizeof names[i], "k%d", i);
    cells[i] = names[i];
  }
  fixture_column(f, "a", PACKED_CODES, cells);
  fixture_column(f, "b", PACKED_CODES, cells);
  for (int i = 0; i < SIDE; i++) {
    cells[i] = i % 2 ? "1" : "2";
  }
  fixture_column(f, "w", PACKED_CODES, cells);
  plan *p = build_plan();
  build_nominal(p, "a");
  build_nominal(p, "b");
  build_number(p, "w", 0);
  plan_analysis *a = build_analysis(p, "crosstab", "sampling", "a");
  build_argument(p, a, "columns", "b");
  a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_argument(p, build_analysis(p, "crosstab", "plain", "a"), "columns", "b");
  arena *memory = arena_new();
  const json *report = report_of(p, f, memory);
  const json *row = report_row(report, "sampling", "independence", "{\"item\":\"a\"}");
  assert_true(json_kind_of(json_get(row, "f")) == JSON_NULL && json_kind_of(json_get(row, "p")) == JSON_NULL);
  assert_true(is_figure(row, "cramers_v", 1));
  assert_true(report_says(report, "sampling", "warnings", "no_rao_scott"));
  assert_false(report_says(report, "plain", "warnings", "no_rao_scott"));
  arena_destroy(memory);
}

/* One answer in a group, of weight 1, and two equal ones in the other: those have an error, 0. */
static void a_single_answer_has_no_error_whatever_the_weighting(void **state) {
  (void)state;
  static const struct {
    const char *kind, *table, *argument, *value;
  } requests[] = {{"describe", "summary", NULL, NULL},         {"nps", "nps_scores", NULL, NULL},
                  {"csat", "rescaled_means", NULL, NULL},      {"csat", "top_boxes", NULL, NULL},
                  {"ces", "easy_nets", "net", "true"},         {"index", "index_values", NULL, NULL},
                  {"index", "index_values", "method", "means"}};
  static const char *const items[] = {"rec", "rec", "rec", "rec", "effort", "c", "c"};
  enum { REQUESTS = sizeof requests / sizeof requests[0], WEIGHTINGS = 3 };
  static const char *const group[] = {"one", "two", "two"}, *const answer[] = {"7", "7", "7"};
  static const char *const weight[] = {"1", "1", "1"};
  fixture *f = fixture_new(3);
  fixture_column(f, "g", PACKED_CODES, group);
  fixture_column(f, "rec", PACKED_CODES, answer);
  fixture_column(f, "effort", PACKED_CODES, answer);
  fixture_column(f, "w", PACKED_CODES, weight);
  plan *p = build_plan();
  build_nominal(p, "g");
  build_scale(p, "rec", 0, 10);
  build_scale(p, "effort", 1, 7);
  build_number(p, "w", 0);
  build_construct(p, "c", "rec effort", NULL, 1);
  const uint32_t weights[WEIGHTINGS] = {PROGRAM_NONE, build_weight(p, "w", WEIGHT_SAMPLING),
                                        build_weight(p, "w", WEIGHT_FREQUENCY)};
  static char names[WEIGHTINGS * REQUESTS][16];
  for (size_t k = 0; k < WEIGHTINGS * REQUESTS; k++) {
    const size_t i = k % REQUESTS;
    snprintf(names[k], sizeof names[k], "%zu", k);
    plan_analysis *a = build_analysis(p, requests[i].kind, names[k], items[i]);
    if (requests[i].argument != NULL) {
      build_argument(p, a, requests[i].argument, requests[i].value);
    }
    a->weight = weights[k / REQUESTS];
    build_by(p, a, "g");
  }
  arena *memory = arena_new();
  const json *report = report_of(p, f, memory);
  for (size_t k = 0; k < WEIGHTINGS * REQUESTS; k++) {
    const size_t i = k % REQUESTS;
    const bool wilson = strcmp(requests[i].table, "top_boxes") == 0;
    const json *row = report_row(report, names[k], requests[i].table, "{\"group\":{\"g\":\"one\"}}");
    assert_true(is_figure(row, "n", 1) && json_kind_of(json_get(row, "se")) == JSON_NULL);
    assert_true((json_kind_of(json_get(row, "ci_low")) == JSON_NULL) != wilson);
    assert_true((json_kind_of(json_get(row, "ci_high")) == JSON_NULL) != wilson);
    row = report_row(report, names[k], requests[i].table, "{\"group\":{\"g\":\"two\"}}");
    const bool combined = requests[i].value != NULL && strcmp(requests[i].value, "means") == 0;
    assert_true(combined || is_figure(row, "se", 0));
  }
  arena_destroy(memory);
}

static void a_group_without_variance_leaves_no_wald_test(void **state) {
  (void)state;
  static const char *const group[] = {"a", "a", "b", "b", "b"}, *const score[] = {"1", "2", "4", "4", "4"};
  static const char *const weight[] = {"1", "2", "3", "1", "2"};
  for (uint32_t rows = 3; rows <= 5; rows += 2) { /* one answer of b, then three equal ones */
    plan *p = build_plan();
    build_nominal(p, "g");
    build_number(p, "x", 0);
    build_number(p, "w", 0);
    plan_analysis *a = build_analysis(p, "compare", "compare", "x");
    build_argument(p, a, "groups", "g");
    a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
    fixture *f = fixture_new(rows);
    fixture_column(f, "g", PACKED_CODES, group);
    fixture_column(f, "x", PACKED_CODES, score);
    fixture_column(f, "w", PACKED_CODES, weight);
    arena *memory = arena_new();
    const json *report = report_of(p, f, memory);
    const json *row = report_row(report, "compare", "wald", "{\"item\":\"x\"}");
    assert_true(json_kind_of(json_get(row, "f")) == JSON_NULL &&
                json_kind_of(json_get(row, "p")) == JSON_NULL);
    assert_true(report_says(report, "compare", "warnings", "group_without_variance"));
    arena_destroy(memory);
  }
}

/* a has the fewest rows (2, of weight 20), b the smallest weight (3 rows, of weight 6): 6 - 1 degrees of
 * freedom.  R: qt(0.975, 5) = 2.57058183563631 (as if the rows stood there as often as they weigh; counting
 * the item with the fewest rows gave qt(0.975, 19) = 2.09302405440831). */
static void an_index_of_means_has_the_degrees_of_freedom_of_the_smallest_weight(void **state) {
  (void)state;
  static const char *const a[] = {"1", "5", "", "", ""}, *const b[] = {"", "", "3", "2", "4"};
  static const char *const weight[] = {"10", "10", "2", "2", "2"};
  fixture *f = fixture_new(5);
  fixture_column(f, "a", PACKED_CODES, a);
  fixture_column(f, "b", PACKED_CODES, b);
  fixture_column(f, "w", PACKED_CODES, weight);
  plan *p = build_plan();
  build_scale(p, "a", 1, 5);
  build_scale(p, "b", 1, 5);
  build_number(p, "w", 0);
  build_construct(p, "c", "a b", NULL, 1);
  plan_analysis *i = build_analysis(p, "index", "index", "c");
  build_argument(p, i, "method", "means");
  i->weight = build_weight(p, "w", WEIGHT_FREQUENCY);
  arena *memory = arena_new();
  const json *row =
      report_row(report_of(p, f, memory), "index", "index_values", "{\"item\":\"c\",\"group\":null}");
  assert_true(is_figure(row, "n", 2) && is_figure(row, "weighted_n", 6) && is_figure(row, "index", 50));
  const double half = json_as_number(json_get(row, "ci_high")) - 50;
  assert_true(fabs(half / json_as_number(json_get(row, "se")) - 2.57058183563631) < 1e-12);
  arena_destroy(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_of_a_cross_table_are_weighted),
      cmocka_unit_test(distributions_are_drawn_from_weighted_shares),
      cmocka_unit_test(a_missing_correction_is_warned_of),
      cmocka_unit_test(a_single_answer_has_no_error_whatever_the_weighting),
      cmocka_unit_test(a_group_without_variance_leaves_no_wald_test),
      cmocka_unit_test(an_index_of_means_has_the_degrees_of_freedom_of_the_smallest_weight),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
