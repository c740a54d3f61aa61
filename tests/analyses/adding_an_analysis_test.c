/* docs/adding-an-analysis.md followed to the letter: stats alone is built, and a program finds the analysis
 * and its figures. */
#include "tests/check.h"
#include "tests/guide.h"

static void an_analysis_is_added_as_the_guide_says(void **state) {
  (void)state;
  static const char *const files[] = {"docs/analyses/nonresponse.md", "stats/analyses/nonresponse.c",
                                      "stats/analyses/nonresponse.terms", "stats/analyses/analyses.def",
                                      "tests/analyses/nonresponse.json"};
  guide g;
  char golden[GUIDE_PATH_BYTES];
  guide_open(&g, "tests/analyses/adding_probe.cmake");
  guide_follow(&g, "docs/adding-an-analysis.md", files, sizeof files / sizeof files[0]);
  guide_build(&g, "adding_probe");
  guide_path(g.directory, "tests/analyses/nonresponse.json", golden);
  guide_run(&g, "adding_probe", golden);
  guide_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_analysis_is_added_as_the_guide_says)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
