/* Whatever was interrupted may be repeated, and whoever was waiting may leave and come back. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

static void interrupt_and_repeat(cluster *c, bool is_same_machine) {
  char data[256];
  char spec[256];
  char store[256];
  process put = {0};
  process_result expected;
  process_result found;
  survey_write(c->directory, "long.csv", SURVEY_ROWS_LONG / 4, 1, 7, data);
  survey_write_spec(c->directory, "survey.yaml", survey_short_spec, spec);
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  snprintf(store, sizeof store, "%s/blobs", c->store);
  cluster_start_broker(c);
  if (!is_same_machine) {
    cluster_hide_store(c);
  }
  cluster_start_client(c, &put, "put", "put", "long", spec, data, "--shard-rows", "150");
  cluster_wait_blobs(c, store, 40);
  assert_true(process_is_running(&put));
  process_kill(&put);
  const size_t before = cluster_blobs(c, store);
  cluster_expect(c, 0, &found, "put", "long", spec, data, "--shard-rows", "150", "--json", "-q");
  json *said = NULL;
  assert_int_equal(json_parse(c->memory, (slice){found.out, found.out_length}, "put", &said, NULL),
                   STATUS_OK);
  const int64_t shards = json_as_integer(json_get(said, "shards"));
  assert_int_equal(json_as_integer(json_get(said, "rows")), SURVEY_ROWS_LONG / 4);
  assert_in_range(json_as_integer(json_get(said, "shards_sent")), 1, shards - (int64_t)before);
  process_result_fini(&found);
  cluster_start_worker(c, 0);
  cluster_evaluate(c, spec, "long", &found);
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
  const char *said = text ? strstr(text, "job ") : NULL;
  const bool is = said && strchr(said, '\n');
  if (is) {
    memcpy(w->id, said + 4, CLUSTER_JOB_BYTES - 1);
  }
  free(text);
  return is;
}

static void expect_detached(cluster *c, process *p, int signal_number, const char *name, const char *job) {
  char file[64];
  char path[256];
  char words[64];
  size_t length = 0;
  process_signal(p, signal_number);
  assert_int_equal(process_wait(p, CLUSTER_DEADLINE_S * 1000), 130);
  snprintf(file, sizeof file, "%s.err", name);
  char *text = process_read_file(cluster_path(c, file, path), &length);
  assert_non_null(text);
  snprintf(words, sizeof words, "canvass watch %.8s", job);
  cluster_expect_words(text, words, name);
  free(text);
}

static void who_waits_may_leave_and_the_job_goes_on(void **state) {
  cluster *c = *state;
  char data[256];
  char spec[256];
  process submit = {0};
  process watch = {0};
  process_result r;
  process_result expected;
  written_id w = {0};
  survey_write(c->directory, "long.csv", SURVEY_ROWS_LONG / 2, 1, 7, data);
  survey_write_spec(c->directory, "long.yaml", survey_long_spec, spec);
  cluster_start_broker(c);
  cluster_do(c, "put", "long", spec, data, "--shard-rows", "5000");
  cluster_start_client(c, &submit, "submit", "submit", spec, "--dataset", "long", "--wait");
  cluster_path(c, "submit.err", w.path);
  cluster_wait_for(c, id_is_written, &w, "for submit --wait to print the job's id");
  expect_detached(c, &submit, SIGINT, "submit", w.id);
  cluster_start_worker(c, 0);
  cluster_start_client(c, &watch, "watch", "watch", w.id);
  cluster_wait_stage(c, w.id, 0);
  assert_true(process_is_running(&watch));
  expect_detached(c, &watch, SIGHUP, "watch", w.id);
  assert_false(strcmp(cluster_job_of(c, w.id).state, "cancelled") == 0);
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  cluster_report(c, w.id, &r);
  cluster_expect_same(&expected, &r, "a job that nobody watched to its end");
  process_result_fini(&r);
  process_result_fini(&expected);
  cluster_passed(c);
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
