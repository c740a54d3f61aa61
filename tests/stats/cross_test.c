/* CROSS and JOINT against the plainest possible sums, over many random surveys.
 *
 * Goal: whatever the ranges, weights, groups, filter, shards and SIMD form, the states hold exactly the
 * integers that a loop over the rows adds up.  Method: seeded random columns; an oracle in 128-bit
 * integers; the seed is printed with every failure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include "stats/accumulators/pairs.h"
#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/fixture.h"

enum { COLUMNS_MAX = 12, GROUP_KEYS = 4 };

static int64_t between(seeded *state, int64_t low, int64_t high) {
  return low + (int64_t)(seeded_next(state) % (uint64_t)(high - low + 1));
}

typedef struct survey {
  uint64_t seed;
  uint32_t rows, columns, split;
  bool weighted, grouped, filtered;
  bool number[COLUMNS_MAX]; /* two decimals */
  int64_t low[COLUMNS_MAX], high[COLUMNS_MAX];
  int64_t *values[COLUMNS_MAX]; /* INT64_MIN: missing */
  int64_t *weights;             /* four decimals; INT64_MIN: missing */
  int64_t *groups;              /* 1..GROUP_KEYS; INT64_MIN: missing */
  int64_t *chosen;              /* the filter wants 1 */
  fixture *data;
  program *p;
  program_accumulator a;
  uint32_t variables[COLUMNS_MAX];
  int64_t params[2];
} survey;

/* Multiples of UNIT. */
static int64_t *random_multiples(survey *s, seeded *state, const char *name, int64_t low, int64_t high,
                                 int64_t unit, unsigned decimals, unsigned missing_in) {
  int64_t *values = malloc((s->rows + 1) * sizeof *values);
  double *cells = malloc((s->rows + 1) * sizeof *cells);
  assert_true(values != NULL && cells != NULL);
  for (uint32_t r = 0; r < s->rows; r++) {
    bool missing = missing_in > 0 && seeded_next(state) % missing_in == 0;
    values[r] = missing ? INT64_MIN : between(state, low, high) * unit;
    cells[r] = missing ? (double)NAN : (double)values[r] / (double)decimal_power10(decimals);
  }
  fixture_numbers(s->data, name, decimals > 0 ? PACKED_DECIMALS : PACKED_CODES, cells);
  free(cells);
  return values;
}

static int64_t *random_column(survey *s, seeded *state, const char *name, int64_t low, int64_t high,
                              unsigned decimals, unsigned missing_in) {
  return random_multiples(s, state, name, low, high, 1, decimals, missing_in);
}

