/* MEAN against a slow oracle in GMP rationals: every row of random means over random inputs has the
 * exact value, rounded half to even at 12 decimals. */
#include <stdio.h>
#include <string.h>

#include "tests/base/rational.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"
#include "tests/stats/shown.h"

enum { ROWS = 300, INPUTS_MAX = 6, ROUNDS = 120 };

static int64_t between(seeded *state, int64_t low, int64_t high) {
  uint64_t span = (uint64_t)high - (uint64_t)low + 1;
  return (int64_t)((uint64_t)low + seeded_next(state) % span);
}

/* VALUE at 12 decimals, half to even; false when it is past NUMBER_MAX. */
static bool rounded(const mpq_t value, int64_t *out) {
  mpz_t mantissa;
  mpz_init(mantissa);
  rational_round(mantissa, value, 12);
  bool fits = mpz_fits_slong_p(mantissa) != 0;
  *out = fits ? mpz_get_si(mantissa) : 0;
  fits = fits && *out <= NUMBER_MAX && *out >= -NUMBER_MAX;
  mpz_clear(mantissa);
  return fits;
}

/* What MEAN should be in ROW, from the inputs' own views. */
static int64_t oracle(frame *f, const program_variable *v, uint32_t row) {
  mpq_t sum;
  mpq_t weights;
  mpq_t x;
  mpq_t a;
  mpq_t b;
  uint32_t answered = 0;
  int64_t result;
  mpq_inits(sum, weights, x, a, b, NULL);
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    number_view view;
    assert_int_equal(frame_number(f, v->inputs[i], &view, NULL), STATUS_OK);
    if (number_is_missing(view.values[row])) {
      continue;
    }
    rational_set(x, view.values[row], view.decimals);
    if (v->rescaled[i]) {
      rational_set(a, v->rescale_low[i].mantissa, v->rescale_low[i].scale);
      rational_set(b, v->rescale_high[i].mantissa, v->rescale_high[i].scale);
      mpq_sub(x, x, a);
      mpq_sub(b, b, a);
      mpq_div(x, x, b);
      rational_set(a, 100, 0);
      mpq_mul(x, x, a);
    }
    rational_set(a, v->weights != NULL ? v->weights[i] : 1, 0);
    mpq_add(weights, weights, a);
    mpq_mul(x, x, a);
    mpq_add(sum, sum, x);
    answered++;
  }
  if (answered < v->valid_min) {
    result = INT64_MIN + MISSING_TOO_FEW;
  } else {
    mpq_div(sum, sum, weights);
    result = rounded(sum, &result) ? result : INT64_MIN + MISSING_INVALID;
  }
  mpq_clears(sum, weights, x, a, b, NULL);
  return result;
}

static uint32_t random_input(program *p, fixture *data, seeded *random, uint32_t i, bool extreme) {
  static char texts[ROWS][32];
  const char *cells[ROWS];
  char name[8];
  uint32_t index;
  bool number = seeded_next(random) % 2;
  uint8_t decimals = number ? (uint8_t)(seeded_next(random) % 10) : 0;
  int64_t high = number ? extreme ? NUMBER_MAX : 100000 : 10;
  snprintf(name, sizeof name, "x%u", i);
  for (uint32_t r = 0; r < ROWS; r++) {
    decimal d = {between(random, number ? -high : 0, high), decimals};
    decimal_format(d, texts[r]);
    cells[r] = seeded_next(random) % 5 ? texts[r] : "";
  }
  fixture_column(data, name, number ? PACKED_DECIMALS : PACKED_CODES, cells);
  program_variable v = {.kind = number ? VARIABLE_NUMBER : VARIABLE_SCALE,
                        .name = name,
                        .column = name,
                        .decimals = decimals,
                        .has_range = !number || !extreme,
                        .low = number ? -high : 0,
                        .high = high};
  sample_add(p, &v, &index);
  return index;
}

static void check_rows(program *p, const fixture *data, uint32_t mean, uint64_t seed) {
  frame *f = NULL;
  number_view view;
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  assert_int_equal(frame_number(f, mean, &view, NULL), STATUS_OK);
  assert_int_equal(view.decimals, 12);
  for (uint32_t r = 0; r < ROWS; r++) {
    int64_t expected = oracle(f, &p->variables[mean], r);
    if (view.values[r] != expected) {
      fail_msg("seed %llu, row %u: %lld instead of %lld", (unsigned long long)seed, r,
               (long long)view.values[r], (long long)expected);
    }
    int64_t bound = program_variable_bound(p, mean);
    assert_true(number_is_missing(view.values[r]) || (view.values[r] <= bound && view.values[r] >= -bound));
  }
  frame_destroy(f);
}

