/* The talking thread: signs of life, messages, and what is due.  It never hashes, syncs or waits for another
 * thread, so that the broker never takes it for dead. */
#include "worker/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "stats/stats.h"

enum { MESSAGES_A_TURN = 200 };

/* ---- Tasks --------------------------------------------------------------------------------------- */

static void give(talk *t, assignment *a) {
  if (queue_push(&t->w->ready, a)) {
    t->given++;
    return;
  }
  error full;
  error_set(&full, STATUS_NO_MEMORY, "the worker has more tasks than it asked for");
  results_fail(t, a, STATUS_NO_MEMORY, &full);
}

static void hold(talk *t, assignment *a) {
  assignment **last = &t->held;
  while (*last != NULL) {
    last = &(*last)->next;
  }
  a->next = NULL;
  *last = a;
}

static void give_ready(talk *t) {
  for (assignment **at = &t->held; *at != NULL;) {
    assignment *a = *at;
    if (assignment_is_ready(a, t->w->supply)) {
      *at = a->next;
      give(t, a);
    } else {
      at = &a->next;
    }
  }
}

static size_t tasks_held(const talk *t) {
  size_t count = 0;
  for (const assignment *a = t->held; a != NULL; a = a->next) {
    count++;
  }
  return count;
}

static bool is_held(const talk *t, const task_name *name) {
  for (const assignment *a = t->held; a != NULL; a = a->next) {
    if (assignment_is(a, name)) {
      return true;
    }
  }
  return false;
}

static void refuse_task(talk *t, const task_name *name, const error *why) {
  message m = message_of(MESSAGE_FAILURE);
  task_name_put(name, &m);
  message_set_text(&m, FIELD_STATUS, status_name(why->code));
  message_set_text(&m, FIELD_MESSAGE, why->message);
  (void)connection_send(t, &m, NULL, 0); /* a broker that misses it assigns the task when we join again */
}

/* Takes over the incoming message if it becomes an assignment. */
static void on_task(talk *t) {
  worker *w = t->w;
  task_name name;
  error why;
  if (t->phase != TALK_JOINED || task_name_of(&t->incoming->header, &name, &why) != STATUS_OK) {
    return;
  }
  assignment *known = results_find(t, &name);
  if (known != NULL) {
    known->is_sent = false; /* the broker did not get the result */
    return;
  }
  if (is_held(t, &name)) {
    return;
  }
  assignment *a = NULL;
  if (tasks_held(t) + t->given + t->results_count < (size_t)w->capacity * TASKS_ROUNDS) {
    a = assignment_new(t->incoming);
  }
  if (a == NULL) {
    error_set(&why, STATUS_NO_MEMORY, "the worker has no room for another task");
    refuse_task(t, &name, &why);
    return;
  }
  t->incoming = NULL;
  a->name = name;
  t->reads += a->is_read;
  const status st = assignment_prepare(a, w->supply, w->options.shards, &why);
  if (st == STATUS_OK) {
    hold(t, a);
  } else {
    results_fail(t, a, st, &why);
  }
}

/* ---- Messages ------------------------------------------------------------------------------------ */

static void on_welcome(talk *t) {
  connection_on_welcome(t, &t->incoming->header);
}

static void on_stranger(talk *t) {
  connection_on_stranger(t);
}

static void on_refused(talk *t) {
  const message *m = &t->incoming->header;
  digest name;
  error why;
  message_failure(m, &why);
  if (t->phase == TALK_JOINED && blob_of_message(m, &name)) {
    results_on_offer_failed(t, &name, &why);
  } else {
    connection_on_refused(t, m);
  }
}

static void on_have(talk *t) {
  digest name;
  if (blob_of_message(&t->incoming->header, &name)) {
    results_on_have(t, &name);
  }
}

static void on_want(talk *t) {
  results_on_want(t, &t->incoming->header);
}

static void on_chunk(talk *t) {
  const message *m = &t->incoming->header;
  digest name;
  if (blob_of_message(m, &name)) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(t->incoming, 0, &length);
    supply_chunk(t->w->supply, &name, m->integers[FIELD_OFFSET], m->integers[FIELD_BYTES], bytes, length);
  }
}

static void on_lost(talk *t) {
  const message *m = &t->incoming->header;
  digest name;
  error why;
  message_failure(m, &why);
  if (blob_of_message(m, &name) && !supply_lost(t->w->supply, &name, &why)) {
    results_on_offer_failed(t, &name, &why);
  }
}

static void on_taken(talk *t) {
  results_on_taken(t, &t->incoming->header);
}

static void (*const handlers[MESSAGES_COUNT])(talk *t) = {
    [MESSAGE_WELCOME] = on_welcome, [MESSAGE_STRANGER] = on_stranger, [MESSAGE_REFUSED] = on_refused,
    [MESSAGE_HAVE] = on_have,       [MESSAGE_WANT] = on_want,         [MESSAGE_CHUNK] = on_chunk,
    [MESSAGE_LOST] = on_lost,       [MESSAGE_TASK] = on_task,         [MESSAGE_TAKEN] = on_taken,
};

/* False when there is no more. */
static bool receive_one(talk *t) {
  if (t->broker.socket == NULL) {
    return false;
  }
  if (t->incoming == NULL) {
    t->incoming = malloc(sizeof *t->incoming);
    if (t->incoming == NULL) {
      return false;
    }
  }
  bool received = false;
  error err;
  const status st = wire_receive(t->broker.socket, false, t->incoming, &received, &err);
  if (!received) {
    return false;
  }
  t->heard_ms = t->now_ms;
  if (st != STATUS_OK) {
    worker_log(t->w, "the broker sent an invalid message: %.300s", err.message);
    return true;
  }
  if (handlers[t->incoming->header.kind] != NULL) {
    handlers[t->incoming->header.kind](t);
  }
  if (t->incoming != NULL) {
    wire_message_close(t->incoming);
  }
  return true;
}

