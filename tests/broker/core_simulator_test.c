/* A simulator for the broker's core: seeded schedules of workers that come, go, stall, fail, answer late
 * and twice, and of clients that submit and cancel.  Blobs are numbers, MAP adds the shards' numbers,
 * REDUCE adds partials, STEP goes on or ends; so each report can be checked, whatever happened.
 *
 * The first argument of the program, when given, is the seed to run alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/core.h"

enum { BLOBS_MAX = 200000, WORKERS = 6, JOBS = 5, SENT_MAX = 4096, STAGES = 3, CLIENT = 100 };

typedef struct sent_task {
  core_action action;
  uint64_t value; /* the answer */
  bool is_report;
} sent_task;

typedef struct sim {
  uint64_t random;
  core *core;
  core_actions actions;
  uint64_t now_ms;
  uint64_t blob_value[BLOBS_MAX];
  bool blob_live[BLOBS_MAX];
  size_t blobs_count;
  bool alive[WORKERS];
  sent_task sent[SENT_MAX];
  size_t sent_count;
  uint64_t expected[JOBS];
  bool ended[JOBS], failed[JOBS], right[JOBS];
  uint64_t seed;
} sim;

static uint64_t next_random(sim *s) {
  uint64_t z = (s->random += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

static bool chance(sim *s, unsigned percent) {
  return next_random(s) % 100 < percent;
}

static core_blob new_blob(sim *s, uint64_t value) {
  assert_true(s->blobs_count + 1 < BLOBS_MAX);
  s->blobs_count++;
  s->blob_value[s->blobs_count] = value;
  s->blob_live[s->blobs_count] = true;
  return s->blobs_count;
}

static uint64_t value_of(const sim *s, core_blob blob) {
  assert_true(blob > 0 && blob <= s->blobs_count && s->blob_live[blob]);
  return s->blob_value[blob];
}

static uint64_t shard_value(const core_shard *shard) {
  return shard->name.bytes[0] + 256ULL * shard->name.bytes[1];
}

/* What a right worker answers: stages add up in the state; the last one reports. */
static void answer(sim *s, sent_task *t) {
  const core_action *a = &t->action;
  if (a->work == WORK_MAP) {
    for (uint32_t i = 0; i < a->shards_count; i++) {
      t->value += shard_value(&a->shards[i]);
    }
    t->value *= 1 + a->stage;
    return;
  }
  const uint32_t first = a->work == WORK_STEP ? 3 : 1;
  for (uint32_t i = first; i < a->blobs_count; i++) {
    t->value += value_of(s, a->blobs[i]);
  }
  if (a->work == WORK_STEP) {
    t->value += a->blobs[1] ? value_of(s, a->blobs[1]) : 0;
    t->is_report = a->stage + 1 == STAGES;
  }
}

static int job_number(const core_job_id *id) {
  return id->bytes[0];
}

static void on_action(sim *s, const core_action *a) {
  const int job = job_number(&a->job);
  switch (a->kind) {
    case CORE_SEND_TASK:
      assert_true(a->peer >= 1 && a->peer <= WORKERS);
      if (s->sent_count < SENT_MAX) {
        s->sent[s->sent_count] = (sent_task){.action = *a};
        answer(s, &s->sent[s->sent_count]);
        s->sent_count++;
      }
      break;
    case CORE_SEND_REPORT:
      assert_false(s->ended[job]);
      s->ended[job] = true;
      s->right[job] = value_of(s, a->blobs[0]) == s->expected[job];
      break;
    case CORE_SEND_ENDED:
      assert_false(s->ended[job]);
      s->ended[job] = true;
      s->failed[job] = true; /* a task that failed three times by itself */
      break;
    case CORE_RELEASE:
      assert_true(s->blob_live[a->blobs[0]]); /* exactly once */
      s->blob_live[a->blobs[0]] = false;
      break;
    case CORE_SEND_PROGRESS:
      assert_true(a->rows_done <= a->rows_total);
      break;
    case CORE_SEND_ACCEPTED:
      break;
  }
}

static void feed(sim *s, const core_event *e) {
  assert_int_equal(core_step(s->core, e, s->now_ms, &s->actions, NULL), STATUS_OK);
  for (size_t i = 0; i < s->actions.count; i++) {
    on_action(s, &s->actions.at[i]);
  }
  s->actions.count = 0;
}

static void join(sim *s, uint32_t peer) {
  s->alive[peer - 1] = true;
  feed(s, &(core_event){
              .kind = CORE_WORKER_JOINED, .peer = peer, .capacity = 1 + (uint32_t)(next_random(s) % 3)});
}

static void submit(sim *s, int job) {
  core_shard shards[60] = {{{{0}}, 0}};
  const uint32_t count = (uint32_t)(next_random(s) % 60);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    shards[i].name.bytes[0] = (uint8_t)next_random(s);
    shards[i].name.bytes[1] = (uint8_t)next_random(s);
    shards[i].rows = (uint32_t)(next_random(s) % 70000);
    sum += shard_value(&shards[i]);
  }
  for (uint64_t stage = 0; stage < STAGES; stage++) {
    s->expected[job] += sum * (1 + stage);
  }
  core_event e = {.kind = CORE_SUBMITTED,
                  .peer = CLIENT,
                  .priority = (uint32_t)(next_random(s) % 2),
                  .plan = new_blob(s, 0),
                  .program = new_blob(s, 0),
                  .shards = shards,
                  .shards_count = count};
  e.job.bytes[0] = (uint8_t)job;
  feed(s, &e);
}

static void give_result(sim *s, const sent_task *t) {
  core_event e = {
      .kind = CORE_RESULT, .peer = t->action.peer, .task = t->action.task, .work = t->action.work};
  e.blobs[e.blobs_count++] = new_blob(s, t->value);
  if (t->action.work == WORK_STEP && !t->is_report) {
    e.blobs[0] = new_blob(s, 0); /* the next program; the first blob above was its value */
    s->blob_live[s->blobs_count - 1] = false;
    e.blobs[e.blobs_count++] = new_blob(s, t->value);
  }
  feed(s, &e);
}

/* One of the sent tasks is answered, fails, is answered twice, or waits. */
static void work_one(sim *s, bool calm) {
  if (s->sent_count == 0) {
    return;
  }
  const size_t at = (size_t)(next_random(s) % s->sent_count);
  const sent_task t = s->sent[at];
  const bool here = s->alive[t.action.peer - 1];
  if (!calm && chance(s, 3)) {
    give_result(s, &t); /* and once more later: duplicates are dropped */
    return;
  }
  s->sent[at] = s->sent[--s->sent_count];
  if (!calm && here && chance(s, 2)) {
    core_event e = {.kind = CORE_FAILURE, .peer = t.action.peer, .task = t.action.task};
    error_set(&e.failure, STATUS_NO_MEMORY, "no memory");
    feed(s, &e);
  } else if (here || chance(s, 50)) {
    give_result(s, &t); /* late results of lost workers count as well */
  }
}

static void disturb(sim *s) {
  const uint32_t peer = 1 + (uint32_t)(next_random(s) % WORKERS);
  switch (next_random(s) % 4) {
    case 0:
      s->alive[peer - 1] = false;
      feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = peer});
      break;
    case 1:
      join(s, peer);
      break;
    case 2: /* a stall: everybody is silent for a while, then heard of again */
      s->now_ms += CORE_SILENCE_MS + 1;
      feed(s, &(core_event){.kind = CORE_TICK});
      for (uint32_t p = 1; p <= WORKERS; p++) {
        if (s->alive[p - 1]) {
          feed(s, &(core_event){.kind = CORE_HEARD, .peer = p, .capacity = 2});
        }
      }
      break;
    default:
      break;
  }
}

