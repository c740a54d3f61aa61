/* Workers that give signs of life but do not answer: who else gets the task, whose result counts, and what
 * the job waits for when nobody else is there. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

enum { MAPS = 12, SOME_MS = CORE_BUDGET_MIN_MS + 2000 };

/* All but WORKER work until there is nothing left for them. */
static void others_work(sim *s, int worker) {
  for (size_t at = 0; at < s->tasks_count;) {
    if (s->tasks[at].peer == s->workers[worker].peer) {
      at++;
    } else {
      sim_work(s, at);
      sim_turn(s);
      at = 0;
    }
  }
}

/* ---- Second copies --------------------------------------------------------------------------------- */

static void a_worker_that_never_answers_holds_up_no_job(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 2, 2, MAPS);
  others_work(s, 0);
  assert_false(s->jobs[0].ended);
  sim_wait(s, SOME_MS); /* eight times what its peers took is less */
  others_work(s, 0);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void without_peers_a_task_has_two_minutes(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 2, 1, 1);
  assert_int_equal(s->tasks_count, 1);
  sim_wait(s, CORE_BUDGET_MS - 2000);
  assert_int_equal(s->tasks_count, 1);
  sim_wait(s, 5000);
  assert_int_equal(s->tasks_count, 2);
  assert_int_not_equal(s->tasks[0].peer, s->tasks[1].peer);
  sim_free(s);
}

static void the_late_copy_is_compared(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 2, 1, 1);
  s->jobs[0].stages = 2;
  sim_wait(s, CORE_BUDGET_MS + 5000);
  assert_int_equal(s->tasks_count, 2);
  const sim_task late = sim_take_task(s, 0);
  sim_work_first(s, 1); /* the STEP runs now */
  sim_give(s, &late, 0);
  assert_int_equal(s->jobs[0].notes, 1); /* the same result: nothing to report but that it was late */
  sim_give(s, &late, 64);
  assert_int_equal(s->jobs[0].notes, 2);
  sim_free(s);
}

static void the_first_result_counts_also_when_it_is_the_late_one(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 2, 1, 1);
  sim_wait(s, CORE_BUDGET_MS + 5000);
  assert_int_equal(s->tasks_count, 2);
  const uint32_t late = s->tasks[0].peer;
  const sim_task second = sim_take_task(s, 1);
  sim_work_first(s, 1);
  assert_int_equal(s->tasks[0].work, WORK_STEP);
  for (int i = 0; i < 2; i++) { /* nobody has lost a race */
    assert_int_equal(sim_view_worker(s, i).races_lost, 0);
  }
  assert_int_not_equal(second.peer, late);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* Nothing else is to do, and the worker would be idle. */
static void idle_workers_run_the_last_tasks_too(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 3, 2, MAPS);
  others_work(s, 0);
  const size_t left = s->tasks_count;
  assert_true(left > 0);
  sim_wait(s, CORE_TAIL_MIN_MS + 2000);
  assert_true(s->tasks_count > left);
  others_work(s, 0);
  for (int i = 0; i < CORE_BUDGET_MS / 1000 + 10 && !s->jobs[0].ended; i++) {
    sim_wait(s, 1000); /* the STEP may have gone to it, and has no peers */
    others_work(s, 0);
  }
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- Who keeps losing ------------------------------------------------------------------------------ */

static void who_loses_races_gets_one_task_at_a_time_until_it_answers_in_time(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 2, 2, MAPS);
  others_work(s, 0);
  sim_wait(s, SOME_MS);
  others_work(s, 0);
  assert_true(sim_view_worker(s, 0).races_lost >= 1);
  assert_true(sim_view_worker(s, 0).is_held_back);
  s->tasks_count = 0;
  sim_shards(s, 1, MAPS, CORE_RUN_ROWS);
  sim_submit(s, 1);
  sim_wait(s, 3000); /* the pause after the first losses is over */
  assert_int_equal(sim_view_worker(s, 0).running, 1);
  assert_int_equal(sim_view_worker(s, 1).running, 2);
  sim_work(s, sim_task_of(s, 0));
  sim_turn(s);
  assert_false(sim_view_worker(s, 0).is_held_back);
  assert_int_equal(sim_view_worker(s, 0).running, 2);
  assert_true(sim_view_worker(s, 0).races_lost >= 1); /* that stays known */
  sim_work_all(s);
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

/* Worker 0 is held back, and has one of the three MAPs of job 1. */
static sim *with_one_in_doubt(void) {
  sim *s = sim_with_workers(41, 2, 2, MAPS);
  others_work(s, 0);
  sim_wait(s, SOME_MS);
  others_work(s, 0);
  s->tasks_count = 0;
  sim_shards(s, 1, 3, CORE_RUN_ROWS); /* too few to know how long they take */
  sim_submit(s, 1);
  sim_wait(s, 3000);
  assert_true(sim_view_worker(s, 0).is_held_back);
  assert_int_equal(sim_view_worker(s, 0).running, 1);
  others_work(s, 0);
  assert_false(s->jobs[1].ended);
  return s;
}

