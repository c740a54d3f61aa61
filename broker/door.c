/* A REP socket at the address where libzmq asks, and a thread that answers.  A question is
 *
 *     version "1.0", request id, domain, address, routing id, mechanism, credentials ...
 *
 * and an answer: version, request id, status code, status text, user id, metadata.  Whatever is not a
 * question of our domain with one CURVE key in it is turned away; REP must answer before it can receive
 * again, so that nothing is left unanswered.  If the thread fails no question is answered, and no peer is let
 * in. */
#include "broker/door.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_VERSION  "1.0"

enum { ZAP_VERSION_FRAME, ZAP_ID, ZAP_DOMAIN, ZAP_ADDRESS, ZAP_ROUTING_ID, ZAP_MECHANISM, ZAP_KEY };
enum { ZAP_FRAMES = ZAP_KEY + 1, KEY_BYTES = 32, ID_BYTES_MAX = 255 };

struct door {
  void *socket;
  int stop_fd;
  pthread_t thread;
  bool has_thread, has_mutex;
  pthread_mutex_t mutex; /* guards what follows */
  const key_list *list;
  unsigned turned_away;
  char last[KEY_TEXT_BYTES];
};

/* The part of a question that is examined.  COUNT goes on counting beyond the frames that are kept. */
typedef struct question {
  zmq_msg_t frames[ZAP_FRAMES];
  size_t count;
} question;

static slice frame_of(question *q, size_t i) {
  return i < q->count ? (slice){zmq_msg_data(&q->frames[i]), zmq_msg_size(&q->frames[i])} : (slice){"", 0};
}

static void close_question(question *q) {
  for (size_t i = 0; i < q->count && i < ZAP_FRAMES; i++) {
    zmq_msg_close(&q->frames[i]);
  }
}

/* False when there is none (any more). */
static bool receive_question(void *socket, question *q) {
  q->count = 0;
  bool more = true;
  while (more) {
    zmq_msg_t extra;
    zmq_msg_t *frame = q->count < ZAP_FRAMES ? &q->frames[q->count] : &extra;
    zmq_msg_init(frame);
    while (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0) {
      if (errno != EINTR) {
        zmq_msg_close(frame);
        close_question(q);
        return false;
      }
    }
    more = zmq_msg_more(frame) != 0;
    q->count++;
    if (frame == &extra) {
      zmq_msg_close(&extra);
    }
  }
  return true;
}

/* The key in the question; "" when it is not about one. */
static void key_of(question *q, char key[KEY_TEXT_BYTES]) {
  const slice bytes = frame_of(q, ZAP_KEY);
  key[0] = '\0';
  if (q->count == ZAP_FRAMES && slice_equal(frame_of(q, ZAP_VERSION_FRAME), slice_of(ZAP_VERSION)) &&
      slice_equal(frame_of(q, ZAP_DOMAIN), slice_of(KEY_DOMAIN)) &&
      slice_equal(frame_of(q, ZAP_MECHANISM), slice_of("CURVE")) && bytes.length == KEY_BYTES) {
    uint8_t copy[KEY_BYTES];
    memcpy(copy, bytes.bytes, KEY_BYTES);
    zmq_z85_encode(key, copy, KEY_BYTES);
  }
}

static bool may_come(door *d, const char *key) {
  pthread_mutex_lock(&d->mutex);
  const bool yes = key[0] != '\0' && d->list != NULL && key_list_roles(d->list, slice_of(key), NULL) != 0;
  if (!yes) {
    d->turned_away += d->turned_away < UINT_MAX ? 1 : 0;
    memcpy(d->last, key, KEY_TEXT_BYTES);
  }
  pthread_mutex_unlock(&d->mutex);
  return yes;
}

/* A failure ends in silence, which lets no peer in. */
static void send_answer(void *socket, slice id, bool yes, const char *key) {
  const slice frames[] = {
      slice_of(ZAP_VERSION),         {id.bytes, id.length < ID_BYTES_MAX ? id.length : ID_BYTES_MAX},
      slice_of(yes ? "200" : "400"), slice_of(yes ? "OK" : "this key is not allowed"),
      slice_of(yes ? key : ""),      {"", 0}};
  enum { COUNT = sizeof frames / sizeof frames[0] };
  for (size_t i = 0; i < COUNT; i++) {
    while (zmq_send(socket, frames[i].bytes, frames[i].length, i + 1 < COUNT ? ZMQ_SNDMORE : 0) < 0) {
      if (errno != EINTR) {
        return;
      }
    }
  }
}

