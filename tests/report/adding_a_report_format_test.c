/* docs/adding-a-report-format.md followed to the letter: report alone is built, the format's own test passes,
 * and so does that of hostile documents, which asks all formats of the list. */
#include "tests/check.h"
#include "tests/guide.h"

static void a_report_format_is_added_as_the_guide_says(void **state) {
  (void)state;
  static const char *const files[] = {"report/format_md.c", "report/formats.def", "tests/report/md_test.c",
                                      "tests/report/CMakeLists.txt"};
  guide g;
  guide_open(&g, "tests/report/adding_probe.cmake");
  guide_follow(&g, "docs/adding-a-report-format.md", files, sizeof files / sizeof files[0]);
  guide_build(&g, "md_test");
  guide_build(&g, "report_hostile_test");
  guide_run(&g, "report/md_test", NULL);
  guide_run(&g, "report/report_hostile_test", NULL);
  guide_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_report_format_is_added_as_the_guide_says)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
