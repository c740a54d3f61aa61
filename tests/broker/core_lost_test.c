/* Jobs that go on without shards: what is given up, and when, and that all stages count the same rows. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

enum { WORKERS = 3 };

static void nobody_has(sim *s, uint32_t shard, uint32_t from_stage) {
  s->gone = sim_shard_value(&s->jobs[0].shards[shard]);
  s->gone_from = from_stage;
}

/* A job of MAPS shards in STAGES stages, and workers that come with begin. */
static sim *prepare(uint32_t maps, uint32_t stages) {
  sim *s = sim_new(41);
  s->jobs[0].may_lose = true;
  s->jobs[0].stages = stages;
  sim_shards(s, 0, maps, CORE_RUN_ROWS);
  return s;
}

static void begin_prepared(sim *s) {
  for (int i = 0; i < WORKERS; i++) {
    sim_start_worker(s, i, 2, 0);
    sim_connect(s, i);
  }
  sim_submit(s, 0);
  sim_turn(s);
}

static sim *begin(uint32_t maps, uint32_t stages) {
  sim *s = prepare(maps, stages);
  begin_prepared(s);
  return s;
}

/* One that lacks a shard from a stage on. */
static sim *begin_without(uint32_t maps, uint32_t stages, uint32_t shard, uint32_t from_stage) {
  sim *s = prepare(maps, stages);
  nobody_has(s, shard, from_stage);
  begin_prepared(s);
  return s;
}

static size_t task_at(const sim *s, uint64_t task) {
  size_t at = 0;
  while (at < s->tasks_count && s->tasks[at].id.task != task) {
    at++;
  }
  return at;
}

/* Works off the others until TASK is given out. */
static sim_task wait_for(sim *s, uint64_t task) {
  while (task_at(s, task) == s->tasks_count) {
    assert_true(s->tasks_count > 0);
    sim_work(s, 0);
    sim_turn(s);
  }
  const size_t at = task_at(s, task);
  const sim_task t = s->tasks[at];
  s->tasks[at] = s->tasks[--s->tasks_count];
  return t;
}

static void lose_worker_of(sim *s, const sim_task *t) {
  for (int i = 0; i < WORKERS; i++) {
    if (s->workers[i].peer == t->peer) {
      for (size_t k = s->tasks_count; k-- > 0;) {
        if (s->tasks[k].process == s->workers[i].process) {
          s->tasks[k] = s->tasks[--s->tasks_count];
        }
      }
      sim_kill(s, i);
      sim_turn(s);
      sim_start_worker(s, i, 2, 0);
      sim_connect(s, i);
      sim_turn(s);
      return;
    }
  }
}

/* Four workers are lost with TASK, and none of them comes back. */
static void poison(sim *s, uint64_t task) {
  for (int i = 0; i <= CORE_DEATHS_MAX; i++) {
    const sim_task t = wait_for(s, task);
    lose_worker_of(s, &t);
  }
  sim_wait(s, CORE_SILENCE_MS + 1000);
}

static void assert_lost(const sim *s, uint32_t count, const lost_shard *lost) {
  assert_int_equal(s->jobs[0].lost_count, count);
  for (uint32_t i = 0; i < count; i++) {
    assert_int_equal(s->jobs[0].lost[i].shard, lost[i].shard);
    assert_int_equal(s->jobs[0].lost[i].cause, lost[i].cause);
  }
}

static void a_job_goes_on_without_a_shard_that_nobody_has(void **state) {
  (void)state;
  sim *s = begin_without(5, 2, 3, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_lost(s, 1, (lost_shard[]){{3, LOST_BYTES}});
  /* Two workers have tried it. */
  assert_int_equal(s->jobs[0].notes, 2);
  assert_contains(s->jobs[0].note, "goes on without rows 98305 to 131072 (map 3 of stage 0): it failed");
  assert_int_equal(s->jobs[0].sent[WORK_STEP], 2); /* it did not start again */
  sim_free(s);
}

static void of_a_run_only_the_shard_that_is_named_is_lost(void **state) {
  (void)state;
  sim *s = sim_new(42);
  s->jobs[0].may_lose = true;
  sim_shards(s, 0, 30, CORE_RUN_ROWS / 10);
  sim_submit(s, 0);
  nobody_has(s, 13, 0);
  for (int i = 0; i < 2; i++) {
    sim_start_worker(s, i, 2, 0);
    sim_connect(s, i);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_lost(s, 1, (lost_shard[]){{13, LOST_BYTES}});
  sim_free(s);
}

static void a_job_that_may_lose_nothing_ends_as_ever(void **state) {
  (void)state;
  sim *s = prepare(5, 1);
  nobody_has(s, 3, 0);
  s->jobs[0].may_lose = false;
  begin_prepared(s);
  sim_work_all(s);
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_NOT_FOUND);
  assert_int_equal(s->jobs[0].lost_count, 0);
  sim_free(s);
}

/* The machine may have no room today: the rows are there. */
static void failures_that_are_not_about_a_shards_bytes_lose_none(void **state) {
  (void)state;
  const status passing[] = {STATUS_NO_MEMORY, STATUS_IO, STATUS_UNREACHABLE, STATUS_DATA};
  for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
    sim *s = begin(5, 1);
    for (int tries = 0; tries < CORE_FAILURES_MAX && !s->jobs[0].ended; tries++) {
      const sim_task t = wait_for(s, 3);
      sim_report_failure(s, &t, passing[i], &s->jobs[0].shards[3].name);
      sim_turn(s);
    }
    assert_true(s->jobs[0].ended);
    assert_int_equal(s->jobs[0].failure, passing[i]);
    sim_free(s);
  }
}

