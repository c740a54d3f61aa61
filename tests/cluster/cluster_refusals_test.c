/* Bad input to a real broker, from its command line to garbage on its socket: each is answered by a message
 * that names it, and the broker goes on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "proto/message.h"
#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"
#include "tests/seeded.h"
#include "tests/sockets.h"

enum { RANDOM_MESSAGES = 500 };

/* ---- Names ----------------------------------------------------------------------------------------- */

static void expect_refused(cluster *c, int code, const char *words, const char *more_words,
                           const char *const *arguments) {
  process_result r;
  cluster_client_run(c, &r, arguments);
  if (r.exit_code != code) {
    fail_msg("canvass %s: exit code %d instead of %d: %s%s", arguments[1], r.exit_code, code, r.out, r.err);
  }
  cluster_expect_words(r.err, words, arguments[1]);
  cluster_expect_words(r.err, more_words, arguments[1]);
  assert_int_equal(r.out_length, 0);
  process_result_fini(&r);
}

#define EXPECT_REFUSED(c, code, words, more_words, ...) \
  expect_refused(c, code, words, more_words, (const char *const[]){cluster_program(), __VA_ARGS__, NULL})

static void names_that_are_taken_or_unknown_are_named(void **state) {
  cluster *c = *state;
  char spec[256];
  survey_write_spec(c->directory, "other.yaml", survey_short_spec, spec);
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  /* The same data again does no harm; other data under the same name are. */
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  char data[256];
  survey_write(c->directory, "other.csv", 50, 1, 1, data);
  EXPECT_REFUSED(c, 1, "survey", "--append", "put", "survey", spec, data);
  EXPECT_REFUSED(c, 1, "nosuch", "dataset", "submit", survey_shipped_spec, "--dataset", "nosuch");
  EXPECT_REFUSED(c, 1, "nosuch", "dataset", "drop", "nosuch");
  EXPECT_REFUSED(c, 1, "0123456789abcdef", "job", "report", "0123456789abcdef0123456789abcdef");
  EXPECT_REFUSED(c, 1, "0123456789abcdef", "job", "watch", "0123456789abcdef0123456789abcdef");
  EXPECT_REFUSED(c, 1, "0123456789abcdef", "job", "cancel", "0123456789abcdef0123456789abcdef");
  cluster_passed(c);
}

static void a_specification_that_does_not_fit_the_data_ends_with_its_problems(void **state) {
  cluster *c = *state;
  char spec[256];
  survey_write_spec(
      c->directory, "wrong.yaml",
      "variables:\n  nosuchcolumn: {type: number}\nanalyses:\n  - describe: {items: nosuchcolumn}\n", spec);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  process_result r;
  cluster_client(c, &r, "submit", spec, "--dataset", "survey", "--wait");
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "nosuchcolumn", "submit");
  process_result_fini(&r);
  cluster_passed(c);
}

static void an_exposed_endpoint_without_keys_is_refused_with_advice(void **state) {
  cluster *c = *state;
  static const char *const exposed[] = {"tcp://0.0.0.0:45671", "tcp://*:45671", "tcp://[::]:45671"};
  for (size_t i = 0; i < sizeof exposed / sizeof exposed[0]; i++) {
    EXPECT_REFUSED(c, 2, exposed[i], "keygen", "broker", "--listen", exposed[i], "--store", c->store);
  }
  cluster_passed(c);
}

static void a_second_broker_on_the_same_store_or_endpoint_is_refused(void **state) {
  cluster *c = *state;
  char other[256];
  char endpoint[300];
  cluster_start_broker(c);
  cluster_listing(c, "jobs");
  snprintf(endpoint, sizeof endpoint, "ipc://%s", cluster_path(c, "no-such-socket", other));
  EXPECT_REFUSED(c, 1, c->store, "", "broker", "--listen", endpoint, "--store", c->store);
  process_result r;
  cluster_client(c, &r, "broker", "--listen", c->endpoint, "--store", cluster_path(c, "other", other));
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, c->endpoint, "a second broker on the same endpoint");
  process_result_fini(&r);
  cluster_listing(c, "jobs");
  cluster_passed(c);
}

/* ---- Frames ---------------------------------------------------------------------------------------- */

/* A peer that says what it likes. */
typedef struct peer {
  sockets *sockets;
  void *socket;
  zmq_msg_t frame; /* of the last answer */
  message answer;
} peer;

static void peer_open(const cluster *c, peer *p) {
  p->sockets = sockets_new();
  p->socket = sockets_open(p->sockets, ZMQ_DEALER);
  assert_int_equal(zmq_connect(p->socket, c->endpoint), 0);
  zmq_msg_init(&p->frame);
}

