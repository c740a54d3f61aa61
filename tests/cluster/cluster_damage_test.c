/* Bytes that are not what they were: in the broker's store, in a worker's, and a store that is full. */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

/* ---- Damage ---------------------------------------------------------------------------------------- */

static bool truncates;
static unsigned damaged;

/* Changes a byte in the middle of a blob that is a shard, or cuts it off there. */
static int damage_shard(const char *path, const struct stat *info, int type, struct FTW *place) {
  char magic[9] = {0};
  if (type != FTW_F || strlen(path + place->base) != 64) {
    return 0;
  }
  FILE *f = fopen(path, "r+b");
  assert_non_null(f);
  const bool is_shard = fread(magic, 1, 8, f) == 8 && strcmp(magic, "CANVSHRD") == 0;
  if (is_shard && truncates) {
    assert_int_equal(truncate(path, info->st_size / 2), 0);
  } else if (is_shard) {
    assert_int_equal(fseek(f, info->st_size / 2, SEEK_SET), 0);
    const int byte = fgetc(f);
    assert_int_equal(fseek(f, info->st_size / 2, SEEK_SET), 0);
    assert_int_not_equal(fputc(byte ^ 1, f), EOF);
  }
  damaged += is_shard;
  assert_int_equal(fclose(f), 0);
  return 0;
}

static void damage_shards(const char *store, bool cut) {
  char blobs[256];
  truncates = cut;
  damaged = 0;
  snprintf(blobs, sizeof blobs, "%s/blobs", store);
  assert_int_equal(nftw(blobs, damage_shard, 16, FTW_PHYS), 0);
  if (damaged == 0) {
    fail_msg("no shards in %s", store);
  }
}

/* One task's, and those of several, so that both workers get some. */
enum { FEW_ROWS = 3000, MANY_ROWS = 200000 };

typedef struct scene {
  char data[256], spec[256], other[256];
  process_result expected, expected_other;
} scene;

/* A survey of several shards, and two specifications that need other sums of them. */
static void prepare(const cluster *c, scene *s, uint32_t rows) {
  survey_write(c->directory, "survey.csv", rows, 1, 1, s->data);
  survey_write_spec(c->directory, "short.yaml", survey_short_spec, s->spec);
  survey_write_spec(c->directory, "long.yaml", survey_long_spec, s->other);
  cluster_run_alone(s->spec, (const char *const[]){s->data, NULL}, &s->expected);
  cluster_run_alone(s->other, (const char *const[]){s->data, NULL}, &s->expected_other);
}

static void finish(cluster *c, scene *s) {
  process_result_fini(&s->expected);
  process_result_fini(&s->expected_other);
  cluster_passed(c);
}

static void put(cluster *c, const scene *s) {
  cluster_do(c, "put", "survey", s->spec, s->data, "--shard-rows", "500");
}

static void expect_other(cluster *c, scene *s, const char *what) {
  process_result found;
  cluster_evaluate(c, s->other, "survey", &found);
  cluster_expect_same(&s->expected_other, &found, what);
  process_result_fini(&found);
}

/* ---- Tests ----------------------------------------------------------------------------------------- */

static void damaged_in_the_brokers_store(cluster *c, bool cut) {
  scene s = {0};
  process_result r;
  prepare(c, &s, FEW_ROWS);
  cluster_start_broker(c);
  put(c, &s);
  cluster_stop_broker(c);
  damage_shards(c->store, cut);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_client(c, &r, "submit", s.spec, "--dataset", "survey", "--wait", "--format", "json");
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "put the same files again", "a job whose shards are damaged");
  process_result_fini(&r);
  put(c, &s);
  expect_other(c, &s, "after the same files were put again");
  finish(c, &s);
}

static void altered_shards_of_the_broker_are_found_and_made_good_as_advised(void **state) {
  damaged_in_the_brokers_store(*state, false);
}

static void truncated_shards_of_the_broker_are_found_and_made_good_as_advised(void **state) {
  damaged_in_the_brokers_store(*state, true);
}