static void after_four_lost_workers_it_goes_on_without_the_tasks_shards(void **state) {
  (void)state;
  sim *s = begin(5, 1);
  poison(s, 3);
  assert_false(s->jobs[0].ended);
  assert_lost(s, 1, (lost_shard[]){{3, LOST_WORKERS}});
  assert_contains(s->jobs[0].note,
                  "goes on without rows 98305 to 131072 (map 3 of stage 0): 4 workers were lost");
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* It is not the data at which they die. */
static void a_task_over_no_shards_at_which_workers_die_ends_the_job(void **state) {
  (void)state;
  sim *s = begin(5, 1);
  poison(s, 3);
  poison(s, 3);
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_contains(s->jobs[0].message, "4 workers were lost while they ran one task (map 3 of stage 0");
  sim_free(s);
}

/* Whoever gets one of its MAPs over rows is lost: it is the program, not the data. */
static void a_job_at_whose_tasks_workers_die_again_and_again_ends(void **state) {
  (void)state;
  sim *s = begin(2 * CORE_POISON_MAX, 1);
  unsigned deaths = 0;
  while (!s->jobs[0].ended) {
    const sim_task *t = &s->tasks[0];
    if (s->tasks_count == 0) {
      sim_wait(s, CORE_SILENCE_MS + 1000);
    } else if (t->work == WORK_MAP && t->shards_count > 0) {
      const sim_task deadly = *t;
      deaths++;
      lose_worker_of(s, &deadly);
    } else {
      sim_work(s, 0);
      sim_turn(s);
    }
  }
  assert_int_equal(s->jobs[0].lost_count, CORE_POISON_MAX);
  assert_contains(s->jobs[0].message, "workers were lost while they ran one task");
  assert_true(deaths <= 2 * CORE_POISON_MAX * (CORE_DEATHS_MAX + 1)); /* as if each task were the only one */
  sim_free(s);
}

static void a_step_at_which_workers_die_ends_the_job_as_ever(void **state) {
  (void)state;
  sim *s = begin(2, 1);
  poison(s, (uint64_t)CORE_LEVEL_STEP << 32);
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_int_equal(s->jobs[0].lost_count, 0);
  sim_free(s);
}

/* Stage 1 is worked off to find out what else is lost, and its step is not: one new start for both. */
static void what_a_later_stage_loses_makes_the_job_start_again_once(void **state) {
  (void)state;
  sim *s = begin_without(5, 3, 3, 1);
  while (s->jobs[0].stage == 0) {
    sim_work(s, 0);
    sim_turn(s);
  }
  for (int tries = 0; tries < 2; tries++) { /* shard 1 is damaged everywhere, too */
    const sim_task t = wait_for(s, 1);
    assert_int_equal(t.id.stage, 1);
    sim_report_failure(s, &t, STATUS_NOT_FOUND, &s->jobs[0].shards[1].name);
    sim_turn(s);
  }
  assert_int_equal(s->jobs[0].stage, 1);
  assert_true(s->jobs[0].lost_late);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_lost(s, 2, (lost_shard[]){{1, LOST_BYTES}, {3, LOST_BYTES}});
  assert_false(s->jobs[0].lost_late);
  assert_int_equal(s->jobs[0].sent[WORK_STEP], 1 + 3); /* that of the first stage, and then all */
  sim_free(s);
}

/* The first step runs, over all rows, when the keeper of a partial is lost; its shard is lost with it. */
static void a_late_step_over_what_is_given_up_does_not_count(void **state) {
  (void)state;
  sim *s = begin(2, 1);
  s->jobs[0].stay_percent = 100;
  const sim_task step = wait_for(s, (uint64_t)CORE_LEVEL_STEP << 32);
  sim_result r;
  digest lost;
  assert_true(sim_compute(s, &step, &r, &lost));
  nobody_has(s, 1, 0);
  for (int i = 0; i < WORKERS;
       i++) { /* of the workers whoever has the partial of map 1, and is not at the step */
    if (s->workers[i].peer != step.peer) {
      sim_kill(s, i);
      sim_turn(s);
      sim_start_worker(s, i, 2, 0);
      sim_connect(s, i);
      sim_turn(s);
    }
  }
  const bool is_needed = task_at(s, 1) < s->tasks_count;
  while (s->jobs[0].lost_count == 0 && s->tasks_count > 0) {
    sim_work(s, 0);
    sim_turn(s);
  }
  assert_int_equal(s->jobs[0].lost_count, is_needed);
  assert_true(is_needed);
  sim_answer(s, &r, step.peer);
  sim_turn(s);
  assert_false(s->jobs[0].ended);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* A worker that has it is slow, and was given it first. */
static void a_late_result_over_what_is_given_up_does_not_count(void **state) {
  (void)state;
  sim *s = begin(5, 1);
  const sim_task slow = wait_for(s, 3);
  sim_result r;
  digest lost;
  assert_true(sim_compute(s, &slow, &r, &lost));
  s->gone = sim_shard_value(&s->jobs[0].shards[3]);
  for (int i = 0; i < WORKERS; i++) {
    if (s->workers[i].peer == slow.peer) {
      sim_disconnect(s, i);
      sim_turn(s);
      sim_connect(s, i);
      r.of.peer = s->workers[i].peer;
    }
  }
  sim_turn(s);
  while (s->jobs[0].lost_count == 0) {
    sim_work(s, 0);
    sim_turn(s);
  }
  sim_answer(s, &r, r.of.peer);
  sim_turn(s);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->jobs[0].lost_count, 1);
  assert_int_equal(s->set_aside, 0); /* and it is compared with nothing */
  sim_free(s);
}

static void a_job_that_has_lost_everything_ends_and_says_so(void **state) {
  (void)state;
  sim *s = begin_without(1, 1, 0, 0);
  sim_work_all(s);
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_JOB);
  assert_contains(s->jobs[0].message,
                  "no row of the dataset is left: all shards are lost, the last one because it failed");
  sim_free(s);
}

