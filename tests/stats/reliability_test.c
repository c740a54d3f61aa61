/* Scales that measure nothing, contradict themselves or have one item too many: named, and everything else
 * whole. Figures come from R where the golden (tests/analyses/reliability.json) does not have them: see
 * beside each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "stats/methods/one_factor.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { ITEMS = 4, ROWS_MAX = 600 };

/* Cells of columns q1 .. q4, column by column; 0 is blank. */
typedef struct answers {
  uint32_t rows;
  int of[ITEMS][ROWS_MAX];
} answers;

static fixture *fixture_of(const answers *a) {
  fixture *f = fixture_new(a->rows);
  static double cells[ROWS_MAX];
  for (int i = 0; i < ITEMS; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%d", i + 1);
    for (uint32_t r = 0; r < a->rows; r++) {
      cells[r] = a->of[i][r] == 0 ? (double)NAN : a->of[i][r];
    }
    fixture_numbers(f, name, PACKED_CODES, cells);
  }
  return f;
}

/* Four items with one thing in common; the same ones each time. */
static answers ordinary(uint32_t rows) {
  answers a = {.rows = rows};
  seeded s = {17};
  for (uint32_t r = 0; r < rows; r++) {
    const int level = (int)seeded_below(&s, 4);
    for (int i = 0; i < ITEMS; i++) {
      a.of[i][r] = 1 + level + (int)seeded_below(&s, 2);
    }
  }
  return a;
}

static void build_items(plan *p) {
  build_scale(p, "q1", 1, 9);
  build_scale(p, "q2", 1, 9);
  build_scale(p, "q3", 1, 9);
  build_scale(p, "q4", 1, 9);
}

/* The report of one request over ITEMS. */
static const json *report_of(build_scene *s, const answers *a, const char *items, const char *missing) {
  build_items(s->plan);
  plan_analysis *request = build_analysis(s->plan, "reliability", "scale", items);
  build_argument(s->plan, request, "missing", missing);
  s->data = fixture_of(a);
  return build_report(s->plan, s->data, 50, s->memory);
}

static const json *scale_row(const json *report) {
  return report_row(report, "scale", "reliability_scales", "{\"group\":null}");
}

static const json *item_row(const json *report, const char *item) {
  char match[64];
  snprintf(match, sizeof match, "{\"group\":null,\"item\":\"%s\"}", item);
  return report_row(report, "scale", "reliability_items", match);
}

static double figure(const json *row, const char *column) {
  const json *cell = json_get(row, column);
  assert_non_null(cell);
  return json_kind_of(cell) == JSON_NULL ? (double)NAN : json_as_number(cell);
}

static bool warns(const json *report, const char *code) {
  return report_says(report, "scale", "warnings", code);
}

/* ---- Scales ---------------------------------------------------------------------------------------- */

static void a_scale_without_trouble_has_no_warning(void **state) {
  const answers a = ordinary(400);
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "pairwise");
  assert_true(figure(scale_row(report), "alpha") > 0.9);
  assert_true(figure(scale_row(report), "ci_low") > 0.85);
  assert_int_equal(json_count(json_get(json_at(json_get(report, "analyses"), 0), "warnings")), 0);
}

static void a_constant_item_is_left_out_and_named(void **state) {
  build_scene *s = *state;
  answers a = ordinary(200);
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[2][r] = 3;
  }
  const json *report = report_of(s, &a, "q1 q2 q3 q4", "pairwise");
  const double with = figure(scale_row(report), "alpha");
  assert_true(warns(report, "item_constant"));
  assert_int_equal(json_as_integer(json_get(scale_row(report), "items")), 3);
  assert_true(isnan(figure(item_row(report, "q3"), "item_rest")));
  assert_true(figure(item_row(report, "q3"), "mean") == 3);
  /* Alpha of the others is what the scale without it has. */
  assert_true(with > 0.85 && isfinite(figure(item_row(report, "q4"), "alpha_dropped")));
}

static void one_item_is_no_scale(void **state) {
  const answers a = ordinary(100);
  const json *report = report_of(*state, &a, "q1", "pairwise");
  assert_true(warns(report, "too_few_items"));
  assert_true(isnan(figure(scale_row(report), "alpha")));
  assert_true(isfinite(figure(item_row(report, "q1"), "sd")));
}

