/* Sums of products that are too wide for 128 bits, added quickly. */
#ifndef CANVASS_STATS_ACCUMULATORS_WIDE_SUM_H
#define CANVASS_STATS_ACCUMULATORS_WIDE_SUM_H

#include "base/exact.h"

/* Exact for |product| < 2^126 and weights below 2^31 over 2^32 rows: a product's low 64 bits and the
 * rest are added apart. */
typedef struct wide_sum {
  u128 low;
  i128 high;
} wide_sum;

static inline void wide_sum_add(wide_sum *s, i128 product, uint32_t weight) {
  s->low += (u128)(uint64_t)product * weight;
  s->high += (product >> 64) * weight;
}

static inline void wide_sum_flush(const wide_sum *s, exact *into) {
  exact low = {{(uint64_t)s->low, (uint64_t)(s->low >> 64)}};
  exact_add(into, &low);
  exact_add_product(into, s->high, (i128)1 << 64);
}

#endif
