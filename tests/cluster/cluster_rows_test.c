/* Rows that come back: what `canvass score` writes alone, and what a cluster gives for any shards and
 * workers, whatever was killed meanwhile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/held.h"
#include "tests/cluster/survey.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ROWS = 6000 };
#else
enum { ROWS = 40000 };
#endif

/* Of surveys that survey_write makes; and the same without rows. */
static const char rows_spec[] =
    "variables:\n"
    "  \"q*\": {type: scale, range: [0, 9]}\n"
    "  group: {type: nominal}\n"
    "  month: {type: number}\n"
    "constructs:\n"
    "  all: {items: [q1, q2, q3, q4]}\n"
    "analyses:\n"
    "  - segment: {items: [q1, q2, q3], k: 3, starts: 1}\n"
    "  - drivers: {outcome: q4, predictors: [q1, q2, group], importance: none}\n"
    "rows: {columns: [\"q*\", group, all, segment.segment, segment.distance, drivers.residual], missing: "
    "reasons}\n";
static const char plain_spec[] =
    "variables:\n  q1: {type: scale, range: [0, 9]}\nanalyses:\n  - describe: {items: q1}\n";

/* Data, specification and the rows that `canvass score` writes. */
typedef struct scene {
  cluster *cluster;
  char data[256], spec[256];
  process_result expected;
} scene;

static void scene_make(scene *s, cluster *c) {
  char path[256];
  s->cluster = c;
  survey_write(c->directory, "survey.csv", ROWS, 1, 5, s->data);
  survey_write_spec(c->directory, "survey.yaml", rows_spec, s->spec);
  cluster_client_expect(c, 0, &s->expected,
                        (const char *const[]){cluster_program(), "score", "-q", s->spec, s->data, "-o",
                                              cluster_path(c, "alone.csv", path), NULL});
  free(s->expected.out);
  s->expected.out = process_read_file(path, &s->expected.out_length);
  assert_non_null(s->expected.out);
}

static void scene_fini(scene *s) {
  process_result_fini(&s->expected);
}

static void submit_rows(scene *s, const char *dataset, char job[CLUSTER_JOB_BYTES]) {
  process_result r;
  cluster_expect(s->cluster, 0, &r, "submit", s->spec, "--dataset", dataset, "--rows");
  cluster_job_id(&r, job);
  process_result_fini(&r);
}

static void expect_rows(scene *s, const char *job, const char *what) {
  process_result r;
  cluster_expect(s->cluster, 0, &r, "rows", "-q", job);
  cluster_expect_same(&s->expected, &r, what);
  process_result_fini(&r);
}

static void rows_have_the_same_bytes_for_any_shards_and_workers(void **state) {
  static const char *const shard_rows[] = {"1000", "7777", "100000"};
  scene s;
  scene_make(&s, *state);
  cluster_start_broker(s.cluster);
  cluster_start_workers(s.cluster, 1);
  for (unsigned i = 0; i < 3; i++) {
    char job[CLUSTER_JOB_BYTES];
    cluster_do(s.cluster, "put", shard_rows[i], s.spec, s.data, "--shard-rows", shard_rows[i]);
    submit_rows(&s, shard_rows[i], job);
    (void)cluster_wait_end(s.cluster, job);
    expect_rows(&s, job, shard_rows[i]);
    cluster_start_worker(s.cluster, i + 1);
    cluster_wait_workers(s.cluster, i + 2);
  }
  scene_fini(&s);
  cluster_passed(s.cluster);
}