static bool all_ended(const sim *s, int jobs) {
  for (int i = 0; i < jobs; i++) {
    if (!s->ended[i]) {
      return false;
    }
  }
  return true;
}

/* Returns the number of jobs that ended with the right report; the others ended with a failure. */
static int run_seed(uint64_t seed) {
  sim *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->seed = s->random = seed;
  s->core = core_new();
  int submitted = 0;
  for (long turn = 0; submitted < JOBS || !all_ended(s, JOBS); turn++) {
    if (turn > 200000) {
      fail_msg("seed %llu: jobs do not end", (unsigned long long)seed);
    }
    const bool calm = turn > 3000; /* in the end the storm is over, and all must come to rest */
    s->now_ms += next_random(s) % 20;
    if (submitted < JOBS && chance(s, 20)) {
      submit(s, submitted++);
    }
    if (calm && turn % 50 == 0) {
      for (uint32_t p = 1; p <= WORKERS; p++) {
        s->sent_count = 0;
        join(s, p);
      }
    } else if (!calm && chance(s, 10)) {
      disturb(s);
    }
    work_one(s, calm);
  }
  for (int i = 0; i < JOBS; i++) {
    if (s->right[i] == s->failed[i]) {
      fail_msg("seed %llu: job %d has no right report", (unsigned long long)seed, i);
    }
  }
  assert_int_equal(core_jobs(s->core), 0);
  assert_int_equal(core_tasks_running(s->core), 0);
  for (size_t i = 1; i <= s->blobs_count; i++) {
    if (s->blob_live[i]) {
      fail_msg("seed %llu: blob %zu was never released", (unsigned long long)seed, i);
    }
  }
  int right = 0;
  for (int i = 0; i < JOBS; i++) {
    right += s->right[i];
  }
  core_destroy(s->core);
  core_actions_fini(&s->actions);
  free(s);
  return right;
}

