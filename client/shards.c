/* Datasets as shards: looked up, sent, committed as versions. */
#include <stdlib.h>
#include <string.h>

#include "client/session_state.h"
#include "store/manifest.h"
#include "store/store.h"

status session_dataset_get(session *s, const char *name, session_dataset *out, error *err) {
  *out = (session_dataset){.version = 0};
  TRY(session_check_text("the dataset's name", name, err));
  message m = message_of(MESSAGE_DATASET);
  message_set_text(&m, FIELD_DATASET, name);
  error why = {.code = STATUS_OK};
  const status asked = session_ask(s, &m, NULL, 0, ANSWER(MESSAGE_MANIFEST), &why);
  if (asked == STATUS_NOT_FOUND) {
    return STATUS_OK;
  }
  if (asked != STATUS_OK) {
    return error_set(err, asked, "%s", why.message);
  }
  const uint64_t version = s->incoming->header.integers[FIELD_VERSION];
  buf bytes;
  buf_init(&bytes);
  status st = session_payload_take(s, 0, &bytes, err);
  if (st == STATUS_OK) {
    st = manifest_decode(bytes.data, bytes.length, &out->content, err);
  }
  buf_fini(&bytes);
  out->version = st == STATUS_OK ? version : 0;
  return st;
}

typedef struct shard_source {
  store *shards;
  const upload_blob *blobs;
} shard_source;

static status read_shard(void *context, size_t index, uint64_t offset, void *out, size_t length, error *err) {
  const shard_source *source = context;
  store_blob blob;
  TRY(store_get(source->shards, &source->blobs[index].name, &blob, err));
  status st = STATUS_OK;
  if (offset + length > blob.length) {
    st = error_set(err, STATUS_CORRUPT, "a shard is shorter than its manifest says");
  } else {
    memcpy(out, (const char *)blob.bytes + offset, length);
  }
  store_release(&blob);
  return st;
}

static status commit(session *s, const char *name, uint64_t base, const manifest *m, uint64_t *version,
                     error *err) {
  buf bytes;
  buf_init(&bytes);
  manifest_encode(m, &bytes);
  message request = message_of(MESSAGE_COMMIT);
  message_set_text(&request, FIELD_DATASET, name);
  message_set_integer(&request, FIELD_VERSION, base);
  session_payload payload;
  status st = buf_status(&bytes, "the manifest", err);
  if (st == STATUS_OK) {
    const slice content = {(const char *)bytes.data, bytes.length};
    st = session_payload_of(s, content, 0, &request, &payload, err);
  }
  if (st == STATUS_OK) {
    st = session_ask(s, &request, &payload.wire, 1, ANSWER(MESSAGE_COMMITTED), err);
  }
  if (st == STATUS_OK) {
    *version = s->incoming->header.integers[FIELD_VERSION];
    wire_message_close(s->incoming);
  }
  buf_fini(&bytes);
  return st;
}

status session_put(session *s, const char *name, uint64_t base, const manifest *m, store *shards,
                   const session_callback *callback, session_put_counts *counts, error *err) {
  TRY(session_check_text("the dataset's name", name, err));
  upload_blob *blobs = calloc((size_t)m->shards_count + 1, sizeof *blobs);
  if (blobs == NULL) {
    return error_no_memory(err, "the list of shards");
  }
  size_t count = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const manifest_shard *shard = &m->shards[i];
    if (store_has(shards, &shard->name, shard->bytes)) {
      blobs[count++] = (upload_blob){.name = shard->name, .bytes = shard->bytes, .weight = shard->rows};
    }
  }
  shard_source source = {shards, blobs};
  upload u = {.blobs = blobs, .count = count, .read = read_shard, .context = &source, .callback = callback};
  session_put_counts found = {.shards = count};
  status st = session_upload(s, &u, err);
  if (st == STATUS_OK) {
    s->go_on = callback;
    st = commit(s, name, base, m, &found.version, err);
    s->go_on = NULL;
  }
  free(blobs);
  found.sent = u.sent;
  found.bytes_sent = u.bytes_sent;
  if (counts != NULL) {
    *counts = found;
  }
  return st;
}
