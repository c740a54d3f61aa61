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
 *                                  STEP ─► report ─► ROWS over runs of shards ─► ended, with rows
 *   submitted ─► READ ─► ended                       (files into a dataset)
 *
 * The tasks of a stage form a tree that depends on its shards alone.  Level 0: MAP, one for each run of
 * shards.  Level k: REDUCE, one for each eight neighbours of level k-1, until at most eight are left, which
 * the STEP takes.  So a task has the same number before and after a restart of the broker.
 *
 * A STEP that gives {program, report} and says so is followed by a stage whose results are kept: a ROWS for
 * each run of shards, and nothing above.  When all are there, the job ends with the report and, in the order
 * of the shards, their results.
 *
 * What must survive a restart leaves as CORE_KEEP_* actions.  The shell writes those of one turn of its loop
 * in one transaction and only then carries out the other actions of that turn.
 *
 * Invariants
 *  1.  A task's first valid result counts, from whomever the task was given to and however late (with
 *     core_set_verified the first two, of different trust, that agree).  A second one must have the same
 *     digest.  If not, the task runs on other workers until two voters agree: who gave other bytes was odd,
 *     gets no more tasks (CORE_SET_ASIDE), and what came from it in this job is recomputed.  When nobody else
 *     who may vote was there for CORE_THIRD_MS, those who have voted run the task again: who now gives other
 *     bytes than before was odd, whatever they are.  When all insist, the job ends with that message, because
 *     it cannot be decided who is right.
 *     A voter is a trust where the votes are of several, whatever number of processes it has; among those of
 *     one trust a process.  But where the votes come from several machines, a process of one that has voted
 *     before it joined is no other voter: it may be the same worker, started again.
 *     A worker that cannot read what another made accuses it: the task that made it runs elsewhere.  Other
 *     bytes: the maker was odd; the same: the accuser was (accusations.c).  A failure that no retry cures
 *     ends the job only when a second worker reports one, too, where there is a second one.
 *  2.  Leases are fenced, results are not: a worker that is not heard from loses its tasks to others.
 *     One that is heard from and does not answer in time keeps the task; another worker gets it too
 *     (overdue.c).  A worker that is lost without taking its leave counts against the tasks that it had,
 *     unless its process is heard from again.  After CORE_DEATHS_MAX losses, whatever the workers, the task
 *     runs once more, alone on a worker; when that one is lost too and its process is not heard from within
 *     CORE_SILENCE_MS, the job ends and names the task.
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
 *  9.  A job that may lose shards goes on without those that would end it (lost.c).  All of its stages count
 *     the same rows: a shard that is lost after the first stage makes the job start again, before the STEP of
 *     that stage, or before the end of one whose results are kept.  Only shards are given up, and never all
 * of them.
 *  10. The results of a stage that keeps them are all on disk, each as the first valid one of its task,
 * before the job ends; and it ends with the last of them.
 */
#ifndef CANVASS_BROKER_CORE_CORE_H
#define CANVASS_BROKER_CORE_CORE_H

#include <stddef.h>

#include "base/digest.h"
#include "base/status.h"
#include "broker/core/limits.h"
#include "proto/lost.h"

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
  X(WORK_READ, "read")     \
  X(WORK_ROWS, "rows")
typedef enum core_work {
#define X(id, name) id,
  CORE_WORK_TABLE(X)
#undef X
} core_work;
#define X(id, name) +1
enum { CORE_WORKS = 0 CORE_WORK_TABLE(X) };
#undef X
const char *core_work_name(core_work work);

/* What a job that does not go on waits for: id, text for readers.  Short: a line of a terminal has room for
 * it. */
#define CORE_WAIT_TABLE(X)                                                 \
  X(WAIT_NOTHING, "")                                                      \
  X(WAIT_WORKER, "no worker takes tasks")                                  \
  X(WAIT_TURN, "all workers are busy with other tasks")                    \
  X(WAIT_LATER, "tasks of other jobs are given out first")                 \
  X(WAIT_FIT, "the workers that may run its next task are busy")           \
  X(WAIT_KIND, "no worker computes as those of its earlier stages did")    \
  X(WAIT_THIRD, "no third worker decides between two that disagree")       \
  X(WAIT_EMPTY, "a worker is being emptied for a task that lost others")   \
  X(WAIT_SECOND, "no worker with another key computes it a second time")   \
  X(WAIT_CONFIRM, "no second worker tries a task that one cannot do")      \
  X(WAIT_RETURN, "a worker that ran a task alone may come back")           \
  X(WAIT_ANSWER, "a worker does not answer, and no other worker is there") \
  X(WAIT_RESTORED, "the broker has started again and takes up its jobs")
