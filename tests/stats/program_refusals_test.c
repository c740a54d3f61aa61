/* What a program does not take: references that do not point backwards, forms that do not fit, numbers that
 * cannot be held. */
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "tests/check.h"
#include "tests/stats/sample_program.h"

static void refused(const program_variable *v, status expected, const char *word) {
  program *p = program_new();
  uint32_t index;
  error err = {0};
  sample_scale(p, "scale", 1, 5, &index);
  sample_add(p, &(program_variable){.kind = VARIABLE_TEXT, .name = "text", .column = "t"}, &index);
  sample_add(p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "number", .column = "n", .decimals = 2},
             &index);
  status st = program_add_variable(p, v, &index, &err);
  if (st != expected || strstr(err.message, word) == NULL) {
    fail_msg("status %s, message '%s'; expected %s with '%s'", status_name(st), err.message,
             status_name(expected), word);
  }
  assert_int_equal(p->variables_count, 3);
  program_destroy(p);
}

/* A variable called "x", and one that is derived from another. */
#define X(what, ...) \
  { .kind = VARIABLE_##what, .name = "x", __VA_ARGS__ }
#define OF(input) .inputs = (input), .inputs_count = 1

static void variables_that_do_not_fit_are_refused_by_name(void **state) {
  (void)state;
  uint32_t scale[] = {0};
  uint32_t text[] = {1};
  uint32_t number[] = {2};
  uint32_t self[] = {3};
  int64_t zero[] = {0};
  int64_t huge[] = {INT64_MAX, INT64_MAX};
  bool yes[] = {true};
  decimal five[] = {{5, 0}};
  program_range of_text[] = {{.is_text = true, .text = slice_of("a")}};
  program_range upside_down[] = {{.has_low = true, .low = {5, 0}, .has_high = true, .high = {1, 0}}};
  slice latin1[] = {{"\xE9", 1}};
  const struct {
    program_variable v;
    status expected;
    const char *word;
  } cases[] = {
      {{.kind = 99, .name = "x"}, STATUS_USAGE, "99"},
      {X(SCALE, .column = "c"), STATUS_USAGE, "range"},
      {X(SCALE, .column = "c", .has_range = true, .low = 5, .high = 1), STATUS_USAGE, "5..1"},
      {X(SCALE, .column = "c", .has_range = true, .high = 241), STATUS_LIMIT, "241"},
      {X(NUMBER, .column = "c", .decimals = 100), STATUS_LIMIT, "100"},
      {X(NUMBER, .column = "c", .has_range = true, .high = INT64_MAX), STATUS_LIMIT, "range"},
      {X(NOMINAL, .column = "c", .keys = latin1, .keys_count = 1), STATUS_USAGE, "UTF-8"},
      {X(NOMINAL), STATUS_USAGE, "column"},
      {X(DATE, .column = "c", .format = "%d.%m."), STATUS_USAGE, "year"},
      {X(DATE, .column = "c", .format = "%Q"), STATUS_USAGE, "%Q"},
      {X(MULTI_CELL, .column = "c"), STATUS_USAGE, "delimiter"},
      {X(MULTI_FLAGS), STATUS_USAGE, "0 columns"},
      {X(TOP), STATUS_USAGE, "not 0"},
      {X(TOP, OF(self)), STATUS_USAGE, "variable 3"},
      {X(TOP, OF(text)), STATUS_USAGE, "'text'"},
      {X(PERIOD, OF(number)), STATUS_USAGE, "'number'"},
      {X(OPTION, OF(scale)), STATUS_USAGE, "'scale'"},
      {X(RECODE, OF(scale), .ranges = of_text, .ranges_count = 1), STATUS_USAGE, "range 1"},
      {X(RECODE, OF(scale), .ranges = upside_down, .ranges_count = 1), STATUS_USAGE,
       "has a low end that exceeds its high end"},
      {X(MEAN, OF(text), .valid_min = 1), STATUS_USAGE, "'text'"},
      {X(MEAN, OF(scale)), STATUS_USAGE, "at least 0"},
      {X(MEAN, OF(scale), .valid_min = 2), STATUS_USAGE, "at least 2"},
      {X(MEAN, OF(scale), .valid_min = 1, .weights = zero), STATUS_LIMIT, "weight 0"},
      {X(MEAN, OF(scale), .valid_min = 1, .rescaled = yes, .rescale_low = five, .rescale_high = five),
       STATUS_USAGE, "rescale"},
      {X(CLUSTER, OF(scale)), STATUS_USAGE, "no clusters"},
      {X(CLUSTER, OF(scale), .clusters = 1, .coefficients = huge, .shifts = (uint8_t[]){0, 63}), STATUS_LIMIT,
       "coefficients"},
      {X(CLUSTER, OF(scale), .clusters = 1, .coefficients = huge, .shifts = (uint8_t[]){64, 0}), STATUS_USAGE,
       "a shift of 64"},
      {X(DIFFERENCE, OF(scale)), STATUS_USAGE, "not 1"},
      {X(SCORE, OF(text), .coefficients = huge), STATUS_USAGE, "'text'"},
      {X(SCORE, OF(scale)), STATUS_USAGE, "cannot be"},
      {X(SCORE, OF(scale), .coefficients = huge, .drop = 127), STATUS_USAGE, "cannot be"},
      {X(SCORE, OF(scale), .coefficients = huge, .link = SCORE_LINKS), STATUS_USAGE, "cannot be"},
      {X(SCORE, OF(scale), .coefficients = huge, .decimals = 13), STATUS_LIMIT, "13 decimals"},
      {X(SCORE, OF(scale), .coefficients = huge, .shifts = (uint8_t[]){0, 63}), STATUS_LIMIT, "coefficients"},
      {X(SCORE, OF(scale), .coefficients = huge, .shifts = (uint8_t[]){64, 0}), STATUS_USAGE,
       "a shift of 64"},
      {X(DISTANCE, OF(scale)), STATUS_USAGE, "'scale'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    refused(&cases[i].v, cases[i].expected, cases[i].word);
  }
}

static void variables_cannot_be_derived_without_end(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t last;
  error err = {0};
  sample_scale(p, "s", 1, 5, &last);
  const program_variable deeper = X(MEAN, OF(&last), .valid_min = 1);
  for (int i = 0; i < PROGRAM_DEPTH_MAX; i++) {
    sample_add(p, &deeper, &last);
  }
  assert_int_equal(program_add_variable(p, &deeper, NULL, &err), STATUS_LIMIT);
  assert_contains(err.message, "deep");
  program_destroy(p);
}

static void means_that_128_bits_cannot_hold_are_refused(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t inputs[2];
  int64_t weights[2] = {((int64_t)1 << 39) - 1, ((int64_t)1 << 39) - 1};
  error err = {0};
  sample_add(p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "n", .column = "n"}, &inputs[0]);
  sample_scale(p, "s", 1, 5, &inputs[1]);
  program_variable mean = {
      .kind = VARIABLE_MEAN, .name = "wide mean", .inputs = inputs, .inputs_count = 2, .valid_min = 1};
  assert_int_equal(program_add_variable(p, &mean, NULL, &err), STATUS_OK);
  mean.weights = weights;
  assert_int_equal(program_add_variable(p, &mean, NULL, &err), STATUS_LIMIT);
  assert_contains(err.message, "wide mean");
  program_destroy(p);
}

static void filters_that_are_not_one_tree_are_refused(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t scale;
  sample_scale(p, "s", 1, 5, &scale);
  filter_value five = {.number = {5, 0}};
  filter_value text = {.is_text = true, .text = slice_of("5")};
  filter_node eq = {.kind = FILTER_EQ, .variable = scale, .values = &five, .values_count = 1};
  filter_node wrong = {.kind = FILTER_EQ, .variable = scale, .values = &text, .values_count = 1};
  filter_node beyond = {.kind = FILTER_MISSING, .variable = 1};
  filter_node two = {.kind = FILTER_AND, .children = 2};
  filter_node none = {.kind = FILTER_OR};
  const struct {
    filter_node nodes[3];
    uint32_t count;
    status expected;
  } cases[] = {
      {{two, eq, eq}, 3, STATUS_OK},     {{eq, eq}, 2, STATUS_USAGE}, {{two, eq}, 2, STATUS_USAGE},
      {{none}, 1, STATUS_USAGE},         {{wrong}, 1, STATUS_USAGE},  {{beyond}, 1, STATUS_USAGE},
      {{{.kind = 77}}, 1, STATUS_USAGE}, {{eq}, 0, STATUS_LIMIT},     {{two, eq, beyond}, 3, STATUS_USAGE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    filter_node nodes[3];
    memcpy(nodes, cases[i].nodes, sizeof nodes);
    program_filter f = {.nodes = nodes, .nodes_count = cases[i].count};
    assert_int_equal(program_add_filter(p, &f, NULL, NULL), cases[i].expected);
  }
  program_destroy(p);
}

static void weights_and_groupings_need_their_forms(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t text;
  uint32_t number;
  sample_add(p, &(program_variable){.kind = VARIABLE_TEXT, .name = "t", .column = "t"}, &text);
  sample_add(p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "n", .column = "n"}, &number);
  assert_int_equal(program_add_weight(p, (program_weight){text, WEIGHT_SAMPLING}, NULL, NULL), STATUS_USAGE);
  assert_int_equal(program_add_weight(p, (program_weight){7, WEIGHT_SAMPLING}, NULL, NULL), STATUS_USAGE);
  assert_int_equal(program_add_weight(p, (program_weight){number, 0}, NULL, NULL), STATUS_USAGE);
  assert_int_equal(program_add_weight(p, (program_weight){number, WEIGHT_FREQUENCY}, NULL, NULL), STATUS_OK);
  program_accumulator a = {.kind = ACCUMULATOR_BASE, .filter = PROGRAM_NONE, .weight = 0};
  assert_int_equal(program_add_accumulator(p, &a, NULL, NULL), STATUS_OK);
  a.weight = 1;
  assert_int_equal(program_add_accumulator(p, &a, NULL, NULL), STATUS_USAGE);
  a.weight = PROGRAM_NONE;
  a.by_count = 1;
  a.by[0] = number;
  assert_int_equal(program_add_accumulator(p, &a, NULL, NULL), STATUS_USAGE);
  program_destroy(p);
}

/* A message about the variable would carry them. */
static void names_that_are_not_utf8_are_refused_before_they_are_told(void **state) {
  (void)state;
  static const uint8_t bytes[] = {PROGRAM_VERSION, 1, 1, 0xff, VARIABLE_TEXT, 0, 0, 0, 0};
  program *p = NULL;
  error err;
  reader r;
  reader_init(&r, bytes, sizeof bytes);
  assert_int_equal(program_decode(&r, &p, &err), STATUS_CORRUPT);
  assert_string_equal(err.message, "program: a name that is not UTF-8");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(variables_that_do_not_fit_are_refused_by_name),
      cmocka_unit_test(variables_cannot_be_derived_without_end),
      cmocka_unit_test(means_that_128_bits_cannot_hold_are_refused),
      cmocka_unit_test(filters_that_are_not_one_tree_are_refused),
      cmocka_unit_test(weights_and_groupings_need_their_forms),
      cmocka_unit_test(names_that_are_not_utf8_are_refused_before_they_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