static void answer_one(door *d, question *q) {
  char key[KEY_TEXT_BYTES] = "";
  key_of(q, key);
  send_answer(d->socket, frame_of(q, ZAP_ID), may_come(d, key), key);
  close_question(q);
}

static void *serve(void *context) {
  door *d = context;
  for (;;) {
    zmq_pollitem_t items[] = {{.socket = d->socket, .events = ZMQ_POLLIN},
                              {.fd = d->stop_fd, .events = ZMQ_POLLIN}};
    if (zmq_poll(items, 2, -1) < 0) {
      if (errno == EINTR) {
        continue;
      }
      return NULL; /* the context was terminated */
    }
    if (items[1].revents) {
      return NULL;
    }
    question q;
    if (receive_question(d->socket, &q)) {
      answer_one(d, &q);
    }
  }
}

static status open_socket(door *d, void *zmq_context, error *err) {
  const int linger = 0;
  d->socket = zmq_socket(zmq_context, ZMQ_REP);
  if (d->socket == NULL || zmq_setsockopt(d->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
      zmq_bind(d->socket, ZAP_ENDPOINT) != 0) {
    return error_set(
        err, STATUS_IO, "cannot check keys: %s",
        errno == EADDRINUSE ? "another door is already open in this process" : zmq_strerror(errno));
  }
  return STATUS_OK;
}

/* Signals are for the threads that wait for them. */
static int start_thread(door *d) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failure = pthread_create(&d->thread, NULL, serve, d);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  d->has_thread = failure == 0;
  return failure;
}

static status open_door(door *d, void *zmq_context, error *err) {
  d->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (d->stop_fd < 0) {
    return error_set(err, STATUS_IO, "cannot check keys: %s", strerror(errno));
  }
  d->has_mutex = pthread_mutex_init(&d->mutex, NULL) == 0;
  if (!d->has_mutex) {
    return error_no_memory(err, "the list of keys");
  }
  TRY(open_socket(d, zmq_context, err));
  const int failure = start_thread(d);
  return failure != 0
             ? error_set(err, STATUS_IO, "cannot start a thread to check keys: %s", strerror(failure))
             : STATUS_OK;
}

status door_open(void *zmq_context, const key_list *list, door **out, error *err) {
  door *d = calloc(1, sizeof *d);
  if (d == NULL) {
    return error_no_memory(err, "the list of keys");
  }
  d->list = list;
  const status st = open_door(d, zmq_context, err);
  if (st != STATUS_OK) {
    door_close(d);
    return st;
  }
  *out = d;
  return STATUS_OK;
}

void door_allow(door *d, const key_list *list) {
  pthread_mutex_lock(&d->mutex);
  d->list = list;
  pthread_mutex_unlock(&d->mutex);
}

unsigned door_turned_away(door *d, char last[KEY_TEXT_BYTES]) {
  pthread_mutex_lock(&d->mutex);
  const unsigned count = d->turned_away;
  memcpy(last, d->last, KEY_TEXT_BYTES);
  d->turned_away = 0;
  d->last[0] = '\0';
  pthread_mutex_unlock(&d->mutex);
  return count;
}

void door_close(door *d) {
  if (d == NULL) {
    return;
  }
  if (d->has_thread) {
    const uint64_t one = 1;
    const ssize_t written = write(d->stop_fd, &one, sizeof one);
    (void)written; /* it can only fail when a wake-up is already pending */
    pthread_join(d->thread, NULL);
  }
  if (d->socket != NULL) {
    zmq_close(d->socket);
  }
  if (d->has_mutex) {
    pthread_mutex_destroy(&d->mutex);
  }
  if (d->stop_fd >= 0) {
    close(d->stop_fd);
  }
  free(d);
}
