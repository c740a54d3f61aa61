/* A client that asks again and again while others upload: its sign of life, which a turn of the broker
 * answers. */
#include "bench/cluster_latency.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "bench/cluster_bytes.h"
#include "bench/cluster_dataset.h"
#include "cli/remote_dataset.h"

enum { BLOB_BYTES = 1 << 20, ASKED_MAX = 1 << 20, IDLE_ASKED = 1000, SHARD_BYTES = 64 };

typedef struct uploader {
  const service *to;
  const manifest *content;
  store *shards;
  uint32_t first, end; /* which shards are its own */
  atomic_uint *running;
  pthread_t thread;
} uploader;

static void *upload(void *argument) {
  const uploader *u = argument;
  bytes_send(u->to, u->content, u->first, u->end, u->shards);
  atomic_fetch_sub(u->running, 1);
  return NULL;
}

double latency_ask(void *socket, wire_message *in) {
  const message alive = message_of(MESSAGE_ALIVE);
  const double begun_s = now_s();
  error err;
  must(wire_send(socket, NULL, &alive, NULL, 0, &err), &err);
  for (;;) {
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    bool received = false;
    must_zmq(zmq_poll(&item, 1, 1000), "waiting for an answer");
    must(wire_receive(socket, false, in, &received, &err), &err);
    if (received) {
      const bool is_answer = in->header.kind == MESSAGE_ALIVE;
      wire_message_close(in);
      if (is_answer) {
        return (now_s() - begun_s) * 1e3;
      }
    }
  }
}

static int by_size(const void *left, const void *right) {
  const double a = *(const double *)left;
  const double b = *(const double *)right;
  return (a > b) - (a < b);
}

/* As long as RUNNING is not 0, or IDLE_ASKED times. */
static latency_figures ask_often(const service *s, const atomic_uint *running) {
  double *ms = need(malloc(ASKED_MAX * sizeof *ms));
  wire_message *in = need(malloc(sizeof *in));
  void *socket = service_peer(s);
  const bool is_idle = atomic_load(running) == 0;
  uint32_t asked = 0;
  service_hello(socket, 0);
  while (asked < (is_idle ? IDLE_ASKED : ASKED_MAX) && (is_idle || atomic_load(running) > 0)) {
    ms[asked++] = latency_ask(socket, in);
  }
  qsort(ms, asked, sizeof *ms, by_size);
  const latency_figures f = {.asked = asked,
                             .median_ms = ms[asked / 2],
                             .most_of_all_ms = ms[asked - 1 - asked / 100],
                             .most_ms = ms[asked - 1]};
  zmq_close(socket);
  free(in);
  free(ms);
  return f;
}

static latency_figures measure(const service *s, const latency_setting *setting, const manifest *content,
                               store *shards) {
  uploader *uploaders = need(calloc(setting->clients + 1, sizeof *uploaders));
  atomic_uint running = setting->clients;
  for (uint32_t i = 0; i < setting->clients; i++) {
    uploaders[i] = (uploader){.to = s,
                              .content = content,
                              .shards = shards,
                              .first = content->shards_count / setting->clients * i,
                              .end = content->shards_count / setting->clients * (i + 1),
                              .running = &running};
    must_begin(&uploaders[i].thread, upload, &uploaders[i]);
  }
  const latency_figures f = ask_often(s, &running);
  for (uint32_t i = 0; i < setting->clients; i++) {
    pthread_join(uploaders[i].thread, NULL);
  }
  free(uploaders);
  return f;
}

/* Nobody takes its tasks. */
static void queue_tasks(const service *s, store *shards, uint32_t tasks) {
  const slice blob = {"a plan that nobody reads", 24};
  const session_job wanted = {.plan = blob, .program = blob, .dataset = "queued"};
  char job[SESSION_JOB_BYTES];
  error err;
  manifest *m = dataset_make(shards, tasks, SHARD_BYTES, false);
  session *link = service_session(s);
  must(remote_dataset_put(link, "queued", 0, m, shards, NULL, NULL, &err), &err);
  must(session_submit(link, &wanted, job, &err), &err);
  session_close(link);
  manifest_destroy(m);
}

latency_figures latency_measure(place *at, const latency_setting *setting) {
  service s;
  store *shards = NULL;
  error err;
  service_start(&s, at, setting->transport, true);
  must(store_new_temporary(at->directory, &shards, &err), &err);
  manifest *content = dataset_make(shards, setting->mib, BLOB_BYTES, true);
  queue_tasks(&s, shards, setting->tasks);
  const latency_figures f = measure(&s, setting, content, shards);
  manifest_destroy(content);
  store_destroy(shards);
  service_stop(&s);
  return f;
}
