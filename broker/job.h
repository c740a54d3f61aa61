/* A job in the broker's core: its stage, its shards in runs, its tasks and partials.  For core.c alone. */
#ifndef CANVASS_BROKER_JOB_H
#define CANVASS_BROKER_JOB_H

#include "broker/core.h"

/* A task lives from its making to its first valid result. */
typedef struct task {
  struct task *next;
  uint64_t id;
  core_work work;
  uint32_t attempt; /* how often it was sent */
  uint32_t failures;
  uint32_t peer; /* the worker that has it; 0: waiting */
  uint32_t first_shard, shards_count;
  uint64_t rows;
  core_blob partials[CORE_FAN_IN];
  uint32_t partials_count;
} task;

typedef struct job {
  struct job *next_dropped; /* see core.c */
  core_job_id id;
  uint32_t client; /* peer */
  uint32_t priority;
  core_blob plan, program, state;
  uint32_t stage;
  core_shard *shards;
  uint32_t shards_count;
  uint32_t next_shard; /* the first that no MAP task of this stage has */
  bool mapped;         /* all MAP tasks of this stage were made */
  uint64_t rows_done, rows_total;
  core_states states;
  task *tasks;
  core_blob *partials; /* finished, not yet in a task */
  size_t partials_count, partials_capacity;
  bool stepping;
  bool passed_over; /* in this turn of the scheduler */
  bool has_fingerprint;
  digest fingerprint;
} job;

job *job_new(const core_event *submitted); /* NULL when out of memory */
void job_destroy(job *j);
/* A task that lost its worker or failed; NULL when none waits. */
task *job_waiting_task(const job *j);
/* Makes the next task of the stage; NULL when there is none to be made now (or no memory). */
task *job_make_task(job *j, uint64_t id, bool *out_of_memory);
bool job_has_work(const job *j);
task *job_find_task(const job *j, uint64_t id);
void job_remove_task(job *j, task *t);
void job_requeue_of_peer(job *j, uint32_t peer);
bool job_add_partial(job *j, core_blob partial);
void job_next_stage(job *j, core_blob program, core_blob state);

#endif
