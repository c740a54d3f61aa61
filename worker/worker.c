/* The worker's threads.  The talking thread owns the DEALER socket and the receiving end of the results
 * pipe; each computing thread owns its sending end.  What crosses is handed over, not shared: a task as
 * the message it came in, a result as a pointer in an 8-byte frame. */
#include "worker/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "proto/handover.h"
#include "stats/stats.h"
#include "worker/queue.h"
#include "worker/task.h"

enum {
  ALIVE_MS = 1000,      /* a sign of life so often; the broker waits for 15 of them */
  TASKS_PER_THREAD = 2, /* one under way, one waiting: no thread idles for a round trip */
  QUEUE_ROUNDS = 8,     /* a broker that lost us for a while sends anew: old tasks may still be waiting */
};

typedef struct result {
  uint64_t task, attempt;
  char work[16];
  status st;
  error failure;
  task_output output;
} result;

typedef struct compute_thread {
  worker *owner;
  void *pipe; /* PUSH; opened by the starter, so that a failure is told, then the thread's */
  pthread_t thread;
  bool started;
} compute_thread;

struct worker {
  worker_options options;
  char results_endpoint[64];
  queue tasks;
  atomic_bool stop;
  int stop_fd;
  void *broker;  /* DEALER */
  void *results; /* PULL */
  pthread_t talker;
  bool talking;
  digest fingerprint; /* the talker's */
  compute_thread *threads;
};

/* ---- Computing threads --------------------------------------------------------------------------- */

/* NULL when memory ran out. */
static result *compute(worker *w, wire_message *m) {
  result *r = calloc(1, sizeof *r);
  slice *payloads = calloc(m->payloads_count + 1, sizeof *payloads);
  if (!r || !payloads) {
    free(r);
    free(payloads);
    return NULL;
  }
  for (size_t i = 0; i < m->payloads_count; i++) {
    payloads[i].bytes = wire_payload_bytes(m, i, &payloads[i].length);
  }
  const task_input in = {.work = m->header.texts[FIELD_WORK],
                         .payloads = payloads,
                         .payloads_count = m->payloads_count,
                         .shards = w->options.shards,
                         .stop = &w->stop};
  r->task = m->header.integers[FIELD_TASK];
  r->attempt = m->header.integers[FIELD_ATTEMPT];
  r->st = task_run(&in, &r->output, &r->failure);
  const size_t length = in.work.length < sizeof r->work ? in.work.length : sizeof r->work - 1;
  memcpy(r->work, in.work.bytes, length);
  free(payloads);
  return r;
}

static void *compute_loop(void *argument) {
  const compute_thread *self = argument;
  worker *w = self->owner;
  for (wire_message *m = NULL; (m = queue_pop(&w->tasks));) {
    result *r = compute(w, m);
    wire_message_close(m);
    free(m);
    handover_give();
    while (zmq_send(self->pipe, &r, sizeof r, 0) < 0 && errno == EINTR) {
    }
  }
  return NULL;
}

/* ---- Talking thread ------------------------------------------------------------------------------ */

static void describe(const worker *w, message *m) {
  message_set_integer(m, FIELD_CAPACITY, (uint64_t)w->options.threads * TASKS_PER_THREAD);
  message_set_bytes(m, FIELD_FINGERPRINT, w->fingerprint.bytes, sizeof w->fingerprint.bytes);
}

static void send_failure(worker *w, uint64_t task, uint64_t attempt, const error *why) {
  message m = message_of(MESSAGE_FAILURE);
  message_set_integer(&m, FIELD_TASK, task);
  message_set_integer(&m, FIELD_ATTEMPT, attempt);
  message_set_text(&m, FIELD_STATUS, status_name(why->code));
  message_set_text(&m, FIELD_MESSAGE, why->message);
  error ignored; /* a broker that cannot be reached will give the task to another */
  (void)!wire_send(w->broker, NULL, &m, NULL, 0, &ignored);
}

