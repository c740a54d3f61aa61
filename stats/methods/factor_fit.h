/* How well common factors reproduce correlations, and weights for their scores. */
#ifndef CANVASS_STATS_METHODS_FACTOR_FIT_H
#define CANVASS_STATS_METHODS_FACTOR_FIT_H

#include "stats/methods/extraction.h"
#include "stats/methods/rotation.h"

/* Of maximum likelihood; NaN where there is none.  With F the discrepancy, F0 = -log |R| that of no factor,
 * d and d0 the degrees of freedom of both, p items, k factors, n rows:
 *
 *   chi2  = (n - 1 - (2 p + 5) / 6 - 2 k / 3) F                  (Bartlett 1951; factanal of R)
 *   rmsea = sqrt(max(0, chi2 / (d n) - 1 / (n - 1)))             (Steiger & Lind 1980, as R's psych has it)
 *   its 90 % interval: sqrt(l / ((n - 1) d)), l the noncentralities that put chi2 at 5 and 95 %
 *                                                                (Browne & Cudeck 1993)
 *   tli   = (F0 / d0 - F / d) / (F0 / d0 - 1 / (n - 1 - (2 p + 5) / 6 - 2 k / 3))
 *                                                                (Tucker & Lewis 1973, Psychometrika 38:1-10)
 */
typedef struct factor_test {
  double chi2, df, p;
  double rmsea, rmsea_low, rmsea_high;
  double tli;
} factor_test;
factor_test factor_test_make(const extraction *x, double log_determinant, double n);

/* Root mean square of what the factors leave of the correlations between items. */
double factor_residual(const double *correlation, const extraction *x);

typedef enum factor_scoring { FACTOR_REGRESSION, FACTOR_BARTLETT } factor_scoring;
/* WEIGHTS (items * factors) by which standardised answers are added up to factor scores: regression, R^-1
 * times the structure (Thurstone 1935); or Bartlett's (1937), u^-1 P (P' u^-1 P)^-1.  INVERSE: of the
 * correlations. VALIDITY: squared correlation of each factor with its scores.  False: loadings that do not
 * determine scores. */
bool factor_weights(const double *inverse, const double *correlation, const extraction *x, const rotation *r,
                    factor_scoring scoring, double *weights, double *validity);

#endif
