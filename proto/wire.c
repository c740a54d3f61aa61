/* Frames on sockets.  A message that is not whole (too many frames, a bad header) is read to its end and
 * dropped, so that the next one starts clean. */
#include "proto/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/handover.h"

#ifdef __SANITIZE_THREAD__
char handover_point;
#endif

void wire_free(void *bytes, void *hint) {
  (void)hint;
  handover_take(); /* from whoever read the frame before closing it */
  free(bytes);
}

/* ---- Sending ------------------------------------------------------------------------------------- */

enum { FRAMES_AT_HAND = 16 }; /* of a message: most have fewer, and need no allocation */

/* A message that is about to be sent: all of it exists before any of it is sent. */
typedef struct outgoing {
  zmq_msg_t at_hand[FRAMES_AT_HAND];
  zmq_msg_t *frames;
  size_t count;
} outgoing;

static void close_frames(zmq_msg_t *frames, size_t count) {
  handover_give();
  for (size_t i = 0; i < count; i++) {
    zmq_msg_close(&frames[i]);
  }
}

static void outgoing_fini(outgoing *o) {
  close_frames(o->frames, o->count);
  if (o->frames != o->at_hand) {
    free(o->frames);
  }
}

static status add_copy(outgoing *o, const void *bytes, size_t length, error *err) {
  zmq_msg_t *frame = &o->frames[o->count];
  if (zmq_msg_init_size(frame, length) != 0) {
    return error_no_memory(err, "a message");
  }
  if (length > 0) {
    memcpy(zmq_msg_data(frame), bytes, length);
  }
  o->count++;
  return STATUS_OK;
}

/* Takes over the bytes of a payload with a release, after a failure too. */
static status add_payload(outgoing *o, const wire_payload *p, error *err) {
  zmq_msg_t *frame = &o->frames[o->count];
  if (p->frame != NULL) {
    zmq_msg_init(frame);
    o->count++;
    return zmq_msg_copy(frame, p->frame) == 0 ? STATUS_OK : error_no_memory(err, "a message");
  }
  if (p->release == NULL) {
    return add_copy(o, p->bytes, p->length, err);
  }
  if (zmq_msg_init_data(frame, (void *)p->bytes, p->length, p->release, p->hint) != 0) {
    p->release((void *)p->bytes, p->hint);
    return error_no_memory(err, "a message");
  }
  o->count++;
  return STATUS_OK;
}

static status add_header(outgoing *o, const message *header, error *err) {
  buf b;
  buf_init(&b);
  message_encode(header, &b);
  status st = buf_status(&b, "a message", err);
  if (st == STATUS_OK && b.length > MESSAGE_HEADER_MAX) {
    st = error_set(err, STATUS_LIMIT, "message '%s' with a header of %zu bytes; at most %d are allowed",
                   message_kind_name(header->kind), b.length, (int)MESSAGE_HEADER_MAX);
  }
  if (st == STATUS_OK) {
    st = add_copy(o, b.data, b.length, err);
  }
  buf_fini(&b);
  return st;
}

static status build(outgoing *o, const wire_route *to, const message *header, size_t payloads_count,
                    error *err) {
  o->frames = o->at_hand;
  o->count = 0;
  if (payloads_count > MESSAGE_PAYLOADS_MAX) {
    return error_set(err, STATUS_LIMIT, "message '%s' with %zu payload frames; at most %d are allowed",
                     message_kind_name(header->kind), payloads_count, (int)MESSAGE_PAYLOADS_MAX);
  }
  if (payloads_count + 2 > FRAMES_AT_HAND) {
    zmq_msg_t *more = calloc(payloads_count + 2, sizeof *more);
    if (more == NULL) {
      return error_no_memory(err, "a message");
    }
    o->frames = more;
  }
  if (to != NULL) {
    TRY(add_copy(o, to->bytes, to->length, err));
  }
  return add_header(o, header, err);
}

static bool send_frame(void *socket, zmq_msg_t *frame, bool more) {
  for (;;) {
    if (zmq_msg_send(frame, socket, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0) {
      return true;
    }
    if (errno != EINTR) {
      return false;
    }
  }
}

/* When the first frame cannot be sent nothing was.  When a later one cannot, the connection broke in the
 * middle: libzmq then drops the message, but waits for its last frame, and would take the next message for
 * the rest of this one. */
static status send_frames(void *socket, outgoing *o, error *err) {
  int cause = 0;
  handover_give();
  for (size_t i = 0; i < o->count && (i == 0 || cause != ETERM); i++) {
    if (!send_frame(socket, &o->frames[i], i + 1 < o->count)) {
      cause = cause != 0 ? cause : errno;
      if (i == 0) {
        break;
      }
    }
  }
  return cause == 0 ? STATUS_OK : error_set(err, STATUS_UNREACHABLE, "cannot send: %s", zmq_strerror(cause));
}

status wire_send(void *socket, const wire_route *to, const message *header, const wire_payload *payloads,
                 size_t payloads_count, error *err) {
  outgoing o;
  status st = build(&o, to, header, payloads_count, err);
  for (size_t i = 0; i < payloads_count; i++) {
    if (st == STATUS_OK) {
      st = add_payload(&o, &payloads[i], err);
    } else if (payloads[i].release != NULL) {
      payloads[i].release((void *)payloads[i].bytes, payloads[i].hint);
    }
  }
  if (st == STATUS_OK) {
    st = send_frames(socket, &o, err);
  }
  outgoing_fini(&o);
  return st;
}

/* ---- Receiving ----------------------------------------------------------------------------------- */

void wire_message_close(wire_message *m) {
  close_frames(m->frames, m->payloads_count + 1);
  m->payloads_count = 0;
}

const void *wire_payload_bytes(wire_message *m, size_t index, size_t *length) {
  *length = zmq_msg_size(&m->frames[index + 1]);
  return zmq_msg_data(&m->frames[index + 1]);
}

/* True with a frame; false when there is none (errno EAGAIN) or the socket is gone. */
static bool receive_frame(void *socket, zmq_msg_t *frame) {
  zmq_msg_init(frame);
  for (;;) {
    if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) >= 0) {
      handover_take();
      return true;
    }
    if (errno != EINTR) {
      zmq_msg_close(frame);
      return false;
    }
  }
}

