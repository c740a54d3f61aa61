/* The program: equal items are found again, references point backwards, forms fit, bytes are canonical.
 *
 * Method: one program that uses every kind and every field, taken through bytes, cut at every place and
 * altered at random; and small programs that each break one rule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stats/accumulator.h"
#include "tests/stats/sample_program.h"

static void encoded(const program *p, buf *out) {
  buf_init(out);
  program_encode(p, out);
  assert_false(out->failed);
}

static status decoded(const void *bytes, size_t length, program **out, error *err) {
  reader r;
  reader_init(&r, bytes, length);
  TRY(program_decode(&r, out, err));
  if (r.at != r.end) {
    program_destroy(*out);
    return error_set(err, STATUS_CORRUPT, "left over");
  }
  return STATUS_OK;
}

static void decoded_program_has_the_same_bytes(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  buf first;
  buf second;
  error err = {0};
  program *again = NULL;
  encoded(s.program, &first);
  if (decoded(first.data, first.length, &again, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  encoded(again, &second);
  assert_int_equal(first.length, second.length);
  assert_memory_equal(first.data, second.data, first.length);
  assert_int_equal(again->variables_count, s.program->variables_count);
  for (uint32_t i = 0; i < again->variables_count; i++) {
    assert_string_equal(again->variables[i].name, s.program->variables[i].name);
    assert_int_equal(again->variables[i].decimals, s.program->variables[i].decimals);
    assert_int_equal(program_variable_bound(again, i), program_variable_bound(s.program, i));
  }
  buf_fini(&first);
  buf_fini(&second);
  program_destroy(again);
  program_destroy(s.program);
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  buf bytes;
  encoded(s.program, &bytes);
  for (size_t length = 0; length < bytes.length; length++) {
    program *p = NULL;
    error err = {0};
    uint8_t *cut = malloc(length + 1); /* its own memory, so that a sanitizer sees any step too far */
    assert_non_null(cut);
    memcpy(cut, bytes.data, length);
    assert_int_equal(decoded(cut, length, &p, &err), STATUS_CORRUPT);
    assert_int_equal(err.code, STATUS_CORRUPT);
    assert_true(err.message[0] != '\0');
    free(cut);
  }
  buf_fini(&bytes);
  program_destroy(s.program);
}

