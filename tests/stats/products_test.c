/* PRODUCTS against the plainest possible sums, over many random surveys.
 *
 * Goal: whatever the ranges, weights, missing answers and shards, each block holds exactly the integers that
 * a loop over its rows adds up, and it is folded by the whole and not by its parts.  Method: seeded random
 * columns; an oracle in 128-bit integers; the seed is printed with every failure. */
#include "stats/accumulators/products.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stats/accumulators/partial.h"
#include "stats/frame/random.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/fixture.h"

enum { COLUMNS_MAX = 9, GROUP_KEYS = 3, SEED = 5 };

static int64_t between(seeded *state, int64_t low, int64_t high) {
  return low + (int64_t)(seeded_next(state) % (uint64_t)(high - low + 1));
}

typedef struct survey {
  uint64_t seed;
  uint32_t rows, columns;
  bool pairwise, weighted, grouped, replicated;
  bool number[COLUMNS_MAX];
  int64_t *values[COLUMNS_MAX]; /* INT64_MIN: missing */
  int64_t *weights;             /* four decimals; INT64_MIN: missing */
  int64_t *groups;              /* 1..GROUP_KEYS; INT64_MIN: missing */
  fixture *data;
  program *p;
} survey;

static int64_t *random_column(survey *s, seeded *state, const char *name, int64_t low, int64_t high,
                              unsigned decimals, unsigned missing_in) {
  int64_t *values = malloc((s->rows + 1) * sizeof *values);
  double *cells = malloc((s->rows + 1) * sizeof *cells);
  assert_true(values != NULL && cells != NULL);
  for (uint32_t r = 0; r < s->rows; r++) {
    const bool missing = missing_in > 0 && seeded_next(state) % missing_in == 0;
    values[r] = missing ? INT64_MIN : between(state, low, high);
    cells[r] = missing ? (double)NAN : (double)values[r] / (double)decimal_power10(decimals);
  }
  fixture_numbers(s->data, name, decimals > 0 ? PACKED_DECIMALS : PACKED_CODES, cells);
  free(cells);
  return values;
}

static uint32_t add_variable(survey *s, const char *name, bool number, unsigned decimals, int64_t low,
                             int64_t high) {
  const program_variable v = {.kind = number ? VARIABLE_NUMBER : VARIABLE_SCALE,
                              .name = name,
                              .column = name,
                              .has_range = !number,
                              .low = low,
                              .high = high,
                              .decimals = (uint8_t)decimals};
  uint32_t index = 0;
  assert_int_equal(program_add_variable(s->p, &v, &index, NULL), STATUS_OK);
  return index;
}

static void add_accumulator(survey *s, uint32_t *variables) {
  int64_t params[] = {s->pairwise, s->replicated};
  program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                           .variables = variables,
                           .variables_count = s->columns,
                           .filter = PROGRAM_NONE,
                           .weight = PROGRAM_NONE,
                           .params = params,
                           .params_count = 2};
  const program_variable random = {.kind = VARIABLE_REPLICATE, .name = "random", .groups = 256, .seed = SEED};
  if (s->replicated) {
    assert_int_equal(program_add_variable(s->p, &random, &variables[a.variables_count++], NULL), STATUS_OK);
  }
  if (s->weighted) {
    const program_weight w = {add_variable(s, "w", true, 4, 0, 0), WEIGHT_SAMPLING};
    assert_int_equal(program_add_weight(s->p, w, &a.weight, NULL), STATUS_OK);
  }
  if (s->grouped) {
    a.by[a.by_count++] = add_variable(s, "g", false, 0, 1, GROUP_KEYS);
  }
  assert_int_equal(program_add_accumulator(s->p, &a, NULL, NULL), STATUS_OK);
}

