/* A miniature cluster for tests of the broker's core: a shell with a disk, of which a crash leaves only what
 * was committed; workers, which live and die separately; and blobs, which are numbers.
 *
 * What a task gives is computed from the numbers, so that every report can be compared with the one right
 * answer: MAP adds up a mixture of each shard and the program, REDUCE adds, STEP mixes the sum, the state and
 * the worker's fingerprint into the next program and state or the report.  Whoever counted a shard twice or
 * not at all, or mixed stages or fingerprints, gets another number.  ROWS is a MAP of what the last STEP
 * gave; the job's rows are a mixture of all of them in their order. */
#ifndef CANVASS_TESTS_BROKER_CORE_SIM_H
#define CANVASS_TESTS_BROKER_CORE_SIM_H

#include "broker/core/core.h"
#include "tests/seeded.h"

enum {
  SIM_WORKERS = 8,
  SIM_JOBS = 8,
  SIM_SHARDS = 400,
  SIM_BLOBS = 120000,
  SIM_TASKS = 8000,
  SIM_OUTBOX = 512,
  SIM_RESULTS = 1024,
  SIM_WATCHES = 32,
  SIM_INPUTS = 4 + CORE_FAN_IN,
  SIM_GARBAGE = 4096,
};

typedef struct sim_blob {
  bool live;
  uint64_t value;
  uint32_t keeper; /* of a partial that stays: the process; 0: the broker has it */
} sim_blob;

/* What the disk has of a result. */
typedef struct sim_record {
  uint32_t stage;
  uint64_t task;
  uint64_t value;
  digest content;
  core_states states;
  uint64_t turn; /* in which it was kept */
} sim_record;

typedef struct sim_job {
  /* As it was submitted. */
  uint32_t priority, stages;
  uint64_t timeout_ms, submitted_ms;
  bool read, planned;
  bool may_lose; /* shards */
  bool rows;     /* come back */
  core_shard shards[SIM_SHARDS];
  uint32_t shards_count;
  unsigned stay_percent; /* of its partials */
  /* On disk. */
  bool kept, ended;
  bool keeps;        /* the results of its stage */
  uint64_t rows_mix; /* of the rows that it ended with; 0: none */
  uint64_t ended_turn;
  uint64_t plan, program, spec, manifest, first_program, state, report;
  status failure; /* STATUS_OK: the report is there */
  char message[1024];
  uint32_t stage;
  digest content, fingerprint;
  core_states states;
  sim_record records[SIM_RESULTS];
  size_t records_count;
  bool keeps_may_lose, lost_late;
  lost_shard lost[SIM_SHARDS];
  uint32_t lost_count;
  unsigned notes;
  uint32_t note_about; /* the last one */
  char note[1024];
  /* What the cluster did. */
  bool submitted, cancelled;
  uint64_t sent[CORE_WORKS]; /* tasks */
} sim_job;

/* A task at a worker; also what is needed to answer it again. */
typedef struct sim_task {
  uint32_t process, peer;
  core_task_id id;
  uint64_t attempt;
  core_work work;
  uint64_t inputs[SIM_INPUTS];
  uint32_t keepers[SIM_INPUTS];
  uint32_t inputs_count;
  uint64_t shards_sum; /* of a MAP or ROWS */
  uint32_t shards_count;
  bool is_deadly; /* the cluster's deadly shard is among them */
  bool lacks_one; /* or the one that nobody has: */
  digest lacking;
  uint64_t lost_mix; /* of a STEP: what it was told of lost shards */
  uint32_t lost_count;
  uint64_t done_ms; /* in histories: when its worker will answer; 0: not decided yet */
} sim_task;

typedef struct sim_result {
  sim_task of;
  uint64_t values[2];
  uint32_t count;
  bool stays, keeps;
  core_states states;
} sim_result;

typedef struct sim_worker {
  bool alive;
  uint32_t process; /* another one each time it is started */
  uint32_t peer;    /* 0: not connected */
  uint32_t capacity, fingerprint;
  uint64_t trust, seat, host;
  sim_result outbox[SIM_OUTBOX]; /* not taken yet */
  size_t outbox_count;
  uint64_t held[SIM_SHARDS * 2];
  size_t held_count;
  uint64_t kept[SIM_RESULTS]; /* partials */
  size_t kept_count;
} sim_worker;

