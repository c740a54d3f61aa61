/* What the accumulators of answers hold, against plain loops over the same cells: frequency, moments,
 * facts, base.  Powers near the ends of what is valid are checked against GMP. */
#include <gmp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "tests/check.h"
#include "tests/stats/mapped.h"

enum { ROWS = 3000, CELL = 32 };

typedef char cells[ROWS][CELL];

static void add_cells(fixture *f, const char *name, cells *text) {
  const char *pointers[ROWS];
  for (int row = 0; row < ROWS; row++) {
    pointers[row] = (*text)[row];
  }
  fixture_column(f, name, PACKED_CODES, pointers);
}

static uint32_t key_of_text(const axis *a, const char *text) {
  for (uint32_t i = 0; i < a->count; i++) {
    if (slice_equal(a->texts[i], slice_of(text))) {
      return i;
    }
  }
  return a->count; /* the place of missing */
}

static uint32_t key_of_number(const axis *a, int64_t number) {
  for (uint32_t i = 0; i < a->count; i++) {
    if (a->numbers[i] == number) {
      return i;
    }
  }
  fail_msg("no key %lld", (long long)number);
  return 0;
}

/* An item 1..5, 9 is invalid, 0 is blank; a class, "" is blank; a weight with 4 decimals. */
typedef struct answers {
  cells item, class, weight;
  int values[ROWS];
  int64_t weights[ROWS];
} answers;

static answers *make_answers(fixture *f, uint64_t seed, bool heavy) {
  static const char *const classes[] = {"Eco", "Business", ""};
  seeded random = {seed};
  answers *a = calloc(1, sizeof *a);
  assert_non_null(a);
  for (int row = 0; row < ROWS; row++) {
    uint32_t pick = seeded_pick(&random, 7);
    a->values[row] = pick == 6 ? 9 : (int)pick;
    a->weights[row] = heavy ? (int64_t)(seeded_next(&random) >> 2) : seeded_pick(&random, 90000);
    snprintf(a->item[row], CELL, pick == 0 ? "" : "%d", a->values[row]);
    strcpy(a->class[row], classes[seeded_pick(&random, 3)]);
    snprintf(a->weight[row], CELL, "%" PRId64 ".%04d", a->weights[row] / 10000,
             (int)(a->weights[row] % 10000));
  }
  add_cells(f, "item1", &a->item);
  add_cells(f, "class", &a->class);
  add_cells(f, "weight", &a->weight);
  return a;
}

static void check_frequency_by_group(bool heavy) {
  fixture *f = fixture_new(ROWS);
  answers *a = make_answers(f, 11, heavy);
  mapped m = map_case(
      &(accumulator_case){
          .kind = ACCUMULATOR_FREQUENCY, .variables = {"item1"}, .by = {"class"}, .weighted = true},
      f);
  const frequency_state *s = partial_state(m.s, 0);
  size_t cells_count = (size_t)grouping_places(&s->groups) * frequency_places(s);
  int64_t *n = calloc(cells_count, sizeof *n);
  i128 *w = calloc(cells_count, sizeof *w);
  exact *w2 = calloc(cells_count, sizeof *w2);
  assert_int_equal(s->keys.count, 5);
  assert_int_equal(s->groups.by[0].count, 2);
  assert_int_equal(s->weight_decimals, 4);
  for (int row = 0; row < ROWS; row++) {
    const uint32_t key = key_of_text(&s->groups.by[0], a->class[row]);
    size_t first = (size_t)grouping_place(&s->groups, &key) * frequency_places(s);
    int v = a->values[row];
    size_t own = first + (v == 0   ? frequency_missing_at(s, MISSING_BLANK)
                          : v == 9 ? frequency_missing_at(s, MISSING_INVALID)
                                   : key_of_number(&s->keys, v));
    size_t both[2] = {own, first + frequency_answered_at(s)};
    for (int i = 0; i < (v >= 1 && v <= 5 ? 2 : 1); i++) {
      n[both[i]]++;
      w[both[i]] += a->weights[row];
      exact_add_product(&w2[both[i]], a->weights[row], a->weights[row]);
    }
  }
  for (size_t i = 0; i < cells_count; i++) {
    assert_int_equal(s->n[i], n[i]);
    assert_true(s->w[i] == w[i]);
    const exact squares = exact_from_u192(&s->w2[i]);
    assert_int_equal(exact_compare(&squares, &w2[i]), 0);
  }
  free(n);
  free(w);
  free(w2);
  mapped_fini(&m);
  free(a);
  fixture_destroy(f);
}

