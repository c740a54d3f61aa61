/* How large the numbers of a column are, and how many decimals they were written with: the facts of the
 * manifest.  They depend on the cells alone, not on how a shard keeps them.
 */
#ifndef CANVASS_READING_MEASURE_H
#define CANVASS_READING_MEASURE_H

#include "base/decimal.h"

typedef struct measure {
  /* Of numbers with so many decimals that fit an int64, the largest magnitude as it was written: the usual
   * number costs a comparison. */
  uint64_t largest[DECIMAL_READ_SCALE_MAX + 1]; /* beyond DECIMAL_SCALE_MAX at their least scale */
  uint32_t scales_seen; /* bit s up to DECIMAL_SCALE_MAX: some number was written with it */
  uint64_t
      beyond; /* the largest whole number above DECIMAL_UNITS_MAX, which fits an int64 but cannot be used */
  /* Of all other numbers. */
  uint8_t decimals;
  decimal_magnitude other;
} measure;

static inline uint64_t measure_magnitude(int64_t v) {
  return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* NUMBER: what decimal_parse made of TEXT. */
void measure_number(measure *m, decimal number, slice text, char mark);
/* Any text; those that are not numbers say nothing.  True: *NUMBER is its value, as decimal_parse_scaled
 * gives it. */
bool measure_text(measure *m, slice text, char mark, decimal *number);
/* Whether some number has more than DECIMAL_SCALE_MAX decimals that count. */
bool measure_is_far(const measure *m);
/* The most decimals of those that fit an int64 with them: what a shard notes. */
uint8_t measure_scale(const measure *m);
/* The facts of all that was measured, as in manifest_column. */
uint8_t measure_decimals(const measure *m);
decimal_magnitude measure_largest(const measure *m);

#endif
