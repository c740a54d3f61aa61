/* Scales of real surveys with the figures of R (psych 2.2.9, factanal) on the same files.
 *
 * The data lie outside the repository, and a test skips, saying so, where they are not there. */
#include <math.h>
#include <stdio.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

#define SHARED CANVASS_SOURCE_DIR "/../shared/data/"

static double figure(const json *report, const char *name, const char *table, const char *item,
                     const char *column) {
  char match[128];
  snprintf(match, sizeof match, "{\"item\":\"%s\",\"group\":null}", item);
  const json *cell = json_get(report_row(report, name, table, match), column);
  assert_non_null(cell);
  return json_as_number(cell);
}

static void near(double value, double expected, double tolerance) {
  if (!(fabs(value - expected) <= tolerance)) {
    fail_msg("%.12g instead of %.12g", value, expected);
  }
}

/* alpha(), and omega of factanal's loadings on the items' own scales, to six digits. */
static void scales_of_mobile_phone_customers_have_their_alphas_and_omegas(void **state) {
  static const struct {
    const char *name, *items;
    double alpha, omega;
  } scales[] = {
      {"CUEX", "CUEX1 CUEX2 CUEX3", .432597, (double)NAN},
      {"CUSA", "CUSA1 CUSA2 CUSA3", .770113, .788840},
      {"CUSL", "CUSL1 CUSL2 CUSL3", .441717, (double)NAN},
      {"IMAG", "IMAG1 IMAG2 IMAG3 IMAG4 IMAG5", .714447, (double)NAN},
      {"PERQ", "PERQ1 PERQ2 PERQ3 PERQ4 PERQ5 PERQ6 PERQ7", .872406, .874048},
      {"PERV", "PERV1 PERV2", .816695, (double)NAN},
  };
  build_scene *s = *state;
  s->data = fixture_from_csv(SHARED "mobi/mobi.csv");
  if (s->data == NULL) {
    print_message("skipped: the mobile phone survey is not at hand\n");
    skip();
  }
  for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
    char items[128];
    snprintf(items, sizeof items, "%s", scales[i].items);
    for (char *item = strtok(items, " "); item != NULL; item = strtok(NULL, " ")) {
      build_scale(s->plan, item, 1, 10);
    }
    build_construct(s->plan, scales[i].name, scales[i].items, NULL, 1);
  }
  build_analysis(s->plan, "reliability", "r", NULL);
  const json *report = build_report(s->plan, s->data, 100, s->memory);
  for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
    near(figure(report, "r", "reliability_scales", scales[i].name, "alpha"), scales[i].alpha, 5e-7);
    if (!isnan(scales[i].omega)) {
      near(figure(report, "r", "reliability_factors", scales[i].name, "omega"), scales[i].omega, 5e-7);
    }
  }
  assert_true(report_says(report, "r", "warnings", "heywood")); /* CUSL: factanal ends at its bound too */
}

#define FLIGHT_ITEMS                                                                                \
  "Departure_and_Arrival_Time_Convenience Ease_of_Online_Booking Check-in_Service Online_Boarding " \
  "Gate_Location On-board_Service Seat_Comfort Leg_Room_Service Cleanliness Food_and_Drink "        \
  "In-flight_Service In-flight_Wifi_Service In-flight_Entertainment Baggage_Handling"

/* psych and SPSS: pairwise and listwise; a 0 is not an answer. */
static void scales_of_129880_flights_have_the_alpha_of_each_deletion(void **state) {
  build_scene *s = *state;
  s->data = fixture_from_csv(SHARED "airline/airline_passenger_satisfaction.csv.gz");
  if (s->data == NULL) {
    print_message("skipped: the airline survey is not at hand\n");
    skip();
  }
  char items[] = FLIGHT_ITEMS;
  for (char *item = strtok(items, " "); item != NULL; item = strtok(NULL, " ")) {
    build_scale(s->plan, item, 1, 5);
  }
  build_analysis(s->plan, "reliability", "pairwise", FLIGHT_ITEMS);
  plan_analysis *listwise = build_analysis(s->plan, "reliability", "listwise", FLIGHT_ITEMS);
  build_argument(s->plan, listwise, "missing", "listwise");
  const json *report = build_report(s->plan, s->data, 20000, s->memory);
  near(figure(report, "pairwise", "reliability_scales", "pairwise", "alpha"), .777116, 5e-7);
  near(figure(report, "listwise", "reliability_scales", "listwise", "alpha"), .781670, 5e-7);
  assert_true(figure(report, "listwise", "reliability_scales", "listwise", "n") == 119567);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(scales_of_mobile_phone_customers_have_their_alphas_and_omegas),
      build_unit_test(scales_of_129880_flights_have_the_alpha_of_each_deletion),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
