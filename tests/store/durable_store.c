#include "tests/store/durable_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

void durable_setup(durable_fixture *f) {
  *f = (durable_fixture){0};
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(f->path, sizeof f->path, "%s/store", f->directory);
}

void durable_teardown(durable_fixture *f) {
  process_directory_remove(f->directory);
}

static void keep_warning(void *context, const char *message) {
  durable_fixture *f = context;
  snprintf(f->warning, sizeof f->warning, "%s", message);
  f->warnings++;
}

store_options durable_options(durable_fixture *f, uint64_t cache_bytes) {
  return (store_options){.cache_bytes = cache_bytes, .warn = keep_warning, .context = f};
}

store *durable_open(durable_fixture *f, uint64_t cache_bytes) {
  const store_options options = durable_options(f, cache_bytes);
  store *s = NULL;
  error err;
  if (store_open(f->path, &options, &s, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return s;
}

size_t durable_blob(uint64_t index, uint8_t *bytes) {
  seeded r = {index};
  const size_t length = index == 0 ? 0 : 1 + seeded_below(&r, DURABLE_BLOB_BYTES_MAX - 1);
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_next(&r);
  }
  return length;
}

digest durable_digest(uint64_t index) {
  digest d;
  assert_int_equal(digest_of(&index, sizeof index, &d, NULL), STATUS_OK);
  return d;
}

void durable_blob_path(const durable_fixture *f, const digest *name, char *path, size_t capacity) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  snprintf(path, capacity, "%s/blobs/%.2s/%s", f->path, hex, hex);
}

static uint8_t *state_bytes(uint64_t shard, uint64_t accumulator, size_t length) {
  uint8_t *bytes = malloc(length + 1);
  assert_non_null(bytes);
  seeded r = {shard * 1000003 + accumulator};
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_next(&r);
  }
  return bytes;
}

void durable_put_state(store *s, uint64_t shard, uint64_t accumulator, size_t length) {
  uint8_t *bytes = state_bytes(shard, accumulator, length);
  const store_partial p = {durable_digest(shard), durable_digest(accumulator), {(const char *)bytes, length}};
  store_partials_put(s, &p, 1);
  free(bytes);
}

bool durable_has_state(store *s, uint64_t shard, uint64_t accumulator, size_t length) {
  const digest of_shard = durable_digest(shard);
  const digest of_accumulator = durable_digest(accumulator);
  buf out;
  buf_init(&out);
  const bool found = store_partial_get(s, &of_shard, &of_accumulator, &out);
  if (found) {
    uint8_t *bytes = state_bytes(shard, accumulator, length);
    assert_int_equal(out.length, length);
    assert_memory_equal(out.data, bytes, length);
    free(bytes);
  }
  buf_fini(&out);
  return found;
}
