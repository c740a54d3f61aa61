/* Sending and receiving messages over libzmq sockets: header and payload frames together.
 *
 * A socket belongs to one thread.  Sending never blocks: a peer that is gone or full is
 * STATUS_UNREACHABLE, and what to do about it is decided by the state machine. */
#ifndef CANVASS_PROTO_WIRE_H
#define CANVASS_PROTO_WIRE_H

#include <zmq.h>

#include "proto/keys.h"
#include "proto/message.h"

enum {
  WIRE_ROUTE_BYTES = 8,                      /* ids are assigned by ROUTER: 5 bytes in libzmq 4.3 */
  WIRE_FRAME_MAX = MESSAGE_FRAME_MAX + 1024, /* for ZMQ_MAXMSGSIZE, which counts what encryption adds */
};

typedef struct wire_route {
  uint8_t length;
  uint8_t bytes[WIRE_ROUTE_BYTES];
} wire_route;

/* A received message; owns its frames.  It has some 66 KiB: not for the stack. */
typedef struct wire_message {
  message header;  /* borrows from frames[0] */
  wire_route from; /* ROUTER sockets */
  /* The public key that the door let in.  It is proved only on CURVE sockets with a door; elsewhere it is
   * "" or whatever the peer claims. */
  char user[KEY_TEXT_BYTES];
  zmq_msg_t frames[MESSAGE_PAYLOADS_MAX + 1];
  size_t payloads_count; /* frames[1 .. payloads_count] */
} wire_message;

/* One payload to send.  With FRAME, that frame's content by reference (the frame stays the caller's).  With
 * RELEASE, the bytes are sent without copying and RELEASE(bytes, hint) is called once, from any thread, when
 * they are no longer needed; without, they are copied. */
typedef struct wire_payload {
  zmq_msg_t *frame;
  const void *bytes;
  size_t length;
  void (*release)(void *bytes, void *hint);
  void *hint;
} wire_payload;

/* TO is NULL on sockets other than ROUTER.  The message goes whole or not at all: STATUS_UNREACHABLE when the
 * peer is gone or full, STATUS_NO_MEMORY, or STATUS_LIMIT for one that no receiver would accept.  A peer that
 * disconnects later loses it unnoticed. */
status wire_send(void *socket, const wire_route *to, const message *header, const wire_payload *payloads,
                 size_t payloads_count, error *err) MUST_USE;
/* Receives without waiting.  *RECEIVED is false when there is no message.  A malformed message is
 * STATUS_PROTOCOL, and so is one with too few or too many payload frames; OUT->from, OUT->user and, when it
 * could be read, the header's FIELD_REQUEST are then set, so that it can be answered, and there is nothing to
 * close.  A peer that set itself an id longer than a route cannot be answered: OUT->from is then empty.  The
 * size of payload frames is not checked: ZMQ_MAXMSGSIZE bounds it where peers are not trusted. */
status wire_receive(void *socket, bool is_router, wire_message *out, bool *received, error *err) MUST_USE;
void wire_message_close(wire_message *m);
const void *wire_payload_bytes(wire_message *m, size_t index, size_t *length);

/* release for bytes from malloc (buf_take). */
void wire_free(void *bytes, void *hint);

#endif
