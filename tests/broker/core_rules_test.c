/* Rules of the core where they meet: overdue tasks, tasks that run alone, jobs that start again, and what
 * watchers are told.  The core alone, without a simulated disk; a test decides how long each task takes. */
#include <stdlib.h>
#include <string.h>

#include "broker/core/core.h"
#include "tests/check.h"

enum { CLIENT = 50, SENT_MAX = 20000, JOBS = 4, STEP_MS = 500 };

/* A task as a worker has it. */
typedef struct sent {
  uint32_t peer;
  core_task_id id;
  uint64_t attempt;
  core_work work;
  uint64_t at_ms;
  bool is_over;
} sent;

typedef struct scene {
  core *core;
  core_actions out;
  uint64_t now_ms;
  core_blob blobs;
  sent tasks[SENT_MAX];
  size_t tasks_count;
  uint32_t stages; /* of each job */
  bool ended[JOBS];
  status failure[JOBS];
  unsigned restarts;
  unsigned turns;          /* progress that says that all workers are busy */
  core_wait_kind told[60]; /* to each peer, at last */
} scene;

static void take_in(scene *s, const core_action *a) {
  switch (a->kind) {
    case CORE_SEND_TASK:
      assert_in_range(s->tasks_count, 0, SENT_MAX - 1);
      s->tasks[s->tasks_count++] =
          (sent){a->peer, a->task.id, a->task.attempt, a->task.work, s->now_ms, false};
      break;
    case CORE_KEEP_NOTE:
      s->restarts += strstr(a->note.text, "starts again") != NULL;
      break;
    case CORE_KEEP_END:
      s->ended[a->end.job.bytes[0]] = true;
      s->failure[a->end.job.bytes[0]] = a->end.report ? STATUS_OK : a->end.failure.code;
      break;
    case CORE_SEND_PROGRESS:
      s->turns += a->progress.view.wait.kind == WAIT_TURN;
      s->told[a->peer] = a->progress.view.wait.kind;
      break;
    default:
      break;
  }
}

static void feed(scene *s, const core_event *e) {
  error err;
  assert_int_equal(core_step(s->core, e, s->now_ms, &s->out, &err), STATUS_OK);
  for (size_t i = 0; i < s->out.count; i++) {
    take_in(s, &s->out.at[i]);
  }
  s->out.count = 0;
}

static int open_scene(void **state) {
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->core = core_new();
  assert_non_null(s->core);
  s->now_ms = 1000;
  s->stages = 1;
  *state = s;
  return 0;
}

static int close_scene(void **state) {
  scene *s = *state;
  core_actions_fini(&s->out);
  core_destroy(s->core);
  free(s);
  return 0;
}

static void join(scene *s, uint32_t peer, uint8_t fingerprint) {
  core_event e = {.kind = CORE_WORKER_JOINED, .peer = peer, .joined = {.process = peer, .capacity = 2}};
  e.joined.fingerprint.bytes[0] = fingerprint;
  feed(s, &e);
}

static void watch(scene *s, uint32_t peer, uint8_t job) {
  feed(s, &(core_event){.kind = CORE_WATCHED, .peer = peer, .watched.job = {{job}}});
}

static void submit(scene *s, uint8_t job, uint32_t maps) {
  core_shard shards[64];
  memset(shards, 0, sizeof shards);
  for (uint32_t i = 0; i < maps; i++) {
    shards[i] = (core_shard){.rows = CORE_RUN_ROWS, .bytes = 9};
    memcpy(shards[i].name.bytes, &i, sizeof i);
  }
  const core_event e = {.kind = CORE_SUBMITTED,
                        .peer = CLIENT,
                        .submitted = {.id = {{job}},
                                      .plan = s->blobs + 1,
                                      .program = s->blobs + 2,
                                      .manifest = s->blobs + 3,
                                      .shards = shards,
                                      .shards_count = maps}};
  s->blobs += 3;
  feed(s, &e);
  watch(s, CLIENT, job);
}