static void frequency_counts_each_answer_with_its_weight_by_group(void **unused) {
  (void)unused;
  check_frequency_by_group(false);
  check_frequency_by_group(true);
}

static void frequency_of_a_set_counts_respondents_and_options(void **unused) {
  (void)unused;
  static const char *const choices[] = {"price;quality", "price", "", "quality;service", "price;price"};
  fixture *f = fixture_new(5);
  fixture_column(f, "choices", PACKED_TEXTS, choices);
  mapped m = map_case(&(accumulator_case){.kind = ACCUMULATOR_FREQUENCY, .variables = {"choices"}}, f);
  const frequency_state *s = partial_state(m.s, 0);
  assert_int_equal(s->keys.count, 3);
  assert_int_equal(s->n[key_of_text(&s->keys, "price")], 3);
  assert_int_equal(s->n[key_of_text(&s->keys, "quality")], 2);
  assert_int_equal(s->n[key_of_text(&s->keys, "service")], 1);
  assert_int_equal(s->n[frequency_answered_at(s)], 4);
  assert_int_equal(s->n[frequency_missing_at(s, MISSING_BLANK)], 1);
  mapped_fini(&m);
  fixture_destroy(f);
}

static void frequency_of_many_keys_is_sorted_by_text(void **unused) {
  (void)unused;
  cells *branch = calloc(1, sizeof *branch);
  fixture *f = fixture_new(ROWS);
  assert_non_null(branch);
  for (int row = 0; row < ROWS; row++) {
    snprintf((*branch)[row], CELL, "branch %03d", (row * 7) % 1000);
  }
  add_cells(f, "branch", branch);
  mapped m = map_case(&(accumulator_case){.kind = ACCUMULATOR_FREQUENCY, .variables = {"branch"}}, f);
  const frequency_state *s = partial_state(m.s, 0);
  assert_int_equal(s->keys.count, 1000);
  for (uint32_t k = 0; k < 1000; k++) {
    char expected[CELL];
    snprintf(expected, sizeof expected, "branch %03u", k);
    assert_slice_equal(s->keys.texts[k], slice_of(expected));
    assert_int_equal(s->n[k], 3);
  }
  mapped_fini(&m);
  free(branch);
  fixture_destroy(f);
}

static void mpz_set_i64(mpz_t out, int64_t v) {
  mpz_set_si(out, v);
}

static void expect_exact(const exact *got, const mpz_t expected) {
  exact magnitude = *got;
  mpz_t z;
  mpz_init(z);
  if (exact_sign(got) < 0) {
    exact_negate(&magnitude);
  }
  mpz_import(z, EXACT_LIMBS, -1, sizeof(uint64_t), 0, 0, magnitude.limb);
  if (exact_sign(got) < 0) {
    mpz_neg(z, z);
  }
  assert_int_equal(mpz_cmp(z, expected), 0);
  mpz_clear(z);
}

/* sums[i] += x^i; weighted[i] += w x^i; squared[i] += w^2 x^i */
typedef struct powers {
  mpz_t plain[5], weighted[5], squared[5];
} powers;

static void powers_add(powers *p, int64_t x, int64_t w) {
  mpz_t power, weight;
  mpz_init_set_ui(power, 1);
  mpz_init(weight);
  for (int i = 0; i < 5; i++) {
    mpz_add(p->plain[i], p->plain[i], power);
    mpz_set_i64(weight, w);
    mpz_addmul(p->weighted[i], power, weight);
    mpz_mul(weight, weight, weight);
    mpz_addmul(p->squared[i], power, weight);
    mpz_set_i64(weight, x);
    mpz_mul(power, power, weight);
  }
  mpz_clear(power);
  mpz_clear(weight);
}

