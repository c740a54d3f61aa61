/* What tests of the vault share: a directory, the vault in it, its warnings, blobs by number.  A test gets
 * its fixture as its state:
 *
 *     vault_unit_test(name)     in the list of tests
 *     vault_fixture *f = *state; */
#ifndef CANVASS_TESTS_BROKER_VAULT_FIXTURE_H
#define CANVASS_TESTS_BROKER_VAULT_FIXTURE_H

#include "broker/records/vault.h"

enum { FIXTURE_BLOB_BYTES_MAX = 20000, FIXTURE_PATH_BYTES = 512 };

typedef struct vault_fixture {
  char directory[256];
  char path[300]; /* of the vault, in it */
  vault *open;
  char warning[1024]; /* the last one */
  unsigned warnings;
} vault_fixture;

/* For tests that need several; the others have one as their state. */
void vault_setup(vault_fixture *f);
void vault_teardown(vault_fixture *f);
int vault_setup_state(void **state);
int vault_teardown_state(void **state);
#define vault_unit_test(test) cmocka_unit_test_setup_teardown(test, vault_setup_state, vault_teardown_state)

vault_options vault_fixture_options(vault_fixture *f);
/* Opens the vault, after closing it where it is open.  Fails the running test when it cannot be opened. */
vault *vault_fixture_open(vault_fixture *f);
void vault_fixture_close(vault_fixture *f);

/* Blob INDEX: always the same bytes; number 0 is empty. */
size_t vault_blob(uint64_t index, uint8_t *bytes, digest *name);
/* The same, put into V. */
size_t vault_put_blob(vault *v, uint64_t index, uint8_t *bytes, digest *name);
/* vault_receive and vault_chunk, which must go well: the position of the byte that is wanted next. */
uint64_t vault_begin(vault *v, const digest *name, uint64_t bytes);
uint64_t vault_take(vault *v, const digest *name, uint64_t bytes, uint64_t at, const void *chunk,
                    size_t length);
/* Where PART has NAME: "blobs", "hand-in", "aside". */
void vault_path(const vault_fixture *f, const char *part, const digest *name, char path[FIXTURE_PATH_BYTES]);
bool vault_file_is_there(const vault_fixture *f, const char *part, const digest *name);
/* The file with the beginning of NAME, as received from peers that say it has LENGTH bytes. */
void vault_partly_at(const vault_fixture *f, const digest *name, uint64_t length,
                     char path[FIXTURE_PATH_BYTES]);
/* How many blobs have only begun to arrive. */
size_t vault_partly_files(const vault_fixture *f);
void vault_write_at(const char *path, const void *bytes, size_t length);
/* Fails the running test unless blob INDEX is there with its bytes. */
void vault_assert_there(vault *v, uint64_t index);
/* As a client would send it, in chunks of CHUNK bytes. */
void vault_send(vault *v, uint64_t index, size_t chunk);
/* The wall clock. */
uint64_t vault_now(void);
/* All steps of tidying; how many files were removed. */
uint64_t vault_tidy_all(vault *v, uint64_t now_s);

#endif
