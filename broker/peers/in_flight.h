/* Bytes in flight to a peer: passed to libzmq, and not yet written to the peer's connection.
 *
 * They are counted for each route, not for each peer: a peer that says bye and hello again still has what it
 * did not read.  A count outlives its peer, its route and its socket for as long as a frame of it is in
 * flight, and frames are counted down by libzmq's threads. */
#ifndef CANVASS_BROKER_PEERS_IN_FLIGHT_H
#define CANVASS_BROKER_PEERS_IN_FLIGHT_H

#include "broker/listener.h"
#include "proto/wire.h"

/* A peer with so much unread gets no more.  Peers request 8 MiB at a time. */
enum { IN_FLIGHT_BYTES_MAX = 32 << 20 };

typedef struct in_flight in_flight;

/* Counts of routes whose peer was forgotten. */
typedef struct in_flight_left {
  in_flight *first;
} in_flight_left;

/* The route's count among LEFT, or a new one.  NULL when out of memory. */
in_flight *in_flight_take(in_flight_left *left, line_kind line, const wire_route *route);
/* The route's peer is forgotten: U is kept in LEFT while something is in flight. */
void in_flight_leave(in_flight_left *left, in_flight *u);
void in_flight_fini(in_flight_left *left);

bool in_flight_is_full(const in_flight *u);
/* Counts FRAME's bytes from now on until the last copy of the frame is closed, by whichever thread.  The
 * content is the same and is not copied.  False when out of memory: the frame is unchanged. */
bool in_flight_count(in_flight *u, zmq_msg_t *frame);

#endif
