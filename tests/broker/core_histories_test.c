/* Histories of a cluster (core_history.h): some of each weather.
 *
 *   core_histories_test           the tests
 *   core_histories_test SEED      that one alone, told line by line
 *   core_histories_test FIRST N   N histories from the seed FIRST on */
#include <stdio.h>
#include <stdlib.h>

#include "tests/broker/core_history.h"
#include "tests/check.h"

static history_tally run_weather(unsigned number) {
  history_tally sum = {0};
  for (uint64_t i = 1; i <= HISTORIES; i++) {
    history_run(number * (uint64_t)HISTORY_SEEDS_STEP + i, false, &sum);
  }
  return sum;
}

static void a_task_that_kills_its_workers_ends_its_own_job_alone(void **state) {
  (void)state;
  assert_true(run_weather(0).deaths > HISTORIES);
}

static void workers_that_never_answer_hold_up_no_job(void **state) {
  (void)state;
  (void)run_weather(1);
}

static void lost_doubled_and_late_messages_change_no_report(void **state) {
  (void)state;
  (void)run_weather(2);
}

static void brokers_and_workers_that_are_killed_change_no_report(void **state) {
  (void)state;
  assert_true(run_weather(3).crashes > HISTORIES);
}

static void liars_end_no_history(void **state) {
  (void)state;
  assert_true(run_weather(4).set_aside > HISTORIES / 10);
}

static void every_job_ends_in_the_worst_weather(void **state) {
  (void)state;
  assert_true(run_weather(5).crashes > HISTORIES / 2);
}

static void one_faulty_worker_hurts_nobody(void **state) {
  (void)state;
  assert_true(run_weather(6).set_aside > HISTORIES / 10);
}

static void a_lying_key_makes_no_verified_report_wrong(void **state) {
  (void)state;
  assert_true(run_weather(7).set_aside > HISTORIES / 10);
}

static void jobs_that_may_go_on_without_shards_end_with_the_report_of_the_others(void **state) {
  (void)state;
  assert_true(run_weather(8).reports_without > HISTORIES / 4); /* slow workers give the others */
}

int main(int argc, char **argv) {
  if (argc > 1) {
    const uint64_t first = strtoull(argv[1], NULL, 10);
    const uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    history_tally t = {0};
    for (uint64_t i = 0; i < count; i++) {
      history_run(first + i, argc == 2, &t);
    }
    printf(
        "%llu histories; %u workers died of tasks, %u brokers were killed, %u reports were without shards; "
        "the "
        "longest took %.0f s\n",
        (unsigned long long)count, t.deaths, t.crashes, t.reports_without, (double)t.longest_ms / 1000.0);
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_task_that_kills_its_workers_ends_its_own_job_alone),
      cmocka_unit_test(workers_that_never_answer_hold_up_no_job),
      cmocka_unit_test(lost_doubled_and_late_messages_change_no_report),
      cmocka_unit_test(brokers_and_workers_that_are_killed_change_no_report),
      cmocka_unit_test(liars_end_no_history),
      cmocka_unit_test(every_job_ends_in_the_worst_weather),
      cmocka_unit_test(one_faulty_worker_hurts_nobody),
      cmocka_unit_test(a_lying_key_makes_no_verified_report_wrong),
      cmocka_unit_test(jobs_that_may_go_on_without_shards_end_with_the_report_of_the_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
