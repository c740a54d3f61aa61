/* The broker on a separate thread, a worker beside it, one libzmq context for both and the client. */
#include "cli/embedded.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <zmq.h>

#include "broker/broker.h"
#include "worker/worker.h"

struct embedded {
  void *context;
  broker *broker;
  worker *worker;
  pthread_t broker_thread;
  bool broker_running;
};

static const char endpoint[] = "inproc://canvass-broker";

static void *serve(void *argument) {
  embedded *e = argument;
  error ignored; /* the client notices that the broker does not answer */
  (void)!broker_run(e->broker, &ignored);
  return NULL;
}

static status start(embedded *e, store *shards, unsigned workers, error *err) {
  e->context = zmq_ctx_new();
  if (e->context == NULL) {
    return error_set(err, STATUS_IO, "cannot start messaging: %s", zmq_strerror(errno));
  }
  static const char *const endpoints[] = {endpoint};
  const broker_options serving = {.zmq_context = e->context, .endpoints = endpoints, .endpoints_count = 1};
  TRY(broker_new(&serving, &e->broker, err));
  if (pthread_create(&e->broker_thread, NULL, serve, e) != 0) {
    return error_set(err, STATUS_NO_MEMORY, "cannot start the broker's thread");
  }
  e->broker_running = true;
  const worker_options options = {
      .zmq_context = e->context, .endpoint = endpoint, .shards = shards, .threads = workers};
  return worker_start(&options, &e->worker, err);
}

status embedded_start(store *shards, unsigned workers, embedded **out, error *err) {
  embedded *e = calloc(1, sizeof *e);
  if (e == NULL) {
    return error_no_memory(err, "broker and workers");
  }
  /* Only the main thread takes signals: threads made here inherit a full mask. */
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const status st = start(e, shards, workers, err);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (st != STATUS_OK) {
    embedded_stop(e);
    return st;
  }
  *out = e;
  return STATUS_OK;
}

void *embedded_context(const embedded *e) {
  return e->context;
}

const char *embedded_endpoint(const embedded *e) {
  (void)e;
  return endpoint;
}

void embedded_stop(embedded *e) {
  if (e == NULL) {
    return;
  }
  worker_stop(e->worker);
  if (e->broker_running) {
    broker_stop(e->broker);
    pthread_join(e->broker_thread, NULL);
  }
  broker_destroy(e->broker);
  if (e->context != NULL) {
    zmq_ctx_term(e->context);
  }
  free(e);
}
