/* What tests of the durable store share: a directory, the store in it, its warnings, blobs and states by
 * number.  A test gets its fixture as its state:
 *
 *     durable_unit_test(name)     in the list of tests
 *     durable_fixture *f = *state; */
#ifndef CANVASS_TESTS_STORE_DURABLE_STORE_H
#define CANVASS_TESTS_STORE_DURABLE_STORE_H

#include "store/store.h"

enum { DURABLE_BLOB_BYTES_MAX = 20000 };

typedef struct durable_fixture {
  char directory[256];
  char path[300]; /* of the store, in it */
  store *open;
  char warning[1024]; /* the last one */
  unsigned warnings;
} durable_fixture;

/* For tests that need several; the others have one as their state. */
void durable_setup(durable_fixture *f);
void durable_teardown(durable_fixture *f);
int durable_setup_state(void **state);
int durable_teardown_state(void **state);
#define durable_unit_test(test) \
  cmocka_unit_test_setup_teardown(test, durable_setup_state, durable_teardown_state)

/* Opens the store, after closing it where it is open.  Fails the running test when it cannot be opened. */
store *durable_open(durable_fixture *f, uint64_t cache_bytes);
void durable_close(durable_fixture *f);
store_options durable_options(durable_fixture *f, uint64_t cache_bytes);

/* Blob INDEX: always the same bytes. */
size_t durable_blob(uint64_t index, uint8_t *bytes);
digest durable_put_blob(store *s, uint64_t index);
/* Fails the test when another one has its name. */
bool durable_has_blob(store *s, uint64_t index);
digest durable_digest(uint64_t index);
/* The path of blob NAME. */
void durable_blob_path(const durable_fixture *f, const digest *name, char *path, size_t capacity);
/* Keeps a state of LENGTH bytes under (shard SHARD, accumulator ACCUMULATOR); the bytes follow from both. */
void durable_put_state(store *s, uint64_t shard, uint64_t accumulator, size_t length);
/* Whether exactly that state is there.  Fails the test when another one is. */
bool durable_has_state(store *s, uint64_t shard, uint64_t accumulator, size_t length);

#endif
