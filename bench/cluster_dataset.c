/* Datasets of shards that are never decoded. */
#include "bench/cluster_dataset.h"

#include <stdlib.h>

#include "bench/cluster_service.h"

enum { SHARD_ROWS = 32768 };

static digest put_shard(store *shards, size_t bytes, uint64_t number) {
  uint8_t *filled = need(malloc(bytes));
  digest name;
  error err;
  for (size_t i = 0; i < bytes; i++) { /* as little compressible as packed answers are */
    number = number * 6364136223846793005u + 1442695040888963407u;
    filled[i] = (uint8_t)(number >> 56);
  }
  must(store_put(shards, filled, bytes, &name, &err), &err);
  free(filled);
  return name;
}

manifest *dataset_make(store *shards, uint32_t count, size_t bytes, bool distinct) {
  manifest *m = need(manifest_new());
  m->files = need(ARENA_NEW(m->memory, file_facts));
  m->shards = need(arena_array(m->memory, count, sizeof *m->shards));
  m->columns = need(ARENA_NEW(m->memory, manifest_column));
  *m->files =
      (file_facts){.name = slice_of("bench.csv"), .bytes = 1, .records = (uint64_t)count * SHARD_ROWS};
  *m->columns = (manifest_column){.name = slice_of("q1")};
  m->files_count = 1;
  m->columns_count = 1;
  m->shards_count = count;
  digest name = {{0}};
  for (uint32_t i = 0; i < count; i++) {
    if (i == 0 || distinct) {
      name = put_shard(shards, bytes, i + 1);
    }
    m->shards[i] = (manifest_shard){
        .name = name, .bytes = bytes, .first_ordinal = (uint64_t)i * SHARD_ROWS, .rows = SHARD_ROWS};
  }
  return m;
}

uint64_t dataset_bytes(const manifest *m) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    bytes += m->shards[i].bytes;
  }
  return bytes;
}
