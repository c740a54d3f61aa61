/* Tasks at which workers die: what counts against a task, and how its job ends. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

/* The worker that has the task, or -1. */
static int who_has(const sim *s, uint64_t task) {
  for (size_t i = 0; i < s->tasks_count; i++) {
    for (int k = 0; k < SIM_WORKERS; k++) {
      if (s->tasks[i].id.task == task && s->workers[k].peer && s->workers[k].peer == s->tasks[i].peer) {
        return k;
      }
    }
  }
  return -1;
}

static uint32_t tasks_of(const sim *s, int worker) {
  uint32_t count = 0;
  for (size_t i = 0; i < s->tasks_count; i++) {
    count += s->workers[worker].peer && s->tasks[i].peer == s->workers[worker].peer;
  }
  return count;
}

static void forget_tasks_of(sim *s, int worker) {
  for (size_t i = s->tasks_count; i-- > 0;) {
    if (s->tasks[i].process == s->workers[worker].process) {
      s->tasks[i] = s->tasks[--s->tasks_count];
    }
  }
}

static void die_and_start_again(sim *s, int worker) {
  forget_tasks_of(s, worker);
  sim_kill(s, worker);
  sim_turn(s);
  sim_join(s, worker, 2, 0);
}

static void after_three_lost_workers_a_task_runs_alone_and_then_ends_its_job(void **state) {
  (void)state;
  sim *s = sim_with_workers(31, 2, 2, 4);
  sim_shards(s, 1, 3, CORE_RUN_ROWS);
  for (int deaths = 0; deaths < 4; deaths++) {
    assert_false(s->jobs[0].ended);
    int victim = who_has(s, 2);
    while (victim < 0) { /* until a worker is empty; then it is the task's alone */
      size_t at = 0;
      while (s->tasks[at].id.task == 2) {
        at++;
      }
      sim_work(s, at);
      sim_turn(s);
      victim = who_has(s, 2);
    }
    if (deaths == 3) {
      sim_submit(s, 1); /* it gets nothing beside it */
      sim_turn(s);
      assert_int_equal(tasks_of(s, victim), 1);
    }
    die_and_start_again(s, victim);
  }
  const uint64_t sent = s->jobs[0].sent[WORK_MAP];
  sim_wait(s, CORE_SILENCE_MS - 1000); /* perhaps it is only a line that broke */
  assert_false(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].sent[WORK_MAP], sent); /* until then it runs nowhere */
  sim_wait(s, 2000);
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_contains(
      s->jobs[0].message,
      "4 workers were lost while they ran one task (map 2 of stage 0, rows 65537 to 98304, shard ");
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&s->jobs[0].shards[2].name, hex);
  assert_contains(s->jobs[0].message, hex);
  assert_int_equal(s->jobs[0].notes, 2); /* the task beside it was suspect too */
  sim_work_all(s);                       /* others' jobs go on */
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

/* The last line alone looks like a loss: the process says hello again before the broker would miss it. */
static void a_line_that_breaks_while_a_task_runs_alone_ends_no_job(void **state) {
  (void)state;
  sim *s = sim_with_workers(31, 1, 2, 1);
  for (int i = 0; i < CORE_DEATHS_MAX; i++) {
    die_and_start_again(s, 0);
  }
  assert_int_equal(s->tasks_count, 1); /* alone */
  forget_tasks_of(s, 0);
  sim_disconnect(s, 0);
  sim_turn(s);
  sim_wait(s, CORE_SILENCE_MS - 1000);
  assert_false(s->jobs[0].ended);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_WORKER);
  sim_connect(s, 0);
  sim_turn(s);
  assert_int_equal(s->tasks_count, 1);
  sim_wait(s, CORE_SILENCE_MS);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* The one worker has another job's task to finish first. */
