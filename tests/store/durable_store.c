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

void durable_close(durable_fixture *f) {
  store_destroy(f->open);
  f->open = NULL;
}

void durable_teardown(durable_fixture *f) {
  durable_close(f);
  process_directory_remove(f->directory);
}

int durable_setup_state(void **state) {
  durable_fixture *f = malloc(sizeof *f);
  *state = f;
  if (f != NULL) {
    durable_setup(f);
  }
  return f != NULL ? 0 : -1;
}

int durable_teardown_state(void **state) {
  durable_teardown(*state);
  free(*state);
  return 0;
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
  error err;
  durable_close(f);
  if (store_open(f->path, &options, &f->open, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return f->open;
}

size_t durable_blob(uint64_t index, uint8_t *bytes) {
  seeded r = {index};
  const size_t length = index == 0 ? 0 : 1 + seeded_below(&r, DURABLE_BLOB_BYTES_MAX - 1);
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_next(&r);
  }
  return length;
}

digest durable_put_blob(store *s, uint64_t index) {
  uint8_t bytes[DURABLE_BLOB_BYTES_MAX];
  const size_t length = durable_blob(index, bytes);
  digest name;
  error err;
  if (store_put(s, bytes, length, &name, &err) != STATUS_OK) {
    fail_msg("blob %llu: %s", (unsigned long long)index, err.message);
  }
  return name;
}

bool durable_has_blob(store *s, uint64_t index) {
  uint8_t bytes[DURABLE_BLOB_BYTES_MAX];
  const size_t length = durable_blob(index, bytes);
  digest name;
  store_blob blob;
  assert_int_equal(digest_of(bytes, length, &name, NULL), STATUS_OK);
  if (store_get(s, &name, &blob, NULL) != STATUS_OK) {
    return false;
  }
  assert_int_equal(blob.length, length);
  assert_memory_equal(blob.bytes, bytes, length);
  store_release(&blob);
  return true;
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
