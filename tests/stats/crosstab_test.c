/* What crosstab has on demand: cells with totals, letters, measures of order and exact p, against R
 * (golden/crosstab.R says which functions), and what has none of them. */
#include <math.h>
#include <stdio.h>

#include "stats/methods/fisher.h"
#include "stats/methods/ordinal.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

/* The regions in an order of their own, so that the codebook's can be told from the alphabet's. */
static void declare_regions(plan *p) {
  static const char *const names[] = {"west", "south", "north", "east"};
  plan_variable *v = &p->variables[build_find(p, "region")];
  v->values = ARENA_ARRAY(p->memory, plan_value_label, 4);
  v->values_count = 4;
  for (int i = 0; i < 4; i++) {
    v->values[i] = (plan_value_label){.is_text = true, .text = slice_of(names[i])};
  }
}

static plan_analysis *ask_for(plan *p, const char *name, const char *rows, const char *columns) {
  plan_analysis *a = build_analysis(p, "crosstab", name, rows);
  build_argument(p, a, "columns", columns);
  build_argument(p, a, "cells", "true");
  build_argument(p, a, "letters", "holm");
  build_argument(p, a, "ordinal", "true");
  return a;
}

static plan_analysis *ask_exactly(plan *p, const char *name, const char *rows, const char *columns) {
  plan_analysis *a = ask_for(p, name, rows, columns);
  build_argument(p, a, "exact", "true");
  return a;
}

static void ask(plan *p) {
  build_survey(p);
  build_top(p, "top", "q1", 4);
  declare_regions(p);
  const uint32_t sampling = build_weight(p, "w", WEIGHT_SAMPLING);
  const uint32_t frequency = build_weight(p, "f", WEIGHT_FREQUENCY);
  ask_for(p, "plain", "q1 channels", "region");
  build_argument(p, ask_for(p, "bonferroni", "q1", "region"), "letters", "bonferroni");
  plan_analysis *a = ask_exactly(p, "weighted", "q1", "region");
  build_argument(p, a, "letters", "unadjusted");
  a->weight = sampling;
  ask_for(p, "repeated", "q1", "region")->weight = frequency;
  ask_exactly(p, "turned", "region", "channels");
  build_by(p, ask_for(p, "plain_order", "q1", "q3"), "region");
  ask_for(p, "weighted_order", "q1", "q3")->weight = sampling;
  ask_for(p, "repeated_order", "q1", "q3")->weight = frequency;
  ask_exactly(p, "two_by_two", "top", "sex");
  build_by(p, ask_exactly(p, "larger", "q1", "sex"), "region");
  build_finish(p);
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  const json *golden = report_file(scene->memory, GOLDEN "crosstab.json");
  assert_int_equal(report_differences(report, json_get(golden, "exact"), 1e-12), 0);
  assert_int_equal(report_differences(report, json_get(golden, "derived"), 1e-8), 0);
}

/* R's own sum leaves off at 1e-7. */
static void p_of_larger_tables_is_added_up(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  const json *golden = json_get(report_file(scene->memory, GOLDEN "crosstab.json"), "larger");
  assert_int_equal(json_count(golden), 2);
  assert_int_equal(report_differences(report, golden, 1e-7), 0);
  assert_true(report_says(report, "larger", "notes", "note_exact"));
  assert_false(report_says(report, "larger", "notes", "note_exact_drawn"));
}

static void what_has_no_such_figure_says_so(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  assert_true(report_says(report, "weighted", "notes", "note_exact_sampling"));
  assert_true(report_says(report, "weighted", "notes", "note_letters_sampling"));
  assert_true(report_says(report, "turned", "notes", "note_letters_turned"));
  assert_true(report_says(report, "turned", "notes", "note_ordinal_set"));
  assert_true(
      report_says(report, "larger", "warnings", "no_order")); /* nothing declares an order of f and m */
  assert_null(report_row(report, "larger", "ordinal", "{}"));
  assert_null(report_row(report, "turned", "exact_tests", "{}"));
}

static void reports_are_as_before_without_the_new_arguments(void **state) {
  build_scene *scene = *state;
  build_survey(scene->plan);
  build_argument(scene->plan, build_analysis(scene->plan, "crosstab", "cross", "q1"), "columns", "region");
  build_finish(scene->plan);
  const json *report = build_survey_report(scene);
  static const char *const tables[] = {"cells", "letter_names", "column_letters", "ordinal", "exact_tests"};
  for (int i = 0; i < 5; i++) {
    assert_null(report_row(report, "cross", tables[i], "{}"));
  }
  assert_false(report_says(report, "cross", "notes", "note_cells"));
}

static contingency table_of(const i128 *counts, uint32_t rows, uint32_t columns) {
  contingency t = {.rows = rows, .columns = columns, .counts = counts};
  for (uint32_t k = 0; k < rows * columns; k++) {
    t.n += (int64_t)counts[k];
  }
  return t;
}

/* R: fisher.test(matrix(c(3, 1, 1, 3), 2)), Fisher's tea. */
static void the_lady_tasting_tea_has_fishers_p(void **state) {
  (void)state;
  static const i128 tea[] = {3, 1, 1, 3};
  const contingency t = table_of(tea, 2, 2);
  fisher f;
  error err;
  assert_int_equal(fisher_make(&t, 1, &f, &err), STATUS_OK);
  assert_true(fabs(f.p - 34.0 / 70) < 1e-15); /* (1 + 16 + 16 + 1) / 70 */
  assert_false(f.is_drawn);
}

/* Three rows of 2 answers, columns of 3: 20 ways to choose the 3 of 6 that are in the first column.  One of
 * each row, (1, 1, 1), is 8 of them; each of the six orders of (2, 1, 0) is 2, and so less probable: the p of
 * such a table is 12/20. */
