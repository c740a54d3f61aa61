/* What the cluster's benchmark measures against: a real broker on a thread, behind a transport, and what
 * reaches it: sockets of pretended peers, sessions of real clients.  A benchmark that fails ends. */
#ifndef CANVASS_BENCH_CLUSTER_SERVICE_H
#define CANVASS_BENCH_CLUSTER_SERVICE_H

#include <pthread.h>
#include <stdint.h>

#include "broker/broker.h"
#include "client/session.h"
#include "proto/wire.h"

double now_s(void);
/* These end the program, with a message, unless all is well. */
void must(status st, const error *err);
void must_zmq(int result, const char *what);
void must_begin(pthread_t *thread, void *(*run)(void *), void *argument);
void *need(void *p);

/* Where brokers run. */
typedef struct place {
  const char *directory; /* holds their stores and sockets */
  int brokers;           /* that ran here */
} place;

typedef struct transport {
  const char *name;
  const char *endpoint; /* %s: the directory */
  bool has_keys;
} transport;

/* What turns of the broker's loop did, waiting for messages apart. */
typedef struct service_turns {
  double longest_ms;
  uint64_t unlinks; /* of all of them */
  bool resumed;     /* all jobs that a start found are taken up */
} service_turns;

typedef struct service {
  place *at;
  void *context; /* its own: what the broker before it left has no part in it */
  broker *broker;
  pthread_t thread;
  char bound[600]; /* what it is asked to bind */
  char endpoint[600];
  char directory[600];   /* empty: nothing is kept */
  pthread_mutex_t mutex; /* guards what follows */
  double turn_begun_s;
  service_turns turns;
  bool has_keys;
  key_pair own, peer;
  key_list *allowed;
} service;

void service_start(service *s, place *at, const transport *t, bool durable);
void service_stop(service *s);
/* Stops the broker, and starts another one in its place; returns how many seconds until that one is bound. */
double service_restart(service *s);
/* Since the start, or the last call of this. */
service_turns service_count_turns(service *s);
/* So far; nothing is forgotten. */
service_turns service_look(service *s);

/* A socket that is connected, of a peer that has not said anything; zmq_close. */
void *service_peer(const service *s);
/* CAPACITY 0: a client's hello, else a worker's. */
void service_hello(void *socket, uint32_t capacity);
session *service_session(const service *s);

#endif
