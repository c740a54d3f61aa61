/* The inside of the broker's core: workers, jobs, their trees of tasks.  For the core's own files only.
 *
 * A node of a tree is in one list at a time: READY in one of its job's, RUNNING in its worker's
 * `running`, DONE with a partial that stays in its keeper's `keeps`.  Only tree.c changes a node. */
#ifndef CANVASS_BROKER_CORE_CORE_INSIDE_H
#define CANVASS_BROKER_CORE_CORE_INSIDE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/array.h"
#include "broker/core/chain.h"
#include "broker/core/core.h"
#include "broker/core/votes.h"

enum {
  CORE_LEVELS_MAX = 12, /* 8 to the 11th runs of shards are more than 32 bits can count */
  CORE_BUCKETS = 1024,  /* ten jobs or workers each at most; ticks and checks walk through all of them */
  CORE_TAG_SHIFT = 8,   /* an attempt's number: a digest of its inputs, and a count in the low bits */
  CORE_FAILED_ON_MAX = CORE_FAILURES_MAX - 1,
  CORE_DIED_MAX = 8, /* lost workers of a task that are remembered, should they be heard from again */
};

typedef struct job job;
typedef struct worker worker;
typedef struct suspicion suspicion;
typedef struct stray stray;
typedef struct verdict verdict;

/* ---- Nodes ----------------------------------------------------------------------------------------- */

typedef enum node_state {
  NODE_IDLE,    /* not needed: its result is contained in another partial */
  NODE_BLOCKED, /* waits for partials of the level below */
  NODE_READY,
  NODE_RUNNING,
  NODE_DONE, /* with a blob: present; without one: merged since */
} node_state;

typedef struct node {
  chain in;
  job *owner;
  worker *at; /* RUNNING: the worker that has it; DONE: the one that keeps the partial, or NULL */
  core_blob blob;
  digest content; /* of its result, if has_content */
  uint32_t index;
  uint64_t attempt;   /* the last that was sent */
  uint32_t tag;       /* of what it was made: of the last sending, or of the result; 0: unknown */
  voter maker;        /* who gave the result */
  core_states states; /* a leaf's of its last result, or a restored merge's; see counts.c */
  uint32_t home;      /* READY leaves: which of the job's homes */
  uint64_t failed_on[CORE_FAILED_ON_MAX];
  voter final_by;       /* if is_final: who */
  suspicion *suspicion; /* workers were lost that had it; NULL: none */
  stray *strays;        /* who else has it, and takes too long */
  verdict *verdict;     /* it may end its job soon; NULL: no */
  uint64_t sent_ms;
  uint8_t level;
  uint8_t state;
  uint8_t failures, losses;
  uint8_t copies; /* strays that it had because its time was up; at least 1 if it had any */
  bool is_final;  /* a worker said that no retry helps, and nobody has confirmed it */
  bool sent_twice;
  bool has_content;
  bool picky;          /* READY: in the job's list of those that only some workers may run */
  bool kept;           /* its result is on disk */
  bool disputed;       /* two workers disagree; see disputes.c */
  bool counted;        /* a leaf: its rows are in rows_done */
  bool stands_for_all; /* a merge: STATES are those of all leaves below it */
} node;

/* A task with which workers were lost; see suspects.c. */
struct suspicion {
  chain all;     /* in core.suspects */
  chain waiting; /* in core.alone: is READY, and is to run alone */
  node *of;
  uint32_t deaths;
  uint64_t died[CORE_DIED_MAX]; /* the last of them */
  bool alone;
  worker *reserved; /* for it alone: until it is idle, and while it runs it */
};

/* A lease past its budget, of a task that is assigned to another worker as well; see overdue.c. */
struct stray {
  stray *next; /* of the node */
  chain in;    /* in at.strays */
  node *of;
  worker *at;
  bool alone;          /* it runs with nothing beside it */
  uint64_t sent_ms;    /* when the task was sent */
  uint64_t due_ms;     /* when its budget ended */
  uint64_t expires_ms; /* nothing is expected of it any more */
};

/* A failure that will end the job; see verdicts.c. */
struct verdict {
  chain all; /* in core.verdicts */
  node *of;
  uint64_t due_ms;
  bool is_poison; /* workers were lost with it: it runs nowhere until then */
  error why;      /* if it is not, */
  digest lost;    /* and the blob that was not to be had, or read; all zero: none */
};