static void drawn_tables_have_the_probabilities_counted_by_hand(void **state) {
  (void)state;
  static const i128 counts[] = {2, 0, 0, 2, 1, 1};
  const contingency t = table_of(counts, 3, 2);
  fisher f;
  error err;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    assert_int_equal(fisher_draw(&t, seed, &f, &err), STATUS_OK);
    assert_true(f.is_drawn && fabs(f.p - 0.6) < 4 * f.se);
  }
  assert_int_equal(fisher_make(&t, 1, &f, &err), STATUS_OK);
  assert_true(!f.is_drawn && fabs(f.p - 0.6) < 1e-15);
}

/* R 4.2: fisher.test of its page's examples, Job (Agresti 2002, p. 57) and MP6 (Mehta & Patel 1983), and of
 * two tables of a scale by two and three columns (workspace = 2e7). */
static void larger_tables_have_the_p_of_r(void **state) {
  (void)state;
  static const i128 job[] = {1, 3, 10, 6, 2, 3, 10, 7, 1, 6, 14, 12, 0, 1, 9, 11};
  static const i128 mp6[] = {1, 2, 2, 1, 1, 0, 1, 2, 0, 0, 2, 3, 0, 0, 0, 1, 1, 1,
                             2, 7, 3, 1, 1, 2, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0};
  static const i128 scale[] = {1, 0, 2, 1, 3, 5, 8, 12, 20, 9, 7, 2, 1, 0, 2, 2, 6, 10, 8, 15, 12, 5};
  static const i128 few[] = {30, 25, 20, 10, 35, 22};
  static const struct {
    const i128 *counts;
    uint32_t rows, columns;
    double p;
  } tables[] = {{job, 4, 4, 0.7826849389656388},
                {mp6, 5, 7, 0.03928964365533234},
                {scale, 2, 11, 0.8619215115736815},
                {few, 2, 3, 0.00299893772329224}};
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
    const contingency t = table_of(tables[i].counts, tables[i].rows, tables[i].columns);
    fisher f;
    error err;
    assert_int_equal(fisher_make(&t, 1, &f, &err), STATUS_OK);
    assert_false(f.is_drawn);
    assert_true(fabs(f.p / tables[i].p - 1) < 1e-7);
  }
}

/* 10 x 10 with thousands of answers, near independence: chi-square is 100 * 6^2 / 50 = 72 on 81 degrees of
 * freedom, so p is about pchisq(72, 81, lower = FALSE) = 0.75. */
static void tables_with_too_many_others_are_drawn(void **state) {
  (void)state;
  i128 counts[100];
  for (int k = 0; k < 100; k++) {
    counts[k] = (k / 10 + k) % 2 == 0 ? 44 : 56;
  }
  const contingency t = table_of(counts, 10, 10);
  fisher f;
  error err;
  assert_int_equal(fisher_make(&t, 1, &f, &err), STATUS_OK);
  assert_true(f.is_drawn && f.se > 0 && fabs(f.p - 0.75) < 0.05);
}

/* A diagonal has every pair in the same order; a single row has no pairs. */
static void perfect_order_is_exactly_one_and_none_is_null(void **state) {
  (void)state;
  static const i128 diagonal[] = {7, 0, 0, 0, 3, 0, 0, 0, 11};
  const contingency t = table_of(diagonal, 3, 3);
  ordinal o;
  error err;
  assert_int_equal(ordinal_make(&t, &o, &err), STATUS_OK);
  assert_true(!(o.gamma.value < 1) && !(o.gamma.value > 1) && !(o.gamma.se > 0));
  assert_true(fabs(o.tau_b.value - 1) < 1e-15 && fabs(o.d_rows.value - 1) < 1e-15);
  const contingency row = table_of(diagonal, 1, 3);
  assert_int_equal(ordinal_make(&row, &o, &err), STATUS_OK);
  assert_true(isnan(o.gamma.value) && isnan(o.p));
}

/* Half a respondent has no exact p. */
static void broken_counts_do_not_fit(void **state) {
  (void)state;
  static const i128 counts[] = {25, 10, 10, 30};
  contingency t = table_of(counts, 2, 2);
  t.weighting = WEIGHTING_FREQUENCY;
  assert_true(fisher_fits(&t));
  t.decimals = 1;
  assert_false(fisher_fits(&t));
  t.decimals = 0;
  t.weighting = WEIGHTING_SAMPLING;
  assert_false(fisher_fits(&t));
}

static void report_is_the_same_in_any_shards(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  scene->data = fixture_from_csv(GOLDEN "weighted_survey.csv");
  buf whole = drive_bytes(scene->plan, scene->data, 1000), cut = drive_bytes(scene->plan, scene->data, 7);
  assert_int_equal(whole.length, cut.length);
  assert_memory_equal(whole.data, cut.data, whole.length);
  buf_fini(&whole);
  buf_fini(&cut);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(figures_equal_those_of_r),
      build_unit_test(p_of_larger_tables_is_added_up),
      build_unit_test(what_has_no_such_figure_says_so),
      build_unit_test(reports_are_as_before_without_the_new_arguments),
      build_unit_test(report_is_the_same_in_any_shards),
      cmocka_unit_test(the_lady_tasting_tea_has_fishers_p),
      cmocka_unit_test(drawn_tables_have_the_probabilities_counted_by_hand),
      cmocka_unit_test(larger_tables_have_the_p_of_r),
      cmocka_unit_test(tables_with_too_many_others_are_drawn),
      cmocka_unit_test(perfect_order_is_exactly_one_and_none_is_null),
      cmocka_unit_test(broken_counts_do_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