static void rows_are_there_after_the_broker_was_killed(void **state) {
  scene s;
  char job[CLUSTER_JOB_BYTES];
  scene_make(&s, *state);
  cluster_start_broker(s.cluster);
  cluster_start_workers(s.cluster, 2);
  cluster_do(s.cluster, "put", "d", s.spec, s.data, "--shard-rows", "2000");
  submit_rows(&s, "d", job);
  for (int kills = 0; kills < 6; kills++) { /* in whatever stage it is */
    cluster_kill_broker(s.cluster);
    cluster_start_broker(s.cluster);
    cluster_wait_workers(s.cluster, 2);
  }
  (void)cluster_wait_end(s.cluster, job);
  expect_rows(&s, job, "killed while it ran");
  cluster_kill_broker(s.cluster);
  cluster_start_broker(s.cluster);
  expect_rows(&s, job, "killed after it");
  scene_fini(&s);
  cluster_passed(s.cluster);
}

static void a_job_has_rows_only_when_it_was_asked_for_them(void **state) {
  scene s;
  char job[CLUSTER_JOB_BYTES];
  char plain[256];
  process_result r;
  scene_make(&s, *state);
  survey_write_spec(s.cluster->directory, "plain.yaml", plain_spec, plain);
  cluster_start_broker(s.cluster);
  cluster_start_workers(s.cluster, 1);
  cluster_do(s.cluster, "put", "d", s.spec, s.data);
  cluster_submit(s.cluster, s.spec, "d", job);
  (void)cluster_wait_end(s.cluster, job);
  cluster_expect(s.cluster, 1, &r, "rows", job);
  cluster_expect_words(r.err, "the job has no rows: it was submitted without --rows", "rows");
  process_result_fini(&r);
  cluster_expect(s.cluster, 2, &r, "submit", plain, "--dataset", "d", "--rows");
  cluster_expect_words(r.err, "the specification does not say what is to come back for each row", "submit");
  process_result_fini(&r);
  scene_fini(&s);
  cluster_passed(s.cluster);
}

static void rows_of_a_job_that_has_not_ended_are_refused(void **state) {
  scene s;
  char job[CLUSTER_JOB_BYTES];
  process_result r;
  scene_make(&s, *state);
  cluster_start_broker(s.cluster); /* without workers it does not end */
  cluster_start_workers(s.cluster, 1);
  cluster_do(s.cluster, "put", "d", s.spec, s.data);
  cluster_stop_worker(s.cluster, 0);
  submit_rows(&s, "d", job);
  cluster_expect(s.cluster, 1, &r, "rows", job);
  cluster_expect_words(r.err, "the job has not ended; only one that is done has rows", "rows");
  process_result_fini(&r);
  scene_fini(&s);
  cluster_passed(s.cluster);
}

static void a_store_is_whole_with_its_rows(void **state) {
  scene s;
  char job[CLUSTER_JOB_BYTES];
  char copy[256];
  process_result r;
  scene_make(&s, *state);
  cluster_start_broker(s.cluster);
  cluster_start_workers(s.cluster, 1);
  cluster_do(s.cluster, "put", "d", s.spec, s.data, "--shard-rows", "1000");
  submit_rows(&s, "d", job);
  (void)cluster_wait_end(s.cluster, job);
  cluster_do(s.cluster, "store", "backup", s.cluster->store, cluster_path(s.cluster, "copy", copy));
  cluster_stop_worker(s.cluster, 0);
  cluster_stop_broker(s.cluster);
  cluster_expect(s.cluster, 0, &r, "store", "verify", s.cluster->store);
  cluster_expect_words(r.out, "0 are missing", "store verify");
  process_result_fini(&r);
  snprintf(s.cluster->store, sizeof s.cluster->store, "%.150s", copy);
  cluster_start_broker(s.cluster);
  expect_rows(&s, job, "from the copy of the store");
  scene_fini(&s);
  cluster_passed(s.cluster);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(rows_have_the_same_bytes_for_any_shards_and_workers),
      CLUSTER_TEST(rows_are_there_after_the_broker_was_killed),
      CLUSTER_TEST(a_job_has_rows_only_when_it_was_asked_for_them),
      CLUSTER_TEST(rows_of_a_job_that_has_not_ended_are_refused),
      CLUSTER_TEST(a_store_is_whole_with_its_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
