/* Sums of the powers of numbers, plain and weighted, for MOMENTS alone.
 *
 * Powers are made limb by limb (64 bits each): every limb is added into its own 128-bit lane, which no
 * shard can overflow, and lanes are carried into one exact integer at the end.  Odd powers keep the sums of
 * positive and negative values apart until then.
 */
#ifndef CANVASS_STATS_ACCUMULATORS_POWER_LANES_H
#define CANVASS_STATS_ACCUMULATORS_POWER_LANES_H

#include "stats/accumulators/accumulator.h"

enum { LANES = 5 };
typedef struct lanes {
  u128 at[LANES];
} lanes;

/* Sums over the rows of one place; index 1 of a pair takes the negative values. */
typedef struct power_lanes {
  i128 x, w, w2, wx;
  lanes x2, x4, wx2, w2x2, wx4;
  lanes x3[2], w2x[2], wx3[2];
} power_lanes;

/* Of wide weights, w2 and wx are here, so that a place of narrow ones stays small. */
typedef struct wide_lanes {
  u192 w2;
  lanes wx[2];
} wide_lanes;

/* OUT (COUNT + 1 limbs) = IN (COUNT limbs) * FACTOR. */
static inline void multiply_limbs(const uint64_t *in, unsigned count, uint64_t factor, uint64_t *out) {
  u128 carry = 0;
  for (unsigned i = 0; i < count; i++) {
    carry += (u128)in[i] * factor;
    out[i] = (uint64_t)carry;
    carry >>= 64;
  }
  out[count] = (uint64_t)carry;
}

static inline void add_limbs(lanes *sum, const uint64_t *limbs, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    sum->at[i] += limbs[i];
  }
}

static inline void carry_lanes(exact *sum, const lanes *from) {
  exact term = {0};
  u128 carry = 0;
  for (unsigned i = 0; i < LANES; i++) {
    carry += from->at[i];
    term.limb[i] = (uint64_t)carry;
    carry >>= 64;
  }
  term.limb[LANES] = (uint64_t)carry;
  exact_add(sum, &term);
}

static inline void carry_signed_lanes(exact *sum, const lanes from[2]) {
  exact negative = {0};
  carry_lanes(sum, &from[0]);
  carry_lanes(&negative, &from[1]);
  exact_sub(sum, &negative);
}

/* SUM += IN (COUNT limbs) * FACTOR */
static inline void add_limbs_times(lanes *sum, const uint64_t *in, unsigned count, u128 factor) {
  uint64_t product[LANES];
  multiply_limbs(in, count, (uint64_t)factor, product);
  add_limbs(sum, product, count + 1);
  multiply_limbs(in, count, (uint64_t)(factor >> 64), product);
  for (unsigned i = 0; i <= count; i++) {
    sum->at[i + 1] += product[i];
  }
}

typedef enum weight_width { NO_WEIGHT, NARROW_WEIGHT, WIDE_WEIGHT } weight_width;

/* WIDE: with wide weights. */
static inline void power_lanes_add(power_lanes *sums, wide_lanes *wide, int64_t x, weight_width width,
                                   uint64_t w) {
  const bool negative = x < 0;
  const uint64_t first = negative ? (uint64_t)-x : (uint64_t)x;
  uint64_t square[2], cube[3], fourth[4], product[5];
  multiply_limbs(&first, 1, first, square);
  multiply_limbs(square, 2, first, cube);
  multiply_limbs(cube, 3, first, fourth);
  sums->x += x;
  add_limbs(&sums->x2, square, 2);
  add_limbs(&sums->x3[negative], cube, 3);
  add_limbs(&sums->x4, fourth, 4);
  if (width == NO_WEIGHT) {
    return;
  }
  sums->w += w;
  multiply_limbs(square, 2, w, product);
  add_limbs(&sums->wx2, product, 3);
  multiply_limbs(cube, 3, w, product);
  add_limbs(&sums->wx3[negative], product, 4);
  multiply_limbs(fourth, 4, w, product);
  add_limbs(&sums->wx4, product, 5);
  if (width == NARROW_WEIGHT) {
    sums->w2 += w * w;
    sums->wx += (i128)x * (int64_t)w;
    multiply_limbs(&first, 1, w * w, product);
    add_limbs(&sums->w2x[negative], product, 2);
    multiply_limbs(square, 2, w * w, product);
    add_limbs(&sums->w2x2, product, 3);
  } else {
    u192_add_u128(&wide->w2, (u128)w * w);
    multiply_limbs(&first, 1, w, product);
    add_limbs(&wide->wx[negative], product, 2);
    add_limbs_times(&sums->w2x[negative], &first, 1, (u128)w * w);
    add_limbs_times(&sums->w2x2, square, 2, (u128)w * w);
  }
}

/* WIDE: NULL without wide weights. */
static inline void power_lanes_flush(moments *m, const power_lanes *sums, const wide_lanes *wide,
                                     bool weighted) {
  exact_add_i128(&m->x, sums->x);
  carry_lanes(&m->x2, &sums->x2);
  carry_signed_lanes(&m->x3, sums->x3);
  carry_lanes(&m->x4, &sums->x4);
  if (weighted) {
    m->w += sums->w;
    exact_add_i128(&m->w2, sums->w2);
    exact_add_i128(&m->wx, sums->wx);
    carry_signed_lanes(&m->w2x, sums->w2x);
    carry_lanes(&m->wx2, &sums->wx2);
    carry_lanes(&m->w2x2, &sums->w2x2);
    carry_signed_lanes(&m->wx3, sums->wx3);
    carry_lanes(&m->wx4, &sums->wx4);
  }
  if (wide != NULL) {
    const exact w2 = exact_from_u192(&wide->w2);
    exact_add(&m->w2, &w2);
    carry_signed_lanes(&m->wx, wide->wx);
  }
}

#endif
