/* Looking after stores with `canvass store`: a copy of a running broker's takes its place, a damaged one is
 * given back, and each kind of store is treated as what it is. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/held.h"
#include "tests/cluster/long_job.h"
#include "tests/cluster/survey.h"

enum { ROWS = 3000, PAGE_BYTES = 4096 };

static void expect(int code, const char *words, process_result *r, const char *what) {
  if (r->exit_code != code) {
    fail_msg("%s: exit code %d\n%s%s", what, r->exit_code, r->out, r->err);
  }
  if (words != NULL) {
    cluster_expect_words(code == 0 ? r->out : r->err, words, what);
  }
  process_result_fini(r);
}

/* FROM takes the place of TO. */
static void put_in_place(const char *from, const char *to) {
  process_directory_remove(to);
  assert_int_equal(rename(from, to), 0);
}

/* ---- Backup and restoring ------------------------------------------------------------------------ */

/* The drill of docs/cluster.md: the copy is made in the middle of a job, then the machine is lost. */
static void a_copy_of_a_running_brokers_store_takes_its_place_and_jobs_go_on(void **state) {
  cluster *c = *state;
  process_result r;
  process_result before;
  process_result after;
  char copy[256];
  char finished[CLUSTER_JOB_BYTES];
  char short_spec[256];
  long_job j;
  long_job_put(&j, c, 1);
  survey_write_spec(c->directory, "finished.yaml", survey_short_spec, short_spec);
  cluster_submit(c, short_spec, j.dataset, finished);
  cluster_report(c, finished, &before);
  long_job_submit_held(&j, 1);
  cluster_path(c, "copy", copy);
  CANVASS(&r, "store", "backup", c->store, copy);
  expect(0, "0 are missing", &r, "backup of a running broker's store");
  CANVASS(&r, "store", "verify", copy);
  expect(0, "the store of a broker", &r, "verify of the copy");
  cluster_kill_broker(c);
  put_in_place(copy, c->store);
  cluster_start_broker(c);
  cluster_report(c, finished, &after);
  cluster_expect_same(&before, &after, "the report of a job that had ended");
  process_result_fini(&before);
  process_result_fini(&after);
  long_job_expect_report(&j, "after its broker's store was restored");
}

static void a_copy_has_all_that_records_name_and_nothing_else(void **state) {
  cluster *c = *state;
  process_result r;
  char copy[256];
  cluster_start_broker(c);
  cluster_do(c, "put", "kept", survey_shipped_spec, survey_shipped_data);
  CANVASS(&r, "store", "backup", c->store, cluster_path(c, "first", copy));
  expect(0, NULL, &r, "backup");
  assert_true(cluster_blobs(c, copy) > 0);
  cluster_do(c, "drop", "kept");
  CANVASS(&r, "store", "backup", c->store, cluster_path(c, "second", copy));
  expect(0, NULL, &r, "backup after the dataset was dropped");
  assert_int_equal(cluster_blobs(c, copy), 0);
  cluster_stop_broker(c);
  cluster_passed(c);
}

/* ---- Damage -------------------------------------------------------------------------------------- */

static void overwrite_index(const cluster *c, off_t at, size_t bytes) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s/index/data.mdb", c->store);
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  static const char zeros[2 * PAGE_BYTES];
  assert_true(file >= 0 && bytes <= sizeof zeros);
  assert_int_equal(pwrite(file, zeros, bytes, at), (ssize_t)bytes);
  assert_int_equal(close(file), 0);
}

