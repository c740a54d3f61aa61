/* The state machine's turn: events in, actions out, and the scheduler that runs after each event. */
#include "broker/core.h"

#include <stdlib.h>
#include <string.h>

#include "broker/job.h"

typedef struct worker {
  uint32_t peer;
  uint32_t capacity;
  uint32_t running;
  uint64_t heard_ms;
  digest fingerprint;
} worker;

struct core {
  job **jobs; /* in the order of their turns */
  size_t jobs_count, jobs_capacity;
  job *dropped; /* actions that are not carried out yet may point to their shards */
  worker *workers;
  size_t workers_count, workers_capacity;
  uint64_t next_task;
  uint64_t now_ms;
  core_actions *out;
  bool out_of_memory;
};

const char *core_work_name(core_work work) {
  static const char *const names[] = {
#define X(id, name) [id] = name,
      CORE_WORK_TABLE(X)
#undef X
  };
  return names[work];
}

void core_actions_fini(core_actions *a) {
  free(a->at);
  *a = (core_actions){0};
}

core *core_new(void) {
  core *c = calloc(1, sizeof *c);
  if (c) {
    c->next_task = 1;
  }
  return c;
}

static void destroy_dropped(core *c) {
  while (c->dropped) {
    job *j = c->dropped;
    c->dropped = j->next_dropped;
    job_destroy(j);
  }
}

void core_destroy(core *c) {
  if (!c) {
    return;
  }
  for (size_t i = 0; i < c->jobs_count; i++) {
    job_destroy(c->jobs[i]);
  }
  destroy_dropped(c);
  free(c->jobs);
  free(c->workers);
  free(c);
}

/* Room for one more element of SIZE bytes in *ARRAY. */
static bool grow(void **array, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity) {
    return true;
  }
  const size_t larger = *capacity ? *capacity * 2 : 16;
  void *grown = realloc(*array, larger * size);
  if (!grown) {
    return false;
  }
  *array = grown;
  *capacity = larger;
  return true;
}

static void act(core *c, const core_action *action) {
  if (!grow((void **)&c->out->at, c->out->count, &c->out->capacity, sizeof *c->out->at)) {
    c->out_of_memory = true;
    return;
  }
  c->out->at[c->out->count++] = *action;
}

static void release(core *c, core_blob *blob) {
  if (*blob) {
    act(c, &(core_action){.kind = CORE_RELEASE, .blobs = {*blob}, .blobs_count = 1});
    *blob = 0;
  }
}

/* ---- Workers ------------------------------------------------------------------------------------- */

static worker *find_worker(core *c, uint32_t peer) {
  for (size_t i = 0; i < c->workers_count; i++) {
    if (c->workers[i].peer == peer) {
      return &c->workers[i];
    }
  }
  return NULL;
}

static void worker_finished(core *c, uint32_t peer) {
  worker *w = find_worker(c, peer);
  if (w && w->running > 0) {
    w->running--;
  }
}

static void lose_worker(core *c, uint32_t peer) {
  worker *w = find_worker(c, peer);
  if (!w) {
    return;
  }
  *w = c->workers[--c->workers_count];
  for (size_t i = 0; i < c->jobs_count; i++) {
    job_requeue_of_peer(c->jobs[i], peer);
  }
}

static void join_worker(core *c, const core_event *e) {
  lose_worker(c, e->peer);
  if (c->workers_count >= CORE_WORKERS_MAX) {
    return; /* it hears nothing and tries again later */
  }
  if (!grow((void **)&c->workers, c->workers_count, &c->workers_capacity, sizeof *c->workers)) {
    c->out_of_memory = true;
    return;
  }
  const uint32_t capacity = e->capacity < 1 ? 1 : e->capacity;
  c->workers[c->workers_count++] = (worker){
      .peer = e->peer,
      .capacity = capacity < CORE_CAPACITY_MAX ? capacity : CORE_CAPACITY_MAX,
      .heard_ms = c->now_ms,
      .fingerprint = e->fingerprint,
  };
}

