/* Setting up and tearing down, and the ways to a blob. */
#include "tests/client/session_fixture.h"

#include "tests/seeded.h"

int fixture_set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(f->broker.endpoint, sizeof f->broker.endpoint, "ipc://%s/broker", f->directory);
  *state = f;
  return 0;
}

void fixture_stop(fixture *f) {
  if (f->broker.context != NULL && !f->has_stopped) {
    session_broker_stop(&f->broker);
    f->has_stopped = true;
  }
}

int fixture_tear_down(void **state) {
  fixture *f = *state;
  session_close(f->link);
  fixture_stop(f);
  session_broker_forget(&f->broker);
  store_destroy(f->shards);
  manifest_destroy(f->dataset);
  process_directory_remove(f->directory);
  free(f);
  return 0;
}

void fixture_begin(fixture *f) {
  session_broker_start(&f->broker);
  const session_options options = {.endpoint = f->broker.endpoint, .patience_ms = SESSION_EVER_MS};
  OK(session_connect(&options, &f->link, &f->err));
  f->link->answer_ms = SESSION_EVER_MS;
}

uint8_t *random_bytes(uint64_t seed, size_t length) {
  seeded random = {seed};
  uint8_t *bytes = malloc(length + 1);
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_below(&random, 256);
  }
  return bytes;
}

typedef struct memory_blob {
  const uint8_t *bytes;
} memory_blob;

static status read_memory(void *context, size_t index, uint64_t offset, void *out, size_t length,
                          error *err) {
  (void)index;
  (void)err;
  memcpy(out, ((const memory_blob *)context)->bytes + offset, length);
  return STATUS_OK;
}

status upload_bytes(fixture *f, const uint8_t *bytes, size_t length, digest *name, upload *out) {
  session_blob blob = {.bytes = length, .weight = length};
  memory_blob source = {bytes};
  OK(digest_of(bytes, length, &blob.name, &f->err));
  *name = blob.name;
  *out = (upload){.blobs = {&blob, 1, read_memory, &source}};
  return session_upload(f->link, out, &f->err);
}

void check_arrived(fixture *f, const digest *name, const uint8_t *bytes, size_t length) {
  fixture_stop(f);
  const broker_blob *blob = session_broker_find(&f->broker, name);
  assert_non_null(blob);
  assert_int_equal(blob->next, length);
  assert_memory_equal(blob->at, bytes, length);
}