static void send_result(worker *w, result *r) {
  if (r->st != STATUS_OK) {
    send_failure(w, r->task, r->attempt, &r->failure);
    return;
  }
  message m = message_of(MESSAGE_RESULT);
  message_set_integer(&m, FIELD_TASK, r->task);
  message_set_integer(&m, FIELD_ATTEMPT, r->attempt);
  message_set_text(&m, FIELD_WORK, r->work);
  if (r->output.states_computed + r->output.states_cached > 0) {
    message_set_integer(&m, FIELD_STATES_COMPUTED, r->output.states_computed);
    message_set_integer(&m, FIELD_STATES_CACHED, r->output.states_cached);
  }
  wire_payload payloads[2];
  for (size_t i = 0; i < r->output.payloads_count; i++) {
    size_t length = 0;
    uint8_t *bytes = buf_take(&r->output.payloads[i], &length);
    payloads[i] = (wire_payload){.bytes = bytes, .length = length, .release = wire_free};
  }
  error ignored;
  (void)!wire_send(w->broker, NULL, &m, payloads, r->output.payloads_count, &ignored);
}

/* Whoever joins again loses his old tasks to others. */
static void send_hello(worker *w) {
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  describe(w, &hello);
  error ignored; /* the next sign of life is another chance */
  (void)!wire_send(w->broker, NULL, &hello, NULL, 0, &ignored);
}

static void drain_results(worker *w, bool send) {
  result *r = NULL;
  while (zmq_recv(w->results, &r, sizeof r, ZMQ_DONTWAIT) == (int)sizeof r) {
    handover_take();
    if (!r) { /* which task it was is not known any more: all of ours are to be given out anew */
      if (send) {
        send_hello(w);
      }
      continue;
    }
    if (send) {
      send_result(w, r);
    }
    task_output_fini(&r->output);
    free(r);
  }
}

static void drain_broker(worker *w) {
  bool received = true;
  while (received) {
    wire_message *m = malloc(sizeof *m);
    error ignored;
    if (!m || wire_receive(w->broker, false, m, &received, &ignored) != STATUS_OK || !received) {
      free(m);
      return;
    }
    if (m->header.kind != MESSAGE_TASK) {
      wire_message_close(m);
      free(m);
    } else if (!queue_push(&w->tasks, m)) {
      error full;
      error_set(&full, STATUS_NO_MEMORY, "the worker has more tasks than it asked for");
      send_failure(w, m->header.integers[FIELD_TASK], m->header.integers[FIELD_ATTEMPT], &full);
      wire_message_close(m);
      free(m);
    }
  }
}

static void *talk_loop(void *argument) {
  worker *w = argument;
  w->fingerprint = stats_fingerprint();
  send_hello(w);
  message alive = message_of(MESSAGE_ALIVE);
  describe(w, &alive);
  while (!atomic_load(&w->stop)) {
    zmq_pollitem_t items[] = {{.socket = w->broker, .events = ZMQ_POLLIN},
                              {.socket = w->results, .events = ZMQ_POLLIN},
                              {.fd = w->stop_fd, .events = ZMQ_POLLIN}};
    const int ready = zmq_poll(items, 3, ALIVE_MS);
    if (ready < 0 && errno != EINTR) {
      break;
    }
    if (ready == 0) {
      error ignored;
      (void)!wire_send(w->broker, NULL, &alive, NULL, 0, &ignored);
    }
    drain_results(w, true);
    drain_broker(w);
  }
  return NULL;
}

/* ---- Life ---------------------------------------------------------------------------------------- */

