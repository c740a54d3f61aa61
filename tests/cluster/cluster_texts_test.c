/* What peers say of themselves and of their failures reaches terminals and logs as text, and does nothing
 * there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "proto/wire.h"
#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

enum { LOOK_MS = 50 };

/* Clears a screen, sets a window's title, begins a line that looks like another message, and turns text
 * around. */
#define ACTS                                                  \
  "\x1b[2J\x1b]0;owned\x07\nbroker: all is well \xe2\x80\xae" \
  "live\xc2\x9b"                                              \
  "31m"
#define CLEARING "\\u001b[2J"
#define TURNING  "\\u202elive\\u009b31m"

static void expect_harmless(const char *text, size_t length, const char *what) {
  for (size_t at = 0; at < length;) {
    const char *end = memchr(text + at, '\n', length - at);
    const slice line = {text + at, end != NULL ? (size_t)(end - text) - at : length - at};
    const size_t good = text_harmless(line);
    if (good < line.length) {
      fail_msg("%s: byte %02x: %.*s", what, (unsigned)(uint8_t)line.bytes[good], (int)good, line.bytes);
    }
    at += line.length + 1;
  }
}

static void expect_shown(const char *text, size_t length, const char *what) {
  expect_harmless(text, length, what);
  cluster_expect_words(text, TURNING, what);
}

static void expect_file_shown(const cluster *c, const char *name) {
  char path[256];
  size_t length = 0;
  char *text = process_read_file(cluster_path(c, name, path), &length);
  assert_non_null(text);
  expect_shown(text, length, name);
  free(text);
}

/* ---- A worker with bad manners ---------------------------------------------------------------------- */

typedef struct worker {
  void *context, *socket;
  wire_message *in;
} worker;

static void say(worker *w, const message *m) {
  error why;
  assert_int_equal(wire_send(w->socket, NULL, m, NULL, 0, &why), STATUS_OK);
}

static void worker_open(const cluster *c, worker *w) {
  static const uint8_t fingerprint[DIGEST_BYTES] = {1};
  const int none = 0;
  w->in = malloc(sizeof *w->in);
  w->context = zmq_ctx_new();
  w->socket = zmq_socket(w->context, ZMQ_DEALER);
  assert_non_null(w->in);
  assert_int_equal(zmq_setsockopt(w->socket, ZMQ_LINGER, &none, sizeof none), 0);
  assert_int_equal(zmq_connect(w->socket, c->endpoint), 0);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  message_set_text(&hello, FIELD_TITLE, "host " ACTS);
  message_set_integer(&hello, FIELD_CAPACITY, 4);
  message_set_bytes(&hello, FIELD_INSTANCE, "0123456789abcdef", INSTANCE_BYTES);
  message_set_bytes(&hello, FIELD_FINGERPRINT, fingerprint, sizeof fingerprint);
  say(w, &hello);
}

static void worker_close(worker *w) {
  zmq_close(w->socket);
  zmq_ctx_term(w->context);
  free(w->in);
}

static void fail_task(worker *w) {
  static const message_field copied[] = {FIELD_STAGE, FIELD_TASK, FIELD_ATTEMPT};
  const message *task = &w->in->header;
  message m = message_of(MESSAGE_FAILURE);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, task->texts[FIELD_JOB].length);
  for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
    message_set_integer(&m, copied[i], task->integers[copied[i]]);
  }
  message_set_text(&m, FIELD_STATUS, "job");
  message_set_text(&m, FIELD_MESSAGE, "failed " ACTS);
  say(w, &m);
}

/* Every task fails until CLIENT has ended. */
static int fail_until_end(worker *w, process *client) {
  const message alive = message_of(MESSAGE_ALIVE);
  for (;;) {
    error why;
    bool received = true;
    while (received) {
      assert_int_equal(wire_receive(w->socket, false, w->in, &received, &why), STATUS_OK);
      if (received && w->in->header.kind == MESSAGE_TASK) {
        fail_task(w);
      }
      if (received) {
        wire_message_close(w->in);
      }
    }
    say(w, &alive);
    const int code = process_look(client, LOOK_MS);
    if (code >= 0) {
      return code;
    }
  }
}

static void texts_of_peers_are_shown_and_do_nothing(void **state) {
  static const char *const lists[][2] = {
      {"jobs", NULL}, {"jobs", "--json"}, {"workers", NULL}, {"workers", "--json"}};
  cluster *c = *state;
  worker w;
  process client = {.pid = 0};
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  worker_open(c, &w);
  cluster_wait_workers(c, 1);
  cluster_start_client(c, &client, "submit", "submit", survey_shipped_spec, "--dataset", "survey", "--key",
                       "key " ACTS, "--wait");
  assert_int_equal(fail_until_end(&w, &client), 1);
  expect_file_shown(c, "submit.err");
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    process_result r;
    cluster_expect(c, 0, &r, lists[i][0], lists[i][1]);
    expect_harmless(r.out, r.out_length, lists[i][0]);
    cluster_expect_words(r.out, CLEARING, lists[i][0]);
    process_result_fini(&r);
  }
  expect_file_shown(c, "broker.log");
  worker_close(&w);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(texts_of_peers_are_shown_and_do_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
