/* Items of the same respondents, shares and net promoter scores between groups, and ranks with sampling
 * weights against R (golden/compare_demand.R says which functions), and where there is nothing to test. */
#include <math.h>
#include <string.h>

#include "stats/analyses/shares.h"
#include "stats/methods/share_test.h"
#include "stats/methods/signed_rank.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

static plan_analysis *ask_paired(plan *p, const char *name) {
  plan_analysis *a = build_analysis(p, "compare", name, "q3 q4 recommend");
  build_argument(p, a, "paired", "true");
  build_argument(p, a, "ranks", "true");
  build_argument(p, a, "margin", "1.5");
  build_by(p, a, "sex");
  return a;
}

static plan_analysis *ask_groups(plan *p, const char *name, const char *items, const char *argument,
                                 const char *value) {
  plan_analysis *a = build_analysis(p, "compare", name, items);
  build_argument(p, a, "groups", "region");
  build_argument(p, a, argument, value);
  return a;
}

static void ask(plan *p) {
  build_survey(p);
  const uint32_t sampling = build_weight(p, "w", WEIGHT_SAMPLING);
  const uint32_t frequency = build_weight(p, "f", WEIGHT_FREQUENCY);
  ask_paired(p, "paired");
  ask_paired(p, "paired_repeated")->weight = frequency;
  ask_paired(p, "paired_weighted")->weight = sampling;
  ask_groups(p, "shares", "q1 q3 recommend", "top_boxes", "2");
  ask_groups(p, "shares_repeated", "q1 recommend", "top_boxes", "2")->weight = frequency;
  ask_groups(p, "shares_weighted", "q1", "top_boxes", "2")->weight = sampling;
  ask_groups(p, "scores", "recommend", "nps", "true");
  ask_groups(p, "scores_repeated", "recommend", "nps", "true")->weight = frequency;
  ask_groups(p, "scores_weighted", "recommend", "nps", "true")->weight = sampling;
  ask_groups(p, "ranks_weighted", "q1 q4", "ranks", "true")->weight = sampling;
  build_finish(p);
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  assert_int_equal(
      report_differences(report, report_file(scene->memory, GOLDEN "compare_demand.json"), 1e-10), 0);
  assert_true(report_says(report, "paired", "notes", "note_signed_ranks"));
  assert_true(report_says(report, "paired_weighted", "notes", "note_signed_ranks_sampling"));
  assert_null(report_row(report, "paired_weighted", "signed_ranks", "{}"));
  assert_true(report_says(report, "shares", "notes", "note_share_pairs"));
  assert_true(report_says(report, "scores_weighted", "notes", "note_nps_pairs_sampling"));
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

static bool is_about(double figure, double expected) {
  return fabs(figure - expected) <= 1e-13 * fmax(1, fabs(expected));
}

/* R: wilcox.test(c(1, 2, -3, 4, 5, 6)) gives V = 18 and p = 10/64: 0 to 3 of 21 are the sums of 5 sets of
 * ranks (none; 1; 2; 3; 1 and 2).  A zero or a tie makes it normal: wilcox.test(c(0, 1, 2, -3, 4, 5, 6),
 * exact = FALSE). */
static void few_differences_have_an_exact_p(void **state) {
  (void)state;
  const counted_difference plain[] = {{-3, 1}, {1, 1}, {2, 1}, {4, 1}, {5, 1}, {6, 1}};
  signed_rank r = signed_rank_of(plain, 6);
  assert_true(r.exact && is_about(r.v, 18) && is_about(r.p, 10 / 64.0) && isnan(r.z));
  assert_true(is_about(r.rank_biserial, 15 / 21.0));
  const counted_difference zero[] = {{-3, 1}, {0, 1}, {1, 1}, {2, 1}, {4, 1}, {5, 1}, {6, 1}};
  r = signed_rank_of(zero, 7);
  assert_true(!r.exact && is_about(r.z, (18 - 10.5 - .5) / sqrt(6 * 7 * 13 / 24.0)) && is_about(r.zeros, 1));
  const counted_difference none[] = {{0, 9}};
  r = signed_rank_of(none, 1);
  assert_true(isnan(r.v) && isnan(r.p) && !r.exact && is_about(r.zeros, 9));
}

/* All signs alike among 49: 2 sets of 2^49; R: wilcox.test(1:49)$p.value is 3.552714e-15. */
static void the_largest_exact_distribution_does_not_overflow(void **state) {
  (void)state;
  counted_difference all[SIGNED_RANK_EXACT_END - 1];
  for (int i = 0; i < SIGNED_RANK_EXACT_END - 1; i++) {
    all[i] = (counted_difference){i + 1, 1};
  }
  const signed_rank r = signed_rank_of(all, SIGNED_RANK_EXACT_END - 1);
  assert_true(r.exact && is_about(r.p * 0x1p49, 2));
}

/* Newcombe 1998, Statistics in Medicine 17:873-890, Table II, method 10: 56/70 less 48/80, and 9/10 less
 * 3/10. */
static void differences_of_shares_have_newcombes_interval(void **state) {
  (void)state;
  static const struct {
    double yes[2], base[2], low, high;
  } cases[] = {{{56, 48}, {70, 80}, 5.24, 33.39}, {{9, 3}, {10, 10}, 17.05, 80.90}};
  for (int i = 0; i < 2; i++) {
    group_share of[2];
    for (int k = 0; k < 2; k++) {
      of[k] = (group_share){.percent = 100 * cases[i].yes[k] / cases[i].base[k], .base = cases[i].base[k]};
      share_wilson(of[k].percent, of[k].base, .95, &of[k].low, &of[k].high);
    }
    const share_difference d = shares_differ(&of[0], &of[1]);
    assert_true(fabs(d.ci_low - cases[i].low) < .006 && fabs(d.ci_high - cases[i].high) < .006);
  }
}

/* No two answers are equal: what golden/compare_demand.R prints of svyranktest itself. */
static void ranks_without_equal_answers_equal_those_of_svyranktest(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "y", 1, 12);
  build_nominal(p, "g");
  build_number(p, "w", 2);
  plan_analysis *a = build_analysis(p, "compare", "c", "y");
  build_argument(p, a, "groups", "g");
  build_argument(p, a, "ranks", "true");
  a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_finish(p);
  scene->data = fixture_new(12);
  fixture_column(scene->data, "y", PACKED_CODES,
                 (const char *[]){"7", "3", "11", "1", "9", "5", "12", "2", "10", "4", "8", "6"});
  fixture_column(scene->data, "g", PACKED_TEXTS,
                 (const char *[]){"a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c"});
  fixture_column(scene->data, "w", PACKED_DECIMALS,
                 (const char *[]){"1", "2.5", "1.5", "3", "0.5", "2", "1", "4", "2", "1.5", "0.75", "3"});
  const json *report = drive_report(p, scene->data, 5, scene->memory);
  const json *row = report_row(report, "c", "rank_test", "{\"item\":\"y\"}");
  assert_float_equal(json_as_number(json_get(row, "f")), 5.10953982025963, 1e-12);
  assert_float_equal(json_as_number(json_get(row, "p")), 0.0329074820880407, 1e-14);
  row = report_row(report, "c", "rank_pairs", "{\"group\":{\"g\":\"a\"},\"other_group\":{\"g\":\"b\"}}");
  assert_float_equal(json_as_number(json_get(row, "score_difference")), -0.0235732009925558, 1e-14);
  assert_float_equal(json_as_number(json_get(row, "t")), -0.100013354704812, 1e-13);
  assert_int_equal(json_as_integer(json_get(row, "df")), 6);
}

