/* Which worker gets which task, and when: workers that hold the shards, room, turns, priorities, and large
 * numbers of them. */
#include <stdio.h>
#include <string.h>

#include "tests/allocated.h"
#include "tests/broker/core_sim.h"
#include "tests/check.h"

static void hear(sim *s, int worker, uint32_t capacity) {
  s->workers[worker].capacity = capacity;
  sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = s->workers[worker].peer, .heard.capacity = capacity});
  sim_turn(s);
}

static size_t tasks_of(const sim *s, int worker) {
  size_t count = 0;
  for (size_t i = 0; i < s->tasks_count; i++) {
    count += s->tasks[i].peer == s->workers[worker].peer;
  }
  return count;
}

static size_t tasks_of_job(const sim *s, int job) {
  size_t count = 0;
  for (size_t i = 0; i < s->tasks_count; i++) {
    const core_job_id id = sim_job_id(job);
    count += memcmp(&s->tasks[i].id.job, &id, sizeof id) == 0;
  }
  return count;
}

/* Every worker answers one task, in the order of workers. */
static void work_in_step(sim *s) {
  while (s->tasks_count > 0) {
    for (int worker = 0; worker < SIM_WORKERS; worker++) {
      const size_t at = sim_task_of(s, worker);
      if (at < s->tasks_count) {
        sim_work(s, at);
      }
    }
    sim_turn(s);
  }
}

/* Job 1 is over the shards of job 0. */
static void submit_over_the_same(sim *s) {
  memcpy(s->jobs[1].shards, s->jobs[0].shards, sizeof s->jobs[1].shards);
  s->jobs[1].shards_count = s->jobs[0].shards_count;
  s->local = s->elsewhere = 0;
  sim_submit(s, 1);
  sim_turn(s);
}

/* A job over the same shards has all MAPs where they are. */
static void expect_all_local(sim *s) {
  submit_over_the_same(s);
  work_in_step(s);
  assert_true(sim_is_right(s, 1));
  assert_int_equal(s->local, s->jobs[0].shards_count);
  assert_int_equal(s->elsewhere, 0);
}

static void a_second_job_over_the_same_shards_finds_all_of_them_where_they_are(void **state) {
  (void)state;
  sim *s = sim_with_workers(1, 3, 2, 90);
  work_in_step(s);
  assert_true(sim_is_right(s, 0));
  expect_all_local(s);
  sim_free(s);
}

static void workers_that_come_back_are_given_what_they_say_they_hold(void **state) {
  (void)state;
  sim *s = sim_with_workers(2, 3, 2, 60);
  work_in_step(s);
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  for (int i = 0; i < 3; i++) {
    sim_connect(s, i);
  }
  sim_turn(s);
  expect_all_local(s);
  sim_free(s);
}

static void nobody_idles_because_a_full_worker_holds_the_shards(void **state) {
  (void)state;
  sim *s = sim_with_workers(3, 1, 2, 20);
  work_in_step(s);
  sim_join(s, 1, 3, 0);
  submit_over_the_same(s);
  assert_int_equal(tasks_of(s, 0), 2);
  assert_int_equal(tasks_of(s, 1), 3);
  sim_free(s);
}

