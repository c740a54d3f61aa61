/* Arguments that are maps from variables to values. */
#include "tests/check.h"
#include "tests/specification/spec_page.h"

static void maps_of_numbers_are_checked_key_by_key(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - correlate: {items: [s, t], reliability: 0.8}\n"),
       "11:45: reliability: expected a number for each variable, as in \"{quality: 0.8}\", found '0.8'"},
      {ANALYSES("  - correlate: {items: [s, t], reliability: {s: 0.8, n: 0.7, z: much}}\n"),
       "11:54: reliability: 'n' is a nominal variable; expected a scale or a flag, or a number or a "
       "construct\n"
       "11:62: unknown variable 'z'; expected one of: s, t, n, m, x, d, w, i\n"
       "11:65: reliability: expected a number, found 'much'"},
      {ANALYSES("  - correlate: {items: [s, t], reliability: {s: 0.8}}\n"),
       "11:32: reliability: \"t\" is not a construct, so alpha cannot be computed; give its "
       "reliability, as in \"reliability: {t: 0.8}\""},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void maps_of_texts_are_checked_key_by_key(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - drivers: {outcome: s, predictors: [t, n], reference: {t: 5}}\n"),
       "11:59: reference: 't' is a scale; expected a nominal variable"},
      {ANALYSES("  - drivers: {outcome: s, predictors: [t], reference: {n: beta}}\n"),
       "11:44: reference: \"n\" is not among the predictors"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(maps_of_numbers_are_checked_key_by_key),
      cmocka_unit_test(maps_of_texts_are_checked_key_by_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