/* How long tasks of one kind took in this stage: a ring. */
typedef struct pace {
  uint32_t took_ms[CORE_PACE_MAX];
  uint32_t count;
  uint64_t median_ms; /* 0: too few are known */
} pace;

/* A MAP's shards: from FIRST up to the next run's. */
typedef struct run {
  uint32_t first;
  uint64_t rows;
} run;

/* Leaves that wait for one worker, because it holds their shards; number 0: no worker. */
typedef struct home {
  chain leaves;
  uint32_t count;
  uint32_t holder; /* see holdings.c */
} home;

/* ---- Workers --------------------------------------------------------------------------------------- */

struct worker {
  chain room; /* in core.with_room */
  chain running, keeps;
  uint32_t peer;
  voter by; /* its process, or its peer number when that is unknown */
  uint32_t capacity, running_count;
  uint32_t owed; /* tasks that it was sent and has not answered, also those that nobody wants any more */
  size_t index;  /* in core.workers */
  uint32_t slot;
  bool has_room;
  bool set_aside;
  suspicion *reserved_for; /* it gets nothing else */
  chain strays;
  uint32_t strays_count; /* they occupy room, */
  bool strays_alone;     /* and one of them all of it */
  uint64_t races_lost;   /* tasks that others finished, after its own time was up */
  uint32_t races_in_row;
  bool pauses;
  bool is_uninvited; /* it gave results of tasks that were not its own, and that was told */
  uint64_t pauses_until_ms;
  uint64_t heard_ms, tasks_done, shards_held;
  digest fingerprint;
};

/* What the core knows of a peer: a worker, a watcher, or a worker that fell silent. */
typedef struct peer {
  struct peer *next; /* in its bucket */
  uint32_t number;
  worker *worker;
  chain watches;
  voter by;    /* see worker */
  bool silent; /* was a worker, and is one again when heard from */
  digest fingerprint;
} peer;

typedef struct watch {
  chain of_job, of_peer;
  job *job;
  peer *peer;
} watch;

/* ---- Jobs ------------------------------------------------------------------------------------------ */

/* Jobs of one priority, and among them those that have tasks to assign, in the order of their turns. */
typedef struct rank {
  struct rank *next; /* of lower priority */
  uint32_t priority;
  uint32_t jobs;
  chain turns;
} rank;

struct job {
  job *next;         /* in its bucket */
  job *next_dropped; /* pending actions may point to its shards */
  rank *rank;
  chain turn;    /* in rank.turns when a task can be assigned */
  chain watched; /* in core.watched when it has watchers */
  chain stuck;   /* in core.stuck when no worker may run what is ready */
  chain watches;
  uint32_t watches_count;
  core_job_id id;
  uint32_t priority;
  bool is_running, read;
  bool restored;           /* the makers of its results are unknown */
  uint32_t restored_stage; /* copies of its tasks may be in flight */
  core_blob plan, program, spec, manifest, first_program, state;
  uint32_t stage;
  bool keeps;     /* this stage's results are kept, and STATE is the report */
  digest content; /* of {program, state}, or at stage 0 of {plan, program}; see core.h */
  digest plan_content;
  core_shard *shards;
  uint32_t shards_count;
  const core_shard *blamed; /* of the task that ends the job */
  uint32_t blamed_count;
  /* Shards that it goes on without. */
  bool may_lose;
  bool lost_late;   /* earlier stages counted some of them */
  lost_shard *lost; /* ascending */
  uint32_t lost_count;
  size_t lost_capacity;
  uint64_t rows_lost;
  uint64_t rows_done, rows_total;
  uint32_t leaves_done;
  core_states before;   /* of the stages that have passed, */
  core_states in_stage; /* and of this one's leaves */
  uint64_t tell_ms;     /* watchers are not notified before */
  bool untold;
  bool has_fingerprint;
  digest fingerprint;
  bool has_bad_kind; /* no worker of that kind could do a STEP */
  digest bad_kind;
  /* Tasks past their budget that only one worker could run, when that was last checked. */
  uint64_t held_ms, held_since_ms;
  uint32_t held_count, held_by;
  core_wait_kind told_wait;  /* watchers know */
  uint64_t strange_since_ms; /* its STEP waits, and all workers have other fingerprints; 0: no */
  /* The stage's tasks. */
  bool is_built;
  run *runs; /* one more than leaves */
  node *levels[CORE_LEVELS_MAX];
  uint32_t counts[CORE_LEVELS_MAX];
  uint32_t levels_count;
  node special; /* STEP, or before the stages PLAN or READ */
  uint32_t ready_count, running_count;
  pace paces[2]; /* of MAPs and REDUCEs */
  chain picky;   /* READY nodes that only some workers may run */
  chain reduces; /* READY nodes above the leaves */
  home *homes;
  uint32_t homes_count;
  uint64_t homed_ms;
  /* Against odd workers. */
  dispute *disputes;
  past_result *past;
  size_t past_count;
  voter planner;                    /* maker of the plan */
  voter stepper;                    /* of program and state, after the first stage, */
  uint32_t stepper_tag;             /* from those inputs */
  digest refuted[CORE_REFUTED_MAX]; /* what was called unreadable and made alike once more: a ring */
  uint32_t refuted_count;
  /* Bounds. */
  uint64_t timeout_ms, deadline_ms; /* 0: none */
  uint64_t attempts;                /* tasks of this stage that were given out */
  uint32_t restarts;
  /* Of these: its STEP outlived its budget, and nobody else of its kind was there. */
  uint32_t step_restarts;
  uint32_t repeats;      /* the stage that an earlier one was, too; 0: none */
  digest *past_contents; /* of the stages, since it last started again */
  size_t past_contents_count, past_contents_capacity;
  uint64_t *past_makers; /* whose results are in PROGRAM and STATE, sorted */
  size_t past_makers_count, past_makers_capacity;
};