/* WRONG: another one than the right result. */
static void answer_with(scene *s, sent *t, uint8_t wrong) {
  const core_blob blobs[] = {s->blobs + 1, s->blobs + 2};
  const bool goes_on = t->work == WORK_STEP && t->id.stage + 1 < s->stages;
  core_event e = {.kind = CORE_RESULT,
                  .peer = t->peer,
                  .result = {.id = t->id,
                             .attempt = t->attempt,
                             .work = t->work,
                             .blobs = blobs,
                             .blobs_count = goes_on ? 2 : 1}};
  s->blobs += 2;
  e.result.content.bytes[0] = (uint8_t)(1 + t->work);
  memcpy(e.result.content.bytes + 1, &t->id.stage, sizeof t->id.stage);
  memcpy(e.result.content.bytes + 8, &t->id.task, sizeof t->id.task);
  e.result.content.bytes[30] = wrong;
  t->is_over = true;
  feed(s, &e);
}

static void answer(scene *s, sent *t) {
  answer_with(s, t, 0);
}

static void give_failure(scene *s, sent *t) {
  core_event e = {.kind = CORE_FAILURE, .peer = t->peer, .failed = {.id = t->id, .attempt = t->attempt}};
  error_set(&e.failed.why, STATUS_IO, "no space left on device");
  t->is_over = true;
  feed(s, &e);
}

/* Time passes, and the workers FIRST to LAST give signs of life. */
static void pass(scene *s, uint32_t first, uint32_t last) {
  s->now_ms += STEP_MS;
  for (uint32_t peer = first; peer <= last; peer++) {
    feed(s, &(core_event){.kind = CORE_HEARD, .peer = peer, .heard.capacity = 2});
  }
  feed(s, &(core_event){.kind = CORE_TICK});
}

static void assert_ended(const scene *s, status how) {
  assert_true(s->ended[1]);
  assert_int_equal(s->failure[1], how);
}

/* A task of JOB that PEER has, or NULL. */
static sent *task_at(scene *s, uint32_t peer, uint8_t job) {
  for (size_t i = 0; i < s->tasks_count; i++) {
    sent *t = &s->tasks[i];
    if (!t->is_over && t->peer == peer && t->id.job.bytes[0] == job) {
      return t;
    }
  }
  return NULL;
}

/* Tasks of jobs 1 and 2 lost a worker together.  Worker 2 wedges with the first and must not get the second:
 * that one kills, and the first would be blamed. */
static void a_job_is_not_blamed_for_what_another_ones_task_killed(void **state) {
  scene *s = *state;
  core_set_deaths_max(s->core, 1);
  join(s, 1, 1);
  submit(s, 1, 1);
  submit(s, 2, 1);
  feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = 1});
  join(s, 2, 1);
  join(s, 3, 1);
  submit(s, 3, 64);
  for (int i = 0; i < 400 && !s->ended[2]; i++) {
    for (size_t k = 0; k < s->tasks_count; k++) {
      sent *t = &s->tasks[k];
      if (!t->is_over && t->peer == 3 && t->id.job.bytes[0] == 3 && s->now_ms >= t->at_ms + 15000) {
        answer(s, t);
      }
    }
    for (uint32_t peer = 2; peer <= 3; peer++) {
      sent *t = task_at(s, peer, 2);
      if (t != NULL) {
        t->is_over = true;
        feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = peer});
      }
    }
    assert_false(s->ended[1]);
    pass(s, 2, 3);
  }
  assert_true(s->ended[2]);
}

/* Worker 2 has a full disk, and is idle again at once. */
static void a_task_that_runs_alone_is_not_sent_again_to_where_it_failed(void **state) {
  scene *s = *state;
  core_set_deaths_max(s->core, 1);
  join(s, 1, 1);
  submit(s, 1, 1);
  feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = 1});
  join(s, 2, 1);
  join(s, 3, 1);
  for (int i = 0; i < 40 && !s->ended[1]; i++) {
    sent *t = task_at(s, 2, 1);
    if (t != NULL) {
      give_failure(s, t);
    }
    t = task_at(s, 3, 1);
    if (t != NULL) {
      answer(s, t);
    }
    pass(s, 2, 3);
  }
  assert_ended(s, STATUS_OK);
}

