#include "stats/methods/factor_fit.h"

#include <math.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/methods/linear.h"

/* ---- Fit ------------------------------------------------------------------------------------------- */

/* The noncentrality with which CHI2 is not exceeded with probability TAIL; 0 where already without any it is
 * less.  Halves to the last digit. */
static double noncentrality(double chi2, double df, double tail) {
  double low = 0, high = 1;
  if (pchisq(chi2, df, 1, 0) <= tail) {
    return 0;
  }
  while (pnchisq(chi2, df, high, 1, 0) > tail && high < 1e12) {
    high *= 2;
  }
  for (int k = 0; k < 60; k++) {
    const double middle = (low + high) / 2;
    if (pnchisq(chi2, df, middle, 1, 0) > tail) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (low + high) / 2;
}

factor_test factor_test_make(const extraction *x, double log_determinant, double n) {
  factor_test t = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  const double p = x->items, k = x->factors;
  const double null_factor = n - 1 - (2 * p + 5) / 6, factor = null_factor - 2 * k / 3;
  if (x->method != EXTRACTION_MAXIMUM_LIKELIHOOD || !(factor > 0)) {
    return t;
  }
  t.df = extraction_freedom(x->items, x->factors);
  t.chi2 = fmax(0, factor * x->discrepancy);
  if (!(t.df > 0)) {
    return t;
  }
  const double none = -log_determinant / (p * (p - 1) / 2);
  t.p = pchisq(t.chi2, t.df, 0, 0);
  t.rmsea = sqrt(fmax(0, t.chi2 / (t.df * n) - 1 / (n - 1)));
  t.rmsea_low = sqrt(noncentrality(t.chi2, t.df, 0.95) / (n - 1) / t.df);
  t.rmsea_high = sqrt(noncentrality(t.chi2, t.df, 0.05) / (n - 1) / t.df);
  t.tli = (none - x->discrepancy / t.df) / (none - 1 / factor);
  return t;
}

double factor_residual(const double *correlation, const extraction *x) {
  const uint32_t p = x->items, k = x->factors;
  double sum = 0;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j < i; j++) {
      double left = correlation[(size_t)i * p + j];
      for (uint32_t m = 0; m < k; m++) {
        left -= x->loading[(size_t)i * k + m] * x->loading[(size_t)j * k + m];
      }
      sum += left * left;
    }
  }
  return sqrt(sum / (p * (p - 1.0) / 2));
}

/* ---- Scores ---------------------------------------------------------------------------------------- */

static void weigh_by_regression(const double *inverse, const rotation *r, double *weights) {
  const uint32_t p = r->items, k = r->factors;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t m = 0; m < k; m++) {
      double sum = 0;
      for (uint32_t j = 0; j < p; j++) {
        sum += inverse[(size_t)i * p + j] * r->structure[(size_t)j * k + m];
      }
      weights[(size_t)i * k + m] = sum;
    }
  }
}

/* The room is that of the rotation, which is done with it: k * k. */
static bool weigh_by_bartlett(const extraction *x, const rotation *r, double *weights) {
  const uint32_t p = r->items, k = r->factors;
  double *middle = r->room;
  for (uint32_t a = 0; a < k; a++) {
    for (uint32_t b = 0; b < k; b++) {
      double sum = 0;
      for (uint32_t i = 0; i < p; i++) {
        sum += r->pattern[(size_t)i * k + a] * r->pattern[(size_t)i * k + b] / x->uniqueness[i];
      }
      middle[(size_t)a * k + b] = sum;
    }
  }
  if (!linear_cholesky(middle, k, NULL)) {
    return false;
  }
  for (uint32_t i = 0; i < p; i++) {
    double *row = weights + (size_t)i * k;
    for (uint32_t m = 0; m < k; m++) {
      row[m] = r->pattern[(size_t)i * k + m] / x->uniqueness[i];
    }
    linear_solve(middle, k, row, 1);
  }
  return true;
}

/* (w's)^2 / w'Rw, s the structure of the factor. */
static double validity_of(const double *correlation, const rotation *r, const double *weights, uint32_t m) {
  const uint32_t p = r->items, k = r->factors;
  double with = 0, own = 0;
  for (uint32_t i = 0; i < p; i++) {
    double sum = 0;
    for (uint32_t j = 0; j < p; j++) {
      sum += correlation[(size_t)i * p + j] * weights[(size_t)j * k + m];
    }
    own += weights[(size_t)i * k + m] * sum;
    with += weights[(size_t)i * k + m] * r->structure[(size_t)i * k + m];
  }
  return with * with / own;
}

bool factor_weights(const double *inverse, const double *correlation, const extraction *x, const rotation *r,
                    factor_scoring scoring, double *weights, double *validity) {
  if (scoring == FACTOR_REGRESSION) {
    weigh_by_regression(inverse, r, weights);
  } else if (!weigh_by_bartlett(x, r, weights)) {
    return false;
  }
  for (uint32_t m = 0; m < r->factors; m++) {
    validity[m] = validity_of(correlation, r, weights, m);
  }
  return true;
}