/* ---- The core -------------------------------------------------------------------------------------- */

typedef struct holding {
  uint64_t prefix;
  uint32_t holders[CORE_HOLDERS_MAX]; /* filled from the front; 0: none */
} holding;

struct core {
  uint64_t now_ms;
  core_actions *out;  /* receives what must be kept at once, */
  core_actions later; /* and this at the end of the step */
  arena *lent;        /* blobs of actions */
  bool out_of_memory;
  uint64_t answers_due, answers_given; /* invariant 8 */
  /* Jobs. */
  job *jobs[CORE_BUCKETS];
  size_t jobs_count;
  job *dropped;
  rank *ranks;
  uint32_t turns_count; /* jobs in turns */
  bool
      placing_is_cut; /* jobs or tasks were left for the next event, so that this one did not take too long */
  chain watched, stuck;
  uint64_t stuck_checked_ms;
  /* Peers. */
  peer *peers[CORE_BUCKETS];
  worker *workers[CORE_WORKERS_MAX];
  size_t workers_count;
  chain with_room;
  bool has_trusts, has_hosts; /* not all workers have one trust, or machine */
  uint64_t joins_count;       /* that ever were */
  size_t tasks_running;
  uint32_t deaths_max;
  uint64_t confirm_ms;
  bool is_verified;
  uint8_t secret[CORE_SECRET_BYTES];
  chain suspects, alone, verdicts;
  uint32_t reserved_count;
  uint64_t overdue_checked_ms, bounds_checked_ms;
  uint64_t *aside; /* whose results were odd */
  size_t aside_count, aside_capacity;
  /* Shards. */
  worker *slots[CORE_WORKERS_MAX];
  uint32_t slots_generation[CORE_WORKERS_MAX];
  uint32_t slots_next;
  uint32_t homes_of_slots[CORE_WORKERS_MAX]; /* scratch */
  holding *holdings;
  size_t holdings_count, holdings_capacity;
  uint64_t holders_count;   /* existing ones, of all shards */
  uint64_t held_changed_ms; /* a worker that holds shards joined */
  bool held_ever;
};

/* actions.c: what must be kept precedes everything else of the step. */
void core_keep(core *c, const core_action *action);
void core_act(core *c, const core_action *action);
void core_flush(core *c);
void core_release(core *c, core_blob *blob);         /* 0: nothing; sets it to 0 */
void core_release_all(core *c, const core_event *e); /* a result's */
/* A copy that lasts as long as actions do. */
const core_blob *core_lend(core *c, const core_blob *blobs, size_t count);