/* Two workers of two kinds; the STEP takes much longer than its first budget. */
static void a_long_step_on_the_only_worker_of_its_kind_ends(void **state) {
  scene *s = *state;
  enum { LONG_MS = 1000 * 1000 };
  join(s, 1, 1);
  join(s, 2, 2);
  submit(s, 1, 4);
  for (int i = 0; i < 4 * 3600 * 1000 / STEP_MS && !s->ended[1]; i++) {
    for (size_t k = 0; k < s->tasks_count && !s->ended[1]; k++) {
      sent *t = &s->tasks[k];
      if (!t->is_over && s->now_ms >= t->at_ms + (t->work == WORK_STEP ? LONG_MS : STEP_MS)) {
        answer(s, t);
      }
    }
    pass(s, 1, 2);
  }
  assert_ended(s, STATUS_OK);
  assert_in_range(s->restarts, 0, 5);
}

static void a_new_stage_with_an_idle_worker_is_not_told_as_a_wait(void **state) {
  scene *s = *state;
  s->stages = 5;
  join(s, 1, 1);
  submit(s, 1, 1);
  for (int i = 0; i < 100 && !s->ended[1]; i++) {
    pass(s, 1, 1);
    for (size_t k = 0; k < s->tasks_count && !s->ended[1]; k++) {
      if (!s->tasks[k].is_over && s->now_ms >= s->tasks[k].at_ms + 1000) {
        answer(s, &s->tasks[k]);
      }
    }
  }
  assert_true(s->ended[1]);
  assert_int_equal(s->turns, 0);
}

/* The second comes between the change and the next look at it. */
static void all_watchers_are_told_what_a_job_waits_for(void **state) {
  scene *s = *state;
  join(s, 1, 1);
  submit(s, 1, 4);
  pass(s, 1, 1);
  pass(s, 1, 1);
  pass(s, 1, 1);
  feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = 1, .left.in_order = true});
  watch(s, CLIENT + 1, 1);
  for (int i = 0; i < 10; i++) {
    pass(s, 1, 0);
  }
  assert_int_equal(s->told[CLIENT], WAIT_WORKER);
  assert_int_equal(s->told[CLIENT + 1], WAIT_WORKER);
}

/* ---- Every job ends, or names what it waits for ------------------------------------------------------ */

enum { PATIENCE_STEPS = 4 * 3600 * 1000 / STEP_MS };

/* PEER answers what it has of JOB, WRONG or not, once it had it for TOOK_MS. */
static void work(scene *s, uint32_t peer, uint8_t job, uint64_t took_ms, uint8_t wrong) {
  for (size_t i = 0; i < s->tasks_count && !s->ended[job]; i++) {
    sent *t = &s->tasks[i];
    if (!t->is_over && t->peer == peer && t->id.job.bytes[0] == job && s->now_ms >= t->at_ms + took_ms) {
      answer_with(s, t, wrong);
    }
  }
}

/* Workers 1 and 2 give different results of one task of the job: the first one was silent for a
 * while, so that both had it. */
static void quarrel(scene *s, core_work about, uint32_t stage) {
  sent *late = NULL;
  join(s, 1, 1);
  submit(s, 1, 1);
  while (late == NULL) {
    sent *t = task_at(s, 1, 1);
    assert_non_null(t);
    if (t->work == about && t->id.stage == stage) {
      late = t;
      late->is_over = true; /* for now */
    } else {
      answer(s, t);
    }
  }
  join(s, 2, 1);
  while (task_at(s, 2, 1) == NULL) {
    pass(s, 2, 2);
  }
  answer(s, task_at(s, 2, 1));
  pass(s, 1, 2);
  answer_with(s, late, 1);
}

