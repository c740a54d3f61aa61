/* libcanvass: evaluating satisfaction surveys on a cluster, from a program of one's own.
 *
 *     canvass *c = NULL;
 *     canvass_error error;
 *     if (canvass_connect("ipc:///run/canvass", NULL, &c, &error) != CANVASS_OK) {
 *       fprintf(stderr, "%s: %s\n", error.name, error.message);
 *     }
 *
 * A client sends survey files and a specification (YAML); workers cut the files into shards, compute, and
 * give back a report: JSON in UTF-8, the same bytes however many workers there are.
 *
 * One thread at a time uses a handle; several handles may be used by several threads.  A handle takes part in
 * no fork.  Whatever a broker was asked while it is being restarted, or while the connection is broken, is
 * asked again, until the handle's patience is over.
 *
 * All texts are UTF-8 and end with a zero byte.  Functions return CANVASS_OK or the code of their failure and
 * then fill ERROR, which may be NULL.  What they give out through pointers has a meaning only after
 * CANVASS_OK.  Memory that they give out is freed with canvass_free.
 *
 * Structs that a caller fills begin with their `size`, because fields may be added at their end: zero them,
 * then set `size` to sizeof.  What is 0 or NULL has its default.
 *
 * Mozilla Public License 2.0; see LICENSES/MPL-2.0.txt.
 */
#ifndef CANVASS_H
#define CANVASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CANVASS_API __attribute__((visibility("default")))
#else
#define CANVASS_API
#endif

/* ---- Failures ------------------------------------------------------------------------------------ */

typedef enum canvass_code {
  CANVASS_OK = 0,
  CANVASS_NO_MEMORY = 1,
  CANVASS_USAGE = 2,         /* an argument that cannot be: an endpoint, a key file, an id */
  CANVASS_SPECIFICATION = 3, /* mistakes in the specification, one per line with its place */
  CANVASS_UNREACHABLE = 4,   /* no answer; a key that the broker does not know gets none either */
  CANVASS_DATA = 5,          /* the files are not as the specification says */
  CANVASS_IO = 6,            /* a file cannot be read, a disk is full */
  CANVASS_CORRUPT = 7,       /* bytes are not what they should be */
  CANVASS_LIMIT = 8,
  CANVASS_JOB = 9, /* a job or dataset stands in the way: not ended, changed meanwhile, a name taken */
  CANVASS_NOT_FOUND = 10,
  CANVASS_PROTOCOL = 11,    /* another version, or no broker of canvass at all */
  CANVASS_INTERRUPTED = 12, /* a callback returned false, or the job was cancelled */
} canvass_code;

typedef struct canvass_error {
  canvass_code code;
  const char *name;   /* of the code, such as "not-found"; static */
  char message[1024]; /* what failed, the value that was wrong, what to do */
} canvass_error;

/* "ok", "no-memory", "usage" .. as in canvass_error; "unknown" for other numbers. */
CANVASS_API const char *canvass_code_name(canvass_code code);

/* ---- The connection ------------------------------------------------------------------------------ */

typedef struct canvass canvass;

typedef struct canvass_options {
  size_t size;
  /* Keys, both or neither: your key file (`canvass keygen`), and the broker's public key (40 characters, or
   * the file of it).  NULL: the environment's CANVASS_IDENTITY and CANVASS_BROKER_KEY; "": no keys. */
  const char *identity;
  const char *broker_key;
  unsigned patience_ms; /* how long the broker may be silent while it is needed; 0: 30,000 */
} canvass_options;

/* ENDPOINT: tcp://HOST:PORT or ipc:///PATH; NULL: the environment's CANVASS_BROKER.  OPTIONS may be NULL.
 * CANVASS_UNREACHABLE when nobody answers, CANVASS_USAGE for keys that cannot be read. */
CANVASS_API canvass_code canvass_connect(const char *endpoint, const canvass_options *options, canvass **out,
                                         canvass_error *error);
/* Jobs go on.  Accepts NULL. */
CANVASS_API void canvass_close(canvass *c);
/* Accepts NULL. */
CANVASS_API void canvass_free(void *memory);
/* Of the library, such as "0.1.0". */
CANVASS_API const char *canvass_version(void);

/* ---- Progress ------------------------------------------------------------------------------------ */

typedef enum canvass_phase {
  CANVASS_SENDING = 0,   /* files, to the broker; `done` and `total` are bytes */
  CANVASS_QUEUED = 1,    /* no worker has begun */
  CANVASS_RUNNING = 2,   /* stage `stage`; `done` and `total` are rows of this stage */
  CANVASS_FINISHING = 3, /* no rows are left */
} canvass_phase;

