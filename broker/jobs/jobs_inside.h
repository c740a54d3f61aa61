/* What the files of this module share.  submission.c, inquiries.c and results.c handle messages, recovery.c
 * reads the ledger; all of them feed the core (jobs.c).  records.c writes what the core wants kept, replies.c
 * sends what it wants sent. */
#ifndef CANVASS_BROKER_JOBS_JOBS_INSIDE_H
#define CANVASS_BROKER_JOBS_JOBS_INSIDE_H

#include "broker/jobs/endings.h"
#include "broker/jobs/jobs.h"

/* The unfinished jobs of the ledger at the start, in the order of their submission. */
typedef struct backlog_job {
  core_job_id id;
  bool is_restored;
} backlog_job;

typedef struct backlog {
  backlog_job *at;
  size_t count, next; /* those from NEXT on wait to be restored, */
  size_t left;        /* LEFT of them, because some were needed before their turn */
} backlog;

struct jobs {
  host *host;
  peers *peers;
  blobs *blobs;
  catalog *catalog;
  vault *vault; /* NULL, like the ledger, for a broker that keeps nothing */
  ledger *ledger;
  core *core;
  core_actions actions;
  uint64_t ticked_ms;
  endings endings; /* used without a ledger */
  backlog backlog;
};

/* ---- records.c */
bool records_handle(core_action_kind kind);
void records_write(jobs *all, const core_action *a);
/* Adds to a failure or note that names shards their files, before the job's record is written. */
void records_name_files(jobs *all, core_action *a);
/* Counts references to all blobs of a job's record up or down, but not to its dataset's shards. */
status records_refer(jobs *all, const ledger_job *j, error *err) MUST_USE;
void records_release(jobs *all, const ledger_job *j);

/* ---- rows.c */
/* Whether results of J's STAGE are kept: then the ledger has their names. */
bool rows_are_kept(const ledger_job *j, uint32_t stage);
/* The blob that a kept result is; false: the record does not name one. */
bool rows_part_name(slice partial, ledger_blob *out);
/* R without its partial, which is PART. */
status rows_keep_part(jobs *all, const ledger_result *r, core_blob part, error *err) MUST_USE;
/* Releases the part, or all parts, of an unfinished job, whose records are about to be dropped. */
status rows_drop_part(jobs *all, const core_task_id *id, error *err) MUST_USE;
status rows_drop_parts(jobs *all, const ledger_job *j, error *err) MUST_USE;
/* Makes the list of the parts, to which it refers. */
status rows_list(jobs *all, const core_end *end, ledger_blob *out, error *err) MUST_USE;
/* Counts references to J's parts up, or to those of its list down. */
status rows_refer(jobs *all, const ledger_job *j, error *err) MUST_USE;
void rows_release(jobs *all, const ledger_job *j);
status rows_forget_surplus(jobs *all, error *err) MUST_USE;

/* ---- inquiries.c */
/* The job that a client's M names, restored if it waits for that. */
status inquiries_read_job(jobs *all, const wire_message *m, core_job_id *id, error *why) MUST_USE;
status inquiries_unknown(const core_job_id *id, error *why) MUST_USE; /* STATUS_NOT_FOUND */

/* ---- jobs.c */
/* A digest of two outputs of a task: of their names, and of one byte more with KEEPS. */
status jobs_content_of(const digest names[2], bool keeps, digest *out, error *err) MUST_USE;

/* ---- recovery.c */
/* A peer mentions job ID: restores it now if it is waiting to be restored. */
void recovery_need(jobs *all, const core_job_id *id);

/* ---- replies.c */
/* Tells TO how a job ended, with its report, which is under HANDLE.  REQUEST may be NULL. */
void replies_report(jobs *all, const peer *to, const uint64_t *request, const core_job_id *job,
                    core_states states, core_blob handle);
void replies_ended(jobs *all, const peer *to, const uint64_t *request, const core_job_id *job,
                   core_states states, const error *failure);
void replies_progress(jobs *all, const peer *to, const uint64_t *request, const core_job_view *view);

#endif
