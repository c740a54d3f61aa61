/* Why a broker does not let a connection in, as far as libzmq reports it: a key that is not on its
 * allow-list, or no key where it requires one.  (A wrong key of the broker shows as silence.) */
#ifndef CANVASS_PROTO_HANDSHAKE_H
#define CANVASS_PROTO_HANDSHAKE_H

#include "base/status.h"

typedef struct handshake handshake;

/* Before SOCKET connects.  NULL when it cannot be watched: then nothing is reported. */
handshake *handshake_watch(void *zmq_context, void *socket);
/* STATUS_UNREACHABLE once the broker at ENDPOINT has refused; waiting is pointless then.  H may be
 * NULL: nothing is known. */
status handshake_check(handshake *h, const char *endpoint, error *err) MUST_USE;
/* After a check: did a listening peer hang up before anything was sent? Of two that do not agree on keys
 * the first to notice hangs up, so that the other may never learn why. */
bool handshake_was_cut(const handshake *h);
/* Readable when there may be something to check: for polling alone.  NULL when H is. */
void *handshake_socket(const handshake *h);
/* Before SOCKET closes; accepts NULL. */
void handshake_end(handshake *h);

#endif
