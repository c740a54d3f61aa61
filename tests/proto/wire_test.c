/* Messages on sockets: they arrive whole or not at all, what does not belong is skipped to its end, and bytes
 * are given back exactly once. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire.h"
#include "tests/check.h"
#include "tests/sockets.h"

enum { RELEASES_MAX = 2000 };

/* ---- A broker's socket and one peer's ------------------------------------------------------------- */

typedef struct scene {
  sockets *sockets;
  void *router, *dealer;
  wire_message *incoming;
  wire_route dealer_route;
} scene;

static void *new_socket(scene *s, int type) {
  void *socket = sockets_open(s->sockets, type);
  const int yes = 1;
  if (type == ZMQ_ROUTER) {
    assert_int_equal(zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &yes, sizeof yes), 0);
  }
  return socket;
}

static status receive(scene *s, void *socket, error *err) {
  bool received = false;
  sockets_wait(socket, "a message");
  const status st = wire_receive(socket, socket == s->router, s->incoming, &received, err);
  assert_true(received);
  return st;
}

static void send_numbered(void *socket, const wire_route *to, uint64_t number) {
  message m = message_of(MESSAGE_ALIVE);
  message_set_integer(&m, FIELD_CAPACITY, number);
  assert_int_equal(wire_send(socket, to, &m, NULL, 0, NULL), STATUS_OK);
}

