/* Bytes in flight to a peer: passed to libzmq, and not yet written to the peer's connection.
 *
 * They are counted for each route, not for each peer: a peer that says bye and hello again still has what it
 * did not read.  A count outlives its peer, its route and its socket while a frame is in flight; libzmq's
 * threads count frames down. */
#ifndef CANVASS_BROKER_PEERS_IN_FLIGHT_H
#define CANVASS_BROKER_PEERS_IN_FLIGHT_H

#include "broker/listener.h"
#include "proto/wire.h"

/* A peer that has not read this much gets no more.  Peers request 8 MiB at a time. */
enum { IN_FLIGHT_BYTES_MAX = 32 << 20 };

typedef struct in_flight in_flight;

/* Counts of routes whose peers were forgotten. */
typedef struct in_flight_left {
  in_flight *first;
} in_flight_left;

/* The route's count, from LEFT or new.  NULL when out of memory. */
in_flight *in_flight_take(in_flight_left *left, line_kind line, const wire_route *route);
/* The route's peer is forgotten: LEFT keeps U while something is in flight. */
void in_flight_leave(in_flight_left *left, in_flight *u);
void in_flight_fini(in_flight_left *left);

bool in_flight_is_full(const in_flight *u);
/* Counts FRAME's bytes until the last copy of the frame is closed, in whatever thread.  Its content stays
 * where it is.  False when out of memory: the frame is unchanged. */
bool in_flight_count(in_flight *u, zmq_msg_t *frame);

#endif
