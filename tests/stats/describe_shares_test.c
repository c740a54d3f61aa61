/* Intervals of the shares in describe's distributions, against R (golden/describe_shares.R). */
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

static plan_analysis *ask_for(plan *p, const char *name, const char *items) {
  plan_analysis *a = build_analysis(p, "describe", name, items);
  build_argument(p, a, "intervals", "true");
  build_by(p, a, "region");
  return a;
}

static const json *report_of_all(build_scene *scene) {
  plan *p = scene->plan;
  build_survey(p);
  ask_for(p, "plain", "q1 channels");
  ask_for(p, "weighted", "q1")->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  ask_for(p, "repeated", "q1")->weight = build_weight(p, "f", WEIGHT_FREQUENCY);
  (void)build_analysis(p, "describe", "before", "q1");
  build_finish(p);
  return build_survey_report(scene);
}

static void intervals_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  const json *report = report_of_all(scene);
  const json *golden = report_file(scene->memory, GOLDEN "describe_shares.json");
  assert_true(json_count(golden) > 40);
  assert_int_equal(report_differences(report, golden, 1e-12), 0);
  assert_true(report_says(report, "plain", "notes", "note_share_intervals"));
  assert_true(report_says(report, "weighted", "notes", "note_share_intervals_sampling"));
}

static void distributions_have_no_intervals_unasked(void **state) {
  const json *row = report_row(report_of_all(*state), "before", "distribution", "{\"value\":3}");
  assert_non_null(row);
  assert_null(json_get(row, "ci_low"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(intervals_equal_those_of_r),
      build_unit_test(distributions_have_no_intervals_unasked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
