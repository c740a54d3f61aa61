/* docs/adding-an-input-format.md followed to the letter: reading alone is built, and the format keeps what
 * every format promises (formats_test.c). */
#include "tests/check.h"
#include "tests/guide.h"

static void an_input_format_is_added_as_the_guide_says(void **state) {
  (void)state;
  static const char *const files[] = {"reading/fixed/fixed.c", "reading/formats.def",
                                      "tests/reading/formats_test.c", "tests/reading/formats_test.c"};
  guide g;
  guide_open(&g, "tests/reading/adding_probe.cmake");
  guide_follow(&g, "docs/adding-an-input-format.md", files, sizeof files / sizeof files[0]);
  guide_build(&g, "formats_test");
  guide_run(&g, "formats_test", NULL);
  guide_close(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(an_input_format_is_added_as_the_guide_says)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