static void expect_numbered(scene *s, void *socket, uint64_t number) {
  error err;
  if (receive(s, socket, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(s->incoming->header.kind, MESSAGE_ALIVE);
  assert_true(s->incoming->header.integers[FIELD_CAPACITY] == number);
  wire_message_close(s->incoming);
}

static int open_scene(void **state) {
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->incoming = malloc(sizeof *s->incoming);
  s->sockets = sockets_new();
  assert_non_null(s->incoming);
  s->router = new_socket(s, ZMQ_ROUTER);
  s->dealer = new_socket(s, ZMQ_DEALER);
  assert_int_equal(zmq_bind(s->router, "inproc://broker"), 0);
  assert_int_equal(zmq_connect(s->dealer, "inproc://broker"), 0);
  send_numbered(s->dealer, NULL, 0);
  expect_numbered(s, s->router, 0);
  s->dealer_route = s->incoming->from;
  *state = s;
  return 0;
}

static int close_scene(void **state) {
  scene *s = *state;
  sockets_destroy(s->sockets);
  free(s->incoming);
  free(s);
  return 0;
}

/* ---- Payloads ------------------------------------------------------------------------------------ */

/* How often each payload's bytes were given back. */
static atomic_int releases[RELEASES_MAX];

static void count_release(void *bytes, void *hint) {
  atomic_fetch_add((atomic_int *)hint, 1);
  wire_free(bytes, NULL);
}

static wire_payload released_payload(size_t i, const char *text) {
  char *copy = malloc(strlen(text) + 1);
  assert_non_null(copy);
  memcpy(copy, text, strlen(text) + 1);
  atomic_store(&releases[i], 0);
  return (wire_payload){
      .bytes = copy, .length = strlen(text), .release = count_release, .hint = &releases[i]};
}

static void expect_payload(wire_message *m, size_t index, const char *text) {
  size_t length = 0;
  const void *bytes = wire_payload_bytes(m, index, &length);
  assert_int_equal(length, strlen(text));
  assert_memory_equal(bytes, text, length);
}

static void expect_released_once(size_t count) {
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(atomic_load(&releases[i]), 1);
  }
}

static message listing(void) {
  message m = message_of(MESSAGE_LISTING);
  message_set_integer(&m, FIELD_REQUEST, 9);
  message_set_text(&m, FIELD_WHAT, "jobs");
  return m;
}

static void payloads_arrive_however_they_are_sent(void **state) {
  scene *s = *state;
  zmq_msg_t frame;
  assert_int_equal(zmq_msg_init_size(&frame, 100000), 0);
  memset(zmq_msg_data(&frame), 'f', 100000);
  const message m = listing();
  const wire_payload payloads[] = {
      {.bytes = "copied", .length = 6}, released_payload(0, "released"), {.frame = &frame}, {.length = 0}};
  assert_int_equal(wire_send(s->router, &s->dealer_route, &m, payloads, 4, NULL), STATUS_OK);
  assert_int_equal(receive(s, s->dealer, NULL), STATUS_OK);
  assert_int_equal(s->incoming->header.kind, MESSAGE_LISTING);
  assert_int_equal(s->incoming->payloads_count, 4);
  expect_payload(s->incoming, 0, "copied");
  expect_payload(s->incoming, 1, "released");
  assert_int_equal(zmq_msg_size(&s->incoming->frames[3]), 100000);
  assert_memory_equal(zmq_msg_data(&s->incoming->frames[3]), zmq_msg_data(&frame), 100000);
  expect_payload(s->incoming, 3, "");
  wire_message_close(s->incoming);
  expect_released_once(1);
  assert_int_equal(zmq_msg_size(&frame), 100000); /* it is still the sender's */
  zmq_msg_close(&frame);
}

static void the_most_payloads_arrive(void **state) {
  scene *s = *state;
  wire_payload payloads[MESSAGE_PAYLOADS_MAX];
  for (size_t i = 0; i < MESSAGE_PAYLOADS_MAX; i++) {
    payloads[i] = released_payload(i, "a payload that is too long for libzmq to keep it within the frame");
  }
  const message m = listing();
  assert_int_equal(wire_send(s->dealer, NULL, &m, payloads, MESSAGE_PAYLOADS_MAX, NULL), STATUS_OK);
  assert_int_equal(receive(s, s->router, NULL), STATUS_OK);
  assert_int_equal(s->incoming->payloads_count, MESSAGE_PAYLOADS_MAX);
  wire_message_close(s->incoming);
  expect_released_once(MESSAGE_PAYLOADS_MAX);
}

/* ---- What cannot be sent ------------------------------------------------------------------------- */

static void a_peer_that_is_gone_gets_nothing_and_the_next_message_is_whole(void **state) {
  scene *s = *state;
  const wire_route nobody = {.length = 5, .bytes = "\0\1\2\3\4"};
  for (uint64_t i = 0; i < 50; i++) {
    const wire_payload payloads[] = {
        released_payload(0, "one"), {.bytes = "two", .length = 3}, released_payload(1, "three")};
    const message m = listing();
    error err;
    assert_int_equal(wire_send(s->router, &nobody, &m, payloads, 3, &err), STATUS_UNREACHABLE);
    expect_released_once(2);
    send_numbered(s->router, &s->dealer_route, i);
    expect_numbered(s, s->dealer, i);
  }
}

static void a_full_peer_gets_whole_messages_only(void **state) {
  scene *s = *state;
  const int few = 10;
  void *router = new_socket(s, ZMQ_ROUTER);
  void *dealer = new_socket(s, ZMQ_DEALER);
  assert_int_equal(zmq_setsockopt(router, ZMQ_RCVHWM, &few, sizeof few), 0);
  assert_int_equal(zmq_setsockopt(dealer, ZMQ_SNDHWM, &few, sizeof few), 0);
  assert_int_equal(zmq_bind(router, "inproc://full"), 0);
  assert_int_equal(zmq_connect(dealer, "inproc://full"), 0);
  const wire_payload payloads[] = {{.bytes = "x", .length = 1}, {.bytes = "y", .length = 1}};
  const message m = listing();
  size_t sent = 0;
  error err;
  while (wire_send(dealer, NULL, &m, payloads, 2, &err) == STATUS_OK) {
    sent++;
    assert_true(sent < 1000);
  }
  assert_int_equal(err.code, STATUS_UNREACHABLE);
  assert_true(sent >= 10);
  for (size_t i = 0; i < sent; i++) {
    bool received = false;
    sockets_wait(router, "a message");
    assert_int_equal(wire_receive(router, true, s->incoming, &received, NULL), STATUS_OK);
    assert_int_equal(s->incoming->payloads_count, 2);
    wire_message_close(s->incoming);
  }
}

static void messages_beyond_the_limits_are_not_sent(void **state) {
  scene *s = *state;
  static wire_payload payloads[MESSAGE_PAYLOADS_MAX + 1];
  for (size_t i = 0; i <= MESSAGE_PAYLOADS_MAX; i++) {
    payloads[i] = released_payload(i, "x");
  }
  message m = listing();
  error err;
  assert_int_equal(wire_send(s->dealer, NULL, &m, payloads, MESSAGE_PAYLOADS_MAX + 1, &err), STATUS_LIMIT);
  assert_contains(err.message, "1025 payload frames");
  expect_released_once(MESSAGE_PAYLOADS_MAX + 1);
  /* Every text as long as it may be. */
  static char text[MESSAGE_TEXT_MAX + 1];
  memset(text, 'x', MESSAGE_TEXT_MAX);
  static const message_field texts[] = {FIELD_ROLE,    FIELD_TITLE, FIELD_RELEASE, FIELD_STORE,
                                        FIELD_WORK,    FIELD_STATE, FIELD_STATUS,  FIELD_MESSAGE,
                                        FIELD_DATASET, FIELD_KEY,   FIELD_WHAT};
  static const message_field runs[] = {FIELD_INSTANCE, FIELD_FINGERPRINT, FIELD_PROBE, FIELD_JOB, FIELD_BLOB};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    message_set_text(&m, texts[i], text);
  }
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    message_set_bytes(&m, runs[i], text, MESSAGE_TEXT_MAX);
  }
  const wire_payload one = released_payload(0, "x");
  assert_int_equal(wire_send(s->dealer, NULL, &m, &one, 1, &err), STATUS_LIMIT);
  assert_contains(err.message, "at most 65536");
  expect_released_once(1);
  send_numbered(s->dealer, NULL, 5);
  expect_numbered(s, s->router, 5);
}

