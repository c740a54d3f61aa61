/* A worker: takes tasks from a broker, computes them, returns results.
 *
 * One thread talks (a DEALER socket), so that signs of life go out while shards are computed; THREADS
 * others compute, and one stores what arrives.  Tasks go to the computing threads through a bounded queue,
 * and come back with their results through a list.
 *
 * What a task needs and the store lacks is fetched before the task is computed: read from the broker's
 * directory where that is on the same file system, otherwise requested in chunks, at most BLOB_CHUNKS of
 * them in flight.  A result is kept until the broker has taken it, and sent again to a broker that came back.
 */
#ifndef CANVASS_WORKER_WORKER_H
#define CANVASS_WORKER_WORKER_H

#include "base/buf.h"
#include "base/status.h"
#include "proto/keys.h"
#include "store/store.h"

typedef struct worker_options {
  void *zmq_context;
  const char *endpoint; /* the broker's */
  store *shards;        /* borrowed */
  unsigned threads;
  const key_pair *key;                      /* NULL: no keys */
  const char *broker_key;                   /* with a key: the broker's public one */
  unsigned alive_ms, silence_ms, answer_ms; /* 0: ALIVE_MS, SILENCE_MS, ANSWER_MS; others for tests */
  /* One line for the log; from the talking thread.  May be NULL. */
  void (*say)(void *context, const char *line);
  void *context;
} worker_options;

typedef struct worker worker;

/* Returns when its threads run; joining the broker goes on in the background, and is repeated whenever the
 * broker is lost. */
status worker_start(const worker_options *options, worker **out, error *err) MUST_USE;
/* Takes no more tasks; waiting ones are returned at once, running ones are finished and their results
 * delivered, then the worker leaves.  Results for a broker that is away longer than SILENCE_MS are given up.
 * From any thread; waits at most MS, and may be called again.  True when it has left. */
bool worker_drain(worker *w, unsigned ms);
/* Why it cannot go on: the broker refused it (another version, a role that its key lacks).  STATUS_OK while
 * it can. */
status worker_problem(worker *w, error *err);
/* Stops after the current shards, says good-bye, joins all threads and frees.  Accepts NULL. */
void worker_stop(worker *w);

#endif
