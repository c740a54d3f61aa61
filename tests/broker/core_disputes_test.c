/* Two workers disagree about one task: who decides, what is recomputed, and when no decision is possible. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

/* Workers with room for one task each, and a job of one run of shards in STAGES. */
static sim *with_workers(int workers, uint32_t stages) {
  sim *s = sim_new(11);
  s->jobs[0].stages = stages;
  sim_shards(s, 0, 3, 10);
  sim_submit(s, 0);
  for (int i = 0; i < workers; i++) {
    sim_start_worker(s, i, 1, 0);
    sim_connect(s, i);
  }
  sim_turn(s);
  return s;
}

/* A worker's connection breaks, and its task goes to another; returns its own copy. */
static sim_task hand_over(sim *s, int from) {
  for (size_t i = 0; i < s->tasks_count; i++) {
    if (s->tasks[i].peer == s->workers[from].peer) {
      const sim_task t = s->tasks[i];
      s->tasks[i] = s->tasks[--s->tasks_count];
      sim_disconnect(s, from);
      sim_turn(s);
      sim_connect(s, from);
      sim_turn(s);
      return t;
    }
  }
  sim_fail(s, "worker %d has no task", from);
}

static void answer(sim *s, const sim_task *t, int worker, uint64_t wrong_by) {
  sim_result r;
  digest lost;
  assert_true(sim_compute(s, t, &r, &lost));
  r.values[0] ^= wrong_by;
  sim_answer(s, &r, s->workers[worker].peer);
  sim_turn(s);
}

static sim_task take_task(sim *s, size_t at) {
  const sim_task t = s->tasks[at];
  s->tasks[at] = s->tasks[--s->tasks_count];
  return t;
}

static int worker_of_peer(const sim *s, uint32_t peer) {
  for (int i = 0; i < SIM_WORKERS; i++) {
    if (s->workers[i].peer == peer) {
      return i;
    }
  }
  return -1;
}

static bool is_aside(const sim *s, int worker) {
  for (size_t i = 0; i < core_workers(s->core); i++) {
    core_worker_view w;
    core_worker_at(s->core, i, &w);
    if (w.peer == s->workers[worker].peer) {
      return w.set_aside;
    }
  }
  return false;
}

static void an_odd_first_result_is_outvoted_and_its_worker_gets_no_more(void **state) {
  (void)state;
  sim *s = with_workers(3, 1);
  const sim_task slow = hand_over(s, 0);
  const sim_task second = take_task(s, 0);
  const int other = worker_of_peer(s, second.peer);
  answer(s, &slow, 0, 64);
  answer(s, &second, other, 0); /* the MAP again, for the third */
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
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->set_aside, 1);
  assert_true(is_aside(s, 0));
  assert_int_equal(s->jobs[0].notes, 2);
  sim_free(s);
}

static void an_odd_second_result_costs_only_the_deciding_run(void **state) {
  (void)state;
  sim *s = with_workers(3, 1);
  const sim_task slow = hand_over(s, 0);
  const sim_task second = take_task(s, 0);
  answer(s, &second, worker_of_peer(s, second.peer), 0);
  answer(s, &slow, 0, 64);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(is_aside(s, 0));
  assert_int_equal(s->jobs[0].sent[WORK_MAP], 3);
  sim_free(s);
}

static void who_was_set_aside_stays_so_when_it_connects_anew(void **state) {
  (void)state;
  sim *s = with_workers(3, 1);
  const sim_task slow = hand_over(s, 0);
  const sim_task second = take_task(s, 0);
  answer(s, &second, worker_of_peer(s, second.peer), 0);
  answer(s, &slow, 0, 64);
  sim_work_all(s);
  assert_true(is_aside(s, 0));
  sim_disconnect(s, 0);
  s->workers[0].capacity = 1;
  sim_connect(s, 0);
  sim_turn(s);
  assert_true(is_aside(s, 0));
  assert_int_equal(s->set_aside, 2); /* it is reported again */
  sim_free(s);
}

/* Two workers, which have given different results of the job's MAP. */
static sim *at_odds(void) {
  sim *s = with_workers(2, 1);
  const sim_task slow = hand_over(s, 0);
  const sim_task second = take_task(s, 0);
  answer(s, &slow, 0, 64);
  answer(s, &second, 1, 0);
  s->tasks_count = 0;
  sim_turn(s);
  return s;
}

static void a_third_worker_is_waited_for(void **state) {
  (void)state;
  sim *s = at_odds();
  sim_wait(s, CORE_THIRD_MS - 2000);
  assert_int_equal(s->tasks_count, 0);
  const core_job_id id = sim_job_id(0);
  core_job_view view;
  assert_true(core_find_job(s->core, &id, &view));
  assert_int_equal(view.wait.kind, WAIT_THIRD);
  sim_start_worker(s, 2, 1, 0);
  sim_connect(s, 2);
  sim_turn(s);
  assert_int_equal(s->tasks_count, 1);
  assert_int_equal(s->tasks[0].peer, s->workers[2].peer);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(is_aside(s, 0));
  assert_false(is_aside(s, 1));
  sim_free(s);
}

