/* Decimal numbers as files write them: an int64 mantissa times 10^-scale.
 *
 * Grammar: optional sign, digits with an optional decimal mark and at least one digit in all, an
 * optional exponent.  No grouping marks, no hexadecimal, no "nan" or "inf".
 */
#ifndef CANVASS_BASE_DECIMAL_H
#define CANVASS_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { DECIMAL_SCALE_MAX = 18 };

typedef struct decimal {
  int64_t mantissa;
  uint8_t scale; /* 0..DECIMAL_SCALE_MAX; trailing zeros of the text are kept ("1.50": 150, 2) */
} decimal;

/* Parses all of S (already trimmed); MARK is '.' or ','.  False when S is not a number or does not
 * fit: "12", "-0.5", "+3", ".5", "5.", "1e3", "1.5E-3". */
bool decimal_parse(slice s, char mark, decimal *out);
/* D's mantissa at SCALE, rounded half to even when digits are lost (*INEXACT tells; may be NULL).
 * False when it does not fit into int64. */
bool decimal_rescale(decimal d, unsigned scale, int64_t *mantissa, bool *inexact);
/* Trailing zeros removed; zero is (0, 0). */
decimal decimal_normalise(decimal d);
/* <0, 0, >0 by value. */
int decimal_compare(decimal a, decimal b);
/* Canonical text of a normalised decimal, without exponent.  OUT holds at least 32 bytes. */
int decimal_format(decimal d, char *out);
/* 10^power for 0 <= power <= 18 */
int64_t decimal_power10(unsigned power);
/* num / den rounded half to even; den > 0 (asserted). */
int64_t decimal_divide_half_even(__int128 num, __int128 den);

#endif