/* A random mean over the variables in INPUTS; false when it is refused for its size. */
static bool random_mean(program *p, seeded *random, uint32_t *inputs, uint32_t count, bool extreme,
                        uint32_t *mean) {
  int64_t weights[INPUTS_MAX];
  bool rescaled[INPUTS_MAX];
  decimal low[INPUTS_MAX];
  decimal high[INPUTS_MAX];
  for (uint32_t i = 0; i < count; i++) {
    weights[i] = between(random, 1, extreme ? 1 << 20 : 30);
    rescaled[i] = seeded_next(random) % 2;
    low[i] = (decimal){between(random, -20, 1), (uint8_t)(seeded_next(random) % 3)};
    high[i] = (decimal){between(random, 3, 300), (uint8_t)(seeded_next(random) % 2)};
    if (decimal_compare(low[i], high[i]) >= 0) {
      rescaled[i] = false;
    }
  }
  program_variable v = {.kind = VARIABLE_MEAN,
                        .name = "mean",
                        .inputs = inputs,
                        .inputs_count = count,
                        .weights = seeded_next(random) % 3 ? weights : NULL,
                        .rescaled = rescaled,
                        .rescale_low = low,
                        .rescale_high = high,
                        .valid_min = (uint32_t)between(random, 1, count)};
  status st = program_add_variable(p, &v, mean, NULL);
  assert_true(st == STATUS_OK || st == STATUS_LIMIT);
  return st == STATUS_OK;
}

static void compare_with_oracle(bool extreme, uint32_t *taken) {
  *taken = 0;
  for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
    seeded random = {seed + (extreme ? 1000000 : 0)};
    fixture *data = fixture_new(ROWS);
    program *p = program_new();
    uint32_t inputs[INPUTS_MAX];
    uint32_t count = 1 + (uint32_t)(seeded_next(&random) % (INPUTS_MAX - 1));
    uint32_t mean;
    for (uint32_t i = 0; i < count; i++) {
      inputs[i] = random_input(p, data, &random, i, extreme);
    }
    if (random_mean(p, &random, inputs, count, extreme, &mean)) {
      check_rows(p, data, mean, seed);
      (*taken)++;
      inputs[count] = mean; /* a mean of a mean */
      if (random_mean(p, &random, inputs, count + 1, extreme, &mean)) {
        check_rows(p, data, mean, seed);
      }
    }
    program_destroy(p);
    fixture_destroy(data);
  }
}

static void means_of_declared_ranges_are_exact(void **state) {
  (void)state;
  uint32_t taken;
  compare_with_oracle(false, &taken);
  assert_int_equal(taken, ROUNDS);
}

static void means_of_any_numbers_are_exact_or_refused(void **state) {
  (void)state;
  uint32_t taken;
  compare_with_oracle(true, &taken);
  assert_true(taken > ROUNDS / 2);
}

static void an_index_of_items_is_on_0_to_100(void **state) {
  (void)state;
  const char *first[] = {"1", "5", "3", "", "", "2"};
  const char *second[] = {"10", "1", "", "4", "", "2"};
  const char *expected[] = {"40.000000000000", "60.000000000000", "!too_few",
                            "!too_few",        "!too_few",        "19.444444444444"};
  fixture *data = fixture_new(6);
  program *p = program_new();
  frame *f = NULL;
  uint32_t inputs[2];
  uint32_t mean;
  int64_t weights[] = {3, 2};
  bool rescaled[] = {true, true};
  decimal low[] = {{1, 0}, {1, 0}};
  decimal high[] = {{5, 0}, {10, 0}};
  fixture_column(data, "a", PACKED_CODES, first);
  fixture_column(data, "b", PACKED_CODES, second);
  sample_scale(p, "a", 1, 5, &inputs[0]);
  sample_scale(p, "b", 1, 10, &inputs[1]);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_MEAN,
                                 .name = "index",
                                 .inputs = inputs,
                                 .inputs_count = 2,
                                 .weights = weights,
                                 .rescaled = rescaled,
                                 .rescale_low = low,
                                 .rescale_high = high,
                                 .valid_min = 2},
             &mean);
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  for (uint32_t r = 0; r < 6; r++) {
    assert_string_equal(shown_row(f, mean, r), expected[r]);
  }
  frame_destroy(f);
  program_destroy(p);
  fixture_destroy(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(means_of_declared_ranges_are_exact),
      cmocka_unit_test(means_of_any_numbers_are_exact_or_refused),
      cmocka_unit_test(an_index_of_items_is_on_0_to_100),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
