/* What bounds a job: stages, steps that lead back, new starts, attempts, time.  Each ends it with a sentence.
 */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

/* One worker with room for CAPACITY tasks, and job 0 with that many MAPs. */
static sim *with_worker(uint32_t capacity, uint32_t maps, uint32_t stages) {
  sim *s = sim_new(51);
  s->jobs[0].stages = stages;
  sim_shards(s, 0, maps, CORE_RUN_ROWS);
  sim_submit(s, 0);
  sim_join(s, 0, capacity, 0);
  return s;
}

static void expect_end(const sim *s, status code, const char *words) {
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, code);
  assert_contains(s->jobs[0].message, words);
}

/* Gives the job's one task; a STEP says PROGRAM. */
static void answer_with(sim *s, uint64_t program) {
  assert_int_equal(s->tasks_count, 1);
  const sim_task t = s->tasks[--s->tasks_count];
  sim_result r;
  digest lost;
  assert_true(sim_compute(s, &t, &r, &lost));
  if (t.work == WORK_STEP) {
    r.count = 2;
    r.values[0] = program;
    r.values[1] = program + 1;
  }
  sim_answer(s, &r, s->workers[0].peer);
  sim_turn(s);
}

static void a_job_that_never_ends_ends_after_so_many_stages(void **state) {
  (void)state;
  sim *s = with_worker(1, 1, UINT32_MAX);
  for (uint64_t stage = 0; stage < CORE_STAGES_MAX; stage++) {
    assert_false(s->jobs[0].ended);
    answer_with(s, 1000 + 2 * stage);
    answer_with(s, 1000 + 2 * stage);
    s->now_ms += stage % 100 == 0 ? 1000 : 0;
    sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = s->workers[0].peer, .heard.capacity = 1});
    sim_feed(s, &(core_event){.kind = CORE_TICK});
    sim_turn(s);
  }
  sim_wait(s, 2000);
  expect_end(s, STATUS_LIMIT, "has not come to an end after 10000 stages");
  sim_free(s);
}

/* Its third stage has what its first one had: a STEP that depends on its inputs alone never gets further. */
static void a_job_whose_steps_lead_back_ends(void **state) {
  (void)state;
  sim *s = with_worker(1, 1, UINT32_MAX);
  static const uint64_t programs[] = {1000, 2000, 1000};
  for (size_t i = 0; i < 3; i++) {
    assert_false(s->jobs[0].ended);
    answer_with(s, programs[i]);
    answer_with(s, programs[i]);
    sim_wait(s, 2000);
  }
  expect_end(s, STATUS_LIMIT, "stage 3 has the program and state of an earlier one");
  sim_free(s);
}

/* It says that it is full, again and again, and then that it has room. */
static void a_task_that_is_always_handed_back_ends_its_job(void **state) {
  (void)state;
  sim *s = with_worker(1, 1, 1);
  long given = 0;
  while (!s->jobs[0].ended) {
    assert_true(++given < 2 * CORE_ATTEMPTS_MIN);
    assert_int_equal(s->tasks_count, 1);
    const sim_task t = s->tasks[--s->tasks_count];
    sim_report_failure(s, &t, STATUS_INTERRUPTED, NULL);
    sim_turn(s);
    sim_wait(s, 1000);
  }
  assert_true(given > CORE_ATTEMPTS_MIN);
  expect_end(s, STATUS_LIMIT, "the 2 tasks of stage 0 were given out");
  sim_free(s);
}

/* Workers of two kinds take turns at being the only one there. */
static void a_job_that_starts_again_and_again_ends(void **state) {
  (void)state;
  sim *s = with_worker(1, 1, 3);
  for (int i = 0; i <= CORE_RESTARTS_MAX && !s->jobs[0].ended; i++) {
    sim_work_first(s, 3); /* the first STEP has fixed the kind */
    s->tasks_count = 0;
    sim_leave(s, i % 2);
    sim_join(s, (i + 1) % 2, 1, (uint32_t)(i + 1) % 2);
    sim_wait(s, CORE_FINGERPRINT_MS + 5000);
  }
  expect_end(s, STATUS_LIMIT, "has started again 65 times");
  sim_free(s);
}

static void a_job_that_is_not_done_in_its_time_ends(void **state) {
  (void)state;
  sim *s = sim_new(52);
  s->jobs[0].timeout_ms = 30000;
  sim_begin(s, 0, 1);
  sim_wait(s, 29000);
  assert_false(s->jobs[0].ended);
  sim_wait(s, 3000);
  expect_end(s, STATUS_LIMIT, "was not done within its 30 s (--timeout)");
  sim_free(s);
}

/* The time that has passed is given with what was kept: here 20 of 30 seconds. */
static void its_time_goes_on_when_the_broker_dies(void **state) {
  (void)state;
  sim *s = sim_new(53);
  s->jobs[0].timeout_ms = 30000;
  sim_begin(s, 0, 1);
  sim_wait(s, 20000);
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  sim_wait(s, 9000);
  assert_false(s->jobs[0].ended);
  sim_wait(s, 3000);
  expect_end(s, STATUS_LIMIT, "30 s");
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_job_that_never_ends_ends_after_so_many_stages),
      cmocka_unit_test(a_job_whose_steps_lead_back_ends),
      cmocka_unit_test(a_task_that_is_always_handed_back_ends_its_job),
      cmocka_unit_test(a_job_that_starts_again_and_again_ends),
      cmocka_unit_test(a_job_that_is_not_done_in_its_time_ends),
      cmocka_unit_test(its_time_goes_on_when_the_broker_dies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
