/* What a broker that begins again makes of what its disk has. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

static void connect_all(sim *s, int workers) {
  for (int i = 0; i < workers; i++) {
    sim_connect(s, i);
  }
  sim_turn(s);
}

static void work(sim *s, int tasks) {
  for (int i = 0; i < tasks; i++) {
    sim_work(s, (size_t)sim_below(s, s->tasks_count));
    sim_turn(s);
  }
}

static void nothing_that_was_taken_is_computed_again(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    sim *s = sim_with_workers(seed, 3, 4, 40);
    s->jobs[0].stages = 2;
    work(s, (int)sim_below(s, 60));
    sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
    s->tasks_count = 0; /* running tasks are lost with their workers */
    memset(s->jobs[0].sent, 0, sizeof s->jobs[0].sent);
    const uint32_t stage = s->jobs[0].stage;
    uint32_t maps = 0;
    for (size_t i = 0; i < s->jobs[0].records_count; i++) {
      maps += s->jobs[0].records[i].task >> 32 == 0 ? 1 : CORE_FAN_IN;
    }
    sim_join_all(s, 3, 4);
    sim_work_all(s);
    if (!sim_is_right(s, 0)) {
      sim_fail(s, "the report is wrong");
    }
    if (s->jobs[0].sent[WORK_MAP] != 40 * (2 - stage) - maps) {
      sim_fail(s, "%u MAPs were kept, and %u are given out", maps, (unsigned)s->jobs[0].sent[WORK_MAP]);
    }
    sim_free(s);
  }
}

/* Also what was merged since, and what only the disk has. */
static void a_job_under_way_counts_the_same_before_and_after_a_restart(void **state) {
  (void)state;
  unsigned counted = 0;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    sim *s = sim_with_workers(seed, 3, 4, 100);
    s->jobs[0].stages = 2;
    work(s, (int)sim_below(s, 220));
    for (int crashes = 0; crashes < 2; crashes++) {
      const core_states before = sim_view_job(s, 0).states;
      sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
      const core_states after = sim_view_job(s, 0).states;
      if (!sim_same_states(&before, &after)) {
        sim_fail(s, "%llu states were computed and %llu cached, and then %llu and %llu",
                 (unsigned long long)before.computed, (unsigned long long)before.cached,
                 (unsigned long long)after.computed, (unsigned long long)after.cached);
      }
      counted += after.computed > 0;
    }
    s->tasks_count = 0;
    sim_join_all(s, 3, 4);
    sim_work_all(s);
    const core_states undisturbed = sim_states(&s->jobs[0]);
    assert_true(sim_is_right(s, 0));
    assert_true(sim_same_states(&s->jobs[0].states, &undisturbed));
    sim_free(s);
  }
  assert_true(counted > 200);
}

static void partials_that_stayed_with_workers_are_computed_anew(void **state) {
  (void)state;
  sim *s = sim_new(3);
  sim_join_all(s, 2, 4);
  s->jobs[0].stay_percent = 100;
  sim_begin(s, 0, 20);
  work(s, 21);
  assert_int_equal(s->jobs[0].records_count, 0);
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  connect_all(s, 2);
  sim_work_all(s);
  const core_states once = sim_states(&s->jobs[0]);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_same_states(&s->jobs[0].states, &once));
  sim_free(s);
}

/* Results of tasks that were given out before the restart count, whatever peer number they come from. */
static void late_results_of_tasks_from_before_count(void **state) {
  (void)state;
  sim *s = sim_new(4);
  sim_join_all(s, 1, 8);
  s->jobs[0].planned = true;
  s->jobs[0].stages = 2;
  sim_begin(s, 0, 5);
  work(s, 1 + 5 + 1); /* PLAN, MAPs, STEP */
  assert_int_equal(s->jobs[0].stage, 1);
  assert_int_equal(s->tasks_count, 5);
  sim_crash_broker(s, SIM_CRASH_WHILE_SENDING);
  s->workers[0].capacity = 0; /* gets none of them again */
  sim_connect(s, 0);
  sim_turn(s);
  while (s->tasks_count > 0) {
    sim_work_first(s, 1);
  }
  assert_int_equal(s->jobs[0].records_count, 5);
  sim_join_all(s, 1, 8);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->jobs[0].sent[WORK_MAP], 10);
  sim_free(s);
}

static void who_was_accepted_has_a_job_that_survives(void **state) {
  (void)state;
  sim *s = sim_new(5);
  sim_shards(s, 0, 5, 10);
  sim_shards(s, 1, 5, 10);
  sim_submit(s, 0);
  sim_turn(s);
  sim_submit(s, 1);
  sim_crash_broker(s, SIM_CRASH_BEFORE_COMMIT);
  assert_true(s->jobs[0].kept);
  assert_false(s->jobs[1].kept);
  assert_int_equal(core_jobs(s->core), 1);
  sim_join_all(s, 1, 1);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void an_id_that_is_running_is_refused_also_after_a_restart(void **state) {
  (void)state;
  sim *s = sim_new(6);
  sim_shards(s, 0, 5, 10);
  sim_submit(s, 0);
  sim_turn(s);
  for (int i = 0; i < 2; i++) {
    s->refused = STATUS_OK;
    sim_submit(s, 0);
    sim_turn(s);
    assert_int_equal(s->refused, STATUS_JOB);
    assert_int_equal(core_jobs(s->core), 1);
    sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  }
  sim_join_all(s, 1, 1);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* The state came from steps of this fingerprint: the next ones must have it too. */
static void the_fingerprint_of_a_job_is_known_after_a_restart(void **state) {
  (void)state;
  sim *s = sim_new(7);
  sim_join_all(s, 1, 1);
  s->jobs[0].stages = 3;
  sim_shards(s, 0, 1, 10);
  sim_submit(s, 0);
  sim_turn(s);
  work(s, 2); /* MAP, STEP */
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  s->tasks_count = 0;
  sim_join(s, 1, 1, 1);
  sim_work_all(s);
  assert_false(s->jobs[0].ended); /* its STEP waits */
  sim_join(s, 0, 1, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_that_was_taken_is_computed_again),
      cmocka_unit_test(a_job_under_way_counts_the_same_before_and_after_a_restart),
      cmocka_unit_test(partials_that_stayed_with_workers_are_computed_anew),
      cmocka_unit_test(late_results_of_tasks_from_before_count),
      cmocka_unit_test(who_was_accepted_has_a_job_that_survives),
      cmocka_unit_test(an_id_that_is_running_is_refused_also_after_a_restart),
      cmocka_unit_test(the_fingerprint_of_a_job_is_known_after_a_restart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
