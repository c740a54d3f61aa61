/* A shard is opened only when one of its states is not kept.  Computed states are gathered, so that they
 * cost one transaction a task. */
#include "worker/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "stats/stats.h"
#include "store/shard.h"
#include "worker/assignment.h"
#include "worker/shard_rows.h"

enum { GATHERED_BYTES_MAX = 16 << 20 };

/* A state to be kept; its bytes are in the mapping's buffer from OFFSET on. */
typedef struct gathered {
  digest shard;
  uint32_t accumulator;
  size_t offset, length;
} gathered;

typedef struct mapping {
  stats_map *map;
  store *shards;
  const map_source *source;
  digest *accumulators; /* of each accumulator; NULL where the store keeps none */
  gathered *gathered;
  size_t gathered_count, gathered_capacity;
  buf states;
  map_counts counts;
  /* The current shard, open from the first state that must be computed. */
  digest name;
  uint64_t bytes;
  store_blob blob;
  shard *open;
  stats_rows rows;
} mapping;

/* ---- The shard ----------------------------------------------------------------------------------- */

static status open_rows(void *context, const stats_rows **rows, error *err) {
  mapping *m = context;
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&m->name, hex);
  TRY(m->source->get(m->source->context, &m->name, m->bytes, &m->blob, err));
  TRY(shard_open(m->blob.bytes, m->blob.length, hex, &m->open, err));
  shard_rows_view(m->open, &m->rows);
  *rows = &m->rows;
  return STATUS_OK;
}

static void close_shard(mapping *m) {
  shard_close(m->open);
  m->open = NULL;
  store_release(&m->blob);
}

/* ---- The cache ----------------------------------------------------------------------------------- */

static bool get_state(void *context, uint32_t accumulator, buf *out) {
  const mapping *m = context;
  return store_partial_get(m->shards, &m->name, &m->accumulators[accumulator], out);
}

/* Passes on what was gathered.  Without memory it is merely not kept. */
static void keep_gathered(mapping *m) {
  store_partial *partials = calloc(m->gathered_count + 1, sizeof *partials);
  if (partials != NULL && !m->states.failed) {
    for (size_t i = 0; i < m->gathered_count; i++) {
      const gathered *g = &m->gathered[i];
      partials[i] = (store_partial){
          g->shard, m->accumulators[g->accumulator], {(const char *)m->states.data + g->offset, g->length}};
    }
    store_partials_put(m->shards, partials, m->gathered_count);
  }
  free(partials);
  m->gathered_count = 0;
  buf_clear(&m->states);
}

static void put_state(void *context, uint32_t accumulator, slice state) {
  mapping *m = context;
  if (state.length > STORE_PARTIAL_BYTES_MAX ||
      !ARRAY_ROOM(m->gathered, m->gathered_count, m->gathered_capacity)) {
    return;
  }
  m->gathered[m->gathered_count++] = (gathered){m->name, accumulator, m->states.length, state.length};
  buf_put(&m->states, state.bytes, state.length);
  if (m->states.length >= GATHERED_BYTES_MAX) {
    keep_gathered(m);
  }
}

/* ---- The run ------------------------------------------------------------------------------------- */

static status map_shard(mapping *m, error *err) {
  const partial_cache cache = {.get = get_state, .put = put_state, .context = m};
  uint64_t computed = 0;
  const status st =
      stats_map_add(m->map, open_rows, m, m->accumulators != NULL ? &cache : NULL, &computed, err);
  if (st == STATUS_CORRUPT) {
    m->source->damaged(m->source->context, &m->name);
  }
  close_shard(m);
  m->counts.computed += computed;
  m->counts.cached += st == STATUS_OK ? stats_map_states(m->map) - computed : 0;
  return st;
}

static status name_accumulators(mapping *m, error *err) {
  const uint32_t count = stats_map_states(m->map);
  if (!store_keeps_partials(m->shards)) {
    return STATUS_OK;
  }
  m->accumulators = calloc((size_t)count + 1, sizeof *m->accumulators);
  if (m->accumulators == NULL) {
    return error_no_memory(err, "the names of accumulators");
  }
  for (uint32_t i = 0; i < count; i++) {
    TRY(stats_map_name(m->map, i, &m->accumulators[i], err));
  }
  return STATUS_OK;
}

static status map_all(mapping *m, slice names, const atomic_bool *stop, error *err) {
  TRY(name_accumulators(m, err));
  for (size_t at = 0; at + BLOB_NAME_BYTES <= names.length; at += BLOB_NAME_BYTES) {
    if (atomic_load(stop)) {
      return error_set(err, STATUS_INTERRUPTED, "the worker stops");
    }
    blob_name_read(names.bytes + at, &m->name, &m->bytes);
    TRY(map_shard(m, err));
  }
  return STATUS_OK;
}

status map_shards(slice program, slice names, const map_source *source, store *shards,
                  const atomic_bool *stop, map_counts *counts, buf *partial, error *err) {
  mapping m = {.shards = shards, .source = source};
  TRY(stats_map_open(program, &m.map, err));
  buf_init(&m.states);
  status st = map_all(&m, names, stop, err);
  /* What was computed before a failure or a stop is valid too. */
  if (m.accumulators != NULL) {
    keep_gathered(&m);
  }
  if (st == STATUS_OK) {
    st = stats_map_write(m.map, partial, err);
  }
  *counts = m.counts;
  stats_map_destroy(m.map);
  buf_fini(&m.states);
  free(m.gathered);
  free(m.accumulators);
  return st;
}
