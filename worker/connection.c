/* The socket and the session.  libzmq reconnects automatically when a connection breaks, and the broker then
 * answers "stranger"; one that silently went dead is closed here and reopened. */
#include <sys/random.h>

#include "worker/talk.h"

enum {
  HANDSHAKE_MS = 10000,
  GOODBYE_MS = 500, /* for the last messages */
  HELD_MAX = MESSAGE_FRAME_MAX / 8,
};

/* ---- The socket ---------------------------------------------------------------------------------- */

static void enter(talk *t, talk_phase phase) {
  t->phase = phase;
  t->phase_ms = t->now_ms;
}

/* A worker that lost its broker comes back with all the others, but not at the same moment. */
static uint64_t backoff(talk *t) {
  uint64_t longest = BACKOFF_MS;
  for (unsigned i = 0; i < t->tries && longest < BACKOFF_MAX_MS; i++) {
    longest *= 2;
  }
  longest = longest < BACKOFF_MAX_MS ? longest : BACKOFF_MAX_MS;
  uint64_t random = 0;
  if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random) {
    random = t->now_ms;
  }
  return longest / 2 + random % (longest / 2 + 1);
}

static void reopen_later(talk *t) {
  dealer_close(&t->broker, 0);
  enter(t, TALK_CLOSED);
  t->reopen_ms = t->now_ms + backoff(t);
  t->tries++;
}

static void open_socket(talk *t) {
  const worker_options *o = &t->w->options;
  const dealer_options options = {.zmq_context = o->zmq_context,
                                  .endpoint = o->endpoint,
                                  .key = o->key,
                                  .broker_key = o->broker_key,
                                  .is_within = t->w->is_embedded,
                                  .waits = true,
                                  .reconnect_ms = BACKOFF_MS,
                                  .reconnect_max_ms = BACKOFF_MAX_MS,
                                  .handshake_ms = HANDSHAKE_MS};
  error err;
  const status st = dealer_open(&t->broker, &options, &err);
  if (st == STATUS_OK) {
    enter(t, TALK_OPEN);
    t->heard_ms = t->now_ms;
    return;
  }
  if (!t->told_waiting) {
    worker_log(t->w, "%s", err.message);
    t->told_waiting = true;
  }
  reopen_later(t);
}

bool connection_send(talk *t, const message *m, const wire_payload *payloads, size_t count) {
  error err;
  const status st = wire_send(t->broker.socket, NULL, m, payloads, count, &err);
  if (st == STATUS_NO_MEMORY) {
    reopen_later(t); /* it may have stopped in the middle of a message: only a new connection is clean */
  }
  return st == STATUS_OK;
}

/* ---- The session --------------------------------------------------------------------------------- */

typedef struct holdings {
  buf prefixes;
  size_t count;
} holdings;

/* States count as much as bytes: a worker on the broker's machine reads the broker's shards and has none. */
static void add_prefix(void *context, const digest *name) {
  holdings *h = context;
  if (h->count < HELD_MAX) {
    buf_put(&h->prefixes, name->bytes, 8);
    h->count++;
  }
}

static uint64_t announced_capacity(talk *t) {
  pthread_mutex_lock(&t->w->mutex);
  const bool draining = t->w->draining;
  pthread_mutex_unlock(&t->w->mutex);
  return draining ? 0 : t->w->capacity;
}

static void say_hello(talk *t) {
  worker *w = t->w;
  message hello = dealer_hello(&w->who, CANVASS_VERSION);
  message_set_integer(&hello, FIELD_CAPACITY, announced_capacity(t));
  message_set_bytes(&hello, FIELD_FINGERPRINT, t->fingerprint.bytes, sizeof t->fingerprint.bytes);
  holdings h = {.count = 0};
  buf_init(&h.prefixes);
  if (!w->is_embedded) {
    store_each_held(w->options.shards, add_prefix, &h);
  }
  const wire_payload held = {.bytes = h.prefixes.data, .length = h.prefixes.length};
  const bool has_some = !h.prefixes.failed && h.prefixes.length > 0;
  if (connection_send(t, &hello, &held, has_some ? 1 : 0)) {
    results_drop_waiting(t); /* a joining worker begins without tasks */
    enter(t, TALK_GREETED);
    t->alive_due_ms = t->now_ms + w->alive_ms;
  }
  buf_fini(&h.prefixes);
}

/* Hello can be sent once the connection is established; before, sending fails, and libzmq goes on trying. */
static bool can_send(talk *t) {
  int events = 0;
  size_t length = sizeof events;
  return zmq_getsockopt(t->broker.socket, ZMQ_EVENTS, &events, &length) == 0 && (events & ZMQ_POLLOUT) != 0;
}

/* libzmq neither retries a key that the broker refused nor looks an address up again; both
 * may have changed. */
static void check_connecting(talk *t) {
  if (!t->w->is_embedded && t->now_ms - t->phase_ms >= t->w->silence_ms) {
    reopen_later(t);
  }
}

/* What libzmq reports is logged once, until the broker lets the worker in. */
static void tell_turned_away(talk *t) {
  error why;
  if (handshake_check(t->broker.handshake, t->w->options.endpoint, &why) != STATUS_OK &&
      !t->told_turned_away) {
    t->told_turned_away = true;
    worker_log(t->w, "%.400s; asking again every %u s", why.message, t->w->silence_ms / 1000);
  }
}