static uint64_t next_random(uint64_t *state) {
  *state += 0x9E3779B97F4A7C15U;
  uint64_t z = *state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

static void altered_bytes_are_refused_or_canonical(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  buf bytes;
  encoded(s.program, &bytes);
  uint64_t seed = 20260101;
  size_t accepted = 0;
  for (int round = 0; round < 20000; round++) {
    uint8_t *altered = malloc(bytes.length);
    assert_non_null(altered);
    memcpy(altered, bytes.data, bytes.length);
    size_t changes = 1 + next_random(&seed) % 3;
    for (size_t k = 0; k < changes; k++) {
      altered[next_random(&seed) % bytes.length] ^= (uint8_t)(1U << next_random(&seed) % 8);
    }
    program *p = NULL;
    error err = {0};
    if (decoded(altered, bytes.length, &p, &err) == STATUS_OK) {
      buf again;
      encoded(p, &again);
      assert_int_equal(again.length, bytes.length);
      assert_memory_equal(again.data, altered, bytes.length);
      buf_fini(&again);
      program_destroy(p);
      accepted++;
    }
    free(altered);
  }
  assert_true(accepted > 0); /* names and numbers may change */
  buf_fini(&bytes);
  program_destroy(s.program);
}

static void equal_items_are_found_again_whatever_their_names(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  program *p = s.program;
  uint32_t count = p->variables_count;
  for (uint32_t i = 0; i < count; i++) {
    program_variable copy = p->variables[i];
    uint32_t index = PROGRAM_NONE;
    copy.name = "another name";
    assert_int_equal(program_add_variable(p, &copy, &index, NULL), STATUS_OK);
    assert_int_equal(index, i);
  }
  for (uint32_t i = 0; i < p->filters_count; i++) {
    uint32_t index = PROGRAM_NONE;
    assert_int_equal(program_add_filter(p, &p->filters[i], &index, NULL), STATUS_OK);
    assert_int_equal(index, i);
  }
  for (uint32_t i = 0; i < p->accumulators_count; i++) {
    uint32_t index = PROGRAM_NONE;
    assert_int_equal(program_add_accumulator(p, &p->accumulators[i], &index, NULL), STATUS_OK);
    assert_int_equal(index, i);
  }
  assert_int_equal(p->variables_count, count);
  program_destroy(p);
}

static void decimals_are_equal_by_value(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t scale;
  uint32_t first;
  uint32_t second;
  sample_add(p,
             &(program_variable){
                 .kind = VARIABLE_SCALE, .name = "s", .column = "s", .has_range = true, .low = 1, .high = 5},
             &scale);
  sample_add(p,
             &(program_variable){
                 .kind = VARIABLE_TOP, .name = "a", .inputs = &scale, .inputs_count = 1, .cut = {4, 0}},
             &first);
  sample_add(p,
             &(program_variable){
                 .kind = VARIABLE_TOP, .name = "b", .inputs = &scale, .inputs_count = 1, .cut = {400, 2}},
             &second);
  assert_int_equal(first, second);
  program_destroy(p);
}

static void weights_of_one_are_no_weights(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t inputs[2];
  int64_t ones[2] = {1, 1};
  uint32_t first;
  uint32_t second;
  sample_scale(p, "a", 1, 5, &inputs[0]);
  sample_scale(p, "b", 1, 5, &inputs[1]);
  program_variable mean = {
      .kind = VARIABLE_MEAN, .name = "m", .inputs = inputs, .inputs_count = 2, .valid_min = 1};
  sample_add(p, &mean, &first);
  mean.weights = ones;
  sample_add(p, &mean, &second);
  assert_int_equal(first, second);
  assert_null(p->variables[first].weights);
  program_destroy(p);
}

/* ---- Digests -------------------------------------------------------------------------------------- */

static void digest_does_not_depend_on_names_or_on_the_rest_of_the_program(void **state) {
  (void)state;
  sample_program plain = sample_program_new(SAMPLE_PLAIN);
  sample_program other = sample_program_new(SAMPLE_RENAMED_AND_SHIFTED);
  assert_int_equal(plain.program->accumulators_count, other.program->accumulators_count);
  assert_true(plain.program->variables_count < other.program->variables_count);
  for (uint32_t i = 0; i < plain.program->accumulators_count; i++) {
    digest a;
    digest b;
    assert_int_equal(program_accumulator_digest(plain.program, i, &a, NULL), STATUS_OK);
    assert_int_equal(program_accumulator_digest(other.program, other.accumulators[i], &b, NULL), STATUS_OK);
    assert_true(digest_equal(&a, &b));
    for (uint32_t k = 0; k < i; k++) {
      assert_int_equal(program_accumulator_digest(plain.program, k, &b, NULL), STATUS_OK);
      assert_false(digest_equal(&a, &b));
    }
  }
  program_destroy(plain.program);
  program_destroy(other.program);
}

static digest digest_of_frequency(const program_variable *v) {
  program *p = program_new();
  uint32_t variable;
  uint32_t accumulator;
  digest d;
  sample_add(p, v, &variable);
  program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY,
                           .variables = &variable,
                           .variables_count = 1,
                           .filter = PROGRAM_NONE,
                           .weight = PROGRAM_NONE};
  assert_int_equal(program_add_accumulator(p, &a, &accumulator, NULL), STATUS_OK);
  assert_int_equal(program_accumulator_digest(p, accumulator, &d, NULL), STATUS_OK);
  program_destroy(p);
  return d;
}

