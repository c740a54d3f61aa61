/* SCATTER: what the sandwich errors of a linear regression need, at given coefficients.
 *
 * Variables: p predictors, then the outcome Y; rows that answer all of them are used.  Of each row
 * (mantissas, or keys of coded variables) the score
 *
 *   r = 2^-q (c_0 2^s_0 + c_1 2^s_1 X_1 + .. + c_p 2^s_p X_p + c_y 2^s_y Y)
 *
 * is formed without rounding and cut off to a multiple of 2^(d - q); its product with the row's weight is
 * rounded, half up, to a multiple Z of 2^(d + e - q).  With c_y 2^s_y = 2^q and the negative coefficients of
 * a regression, r is its residual.  Neither is let grow beyond 2^62 units.  The state has the sums of
 * Z^2 X X', the constant 1 being the first X (Binder 1983, Int. Stat. Rev. 51:279-292).
 *
 * params: {d, e, 2 + p shifts, 2 + p coefficients}; q is the caller's affair.
 */
#ifndef CANVASS_STATS_ACCUMULATORS_SCATTER_H
#define CANVASS_STATS_ACCUMULATORS_SCATTER_H

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/row_score.h"

enum {
  SCATTER_PREDICTORS_MAX = 200,
  SCATTER_DROP_MAX = ROW_SCORE_DROP_MAX, /* of d, and of e */
  SCATTER_PARAMS_BEFORE = 2,
};
#define SCATTER_SCORE_MAX ((int64_t)1 << 62)

typedef struct scatter_state {
  uint32_t predictors_count;
  int64_t n;
  exact *sums; /* of 1 + p columns: row_cells(1 + p) */
} scatter_state;

#endif
