/* Two workers disagree about one task: who decides, what is recomputed, and when no decision is possible. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

/* Workers with room for one task each, and a job of one MAP in STAGES, or one that is PLANNED. */
static sim *with_workers(int workers, uint32_t stages, bool planned) {
  sim *s = sim_new(11);
  s->jobs[0].stages = stages;
  s->jobs[0].planned = planned;
  sim_begin(s, 0, 1);
  sim_join_all(s, workers, 1);
  return s;
}

/* Worker ODD always gives the same wrong results. */
static void work_beside(sim *s, int odd) {
  while (s->tasks_count > 0) {
    const sim_task t = sim_take_task(s, 0);
    sim_give(s, &t, sim_worker_at(s, t.peer) == odd ? 64 : 0);
  }
}

static void expect_right_without(sim *s, int odd) {
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, odd));
}

static void an_odd_first_result_is_outvoted_and_its_worker_gets_no_more(void **state) {
  (void)state;
  sim *s = with_workers(3, 1, false);
  const sim_task slow = sim_hand_over(s, 0);
  const sim_task second = sim_take_task(s, 0);
  sim_give(s, &slow, 64);
  sim_give(s, &second, 0); /* the MAP again, for the third */
  assert_int_equal(s->jobs[0].notes, 1);
  assert_int_equal(s->jobs[0].records_count, 0);
  size_t again = 0;
  for (size_t i = 0; i < s->tasks_count; i++) {
    if (s->tasks[i].work == WORK_MAP) {
      assert_int_not_equal(s->tasks[i].peer, s->workers[0].peer);
      assert_int_not_equal(s->tasks[i].peer, second.peer);
      again++;
    }
  }
  assert_int_equal(again, 1);
  expect_right_without(s, 0);
  assert_int_equal(s->set_aside, 1);
  assert_int_equal(s->jobs[0].notes, 2);
  sim_free(s);
}

/* The right result of the MAP came first, and worker 0's second. */
static sim *with_odd_second_result(void) {
  sim *s = with_workers(3, 1, false);
  const sim_task slow = sim_hand_over(s, 0);
  const sim_task second = sim_take_task(s, 0);
  sim_give(s, &second, 0);
  sim_give(s, &slow, 64);
  expect_right_without(s, 0);
  return s;
}

static void an_odd_second_result_costs_only_the_deciding_run(void **state) {
  (void)state;
  sim *s = with_odd_second_result();
  assert_int_equal(s->jobs[0].sent[WORK_MAP], 3);
  sim_free(s);
}

static void who_was_set_aside_stays_so_when_it_connects_anew(void **state) {
  (void)state;
  sim *s = with_odd_second_result();
  sim_disconnect(s, 0);
  s->workers[0].capacity = 1;
  sim_connect(s, 0);
  sim_turn(s);
  assert_true(sim_is_aside(s, 0));
  assert_int_equal(s->set_aside, 2); /* it is reported again */
  sim_free(s);
}

/* Two workers, which have given different results of the job's MAP. */
static sim *at_odds(void) {
  sim *s = with_workers(2, 1, false);
  const sim_task slow = sim_hand_over(s, 0);
  const sim_task second = sim_take_task(s, 0);
  sim_give(s, &slow, 64);
  sim_give(s, &second, 0);
  s->tasks_count = 0;
  sim_turn(s);
  return s;
}

static void a_third_worker_is_waited_for(void **state) {
  (void)state;
  sim *s = at_odds();
  sim_wait(s, CORE_THIRD_MS - 2000);
  assert_int_equal(s->tasks_count, 0);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_THIRD);
  sim_join(s, 2, 1, 0);
  assert_int_equal(s->tasks_count, 1);
  assert_int_equal(s->tasks[0].peer, s->workers[2].peer);
  expect_right_without(s, 0);
  assert_false(sim_is_aside(s, 1));
  sim_free(s);
}

/* Its time is up, and its answer is on the way: nobody gives up before it. */
static void a_third_worker_that_is_slow_still_decides(void **state) {
  (void)state;
  sim *s = at_odds();
  sim_join(s, 2, 1, 0);
  assert_int_equal(s->tasks_count, 1);
  const sim_task slow = sim_take_task(s, 0);
  sim_start_worker(s, 3, 1, 0); /* one that gets it then, and goes */
  sim_connect(s, 3);
  sim_wait(s, CORE_BUDGET_MS + 2000);
  assert_int_equal(s->tasks_count, 1);
  assert_int_equal(s->tasks[0].peer, s->workers[3].peer);
  s->tasks_count = 0;
  sim_leave(s, 3);
  sim_turn(s);
  for (int i = 0; i < 2 * CORE_THIRD_MS / 1000 - 5; i++) {
    sim_wait(s, 1000);
    work_beside(s, 0); /* the two insist, should they be asked again */
  }
  assert_false(s->jobs[0].ended);
  sim_give(s, &slow, 0);
  expect_right_without(s, 0);
  sim_free(s);
}

