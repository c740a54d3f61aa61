/* What the files of this module share. */
#ifndef CANVASS_BROKER_PEERS_PEERS_INSIDE_H
#define CANVASS_BROKER_PEERS_PEERS_INSIDE_H

#include "broker/door.h"
#include "broker/peers/in_flight.h"
#include "broker/peers/outbox.h"
#include "broker/peers/peers.h"

enum { PEERS_BUCKETS = 4096, TURNED_AWAY_MAX = 32 };

/* What was logged about connections, and when. */
typedef struct connection_log {
  uint64_t refusals_ms, expired_ms; /* 0: never */
  size_t expired;                   /* closed connections that the log does not yet mention */
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
  char turned_away[TURNED_AWAY_MAX][KEY_TEXT_BYTES]; /* the last keys that the log named, a ring */
  size_t turned_away_next;
};

/* ---- peers.c */
/* WHOSE is the name of the owner.  NULL when out of memory; the caller checks PEERS_MAX. */
peer *peers_add(peers *p, line_kind line, const wire_route *route, const char *whose);
/* ---- guard.c */
void guard_housekeep(peers *p);
/* ---- admission.c */
void admission_housekeep(peers *p);

#endif
