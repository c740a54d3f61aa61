/* A worker: takes tasks from a broker, computes them, gives results back.
 *
 * One thread talks (a DEALER socket), so that signs of life go out while shards are computed; THREADS
 * others compute.  They share a bounded queue of tasks, guarded by one mutex; results come back to the
 * talking thread over an inproc pipe.
 *
 * What a task needs and the store lacks is fetched: read from the broker's directory where that is on the
 * same file system, else asked for in chunks, at most FETCH_WINDOW of them under way.  Shards of waiting
 * tasks are fetched ahead.  A result is kept until the broker has taken it, and sent again to a broker that
 * came back.
 */
#ifndef CANVASS_WORKER_WORKER_H
#define CANVASS_WORKER_WORKER_H

#include "base/buf.h"
#include "base/status.h"
#include "proto/keys.h"
#include "store/store.h"

/* Preparing: what needs the specification's language and the reader of files, which a worker does not
 * include. Whoever starts it lends them; without, such tasks are refused.  From computing threads. */
typedef struct worker_preparing {
  /* A plan and its first program over the dataset of MANIFEST (encoded).  STATUS_SPECIFICATION or
   * STATUS_DATA: all problems, a line each, as far as they fit the message. */
  status (*plan)(void *context, slice specification, slice manifest, buf *plan, buf *program, error *err);
  /* Reads files (PATHS, to be called NAMES in the manifest) into INTO.  BEFORE: the encoded manifest that
   * they are to follow, or empty. */
  status (*read)(void *context, slice specification, slice before, const char *const *paths,
                 const char *const *names, size_t count, uint32_t shard_rows, store *into, buf *manifest,
                 error *err);
  void *context;
} worker_preparing;

typedef struct worker_options {
  void *zmq_context;
  const char *endpoint; /* the broker's */
  store *shards;        /* borrowed */
  unsigned threads;
  const key_pair *key;    /* NULL: no keys */
  const char *broker_key; /* with a key: the broker's public one */
  worker_preparing preparing;
  /* One line for the log; from the talking thread.  May be NULL. */
  void (*say)(void *context, const char *line);
  void *context;
} worker_options;

typedef struct worker worker;

/* Returns when its threads run; joining the broker goes on in the background, and again whenever the broker
 * is lost. */
status worker_start(const worker_options *options, worker **out, error *err) MUST_USE;
/* Takes no more tasks; tasks that wait are given back at once, those under way are finished and their results
 * delivered, at most for MS.  From any thread.  True when nothing is left. */
bool worker_drain(worker *w, unsigned ms);
/* Why it cannot go on (refused: wrong key, wrong version, set aside); STATUS_OK while it can. */
status worker_problem(worker *w, error *err);
/* Stops after the shards under way, joins all threads and frees. */
void worker_stop(worker *w);

#endif