static void lose_silent_workers(core *c) {
  for (size_t i = c->workers_count; i-- > 0;) {
    if (c->now_ms - c->workers[i].heard_ms > CORE_SILENCE_MS) {
      lose_worker(c, c->workers[i].peer);
    }
  }
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

static job *find_job(core *c, const core_job_id *id) {
  for (size_t i = 0; i < c->jobs_count; i++) {
    if (memcmp(&c->jobs[i]->id, id, sizeof *id) == 0) {
      return c->jobs[i];
    }
  }
  return NULL;
}

static void drop_job(core *c, job *j) {
  for (task *t = j->tasks; t; t = t->next) {
    if (t->peer) {
      worker_finished(c, t->peer);
    }
    for (uint32_t i = 0; i < t->partials_count; i++) {
      release(c, &t->partials[i]);
    }
  }
  for (size_t i = 0; i < j->partials_count; i++) {
    release(c, &j->partials[i]);
  }
  release(c, &j->plan);
  release(c, &j->program);
  release(c, &j->state);
  for (size_t i = 0; i < c->jobs_count; i++) {
    if (c->jobs[i] == j) {
      memmove(&c->jobs[i], &c->jobs[i + 1], (c->jobs_count - i - 1) * sizeof *c->jobs);
      c->jobs_count--;
      break;
    }
  }
  j->next_dropped = c->dropped;
  c->dropped = j;
}

static void end_job(core *c, job *j, const error *failure) {
  act(c, &(core_action){.kind = CORE_SEND_ENDED, .peer = j->client, .job = j->id, .failure = *failure});
  drop_job(c, j);
}

static void tell_progress(core *c, const job *j) {
  act(c, &(core_action){.kind = CORE_SEND_PROGRESS,
                        .peer = j->client,
                        .job = j->id,
                        .stage = j->stage,
                        .rows_done = j->rows_done,
                        .rows_total = j->rows_total,
                        .finishing = j->rows_done == j->rows_total,
                        .states = j->states});
}

static void submit(core *c, const core_event *e) {
  core_blob plan = e->plan;
  core_blob program = e->program;
  job *j = NULL;
  error refused = {0};
  if (c->jobs_count >= CORE_JOBS_MAX) {
    error_set(&refused, STATUS_LIMIT, "the broker already has %d jobs; try again later", (int)CORE_JOBS_MAX);
  } else if (find_job(c, &e->job)) {
    error_set(&refused, STATUS_JOB, "a job with this id is already running");
  } else if (!grow((void **)&c->jobs, c->jobs_count, &c->jobs_capacity, sizeof *c->jobs) ||
             !(j = job_new(e))) {
    error_no_memory(&refused, "the job");
  }
  if (!j) {
    release(c, &plan);
    release(c, &program);
    act(c, &(core_action){.kind = CORE_SEND_ENDED, .peer = e->peer, .job = e->job, .failure = refused});
    return;
  }
  c->jobs[c->jobs_count++] = j;
  act(c, &(core_action){.kind = CORE_SEND_ACCEPTED, .peer = j->client, .job = j->id});
  tell_progress(c, j);
}

/* ---- Results ------------------------------------------------------------------------------------- */

static job *find_task(core *c, uint64_t id, task **out) {
  for (size_t i = 0; i < c->jobs_count; i++) {
    task *t = job_find_task(c->jobs[i], id);
    if (t) {
      *out = t;
      return c->jobs[i];
    }
  }
  return NULL;
}

static void finish_step(core *c, job *j, const core_event *e) {
  if (e->blobs_count == 1) {
    act(c, &(core_action){.kind = CORE_SEND_REPORT,
                          .peer = j->client,
                          .job = j->id,
                          .blobs = {e->blobs[0]},
                          .blobs_count = 1,
                          .states = j->states});
    core_blob report = e->blobs[0];
    release(c, &report);
    drop_job(c, j);
    return;
  }
  release(c, &j->program);
  release(c, &j->state);
  job_next_stage(j, e->blobs[0], e->blobs[1]);
  tell_progress(c, j);
}

static void take_result(core *c, const core_event *e) {
  task *t = NULL;
  job *j = find_task(c, e->task, &t);
  core_blob blobs[2] = {e->blobs[0], e->blobs[1]};
  const bool fits =
      j && t->work == e->work && (e->blobs_count == 1 || (e->blobs_count == 2 && t->work == WORK_STEP));
  if (!fits) {
    release(c, &blobs[0]);
    release(c, &blobs[1]);
    return;
  }
  if (t->peer) {
    worker_finished(c, t->peer);
  }
  for (uint32_t i = 0; i < t->partials_count; i++) {
    release(c, &t->partials[i]);
  }
  const core_work work = t->work;
  j->states.computed += e->states.computed;
  j->states.cached += e->states.cached;
  j->rows_done += t->rows;
  const bool moved = t->rows > 0;
  job_remove_task(j, t);
  if (work == WORK_STEP) {
    finish_step(c, j, e);
  } else if (!job_add_partial(j, blobs[0])) {
    c->out_of_memory = true;
  } else if (moved) {
    tell_progress(c, j);
  }
}

static void take_failure(core *c, const core_event *e) {
  task *t = NULL;
  job *j = find_task(c, e->task, &t);
  if (!j || t->peer != e->peer) {
    return; /* of an attempt that no longer counts */
  }
  worker_finished(c, t->peer);
  t->peer = 0;
  t->failures++;
  if (!status_may_retry(e->failure.code) || t->failures >= CORE_FAILURES_MAX) {
    end_job(c, j, &e->failure);
  }
}

static void forget_peer(core *c, uint32_t peer) {
  lose_worker(c, peer);
  for (size_t i = c->jobs_count; i-- > 0;) {
    if (c->jobs[i]->client == peer) {
      drop_job(c, c->jobs[i]);
    }
  }
}

static void cancel(core *c, const core_event *e) {
  job *j = find_job(c, &e->job);
  if (j && j->client == e->peer) {
    error cancelled = {0};
    error_set(&cancelled, STATUS_INTERRUPTED, "the job was cancelled");
    end_job(c, j, &cancelled);
  }
}

/* ---- Scheduling ---------------------------------------------------------------------------------- */

static bool may_run(const job *j, const task *t, const worker *w) {
  return t->work != WORK_STEP || !j->has_fingerprint || digest_equal(&j->fingerprint, &w->fingerprint);
}

static void send_task(core *c, job *j, task *t, worker *w) {
  if (t->work == WORK_STEP && !j->has_fingerprint) {
    j->fingerprint = w->fingerprint;
    j->has_fingerprint = true;
  }
  t->peer = w->peer;
  t->attempt++;
  w->running++;
  core_action a = {.kind = CORE_SEND_TASK,
                   .peer = w->peer,
                   .job = j->id,
                   .task = t->id,
                   .attempt = t->attempt,
                   .work = t->work,
                   .stage = j->stage,
                   .shards = j->shards + t->first_shard,
                   .shards_count = t->shards_count};
  if (t->work == WORK_STEP) {
    a.blobs[a.blobs_count++] = j->plan;
    a.blobs[a.blobs_count++] = j->state;
  }
  a.blobs[a.blobs_count++] = j->program;
  for (uint32_t i = 0; i < t->partials_count; i++) {
    a.blobs[a.blobs_count++] = t->partials[i];
  }
  act(c, &a);
}

/* The worker with the most room that may run T; NULL when there is none. */
static worker *choose_worker(core *c, const job *j, const task *t) {
  worker *best = NULL;
  for (size_t i = 0; i < c->workers_count; i++) {
    worker *w = &c->workers[i];
    if (w->running < w->capacity && may_run(j, t, w) &&
        (!best || (uint64_t)w->running * best->capacity < (uint64_t)best->running * w->capacity)) {
      best = w;
    }
  }
  return best;
}

/* Hands out one task of J if there is one to be had and a worker for it. */
static bool schedule_one(core *c, job *j) {
  task *t = job_waiting_task(j);
  if (!t) {
    t = job_make_task(j, c->next_task, &c->out_of_memory);
    if (!t) {
      return false;
    }
    c->next_task++;
  }
  worker *w = choose_worker(c, j, t);
  if (!w) {
    return false;
  }
  send_task(c, j, t, w);
  return true;
}

static bool has_room(const core *c) {
  for (size_t i = 0; i < c->workers_count; i++) {
    if (c->workers[i].running < c->workers[i].capacity) {
      return true;
    }
  }
  return false;
}

/* Highest priority first; within one priority jobs take turns: who got a task goes to the end. */
static void schedule(core *c) {
  for (size_t i = 0; i < c->jobs_count; i++) {
    c->jobs[i]->passed_over = false;
  }
  while (!c->out_of_memory && has_room(c)) {
    size_t chosen = c->jobs_count;
    uint32_t priority = 0;
    for (size_t i = 0; i < c->jobs_count; i++) {
      job *j = c->jobs[i];
      if ((chosen == c->jobs_count || j->priority > priority) && !j->passed_over && job_has_work(j)) {
        chosen = i;
        priority = j->priority;
      }
    }
    if (chosen == c->jobs_count) {
      return;
    }
    job *j = c->jobs[chosen];
    if (!schedule_one(c, j)) {
      j->passed_over = true; /* no worker may run what it has; others go on */
      continue;
    }
    memmove(&c->jobs[chosen], &c->jobs[chosen + 1], (c->jobs_count - chosen - 1) * sizeof(job *));
    c->jobs[c->jobs_count - 1] = j;
  }
}

/* ---- The turn ------------------------------------------------------------------------------------ */

status core_step(core *c, const core_event *event, uint64_t now_ms, core_actions *out, error *err) {
  c->now_ms = now_ms > c->now_ms ? now_ms : c->now_ms;
  c->out = out;
  if (out->count == 0) {
    destroy_dropped(c);
  }
  worker *w = find_worker(c, event->peer);
  if (w && event->kind != CORE_TICK) {
    w->heard_ms = c->now_ms;
  }
  switch (event->kind) {
    case CORE_WORKER_JOINED:
      join_worker(c, event);
      break;
    case CORE_HEARD:
      if (!w && event->capacity > 0) {
        join_worker(c, event);
      }
      break;
    case CORE_PEER_LEFT:
      forget_peer(c, event->peer);
      break;
    case CORE_SUBMITTED:
      submit(c, event);
      break;
    case CORE_CANCELLED:
      cancel(c, event);
      break;
    case CORE_RESULT:
      take_result(c, event);
      break;
    case CORE_FAILURE:
      take_failure(c, event);
      break;
    case CORE_TICK:
      lose_silent_workers(c);
      break;
  }
  schedule(c);
  c->out = NULL;
  return c->out_of_memory ? error_no_memory(err, "the broker") : STATUS_OK;
}

size_t core_jobs(const core *c) {
  return c->jobs_count;
}

size_t core_workers(const core *c) {
  return c->workers_count;
}

size_t core_tasks_running(const core *c) {
  size_t running = 0;
  for (size_t i = 0; i < c->jobs_count; i++) {
    for (const task *t = c->jobs[i]->tasks; t; t = t->next) {
      running += t->peer != 0;
    }
  }
  return running;
}
