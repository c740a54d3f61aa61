/* The histogram kernels against the plainest loop there is, for each form that this processor has. */
#include <stdlib.h>
#include <string.h>

#include "stats/kernels/kernels.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/stats/accumulator_cases.h"

enum { CASES = 250, ROWS_MAX = 6000, ALIGNMENT = 64 };

static const char *const forms[] = {"portable", "avx2", "avx512"};

typedef struct columns {
  uint8_t *slots;
  uint16_t *groups;
  uint32_t *weights;
  int64_t *wide;
} columns;

static void *aligned(size_t bytes) {
  void *p = aligned_alloc(ALIGNMENT, (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT);
  assert_non_null(p);
  return p;
}

/* Exactly as many rows as asked for: a sanitizer sees any step past what a frame promises. */
static columns make_columns(seeded *seed, const histogram *h, uint32_t weight_end) {
  size_t padded = ((size_t)h->rows + 63) / 64 * 64;
  columns c = {aligned(padded), aligned(padded * 2), aligned(padded * 4), aligned(padded * 8)};
  for (size_t row = 0; row < padded; row++) {
    bool inside = row < h->rows;
    c.slots[row] = inside && seeded_pick(seed, 8)
                       ? (uint8_t)seeded_pick(seed, h->keys_count)
                       : (uint8_t)(SLOT_MISSING + seeded_pick(seed, MISSING_REASONS));
    c.groups[row] =
        inside && seeded_pick(seed, 9) ? (uint16_t)seeded_pick(seed, h->groups_count) : GROUP_EXCLUDED;
    c.weights[row] = inside ? seeded_pick(seed, weight_end) : 0;
    c.wide[row] = !inside                ? 0
                  : seeded_pick(seed, 9) ? (int64_t)(seeded_next(seed) >> (2 + seeded_pick(seed, 62)))
                                         : NUMBER_MAX;
  }
  return c;
}

static void free_columns(columns *c) {
  free(c->slots);
  free(c->groups);
  free(c->weights);
  free(c->wide);
}

/* In the order of kernels.h. */
static size_t cell_of(const histogram *h, uint32_t row) {
  uint32_t group = h->groups == NULL                  ? 0
                   : h->groups[row] == GROUP_EXCLUDED ? h->groups_count
                                                      : h->groups[row];
  uint32_t cell =
      h->slots[row] >= SLOT_MISSING ? h->slots[row] - SLOT_MISSING : h->slots[row] + MISSING_REASONS;
  return (size_t)group * (h->keys_count + MISSING_REASONS) + cell;
}

static void count_plainly(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  for (uint32_t row = 0; row < h->rows; row++) {
    weighed_cell *c = &cells[cell_of(h, row)];
    uint64_t w = weights[row];
    c->n++;
    c->w += w;
    c->w2_low += (w * w) & UINT32_MAX;
    c->w2_high += (w * w) >> 32;
  }
}

/* Squares through the 384-bit products of exact.h. */
static void compare_wide_form(const histogram *h, const int64_t *weights) {
  size_t cells = histogram_cells(h);
  widely_weighed_cell *weighed = calloc(cells, sizeof *weighed);
  int64_t *n = calloc(cells, sizeof *n);
  i128 *w = calloc(cells, sizeof *w);
  exact *w2 = calloc(cells, sizeof *w2);
  assert_true(weighed != NULL && n != NULL && w != NULL && w2 != NULL);
  stats_kernels_current()->weigh_slots_widely(h, weights, weighed);
  for (uint32_t row = 0; row < h->rows; row++) {
    size_t cell = cell_of(h, row);
    n[cell]++;
    w[cell] += weights[row];
    exact_add_product(&w2[cell], weights[row], weights[row]);
  }
  for (size_t i = 0; i < cells; i++) {
    const exact squares = exact_from_u192(&weighed[i].w2);
    assert_int_equal(weighed[i].n, n[i]);
    assert_true((i128)weighed[i].w == w[i]);
    assert_int_equal(exact_compare(&squares, &w2[i]), 0);
  }
  free(weighed);
  free(n);
  free(w);
  free(w2);
}

static void compare_form(const histogram *h, const uint32_t *weights, const weighed_cell *expected) {
  size_t cells = histogram_cells(h);
  const stats_kernels *kernels = stats_kernels_current();
  uint32_t *counts = calloc(cells * histogram_tables(h), sizeof *counts);
  weighed_cell *weighed = calloc(cells, sizeof *weighed);
  assert_non_null(counts);
  assert_non_null(weighed);
  kernels->count_slots(h, counts);
  kernels->weigh_slots(h, weights, weighed);
  for (size_t i = 0; i < cells; i++) {
    assert_int_equal(counts[i], expected[i].n);
  }
  assert_memory_equal(weighed, expected, cells * sizeof *weighed);
  free(counts);
  free(weighed);
}

static void every_form_counts_and_weighs_as_the_plain_loop(void **unused) {
  (void)unused;
  static const uint32_t keys[] = {1, 2, 5, 11, 16, 24, 25, 60, 248}, groups[] = {1, 3, 72, 300, 1000};
  for (uint64_t i = 0; i < CASES; i++) {
    seeded random = {i};
    histogram h = {.rows = seeded_pick(&random, i % 2 ? 200 : ROWS_MAX),
                   .keys_count = keys[seeded_pick(&random, 9)],
                   .groups_count = groups[seeded_pick(&random, 5)]};
    columns c = make_columns(&random, &h, i % 3 ? 1u << 30 : 60000);
    h.slots = c.slots;
    h.groups = seeded_pick(&random, 2) ? c.groups : NULL;
    h.groups_count = h.groups != NULL ? h.groups_count : 1;
    weighed_cell *expected = calloc(histogram_cells(&h), sizeof *expected);
    assert_non_null(expected);
    count_plainly(&h, c.weights, expected);
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
      if (stats_kernels_choose(forms[f], NULL) == STATUS_OK) {
        assert_string_equal(stats_kernels_name(), forms[f]);
        compare_form(&h, c.weights, expected);
        compare_wide_form(&h, c.wide);
      }
    }
    free(expected);
    free_columns(&c);
  }
}

static void an_unknown_form_is_refused_by_name(void **unused) {
  (void)unused;
  error err;
  assert_int_equal(stats_kernels_choose("mmx", &err), STATUS_USAGE);
  assert_contains(err.message, "mmx");
  assert_int_equal(stats_kernels_choose("portable", &err), STATUS_OK);
  assert_string_equal(stats_kernels_name(), "portable");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form_counts_and_weighs_as_the_plain_loop),
      cmocka_unit_test(an_unknown_form_is_refused_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
