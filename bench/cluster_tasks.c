/* Tasks per second of a broker. */
#include "bench/cluster_tasks.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/cluster_dataset.h"
#include "cli/remote_dataset.h"

enum { WORKERS = 2, PARTIAL_BYTES = 200, WELCOME_S = 30 };

/* ---- Pretended workers --------------------------------------------------------------------------- */

typedef struct pretender {
  const service *service;
  uint32_t capacity;
  pthread_t thread;
  atomic_bool *stop;
  atomic_uint *welcomed; /* workers that the broker knows */
  uint64_t tasks;
  double first_s, last_s; /* MAP tasks */
} pretender;

static void answer(void *socket, const message *task) {
  static const char partial[PARTIAL_BYTES];
  message m = message_of(MESSAGE_RESULT);
  error err;
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, task->texts[FIELD_JOB].length);
  message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
  char work[16] = {0};
  const slice name = task->texts[FIELD_WORK];
  memcpy(work, name.bytes, name.length < sizeof work ? name.length : sizeof work - 1);
  message_set_text(&m, FIELD_WORK, work);
  const wire_payload payload = {.bytes = partial, .length = sizeof partial};
  must(wire_send(socket, NULL, &m, &payload, 1, &err), &err);
}

static void *pretend(void *argument) {
  pretender *p = argument;
  void *socket = service_peer(p->service);
  wire_message *in = need(malloc(sizeof *in));
  const message alive = message_of(MESSAGE_ALIVE);
  double said_s = now_s();
  error err;
  service_hello(socket, p->capacity);
  while (!atomic_load(p->stop)) {
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    must_zmq(zmq_poll(&item, 1, 100), "waiting for tasks");
    bool received = true;
    while (received) {
      must(wire_receive(socket, false, in, &received, &err), &err);
      if (!received) {
        break;
      }
      if (in->header.kind == MESSAGE_TASK) {
        p->last_s = now_s();
        p->first_s = p->tasks++ == 0 ? p->last_s : p->first_s;
        answer(socket, &in->header);
      } else if (in->header.kind == MESSAGE_WELCOME) {
        atomic_fetch_add(p->welcomed, 1);
      }
      wire_message_close(in);
    }
    if (now_s() - said_s > 1) {
      said_s = now_s();
      (void)!wire_send(socket, NULL, &alive, NULL, 0, &err);
    }
  }
  free(in);
  zmq_close(socket);
  return NULL;
}

/* ---- A job of tasks ------------------------------------------------------------------------------ */

static void submit_and_wait(session *link, const manifest *m, bool durable) {
  buf encoded;
  buf report;
  char job[SESSION_JOB_BYTES];
  error err;
  buf_init(&encoded);
  buf_init(&report);
  manifest_encode(m, &encoded);
  const slice blob = {"a plan that nobody reads", 24};
  session_job wanted = {.plan = blob, .program = blob, .dataset = "bench"};
  if (!durable) {
    wanted.manifest = (slice){(const char *)encoded.data, encoded.length};
  }
  must(session_submit(link, &wanted, job, &err), &err);
  must(session_wait(link, job, NULL, NULL, &report, NULL, &err), &err);
  buf_fini(&encoded);
  buf_fini(&report);
}

/* Ends when all WORKERS did. */
static tasks_figures figures_of(pretender *workers, double begun_s) {
  double first_s = 0;
  double last_s = 0;
  uint64_t done = 0;
  for (int i = 0; i < WORKERS; i++) {
    pthread_join(workers[i].thread, NULL);
    if (workers[i].tasks > 0) {
      first_s = first_s == 0 || workers[i].first_s < first_s ? workers[i].first_s : first_s;
      last_s = workers[i].last_s > last_s ? workers[i].last_s : last_s;
      done += workers[i].tasks;
    }
  }
  return (tasks_figures){.per_s = (double)done / (last_s - first_s), .first_ms = (first_s - begun_s) * 1e3};
}

static void wait_for_workers(atomic_uint *welcomed) {
  const double end_s = now_s() + WELCOME_S;
  while (atomic_load(welcomed) < WORKERS) {
    if (now_s() > end_s) {
      fputs("cluster_bench: the broker does not welcome the workers\n", stderr);
      exit(1);
    }
    usleep(1000);
  }
}

static tasks_figures run_job(const service *s, session *link, const manifest *m,
                             const tasks_setting *setting) {
  pretender workers[WORKERS];
  atomic_bool stop = false;
  atomic_uint welcomed = 0;
  for (int i = 0; i < WORKERS; i++) {
    workers[i] =
        (pretender){.service = s, .capacity = setting->capacity, .stop = &stop, .welcomed = &welcomed};
    must_begin(&workers[i].thread, pretend, &workers[i]);
  }
  wait_for_workers(&welcomed);
  const double begun_s = now_s();
  submit_and_wait(link, m, setting->durable);
  atomic_store(&stop, true);
  return figures_of(workers, begun_s);
}

tasks_figures tasks_measure(place *at, const tasks_setting *setting) {
  enum { SHARD_BYTES = 64 };
  service s;
  store *shards = NULL;
  error err;
  service_start(&s, at, setting->transport, setting->durable);
  must(store_new_temporary(at->directory, &shards, &err), &err);
  manifest *m = dataset_make(shards, setting->tasks, SHARD_BYTES, false);
  session *link = service_session(&s);
  if (setting->durable) {
    must(remote_dataset_put(link, "bench", 0, m, shards, NULL, NULL, &err), &err);
  }
  const tasks_figures figures = run_job(&s, link, m, setting);
  session_close(link);
  manifest_destroy(m);
  store_destroy(shards);
  service_stop(&s);
  return figures;
}