static void a_task_of_a_worker_in_doubt_goes_to_a_better_one_within_seconds(void **state) {
  (void)state;
  sim *s = with_one_in_doubt();
  const uint64_t lost = sim_view_worker(s, 0).races_lost;
  sim_wait(s, SOME_MS);
  others_work(s, 0);
  assert_true(sim_is_right(s, 1));
  assert_int_equal(sim_view_worker(s, 0).races_lost, lost + 1);
  sim_free(s);
}

static void an_answer_in_time_ends_the_doubt_also_when_there_was_a_copy(void **state) {
  (void)state;
  sim *s = with_one_in_doubt();
  const size_t before = s->tasks_count;
  sim_wait(s, SOME_MS);
  assert_int_equal(s->tasks_count, before + 1);
  sim_work(s, sim_task_of(s, 0));
  sim_turn(s);
  assert_false(sim_view_worker(s, 0).is_held_back);
  sim_work_all(s);
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

/* ---- What a job waits for -------------------------------------------------------------------------- */

static void a_job_that_waits_says_what_for(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 0, 0, 1);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_WORKER);
  sim_join(s, 0, 1, 0);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_NOTHING);
  sim_begin(s, 1, 1);
  assert_int_equal(sim_view_job(s, 1).wait.kind, WAIT_TURN);
  const uint64_t given_ms = s->now_ms;
  sim_wait(s, CORE_BUDGET_MS + 5000); /* alone, it is not asked twice: its task may be long */
  assert_int_equal(s->tasks_count, 1);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_ANSWER);
  assert_int_equal(sim_view_job(s, 0).wait.peer, s->workers[0].peer);
  assert_int_equal(sim_view_job(s, 0).wait.since_ms, given_ms);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

static void a_job_whose_kind_of_worker_is_gone_says_so(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 1, 1, 1);
  s->jobs[0].stages = 2;
  sim_work_first(s, 3); /* the first STEP has fixed the kind */
  sim_kill(s, 0);
  s->tasks_count = 0;
  sim_join(s, 1, 1, 1);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_KIND);
  sim_free(s);
}

/* Another one has room. */
static void a_job_whose_kind_of_worker_is_busy_says_so(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 1, 1, 1);
  s->jobs[0].stages = 2;
  sim_work_first(s, 2); /* the first STEP has fixed the kind */
  sim_begin(s, 1, 1);
  sim_work_first(s, 1); /* it takes turns: the last STEP waits for the other job's task */
  assert_int_equal(s->tasks[0].id.job.bytes[0], sim_job_id(1).bytes[0]);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_TURN);
  sim_join(s, 1, 1, 1);
  assert_int_equal(s->tasks_count, 1);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_FIT);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

/* At once when they begin to watch, and again when it changes. */
static void watchers_are_told_what_their_job_waits_for(void **state) {
  (void)state;
  sim *s = sim_with_workers(41, 0, 0, 1);
  s->watches[s->watches_count++] = (sim_watch){.peer = ++s->last_peer, .job = 0, .waits = true};
  sim_feed(s,
           &(core_event){
               .kind = CORE_WATCHED, .peer = s->last_peer, .watched = {.request = 1, .job = sim_job_id(0)}});
  assert_int_equal(s->actions.at[0].kind, CORE_SEND_PROGRESS);
  assert_int_equal(s->actions.at[0].progress.view.wait.kind, WAIT_WORKER);
  sim_turn(s);
  sim_join(s, 0, 1, 0);
  core_wait_kind told = WAIT_WORKER;
  for (int i = 0; i < (CORE_BUDGET_MS + 5000) / 1000; i++) {
    s->now_ms += 1000;
    sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = s->workers[0].peer, .heard.capacity = 1});
    sim_feed(s, &(core_event){.kind = CORE_TICK});
    for (size_t k = 0; k < s->actions.count; k++) {
      told = s->actions.at[k].kind == CORE_SEND_PROGRESS ? s->actions.at[k].progress.view.wait.kind : told;
    }
    sim_turn(s);
  }
  assert_int_equal(told, WAIT_ANSWER);
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_worker_that_never_answers_holds_up_no_job),
      cmocka_unit_test(without_peers_a_task_has_two_minutes),
      cmocka_unit_test(the_late_copy_is_compared),
      cmocka_unit_test(the_first_result_counts_also_when_it_is_the_late_one),
      cmocka_unit_test(idle_workers_run_the_last_tasks_too),
      cmocka_unit_test(who_loses_races_gets_one_task_at_a_time_until_it_answers_in_time),
      cmocka_unit_test(a_task_of_a_worker_in_doubt_goes_to_a_better_one_within_seconds),
      cmocka_unit_test(an_answer_in_time_ends_the_doubt_also_when_there_was_a_copy),
      cmocka_unit_test(a_job_that_waits_says_what_for),
      cmocka_unit_test(a_job_whose_kind_of_worker_is_gone_says_so),
      cmocka_unit_test(a_job_whose_kind_of_worker_is_busy_says_so),
      cmocka_unit_test(watchers_are_told_what_their_job_waits_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
