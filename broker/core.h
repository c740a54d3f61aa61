/* The broker's core: a pure state machine, step(state, event, now) -> actions.
 *
 * No socket, no clock, no disk, no log: a thin shell feeds it events and carries out its actions, and a
 * simulator tests it from seeds.  It understands nothing of what it hands round: plans, programs,
 * states, partials and reports are blobs, known here by a handle that the shell gives out.
 *
 * The life of a job:
 *
 *   submitted ─► stage 0: MAP over runs of shards ─► REDUCE in eights ─► STEP ─┬─► report ─► ended
 *                  ▲                                                          └─► next stage ─┐
 *                  └──────────────────────────────────────────────────────────────────────────┘
 *
 * Invariants
 *  1. A task's first valid result counts, whoever sends it and however late; all others are dropped.
 *  2. Leases are fenced, results are not: a worker that is not heard from loses its tasks to others, and
 *     nobody is blamed for a lost worker.  A task that fails by itself counts against the task.
 *  3. Blobs that come in with an event belong to the core; each is released exactly once.
 *  4. The STEPs of one job all go to workers of one fingerprint.
 *  5. Jobs of equal priority take turns, so that a small job does not wait behind a big one.
 */
#ifndef CANVASS_BROKER_CORE_H
#define CANVASS_BROKER_CORE_H

#include "base/digest.h"
#include "base/status.h"
#include "proto/message.h"

/* Limits and times, together with the reason for each figure. */
enum {
  CORE_RUN_ROWS = 32768,      /* rows of a MAP task at least: partials stay small beside their input */
  CORE_RUN_SHARDS_MAX = 1024, /* shards of a MAP task: their names fit one frame easily */
  CORE_FAN_IN = 8,            /* partials merged by one task */
  CORE_FAILURES_MAX = 3,      /* own failures of a task that may be tried again */
  CORE_SILENCE_MS = 15000,    /* a worker unheard for so long is lost: 15 missed signs of life */
  CORE_ALIVE_MS = 1000,       /* how often a worker says that it is alive */
  CORE_JOBS_MAX = 10000,
  CORE_WORKERS_MAX = 10000,
  CORE_CAPACITY_MAX = 1024,
};

typedef uint64_t core_blob; /* 0: none */
typedef struct core_job_id {
  uint8_t bytes[JOB_ID_BYTES];
} core_job_id;
typedef struct core_shard {
  digest name;
  uint32_t rows;
} core_shard;

#define CORE_WORK_TABLE(X) \
  X(WORK_MAP, "map")       \
  X(WORK_REDUCE, "reduce") \
  X(WORK_STEP, "step")
typedef enum core_work {
#define X(id, name) id,
  CORE_WORK_TABLE(X)
#undef X
} core_work;
const char *core_work_name(core_work work);

/* How many states (of a shard and an accumulator) workers computed, and how many they had already. */
typedef struct core_states {
  uint64_t computed, cached;
} core_states;

typedef enum core_event_kind {
  CORE_WORKER_JOINED, /* peer, capacity, fingerprint; an old worker of that peer is lost */
  CORE_HEARD,         /* peer gave a sign of life; with a capacity, a forgotten worker joins again */
  CORE_PEER_LEFT,     /* peer */
  CORE_SUBMITTED,     /* peer, job, priority, plan, program, shards (copied) */
  CORE_CANCELLED,     /* peer, job */
  CORE_RESULT,        /* peer, task, blobs: MAP, REDUCE: {partial}; STEP: {report} or {program, state};
                       * states */
  CORE_FAILURE,       /* peer, task, failure */
  CORE_TICK,          /* time has passed */
} core_event_kind;

typedef struct core_event {
  core_event_kind kind;
  uint32_t peer;
  uint32_t capacity;
  digest fingerprint;
  core_job_id job;
  uint32_t priority; /* larger first */
  core_blob plan, program;
  const core_shard *shards;
  uint32_t shards_count;
  uint64_t task;
  core_work work; /* of a result: what it says it is */
  core_blob blobs[2];
  uint32_t blobs_count;
  core_states states; /* of a result */
  error failure;
} core_event;

typedef enum core_action_kind {
  CORE_SEND_TASK,     /* peer, job, task, attempt, work, stage, blobs, shards */
  CORE_SEND_ACCEPTED, /* peer, job */
  CORE_SEND_PROGRESS, /* peer, job, stage, rows_done, rows_total, finishing, states */
  CORE_SEND_REPORT,   /* peer, job, blobs[0] (released by a later action), states */
  CORE_SEND_ENDED,    /* peer, job, failure */
  CORE_RELEASE,       /* blobs[0] */
} core_action_kind;

/* A task's blobs: MAP {program}; REDUCE {program, partials..}; STEP {plan, state or 0, program,
 * partials..}. */
typedef struct core_action {
  core_action_kind kind;
  uint32_t peer;
  core_job_id job;
  uint64_t task;
  uint32_t attempt;
  core_work work;
  uint32_t stage;
  core_blob blobs[3 + CORE_FAN_IN];
  uint32_t blobs_count;
  const core_shard *shards; /* borrowed until the first event after all actions were taken from the list */
  uint32_t shards_count;
  uint64_t rows_done, rows_total;
  bool finishing;
  core_states states; /* of the job so far */
  error failure;
} core_action;

typedef struct core_actions {
  core_action *at;
  size_t count;
  size_t capacity;
} core_actions;
void core_actions_fini(core_actions *a);

typedef struct core core;

core *core_new(void);
void core_destroy(core *c); /* blobs are the shell's to free */
/* Takes EVENT at NOW_MS (never going back) and appends what is to be done to OUT, in order.  Whoever has
 * done all of it sets OUT's count to 0.
 * STATUS_NO_MEMORY leaves the core unusable; nothing else fails. */
status core_step(core *c, const core_event *event, uint64_t now_ms, core_actions *out, error *err) MUST_USE;

/* For tests and listings. */
size_t core_jobs(const core *c);
size_t core_workers(const core *c);
size_t core_tasks_running(const core *c);

#endif