static void survey_init(survey *s, uint64_t seed) {
  static const int64_t spans[] = {0, 1, 4, 6, 10, 15, 30, 100, 239};
  seeded state = {seed};
  uint32_t variables[COLUMNS_MAX + 1];
  *s = (survey){.seed = seed};
  s->rows = (uint32_t)(between(&state, 0, 1) ? between(&state, 0, 60) : between(&state, 1500, 4000));
  s->columns = (uint32_t)between(&state, 1, COLUMNS_MAX);
  s->pairwise = between(&state, 0, 1) == 0;
  s->weighted = between(&state, 0, 2) == 0;
  s->grouped = between(&state, 0, 1) == 0;
  s->replicated = between(&state, 0, 3) > 0;
  const bool small_only = between(&state, 0, 1) == 0;
  s->data = fixture_new(s->rows);
  s->p = program_new();
  for (uint32_t i = 0; i < s->columns; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%u", i);
    const int64_t span = spans[seeded_next(&state) % (small_only ? 6 : 9)];
    s->number[i] = !small_only && between(&state, 0, 4) == 0;
    const int64_t low = s->number[i] ? -100000 : between(&state, -15, 15);
    const int64_t high = s->number[i] ? 90000000 : low + span;
    s->values[i] = random_column(s, &state, name, low, high, s->number[i] ? 2 : 0, 7);
    variables[i] = add_variable(s, name, s->number[i], s->number[i] ? 2 : 0, low, high);
  }
  s->weights = random_column(s, &state, "w", 0, between(&state, 0, 1) ? 30000 : INT64_C(1) << 45, 4, 30);
  s->groups = random_column(s, &state, "g", 1, GROUP_KEYS, 0, 9);
  add_accumulator(s, variables);
}

static void survey_fini(survey *s) {
  for (uint32_t i = 0; i < s->columns; i++) {
    free(s->values[i]);
  }
  free(s->weights);
  free(s->groups);
  fixture_destroy(s->data);
  program_destroy(s->p);
}

/* In SHARDS parts, merged through their bytes, the last first. */
static partial *map_in_shards(const survey *s, uint32_t shards) {
  partial *all = NULL;
  error err;
  for (uint32_t k = shards; k-- > 0;) {
    const uint32_t first = s->rows * k / shards;
    fixture *cut = fixture_cut(s->data, first, s->rows * (k + 1) / shards - first);
    partial *one = NULL;
    partial *again = NULL;
    buf bytes = {0};
    reader r;
    assert_int_equal(partial_map(s->p, fixture_rows(cut), &one, &err), STATUS_OK);
    partial_encode(one, &bytes);
    reader_init(&r, bytes.data, bytes.length);
    if (partial_decode(s->p, &r, &again, &err) != STATUS_OK) {
      fail_msg("seed %llu: %s", (unsigned long long)s->seed, err.message);
    }
    if (all == NULL) {
      all = again;
    } else {
      assert_int_equal(partial_merge(all, again, &err), STATUS_OK);
      partial_destroy(again);
    }
    partial_destroy(one);
    buf_fini(&bytes);
    fixture_destroy(cut);
  }
  return all;
}

/* ---- The oracle ----------------------------------------------------------------------------------- */

/* Whether ROW belongs into the block. */
static bool is_of_block(const survey *s, const products_state *state, products_key key, uint32_t row) {
  const uint64_t bits = random_bits(SEED, RANDOM_REPLICATE, row, 0);
  if (s->weighted && s->weights[row] <= 0) {
    return false;
  }
  if (s->replicated && (bits & (state->replicates - 1)) != key.replicate) {
    return false;
  }
  if (!s->grouped) {
    return true;
  }
  const axis *keys = &state->groups.by[0];
  return axis_find(keys, false, s->groups[row], (slice){0}) == key.place;
}

static bool is_answered(const survey *s, uint32_t row, uint32_t i, uint32_t j) {
  bool answered = s->values[i][row] != INT64_MIN && s->values[j][row] != INT64_MIN;
  for (uint32_t k = 0; k < s->columns && !s->pairwise; k++) {
    answered = answered && s->values[k][row] != INT64_MIN;
  }
  return answered;
}

typedef struct oracle {
  i128 n, w, x, y, xx, xy;
} oracle;

static oracle add_up(const survey *s, const products_state *state, products_key key, uint32_t i, uint32_t j) {
  oracle o = {0};
  for (uint32_t row = 0; row < s->rows; row++) {
    if (is_of_block(s, state, key, row) && is_answered(s, row, i, j)) {
      const i128 w = s->weighted ? s->weights[row] : 1;
      o.n++;
      o.w += w;
      o.x += w * s->values[i][row];
      o.y += w * s->values[j][row];
      o.xx += w * s->values[i][row] * s->values[i][row];
      o.xy += w * s->values[i][row] * s->values[j][row];
    }
  }
  return o;
}

