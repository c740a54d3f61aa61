/* The broker behind its handle, for broker.c (its life), turn.c (a turn of its loop), messages.c, joins.c
 * and departures.c: the modules, from those that know least. */
#ifndef CANVASS_BROKER_SHELL_H
#define CANVASS_BROKER_SHELL_H

#include <stdatomic.h>

#include "broker/broker.h"
#include "broker/jobs/jobs.h"
#include "broker/transfer/transfer.h"

/* A worker that said hello and holds many shards, until the core knows it. */
typedef struct join {
  uint32_t peer;
  core_joining joined; /* HELD is its own */
  size_t named;        /* shards that it said it holds */
  struct join *next;
} join;

struct broker {
  broker_options options;
  host host;
  vault *vault; /* NULL, as the ledger: nothing is kept */
  ledger *ledger;
  peers *peers;
  blobs *blobs;
  transfer *transfer;
  catalog *catalog;
  jobs *jobs;
  uint8_t instance[INSTANCE_BYTES];
  wire_message *incoming;
  join *joins; /* the first comes first */
  size_t joins_count;
  uint64_t housekept_ms;
  uint64_t compared_bytes; /* by the vault, before this turn */
  bool is_tidy;            /* the vault has nothing to remove */
  bool was_drained;        /* this turn took all messages that there were */
  int wake_fd;             /* eventfd */
  atomic_bool stop;
  _Atomic(const key_list *) new_list;
};

/* ---- turn.c */
void turn_run(broker *b);

/* ---- messages.c */
/* Takes one message; *RECEIVED is false when there is none. */
void messages_take(broker *b, line_kind line, bool *received);

/* ---- joins.c */
uint32_t joins_read_capacity(const message *m);
/* How many tasks the core is to give it: none before all jobs are there (jobs_restore_some). */
uint32_t joins_capacity(const broker *b, const peer *worker);
/* P said hello with M: the core learns of it now or, when it holds many shards, with joins_do_one. */
status joins_take(broker *b, peer *p, wire_message *m, error *why) MUST_USE;
/* Now, because P says more, or leaves. */
void joins_finish(broker *b, peer *p);
/* In each turn, after its messages. */
void joins_do_one(broker *b);
void joins_fini(broker *b);

/* ---- departures.c */
/* Forgets a peer.  IN_ORDER: it left, says hello again, or is no longer allowed; otherwise it is lost, and so
 * perhaps are tasks.  WHY is for the log. */
void departures_forget(broker *b, peer *p, bool in_order, const char *why);
/* Those that could not be sent to. */
void departures_gone(broker *b);
/* Those that were not heard from for too long. */
void departures_silent(broker *b);
/* LIST is the new list of allowed keys: those that are not on it. */
void departures_by_list(broker *b, const key_list *list);

#endif