static fixture *equal_answers(void) {
  fixture *f = fixture_new(8);
  fixture_column(f, "x", PACKED_CODES, (const char *[]){"5", "5", "5", "5", "4", "4", "4", "4"});
  fixture_column(f, "y", PACKED_CODES, (const char *[]){"4", "4", "4", "4", "3", "3", "3", "3"});
  fixture_column(f, "s", PACKED_CODES, (const char *[]){"10", "10", "9", "9", "0", "8", "9", "2"});
  fixture_column(f, "g", PACKED_TEXTS, (const char *[]){"a", "a", "a", "a", "b", "b", "b", "b"});
  return f;
}

static void what_does_not_vary_is_named(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "x", 1, 5);
  build_scale(p, "y", 1, 5);
  build_scale(p, "s", 0, 10);
  build_nominal(p, "g");
  plan_analysis *a = build_analysis(p, "compare", "groups", "x s");
  build_argument(p, a, "groups", "g");
  build_argument(p, a, "top_boxes", "2");
  a = build_analysis(p, "compare", "scores", "s");
  build_argument(p, a, "groups", "g");
  build_argument(p, a, "nps", "true");
  a = build_analysis(p, "compare", "paired", "x y");
  build_argument(p, a, "paired", "true");
  build_finish(p);
  scene->data = equal_answers();
  const json *report = drive_report(p, scene->data, 3, scene->memory);
  assert_true(report_says(report, "groups", "warnings", "no_variance_within"));
  assert_true(report_says(report, "groups", "warnings", "shares_without_variance"));
  assert_true(report_says(report, "scores", "warnings", "scores_without_variance"));
  assert_true(report_says(report, "paired", "warnings", "equal_differences"));
  assert_true(report_says(report, "paired", "warnings", "few_both"));
  const json *row = report_row(report, "paired", "paired", "{\"item\":\"x\"}");
  assert_true(is_about(json_as_number(json_get(row, "difference")), 1));
  assert_int_equal(json_kind_of(json_get(row, "t")), JSON_NULL);
}