static void without_a_third_who_contradicts_itself_was_odd(void **state) {
  (void)state;
  sim *s = at_odds();
  sim_wait(s, CORE_THIRD_MS + 5000);
  sim_work_all(s); /* both compute rightly now, the second of them repeats itself */
  sim_wait(s, 2000);
  expect_right_without(s, 0);
  sim_free(s);
}

static void when_two_insist_and_nobody_else_comes_the_job_ends_and_says_so(void **state) {
  (void)state;
  sim *s = at_odds();
  for (int i = 0; i < 200 && !s->jobs[0].ended; i++) {
    sim_wait(s, 1000);
    work_beside(s, 0);
  }
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_int_equal(s->set_aside, 0);
  sim_free(s);
}

/* The first task has an odd result, which was taken; SECOND is another worker's copy.  Returns the odd
 * worker. */
static int take_odd_result(sim *s, sim_task *second) {
  const int odd = sim_worker_at(s, s->tasks[0].peer);
  const sim_task slow = sim_hand_over(s, odd);
  *second = sim_take_task(s, 0);
  sim_give(s, &slow, 64);
  return odd;
}

/* The STEP's odd result was taken, and the next stage has begun. */
static void an_odd_result_of_a_stage_that_has_passed_starts_the_job_anew(void **state) {
  (void)state;
  sim *s = with_workers(3, 2, false);
  sim_task second;
  sim_work_first(s, 1); /* MAP */
  assert_int_equal(s->tasks[0].work, WORK_STEP);
  const int odd = take_odd_result(s, &second);
  assert_int_equal(s->jobs[0].stage, 1);
  sim_give(s, &second, 0);
  assert_int_equal(s->jobs[0].stage, 0);
  expect_right_without(s, odd);
  sim_free(s);
}

/* The odd plan is recomputed too. */
static void an_odd_plan_is_made_anew(void **state) {
  (void)state;
  sim *s = with_workers(3, 1, true);
  sim_task second;
  const int odd = take_odd_result(s, &second);
  assert_int_not_equal(s->jobs[0].plan, 0);
  sim_give(s, &second, 0);
  assert_int_equal(s->jobs[0].plan, 0);
  expect_right_without(s, odd);
  sim_free(s);
}

static void what_the_odd_worker_gave_before_is_computed_anew(void **state) {
  (void)state;
  sim *s = sim_with_workers(13, 3, 2, 5);
  const sim_task unseen = sim_take_task(s, sim_task_of(s, 0));
  sim_give(s, &unseen, 64); /* wrong, and no other worker computes it */
  const sim_task slow = sim_hand_over(s, 0);
  sim_turn(s);
  while (s->tasks_count > 0 && s->jobs[0].notes == 0) {
    const sim_task t = sim_take_task(s, 0);
    sim_give(s, &t, 0);
    if (memcmp(&t.id, &slow.id, sizeof t.id) == 0 && t.process != slow.process) {
      sim_give(s, &slow, 64);
    }
  }
  assert_int_equal(s->jobs[0].notes, 1);
  expect_right_without(s, 0);
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_odd_first_result_is_outvoted_and_its_worker_gets_no_more),
      cmocka_unit_test(an_odd_second_result_costs_only_the_deciding_run),
      cmocka_unit_test(who_was_set_aside_stays_so_when_it_connects_anew),
      cmocka_unit_test(a_third_worker_is_waited_for),
      cmocka_unit_test(a_third_worker_that_is_slow_still_decides),
      cmocka_unit_test(without_a_third_who_contradicts_itself_was_odd),
      cmocka_unit_test(when_two_insist_and_nobody_else_comes_the_job_ends_and_says_so),
      cmocka_unit_test(an_odd_result_of_a_stage_that_has_passed_starts_the_job_anew),
      cmocka_unit_test(an_odd_plan_is_made_anew),
      cmocka_unit_test(what_the_odd_worker_gave_before_is_computed_anew),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
