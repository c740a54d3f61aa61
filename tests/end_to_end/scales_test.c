/* Scales from a file to their reliability: items that the codebook reverses, of an SPSS file. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define HOTEL CANVASS_SOURCE_DIR "/../shared/data/sav/hotel.sav"

/* The PSPP manual, 5.2.4, has 0.81 of v1, 6 - v3 and v4; R .807532826537664. */
static void the_hotel_survey_of_the_pspp_manual_has_its_alpha(void **state) {
  scene *s = *state;
  if (access(HOTEL, R_OK) != 0) {
    print_message("skipped: %s is not here\n", HOTEL);
    skip();
  }
  scene_write(s,
              "variables:\n"
              "  v1: {type: scale, range: [1, 5]}\n"
              "  v3: {type: scale, range: [1, 5], reverse: true}\n"
              "  v4: {type: scale, range: [1, 5]}\n"
              "analyses:\n"
              "  - reliability: {items: [v1, v3, v4], missing: listwise}\n",
              "");
  (void)snprintf(s->data, sizeof s->data, "%s", HOTEL);
  process_result r = scene_run(s, "run", "--format", "json");
  const json *row = report_first_row(report_printed(s->memory, &r), 0);
  const double alpha = json_as_number(json_get(row, "alpha"));
  if (!(fabs(alpha - .807532826537664) <= 1e-14)) {
    fail_msg("alpha %.17g", alpha);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(the_hotel_survey_of_the_pspp_manual_has_its_alpha),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
