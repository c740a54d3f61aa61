/* SAMPLE and KMEANS against the plainest possible loops, and the random numbers against their authors'.
 *
 * Method: seeded random points, narrow and wide, with and without weights; nearest centres by 128-bit
 * integers in the test itself, and wide ones where coefficients are shifted; the seed is printed with every
 * failure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/kmeans.h"
#include "stats/accumulators/partial.h"
#include "stats/frame/random.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/stats/accumulator_cases.h"

enum { WIDTH = 3, CLUSTERS = 4, ROWS_MAX = 6000 };

typedef struct cloud {
  uint64_t seed;
  uint32_t rows;
  bool narrow, weighted;
  int64_t points[ROWS_MAX][WIDTH]; /* INT64_MIN: missing */
  int64_t weights[ROWS_MAX];       /* above 0 */
  int64_t coefficients[CLUSTERS][1 + WIDTH];
  uint8_t shifts[1 + WIDTH];
  program *p;
  program_accumulator a;
  uint32_t variables[WIDTH];
  fixture *data;
} cloud;

static int64_t within(seeded *seed, int64_t low, int64_t high) {
  return low + (int64_t)(seeded_next(seed) % (uint64_t)(high - low + 1));
}

static void add_column(cloud *c, const char *name, const double *cells) {
  fixture_numbers(c->data, name, c->narrow ? PACKED_CODES : PACKED_DECIMALS, cells);
}

static uint32_t add_variable(cloud *c, const char *name, bool scale) {
  uint32_t index = 0;
  program_variable v = {.kind = scale ? VARIABLE_SCALE : VARIABLE_NUMBER,
                        .name = name,
                        .column = name,
                        .has_range = scale,
                        .low = 1,
                        .high = 7};
  assert_int_equal(program_add_variable(c->p, &v, &index, NULL), STATUS_OK);
  return index;
}

static void fill_points(cloud *c, seeded *seed) {
  static const char *const names[] = {"x", "y", "z"};
  double *cells = malloc(ROWS_MAX * sizeof *cells);
  assert_non_null(cells);
  for (uint32_t d = 0; d < WIDTH; d++) {
    for (uint32_t r = 0; r < c->rows; r++) {
      bool missing = seeded_pick(seed, 9) == 0;
      c->points[r][d] = missing     ? INT64_MIN
                        : c->narrow ? within(seed, 1, 7)
                                    : within(seed, -3000000, 9000000);
      cells[r] = missing ? (double)NAN : (double)c->points[r][d];
    }
    add_column(c, names[d], cells);
    c->variables[d] = add_variable(c, names[d], c->narrow);
  }
  for (uint32_t r = 0; r < c->rows; r++) {
    c->weights[r] = within(seed, 1, 1 << 29);
    cells[r] = (double)c->weights[r];
  }
  add_column(c, "w", cells);
  free(cells);
}

/* Ties, scores past 2^53 and past 2^128 included. */
static void fill_coefficients(cloud *c, seeded *seed) {
  const uint32_t shifts = (uint32_t[]){1, 1, 7, 64}[seeded_pick(seed, 4)];
  const bool constants_only = seeded_pick(seed, 3) == 0;
  for (uint32_t d = 0; d <= WIDTH; d++) {
    c->shifts[d] = d > 0 && constants_only ? 0 : (uint8_t)seeded_pick(seed, shifts);
  }
  int64_t reach = (int64_t[]){3, 1000, INT64_C(1) << 45, INT64_C(1) << 59}[seeded_pick(seed, 4)];
  for (uint32_t j = 0; j < CLUSTERS; j++) {
    for (uint32_t d = 0; d <= WIDTH; d++) {
      c->coefficients[j][d] = within(seed, -reach, reach);
    }
  }
}

static cloud *cloud_new(uint64_t seed) {
  cloud *c = calloc(1, sizeof *c);
  assert_non_null(c);
  seeded random = {seed};
  c->seed = seed;
  c->rows = seeded_pick(&random, 2) ? seeded_pick(&random, 100) : 4000 + seeded_pick(&random, 2000);
  c->narrow = seeded_pick(&random, 2) == 0;
  c->weighted = seeded_pick(&random, 2) == 0;
  c->data = fixture_new(c->rows);
  c->p = program_new();
  fill_points(c, &random);
  fill_coefficients(c, &random);
  c->a = (program_accumulator){
      .variables = c->variables, .variables_count = WIDTH, .filter = PROGRAM_NONE, .weight = PROGRAM_NONE};
  if (c->weighted) {
    program_weight w = {add_variable(c, "w", false), WEIGHT_SAMPLING};
    assert_int_equal(program_add_weight(c->p, w, &c->a.weight, NULL), STATUS_OK);
  }
  return c;
}

static void cloud_destroy(cloud *c) {
  fixture_destroy(c->data);
  program_destroy(c->p);
  free(c);
}

static partial *map_cloud(const cloud *c) {
  error err = {0};
  partial *out = NULL;
  if (partial_map(c->p, fixture_rows(c->data), &out, &err) != STATUS_OK) {
    fail_msg("seed %llu: %s", (unsigned long long)c->seed, err.message);
  }
  return out;
}

