/* Exact integers: 128 bits for coded items, 192 for squares of weights, 384 for sums over decimal numbers.
 *
 * Sums are exact whatever their order, so partial statistics merge associatively and commutatively
 * to the bit.  384 bits hold the largest sum there can be: |x| up to 2^62 to the fourth power, times a
 * weight up to 2^62, over at most 2^40 rows, is at most 2^350; a sum of weights needs 102 bits, of their
 * squares 164.  Rounding happens once, in the `exact_ratio` family, which is correctly rounded (GMP, round
 * half to even).
 */
#ifndef CANVASS_BASE_EXACT_H
#define CANVASS_BASE_EXACT_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#define EXACT_LIMBS 6

/* Two's complement, least significant limb first.  {0} is zero. */
typedef struct exact {
  uint64_t limb[EXACT_LIMBS];
} exact;

exact exact_from_i64(int64_t v);
exact exact_from_i128(i128 v);
int exact_sign(const exact *a); /* -1, 0, 1 */
int exact_compare(const exact *a, const exact *b);
void exact_add(exact *sum, const exact *term); /* sum += term */
void exact_add_i128(exact *sum, i128 term);
void exact_sub(exact *sum, const exact *term);
void exact_negate(exact *a);
/* sum += a * b, with the full product of the two. */
void exact_add_product(exact *sum, i128 a, i128 b);
/* sum += a * b.  The caller guarantees that the product fits (see above). */
void exact_add_scaled(exact *sum, const exact *a, i128 b);
bool exact_fits_i128(const exact *a, i128 *out);
double exact_to_double(const exact *a); /* correctly rounded */

/* Sums of squares of weights, short because there are so many of them: never negative, below
 * 2^192, least significant limb first.  {0} is zero. */
typedef struct u192 {
  uint64_t limb[3];
} u192;

static inline void u192_add_u128(u192 *sum, u128 addend) {
  u128 carry = (u128)sum->limb[0] + (uint64_t)addend;
  sum->limb[0] = (uint64_t)carry;
  carry = (carry >> 64) + sum->limb[1] + (uint64_t)(addend >> 64);
  sum->limb[1] = (uint64_t)carry;
  sum->limb[2] += (uint64_t)(carry >> 64);
}
void u192_add(u192 *sum, const u192 *term);
exact exact_from_u192(const u192 *v);
/* False, and *OUT unchanged, when A is negative or too large. */
bool exact_fits_u192(const exact *a, u192 *out);

/* Rational arithmetic for the finish: numbers of any size, exact until they are rounded once.
 * A `ratio` is opaque and owned; all functions accept the same object as input and output.
 * Out of memory inside GMP ends the process (GMP's rule), so these return nothing. */
typedef struct ratio ratio;

ratio *ratio_new(void); /* zero; NULL when out of memory */
void ratio_destroy(ratio *r);
void ratio_set(ratio *r, const ratio *a);
void ratio_set_i64(ratio *r, int64_t v);
void ratio_set_i128(ratio *r, i128 v);
void ratio_set_exact(ratio *r, const exact *v);
/* v * 10^-scale */
void ratio_set_exact_scaled(ratio *r, const exact *v, unsigned scale);
void ratio_add(ratio *r, const ratio *a, const ratio *b);
void ratio_sub(ratio *r, const ratio *a, const ratio *b);
void ratio_mul(ratio *r, const ratio *a, const ratio *b);
/* B must not be zero (asserted). */
void ratio_div(ratio *r, const ratio *a, const ratio *b);
void ratio_scale10(ratio *r, int power); /* r *= 10^power */
int ratio_sign(const ratio *r);
int ratio_compare(const ratio *a, const ratio *b);
double ratio_to_double(const ratio *r); /* correctly rounded, half to even */
/* The square root, correctly rounded; NaN below zero, where only sums that contradict each other lead. */
double ratio_sqrt_to_double(const ratio *r);

/* num / den and sqrt(num / den), correctly rounded.  den must not be zero. */
double exact_ratio(const exact *num, const exact *den);

#endif
