/* What the files of the worker share; worker.h is the public header.
 *
 * worker.c starts and ends it, compute.c is the computing threads, talk.c the talking one.  Assignments go
 * from the talking thread through `ready` to a computing one and back through `done`. */
#ifndef CANVASS_WORKER_INSIDE_H
#define CANVASS_WORKER_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "proto/dealer.h"
#include "proto/shared_store.h"
#include "worker/assignment.h"
#include "worker/queue.h"
#include "worker/worker.h"

enum {
  TASKS_PER_THREAD = 2, /* one running, one waiting: no thread idles for a round trip */
  TASKS_ROUNDS = 8,     /* tasks and results at once, as multiples of the capacity: a broker that came
                         * back assigns tasks while results still wait for it */
  LINES_MAX = 64,       /* of the log, between two checks by the talking thread */
  LINE_BYTES = 512,
};

typedef struct talk talk;

typedef struct compute_thread {
  worker *owner;
  pthread_t thread;
  bool started;
} compute_thread;

struct worker {
  worker_options options;
  bool is_embedded; /* broker in this process: everything goes inline, and what the store lacks is nowhere */
  unsigned capacity;
  unsigned alive_ms, silence_ms;
  dealer_identity who;
  supply *supply;
  queue ready;
  atomic_bool stop;
  int wake_fd;           /* eventfd: something for the talking thread */
  pthread_mutex_t mutex; /* guards what follows */
  pthread_cond_t changed;
  assignment *done;
  bool draining, drained;
  status problem;
  error why;
  shared_store shared;
  char lines[LINES_MAX][LINE_BYTES];
  size_t lines_count;

  compute_thread *threads;
  talk *talk; /* used only by the talking thread */
  pthread_t talker;
  bool talking;
};

/* ---- worker.c */
/* Wakes the talking thread; from any thread. */
void worker_wake(worker *w);
/* One line for the log, written by the talking thread; from any thread. */
void worker_log(worker *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- compute.c */
void *worker_compute(void *argument); /* a compute_thread */

/* ---- talk.c */
talk *talk_new(worker *w);         /* NULL: no memory */
void talk_free(talk *t);           /* accepts NULL */
void *worker_talk(void *argument); /* the worker */

#endif
