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

enum {
  DECIMAL_SCALE_MAX = 18,
  DECIMAL_READ_SCALE_MAX = 99,
  DECIMAL_MAGNITUDE_EXPONENT_MIN = -300,
  DECIMAL_MAGNITUDE_EXPONENT_MAX = 18,
  DECIMAL_MAGNITUDE_TEXT_BYTES = 340,
  DECIMAL_TEXT_BYTES = 32,         /* of a decimal up to DECIMAL_SCALE_MAX */
  DECIMAL_SCALED_TEXT_BYTES = 112, /* up to DECIMAL_READ_SCALE_MAX */
};
/* Numbers are used as whole units of 10^-scale within +-2^62. */
#define DECIMAL_UNITS_MAX ((int64_t)1 << 62)

typedef struct decimal {
  int64_t mantissa;
  uint8_t scale; /* 0..DECIMAL_SCALE_MAX when parsed; trailing zeros of the text are kept ("1.50": 150, 2).
                    The arithmetic below takes up to DECIMAL_READ_SCALE_MAX. */
} decimal;

/* Parses all of S (already trimmed); MARK is '.' or ','.  False when S is not a number or does not
 * fit: "12", "-0.5", "+3", ".5", "5.", "1e3", "1.5E-3". */
bool decimal_parse(slice s, char mark, decimal *out);

/* The digits of a number of any length: the first 19 significant ones, the one after them, and whether any
 * digit but zero follows.  Enough to round half to even at any scale at which the number fits. */
typedef struct decimal_digits {
  uint64_t kept; /* below 10^19 */
  int64_t power; /* the number is kept.next... * 10^power */
  int64_t decimals;
  bool negative;
  uint8_t next;
  bool more;
} decimal_digits;

typedef enum decimal_length { DECIMAL_NONE, DECIMAL_SHORT, DECIMAL_LONG } decimal_length;
/* Parses all of S: SHORT when decimal_parse takes it (*OUT), LONG when it is a number that does not fit
 * (*DIGITS). */
decimal_length decimal_parse_any(slice s, char mark, decimal *out, decimal_digits *digits);
/* The number of *DIGITS, normalised, when it is a mantissa at some scale up to DECIMAL_READ_SCALE_MAX.
 */
bool decimal_of_digits(const decimal_digits *digits, decimal *out);
/* Parses all of S when it is a number with such a mantissa; what decimal_parse accepts gives the same
 * result. */
bool decimal_parse_scaled(slice s, char mark, decimal *out);
/* D's mantissa at SCALE, rounded half to even when digits are lost (*INEXACT is then set; may be NULL).
 * False when it does not fit into int64. */
bool decimal_rescale(decimal d, unsigned scale, int64_t *mantissa, bool *inexact);
/* Trailing zeros removed; zero is (0, 0). */
decimal decimal_normalise(decimal d);
/* <0, 0, >0 by value. */
int decimal_compare(decimal a, decimal b);
/* Canonical text of a normalised decimal, without exponent.  OUT holds at least DECIMAL_TEXT_BYTES, or
 * DECIMAL_SCALED_TEXT_BYTES where the scale is above DECIMAL_SCALE_MAX. */
int decimal_format(decimal d, char *out);
/* 10^power for 0 <= power <= 18 */
int64_t decimal_power10(unsigned power);
/* num / den rounded half to even; den > 0 (asserted). */
int64_t decimal_divide_half_even(__int128 num, __int128 den);

/* What became of a text that was read at a scale. */
typedef enum decimal_reading {
  DECIMAL_NO_NUMBER,
  DECIMAL_EXACT,
  DECIMAL_ROUNDED, /* digits were lost, half to even over all that the text has */
  DECIMAL_OUTSIDE, /* beyond +-DECIMAL_UNITS_MAX units, rounded */
} decimal_reading;

/* Reads all of S, of any number of digits and any exponent, in the grammar above, as units of 10^-SCALE
 * (0..DECIMAL_READ_SCALE_MAX, asserted).  *MANTISSA is set when EXACT or ROUNDED. */
decimal_reading decimal_read(slice s, char mark, unsigned scale, int64_t *mantissa);
decimal_reading decimal_read_digits(const decimal_digits *d, unsigned scale, int64_t *mantissa);

/* Whether both are numbers, of any length, with the same value. */
bool decimal_equal_texts(slice a, char mark_a, slice b, char mark_b);

/* How large a number is, whatever its sign: mantissa * 10^exponent, a bound that is exact up to 19 digits and
 * rounded up beyond.  Canonical, so equal ones have equal members: no zeros end the mantissa, zero is (0, 0),
 * and what is smaller than 10^DECIMAL_MAGNITUDE_EXPONENT_MIN counts as that. */
typedef struct decimal_magnitude {
  uint64_t mantissa;
  int16_t exponent;
} decimal_magnitude;

/* MANTISSA * 10^-SCALE */
decimal_magnitude decimal_magnitude_of(uint64_t mantissa, unsigned scale);
bool decimal_magnitude_valid(decimal_magnitude m); /* canonical, exponents within the limits */
int decimal_magnitude_compare(decimal_magnitude a, decimal_magnitude b); /* <0, 0, >0 */
decimal_magnitude decimal_magnitude_max(decimal_magnitude a, decimal_magnitude b);
/* The largest scale (0..DECIMAL_READ_SCALE_MAX) at which M takes no more than LIMIT (> 0) units; 0 also when
 * there is none. */
unsigned decimal_magnitude_scale(decimal_magnitude m, int64_t limit);
/* Its digits without exponent; OUT holds at least DECIMAL_MAGNITUDE_TEXT_BYTES. */
int decimal_magnitude_format(decimal_magnitude m, char *out);
/* Digits before the mark; none below 1. */
unsigned decimal_magnitude_whole_digits(decimal_magnitude m);

/* How large the number S is, and how many digits stand after its mark once its exponent is applied (at most
 * 255; trailing zeros count).  False when S is not a number, or beyond DECIMAL_UNITS_MAX, where no scale
 * reads it. */
bool decimal_measure(slice s, char mark, uint8_t *decimals, decimal_magnitude *size);
bool decimal_measure_digits(const decimal_digits *d, uint8_t *decimals, decimal_magnitude *size);

#endif
