/* Sums of products that are too wide for 128 bits, added quickly. */
#ifndef CANVASS_STATS_ACCUMULATORS_WIDE_SUM_H
#define CANVASS_STATS_ACCUMULATORS_WIDE_SUM_H

#include "base/exact.h"

/* Exact for |product| < 2^126 over 2^32 rows: a product's low 64 bits and the rest are added separately, and
 * so are the high and the low bits of weights that are not narrow. */
typedef struct wide_sum {
  u128 low;
  i128 high;
  u128 heavy_low; /* times 2^WIDE_SUM_BITS */
  i128 heavy_high;
} wide_sum;

enum { WIDE_SUM_BITS = 31 };

/* Of WEIGHT below 2^31. */
static inline void wide_sum_add(wide_sum *s, i128 product, uint32_t weight) {
  s->low += (u128)(uint64_t)product * weight;
  s->high += (product >> 64) * weight;
}

/* Of WEIGHT up to 2^62. */
static inline void wide_sum_add_heavy(wide_sum *s, i128 product, int64_t weight) {
  const uint64_t heavy = (uint64_t)weight >> WIDE_SUM_BITS;
  wide_sum_add(s, product, (uint32_t)weight & ((1U << WIDE_SUM_BITS) - 1));
  s->heavy_low += (u128)(uint64_t)product * heavy;
  s->heavy_high += (product >> 64) * (int64_t)heavy;
}

static inline void wide_sum_flush_part(u128 low, i128 high, i128 unit, exact *into) {
  exact sum = {{(uint64_t)low, (uint64_t)(low >> 64)}};
  exact_add_product(&sum, high, (i128)1 << 64);
  exact_add_scaled(into, &sum, unit);
}

static inline void wide_sum_flush(const wide_sum *s, exact *into) {
  wide_sum_flush_part(s->low, s->high, 1, into);
  wide_sum_flush_part(s->heavy_low, s->heavy_high, (i128)1 << WIDE_SUM_BITS, into);
}

#endif