static void digest_depends_on_what_changes_figures_and_not_on_the_order_of_reports(void **state) {
  (void)state;
  slice keys[] = {slice_of("a"), slice_of("b")};
  slice turned[] = {slice_of("b"), slice_of("a")};
  program_variable v = {.kind = VARIABLE_NOMINAL, .name = "n", .column = "n", .keys = keys, .keys_count = 2};
  digest open = digest_of_frequency(&v);
  v.keys = turned;
  digest open_turned = digest_of_frequency(&v);
  v.closed = true;
  digest closed_turned = digest_of_frequency(&v);
  v.keys = keys;
  digest closed = digest_of_frequency(&v);
  v.keys_count = 1;
  digest shorter = digest_of_frequency(&v);
  assert_true(digest_equal(&open, &open_turned));
  assert_true(digest_equal(&closed, &closed_turned));
  assert_false(digest_equal(&open, &closed));
  assert_false(digest_equal(&closed, &shorter));
}

static void columns_are_those_that_accumulators_reach(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_RENAMED_AND_SHIFTED);
  arena *a = arena_new();
  const char **names = NULL;
  uint32_t count = 0;
  assert_int_equal(program_columns(s.program, a, &names, &count, NULL), STATUS_OK);
  assert_true(count > 5);
  for (uint32_t i = 0; i < count; i++) {
    assert_string_not_equal(names[i], "unused");
    assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
  }
  arena_destroy(a);
  program_destroy(s.program);
}

/* ---- Refusals ------------------------------------------------------------------------------------- */

