/* MAP over a run of shards, with what the store keeps of earlier runs. */
#ifndef CANVASS_WORKER_MAP_H
#define CANVASS_WORKER_MAP_H

#include <stdatomic.h>

#include "stats/stats.h"
#include "store/store.h"

/* States, one for each shard and accumulator. */
typedef struct map_counts {
  uint64_t computed, cached;
} map_counts;

/* The merged partial of P over the shards whose names (DIGEST_BYTES each) stand in NAMES.  Where SHARDS
 * keeps partials, states that it has are taken from there, and those that were computed are handed to it
 * at the end.  STATUS_INTERRUPTED when STOP is set between two shards. */
status map_shards(const program *p, slice names, store *shards, const atomic_bool *stop, map_counts *counts,
                  partial **out, error *err) MUST_USE;

#endif
