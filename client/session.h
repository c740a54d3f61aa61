/* A session with a broker: put datasets, submit jobs, follow them, fetch reports.  Messages only, no
 * statistics; libcanvass is a C interface around it.  One thread per session.
 *
 * Every request can be repeated: a session whose broker is away for a while asks again, with the same keys
 * and versions, until its patience runs out.  An interrupted upload resumes where it stopped.
 */
#ifndef CANVASS_CLIENT_SESSION_H
#define CANVASS_CLIENT_SESSION_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/status.h"
#include "proto/keys.h"

typedef struct session session;

/* False ends the call: STATUS_INTERRUPTED.  Called at least four times a second. */
typedef struct session_callback {
  bool (*call)(void *context, uint64_t done, uint64_t total);
  void *context;
} session_callback;

typedef struct session_options {
  void *zmq_context; /* NULL: the session creates one; needed for inproc:// */
  const char *endpoint;
  const key_pair *key;           /* NULL: no keys */
  const char *broker_key;        /* with a key: the broker's public one */
  unsigned patience_ms;          /* how long a broker may be silent while it is needed; 0: 30,000 */
  unsigned connect_ms;           /* the same for the first answer; 0: as PATIENCE_MS */
  const session_callback *go_on; /* while connecting (counts nothing); may be NULL; not kept */
} session_options;

/* STATUS_UNREACHABLE when there is no answer: the message names the endpoint and what may be wrong (with
 * CURVE: a key that is not allowed gets no answer). */
status session_connect(const session_options *options, session **out, error *err) MUST_USE;
void session_close(session *s); /* says bye; accepts NULL */

enum { SESSION_JOB_BYTES = 33 }; /* 32 hexadecimal digits, terminated */

/* ---- Datasets */
/* *VERSION 0: there is no such dataset.  Otherwise its newest version, whose manifest, encoded, is appended
 * to MANIFEST; NULL: only the version is wanted. */
status session_dataset_get(session *s, const char *name, uint64_t *version, buf *manifest,
                           error *err) MUST_USE;

/* A blob that the broker may lack. */
typedef struct session_blob {
  digest name;
  uint64_t bytes;
  uint64_t weight; /* what a callback counts: rows, bytes */
} session_blob;

typedef struct session_blobs {
  const session_blob *list;
  size_t count;
  /* Copies LENGTH bytes of blob INDEX from OFFSET on. */
  status (*read)(void *context, size_t index, uint64_t offset, void *out, size_t length, error *err);
  void *context;
} session_blobs;

typedef struct session_put_counts {
  uint64_t version;          /* the new version */
  uint64_t shards;           /* in SHARDS */
  uint64_t sent, bytes_sent; /* those of them that the broker lacked */
} session_put_counts;
/* Sends those of SHARDS that the broker lacks, then makes MANIFEST (encoded) the version after BASE of
 * dataset NAME (BASE 0: there must be none).  What it names and SHARDS does not have are shards of version
 * BASE. CALLBACK (may be NULL) counts weights; COUNTS may be NULL. STATUS_JOB when the dataset changed
 * meanwhile or the name is taken. */
status session_put(session *s, const char *name, uint64_t base, slice manifest, const session_blobs *shards,
                   const session_callback *callback, session_put_counts *counts, error *err) MUST_USE;
/* Sends files unchanged, for a worker to cut into shards as SPECIFICATION says, after version BASE (0: there
 * must be none): JOB is the job that does it.  SHARD_ROWS 0: the worker's default.  KEY as in
 * session_submit.  CALLBACK (may be NULL) counts bytes. */
status session_load(session *s, const char *name, uint64_t base, slice specification,
                    const char *const *paths, size_t count, uint32_t shard_rows, const char *key,
                    const session_callback *callback, char job[SESSION_JOB_BYTES], error *err) MUST_USE;
/* *JOBS: how many unfinished jobs still use it. */
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
  uint32_t timeout_s; /* after which it ends with STATUS_LIMIT; 0: never */
  bool may_lose;      /* of a plan: it says that the job goes on without shards that are lost */
} session_job;
status session_submit(session *s, const session_job *job, char id[SESSION_JOB_BYTES], error *err) MUST_USE;

typedef struct session_progress {
  char state[16]; /* queued, running */
  uint32_t stage;
  uint64_t rows_done, rows_total;  /* of this stage */
  bool finishing;                  /* merging and finishing, no rows left */
  uint64_t shards_lost, rows_lost; /* it goes on without them */
  char waits[256];                 /* what it waits for, while it does not go on; otherwise "" */
  bool is_away; /* nothing was received from the broker for some seconds; everything else is old */
  /* Partial statistics (of a shard and an accumulator) of all stages so far: computed for this job, and from
   * the workers' caches, which an earlier stage of the same job may have filled. */
  uint64_t states_computed, states_cached;
} session_progress;

/* Waits for the end.  CALLBACK (may be NULL) is called at every change and at least four times a second;
 * returning false leaves the job alone and returns STATUS_INTERRUPTED.  REPORT gets the document, LAST (may
 * be NULL) its state at the end.  For a job that failed its failure is returned (STATUS_INTERRUPTED when
 * cancelled), STATUS_NOT_FOUND for an unknown one.  An absent broker is waited for as long as CALLBACK
 * returns true; without a callback, for the session's patience. */
status session_wait(session *s, const char *job, bool (*callback)(void *context, const session_progress *p),
                    void *context, buf *report, session_progress *last, error *err) MUST_USE;
/* The report of a job that has ended.  STATUS_JOB while it has not, with its progress in the message. */
status session_report(session *s, const char *job, buf *report, error *err) MUST_USE;
/* Is given a job's rows, part PART of PARTS after the other, in order; bytes are borrowed for the call. */
typedef struct session_rows_taker {
  status (*take)(void *context, uint64_t part, uint64_t parts, slice bytes, error *err);
  void *context;
} session_rows_taker;
/* The rows of a job that is done, which are CSV when they are joined.  STATUS_NOT_FOUND when it has none,
 * STATUS_JOB while it has not ended. */
status session_rows(session *s, const char *job, const session_rows_taker *to, error *err) MUST_USE;
/* STATUS_JOB when it had already ended. */
status session_cancel(session *s, const char *job, error *err) MUST_USE;
/* WHAT: "jobs", "workers", "datasets".  OUT gets one JSON object that has an array of that name. */
status session_list(session *s, const char *what, buf *out, error *err) MUST_USE;
/* Which jobs are listed: the newest LIMIT (0: all) of a dataset and in a state (NULL: any). */
typedef struct session_choice {
  uint64_t limit;
  const char *dataset, *state;
} session_choice;
/* As session_list of jobs; the object then also has "matching", "in_all" and "id_digits" (docs/protocol.md),
 * unless the broker is of an earlier release, which lists them all. */
status session_list_jobs(session *s, const session_choice *by, buf *out, error *err) MUST_USE;
/* The id of the one job that begins with PREFIX (4 digits at least).  STATUS_NOT_FOUND, or STATUS_USAGE when
 * there are several. */
status session_find_job(session *s, const char *prefix, char id[SESSION_JOB_BYTES], error *err) MUST_USE;

#endif