/* Both of its kind, which is that of all STEPs of the job, have voted: the third worker cannot decide. */
static void a_step_is_decided_by_its_kind_also_when_workers_of_others_are_there(void **state) {
  scene *s = *state;
  s->stages = 3;
  quarrel(s, WORK_STEP, 1);
  while (s->tasks[s->tasks_count - 1].id.stage == 0) {
    pass(s, 1, 2);
    work(s, 1, 1, 1, 0);
    work(s, 2, 1, 1, 0);
  }
  join(s, 3, 2);
  bool was_told = false;
  for (int i = 0; i < PATIENCE_STEPS && !s->ended[1]; i++) {
    pass(s, 1, 3);
    work(s, 1, 1, 1000, 0); /* this time */
    work(s, 2, 1, 1000, 0);
    work(s, 3, 1, 1000, 0);
    was_told = was_told || s->told[CLIENT] == WAIT_THIRD;
  }
  assert_true(was_told);
  assert_ended(s, STATUS_OK);
}

/* Four workers that never answer get it in turn, and one of them is always free again. */
static void a_quarrel_beside(scene *s, uint8_t insists) {
  quarrel(s, WORK_MAP, 0);
  for (uint32_t peer = 3; peer <= 6; peer++) {
    join(s, peer, 1);
  }
  for (int i = 0; i < PATIENCE_STEPS && !s->ended[1]; i++) {
    pass(s, 1, 6);
    work(s, 1, 1, 1000, insists);
    work(s, 2, 1, 1000, 0);
  }
}

static void workers_that_never_answer_keep_nobody_from_a_second_vote(void **state) {
  scene *s = *state;
  a_quarrel_beside(s, 0);
  assert_ended(s, STATUS_OK);
}

static void when_two_insist_and_the_others_never_answer_the_job_ends(void **state) {
  scene *s = *state;
  a_quarrel_beside(s, 1);
  assert_ended(s, STATUS_JOB);
  assert_in_range(s->now_ms, 0, 2000 * 1000);
}

enum { WEDGED = 4, MORTAL = 100 };

/* LOSSES workers from MORTAL on die of the task; while none is there others take it, and never answer. */
static uint32_t lose_workers(scene *s, uint32_t losses) {
  core_set_deaths_max(s->core, 30);
  for (uint32_t peer = 1; peer <= WEDGED; peer++) {
    join(s, peer, 1);
  }
  submit(s, 1, 1);
  uint32_t lost = 0;
  uint64_t back_ms = s->now_ms;
  for (int i = 0; i < PATIENCE_STEPS && lost < losses && !s->ended[1]; i++) {
    sent *t = task_at(s, MORTAL + lost, 1);
    if (t != NULL && s->now_ms >= t->at_ms + 1000) {
      t->is_over = true;
      feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = MORTAL + lost++});
      back_ms = s->now_ms + 8000;
    }
    pass(s, 1, WEDGED);
    pass(s, MORTAL + lost, MORTAL + lost);
    if (s->now_ms >= back_ms) {
      join(s, MORTAL + lost, 1);
      back_ms = UINT64_MAX;
    }
  }
  return lost;
}

static void a_deadly_task_ends_beside_workers_that_never_answer(void **state) {
  scene *s = *state;
  assert_in_range(lose_workers(s, 1000), 31, 32);
  assert_ended(s, STATUS_JOB);
}

/* Each of the four let its time pass once; that they got it again does not count. */
static void copies_for_workers_in_doubt_lengthen_no_time(void **state) {
  scene *s = *state;
  const uint32_t hangs = MORTAL + lose_workers(s, 12);
  join(s, hangs, 1);
  while (task_at(s, hangs, 1) == NULL) {
    pass(s, 1, WEDGED);
    pass(s, hangs, hangs);
  }
  const uint64_t since_ms = s->now_ms;
  join(s, hangs + 1, 1);
  for (int i = 0; i < PATIENCE_STEPS && !s->ended[1]; i++) {
    pass(s, 1, WEDGED);
    pass(s, hangs, hangs + 1);
    work(s, hangs + 1, 1, 1000, 0);
  }
  assert_ended(s, STATUS_OK);
  assert_in_range(s->now_ms - since_ms, CORE_BUDGET_MS, (WEDGED + 2) * CORE_BUDGET_MS);
}

