/* Profile likelihood intervals against R (golden/logistic_profile.R says which functions), and where there
 * are none. */
#include <math.h>
#include <string.h>

#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

static plan_analysis *ask_for(plan *p, const char *name) {
  plan_analysis *a = build_analysis(p, "logistic", name, NULL);
  build_argument(p, a, "outcome", "recommend");
  build_argument(p, a, "event", "8 9 10");
  build_argument(p, a, "predictors", "q1 age spend region");
  build_argument(p, a, "interval", "profile");
  return a;
}

static void ask(plan *p) {
  build_survey(p);
  build_by(p, ask_for(p, "plain"), "sex");
  plan_analysis *a = ask_for(p, "repeated");
  a->weight = build_weight(p, "f", WEIGHT_FREQUENCY);
  a->confidence = .9;
  ask_for(p, "sampled")->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_finish(p);
}

static void ends_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  const json *golden = report_file(scene->memory, GOLDEN "logistic_profile.json");
  assert_int_equal(report_differences(report, json_get(golden, "exact"), 1e-9), 0);
  assert_int_equal(report_differences(report, json_get(golden, "interpolated"), 5e-4), 0);
  assert_true(report_says(report, "plain", "notes", "note_profile"));
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

/* Of the women a region separates; a pseudo-likelihood has Wald's interval. */
static void where_there_is_none_a_warning_or_note_says_so(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  assert_true(report_says(report, "plain", "warnings", "profile_none"));
  const json *row =
      report_row(report, "plain", "logistic_coefficients", "{\"item\":\"q1\",\"group\":{\"sex\":\"f\"}}");
  assert_int_equal(json_kind_of(json_get(row, "odds_ratio")), JSON_NUMBER);
  assert_int_equal(json_kind_of(json_get(row, "ci_low")), JSON_NULL);
  assert_true(report_says(report, "sampled", "notes", "note_profile_sampling"));
  row = report_row(report, "sampled", "logistic_coefficients", "{\"item\":\"q1\"}");
  assert_int_equal(json_kind_of(json_get(row, "ci_high")), JSON_NUMBER);
}

/* x tells less than its unit of 0.000001 says: an odds ratio of one unit is beyond any number. */
static void odds_ratios_beyond_any_number_are_named(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "y", 0, 1);
  build_number(p, "x", 6);
  plan_analysis *a = build_analysis(p, "logistic", "l", NULL);
  build_argument(p, a, "outcome", "y");
  build_argument(p, a, "predictors", "x");
  build_finish(p);
  scene->data = fixture_new(8);
  fixture_column(scene->data, "y", PACKED_CODES, (const char *[]){"0", "1", "0", "1", "0", "1", "1", "1"});
  fixture_column(scene->data, "x", PACKED_DECIMALS,
                 (const char *[]){"0.000001", "0.000002", "0.000003", "0.000004", "0.000005", "0.000006",
                                  "0.000007", "0.000008"});
  const json *report = drive_report(p, scene->data, 3, scene->memory);
  assert_true(report_says(report, "l", "warnings", "odds_overflow"));
  const json *row = report_row(report, "l", "logistic_coefficients", "{\"item\":\"x\"}");
  assert_int_equal(json_kind_of(json_get(row, "odds_ratio")), JSON_NULL);
  assert_int_equal(json_kind_of(json_get(row, "b")), JSON_NUMBER);
  assert_true(report_says(report, "l", "notes", "note_fewer_parts"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(ends_equal_those_of_r),
      build_unit_test(report_is_the_same_in_any_shards),
      build_unit_test(where_there_is_none_a_warning_or_note_says_so),
      build_unit_test(odds_ratios_beyond_any_number_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
