/* Keys of a coded variable that lie so close together that bytes hold them, and the squares of them. */
#ifndef CANVASS_STATS_ACCUMULATORS_BYTE_KEYS_H
#define CANVASS_STATS_ACCUMULATORS_BYTE_KEYS_H

#include "stats/frame/frame.h"

enum { BYTE_KEYS_SPAN_MAX = 15 };

typedef struct byte_keys {
  const uint8_t *slots; /* of the rows; NULL: the keys do not lie so close together */
  int64_t low;          /* the smallest key; bytes hold key - low */
  uint8_t span;         /* the largest less the smallest */
  uint8_t of_slot[BYTE_KEYS_SPAN_MAX + 1];
} byte_keys;

/* The keys of VARIABLE in this shard; SPAN_MAX is at most BYTE_KEYS_SPAN_MAX. */
status byte_keys_of(frame *f, uint32_t variable, uint8_t span_max, byte_keys *out, error *err) MUST_USE;

#endif
