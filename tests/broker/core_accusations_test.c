/* Blobs that their reader cannot read: who is set aside, what is made again, and that no worker can end a job
 * merely by what it says. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

static unsigned count_aside(const sim *s) {
  unsigned count = 0;
  for (int i = 0; i < SIM_WORKERS; i++) {
    count += sim_is_aside(s, i);
  }
  return count;
}

/* Answers the task as it should be answered, except that the values are garbage if SPOILT. */
static void answer(sim *s, const sim_task *t, bool spoilt) {
  sim_result r;
  digest lost;
  assert_true(sim_compute(s, t, &r, &lost));
  if (spoilt) {
    r.values[0] = sim_garbage(s);
  }
  sim_answer(s, &r, t->peer);
  sim_turn(s);
}

/* Worker FAULTY spoils what it makes of kind WORK in stage STAGE; all read rightly. */
static void work_beside(sim *s, int faulty, core_work work, uint32_t stage) {
  for (int turns = 0; s->tasks_count > 0 && turns < 5000; turns++) {
    const sim_task t = sim_take_task(s, (size_t)sim_below(s, s->tasks_count));
    const uint32_t unreadable = sim_unreadable(s, &t);
    if (unreadable > 0) {
      sim_accuse(s, &t, unreadable);
      sim_turn(s);
    } else {
      answer(s, &t, sim_worker_at(s, t.peer) == faulty && t.work == work && t.id.stage == stage);
    }
  }
}

static void the_maker_of_garbage_is_set_aside_and_named(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 30; seed++) {
    sim *s = sim_with_workers(seed, 3, 2, 20);
    work_beside(s, 1, seed % 2 ? WORK_MAP : WORK_REDUCE, 0);
    assert_true(sim_is_right(s, 0));
    assert_int_equal(count_aside(s), sim_is_aside(s, 1));
    if (sim_is_aside(s, 1)) {
      assert_int_equal(s->jobs[0].note_about, s->workers[1].peer);
    } else { /* it happened to get no such task */
      assert_int_equal(s->garbage_count, 0);
    }
    sim_free(s);
  }
}

/* A STEP that leaves garbage for the next stage ruins all of its tasks. */
static void the_maker_of_a_state_that_nobody_can_read_is_set_aside(void **state) {
  (void)state;
  for (int worker = 0; worker < 3; worker++) {
    sim *s = sim_with_workers(5, 3, 2, 9);
    s->jobs[0].stages = 3;
    work_beside(s, worker, WORK_STEP, 1);
    assert_true(sim_is_right(s, 0));
    assert_int_equal(sim_is_aside(s, worker), s->garbage_count > 0);
    assert_int_equal(count_aside(s), s->garbage_count > 0);
    sim_free(s);
  }
}

static void the_maker_of_a_plan_that_nobody_can_read_is_set_aside(void **state) {
  (void)state;
  sim *s = sim_new(6);
  s->jobs[0].planned = true;
  sim_join_all(s, 3, 2);
  sim_begin(s, 0, 3);
  const int planner = sim_worker_at(s, s->tasks[0].peer);
  work_beside(s, planner, WORK_PLAN, 0);
  assert_int_equal(s->garbage_count, 1);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, planner));
  assert_int_equal(count_aside(s), 1);
  sim_free(s);
}

/* Has all MAPs done correctly; returns the STEP that reads them, and the peers that made them. */
static sim_task until_step(sim *s, uint32_t *makers) {
  while (s->tasks[0].work != WORK_STEP) {
    const sim_task t = sim_take_task(s, 0);
    makers[(uint32_t)t.id.task] = t.peer;
    answer(s, &t, false);
  }
  return sim_take_task(s, 0);
}

static void who_accuses_falsely_is_set_aside(void **state) {
  (void)state;
  sim *s = sim_with_workers(7, 3, 2, 6);
  uint32_t makers[6];
  const sim_task step = until_step(s, makers);
  const int liar = sim_worker_at(s, step.peer);
  uint32_t accused = 4;
  while (makers[accused - 4] == step.peer) { /* another worker's */
    accused++;
  }
  sim_accuse(s, &step, accused);
  sim_turn(s);
  for (size_t i = 0; i < s->tasks_count; i++) { /* neither of the two decides */
    assert_int_not_equal(s->tasks[i].peer, step.peer);
    assert_int_not_equal(s->tasks[i].peer, makers[accused - 4]);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, liar));
  assert_int_equal(count_aside(s), 1);
  sim_free(s);
}

