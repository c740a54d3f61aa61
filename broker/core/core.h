/* The broker's core: a pure state machine, step(state, event, now) -> actions.
 *
 * No socket, no clock, no disk, no log: a thin shell feeds it events and carries out its actions, and a
 * simulator tests it from seeds, crashes of the broker included.  It does not interpret what it passes
 * on: plans, programs, states, partials and reports are blobs, known here by a handle that the shell
 * assigns.
 *
 * The life of a job:
 *
 *   submitted ─► [PLAN] ─► stage 0: MAP over runs of shards ─► REDUCE in eights ─► STEP ─┬─► report ─► ended
 *                            ▲                                                          └─► next stage ─┐
 *                            └──────────────────────────────────────────────────────────────────────────┘
 *   submitted ─► READ ─► ended                       (files into a dataset)
 *
 * The tasks of a stage form a tree that depends on its shards alone.  Level 0: MAP, one for each run of
 * shards.  Level k: REDUCE, one for each eight neighbours of level k-1, until at most eight are left, which
 * the STEP takes.  So a task has the same number before and after a restart of the broker.
 *
 * What must survive a restart leaves as CORE_KEEP_* actions.  The shell writes those of one turn of its loop
 * in one transaction and only then carries out the other actions of that turn.
 *
 * Invariants
 *  1. A task's first valid result counts, whoever sends it and however late.  A second one must have the same
 *     digest; if not, a third run on another worker decides, the odd worker gets no more tasks
 *     (CORE_SET_ASIDE), and what came from it in this job is recomputed.  When no third worker was there for
 *     CORE_THIRD_MS, each of the two runs the task again: one that now agrees with the other was odd; when
 *     both give the same results as before, the job ends with that message, because it cannot be decided
 *     which is right.
 *  2.  Leases are fenced, results are not: a worker that is not heard from loses its tasks to others.
 *     One that is heard from and does not answer in time keeps the task; another worker gets it too
 *     (overdue.c).  A worker that is lost without taking its leave counts against the tasks that it had,
 *     unless its process is heard from again.  After CORE_DEATHS_MAX losses, whatever the workers, the task
 *     runs once more, alone on a worker; when that one is lost too, the job ends and names the task.
 *     Failures that workers report count apart, and leaving in order not at all.
 *  3.  Blobs passed in with an event belong to the core; each is released exactly once.
 *  4.  The STEPs of one job all go to workers of one fingerprint.  When no worker of that fingerprint was
 *     there for CORE_FINGERPRINT_MS while a STEP waits and others are, the job starts again from its first
 *     stage.
 *  5.  Jobs of equal priority take turns, so that a small job does not wait for a big one.
 *  6. A partial that stays with its worker is lost with it: its task, and of those below it only the ones
 *     whose partials are gone, run again.
 *  7.  Tasks go first to workers that hold their shards or partials; no worker idles because of that.
 *  8.  Every result and failure is answered with CORE_SEND_TAKEN, also one that is no longer wanted.
 */
#ifndef CANVASS_BROKER_CORE_CORE_H
#define CANVASS_BROKER_CORE_CORE_H

#include "base/digest.h"
#include "base/status.h"
#include "broker/core/limits.h"

typedef uint64_t core_blob; /* 0: none */
typedef struct core_job_id {
  uint8_t bytes[JOB_ID_BYTES];
} core_job_id;
typedef struct core_shard {
  digest name;
  uint64_t bytes;
  uint32_t rows;
} core_shard;

/* Kinds of work: id, name on the wire. */
#define CORE_WORK_TABLE(X) \
  X(WORK_MAP, "map")       \
  X(WORK_REDUCE, "reduce") \
  X(WORK_STEP, "step")     \
  X(WORK_PLAN, "plan")     \
  X(WORK_READ, "read")
typedef enum core_work {
#define X(id, name) id,
  CORE_WORK_TABLE(X)
#undef X
} core_work;
const char *core_work_name(core_work work);

/* What a job that does not go on waits for: id, text for readers.  Short: a line of a terminal has room for
 * it. */
#define CORE_WAIT_TABLE(X)                                               \
  X(WAIT_NOTHING, "")                                                    \
  X(WAIT_WORKER, "no worker takes tasks")                                \
  X(WAIT_TURN, "all workers are busy with other tasks")                  \
  X(WAIT_KIND, "no worker computes as those of its earlier stages did")  \
  X(WAIT_THIRD, "no third worker decides between two results of a task") \
  X(WAIT_EMPTY, "a worker is being emptied for a task that lost others") \
  X(WAIT_ANSWER, "a worker does not answer, and no other one is there")
typedef enum core_wait_kind {
#define X(id, text) id,
  CORE_WAIT_TABLE(X)
#undef X
} core_wait_kind;
typedef struct core_wait {
  core_wait_kind kind;
  const char *text;
  uint32_t peer;     /* of WAIT_ANSWER: who does not answer, */
  uint64_t since_ms; /* and when, on the core's clock, it was given the task */
} core_wait;

