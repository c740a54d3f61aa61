/* Messages to peers: answers wait for the commit of their turn, so that sending can fail in one place only;
 * chunks and requests for chunks are sent at once. */
#include <stdlib.h>

#include "broker/peers/peers_inside.h"

/* ---- Letters ------------------------------------------------------------------------------------- */

static void close_frames(zmq_msg_t *frames, size_t count) {
  for (size_t i = 0; i < count; i++) {
    zmq_msg_close(&frames[i]);
  }
}

/* Counts what a client gets on request.  Tasks are not counted: a worker itself says how many it takes. */
static status count_frames(const peer *to, message_kind kind, zmq_msg_t *frames, size_t count, error *why) {
  if (kind != MESSAGE_REPORT && kind != MESSAGE_MANIFEST && kind != MESSAGE_LISTING) {
    return STATUS_OK;
  }
  for (size_t i = 0; i < count; i++) {
    if (!in_flight_count(to->in_flight, &frames[i])) {
      return error_no_memory(why, "an answer");
    }
  }
  return STATUS_OK;
}

void peers_answer(peers *p, const peer *to, const message *m, zmq_msg_t *frames, size_t frames_count) {
  error why;
  status st = count_frames(to, m->kind, frames, frames_count, &why);
  if (st == STATUS_OK) {
    st = outbox_put(&p->outbox, to->line, &to->route, to->number, m, frames, frames_count, &why);
  }
  if (st != STATUS_OK) {
    close_frames(frames, frames_count);
    host_fail(p->host, st, &why);
  }
}

message peers_refusal(const error *why) {
  message m = message_of(MESSAGE_REFUSED);
  message_set_text(&m, FIELD_STATUS, status_name(why->code));
  message_set_text(&m, FIELD_MESSAGE, why->message);
  return m;
}

static void repeat_request(message *m, const message *request) {
  if (request != NULL && request->has & FIELD_BIT(FIELD_REQUEST)) {
    message_set_integer(m, FIELD_REQUEST, request->integers[FIELD_REQUEST]);
  }
}

void peers_refuse(peers *p, const peer *to, const message *request, const error *why) {
  message m = peers_refusal(why);
  repeat_request(&m, request);
  if (request != NULL && request->has & FIELD_BIT(FIELD_BLOB)) {
    message_set_bytes(&m, FIELD_BLOB, request->texts[FIELD_BLOB].bytes, request->texts[FIELD_BLOB].length);
  }
  peers_answer(p, to, &m, NULL, 0);
}

void peers_refuse_stranger(peers *p, line_kind line, const wire_route *to, const message *request,
                           const error *why) {
  message m = peers_refusal(why);
  repeat_request(&m, request);
  error failed;
  const status st = outbox_put(&p->outbox, line, to, 0, &m, NULL, 0, &failed);
  if (st != STATUS_OK) {
    host_fail(p->host, st, &failed);
  }
}

void peers_greet_stranger(peers *p, line_kind line, const wire_route *to) {
  error ignored; /* no memory: it asks again */
  const message stranger = message_of(MESSAGE_STRANGER);
  (void)!outbox_put(&p->outbox, line, to, 0, &stranger, NULL, 0, &ignored);
}

size_t peers_outbox_bytes(const peers *p) {
  return p->outbox.bytes;
}

/* ---- Sending ------------------------------------------------------------------------------------- */

static void mark_gone(peers *p, peer *one) {
  one->is_gone = true;
  p->has_gone = true;
}

static void send_payloads(peers *p, peer *to, const message *m, const wire_payload *payloads, size_t count) {
  error ignored;
  if (!to->is_gone &&
      wire_send(p->lines.sockets[to->line], &to->route, m, payloads, count, &ignored) != STATUS_OK) {
    mark_gone(p, to);
  }
}

void peers_send_now(peers *p, peer *to, const message *m) {
  send_payloads(p, to, m, NULL, 0);
}

bool peers_send_frame(peers *p, peer *to, const message *m, zmq_msg_t *frame) {
  if (!in_flight_count(to->in_flight, frame)) {
    return false;
  }
  const wire_payload payload = {.frame = frame};
  send_payloads(p, to, m, &payload, 1);
  return true;
}

bool peer_is_full(const peer *one) {
  return in_flight_is_full(one->in_flight);
}

static void post(peers *p, letter *l) {
  peer *to = l->peer ? peers_at(p, l->peer) : NULL;
  if (to != NULL && to->is_gone) {
    return;
  }
  wire_payload payloads[MESSAGE_PAYLOADS_MAX];
  for (size_t i = 0; i < l->frames_count; i++) {
    payloads[i] = (wire_payload){.frame = &l->frames[i]};
  }
  error ignored; /* an answer to an unknown peer may get lost */
  const status st =
      wire_send(p->lines.sockets[l->line], &l->to, &l->header, payloads, l->frames_count, &ignored);
  if (st != STATUS_OK && to != NULL) {
    mark_gone(p, to);
  }
}

void peers_post(peers *p) {
  for (size_t i = 0; i < p->outbox.count; i++) {
    post(p, &p->outbox.at[i]);
  }
  outbox_clear(&p->outbox);
}

void peers_farewell(peers *p, const error *why) {
  outbox_clear(&p->outbox);
  const message m = peers_refusal(why);
  for (peer *one = peers_next(p, NULL); one != NULL; one = peers_next(p, one)) {
    peers_send_now(p, one, &m);
  }
}