/* Two kinds of workers come and go, so that the job starts again ten times, and is in its second stage. */
static uint32_t start_again_and_again(scene *s) {
  uint32_t peer = 1;
  for (unsigned starts = 0; starts < 10; starts++, peer++) {
    join(s, peer, (uint8_t)(1 + starts % 2));
    for (const sent *t = NULL; t == NULL || t->id.stage == 0 || s->restarts < starts;) {
      work(s, peer, 1, 1, 0);
      pass(s, peer, peer);
      t = task_at(s, peer, 1);
    }
    feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = peer, .left.in_order = true});
  }
  return peer;
}

/* None of them because a STEP took long: the one that hangs then has two minutes, and not two days. */
static void a_step_gets_more_time_only_where_steps_took_too_long(void **state) {
  scene *s = *state;
  s->stages = 2;
  submit(s, 1, 1);
  const uint32_t wedged = start_again_and_again(s);
  join(s, wedged, 1);
  for (const sent *t = NULL; t == NULL || t->work != WORK_STEP || t->id.stage != 0;) {
    work(s, wedged, 1, 1, 0);
    pass(s, wedged, wedged);
    t = task_at(s, wedged, 1);
  }
  join(s, wedged + 1, 2);
  const uint64_t since_ms = s->now_ms;
  for (int i = 0; i < PATIENCE_STEPS && !s->ended[1]; i++) {
    pass(s, wedged, wedged + 1);
    work(s, wedged + 1, 1, 1000, 0);
  }
  assert_ended(s, STATUS_OK);
  assert_in_range(s->now_ms - since_ms, CORE_BUDGET_MS, 2 * CORE_BUDGET_MS);
}

/* It has twice as long, after the job started again; but for how long nobody has heard of it is told. */
static void a_step_past_its_first_budget_names_whose_answer_it_waits_for(void **state) {
  scene *s = *state;
  join(s, 1, 1);
  join(s, 2, 2);
  submit(s, 1, 1);
  bool was_told = false;
  for (int i = 0; i < PATIENCE_STEPS && s->restarts < 2; i++) {
    for (uint32_t peer = 1; peer <= 2; peer++) {
      sent *t = task_at(s, peer, 1);
      if (t != NULL && t->work == WORK_MAP) {
        answer(s, t);
      }
    }
    pass(s, 1, 2);
    was_told = was_told || (s->restarts == 1 && s->told[CLIENT] == WAIT_ANSWER);
  }
  assert_true(was_told);
}

int main(void) {
#define RULE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
  const struct CMUnitTest tests[] = {
      RULE(a_job_is_not_blamed_for_what_another_ones_task_killed),
      RULE(a_task_that_runs_alone_is_not_sent_again_to_where_it_failed),
      RULE(a_long_step_on_the_only_worker_of_its_kind_ends),
      RULE(a_new_stage_with_an_idle_worker_is_not_told_as_a_wait),
      RULE(all_watchers_are_told_what_a_job_waits_for),
      RULE(a_step_is_decided_by_its_kind_also_when_workers_of_others_are_there),
      RULE(workers_that_never_answer_keep_nobody_from_a_second_vote),
      RULE(when_two_insist_and_the_others_never_answer_the_job_ends),
      RULE(a_deadly_task_ends_beside_workers_that_never_answer),
      RULE(copies_for_workers_in_doubt_lengthen_no_time),
      RULE(a_step_gets_more_time_only_where_steps_took_too_long),
      RULE(a_step_past_its_first_budget_names_whose_answer_it_waits_for),
  };
#undef RULE
  return cmocka_run_group_tests(tests, NULL, NULL);
}
