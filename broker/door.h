/* The door: answers libzmq's question (ZAP, RFC 27) whether a key may come in.  A thread of its own, because
 * libzmq asks while it shakes hands.  Without it libzmq would let any key in.  The peer's public key becomes
 * the "User-Id" of its messages. */
#ifndef CANVASS_BROKER_DOOR_H
#define CANVASS_BROKER_DOOR_H

#include "base/status.h"
#include "proto/keys.h"

typedef struct door door;

/* Before sockets bind.  LIST is borrowed; door_allow changes it while the door stands. */
status door_open(void *zmq_context, const key_list *list, door **out, error *err) MUST_USE;
void door_allow(door *d, const key_list *list);
/* How many were turned away since the last call, and the last of them (public key; "" for none or not CURVE).
 */
unsigned door_turned_away(door *d, char last[KEY_TEXT_BYTES]);
void door_close(door *d); /* after the sockets; accepts NULL */

#endif
