/* Peers that have said hello: numbers for the core, routes for the sockets, roles, and when each was last
 * heard from.
 *
 * A number is never reused.  A peer that did not say hello, or was forgotten, has none: it is unknown.
 */
#ifndef CANVASS_BROKER_PEERS_PEERS_H
#define CANVASS_BROKER_PEERS_PEERS_H

#include "broker/connections.h"
#include "broker/listener.h"
#include "broker/peers/in_flight.h"
#include "broker/peers/owners.h"
#include "proto/keys.h"
#include "proto/wire.h"

enum { ROUTES_MAX = 20000, ROUTES_BUCKETS = 4096, PEER_TITLE_MAX = 128 };

typedef struct peer {
  uint32_t number; /* from 1 */
  line_kind line;
  wire_route route;
  unsigned role;            /* WAY_CLIENT or WAY_WORKER */
  char key[KEY_TEXT_BYTES]; /* its public key; "" on the plain line */
  char title[PEER_TITLE_MAX];
  uint32_t capacity; /* of a worker, as last reported */
  uint64_t joined_ms, heard_ms;
  uint32_t offers;       /* blobs that it is sending, or would */
  uint64_t outstanding;  /* bytes of them that were requested and have not arrived */
  uint64_t chunk_ms;     /* when one of its chunks last was the next of its blob */
  owner *owner;          /* borrowed */
  in_flight *in_flight;  /* what it was sent and has not received; owned until it is removed */
  bool is_gone;          /* could not be sent to; forgotten with the next turn */
  connection connection; /* that its last message came over */
  struct peer *next_of_route, *next_of_number;
} peer;

typedef struct routes {
  peer *by_route[ROUTES_BUCKETS], *by_number[ROUTES_BUCKETS];
  size_t count;
  uint32_t last;
  owners owners;
  in_flight_left left;
} routes;

void routes_fini(routes *r);
peer *routes_find(const routes *r, line_kind line, const wire_route *route); /* NULL: unknown */
peer *routes_at(const routes *r, uint32_t number);                           /* NULL: gone */
/* WHOSE: the name of its owner.  NULL when out of memory; the caller observes ROUTES_MAX. */
peer *routes_add(routes *r, line_kind line, const wire_route *route, const char *whose);
void routes_remove(routes *r, peer *gone);
/* All of them, in no order: PREVIOUS is NULL at first, and must still exist. */
peer *routes_next(const routes *r, const peer *previous);

#endif
