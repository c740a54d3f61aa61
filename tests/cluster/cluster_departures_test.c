/* Workers that come late, leave properly or are silent for a while, and a broker that is restarted, in the
 * middle of a job: the same bytes. */
#include <signal.h>
#include <stdio.h>

#include "tests/check.h"
#include "tests/cluster/held.h"
#include "tests/cluster/long_job.h"

static void a_job_waits_for_a_worker_that_comes_late(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 0);
  long_job_submit(&j);
  assert_string_equal(cluster_job_of(c, j.id).state, "queued");
  cluster_start_worker(c, 0);
  while (!held_at_stage(c, j.id, 1)) {
    long_job_double(&j);
    long_job_submit(&j);
  }
  cluster_start_worker(c, 1);
  long_job_expect_report(&j, "workers started late");
}

static void a_worker_asked_to_leave_exits_with_0_and_its_work_goes_to_others(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 2);
  long_job_submit_held(&j, 0);
  cluster_stop_worker(c, 0);
  held_go_on(c);
  cluster_wait_workers(c, 1);
  long_job_expect_report(&j, "a worker stopped with SIGTERM");
}

static void a_worker_that_is_silent_for_a_while_is_welcome_again(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 2);
  long_job_submit_held(&j, 0);
  process_signal(&c->workers[1], SIGCONT);
  cluster_wait_workers(c, 1); /* after the silence that the protocol allows */
  process_signal(&c->workers[0], SIGCONT);
  cluster_wait_workers(c, 2);
  long_job_expect_report(&j, "a worker stopped and continued");
}

static void a_broker_asked_to_leave_exits_with_0_and_takes_its_jobs_up_again(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 1);
  long_job_submit_held(&j, 1);
  cluster_stop_broker(c);
  cluster_start_broker(c);
  long_job_expect_report(&j, "the broker stopped with SIGTERM");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_job_waits_for_a_worker_that_comes_late),
      CLUSTER_TEST(a_worker_asked_to_leave_exits_with_0_and_its_work_goes_to_others),
      CLUSTER_TEST(a_worker_that_is_silent_for_a_while_is_welcome_again),
      CLUSTER_TEST(a_broker_asked_to_leave_exits_with_0_and_takes_its_jobs_up_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