/* How many states (of a shard and an accumulator) workers computed, and how many were cached; of a job
 * or a kept result also how many MAP tasks computed any, and how many had all cached.  Each MAP task counts
 * once, with its last result: when recomputed, it counts as that one.  So the sum of both is the same
 * whatever happens, including crashes of the broker.  A job that starts again counts from zero. */
typedef struct core_states {
  uint64_t computed, cached;
  uint64_t tasks_computed, tasks_cached;
} core_states;

/* A task within its job: LEVEL << 32 | index in it.  Levels from 0 are those of the tree.  Without
 * shards there is one MAP over none. */
enum { CORE_LEVEL_STEP = 64, CORE_LEVEL_PLAN, CORE_LEVEL_READ };
typedef struct core_task_id {
  core_job_id job;
  uint32_t stage;
  uint64_t task;
} core_task_id;

typedef enum core_event_kind {
  CORE_WORKER_JOINED, /* peer, process, capacity, fingerprint, held (borrowed); an old worker of that peer
                       * is lost */
  CORE_HEARD,         /* peer; a worker may change its capacity (0: it takes no more) */
  CORE_PEER_LEFT,     /* peer, worker or watcher; in_order */
  CORE_SUBMITTED,     /* peer (0: no peer waits), request, job, priority, timeout_ms, and either read, or else
                       * shards     (copied), manifest and plan + program or spec.  An id that is running:
                       * refused. */
  CORE_RESTORED,      /* a job as it was kept: as CORE_SUBMITTED, and stage, program and state of that stage,
                       * first_program, fingerprint, states (of stages before), content (see there).  No
                       * actions come from it. */
  CORE_RESTORED_RESULT, /* id, blobs[0], content, states: a partial of the restored job's stage */
  CORE_CANCELLED,       /* job (unknown ones are ignored) */
  CORE_WATCHED,         /* peer, request, job: progress now and until the end (unknown ones are ignored) */
  CORE_RESULT,  /* peer, id, attempt, work, content, states, blobs: MAP, REDUCE {partial}; STEP {report}
                 * or {program, state}; PLAN {plan, program}; READ {report} */
  CORE_FAILURE, /* peer, id, attempt, failure; lost (all zero: none): a blob that the task needed and
                 * could not get: not the task's fault when it is a partial that a worker kept.
                 * STATUS_INTERRUPTED: the worker returns the task, and gets no more until it
                 * reports a capacity again. */
  CORE_TICK,    /* time has passed; at least every CORE_PROGRESS_MS */
} core_event_kind;

typedef struct core_event {
  core_event_kind kind;
  uint32_t peer; /* numbers are never reused while the core may know them */
  uint64_t request;
  /* Workers. */
  uint32_t capacity;
  bool in_order;        /* it took its leave, or says hello anew: its tasks are not to blame */
  uint64_t process;     /* the same as long as it is the same process, also as another peer; 0: unknown */
  digest fingerprint;   /* also of CORE_RESTORED: all zero when no STEP was assigned yet */
  const uint64_t *held; /* the first 8 bytes, little-endian, of each shard's name */
  size_t held_count;
  /* Jobs. */
  core_job_id job;
  uint32_t priority;   /* larger first */
  uint64_t timeout_ms; /* it may take so long; 0: as long as it takes */
  uint64_t spent_ms;   /* CORE_RESTORED: of that */
  core_blob plan, program, spec, manifest;
  core_blob first_program, state; /* CORE_RESTORED; at stage 0 first_program is 0 */
  bool read;                      /* a READ: of spec and manifest (or 0); only the shell knows its files */
  const core_shard *shards;
  uint32_t shards_count;
  uint32_t stage;
  /* Tasks. */
  core_task_id id;
  uint32_t attempt; /* identifies the task's inputs: a result counts only for the same inputs */
  core_work work;   /* of a result: the kind that it claims */
  const core_blob *blobs;
  uint32_t blobs_count;
  /* Of a result, so that copies can be compared: of one blob its name, the SHA-256 of its bytes; of two the
   * SHA-256 of both names.  Of CORE_RESTORED: of {program, state}, or at stage 0 of {plan, program} when a
   * PLAN made them; all zero is allowed, and means that results of tasks assigned before do not count. */
  digest content;
  bool stays; /* a partial that the worker keeps: its blob is a handle of its name */
  core_states states;
  digest lost;
  error failure;
} core_event;

