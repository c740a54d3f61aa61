/* Jobs beside each other: turns, priorities, cancelling, and data that stays while a job needs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/cluster/held.h"
#include "tests/cluster/long_job.h"

enum { SMALL_ROWS = 500 };

typedef struct two {
  long_job big;
  char data[256], spec[256]; /* of the small one */
} two;

/* A big dataset, and "small", on a broker without workers. */
static void put_two(cluster *c, two *t) {
  long_job_put(&t->big, c, 0);
  survey_write(c->directory, "small.csv", SMALL_ROWS, 1, 8, t->data);
  survey_write_spec(c->directory, "small.yaml", survey_short_spec, t->spec);
  cluster_do(c, "put", "small", t->spec, t->data);
}

static void two_fini(two *t) {
  process_result_fini(&t->big.expected);
  cluster_passed(t->big.c);
}

/* By the broker's log: who asks for the list may come too late to see which of two has ended first. */
static void expect_done_in_order(cluster *c, const char *first, const char *second) {
  const char *const jobs[] = {first, second};
  const char *at[2];
  char path[256];
  size_t length = 0;
  for (size_t i = 0; i < 2; i++) {
    assert_string_equal(cluster_wait_end(c, jobs[i]).state, "done");
  }
  char *log = process_read_file(cluster_path(c, "broker.log", path), &length);
  assert_non_null(log);
  for (size_t i = 0; i < 2; i++) {
    char words[64];
    snprintf(words, sizeof words, "job %.16s done: ", jobs[i]);
    at[i] = strstr(log, words);
    assert_non_null(at[i]);
  }
  assert_true(at[0] < at[1]);
  free(log);
}

static void a_small_job_does_not_wait_behind_a_big_one(void **state) {
  cluster *c = *state;
  two t;
  char small[CLUSTER_JOB_BYTES];
  put_two(c, &t);
  cluster_start_worker(c, 0);
  long_job_submit_held(&t.big, 0);
  while (cluster_job_of(c, t.big.id).stage > 0) {
    long_job_double(&t.big);
    long_job_submit_held(&t.big, 0);
  }
  cluster_submit(c, t.spec, "small", small);
  held_go_on(c);
  expect_done_in_order(c, small, t.big.id);
  two_fini(&t);
}

static void a_job_of_higher_priority_goes_first(void **state) {
  cluster *c = *state;
  two t;
  char high[CLUSTER_JOB_BYTES];
  process_result r;
  put_two(c, &t);
  long_job_submit(&t.big);
  cluster_expect(c, 0, &r, "submit", t.spec, "--dataset", t.big.dataset, "--priority", "5");
  cluster_job_id(&r, high);
  process_result_fini(&r);
  cluster_start_worker(c, 0);
  expect_done_in_order(c, high, t.big.id);
  two_fini(&t);
}

static void a_cancelled_job_says_so_and_makes_room(void **state) {
  cluster *c = *state;
  two t;
  process_result r;
  put_two(c, &t);
  cluster_start_worker(c, 0);
  long_job_submit_held(&t.big, 0);
  cluster_do(c, "cancel", t.big.id);
  assert_string_equal(cluster_job_of(c, t.big.id).state, "cancelled");
  held_go_on(c);
  cluster_client(c, &r, "report", t.big.id);
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "cancelled", "the report of a cancelled job");
  process_result_fini(&r);
  cluster_evaluate(c, t.spec, "small", &r);
  process_result_fini(&r);
  two_fini(&t);
}

static void a_dropped_dataset_stays_for_the_jobs_that_use_it(void **state) {
  cluster *c = *state;
  two t;
  process_result r;
  put_two(c, &t);
  const char *big = t.big.dataset;
  long_job_submit(&t.big);
  assert_true(cluster_lists_dataset(c, big));
  cluster_do(c, "drop", big);
  assert_false(cluster_lists_dataset(c, big));
  assert_true(cluster_lists_dataset(c, "small"));
  cluster_kill_broker(c);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_report(c, t.big.id, &r);
  cluster_expect_same(&t.big.expected, &r, "a job whose dataset was dropped");
  process_result_fini(&r);
  cluster_client(c, &r, "submit", t.big.spec, "--dataset", big);
  assert_int_not_equal(r.exit_code, 0);
  process_result_fini(&r);
  cluster_do(c, "put", big, t.spec, t.data);
  two_fini(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_small_job_does_not_wait_behind_a_big_one),
      CLUSTER_TEST(a_job_of_higher_priority_goes_first),
      CLUSTER_TEST(a_cancelled_job_says_so_and_makes_room),
      CLUSTER_TEST(a_dropped_dataset_stays_for_the_jobs_that_use_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