/* ---- Memory that runs out ------------------------------------------------------------------------ */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);

/* Of this thread: allocations are counted; the one at which the countdown ends fails. */
static _Thread_local size_t allocations, countdown;

static bool fails(void) {
  allocations++;
  if (countdown == 0 || --countdown > 0) {
    return false;
  }
  errno = ENOMEM;
  return true;
}

void *malloc(size_t bytes) {
  return fails() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  return fails() ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *block, size_t bytes) {
  return fails() ? NULL : __libc_realloc(block, bytes);
}

static size_t fill(wire_payload *payloads, size_t count) {
  for (size_t i = 0; i < count; i++) {
    payloads[i] =
        i % 2 ? (wire_payload){.bytes = "a copy that does not fit into the frame's own memory", .length = 50}
              : released_payload(i / 2, "x");
  }
  return (count + 1) / 2;
}

/* Building a message needs some allocations, sending it to no peer none.  Each of them fails once. */
static void without_memory_nothing_is_sent(void **state) {
  scene *s = *state;
  const wire_route nobody = {.length = 5, .bytes = "\0\1\2\3\4"};
  static const size_t counts[] = {1, 5, 40};
  for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
    wire_payload payloads[40];
    const message m = listing();
    error err;
    size_t released = fill(payloads, counts[c]);
    const size_t before = allocations;
    assert_int_equal(wire_send(s->router, &nobody, &m, payloads, counts[c], &err), STATUS_UNREACHABLE);
    const size_t needed = allocations - before;
    assert_true(needed > counts[c]);
    for (size_t k = 1; k <= needed; k++) {
      released = fill(payloads, counts[c]);
      countdown = k;
      const status st = wire_send(s->router, &s->dealer_route, &m, payloads, counts[c], &err);
      const bool did_fail = countdown == 0;
      countdown = 0;
      assert_true(did_fail);
      if (st != STATUS_NO_MEMORY) {
        fail_msg("%zu payloads, allocation %zu of %zu: %s", counts[c], k, needed, status_name(st));
      }
      expect_released_once(released);
      send_numbered(s->router, &s->dealer_route, k);
      expect_numbered(s, s->dealer, k);
    }
  }
}

#else

static void without_memory_nothing_is_sent(void **state) {
  (void)state;
  skip(); /* the sanitizer has its own malloc */
}

#endif

/* ---- What does not belong ------------------------------------------------------------------------ */

static void send_raw(void *socket, const void *bytes, size_t length, bool more) {
  assert_true(zmq_send(socket, bytes, length, more ? ZMQ_SNDMORE : 0) >= 0);
}

static void send_many(void *socket, size_t count) {
  message m = listing();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  send_raw(socket, b.data, b.length, true);
  buf_fini(&b);
  for (size_t i = 0; i < count; i++) {
    send_raw(socket, "x", 1, i + 1 < count);
  }
}

static void overlong_messages_are_skipped_to_their_end(void **state) {
  scene *s = *state;
  static const size_t counts[] = {MESSAGE_PAYLOADS_MAX + 1, MESSAGE_PAYLOADS_MAX + 2, 5000};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    send_many(s->dealer, counts[i]);
    send_numbered(s->dealer, NULL, i);
    error err;
    assert_int_equal(receive(s, s->router, &err), STATUS_PROTOCOL);
    assert_contains(err.message, "'listing' of more than 1024");
    assert_true(s->incoming->header.has == FIELDS_REQUEST);
    assert_true(s->incoming->header.integers[FIELD_REQUEST] == 9);
    expect_numbered(s, s->router, i);
  }
}