static void a_task_that_waits_for_an_empty_worker_says_so(void **state) {
  (void)state;
  sim *s = sim_with_workers(31, 1, 2, 1);
  sim_begin(s, 1, 1);
  for (int i = 0; i < CORE_DEATHS_MAX; i++) {
    die_and_start_again(s, 0);
  }
  assert_int_equal(s->tasks_count, 1); /* both are suspect, and one is alone */
  const int waiting = s->tasks[0].id.job.bytes[0] == 1 ? 1 : 0;
  assert_int_equal(sim_view_job(s, waiting).wait.kind, WAIT_EMPTY);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

/* Worker 1 is idle, and has lost a race with another one: it might never answer.  Worker 2 has a task. */
static void it_runs_alone_on_a_worker_that_answers_though_that_has_more_to_do(void **state) {
  (void)state;
  sim *s = sim_new(33);
  sim_tolerate(s, 1);
  sim_join(s, 1, 2, 0);
  sim_begin(s, 2, 1);
  const sim_task late = sim_take_task(s, 0);
  sim_join(s, 0, 2, 0);
  sim_join(s, 2, 2, 0);
  sim_wait(s, CORE_BUDGET_MS + 2000);
  sim_work_first(s, 1);
  sim_give(s, &late, 0);
  sim_work_all(s);
  sim_wait(s, 2 * CORE_PAUSE_MS);
  assert_true(sim_view_worker(s, 1).is_held_back);
  sim_begin(s, 0, 1);
  sim_begin(s, 1, 1);
  assert_int_equal(tasks_of(s, 0), 1);
  assert_int_equal(tasks_of(s, 2), 1);
  forget_tasks_of(s, 0);
  sim_kill(s, 0);
  sim_turn(s);
  assert_int_equal(tasks_of(s, 1), 0);
  sim_work(s, 0); /* job 1's */
  sim_turn(s);
  assert_int_equal(s->tasks[sim_task_of(s, 2)].id.job.bytes[0], 1);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_right(s, 1));
  sim_free(s);
}

static void what_only_ran_beside_it_passes(void **state) {
  (void)state;
  sim *s = sim_with_workers(31, 1, 2, 2);
  for (int i = 0; i < CORE_DEATHS_MAX; i++) {
    die_and_start_again(s, 0);
  }
  assert_int_equal(s->tasks_count, 1); /* both are suspect: one at a time */
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void who_leaves_in_order_or_comes_back_counts_against_no_task(void **state) {
  (void)state;
  sim *s = sim_with_workers(31, 1, 2, 2);
  for (int i = 0; i < 10; i++) {
    forget_tasks_of(s, 0);
    if (i % 2) {
      sim_leave(s, 0);
      sim_turn(s);
      sim_start_worker(s, 0, 2, 0);
    } else {
      sim_disconnect(s, 0); /* the line breaks, and the process says hello again */
      sim_turn(s);
    }
    sim_connect(s, 0);
    sim_turn(s);
    assert_int_equal(s->tasks_count, 2); /* not one at a time */
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* It said hello over a new line before the broker missed it on the old one. */
static void a_process_with_two_lines_is_not_lost_with_one(void **state) {
  (void)state;
  sim *s = sim_with_workers(31, 1, 2, 2);
  for (int i = 0; i < 5; i++) {
    const uint32_t old = s->workers[0].peer;
    forget_tasks_of(s, 0);
    s->workers[0].peer = 0;
    sim_connect(s, 0);
    sim_turn(s);
    sim_feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = old});
    sim_turn(s);
    assert_int_equal(s->tasks_count, 2);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void the_limit_can_be_set_for_machines_that_are_taken_away(void **state) {
  (void)state;
  sim *s = sim_new(32);
  sim_tolerate(s, 50);
  sim_shards(s, 0, 2, CORE_RUN_ROWS);
  sim_submit(s, 0);
  sim_join(s, 0, 2, 0);
  for (int i = 0; i < 49; i++) {
    die_and_start_again(s, 0);
    assert_int_equal(s->tasks_count, 2);
  }
  die_and_start_again(s, 0);
  assert_int_equal(s->tasks_count, 1);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(after_three_lost_workers_a_task_runs_alone_and_then_ends_its_job),
      cmocka_unit_test(a_line_that_breaks_while_a_task_runs_alone_ends_no_job),
      cmocka_unit_test(a_task_that_waits_for_an_empty_worker_says_so),
      cmocka_unit_test(it_runs_alone_on_a_worker_that_answers_though_that_has_more_to_do),
      cmocka_unit_test(what_only_ran_beside_it_passes),
      cmocka_unit_test(who_leaves_in_order_or_comes_back_counts_against_no_task),
      cmocka_unit_test(a_process_with_two_lines_is_not_lost_with_one),
      cmocka_unit_test(the_limit_can_be_set_for_machines_that_are_taken_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