/* If no reader understands what any maker made, no machine is to blame. */
static void when_no_worker_can_read_what_two_made_alike_the_job_ends_and_says_so(void **state) {
  (void)state;
  sim *s = sim_with_workers(8, 5, 1, 1);
  for (int turns = 0; s->tasks_count > 0 && turns < 100; turns++) {
    const sim_task t = sim_take_task(s, 0);
    if (t.work == WORK_STEP) {
      sim_accuse(s, &t, 4);
      sim_turn(s);
    } else {
      answer(s, &t, false);
    }
  }
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_non_null(strstr(s->jobs[0].message, "made alike"));
  assert_int_equal(count_aside(s), 1);
  sim_free(s);
}

/* After a restart nobody knows who made what is kept. */
static void garbage_of_an_unknown_maker_is_made_again(void **state) {
  (void)state;
  sim *s = sim_with_workers(9, 3, 2, 6);
  while (s->jobs[0].records_count < 3) {
    const sim_task t = sim_take_task(s, 0);
    answer(s, &t, true);
  }
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  s->tasks_count = 0;
  for (int i = 0; i < 3; i++) {
    sim_connect(s, i);
  }
  sim_turn(s);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(count_aside(s), 0);
  sim_free(s);
}

/* A plan, too, from its specification; of a later stage it is the plan alone that the step reads. */
static void a_plan_from_before_a_restart_that_nobody_can_read_is_made_again(void **state) {
  (void)state;
  for (uint32_t stages = 1; stages < 3; stages++) {
    sim *s = sim_new(11);
    s->jobs[0].planned = true;
    s->jobs[0].stages = stages;
    for (int i = 0; i < 3; i++) {
      s->workers[i].trust = 5; /* one key */
      sim_join(s, i, 2, 0);
    }
    sim_begin(s, 0, 3);
    const sim_task plan = sim_take_task(s, 0);
    answer(s, &plan, stages == 1);
    while (s->jobs[0].stage + 1 < stages) {
      sim_work_first(s, 1);
    }
    sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
    s->tasks_count = 0;
    for (int i = 0; i < 3; i++) {
      sim_connect(s, i);
    }
    sim_turn(s);
    if (stages > 1) { /* it was damaged since */
      uint32_t ignored[3];
      const sim_task step = until_step(s, ignored);
      sim_accuse(s, &step, 1);
      sim_turn(s);
    }
    sim_work_all(s);
    assert_true(sim_is_right(s, 0));
    assert_int_equal(count_aside(s), 0);
    assert_int_equal(s->jobs[0].sent[WORK_PLAN], 2);
    sim_free(s);
  }
}

static void of_two_workers_the_one_that_contradicts_itself_was_odd(void **state) {
  (void)state;
  sim *s = sim_with_workers(10, 2, 1, 1);
  const sim_task map = sim_take_task(s, 0);
  const int maker = sim_worker_at(s, map.peer);
  answer(s, &map, true);
  if (sim_worker_at(s, s->tasks[0].peer) == maker) { /* the other one is to read it */
    (void)sim_hand_over(s, maker);
  }
  sim_work_all(s);
  for (int i = 0; i < 100 && !s->jobs[0].ended; i++) {
    sim_wait(s, 1000);
    sim_work_all(s); /* the maker now computes rightly */
  }
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, maker));
  assert_int_equal(count_aside(s), 1);
  sim_free(s);
}

static void a_worker_that_cannot_read_its_own_ends_no_job_while_there_is_another(void **state) {
  (void)state;
  sim *s = sim_with_workers(11, 2, 1, 1);
  const sim_task map = sim_take_task(s, 0);
  answer(s, &map, true);
  sim_work_all(s);
  for (int i = 0; i < 100 && !s->jobs[0].ended; i++) {
    sim_wait(s, 1000);
    sim_work_all(s);
  }
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- What workers say ------------------------------------------------------------------------------ */

/* Worker 1 accuses whoever made the program of the second stage: of the first kind worker 0, who is alone of
 * it then, and of the second kind worker 2.  Of that nobody else is there, and of the first kind worker 3 is.
 */
static void a_kind_that_was_left_is_tried_again_where_the_other_has_nobody(void **state) {
  (void)state;
  static const uint32_t kinds[] = {0, 1, 1, 0};
  sim *s = sim_new(8);
  s->jobs[0].stages = 2;
  sim_shards(s, 0, 6, CORE_RUN_ROWS);
  sim_submit(s, 0);
  sim_start_worker(s, 0, 2, 0);
  sim_connect(s, 0);
  sim_turn(s);
  while (s->jobs[0].stage == 0) {
    const sim_task t = sim_take_task(s, 0);
    answer(s, &t, false);
  }
  for (int turns = 0; !s->jobs[0].ended && turns < 2000; turns++) {
    const int last = s->jobs[0].notes < 2 ? 2 : 3;
    for (int i = 1; i <= last; i++) {
      if (!s->workers[i].alive) {
        sim_start_worker(s, i, 2, kinds[i]);
        sim_connect(s, i);
        sim_turn(s);
      }
    }
    if (s->tasks_count == 0) {
      sim_wait(s, 1000);
      continue;
    }
    const sim_task t = sim_take_task(s, 0);
    if (sim_worker_at(s, t.peer) == 1 && t.work == WORK_MAP && t.id.stage == 1) {
      sim_accuse(s, &t, 1);
      sim_turn(s);
    } else {
      answer(s, &t, false);
    }
  }
  assert_true(s->jobs[0].notes > 2);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, 1));
  assert_int_equal(count_aside(s), 1);
  sim_free(s);
}

