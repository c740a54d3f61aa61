/* Whether items have enough in common for factors: Kaiser-Meyer-Olkin and Bartlett's test of sphericity.
 *
 * KMO (Kaiser & Rice 1974, Educ Psychol Meas 34:111-117): sum r_ij^2 / (sum r_ij^2 + sum q_ij^2) over i != j,
 * r the correlations, q the partial ones given all other items; of item i over j alone.
 * Bartlett (1951, Biometrika 38:337-344): -(n - 1 - (2 p + 5) / 6) log |R|, chi-square with p (p - 1) / 2
 * degrees of freedom where the p items have nothing in common.
 */
#ifndef CANVASS_STATS_METHODS_ADEQUACY_H
#define CANVASS_STATS_METHODS_ADEQUACY_H

#include <stdint.h>

/* Of CORRELATION (P * P) and its INVERSE; ITEMS gets each item's.  NaN where all correlations are 0. */
double adequacy_kmo(const double *correlation, const double *inverse, uint32_t p, double *items);

/* NaN where there is no test. */
typedef struct sphericity {
  double chi2, df, p;
} sphericity;
/* N: rows that the correlations are of. */
sphericity adequacy_bartlett(double log_determinant, double n, uint32_t items);

#endif