static void expect_moments(const moments *m, powers *p) {
  const exact *plain[] = {&m->x, &m->x2, &m->x3, &m->x4}, *weighted[] = {&m->wx, &m->wx2, &m->wx3, &m->wx4};
  exact w = exact_from_i128(m->w);
  assert_int_equal(m->n, mpz_get_si(p->plain[0]));
  expect_exact(&w, p->weighted[0]);
  expect_exact(&m->w2, p->squared[0]);
  for (int i = 0; i < 4; i++) {
    expect_exact(plain[i], p->plain[i + 1]);
    expect_exact(weighted[i], p->weighted[i + 1]);
  }
  expect_exact(&m->w2x, p->squared[1]);
  expect_exact(&m->w2x2, p->squared[2]);
}

static void powers_each(powers *p, bool make) {
  for (int i = 0; i < 5; i++) {
    mpz_t *all[] = {&p->plain[i], &p->weighted[i], &p->squared[i]};
    for (int k = 0; k < 3; k++) {
      if (make) {
        mpz_init(*all[k]);
      } else {
        mpz_clear(*all[k]);
      }
    }
  }
}

static void check_moments_of_numbers(uint64_t seed, uint64_t magnitude, unsigned weight_bits) {
  seeded random = {seed};
  cells *amount = calloc(1, sizeof *amount), *weight = calloc(1, sizeof *weight);
  fixture *f = fixture_new(ROWS);
  powers expected;
  powers_each(&expected, true);
  for (int row = 0; row < ROWS; row++) {
    int64_t x = (int64_t)(seeded_next(&random) % magnitude),
            w = (int64_t)(seeded_next(&random) >> (64 - weight_bits));
    bool negative = seeded_pick(&random, 2) != 0;
    snprintf((*amount)[row], CELL, "%s%" PRId64 ".%02d", negative ? "-" : "", x / 100, (int)(x % 100));
    snprintf((*weight)[row], CELL, "%" PRId64 ".%04d", w / 10000, (int)(w % 10000));
    powers_add(&expected, negative ? -x : x, w);
  }
  add_cells(f, "amount", amount);
  add_cells(f, "weight", weight);
  mapped m = map_case(
      &(accumulator_case){.kind = ACCUMULATOR_MOMENTS, .variables = {"amount"}, .weighted = true}, f);
  const moments_state *s = partial_state(m.s, 0);
  assert_int_equal(s->decimals, 2);
  expect_moments(&s->at[0], &expected);
  mapped_fini(&m);
  powers_each(&expected, false);
  free(amount);
  free(weight);
  fixture_destroy(f);
}

static void moments_of_numbers_are_exact_however_large(void **unused) {
  (void)unused;
  check_moments_of_numbers(1, 100, 30);
  check_moments_of_numbers(2, UINT64_C(1) << 31, 30);
  check_moments_of_numbers(3, UINT64_C(1) << 45, 30);
  check_moments_of_numbers(4, UINT64_C(1) << 62, 30);
  check_moments_of_numbers(5, 100, 62);
  check_moments_of_numbers(6, UINT64_C(1) << 31, 49);
  check_moments_of_numbers(7, UINT64_C(1) << 62, 62);
}

static void check_moments_of_an_item(bool heavy) {
  fixture *f = fixture_new(ROWS);
  answers *a = make_answers(f, 12, heavy);
  mapped m =
      map_case(&(accumulator_case){.kind = ACCUMULATOR_MOMENTS, .variables = {"item1"}, .weighted = true}, f);
  const moments_state *s = partial_state(m.s, 0);
  powers expected;
  int64_t blank = 0, invalid = 0;
  powers_each(&expected, true);
  for (int row = 0; row < ROWS; row++) {
    blank += a->values[row] == 0;
    invalid += a->values[row] == 9;
    if (a->values[row] >= 1 && a->values[row] <= 5) {
      powers_add(&expected, a->values[row], a->weights[row]);
    }
  }
  expect_moments(&s->at[0], &expected);
  assert_int_equal(s->at[0].missing[MISSING_BLANK], blank);
  assert_int_equal(s->at[0].missing[MISSING_INVALID], invalid);
  assert_int_equal(s->at[0].min, 1);
  assert_int_equal(s->at[0].max, 5);
  powers_each(&expected, false);
  mapped_fini(&m);
  free(a);
  fixture_destroy(f);
}

