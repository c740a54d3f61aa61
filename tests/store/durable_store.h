/* What tests of the durable store share: a directory, warnings that are kept, blobs and states by number. */
#ifndef CANVASS_TESTS_STORE_DURABLE_STORE_H
#define CANVASS_TESTS_STORE_DURABLE_STORE_H

#include "store/store.h"

enum { DURABLE_BLOB_BYTES_MAX = 20000 };

typedef struct durable_fixture {
  char directory[256];
  char path[300]; /* of the store, in it */
  char warning[1024];
  unsigned warnings;
} durable_fixture;

void durable_setup(durable_fixture *f);
void durable_teardown(durable_fixture *f);
/* Fails the running test when it cannot be opened. */
store *durable_open(durable_fixture *f, uint64_t cache_bytes);
store_options durable_options(durable_fixture *f, uint64_t cache_bytes);

/* Blob INDEX: always the same bytes. */
size_t durable_blob(uint64_t index, uint8_t *bytes);
digest durable_digest(uint64_t index);
/* The path of blob NAME. */
void durable_blob_path(const durable_fixture *f, const digest *name, char *path, size_t capacity);
/* Keeps a state of LENGTH bytes under (shard SHARD, accumulator ACCUMULATOR); the bytes follow from both. */
void durable_put_state(store *s, uint64_t shard, uint64_t accumulator, size_t length);
/* Is exactly that state there?  Fails the test when another one is. */
bool durable_has_state(store *s, uint64_t shard, uint64_t accumulator, size_t length);

#endif
