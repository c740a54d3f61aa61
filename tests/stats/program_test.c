/* The program: equal items are found again, bytes are canonical, digests depend on what changes figures.
 *
 * Method: one program that uses every kind and every field, taken through bytes, cut at every place and
 * altered at random.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "tests/check.h"
#include "tests/seeded.h"
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

static void altered_bytes_are_refused_or_canonical(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  buf bytes;
  encoded(s.program, &bytes);
  seeded r = {20260101};
  size_t accepted = 0;
  for (int round = 0; round < 20000; round++) {
    uint8_t *altered = malloc(bytes.length);
    assert_non_null(altered);
    memcpy(altered, bytes.data, bytes.length);
    size_t changes = 1 + seeded_next(&r) % 3;
    for (size_t k = 0; k < changes; k++) {
      altered[seeded_next(&r) % bytes.length] ^= (uint8_t)(1U << seeded_next(&r) % 8);
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
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
