/* Scores of centres, exact whatever the size of coefficients and values:
 *
 *   score = c_0 2^s_0 + c_1 2^s_1 X_1 + .. + c_p 2^s_p X_p,   0 <= s <= SCORE_SHIFT_MAX
 *
 * with 64-bit coefficients c and |X| <= NUMBER_MAX, in 192 bits.  A separate shift for every item lets
 * one score distinguish answers from 1 to 5 and means of twelve decimals equally well.
 */
#ifndef CANVASS_STATS_PROGRAM_LONG_SCORE_H
#define CANVASS_STATS_PROGRAM_LONG_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/exact.h"

enum { SCORE_SHIFT_MAX = 63, SCORE_DROP_MAX = 126 };
/* Beyond every number that a row can have. */
#define SCORE_BEYOND ((i128)1 << 124)

/* high * 2^64 + low */
typedef struct long_score {
  i128 high;
  uint64_t low;
} long_score;

static inline void long_score_add(long_score *s, i128 term, unsigned shift) {
  const uint64_t low = (uint64_t)term << shift;
  s->high += term >> (64 - shift);
  s->low += low;
  s->high += s->low < low;
}

static inline bool long_score_is_less(const long_score *a, const long_score *b) {
  return a->high < b->high || (a->high == b->high && a->low < b->low);
}

/* 2^-DROP times the score, rounded down, and cut at -+SCORE_BEYOND; DROP is at most SCORE_DROP_MAX. */
static inline i128 long_score_down(const long_score *s, unsigned drop) {
  i128 down = 0;
  if (drop >= 64) { /* what is left of 192 bits fits 128 */
    down = s->high >> (drop - 64);
  } else if (s->high >= (i128)1 << (60 + drop) || s->high < -((i128)1 << (60 + drop))) {
    down = s->high < 0 ? -SCORE_BEYOND : SCORE_BEYOND;
  } else if (drop == 0) {
    down = (i128)((u128)s->high << 64 | s->low);
  } else {
    down = (i128)((u128)s->high << (64 - drop) | s->low >> drop);
  }
  return down > SCORE_BEYOND ? SCORE_BEYOND : down < -SCORE_BEYOND ? -SCORE_BEYOND : down;
}

/* The same rounded half to even. */
static inline i128 long_score_round(const long_score *s, unsigned drop) {
  if (drop == 0) {
    return long_score_down(s, 0);
  }
  long_score raised = *s;
  if (drop <= 64) {
    long_score_add(&raised, 1, drop - 1);
  } else {
    raised.high += (i128)1 << (drop - 65);
  }
  const i128 up = long_score_down(&raised, drop);
  const bool low_is_half = drop >= 64 ? raised.low == 0 : (raised.low << (64 - drop)) == 0;
  const bool high_is_half = drop <= 64 || ((u128)raised.high << (192 - drop)) == 0;
  return low_is_half && high_is_half && (up & 1) != 0 ? up - 1 : up;
}

/* Whether no score of values up to NUMBER_MAX overflows: false when the sum of |c_d| 2^s_d reaches 2^125.
 * SHIFTS (at most SCORE_SHIFT_MAX) as COEFFICIENTS: 1 + ITEMS; NULL: all 0. */
static inline bool long_score_fits(const int64_t *coefficients, const uint8_t *shifts, uint32_t items) {
  const u128 limit = (u128)1 << 125;
  u128 sum = 0;
  for (uint32_t d = 0; d <= items && sum < limit; d++) {
    const int64_t c = coefficients[d];
    const u128 size = c < 0 ? (u128)0 - (u128)(i128)c : (u128)c;
    sum += size << (shifts != NULL ? shifts[d] : 0);
  }
  return sum < limit;
}

#endif
