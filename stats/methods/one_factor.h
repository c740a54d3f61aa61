/* One common factor by maximum likelihood: R = l l' + diag(u) of a correlation matrix R.
 *
 * The loadings l are eliminated, and the discrepancy
 *
 *   f(u) = sum_i (1 / u_i + log u_i) - t + log t - log |R| - (p - 1)
 *
 * t being the largest eigenvalue of u^-1/2 R u^-1/2, is minimised over log u by Newton's method with its
 * exact derivatives (Joreskog 1967, Psychometrika 32:443-482; factanal of R minimises the same f).
 * Uniquenesses are at least ONE_FACTOR_UNIQUENESS_MIN, as factanal's: an item there is a Heywood case.
 */
#ifndef CANVASS_STATS_METHODS_ONE_FACTOR_H
#define CANVASS_STATS_METHODS_ONE_FACTOR_H

#include "base/arena.h"

#define ONE_FACTOR_UNIQUENESS_MIN 0.005
/* Fewer items do not determine their loadings. */
enum { ONE_FACTOR_ITEMS_MIN = 3 };

typedef struct one_factor {
  uint32_t count;
  double *loading;    /* their sum is not negative */
  double *uniqueness; /* 1 - loading^2 but for Heywood cases */
  double *vector;     /* of t, the start of the next search */
  bool *held;         /* at their bound, in a step */
  double *room;       /* for matrices, see one_factor.c */
} one_factor;

/* Room in A for COUNT items. */
status one_factor_new(arena *a, uint32_t count, one_factor *out, error *err) MUST_USE;
/* Copies a solution, to start from. */
void one_factor_copy(const one_factor *from, one_factor *to);
/* Fits OUT to CORRELATION (count * count, finite).  STARTED: from the solution in OUT, else from the usual
 * start.  *FITTED is false, and OUT lost, when the matrix is not positive definite or the search does not
 * end. */
status one_factor_fit(const double *correlation, bool started, one_factor *out, bool *fitted,
                      error *err) MUST_USE;
/* Whether item I's uniqueness is at its bound. */
bool one_factor_is_heywood(const one_factor *f, uint32_t i);

#endif