static void peer_close(peer *p) {
  zmq_msg_close(&p->frame);
  sockets_destroy(p->sockets);
}

static void peer_send(const peer *p, const void *header, size_t length, size_t payloads) {
  assert_true(zmq_send(p->socket, header, length, payloads > 0 ? ZMQ_SNDMORE : 0) >= 0);
  for (size_t i = 0; i < payloads; i++) {
    assert_true(zmq_send(p->socket, "payload", 7, i + 1 < payloads ? ZMQ_SNDMORE : 0) >= 0);
  }
}

/* The next answer's kind. */
static message_kind peer_hear(peer *p) {
  error err = {0};
  int more = 0;
  size_t size = sizeof more;
  sockets_wait(p->socket, "the broker's answer to a peer made by hand");
  assert_true(zmq_msg_recv(&p->frame, p->socket, 0) >= 0);
  assert_int_equal(zmq_getsockopt(p->socket, ZMQ_RCVMORE, &more, &size), 0);
  assert_int_equal(more, 0);
  if (message_decode(zmq_msg_data(&p->frame), zmq_msg_size(&p->frame), &p->answer, &err)) {
    fail_msg("the broker's answer: %s", err.message);
  }
  return p->answer.kind;
}

static void peer_say(const peer *p, const message *m, size_t payloads) {
  buf header;
  buf_init(&header);
  message_encode(m, &header);
  peer_send(p, header.data, header.length, payloads);
  buf_fini(&header);
}

static void peer_hello(peer *p) {
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "client");
  message_set_text(&hello, FIELD_TITLE, "test");
  message_set_bytes(&hello, FIELD_INSTANCE, "0123456789abcdef", INSTANCE_BYTES);
  peer_say(p, &hello, 0);
  assert_int_equal(peer_hear(p), MESSAGE_WELCOME);
}

/* A broker that still understands: an alive is answered by one. */
static void expect_alive(peer *p) {
  const message alive = message_of(MESSAGE_ALIVE);
  peer_say(p, &alive, 0);
  assert_int_equal(peer_hear(p), MESSAGE_ALIVE);
}

static const char *refusal(const peer *p, char text[512]) {
  const slice said = p->answer.texts[FIELD_MESSAGE];
  snprintf(text, 512, "%.*s", SLICE_ARG(said));
  return text;
}

#define HEADER(text) text, sizeof(text) - 1

static void garbage_is_answered_with_an_error_and_the_broker_goes_on(void **state) {
  static const struct {
    const char *what;
    const char *bytes;
    size_t length;
    size_t payloads;
  } cases[] = {
      {"an empty frame", HEADER(""), 0},
      {"text", HEADER("hello"), 0},
      {"a byte that msgpack never uses", HEADER("\xc1"), 0},
      {"an array that promises 2^28 items", HEADER("\xdd\x10\x00\x00\x00"), 0},
      {"a map that promises 2^32 - 1 members", HEADER("\xdf\xff\xff\xff\xff"), 0},
      {"a map cut off", HEADER("\x82\xa1v\x01\xa1k"), 0},
      {"something behind the map",
       HEADER("\x82\xa1v\x01\xa1k\xa5"
              "alive\xc0"),
       0},
      {"a nested map",
       HEADER("\x83\xa1v\x01\xa1k\xa5"
              "alive\xa1x\x80"),
       0},
      {"a key twice",
       HEADER("\x83\xa1v\x01\xa1v\x01\xa1k\xa5"
              "alive"),
       0},
      {"a negative number",
       HEADER("\x83\xa1v\x01\xa1k\xa5"
              "alive\xa7request\xff"),
       0},
      {"no kind", HEADER("\x81\xa1v\x01"), 0},
      {"an unknown kind", HEADER("\x82\xa1v\x01\xa1k\xa4grab"), 0},
      {"a missing field", HEADER("\x82\xa1v\x01\xa1k\xa4list"), 0},
      {"payload where none may be",
       HEADER("\x82\xa1v\x01\xa1k\xa5"
              "alive"),
       3},
      {"more payload than any message",
       HEADER("\x82\xa1v\x01\xa1k\xa5"
              "alive"),
       1500},
      {"a worker's kind",
       HEADER("\x86\xa1v\x01\xa1k\xa7"
              "failure\xa3job\xc4\x10"
              "0123456789abcdef\xa5stage\x00\xa4task\x00\xa7"
              "attempt\x00"),
       0},
  };
  cluster *c = *state;
  peer p = {0};
  cluster_start_broker(c);
  peer_open(c, &p);
  peer_hello(&p);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    peer_send(&p, cases[i].bytes, cases[i].length, cases[i].payloads);
    if (peer_hear(&p) != MESSAGE_REFUSED) {
      fail_msg("%s: answered with %s", cases[i].what, message_kind_name(p.answer.kind));
    }
    assert_true(p.answer.texts[FIELD_MESSAGE].length > 0);
    expect_alive(&p);
  }
  peer_close(&p);
  cluster_listing(c, "jobs");
  cluster_passed(c);
}

