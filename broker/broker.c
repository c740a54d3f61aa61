/* Turns of the loop: receive, feed the core, act. */
#include "broker/broker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "broker/blobs.h"
#include "proto/wire.h"
#include "store/manifest.h"

enum { MESSAGES_PER_TURN = 1000, TICK_MS = 1000 };

typedef struct peer {
  wire_route route;
} peer;

struct broker {
  void *socket;
  int stop_fd;
  core *core;
  core_actions actions;
  blobs blobs;
  peer *peers; /* number i + 1 stands at i; 0 is nobody */
  size_t peers_count, peers_capacity;
  uint64_t jobs_submitted;
  wire_message *incoming;
};

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void broker_destroy(broker *b) {
  if (!b) {
    return;
  }
  if (b->socket) {
    zmq_close(b->socket);
  }
  if (b->stop_fd >= 0) {
    close(b->stop_fd);
  }
  core_destroy(b->core);
  core_actions_fini(&b->actions);
  blobs_fini(&b->blobs);
  free(b->peers);
  free(b->incoming);
  free(b);
}

static status open_socket(broker *b, void *zmq_context, const char *endpoint, error *err) {
  b->socket = zmq_socket(zmq_context, ZMQ_ROUTER);
  if (!b->socket) {
    return error_set(err, STATUS_IO, "cannot open a socket: %s", zmq_strerror(errno));
  }
  /* Limits are explicit: a peer that does not read is a peer that is gone, and stopping never waits. */
  const int mandatory = 1;
  const int linger = 0;
  const int queue = 10000;
  if (zmq_setsockopt(b->socket, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) != 0 ||
      zmq_setsockopt(b->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
      zmq_setsockopt(b->socket, ZMQ_SNDHWM, &queue, sizeof queue) != 0 ||
      zmq_setsockopt(b->socket, ZMQ_RCVHWM, &queue, sizeof queue) != 0 ||
      zmq_bind(b->socket, endpoint) != 0) {
    return error_set(err, STATUS_IO, "cannot listen at %s: %s", endpoint, zmq_strerror(errno));
  }
  return STATUS_OK;
}

status broker_new(void *zmq_context, const char *endpoint, broker **out, error *err) {
  broker *b = calloc(1, sizeof *b);
  if (!b) {
    return error_no_memory(err, "the broker");
  }
  b->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  b->core = core_new();
  b->incoming = malloc(sizeof *b->incoming);
  status st = STATUS_OK;
  if (!b->core || !b->incoming) {
    st = error_no_memory(err, "the broker");
  } else if (b->stop_fd < 0) {
    st = error_set(err, STATUS_IO, "the broker cannot start: %s", strerror(errno));
  } else {
    st = open_socket(b, zmq_context, endpoint, err);
  }
  if (st != STATUS_OK) {
    broker_destroy(b);
    return st;
  }
  *out = b;
  return STATUS_OK;
}

void broker_stop(broker *b) {
  const uint64_t one = 1;
  ssize_t written = write(b->stop_fd, &one, sizeof one);
  (void)written; /* it can only fail when it was already told */
}

/* ---- Peers --------------------------------------------------------------------------------------- */

static uint32_t peer_of(broker *b, const wire_route *route) {
  for (size_t i = 0; i < b->peers_count; i++) {
    if (b->peers[i].route.length == route->length &&
        memcmp(b->peers[i].route.bytes, route->bytes, route->length) == 0) {
      return (uint32_t)(i + 1);
    }
  }
  if (b->peers_count == b->peers_capacity) {
    const size_t larger = b->peers_capacity ? b->peers_capacity * 2 : 16;
    peer *grown = realloc(b->peers, larger * sizeof *grown);
    if (!grown) {
      return 0;
    }
    b->peers = grown;
    b->peers_capacity = larger;
  }
  b->peers[b->peers_count++].route = *route;
  return (uint32_t)b->peers_count;
}

static status feed(broker *b, const core_event *event, error *err) {
  return core_step(b->core, event, now_ms(), &b->actions, err);
}

/* ---- Actions ------------------------------------------------------------------------------------- */

static status send_to(broker *b, uint32_t to, const message *m, const wire_payload *payloads, size_t count,
                      error *err) {
  const status st = wire_send(b->socket, &b->peers[to - 1].route, m, payloads, count, err);
  if (st == STATUS_UNREACHABLE) {
    return feed(b, &(core_event){.kind = CORE_PEER_LEFT, .peer = to}, err);
  }
  return st;
}

static void set_job(message *m, const core_action *a) {
  message_set_bytes(m, FIELD_JOB, a->job.bytes, sizeof a->job.bytes);
}

static status act_task(broker *b, const core_action *a, error *err) {
  message m = message_of(MESSAGE_TASK);
  set_job(&m, a);
  message_set_integer(&m, FIELD_TASK, a->task);
  message_set_integer(&m, FIELD_ATTEMPT, a->attempt);
  message_set_integer(&m, FIELD_STAGE, a->stage);
  message_set_text(&m, FIELD_WORK, core_work_name(a->work));
  wire_payload payloads[4 + CORE_FAN_IN];
  size_t count = 0;
  for (uint32_t i = 0; i < a->blobs_count; i++) {
    payloads[count++] = (wire_payload){.frame = blobs_at(&b->blobs, a->blobs[i]), .bytes = ""};
  }
  buf names;
  buf_init(&names);
  if (a->work == WORK_MAP) {
    for (uint32_t i = 0; i < a->shards_count; i++) {
      buf_put(&names, a->shards[i].name.bytes, DIGEST_BYTES);
    }
    payloads[count++] = (wire_payload){.bytes = names.data, .length = names.length};
  }
  status st = buf_status(&names, "a task", err);
  if (st == STATUS_OK) {
    st = send_to(b, a->peer, &m, payloads, count, err);
  }
  buf_fini(&names);
  return st;
}

static status act_accepted(broker *b, const core_action *a, error *err) {
  message m = message_of(MESSAGE_ACCEPTED);
  set_job(&m, a);
  return send_to(b, a->peer, &m, NULL, 0, err);
}

static void set_states(message *m, const core_action *a) {
  message_set_integer(m, FIELD_STATES_COMPUTED, a->states.computed);
  message_set_integer(m, FIELD_STATES_CACHED, a->states.cached);
}

static status act_progress(broker *b, const core_action *a, error *err) {
  message m = message_of(MESSAGE_PROGRESS);
  set_job(&m, a);
  message_set_integer(&m, FIELD_STAGE, a->stage);
  message_set_integer(&m, FIELD_ROWS_DONE, a->rows_done);
  message_set_integer(&m, FIELD_ROWS_TOTAL, a->rows_total);
  message_set_integer(&m, FIELD_FINISHING, a->finishing);
  set_states(&m, a);
  return send_to(b, a->peer, &m, NULL, 0, err);
}

static status act_report(broker *b, const core_action *a, error *err) {
  message m = message_of(MESSAGE_REPORT);
  set_job(&m, a);
  set_states(&m, a);
  const wire_payload payload = {.frame = blobs_at(&b->blobs, a->blobs[0])};
  return send_to(b, a->peer, &m, &payload, 1, err);
}

static status act_ended(broker *b, const core_action *a, error *err) {
  message m = message_of(MESSAGE_ENDED);
  set_job(&m, a);
  message_set_text(&m, FIELD_STATUS, status_name(a->failure.code));
  message_set_text(&m, FIELD_MESSAGE, a->failure.message);
  return send_to(b, a->peer, &m, NULL, 0, err);
}

static status act_release(broker *b, const core_action *a, error *err) {
  (void)err;
  blobs_release(&b->blobs, a->blobs[0]);
  return STATUS_OK;
}

static status (*const acts[])(broker *b, const core_action *a, error *err) = {
    [CORE_SEND_TASK] = act_task,     [CORE_SEND_ACCEPTED] = act_accepted, [CORE_SEND_PROGRESS] = act_progress,
    [CORE_SEND_REPORT] = act_report, [CORE_SEND_ENDED] = act_ended,       [CORE_RELEASE] = act_release,
};

/* Carrying out may make new actions (a peer turns out to be gone): they join the end of the list. */
static status carry_out(broker *b, error *err) {
  for (size_t i = 0; i < b->actions.count; i++) {
    const core_action a = b->actions.at[i];
    TRY(acts[a.kind](b, &a, err));
  }
  b->actions.count = 0;
  return STATUS_OK;
}

/* ---- Messages ------------------------------------------------------------------------------------ */

static core_event event_of(core_event_kind kind, uint32_t from) {
  return (core_event){.kind = kind, .peer = from};
}

static bool take_payloads(broker *b, core_event *e, error *err) {
  for (size_t i = 0; i < b->incoming->payloads_count; i++) {
    e->blobs[i] = blobs_take(&b->blobs, &b->incoming->frames[i + 1]);
    if (!e->blobs[i]) {
      error_no_memory(err, "the broker");
      return false;
    }
    e->blobs_count++;
  }
  return true;
}

static void read_worker(const message *m, core_event *e) {
  e->capacity = (uint32_t)(m->integers[FIELD_CAPACITY] < CORE_CAPACITY_MAX ? m->integers[FIELD_CAPACITY]
                                                                           : CORE_CAPACITY_MAX);
  const slice fingerprint = m->texts[FIELD_FINGERPRINT];
  memcpy(e->fingerprint.bytes, fingerprint.bytes ? fingerprint.bytes : "",
         fingerprint.length < DIGEST_BYTES ? fingerprint.length : DIGEST_BYTES);
}

static bool read_job(const message *m, core_event *e) {
  if (m->texts[FIELD_JOB].length != JOB_ID_BYTES) {
    return false;
  }
  memcpy(e->job.bytes, m->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  return true;
}

static status on_hello(broker *b, uint32_t from, error *err) {
  const message *m = &b->incoming->header;
  if (slice_equal(m->texts[FIELD_ROLE], slice_of("worker"))) {
    core_event e = event_of(CORE_WORKER_JOINED, from);
    read_worker(m, &e);
    TRY(feed(b, &e, err));
  }
  const message welcome = message_of(MESSAGE_WELCOME);
  return send_to(b, from, &welcome, NULL, 0, err);
}

static status on_alive(broker *b, uint32_t from, error *err) {
  core_event e = event_of(CORE_HEARD, from);
  read_worker(&b->incoming->header, &e);
  return feed(b, &e, err);
}

/* The id is a digest of what was submitted and of how many came before it. */
static status name_job(broker *b, core_event *e, error *err) {
  digest_stream *s = digest_stream_new();
  if (!s) {
    return error_no_memory(err, "the job's id");
  }
  const uint64_t number = ++b->jobs_submitted;
  digest_stream_add(s, &number, sizeof number);
  for (size_t i = 0; i < b->incoming->payloads_count; i++) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(b->incoming, i, &length);
    digest_stream_add(s, bytes, length);
  }
  digest d;
  digest_stream_finish(s, &d);
  digest_stream_destroy(s);
  memcpy(e->job.bytes, d.bytes, JOB_ID_BYTES);
  return STATUS_OK;
}

static status refuse(broker *b, uint32_t to, const error *why, error *err) {
  message m = message_of(MESSAGE_REFUSED);
  message_set_text(&m, FIELD_STATUS, status_name(why->code));
  message_set_text(&m, FIELD_MESSAGE, why->message);
  return send_to(b, to, &m, NULL, 0, err);
}

static status on_submit(broker *b, uint32_t from, error *err) {
  core_event e = event_of(CORE_SUBMITTED, from);
  TRY(name_job(b, &e, err));
  size_t length = 0;
  const void *bytes = wire_payload_bytes(b->incoming, 2, &length);
  manifest *m = NULL;
  error why;
  if (manifest_decode(bytes, length, &m, &why) != STATUS_OK) {
    return refuse(b, from, &why, err);
  }
  core_shard *shards = calloc((size_t)m->shards_count + 1, sizeof *shards);
  e.plan = blobs_take(&b->blobs, &b->incoming->frames[1]);
  e.program = blobs_take(&b->blobs, &b->incoming->frames[2]);
  status st = shards && e.plan && e.program ? STATUS_OK : error_no_memory(err, "the broker");
  if (st == STATUS_OK) {
    for (uint32_t i = 0; i < m->shards_count; i++) {
      shards[i] = (core_shard){.name = m->shards[i].name, .rows = m->shards[i].rows};
    }
    e.shards = shards;
    e.shards_count = m->shards_count;
    st = feed(b, &e, err);
  }
  free(shards);
  manifest_destroy(m);
  return st;
}

static status on_cancel(broker *b, uint32_t from, error *err) {
  core_event e = event_of(CORE_CANCELLED, from);
  return read_job(&b->incoming->header, &e) ? feed(b, &e, err) : STATUS_OK;
}

static bool read_work(const message *m, core_work *out) {
  for (core_work w = WORK_MAP; w <= WORK_STEP; w++) {
    if (slice_equal(m->texts[FIELD_WORK], slice_of(core_work_name(w)))) {
      *out = w;
      return true;
    }
  }
  return false;
}

static status on_result(broker *b, uint32_t from, error *err) {
  core_event e = event_of(CORE_RESULT, from);
  e.task = b->incoming->header.integers[FIELD_TASK];
  e.states = (core_states){b->incoming->header.integers[FIELD_STATES_COMPUTED],
                           b->incoming->header.integers[FIELD_STATES_CACHED]};
  if (!read_work(&b->incoming->header, &e.work)) {
    return STATUS_OK;
  }
  return take_payloads(b, &e, err) ? feed(b, &e, err) : STATUS_NO_MEMORY;
}

static status on_failure(broker *b, uint32_t from, error *err) {
  const message *m = &b->incoming->header;
  core_event e = event_of(CORE_FAILURE, from);
  e.task = m->integers[FIELD_TASK];
  message_failure(m, &e.failure);
  return feed(b, &e, err);
}

static status (*const handlers[MESSAGES_COUNT])(broker *b, uint32_t from, error *err) = {
    [MESSAGE_HELLO] = on_hello,   [MESSAGE_ALIVE] = on_alive,   [MESSAGE_SUBMIT] = on_submit,
    [MESSAGE_CANCEL] = on_cancel, [MESSAGE_RESULT] = on_result, [MESSAGE_FAILURE] = on_failure,
};

/* Takes one message, if there is one. */
static status take_one(broker *b, bool *received, error *err) {
  error why;
  const status st = wire_receive(b->socket, true, b->incoming, received, &why);
  if (!*received) {
    return STATUS_OK;
  }
  const uint32_t from = peer_of(b, &b->incoming->from);
  if (!from) {
    return error_no_memory(err, "the broker");
  }
  if (st != STATUS_OK) {
    return refuse(b, from, &why, err);
  }
  status result = STATUS_OK;
  if (handlers[b->incoming->header.kind]) {
    result = handlers[b->incoming->header.kind](b, from, err);
  } else {
    error_set(&why, STATUS_PROTOCOL, "message '%s' is not for the broker",
              message_kind_name(b->incoming->header.kind));
    result = refuse(b, from, &why, err);
  }
  wire_message_close(b->incoming);
  return result;
}

/* A broker that gives up says so: nobody else could tell those who wait for it. */
static void refuse_everybody(broker *b, const error *why) {
  error ignored;
  for (size_t i = 0; i < b->peers_count; i++) {
    (void)!refuse(b, (uint32_t)(i + 1), why, &ignored);
  }
}

static status serve(broker *b, error *err) {
  uint64_t ticked_ms = now_ms();
  for (;;) {
    zmq_pollitem_t items[] = {{.socket = b->socket, .events = ZMQ_POLLIN},
                              {.fd = b->stop_fd, .events = ZMQ_POLLIN}};
    if (zmq_poll(items, 2, TICK_MS) < 0 && errno != EINTR) {
      return error_set(err, STATUS_IO, "the broker cannot wait for messages: %s", zmq_strerror(errno));
    }
    if (items[1].revents) {
      return STATUS_OK;
    }
    bool received = true;
    for (int i = 0; i < MESSAGES_PER_TURN && received; i++) {
      TRY(take_one(b, &received, err));
    }
    if (now_ms() - ticked_ms >= TICK_MS) {
      ticked_ms = now_ms();
      TRY(feed(b, &(core_event){.kind = CORE_TICK}, err));
    }
    TRY(carry_out(b, err));
  }
}

status broker_run(broker *b, error *err) {
  error why;
  const status st = serve(b, &why);
  if (st != STATUS_OK) {
    refuse_everybody(b, &why);
    return error_set(err, st, "%s", why.message);
  }
  return STATUS_OK;
}