typedef enum core_action_kind {
  /* To be kept, in order, in the turn's transaction. */
  CORE_KEEP_JOB,    /* job, priority, read, blobs {plan, program, spec, manifest} (0: none) or, of a READ, its
                     * blobs; borrowed until the release that follows in some later action */
  CORE_KEEP_PLAN,   /* job, blobs {plan, program}: the PLAN is done; {0, 0}: it must be made again */
  CORE_KEEP_RESULT, /* id, blobs {partial}, content, states (of all MAPs that it was made of): not for
                     * partials that stay with a worker */
  CORE_DROP_RESULT, /* id: it was merged into one that is kept, or is recomputed */
  CORE_KEEP_STAGE,  /* job, stage, blobs {program, state}, fingerprint, states (of stages before): all results
                     * are void.  Stage 0 (a new start): blobs {first program, 0} */
  CORE_KEEP_END,  /* job, states, blobs {report} or failure; the job's other records are void.  Shards: those
                   * of the task that the failure names, of which the core does not know the files */
  CORE_KEEP_NOTE, /* job, peer (0: none), failure.message: a line for the job's log */
  /* To be done after the commit. */
  CORE_SEND_TASK,     /* peer, id, attempt, work, blobs, shards */
  CORE_SEND_TAKEN,    /* peer, id, attempt */
  CORE_SEND_ACCEPTED, /* peer, request, job */
  CORE_SEND_REFUSED,  /* peer, request, job, failure: not submitted, and nothing of it was kept; or one
                       * watcher too many */
  CORE_SEND_PROGRESS, /* peer, request (0: not at once), job, stage, rows_done, rows_total, finishing, states,
                         is_running, wait */
  CORE_SEND_REPORT,   /* peer, job, states, blobs {report} */
  CORE_SEND_ENDED,    /* peer, job, states, failure, shards (as with CORE_KEEP_END) */
  CORE_SET_ASIDE,     /* peer: its results were odd; failure has the message for it */
  CORE_RELEASE,       /* blobs[0] */
} core_action_kind;

/* A task's blobs.  MAP: {program}.  REDUCE: {program, partials..}.  STEP: {plan, state or 0, program,
 * partials..}.  PLAN: {specification, manifest}.  READ: {specification, manifest or 0}; the shell
 * knows its files.
 * CORE_KEEP_* come before the first action that is not one only within what a single event causes: the shell
 * walks through the list twice. */
typedef struct core_action {
  core_action_kind kind;
  uint32_t peer;
  uint64_t request;
  core_job_id job;
  core_task_id id;
  uint32_t attempt;
  uint32_t priority;
  core_work work;
  uint32_t stage;
  const core_blob *blobs; /* borrowed until the first event after all actions were taken from the list */
  uint32_t blobs_count;
  const core_shard *shards; /* likewise */
  uint32_t shards_count;
  uint64_t rows_done, rows_total;
  bool finishing, read, is_running;
  core_wait wait;
  core_states states; /* of the job so far, unless stated otherwise */
  digest fingerprint, content;
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
/* How many workers may be lost while they have a task, before it runs alone: at least 1, and more than
 * CORE_DEATHS_MAX where machines are taken away without notice.  Before the first event. */
void core_set_deaths_max(core *c, uint32_t most);
void core_destroy(core *c); /* the shell frees the blobs */
/* Takes EVENT at NOW_MS (never going back) and appends what is to be done to OUT, in order.  After carrying
 * out all of them the caller sets OUT's count to 0.
 * STATUS_NO_MEMORY leaves the core unusable; nothing else fails. */
status core_step(core *c, const core_event *event, uint64_t now_ms, core_actions *out, error *err) MUST_USE;

/* Whether EVENT (a result or a failure) belongs to a task that its peer has now, in that attempt. */
bool core_is_leased(core *c, const core_event *event);

/* Walks through all that the core knows between two events: STATUS_CORRUPT, with a message that says what is
 * wrong, when one of the invariants above does not hold.  For tests and debug builds: it takes as long as
 * there are tasks. */
status core_check(const core *c, error *err) MUST_USE;
size_t core_blobs(const core *c); /* that the core has and will release */

/* ---- For listings and tests ------------------------------------------------------------------------ */

typedef struct core_job_view {
  core_job_id id;
  bool is_running; /* a task was assigned */
  uint32_t priority, stage;
  uint64_t rows_done, rows_total;
  bool finishing;
  core_wait wait;
  core_states states;
  uint32_t tasks_running;
} core_job_view;
typedef struct core_worker_view {
  uint32_t peer;
  uint32_t capacity, running;
  uint64_t tasks_done;
  uint64_t heard_ms; /* on the core's clock */
  uint64_t shards_held;
  digest fingerprint;
  bool set_aside;
  uint64_t races_lost; /* tasks that another worker finished, after its own time was up */
  bool is_held_back;   /* it gets one at a time, after pauses, until it answers in time */
} core_worker_view;
size_t core_jobs(const core *c);
bool core_find_job(const core *c, const core_job_id *id,
                   core_job_view *out); /* false: not running (any more) */
size_t core_workers(const core *c);
void core_worker_at(const core *c, size_t index, core_worker_view *out);
size_t core_tasks_running(const core *c);

#endif