static void merges_go_to_who_keeps_most_of_the_partials(void **state) {
  (void)state;
  sim *s = sim_new(4);
  s->jobs[0].stay_percent = 100;
  sim_join_all(s, 1, 20);
  sim_begin(s, 0, 12);
  for (int i = 0; i < 6; i++) {
    sim_work(s, 0);
  }
  sim_turn(s);
  sim_start_worker(s, 1, 20, 0);
  sim_connect(s, 1);
  while (s->tasks_count > 0) {
    assert_int_equal(s->tasks[0].peer, s->workers[0].peer); /* the other one has all its room to itself */
    sim_work_first(s, 1);
  }
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void a_small_job_does_not_wait_behind_a_big_one(void **state) {
  (void)state;
  sim *s = sim_with_workers(5, 1, 1, 300);
  sim_begin(s, 1, 1);
  int answered = 0;
  for (; !s->jobs[1].ended; answered++) {
    sim_work_first(s, 1);
  }
  assert_true(answered <= 5);
  assert_false(s->jobs[0].ended);
  sim_free(s);
}

static void jobs_of_higher_priority_go_first_and_equal_ones_take_turns(void **state) {
  (void)state;
  sim *s = sim_new(6);
  s->jobs[2].priority = 9;
  sim_begin(s, 0, 50);
  sim_begin(s, 1, 50);
  sim_begin(s, 2, 3);
  sim_join_all(s, 1, 23);
  assert_int_equal(tasks_of_job(s, 2), 3);
  assert_int_equal(tasks_of_job(s, 0), 10);
  assert_int_equal(tasks_of_job(s, 1), 10);
  sim_free(s);
}

static void a_worker_that_drains_keeps_its_tasks_and_gets_no_more(void **state) {
  (void)state;
  sim *s = sim_with_workers(7, 2, 2, 40);
  hear(s, 0, 0);
  assert_int_equal(tasks_of(s, 0), 2);
  while (tasks_of(s, 0) > 0) {
    sim_work(s, sim_task_of(s, 0));
    sim_turn(s);
  }
  assert_int_equal(core_tasks_running(s->core), 2);
  hear(s, 0, 5);
  assert_int_equal(tasks_of(s, 0), 5);
  work_in_step(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- Large numbers --------------------------------------------------------------------------------- */

enum { MANY_LEAVES = 30000, MANY_WORKERS = 1000, MANY_JOBS = 10000 };

typedef struct crowd {
  core *core;
  core_actions actions;
  uint64_t answered, ended;
  core_blob blobs;
} crowd;

static void crowd_feed(crowd *c, const core_event *e) {
  assert_int_equal(core_step(c->core, e, 0, &c->actions, NULL), STATUS_OK);
}

static void crowd_submit(crowd *c, uint32_t number, const core_shard *shards, uint32_t count) {
  core_event e = {
      .kind = CORE_SUBMITTED,
      .submitted = {.plan = ++c->blobs, .program = ++c->blobs, .shards = shards, .shards_count = count}};
  memcpy(e.submitted.id.bytes, &number, sizeof number);
  crowd_feed(c, &e);
}

/* Every task is answered at once, each result with a different digest. */
static void crowd_work_all(crowd *c) {
  core_actions now = {0};
  while (c->actions.count > 0) {
    const core_actions given = c->actions;
    c->actions = now;
    c->actions.count = 0;
    now = given;
    for (size_t i = 0; i < now.count; i++) {
      const core_action *a = &now.at[i];
      c->ended += a->kind == CORE_KEEP_END;
      if (a->kind != CORE_SEND_TASK) {
        continue;
      }
      const core_blob blob = ++c->blobs;
      core_event e = {.kind = CORE_RESULT,
                      .peer = a->peer,
                      .result = {.id = a->task.id,
                                 .attempt = a->task.attempt,
                                 .work = a->task.work,
                                 .blobs = &blob,
                                 .blobs_count = 1}};
      memcpy(e.result.content.bytes, &blob, sizeof blob);
      crowd_feed(c, &e);
      c->answered++;
    }
  }
  core_actions_fini(&now);
}

static void crowd_of(uint32_t jobs, uint32_t leaves, uint32_t workers, uint32_t capacity, uint64_t tasks) {
  crowd c = {.core = core_new()};
  assert_non_null(c.core);
  core_shard *shards = test_calloc(leaves, sizeof *shards);
  for (uint32_t i = 0; i < leaves; i++) {
    memcpy(shards[i].name.bytes, &i, sizeof i);
    shards[i].rows = CORE_RUN_ROWS;
  }
  for (uint32_t i = 0; i < jobs; i++) {
    crowd_submit(&c, i + 1, shards, leaves);
  }
  for (uint32_t i = 0; i < workers; i++) {
    crowd_feed(&c, &(core_event){.kind = CORE_WORKER_JOINED, .peer = i + 1, .joined.capacity = capacity});
  }
  crowd_work_all(&c);
  assert_int_equal(c.ended, jobs);
  assert_int_equal(c.answered, tasks);
  core_destroy(c.core);
  core_actions_fini(&c.actions);
  test_free(shards);
}

/* What takes time with the square of these numbers would take hours. */
static void large_numbers_of_leaves_jobs_and_workers_are_mastered(void **state) {
  (void)state;
  /* 3750 + 469 + 59 + 8 merges. */
  crowd_of(1, MANY_LEAVES, MANY_WORKERS, 4, MANY_LEAVES + 4286 + 1);
  crowd_of(MANY_JOBS, 1, MANY_WORKERS, 4, 2 * MANY_JOBS);
  crowd_of(1, MANY_LEAVES, 1, 4, MANY_LEAVES + 4286 + 1);
}

/* What a worker says it holds takes memory while the worker is there, and not longer. */
static void shards_of_workers_that_left_take_no_memory(void **state) {
  enum { HOLDERS = 8, HELD = 100000, BYTES_LEFT = 64 << 10 };
  (void)state;
  crowd c = {.core = core_new()};
  assert_non_null(c.core);
  uint64_t *held = test_calloc(HELD, sizeof *held);
  const size_t before = allocated();
  for (uint32_t i = 0; i < HOLDERS; i++) {
    for (uint64_t k = 0; k < HELD; k++) {
      held[k] = (i + 1ULL) << 32 | k;
    }
    crowd_feed(&c, &(core_event){.kind = CORE_WORKER_JOINED,
                                 .peer = i + 1,
                                 .joined = {.capacity = 1, .held = held, .held_count = HELD}});
  }
  size_t last = allocated();
  assert_true(last > before + (size_t)HOLDERS * HELD * sizeof *held);
  for (uint32_t i = HOLDERS; i > 0; i /= 2) { /* half of those that are left */
    for (uint32_t k = i / 2; k < i; k++) {
      crowd_feed(&c, &(core_event){.kind = CORE_PEER_LEFT, .peer = k + 1});
    }
    const size_t now = allocated();
    assert_true(now < last || i == HOLDERS);
    last = now;
  }
  if (last > before + BYTES_LEFT) {
    fail_msg("workers that left hold %zu bytes", last - before);
  }
  core_destroy(c.core);
  core_actions_fini(&c.actions);
  test_free(held);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_second_job_over_the_same_shards_finds_all_of_them_where_they_are),
      cmocka_unit_test(workers_that_come_back_are_given_what_they_say_they_hold),
      cmocka_unit_test(nobody_idles_because_a_full_worker_holds_the_shards),
      cmocka_unit_test(merges_go_to_who_keeps_most_of_the_partials),
      cmocka_unit_test(a_small_job_does_not_wait_behind_a_big_one),
      cmocka_unit_test(jobs_of_higher_priority_go_first_and_equal_ones_take_turns),
      cmocka_unit_test(a_worker_that_drains_keeps_its_tasks_and_gets_no_more),
      cmocka_unit_test(shards_of_workers_that_left_take_no_memory),
      cmocka_unit_test(large_numbers_of_leaves_jobs_and_workers_are_mastered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