/* Its time is up, and its answer is on the way: nobody gives up before it. */
static void a_third_worker_that_is_slow_still_decides(void **state) {
  (void)state;
  sim *s = at_odds();
  sim_start_worker(s, 2, 1, 0);
  sim_connect(s, 2);
  sim_turn(s);
  assert_int_equal(s->tasks_count, 1);
  const sim_task slow = take_task(s, 0);
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
    while (s->tasks_count > 0) { /* the two insist, should they be asked again */
      const sim_task t = take_task(s, 0);
      const int worker = worker_of_peer(s, t.peer);
      answer(s, &t, worker, worker == 0 ? 64 : 0);
    }
  }
  assert_false(s->jobs[0].ended);
  answer(s, &slow, 2, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(is_aside(s, 0));
  sim_free(s);
}

static void without_a_third_who_contradicts_itself_was_odd(void **state) {
  (void)state;
  sim *s = at_odds();
  sim_wait(s, CORE_THIRD_MS + 5000);
  sim_work_all(s); /* both compute rightly now, the second of them repeats itself */
  sim_wait(s, 2000);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(is_aside(s, 0));
  sim_free(s);
}

static void when_two_insist_and_nobody_else_comes_the_job_ends_and_says_so(void **state) {
  (void)state;
  sim *s = at_odds();
  for (int i = 0; i < 200 && !s->jobs[0].ended; i++) {
    sim_wait(s, 1000);
    while (s->tasks_count > 0) {
      const sim_task t = take_task(s, 0);
      const int worker = worker_of_peer(s, t.peer);
      answer(s, &t, worker, worker == 0 ? 64 : 0);
    }
  }
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_int_equal(s->set_aside, 0);
  sim_free(s);
}

/* The STEP's odd result was taken, and the next stage has begun. */
static void an_odd_result_of_a_stage_that_has_passed_starts_the_job_anew(void **state) {
  (void)state;
  sim *s = with_workers(3, 2);
  sim_work(s, 0); /* MAP */
  sim_turn(s);
  assert_int_equal(s->tasks[0].work, WORK_STEP);
  const int first = worker_of_peer(s, s->tasks[0].peer);
  const sim_task slow = hand_over(s, first);
  const sim_task second = take_task(s, 0);
  answer(s, &slow, first, 64);
  assert_int_equal(s->jobs[0].stage, 1);
  answer(s, &second, worker_of_peer(s, second.peer), 0);
  assert_int_equal(s->jobs[0].stage, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(is_aside(s, first));
  sim_free(s);
}

/* The odd plan is recomputed too. */
static void an_odd_plan_is_made_anew(void **state) {
  (void)state;
  sim *s = sim_new(12);
  s->jobs[0].planned = true;
  sim_shards(s, 0, 3, 10);
  sim_submit(s, 0);
  for (int i = 0; i < 3; i++) {
    sim_start_worker(s, i, 1, 0);
    sim_connect(s, i);
  }
  sim_turn(s);
  const int first = worker_of_peer(s, s->tasks[0].peer);
  const sim_task slow = hand_over(s, first);
  const sim_task second = take_task(s, 0);
  answer(s, &slow, first, 64);
  assert_int_not_equal(s->jobs[0].plan, 0);
  answer(s, &second, worker_of_peer(s, second.peer), 0);
  assert_int_equal(s->jobs[0].plan, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(is_aside(s, first));
  sim_free(s);
}

static void what_the_odd_worker_gave_before_is_computed_anew(void **state) {
  (void)state;
  sim *s = sim_new(13);
  sim_shards(s, 0, 5, CORE_RUN_ROWS);
  sim_submit(s, 0);
  for (int i = 0; i < 3; i++) {
    sim_start_worker(s, i, 2, 0);
    sim_connect(s, i);
  }
  sim_turn(s);
  size_t own = 0;
  while (s->tasks[own].peer != s->workers[0].peer) {
    own++;
  }
  const sim_task unseen = take_task(s, own);
  answer(s, &unseen, 0, 64); /* wrong, and no other worker computes it */
  const sim_task slow = hand_over(s, 0);
  sim_turn(s);
  while (s->tasks_count > 0 && s->jobs[0].notes == 0) {
    const sim_task t = take_task(s, 0);
    const int worker = worker_of_peer(s, t.peer);
    answer(s, &t, worker, 0);
    if (memcmp(&t.id, &slow.id, sizeof t.id) == 0 && worker != 0) {
      answer(s, &slow, 0, 64);
    }
  }
  assert_int_equal(s->jobs[0].notes, 1);
  sim_work_all(s);
  assert_true(is_aside(s, 0));
  assert_true(sim_is_right(s, 0));
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
