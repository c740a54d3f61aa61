#include "stats/methods/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/frame/random.h"
#include "stats/methods/linear.h"

enum { SWEEPS_MAX = 1000 };
#define HIGH_PERCENTILE 0.95
/* psych's bound of a communality. */
#define COMMUNALITY_MAX 0.995
/* Loadings that move by less than half of this unit stand still. */
#define SETTLED_UNIT 0x1p-40

/* ---- Common factors -------------------------------------------------------------------------------- */

/* One sweep: each loading takes its best value, given the others.  Whether any moved. */
static bool sweep(const double *correlation, uint32_t p, double *loading) {
  const double most = sqrt(COMMUNALITY_MAX);
  bool moved = false;
  for (uint32_t i = 0; i < p; i++) {
    double sum = 0, squares = 0;
    for (uint32_t j = 0; j < p; j++) {
      if (j != i) {
        sum += correlation[(size_t)i * p + j] * loading[j];
        squares += loading[j] * loading[j];
      }
    }
    const double next = squares > 0 ? fmax(-most, fmin(most, sum / squares)) : 0;
    moved = moved || llrint((next - loading[i]) / SETTLED_UNIT) != 0;
    loading[i] = next;
  }
  return moved;
}

/* Eigenvalues with communalities in the diagonal.  VECTORS: of the correlations, the first one the start; its
 * room is then that of the matrix. */
static status common_eigenvalues(const double *correlation, uint32_t p, double first, double *vectors,
                                 double *loading, double *common, error *err) {
  const double length = sqrt(fmax(first, 0)), most = sqrt(COMMUNALITY_MAX);
  for (uint32_t i = 0; i < p; i++) {
    loading[i] = fmax(-most, fmin(most, vectors[i] * length));
  }
  for (int k = 0; k < SWEEPS_MAX && sweep(correlation, p, loading); k++) {
  }
  memcpy(vectors, correlation, (size_t)p * p * sizeof *vectors);
  for (uint32_t i = 0; i < p; i++) {
    vectors[(size_t)i * p + i] = loading[i] * loading[i];
  }
  return linear_eigen(vectors, p, common, NULL, err);
}

static void fill_none(double *values, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    values[i] = NAN;
  }
}

status parallel_eigenvalues(const double *correlation, uint32_t p, double *components, double *common,
                            error *err) {
  double *vectors = malloc(((size_t)p * p + p + 1) * sizeof *vectors);
  if (vectors == NULL) {
    return error_no_memory(err, "a parallel analysis");
  }
  status st = linear_eigen(correlation, p, components, vectors, err);
  if (st == STATUS_OK && p >= PARALLEL_COMMON_ITEMS_MIN) {
    st = common_eigenvalues(correlation, p, components[0], vectors, vectors + (size_t)p * p, common, err);
  } else {
    fill_none(common, p);
  }
  free(vectors);
  return st;
}

/* ---- Random matrices ------------------------------------------------------------------------------- */

typedef struct drawing {
  uint64_t seed;
  double n;
  uint32_t p, matrices;
  double *factor, *correlation;
  double *components, *common; /* matrices * p */
} drawing;

/* Between 0 and 1, neither of them: the numbers of 52 bits, and a half. */
static double draw_unit(uint64_t seed, uint32_t matrix, uint32_t entry) {
  return ((double)(random_bits(seed, RANDOM_PARALLEL, matrix, entry) >> 12) + 0.5) * 0x1p-52;
}

static void draw_factor(const drawing *d, uint32_t matrix) {
  const uint32_t p = d->p;
  for (uint32_t i = 0, entry = 0; i < p; i++) {
    for (uint32_t j = 0; j < i; j++) {
      d->factor[(size_t)i * p + j] = qnorm(draw_unit(d->seed, matrix, entry++), 0, 1, 1, 0);
    }
    d->factor[(size_t)i * p + i] = sqrt(qchisq(draw_unit(d->seed, matrix, entry++), d->n - 1 - i, 1, 0));
  }
}

static void draw_correlation(const drawing *d, uint32_t matrix) {
  const uint32_t p = d->p;
  draw_factor(d, matrix);
  for (uint32_t i = 0; i < p; i++) {
    double *row = d->factor + (size_t)i * p;
    double squares = 0;
    for (uint32_t k = 0; k <= i; k++) {
      squares += row[k] * row[k];
    }
    for (uint32_t k = 0; k <= i; k++) {
      row[k] /= sqrt(squares);
    }
    for (uint32_t j = 0; j <= i; j++) {
      double sum = 0;
      for (uint32_t k = 0; k <= j; k++) {
        sum += row[k] * d->factor[(size_t)j * p + k];
      }
      d->correlation[(size_t)i * p + j] = d->correlation[(size_t)j * p + i] = i == j ? 1 : sum;
    }
  }
}

/* ---- Their eigenvalues ----------------------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Mean and percentile (type 7 of Hyndman & Fan, R's) of place K of each of COUNT lists; SORTED has room. */
static void summarise(const double *values, uint32_t p, uint32_t count, uint32_t k, double *sorted,
                      double *mean, double *high) {
  double sum = 0;
  for (uint32_t m = 0; m < count; m++) {
    sorted[m] = values[(size_t)m * p + k];
    sum += sorted[m];
  }
  qsort(sorted, count, sizeof *sorted, compare_numbers);
  const double at = (count - 1) * HIGH_PERCENTILE;
  const uint32_t low = (uint32_t)at;
  const double next = low + 1 < count ? sorted[low + 1] : sorted[low];
  *mean = sum / count;
  *high = sorted[low] + (at - low) * (next - sorted[low]);
}

static status draw_all(const drawing *d, parallel_analysis *out, error *err) {
  for (uint32_t m = 0; m < d->matrices; m++) {
    const size_t at = (size_t)m * d->p;
    draw_correlation(d, m);
    TRY(parallel_eigenvalues(d->correlation, d->p, d->components + at, d->common + at, err));
  }
  double *sorted = malloc(d->matrices * sizeof *sorted);
  if (sorted == NULL) {
    return error_no_memory(err, "a parallel analysis");
  }
  for (uint32_t k = 0; k < d->p; k++) {
    summarise(d->components, d->p, d->matrices, k, sorted, &out->mean[k], &out->high[k]);
    summarise(d->common, d->p, d->matrices, k, sorted, &out->common_mean[k], &out->common_high[k]);
  }
  free(sorted);
  return STATUS_OK;
}

status parallel_analysis_make(arena *a, uint64_t seed, double n, uint32_t p, uint32_t matrices,
                              parallel_analysis *out, error *err) {
  const size_t entries = (size_t)p * p, all = (size_t)matrices * p;
  *out = (parallel_analysis){.mean = ARENA_ARRAY(a, double, p),
                             .high = ARENA_ARRAY(a, double, p),
                             .common_mean = ARENA_ARRAY(a, double, p),
                             .common_high = ARENA_ARRAY(a, double, p)};
  const drawing d = {.seed = seed,
                     .n = n,
                     .p = p,
                     .matrices = matrices,
                     .factor = ARENA_ARRAY(a, double, entries),
                     .correlation = ARENA_ARRAY(a, double, entries),
                     .components = ARENA_ARRAY(a, double, all),
                     .common = ARENA_ARRAY(a, double, all)};
  return arena_failed(a) ? error_no_memory(err, "a parallel analysis") : draw_all(&d, out, err);
}

uint32_t parallel_count(const double *values, const double *high, uint32_t count) {
  uint32_t found = 0;
  while (found < count && values[found] > high[found]) {
    found++;
  }
  return found;
}
