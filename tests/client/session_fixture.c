/* Setting up and tearing down, and the ways to a blob. */
#include "tests/client/session_fixture.h"

#include "tests/seeded.h"

const char fixture_listing[] =
    "{\"jobs\":[{\"id\":\"11112222333344445555666677778888\"},{\"id\":\"1111aaaa333344445555666677778888\"},"
    "{\"id\":\"abcd2222333344445555666677778888\"}]}";

int fixture_set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  f->book.listing = fixture_listing;
  book_open(&f->book);
  buf_init(&f->report);
  *state = f;
  return 0;
}

int fixture_tear_down(void **state) {
  fixture *f = *state;
  session_close(f->link);
  book_close(&f->book);
  store_destroy(f->shards);
  manifest_destroy(f->dataset);
  buf_fini(&f->report);
  free(f);
  return 0;
}

void fixture_begin(fixture *f) {
  book_play(&f->book);
  const session_options options = {.endpoint = scripted_endpoint(f->book.broker),
                                   .patience_ms = SCRIPTED_EVER_MS};
  OK(session_connect(&options, &f->link, &f->err));
  f->link->answer_ms = SCRIPTED_EVER_MS;
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
  book_stop(&f->book);
  const book_blob *blob = book_find(&f->book, name);
  assert_non_null(blob);
  assert_int_equal(blob->next, length);
  assert_memory_equal(blob->at, bytes, length);
}