static void what_is_lost_survives_the_broker(void **state) {
  (void)state;
  const sim_crash crashes[] = {SIM_CRASH_BEFORE_COMMIT, SIM_CRASH_AFTER_COMMIT, SIM_CRASH_WHILE_SENDING};
  for (uint32_t from = 0; from < 2; from++) {
    for (size_t k = 0; k < 3; k++) {
      sim *s = begin_without(5, 3, 3, from);
      while (s->jobs[0].lost_count == 0) {
        sim_work(s, 0);
        sim_turn(s);
      }
      const bool is_late = s->jobs[0].lost_late;
      assert_int_equal(is_late, from > 0);
      sim_crash_broker(s, crashes[k]);
      core_job_view view;
      const core_job_id id = sim_job_id(0);
      assert_true(core_find_job(s->core, &id, &view));
      assert_int_equal(view.shards_lost, 1);
      assert_int_equal(view.rows_lost, CORE_RUN_ROWS);
      for (int i = 0; i < WORKERS; i++) {
        sim_connect(s, i);
      }
      sim_work_all(s);
      assert_true(sim_is_right(s, 0));
      assert_lost(s, 1, (lost_shard[]){{3, LOST_BYTES}});
      sim_free(s);
    }
  }
}

static void a_plan_says_whether_its_job_may_lose_shards(void **state) {
  (void)state;
  for (int may = 0; may < 2; may++) {
    sim *s = sim_new(43);
    s->jobs[0].planned = true;
    s->jobs[0].may_lose = may;
    sim_shards(s, 0, 4, CORE_RUN_ROWS);
    sim_submit(s, 0);
    nobody_has(s, 2, 0);
    for (int i = 0; i < 2; i++) {
      sim_start_worker(s, i, 2, 0);
      sim_connect(s, i);
    }
    sim_work_all(s);
    assert_true(s->jobs[0].ended);
    assert_int_equal(sim_is_right(s, 0), may);
    assert_int_equal(s->jobs[0].lost_count, may);
    sim_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_job_goes_on_without_a_shard_that_nobody_has),
      cmocka_unit_test(of_a_run_only_the_shard_that_is_named_is_lost),
      cmocka_unit_test(a_job_that_may_lose_nothing_ends_as_ever),
      cmocka_unit_test(failures_that_are_not_about_a_shards_bytes_lose_none),
      cmocka_unit_test(after_four_lost_workers_it_goes_on_without_the_tasks_shards),
      cmocka_unit_test(a_task_over_no_shards_at_which_workers_die_ends_the_job),
      cmocka_unit_test(a_job_at_whose_tasks_workers_die_again_and_again_ends),
      cmocka_unit_test(a_step_at_which_workers_die_ends_the_job_as_ever),
      cmocka_unit_test(what_a_later_stage_loses_makes_the_job_start_again_once),
      cmocka_unit_test(a_late_step_over_what_is_given_up_does_not_count),
      cmocka_unit_test(a_late_result_over_what_is_given_up_does_not_count),
      cmocka_unit_test(a_job_that_has_lost_everything_ends_and_says_so),
      cmocka_unit_test(what_is_lost_survives_the_broker),
      cmocka_unit_test(a_plan_says_whether_its_job_may_lose_shards),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
