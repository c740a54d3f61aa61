/* The durable store after accidents: killed in the middle of puts, a damaged index, a full disk, several
 * threads with hardly any room. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_index.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"
#include "tests/store/durable_store.h"

enum { ROUNDS = 8, BLOBS = 60, STATE_BYTES = 3000, THREADS = 4, KIB = 1024 };

/* In the child: puts until it is killed; each blob and state is reported through TOLD. */
static void put_for_ever(durable_fixture *f, int told) {
  const store_options options = durable_options(f, 0);
  uint8_t bytes[DURABLE_BLOB_BYTES_MAX];
  store *s = NULL;
  if (store_open(f->path, &options, &s, NULL) != STATUS_OK) {
    _exit(1);
  }
  for (uint64_t i = 0;; i = (i + 1) % BLOBS) {
    digest name;
    if (store_put(s, bytes, durable_blob(i, bytes), &name, NULL) != STATUS_OK) {
      _exit(2);
    }
    durable_put_state(s, i, i, STATE_BYTES);
    if (write(told, "", 1) != 1) {
      _exit(3);
    }
  }
}

/* Whatever is there is whole, and whatever is not can be put. */
static unsigned check_all(durable_fixture *f) {
  store *s = durable_open(f, 0);
  unsigned there = 0;
  for (uint64_t i = 0; i < BLOBS; i++) {
    there += durable_has_blob(s, i);
    there += durable_has_state(s, i, i, STATE_BYTES);
  }
  assert_int_equal(f->warnings, 0);
  durable_close(f);
  return there;
}

static void killed_in_the_middle_it_opens_whole(void **state) {
  durable_fixture *f = *state;
  seeded r = {seeded_seed()};
  unsigned before = 0;
  for (int round = 0; round < ROUNDS; round++) {
    int told[2];
    char byte = 0;
    assert_int_equal(pipe(told), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(told[0]);
      put_for_ever(f, told[1]);
    }
    close(told[1]);
    for (uint64_t puts = 1 + seeded_below(&r, 2 * BLOBS); puts > 0; puts--) {
      assert_int_equal(read(told[0], &byte, 1), 1);
    }
    usleep((useconds_t)seeded_below(&r, 5000)); /* somewhere in the next one */
    kill(child, SIGKILL);
    close(told[0]);
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    const unsigned there = check_all(f);
    assert_true(there >= before);
    before = there;
  }
  assert_true(before > 0);
}

static void data_path(const durable_fixture *f, char *path, size_t capacity) {
  snprintf(path, capacity, "%s/index/data.mdb", f->path);
}

static void overwrite(const durable_fixture *f, long at, const uint8_t *bytes, size_t length) {
  char path[512];
  data_path(f, path, sizeof path);
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, at, SEEK_SET), 0);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

/* What is in it can be computed again, and blobs are found by their names. */
static void a_damaged_index_is_made_again_at_the_start_and_that_is_told(void **state) {
  enum { DAMAGED_BYTES = 8192 };
  static uint8_t damaged[DAMAGED_BYTES];
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  durable_put_blob(s, 5);
  durable_put_state(s, 5, 5, STATE_BYTES);
  durable_close(f);
  memset(damaged, 0x5a, sizeof damaged);
  overwrite(f, 0, damaged, sizeof damaged);
  s = durable_open(f, 0);
  assert_int_equal(f->warnings, 1);
  assert_contains(f->warning, "it is made again");
  assert_contains(f->warning, f->path);
  assert_true(durable_has_blob(s, 5));
  assert_false(durable_has_state(s, 5, 5, STATE_BYTES));
  durable_put_state(s, 5, 5, STATE_BYTES);
  s = durable_open(f, 0);
  assert_int_equal(f->warnings, 1);
  assert_true(durable_has_state(s, 5, 5, STATE_BYTES));
}

/* It is not damaged: who goes back to that version finds it again. */
static void an_index_of_another_version_is_refused_and_left_alone(void **state) {
  static const char *const tables[] = {"state", "uses", "values"};
  static const index_options plain = {
      .tables = tables, .tables_count = 3, .when_damaged = "", .when_full = ""};
  durable_fixture *f = *state;
  durable_open(f, 0);
  durable_close(f);
  char path[512];
  snprintf(path, sizeof path, "%s/index", f->path);
  store_index *x = NULL;
  error err;
  assert_int_equal(store_index_open(path, &plain, &x, &err), STATUS_OK);
  const index_change change = {0, {"turn", 4}, {"\x02\x01\0\0\0\0\0\0\0\0", 10}};
  assert_int_equal(store_index_write(x, &change, 1, &err), STATUS_OK);
  store_index_close(x);
  for (int i = 0; i < 2; i++) {
    const store_options options = durable_options(f, 0);
    store *s = NULL;
    assert_int_equal(store_open(f->path, &options, &s, &err), STATUS_CORRUPT);
    assert_contains(err.message, "version");
    assert_int_equal(f->warnings, 0);
  }
}

/* Every page but the first two claims to be an inner one with a single child, which LMDB asserts not to be.
 */
static void make_all_pages_narrow(const durable_fixture *f) {
  enum { PAGE_BYTES = 4096 };
  char path[512];
  struct stat info;
  data_path(f, path, sizeof path);
  assert_int_equal(stat(path, &info), 0);
  for (long i = 2; i < info.st_size / PAGE_BYTES; i++) {
    uint8_t head[16] = {[10] = 1, [12] = 18, [15] = PAGE_BYTES / 256};
    memcpy(head, &i, sizeof i);
    overwrite(f, i * PAGE_BYTES, head, sizeof head);
  }
}