static void shards_lost_by_the_broker_are_fetched_from_a_worker_that_has_them(void **state) {
  cluster *c = *state;
  scene s = {0};
  process_result found;
  prepare(c, &s, MANY_ROWS);
  cluster_start_broker(c);
  cluster_hide_store(c);
  cluster_do(c, "put", "survey", s.spec, s.data, "--shard-rows", "5000");
  cluster_start_worker(c, 0);
  cluster_evaluate(c, s.spec, "survey", &found);
  cluster_expect_same(&s.expected, &found, "before the damage");
  process_result_fini(&found);
  damage_shards(c->store, false);
  cluster_kill_broker(c);
  cluster_start_broker(c);
  cluster_start_worker(c, 1); /* has nothing, so that the broker's copies are asked for */
  cluster_wait_workers(c, 2);
  expect_other(c, &s, "with the broker's shards damaged");
  assert_true(cluster_has_logged(c, "broker.log", "set aside"));
  finish(c, &s);
}

/* Worker 0 reads in the broker's store, compared the shards there before, and so did the broker. */
static void shards_damaged_in_a_shared_store_while_all_run_are_found_and_made_good_as_advised(void **state) {
  cluster *c = *state;
  scene s = {0};
  process_result r;
  prepare(c, &s, FEW_ROWS);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  put(c, &s);
  cluster_evaluate(c, s.spec, "survey", &r);
  cluster_expect_same(&s.expected, &r, "before the damage");
  process_result_fini(&r);
  damage_shards(c->store, false);
  cluster_client(c, &r, "submit", s.other, "--dataset", "survey", "--wait", "--format", "json");
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "put the same files again", "a job whose shards are damaged");
  cluster_expect_words(r.err, "survey.csv", "a job whose shards are damaged");
  process_result_fini(&r);
  put(c, &s);
  expect_other(c, &s, "after the same files were put again");
  finish(c, &s);
}

static void damaged_in_a_workers_store(cluster *c, bool cut) {
  scene s = {0};
  process_result found;
  char store[256];
  prepare(c, &s, FEW_ROWS);
  cluster_start_broker(c);
  cluster_hide_store(c); /* so that the worker keeps copies */
  put(c, &s);
  cluster_start_worker(c, 0);
  cluster_evaluate(c, s.spec, "survey", &found);
  process_result_fini(&found);
  cluster_stop_worker(c, 0);
  damage_shards(cluster_path(c, "worker0", store), cut);
  cluster_start_worker(c, 0);
  expect_other(c, &s, "with a worker's shards damaged");
  finish(c, &s);
}

static void altered_shards_of_a_worker_are_found_and_fetched_again(void **state) {
  damaged_in_a_workers_store(*state, false);
}

static void truncated_shards_of_a_worker_are_found_and_fetched_again(void **state) {
  damaged_in_a_workers_store(*state, true);
}

/* With no page as it was. */
static void a_worker_whose_index_is_damaged_makes_it_again_and_says_so(void **state) {
  enum { RUBBISH_BYTES = 1 << 16 };
  static char rubbish[RUBBISH_BYTES];
  cluster *c = *state;
  scene s = {0};
  process_result found;
  char index[256];
  char path[300];
  prepare(c, &s, FEW_ROWS);
  cluster_start_broker(c);
  put(c, &s);
  cluster_start_worker(c, 0);
  cluster_evaluate(c, s.spec, "survey", &found);
  process_result_fini(&found);
  cluster_stop_worker(c, 0);
  memset(rubbish, 0x5a, sizeof rubbish);
  cluster_path(c, "worker0/index", index);
  process_write_file(index, "data.mdb", rubbish, sizeof rubbish, path, sizeof path);
  cluster_start_worker(c, 0);
  cluster_wait_logged(c, "worker0.log", "it is made again");
  expect_other(c, &s, "with a worker's index damaged");
  finish(c, &s);
}

/* ---- What is removed --------------------------------------------------------------------------------- */

