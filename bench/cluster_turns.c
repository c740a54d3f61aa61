/* What keeps a broker busy, and how long a bystander waits for answers meanwhile. */
#include "bench/cluster_turns.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "bench/cluster_dataset.h"
#include "bench/cluster_latency.h"
#include "cli/remote_dataset.h"

enum { SHARD_BYTES = 64, AT_ONCE = 200, LOOK_US = 1000 };

/* ---- The bystander ------------------------------------------------------------------------------- */

typedef struct bystander {
  const service *service;
  pthread_t thread;
  atomic_bool stop;
  atomic_bool answered; /* once */
  double begun_s, first_ms, most_ms;
} bystander;

static void *stand_by(void *argument) {
  bystander *b = argument;
  void *socket = service_peer(b->service);
  wire_message *in = need(malloc(sizeof *in));
  service_hello(socket, 0);
  while (!atomic_load(&b->stop)) {
    const double ms = latency_ask(socket, in);
    if (!atomic_exchange(&b->answered, true)) {
      b->first_ms = (now_s() - b->begun_s) * 1e3;
    }
    b->most_ms = ms > b->most_ms ? ms : b->most_ms;
  }
  (void)latency_ask(socket, in); /* so that the turn of the answer before has ended, and is counted */
  free(in);
  zmq_close(socket);
  return NULL;
}

/* Returns when it was answered once, if IS_KNOWN: then what comes is the only cause of its waits. */
static void bystander_begin(bystander *b, service *s, bool is_known) {
  *b = (bystander){.service = s, .begun_s = now_s()};
  must_begin(&b->thread, stand_by, b);
  while (is_known && !atomic_load(&b->answered)) {
    usleep(LOOK_US);
  }
  if (is_known) {
    (void)service_count_turns(s);
  }
}

static turns_most bystander_end(bystander *b, service *s) {
  atomic_store(&b->stop, true);
  pthread_join(b->thread, NULL);
  return (turns_most){.turn_ms = service_count_turns(s).longest_ms, .wait_ms = b->most_ms};
}

/* ---- A dataset is dropped ------------------------------------------------------------------------ */

static void put(const service *s, session *link, const char *name, uint32_t count) {
  store *shards = NULL;
  error err;
  must(store_new_temporary(s->at->directory, &shards, &err), &err);
  manifest *m = dataset_make(shards, count, SHARD_BYTES, true);
  must(remote_dataset_put(link, name, 0, m, shards, NULL, NULL, &err), &err);
  manifest_destroy(m);
  store_destroy(shards);
}

turns_drop turns_measure_drop(place *at, const transport *t, uint32_t shards) {
  service s;
  bystander other;
  error err;
  turns_drop f = {0};
  uint64_t jobs = 0;
  service_start(&s, at, t, true);
  session *link = service_session(&s);
  put(&s, link, "dropped", shards);
  bystander_begin(&other, &s, true);
  const double begun_s = now_s();
  must(session_drop(link, "dropped", &jobs, &err), &err);
  f.answer_ms = (now_s() - begun_s) * 1e3;
  while (service_look(&s).unlinks < shards) {
    usleep(LOOK_US);
  }
  f.removal_ms = (now_s() - begun_s) * 1e3;
  f.most = bystander_end(&other, &s);
  session_close(link);
  service_stop(&s);
  return f;
}

/* ---- A start with queued jobs -------------------------------------------------------------------- */

static void submit(void *socket, uint32_t number) {
  static const char blob[] = "a plan that nobody reads";
  const wire_payload payloads[] = {{.bytes = blob, .length = sizeof blob - 1},
                                   {.bytes = blob, .length = sizeof blob - 1}};
  char key[32];
  error err;
  message m = message_of(MESSAGE_SUBMIT);
  snprintf(key, sizeof key, "job %u", number);
  message_set_integer(&m, FIELD_REQUEST, number);
  message_set_text(&m, FIELD_DATASET, "queued");
  message_set_text(&m, FIELD_KEY, key);
  must(wire_send(socket, NULL, &m, payloads, 2, &err), &err);
}

/* How many of COUNT answers accept a job. */
static uint32_t accepted_of(void *socket, wire_message *in, uint32_t count) {
  uint32_t accepted = 0;
  error err;
  for (uint32_t answered = 0; answered < count;) {
    bool received = false;
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    must_zmq(zmq_poll(&item, 1, 1000), "waiting for an answer");
    must(wire_receive(socket, false, in, &received, &err), &err);
    if (received) {
      accepted += in->header.kind == MESSAGE_ACCEPTED;
      answered += in->header.kind == MESSAGE_ACCEPTED || in->header.kind == MESSAGE_REFUSED;
      wire_message_close(in);
    }
  }
  return accepted;
}

