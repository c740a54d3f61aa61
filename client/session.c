/* The connection: hello and welcome, signs of life, a new socket after silence. */
#include "client/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/session_state.h"
#include "proto/endpoint.h"

enum {
  LINGER_MS = 500,    /* for the last messages to a broker that is present */
  RECONNECT_MS = 100, /* libzmq's own attempts while nothing listens */
  RECONNECT_MAX_MS = 2000,
  GREET_AGAIN_MS = 1000, /* least time between two hellos to a broker that does not know us */
};

/* ---- The socket ---------------------------------------------------------------------------------- */

static status greet(session *s, error *err) {
  const message hello = dealer_hello(&s->who, CANVASS_VERSION);
  s->greeted_ms = clock_now_ms();
  s->alive_ms = s->greeted_ms;
  s->is_welcome = false;
  return session_send(s, &hello, NULL, 0, err);
}

static status connect_again(session *s, error *err) {
  const dealer_options options = {.zmq_context = s->context,
                                  .endpoint = s->endpoint,
                                  .key = s->has_key ? &s->key : NULL,
                                  .broker_key = s->broker_key,
                                  .is_within = s->is_within,
                                  .reconnect_ms = RECONNECT_MS,
                                  .reconnect_max_ms = RECONNECT_MAX_MS};
  dealer_close(&s->broker, 0);
  s->connected_ms = clock_now_ms();
  TRY(dealer_open(&s->broker, &options, err));
  return greet(s, err);
}

status session_send(session *s, const message *m, const wire_payload *payloads, size_t count, error *err) {
  const status st = wire_send(s->broker.socket, NULL, m, payloads, count, err);
  return st == STATUS_UNREACHABLE ? STATUS_OK : st;
}

/* ---- Turns --------------------------------------------------------------------------------------- */

void session_begin(session *s) {
  s->heard_ms = clock_now_ms();
  s->connected_ms = s->heard_ms;
  s->alive_ms = s->heard_ms;
}

static void take_welcome(session *s) {
  s->welcomes++;
  s->is_welcome = true;
  shared_store_look(&s->shared, &s->incoming->header);
}

/* Handles what concerns only the connection; false: the message is for the call. */
static bool take_own(session *s, status *outcome, error *err) {
  const message_kind kind = s->incoming->header.kind;
  if (kind != MESSAGE_WELCOME && kind != MESSAGE_ALIVE && kind != MESSAGE_STRANGER) {
    return false;
  }
  if (kind == MESSAGE_WELCOME) {
    take_welcome(s);
  } else if (kind == MESSAGE_STRANGER &&
             (s->is_welcome || clock_now_ms() - s->greeted_ms >= GREET_AGAIN_MS)) {
    *outcome = greet(s, err);
  }
  wire_message_close(s->incoming);
  return true;
}

static status keep_connection(session *s, error *err) {
  const int64_t now = clock_now_ms();
  const int64_t sign_ms = s->heard_ms > s->connected_ms ? s->heard_ms : s->connected_ms;
  if (s->broker.socket == NULL || now - sign_ms >= s->silence_ms) {
    return connect_again(s, err);
  }
  if (now - s->alive_ms >= s->sign_ms) {
    const message alive = message_of(MESSAGE_ALIVE);
    s->alive_ms = now;
    return session_send(s, &alive, NULL, 0, err);
  }
  return STATUS_OK;
}

static status receive(session *s, bool *received, error *err) {
  const status st = wire_receive(s->broker.socket, false, s->incoming, received, err);
  if (st != STATUS_OK) {
    return error_context(err, st, "the broker at %s", s->endpoint);
  }
  return STATUS_OK;
}

status session_turn(session *s, long timeout_ms, bool *received, error *err) {
  *received = false;
  TRY(keep_connection(s, err));
  TRY(receive(s, received, err));
  if (!*received) {
    zmq_pollitem_t item = {.socket = s->broker.socket, .events = ZMQ_POLLIN};
    const long at_most = timeout_ms < (long)s->sign_ms ? timeout_ms : (long)s->sign_ms;
    if (zmq_poll(&item, 1, at_most) < 0 && errno != EINTR) {
      return error_set(err, STATUS_IO, "cannot wait for the broker: %s", zmq_strerror(errno));
    }
    TRY(receive(s, received, err));
  }
  if (!*received) {
    return STATUS_OK;
  }
  s->heard_ms = clock_now_ms();
  status st = STATUS_OK;
  if (take_own(s, &st, err)) {
    *received = false;
  }
  return st;
}

void session_dismiss(session *s) {
  digest name;
  if (s->incoming->header.kind == MESSAGE_WANT && blob_of_message(&s->incoming->header, &name)) {
    const message lost = blob_lost(&name, STATUS_NOT_FOUND, "this blob is no longer offered");
    error ignored;
    (void)!session_send(s, &lost, NULL, 0, &ignored);
  }
  wire_message_close(s->incoming);
}

