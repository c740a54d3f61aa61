/* How a frame reads weights: in every encoding that a shard may have, the same; and what rounding changed. */
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/partial.h"
#include "stats/frame/frame.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"

static const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS, PACKED_SCALED};
enum { KINDS = sizeof kinds / sizeof kinds[0] };
#define INVALID (INT64_MIN + MISSING_INVALID)
#define BLANK   (INT64_MIN + MISSING_BLANK)

/* At six decimals, counted out by hand. */
static const struct {
  const char *cell;
  int64_t mantissa;
} readings[] = {
    {"1", 1000000},
    {"1073.741824", 1073741824},
    {"0.0000004", 1}, /* not 0 */
    {"0.0000005", 1}, /* half to even is 0 */
    {"0.0000015", 2},
    {"4e-400", 1},
    {"-0.0000004", -1}, /* not a row of weight 0 */
    {"-1e-300", -1},
    {"0", 0},
    {"0.0", 0},
    {"-0.0000000000", 0},
    {"0e-400", 0},
    {"1.2345675", 1234568},
    {"4611686018427.387904", NUMBER_MAX},
    {"4611686018427.387905", INVALID},
    {"-1.5", -1500000},
    {"", BLANK},
    {"n/a", INVALID},
};
enum { READINGS = sizeof readings / sizeof readings[0] };

typedef struct scene {
  program *p;
  fixture *data;
  frame *f;
  uint32_t weight;
} scene;

static scene open_scene(const char *const *cells, uint32_t rows, packed_kind kind, uint8_t decimals,
                        weight_kind weighs) {
  scene s = {.p = program_new(), .data = fixture_new(rows)};
  uint32_t variable;
  fixture_column(s.data, "w", kind, cells);
  sample_add(s.p,
             &(program_variable){.kind = VARIABLE_NUMBER, .name = "w", .column = "w", .decimals = decimals},
             &variable);
  assert_int_equal(program_add_weight(s.p, (program_weight){variable, weighs}, &s.weight, NULL), STATUS_OK);
  const program_accumulator a = {.kind = ACCUMULATOR_WEIGHTS, .filter = PROGRAM_NONE, .weight = s.weight};
  assert_int_equal(program_add_accumulator(s.p, &a, NULL, NULL), STATUS_OK);
  assert_int_equal(frame_new(s.p, fixture_rows(s.data), &s.f, NULL), STATUS_OK);
  return s;
}

static void close_scene(scene *s) {
  frame_destroy(s->f);
  program_destroy(s->p);
  fixture_destroy(s->data);
}

static void a_weight_stays_on_its_side_of_zero_in_every_encoding(void **state) {
  (void)state;
  const char *cells[READINGS];
  for (int r = 0; r < READINGS; r++) {
    cells[r] = readings[r].cell;
  }
  for (int k = 0; k < KINDS; k++) {
    scene s = open_scene(cells, READINGS, kinds[k], 6, WEIGHT_SAMPLING);
    weight_reading reading;
    weight_view view;
    int64_t zeros;
    assert_int_equal(frame_weight_reading(s.f, s.weight, &reading, NULL), STATUS_OK);
    assert_int_equal(frame_weights(s.f, s.weight, &view, NULL), STATUS_OK);
    assert_int_equal(frame_weight_zeros(s.f, s.weight, &zeros, NULL), STATUS_OK);
    assert_int_equal(zeros, 4);
    for (uint32_t r = 0; r < READINGS; r++) {
      const int64_t expected = readings[r].mantissa;
      if (reading.mantissas[r] != expected) {
        fail_msg("'%s' in encoding %d: %lld", cells[r], k, (long long)reading.mantissas[r]);
      }
      assert_int_equal(weight_at(&view, r), expected > 0 ? expected : 0);
    }
    close_scene(&s);
  }
}

