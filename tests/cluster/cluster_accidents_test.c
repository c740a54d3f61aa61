/* Processes that are killed, come late, or are asked to leave in the middle of a job: the same bytes. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

/* The long survey on a broker, and what its report must be. */
typedef struct long_job {
  cluster *c;
  char data[256], spec[256];
  char id[CLUSTER_JOB_BYTES];
  process_result expected;
} long_job;

static void put(long_job *j, cluster *c) {
  *j = (long_job){.c = c};
  survey_write(c->directory, "long.csv", SURVEY_ROWS_LONG, 1, 7, j->data);
  survey_write_spec(c->directory, "long.yaml", survey_long_spec, j->spec);
  cluster_run_alone(j->spec, (const char *const[]){j->data, NULL}, &j->expected);
  cluster_start_broker(c);
  cluster_do(c, "put", "long", j->spec, j->data, "--shard-rows", "5000");
}

static void submit(long_job *j) {
  cluster_submit(j->c, j->spec, "long", j->id);
}

static void expect_report(long_job *j, const char *what) {
  process_result found;
  cluster_report(j->c, j->id, &found);
  cluster_expect_same(&j->expected, &found, what);
  process_result_fini(&found);
  process_result_fini(&j->expected);
  cluster_passed(j->c);
}

static void a_worker_and_then_the_broker_killed_in_the_middle_leave_no_trace(void **state) {
  cluster *c = *state;
  long_job j;
  put(&j, c);
  cluster_start_worker(c, 0);
  cluster_start_worker(c, 1);
  submit(&j);
  cluster_wait_stage(c, j.id, 0);
  cluster_kill_worker(c, 0);
  cluster_wait_stage(c, j.id, 1);
  cluster_kill_broker(c);
  cluster_start_broker(c);
  expect_report(&j, "worker and broker killed");
}

static void a_worker_that_is_killed_and_comes_back_goes_on(void **state) {
  cluster *c = *state;
  long_job j;
  put(&j, c);
  cluster_start_worker(c, 0);
  submit(&j);
  cluster_wait_stage(c, j.id, 1);
  cluster_kill_worker(c, 0);
  cluster_start_worker(c, 0);
  expect_report(&j, "the only worker killed and started again");
}

static void a_job_waits_for_a_worker_that_comes_late(void **state) {
  cluster *c = *state;
  long_job j;
  put(&j, c);
  submit(&j);
  assert_string_equal(cluster_job_of(c, j.id).state, "queued");
  cluster_start_worker(c, 0);
  cluster_wait_stage(c, j.id, 1);
  cluster_start_worker(c, 1);
  expect_report(&j, "workers started late");
}

static void a_worker_asked_to_leave_exits_with_0_and_its_work_goes_to_others(void **state) {
  cluster *c = *state;
  long_job j;
  put(&j, c);
  cluster_start_worker(c, 0);
  cluster_start_worker(c, 1);
  cluster_wait_workers(c, 2);
  submit(&j);
  cluster_wait_stage(c, j.id, 0);
  cluster_stop_worker(c, 0);
  cluster_wait_workers(c, 1);
  expect_report(&j, "a worker stopped with SIGTERM");
}

static void a_worker_that_is_silent_for_a_while_is_welcome_again(void **state) {
  cluster *c = *state;
  long_job j;
  put(&j, c);
  cluster_start_worker(c, 0);
  cluster_start_worker(c, 1);
  cluster_wait_workers(c, 2);
  submit(&j);
  cluster_wait_stage(c, j.id, 0);
  process_signal(&c->workers[0], SIGSTOP);
  cluster_wait_workers(c, 1); /* after the silence that the protocol allows */
  process_signal(&c->workers[0], SIGCONT);
  cluster_wait_workers(c, 2);
  expect_report(&j, "a worker stopped and continued");
}

static void a_broker_asked_to_leave_exits_with_0_and_takes_its_jobs_up_again(void **state) {
  cluster *c = *state;
  long_job j;
  put(&j, c);
  cluster_start_worker(c, 0);
  submit(&j);
  cluster_wait_stage(c, j.id, 1);
  cluster_stop_broker(c);
  cluster_start_broker(c);
  expect_report(&j, "the broker stopped with SIGTERM");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_worker_and_then_the_broker_killed_in_the_middle_leave_no_trace),
      CLUSTER_TEST(a_worker_that_is_killed_and_comes_back_goes_on),
      CLUSTER_TEST(a_job_waits_for_a_worker_that_comes_late),
      CLUSTER_TEST(a_worker_asked_to_leave_exits_with_0_and_its_work_goes_to_others),
      CLUSTER_TEST(a_worker_that_is_silent_for_a_while_is_welcome_again),
      CLUSTER_TEST(a_broker_asked_to_leave_exits_with_0_and_takes_its_jobs_up_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
