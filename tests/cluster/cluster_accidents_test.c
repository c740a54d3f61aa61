/* Processes that are killed in the middle of a job: the same bytes. */
#include <signal.h>
#include <stdio.h>

#include "tests/check.h"
#include "tests/cluster/long_job.h"

static void a_worker_and_then_the_broker_killed_in_the_middle_leave_no_trace(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 2);
  long_job_submit_held(&j, 0);
  cluster_kill_worker(c, 0);
  cluster_kill_broker(c); /* which had no time to notice */
  cluster_start_broker(c);
  long_job_expect_report(&j, "worker and broker killed");
}

static void a_worker_that_is_killed_and_comes_back_goes_on(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 1);
  long_job_submit_held(&j, 1);
  cluster_kill_worker(c, 0);
  cluster_start_worker(c, 0);
  long_job_expect_report(&j, "the only worker killed and started again");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_worker_and_then_the_broker_killed_in_the_middle_leave_no_trace),
      CLUSTER_TEST(a_worker_that_is_killed_and_comes_back_goes_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
