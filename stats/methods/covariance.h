/* Means, covariances and correlations from exact sums of products (stats/accumulators/products.h).
 *
 *   c_ij = (N Sxy - Sx Sy) / (N (N - 1)),   m_i = Sx / N
 *
 * over the rows that answer all variables (listwise), or both of the pair (pairwise: then c_ii and m_i are
 * over all answers to i, as cov(use = "pairwise.complete.obs") of R has it).  N is n; with frequency weights
 * the sum of the weights; with sampling weights Sw, and N (N - 1) becomes Sw^2 (n - 1) / n, as svyvar of R's
 * survey has it.  Each is an exact fraction, rounded once to the nearest double.
 *
 *   r_ij = c_ij / sqrt(c_ii c_jj),  pairwise with the variances of the pair's own rows (cor of R), or on
 * request of all answers (cov2cor of the matrix above, as psych::alpha has it)
 */
#ifndef CANVASS_STATS_METHODS_COVARIANCE_H
#define CANVASS_STATS_METHODS_COVARIANCE_H

#include "base/arena.h"
#include "stats/accumulators/products.h"
#include "stats/methods/sums.h"

/* Of P variables; matrices are P * P, symmetric, whole. */
typedef struct covariance {
  uint32_t count;
  bool pairwise;
  weighting weighting;
  int64_t *n;           /* P * P: rows of each pair; listwise all the same */
  double *weighted_n;   /* P * P: sums of weights; n without */
  double n_effective;   /* listwise: Kish's (Sw)^2 / Sw2 with sampling weights, else N; pairwise NaN */
  int64_t n_min, n_max; /* over the pairs i < j, or of the only variable */
  double *mean;         /* NaN without rows */
  double *matrix;       /* NaN where n < 2 (or N <= 1) */
  double *pair_spread;  /* P * P: the variance of i over the rows that answer j */
} covariance;

/* Room in A for P variables. */
status covariance_new(arena *a, uint32_t variables, covariance *out, error *err) MUST_USE;
/* Fills OUT, made for as many variables, from one block of S, or a sum of blocks.  Makes no new room, so that
 * it can be called for replicate after replicate. */
status covariance_fill(const products_state *s, const uint64_t *block, weighting w, covariance *out,
                       error *err) MUST_USE;

typedef enum correlation_rule { CORRELATION_OF_PAIRS, CORRELATION_OF_MATRIX } correlation_rule;
/* CORRELATION (P * P): NaN where a variance is not above 0, 1 on the diagonal otherwise. */
void covariance_correlations(const covariance *c, correlation_rule rule, double *correlation);
/* Whether variable I has answers and does not vary. */
bool covariance_is_constant(const covariance *c, uint32_t i);
/* The matrix of the ITEMS (COUNT indices) alone. */
void covariance_part(const double *matrix, uint32_t variables, const uint32_t *items, uint32_t count,
                     double *out);

#endif
