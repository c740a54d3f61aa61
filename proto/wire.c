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

static status send_frame(void *socket, zmq_msg_t *frame, bool more, error *err) {
  handover_give();
  for (;;) {
    if (zmq_msg_send(frame, socket, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0) {
      return STATUS_OK;
    }
    if (errno != EINTR) {
      const int cause = errno;
      zmq_msg_close(frame);
      return error_set(err, STATUS_UNREACHABLE, "cannot send: %s", zmq_strerror(cause));
    }
  }
}

static status send_copy(void *socket, const void *bytes, size_t length, bool more, error *err) {
  zmq_msg_t frame;
  if (zmq_msg_init_size(&frame, length) != 0) {
    return error_no_memory(err, "a message");
  }
  if (length > 0) {
    memcpy(zmq_msg_data(&frame), bytes, length);
  }
  return send_frame(socket, &frame, more, err);
}

static status send_payload(void *socket, const wire_payload *p, bool more, error *err) {
  zmq_msg_t frame;
  if (p->frame) {
    zmq_msg_init(&frame);
    zmq_msg_copy(&frame, p->frame);
    return send_frame(socket, &frame, more, err);
  }
  if (!p->release) {
    return send_copy(socket, p->bytes, p->length, more, err);
  }
  if (zmq_msg_init_data(&frame, (void *)p->bytes, p->length, p->release, p->hint) != 0) {
    p->release((void *)p->bytes, p->hint);
    return error_no_memory(err, "a message");
  }
  return send_frame(socket, &frame, more, err);
}

status wire_send(void *socket, const wire_route *to, const message *header, const wire_payload *payloads,
                 size_t payloads_count, error *err) {
  buf b;
  buf_init(&b);
  message_encode(header, &b);
  status st = buf_status(&b, "a message", err);
  if (st == STATUS_OK && to) {
    st = send_copy(socket, to->bytes, to->length, true, err);
  }
  if (st == STATUS_OK) {
    st = send_copy(socket, b.data, b.length, payloads_count > 0, err);
  }
  buf_fini(&b);
  for (size_t i = 0; i < payloads_count; i++) {
    if (st == STATUS_OK) {
      st = send_payload(socket, &payloads[i], i + 1 < payloads_count, err);
    } else if (payloads[i].release) {
      payloads[i].release((void *)payloads[i].bytes, payloads[i].hint);
    }
  }
  return st;
}

/* ---- Receiving ----------------------------------------------------------------------------------- */

void wire_message_close(wire_message *m) {
  handover_give();
  for (size_t i = 0; i <= m->payloads_count; i++) {
    zmq_msg_close(&m->frames[i]);
  }
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

static bool receive_route(void *socket, wire_route *from, bool *more) {
  zmq_msg_t frame;
  if (!receive_frame(socket, &frame)) {
    return false;
  }
  const size_t length = zmq_msg_size(&frame);
  from->length = (uint8_t)(length < WIRE_ROUTE_BYTES ? length : WIRE_ROUTE_BYTES);
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

status wire_receive(void *socket, bool is_router, wire_message *out, bool *received, error *err) {
  out->payloads_count = 0;
  out->from = (wire_route){0};
  *received = false;
  bool more = true;
  if (is_router && !receive_route(socket, &out->from, &more)) {
    return STATUS_OK;
  }
  if (!more) {
    *received = true;
    return error_set(err, STATUS_PROTOCOL, "an empty message");
  }
  if (!receive_frame(socket, &out->frames[0])) {
    return STATUS_OK;
  }
  *received = true;
  more = zmq_msg_more(&out->frames[0]) != 0;
  while (more && out->payloads_count < MESSAGE_PAYLOADS_MAX &&
         receive_frame(socket, &out->frames[out->payloads_count + 1])) {
    out->payloads_count++;
    more = zmq_msg_more(&out->frames[out->payloads_count]) != 0;
  }
  status st =
      more ? error_set(err, STATUS_PROTOCOL, "a message of more than %d frames", (int)MESSAGE_PAYLOADS_MAX)
           : message_decode(zmq_msg_data(&out->frames[0]), zmq_msg_size(&out->frames[0]), &out->header, err);
  skip_rest(socket, more);
  if (st == STATUS_OK) {
    st = check_payloads(out, err);
  }
  if (st != STATUS_OK) {
    wire_message_close(out);
  }
  return st;
}
