/* How many decimals numbers keep. */
#include <stdio.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

/* 18 digits less those before the mark; hand-counted. */
static void decimals_give_way_to_large_numbers(void **state) {
  (void)state;
  static const struct {
    const char *body;
    decimal_magnitude largest;
    uint8_t decimals_max, kept;
  } cases[] = {
      {"type: number", {35, -1}, 19, 9},
      {"type: number", {999999999, 0}, 19, 9},
      {"type: number", {1, 9}, 19, 8},
      {"type: number", {123456789012345, 0}, 19, 3},
      {"type: number", {123456789012345, 0}, 2, 2},
      {"type: number", {4, 18}, 4, 0},
      {"type: number, decimals: 9", {12345678901, 0}, 2, 7},
      {"type: number, decimals: 2", {12345678901, 0}, 19, 2},
      {"type: number, decimals: 9, range: [0, 1000]", {12345678901, 0}, 2, 9},
      {"type: number, range: [0, 1000000000000]", {1, 15}, 19, 5},
      {"type: number, range: [0, 1000000000000]", {35, 0}, 19, 9},
      {"type: number, range: [0.25, 1000000000000000]", {1, 15}, 19, 2},
      {"type: number, range: [0, 100000000000000000.5]", {1, 18}, 19, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[200];
    snprintf(text, sizeof text, "variables:\n  x: {%s}\nanalyses: [describe: {items: x}]\n", cases[i].body);
    spec *s = page_parse(text);
    manifest *dataset = page_columns("x");
    dataset->columns[0].decimals_max = cases[i].decimals_max;
    dataset->columns[0].largest = cases[i].largest;
    dataset->columns[0].largest_known = true;
    plan *p = NULL;
    spec_problems problems = {0};
    error err;
    assert_int_equal(spec_plan(s, dataset, &p, &problems, &err), STATUS_OK);
    if (plan_program_variable(p, "x")->decimals != cases[i].kept) {
      fail_msg("%s: %u decimals", cases[i].body, plan_program_variable(p, "x")->decimals);
    }
    plan_destroy(p);
    manifest_destroy(dataset);
    spec_problems_fini(&problems);
    spec_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decimals_give_way_to_large_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
