/* The studies under examples/: what their pages show is what the program prints, line by line, and what they
 * conclude is in the figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"
#include "tests/stats/report_reader.h"

enum { LINE_BYTES = 400, LINES_MIN = 40 };
#define FOLDER CANVASS_SOURCE_DIR "/examples/customersat/"
#define DATA   FOLDER "customersat.csv"

static process_result run(const char *spec, const char *format) {
  process_result r;
  CANVASS(&r, "run", "--quiet", spec, DATA, "--format", format);
  process_check_success(&r);
  return r;
}

/* Lines of output on a page stand four blanks further in than the report has them, which is three or more. */
static void page_shows_what_is_printed(const char *page_path, const char *spec) {
  size_t length = 0;
  char *page = process_read_file(page_path, &length);
  assert_non_null(page);
  process_result r = run(spec, "text");
  unsigned lines = 0;
  for (char *line = page, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    char wanted[LINE_BYTES];
    *end = '\0';
    if (strncmp(line, "       ", 7) == 0) {
      (void)snprintf(wanted, sizeof wanted, "\n%s\n", line + 4);
      assert_contains(r.out, wanted);
      lines++;
    }
  }
  assert_true(lines >= LINES_MIN);
  process_result_fini(&r);
  free(page);
}

static void the_study_of_scales_shows_what_is_printed(void **state) {
  (void)state;
  page_shows_what_is_printed(FOLDER "scales.md", FOLDER "scales.yaml");
}

static void the_study_of_drivers_shows_what_is_printed(void **state) {
  (void)state;
  page_shows_what_is_printed(FOLDER "drivers.md", FOLDER "drivers.yaml");
}

static double figure(const json *report, const char *name, const char *table, const char *match,
                     const char *column) {
  const json *row = report_row(report, name, table, match);
  assert_non_null(row);
  return json_as_number(json_get(row, column));
}

/* "At least as much", among happy customers and among the others: q7 and q8 on the factor of q9. */
static void exposure_goes_with_distribution_in_both_groups(void **state) {
  scene *s = *state;
  const json *report = report_printed(s->memory, (process_result[]){run(FOLDER "scales.yaml", "json")});
  static const char *const groups[] = {"null", "{\"mood\":\"others\"}", "{\"mood\":\"happy\"}"};
  for (size_t g = 0; g < 3; g++) {
    char match[128];
    (void)snprintf(match, sizeof match, "{\"group\":%s,\"item\":\"q9\"}", groups[g]);
    const double distribution = figure(report, "in_both", "factors_items", match, "factor");
    for (int i = 7; i <= 8; i++) {
      (void)snprintf(match, sizeof match, "{\"group\":%s,\"item\":\"q%d\"}", groups[g], i);
      assert_true(figure(report, "in_both", "factors_items", match, "factor") == distribution);
    }
    (void)snprintf(match, sizeof match, "{\"group\":%s,\"item\":\"q6\"}", groups[g]);
    assert_true(figure(report, "in_both", "factors_items", match, "factor") != distribution);
  }
  assert_true(report_says(report, "factors", "warnings", "loads_elsewhere"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(the_study_of_scales_shows_what_is_printed),
      SCENE_TEST(the_study_of_drivers_shows_what_is_printed),
      SCENE_TEST(exposure_goes_with_distribution_in_both_groups),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