static uint32_t add_variable(survey *s, const char *name, bool number, unsigned decimals, int64_t low,
                             int64_t high) {
  program_variable v = {.kind = number ? VARIABLE_NUMBER : VARIABLE_SCALE,
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

static void add_filter(survey *s) {
  uint32_t v = add_variable(s, "chosen", false, 0, 0, 2);
  filter_value one = {.number = {1, 0}};
  filter_node node = {.kind = FILTER_EQ, .variable = v, .values = &one, .values_count = 1};
  program_filter f = {&node, 1};
  assert_int_equal(program_add_filter(s->p, &f, &s->a.filter, NULL), STATUS_OK);
}

static void survey_init(survey *s, uint64_t seed) {
  static const int64_t spans[] = {0, 1, 4, 6, 9, 10, 11, 12, 15, 16, 100, 239};
  seeded state = {seed};
  *s = (survey){.seed = seed};
  s->rows = (uint32_t)between(&state, 0, 1) ? (uint32_t)between(&state, 0, 200)
                                            : (uint32_t)between(&state, 4000, 9000);
  s->columns = (uint32_t)between(&state, 2, COLUMNS_MAX);
  s->split = between(&state, 0, 2) == 0 ? (uint32_t)between(&state, 1, s->columns - 1) : 0;
  s->weighted = between(&state, 0, 1) == 0;
  s->grouped = between(&state, 0, 1) == 0;
  s->filtered = between(&state, 0, 2) == 0;
  bool narrow_only = between(&state, 0, 1) == 0;
  s->data = fixture_new(s->rows);
  s->p = program_new();
  s->a = (program_accumulator){.variables = s->variables,
                               .variables_count = s->columns,
                               .filter = PROGRAM_NONE,
                               .weight = PROGRAM_NONE,
                               .params = s->params,
                               .params_count = 1};
  s->params[0] = s->split;
  for (uint32_t i = 0; i < s->columns; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%u", i);
    int64_t span = spans[seeded_next(&state) % (narrow_only ? 7 : 12)];
    s->number[i] = !narrow_only && between(&state, 0, 4) == 0;
    s->low[i] = s->number[i] ? -100000 : between(&state, -50, 50);
    s->high[i] = s->number[i] ? 90000000 : s->low[i] + span;
    s->values[i] = random_column(s, &state, name, s->low[i], s->high[i], s->number[i] ? 2 : 0, 7);
    s->variables[i] = add_variable(s, name, s->number[i], s->number[i] ? 2 : 0, s->low[i], s->high[i]);
  }
  s->weights = random_multiples(s, &state, "w", 0, between(&state, 0, 1) ? 30000 : 1 << 29,
                                between(&state, 0, 2) ? 1 : 10000000, 4, 30);
  s->groups = random_column(s, &state, "g", 1, GROUP_KEYS, 0, 9);
  s->chosen = random_column(s, &state, "chosen", 0, 2, 0, 9);
  if (s->filtered) {
    add_filter(s);
  }
  if (s->weighted) {
    program_weight w = {add_variable(s, "w", true, 4, 0, 0), WEIGHT_SAMPLING};
    assert_int_equal(program_add_weight(s->p, w, &s->a.weight, NULL), STATUS_OK);
  }
  if (s->grouped) {
    s->a.by[s->a.by_count++] = add_variable(s, "g", false, 0, 1, GROUP_KEYS);
  }
}

static void survey_fini(survey *s) {
  for (uint32_t i = 0; i < s->columns; i++) {
    free(s->values[i]);
  }
  free(s->weights);
  free(s->groups);
  free(s->chosen);
  fixture_destroy(s->data);
  program_destroy(s->p);
}

static bool row_is_used(const survey *s, uint32_t row) {
  return (!s->filtered || s->chosen[row] == 1) && (!s->weighted || s->weights[row] > 0);
}

/* The state of all shards, merged. */
static partial *map_in_shards(const survey *s, uint32_t shards) {
  error err;
  partial *all = NULL;
  assert_int_equal(partial_empty(s->p, &all, &err), STATUS_OK);
  for (uint32_t k = 0; k < shards; k++) {
    uint32_t from = (uint32_t)((uint64_t)s->rows * k / shards);
    uint32_t end = (uint32_t)((uint64_t)s->rows * (k + 1) / shards);
    fixture *cut = fixture_cut(s->data, from, end - from);
    partial *one = NULL;
    status st = partial_map(s->p, fixture_rows(cut), &one, &err);
    if (st != STATUS_OK) {
      fail_msg("seed %llu: %s", (unsigned long long)s->seed, err.message);
    }
    assert_int_equal(partial_merge(all, one, &err), STATUS_OK);
    partial_destroy(one);
    fixture_destroy(cut);
  }
  return all;
}

static uint32_t place_of(const survey *s, const grouping *g, int64_t key) {
  if (!s->grouped) {
    return 0;
  }
  for (uint32_t i = 0; i < g->by[0].count; i++) {
    if (g->by[0].numbers[i] == key) {
      return i;
    }
  }
  return g->by[0].count;
}

static void expect_sum(const survey *s, const char *what, const exact *have, i128 want) {
  i128 is;
  if (!exact_fits_i128(have, &is) || is != want) {
    fail_msg("seed %llu: %s is wrong", (unsigned long long)s->seed, what);
  }
}

static void expect_pair(const survey *s, const cross_state *c, int64_t group, uint32_t i, uint32_t j) {
  i128 n = 0, w = 0, w2 = 0, w2_is, plain[5] = {0}, weighted[5] = {0};
  for (uint32_t r = 0; r < s->rows; r++) {
    i128 x = s->values[i][r], y = s->values[j][r], weight = s->weighted ? s->weights[r] : 0;
    if (!row_is_used(s, r) || (s->grouped && s->groups[r] != group) || x == INT64_MIN || y == INT64_MIN) {
      continue;
    }
    const i128 terms[] = {x, y, x * x, y * y, x * y};
    n++;
    w += weight;
    w2 += weight * weight;
    for (int k = 0; k < 5; k++) {
      plain[k] += terms[k];
      weighted[k] += weight * terms[k];
    }
  }
  uint32_t place = place_of(s, &c->groups, group);
  const cross_sums *at = &c->at[(size_t)place * c->pairs_count + pair_index(pairs_of(&s->a), i, j)];
  if (at->n != (int64_t)n || at->w != w || !exact_fits_i128(&at->w2, &w2_is) || w2_is != w2) {
    fail_msg("seed %llu: n or weights of pair %u, %u", (unsigned long long)s->seed, i, j);
  }
  const exact *sums[] = {&at->x, &at->y, &at->xx, &at->yy, &at->xy};
  const exact *weighted_sums[] = {&at->wx, &at->wy, &at->wxx, &at->wyy, &at->wxy};
  for (int k = 0; k < 5; k++) {
    expect_sum(s, "a sum", sums[k], plain[k]);
    expect_sum(s, "a weighted sum", weighted_sums[k], weighted[k]);
  }
}

static void expect_cross(const survey *s, const cross_state *c) {
  pair_list pairs = pairs_of(&s->a);
  assert_int_equal(c->pairs_count, pairs_count(pairs));
  for (uint32_t i = 0; i < pairs_end(pairs); i++) {
    for (uint32_t j = pairs_first(pairs, i); j < s->columns; j++) {
      for (int64_t g = 1; g <= GROUP_KEYS; g++) {
        expect_pair(s, c, g, i, j);
      }
      expect_pair(s, c, INT64_MIN, i, j);
    }
  }
}

static void expect_same_bytes(const survey *s, const buf *a, const buf *b, const char *what) {
  if (a->length != b->length || memcmp(a->data, b->data, a->length) != 0) {
    fail_msg("seed %llu: %s gives other bytes", (unsigned long long)s->seed, what);
  }
}

static void bytes_of(const survey *s, uint32_t shards, buf *out) {
  partial *all = map_in_shards(s, shards);
  buf_init(out);
  partial_encode(all, out);
  partial_destroy(all);
}

static void cross_equals_plain_sums_in_every_form(void **state) {
  (void)state;
  static const char *const forms[] = {"portable", "avx2", "avx512"};
  for (uint64_t seed = 1; seed <= 60; seed++) {
    survey s;
    survey_init(&s, seed);
    s.a.kind = ACCUMULATOR_CROSS;
    assert_int_equal(program_add_accumulator(s.p, &s.a, NULL, NULL), STATUS_OK);
    buf first;
    buf_init(&first);
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
      if (stats_kernels_choose(forms[k], NULL) != STATUS_OK) {
        continue;
      }
      buf bytes;
      bytes_of(&s, (uint32_t)(1 + 2 * k), &bytes);
      if (k == 0) {
        partial *all = map_in_shards(&s, 1);
        expect_cross(&s, partial_state(all, 0));
        partial_destroy(all);
        first = bytes;
      } else {
        expect_same_bytes(&s, &first, &bytes, forms[k]);
        buf_fini(&bytes);
      }
    }
    buf_fini(&first);
    survey_fini(&s);
  }
}

/* ---- JOINT --------------------------------------------------------------------------------------- */

static const joint_entry *find_entry(const joint_table *t, int64_t x, int64_t y) {
  for (uint32_t k = 0; k < t->count; k++) {
    if (t->entries[k].x == x && t->entries[k].y == y) {
      return &t->entries[k];
    }
  }
  return NULL;
}

/* Each entry's count and weight; and that the entries hold every row. */
static void expect_table(const survey *s, const joint_table *t, int64_t group, uint32_t i, uint32_t j) {
  int64_t n = 0, held = 0;
  for (uint32_t k = 0; k < t->count; k++) {
    held += t->entries[k].n;
  }
  for (uint32_t r = 0; r < s->rows; r++) {
    int64_t x = s->values[i][r], y = s->values[j][r];
    if (!row_is_used(s, r) || (s->grouped && s->groups[r] != group) || x == INT64_MIN || y == INT64_MIN) {
      continue;
    }
    n++;
    if (find_entry(t, x, y) == NULL) {
      fail_msg("seed %llu: (%lld, %lld) of pair %u, %u is not in its table", (unsigned long long)s->seed,
               (long long)x, (long long)y, i, j);
    }
  }
  assert_int_equal(n, held);
}

static void joint_tables_hold_every_row_in_any_shards(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    survey s;
    survey_init(&s, seed);
    s.rows = s.rows > 300 ? 300 : s.rows;
    fixture *small = fixture_cut(s.data, 0, s.rows);
    fixture_destroy(s.data);
    s.data = small;
    s.a.kind = ACCUMULATOR_JOINT;
    s.params[1] = 100000;
    s.a.params_count = 2;
    assert_int_equal(program_add_accumulator(s.p, &s.a, NULL, NULL), STATUS_OK);
    partial *all = map_in_shards(&s, 1);
    const joint_state *joint = partial_state(all, 0);
    for (uint32_t i = 0; i < pairs_end(pairs_of(&s.a)); i++) {
      for (uint32_t j = pairs_first(pairs_of(&s.a), i); j < s.columns; j++) {
        uint32_t place = place_of(&s, &joint->groups, 2);
        const joint_table *t = &joint->at[place * joint->pairs_count + pair_index(pairs_of(&s.a), i, j)];
        if (!s.grouped || (place < joint->groups.by[0].count)) {
          expect_table(&s, t, 2, i, j);
        }
      }
    }
    buf one, many;
    bytes_of(&s, 1, &one);
    bytes_of(&s, 7, &many);
    expect_same_bytes(&s, &one, &many, "cutting into shards");
    buf_fini(&one);
    buf_fini(&many);
    partial_destroy(all);
    survey_fini(&s);
  }
}

