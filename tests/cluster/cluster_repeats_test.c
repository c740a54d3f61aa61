/* Whatever was interrupted may be repeated, and a waiting client may leave and come back. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/cluster/held.h"
#include "tests/cluster/long_job.h"

enum { SHARD_ROWS = 150 };
#define SHARD_ROWS_TEXT "150"

typedef struct broken_off {
  char data[256], dataset[32];
  uint32_t rows;
  size_t blobs; /* that the broker had then */
} broken_off;

static uint32_t blobs_of(uint32_t rows) {
  return rows / SHARD_ROWS / 4;
}

/* Kills a put in its middle; one that has ended before is followed by another, of twice as many rows. */
static void break_off_a_put(cluster *c, const char *spec, broken_off *b) {
  char store[256];
  process put = {0};
  snprintf(store, sizeof store, "%s/blobs", c->store);
  for (b->rows = SURVEY_ROWS_LONG / 4;; b->rows *= 2) {
    const size_t before = cluster_blobs(c, store);
    snprintf(b->dataset, sizeof b->dataset, "long-%u", b->rows);
    survey_write(c->directory, "long.csv", b->rows, 1, b->rows, b->data);
    cluster_start_client(c, &put, "put", "put", b->dataset, spec, b->data, "--shard-rows", SHARD_ROWS_TEXT);
    cluster_wait_blobs(c, store, before + blobs_of(b->rows));
    if (process_is_running(&put)) {
      process_kill(&put);
      if (!cluster_lists_dataset(c, b->dataset)) {
        b->blobs = cluster_blobs(c, store) - before;
        return;
      }
    }
  }
}

static void interrupt_and_repeat(cluster *c, bool is_same_machine) {
  char spec[256];
  broken_off b;
  process_result expected;
  process_result found;
  survey_write_spec(c->directory, "survey.yaml", survey_short_spec, spec);
  cluster_start_broker(c);
  if (!is_same_machine) {
    cluster_hide_store(c);
  }
  break_off_a_put(c, spec, &b);
  cluster_run_alone(spec, (const char *const[]){b.data, NULL}, &expected);
  cluster_expect(c, 0, &found, "put", b.dataset, spec, b.data, "--shard-rows", SHARD_ROWS_TEXT, "--json",
                 "-q");
  json *said = NULL;
  assert_int_equal(json_parse(c->memory, (slice){found.out, found.out_length}, "put", &said, NULL),
                   STATUS_OK);
  const int64_t shards = json_as_integer(json_get(said, "shards"));
  assert_int_equal(json_as_integer(json_get(said, "rows")), b.rows);
  assert_in_range(json_as_integer(json_get(said, "shards_sent")), 0, shards - (int64_t)b.blobs);
  process_result_fini(&found);
  cluster_start_worker(c, 0);
  cluster_evaluate(c, spec, b.dataset, &found);
  cluster_expect_same(&expected, &found, "an interrupted and repeated put");
  process_result_fini(&expected);
  process_result_fini(&found);
  cluster_passed(c);
}

static void an_interrupted_put_sends_only_what_is_missing(void **state) {
  interrupt_and_repeat(*state, true);
}

static void an_interrupted_put_from_elsewhere_sends_only_what_is_missing(void **state) {
  interrupt_and_repeat(*state, false);
}

static void the_same_key_is_the_same_job(void **state) {
  cluster *c = *state;
  char first[CLUSTER_JOB_BYTES];
  char other[CLUSTER_JOB_BYTES];
  char spec[256];
  process_result r;
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  for (int i = 0; i < 3; i++) {
    cluster_expect(c, 0, &r, "submit", survey_shipped_spec, "--dataset", "survey", "--key", "night-1");
    cluster_job_id(&r, i == 0 ? first : other);
    process_result_fini(&r);
    if (i == 1) { /* the third time the broker has been restarted and the job has ended */
      assert_string_equal(other, first);
      cluster_start_worker(c, 0);
      cluster_wait_end(c, first);
      cluster_kill_broker(c);
      cluster_start_broker(c);
    }
  }
  assert_string_equal(other, first);
  assert_int_equal(json_count(cluster_listing(c, "jobs")), 1);
  survey_write_spec(c->directory, "other.yaml", survey_short_spec, spec);
  cluster_client(c, &r, "submit", spec, "--dataset", "survey", "--key", "night-1");
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "night-1", "a key used for another specification");
  process_result_fini(&r);
  cluster_passed(c);
}