static void receive(talk *t) {
  for (int i = 0; i < MESSAGES_A_TURN && receive_one(t); i++) {
  }
}

/* ---- The loop ------------------------------------------------------------------------------------ */

static void ask_for_blobs(talk *t) {
  digest name;
  uint64_t offset = 0;
  uint64_t length = 0;
  if (t->phase == TALK_JOINED) {
    supply_insist(t->w->supply, t->now_ms);
  }
  while (t->phase == TALK_JOINED && supply_ask_next(t->w->supply, &name, &offset, &length)) {
    const message m = blob_want(&name, offset, length);
    if (!connection_send(t, &m, NULL, 0)) {
      supply_not_asked(t->w->supply, &name, offset);
      return;
    }
  }
}

/* What a task reads into the store must stay until the broker has it; otherwise what was not used for long
 * may be removed.
 */
static void turn_store(talk *t) {
  if (t->now_ms - t->turn_ms >= TURN_MS && t->reads == 0) {
    t->turn_ms = t->now_ms;
    store_turn(t->w->options.shards);
    results_keep_staying(t);
    supply_tidy(t->w->supply, t->now_ms);
  }
}

static void say_lines(worker *w) {
  for (;;) {
    char line[LINE_BYTES];
    pthread_mutex_lock(&w->mutex);
    const bool has_one = w->lines_count > 0;
    if (has_one) {
      memcpy(line, w->lines[0], sizeof line);
      w->lines_count--;
      memmove(w->lines[0], w->lines[1], w->lines_count * sizeof line);
    }
    pthread_mutex_unlock(&w->mutex);
    if (!has_one) {
      return;
    }
    if (w->options.say != NULL) {
      w->options.say(w->options.context, line);
    }
  }
}

/* Asked to leave: waiting tasks are returned by leaving, running ones are finished and taken first. */
static void drain(talk *t) {
  worker *w = t->w;
  pthread_mutex_lock(&w->mutex);
  const bool asked = w->draining && !w->drained;
  pthread_mutex_unlock(&w->mutex);
  if (!asked) {
    return;
  }
  if (t->phase == TALK_JOINED) {
    results_give_back_waiting(t);
  } else {
    results_drop_waiting(t);
  }
  t->alive_due_ms = t->drain_told ? t->alive_due_ms : t->now_ms;
  t->drain_told = true;
  /* A broker that is away for long will have the results recomputed. */
  const bool is_away = t->phase != TALK_JOINED && t->now_ms - t->joined_ms >= w->silence_ms;
  if (t->given > 0 || (t->results_count > 0 && !is_away)) {
    return;
  }
  connection_leave(t);
  pthread_mutex_lock(&w->mutex);
  w->drained = true;
  pthread_cond_broadcast(&w->changed);
  pthread_mutex_unlock(&w->mutex);
}

static int wait_ms(const talk *t) {
  uint64_t until = t->now_ms + t->w->alive_ms;
  if (t->phase == TALK_CLOSED) {
    until = t->reopen_ms < until ? t->reopen_ms : until;
  } else if (t->phase == TALK_GREETED || t->phase == TALK_JOINED) {
    until = t->alive_due_ms < until ? t->alive_due_ms : until;
  }
  return until > t->now_ms ? (int)(until - t->now_ms) : 0;
}

/* False when it cannot go on. */
static bool wait(talk *t) {
  const short events = t->phase == TALK_OPEN ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN;
  void *monitor = t->phase == TALK_OPEN ? handshake_socket(t->broker.handshake) : NULL;
  zmq_pollitem_t items[] = {{.fd = t->w->wake_fd, .events = ZMQ_POLLIN},
                            {.socket = t->broker.socket, .events = events},
                            {.socket = monitor, .events = ZMQ_POLLIN}};
  const int count = t->broker.socket == NULL ? 1 : monitor == NULL ? 2 : 3;
  if (zmq_poll(items, count, wait_ms(t)) < 0 && errno != EINTR) {
    return false;
  }
  uint64_t ignored = 0;
  const ssize_t length = read(t->w->wake_fd, &ignored, sizeof ignored);
  (void)length; /* nothing to read: we were not woken */
  t->now_ms = (uint64_t)clock_now_ms();
  return true;
}

void *worker_talk(void *argument) {
  worker *w = argument;
  talk *t = w->talk;
  t->fingerprint = stats_fingerprint();
  t->now_ms = (uint64_t)clock_now_ms();
  t->turn_ms = t->joined_ms = t->now_ms;
  do {
    connection_tick(t);
    receive(t);
    results_collect(t);
    give_ready(t);
    results_send(t);
    ask_for_blobs(t);
    turn_store(t);
    drain(t);
    say_lines(w);
  } while (!atomic_load(&w->stop) && wait(t));
  connection_leave(t);
  say_lines(w);
  return NULL;
}

talk *talk_new(worker *w) {
  talk *t = calloc(1, sizeof *t);
  if (t != NULL) {
    t->w = w;
  }
  return t;
}

void talk_free(talk *t) {
  if (t == NULL) {
    return;
  }
  dealer_close(&t->broker, 0);
  if (t->incoming != NULL) {
    free(t->incoming);
  }
  for (assignment *a = NULL; (a = t->held) != NULL;) {
    t->held = a->next;
    assignment_free(a, t->w->supply);
  }
  results_free(t);
  free(t);
}
