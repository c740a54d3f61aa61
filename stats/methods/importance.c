#include "stats/methods/importance.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "stats/methods/linear.h"

/* A variance of 1 of which no more than this is left is determined: what rounding leaves. */
#define SINGULAR (16 * DBL_EPSILON)

status importance_room_new(arena *a, const importance_problem *p, importance_room *out, error *err) {
  const size_t width = (size_t)p->columns + 1, square = width * width;
  *out = (importance_room){.parts = ARENA_ARRAY(a, double, ((size_t)p->predictors + 2) * square),
                           .eigen = ARENA_ARRAY(a, double, 3 * square)};
  return arena_failed(a) ? error_no_memory(err, "importance") : STATUS_OK;
}

static void fill(double *values, uint32_t count, double v) {
  for (uint32_t i = 0; i < count; i++) {
    values[i] = v;
  }
}

static bool is_finite(const importance_problem *p, const double *correlation) {
  const size_t width = (size_t)p->columns + 1;
  for (size_t i = 0; i < width * width; i++) {
    if (!isfinite(correlation[i])) {
      return false;
    }
  }
  return true;
}

/* The correlations of the columns alone. */
static void copy_columns(const importance_problem *p, const double *correlation, double *out) {
  for (uint32_t i = 0; i < p->columns; i++) {
    memcpy(out + (size_t)i * p->columns, correlation + (size_t)i * (p->columns + 1),
           p->columns * sizeof *out);
  }
}

double importance_betas(const importance_problem *p, const double *correlation, importance_room *room,
                        double *beta) {
  const uint32_t columns = p->columns;
  const size_t width = (size_t)columns + 1;
  double r2 = 0;
  copy_columns(p, correlation, room->eigen);
  if (!is_finite(p, correlation) || !linear_cholesky(room->eigen, columns, NULL)) {
    fill(beta, columns, NAN);
    return NAN;
  }
  for (uint32_t i = 0; i < columns; i++) {
    beta[i] = correlation[i * width + columns];
  }
  linear_solve(room->eigen, columns, beta, 1);
  for (uint32_t i = 0; i < columns; i++) {
    r2 += beta[i] * correlation[i * width + columns];
  }
  return r2;
}

/* ---- Relative weights ----------------------------------------------------------------------------- */

/* Of each column, into WEIGHTS: VALUES and VECTORS are the eigenvalues of the columns' correlations. */
static void weigh_columns(uint32_t p, const double *values, const double *vectors, const double *correlation,
                          double *weights) {
  const size_t width = (size_t)p + 1;
  fill(weights, p, 0);
  for (uint32_t k = 0; k < p; k++) {
    double beta = 0;
    for (uint32_t e = 0; e < p; e++) {
      double along = 0;
      for (uint32_t j = 0; j < p; j++) {
        along += vectors[(size_t)e * p + j] * correlation[j * width + p];
      }
      beta += vectors[(size_t)e * p + k] * along / sqrt(values[e]);
    }
    for (uint32_t j = 0; j < p; j++) {
      double lambda = 0;
      for (uint32_t e = 0; e < p; e++) {
        lambda += vectors[(size_t)e * p + j] * sqrt(values[e]) * vectors[(size_t)e * p + k];
      }
      weights[j] += lambda * lambda * beta * beta;
    }
  }
}

status importance_relative_weights(const importance_problem *p, const double *correlation,
                                   importance_room *room, double *values, error *err) {
  const uint32_t columns = p->columns;
  const size_t width = (size_t)columns + 1, square = width * width;
  double *part = room->eigen, *vectors = room->eigen + square, *eigenvalues = room->eigen + 2 * square;
  double *weights = eigenvalues + columns;
  fill(values, p->predictors, NAN);
  if (columns == 0 || !is_finite(p, correlation)) {
    return STATUS_OK;
  }
  copy_columns(p, correlation, part);
  TRY(linear_eigen(part, columns, eigenvalues, vectors, err));
  if (!(eigenvalues[columns - 1] > columns * SINGULAR)) {
    return STATUS_OK;
  }
  weigh_columns(columns, eigenvalues, vectors, correlation, weights);
  fill(values, p->predictors, 0);
  for (uint32_t i = 0; i < p->predictors; i++) {
    for (uint32_t k = p->first[i]; k < p->first[i + 1]; k++) {
      values[i] += weights[k];
    }
  }
  return STATUS_OK;
}

