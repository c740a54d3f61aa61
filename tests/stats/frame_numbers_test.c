/* Numbers of more digits than an int64 holds, in every encoding that a shard may have. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "stats/frame/frame.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"

static const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS, PACKED_SCALED};
#define INVALID (INT64_MIN + MISSING_INVALID)
#define BLANK   (INT64_MIN + MISSING_BLANK)
#define REFUSED (INT64_MIN + MISSING_REFUSED)

/* Counted out by hand from the texts. */
static const struct {
  const char *cell;
  int64_t at_0, at_9, at_25;
} readings[] = {
    {"0.0012345678901234567", 0, 1234568, INVALID},
    {"4.53449843955693e-05", 0, 45345, INVALID},
    {"4.53449843955693e-08", 0, 45, 453449843955693000},
    {"-1e-25", 0, 0, -1},
    {"1e-400", 0, 0, 0},
    {"1e400", INVALID, INVALID, INVALID},
    {"2.5", 2, 2500000000, INVALID},
    {"3.5000000000000000000000", 4, 3500000000, INVALID},
    {"2.50000000000000000000000001", 3, 2500000000, INVALID},
    {"4611686018427387904", 4611686018427387904, INVALID, INVALID},
    {"4611686018.427387904", 4611686018, 4611686018427387904, INVALID},
    {"4611686018.4273879045", 4611686018, 4611686018427387904, INVALID},
    {"4611686018.4273879046", 4611686018, INVALID, INVALID},
    {"-0.0", 0, 0, 0},
    {"", BLANK, BLANK, BLANK},
    {"n/a", INVALID, INVALID, INVALID},
    {"1.2.3", INVALID, INVALID, INVALID},
};
enum { READINGS = sizeof readings / sizeof readings[0] };

static frame *frame_of(const program *p, const fixture *data) {
  frame *f = NULL;
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  return f;
}

static void long_numbers_are_rounded_at_any_scale_and_others_are_invalid(void **state) {
  (void)state;
  static const uint8_t decimals[] = {0, 9, 25};
  static const int64_t rounded[] = {11, 7, 1};
  const char *cells[READINGS];
  for (size_t i = 0; i < READINGS; i++) {
    cells[i] = readings[i].cell;
  }
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    fixture *data = fixture_new(READINGS);
    fixture_column(data, "x", kinds[k], cells);
    program *p = program_new();
    for (size_t d = 0; d < 3; d++) {
      sample_add(
          p,
          &(program_variable){.kind = VARIABLE_NUMBER, .name = "x", .column = "x", .decimals = decimals[d]},
          NULL);
    }
    frame *f = frame_of(p, data);
    for (uint32_t d = 0; d < 3; d++) {
      number_view view;
      int64_t count;
      const uint8_t *rows;
      assert_int_equal(frame_number(f, d, &view, NULL), STATUS_OK);
      for (uint32_t i = 0; i < READINGS; i++) {
        const int64_t expected = d == 0 ? readings[i].at_0 : d == 1 ? readings[i].at_9 : readings[i].at_25;
        if (view.values[i] != expected) {
          fail_msg("encoding %d: '%s' at %u gave %lld", (int)kinds[k], cells[i], decimals[d],
                   (long long)view.values[i]);
        }
      }
      assert_int_equal(frame_rounded(f, d, &count, &rows, NULL), STATUS_OK);
      assert_int_equal(count, rounded[d]);
      for (uint32_t i = 0; i < READINGS; i++) {
        count -= rows[i] != 0;
      }
      assert_int_equal(count, 0);
    }
    frame_destroy(f);
    program_destroy(p);
    fixture_destroy(data);
  }
}

static void rules_for_long_numbers_compare_by_value(void **state) {
  (void)state;
  const char *cells[] = {"0.0012345678901234567",
                         "1.2345678901234567e-3",
                         "0.00123456789012345670",
                         "0.0012345678901234568",
                         "-0.0012345678901234567",
                         "0,0012345678901234567",
                         "7"};
  const int64_t expected[] = {REFUSED, REFUSED, REFUSED, 1234568, -1234568, INVALID, 5000000000};
  program_rule rules[] = {
      {.text = slice_of("1234567890.1234567e-12"), .missing = true, .reason = MISSING_REFUSED},
      {.text = slice_of("7.0"), .value = {5, 0}},
  };
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    fixture *data = fixture_new(7);
    fixture_column(data, "x", kinds[k], cells);
    program *p = program_new();
    sample_add(p,
               &(program_variable){.kind = VARIABLE_NUMBER,
                                   .name = "x",
                                   .column = "x",
                                   .decimals = 9,
                                   .rules = rules,
                                   .rules_count = 2},
               NULL);
    frame *f = frame_of(p, data);
    number_view view;
    assert_int_equal(frame_number(f, 0, &view, NULL), STATUS_OK);
    for (uint32_t i = 0; i < 7; i++) {
      if (view.values[i] != expected[i]) {
        fail_msg("encoding %d: '%s' gave %lld", (int)kinds[k], cells[i], (long long)view.values[i]);
      }
    }
    frame_destroy(f);
    program_destroy(p);
    fixture_destroy(data);
  }
}

static void more_than_nine_decimals_are_for_weights_alone(void **state) {
  (void)state;
  program *p = program_new();
  uint32_t weight;
  uint32_t index;
  error err = {0};
  const program_variable w = {.kind = VARIABLE_NUMBER, .name = "w", .column = "w", .decimals = 99};
  sample_add(p, &w, &weight);
  const program_variable beyond = {.kind = VARIABLE_NUMBER, .name = "w", .column = "w", .decimals = 100};
  assert_int_equal(program_add_variable(p, &beyond, &index, &err), STATUS_LIMIT);
  assert_int_equal(
      program_add_weight(p, (program_weight){.variable = weight, .kind = WEIGHT_SAMPLING}, &index, &err),
      STATUS_OK);
  program_accumulator a = {.kind = ACCUMULATOR_FACTS,
                           .variables = &weight,
                           .variables_count = 1,
                           .filter = PROGRAM_NONE,
                           .weight = index};
  assert_int_equal(program_add_accumulator(p, &a, NULL, &err), STATUS_OK);
  a.kind = ACCUMULATOR_MOMENTS;
  assert_int_equal(program_add_accumulator(p, &a, NULL, &err), STATUS_USAGE);
  assert_contains(err.message, "variable 'w': 99 decimals are for weights");
  const program_variable top = {
      .kind = VARIABLE_TOP, .name = "t", .inputs = &weight, .inputs_count = 1, .cut = {1, 0}};
  assert_int_equal(program_add_variable(p, &top, &index, &err), STATUS_USAGE);
  filter_value one = {.number = {1, 0}};
  filter_node node = {.kind = FILTER_GT, .variable = weight, .values = &one, .values_count = 1};
  const program_filter filter = {.nodes = &node, .nodes_count = 1};
  assert_int_equal(program_add_filter(p, &filter, &index, &err), STATUS_USAGE);
  /* Others see none of it: the program reads back. */
  buf b;
  buf_init(&b);
  program_encode(p, &b);
  reader r;
  reader_init(&r, b.data, b.length);
  program *back = NULL;
  assert_int_equal(program_decode(&r, &back, &err), STATUS_OK);
  assert_int_equal(back->variables[0].decimals, 99);
  program_destroy(back);
  buf_fini(&b);
  program_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(long_numbers_are_rounded_at_any_scale_and_others_are_invalid),
      cmocka_unit_test(rules_for_long_numbers_compare_by_value),
      cmocka_unit_test(more_than_nine_decimals_are_for_weights_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
