/* The door: listed keys are let in and known by their key, and no others. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/broker/door_scene.h"
#include "tests/check.h"
#include "tests/waiting.h"

/* ---- Who comes in -------------------------------------------------------------------------------- */

static void a_listed_key_comes_in_and_is_known_by_it(void **state) {
  scene *s = *state;
  scene_allow(s, 3);
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
  scene_come(s, &s->keys[1], s->server_key.public_key, "b");
  scene_expect_hello(s, s->server, "b", s->keys[1].public_key);
  char last[KEY_TEXT_BYTES];
  assert_int_equal(door_turned_away(s->door, last), 0);
  assert_string_equal(last, "");
}

static void answers_reach_who_came_in(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  void *a = scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
  const message alive = message_of(MESSAGE_ALIVE);
  assert_int_equal(wire_send(s->server, &s->incoming->from, &alive, NULL, 0, NULL), STATUS_OK);
  sockets_wait(a, "an answer");
  bool received = false;
  assert_int_equal(wire_receive(a, false, s->incoming, &received, NULL), STATUS_OK);
  assert_true(received);
  assert_int_equal(s->incoming->header.kind, MESSAGE_ALIVE);
  wire_message_close(s->incoming);
}

static void an_unknown_key_stays_out(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  scene_come(s, &s->keys[1], s->server_key.public_key, "stranger");
  scene_expect_turned_away(s, s->keys[1].public_key);
  /* What the stranger sent would stand before this. */
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
}

/* On a busy machine this happens between zmq_connect and the first message. */
static void who_is_turned_away_before_it_speaks_speaks_to_nobody(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  void *stranger = scene_come(s, &s->keys[1], s->server_key.public_key, "stranger");
  scene_expect_turned_away(s, s->keys[1].public_key);
  waiting_for("a refused peer to have no connection any more");
  int events = ZMQ_POLLOUT;
  size_t size = sizeof events;
  while ((events & ZMQ_POLLOUT) != 0) {
    sched_yield();
    assert_int_equal(zmq_getsockopt(stranger, ZMQ_EVENTS, &events, &size), 0);
  }
  scene_say_hello(stranger, "too late");
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
}

static void without_a_list_nobody_comes_in(void **state) {
  scene *s = *state;
  scene_come(s, &s->keys[1], s->server_key.public_key, "stranger");
  scene_expect_turned_away(s, s->keys[1].public_key);
}

static void a_wrong_server_key_stays_out(void **state) {
  scene *s = *state;
  scene_allow(s, 3);
  const key_pair other = scene_pair();
  scene_come(s, &s->keys[1], other.public_key, "lost");
  scene_expect_broken_handshake(s);
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
}

static void somebody_elses_public_key_is_of_no_use(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  key_pair thief = s->keys[1];
  memcpy(thief.public_key, s->keys[0].public_key, KEY_TEXT_BYTES);
  scene_come(s, &thief, s->server_key.public_key, "thief");
  scene_expect_broken_handshake(s);
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
}

static void a_peer_without_keys_stays_out(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  scene_greet(sockets_open(s->outside, ZMQ_DEALER), s->endpoint, "plain");
  scene_expect_broken_handshake(s);
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
}

static void the_list_is_swapped_while_the_door_stands(void **state) {
  scene *s = *state;
  for (int i = 0; i < 10; i++) {
    scene_allow(s, i % 2 ? 2 : 1);
    void *out = scene_come(s, &s->keys[i % 2 ? 0 : 1], s->server_key.public_key, "out");
    scene_expect_turned_away(s, s->keys[i % 2 ? 0 : 1].public_key);
    void *in = scene_come(s, &s->keys[i % 2], s->server_key.public_key, "in");
    scene_expect_hello(s, s->server, "in", s->keys[i % 2].public_key);
    scene_leave(s, out);
    scene_leave(s, in);
  }
}

/* Lists may be freed as soon as door_allow has returned, whatever the door is doing. */
static void a_list_that_was_replaced_may_be_freed_at_once(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  for (int i = 0; i < 30; i++) {
    void *a = scene_come(s, &s->keys[0], s->server_key.public_key, "a");
    for (int k = 0; k < 10; k++) {
      scene_allow(s, 1);
    }
    scene_expect_hello(s, s->server, "a", s->keys[0].public_key);
    scene_leave(s, a);
  }
}

/* ---- What else there is in the context ----------------------------------------------------------- */

static void plain_sockets_of_the_same_context_are_not_affected(void **state) {
  scene *s = *state; /* its list allows no key */
  char ipc[64];
  snprintf(ipc, sizeof ipc, "ipc:///tmp/canvass-door-%d", (int)getpid());
  const char *const endpoints[] = {"inproc://plain", ipc, "tcp://127.0.0.1:*"};
  for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
    char endpoint[128];
    size_t length = sizeof endpoint;
    void *server = sockets_open(s->inside, ZMQ_ROUTER);
    assert_int_equal(zmq_bind(server, endpoints[i]), 0);
    assert_int_equal(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, endpoint, &length), 0);
    void *peer = scene_greet(sockets_open(s->inside, ZMQ_DEALER), endpoint, "plain");
    scene_expect_hello(s, server, "plain", "");
    sockets_close(s->inside, peer);
    sockets_close(s->inside, server);
  }
  assert_int_equal(unlink(ipc + strlen("ipc://")), 0);
}

static void other_domains_are_not_let_in(void **state) {
  scene *s = *state;
  scene_allow(s, 1);
  const int yes = 1;
  void *server = sockets_open(s->inside, ZMQ_ROUTER);
  assert_int_equal(zmq_setsockopt(server, ZMQ_CURVE_SERVER, &yes, sizeof yes), 0);
  assert_int_equal(zmq_setsockopt(server, ZMQ_CURVE_SECRETKEY, s->server_key.secret_key, 40), 0);
  scene_listen(s, server);
  scene_come(s, &s->keys[0], s->server_key.public_key, "a");
  scene_expect_turned_away(s, "");
}

static void a_context_has_one_door(void **state) {
  scene *s = *state;
  door *second = NULL;
  error err;
  assert_int_equal(door_open(sockets_context(s->inside), NULL, &second, &err), STATUS_IO);
  assert_contains(err.message, "already");
  assert_null(second);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      AT_THE_DOOR(a_listed_key_comes_in_and_is_known_by_it),
      AT_THE_DOOR(answers_reach_who_came_in),
      AT_THE_DOOR(an_unknown_key_stays_out),
      AT_THE_DOOR(who_is_turned_away_before_it_speaks_speaks_to_nobody),
      AT_THE_DOOR(without_a_list_nobody_comes_in),
      AT_THE_DOOR(a_wrong_server_key_stays_out),
      AT_THE_DOOR(somebody_elses_public_key_is_of_no_use),
      AT_THE_DOOR(a_peer_without_keys_stays_out),
      AT_THE_DOOR(the_list_is_swapped_while_the_door_stands),
      AT_THE_DOOR(a_list_that_was_replaced_may_be_freed_at_once),
      AT_THE_DOOR(plain_sockets_of_the_same_context_are_not_affected),
      AT_THE_DOOR(other_domains_are_not_let_in),
      AT_THE_DOOR(a_context_has_one_door),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