static void any_schedule_of_faults_gives_the_right_report(void **state) {
  (void)state;
  int right = 0;
  for (uint64_t seed = 1; seed <= 300; seed++) {
    right += run_seed(seed);
  }
  assert_true(right > 300 * JOBS * 9 / 10);
}

static sim *sim_with_workers(int workers) {
  sim *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->random = 7;
  s->core = core_new();
  for (int i = 1; i <= workers; i++) {
    s->alive[i - 1] = true;
    feed(s, &(core_event){.kind = CORE_WORKER_JOINED, .peer = (uint32_t)i, .capacity = 1});
  }
  return s;
}

static void sim_free(sim *s) {
  core_destroy(s->core);
  core_actions_fini(&s->actions);
  free(s);
}

static void submit_shards(sim *s, int job, uint32_t shards_count, uint32_t rows) {
  core_shard shards[64] = {{{{0}}, 0}};
  for (uint32_t i = 0; i < shards_count; i++) {
    shards[i].rows = rows;
  }
  core_event e = {.kind = CORE_SUBMITTED,
                  .peer = CLIENT,
                  .plan = new_blob(s, 0),
                  .program = new_blob(s, 0),
                  .shards = shards,
                  .shards_count = shards_count};
  e.job.bytes[0] = (uint8_t)job;
  feed(s, &e);
}

static void a_small_job_does_not_wait_behind_a_big_one(void **state) {
  (void)state;
  sim *s = sim_with_workers(1);
  submit_shards(s, 0, 64, CORE_RUN_ROWS);
  submit_shards(s, 1, 1, CORE_RUN_ROWS);
  int answered = 0;
  while (!s->ended[1]) {
    assert_true(s->sent_count > 0);
    const sent_task t = s->sent[--s->sent_count];
    give_result(s, &t);
    answered++;
  }
  assert_true(answered < 16);
  assert_false(s->ended[0]);
  sim_free(s);
}

static void a_task_of_a_lost_worker_goes_to_another(void **state) {
  (void)state;
  sim *s = sim_with_workers(2);
  submit_shards(s, 0, 1, 10);
  assert_int_equal(s->sent_count, 1);
  const uint32_t first = s->sent[0].action.peer;
  feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = first});
  assert_int_equal(s->sent_count, 2);
  assert_int_not_equal(s->sent[1].action.peer, first);
  assert_int_equal(s->sent[1].action.task, s->sent[0].action.task);
  assert_int_equal(s->sent[1].action.attempt, 2);
  sim_free(s);
}

static void a_failure_that_cannot_be_cured_ends_the_job_with_its_message(void **state) {
  (void)state;
  sim *s = sim_with_workers(1);
  submit_shards(s, 0, 1, 10);
  core_event e = {.kind = CORE_FAILURE, .peer = 1, .task = s->sent[0].action.task};
  error_set(&e.failure, STATUS_LIMIT, "too many groups");
  assert_int_equal(core_step(s->core, &e, 0, &s->actions, NULL), STATUS_OK);
  bool told = false;
  for (size_t i = 0; i < s->actions.count; i++) {
    const core_action *a = &s->actions.at[i];
    told = told || (a->kind == CORE_SEND_ENDED && a->failure.code == STATUS_LIMIT &&
                    strcmp(a->failure.message, "too many groups") == 0);
  }
  assert_true(told);
  assert_int_equal(core_jobs(s->core), 0);
  sim_free(s);
}