static void an_index_that_is_damaged_while_it_is_open_is_made_again_and_that_is_told(void **state) {
  enum { STATES = 40 };
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  for (uint64_t i = 0; i < STATES; i++) {
    durable_put_state(s, i, i, STATE_BYTES);
  }
  make_all_pages_narrow(f);
  unsigned found = 0;
  for (uint64_t i = 0; i < STATES; i++) {
    found += durable_has_state(s, i, i, STATE_BYTES);
  }
  assert_int_equal(found, 0);
  assert_int_equal(f->warnings, 1);
  assert_contains(f->warning, "it is made again");
  for (uint64_t i = 0; i < STATES; i++) {
    durable_put_state(s, i, i, STATE_BYTES);
    assert_true(durable_has_state(s, i, i, STATE_BYTES));
  }
  s = durable_open(f, 0);
  assert_int_equal(f->warnings, 1);
  assert_true(durable_has_state(s, 7, 7, STATE_BYTES));
}

/* Without its index a store still has its blobs. */
static void a_deleted_index_costs_only_what_was_computed(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  durable_put_blob(s, 5);
  durable_put_state(s, 5, 5, STATE_BYTES);
  durable_close(f);
  char path[512];
  snprintf(path, sizeof path, "%s/index", f->path);
  process_directory_remove(path);
  s = durable_open(f, 0);
  assert_true(durable_has_blob(s, 5));
  assert_false(durable_has_state(s, 5, 5, STATE_BYTES));
}

/* Cut off anywhere, it opens, with fewer states: it never ends the process. */
static void a_cut_off_index_does_no_harm(void **state) {
  (void)state;
  for (long pages = 0; pages < 40; pages += 3) {
    durable_fixture f;
    durable_setup(&f);
    store *s = durable_open(&f, 0);
    for (uint64_t i = 0; i < 30; i++) {
      durable_put_state(s, i, i, STATE_BYTES);
    }
    durable_close(&f);
    char path[512];
    data_path(&f, path, sizeof path);
    assert_int_equal(truncate(path, pages * 4096), 0);
    s = durable_open(&f, 0);
    for (uint64_t i = 0; i < 30; i++) {
      (void)durable_has_state(s, i, i, STATE_BYTES);
    }
    durable_teardown(&f);
  }
}

static void a_full_disk_is_told_once_and_the_job_goes_on(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  struct rlimit before;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {.rlim_cur = 256 * KIB, .rlim_max = before.rlim_max};
  void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  for (uint64_t i = 0; i < 20; i++) {
    durable_put_state(s, i, i, 200 * KIB);
  }
  static uint8_t large[512 * KIB];
  digest name;
  error err;
  const status st = store_put(s, large, sizeof large, &name, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  assert_int_equal(st, STATUS_IO);
  assert_contains(err.message, "make room");
  assert_int_equal(f->warnings, 1);
  assert_contains(f->warning, "no longer cached");
  assert_false(store_has(s, &name, sizeof large));
  s = durable_open(f, 0);
  assert_int_equal(store_put(s, large, sizeof large, &name, NULL), STATUS_OK);
}

typedef struct churn {
  store *store;
  uint64_t first;
  unsigned lost;
} churn;

/* What this opening put is there until it ends, however little room there is. */
static void *run_churn(void *argument) {
  churn *c = argument;
  uint8_t bytes[DURABLE_BLOB_BYTES_MAX];
  for (uint64_t i = c->first; i < c->first + BLOBS; i++) {
    digest name;
    const size_t length = durable_blob(i % BLOBS, bytes);
    if (store_put(c->store, bytes, length, &name, NULL) != STATUS_OK || !store_has(c->store, &name, length)) {
      c->lost++;
    }
    durable_put_state(c->store, i, i, STATE_BYTES);
  }
  for (uint64_t i = c->first; i < c->first + BLOBS; i++) {
    c->lost += !durable_has_state(c->store, i, i, STATE_BYTES);
  }
  return NULL;
}

static void threads_with_hardly_any_room_lose_nothing(void **state) {
  durable_fixture *f = *state;
  for (uint64_t opening = 0; opening < 3; opening++) {
    store *s = durable_open(f, 64 * KIB);
    pthread_t threads[THREADS];
    churn churns[THREADS];
    for (uint64_t t = 0; t < THREADS; t++) {
      churns[t] = (churn){.store = s, .first = (opening + t) * BLOBS / 2};
      assert_int_equal(pthread_create(&threads[t], NULL, run_churn, &churns[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
      pthread_join(threads[t], NULL);
      assert_int_equal(churns[t].lost, 0);
    }
    durable_close(f);
  }
  assert_int_equal(f->warnings, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      durable_unit_test(killed_in_the_middle_it_opens_whole),
      durable_unit_test(a_damaged_index_is_made_again_at_the_start_and_that_is_told),
      durable_unit_test(an_index_of_another_version_is_refused_and_left_alone),
      durable_unit_test(an_index_that_is_damaged_while_it_is_open_is_made_again_and_that_is_told),
      durable_unit_test(a_deleted_index_costs_only_what_was_computed),
      cmocka_unit_test(a_cut_off_index_does_no_harm),
      durable_unit_test(a_full_disk_is_told_once_and_the_job_goes_on),
      durable_unit_test(threads_with_hardly_any_room_lose_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
