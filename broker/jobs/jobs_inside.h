/* Jobs behind their handle, for their own files: submission.c, inquiries.c and results.c take messages,
 * recovery.c reads the ledger; all feed the core (jobs.c).  records.c writes what it wants kept, replies.c
 * what it wants sent. */
#ifndef CANVASS_BROKER_JOBS_JOBS_INSIDE_H
#define CANVASS_BROKER_JOBS_JOBS_INSIDE_H

#include "broker/jobs/endings.h"
#include "broker/jobs/jobs.h"

/* Unfinished jobs that the ledger had at the start, in the order of their submission. */
typedef struct backlog_job {
  core_job_id id;
  bool is_restored;
} backlog_job;

typedef struct backlog {
  backlog_job *at;
  size_t count, next; /* from NEXT on they wait to be restored, */
  size_t left;        /* so many of them: some were needed before their turn */
} backlog;

struct jobs {
  host *host;
  peers *peers;
  blobs *blobs;
  catalog *catalog;
  vault *vault; /* NULL, as the ledger: nothing is kept */
  ledger *ledger;
  core *core;
  core_actions actions;
  uint64_t ticked_ms;
  endings endings; /* without a ledger */
  backlog backlog;
};

/* ---- records.c */
bool records_handle(core_action_kind kind);
void records_write(jobs *all, const core_action *a);
/* A failure that names a task's shards names their files too: before the job's record is written. */
void records_name_files(jobs *all, core_action *a);
/* Counts the references of all blobs of a job's record up or down; not those of its dataset's shards. */
status records_refer(jobs *all, const ledger_job *j, error *err) MUST_USE;
void records_release(jobs *all, const ledger_job *j);

/* ---- recovery.c */
/* A peer speaks of the job ID: if it waits to be restored, it is now. */
void recovery_need(jobs *all, const core_job_id *id);

/* ---- replies.c */
/* How a job ended: its report, which is under HANDLE.  REQUEST may be NULL. */
void replies_report(jobs *all, const peer *to, const uint64_t *request, const core_job_id *job,
                    core_states states, core_blob handle);
void replies_ended(jobs *all, const peer *to, const uint64_t *request, const core_job_id *job,
                   core_states states, const error *failure);
void replies_progress(jobs *all, const peer *to, const uint64_t *request, const core_job_view *view);

#endif