static void moments_of_an_item_leave_out_what_is_missing(void **unused) {
  (void)unused;
  check_moments_of_an_item(false);
  check_moments_of_an_item(true);
}

static void base_says_why_rows_are_not_used(void **unused) {
  (void)unused;
  static const char *const scores[] = {"9", "2", "", "9", "9", "2", "3"};
  static const char *const weights[] = {"1.5", "1", "1", "", "-1", "-1", "0"};
  fixture *f = fixture_new(7);
  fixture_column(f, "score", PACKED_CODES, scores);
  fixture_column(f, "weight", PACKED_CODES, weights);
  mapped m = map_case(&(accumulator_case){.kind = ACCUMULATOR_BASE, .filtered = true, .weighted = true}, f);
  const base_state *s = partial_state(m.s, 0);
  assert_int_equal(s->rows, 7);
  assert_int_equal(s->weight_unusable, 3);
  assert_int_equal(s->weight_zero, 1);
  assert_int_equal(s->filtered_out, 2);
  assert_int_equal(s->filter_unknown, 1);
  assert_int_equal(s->used, 1);
  assert_true(s->w == 15000);
  const exact squares = exact_from_i64(225000000);
  assert_int_equal(exact_compare(&s->w2, &squares), 0);
  mapped_fini(&m);
  fixture_destroy(f);
}

static void facts_keep_the_first_ten_invalid_and_rounded_places(void **unused) {
  (void)unused;
  cells *amount = calloc(1, sizeof *amount);
  fixture *f = fixture_new(ROWS);
  assert_non_null(amount);
  for (int row = 0; row < ROWS; row++) {
    snprintf((*amount)[row], CELL, row % 100 == 7 ? "much" : row % 100 == 8 ? "1.005" : "2.5");
  }
  strcpy((*amount)[0], "");
  add_cells(f, "amount", amount);
  mapped m = map_case(&(accumulator_case){.kind = ACCUMULATOR_FACTS, .variables = {"amount"}}, f);
  const facts_state *s = partial_state(m.s, 0);
  const variable_facts *v = &s->at[0];
  assert_int_equal(s->count, 1);
  assert_int_equal(v->answered, ROWS - 30 - 1);
  assert_int_equal(v->missing[MISSING_BLANK], 1);
  assert_int_equal(v->missing[MISSING_INVALID], 30);
  assert_int_equal(v->rounded, 30);
  assert_int_equal(v->places_count, FACTS_PLACES);
  for (uint32_t i = 0; i < FACTS_PLACES; i++) {
    assert_int_equal(v->places[i].ordinal, 100 * i + 7);
    assert_int_equal(v->places[i].line, 100 * i + 9);
    assert_slice_equal(v->places[i].text, slice_of("much"));
  }
  assert_int_equal(v->rounded_places_count, FACTS_PLACES);
  for (uint32_t i = 0; i < FACTS_PLACES; i++) {
    assert_int_equal(v->rounded_places[i].ordinal, 100 * i + 8);
    assert_int_equal(v->rounded_places[i].line, 100 * i + 10);
    assert_slice_equal(v->rounded_places[i].text, slice_of("1.005"));
  }
  mapped_fini(&m);
  free(amount);
  fixture_destroy(f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frequency_counts_each_answer_with_its_weight_by_group),
      cmocka_unit_test(frequency_of_a_set_counts_respondents_and_options),
      cmocka_unit_test(frequency_of_many_keys_is_sorted_by_text),
      cmocka_unit_test(moments_of_numbers_are_exact_however_large),
      cmocka_unit_test(moments_of_an_item_leave_out_what_is_missing),
      cmocka_unit_test(base_says_why_rows_are_not_used),
      cmocka_unit_test(facts_keep_the_first_ten_invalid_and_rounded_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
