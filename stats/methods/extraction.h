/* Factors of correlations R: loadings L (p * k) and uniquenesses u with R about L L' + diag(u).
 *
 * Principal components: L from the k largest eigenvalues and their vectors of R, u what is left.
 *
 * Maximum likelihood (Lawley 1940; Joreskog 1967, Psychometrika 32:443-482; factanal of R): with t_m and v_m
 * the eigenvalues, the largest first, and vectors of u^-1/2 R u^-1/2, the discrepancy
 *
 *   f(u) = sum_{m > k} (t_m - log t_m - 1)
 *
 * is minimised over log u, and L = u^1/2 V (t - 1)^1/2 of the first k.
 *
 * Principal axis: communalities 1 - u such that R with these in its diagonal has k factors with just these
 * communalities: where iterated principal axes end.  That is where
 *
 *   f(u) = 1/2 sum_{m > k} t_m^2,  t_m the eigenvalues of R - diag(u)
 *
 * is least (minres, Harman & Jones 1966, Psychometrika 31:351-368), which Newton's method finds (Joreskog
 * 1977, in Enslein et al., Statistical Methods for Digital Computers 3:125-153) and iteration hardly.
 *
 * Uniquenesses are at least EXTRACTION_UNIQUENESS_MIN, as factanal's and psych's: an item there is a Heywood
 * case.
 */
#ifndef CANVASS_STATS_METHODS_EXTRACTION_H
#define CANVASS_STATS_METHODS_EXTRACTION_H

#include "base/arena.h"

#define EXTRACTION_UNIQUENESS_MIN 0.005

typedef enum extraction_method {
  EXTRACTION_PRINCIPAL_AXIS,
  EXTRACTION_MAXIMUM_LIKELIHOOD,
  EXTRACTION_COMPONENTS,
} extraction_method;

typedef struct extraction {
  extraction_method method;
  uint32_t items, factors;
  double *loading;    /* items * factors, item by item; of a factor their sum is not negative */
  double *uniqueness; /* 1 - communality but for Heywood cases */
  double discrepancy; /* f; of components NaN */
  bool *held;         /* at their bounds, in a step */
  double *room;       /* for matrices, see extraction.c */
} extraction;

/* The most common factors that P items determine: (p - k)^2 >= p + k; 0 for fewer than 3. */
uint32_t extraction_factors_max(extraction_method method, uint32_t items);
/* Degrees of freedom that K common factors leave. */
double extraction_freedom(uint32_t items, uint32_t factors);

/* Room in A for FACTORS of ITEMS, at most extraction_factors_max. */
status extraction_new(arena *a, extraction_method method, uint32_t items, uint32_t factors, extraction *out,
                      error *err) MUST_USE;
/* Fits OUT to CORRELATION (items * items, finite).  STARTED: from the uniquenesses in OUT, else from the
 * usual start, 1 - k / 2p of what other items do not explain.  *FOUND is false, and OUT lost, when common
 * factors are sought in a matrix that is not positive definite or the search does not end. */
status extraction_fit(const double *correlation, bool started, extraction *out, bool *found,
                      error *err) MUST_USE;
/* Whether item I's uniqueness is at its bound. */
bool extraction_is_heywood(const extraction *x, uint32_t i);

#endif
