/* The connections that the process has taken from its listening sockets: how many, and how much each of them
 * may send that nobody has read.
 *
 * libzmq 4.3.4 limits neither: it ends the process when an ipc listener gets no descriptor, and keeps every
 * frame of a message that never ends.  What it calls instead of accept, recv and close (cli/intercept.c) asks
 * here.  There is one set of connections for the process, because those functions have no context; before
 * connections_limit everything is let through and nothing is counted.
 *
 * From any thread.  A connection is known by its descriptor together with a serial number, because
 * descriptors are used again.
 */
#ifndef CANVASS_BROKER_CONNECTIONS_H
#define CANVASS_BROKER_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/status.h"

enum {
  CONNECTIONS_MAX = 20000, /* of one way: more peers than that a broker does not take either */
  /* A connection has so long for a hello that is accepted: longer than libzmq's handshake may take. */
  CONNECTIONS_HELLO_MS = 30000,
  CONNECTIONS_ADDRESS_BYTES = 64,
};

typedef enum connection_way { CONNECTION_TCP, CONNECTION_IPC, CONNECTION_WAYS } connection_way;

typedef struct connection {
  int descriptor;
  uint64_t serial;  /* 0: none */
  bool is_doubtful; /* the message may have come over the one that had the descriptor before */
} connection;

/* Of the process at the other end of an ipc connection, as the system says; elsewhere neither is known. */
typedef struct connection_peer {
  bool is_known;
  uint32_t user;
  int32_t process;
} connection_peer;
connection_peer connection_peer_of(int descriptor);

typedef struct connections_limits {
  size_t descriptors; /* they are below this */
  size_t most[CONNECTION_WAYS];
  size_t most_strangers; /* over tcp, from one address, without an accepted hello */
  /* Received and not delivered as part of a whole message: of one connection; and of all, beyond which those
   * with more than a quarter of UNREAD are cut. */
  uint64_t unread, unread_in_all;
} connections_limits;

/* What DESCRIPTORS (as in `ulimit -n`) allow: a quarter of them, at least 64 and at most 4,096, stays for
 * files; of the rest ipc has a quarter, so that tcp cannot take what ipc needs. */
connections_limits connections_limits_of(size_t descriptors);
/* Before sockets listen: from now on connections are counted, from none. */
status connections_limit(const connections_limits *limits, error *err) MUST_USE;

/* ---- For cli/intercept.c */
bool connections_are_limited(void);
/* FROM is the peer's address, as accept gives it.  False: it must be closed again. */
bool connections_admit(int descriptor, const struct sockaddr_storage *from);
/* One over WAY had to be refused because the process or the system had no descriptor. */
void connections_refuse(connection_way way);
connection_way connections_way(const struct sockaddr_storage *address);
/* False when the connection must end: it has sent too much that does not end in a message. */
bool connections_receive(int descriptor, size_t bytes);
void connections_close(int descriptor);

/* ---- For the broker */
/* A moment, for connections_drained. */
uint64_t connections_moment(void);
/* Since MOMENT there was a time when no message waited for the broker: what connections sent that were closed
 * before it was delivered. */
void connections_drained(uint64_t moment);
/* A whole message of BYTES in FRAMES was taken that came from DESCRIPTOR (ZMQ_SRCFD).  Doubtful until what
 * the one before left was drained, or for some seconds. */
connection connections_deliver(int descriptor, size_t bytes, size_t frames);
/* It belongs to a peer whose hello was accepted.  Nothing while it is doubtful. */
void connections_welcome(connection c);
/* All connections that are not welcomed again within MS are closed: the list of allowed keys has changed. */
void connections_doubt(uint64_t ms);
/* Once a second or so: closes those whose time is up, by a clock that begins at 0 with connections_limit. How
 * many, and those that had to make room for others. */
size_t connections_expire(uint64_t now_ms);

/* Since the last report. */
typedef struct connections_report {
  uint64_t refused[CONNECTION_WAYS];
  uint64_t crowded;      /* also refused: too many strangers from their address */
  uint64_t overflow;     /* cut: sent too much that does not end in a message */
  connection overflowed; /* the last one */
  char crowded_from[CONNECTIONS_ADDRESS_BYTES], overflow_from[CONNECTIONS_ADDRESS_BYTES]; /* the last one */
  connections_limits limits;
} connections_report;
/* False when there is nothing to report. */
bool connections_take_report(connections_report *out);

#endif