static void two_items_have_an_alpha_and_no_factor(void **state) {
  const answers a = ordinary(100);
  const json *report = report_of(*state, &a, "q1 q2", "pairwise");
  const json *factor = report_row(report, "scale", "reliability_factors", "{\"group\":null}");
  assert_true(isfinite(figure(scale_row(report), "alpha")));
  assert_true(isnan(figure(factor, "omega")) && isnan(figure(factor, "ave")));
  assert_false(warns(report, "indefinite_matrix") || warns(report, "factor_not_found"));
}

static void an_item_that_was_not_reversed_is_named(void **state) {
  answers a = ordinary(300);
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[1][r] = 6 - a.of[1][r];
  }
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "listwise");
  assert_true(warns(report, "item_reversed"));
  assert_true(figure(item_row(report, "q2"), "item_rest") < 0);
  assert_true(figure(item_row(report, "q2"), "loading") < 0);
  assert_false(warns(report, "alpha_negative"));
}

static void a_negative_alpha_is_told(void **state) {
  answers a = ordinary(300);
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[1][r] = 6 - a.of[1][r];
  }
  const json *report = report_of(*state, &a, "q1 q2", "listwise");
  assert_true(warns(report, "alpha_negative"));
  assert_true(figure(scale_row(report), "alpha") < 0);
}

/* q3 says what q2 says. */
static void items_that_repeat_each_other_have_an_alpha_and_no_factor(void **state) {
  answers a = ordinary(200);
  memcpy(a.of[2], a.of[1], sizeof a.of[2]);
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "pairwise");
  assert_true(warns(report, "indefinite_matrix"));
  assert_true(isfinite(figure(scale_row(report), "alpha")));
  assert_true(isnan(figure(report_row(report, "scale", "reliability_factors", "{\"group\":null}"), "omega")));
}

/* A third of the rows answers each pair: q1 = q2, q1 = q3, q2 = -q3, which cannot all be. */
static void pairs_that_contradict_each_other_are_told(void **state) {
  answers a = {.rows = 300};
  seeded s = {3};
  for (uint32_t r = 0; r < a.rows; r++) {
    const int v = 1 + (int)seeded_below(&s, 5);
    const uint32_t kind = r % 3;
    a.of[0][r] = kind < 2 ? v : 0;
    a.of[1][r] = kind == 0 ? v : kind == 2 ? v : 0;
    a.of[2][r] = kind == 1 ? v : kind == 2 ? 6 - v : 0;
  }
  const json *report = report_of(*state, &a, "q1 q2 q3", "pairwise");
  assert_true(warns(report, "indefinite_matrix"));
  assert_true(isfinite(figure(scale_row(report), "alpha")));
  assert_int_equal(json_as_integer(json_get(scale_row(report), "n")), 100);
}

static void listwise_takes_rows_with_all_answers(void **state) {
  answers a = ordinary(200);
  for (uint32_t r = 0; r < a.rows; r += 4) {
    a.of[r / 4 % 4][r] = 0;
  }
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "listwise");
  assert_int_equal(json_as_integer(json_get(scale_row(report), "n")), 150);
  assert_true(report_says(report, "scale", "notes", "note_alpha_listwise"));
}

static void without_answers_there_is_a_row_and_a_warning(void **state) {
  const answers a = {.rows = 40};
  const json *report = report_of(*state, &a, "q1 q2 q3", "pairwise");
  assert_int_equal(json_as_integer(json_get(scale_row(report), "n")), 0);
  assert_true(isnan(figure(scale_row(report), "alpha")));
  assert_true(warns(report, "empty_base"));
}

/* ---- Replicates ------------------------------------------------------------------------------------ */

static void few_rows_have_marked_intervals_and_fewer_none(void **state) {
  const answers a = ordinary(20);
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "pairwise");
  assert_true(warns(report, "replicates_few"));
  assert_true(isfinite(figure(scale_row(report), "ci_low")));
}

static void seven_rows_have_an_alpha_and_no_interval(void **state) {
  const answers a = ordinary(7);
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "pairwise");
  assert_true(warns(report, "replicates_too_few"));
  assert_true(isfinite(figure(scale_row(report), "alpha")) && isnan(figure(scale_row(report), "ci_low")));
  assert_true(isnan(figure(scale_row(report), "se")));
}