static bool is_complete(const cloud *c, uint32_t r) {
  bool complete = true;
  for (uint32_t d = 0; d < WIDTH; d++) {
    complete = complete && c->points[r][d] != INT64_MIN;
  }
  return complete;
}

static uint32_t nearest(const cloud *c, uint32_t r) {
  uint32_t best = 0;
  exact smallest = {0};
  for (uint32_t j = 0; j < CLUSTERS; j++) {
    exact score = {0};
    for (uint32_t d = 0; d <= WIDTH; d++) {
      exact_add_product(&score, (i128)c->coefficients[j][d] * ((i128)1 << c->shifts[d]),
                        d > 0 ? c->points[r][d - 1] : 1);
    }
    if (j == 0 || exact_compare(&score, &smallest) < 0) {
      smallest = score;
      best = j;
    }
  }
  return best;
}

typedef struct plain_sums {
  int64_t n;
  i128 w, x[WIDTH], xx[WIDTH];
} plain_sums;

static void expect_sums(const cloud *c, const kmeans_state *s) {
  plain_sums plain[CLUSTERS] = {0};
  for (uint32_t r = 0; r < c->rows; r++) {
    if (is_complete(c, r)) {
      plain_sums *at = &plain[nearest(c, r)];
      const i128 w = c->weighted ? c->weights[r] : 1;
      at->n++;
      at->w += c->weighted ? w : 0;
      for (uint32_t d = 0; d < WIDTH; d++) {
        at->x[d] += w * c->points[r][d];
        at->xx[d] += w * c->points[r][d] * c->points[r][d];
      }
    }
  }
  const kmeans_model *m = &s->models[0];
  for (uint32_t j = 0; j < CLUSTERS; j++) {
    bool equal = m->n[j] == plain[j].n && m->w[j] == plain[j].w;
    for (uint32_t d = 0; d < WIDTH; d++) {
      const exact x = exact_from_i128(plain[j].x[d]), xx = exact_from_i128(plain[j].xx[d]);
      equal = equal && exact_compare(&m->x[j * WIDTH + d], &x) == 0 &&
              exact_compare(&m->xx[j * WIDTH + d], &xx) == 0;
    }
    if (!equal) {
      fail_msg("seed %llu: cluster %u (%s)", (unsigned long long)c->seed, j, stats_kernels_name());
    }
  }
}

static void sums_by_nearest_centre_equal_plain_loops_in_every_form(void **state) {
  (void)state;
  static const char *const forms[] = {"portable", "avx2", "avx512"};
  for (uint64_t seed = 1; seed <= 60; seed++) {
    cloud *c = cloud_new(seed);
    int64_t params[3 + (1 + CLUSTERS) * (1 + WIDTH)] = {1, CLUSTERS, 0};
    for (uint32_t d = 0; d <= WIDTH; d++) {
      params[3 + d] = c->shifts[d];
    }
    memcpy(params + 4 + WIDTH, c->coefficients, sizeof c->coefficients);
    c->a.kind = ACCUMULATOR_KMEANS;
    c->a.params = params;
    c->a.params_count = sizeof params / sizeof params[0];
    assert_int_equal(program_add_accumulator(c->p, &c->a, NULL, NULL), STATUS_OK);
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
      if (stats_kernels_choose(forms[k], NULL) == STATUS_OK) {
        partial *p = map_cloud(c);
        expect_sums(c, partial_state(p, 0));
        partial_destroy(p);
      }
    }
    cloud_destroy(c);
  }
}

/* The variable that profiles use must give the same clusters. */
static void cluster_variable_counts_the_same_rows(void **state) {
  (void)state;
  for (uint64_t seed = 200; seed <= 230; seed++) {
    cloud *c = cloud_new(seed);
    program_variable v = {.kind = VARIABLE_CLUSTER,
                          .name = "cluster",
                          .inputs = c->variables,
                          .inputs_count = WIDTH,
                          .coefficients = &c->coefficients[0][0],
                          .shifts = c->shifts,
                          .clusters = CLUSTERS};
    uint32_t cluster = 0;
    assert_int_equal(program_add_variable(c->p, &v, &cluster, NULL), STATUS_OK);
    program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY,
                             .variables = &cluster,
                             .variables_count = 1,
                             .filter = PROGRAM_NONE,
                             .weight = PROGRAM_NONE};
    assert_int_equal(program_add_accumulator(c->p, &a, NULL, NULL), STATUS_OK);
    int64_t n[CLUSTERS + 1] = {0};
    for (uint32_t r = 0; r < c->rows; r++) {
      n[is_complete(c, r) ? nearest(c, r) : CLUSTERS]++;
    }
    partial *p = map_cloud(c);
    const frequency_state *s = partial_state(p, 0);
    for (uint32_t k = 0; k < s->keys.count; k++) {
      assert_int_equal(s->n[k], n[s->keys.numbers[k] - 1]);
    }
    partial_destroy(p);
    cloud_destroy(c);
  }
}

