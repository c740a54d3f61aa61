/* Every figure of correlate against R (golden/correlate.R says which functions), and the published
 * figures of two real surveys where they are at hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/methods/holm.h"
#include "tests/check.h"
#include "tests/stats/golden_report.h"
#include "tests/stats/plan_builder.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"
#define SHARED CANVASS_SOURCE_DIR "/../shared/data/"

static void build_variables(plan *p) {
  build_nominal(p, "region");
  build_scale(p, "q1", 1, 5);
  build_scale(p, "q2", 1, 5);
  build_scale(p, "q3", 1, 7);
  build_scale(p, "q4", 1, 10);
  build_scale(p, "recommend", 0, 10);
  build_number(p, "age", 0);
  build_number(p, "spend", 2);
  build_number(p, "w", 4);
  build_number(p, "f", 0);
}

static void finish(plan *p) {
  error err = {0};
  if (plan_finish(p, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static plan *survey_plan(void) {
  plan *p = build_plan();
  build_variables(p);
  build_by(p, build_analysis(p, "correlate", "plain", "q1 q2 q3 q4 recommend age spend"), "region");
  plan_analysis *a = build_analysis(p, "correlate", "lists", "q1 q3 spend");
  build_argument(p, a, "with", "recommend");
  build_by(p, a, "region");
  a = build_analysis(p, "correlate", "ranks", "q1 q2 q3 q4 recommend age spend");
  build_argument(p, a, "method", "spearman");
  build_by(p, a, "region");
  a = build_analysis(p, "correlate", "weighted", "q1 q3 recommend spend");
  build_argument(p, a, "method", "both");
  build_by(p, a, "region");
  a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  a = build_analysis(p, "correlate", "repeated", "q1 q3 recommend spend");
  build_argument(p, a, "method", "both");
  build_argument(p, a, "adjust", "none");
  build_by(p, a, "region");
  a->weight = build_weight(p, "f", WEIGHT_FREQUENCY);
  finish(p);
  return p;
}

static void figures_equal_those_of_r(void **state) {
  (void)state;
  arena *a = arena_new();
  plan *p = survey_plan();
  fixture *survey = fixture_from_csv(GOLDEN "weighted_survey.csv");
  assert_non_null(survey);
  const json *report = golden_report(a, p, survey, 97);
  assert_int_equal(golden_differences(a, report, GOLDEN "correlate.json", 1e-12), 0);
  assert_true(report_says(report, "plain", "warnings", "few_pairs"));
  fixture_destroy(survey);
  plan_destroy(p);
  arena_destroy(a);
}

static void report_is_the_same_in_any_shards(void **state) {
  (void)state;
  plan *p = survey_plan();
  fixture *survey = fixture_from_csv(GOLDEN "weighted_survey.csv");
  buf whole = golden_report_bytes(p, survey, 1000), cut = golden_report_bytes(p, survey, 7);
  assert_int_equal(whole.length, cut.length);
  assert_memory_equal(whole.data, cut.data, whole.length);
  buf_fini(&whole);
  buf_fini(&cut);
  fixture_destroy(survey);
  plan_destroy(p);
}

/* x is constant; y has two answers beside x; z = 2 y, so that r is 1. */
static void figures_that_do_not_exist_are_null(void **state) {
  (void)state;
  arena *a = arena_new();
  plan *p = build_plan();
  build_scale(p, "x", 1, 5);
  build_scale(p, "y", 1, 5);
  build_scale(p, "z", 1, 10);
  build_scale(p, "few", 1, 5);
  plan_analysis *both = build_analysis(p, "correlate", "c", "x y z few");
  build_argument(p, both, "method", "both");
  finish(p);
  fixture *f = fixture_new(6);
  fixture_column(f, "x", PACKED_CODES, (const char *[]){"3", "3", "3", "3", "3", "3"});
  fixture_column(f, "y", PACKED_CODES, (const char *[]){"1", "2", "3", "4", "5", ""});
  fixture_column(f, "z", PACKED_CODES, (const char *[]){"2", "4", "6", "8", "10", ""});
  fixture_column(f, "few", PACKED_CODES, (const char *[]){"1", "2", "", "", "", ""});
  const json *report = golden_report(a, p, f, 4);
  const json *row =
      report_row(report, "c", "pearson_pairs", "{\"item\":\"x\",\"other_item\":\"y\",\"group\":null}");
  assert_int_equal(json_as_integer(json_get(row, "n")), 5);
  assert_int_equal(json_kind_of(json_get(row, "r")), JSON_NULL);
  assert_int_equal(json_kind_of(json_get(row, "p")), JSON_NULL);
  row = report_row(report, "c", "pearson_pairs", "{\"item\":\"y\",\"other_item\":\"z\",\"group\":null}");
  assert_true(json_as_number(json_get(row, "r")) == 1);
  assert_int_equal(json_kind_of(json_get(row, "t")), JSON_NULL);
  assert_true(json_as_number(json_get(row, "p")) == 0);
  row = report_row(report, "c", "spearman_pairs", "{\"item\":\"y\",\"other_item\":\"few\",\"group\":null}");
  assert_int_equal(json_as_integer(json_get(row, "n")), 2);
  assert_int_equal(json_kind_of(json_get(row, "rho")), JSON_NULL);
  assert_true(report_says(report, "c", "warnings", "constant_item"));
  assert_true(report_says(report, "c", "warnings", "few_pairs"));
  fixture_destroy(f);
  plan_destroy(p);
  arena_destroy(a);
}