/* One of twelve respondents answers the third item otherwise: without that one it does not vary, and has no
 * factor. */
static void replicates_without_a_figure_are_counted(void **state) {
  answers a = ordinary(12);
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[2][r] = r == 5 ? 4 : 3;
  }
  const json *report = report_of(*state, &a, "q1 q2 q3 q4", "pairwise");
  const json *factor = report_row(report, "scale", "reliability_factors", "{\"group\":null}");
  assert_true(warns(report, "replicates_failed"));
  assert_true(isnan(figure(factor, "ci_low"))); /* one of twelve is more than 5 % */
  assert_true(isfinite(figure(scale_row(report), "ci_low")));
}

/* 120 branches of 120 rows: some 45 of 256 random groups each, 60 items: 120 * 45 blocks of 87 KB are far too
 * much, and so is everything but one block a branch; the total keeps its replicates. */
static void breakdowns_without_room_have_figures_and_one_warning(void **state) {
  enum { BRANCHES = 120, EACH = 120, WIDE = 60 };
  build_scene *s = *state;
  char items[WIDE * 5] = "";
  double *cells = malloc(BRANCHES * EACH * sizeof *cells);
  seeded random = {5};
  assert_non_null(cells);
  s->data = fixture_new(BRANCHES * EACH);
  for (int i = 0; i < WIDE; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%02d", i);
    for (int r = 0; r < BRANCHES * EACH; r++) {
      cells[r] = 1 + (double)seeded_below(&random, 5);
    }
    fixture_numbers(s->data, name, PACKED_CODES, cells);
    build_scale(s->plan, name, 1, 5);
    snprintf(items + strlen(items), sizeof items - strlen(items), "%s%s", i > 0 ? " " : "", name);
  }
  for (int r = 0; r < BRANCHES * EACH; r++) {
    cells[r] = r % BRANCHES;
  }
  fixture_numbers(s->data, "branch", PACKED_CODES, cells);
  free(cells);
  build_scale(s->plan, "branch", 0, BRANCHES - 1);
  build_by(s->plan, build_analysis(s->plan, "reliability", "scale", items), "branch");
  const json *report = build_report(s->plan, s->data, 5000, s->memory);
  const json *warnings = json_get(json_at(json_get(report, "analyses"), 0), "warnings");
  int told = 0;
  for (size_t i = 0; i < json_count(warnings); i++) {
    told += strcmp(json_as_cstring(json_get(json_at(warnings, i), "code")), "replicates_too_large") == 0;
  }
  assert_int_equal(told, 1);
  assert_true(isfinite(figure(scale_row(report), "ci_low")));
  const json *branch = report_row(report, "scale", "reliability_scales", "{\"group\":{\"branch\":7}}");
  assert_true(isfinite(figure(branch, "alpha")) && isnan(figure(branch, "ci_low")));
}

static const json *drawn_report(build_scene *s, const answers *a, const char *interval) {
  build_items(s->plan);
  plan_analysis *request = build_analysis(s->plan, "reliability", "scale", "q1 q2 q3 q4");
  build_argument(s->plan, request, "interval", interval);
  s->data = fixture_of(a);
  return build_report(s->plan, s->data, 50, s->memory);
}

static void the_bootstrap_agrees_with_the_jackknife_within_its_noise(void **state) {
  const answers a = ordinary(400);
  const json *drawn = drawn_report(*state, &a, "bootstrap");
  const json *row = scale_row(drawn);
  const double se = figure(row, "se");
  const double alpha = figure(row, "alpha");
  assert_true(report_says(drawn, "scale", "notes", "note_replicates_bootstrap"));
  /* At 2,000 resamples an end is off by .06 SE or so; skewness moves both a little further down. */
  assert_true(fabs((alpha - figure(row, "ci_low")) / se - 1.97) < 0.5);
  assert_true(fabs((figure(row, "ci_high") - alpha) / se - 1.97) < 0.5);
}

static void bca_says_its_name(void **state) {
  const answers a = ordinary(100);
  assert_true(report_says(drawn_report(*state, &a, "bca"), "scale", "notes", "note_replicates_bca"));
}

