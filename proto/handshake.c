/* libzmq's monitor of one socket, read without waiting. */
#include "proto/handshake.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { EVENT_BYTES = 6 }; /* the event's number and its value */

struct handshake {
  void *watched, *monitor;
  bool was_cut;
};

handshake *handshake_watch(void *zmq_context, void *socket) {
  char name[64];
  handshake *h = calloc(1, sizeof *h);
  (void)snprintf(name, sizeof name, "inproc://canvass-handshake-%p", (void *)h);
  if (h == NULL || zmq_socket_monitor(socket, name,
                                      ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                                          ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_CLOSED) != 0) {
    free(h);
    return NULL;
  }
  h->watched = socket;
  h->monitor = zmq_socket(zmq_context, ZMQ_PAIR);
  if (h->monitor == NULL || zmq_connect(h->monitor, name) != 0) {
    handshake_end(h);
    return NULL;
  }
  return h;
}

void handshake_end(handshake *h) {
  if (h == NULL) {
    return;
  }
  (void)zmq_socket_monitor(h->watched, NULL, 0);
  if (h->monitor != NULL) {
    (void)zmq_close(h->monitor);
  }
  free(h);
}

void *handshake_socket(const handshake *h) {
  return h == NULL ? NULL : h->monitor;
}

/* The next event, its second frame (an address) passed over. */
static bool next_event(handshake *h, uint16_t *event, uint32_t *value) {
  uint8_t bytes[EVENT_BYTES];
  char address[1];
  if (zmq_recv(h->monitor, bytes, sizeof bytes, ZMQ_DONTWAIT) != EVENT_BYTES) {
    return false;
  }
  (void)zmq_recv(h->monitor, address, sizeof address, 0);
  memcpy(event, bytes, sizeof *event);
  memcpy(value, bytes + sizeof *event, sizeof *value);
  return true;
}

status handshake_check(handshake *h, const char *endpoint, error *err) {
  uint16_t event = 0;
  uint32_t value = 0;
  while (h != NULL && next_event(h, &event, &value)) {
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL || event == ZMQ_EVENT_CLOSED) {
      h->was_cut =
          event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL; /* otherwise nothing listens there (any more) */
    }
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
      return error_set(err, STATUS_UNREACHABLE,
                       "the broker at %s refuses your key: it is not among the broker's allowed keys",
                       endpoint);
    }
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL && value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
      return error_set(err, STATUS_UNREACHABLE,
                       "the broker at %s and you do not agree on keys: it requires them and you "
                       "gave none (--identity, --broker-key), or you gave some and it uses none",
                       endpoint);
    }
  }
  return STATUS_OK;
}

bool handshake_was_cut(const handshake *h) {
  return h != NULL && h->was_cut;
}
