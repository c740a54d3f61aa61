/* The broker's records: datasets, jobs, and the results of tasks of the current stages.
 *
 * One LMDB environment (store/store_index.h) in DIR/index, written with full durability.  Changes are
 * gathered and written by ledger_commit in one transaction: after it nothing that was acknowledged to a peer
 * can be lost.  Reading sees the gathered changes.  Datasets and jobs are also in memory, for listings.  What
 * a record names (manifests, plans, reports) is in the vault.
 *
 * Returned pointers stay valid until that dataset or job is put, noted to, dropped or forgotten.
 *
 * All functions from one thread.
 */
#ifndef CANVASS_BROKER_RECORDS_LEDGER_H
#define CANVASS_BROKER_RECORDS_LEDGER_H

#include "base/buf.h"
#include "broker/core/core.h"

enum {
  LEDGER_NAME_BYTES_MAX = 200, /* of a dataset, in UTF-8 */
  LEDGER_KEY_BYTES_MAX = 1000,
  LEDGER_DATASETS_MAX = 100000,
  LEDGER_ENDED_MAX = 10000, /* the jobs that ended longest ago are forgotten */
  LEDGER_NOTES_MAX = 20,    /* lines of a job's log; later ones are dropped */
  /* Ended jobs whose rows are kept: the rows of a job may be as large as its data, and are fetched soon. */
  LEDGER_ROWS_MAX = 100,
};

typedef struct ledger_dataset {
  char *name;
  uint64_t version; /* from 1 */
  digest manifest;
  uint64_t manifest_bytes;
  uint64_t rows, shards, bytes, files;
  uint64_t created_s, changed_s; /* wall clock */
} ledger_dataset;

typedef enum ledger_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED } ledger_state;
const char *ledger_state_name(ledger_state state); /* queued, running, done, failed, cancelled */

/* A blob of the vault; all zero: none. */
typedef struct ledger_blob {
  digest name;
  uint64_t bytes;
} ledger_blob;
bool ledger_blob_is_set(const ledger_blob *b);

typedef struct ledger_job {
  core_job_id id;
  ledger_state state; /* JOB_QUEUED and JOB_RUNNING are both "unfinished" on disk */
  char *key;
  char *dataset;    /* its name when it was submitted */
  uint64_t version; /* of the dataset; of a READ the version that it will follow */
  char *title;      /* the specification's file name or title, for readers; "" */
  char *owner;      /* who submitted it (broker/peers/owners.h); "" in records of earlier releases */
  uint32_t priority;
  uint64_t submitted_s, ended_s;
  uint32_t timeout_s; /* after which it ends; 0: none */
  digest content;     /* of what was submitted: whether the same key means the same job */
  bool read;
  ledger_blob plan, program, spec, manifest, first_program, program_state, report;
  ledger_blob *files; /* of a READ */
  char **files_names;
  uint32_t files_count;
  uint32_t shard_rows; /* of a READ */
  uint32_t stage;
  digest fingerprint;
  core_states states;
  uint64_t rows;
  bool may_lose; /* it goes on without shards that would end it: */
  uint32_t shards_lost;
  uint64_t rows_lost;
  lost_shard *lost; /* which, until it has ended */
  uint32_t lost_count;
  bool lost_late;    /* see core_kept_lost */
  bool keeps;        /* unfinished: results of its stage are names of blobs, and it has its REPORT already */
  ledger_blob parts; /* done: the list of those names, BLOB_NAME_BYTES each, in the order of the shards */
  status failure;    /* JOB_FAILED, JOB_CANCELLED */
  char *message;
  char **notes;
  uint32_t notes_count;
} ledger_job;

/* Of a MAP or a REDUCE, or of a ROWS. */
typedef struct ledger_result {
  core_task_id id;
  digest content;
  core_states states; /* of all MAPs that it was made from */
  slice partial;      /* ROWS: its blob's name */
} ledger_result;

typedef struct ledger ledger;

/* DIRECTORY is the vault's.  STATUS_CORRUPT when the index is damaged: the message says what to do. */
status ledger_open(const char *directory, ledger **out, error *err) MUST_USE;
void ledger_close(ledger *l); /* accepts NULL; what was not committed is lost */

/* Everything since the last commit, in one transaction.  When it fails the memory is ahead of the disk: stop.
 * STATUS_IO when no space is left: what was committed before is intact. */
status ledger_commit(ledger *l, error *err) MUST_USE;
size_t ledger_pending_records(const ledger *l);
size_t ledger_pending_bytes(const ledger *l); /* commit before this passes 32 MiB; at 60 puts are refused */

/* ---- Datasets (kept sorted by name) */
/* UTF-8 without control characters or '/', 1 to LEDGER_NAME_BYTES_MAX bytes; STATUS_USAGE names the problem.
 */
status ledger_check_name(slice name, error *err) MUST_USE;
size_t ledger_datasets(const ledger *l);
const ledger_dataset *ledger_dataset_at(const ledger *l, size_t index);
const ledger_dataset *ledger_dataset_find(const ledger *l, slice name);
/* Copies D; replaces one of that name. */
status ledger_dataset_put(ledger *l, const ledger_dataset *d, error *err) MUST_USE;
status ledger_dataset_drop(ledger *l, slice name, error *err) MUST_USE;

/* ---- Jobs (in the order of submission) */
size_t ledger_jobs(const ledger *l);
const ledger_job *ledger_job_at(const ledger *l, size_t index);
const ledger_job *ledger_job_find(const ledger *l, const core_job_id *id);
/* Copies J, strings too (NULL: ""); replaces one of that id, whose strings J may use. */
status ledger_job_put(ledger *l, const ledger_job *j, error *err) MUST_USE;
/* The blobs that J's record names, from INDEX 0 until NULL; some are not set. */
const ledger_blob *ledger_job_blob(const ledger_job *j, size_t index);
/* An unknown job's, and lines past LEDGER_NOTES_MAX, are dropped. */
status ledger_job_note(ledger *l, const core_job_id *id, const char *line, error *err) MUST_USE;
/* The ended job that is to be forgotten because there are too many; NULL when there are not. */
const ledger_job *ledger_job_oldest_surplus(const ledger *l);
status ledger_job_forget(ledger *l, const core_job_id *id, error *err) MUST_USE;
/* The ended job whose rows are not to be kept any longer, because LEDGER_ROWS_MAX newer ones have some; NULL
 * when there is none. */
const ledger_job *ledger_job_oldest_rows(const ledger *l);

/* ---- Results of tasks */
status ledger_result_put(ledger *l, const ledger_result *r, error *err) MUST_USE;
status ledger_result_drop(ledger *l, const core_task_id *id, error *err) MUST_USE;
/* All of a job. */
status ledger_results_drop(ledger *l, const core_job_id *job, error *err) MUST_USE;
/* VISIT sees that result, if there is one, as below. */
status ledger_result_visit(ledger *l, const core_task_id *id,
                           status (*visit)(void *context, const ledger_result *r, error *err), void *context,
                           error *err) MUST_USE;
/* VISIT sees the job's results of STAGE, in no order, borrowed for the call, until it returns other than
 * STATUS_OK, which is then returned.  It must not call the ledger.  One that does not match its checksum,
 * or that another release wrote, is left out: it is recomputed. */
status ledger_results_each(ledger *l, const core_job_id *job, uint32_t stage,
                           status (*visit)(void *context, const ledger_result *r, error *err), void *context,
                           error *err) MUST_USE;

#endif