static void too_few_and_too_many_payloads_are_refused(void **state) {
  scene *s = *state;
  const wire_payload payloads[] = {{.bytes = "x", .length = 1}};
  const message m = listing();
  error err;
  assert_int_equal(wire_send(s->dealer, NULL, &m, NULL, 0, NULL), STATUS_OK);
  assert_int_equal(receive(s, s->router, &err), STATUS_PROTOCOL);
  assert_contains(err.message, "'listing' with 0 payload frames");
  assert_true(s->incoming->header.integers[FIELD_REQUEST] == 9);
  const message alive = message_of(MESSAGE_ALIVE);
  assert_int_equal(wire_send(s->dealer, NULL, &alive, payloads, 1, NULL), STATUS_OK);
  assert_int_equal(receive(s, s->router, &err), STATUS_PROTOCOL);
  assert_contains(err.message, "'alive' with 1 payload frames");
  assert_true(s->incoming->header.has == 0);
  assert_memory_equal(&s->incoming->from, &s->dealer_route, sizeof s->dealer_route);
}

static void an_overlong_header_is_refused(void **state) {
  scene *s = *state;
  static const char bytes[MESSAGE_HEADER_MAX + 1];
  error err;
  send_raw(s->dealer, bytes, sizeof bytes, false);
  assert_int_equal(receive(s, s->router, &err), STATUS_PROTOCOL);
  assert_contains(err.message, "at most 65536");
}

static void a_peer_with_an_id_of_its_own_is_known_by_all_of_it_or_refused(void **state) {
  scene *s = *state;
  static const char *const ids[] = {"short", "12345678", "123456789"};
  for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
    void *dealer = new_socket(s, ZMQ_DEALER);
    assert_int_equal(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, ids[i], strlen(ids[i])), 0);
    assert_int_equal(zmq_connect(dealer, "inproc://broker"), 0);
    send_numbered(dealer, NULL, 1);
    if (strlen(ids[i]) <= WIRE_ROUTE_BYTES) {
      expect_numbered(s, s->router, 1);
      send_numbered(s->router, &s->incoming->from, 2);
      expect_numbered(s, dealer, 2);
    } else {
      error err;
      assert_int_equal(receive(s, s->router, &err), STATUS_PROTOCOL);
      assert_int_equal(s->incoming->from.length, 0);
      const message m = message_of(MESSAGE_ALIVE);
      assert_int_equal(wire_send(s->router, &s->incoming->from, &m, NULL, 0, NULL), STATUS_UNREACHABLE);
    }
    sockets_close(s->sockets, dealer);
  }
}

static void nothing_there_is_no_failure(void **state) {
  scene *s = *state;
  bool received = true;
  assert_int_equal(wire_receive(s->router, true, s->incoming, &received, NULL), STATUS_OK);
  assert_false(received);
  received = true;
  assert_int_equal(wire_receive(s->dealer, false, s->incoming, &received, NULL), STATUS_OK);
  assert_false(received);
}

/* Whatever multipart junk stands between good messages, exactly these arrive, in order. */
static void good_messages_arrive_between_any_junk(void **state) {
  scene *s = *state;
  srand(31);
  for (uint64_t i = 0; i < 2000; i++) {
    const int junk = rand() % 4;
    for (int k = 0; k < junk; k++) {
      for (int frames = rand() % 6; frames >= 0; frames--) {
        char bytes[64];
        const size_t length = (size_t)rand() % sizeof bytes;
        for (size_t at = 0; at < length; at++) {
          bytes[at] = (char)rand();
        }
        bytes[0] = (char)0xc1; /* never a header */
        send_raw(s->dealer, bytes, length, frames > 0);
      }
    }
    send_numbered(s->dealer, NULL, i);
    for (int k = 0; k < junk; k++) {
      assert_int_equal(receive(s, s->router, NULL), STATUS_PROTOCOL);
      assert_memory_equal(&s->incoming->from, &s->dealer_route, sizeof s->dealer_route);
    }
    expect_numbered(s, s->router, i);
  }
}

#define ON_SOCKETS(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_SOCKETS(payloads_arrive_however_they_are_sent),
      ON_SOCKETS(the_most_payloads_arrive),
      ON_SOCKETS(a_peer_that_is_gone_gets_nothing_and_the_next_message_is_whole),
      ON_SOCKETS(a_full_peer_gets_whole_messages_only),
      ON_SOCKETS(messages_beyond_the_limits_are_not_sent),
      ON_SOCKETS(without_memory_nothing_is_sent),
      ON_SOCKETS(overlong_messages_are_skipped_to_their_end),
      ON_SOCKETS(too_few_and_too_many_payloads_are_refused),
      ON_SOCKETS(an_overlong_header_is_refused),
      ON_SOCKETS(a_peer_with_an_id_of_its_own_is_known_by_all_of_it_or_refused),
      ON_SOCKETS(nothing_there_is_no_failure),
      ON_SOCKETS(good_messages_arrive_between_any_junk),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
