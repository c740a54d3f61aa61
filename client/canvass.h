/* libcanvass: evaluates satisfaction surveys on a cluster, from your own program.
 *
 *     canvass *c = NULL;
 *     canvass_error error;
 *     if (canvass_connect("ipc:///run/canvass", NULL, &c, &error) != CANVASS_OK) {
 *       fprintf(stderr, "%s: %s\n", error.name, error.message);
 *     }
 *
 * A client sends survey files and a specification (YAML); workers cut the files into shards, compute,
 * and return a report: JSON in UTF-8, the same bytes however many workers there are.
 *
 * One thread at a time uses a handle; several handles may be used by several threads.  A handle must not be
 * used across a fork.  Requests that meet a broker's restart or a broken connection are repeated
 * until the handle's patience runs out.
 *
 * All texts are UTF-8 and end with a zero byte.  Functions return CANVASS_OK or the code of their failure and
 * then fill ERROR, which may be NULL.  What they return through pointers is defined only after
 * CANVASS_OK.  Memory that they return is freed with canvass_free.
 *
 * Structs that a caller fills begin with their `size`, because fields may be added at their end: zero them,
 * then set `size` to sizeof.  A field that is 0 or NULL has its default.
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
  CANVASS_USAGE = 2,         /* an invalid argument: an endpoint, a key file, an id */
  CANVASS_SPECIFICATION = 3, /* mistakes in the specification, one per line with its place */
  CANVASS_UNREACHABLE = 4,   /* no answer; a key that the broker does not know gets none either */
  CANVASS_DATA = 5,          /* the files do not match the specification */
  CANVASS_IO = 6,            /* a file cannot be read, a disk is full */
  CANVASS_CORRUPT = 7,       /* bytes were altered or cut off */
  CANVASS_LIMIT = 8,
  CANVASS_JOB = 9, /* the state of a job or dataset: not ended, changed meanwhile, a name taken */
  CANVASS_NOT_FOUND = 10,
  CANVASS_PROTOCOL = 11,    /* another version, or not a canvass broker at all */
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
 * CANVASS_UNREACHABLE when there is no answer, CANVASS_USAGE for keys that cannot be read. */
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
  bool is_away; /* nothing was received from the broker for some seconds; the call waits for it */
  /* Partial statistics (of a shard and an accumulator): computed for this job, and from caches. */
  uint64_t computed, cached;
} canvass_progress;

/* Called at every change and at least four times a second; it must not use the handle.  Returning false ends
 * the call with CANVASS_INTERRUPTED: a job goes on without being watched. */
typedef bool (*canvass_watcher)(void *context, const canvass_progress *progress);

/* ---- Datasets ------------------------------------------------------------------------------------ */

typedef struct canvass_files {
  size_t size;
  const char *dataset; /* its name: 1 to 200 bytes without '/' and control characters */
  /* How to read the files: the text, or the file of it (one of the two). */
  const char *specification;
  const char *specification_file;
  const char *const *paths; /* CSV files, plain, .gz or .zst */
  size_t count;             /* 1 to 1,023 */
  bool append;              /* to the dataset, if it exists; files that it already has are left out */
  uint32_t shard_rows;      /* 0: the worker's default */
} canvass_files;

typedef struct canvass_dataset {
  uint64_t version; /* from 1 */
  uint64_t rows;    /* of the whole dataset */
} canvass_dataset;

/* Sends files (except what the broker already has), has a worker cut them into shards, and waits for the
 * end of that.  WATCH, OUT may be NULL.  CANVASS_JOB when the name is taken and `append` is not set, or when
 * another client appended meanwhile: then repeat the call. */
CANVASS_API canvass_code canvass_put(canvass *c, const canvass_files *files, canvass_watcher watch,
                                     void *context, canvass_dataset *out, canvass_error *error);
/* Removes the name; the data stay until the jobs that use them have ended.  *JOBS (may be NULL): the number
 * of these jobs. */
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
  /* Seconds after which the job ends with CANVASS_LIMIT when it is not done; 0: never.  A job that is known
   * by its key keeps the one that it has. */
  uint64_t timeout_s;
} canvass_job;

/* After CANVASS_OK the job is on the broker's disk and goes on whatever happens to the client. */
CANVASS_API canvass_code canvass_submit(canvass *c, const canvass_job *job, char id[CANVASS_JOB_BYTES],
                                        canvass_error *error);
/* Waits for the end of job ID.  REPORT (may be NULL) gets the report, to be freed with canvass_free, and
 * LENGTH (may be NULL) its bytes without the terminating zero.  For a job that failed its failure is
 * returned. An absent broker is waited for as long as WATCH returns true; without WATCH, for the handle's
 * patience. */
CANVASS_API canvass_code canvass_wait(canvass *c, const char *id, canvass_watcher watch, void *context,
                                      char **report, size_t *length, canvass_error *error);
/* The report of a job that has ended, as canvass_wait returns it.  CANVASS_JOB while it has not. */
CANVASS_API canvass_code canvass_report(canvass *c, const char *id, char **report, size_t *length,
                                        canvass_error *error);
/* CANVASS_JOB when it had already ended. */
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