/* ---- LMG ------------------------------------------------------------------------------------------ */

typedef struct lmg {
  const importance_problem *p;
  double *parts; /* of each depth a square of columns + 1, of which its own columns are used */
  double share[IMPORTANCE_LMG_MAX + 1]; /* see visit */
  double total[IMPORTANCE_LMG_MAX];     /* of the sets with the predictor */
  double lost[IMPORTANCE_LMG_MAX];      /* what rounding took from it: there are 2^19 terms */
  bool singular;
} lmg;

/* Sums over sets: of share(s - 1) R^2 + share(s) R^2, and of share(s) R^2. */
typedef struct lmg_sums {
  double both, without;
} lmg_sums;

/* Eliminates column K, from K + 1 on, of M: what it explains of the rest. */
static void eliminate(lmg *l, double *m, uint32_t k) {
  const size_t width = (size_t)l->p->columns + 1;
  const double pivot = m[k * width + k];
  if (!(pivot > SINGULAR)) {
    l->singular = true;
    return;
  }
  for (uint32_t i = k + 1; i < width; i++) {
    const double factor = m[k * width + i] / pivot;
    for (uint32_t j = i; j < width; j++) {
      m[i * width + j] -= factor * m[k * width + j];
    }
  }
}

/* Kahan's sum, in the form of Neumaier (1974). */
static void add_to_total(lmg *l, uint32_t predictor, double term) {
  const double before = l->total[predictor], sum = before + term;
  l->lost[predictor] += fabs(before) >= fabs(term) ? (before - sum) + term : (term - sum) + before;
  l->total[predictor] = sum;
}

static void copy_after(const lmg *l, double *into, const double *from, uint32_t first) {
  const size_t width = (size_t)l->p->columns + 1;
  for (size_t i = first; i < width; i++) {
    memcpy(into + i * width + i, from + i * width + i, (width - i) * sizeof *into);
  }
}

/* All sets that are alike in the predictors before DEPTH, of which COUNT are in; what is left of variance
 * and columns is in the matrix of DEPTH.  R^2 of a set with s of the m predictors counts
 *
 *   share(s - 1) R^2 for those in it, -share(s) R^2 for the others, share(s) = s! (m - s - 1)! / m!
 *
 * so a predictor's value is the sum of `both` over the sets with it less that of `without` over all. */
static lmg_sums visit(lmg *l, uint32_t depth, uint32_t count) {
  const importance_problem *p = l->p;
  const size_t width = (size_t)p->columns + 1, square = width * width;
  double *here = l->parts + depth * square, *next = here + square;
  if (depth == p->predictors) {
    const double r2 = 1 - here[square - 1];
    const double without = count < p->predictors ? l->share[count] * r2 : 0;
    return (lmg_sums){without + (count > 0 ? l->share[count - 1] * r2 : 0), without};
  }
  const uint32_t after = p->first[depth + 1];
  copy_after(l, next, here, after);
  const lmg_sums struck = visit(l, depth + 1, count);
  for (uint32_t k = p->first[depth]; k < after; k++) {
    eliminate(l, here, k);
  }
  copy_after(l, next, here, after);
  const lmg_sums taken = visit(l, depth + 1, count + 1);
  add_to_total(l, depth, taken.both);
  return (lmg_sums){struck.both + taken.both, struck.without + taken.without};
}

void importance_lmg(const importance_problem *p, const double *correlation, importance_room *room,
                    double *values) {
  const size_t width = (size_t)p->columns + 1;
  lmg l = {.p = p, .parts = room->parts};
  assert(p->predictors <= IMPORTANCE_LMG_MAX);
  fill(values, p->predictors, NAN);
  if (!is_finite(p, correlation)) {
    return;
  }
  for (uint32_t s = 0; s < p->predictors; s++) { /* 1 / (m choose s) / (m - s) */
    l.share[s] = s == 0 ? 1.0 / p->predictors : l.share[s - 1] * s / (p->predictors - s);
  }
  memcpy(l.parts, correlation, width * width * sizeof *l.parts);
  const lmg_sums all = visit(&l, 0, 0);
  for (uint32_t i = 0; i < p->predictors && !l.singular; i++) {
    values[i] = l.total[i] + l.lost[i] - all.without;
  }
}