static void expect_sum(const survey *s, const products_state *state, const uint64_t *block, uint32_t at,
                       i128 expected, const char *what) {
  const exact sum = products_sum(state, block, at);
  const exact wanted = exact_from_i128(expected);
  if (exact_compare(&sum, &wanted) != 0) {
    fail_msg("seed %llu: %s at %u is %g, not %g", (unsigned long long)s->seed, what, at,
             exact_to_double(&sum), (double)expected);
  }
}

static void expect_block(const survey *s, const products_state *state, uint32_t b) {
  const uint64_t *block = products_block(state, b);
  for (uint32_t i = 0; i < s->columns; i++) {
    for (uint32_t j = 0; j < s->columns; j++) {
      const oracle o = add_up(s, state, state->keys[b], i, j);
      expect_sum(s, state, block, products_at_n(state, i, j), o.n, "n");
      expect_sum(s, state, block, products_at_x(state, i, j), o.x, "x");
      expect_sum(s, state, block, products_at_x(state, j, i), o.y, "y");
      expect_sum(s, state, block, products_at_xx(state, i, j), o.xx, "xx");
      expect_sum(s, state, block, products_at_xy(state, i, j), o.xy, "xy");
      if (s->weighted) {
        expect_sum(s, state, block, products_at_w(state, i, j), o.w, "w");
      }
    }
  }
}

/* Rows with an answer (listwise: with all) that no block has would be missed here. */
static void expect_all_rows(const survey *s, const products_state *state) {
  int64_t rows = 0;
  int64_t counted = 0;
  for (uint32_t row = 0; row < s->rows; row++) {
    rows += is_answered(s, row, 0, 0) && !(s->weighted && s->weights[row] <= 0);
  }
  for (uint32_t b = 0; b < state->count; b++) {
    counted += products_n(state, products_block(state, b), 0, 0);
  }
  assert_int_equal(counted, rows);
}

static void blocks_hold_the_sums_of_their_rows(void **unused) {
  (void)unused;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    survey s;
    survey_init(&s, seed);
    partial *all = map_in_shards(&s, 1 + (uint32_t)(seed % 4));
    const products_state *state = partial_state(all, 0);
    expect_all_rows(&s, state);
    for (uint32_t b = 0; b<state->count; b += state->count> 40 ? 17 : 1) {
      expect_block(&s, state, b);
    }
    partial_destroy(all);
    survey_fini(&s);
  }
}

/* ---- Folding -------------------------------------------------------------------------------------- */

enum { WIDE_COLUMNS = 60 };

/* 60 items pairwise are 10,860 sums of 8 bytes a block, so at most 387 blocks fit 32 MiB. */
static program *wide_program(uint32_t groups) {
  uint32_t variables[WIDE_COLUMNS + 1];
  int64_t params[] = {1, 1};
  program *p = program_new();
  const program_variable random = {
      .kind = VARIABLE_REPLICATE, .name = "random", .groups = groups, .seed = SEED};
  for (uint32_t i = 0; i < WIDE_COLUMNS; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%u", i);
    const program_variable v = {
        .kind = VARIABLE_SCALE, .name = name, .column = name, .has_range = true, .low = 1, .high = 5};
    assert_int_equal(program_add_variable(p, &v, &variables[i], NULL), STATUS_OK);
  }
  assert_int_equal(program_add_variable(p, &random, &variables[WIDE_COLUMNS], NULL), STATUS_OK);
  const program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                                 .variables = variables,
                                 .variables_count = WIDE_COLUMNS + 1,
                                 .filter = PROGRAM_NONE,
                                 .weight = PROGRAM_NONE,
                                 .params = params,
                                 .params_count = 2};
  assert_int_equal(program_add_accumulator(p, &a, NULL, NULL), STATUS_OK);
  return p;
}

static fixture *wide_survey(uint32_t rows) {
  fixture *f = fixture_new(rows);
  double *cells = malloc(rows * sizeof *cells);
  seeded state = {9};
  assert_non_null(cells);
  for (uint32_t i = 0; i < WIDE_COLUMNS; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%u", i);
    for (uint32_t r = 0; r < rows; r++) {
      cells[r] = (double)between(&state, 1, 5);
    }
    fixture_numbers(f, name, PACKED_CODES, cells);
  }
  free(cells);
  return f;
}

