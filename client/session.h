/* A session with a broker: put datasets, submit jobs, follow them, fetch reports.  Messages only, no
 * statistics: the heart of libcanvass.  One thread per session.
 *
 * Everything can be asked twice: a session whose broker is gone for a while asks again, with the same keys
 * and versions, until PATIENCE is over.  A blob's upload goes on where it stopped.
 */
#ifndef CANVASS_CLIENT_SESSION_H
#define CANVASS_CLIENT_SESSION_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/status.h"
#include "proto/keys.h"

/* Of store/, which libcanvass does without: only shards.c needs to know what they are. */
typedef struct manifest manifest;
typedef struct store store;

typedef struct session session;

/* False ends what is going on: STATUS_INTERRUPTED.  Called at least four times a second. */
typedef struct session_callback {
  bool (*call)(void *context, uint64_t done, uint64_t total);
  void *context;
} session_callback;

typedef struct session_options {
  void *zmq_context; /* NULL: one of its own; needed for inproc:// */
  const char *endpoint;
  const key_pair *key;           /* NULL: no keys */
  const char *broker_key;        /* with a key: the broker's public one */
  unsigned patience_ms;          /* how long a broker may be silent while it is needed; 0: 30,000 */
  unsigned connect_ms;           /* the same for the first answer; 0: as PATIENCE_MS */
  const session_callback *go_on; /* while connecting (counts nothing); may be NULL; not kept */
} session_options;

/* STATUS_UNREACHABLE when nobody answers: the message names the endpoint and what may be wrong (with CURVE: a
 * key that is not on the list gets no answer). */
status session_connect(const session_options *options, session **out, error *err) MUST_USE;
void session_close(session *s); /* says bye; accepts NULL */

enum { SESSION_JOB_BYTES = 33 }; /* 32 hexadecimal digits, terminated */

/* ---- Datasets */
typedef struct session_dataset {
  uint64_t version;  /* 0: there is no such dataset */
  manifest *content; /* NULL when there is none; manifest_destroy */
} session_dataset;
/* *VERSION 0: there is no such dataset. */
status session_dataset_version(session *s, const char *name, uint64_t *version, error *err) MUST_USE;
status session_dataset_get(session *s, const char *name, session_dataset *out, error *err) MUST_USE;

typedef struct session_put_counts {
  uint64_t version;          /* that M became */
  uint64_t shards;           /* that SHARDS has of M */
  uint64_t sent, bytes_sent; /* what the broker did not have of these */
} session_put_counts;
/* Sends the shards of M that SHARDS has and the broker lacks, then makes M the version after BASE of dataset
 * NAME (BASE 0: there must be none).  Shards that SHARDS lacks are those of version BASE.  CALLBACK (may be
 * NULL) counts rows; COUNTS may be NULL.
 * STATUS_JOB when the dataset changed meanwhile or the name is taken. */
status session_put(session *s, const char *name, uint64_t base, const manifest *m, store *shards,
                   const session_callback *callback, session_put_counts *counts, error *err) MUST_USE;
/* Sends files as they are, for a worker to cut into shards as SPECIFICATION says, behind version BASE (0:
 * there must be none): JOB is the job of that.  SHARD_ROWS 0: the worker's default.  KEY as in
 * session_submit.  CALLBACK (may be NULL) counts bytes. */
status session_load(session *s, const char *name, uint64_t base, slice specification,
                    const char *const *paths, size_t count, uint32_t shard_rows, const char *key,
                    const session_callback *callback, char job[SESSION_JOB_BYTES], error *err) MUST_USE;
/* *JOBS: how many unfinished jobs use it still. */
status session_drop(session *s, const char *name, uint64_t *jobs, error *err) MUST_USE;

/* ---- Jobs */
typedef struct session_job {
  slice specification; /* either this, and a worker makes the plan; or both: */
  slice plan, program; /* an encoded plan and its stage-0 program */
  slice manifest;      /* only within one process: an encoded manifest whose shards the workers have */
  const char *dataset;
  uint64_t version;  /* 0: the newest */
  const char *key;   /* NULL: a random one.  The same key is the same job. */
  const char *title; /* for listings; may be NULL */
  uint32_t priority;
} session_job;
status session_submit(session *s, const session_job *job, char id[SESSION_JOB_BYTES], error *err) MUST_USE;

typedef struct session_progress {
  char state[16]; /* queued, running */
  uint32_t stage;
  uint64_t rows_done, rows_total; /* of this stage */
  bool finishing;                 /* merging and finishing, no rows left */
  bool is_away;                   /* nothing was heard of the broker for some seconds; all else is old */
  /* Partial statistics (of a shard and an accumulator) of all stages so far: computed for this job, and from
   * the workers' caches, which an earlier stage of the same job may have filled. */
  uint64_t states_computed, states_cached;
} session_progress;

/* Waits for the end.  CALLBACK (may be NULL) is called at every news and at least four times a second;
 * returning false leaves the job alone and returns STATUS_INTERRUPTED.  REPORT gets the document, LAST (may
 * be NULL) how it stood at the end.  A job that failed is its failure (a cancelled one STATUS_INTERRUPTED);
 * one that is not known is STATUS_NOT_FOUND.  A broker that is gone is waited for as long as CALLBACK returns
 * true; without a callback, for the session's patience. */
status session_wait(session *s, const char *job, bool (*callback)(void *context, const session_progress *p),
                    void *context, buf *report, session_progress *last, error *err) MUST_USE;
/* The report of a job that has ended.  STATUS_JOB while it has not, saying how far it is. */
status session_report(session *s, const char *job, buf *report, error *err) MUST_USE;
/* STATUS_JOB when it had ended already. */
status session_cancel(session *s, const char *job, error *err) MUST_USE;
/* WHAT: "jobs", "workers", "datasets".  OUT gets one JSON object that has an array of that name. */
status session_list(session *s, const char *what, buf *out, error *err) MUST_USE;
/* The id of the one job that begins with PREFIX (4 digits at least).  STATUS_NOT_FOUND, STATUS_USAGE when
 * several. */
status session_find_job(session *s, const char *prefix, char id[SESSION_JOB_BYTES], error *err) MUST_USE;

#endif
