/* A DEALER socket and a deadline: everything else is the broker's. */
#include "client/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire.h"

enum {
  ANSWER_MS = 10000, /* how long a broker may take to answer */
  NEWS_MS = 250,     /* how often the caller hears of progress at least */
};

struct session {
  void *socket;
  char endpoint[256];
  wire_message *incoming;
};

void session_close(session *s) {
  if (!s) {
    return;
  }
  if (s->socket) {
    zmq_close(s->socket);
  }
  free(s->incoming);
  free(s);
}

/* Waits up to TIMEOUT_MS for a message; *RECEIVED tells whether there is one (to be closed). */
static status receive(session *s, long timeout_ms, bool *received, error *err) {
  TRY(wire_receive(s->socket, false, s->incoming, received, err));
  if (*received) {
    return STATUS_OK;
  }
  zmq_pollitem_t item = {.socket = s->socket, .events = ZMQ_POLLIN};
  if (zmq_poll(&item, 1, timeout_ms) < 0 && errno != EINTR) {
    return error_set(err, STATUS_IO, "cannot wait for the broker: %s", zmq_strerror(errno));
  }
  return wire_receive(s->socket, false, s->incoming, received, err);
}

/* Waits for a message of KIND; others before it are dropped. */
static status expect(session *s, message_kind kind, error *err) {
  for (;;) {
    bool received = false;
    TRY(receive(s, ANSWER_MS, &received, err));
    if (!received) {
      return error_set(err, STATUS_UNREACHABLE, "the broker at %s does not answer", s->endpoint);
    }
    const message_kind got = s->incoming->header.kind;
    if (got == kind) {
      return STATUS_OK;
    }
    const status st = got == MESSAGE_REFUSED || got == MESSAGE_ENDED
                          ? message_failure(&s->incoming->header, err)
                          : STATUS_OK;
    wire_message_close(s->incoming);
    TRY(st);
  }
}

static status greet(session *s, error *err) {
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "client");
  TRY(wire_send(s->socket, NULL, &hello, NULL, 0, err));
  TRY(expect(s, MESSAGE_WELCOME, err));
  wire_message_close(s->incoming);
  return STATUS_OK;
}

status session_connect(void *zmq_context, const char *endpoint, session **out, error *err) {
  session *s = calloc(1, sizeof *s);
  if (!s) {
    return error_no_memory(err, "a session");
  }
  const int linger = 1000;
  snprintf(s->endpoint, sizeof s->endpoint, "%s", endpoint);
  s->incoming = malloc(sizeof *s->incoming);
  s->socket = zmq_socket(zmq_context, ZMQ_DEALER);
  status st = STATUS_OK;
  if (!s->incoming || !s->socket) {
    st = error_no_memory(err, "a session");
  } else if (zmq_setsockopt(s->socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
             zmq_connect(s->socket, endpoint) != 0) {
    st = error_set(err, STATUS_UNREACHABLE, "no broker at %s: %s", endpoint, zmq_strerror(errno));
  } else {
    st = greet(s, err);
  }
  if (st != STATUS_OK) {
    session_close(s);
    return st;
  }
  *out = s;
  return STATUS_OK;
}

static void job_hex(const message *m, char out[33]) {
  const slice id = m->texts[FIELD_JOB];
  for (size_t i = 0; i < JOB_ID_BYTES; i++) {
    snprintf(out + 2 * i, 3, "%02x", i < id.length ? (unsigned)(uint8_t)id.bytes[i] : 0U);
  }
}

status session_submit(session *s, slice plan, slice program, slice manifest, char job[33], error *err) {
  const message m = message_of(MESSAGE_SUBMIT);
  const wire_payload payloads[] = {{.bytes = plan.bytes, .length = plan.length},
                                   {.bytes = program.bytes, .length = program.length},
                                   {.bytes = manifest.bytes, .length = manifest.length}};
  TRY(wire_send(s->socket, NULL, &m, payloads, 3, err));
  TRY(expect(s, MESSAGE_ACCEPTED, err));
  job_hex(&s->incoming->header, job);
  wire_message_close(s->incoming);
  return STATUS_OK;
}

static status cancel(session *s, const char *job, error *err) {
  uint8_t id[JOB_ID_BYTES] = {0};
  for (size_t i = 0; i < JOB_ID_BYTES; i++) {
    char pair[3] = {job[2 * i], job[2 * i + 1], 0};
    id[i] = (uint8_t)strtoul(pair, NULL, 16);
  }
  message m = message_of(MESSAGE_CANCEL);
  message_set_bytes(&m, FIELD_JOB, id, sizeof id);
  TRY(wire_send(s->socket, NULL, &m, NULL, 0, err));
  return error_set(err, STATUS_INTERRUPTED, "interrupted: the job was cancelled");
}

static void read_states(const message *m, session_progress *p) {
  p->states_computed = m->integers[FIELD_STATES_COMPUTED];
  p->states_cached = m->integers[FIELD_STATES_CACHED];
}

static void read_progress(const message *m, session_progress *p) {
  p->stage = (uint32_t)m->integers[FIELD_STAGE];
  p->rows_done = m->integers[FIELD_ROWS_DONE];
  p->rows_total = m->integers[FIELD_ROWS_TOTAL];
  p->finishing = m->integers[FIELD_FINISHING] != 0;
  read_states(m, p);
}

/* One message about JOB: *ENDED when it was the last. */
static status take_news(session *s, const char *job, session_progress *p, buf *report, bool *ended,
                        error *err) {
  const message *m = &s->incoming->header;
  char about[33];
  job_hex(m, about);
  if (m->kind == MESSAGE_REFUSED) {
    return message_failure(m, err);
  }
  if (strcmp(about, job) != 0) {
    return STATUS_OK;
  }
  if (m->kind == MESSAGE_PROGRESS) {
    read_progress(m, p);
  } else if (m->kind == MESSAGE_ENDED) {
    return message_failure(m, err);
  } else if (m->kind == MESSAGE_REPORT) {
    size_t length = 0;
    const void *bytes = wire_payload_bytes(s->incoming, 0, &length);
    buf_put(report, bytes, length);
    read_states(m, p);
    *ended = true;
    return buf_status(report, "the report", err);
  }
  return STATUS_OK;
}

status session_wait(session *s, const char *job, bool (*callback)(void *context, const session_progress *p),
                    void *context, buf *report, session_progress *last, error *err) {
  session_progress p = {0};
  for (bool ended = false; !ended;) {
    bool received = false;
    TRY(receive(s, NEWS_MS, &received, err));
    if (received) {
      const status st = take_news(s, job, &p, report, &ended, err);
      wire_message_close(s->incoming);
      TRY(st);
    }
    if (!ended && callback && !callback(context, &p)) {
      return cancel(s, job, err);
    }
  }
  if (last) {
    *last = p;
  }
  return STATUS_OK;
}