static void steps_of_one_job_stay_with_one_fingerprint(void **state) {
  (void)state;
  sim *s = sim_with_workers(0);
  digest odd = {{1}};
  feed(s, &(core_event){.kind = CORE_WORKER_JOINED, .peer = 1, .capacity = 1});
  submit_shards(s, 0, 1, 10);
  for (int i = 0; i < 2; i++) { /* MAP, STEP of stage 0: the job now belongs to worker 1's fingerprint */
    const sent_task t = s->sent[--s->sent_count];
    give_result(s, &t);
  }
  feed(s, &(core_event){.kind = CORE_WORKER_JOINED, .peer = 2, .capacity = 1, .fingerprint = odd});
  feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = 1});
  const sent_task map = s->sent[s->sent_count - 1];
  assert_int_equal(map.action.peer, 2);
  s->sent_count = 0;
  give_result(s, &map);
  assert_int_equal(s->sent_count, 0); /* the STEP waits */
  feed(s, &(core_event){.kind = CORE_WORKER_JOINED, .peer = 3, .capacity = 1});
  assert_int_equal(s->sent_count, 1);
  assert_int_equal(s->sent[0].action.peer, 3);
  sim_free(s);
}

static void a_forgotten_worker_joins_again_when_it_is_heard(void **state) {
  (void)state;
  sim *s = sim_with_workers(1);
  submit_shards(s, 0, 1, 10);
  s->now_ms += CORE_SILENCE_MS + 1;
  feed(s, &(core_event){.kind = CORE_TICK});
  assert_int_equal(core_workers(s->core), 0);
  s->sent_count = 0;
  feed(s, &(core_event){.kind = CORE_HEARD, .peer = CLIENT});
  assert_int_equal(core_workers(s->core), 0);
  feed(s, &(core_event){.kind = CORE_HEARD, .peer = 1, .capacity = 1});
  assert_int_equal(core_workers(s->core), 1);
  assert_int_equal(s->sent_count, 1);
  assert_int_equal(s->sent[0].action.attempt, 2);
  sim_free(s);
}

/* The shell takes many messages before it carries out what they led to. */
static void actions_of_a_job_that_ended_meanwhile_can_still_be_carried_out(void **state) {
  (void)state;
  sim *s = sim_with_workers(1);
  const core_shard shard = {.name = {{7}}, .rows = 10};
  const core_event submitted = {.kind = CORE_SUBMITTED,
                                .peer = CLIENT,
                                .plan = new_blob(s, 0),
                                .program = new_blob(s, 0),
                                .shards = &shard,
                                .shards_count = 1};
  const core_event cancelled = {.kind = CORE_CANCELLED, .peer = CLIENT};
  assert_int_equal(core_step(s->core, &submitted, 0, &s->actions, NULL), STATUS_OK);
  assert_int_equal(core_step(s->core, &cancelled, 0, &s->actions, NULL), STATUS_OK);
  assert_int_equal(core_step(s->core, &(core_event){.kind = CORE_TICK}, 0, &s->actions, NULL), STATUS_OK);
  assert_int_equal(core_jobs(s->core), 0);
  bool sent = false;
  for (size_t i = 0; i < s->actions.count; i++) {
    const core_action *a = &s->actions.at[i];
    sent = sent || (a->kind == CORE_SEND_TASK && a->shards_count == 1 && a->shards[0].name.bytes[0] == 7);
  }
  assert_true(sent);
  sim_free(s);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    printf("%d of %d jobs ended with the right report\n", run_seed(strtoull(argv[1], NULL, 10)), (int)JOBS);
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_schedule_of_faults_gives_the_right_report),
      cmocka_unit_test(a_small_job_does_not_wait_behind_a_big_one),
      cmocka_unit_test(a_task_of_a_lost_worker_goes_to_another),
      cmocka_unit_test(a_failure_that_cannot_be_cured_ends_the_job_with_its_message),
      cmocka_unit_test(steps_of_one_job_stay_with_one_fingerprint),
      cmocka_unit_test(a_forgotten_worker_joins_again_when_it_is_heard),
      cmocka_unit_test(actions_of_a_job_that_ended_meanwhile_can_still_be_carried_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