typedef struct sim_watch {
  uint32_t peer;
  int job;
  bool waits, gone, told;
  uint64_t told_ms;
} sim_watch;

typedef struct sim {
  seeded random;
  uint64_t seed;
  bool tells; /* notes of jobs, on standard output */
  core *core;
  core_actions actions;
  uint64_t now_ms, turn;
  uint32_t last_peer, last_process;
  uint32_t losses_max; /* of every core; 0: the default */
  bool is_verified;    /* every core */
  /* The name's beginning of a shard that is so from that stage on; 0: none. */
  uint64_t deadly, gone;
  uint32_t deadly_from, gone_from;
  sim_blob *blobs; /* at most SIM_BLOBS; blob N is the one before place N */
  size_t blobs_count, blobs_capacity, blobs_live;
  sim_job jobs[SIM_JOBS];
  sim_worker workers[SIM_WORKERS];
  sim_task *tasks; /* at most SIM_TASKS */
  size_t tasks_count, tasks_capacity;
  sim_watch watches[SIM_WATCHES];
  size_t watches_count;
  unsigned local, elsewhere; /* MAPs of shards that somebody held */
  unsigned set_aside, crashes;
  unsigned quiet;                /* events in a row that led to nothing, up to the last one */
  uint64_t garbage[SIM_GARBAGE]; /* values that nobody can read */
  size_t garbage_count;
  uint32_t refused_request;
  status refused;
} sim;

