/* What clients and workers have in common as peers of a broker: a DEALER socket that is set up in one way,
 * and how they introduce themselves. */
#ifndef CANVASS_PROTO_DEALER_H
#define CANVASS_PROTO_DEALER_H

#include "proto/handshake.h"
#include "proto/keys.h"
#include "proto/message.h"

/* ---- The socket */
typedef struct dealer_options {
  void *zmq_context;
  const char *endpoint;
  const key_pair *key;                /* NULL: no keys */
  const char *broker_key;             /* with a key: the broker's public one */
  bool is_within;                     /* one process: frames of any size, and no handshake to watch */
  bool waits;                         /* messages go only to an established connection */
  int reconnect_ms, reconnect_max_ms; /* libzmq's own attempts while nothing listens */
  int handshake_ms;                   /* how long one may take; 0: as long as libzmq lets it */
} dealer_options;

typedef struct dealer {
  void *socket; /* NULL: not open */
  handshake *handshake;
} dealer;

/* STATUS_USAGE for an endpoint that libzmq does not accept.  After a failure there is nothing to close. */
status dealer_open(dealer *d, const dealer_options *options, error *err) MUST_USE;
/* What was sent last has LINGER_MS to leave.  Harmless on a zeroed one. */
void dealer_close(dealer *d, int linger_ms);

/* ---- Hello */
typedef struct dealer_identity {
  const char *role;
  char title[128]; /* for readers: "host:pid" */
  uint8_t instance[INSTANCE_BYTES];
} dealer_identity;

/* Of this process.  ROLE ("client", "worker") is borrowed. */
status dealer_identity_make(const char *role, dealer_identity *out, error *err) MUST_USE;
/* RELEASE: the program's version.  The message borrows both. */
message dealer_hello(const dealer_identity *who, const char *release);

#endif