static void a_broker_whose_store_is_removed_stops_and_says_so(void **state) {
  cluster *c = *state;
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  process_directory_remove(c->store);
  assert_int_equal(process_wait(&c->broker), 1);
  assert_true(cluster_has_logged(c, "broker.log", "was removed or replaced while it was in use"));
  cluster_passed(c);
}

static void a_broker_whose_store_is_moved_away_stops_and_says_so(void **state) {
  cluster *c = *state;
  char elsewhere[256];
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  assert_int_equal(rename(c->store, cluster_path(c, "elsewhere", elsewhere)), 0);
  assert_int_equal(process_wait(&c->broker), 1);
  assert_int_equal(rename(elsewhere, c->store), 0);
  cluster_start_broker(c);
  assert_true(cluster_lists_dataset(c, "survey"));
  cluster_stop_broker(c);
  cluster_passed(c);
}

/* The worker's connection stays: the broker never learns that it left. */
static void a_socket_that_is_removed_is_made_again(void **state) {
  cluster *c = *state;
  process_result r;
  struct stat info;
  const char *path = c->endpoint + strlen("ipc://");
  cluster_start_broker(c);
  cluster_start_workers(c, 1);
  assert_int_equal(unlink(path), 0);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0700);
  assert_true(cluster_has_logged(c, "broker.log", "it is made again"));
  cluster_evaluate(c, survey_shipped_spec, "survey", &r);
  process_result_fini(&r);
  assert_false(cluster_has_logged(c, "broker.log", "left"));
  cluster_stop_worker(c, 0);
  cluster_stop_broker(c);
  cluster_passed(c);
}

/* ---- A full disk ----------------------------------------------------------------------------------- */

/* What the broker keeps free for its records, and half a MiB. */
#define FULL_STORE "size=66048k"
enum { BIG_ROWS = 300000 };

/* With a survey that does not fit.  Skips the test where nothing can be mounted. */
static void mount_small_store(cluster *c, char big[256], char spec[256]) {
  assert_int_equal(mkdir(c->store, 0700), 0);
  if (mount("canvass-test", c->store, "tmpfs", 0, FULL_STORE) != 0) {
    print_message("skipped: needs to mount a small tmpfs (root)\n");
    cluster_passed(c);
    skip();
  }
  survey_write(c->directory, "big.csv", BIG_ROWS, 1, 1, big);
  survey_write_spec(c->directory, "short.yaml", survey_short_spec, spec);
}

static void a_full_store_refuses_uploads_and_goes_on_when_there_is_room(void **state) {
  cluster *c = *state;
  char big[256];
  char spec[256];
  process_result r;
  process_result expected;
  mount_small_store(c, big, spec);
  cluster_run_alone(spec, (const char *const[]){big, NULL}, &expected);
  cluster_start_broker(c);
  cluster_do(c, "put", "small", survey_shipped_spec, survey_shipped_data);
  cluster_client(c, &r, "put", "big", spec, big, "--shard-rows", "5000");
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "room", "a put into a full store");
  process_result_fini(&r);
  assert_int_equal(mount(NULL, c->store, NULL, MS_REMOUNT, "size=200m"), 0);
  if (!process_is_running(&c->broker)) { /* it could not even write its records */
    cluster_start_broker(c);
  }
  cluster_do(c, "put", "big", spec, big, "--shard-rows", "5000");
  cluster_start_worker(c, 0);
  cluster_evaluate(c, spec, "big", &r);
  cluster_expect_same(&expected, &r, "after the store was full");
  process_result_fini(&r);
  process_result_fini(&expected);
  cluster_evaluate(c, survey_shipped_spec, "small", &r);
  process_result_fini(&r);
  cluster_stop_worker(c, 0);
  cluster_stop_broker(c);
  cluster_passed(c);
}

enum { LEFT_BYTES = 4 << 20 };

