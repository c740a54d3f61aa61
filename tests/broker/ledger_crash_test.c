/* The ledger after accidents: killed in the middle of commits, a full disk, a damaged index. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/broker/ledger_fixture.h"
#include "tests/check.h"

enum { ROUNDS = 8, COMMITS_EACH = 5, RESULTS_OF_COMMIT = 7, KIB = 1024 };

typedef struct told {
  volatile uint64_t committed; /* commits 0 to this one, exclusive; in shared memory */
} told;

/* One commit puts a job and its results, and drops the results of the job before: all of it or nothing. */
static void commit_number(ledger *l, uint64_t n) {
  seeded r = {n};
  ledger_job *j = sample_job(&r, n);
  ledger_dataset *d = sample_dataset(&r, n % 10);
  status st = ledger_job_put(l, j, NULL);
  st = st == STATUS_OK ? ledger_dataset_put(l, d, NULL) : st;
  ledger_result result = {.id = {.job = j->id}, .content = {{1}}, .partial = slice_of("partial")};
  for (; result.id.task < RESULTS_OF_COMMIT && st == STATUS_OK; result.id.task++) {
    st = ledger_result_put(l, &result, NULL);
  }
  if (n > 0 && st == STATUS_OK) {
    const core_job_id before = sample_job_id(n - 1);
    st = ledger_results_drop(l, &before, NULL);
  }
  st = st == STATUS_OK ? ledger_commit(l, NULL) : st;
  sample_job_free(j);
  sample_dataset_free(d);
  if (st != STATUS_OK) {
    _exit(2);
  }
}

static void commit_for_ever(ledger_fixture *f, told *t) {
  ledger *l = NULL;
  if (ledger_open(f->directory, &l, NULL) != STATUS_OK) {
    _exit(1);
  }
  for (uint64_t n = ledger_jobs(l);; n++) {
    commit_number(l, n);
    t->committed = n + 1;
  }
}

static status count(void *context, const ledger_result *r, error *err) {
  (void)err;
  assert_slice_equal(r->partial, slice_of("partial"));
  ++*(unsigned *)context;
  return STATUS_OK;
}

/* As many jobs as commits, with their content, and the results of the last one alone. */
static void check_all(ledger_fixture *f, uint64_t committed) {
  ledger *l = ledger_fixture_open(f);
  const uint64_t there = ledger_jobs(l);
  assert_true(there == committed || there == committed + 1); /* killed before it could report it */
  for (uint64_t n = 0; n < there; n++) {
    seeded r = {n};
    ledger_job *j = sample_job(&r, n);
    ledger_dataset *d = sample_dataset(&r, n % 10);
    assert_same_job(ledger_job_at(l, n), j, true);
    if (n + 10 >= there) {
      assert_same_dataset(ledger_dataset_find(l, slice_of(d->name)), d);
    }
    unsigned results = 0;
    assert_int_equal(ledger_results_each(l, &j->id, 0, count, &results, NULL), STATUS_OK);
    assert_int_equal(results, n + 1 == there ? RESULTS_OF_COMMIT : 0);
    sample_job_free(j);
    sample_dataset_free(d);
  }
  ledger_fixture_close(f);
}

static void killed_in_the_middle_it_has_every_commit_whole(void **state) {
  ledger_fixture *f = *state;
  seeded r = {seeded_seed()};
  told *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(t != MAP_FAILED);
  for (int round = 0; round < ROUNDS; round++) {
    const uint64_t wanted = t->committed + COMMITS_EACH;
    const pid_t child = fork();
    if (child == 0) {
      commit_for_ever(f, t);
    }
    int ended = 0;
    while (t->committed < wanted && waitpid(child, &ended, WNOHANG) == 0) {
      usleep(200);
    }
    usleep((useconds_t)seeded_below(&r, 5000));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    check_all(f, t->committed);
  }
  munmap(t, sizeof *t);
}

