/* The broker: the thin shell around its core.  One thread.
 *
 * Each turn of the loop takes the waiting messages, feeds them to the core, writes what must survive
 * in one transaction, and only then sends what the core wants sent.  Without a directory nothing is kept and
 * blobs are the frames they came in (`canvass run`).
 */
#ifndef CANVASS_BROKER_BROKER_H
#define CANVASS_BROKER_BROKER_H

#include "base/status.h"
#include "proto/keys.h"

typedef struct broker broker;

/* What a turn of the loop has done; broker/limits.h says how much of it at most, and how far one message may
 * go beyond that. */
typedef struct broker_turn {
  uint64_t messages; /* received */
  uint64_t bytes;    /* of messages received and blobs answered, and compared with their names */
  uint64_t
      records; /* written to the ledger, listed, referred to, restored; shards that a worker says it has */
  uint64_t unlinks; /* of blobs that nothing refers to any longer */
} broker_turn;

typedef struct broker_options {
  void *zmq_context;
  const char *const *endpoints; /* inproc://, ipc://, tcp:// */
  size_t endpoints_count;
  const char *directory;   /* NULL: nothing is kept, and shards are assumed to be where the workers are */
  bool network_allowed;    /* the directory may be on a network file system */
  const key_pair *key;     /* NULL: no keys; then endpoints are inproc, ipc or loopback */
  const key_list *allowed; /* with a key: the allowed keys with their roles; borrowed */
  uint32_t losses_max; /* workers that may be lost with a task, before it runs alone; 0: CORE_DEATHS_MAX */
  /* One line for the log; from the broker's thread.  May be NULL. */
  void (*say)(void *context, const char *line);
  /* Milliseconds of a clock that never goes back, asked once a turn by the broker's thread.  NULL: the
   * machine's clock; others for tests. */
  uint64_t (*now_ms)(void *context);
  /* For tests and benchmarks: at the end of each turn, from the broker's thread.  May be NULL. */
  void (*turned)(void *context, const broker_turn *turn);
  void *context;
} broker_options;

/* Binds, and resumes the jobs that were kept.  STATUS_USAGE for an endpoint beyond loopback without keys,
 * saying what to do; STATUS_IO for one that cannot be bound. */
status broker_new(const broker_options *options, broker **out, error *err) MUST_USE;
/* The endpoint as bound: with the port that tcp://...:* was given.  Borrowed. */
const char *broker_endpoint(const broker *b, size_t index);
/* Serves until broker_stop.  A failure (no memory, no disk) ends it, and every peer is notified. */
status broker_run(broker *b, error *err) MUST_USE;
/* Ends broker_run; from any thread or signal handler. */
void broker_stop(broker *b);
/* The list of allowed keys has changed (SIGHUP): before its next turn broker_run takes it over; peers that
 * are no longer allowed are forgotten.  From any thread; LIST must outlive the broker. */
void broker_allow(broker *b, const key_list *list);
void broker_destroy(broker *b);

#endif