static void refused(const char *items, const char *const arguments[][2], int count, const char *message) {
  void *state = NULL;
  error err = {0};
  assert_int_equal(build_scene_setup(&state), 0);
  build_scene *scene = state;
  build_survey(scene->plan);
  plan_analysis *a = build_analysis(scene->plan, "compare", "c", items);
  for (int i = 0; i < count; i++) {
    build_argument(scene->plan, a, arguments[i][0], arguments[i][1]);
  }
  assert_int_equal(plan_finish(scene->plan, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, message);
  assert_int_equal(build_scene_teardown(&state), 0);
}

static void mistakes_are_refused_by_name(void **state) {
  (void)state;
  static const char *const none[][2] = {{"pairs", "true"}};
  static const char *const both[][2] = {{"paired", "true"}, {"groups", "region"}};
  static const char *const paired[][2] = {{"paired", "true"}};
  static const char *const boxes[][2] = {{"groups", "region"}, {"top_boxes", "5"}};
  static const char *const nps[][2] = {{"groups", "region"}, {"nps", "true"}};
  refused("q1", none, 1, "groups: name the variable");
  refused("q1 q2", both, 2, "groups: is for groups; with paired");
  refused("q1", paired, 1, "items: paired needs 2 to 40 items, not 1");
  refused("q1 q1", paired, 1, "items: \"q1\" is named twice");
  refused("q1", boxes, 2, "top_boxes: 5 of the 5 codes of 'q1'");
  refused("age", boxes, 2, "top_boxes: the range of 'age' is not declared");
  refused("q1", nps, 2, "nps: 'q1' is not a scale from 0 to 10");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(figures_equal_those_of_r),
      build_unit_test(report_is_the_same_in_any_shards),
      cmocka_unit_test(few_differences_have_an_exact_p),
      cmocka_unit_test(the_largest_exact_distribution_does_not_overflow),
      cmocka_unit_test(differences_of_shares_have_newcombes_interval),
      build_unit_test(ranks_without_equal_answers_equal_those_of_svyranktest),
      build_unit_test(what_does_not_vary_is_named),
      cmocka_unit_test(mistakes_are_refused_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