static void an_item_named_twice_is_refused(void **state) {
  (void)state;
  error err = {0};
  plan *p = build_plan();
  build_variables(p);
  plan_analysis *a = build_analysis(p, "correlate", "c", "q1 q2");
  build_argument(p, a, "with", "q3 q2");
  assert_int_equal(plan_finish(p, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "\"q2\" is named twice");
  plan_destroy(p);
}

/* Kristensen et al.'s mobile phone survey: R 4.2's cor.test. */
static void mobile_phone_survey_has_its_published_figures(void **state) {
  (void)state;
  fixture *survey = fixture_from_csv(SHARED "mobi/mobi.csv");
  if (survey == NULL) {
    print_message("skipped: the mobile phone survey is not at hand\n");
    skip();
  }
  arena *a = arena_new();
  plan *p = build_plan();
  build_scale(p, "CUSA1", 1, 10);
  build_scale(p, "CUSL1", 1, 10);
  build_argument(p, build_analysis(p, "correlate", "c", "CUSA1 CUSL1"), "method", "both");
  finish(p);
  const json *report = golden_report(a, p, survey, 100);
  const char *key = "{\"item\":\"CUSA1\",\"other_item\":\"CUSL1\",\"group\":null}";
  const json *row = report_row(report, "c", "pearson_pairs", key);
  assert_float_equal(json_as_number(json_get(row, "r")), .343292, 5e-7);
  assert_float_equal(json_as_number(json_get(row, "t")), 5.755969, 5e-7);
  assert_float_equal(json_as_number(json_get(row, "ci_low")), .228978, 5e-7);
  assert_float_equal(json_as_number(json_get(row, "ci_high")), .448267, 5e-7);
  row = report_row(report, "c", "spearman_pairs", key);
  assert_float_equal(json_as_number(json_get(row, "rho")), .357280, 5e-7);
  fixture_destroy(survey);
  plan_destroy(p);
  arena_destroy(a);
}

/* R 4.2.2: cor(rank(x), rank(y)) of the complete cases; a 0 of the item is not an answer. */
static void ranks_of_delays_of_129880_flights_equal_those_of_r(void **state) {
  (void)state;
  static const struct {
    const char *match;
    int64_t n;
    double rho;
  } expected[] = {
      {"\"item\":\"In-flight_Wifi_Service\",\"other_item\":\"Flight_Distance\",\"group\":null", 125964,
       0.0013236990430178553},
      {"\"item\":\"In-flight_Wifi_Service\",\"other_item\":\"Arrival_Delay\",\"group\":null", 125579,
       -0.049101930407559502},
      {"\"item\":\"Flight_Distance\",\"other_item\":\"Departure_Delay\",\"group\":null", 129880,
       0.02521065999763767},
      {"\"item\":\"Departure_Delay\",\"other_item\":\"Arrival_Delay\",\"group\":null", 129487,
       0.74028441216469232},
      {"\"item\":\"In-flight_Wifi_Service\",\"other_item\":\"Departure_Delay\",\"group\":{\"Class\":"
       "\"Business\"}",
       59670, -0.017993428721435251},
      {"\"item\":\"Departure_Delay\",\"other_item\":\"Arrival_Delay\",\"group\":{\"Class\":\"Business\"}",
       61990, 0.73332189675411463},
  };
  fixture *survey = fixture_from_csv(SHARED "airline/airline_passenger_satisfaction.csv.gz");
  if (survey == NULL) {
    print_message("skipped: the airline survey is not at hand\n");
    skip();
  }
  arena *a = arena_new();
  plan *p = build_plan();
  build_scale(p, "In-flight_Wifi_Service", 1, 5);
  build_number(p, "Flight_Distance", 0);
  build_number(p, "Departure_Delay", 0);
  build_number(p, "Arrival_Delay", 0);
  build_nominal(p, "Class");
  plan_analysis *c = build_analysis(p, "correlate", "c",
                                    "In-flight_Wifi_Service Flight_Distance Departure_Delay Arrival_Delay");
  build_argument(p, c, "method", "spearman");
  build_by(p, c, "Class");
  finish(p);
  const json *report = golden_report(a, p, survey, 20000);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    char match[256];
    snprintf(match, sizeof match, "{%s}", expected[i].match);
    const json *row = report_row(report, "c", "spearman_pairs", match);
    assert_int_equal(json_as_integer(json_get(row, "n")), expected[i].n);
    assert_float_equal(json_as_number(json_get(row, "rho")), expected[i].rho, 1e-14);
  }
  fixture_destroy(survey);
  plan_destroy(p);
  arena_destroy(a);
}