static void a_key_of_a_job_that_was_cancelled_is_used_up_and_one_is_told_so(void **state) {
  cluster *c = *state;
  char job[CLUSTER_JOB_BYTES];
  process_result r;
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  cluster_expect(c, 0, &r, "submit", survey_shipped_spec, "--dataset", "survey", "--key", "night-1");
  cluster_job_id(&r, job);
  process_result_fini(&r);
  cluster_do(c, "cancel", job);
  cluster_expect(c, 1, &r, "submit", survey_shipped_spec, "--dataset", "survey", "--key", "night-1",
                 "--wait");
  cluster_expect_words(r.err, "choose another --key", "a key of a job that was cancelled");
  process_result_fini(&r);
  cluster_passed(c);
}

/* The job's id, which `submit --wait` writes to its standard error first. */
typedef struct written_id {
  char path[256];
  char id[CLUSTER_JOB_BYTES];
} written_id;

static bool id_is_written(cluster *c, void *context) {
  (void)c;
  written_id *w = context;
  size_t length = 0;
  char *text = process_read_file(w->path, &length);
  const char *said = text != NULL ? strstr(text, "job ") : NULL;
  const bool is = said != NULL && strchr(said, '\n') != NULL;
  if (is) {
    memcpy(w->id, said + 4, CLUSTER_JOB_BYTES - 1);
  }
  free(text);
  return is;
}

static void expect_detached(cluster *c, process *p, int signal_number, const char *name, const char *job) {
  char file[64];
  char words[64];
  process_signal(p, signal_number);
  assert_int_equal(process_wait(p), 128 + signal_number);
  snprintf(file, sizeof file, "%s.err", name);
  char *text = cluster_read(c, file, NULL);
  snprintf(words, sizeof words, "canvass watch %.8s", job);
  cluster_expect_words(text, words, name);
  free(text);
}

static void who_waits_may_leave_and_the_job_goes_on(void **state) {
  cluster *c = *state;
  long_job j;
  process submit = {0};
  process watch = {0};
  written_id w = {0};
  long_job_put(&j, c, 0);
  cluster_start_client(c, &submit, "submit", "submit", j.spec, "--dataset", j.dataset, "--wait");
  cluster_path(c, "submit.err", w.path);
  cluster_wait_for(c, id_is_written, &w, "for submit --wait to print the job's id");
  expect_detached(c, &submit, SIGINT, "submit", w.id);
  cluster_start_worker(c, 0);
  memcpy(j.id, w.id, sizeof j.id);
  while (!held_at_stage(c, j.id, 0)) {
    long_job_double(&j);
    long_job_submit(&j);
  }
  cluster_start_client(c, &watch, "watch", "watch", j.id, "--json");
  cluster_wait_logged(c, "watch.out", "\"rows_done\":");
  assert_true(process_is_running(&watch));
  expect_detached(c, &watch, SIGHUP, "watch", j.id);
  assert_string_not_equal(cluster_job_of(c, j.id).state, "cancelled");
  long_job_expect_report(&j, "a job that nobody watched to its end");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(an_interrupted_put_sends_only_what_is_missing),
      CLUSTER_TEST(an_interrupted_put_from_elsewhere_sends_only_what_is_missing),
      CLUSTER_TEST(the_same_key_is_the_same_job),
      CLUSTER_TEST(a_key_of_a_job_that_was_cancelled_is_used_up_and_one_is_told_so),
      CLUSTER_TEST(who_waits_may_leave_and_the_job_goes_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