static void joint_tables_past_their_limit_are_overflown_in_any_shards(void **state) {
  (void)state;
  unsigned overflown = 0;
  for (uint64_t seed = 100; seed <= 120; seed++) {
    survey s;
    survey_init(&s, seed);
    s.a.kind = ACCUMULATOR_JOINT;
    s.params[1] = 20;
    s.a.params_count = 2;
    assert_int_equal(program_add_accumulator(s.p, &s.a, NULL, NULL), STATUS_OK);
    buf one, many;
    bytes_of(&s, 1, &one);
    bytes_of(&s, 5, &many);
    expect_same_bytes(&s, &one, &many, "cutting into shards");
    buf_fini(&one);
    buf_fini(&many);
    partial *all = map_in_shards(&s, 3);
    const joint_state *joint = partial_state(all, 0);
    uint64_t tables = (uint64_t)grouping_places(&joint->groups) * joint->pairs_count, entries = 0;
    for (uint64_t i = 0; i < tables; i++) {
      entries += joint->at[i].count;
    }
    overflown += joint->overflown;
    assert_true(joint->overflown ? entries == 0 : entries <= 20);
    partial_destroy(all);
    survey_fini(&s);
  }
  assert_true(overflown > 0);
}

static void split_beyond_the_variables_is_refused(void **state) {
  (void)state;
  survey s;
  survey_init(&s, 5);
  uint64_t bytes = 0;
  error err;
  s.a.kind = ACCUMULATOR_CROSS;
  s.params[0] = s.columns;
  assert_int_equal(accumulator_find(ACCUMULATOR_CROSS)->check(s.p, &s.a, &bytes, &err), STATUS_USAGE);
  s.params[0] = -1;
  assert_int_equal(accumulator_find(ACCUMULATOR_CROSS)->check(s.p, &s.a, &bytes, &err), STATUS_USAGE);
  s.params[0] = 0;
  assert_int_equal(accumulator_find(ACCUMULATOR_CROSS)->check(s.p, &s.a, &bytes, &err), STATUS_OK);
  survey_fini(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cross_equals_plain_sums_in_every_form),
      cmocka_unit_test(joint_tables_hold_every_row_in_any_shards),
      cmocka_unit_test(joint_tables_past_their_limit_are_overflown_in_any_shards),
      cmocka_unit_test(split_beyond_the_variables_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
