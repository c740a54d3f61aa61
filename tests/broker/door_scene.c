/* The scene at a broker's door. */
#include "tests/broker/door_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/waiting.h"

key_pair scene_pair(void) {
  key_pair k;
  assert_int_equal(key_pair_new(&k, NULL), STATUS_OK);
  return k;
}

static key_list *list_of(const scene *s, unsigned which) {
  char path[] = "/tmp/canvass-door-XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  buf text;
  buf_init(&text);
  for (unsigned i = 0; i < SCENE_KEYS; i++) {
    if (which & 1U << i) {
      key_list_put(&text, WAY_WORKER, &s->keys[i], "a peer");
    }
  }
  assert_true(write(fd, text.data != NULL ? text.data : (const uint8_t *)"", text.length) ==
              (ssize_t)text.length);
  close(fd);
  buf_fini(&text);
  key_list *l = NULL;
  assert_int_equal(key_list_read(path, &l, NULL), STATUS_OK);
  unlink(path);
  return l;
}

void scene_allow(scene *s, unsigned which) {
  key_list *next = list_of(s, which);
  door_allow(s->door, next);
  key_list_destroy(s->allowed);
  s->allowed = next;
}

/* ---- The server ---------------------------------------------------------------------------------- */

void scene_listen(scene *s, void *server) {
  const int never = 0;
  char address[64];
  size_t length = sizeof s->endpoint;
  /* Handshakes may take as long as they do: what ends before is cut off. */
  assert_int_equal(zmq_setsockopt(server, ZMQ_HANDSHAKE_IVL, &never, sizeof never), 0);
  snprintf(address, sizeof address, "inproc://monitor-of-%p", server);
  assert_int_equal(
      zmq_socket_monitor(server, address,
                         ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL),
      0);
  s->monitor = sockets_open(s->inside, ZMQ_PAIR);
  assert_int_equal(zmq_connect(s->monitor, address), 0);
  assert_int_equal(zmq_bind(server, "tcp://127.0.0.1:*"), 0);
  assert_int_equal(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, s->endpoint, &length), 0);
}

int scene_open(void **state) {
  const int mandatory = 1;
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->inside = sockets_new();
  s->outside = sockets_new();
  s->incoming = malloc(sizeof *s->incoming);
  assert_non_null(s->incoming);
  s->server_key = scene_pair();
  for (int i = 0; i < SCENE_KEYS; i++) {
    s->keys[i] = scene_pair();
  }
  assert_int_equal(door_open(sockets_context(s->inside), NULL, &s->door, NULL), STATUS_OK);
  s->server = sockets_open(s->inside, ZMQ_ROUTER);
  assert_int_equal(zmq_setsockopt(s->server, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory), 0);
  assert_int_equal(key_use_server(s->server, &s->server_key, NULL), STATUS_OK);
  scene_listen(s, s->server);
  *state = s;
  return 0;
}

int scene_close(void **state) {
  scene *s = *state;
  sockets_destroy(s->outside);
  door_close(s->door);
  key_list_destroy(s->allowed);
  sockets_destroy(s->inside);
  free(s->incoming);
  free(s);
  return 0;
}

/* ---- Who comes ----------------------------------------------------------------------------------- */

/* A peer that was refused may have been told so before it speaks, and has nobody to speak to then: on a busy
 * machine the handshake is over before zmq_connect has returned. */
void scene_say_hello(void *socket, const char *title) {
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  message_set_text(&hello, FIELD_TITLE, title);
  const status st = wire_send(socket, NULL, &hello, NULL, 0, NULL);
  assert_true(st == STATUS_OK || st == STATUS_UNREACHABLE);
}

void *scene_greet(void *socket, const char *endpoint, const char *title) {
  assert_int_equal(zmq_connect(socket, endpoint), 0);
  scene_say_hello(socket, title);
  return socket;
}

void *scene_come(scene *s, const key_pair *own, const char *server_key, const char *title) {
  const int never = 0;
  void *socket = sockets_open(s->outside, ZMQ_DEALER);
  assert_int_equal(zmq_setsockopt(socket, ZMQ_HANDSHAKE_IVL, &never, sizeof never), 0);
  assert_int_equal(key_use_client(socket, own, server_key, NULL), STATUS_OK);
  return scene_greet(socket, s->endpoint, title);
}

void scene_leave(scene *s, void *socket) {
  sockets_close(s->outside, socket);
}

void scene_send_home(scene *s) {
  sockets_destroy(s->outside);
  s->outside = sockets_new();
}

/* ---- What becomes of them ------------------------------------------------------------------------ */

/* The next event at the server. */
static uint16_t next_event(scene *s, const char *what) {
  struct __attribute__((packed)) {
    uint16_t kind;
    uint32_t value;
  } event;
  char address[256];
  waiting_for("%s; so far %u connections, %u of them ended", what, s->accepted, s->gone);
  assert_int_equal(zmq_recv(s->monitor, &event, sizeof event, 0), sizeof event);
  assert_true(zmq_recv(s->monitor, address, sizeof address, 0) >= 0);
  s->accepted += event.kind == ZMQ_EVENT_ACCEPTED;
  s->gone += event.kind == ZMQ_EVENT_DISCONNECTED;
  return event.kind;
}

void scene_expect_hello(scene *s, void *socket, const char *title, const char *key) {
  zmq_pollitem_t items[] = {{.socket = socket, .events = ZMQ_POLLIN},
                            {.socket = s->monitor, .events = ZMQ_POLLIN}};
  while (items[0].revents == 0) {
    waiting_for("the hello of '%s'", title);
    assert_true(zmq_poll(items, 2, -1) > 0);
    if (items[1].revents != 0 && next_event(s, title) == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
      fail_msg("somebody was turned away instead of '%s' coming in", title);
    }
  }
  bool received = false;
  assert_int_equal(wire_receive(socket, true, s->incoming, &received, NULL), STATUS_OK);
  assert_true(received);
  assert_slice_equal(s->incoming->header.texts[FIELD_TITLE], slice_of(title));
  assert_string_equal(s->incoming->user, key);
  wire_message_close(s->incoming);
}

void scene_expect_turned_away(scene *s, const char *key) {
  char last[KEY_TEXT_BYTES];
  while (next_event(s, "somebody to be turned away at the door") != ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
  }
  assert_true(door_turned_away(s->door, last) > 0);
  assert_string_equal(last, key);
}

void scene_expect_broken_handshake(scene *s) {
  uint16_t kind = 0;
  while (kind != ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL && kind != ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
    kind = next_event(s, "a handshake to break off");
  }
}

void scene_expect_gone(scene *s, unsigned staying) {
  while (s->gone + staying < s->accepted) {
    (void)next_event(s, "connections to end");
  }
}
