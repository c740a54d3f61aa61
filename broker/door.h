/* The door: answers libzmq's question (ZAP, RFC 27) whether a key may come in.  It has its own thread,
 * because libzmq asks during the handshake.  The peer's public key becomes the "User-Id" of its messages
 * (wire_message.user).
 *
 * One door for each ZeroMQ context.  Only sockets made servers by key_use_server ask it; plain ones in the
 * same context are not affected.  Without a door libzmq lets any key in: open it before such sockets bind,
 * and close it after they are closed. */
#ifndef CANVASS_BROKER_DOOR_H
#define CANVASS_BROKER_DOOR_H

#include "base/status.h"
#include "proto/keys.h"

typedef struct door door;

/* Before sockets bind.  LIST is borrowed until door_allow names another one or the door is closed; NULL lets
 * no peer in.  STATUS_IO when the context already has a door. */
status door_open(void *zmq_context, const key_list *list, door **out, error *err) MUST_USE;
/* From now on LIST applies: to handshakes only, not to connected peers.  From any thread; when it returns
 * the door no longer uses the old list. */
void door_allow(door *d, const key_list *list);
/* How many were turned away since the last call, and the last of them (public key; "" for none or not CURVE).
 * Peers with a wrong server key are not among them: their handshake breaks off before the door is asked.
 * From any thread. */
unsigned door_turned_away(door *d, char last[KEY_TEXT_BYTES]);
void door_close(door *d); /* after the sockets; accepts NULL */

#endif
