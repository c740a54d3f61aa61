/* Where the states of one shard's accumulators may come from and go to. */
#ifndef CANVASS_STATS_ACCUMULATORS_CACHE_H
#define CANVASS_STATS_ACCUMULATORS_CACHE_H

#include "base/buf.h"
#include "stats/frame/rows.h"

/* A cache knows states by program_accumulator_digest; what it gives is untrusted, and checked when
 * it is decoded. */
typedef struct partial_cache {
  /* Appends the encoded state of ACCUMULATOR to OUT; false when it has none. */
  bool (*get)(void *context, uint32_t accumulator, buf *out);
  /* Is given each state that was computed.  STATE is borrowed for the call. */
  void (*put)(void *context, uint32_t accumulator, slice state);
  void *context;
} partial_cache;

/* Opens a shard: called at most once, and not at all when the cache has every state.  *ROWS live until the
 * caller of partial_map_cached closes them. */
typedef status (*partial_rows)(void *context, const stats_rows **rows, error *err);

#endif
