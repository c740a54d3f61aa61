/* A correlation coefficient with its test and interval, from the exact sums of one pair.
 *
 *   r = (N Sxy - Sx Sy) / sqrt((N Sxx - Sx^2)(N Syy - Sy^2)),  weighted: N = Sw, Sx = Swx, ..
 *   t = r sqrt((m - 2) / (1 - r^2)), df = m - 2, p two-sided
 *   interval: tanh(atanh r -+ z / sqrt(m - 3))  (Fisher 1921)
 *
 * M is n; with sampling weights Kish's effective size (Sw)^2 / Sw2; with frequency weights Sw.  r and t are
 * square roots of exact fractions, rounded once.
 */
#ifndef CANVASS_STATS_METHODS_COEFFICIENT_H
#define CANVASS_STATS_METHODS_COEFFICIENT_H

#include "stats/methods/sums.h"

/* Of x and y in any unit; with weights the weighted sums, COUNT being the sum of the weights. */
typedef struct product_sums {
  int64_t n;
  exact count;
  exact x, y, xx, yy, xy;
} product_sums;

/* What the test needs besides: the sums of the pair's weights and of their squares. */
typedef struct coefficient_options {
  weighting weighting;
  i128 w; /* weighted only, as w2 */
  exact w2;
  uint8_t weight_decimals;
  double confidence;
} coefficient_options;

/* NaN where a figure does not exist: fewer than 3 rows, no variance; t and the interval also where m
 * leaves no degrees of freedom, and t where r is 1 or -1 (p is then 0). */
typedef struct coefficient {
  int64_t n;
  double weighted_n, n_effective;
  bool x_constant, y_constant; /* no variance, though there are rows */
  double r, t, df, p, ci_low, ci_high;
} coefficient;

status coefficient_make(const product_sums *s, const coefficient_options *options, coefficient *out,
                        error *err) MUST_USE;

#endif
