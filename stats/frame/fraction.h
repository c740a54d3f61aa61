/* Exact fractions of one row.
 *
 * A numerator and a positive denominator, both below 2^120 in magnitude, not always in lowest terms.  What
 * does not fit even in lowest terms is refused, never rounded, so that a result depends on the row alone. */
#ifndef CANVASS_STATS_FRAME_FRACTION_H
#define CANVASS_STATS_FRAME_FRACTION_H

#include "base/exact.h"

typedef struct fraction {
  i128 over, under;
} fraction;

/* MANTISSA * 10^-DECIMALS, DECIMALS at most 18. */
fraction fraction_of(int64_t mantissa, unsigned decimals);
/* Each is false when the result does not fit; OUT may be A or B. */
bool fraction_add(fraction a, fraction b, fraction *out);
bool fraction_multiply(fraction a, fraction b, fraction *out);
/* B is not 0 (asserted). */
bool fraction_divide(fraction a, fraction b, fraction *out);
fraction fraction_negate(fraction a);
int fraction_compare(fraction a, fraction b); /* -1, 0, 1 */
/* A * 10^DECIMALS, rounded half to even; DECIMALS at most 18. */
bool fraction_round(fraction a, unsigned decimals, i128 *out);

#endif
