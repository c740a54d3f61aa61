/* Every figure of correlate against R (golden/correlate.R says which functions), and the published
 * figures of two real surveys where they are at hand. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stats/methods/holm.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"
#define SHARED CANVASS_SOURCE_DIR "/../shared/data/"

static void ask(plan *p) {
  build_survey(p);
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
  build_finish(p);
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  assert_int_equal(report_differences(report, report_file(scene->memory, GOLDEN "correlate.json"), 1e-12), 0);
  assert_true(report_says(report, "plain", "warnings", "few_pairs"));
}

static void report_is_the_same_in_any_shards(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  ask(p);
  scene->data = fixture_from_csv(GOLDEN "weighted_survey.csv");
  buf whole = drive_bytes(p, scene->data, 1000), cut = drive_bytes(p, scene->data, 7);
  assert_int_equal(whole.length, cut.length);
  assert_memory_equal(whole.data, cut.data, whole.length);
  buf_fini(&whole);
  buf_fini(&cut);
}

/* x is constant; y has two answers beside x; z = 2 y, so that r is 1. */
static void figures_that_do_not_exist_are_null(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "x", 1, 5);
  build_scale(p, "y", 1, 5);
  build_scale(p, "z", 1, 10);
  build_scale(p, "few", 1, 5);
  plan_analysis *both = build_analysis(p, "correlate", "c", "x y z few");
  build_argument(p, both, "method", "both");
  build_finish(p);
  scene->data = fixture_new(6);
  fixture_column(scene->data, "x", PACKED_CODES, (const char *[]){"3", "3", "3", "3", "3", "3"});
  fixture_column(scene->data, "y", PACKED_CODES, (const char *[]){"1", "2", "3", "4", "5", ""});
  fixture_column(scene->data, "z", PACKED_CODES, (const char *[]){"2", "4", "6", "8", "10", ""});
  fixture_column(scene->data, "few", PACKED_CODES, (const char *[]){"1", "2", "", "", "", ""});
  const json *report = drive_report(p, scene->data, 4, scene->memory);
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
}

static void an_item_named_twice_is_refused(void **state) {
  build_scene *scene = *state;
  error err = {0};
  plan *p = scene->plan;
  build_survey(p);
  plan_analysis *a = build_analysis(p, "correlate", "c", "q1 q2");
  build_argument(p, a, "with", "q3 q2");
  assert_int_equal(plan_finish(p, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "\"q2\" is named twice");
}

/* Kristensen et al.'s mobile phone survey: R 4.2's cor.test. */
static void mobile_phone_survey_has_its_published_figures(void **state) {
  build_scene *scene = *state;
  scene->data = fixture_from_csv(SHARED "mobi/mobi.csv");
  if (scene->data == NULL) {
    print_message("skipped: the mobile phone survey is not at hand\n");
    skip();
  }
  plan *p = scene->plan;
  build_scale(p, "CUSA1", 1, 10);
  build_scale(p, "CUSL1", 1, 10);
  build_argument(p, build_analysis(p, "correlate", "c", "CUSA1 CUSL1"), "method", "both");
  build_finish(p);
  const json *report = drive_report(p, scene->data, 100, scene->memory);
  const char *key = "{\"item\":\"CUSA1\",\"other_item\":\"CUSL1\",\"group\":null}";
  const json *row = report_row(report, "c", "pearson_pairs", key);
  assert_float_equal(json_as_number(json_get(row, "r")), .343292, 5e-7);
  assert_float_equal(json_as_number(json_get(row, "t")), 5.755969, 5e-7);
  assert_float_equal(json_as_number(json_get(row, "ci_low")), .228978, 5e-7);
  assert_float_equal(json_as_number(json_get(row, "ci_high")), .448267, 5e-7);
  row = report_row(report, "c", "spearman_pairs", key);
  assert_float_equal(json_as_number(json_get(row, "rho")), .357280, 5e-7);
}

/* R 4.2.2: cor(rank(x), rank(y)) of the complete cases; a 0 of the item is not an answer. */
static void ranks_of_delays_of_129880_flights_equal_those_of_r(void **state) {
  build_scene *scene = *state;
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
  scene->data = fixture_from_csv(SHARED "airline/airline_passenger_satisfaction.csv.gz");
  if (scene->data == NULL) {
    print_message("skipped: the airline survey is not at hand\n");
    skip();
  }
  plan *p = scene->plan;
  build_scale(p, "In-flight_Wifi_Service", 1, 5);
  build_number(p, "Flight_Distance", 0);
  build_number(p, "Departure_Delay", 0);
  build_number(p, "Arrival_Delay", 0);
  build_nominal(p, "Class");
  plan_analysis *c = build_analysis(p, "correlate", "c",
                                    "In-flight_Wifi_Service Flight_Distance Departure_Delay Arrival_Delay");
  build_argument(p, c, "method", "spearman");
  build_by(p, c, "Class");
  build_finish(p);
  const json *report = drive_report(p, scene->data, 20000, scene->memory);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    char match[256];
    snprintf(match, sizeof match, "{%s}", expected[i].match);
    const json *row = report_row(report, "c", "spearman_pairs", match);
    assert_int_equal(json_as_integer(json_get(row, "n")), expected[i].n);
    assert_float_equal(json_as_number(json_get(row, "rho")), expected[i].rho, 1e-14);
  }
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
      build_unit_test(figures_equal_those_of_r),
      build_unit_test(report_is_the_same_in_any_shards),
      build_unit_test(figures_that_do_not_exist_are_null),
      build_unit_test(an_item_named_twice_is_refused),
      build_unit_test(mobile_phone_survey_has_its_published_figures),
      build_unit_test(ranks_of_delays_of_129880_flights_equal_those_of_r),
      cmocka_unit_test(holm_leaves_out_tests_without_a_value),
      cmocka_unit_test(holm_counts_tests_whose_p_nobody_knows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
