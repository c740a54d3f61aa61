/* Real surveys against R: golden/surveys.R says which functions.  The airline survey is not part of the
 * project; without it its test is skipped. */

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

#define GOLDEN  CANVASS_SOURCE_DIR "/tests/stats/golden/"
#define AIRLINE CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz"

static void compare_with_golden(plan *p, const fixture *survey, uint32_t shard_rows, const char *golden) {
  arena *a = arena_new();
  const json *report = build_report(p, survey, shard_rows, a);
  assert_int_equal(report_differences(report, report_file(a, golden), 1e-12), 0);
  plan_destroy(p);
  arena_destroy(a);
}

static void customersat_equals_r(void **state) {
  (void)state;
  static const char *const questions[] = {"q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10"};
  static const char all[] = "q1 q2 q3 q4 q5 q6 q7 q8 q9 q10";
  fixture *survey = fixture_from_csv(CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv");
  assert_non_null(survey);
  plan *p = build_plan();
  for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
    build_scale(p, questions[i], 1, 10);
  }
  build_construct(p, "price", "q2 q3 q4", NULL, 1);
  build_construct(p, "effectiveness", "q5 q6 q7 q8", NULL, 1);
  build_construct(p, "reach", "q9 q10", NULL, 1);
  build_construct(p, "overall", "price effectiveness reach", "0.5 0.3 0.2", 1);
  build_analysis(p, "describe", "d", all);
  build_analysis(p, "csat", "s", all);
  build_analysis(p, "index", "i", "overall");
  compare_with_golden(p, survey, 500, GOLDEN "customersat.json");
  fixture_destroy(survey);
}

/* 0 means "not applicable". */
static void build_rating(plan *p, const char *name) {
  program_rule rule = {.text = slice_of("0"), .missing = true, .reason = MISSING_NOT_APPLICABLE};
  build_variable(
      p, name,
      (program_variable){
          .kind = VARIABLE_SCALE, .has_range = true, .low = 1, .high = 5, .rules = &rule, .rules_count = 1});
}

static plan *airline_plan(void) {
  static const char *const ratings[] = {"Departure_and_Arrival_Time_Convenience",
                                        "Ease_of_Online_Booking",
                                        "Check-in_Service",
                                        "Online_Boarding",
                                        "Gate_Location",
                                        "On-board_Service",
                                        "Seat_Comfort",
                                        "Leg_Room_Service",
                                        "Cleanliness",
                                        "Food_and_Drink",
                                        "In-flight_Service",
                                        "In-flight_Wifi_Service",
                                        "In-flight_Entertainment",
                                        "Baggage_Handling"};
  plan *p = build_plan();
  buf all;
  buf_init(&all);
  for (size_t i = 0; i < sizeof ratings / sizeof ratings[0]; i++) {
    build_rating(p, ratings[i]);
    buf_printf(&all, i ? " %s" : "%s", ratings[i]);
  }
  buf_put_u8(&all, 0);
  build_nominal(p, "Class");
  build_nominal(p, "Customer_Type");
  build_nominal(p, "Satisfaction");
  build_number(p, "Age", 0);
  build_number(p, "Flight_Distance", 0);
  build_number(p, "Arrival_Delay", 0);
  build_construct(p, "overall", (const char *)all.data, NULL, 10);
  buf_fini(&all);
  build_by(
      p, build_analysis(p, "describe", "d", "Online_Boarding Seat_Comfort Arrival_Delay Age Flight_Distance"),
      "Class");
  build_analysis(p, "csat", "s", "Online_Boarding");
  build_argument(p, build_analysis(p, "crosstab", "x", "Class"), "columns", "Satisfaction");
  build_argument(p, build_analysis(p, "compare", "c", "Seat_Comfort"), "groups", "Class");
  build_argument(p, build_analysis(p, "compare", "w", "Online_Boarding"), "groups", "Customer_Type");
  build_by(p, build_analysis(p, "index", "i", "overall"), "Class");
  return p;
}

static void airline_equals_r(void **state) {
  (void)state;
  fixture *survey = fixture_from_csv(AIRLINE);
  if (survey == NULL) {
    print_message("skipped: no airline survey beside the project\n");
    skip();
  }
  compare_with_golden(airline_plan(), survey, 30011, GOLDEN "airline.json");
  fixture_destroy(survey);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(customersat_equals_r),
                                     cmocka_unit_test(airline_equals_r)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