static void a_broker_with_a_damaged_index_says_what_to_do_and_that_gives_its_jobs_back(void **state) {
  cluster *c = *state;
  process_result r;
  process_result before;
  process_result after;
  char data[256];
  char spec[256];
  char salvaged[256];
  char job[CLUSTER_JOB_BYTES];
  survey_write(c->directory, "survey.csv", ROWS, 1, 1, data);
  survey_write_spec(c->directory, "short.yaml", survey_short_spec, spec);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_do(c, "put", "survey", spec, data, "--shard-rows", "500");
  cluster_submit(c, spec, "survey", job);
  cluster_report(c, job, &before);
  cluster_stop_worker(c, 0);
  cluster_stop_broker(c);
  overwrite_index(c, 0, 2 * PAGE_BYTES);
  cluster_start_broker(c);
  assert_int_equal(process_wait(&c->broker), 1);
  assert_true(cluster_has_logged(c, "broker.log", "canvass store salvage"));
  CANVASS(&r, "store", "verify", c->store);
  expect(1, "canvass store salvage", &r, "verify of a damaged index");
  cluster_path(c, "salvaged", salvaged);
  CANVASS(&r, "store", "salvage", c->store, salvaged);
  expect(1, "holds what is whole", &r, "salvage of a damaged index");
  put_in_place(salvaged, c->store);
  cluster_start_broker(c);
  assert_true(cluster_lists_dataset(c, "survey"));
  cluster_report(c, job, &after);
  cluster_expect_same(&before, &after, "a report from a salvaged store");
  process_result_fini(&after);
  cluster_start_worker(c, 0);
  cluster_evaluate(c, spec, "survey", &after);
  cluster_expect_same(&before, &after, "a job over a salvaged dataset");
  process_result_fini(&before);
  process_result_fini(&after);
  cluster_stop_worker(c, 0);
  cluster_stop_broker(c);
  cluster_passed(c);
}

static unsigned altered;

static int alter(const char *path, const struct stat *info, int type, struct FTW *at) {
  if (type == FTW_F && strlen(path + at->base) == 64 && altered == 0) {
    char byte = 0;
    const int file = open(path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0 && pread(file, &byte, 1, info->st_size / 2) == 1);
    byte ^= 1;
    assert_int_equal(pwrite(file, &byte, 1, info->st_size / 2), 1);
    assert_int_equal(close(file), 0);
    altered++;
  }
  return 0;
}

static void the_cache_of_a_run_is_verified_and_needs_nothing_else(void **state) {
  cluster *c = *state;
  process_result r;
  char kept[256];
  char copy[256];
  char blobs[300];
  cluster_path(c, "kept", kept);
  cluster_path(c, "copy", copy);
  CANVASS(&r, "run", survey_shipped_spec, survey_shipped_data, "--store", kept);
  expect(0, NULL, &r, "a run with a store");
  CANVASS(&r, "store", "verify", kept);
  expect(0, "the cache of a worker or of `canvass run`", &r, "verify of a cache");
  (void)snprintf(blobs, sizeof blobs, "%s/blobs", kept);
  altered = 0;
  assert_int_equal(nftw(blobs, alter, 16, FTW_PHYS), 0);
  assert_int_equal(altered, 1);
  CANVASS(&r, "store", "verify", kept, "--json");
  assert_int_equal(r.exit_code, 1);
  cluster_expect_words(r.out, "\"damaged_blobs\": 1", "verify --json of a cache");
  cluster_expect_words(r.out, "\"whole\": false", "verify --json of a cache");
  cluster_expect_words(r.out, "was altered or cut off", "verify --json of a cache");
  process_result_fini(&r);
  CANVASS(&r, "store", "backup", kept, copy);
  expect(2, "needs no backup", &r, "backup of a cache");
  CANVASS(&r, "store", "salvage", kept, copy);
  expect(2, "needs no salvage", &r, "salvage of a cache");
  CANVASS(&r, "store", "verify", c->directory);
  expect(2, "is not a store", &r, "verify of another directory");
  CANVASS(&r, "store", "verfy", kept);
  expect(2, "did you mean 'verify'?", &r, "a misspelled word");
  cluster_passed(c);
}

static void a_store_in_use_is_not_verified_but_copied(void **state) {
  cluster *c = *state;
  process_result r;
  char copy[256];
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  CANVASS(&r, "store", "verify", c->store);
  expect(1, "is in use by process", &r, "verify of a running broker's store");
  CANVASS(&r, "store", "backup", c->store, cluster_path(c, "copy", copy));
  expect(0, NULL, &r, "backup of a running broker's store");
  CANVASS(&r, "store", "backup", c->store, copy);
  expect(2, "new or empty", &r, "backup onto a copy");
  cluster_stop_broker(c);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_copy_of_a_running_brokers_store_takes_its_place_and_jobs_go_on),
      CLUSTER_TEST(a_copy_has_all_that_records_name_and_nothing_else),
      CLUSTER_TEST(a_broker_with_a_damaged_index_says_what_to_do_and_that_gives_its_jobs_back),
      CLUSTER_TEST(the_cache_of_a_run_is_verified_and_needs_nothing_else),
      CLUSTER_TEST(a_store_in_use_is_not_verified_but_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