/* peers.c */
peer *peer_find(const core *c, uint32_t number);
worker *peer_worker(const core *c, uint32_t number); /* NULL: none */
void peer_joins(core *c, const core_event *e);
void peer_heard(core *c, const core_event *e);
void peer_leaves(core *c, uint32_t number, bool in_order);
void peer_watches(core *c, const core_event *e);
voter peer_voter(const core *c, uint32_t number);
uint32_t peer_of_voter(const core *c, uint64_t who); /* one of its peers that is a worker; 0: none */
void peer_set_aside(core *c, uint64_t who);
bool peer_is_aside(const core *c, uint32_t number);
void workers_lose_silent(core *c);
void worker_set_capacity(core *c, worker *w, uint32_t capacity);
void worker_update_room(core *c, worker *w);
bool worker_accepts(const worker *w);  /* whether or not it has room */
bool worker_may_take(const worker *w); /* sooner or later: not all of its room is held by overdue tasks */
bool worker_has_room(const worker *w);
void watch_end(core *c, watch *w);
void peers_free(core *c);

/* holdings.c: which workers hold a shard, as far as known.  It is a hint, and may be wrong. */
uint32_t holder_of(const core *c, const worker *w);
worker *holder_worker(const core *c, uint32_t holder); /* NULL: gone */
void holdings_add(core *c, uint64_t prefix, worker *w);
/* W has lost its slot: frees memory that only its shards used. */
void holdings_lose(core *c, const worker *w);
void holdings_add_run(core *c, const job *j, uint32_t leaf, worker *w);
/* The job's homes from its leaves that are ready. */
void homes_assign(core *c, job *j);

/* tree.c */
bool tree_build(core *c, job *j);
void tree_clear(core *c, job *j); /* releases everything, including leases */
node *tree_find(job *j, uint64_t task);
uint64_t node_task(const node *n);
core_work node_work(const node *n);
const char *task_work_name(const job *j, uint32_t stage, uint64_t task);
bool node_is_present(const node *n); /* its partial exists */
bool node_is_needed(const node *n);
node *node_parent(const node *n);
node *node_children(const node *n, uint32_t *count);
uint32_t node_tag(const job *j, const node *n); /* of its inputs, which are present */
bool node_may_compute(const node *n);           /* all its inputs are present */
/* An attempt has, from the low bits: a count, the tag of the inputs, and a seal of whom it was given to. */
uint32_t attempt_tag(uint64_t attempt);
bool attempt_is_of(const core *c, const core_task_id *id, uint64_t attempt, voter by);
void node_run(core *c, node *n, worker *w);
void node_requeue(core *c, node *n); /* RUNNING before */
void node_stop(core *c, node *n);    /* READY or RUNNING before: leaves its list; its state is to be set */
void node_finish(core *c, node *n, core_blob blob, const digest *content, worker *keeper, bool kept);
void node_lose(core *c, node *n); /* its partial is gone */
void node_void(core *c, node *n); /* its result does not count, nor anything made from it */
void node_wait(core *c, node *n); /* not READY, not RUNNING: READY or BLOCKED, depending on its inputs */

/* suspects.c */
bool node_is_alone(const node *n); /* is to run with nothing beside it */
bool node_is_picky(const node *n); /* only some workers may run it */
/* W is lost without having taken its leave, and had N, alone or not. */
void suspect_died(core *c, node *n, const worker *w, bool was_alone);
bool suspect_runs_alone(const node *n);
void suspects_returned(core *c, uint64_t who); /* that process lives */
void suspect_reserve(core *c, node *n, worker *w);
void suspect_unreserve(core *c, node *n);
void suspect_forget(core *c, node *n);
/* Too many workers were lost at N: its job goes on without its shards, or ends. */
void suspect_condemn(core *c, node *n);

/* verdicts.c */
/* WHY ends N's job after FOR_MS unless N is done by then, or the job goes on without the shard LOST (NULL:
 * it is about none).  WHY is NULL: the workers that were lost with N. */
void verdict_await(core *c, node *n, uint64_t for_ms, const error *why, const digest *lost);
void verdict_forget(node *n);
bool verdict_holds(const node *n); /* it runs nowhere */
void verdicts_check(core *c);

/* overdue.c */
uint64_t budget_of(const node *n);       /* what it may take, from when it was sent */
uint64_t first_budget_of(const node *n); /* what it may take when it has not been given to several */
/* A result of N has come from a worker that got it at SENT_MS. */
void pace_add(core *c, node *n, uint64_t sent_ms);
bool stray_is_at(const node *n, const worker *w);
bool stray_may_answer(const core *c, const node *n); /* one is not yet overdue by as much as its budget */
void stray_answered(core *c, node *n, uint32_t by);  /* that peer has it no more */
void stray_gave(core *c, node *n, uint32_t by);      /* the same, with a result */
void strays_drop(core *c, node *n);
void strays_leave(core *c, worker *w, bool is_blameless);
void strays_settle(core *c, node *n, uint64_t winner); /* others that were late have lost */
void worker_in_time(core *c, worker *w);
/* It has lost races, or holds overdue tasks. */
bool worker_is_doubtful(const core *c, const worker *w);
bool node_has_another(const core *c, const node *n); /* worker, who could run it too */
void overdue_check(core *c);