static void a_full_disk_fails_the_commit_and_loses_nothing_that_was_acknowledged(void **state) {
  ledger_fixture *f = *state;
  ledger *l = ledger_fixture_open(f);
  seeded r = {seeded_seed()};
  ledger_job *j = sample_job(&r, 1);
  assert_int_equal(ledger_job_put(l, j, NULL), STATUS_OK);
  assert_int_equal(ledger_commit(l, NULL), STATUS_OK);
  static char large[64 * KIB];
  ledger_result result = {.id = {.job = j->id}, .content = {{1}}, .partial = {large, sizeof large}};
  for (; result.id.task < 20; result.id.task++) {
    assert_int_equal(ledger_result_put(l, &result, NULL), STATUS_OK);
  }
  struct rlimit before;
  error err;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {.rlim_cur = 256 * KIB, .rlim_max = before.rlim_max};
  void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  const status st = ledger_commit(l, &err);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  assert_int_equal(st, STATUS_IO);
  assert_contains(err.message, "nothing that was acknowledged is lost");
  assert_contains(err.message, "make room");
  assert_contains(err.message, f->directory);
  l = ledger_fixture_open(f);
  assert_int_equal(ledger_jobs(l), 1);
  assert_same_job(ledger_job_at(l, 0), j, true);
  unsigned results = 0;
  assert_int_equal(ledger_results_each(l, &j->id, 0, count, &results, NULL), STATUS_OK);
  assert_int_equal(results, 0);
  ledger_fixture_close(f);
  sample_job_free(j);
}

/* Cut off anywhere, it is refused with what to do or opens: it never ends the process. */
static void a_cut_off_index_is_refused_with_what_to_do(void **state) {
  (void)state;
  unsigned refused = 0;
  for (long pages = 0; pages < 30; pages += 3) {
    ledger_fixture f;
    ledger_setup(&f);
    ledger *l = ledger_fixture_open(&f);
    for (uint64_t n = 0; n < 30; n++) {
      commit_number(l, n);
    }
    ledger_fixture_close(&f);
    char path[300];
    snprintf(path, sizeof path, "%s/index/data.mdb", f.directory);
    assert_int_equal(truncate(path, pages * 4096), 0);
    error err;
    const status st = ledger_open(f.directory, &l, &err);
    if (st == STATUS_OK) {
      ledger_close(l);
    } else {
      assert_int_equal(st, STATUS_CORRUPT);
      assert_contains(err.message, "do not delete it");
      refused++;
    }
    ledger_teardown(&f);
  }
  assert_true(refused > 0);
}

/* Blobs without records: somebody removed the index, and must not find an empty broker that tidies them away.
 */
static void a_lost_index_is_not_taken_for_a_new_one(void **state) {
  (void)state;
  for (int emptied = 0; emptied < 2; emptied++) {
    ledger_fixture f;
    ledger_setup(&f);
    ledger *l = ledger_fixture_open(&f);
    commit_number(l, 0);
    ledger_fixture_close(&f);
    char path[300];
    snprintf(path, sizeof path, "%s/blobs", f.directory);
    assert_int_equal(mkdir(path, 0777), 0);
    ledger_fixture_open(&f);
    ledger_fixture_close(&f);
    snprintf(path, sizeof path, "%s/blobs/ab", f.directory);
    assert_int_equal(mkdir(path, 0777), 0);
    ledger_fixture_open(&f);
    ledger_fixture_close(&f);
    snprintf(path, sizeof path, "%s/index/data.mdb", f.directory);
    assert_int_equal(emptied ? truncate(path, 0) : unlink(path), 0);
    error err;
    assert_int_equal(ledger_open(f.directory, &l, &err), STATUS_CORRUPT);
    assert_contains(err.message, f.directory);
    assert_contains(err.message, "put back a copy");
    ledger_teardown(&f);
  }
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      ledger_unit_test(killed_in_the_middle_it_has_every_commit_whole),
      ledger_unit_test(a_full_disk_fails_the_commit_and_loses_nothing_that_was_acknowledged),
      cmocka_unit_test(a_cut_off_index_is_refused_with_what_to_do),
      cmocka_unit_test(a_lost_index_is_not_taken_for_a_new_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