static status unreachable(const session *s, error *err) {
  const char *unknown = s->is_within || s->is_welcome ? NULL : endpoint_lookup_failure(s->endpoint);
  if (unknown != NULL) {
    return error_set(err, STATUS_UNREACHABLE,
                     "the broker at %s cannot be reached: its host's name cannot be looked up (%s)",
                     s->endpoint, unknown);
  }
  if (handshake_was_cut(s->broker.handshake)) {
    return error_set(
        err, STATUS_UNREACHABLE,
        "the broker at %s closes the connection during the handshake: most likely %s", s->endpoint,
        s->has_key ? "the keys do not match (its key differs from the one that you gave, or it has none)"
                   : "it requires keys and you gave none (--identity, --broker-key)");
  }
  if (s->has_key) {
    return error_set(err, STATUS_UNREACHABLE,
                     "the broker at %s does not answer: nothing listens there, or the keys do not match "
                     "(a wrong broker key gets no answer)",
                     s->endpoint);
  }
  return error_set(
      err, STATUS_UNREACHABLE, "the broker at %s does not answer: nothing listens there%s", s->endpoint,
      strncmp(s->endpoint, "tcp:", 4) == 0 ? ", or it requires keys (--identity, --broker-key)" : "");
}

status session_check(session *s, int64_t news_ms, error *err) {
  const int64_t now = clock_now_ms();
  if (s->go_on != NULL && s->go_on->call != NULL && !s->go_on->call(s->go_on->context, s->done, s->total)) {
    return error_set(err, STATUS_INTERRUPTED, "interrupted");
  }
  if (now - s->heard_ms >= s->patience_ms) {
    return unreachable(s, err);
  }
  const int64_t newsless_ms =
      s->newsless_ms > 0 ? s->newsless_ms : (int64_t)s->patience_ms * PATIENCE_WITHOUT_NEWS;
  if (now - news_ms >= newsless_ms) {
    return error_set(err, STATUS_UNREACHABLE, "the broker at %s is alive but does not answer", s->endpoint);
  }
  return STATUS_OK;
}

/* ---- Opening and closing ------------------------------------------------------------------------- */

static status await_welcome(session *s, error *err) {
  const int64_t begun_ms = clock_now_ms();
  while (s->welcomes == 0) {
    bool received = false;
    TRY(session_turn(s, NEWS_MS, &received, err));
    if (received) {
      const status st = s->incoming->header.kind == MESSAGE_REFUSED
                            ? message_failure(&s->incoming->header, err)
                            : STATUS_OK;
      session_dismiss(s);
      TRY(st);
    }
    TRY(handshake_check(s->broker.handshake, s->endpoint, err));
    TRY(session_check(s, begun_ms, err));
  }
  return STATUS_OK;
}

static status take_options(session *s, const session_options *o, error *err) {
  if (o->endpoint == NULL || strlen(o->endpoint) >= sizeof s->endpoint) {
    return error_set(err, STATUS_USAGE, "'%.60s' is not a valid endpoint",
                     o->endpoint == NULL ? "" : o->endpoint);
  }
  (void)snprintf(s->endpoint, sizeof s->endpoint, "%s", o->endpoint);
  s->is_within = strncmp(s->endpoint, "inproc:", 7) == 0;
  if (!s->is_within) {
    TRY(endpoint_check(s->endpoint, ENDPOINT_CONNECT, err));
  }
  s->patience_ms = o->connect_ms > 0 ? o->connect_ms : o->patience_ms;
  s->patience_ms = s->patience_ms > 0 ? s->patience_ms : PATIENCE_DEFAULT_MS;
  s->answer_ms = ANSWER_MS;
  s->silence_ms = SILENCE_MS;
  s->sign_ms = ALIVE_MS;
  s->away_ms = AWAY_MS;
  s->has_key = o->key != NULL;
  if (s->has_key) {
    s->key = *o->key;
    (void)snprintf(s->broker_key, sizeof s->broker_key, "%s", o->broker_key == NULL ? "" : o->broker_key);
  }
  s->owns_context = o->zmq_context == NULL;
  s->context = s->owns_context ? zmq_ctx_new() : o->zmq_context;
  s->incoming = malloc(sizeof *s->incoming);
  if (s->context == NULL || s->incoming == NULL) {
    return error_no_memory(err, "a session");
  }
  return dealer_identity_make("client", &s->who, err);
}

status session_connect(const session_options *options, session **out, error *err) {
  *out = NULL;
  session *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, "a session");
  }
  s->go_on = options->go_on;
  status st = take_options(s, options, err);
  if (st == STATUS_OK) {
    session_begin(s);
    st = connect_again(s, err);
  }
  if (st == STATUS_OK) {
    st = await_welcome(s, err);
  }
  if (st != STATUS_OK) {
    session_close(s);
    return st;
  }
  s->go_on = NULL;
  s->patience_ms = options->patience_ms > 0 ? options->patience_ms : PATIENCE_DEFAULT_MS;
  *out = s;
  return STATUS_OK;
}

void session_close(session *s) {
  if (s == NULL) {
    return;
  }
  if (s->broker.socket != NULL && s->is_welcome) {
    const message bye = message_of(MESSAGE_BYE);
    error ignored;
    (void)!session_send(s, &bye, NULL, 0, &ignored);
  }
  dealer_close(&s->broker, s->is_welcome ? LINGER_MS : 0);
  if (s->owns_context && s->context != NULL) {
    (void)zmq_ctx_term(s->context);
  }
  free(s->incoming);
  free(s);
}