typedef enum core_wait_kind {
#define X(id, text) id,
  CORE_WAIT_TABLE(X)
#undef X
} core_wait_kind;
const char *core_wait_text(core_wait_kind kind);
typedef struct core_wait {
  core_wait_kind kind;
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

/* ---- Events ---------------------------------------------------------------------------------------- */

typedef enum core_event_kind {
  CORE_WORKER_JOINED,   /* joined; an old worker of that peer is lost */
  CORE_HEARD,           /* heard */
  CORE_PEER_LEFT,       /* left; worker or watcher */
  CORE_SUBMITTED,       /* submitted.  An id that is running: refused.  Peer 0: nobody waits for the answer */
  CORE_RESTORED,        /* restored: a job as it was kept.  No actions come from it. */
  CORE_RESTORED_RESULT, /* restored_result: a partial of the restored job's stage */
  CORE_CANCELLED,       /* cancelled (unknown ones are ignored) */
  CORE_WATCHED,         /* watched: progress now and until the end (unknown ones are ignored) */
  CORE_RESULT,          /* result */
  CORE_FAILURE,         /* failed */
  CORE_TICK,            /* time has passed; at least every CORE_PROGRESS_MS */
} core_event_kind;

typedef struct core_joining {
  uint32_t capacity;
  uint64_t process; /* the same as long as it is the same process, also as another peer; 0: unknown */
  uint64_t trust;   /* whose worker it is: the same for all that one key, or one user, vouches for */
  uint64_t seat;    /* the process that the system says it is, whatever it calls itself; 0: unknown */
  uint64_t host;    /* the machine that its connection comes from; 0: unknown */
  digest fingerprint;
  const uint64_t *held; /* borrowed: the first 8 bytes, little-endian, of each shard's name */
  size_t held_count;
} core_joining;

/* Either read, or else shards, manifest and plan + program or spec; restored, both. */
typedef struct core_submission {
  core_job_id id;
  uint64_t request;
  uint32_t priority;   /* larger first */
  uint64_t timeout_ms; /* it may take so long; 0: as long as it takes */
  core_blob plan, program, spec, manifest;
  bool read;                /* a READ: of spec and manifest (or 0); only the shell knows its files */
  bool may_lose;            /* it goes on without shards that would end it */
  const core_shard *shards; /* copied */
  uint32_t shards_count;
  const void *record; /* the shell's: comes back with CORE_KEEP_JOB, if the job is accepted */
} core_submission;

typedef struct core_restoration {
  core_submission job; /* without request and record */
  uint64_t spent_ms;   /* of its timeout */
  uint32_t stage;
  core_blob first_program, state; /* at stage 0 first_program is 0 */
  /* Of {program, state}, or at stage 0 of {plan, program} when a PLAN made them; all zero is allowed, and
   * means that results of tasks assigned before do not count. */
  digest content;
  digest fingerprint;     /* all zero when no STEP was assigned yet */
  core_states states;     /* of the stages before */
  const lost_shard *lost; /* copied; ascending */
  uint32_t lost_count;
  bool lost_late; /* see core_kept_lost */
  bool keeps;     /* see core_kept_stage */
} core_restoration;

typedef struct core_restored_result {
  core_task_id id;
  core_blob partial;
  digest content;
  core_states states;
} core_restored_result;

typedef struct core_watching {
  uint64_t request;
  core_job_id job;
} core_watching;

/* MAP, REDUCE {partial}; STEP {report} or {program, state}, or with KEEPS {program, report}; PLAN {plan,
 * program}; READ {report}; ROWS {rows}. */
typedef struct core_result {
  core_task_id id;
  uint64_t attempt; /* as it was sent: identifies the task's inputs, and whom it was given to */
  core_work work;   /* the kind that it claims */
  const core_blob *blobs;
  uint32_t blobs_count;
  /* So that copies can be compared: of one blob its name, the SHA-256 of its bytes; of two the SHA-256 of
   * both names, and of one byte more with KEEPS. */
  digest content;
  bool keeps; /* of a STEP: the results of the next stage, its last, are kept; the state is the report */
  bool stays; /* a partial that the worker keeps: its blob is a handle of its name */
  core_states states;
  bool may_lose;      /* of a PLAN: the job goes on without shards that would end it */
  const void *record; /* the shell's: comes back with CORE_KEEP_END, if this result is the job's report */
} core_result;

typedef struct core_failure {
  core_task_id id;
  uint64_t attempt;
  error
      why; /* STATUS_INTERRUPTED: the worker returns the task, and gets no more until it reports a capacity */
  /* All zero: none.  A blob that the task needed and could not get: not the task's fault when it is a partial
   * that a worker kept. */
  digest lost;
  /* 1 + the index among the task's blobs of one that came whole and is not what the task needs: LOST is its
   * name.  0: none. */
  uint32_t unreadable;
  bool is_certain; /* the shell itself found it: nobody else need confirm it */
} core_failure;

typedef struct core_event {
  core_event_kind kind;
  uint32_t peer; /* whom it comes from, or is about; numbers are never reused while the core may know them */
  union {
    core_joining joined;
    struct {
      uint32_t capacity; /* a worker may change it; 0: it takes no more */
    } heard;
    struct {
      bool in_order; /* it took its leave, or says hello again: its tasks are not to blame */
    } left;
    core_submission submitted;
    core_restoration restored;
    core_restored_result restored_result;
    core_job_id cancelled;
    core_watching watched;
    core_result result;
    core_failure failed;
  };
} core_event;

/* ---- Actions --------------------------------------------------------------------------------------- */

typedef enum core_action_kind {
  /* To be kept, in order, in the turn's transaction. */
  CORE_KEEP_JOB,    /* keep_job */
  CORE_KEEP_PLAN,   /* keep_plan: the PLAN is done, or must be made again */
  CORE_KEEP_RESULT, /* keep_result: not for partials that stay with a worker */
  CORE_DROP_RESULT, /* drop_result: it was merged into one that is kept, or is recomputed */
  CORE_KEEP_STAGE,  /* keep_stage: all results are void */
  CORE_KEEP_LOST,   /* keep_lost: all shards that the job goes on without */
  CORE_KEEP_END,    /* end: the job's other records are void */
  CORE_KEEP_NOTE,   /* note: a line for the job's log */
  /* To be done after the commit. */
  CORE_SEND_TASK,     /* task */
  CORE_SEND_TAKEN,    /* taken */
  CORE_SEND_ACCEPTED, /* accepted */
  CORE_SEND_REFUSED,  /* refused: not submitted, and nothing of it was kept; or one watcher too many */
  CORE_SEND_PROGRESS, /* progress */
  CORE_SEND_REPORT,   /* end */
  CORE_SEND_ENDED,    /* end */
  CORE_SET_ASIDE,     /* set_aside: the peer's results were odd */
  CORE_RELEASE,       /* release */
} core_action_kind;

/* Blobs are borrowed until the release that follows in some later action; arrays until the first event after
 * all actions were taken from the list. */
typedef struct core_kept_job {
  core_job_id job;
  uint32_t priority;
  bool read;
  core_blob plan, program, spec, manifest; /* 0: none */
  const void *record;                      /* of the submission */
} core_kept_job;

typedef struct core_kept_plan {
  core_job_id job;
  core_blob plan, program; /* 0, 0: it must be made again */
  digest content;
  bool may_lose;
} core_kept_plan;

typedef struct core_kept_result {
  core_task_id id;
  core_blob partial;
  digest content;
  core_states states; /* of all MAPs that it was made of */
} core_kept_result;

typedef struct core_kept_stage {
  core_job_id job;
  uint32_t stage;
  core_blob program, state; /* stage 0 (a new start): the first program, 0 */
  bool keeps;               /* its results are kept until the job's end and after it; STATE is the report */
  digest fingerprint, content;
  core_states states; /* of stages before */
} core_kept_stage;

typedef struct core_kept_lost {
  core_job_id job;
  const lost_shard *lost; /* ascending */
  uint32_t lost_count;
  uint64_t rows;
  bool is_late; /* earlier stages counted some of them; until CORE_KEEP_STAGE with stage 0 */
} core_kept_lost;

typedef struct core_end {
  core_job_id job;
  core_states states;
  core_blob report; /* 0: see failure */
  /* In the order of the shards; none but of a job whose last stage kept its results. */
  const core_blob *parts;
  uint32_t parts_count;
  error failure;
  /* Those of the task that the failure names, of which the core does not know the files. */
  const core_shard *shards;
  uint32_t shards_count;
  const void *record; /* of the result that is the report */
} core_end;

typedef struct core_note {
  core_job_id job;
  uint32_t about; /* a peer; 0: none */
  char text[sizeof((error *)NULL)->message];
  const core_shard *shards; /* that it is about, of which the core does not know the files */
  uint32_t shards_count;
} core_note;

/* MAP, ROWS: {program} and shards.  REDUCE: {program, partials..}.  STEP: {plan, state or 0, program,
 * partials..}. PLAN: {specification, manifest}.  READ: {specification, manifest or 0}; the shell knows its
 * files. The first stage's STEP of a job that has lost shards: in the end {.., manifest}, and LOST. */
typedef struct core_task {
  core_task_id id;
  uint64_t attempt;
  core_work work;
  const core_blob *blobs;
  uint32_t blobs_count;
  const core_shard *shards;
  uint32_t shards_count;
  const lost_shard *lost;
  uint32_t lost_count;
} core_task;

typedef struct core_job_view {
  core_job_id id;
  bool is_running; /* a task was assigned */
  uint32_t priority, stage;
  uint64_t rows_done, rows_total;
  bool finishing;
  core_wait wait;
  core_states states;
  uint32_t tasks_running;
  uint32_t shards_lost; /* it goes on without them */
  uint64_t rows_lost;
} core_job_view;

/* CORE_KEEP_* come before the first action that is not one only within what a single event causes: the shell
 * walks through the list twice. */
typedef struct core_action {
  core_action_kind kind;
  uint32_t peer; /* whom it is sent to, or sets aside; 0: nobody */
  union {
    core_kept_job keep_job;
    core_kept_plan keep_plan;
    core_kept_result keep_result;
    core_task_id drop_result;
    core_kept_stage keep_stage;
    core_kept_lost keep_lost;
    core_end end;
    core_note note;
    core_task task;
    struct {
      core_task_id id;
      uint64_t attempt;
    } taken;
    core_watching accepted;
    struct {
      uint64_t request;
      core_job_id job;
      error why;
    } refused;
    struct {
      uint64_t request; /* 0: not at once */
      core_job_view view;
    } progress;
    error set_aside; /* the message for it */
    core_blob release;
  };
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
/* Before the first event, the same as before a restart: what nobody else knows.  Attempts are sealed with it,
 * so that a result counts only from whom the task was given to. */
enum { CORE_SECRET_BYTES = 16 };
void core_set_secret(core *c, const uint8_t secret[CORE_SECRET_BYTES]);
/* Whether every result must be given twice, by workers of different trust, before it counts. */
void core_set_verified(core *c, bool is_verified);
/* How long a failure that no retry cures waits for another worker when there is none: CORE_CONFIRM_MS unless
 * set.  0 where no other one can come. */
void core_set_confirm_ms(core *c, uint64_t confirm_ms);
void core_destroy(core *c); /* the shell frees the blobs */
/* Takes EVENT at NOW_MS (never going back) and appends what is to be done to OUT, in order.  After carrying
 * out all of them the caller sets OUT's count to 0.
 * STATUS_NO_MEMORY leaves the core unusable; nothing else fails. */
status core_step(core *c, const core_event *event, uint64_t now_ms, core_actions *out, error *err) MUST_USE;

/* Whether the task is one that peer BY has now, in that attempt. */
bool core_is_leased(const core *c, uint32_t by, const core_task_id *id, uint64_t attempt);

/* Walks through all that the core knows between two events: STATUS_CORRUPT, with a message that says what is
 * wrong, when one of the invariants above does not hold.  For tests and debug builds: it takes as long as
 * there are tasks. */
status core_check(const core *c, error *err) MUST_USE;
size_t core_blobs(const core *c); /* that the core has and will release */

/* ---- For listings and tests ------------------------------------------------------------------------ */

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