/* 10^18 |kept - given| / given, rounded up. */
static void the_largest_relative_error_is_the_same_in_every_encoding(void **state) {
  (void)state;
  static const struct {
    const char *cell;
    uint8_t decimals;
    int64_t error;
  } cases[] = {
      {"1.25", 2, 0},
      {"1.25", 1, 40000000000000000}, /* 1.2: 0.05 / 1.25 */
      {"3", 0, 0},
      {"0.75", 0, 333333333333333334}, /* 1: a third */
      {"0.4", 0, WEIGHT_ERROR_MAX},    /* 1: more than itself */
      {"0.0000004", 6, WEIGHT_ERROR_MAX},
      {"1e-90", 6, WEIGHT_ERROR_MAX},
      {"-1.25", 1, 0},                /* is not a weight */
      {"1000000.0000001", 6, 100000}, /* 1e-7 / 1e6 = 1e-13, a little less */
      {"4000000000000000000.4", 0, 1},
      {"0.1234567890123456789", 18, 1}, /* 1e-19 / 0.12 */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (int k = 0; k < KINDS; k++) {
      const char *cells[] = {"1", cases[i].cell, ""};
      scene s = open_scene(cells, 3, kinds[k], cases[i].decimals, WEIGHT_SAMPLING);
      int64_t largest;
      assert_int_equal(frame_weight_error(s.f, s.weight, &largest, NULL), STATUS_OK);
      if (largest != cases[i].error) {
        fail_msg("'%s' at %u decimals in encoding %d: %lld", cases[i].cell, cases[i].decimals, k,
                 (long long)largest);
      }
      close_scene(&s);
    }
  }
}

static void troubles_are_counted_with_their_first_places(void **state) {
  (void)state;
  const char *cells[] = {"1.5", "", "x", "1e40", "-1e40", "-2", "0", "0.000123", "123456789.1234567", ""};
  static const struct {
    int64_t n;
    uint64_t first_line;
  } expected[WEIGHT_TROUBLES] = {
      [WEIGHT_MISSING] = {2, 3},  [WEIGHT_NO_NUMBER] = {1, 4},  [WEIGHT_TOO_LARGE] = {1, 5},
      [WEIGHT_NEGATIVE] = {2, 6}, [WEIGHT_FEW_DIGITS] = {1, 9},
  };
  for (int k = 0; k < KINDS; k++) {
    scene s = open_scene(cells, 10, kinds[k], 5, WEIGHT_SAMPLING);
    partial *all = NULL;
    assert_int_equal(partial_map(s.p, fixture_rows(s.data), &all, NULL), STATUS_OK);
    const weights_state *w = partial_state(all, 0);
    assert_int_equal(w->above_zero, 3);
    assert_int_equal(w->zero, 1);
    assert_int_equal(w->rounded, 2);
    assert_int_equal(w->smallest, 12);
    assert_int_equal(w->largest, 12345678912346);
    for (int t = 0; t < WEIGHT_TROUBLES; t++) {
      assert_int_equal(w->troubles[t].n, expected[t].n);
      if (expected[t].n > 0) {
        assert_int_equal(w->troubles[t].places[0].line, expected[t].first_line);
      }
    }
    assert_slice_equal(w->troubles[WEIGHT_NO_NUMBER].places[0].text, slice_of("x"));
    partial_destroy(all);
    close_scene(&s);
  }
}

static void only_frequency_weights_have_fractions(void **state) {
  (void)state;
  const char *cells[] = {"2", "2.0", "0.4", "1.5", "-0.5", "0", "3e0"};
  static const weight_kind weighs[] = {WEIGHT_SAMPLING, WEIGHT_FREQUENCY};
  for (int i = 0; i < 2; i++) {
    for (uint8_t decimals = 0; decimals < 2; decimals++) {
      scene s = open_scene(cells, 7, PACKED_CODES, decimals, weighs[i]);
      partial *all = NULL;
      assert_int_equal(partial_map(s.p, fixture_rows(s.data), &all, NULL), STATUS_OK);
      const weights_state *w = partial_state(all, 0);
      assert_int_equal(w->troubles[WEIGHT_FRACTIONAL].n, weighs[i] == WEIGHT_FREQUENCY ? 2 : 0);
      partial_destroy(all);
      close_scene(&s);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_weight_stays_on_its_side_of_zero_in_every_encoding),
      cmocka_unit_test(the_largest_relative_error_is_the_same_in_every_encoding),
      cmocka_unit_test(troubles_are_counted_with_their_first_places),
      cmocka_unit_test(only_frequency_weights_have_fractions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