static void random_bytes_do_the_broker_no_harm(void **state) {
  cluster *c = *state;
  seeded r = {seeded_seed()};
  peer p = {0};
  cluster_start_broker(c);
  peer_open(c, &p);
  peer_hello(&p);
  message list = message_of(MESSAGE_LIST);
  message_set_integer(&list, FIELD_REQUEST, 1);
  message_set_text(&list, FIELD_WHAT, "jobs");
  buf header;
  buf_init(&header);
  message_encode(&list, &header);
  for (int i = 0; i < RANDOM_MESSAGES; i++) {
    uint8_t bytes[256];
    size_t length = header.length;
    memcpy(bytes, header.data, length);
    /* A good header with some bytes changed, or cut off, or noise throughout. */
    for (uint64_t n = seeded_below(&r, 4); n > 0; n--) {
      bytes[seeded_below(&r, length)] = (uint8_t)seeded_next(&r);
    }
    if (i % 4 == 0) {
      length = seeded_below(&r, length + 1);
    } else if (i % 4 == 1) {
      length = seeded_below(&r, sizeof bytes) + 1;
      for (size_t b = 0; b < length; b++) {
        bytes[b] = (uint8_t)seeded_next(&r);
      }
    }
    peer_send(&p, bytes, length, seeded_below(&r, 3));
  }
  buf_fini(&header);
  peer_close(&p);
  if (!process_is_running(&c->broker)) {
    fail_msg("the broker is gone; seed %llu", (unsigned long long)seeded_seed());
  }
  cluster_listing(c, "jobs");
  cluster_passed(c);
}

/* Encodes a hello of protocol version V. */
static void say_hello_of_version(const peer *p, uint8_t v) {
  static const uint8_t stated[] = {0xa1, 'v', PROTOCOL_VERSION};
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "client");
  message_set_text(&hello, FIELD_TITLE, "test");
  buf header;
  buf_init(&header);
  message_encode(&hello, &header);
  uint8_t *at = memmem(header.data, header.length, stated, sizeof stated);
  assert_non_null(at);
  at[2] = v;
  peer_send(p, header.data, header.length, 0);
  buf_fini(&header);
}

static void an_old_and_a_new_version_are_told_so(void **state) {
  cluster *c = *state;
  cluster_start_broker(c);
  for (uint8_t v = 0; v < 100; v = (uint8_t)(v + 2)) {
    char text[512];
    peer p = {0};
    peer_open(c, &p);
    say_hello_of_version(&p, v);
    assert_int_equal(peer_hear(&p), MESSAGE_REFUSED);
    char number[16];
    snprintf(number, sizeof number, "%u", v);
    cluster_expect_words(refusal(&p, text), "version", "the answer to another version");
    cluster_expect_words(text, number, "the answer to another version");
    peer_close(&p);
    v = v == 2 ? 96 : v;
  }
  cluster_listing(c, "jobs");
  cluster_passed(c);
}

static void frames_beyond_all_limits_do_the_broker_no_harm(void **state) {
  static const size_t sizes[] = {(64 << 10) + 1, (1 << 20) + 1, 8 << 20};
  cluster *c = *state;
  cluster_start_broker(c);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    peer p = {0};
    char *bytes = calloc(1, sizes[i]);
    assert_non_null(bytes);
    peer_open(c, &p);
    peer_hello(&p);
    peer_send(&p, bytes, sizes[i], 0);
    cluster_listing(c, "jobs");
    peer_close(&p);
    free(bytes);
  }
  assert_true(process_is_running(&c->broker));
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(names_that_are_taken_or_unknown_are_named),
      CLUSTER_TEST(a_specification_that_does_not_fit_the_data_ends_with_its_problems),
      CLUSTER_TEST(an_exposed_endpoint_without_keys_is_refused_with_advice),
      CLUSTER_TEST(a_second_broker_on_the_same_store_or_endpoint_is_refused),
      CLUSTER_TEST(garbage_is_answered_with_an_error_and_the_broker_goes_on),
      CLUSTER_TEST(random_bytes_do_the_broker_no_harm),
      CLUSTER_TEST(an_old_and_a_new_version_are_told_so),
      CLUSTER_TEST(frames_beyond_all_limits_do_the_broker_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
