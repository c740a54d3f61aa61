/* At which scale weights are read. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

/* The weight's own decimals, which its column as a number among others does not keep all of. */
static void a_weight_keeps_the_columns_digits_or_what_the_heaviest_leaves_room_for(void **state) {
  (void)state;
  static const struct {
    const char *declared;
    uint8_t decimals_max;
    decimal_magnitude largest;
    bool largest_known;
    int expected; /* -1: the data do not allow it */
  } cases[] = {
      {"", 2, {12345, -2}, true, 2},
      {"", 6, {419762836649, -6}, true, 6},   /* the heaviest weight of NHANES 2017-2018 */
      {"", 15, {419762836649, -6}, true, 13}, /* 4.19762836649e18 units, of at most 4.611686018427387904e18 */
      {"", 15, {5, 5}, true, 12},
      {"", 21, {485679162811654, -18}, true, 21},
      {"", 30, {485679162811654, -18}, true, 21}, /* 4.85679162811654e17 units; ten times that are too many */
      {"", 0, {5, 18}, true, 0},
      {"", 250, {18, -35}, true, 52},
      {"", 15, {0, 0}, false, 9}, /* a manifest of version 2 */
      {", decimals: 3", 6, {419762836649, -6}, true, 3},
      {", decimals: 13", 6, {419762836649, -6}, true, 13},
      {", decimals: 14", 6, {419762836649, -6}, true, -1},
      {", decimals: 30", 6, {1, -20}, true, 30},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char page[256];
    snprintf(page, sizeof page,
             "variables:\n  a: {type: number}\n  w: {type: weight, kind: sampling%s}\n"
             "analyses: [describe: {items: a, weight: w}]\n",
             cases[i].declared);
    spec *s = page_parse(page);
    manifest *dataset = page_columns("a|w");
    manifest_column *column = &dataset->columns[1];
    column->decimals_max = cases[i].decimals_max;
    column->largest = cases[i].largest;
    column->largest_known = cases[i].largest_known;
    plan *p = NULL;
    spec_problems problems = {0};
    error err;
    const status st = spec_plan(s, dataset, &p, &problems, &err);
    if (cases[i].expected < 0) {
      assert_int_equal(st, STATUS_DATA);
      assert_contains(err.message, "at most 13 fit");
    } else {
      assert_int_equal(st, STATUS_OK);
      const program_weight *w = &p->program->weights[p->analyses[0].weight];
      assert_int_equal(p->program->variables[w->variable].decimals, cases[i].expected);
      assert_true(plan_program_variable(p, "w")->decimals <= PROGRAM_DECIMALS_MAX);
    }
    plan_destroy(p);
    manifest_destroy(dataset);
    spec_problems_fini(&problems);
    spec_destroy(s);
  }
}

static void a_weight_that_is_also_a_number_is_asked_of_at_nine_decimals(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  a: {type: number}\n  w: {type: weight, kind: sampling}\n"
      "analyses: [describe: {items: [a, w], weight: w, where: w > 0.5}]\n");
  manifest *dataset = page_columns("a|w");
  dataset->columns[1].decimals_max = 15;
  dataset->columns[1].largest = (decimal_magnitude){4, 0};
  dataset->columns[1].largest_known = true;
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_plan(s, dataset, &p, &problems, &err), STATUS_OK);
  const program_weight *w = &p->program->weights[p->analyses[0].weight];
  assert_int_equal(p->program->variables[w->variable].decimals, 15);
  assert_int_equal(plan_program_variable(p, "w")->decimals, 9);
  const filter_node *node = &p->program->filters[p->analyses[0].filter].nodes[0];
  assert_int_equal(p->program->variables[node->variable].decimals, 9);
  plan_destroy(p);
  manifest_destroy(dataset);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void a_frequency_weight_has_no_decimals_to_declare(void **state) {
  (void)state;
  spec *s = NULL;
  spec_problems problems = {0};
  error err;
  static const char page[] =
      "variables:\n  a: {type: number}\n  w: {type: weight, kind: frequency, decimals: 2}\n"
      "analyses: [describe: {items: a, weight: w}]\n";
  assert_int_equal(spec_parse("page.yaml", page, sizeof page - 1, &s, &problems, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "0, as a frequency weight counts rows");
  spec_problems_fini(&problems);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_weight_keeps_the_columns_digits_or_what_the_heaviest_leaves_room_for),
      cmocka_unit_test(a_weight_that_is_also_a_number_is_asked_of_at_nine_decimals),
      cmocka_unit_test(a_frequency_weight_has_no_decimals_to_declare),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
