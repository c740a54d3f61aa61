/* Least squares without rounding: systems of normal equations whose entries are whole numbers.
 *
 * S holds the sums of products of SIZE columns.  Sweeping the first COUNT of them (Goodnight 1979, Am Stat
 * 33:149-158; without fractions by Bareiss 1968, Math Comp 22:565-578) gives their inverse, the coefficients
 * of every other column on them, and what is left of its sums of products: all exact, whatever the
 * condition of the system, and of numbers that a double cannot hold.
 *
 * The work grows with the third power of SIZE, and with the length of the numbers: 20 columns take some
 * milliseconds, 100 about a second.
 */
#ifndef CANVASS_BASE_EXACT_SYSTEM_H
#define CANVASS_BASE_EXACT_SYSTEM_H

#include "base/exact.h"

typedef struct exact_system exact_system;

exact_system *exact_system_new(uint32_t size); /* zeros; NULL when out of memory */
void exact_system_destroy(exact_system *s);
/* The entry of row I and column K, and of row K and column I: V, a whole number (asserted). */
void exact_system_set(exact_system *s, uint32_t i, uint32_t k, const ratio *v);
/* Once, after all entries are set.  COUNT <= size.  False: a column is determined by those before it, which
 * is decided without rounding; nothing may be read then. */
bool exact_system_sweep(exact_system *s, uint32_t count);
/* After it, for I and K both swept: the entry of the inverse; for one of the two: the coefficient of the
 * other column on it; for neither: the sum of products of what the swept columns leave of the two. */
void exact_system_entry(const exact_system *s, uint32_t i, uint32_t k, ratio *out);

#endif
