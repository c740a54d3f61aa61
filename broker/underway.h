/* Bytes in flight to a peer: passed to libzmq, and not yet written to the peer's connection.
 *
 * They are counted for each route, not for each peer: a peer that says bye and hello again still has what it
 * did not read. A count outlives its peer, its route and its socket for as long as a frame of it is in
 * flight, and frames are counted down by libzmq's threads. */
#ifndef CANVASS_BROKER_UNDERWAY_H
#define CANVASS_BROKER_UNDERWAY_H

#include "broker/listening.h"
#include "proto/wire.h"

/* A peer with so much unread gets no more. Peers request 8 MiB at a time. */
enum { UNDERWAY_BYTES_MAX = 32 << 20 };

typedef struct underway underway;

/* Counts of routes whose peer was forgotten. */
typedef struct underway_left {
  underway *first;
} underway_left;

/* The route's count among LEFT, or a new one.  NULL when out of memory. */
underway *underway_take(underway_left *left, line_kind line, const wire_route *route);
/* The route's peer is forgotten: U is kept in LEFT while something is in flight. */
void underway_leave(underway_left *left, underway *u);
void underway_fini(underway_left *left);

bool underway_is_full(const underway *u);
/* Counts FRAME's bytes from now on until the last copy of the frame is closed, by whichever thread.  The
 * content is the same and is not copied.  False when out of memory: the frame is unchanged. */
bool underway_count(underway *u, zmq_msg_t *frame);

#endif