/* As many of COUNT as one client may have: jobs FIRST and following. */
static uint32_t queue_share(const service *s, uint32_t first, uint32_t count) {
  void *socket = service_peer(s);
  wire_message *in = need(malloc(sizeof *in));
  uint32_t queued = 0;
  uint32_t more = 1;
  service_hello(socket, 0);
  while (queued < count && more > 0) {
    const uint32_t sent = count - queued < AT_ONCE ? count - queued : AT_ONCE;
    for (uint32_t i = 0; i < sent; i++) {
      submit(socket, first + queued + i);
    }
    more = accepted_of(socket, in, sent);
    queued += more;
  }
  free(in);
  zmq_close(socket);
  return queued;
}

/* By as many clients as it takes. */
static uint32_t queue_jobs(const service *s, uint32_t count) {
  uint32_t queued = 0;
  uint32_t more = 1;
  while (queued < count && more > 0) {
    more = queue_share(s, queued, count - queued);
    queued += more;
  }
  return queued;
}

/* LIMIT 0: all. */
static turns_listing list_jobs(service *s, session *link, uint64_t limit, turns_most *most) {
  const session_choice by = {.limit = limit};
  bystander other;
  buf out;
  error err;
  buf_init(&out);
  bystander_begin(&other, s, true);
  const double begun_s = now_s();
  must(limit > 0 ? session_list_jobs(link, &by, &out, &err) : session_list(link, "jobs", &out, &err), &err);
  const turns_listing f = {.bytes = out.length, .ms = (now_s() - begun_s) * 1e3};
  *most = bystander_end(&other, s);
  buf_fini(&out);
  return f;
}

turns_restart turns_measure_restart(place *at, const transport *t, uint32_t jobs) {
  service s;
  bystander other;
  turns_restart f = {0};
  service_start(&s, at, t, true);
  session *link = service_session(&s);
  put(&s, link, "queued", TURNS_JOB_SHARDS);
  session_close(link);
  f.jobs = queue_jobs(&s, jobs);
  f.bound_ms = service_restart(&s) * 1e3;
  bystander_begin(&other, &s, false);
  while (!service_look(&s).resumed || !atomic_load(&other.answered)) {
    usleep(LOOK_US);
  }
  f.ready_ms = f.bound_ms + (now_s() - other.begun_s) * 1e3;
  f.most = bystander_end(&other, &s);
  f.answer_ms = f.bound_ms + other.first_ms;
  link = service_session(&s);
  f.some = list_jobs(&s, link, TURNS_LISTED, &f.listing_some);
  f.all = list_jobs(&s, link, 0, &f.listing_all);
  session_close(link);
  service_stop(&s);
  return f;
}

/* ---- Workers that hold many shards --------------------------------------------------------------- */

static void say_large_hello(void *socket, uint64_t *held, uint64_t seed) {
  static const uint8_t zeros[DIGEST_BYTES];
  const wire_payload payload = {.bytes = held, .length = TURNS_HELLO_BYTES};
  message hello = message_of(MESSAGE_HELLO);
  error err;
  for (size_t i = 0; i < TURNS_HELLO_BYTES / sizeof *held; i++) {
    held[i] = (seed << 32) + i * 0x9E3779B97F4A7C15ULL;
  }
  message_set_text(&hello, FIELD_ROLE, "worker");
  message_set_bytes(&hello, FIELD_INSTANCE, zeros, INSTANCE_BYTES);
  message_set_integer(&hello, FIELD_CAPACITY, 1);
  message_set_bytes(&hello, FIELD_FINGERPRINT, zeros, sizeof zeros);
  must(wire_send(socket, NULL, &hello, &payload, 1, &err), &err);
}

static void await_welcome(void *socket, wire_message *in) {
  bool is_welcome = false;
  error err;
  while (!is_welcome) {
    bool received = false;
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    must_zmq(zmq_poll(&item, 1, 1000), "waiting for a welcome");
    must(wire_receive(socket, false, in, &received, &err), &err);
    if (received) {
      is_welcome = in->header.kind == MESSAGE_WELCOME;
      wire_message_close(in);
    }
  }
}

turns_hellos turns_measure_hellos(place *at, const transport *t, uint32_t workers) {
  service s;
  bystander other;
  turns_hellos f = {0};
  wire_message *in = need(malloc(sizeof *in));
  uint64_t *held = need(malloc(TURNS_HELLO_BYTES));
  void **sockets = need(calloc(workers, sizeof *sockets));
  service_start(&s, at, t, true);
  for (uint32_t i = 0; i < workers; i++) {
    sockets[i] = service_peer(&s);
  }
  bystander_begin(&other, &s, true);
  const double begun_s = now_s();
  for (uint32_t i = 0; i < workers; i++) {
    say_large_hello(sockets[i], held, i + 1);
  }
  for (uint32_t i = 0; i < workers; i++) {
    await_welcome(sockets[i], in);
  }
  f.ms = (now_s() - begun_s) * 1e3;
  f.most = bystander_end(&other, &s);
  for (uint32_t i = 0; i < workers; i++) {
    zmq_close(sockets[i]);
  }
  free(sockets);
  free(held);
  free(in);
  service_stop(&s);
  return f;
}
