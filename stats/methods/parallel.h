/* Parallel analysis: how large eigenvalues are where items have nothing in common.
 *
 * Horn (1965, Psychometrika 30:179-185), with the 95th percentile of Glorfeld (1995, Educ Psychol Meas
 * 55:377-393).  Correlations of n rows of p independent normal items are those of a Wishart matrix, which is
 * drawn as A A' by Bartlett's decomposition: a_ii^2 is chi-square with n - i degrees of freedom (i from 1),
 * a_ij below it standard normal, each the quantile of a number of Philox (Smith & Hocking 1972, Appl Stat
 * 21:341-345).  So a matrix costs the same for ten rows and for ten million.
 *
 * Common factors: eigenvalues of the matrix with the communalities of one factor by minres in its diagonal
 * (Harman & Jones 1966, Psychometrika 31:351-368), as fa.parallel of R's psych has it.
 */
#ifndef CANVASS_STATS_METHODS_PARALLEL_H
#define CANVASS_STATS_METHODS_PARALLEL_H

#include "base/arena.h"

enum { PARALLEL_MATRICES = 100, PARALLEL_MATRICES_MIN = 20, PARALLEL_MATRICES_MAX = 1000 };
/* One factor of fewer items has no communalities of its own. */
enum { PARALLEL_COMMON_ITEMS_MIN = 3 };

/* Of P eigenvalues, the largest first, over the matrices drawn. */
typedef struct parallel_analysis {
  double *mean, *high;               /* of components; HIGH: the 95th percentile */
  double *common_mean, *common_high; /* of common factors; NaN for fewer than PARALLEL_COMMON_ITEMS_MIN */
} parallel_analysis;

/* Draws MATRICES of P items and N rows, N > P; N need not be whole.  Same SEED, same figures.  In A. */
status parallel_analysis_make(arena *a, uint64_t seed, double n, uint32_t p, uint32_t matrices,
                              parallel_analysis *out, error *err) MUST_USE;

/* Of CORRELATION (p * p): the eigenvalues that the above are compared with.  COMMON is NaN for too few items.
 */
status parallel_eigenvalues(const double *correlation, uint32_t p, double *components, double *common,
                            error *err) MUST_USE;

/* How many of COUNT eigenvalues, from the first, are above their bounds HIGH. */
uint32_t parallel_count(const double *values, const double *high, uint32_t count);

#endif