static status open_sockets(worker *w, error *err) {
  void *context = w->options.zmq_context;
  const int linger = 0;
  const int queue_length = 10000;
  w->broker = zmq_socket(context, ZMQ_DEALER);
  w->results = zmq_socket(context, ZMQ_PULL);
  if (!w->broker || !w->results || zmq_setsockopt(w->broker, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
      zmq_setsockopt(w->broker, ZMQ_SNDHWM, &queue_length, sizeof queue_length) != 0 ||
      zmq_setsockopt(w->broker, ZMQ_RCVHWM, &queue_length, sizeof queue_length) != 0 ||
      zmq_bind(w->results, w->results_endpoint) != 0) {
    return error_set(err, STATUS_IO, "the worker cannot open its sockets: %s", zmq_strerror(errno));
  }
  if (zmq_connect(w->broker, w->options.endpoint) != 0) {
    return error_set(err, STATUS_UNREACHABLE, "no broker at %s: %s", w->options.endpoint,
                     zmq_strerror(errno));
  }
  return STATUS_OK;
}

static status open_pipe(worker *w, compute_thread *t, error *err) {
  const int linger = 0;
  t->pipe = zmq_socket(w->options.zmq_context, ZMQ_PUSH);
  if (!t->pipe || zmq_setsockopt(t->pipe, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
      zmq_connect(t->pipe, w->results_endpoint) != 0) {
    return error_set(err, STATUS_IO, "the worker cannot open sockets for %u threads: %s; ask for fewer",
                     w->options.threads, zmq_strerror(errno));
  }
  return STATUS_OK;
}

static status start_threads(worker *w, error *err) {
  for (unsigned i = 0; i < w->options.threads; i++) {
    w->threads[i].owner = w;
    TRY(open_pipe(w, &w->threads[i], err));
    if (pthread_create(&w->threads[i].thread, NULL, compute_loop, &w->threads[i]) != 0) {
      return error_set(err, STATUS_NO_MEMORY, "the worker cannot start %u threads; ask for fewer",
                       w->options.threads);
    }
    w->threads[i].started = true;
  }
  if (pthread_create(&w->talker, NULL, talk_loop, w) != 0) {
    return error_set(err, STATUS_NO_MEMORY, "the worker cannot start its talking thread");
  }
  w->talking = true;
  return STATUS_OK;
}

status worker_start(const worker_options *options, worker **out, error *err) {
  static atomic_uint numbers;
  worker *w = calloc(1, sizeof *w);
  if (!w) {
    return error_no_memory(err, "a worker");
  }
  w->options = *options;
  w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  snprintf(w->results_endpoint, sizeof w->results_endpoint, "inproc://canvass-worker-%u",
           atomic_fetch_add(&numbers, 1));
  w->threads = calloc(options->threads, sizeof *w->threads);
  status st = w->threads && w->stop_fd >= 0 ? STATUS_OK : error_no_memory(err, "a worker");
  if (st == STATUS_OK) {
    st = queue_init(&w->tasks, (size_t)options->threads * TASKS_PER_THREAD * QUEUE_ROUNDS, err);
  }
  if (st == STATUS_OK) {
    st = open_sockets(w, err);
  }
  if (st == STATUS_OK) {
    st = start_threads(w, err);
  }
  if (st != STATUS_OK) {
    worker_stop(w);
    return st;
  }
  *out = w;
  return STATUS_OK;
}

void worker_stop(worker *w) {
  if (!w) {
    return;
  }
  atomic_store(&w->stop, true);
  if (w->stop_fd >= 0) {
    const uint64_t one = 1;
    ssize_t written = write(w->stop_fd, &one, sizeof one);
    (void)written; /* can only fail when it was already told */
  }
  if (w->tasks.ring) {
    queue_close(&w->tasks);
  }
  if (w->talking) {
    pthread_join(w->talker, NULL);
  }
  for (unsigned i = 0; w->threads && i < w->options.threads; i++) {
    if (w->threads[i].started) {
      pthread_join(w->threads[i].thread, NULL);
    }
  }
  if (w->results) {
    drain_results(w, false); /* before the pipes close: what is still in them would be lost */
    zmq_close(w->results);
  }
  for (unsigned i = 0; w->threads && i < w->options.threads; i++) {
    if (w->threads[i].pipe) {
      zmq_close(w->threads[i].pipe);
    }
  }
  if (w->broker) {
    zmq_close(w->broker);
  }
  if (w->stop_fd >= 0) {
    close(w->stop_fd);
  }
  queue_fini(&w->tasks);
  free(w->threads);
  free(w);
}