static partial *map_cut(const program *p, const fixture *f, uint32_t first, uint32_t count) {
  fixture *cut = fixture_cut(f, first, count);
  partial *out = NULL;
  error err;
  if (partial_map(p, fixture_rows(cut), &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  fixture_destroy(cut);
  return out;
}

static void expect_equal(const partial *a, const partial *b) {
  buf left = {0};
  buf right = {0};
  partial_encode(a, &left);
  partial_encode(b, &right);
  assert_int_equal(left.length, right.length);
  assert_memory_equal(left.data, right.data, left.length);
  buf_fini(&left);
  buf_fini(&right);
}

/* 300 rows are fewer blocks than 387 and stay as they are; 2,000 rows are too many of 1,024, and of 512; the
 * parts are folded or not, as it comes. */
static void blocks_that_are_too_many_are_folded_however_shards_meet(void **unused) {
  (void)unused;
  enum { ROWS = 2000, FEW = 300 };
  program *p = wide_program(1024);
  program *fewer = wide_program(256);
  fixture *f = wide_survey(ROWS);
  error err;
  partial *few = map_cut(p, f, 0, FEW);
  partial *rest = map_cut(p, f, FEW, ROWS - FEW);
  partial *whole = map_cut(p, f, 0, ROWS);
  partial *folded = map_cut(fewer, f, 0, ROWS);
  assert_int_equal(((const products_state *)partial_state(few, 0))->replicates, 1024);
  assert_int_equal(((const products_state *)partial_state(rest, 0))->replicates, 256);
  assert_int_equal(((const products_state *)partial_state(whole, 0))->replicates, 256);
  assert_int_equal(partial_merge(few, rest, &err), STATUS_OK);
  expect_equal(few, whole);
  const products_state *a = partial_state(whole, 0);
  const products_state *b = partial_state(folded, 0);
  assert_int_equal(a->count, b->count);
  assert_memory_equal(a->sums, b->sums, (size_t)a->count * a->sums_count * a->limbs * sizeof *a->sums);
  partial_destroy(few);
  partial_destroy(rest);
  partial_destroy(whole);
  partial_destroy(folded);
  fixture_destroy(f);
  program_destroy(p);
  program_destroy(fewer);
}

/* 300 random groups of 1,024 in each of two parts, of which no more than 387 differ, and of which more do. */
static void it_is_the_union_that_decides_about_folding(void **unused) {
  (void)unused;
  program *p = wide_program(1024);
  fixture *f = wide_survey(900);
  error err;
  partial *parts[] = {map_cut(p, f, 0, 300), map_cut(p, f, 300, 300), map_cut(p, f, 600, 300)};
  partial *whole = map_cut(p, f, 0, 900);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(((const products_state *)partial_state(parts[i], 0))->replicates, 1024);
  }
  assert_int_equal(partial_merge(parts[1], parts[2], &err), STATUS_OK);
  assert_int_equal(partial_merge(parts[0], parts[1], &err), STATUS_OK);
  assert_true(((const products_state *)partial_state(whole, 0))->replicates < 1024);
  expect_equal(parts[0], whole);
  for (size_t i = 0; i < 3; i++) {
    partial_destroy(parts[i]);
  }
  partial_destroy(whole);
  fixture_destroy(f);
  program_destroy(p);
}

static void what_gives_no_random_groups_is_refused(void **unused) {
  (void)unused;
  uint32_t variables[2];
  int64_t params[] = {0, 1};
  uint64_t bytes;
  error err;
  program *p = program_new();
  for (uint32_t i = 0; i < 2; i++) {
    const program_variable v = {.kind = VARIABLE_SCALE,
                                .name = i == 0 ? "a" : "b",
                                .column = i == 0 ? "a" : "b",
                                .has_range = true,
                                .low = 1,
                                .high = 5};
    assert_int_equal(program_add_variable(p, &v, &variables[i], NULL), STATUS_OK);
  }
  const program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                                 .variables = variables,
                                 .variables_count = 2,
                                 .filter = PROGRAM_NONE,
                                 .weight = PROGRAM_NONE,
                                 .params = params,
                                 .params_count = 2};
  assert_int_equal(accumulator_find(ACCUMULATOR_PRODUCTS)->check(p, &a, &bytes, &err), STATUS_USAGE);
  assert_string_equal(err.message, "products: the last variable gives no random groups");
  program_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_hold_the_sums_of_their_rows),
      cmocka_unit_test(blocks_that_are_too_many_are_folded_however_shards_meet),
      cmocka_unit_test(it_is_the_union_that_decides_about_folding),
      cmocka_unit_test(what_gives_no_random_groups_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