/* bounds.c */
void bounds_enter_stage(core *c, job *j); /* with J's new content */
void bounds_start_again(job *j);
void bounds_free(job *j);
void bounds_check(core *c);

/* waits.c */
core_wait job_waits(const core *c, const job *j);
void jobs_check_waits(core *c); /* tells watchers of a change */

/* counts.c */
void counts_accept(node *n, const core_states *said);  /* SAID with the result */
core_states counts_below(const node *n);               /* of all leaves below it, itself included */
void counts_restore(node *n, const core_states *kept); /* of those together */
core_states counts_of(const job *j);

/* job.c */
job *job_find(const core *c, const core_job_id *id);
void job_submit(core *c, const core_event *e);
void job_restore(core *c, const core_event *e);
void job_restore_result(core *c, const core_event *e);
void job_update_turn(core *c, job *j);
void job_end(core *c, job *j, const error *failure);
void job_report(core *c, job *j, const core_event *e);
void job_give_rows(core *c, job *j); /* ends a job, all of whose rows are there */
void job_next_stage(core *c, job *j, const core_event *e);
void job_planned(core *c, job *j, const core_event *e);
void job_restart_stage(core *c, job *j);
void job_restart(core *c, job *j, bool plan_too); /* from its first stage */
void job_tell(core *c, job *j);                   /* now, or soon when they were notified a moment ago */
void job_tell_one(core *c, job *j, uint32_t to, uint64_t request);
core_job_view job_view(const core *c, const job *j);
void jobs_tell_untold(core *c);
void job_note(core *c, const job *j, uint32_t about, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void jobs_free(core *c);
void jobs_free_dropped(core *c);

/* results.c */
void take_result(core *c, const core_event *e);
void take_failure(core *c, const core_event *e);
void result_accept(core *c, job *j, node *n, const core_event *e);
/* A failure of the task itself, which a retry may cure; the third ends the job.  N was RUNNING.  LOST: the
 * blob that was not to be had, or read; NULL: none. */
void task_fault(core *c, node *n, uint32_t by, const error *failure, const digest *lost);
bool task_try_other_kind(core *c, const node *n);

/* disputes.c */
dispute *dispute_find(const job *j, uint32_t stage, uint64_t task);
void dispute_open(core *c, job *j, node *n, const core_event *e);
/* A copy of a result of a stage that has passed. */
void dispute_past(core *c, job *j, const core_event *e);
void dispute_vote(core *c, job *j, node *n, const core_event *e);
/* The first of two results that must agree. */
void dispute_verify(core *c, job *j, node *n, const core_event *e);
bool dispute_may_run(const dispute *d, const worker *w);
bool dispute_is_decided(const dispute *d, const digest *content);
dispute *dispute_add(core *c, job *j, const dispute *of);
void dispute_forget(job *j, dispute *d);
/* Keeps what later copies are compared with, and its maker, before the stage is freed. */
void past_remember(core *c, job *j);
void past_clear(job *j);
void dispute_give_up(core *c, job *j, const dispute *d); /* its job ends */

/* thirds.c */
bool dispute_has_voter(const core *c, const dispute *d, const node *n); /* a worker whose vote may come */
void disputes_check(core *c);

/* accusations.c */
/* A worker that has N says that it cannot read one of its blobs.  False: that is to be taken for a failure of
 * N. */
bool accuse(core *c, node *n, const core_event *e);
void accusation_refuted(job *j, const digest *content);

/* placement.c */
/* A worker that answers, as far as is known, could run it at once. */
bool node_has_room(const core *c, const node *n);
bool node_has_heir(const core *c, const node *n);  /* another worker may run it sooner or later */
bool node_has_other(const core *c, const node *n); /* worker that may run it, where it has not failed */
bool job_has_kind_besides(const core *c, const digest *kind);
void placement_run(core *c);
/* A worker has room for a task of J that it may run: placement_run gives it out, unless it is cut. */
bool placement_finds(const core *c, const job *j);
void placement_check_stuck(core *c);

#endif