typedef struct canvass_progress {
  canvass_phase phase;
  uint32_t stage; /* from 0 */
  uint64_t done, total;
  bool is_away; /* nothing was heard of the broker for some seconds: it is waited for */
  /* Partial statistics (of a shard and an accumulator): computed for this job, and from caches. */
  uint64_t computed, cached;
} canvass_progress;

/* Called at every news and at least four times a second; it must not use the handle.  Returning false ends
 * the call with CANVASS_INTERRUPTED: a job goes on without being watched. */
typedef bool (*canvass_watcher)(void *context, const canvass_progress *progress);

/* ---- Datasets ------------------------------------------------------------------------------------ */

typedef struct canvass_files {
  size_t size;
  const char *dataset; /* its name: 1 to 200 bytes without '/' and control characters */
  /* How the files are to be read: the text, or the file of it (one of the two). */
  const char *specification;
  const char *specification_file;
  const char *const *paths; /* CSV files, plain, .gz or .zst */
  size_t count;             /* 1 to 1,023 */
  bool append;              /* to what the dataset has, if it is there; files that it has are left out */
  uint32_t shard_rows;      /* 0: the worker's default */
} canvass_files;

typedef struct canvass_dataset {
  uint64_t version; /* from 1 */
  uint64_t rows;    /* of the whole dataset */
} canvass_dataset;

/* Sends files (what the broker has already is not sent again), has a worker cut them into shards, and waits
 * for that.  WATCH, OUT may be NULL.  CANVASS_JOB when the name is taken and `append` is not set, or when
 * somebody else appended meanwhile: then ask again. */
CANVASS_API canvass_code canvass_put(canvass *c, const canvass_files *files, canvass_watcher watch,
                                     void *context, canvass_dataset *out, canvass_error *error);
/* Takes the name away; the data stay until the jobs that use them have ended.  *JOBS (may be NULL): how many
 * that are. */
CANVASS_API canvass_code canvass_drop(canvass *c, const char *dataset, uint64_t *jobs, canvass_error *error);

/* ---- Jobs ---------------------------------------------------------------------------------------- */

enum { CANVASS_JOB_BYTES = 33 }; /* an id: 32 hexadecimal digits, terminated */

typedef struct canvass_job {
  size_t size;
  /* What to evaluate: the text, or the file of it (one of the two). */
  const char *specification;
  const char *specification_file;
  const char *dataset;
  uint64_t version;  /* of the dataset; 0: the newest */
  const char *key;   /* the same key is the same job, however often it is submitted; NULL: a random one */
  const char *title; /* for listings */
  uint32_t priority; /* larger goes first */
} canvass_job;

/* After CANVASS_OK the job is on the broker's disk and goes on whatever happens here. */
CANVASS_API canvass_code canvass_submit(canvass *c, const canvass_job *job, char id[CANVASS_JOB_BYTES],
                                        canvass_error *error);
/* Waits for the end of job ID.  REPORT (may be NULL) gets the report, to be freed with canvass_free, and
 * LENGTH (may be NULL) its bytes without the zero behind them.  A job that failed is its failure.  A broker
 * that is gone is waited for as long as WATCH returns true; without WATCH, for the handle's patience. */
CANVASS_API canvass_code canvass_wait(canvass *c, const char *id, canvass_watcher watch, void *context,
                                      char **report, size_t *length, canvass_error *error);
/* The report of a job that has ended, as canvass_wait gives it.  CANVASS_JOB while it has not. */
CANVASS_API canvass_code canvass_report(canvass *c, const char *id, char **report, size_t *length,
                                        canvass_error *error);
/* CANVASS_JOB when it had ended already. */
CANVASS_API canvass_code canvass_cancel(canvass *c, const char *id, canvass_error *error);
/* The id of the one job that begins with PREFIX (4 digits at least). */
CANVASS_API canvass_code canvass_find_job(canvass *c, const char *prefix, char id[CANVASS_JOB_BYTES],
                                          canvass_error *error);
/* WHAT: "jobs" (in the order of submission), "workers" or "datasets".  *OUT gets a JSON object with an array
 * of that name, to be freed with canvass_free; LENGTH as in canvass_wait. */
CANVASS_API canvass_code canvass_list(canvass *c, const char *what, char **out, size_t *length,
                                      canvass_error *error);

#ifdef __cplusplus
}
#endif

#endif