static void holm_leaves_out_tests_without_a_value(void **state) {
  (void)state;
  /* p.adjust(c(.01, NA, .04, .03), "holm") */
  double p[] = {.01, (double)NAN, .04, .03}, adjusted[4];
  assert_int_equal(holm_adjust(p, adjusted, 4, NULL), STATUS_OK);
  assert_true(isnan(adjusted[1]));
  assert_float_equal(adjusted[0], .03, 1e-15);
  assert_float_equal(adjusted[2], .06, 1e-15);
  assert_float_equal(adjusted[3], .06, 1e-15);
}

static void holm_counts_tests_whose_p_nobody_knows(void **state) {
  (void)state;
  /* p.adjust(c(.01, .04, .03, 1, 1), "holm")[1:3] */
  double p[] = {.01, .04, .03}, adjusted[3];
  assert_int_equal(holm_adjust_among(p, adjusted, 3, 2, NULL), STATUS_OK);
  assert_float_equal(adjusted[0], .05, 1e-15);
  assert_float_equal(adjusted[1], .12, 1e-15);
  assert_float_equal(adjusted[2], .12, 1e-15);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_equal_those_of_r),
      cmocka_unit_test(report_is_the_same_in_any_shards),
      cmocka_unit_test(figures_that_do_not_exist_are_null),
      cmocka_unit_test(an_item_named_twice_is_refused),
      cmocka_unit_test(mobile_phone_survey_has_its_published_figures),
      cmocka_unit_test(ranks_of_delays_of_129880_flights_equal_those_of_r),
      cmocka_unit_test(holm_leaves_out_tests_without_a_value),
      cmocka_unit_test(holm_counts_tests_whose_p_nobody_knows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