static void tell_waiting(talk *t) {
  if (!t->told_waiting && !t->told_turned_away && t->now_ms - t->joined_ms >= WAITING_TOLD_MS) {
    t->told_waiting = true;
    worker_log(t->w, "no answer from %s: either nothing listens there, or the keys do not match; waiting",
               t->w->options.endpoint);
  }
}

static void check_silence(talk *t) {
  if (t->w->is_embedded || t->now_ms - t->heard_ms < t->w->silence_ms) {
    return;
  }
  if (t->phase == TALK_JOINED) {
    worker_log(t->w, "lost the broker at %s: nothing received for %u s; reconnecting", t->w->options.endpoint,
               t->w->silence_ms / 1000);
  }
  reopen_later(t);
}

static void say_alive(talk *t) {
  message alive = message_of(MESSAGE_ALIVE);
  message_set_integer(&alive, FIELD_CAPACITY, announced_capacity(t));
  (void)connection_send(t, &alive, NULL, 0); /* the next one is due soon */
  t->alive_due_ms = t->now_ms + t->w->alive_ms;
}

void connection_tick(talk *t) {
  if (t->phase == TALK_CLOSED && t->now_ms >= t->reopen_ms) {
    open_socket(t);
  }
  if (t->phase == TALK_OPEN) {
    if (can_send(t)) {
      t->heard_ms = t->now_ms;
      say_hello(t);
    } else {
      tell_turned_away(t);
      tell_waiting(t);
      check_connecting(t);
    }
  }
  if (t->phase == TALK_GREETED) {
    tell_waiting(t);
  }
  if (t->phase == TALK_GREETED || t->phase == TALK_JOINED) {
    check_silence(t);
  }
  if ((t->phase == TALK_GREETED || t->phase == TALK_JOINED) && t->now_ms >= t->alive_due_ms) {
    say_alive(t);
  }
  t->joined_ms = t->phase == TALK_JOINED ? t->now_ms : t->joined_ms;
}

/* ---- Messages of the broker ------------------------------------------------------------------------ */

/* Blobs are read from the broker's directory where the worker can reach it. */
static void share_directory(talk *t, const message *m) {
  worker *w = t->w;
  shared_store shared;
  error err;
  shared_store_look(&shared, m);
  if (!w->is_embedded &&
      store_attach(w->options.shards, shared.is_readable ? shared.directory : NULL, &err) != STATUS_OK) {
    shared = (shared_store){.is_readable = false}; /* then blobs arrive in messages */
  }
  pthread_mutex_lock(&w->mutex);
  w->shared = shared;
  pthread_mutex_unlock(&w->mutex);
}

void connection_on_welcome(talk *t, const message *m) {
  if (t->phase != TALK_GREETED) {
    return;
  }
  share_directory(t, m);
  enter(t, TALK_JOINED);
  worker_log(t->w, "joined %s%s", t->w->options.endpoint, t->was_joined ? " again" : "");
  t->was_joined = true;
  t->told_waiting = t->told_turned_away = false;
  t->tries = 0;
  supply_ask_again(t->w->supply);
  results_send_again(t);
}

void connection_on_stranger(talk *t) {
  if (t->phase == TALK_JOINED) {
    worker_log(t->w, "the broker at %s no longer knows this worker; joining again", t->w->options.endpoint);
  }
  /* Just after hello it answers what was sent before; if not, the next sign of life brings it again. */
  const bool is_late = t->phase == TALK_GREETED && t->now_ms - t->phase_ms < t->w->alive_ms;
  if ((t->phase == TALK_GREETED && !is_late) || t->phase == TALK_JOINED) {
    enter(t, TALK_OPEN);
  }
}

/* Before the welcome it is the answer to hello: a retry is pointless, unless the cause is
 * temporary. */
void connection_on_refused(talk *t, const message *m) {
  worker *w = t->w;
  error why;
  message_failure(m, &why);
  if (t->phase != TALK_GREETED) {
    worker_log(w, "the broker at %s says: %.300s", w->options.endpoint, why.message);
    return;
  }
  if (status_may_retry(why.code)) {
    worker_log(w, "the broker at %s refuses this worker for now: %.300s", w->options.endpoint, why.message);
    reopen_later(t);
    return;
  }
  error_context(&why, why.code, "the broker at %s refuses this worker", w->options.endpoint);
  pthread_mutex_lock(&w->mutex);
  w->problem = why.code;
  w->why = why;
  pthread_cond_broadcast(&w->changed);
  pthread_mutex_unlock(&w->mutex);
  dealer_close(&t->broker, 0);
  enter(t, TALK_ENDED);
}

void connection_leave(talk *t) {
  const bool is_heard = t->phase == TALK_GREETED || t->phase == TALK_JOINED;
  if (is_heard) {
    const message bye = message_of(MESSAGE_BYE);
    (void)connection_send(t, &bye, NULL, 0);
  }
  dealer_close(&t->broker, is_heard ? GOODBYE_MS : 0);
  enter(t, TALK_ENDED);
}
