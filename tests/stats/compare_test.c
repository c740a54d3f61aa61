/* What compare has on demand against R (golden/compare.R says which functions), and what has none of it. */
#include <math.h>

#include "stats/methods/eta.h"
#include "stats/methods/holm.h"
#include "stats/methods/kruskal.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

static plan_analysis *ask_for(plan *p, const char *name, const char *items) {
  plan_analysis *a = build_analysis(p, "compare", name, items);
  build_argument(p, a, "groups", "region");
  build_argument(p, a, "adjust", "benjamini_hochberg");
  build_argument(p, a, "multiple", "both");
  build_argument(p, a, "against", "6.2");
  build_argument(p, a, "margin", "0.75");
  build_argument(p, a, "effects", "true");
  build_argument(p, a, "ranks", "true");
  return a;
}

static const json *report_of_all(build_scene *scene) {
  plan *p = scene->plan;
  build_survey(p);
  ask_for(p, "plain", "q4 spend");
  ask_for(p, "repeated", "q4")->weight = build_weight(p, "f", WEIGHT_FREQUENCY);
  ask_for(p, "weighted", "q4")->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_argument(p, build_analysis(p, "compare", "before", "q4"), "groups", "region");
  build_finish(p);
  return build_survey_report(scene);
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  const json *report = report_of_all(scene);
  const json *golden = report_file(scene->memory, GOLDEN "compare.json");
  assert_int_equal(report_differences(report, json_get(golden, "exact"), 1e-10), 0);
  assert_int_equal(report_differences(report, json_get(golden, "inverted"), 1e-7), 0);
}

static void what_has_no_form_says_so(void **state) {
  const json *report = report_of_all(*state);
  assert_true(report_says(report, "weighted", "notes", "note_multiple_sampling"));
  assert_true(report_says(report, "weighted", "notes", "note_ranks_sampling"));
  static const char *const none[] = {"tukey", "games_howell", "effects", "kruskal", "dunn"};
  for (int i = 0; i < 5; i++) {
    assert_null(report_row(report, "weighted", none[i], "{}"));
  }
  assert_true(report_says(report, "plain", "warnings", "ranks_of_numbers"));
  assert_null(report_row(report, "plain", "kruskal", "{\"item\":\"spend\"}"));
}

static void reports_are_as_before_without_the_new_arguments(void **state) {
  const json *report = report_of_all(*state);
  static const char *const tables[] = {"tukey",   "games_howell", "against", "equivalence",
                                       "effects", "kruskal",      "dunn"};
  for (int i = 0; i < 7; i++) {
    assert_null(report_row(report, "before", tables[i], "{}"));
  }
  assert_true(report_says(report, "before", "notes", "note_compare_pairs"));
}

/* R: p.adjust(c(.01, .04, .03, .005), "BH") is .02 .04 .04 .02; a missing one is no test. */
static void false_discoveries_are_adjusted_as_in_r(void **state) {
  (void)state;
  double p[] = {.01, .04, NAN, .03, .005};
  static const double want[] = {.02, .04, NAN, .04, .02};
  error err;
  assert_int_equal(benjamini_hochberg_adjust(p, p, 5, &err), STATUS_OK);
  for (int i = 0; i < 5; i++) {
    assert_true(isnan(want[i]) ? isnan(p[i]) : fabs(p[i] - want[i]) < 1e-15);
  }
}

/* Two degrees of freedom between and within: P(F' <= f) = x exp(-lambda (1 - x) / 2), x = f / (f + 1), for
 * I_x(1 + j, 1) is x^(1 + j), whose Poisson mean that is.  A large noncentrality ends no series early. */
static void noncentral_f_is_the_poisson_mixture(void **state) {
  (void)state;
  static const double lambdas[] = {0, 0.5, 8, 300, 4e5};
  for (int i = 0; i < 5; i++) {
    const double f = 2 * lambdas[i] + 1, x = f / (f + 1);
    const double want = x * exp(-lambdas[i] * (1 - x) / 2);
    assert_true(fabs(noncentral_f(f, 2, 2, lambdas[i]) - want) < 1e-11);
  }
}

/* With no noncentrality F = 0.1 is above 2.5 % and below 97.5 %: the interval begins at 0 and has an end. */
static void eta_of_a_small_f_begins_at_nothing(void **state) {
  (void)state;
  double low = NAN, high = NAN;
  eta_interval(0.1, 3, 100, 0.95, &low, &high);
  assert_true(!(low > 0) && !(low < 0) && high > 0 && high < 0.1);
  eta_interval(NAN, 3, 100, 0.95, &low, &high);
  assert_true(isnan(low) && isnan(high));
}

static void equal_answers_have_no_test_of_ranks(void **state) {
  (void)state;
  static const i128 counts[] = {5, 7};
  const ranked_groups g = {.groups = 2, .answers = 1, .counts = counts};
  kruskal k;
  double ranks[2], bases[2];
  error err;
  assert_int_equal(kruskal_make(&g, &k, ranks, bases, &err), STATUS_OK);
  assert_true(isnan(k.h) && isnan(k.p) && isnan(dunn_z(&k, ranks, bases, 0, 1)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(figures_equal_those_of_r),
      build_unit_test(what_has_no_form_says_so),
      build_unit_test(reports_are_as_before_without_the_new_arguments),
      cmocka_unit_test(false_discoveries_are_adjusted_as_in_r),
      cmocka_unit_test(noncentral_f_is_the_poisson_mixture),
      cmocka_unit_test(eta_of_a_small_f_begins_at_nothing),
      cmocka_unit_test(equal_answers_have_no_test_of_ranks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
