/* A worker: takes tasks from a broker, computes them, gives results back.
 *
 * One thread talks (a DEALER socket), so that signs of life go out while shards are computed; THREADS
 * others compute.  They share a bounded queue of tasks, guarded by one mutex; results come back to the
 * talking thread over an inproc pipe. */
#ifndef CANVASS_WORKER_WORKER_H
#define CANVASS_WORKER_WORKER_H

#include "base/status.h"
#include "store/store.h"

typedef struct worker_options {
  void *zmq_context;
  const char *endpoint; /* the broker's */
  store *shards;        /* borrowed */
  unsigned threads;
} worker_options;

typedef struct worker worker;

/* Returns when its threads run; joining the broker goes on in the background. */
status worker_start(const worker_options *options, worker **out, error *err) MUST_USE;
/* Stops after the shards under way, joins all threads and frees. */
void worker_stop(worker *w);

#endif