/* All but LEFT_BYTES of the broker's disk. */
static void fill_store(cluster *c, char path[256]) {
  struct statvfs info;
  assert_int_equal(statvfs(c->store, &info), 0);
  const off_t free_bytes = (off_t)(info.f_bavail * info.f_frsize);
  (void)snprintf(path, 256, "%s/filled", c->store);
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  assert_true(file >= 0);
  assert_int_equal(posix_fallocate(file, 0, free_bytes - LEFT_BYTES), 0);
  assert_int_equal(close(file), 0);
}

static void a_job_outlives_a_broker_that_stops_because_its_disk_is_full(void **state) {
  cluster *c = *state;
  char path[256];
  char job[CLUSTER_JOB_BYTES];
  process_result expected;
  process_result r;
  assert_int_equal(mkdir(c->store, 0700), 0);
  if (mount("canvass-test", c->store, "tmpfs", 0, "size=100m") != 0) {
    print_message("skipped: needs to mount a small tmpfs (root)\n");
    cluster_passed(c);
    skip();
  }
  cluster_run_alone(survey_shipped_spec, (const char *const[]){survey_shipped_data, NULL}, &expected);
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  cluster_submit(c, survey_shipped_spec, "survey", job);
  fill_store(c, path);
  cluster_start_worker(c, 0); /* its first result finds no room */
  assert_int_equal(process_wait(&c->broker), 1);
  assert_int_equal(unlink(path), 0);
  cluster_start_broker(c);
  cluster_report(c, job, &r);
  cluster_expect_same(&expected, &r, "after the disk was full");
  process_result_fini(&r);
  process_result_fini(&expected);
  cluster_stop_worker(c, 0);
  cluster_stop_broker(c);
  cluster_passed(c);
}

/* By handing files in, which the broker has no word in. */
static void uploads_leave_room_for_the_results_of_jobs(void **state) {
  cluster *c = *state;
  char big[256];
  char spec[256];
  process_result r;
  struct statvfs info;
  mount_small_store(c, big, spec);
  cluster_start_broker(c);
  cluster_expect(c, 1, &r, "put", "big", spec, big, "--shard-rows", "5000");
  process_result_fini(&r);
  assert_int_equal(statvfs(c->store, &info), 0);
  assert_true(info.f_bavail * info.f_frsize >= (uint64_t)60 << 20);
  cluster_stop_broker(c);
  cluster_passed(c);
}

static int unmount_and_tear_down(void **state) {
  cluster *c = *state;
  process_kill(&c->broker);
  (void)umount2(c->store, MNT_DETACH);
  return cluster_tear_down(state);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(altered_shards_of_the_broker_are_found_and_made_good_as_advised),
      CLUSTER_TEST(truncated_shards_of_the_broker_are_found_and_made_good_as_advised),
      CLUSTER_TEST(shards_lost_by_the_broker_are_fetched_from_a_worker_that_has_them),
      CLUSTER_TEST(shards_damaged_in_a_shared_store_while_all_run_are_found_and_made_good_as_advised),
      CLUSTER_TEST(altered_shards_of_a_worker_are_found_and_fetched_again),
      CLUSTER_TEST(truncated_shards_of_a_worker_are_found_and_fetched_again),
      CLUSTER_TEST(a_worker_whose_index_is_damaged_makes_it_again_and_says_so),
      CLUSTER_TEST(a_broker_whose_store_is_removed_stops_and_says_so),
      CLUSTER_TEST(a_broker_whose_store_is_moved_away_stops_and_says_so),
      CLUSTER_TEST(a_socket_that_is_removed_is_made_again),
      cmocka_unit_test_setup_teardown(a_full_store_refuses_uploads_and_goes_on_when_there_is_room,
                                      cluster_set_up, unmount_and_tear_down),
      cmocka_unit_test_setup_teardown(a_job_outlives_a_broker_that_stops_because_its_disk_is_full,
                                      cluster_set_up, unmount_and_tear_down),
      cmocka_unit_test_setup_teardown(uploads_leave_room_for_the_results_of_jobs, cluster_set_up,
                                      unmount_and_tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
