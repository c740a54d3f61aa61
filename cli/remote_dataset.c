/* The list of a manifest's shards that are at hand, and a reader of them. */
#include "cli/remote_dataset.h"

#include <stdlib.h>
#include <string.h>

status remote_dataset_get(session *link, const char *name, remote_dataset *out, error *err) {
  *out = (remote_dataset){.version = 0};
  uint64_t version = 0;
  buf bytes;
  buf_init(&bytes);
  status st = session_dataset_get(link, name, &version, &bytes, err);
  if (st == STATUS_OK && version > 0) {
    st = manifest_decode(bytes.data, bytes.length, &out->content, err);
  }
  buf_fini(&bytes);
  out->version = st == STATUS_OK ? version : 0;
  return st;
}

typedef struct shard_source {
  store *shards;
  const session_blob *list;
} shard_source;

static status read_shard(void *context, size_t index, uint64_t offset, void *out, size_t length, error *err) {
  const shard_source *source = context;
  store_blob blob;
  TRY(store_get(source->shards, &source->list[index].name, &blob, err));
  status st = STATUS_OK;
  if (offset + length > blob.length) {
    st = error_set(err, STATUS_CORRUPT, "a shard is shorter than its manifest says");
  } else {
    memcpy(out, (const char *)blob.bytes + offset, length);
  }
  store_release(&blob);
  return st;
}

static size_t list_shards(const manifest *m, store *shards, session_blob *list) {
  size_t count = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const manifest_shard *shard = &m->shards[i];
    if (store_has(shards, &shard->name, shard->bytes)) {
      list[count++] = (session_blob){.name = shard->name, .bytes = shard->bytes, .weight = shard->rows};
    }
  }
  return count;
}

status remote_dataset_put(session *link, const char *name, uint64_t base, const manifest *m, store *shards,
                          const session_callback *callback, session_put_counts *counts, error *err) {
  session_blob *list = calloc((size_t)m->shards_count + 1, sizeof *list);
  if (list == NULL) {
    return error_no_memory(err, "the list of shards");
  }
  shard_source source = {shards, list};
  const session_blobs blobs = {list, list_shards(m, shards, list), read_shard, &source};
  buf bytes;
  buf_init(&bytes);
  manifest_encode(m, &bytes);
  status st = buf_status(&bytes, "the manifest", err);
  if (st == STATUS_OK) {
    const slice content = {(const char *)bytes.data, bytes.length};
    st = session_put(link, name, base, content, &blobs, callback, counts, err);
  }
  buf_fini(&bytes);
  free(list);
  return st;
}