static void no_worker_ends_a_job_by_what_it_says_alone(void **state) {
  (void)state;
  static const status said[] = {STATUS_DATA,          STATUS_LIMIT, STATUS_JOB,      STATUS_PROTOCOL,
                                STATUS_SPECIFICATION, STATUS_USAGE, STATUS_NOT_FOUND};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    sim *s = sim_with_workers(12, 2, 8, 20);
    for (int turns = 0; s->tasks_count > 0 && turns < 500; turns++) {
      const sim_task t = sim_take_task(s, 0);
      if (sim_worker_at(s, t.peer) == 0) {
        sim_report_failure(s, &t, said[i], NULL);
        sim_turn(s);
      } else {
        answer(s, &t, false);
      }
    }
    assert_true(sim_is_right(s, 0));
    assert_true(s->jobs[0].notes > 0);
    sim_free(s);
  }
}

static void what_a_second_worker_confirms_ends_the_job(void **state) {
  (void)state;
  sim *s = sim_with_workers(13, 3, 1, 1);
  const sim_task first = sim_take_task(s, 0);
  sim_report_failure(s, &first, STATUS_DATA, NULL);
  sim_turn(s);
  assert_false(s->jobs[0].ended);
  const sim_task second = sim_take_task(s, 0);
  assert_int_not_equal(second.peer, first.peer);
  sim_report_failure(s, &second, STATUS_DATA, NULL);
  sim_turn(s);
  assert_int_equal(s->jobs[0].failure, STATUS_DATA);
  sim_free(s);
}

static void let_all_fail(sim *s, status code) {
  while (s->tasks_count > 0) {
    const sim_task t = sim_take_task(s, 0);
    sim_report_failure(s, &t, code, NULL);
    sim_turn(s);
  }
}

/* Not even if all say so: it was checked before the job began. */
static void a_mistake_in_the_specification_is_found_by_the_plan_alone(void **state) {
  (void)state;
  static const status said[] = {STATUS_SPECIFICATION, STATUS_USAGE};
  for (size_t i = 0; i < 2; i++) {
    sim *s = sim_with_workers(14, 2, 1, 1);
    let_all_fail(s, said[i]);
    assert_int_equal(s->jobs[0].failure, STATUS_JOB);
    s->jobs[1].planned = true;
    sim_begin(s, 1, 1);
    let_all_fail(s, said[i]);
    assert_int_equal(s->jobs[1].failure, said[i]);
    sim_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_maker_of_garbage_is_set_aside_and_named),
      cmocka_unit_test(the_maker_of_a_state_that_nobody_can_read_is_set_aside),
      cmocka_unit_test(the_maker_of_a_plan_that_nobody_can_read_is_set_aside),
      cmocka_unit_test(who_accuses_falsely_is_set_aside),
      cmocka_unit_test(when_no_worker_can_read_what_two_made_alike_the_job_ends_and_says_so),
      cmocka_unit_test(garbage_of_an_unknown_maker_is_made_again),
      cmocka_unit_test(a_plan_from_before_a_restart_that_nobody_can_read_is_made_again),
      cmocka_unit_test(of_two_workers_the_one_that_contradicts_itself_was_odd),
      cmocka_unit_test(a_worker_that_cannot_read_its_own_ends_no_job_while_there_is_another),
      cmocka_unit_test(a_kind_that_was_left_is_tried_again_where_the_other_has_nobody),
      cmocka_unit_test(no_worker_ends_a_job_by_what_it_says_alone),
      cmocka_unit_test(what_a_second_worker_confirms_ends_the_job),
      cmocka_unit_test(a_mistake_in_the_specification_is_found_by_the_plan_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
