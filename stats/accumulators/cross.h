/* The parts of CROSS: the kind (cross.c), pairs of narrow columns (cross_narrow.c), all other pairs
 * (cross_wide.c).  For these files alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_CROSS_H
#define CANVASS_STATS_ACCUMULATORS_CROSS_H

#include "stats/accumulators/byte_keys.h"
#include "stats/accumulators/pairs.h"
#include "stats/accumulators/row_order.h"

/* The largest difference of two keys that a byte column may hold: its square must fit a byte, and with
 * weights the square times a piece of the weight must not pass the kernel's bound. */
enum { CROSS_NARROW_SPAN = BYTE_KEYS_SPAN_MAX, CROSS_NARROW_SPAN_WEIGHTED = 11 };

typedef struct cross_column {
  byte_keys keys;
  const int64_t *values_wide; /* NULL: bytes hold its keys */
} cross_column;

/* A shard on its way into a state. */
typedef struct cross_shard {
  pair_list pairs;
  uint32_t pairs_per_place;
  const cross_column *columns; /* per variable */
  uint32_t rows;
  row_order order;
  weight_view weights;
  int64_t weight_max;
  cross_sums *at; /* of the state */
} cross_shard;

static inline cross_sums *cross_shard_sums(const cross_shard *s, uint32_t group, uint32_t i, uint32_t j) {
  return s->at + (size_t)s->order.grouped.places[group] * s->pairs_per_place + pair_index(s->pairs, i, j);
}

status cross_add_narrow(const cross_shard *s, error *err) MUST_USE;
status cross_add_wide(const cross_shard *s, error *err) MUST_USE;

#endif
