/* The temporary store: bytes come back under their SHA-256, once each, from several threads at a time,
 * and no file is left or seen. */
#include "store/store.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/seeded.h"

enum { THREADS = 4, BLOBS = 200, BLOB_BYTES_MAX = 20000 };

static store *new_store(void) {
  store *s = NULL;
  error err;
  if (store_new_temporary(NULL, &s, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return s;
}

/* The bytes of blob INDEX are the same for every thread. */
static size_t make_blob(uint64_t index, uint8_t *bytes) {
  seeded r = {index};
  const size_t length = index == 0 ? 0 : seeded_below(&r, BLOB_BYTES_MAX);
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_next(&r);
  }
  return length;
}

/* 1 plus the first index whose bytes do not come back; 0: all do. */
static uint64_t put_and_get(store *s, uint64_t step) {
  uint8_t *bytes = malloc(BLOB_BYTES_MAX);
  uint64_t wrong = 0;
  for (uint64_t i = 0; i < BLOBS && wrong == 0; i++) {
    const uint64_t index = i * step % BLOBS;
    const size_t length = make_blob(index, bytes);
    digest name;
    store_blob blob = {0};
    if (store_put(s, bytes, length, &name, NULL) != STATUS_OK ||
        store_get(s, &name, &blob, NULL) != STATUS_OK || blob.length != length ||
        memcmp(blob.bytes, bytes, length) != 0) {
      wrong = index + 1;
    }
    store_release(&blob);
  }
  free(bytes);
  return wrong;
}

static void bytes_come_back_under_their_digest(void **state) {
  (void)state;
  store *s = new_store();
  assert_int_equal(put_and_get(s, 1), 0);
  assert_int_equal(put_and_get(s, 7), 0);
  digest name, expected;
  error err;
  assert_int_equal(store_put(s, "abc", 3, &name, &err), STATUS_OK);
  assert_int_equal(digest_of("abc", 3, &expected, &err), STATUS_OK);
  assert_true(digest_equal(&name, &expected));
  store_blob blob;
  assert_int_equal(store_get(s, &name, &blob, &err), STATUS_OK);
  store_release(&blob);
  store_release(&blob);
  name.bytes[0] ^= 1;
  assert_int_equal(store_get(s, &name, &blob, &err), STATUS_NOT_FOUND);
  assert_memory_equal(err.message, "the store has no blob bb7816bf8f01", 34);
  store_destroy(s);
  store_destroy(NULL);
}

typedef struct job {
  store *s;
  uint64_t step;
  uint64_t wrong;
} job;

static void *run_job(void *argument) {
  job *j = argument;
  j->wrong = put_and_get(j->s, j->step);
  return NULL;
}

static void several_threads_may_put_and_get_at_once(void **state) {
  (void)state;
  static const uint64_t steps[THREADS] = {1, 1, 7, 199};
  store *s = new_store();
  pthread_t threads[THREADS];
  job jobs[THREADS];
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (job){.s = s, .step = steps[i]};
    assert_int_equal(pthread_create(&threads[i], NULL, run_job, &jobs[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    assert_int_equal(jobs[i].wrong, 0);
  }
  store_destroy(s);
}

static void no_file_is_seen_in_the_directory(void **state) {
  (void)state;
  char directory[] = "/tmp/store_test_XXXXXX";
  assert_non_null(mkdtemp(directory));
  store *s = NULL;
  assert_int_equal(store_new_temporary(directory, &s, NULL), STATUS_OK);
  digest name;
  assert_int_equal(store_put(s, "abc", 3, &name, NULL), STATUS_OK);
  DIR *listing = opendir(directory);
  int entries = 0;
  while (readdir(listing) != NULL) {
    entries++;
  }
  closedir(listing);
  assert_int_equal(entries, 2); /* "." and ".." */
  assert_int_equal(rmdir(directory), 0);
  store_destroy(s);
}

static void a_directory_that_is_not_there_is_named(void **state) {
  (void)state;
  store *s = NULL;
  error err;
  assert_int_equal(store_new_temporary("/no/such/place", &s, &err), STATUS_IO);
  assert_null(s);
  assert_string_equal(
      err.message,
      "cannot create a temporary file in /no/such/place: No such file or directory; set TMPDIR "
      "to a directory that can be written to");
}

/* A limit on the size of files stands in for a full disk: both end in the same message. */
static void a_full_disk_is_reported_with_what_to_do(void **state) {
  (void)state;
  store *s = NULL;
  assert_int_equal(store_new_temporary("/tmp", &s, NULL), STATUS_OK);
  struct rlimit before;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {4096, before.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  char *bytes = calloc(1, 10000);
  digest name;
  error err;
  const status st = store_put(s, bytes, 10000, &name, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_equal(st, STATUS_IO);
  assert_string_equal(
      err.message,
      "no space for 10000 more bytes in /tmp (File too large); make room there, or set TMPDIR to a "
      "directory with more");
  store_blob blob;
  assert_int_equal(store_get(s, &name, &blob, NULL), STATUS_NOT_FOUND);
  assert_int_equal(store_put(s, bytes, 10000, &name, &err), STATUS_OK);
  free(bytes);
  store_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_come_back_under_their_digest),
      cmocka_unit_test(several_threads_may_put_and_get_at_once),
      cmocka_unit_test(no_file_is_seen_in_the_directory),
      cmocka_unit_test(a_directory_that_is_not_there_is_named),
      cmocka_unit_test(a_full_disk_is_reported_with_what_to_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
