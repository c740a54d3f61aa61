/* The peers behind their handle, for their own files. */
#ifndef CANVASS_BROKER_PEERS_PEERS_INSIDE_H
#define CANVASS_BROKER_PEERS_PEERS_INSIDE_H

#include "broker/door.h"
#include "broker/peers/in_flight.h"
#include "broker/peers/outbox.h"
#include "broker/peers/peers.h"

enum { PEERS_BUCKETS = 4096, TURNED_AWAY_MAX = 32 };

/* What the log said of connections, and when. */
typedef struct connection_log {
  uint64_t refusals_ms, expired_ms; /* 0: never */
  size_t expired;                   /* connections that were closed, not yet in the log */
} connection_log;

struct peers {
  host *host;
  uint64_t start; /* of the broker's instance */
  listener lines;
  door *door; /* NULL without keys */
  const key_list *allowed;
  peer *by_route[PEERS_BUCKETS], *by_number[PEERS_BUCKETS];
  size_t count;
  uint32_t last;
  owners owners;
  in_flight_left left;
  outbox outbox;
  bool has_gone;
  bool has_doubtful;
  connection_log log;
  char turned_away[TURNED_AWAY_MAX][KEY_TEXT_BYTES]; /* a ring of keys that the log has named */
  size_t turned_away_next;
};

/* ---- peers.c */
/* WHOSE: the name of its owner.  NULL when out of memory; the caller observes PEERS_MAX. */
peer *peers_add(peers *p, line_kind line, const wire_route *route, const char *whose);
/* ---- guard.c */
void guard_housekeep(peers *p);
/* ---- admission.c */
void admission_housekeep(peers *p);

#endif
