/* Noncentral F from the sum that defines it: Rmath's stops at 1e-9, and at a number of terms. */
#include "stats/methods/eta.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* Terms this many deviations of the Poisson distribution from its mean are below 1e-20 of the sum. */
static const double deviations = 10;
enum { HALVINGS = 100, DOUBLINGS_MAX = 60 };

double noncentral_f(double f, double df_between, double df_within, double lambda) {
  const double a = df_between / 2, b = df_within / 2, mean = lambda / 2;
  const double log_x = log(df_between * f / (df_between * f + df_within));
  const double log_rest = log(df_within / (df_between * f + df_within));
  const double reach = deviations * sqrt(mean) + 60;
  const double first = floor(fmax(0, mean - reach)), last = ceil(mean + reach);
  /* I(a) = I(a + 1) + x^a (1 - x)^b / (a B(a, b)): from the smallest up, so that nothing cancels. */
  double beta = pbeta(exp(log_x), a + last, b, 1, 0), sum = 0;
  for (double j = last; j >= first; j--) {
    if (j < last) {
      beta += exp((a + j) * log_x + b * log_rest - log(a + j) - lbeta(a + j, b));
    }
    sum += dpois(j, mean, 0) * beta;
  }
  return fmin(1, sum);
}

/* The noncentrality with which F is at the LEVEL of its distribution; 0 when it is below with none. */
static double noncentrality(double f, double df_between, double df_within, double level) {
  if (noncentral_f(f, df_between, df_within, 0) <= level) {
    return 0;
  }
  double low = 0, high = df_between * f + 1;
  for (int i = 0; i < DOUBLINGS_MAX && noncentral_f(f, df_between, df_within, high) > level; i++) {
    low = high;
    high *= 2;
  }
  for (int i = 0; i < HALVINGS && high - low > 1e-14 * high; i++) {
    const double middle = low + (high - low) / 2;
    if (noncentral_f(f, df_between, df_within, middle) > level) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low + (high - low) / 2;
}

void eta_interval(double f, double df_between, double df_within, double confidence, double *low,
                  double *high) {
  *low = *high = NAN;
  if (!(f > 0) || !(df_between > 0) || !(df_within > 0) || isinf(f)) {
    return;
  }
  const double n = df_between + df_within + 1;
  const double least = noncentrality(f, df_between, df_within, 0.5 + confidence / 2);
  const double most = noncentrality(f, df_between, df_within, 0.5 - confidence / 2);
  *low = least / (least + n);
  *high = most / (most + n);
}