static void skip_rest(void *socket, bool more) {
  zmq_msg_t frame;
  while (more && receive_frame(socket, &frame)) {
    more = zmq_msg_more(&frame) != 0;
    zmq_msg_close(&frame);
  }
}

/* An id that the broker did not assign may be longer than a route: such a peer cannot be answered. */
static bool receive_route(void *socket, wire_route *from, bool *more) {
  zmq_msg_t frame;
  if (!receive_frame(socket, &frame)) {
    return false;
  }
  const size_t length = zmq_msg_size(&frame);
  from->length = length <= WIRE_ROUTE_BYTES ? (uint8_t)length : 0;
  memcpy(from->bytes, zmq_msg_data(&frame), from->length);
  *more = zmq_msg_more(&frame) != 0;
  zmq_msg_close(&frame);
  return true;
}

static status check_payloads(const wire_message *m, error *err) {
  size_t least = 0;
  size_t most = 0;
  message_payloads(m->header.kind, &least, &most);
  if (m->payloads_count < least || m->payloads_count > most) {
    return error_set(err, STATUS_PROTOCOL, "message '%s' with %zu payload frames; %zu to %zu are allowed",
                     message_kind_name(m->header.kind), m->payloads_count, least, most);
  }
  return STATUS_OK;
}

/* Of the header frame: libzmq 4.3.4 forgets it on the frame before, the route. */
static void read_user(wire_message *m) {
  const char *user = zmq_msg_gets(&m->frames[0], "User-Id");
  m->user[0] = '\0';
  if (user != NULL && strlen(user) < sizeof m->user) {
    memcpy(m->user, user, strlen(user) + 1);
  }
}

/* Header and payloads; those beyond the limit are dropped, and *MORE is then set.  False when there is no
 * message. */
static bool receive_frames(void *socket, wire_message *out, bool *more) {
  if (!receive_frame(socket, &out->frames[0])) {
    return false;
  }
  *more = zmq_msg_more(&out->frames[0]) != 0;
  while (*more && out->payloads_count < MESSAGE_PAYLOADS_MAX) {
    if (!receive_frame(socket, &out->frames[out->payloads_count + 1])) {
      wire_message_close(out); /* messages come whole: only the context's end truncates one */
      return false;
    }
    out->payloads_count++;
    *more = zmq_msg_more(&out->frames[out->payloads_count]) != 0;
  }
  skip_rest(socket, *more);
  return true;
}

static status check_message(wire_message *m, bool too_long, error *err) {
  zmq_msg_t *header = &m->frames[0];
  TRY(message_decode(zmq_msg_data(header), zmq_msg_size(header), &m->header, err));
  if (too_long) {
    return error_set(err, STATUS_PROTOCOL, "message '%s' of more than %d payload frames",
                     message_kind_name(m->header.kind), (int)MESSAGE_PAYLOADS_MAX);
  }
  return check_payloads(m, err);
}

status wire_receive(void *socket, bool is_router, wire_message *out, bool *received, error *err) {
  out->payloads_count = 0;
  out->from = (wire_route){0};
  out->header.has = 0;
  out->user[0] = '\0';
  *received = false;
  bool more = true;
  if (is_router && !receive_route(socket, &out->from, &more)) {
    return STATUS_OK;
  }
  if (!more) {
    *received = true;
    return error_set(err, STATUS_PROTOCOL, "an empty message");
  }
  if (!receive_frames(socket, out, &more)) {
    return STATUS_OK;
  }
  *received = true;
  read_user(out);
  status st = check_message(out, more, err);
  if (st == STATUS_OK && is_router && out->from.length == 0) {
    st = error_set(err, STATUS_PROTOCOL, "a peer that set its own routing id; the broker assigns one");
  }
  if (st != STATUS_OK) {
    const uint64_t request = out->header.integers[FIELD_REQUEST];
    out->header = (message){.has = out->header.has & FIELDS_REQUEST};
    out->header.integers[FIELD_REQUEST] = request;
    wire_message_close(out);
  }
  return st;
}