static void bytes_do_not_depend_on_shards(void **state) {
  build_scene *s = *state;
  answers a = ordinary(150);
  for (uint32_t r = 0; r < a.rows; r += 7) {
    a.of[1][r] = 0;
  }
  build_items(s->plan);
  build_analysis(s->plan, "reliability", "scale", "q1 q2 q3 q4");
  build_finish(s->plan);
  s->data = fixture_of(&a);
  buf whole = drive_bytes(s->plan, s->data, 1000);
  buf parts = drive_bytes(s->plan, s->data, 7);
  assert_int_equal(whole.length, parts.length);
  assert_memory_equal(whole.data, parts.data, whole.length);
  buf_fini(&whole);
  buf_fini(&parts);
}

/* ---- Constructs ------------------------------------------------------------------------------------ */

/* A construct of constructs has their items, each once. */
static void every_construct_is_a_scale(void **state) {
  build_scene *s = *state;
  const answers a = ordinary(200);
  build_items(s->plan);
  build_construct(s->plan, "first", "q1 q2 q3", NULL, 1);
  build_construct(s->plan, "second", "q3 q4", NULL, 1);
  build_construct(s->plan, "whole", "first second", NULL, 1);
  build_analysis(s->plan, "reliability", "scale", NULL);
  s->data = fixture_of(&a);
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  static const struct {
    const char *match;
    int items;
  } expected[] = {{"{\"item\":\"first\"}", 3}, {"{\"item\":\"second\"}", 2}, {"{\"item\":\"whole\"}", 4}};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    const json *row = report_row(report, "scale", "reliability_scales", expected[i].match);
    assert_int_equal(json_as_integer(json_get(row, "items")), expected[i].items);
  }
}

