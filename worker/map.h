/* MAP over a run of shards, using the states that the store keeps. */
#ifndef CANVASS_WORKER_MAP_H
#define CANVASS_WORKER_MAP_H

#include <stdatomic.h>

#include "base/buf.h"
#include "store/store.h"

/* States, one for each shard and accumulator. */
typedef struct map_counts {
  uint64_t computed, cached;
} map_counts;

/* Where shards come from: the blob NAME of BYTES, until store_release. */
typedef struct map_source {
  status (*get)(void *context, const digest *name, uint64_t bytes, store_blob *out, error *err);
  /* What GET gave is no shard: it was damaged since it was compared with its name, or was none before. */
  void (*damaged)(void *context, const digest *name);
  void *context;
} map_source;

/* Appends to PARTIAL the result of PROGRAM (encoded) over the shards whose names (BLOB_NAME_BYTES each)
 * are in NAMES.  Where SHARDS keeps partials, cached states are taken from there, and computed ones
 * are passed to it at the end.  STATUS_INTERRUPTED when STOP is set between two shards. */
status map_shards(slice program, slice names, const map_source *source, store *shards,
                  const atomic_bool *stop, map_counts *counts, buf *partial, error *err) MUST_USE;

#endif
