/* A table of options, and the order of a socket's life: the handshake is watched before it connects. */
#include "proto/dealer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "proto/endpoint.h"
#include "proto/wire.h"

enum {
  SEND_LENGTH = 10000,   /* messages; bytes are bounded by the windows of what is offered and requested */
  RECEIVE_LENGTH = 1000, /* the same, from a broker that is not trusted to keep to them */
  KEEPALIVE_S = 30,
};

/* ---- The socket ---------------------------------------------------------------------------------- */

/* Without libzmq's heartbeats, which would close slow connections in the middle of a message. */
static bool set_options(void *socket, const dealer_options *o) {
  const struct {
    int name, value;
  } wanted[] = {
      {ZMQ_LINGER, 0},
      {ZMQ_SNDHWM, SEND_LENGTH},
      {ZMQ_RCVHWM, o->is_within ? SEND_LENGTH : RECEIVE_LENGTH},
      {ZMQ_IMMEDIATE, o->waits},
      {ZMQ_IPV6, endpoint_is_ipv6(o->endpoint)},
      {ZMQ_RECONNECT_IVL, o->reconnect_ms},
      {ZMQ_RECONNECT_IVL_MAX, o->reconnect_max_ms},
      {ZMQ_TCP_KEEPALIVE, 1},
      {ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_S},
      {ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_S},
      {ZMQ_HANDSHAKE_IVL, o->handshake_ms}, /* last: 0 would be "for ever" */
  };
  const size_t count = sizeof wanted / sizeof wanted[0] - (o->handshake_ms == 0);
  for (size_t i = 0; i < count; i++) {
    if (zmq_setsockopt(socket, wanted[i].name, &wanted[i].value, sizeof wanted[i].value) != 0) {
      return false;
    }
  }
  const int64_t frame_max = WIRE_FRAME_MAX;
  return o->is_within || zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) == 0;
}

static status connect_socket(dealer *d, const dealer_options *o, error *err) {
  if (!set_options(d->socket, o)) {
    return error_set(err, STATUS_IO, "cannot set up a socket: %s", zmq_strerror(errno));
  }
  if (o->key != NULL) {
    TRY(key_use_client(d->socket, o->key, o->broker_key, err));
  }
  d->handshake = o->is_within ? NULL : handshake_watch(o->zmq_context, d->socket);
  if (zmq_connect(d->socket, o->endpoint) != 0) {
    return error_set(err, errno == EINVAL ? STATUS_USAGE : STATUS_UNREACHABLE, "cannot connect to %s: %s",
                     o->endpoint, zmq_strerror(errno));
  }
  return STATUS_OK;
}

status dealer_open(dealer *d, const dealer_options *options, error *err) {
  *d = (dealer){.socket = zmq_socket(options->zmq_context, ZMQ_DEALER)};
  if (d->socket == NULL) {
    return error_set(err, STATUS_IO, "cannot open a socket: %s", zmq_strerror(errno));
  }
  const status st = connect_socket(d, options, err);
  if (st != STATUS_OK) {
    dealer_close(d, 0);
  }
  return st;
}

void dealer_close(dealer *d, int linger_ms) {
  handshake_end(d->handshake);
  if (d->socket != NULL) {
    (void)zmq_setsockopt(d->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    (void)zmq_close(d->socket);
  }
  *d = (dealer){.socket = NULL};
}

/* ---- Hello --------------------------------------------------------------------------------------- */

status dealer_identity_make(const char *role, dealer_identity *out, error *err) {
  char host[sizeof out->title - 32] = "";
  if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') {
    (void)snprintf(host, sizeof host, "%s", role);
  }
  *out = (dealer_identity){.role = role};
  (void)snprintf(out->title, sizeof out->title, "%s:%ld", host, (long)getpid());
  if (getrandom(out->instance, sizeof out->instance, 0) != (ssize_t)sizeof out->instance) {
    return error_set(err, STATUS_IO, "the system provides no random bytes: %s", strerror(errno));
  }
  return STATUS_OK;
}

message dealer_hello(const dealer_identity *who, const char *release) {
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, who->role);
  message_set_text(&hello, FIELD_TITLE, who->title);
  message_set_text(&hello, FIELD_RELEASE, release);
  message_set_bytes(&hello, FIELD_INSTANCE, who->instance, sizeof who->instance);
  return hello;
}