static int compare_keys(const void *left, const void *right) {
  const sample_row *a = left, *b = right;
  return a->key != b->key ? (a->key > b->key) - (a->key < b->key)
                          : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static void sample_is_the_complete_rows_with_the_smallest_keys(void **state) {
  (void)state;
  for (uint64_t seed = 300; seed <= 330; seed++) {
    cloud *c = cloud_new(seed);
    int64_t params[] = {50, (int64_t)(seed * 0x9E3779B97F4A7C15u)};
    c->a.kind = ACCUMULATOR_SAMPLE;
    c->a.params = params;
    c->a.params_count = 2;
    assert_int_equal(program_add_accumulator(c->p, &c->a, NULL, NULL), STATUS_OK);
    sample_row *all = calloc(c->rows + 1, sizeof *all);
    uint32_t complete = 0;
    for (uint32_t r = 0; r < c->rows; r++) {
      if (is_complete(c, r)) {
        all[complete++] = (sample_row){random_bits((uint64_t)params[1], RANDOM_SAMPLE, r, 0), r, 0};
      }
    }
    qsort(all, complete, sizeof *all, compare_keys);
    partial *p = map_cloud(c);
    const sample_state *s = partial_state(p, 0);
    assert_int_equal(s->count, complete < 50 ? complete : 50);
    for (uint32_t i = 0; i < s->count; i++) {
      const uint64_t row = all[i].ordinal;
      assert_int_equal(s->rows[i].ordinal, row);
      assert_int_equal(s->rows[i].weight, c->weighted ? c->weights[row] : 0);
      assert_memory_equal(s->values + (size_t)i * WIDTH, c->points[row], sizeof c->points[row]);
    }
    partial_destroy(p);
    free(all);
    cloud_destroy(c);
  }
}

/* Random123's kat_vectors: philox4x32 10, counter and key 0 give 6627e8d5 e169c58d ... */
static void random_numbers_are_those_of_philox(void **state) {
  (void)state;
  assert_true(random_bits(0, (random_stream)0, 0, 0) == UINT64_C(0xe169c58d6627e8d5));
  /* counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0: d16cfe09 94fdcceb .. */
  assert_true(random_bits(UINT64_C(0x299f31d0a4093822), (random_stream)0x13198a2e,
                          UINT64_C(0x85a308d3243f6a88), 0x03707344) == UINT64_C(0x94fdccebd16cfe09));
}

static void broken_parameters_are_refused(void **state) {
  (void)state;
  cloud *c = cloud_new(1);
  const accumulator_kind *kmeans = accumulator_find(ACCUMULATOR_KMEANS);
  uint64_t bytes = 0;
  const int64_t infinity = bits_of_double((double)INFINITY);
  int64_t broken[][17] = {
      {0},                                                        /* no model */
      {1, 2, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1},                 /* too short */
      {1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1},                       /* too long */
      {1, 0, 0},                                                  /* no cluster */
      {1, 1, 2, 0, 0, 0, 0, 1, 1, 1, 1},                          /* farthest is 0 or 1 */
      {1, 1, 0, 0, 64, 0, 0, 1, 1, 1, 1},                         /* shifts are below 64 */
      {1, 1, 0, 0, 0, -1, 0, 1, 1, 1, 1},                         /* and not negative */
      {1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, infinity, 0, 0, 1, 1, 1}, /* centres that are not finite */
  };
  const uint32_t counts[] = {1, 14, 12, 3, 11, 11, 11, 17};
  c->a.kind = ACCUMULATOR_KMEANS;
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    c->a.params = broken[i];
    c->a.params_count = counts[i];
    assert_int_equal(kmeans->check(c->p, &c->a, &bytes, NULL), STATUS_USAGE);
  }
  cloud_destroy(c);
}

/* (2^63 - 1) 2^63 for one cluster, the other without. */
static void scores_past_all_bounds_are_refused(void **state) {
  (void)state;
  cloud *c = cloud_new(2);
  int64_t params[] = {1, 2, 0, 0, 63, 0, 0, 0, 1, 1, 1, 0, INT64_MAX, 0, 0};
  error err = {0};
  partial *out = NULL;
  c->a.kind = ACCUMULATOR_KMEANS;
  c->a.params = params;
  c->a.params_count = sizeof params / sizeof params[0];
  assert_int_equal(program_add_accumulator(c->p, &c->a, NULL, NULL), STATUS_OK);
  assert_int_equal(partial_map(c->p, fixture_rows(c->data), &out, &err), STATUS_LIMIT);
  assert_contains(err.message, "cluster 2");
  cloud_destroy(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_by_nearest_centre_equal_plain_loops_in_every_form),
      cmocka_unit_test(cluster_variable_counts_the_same_rows),
      cmocka_unit_test(sample_is_the_complete_rows_with_the_smallest_keys),
      cmocka_unit_test(random_numbers_are_those_of_philox),
      cmocka_unit_test(broken_parameters_are_refused),
      cmocka_unit_test(scores_past_all_bounds_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