static void what_does_not_fit_together_is_refused(void **state) {
  build_scene *s = *state;
  error err;
  build_items(s->plan);
  const analysis_kind *kind = analysis_find("reliability");
  plan_analysis *a = build_analysis(s->plan, "reliability", "scale", "q1 q1");
  assert_int_equal(kind->check(s->plan, a, &err), STATUS_SPECIFICATION);
  assert_string_equal(err.message, "items: \"q1\" is named twice; name each item once");
  a = build_analysis(s->plan, "reliability", "drawn", "q1 q2");
  build_argument(s->plan, a, "resamples", "500");
  assert_int_equal(kind->check(s->plan, a, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "the jackknife draws none");
  build_argument(s->plan, a, "interval", "bca");
  assert_int_equal(kind->check(s->plan, a, &err), STATUS_SPECIFICATION);
  assert_string_equal(err.message, "resamples: bca needs at least 5000, not 500");
}

/* ---- One factor ------------------------------------------------------------------------------------ */

/* What has exactly one factor is found to the last digits. */
static void a_matrix_of_one_factor_gives_its_loadings_back(void **state) {
  enum { K = 5 };
  static const double loading[K] = {0.9, 0.7, 0.5, 0.3, 0.8};
  double r[K * K];
  one_factor f;
  bool fitted = false;
  error err;
  build_scene *s = *state;
  for (int i = 0; i < K; i++) {
    for (int j = 0; j < K; j++) {
      r[i * K + j] = i == j ? 1 : loading[i] * loading[j];
    }
  }
  assert_int_equal(one_factor_new(s->memory, K, &f, &err), STATUS_OK);
  assert_int_equal(one_factor_fit(r, false, &f, &fitted, &err), STATUS_OK);
  assert_true(fitted);
  for (uint32_t i = 0; i < K; i++) {
    assert_true(fabs(f.loading[i] - loading[i]) < 1e-12);
    assert_true(fabs(f.uniqueness[i] - (1 - loading[i] * loading[i])) < 1e-12);
  }
}

/* Three items with r12 r13 > r23: the first would need more than all of its variance. */
static void a_heywood_case_ends_at_the_bound(void **state) {
  double r[] = {1, 0.8, 0.8, 0.8, 1, 0.5, 0.8, 0.5, 1};
  one_factor f;
  bool fitted = false;
  error err;
  build_scene *s = *state;
  assert_int_equal(one_factor_new(s->memory, 3, &f, &err), STATUS_OK);
  assert_int_equal(one_factor_fit(r, false, &f, &fitted, &err), STATUS_OK);
  assert_true(fitted);
  assert_true(one_factor_is_heywood(&f, 0));
  assert_false(one_factor_is_heywood(&f, 1) || one_factor_is_heywood(&f, 2));
}

/* Of random matrices, most of three items with one at its bound: from a solution a little off the search ends
 * where it ends from the usual start.  (Replicates start so; some of Heywood cases once ended nowhere.) */
static void searches_from_a_solution_end_where_others_do(void **state) {
  enum { K = 5 };
  build_scene *s = *state;
  seeded random = {99};
  int heywood = 0;
  for (int round = 0; round < 2000; round++) {
    const uint32_t k = 3 + (uint32_t)seeded_below(&random, 3);
    double r[K * K], near[K * K], loading[K];
    one_factor f, g, h;
    bool fitted = false;
    for (uint32_t i = 0; i < k; i++) {
      loading[i] = 0.25 + 0.74 * (double)seeded_below(&random, 1000) / 1000;
    }
    for (uint32_t i = 0; i < k; i++) {
      r[i * k + i] = near[i * k + i] = 1;
      for (uint32_t j = 0; j < i; j++) {
        const double off = 0.1 * ((double)seeded_below(&random, 1000) / 1000 - 0.5);
        r[i * k + j] = r[j * k + i] = loading[i] * loading[j] + off;
        near[i * k + j] = near[j * k + i] =
            r[i * k + j] + 1e-3 * ((double)seeded_below(&random, 1000) / 1000 - 0.5);
      }
    }
    assert_int_equal(one_factor_new(s->memory, k, &f, NULL), STATUS_OK);
    assert_int_equal(one_factor_new(s->memory, k, &g, NULL), STATUS_OK);
    assert_int_equal(one_factor_new(s->memory, k, &h, NULL), STATUS_OK);
    assert_int_equal(one_factor_fit(r, false, &f, &fitted, NULL), STATUS_OK);
    if (!fitted) {
      continue; /* not positive definite */
    }
    for (uint32_t i = 0; i < k; i++) {
      heywood += one_factor_is_heywood(&f, i);
    }
    one_factor_copy(&f, &g);
    bool also = false;
    assert_int_equal(one_factor_fit(near, true, &g, &fitted, NULL), STATUS_OK);
    assert_int_equal(one_factor_fit(near, false, &h, &also, NULL), STATUS_OK);
    assert_true(fitted && also);
    for (uint32_t i = 0; i < k; i++) {
      if (fabs(g.uniqueness[i] - h.uniqueness[i]) > 1e-8) {
        fail_msg("round %d, item %u: %.12g and %.12g", round, i, g.uniqueness[i], h.uniqueness[i]);
      }
    }
  }
  assert_true(heywood > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(a_scale_without_trouble_has_no_warning),
      build_unit_test(a_constant_item_is_left_out_and_named),
      build_unit_test(one_item_is_no_scale),
      build_unit_test(two_items_have_an_alpha_and_no_factor),
      build_unit_test(an_item_that_was_not_reversed_is_named),
      build_unit_test(a_negative_alpha_is_told),
      build_unit_test(items_that_repeat_each_other_have_an_alpha_and_no_factor),
      build_unit_test(pairs_that_contradict_each_other_are_told),
      build_unit_test(listwise_takes_rows_with_all_answers),
      build_unit_test(without_answers_there_is_a_row_and_a_warning),
      build_unit_test(few_rows_have_marked_intervals_and_fewer_none),
      build_unit_test(seven_rows_have_an_alpha_and_no_interval),
      build_unit_test(replicates_without_a_figure_are_counted),
      build_unit_test(breakdowns_without_room_have_figures_and_one_warning),
      build_unit_test(the_bootstrap_agrees_with_the_jackknife_within_its_noise),
      build_unit_test(bca_says_its_name),
      build_unit_test(bytes_do_not_depend_on_shards),
      build_unit_test(every_construct_is_a_scale),
      build_unit_test(what_does_not_fit_together_is_refused),
      build_unit_test(a_matrix_of_one_factor_gives_its_loadings_back),
      build_unit_test(a_heywood_case_ends_at_the_bound),
      build_unit_test(searches_from_a_solution_end_where_others_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
