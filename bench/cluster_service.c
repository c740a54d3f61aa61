/* The broker of the cluster's benchmark. */
#include "bench/cluster_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void must(status st, const error *err) {
  if (st != STATUS_OK) {
    fprintf(stderr, "cluster_bench: %s\n", err->message);
    exit(status_exit_code(st));
  }
}

void must_zmq(int result, const char *what) {
  if (result < 0) {
    fprintf(stderr, "cluster_bench: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
  }
}

void must_begin(pthread_t *thread, void *(*run)(void *), void *argument) {
  const int failure = pthread_create(thread, NULL, run, argument);
  if (failure != 0) {
    fprintf(stderr, "cluster_bench: no thread: %s\n", strerror(failure));
    exit(1);
  }
}

void *need(void *p) {
  if (p == NULL) {
    fputs("cluster_bench: out of memory\n", stderr);
    exit(1);
  }
  return p;
}

/* ---- The broker ---------------------------------------------------------------------------------- */

static void *serve(void *argument) {
  service *s = argument;
  error err;
  must(broker_run(s->broker, &err), &err);
  return NULL;
}

static void make_keys(service *s) {
  char path[600];
  error err;
  must(key_pair_new(&s->own, &err), &err);
  must(key_pair_new(&s->peer, &err), &err);
  snprintf(path, sizeof path, "%s/allowed", s->at->directory);
  FILE *f = fopen(path, "w");
  if (f == NULL) {
    perror(path);
    exit(1);
  }
  fprintf(f, "worker %s bench\nclient %s bench\n", s->peer.public_key, s->peer.public_key);
  if (fclose(f) != 0) {
    perror(path);
    exit(1);
  }
  must(key_list_read(path, &s->allowed, &err), &err);
}

/* ---- Its turns */

/* The broker looks at its clock when it has waited for messages. */
static uint64_t turn_begins(void *context) {
  service *s = context;
  const double now = now_s();
  pthread_mutex_lock(&s->mutex);
  s->turn_begun_s = now;
  pthread_mutex_unlock(&s->mutex);
  return (uint64_t)(now * 1e3);
}

static void turn_ends(void *context, const broker_turn *turn) {
  service *s = context;
  const double now = now_s();
  pthread_mutex_lock(&s->mutex);
  const double ms = (now - s->turn_begun_s) * 1e3;
  s->turns.longest_ms = ms > s->turns.longest_ms ? ms : s->turns.longest_ms;
  s->turns.unlinks += turn->unlinks;
  pthread_mutex_unlock(&s->mutex);
}

static void take_log(void *context, const char *line) {
  service *s = context;
  pthread_mutex_lock(&s->mutex);
  s->turns.resumed = s->turns.resumed || strstr(line, "jobs resumed: ") != NULL;
  pthread_mutex_unlock(&s->mutex);
}

service_turns service_look(service *s) {
  pthread_mutex_lock(&s->mutex);
  const service_turns turns = s->turns;
  pthread_mutex_unlock(&s->mutex);
  return turns;
}

service_turns service_count_turns(service *s) {
  pthread_mutex_lock(&s->mutex);
  const service_turns turns = s->turns;
  s->turns = (service_turns){0};
  pthread_mutex_unlock(&s->mutex);
  return turns;
}

/* ---- Its life */

static void begin(service *s) {
  const char *const endpoints[] = {s->bound};
  const broker_options options = {.zmq_context = s->context,
                                  .endpoints = endpoints,
                                  .endpoints_count = 1,
                                  .directory = s->directory[0] != '\0' ? s->directory : NULL,
                                  .key = s->has_keys ? &s->own : NULL,
                                  .allowed = s->allowed,
                                  .say = take_log,
                                  .now_ms = turn_begins,
                                  .turned = turn_ends,
                                  .context = s};
  error err;
  must(broker_new(&options, &s->broker, &err), &err);
  snprintf(s->endpoint, sizeof s->endpoint, "%s", broker_endpoint(s->broker, 0));
  must_begin(&s->thread, serve, s);
}

static void end(service *s) {
  broker_stop(s->broker);
  pthread_join(s->thread, NULL);
  broker_destroy(s->broker);
}

void service_start(service *s, place *at, const transport *t, bool durable) {
  *s = (service){.at = at, .context = need(zmq_ctx_new()), .has_keys = t->has_keys};
  if (pthread_mutex_init(&s->mutex, NULL) != 0) {
    need(NULL);
  }
  if (t->has_keys) {
    make_keys(s);
  }
  snprintf(s->bound, sizeof s->bound, t->endpoint, at->directory);
  if (durable) {
    snprintf(s->directory, sizeof s->directory, "%s/store%d", at->directory, at->brokers++);
  }
  begin(s);
}

double service_restart(service *s) {
  end(s);
  (void)service_count_turns(s);
  const double begun_s = now_s();
  begin(s);
  return now_s() - begun_s;
}

void service_stop(service *s) {
  end(s);
  key_list_destroy(s->allowed);
  zmq_ctx_term(s->context);
  pthread_mutex_destroy(&s->mutex);
}

/* ---- What reaches it ----------------------------------------------------------------------------- */

void *service_peer(const service *s) {
  void *socket = need(zmq_socket(s->context, ZMQ_DEALER));
  const int linger = 0;
  const int queue = 10000;
  error err;
  must_zmq(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), "a socket");
  must_zmq(zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof queue), "a socket");
  must_zmq(zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof queue), "a socket");
  if (s->has_keys) {
    must(key_use_client(socket, &s->peer, s->own.public_key, &err), &err);
  }
  must_zmq(zmq_connect(socket, s->endpoint), s->endpoint);
  return socket;
}

void service_hello(void *socket, uint32_t capacity) {
  static const uint8_t zeros[DIGEST_BYTES];
  message hello = message_of(MESSAGE_HELLO);
  error err;
  message_set_text(&hello, FIELD_ROLE, capacity > 0 ? "worker" : "client");
  message_set_bytes(&hello, FIELD_INSTANCE, zeros, INSTANCE_BYTES);
  if (capacity > 0) {
    message_set_integer(&hello, FIELD_CAPACITY, capacity);
    message_set_bytes(&hello, FIELD_FINGERPRINT, zeros, sizeof zeros);
  }
  must(wire_send(socket, NULL, &hello, NULL, 0, &err), &err);
}

session *service_session(const service *s) {
  const session_options options = {.zmq_context = s->context,
                                   .endpoint = s->endpoint,
                                   .key = s->has_keys ? &s->peer : NULL,
                                   .broker_key = s->has_keys ? s->own.public_key : NULL};
  session *link = NULL;
  error err;
  must(session_connect(&options, &link, &err), &err);
  return link;
}
