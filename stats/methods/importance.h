/* How much of R^2 each predictor has: from correlations alone.
 *
 * Relative weights (Johnson 2000, Multivar Behav Res 35:1-19): with R = V D V' of the p columns, Lambda =
 * V D^1/2 V', beta = Lambda^-1 r, the weight of column j is the sum over k of Lambda_jk^2 beta_k^2.
 *
 * LMG, the Shapley value of R^2 (Lindeman, Merenda & Gold 1980; Gromping 2006, J Stat Softw 17(1)): the mean
 * over all orders of the predictors of what j adds to R^2 when it comes in.  All 2^m submodels of m
 * predictors come from eliminations that branch: each predictor is either eliminated from the columns after
 * it or struck out, so the matrices shrink as their number grows and the work is some 2^m times ten
 * operations.
 *
 * A predictor may have several columns (indicators of a nominal one); it comes in with all of them, and its
 * relative weights are added up.  Both add up to R^2.
 */
#ifndef CANVASS_STATS_METHODS_IMPORTANCE_H
#define CANVASS_STATS_METHODS_IMPORTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

enum { IMPORTANCE_LMG_MAX = 20 };

/* Correlations of COLUMNS columns and, last, of what they explain: (columns + 1)^2.  Predictor i has the
 * columns from FIRST[i] to before FIRST[i + 1]. */
typedef struct importance_problem {
  uint32_t columns, predictors;
  const uint32_t *first; /* predictors + 1 */
} importance_problem;

/* Room for one problem after the other. */
typedef struct importance_room {
  double *parts; /* of LMG: a matrix for each depth */
  double *eigen; /* of relative weights */
} importance_room;
status importance_room_new(arena *a, const importance_problem *p, importance_room *out, error *err) MUST_USE;

/* The standardised coefficients of the COLUMNS, beta = R^-1 r, and R^2 = r' beta; all NaN where a correlation
 * is, or the columns are singular. */
double importance_betas(const importance_problem *p, const double *correlation, importance_room *room,
                        double *beta);
/* VALUES: of each predictor.  All NaN where a correlation is, or the columns are singular.  STATUS_DATA and
 * STATUS_NO_MEMORY of the eigenvalues. */
status importance_relative_weights(const importance_problem *p, const double *correlation,
                                   importance_room *room, double *values, error *err) MUST_USE;
/* At most IMPORTANCE_LMG_MAX predictors (asserted). */
void importance_lmg(const importance_problem *p, const double *correlation, importance_room *room,
                    double *values);

#endif