static void refused(const program_variable *v, status expected, const char *word) {
  program *p = program_new();
  uint32_t index;
  error err = {0};
  sample_scale(p, "scale", 1, 5, &index);
  sample_add(p, &(program_variable){.kind = VARIABLE_TEXT, .name = "text", .column = "t"}, &index);
  sample_add(p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "number", .column = "n", .decimals = 2},
             &index);
  status result = program_add_variable(p, v, &index, &err);
  if (result != expected || !strstr(err.message, word)) {
    fail_msg("status %s, message '%s'; expected %s with '%s'", status_name(result), err.message,
             status_name(expected), word);
  }
  assert_int_equal(p->variables_count, 3);
  program_destroy(p);
}

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
      {{.kind = VARIABLE_SCALE, .name = "x", .column = "c"}, STATUS_USAGE, "range"},
      {{.kind = VARIABLE_SCALE, .name = "x", .column = "c", .has_range = true, .low = 5, .high = 1},
       STATUS_USAGE,
       "5..1"},
      {{.kind = VARIABLE_SCALE, .name = "x", .column = "c", .has_range = true, .high = 241},
       STATUS_LIMIT,
       "241"},
      {{.kind = VARIABLE_NUMBER, .name = "x", .column = "c", .decimals = 10}, STATUS_LIMIT, "10"},
      {{.kind = VARIABLE_NUMBER, .name = "x", .column = "c", .has_range = true, .high = INT64_MAX},
       STATUS_LIMIT,
       "range"},
      {{.kind = VARIABLE_NOMINAL, .name = "x", .column = "c", .keys = latin1, .keys_count = 1},
       STATUS_USAGE,
       "UTF-8"},
      {{.kind = VARIABLE_NOMINAL, .name = "x"}, STATUS_USAGE, "column"},
      {{.kind = VARIABLE_DATE, .name = "x", .column = "c", .format = "%d.%m."}, STATUS_USAGE, "year"},
      {{.kind = VARIABLE_DATE, .name = "x", .column = "c", .format = "%Q"}, STATUS_USAGE, "%Q"},
      {{.kind = VARIABLE_MULTI_CELL, .name = "x", .column = "c"}, STATUS_USAGE, "delimiter"},
      {{.kind = VARIABLE_MULTI_FLAGS, .name = "x"}, STATUS_USAGE, "0 columns"},
      {{.kind = VARIABLE_TOP, .name = "x"}, STATUS_USAGE, "not 0"},
      {{.kind = VARIABLE_TOP, .name = "x", .inputs = self, .inputs_count = 1}, STATUS_USAGE, "variable 3"},
      {{.kind = VARIABLE_TOP, .name = "x", .inputs = text, .inputs_count = 1}, STATUS_USAGE, "'text'"},
      {{.kind = VARIABLE_PERIOD, .name = "x", .inputs = number, .inputs_count = 1}, STATUS_USAGE, "'number'"},
      {{.kind = VARIABLE_OPTION, .name = "x", .inputs = scale, .inputs_count = 1}, STATUS_USAGE, "'scale'"},
      {{.kind = VARIABLE_RECODE,
        .name = "x",
        .inputs = scale,
        .inputs_count = 1,
        .ranges = of_text,
        .ranges_count = 1},
       STATUS_USAGE,
       "range 1"},
      {{.kind = VARIABLE_RECODE,
        .name = "x",
        .inputs = scale,
        .inputs_count = 1,
        .ranges = upside_down,
        .ranges_count = 1},
       STATUS_USAGE,
       "upside down"},
      {{.kind = VARIABLE_MEAN, .name = "x", .inputs = text, .inputs_count = 1, .valid_min = 1},
       STATUS_USAGE,
       "'text'"},
      {{.kind = VARIABLE_MEAN, .name = "x", .inputs = scale, .inputs_count = 1}, STATUS_USAGE, "at least 0"},
      {{.kind = VARIABLE_MEAN, .name = "x", .inputs = scale, .inputs_count = 1, .valid_min = 2},
       STATUS_USAGE,
       "at least 2"},
      {{.kind = VARIABLE_MEAN,
        .name = "x",
        .inputs = scale,
        .inputs_count = 1,
        .valid_min = 1,
        .weights = zero},
       STATUS_LIMIT,
       "weight 0"},
      {{.kind = VARIABLE_MEAN,
        .name = "x",
        .inputs = scale,
        .inputs_count = 1,
        .valid_min = 1,
        .rescaled = yes,
        .rescale_low = five,
        .rescale_high = five},
       STATUS_USAGE,
       "rescale"},
      {{.kind = VARIABLE_CLUSTER, .name = "x", .inputs = scale, .inputs_count = 1},
       STATUS_USAGE,
       "no clusters"},
      {{.kind = VARIABLE_CLUSTER,
        .name = "x",
        .inputs = scale,
        .inputs_count = 1,
        .clusters = 1,
        .coefficients = huge,
        .shifts = (uint8_t[]){0, 63}},
       STATUS_LIMIT,
       "coefficients"},
      {{.kind = VARIABLE_CLUSTER,
        .name = "x",
        .inputs = scale,
        .inputs_count = 1,
        .clusters = 1,
        .coefficients = huge,
        .shifts = (uint8_t[]){64, 0}},
       STATUS_USAGE,
       "a shift of 64"},
      {{.kind = VARIABLE_DIFFERENCE, .name = "x", .inputs = scale, .inputs_count = 1}, STATUS_USAGE, "not 1"},
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
  status result = STATUS_OK;
  for (int i = 0; i < PROGRAM_DEPTH_MAX; i++) {
    sample_add(p,
               &(program_variable){
                   .kind = VARIABLE_MEAN, .name = "m", .inputs = &last, .inputs_count = 1, .valid_min = 1},
               &last);
  }
  result = program_add_variable(
      p,
      &(program_variable){
          .kind = VARIABLE_MEAN, .name = "m", .inputs = &last, .inputs_count = 1, .valid_min = 1},
      NULL, &err);
  assert_int_equal(result, STATUS_LIMIT);
  assert_non_null(strstr(err.message, "deep"));
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
  assert_non_null(strstr(err.message, "wide mean"));
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decoded_program_has_the_same_bytes),
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(altered_bytes_are_refused_or_canonical),
      cmocka_unit_test(equal_items_are_found_again_whatever_their_names),
      cmocka_unit_test(decimals_are_equal_by_value),
      cmocka_unit_test(weights_of_one_are_no_weights),
      cmocka_unit_test(digest_does_not_depend_on_names_or_on_the_rest_of_the_program),
      cmocka_unit_test(digest_depends_on_what_changes_figures_and_not_on_the_order_of_reports),
      cmocka_unit_test(columns_are_those_that_accumulators_reach),
      cmocka_unit_test(variables_that_do_not_fit_are_refused_by_name),
      cmocka_unit_test(variables_cannot_be_derived_without_end),
      cmocka_unit_test(means_that_128_bits_cannot_hold_are_refused),
      cmocka_unit_test(filters_that_are_not_one_tree_are_refused),
      cmocka_unit_test(weights_and_groupings_need_their_forms),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
