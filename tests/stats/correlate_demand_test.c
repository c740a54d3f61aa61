/* What correlate has on demand against R (golden/correlate_demand.R says which functions) and published
 * examples, and what has none of it. */
#include <math.h>
#include <string.h>

#include "stats/methods/correlation_difference.h"
#include "stats/methods/holm.h"
#include "stats/methods/partial.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

static plan_analysis *ask_partial(plan *p, const char *name) {
  plan_analysis *a = build_analysis(p, "correlate", name, "q1 q3 recommend");
  build_argument(p, a, "controls", "q4 age");
  build_by(p, a, "sex");
  return a;
}

static plan_analysis *ask_groups(plan *p, const char *name, const char *which) {
  plan_analysis *a = build_analysis(p, "correlate", name, "q1 q3");
  build_argument(p, a, "with", "recommend");
  build_argument(p, a, "group_differences", which);
  build_by(p, a, "region");
  return a;
}

static plan_analysis *ask_sample(plan *p, const char *name) {
  plan_analysis *a = build_analysis(p, "correlate", name, "q1 q2 q3 recommend");
  build_argument(p, a, "pair_differences", "all");
  build_by(p, a, "sex");
  return a;
}

static void ask(plan *p) {
  build_survey(p);
  build_construct(p, "product", "q1 q2", NULL, 1);
  build_construct(p, "service", "q3 q4", NULL, 1);
  const uint32_t sampling = build_weight(p, "w", WEIGHT_SAMPLING);
  build_argument(p, ask_partial(p, "plain"), "adjust", "benjamini_hochberg");
  ask_partial(p, "weighted")->weight = sampling;
  ask_partial(p, "repeated")->weight = build_weight(p, "f", WEIGHT_FREQUENCY);
  build_argument(p, ask_partial(p, "pairwise"), "partial", "pairwise");
  plan_analysis *a = build_analysis(p, "correlate", "corrected", "product service recommend");
  build_argument(p, a, "disattenuate", "true");
  build_argument(p, a, "reliability", "recommend=0.64");
  build_by(p, a, "sex");
  ask_groups(p, "groups_plain", "pairs");
  ask_groups(p, "groups_weighted", "pairs")->weight = sampling;
  build_argument(p, ask_groups(p, "rest_plain", "rest"), "adjust", "benjamini_hochberg");
  a = ask_groups(p, "rest_weighted", "rest");
  build_argument(p, a, "adjust", "benjamini_hochberg");
  a->weight = sampling;
  ask_sample(p, "sample");
  ask_sample(p, "sample_weighted")->weight = sampling;
  /* Ranks go through further stages beside what is on demand. */
  a = build_analysis(p, "correlate", "ranked", "q1 spend");
  build_argument(p, a, "method", "both");
  build_argument(p, a, "controls", "q4");
  build_finish(p);
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  const json *golden = report_file(scene->memory, GOLDEN "correlate_demand.json");
  assert_int_equal(report_differences(report, golden, 1e-9), 0);
  assert_true(report_says(report, "plain", "notes", "note_partial"));
  assert_true(report_says(report, "pairwise", "notes", "note_partial_pairwise"));
  assert_true(report_says(report, "corrected", "notes", "note_corrected_alpha"));
  assert_non_null(report_row(report, "ranked", "partial_pairs", "{\"item\":\"q1\"}"));
  assert_int_equal(
      json_kind_of(json_get(report_row(report, "ranked", "spearman_pairs", "{\"item\":\"q1\"}"), "rho")),
      JSON_NUMBER);
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

static bool is_about(double figure, double printed, int decimals) {
  return fabs(figure - printed) <= 0.5000001 * pow(10, -decimals);
}

/* Silver, Hittner & May 2006 (Applied Psychological Measurement 30:152-153) and Zou 2007, as the tests of R's
 * cocor quote them. */
static void published_examples_come_out(void **state) {
  (void)state;
  correlation_difference d = correlations_of_groups(.4, 100, .5, 100, .95);
  assert_true(is_about(d.z, -.8751012342, 10) && is_about(d.p, .3815188256, 10));
  d = correlations_of_groups(.49, 145, .36, 87, .95);
  assert_true(is_about(d.ci_low, -.087, 3) && is_about(d.ci_high, .359, 3));
  d = correlations_sharing(.3, .4, .5, 100, .95);
  assert_true(is_about(d.t, -1.0767, 4) && is_about(d.p_t, .2843, 4) && !(d.df < 97) && !(d.df > 97));
  assert_true(is_about(d.z, -1.0718, 4) && is_about(d.p, .2838, 4));
  d = correlations_sharing(.396, .179, .088, 66, .95);
  assert_true(is_about(d.ci_low, -.093, 3) && is_about(d.ci_high, .517, 3));
  const four_correlations four = {.r12 = .3, .r34 = .4, .r13 = .5, .r23 = .6, .r24 = .7, .r14 = .8};
  d = correlations_apart(&four, 100, .95);
  assert_true(is_about(d.z, -1.0744, 4) && is_about(d.p, .2827, 4) && isnan(d.t));
  const four_correlations other = {
      .r12 = .396, .r34 = .189, .r13 = .208, .r23 = .023, .r24 = .423, .r14 = .143};
  d = correlations_apart(&other, 66, .95);
  assert_true(is_about(d.ci_low, -.096, 3) && is_about(d.ci_high, .501, 3));
}

static void differences_without_a_test_are_null(void **state) {
  (void)state;
  correlation_difference d = correlations_of_groups(1, 50, .5, 50, .95);
  assert_true(is_about(d.difference, .5, 12) && isnan(d.z) && isnan(d.p) && isnan(d.ci_low));
  d = correlations_of_groups(.4, 3, .5, 50, .95);
  assert_true(isnan(d.z) && isnan(d.ci_high));
  d = correlations_sharing(NAN, .2, .1, 50, .95);
  assert_true(isnan(d.difference) && isnan(d.z) && isnan(d.t) && isnan(d.df));
}

/* p.adjust(c(.01, .04, .03, 1, 1), "BH")[1:3] */
static void benjamini_hochberg_counts_tests_whose_p_nobody_knows(void **state) {
  (void)state;
  double p[] = {.01, .04, .03};
  assert_int_equal(benjamini_hochberg_adjust_among(p, p, 3, 2, NULL), STATUS_OK);
  assert_true(is_about(p[0], .05, 12) && is_about(p[1], .2 / 3, 12) && is_about(p[2], .2 / 3, 12));
}

/* r12 = .5, r13 = r23 = c: (.5 - c^2) / (1 - c^2), by hand; a control that repeats another changes nothing.
 */
static void controls_that_others_determine_change_nothing(void **state) {
  build_scene *scene = *state;
  const double c = .6, want = (.5 - c * c) / (1 - c * c);
  const double r[] = {1, .5, c, c, .5, 1, c, c, c, c, 1, 1, c, c, 1, 1};
  partial_matrix m;
  double found = NAN;
  assert_int_equal(partial_make(scene->memory, r, 4, 2, &m, NULL), STATUS_OK);
  assert_int_equal(m.kept, 1);
  assert_true(m.dropped[1] && !m.dropped[0]);
  assert_int_equal(partial_correlation(&m, 0, 1, &found), PARTIAL_FOUND);
  assert_true(is_about(found, want, 14));
}

static void impossible_and_determined_ones_are_told_apart(void **state) {
  build_scene *scene = *state;
  partial_matrix m;
  double found = 0;
  const double impossible[] = {1, -.9, .9, -.9, 1, .9, .9, .9, 1};
  assert_int_equal(partial_make(scene->memory, impossible, 3, 1, &m, NULL), STATUS_OK);
  assert_int_equal(partial_correlation(&m, 0, 1, &found), PARTIAL_IMPOSSIBLE);
  assert_true(isnan(found));
  const double determined[] = {1, .3, 1, .3, 1, .3, 1, .3, 1};
  assert_int_equal(partial_make(scene->memory, determined, 3, 1, &m, NULL), STATUS_OK);
  assert_int_equal(partial_correlation(&m, 0, 1, &found), PARTIAL_DETERMINED);
  const double constant[] = {NAN, NAN, NAN, NAN, 1, .3, NAN, .3, 1};
  assert_int_equal(partial_make(scene->memory, constant, 3, 1, &m, NULL), STATUS_OK);
  assert_int_equal(partial_correlation(&m, 0, 1, &found), PARTIAL_NONE);
}

/* x is one of the controls' doing (x = 6 - c), d repeats c, and k is constant; of the three rows of "b" none
 * leaves a degree of freedom. */
static fixture *doubtful(void) {
  fixture *f = fixture_new(9);
  fixture_column(f, "x", PACKED_CODES, (const char *[]){"5", "4", "3", "2", "1", "3", "5", "4", "3"});
  fixture_column(f, "c", PACKED_CODES, (const char *[]){"1", "2", "3", "4", "5", "3", "1", "2", "3"});
  fixture_column(f, "d", PACKED_CODES, (const char *[]){"1", "2", "3", "4", "5", "3", "1", "2", "3"});
  fixture_column(f, "k", PACKED_CODES, (const char *[]){"2", "2", "2", "2", "2", "2", "2", "2", "2"});
  fixture_column(f, "y", PACKED_CODES, (const char *[]){"1", "3", "2", "5", "4", "4", "2", "3", "5"});
  fixture_column(f, "z", PACKED_CODES, (const char *[]){"2", "1", "2", "4", "5", "1", "3", "3", "4"});
  fixture_column(f, "g", PACKED_TEXTS, (const char *[]){"a", "a", "a", "a", "a", "a", "b", "b", "b"});
  return f;
}

static void what_cannot_be_computed_is_named(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  static const char *const scales[] = {"x", "c", "d", "k", "y", "z"};
  for (int i = 0; i < 6; i++) {
    build_scale(p, scales[i], 1, 5);
  }
  build_nominal(p, "g");
  build_construct(p, "against", "x c", NULL, 1); /* alpha is negative: they add up to a constant */
  build_construct(p, "with", "y z", NULL, 1);
  plan_analysis *a = build_analysis(p, "correlate", "partial", "x y z");
  build_argument(p, a, "controls", "c d k");
  build_by(p, a, "g");
  a = build_analysis(p, "correlate", "corrected", "against with");
  build_argument(p, a, "disattenuate", "true");
  a = build_analysis(p, "correlate", "high", "c d");
  build_argument(p, a, "reliability", "c=0.5 d=0.5");
  a = build_analysis(p, "correlate", "sample", "c d y k");
  build_argument(p, a, "pair_differences", "overlapping");
  a = build_analysis(p, "correlate", "groups", "y z");
  build_argument(p, a, "group_differences", "pairs");
  build_by(p, a, "k");
  build_finish(p);
  scene->data = doubtful();
  const json *report = drive_report(p, scene->data, 4, scene->memory);
  assert_true(report_says(report, "partial", "warnings", "control_left_out"));
  assert_true(report_says(report, "partial", "warnings", "item_determined"));
  assert_true(report_says(report, "partial", "warnings", "few_complete"));
  const json *row = report_row(report, "partial", "partial_pairs",
                               "{\"item\":\"y\",\"other_item\":\"z\",\"group\":{\"g\":\"b\"}}");
  assert_int_equal(json_kind_of(json_get(row, "p")), JSON_NULL);
  row =
      report_row(report, "partial", "partial_pairs", "{\"item\":\"x\",\"other_item\":\"y\",\"group\":null}");
  assert_int_equal(json_kind_of(json_get(row, "partial")), JSON_NULL);
  assert_int_equal(json_kind_of(json_get(row, "r")), JSON_NUMBER);
  assert_true(report_says(report, "corrected", "warnings", "no_reliability"));
  assert_true(report_says(report, "high", "warnings", "corrected_above_one"));
  assert_true(report_says(report, "sample", "warnings", "perfect_correlation"));
  assert_true(report_says(report, "sample", "warnings", "constant_complete"));
  assert_true(report_says(report, "groups", "warnings", "differences_of_one_group"));
}

static void groups_with_respondents_in_common_are_not_compared(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_survey(p);
  static const char *columns[] = {"q2", "q4"};
  static slice options[] = {{"second", 6}, {"fourth", 6}};
  build_variable(p, "ways",
                 (program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                    .columns = columns,
                                    .columns_count = 2,
                                    .keys = options,
                                    .keys_count = 2});
  plan_analysis *a = build_analysis(p, "correlate", "c", "q1 q3");
  build_argument(p, a, "group_differences", "pairs");
  build_by(p, a, "ways");
  build_finish(p);
  const json *report = build_survey_report(scene);
  assert_true(report_says(report, "c", "warnings", "differences_overlap"));
  assert_null(report_row(report, "c", "group_differences", "{}"));
}

static void refused(const char *argument, const char *value, const char *message) {
  void *state = NULL;
  error err = {0};
  assert_int_equal(build_scene_setup(&state), 0);
  build_scene *scene = state;
  build_survey(scene->plan);
  plan_analysis *a = build_analysis(scene->plan, "correlate", "c", "q1 q2");
  build_argument(scene->plan, a, argument, value);
  assert_int_equal(plan_finish(scene->plan, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, message);
  assert_int_equal(build_scene_teardown(&state), 0);
}

static void mistakes_are_refused_by_name(void **state) {
  (void)state;
  refused("controls", "q2 q3", "controls: \"q2\" is correlated itself");
  refused("controls", "q3 q3", "controls: \"q3\" is named twice");
  refused("partial", "pairwise", "partial: without controls");
  refused("disattenuate", "true", "reliability: \"q1\" is not a construct");
  refused("reliability", "q1=1.2", "reliability: that of \"q1\" is not above 0 and at most 1");
  refused("reliability", "q3=0.8", "reliability: \"q3\" is neither in items nor in with");
  refused("group_differences", "rest", "group_differences: there are no groups");
  refused("pair_differences", "all", "pair_differences: there are no two pairs");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(figures_equal_those_of_r),
      build_unit_test(report_is_the_same_in_any_shards),
      cmocka_unit_test(published_examples_come_out),
      cmocka_unit_test(differences_without_a_test_are_null),
      cmocka_unit_test(benjamini_hochberg_counts_tests_whose_p_nobody_knows),
      build_unit_test(controls_that_others_determine_change_nothing),
      build_unit_test(impossible_and_determined_ones_are_told_apart),
      build_unit_test(what_cannot_be_computed_is_named),
      build_unit_test(groups_with_respondents_in_common_are_not_compared),
      cmocka_unit_test(mistakes_are_refused_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