sim *sim_new(uint64_t seed);
void sim_tolerate(sim *s, uint32_t losses); /* of workers with a task, before it runs alone */
void sim_verify(sim *s, bool is_verified);  /* results count when two keys gave them */
void sim_free(sim *s);
uint64_t sim_below(sim *s, uint64_t count);
bool sim_chance(sim *s, unsigned percent);
_Noreturn void sim_fail(const sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- The shell (core_sim_shell.c) */
core_blob sim_blob_new(sim *s, uint64_t value, uint32_t keeper);
digest sim_content(const uint64_t *values, uint32_t count);
uint64_t sim_rows_mix(uint64_t before, uint64_t part); /* one part after the other */
digest sim_fingerprint(uint32_t fingerprint);
core_job_id sim_job_id(int job);
/* One event; what it leads to waits for sim_turn. */
void sim_feed(sim *s, const core_event *e);
/* Commits, and carries out. */
void sim_turn(sim *s);
/* The parts of a turn, for crashes in the middle of it. */
void sim_commit(sim *s);
void sim_carry_out(sim *s, const core_action *a);
/* The rows of a job that ends must be those on the disk, one for each leaf. */
void sim_keep_rows(sim *s, sim_job *j, const core_end *end);
/* Of the next broker, which knows nothing yet. */
void sim_start_core(sim *s);
const sim_record *sim_record_find(const sim_job *j, uint32_t stage, uint64_t task);
/* The leaves of the job's tree, computed without the core. */
uint32_t sim_leaves(const sim_job *j);

/* ---- Crashes (core_sim_crash.c) */
typedef enum sim_crash { SIM_CRASH_BEFORE_COMMIT, SIM_CRASH_AFTER_COMMIT, SIM_CRASH_WHILE_SENDING } sim_crash;
/* The broker dies, starts again, and resumes from the disk; no peer is connected. */
void sim_crash_broker(sim *s, sim_crash when);

/* ---- The cluster (core_sim_cluster.c) */
uint64_t sim_mix(uint64_t a, uint64_t b);
uint64_t sim_shards_sum(const core_shard *shards, uint32_t count, uint64_t program);
uint64_t sim_shard_value(const core_shard *shard); /* its name's beginning */
uint64_t sim_lost_mix(const lost_shard *lost, uint32_t count);
/* The leaf of shard NUMBER: its shards are from *FIRST up to *END. */
void sim_leaf_of(const sim_job *j, uint32_t number, uint32_t *first, uint32_t *end);
/* Submits job JOB, which was described in s->jobs. */
void sim_submit(sim *s, int job);
/* Draws J's priority, its number of stages and which of the other tasks it has. */
void sim_draw_course(sim *s, sim_job *j);
/* COUNT shards of ROWS rows each; 0: of any number. */
void sim_shards(sim *s, int job, uint32_t count, uint32_t rows);
/* What the MAPs of all its stages computed and had, each counted once, as in an undisturbed cluster. */
core_states sim_states(const sim_job *j);
bool sim_same_states(const core_states *a, const core_states *b);
/* Ended with the one right report, and rows, of one fingerprint. */
bool sim_is_right(const sim *s, int job);
void sim_start_worker(sim *s, int worker, uint32_t capacity, uint32_t fingerprint);
void sim_connect(sim *s, int worker);
void sim_disconnect(sim *s, int worker); /* the process goes on */
void sim_kill(sim *s, int worker);
void sim_leave(sim *s, int worker);                  /* takes its leave, and ends */
sim_worker *sim_worker_of(sim *s, uint32_t process); /* NULL: dead */
/* A worker's answer to the task; false: an input is gone, and *LOST says which. */
bool sim_compute(sim *s, const sim_task *t, sim_result *out, digest *lost);
/* A value that no task can use: whoever reads it says so. */
uint64_t sim_garbage(sim *s);
/* 1 + which of the task's inputs is garbage; 0: none. */
uint32_t sim_unreadable(const sim *s, const sim_task *t);
/* Says of input UNREADABLE - 1 that it cannot be read. */
void sim_accuse(sim *s, const sim_task *t, uint32_t unreadable);
/* The worker has the task's shards from now on, and its partial when that stays; the result is resent until
 * it is taken. */
void sim_remember(sim *s, const sim_result *r);
/* Takes the task out of the list, computes, gives the answer. */
void sim_work(sim *s, size_t task);
void sim_answer(sim *s, const sim_result *r, uint32_t peer);
void sim_report_failure(sim *s, const sim_task *t, status code, const digest *lost);
/* Works off everything, turn by turn. */
void sim_work_all(sim *s);
void sim_wait(sim *s, uint64_t ms); /* ticks, with signs of life of all workers */

/* ---- Scenes (core_sim_scene.c); what changes something ends with a turn */
/* Starts a worker and connects it. */
void sim_join(sim *s, int worker, uint32_t capacity, uint32_t fingerprint);
/* The same for workers 0 to WORKERS - 1, all of fingerprint 0. */
void sim_join_all(sim *s, int workers, uint32_t capacity);
/* Submits JOB over new shards, with a MAP for each. */
void sim_begin(sim *s, int job, uint32_t maps);
/* A new simulator with such workers and job 0. */
sim *sim_with_workers(uint64_t seed, int workers, uint32_t capacity, uint32_t maps);
/* The place of the first task that WORKER has; s->tasks_count: it has none. */
size_t sim_task_of(const sim *s, int worker);
/* Takes a task out of the list, so that nobody works on it. */
sim_task sim_take_task(sim *s, size_t at);
/* The connection of WORKER breaks, and its first task goes to another; returns its own copy. */
sim_task sim_hand_over(sim *s, int worker);
/* Works off the first task of the list, again and again. */
void sim_work_first(sim *s, int times);
/* The worker that has T gives its result, with the bits of WRONG_BY altered. */
void sim_give(sim *s, const sim_task *t, uint64_t wrong_by);
/* The same over another connection. */
void sim_give_as(sim *s, const sim_task *t, uint32_t peer, uint64_t wrong_by);
int sim_worker_at(const sim *s, uint32_t peer); /* -1: none */
bool sim_is_aside(const sim *s, int worker);
core_worker_view sim_view_worker(const sim *s, int worker);
core_job_view sim_view_job(const sim *s, int job);
uint64_t sim_sheet_of(uint64_t report); /* what ROWS are given */
uint64_t sim_expected_rows(const sim_job *j, uint64_t report);

#endif
