/* Every figure of describe, nps, csat, ces, index, crosstab and compare against R: golden/analyses.R says
 * which functions, golden/analyses.json has their results, golden/weighted_survey.csv the answers. */

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

static void build_variables(plan *p) {
  build_survey(p);
  build_top(p, "top", "q1", 4);
  build_construct(p, "product", "q1 q2", "3 2", 1);
  build_construct(p, "service", "q3 q4", NULL, 1);
  build_construct(p, "overall", "product service", "0.6 0.4", 1);
}

static plan_analysis *with_weight(plan_analysis *a, uint32_t weight) {
  a->weight = weight;
  return a;
}

static void ask(plan *p) {
  build_variables(p);
  const uint32_t sampling = build_weight(p, "w", WEIGHT_SAMPLING);
  const uint32_t frequency = build_weight(p, "f", WEIGHT_FREQUENCY);
  plan_analysis *a = build_analysis(p, "describe", "plain", "q1 q4 age spend channels q2 id");
  build_argument(p, a, "duplicates", "true");
  build_by(p, a, "region");
  build_by(p, a, "region sex");
  with_weight(build_analysis(p, "describe", "filtered", "q1"), sampling)->filter = build_equal(p, "sex", "f");
  build_by(p, with_weight(build_analysis(p, "describe", "weighted", "q1 q4 age spend"), sampling), "region");
  build_by(p, with_weight(build_analysis(p, "describe", "repeated", "q1 spend"), frequency), "region");
  build_by(p, build_analysis(p, "nps", "nps", "recommend"), "region");
  a = build_analysis(p, "nps", "nps_adjusted", "recommend");
  build_argument(p, a, "interval", "adjusted_wald");
  build_by(p, a, "region");
  build_by(p, with_weight(build_analysis(p, "nps", "nps_weighted", "recommend"), sampling), "region");
  build_by(p, build_analysis(p, "csat", "csat", "q1"), "region");
  build_by(p, with_weight(build_analysis(p, "csat", "csat_weighted", "q1"), sampling), "region");
  a = build_analysis(p, "ces", "ces", "effort");
  build_argument(p, a, "net", "true");
  build_argument(p, a, "hard_boxes", "2");
  build_by(p, a, "region");
  a = build_analysis(p, "crosstab", "cross", "q1 sex channels");
  build_argument(p, a, "columns", "region");
  build_by(p, a, "sex");
  build_argument(p, build_analysis(p, "crosstab", "cross_2x2", "top"), "columns", "sex");
  a = build_analysis(p, "crosstab", "cross_2x2_plain", "top");
  build_argument(p, a, "columns", "sex");
  build_argument(p, a, "yates", "false");
  a = with_weight(build_analysis(p, "crosstab", "cross_weighted", "q1"), sampling);
  build_argument(p, a, "columns", "region");
  build_by(p, a, "sex");
  a = build_analysis(p, "compare", "compare", "q4 spend");
  build_argument(p, a, "groups", "region");
  a = with_weight(build_analysis(p, "compare", "compare_weighted", "q4"), sampling);
  build_argument(p, a, "groups", "region");
  build_by(p, build_analysis(p, "index", "index", "overall"), "region");
  a = build_analysis(p, "index", "index_equal", "overall");
  build_argument(p, a, "weights", "equal");
  build_by(p, a, "region");
  a = build_analysis(p, "index", "index_entropy", "overall");
  build_argument(p, a, "weights", "entropy");
  build_by(p, a, "region");
  with_weight(build_analysis(p, "index", "index_weighted", "overall"), sampling);
  build_argument(p, build_analysis(p, "index", "index_means", "overall"), "method", "means");
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  build_finish(scene->plan);
  const json *report = build_survey_report(scene);
  const json *golden = report_file(scene->memory, GOLDEN "analyses.json");
  assert_int_equal(report_differences(report, golden, 1e-12), 0);
  assert_true(report_says(report, "plain", "warnings", "small_base"));
  assert_true(report_says(report, "cross", "notes", "note_crosstab_set"));
}

int main(void) {
  const struct CMUnitTest tests[] = {build_unit_test(figures_equal_those_of_r)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
