/* The scene at a broker's door. */
#include "tests/broker/door_scene.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/check.h"

key_pair scene_pair(void) {
  key_pair k;
  assert_int_equal(key_pair_new(&k, NULL), STATUS_OK);
  return k;
}

key_list *scene_list(const scene *s, unsigned which) {
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

void *scene_socket(scene *s, int type) {
  void *socket = zmq_socket(s->context, type);
  assert_non_null(socket);
  const int linger = 0;
  assert_int_equal(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), 0);
  return socket;
}

static void bind_server(scene *s) {
  const int mandatory = 1;
  const int never = 0;
  size_t length = sizeof s->endpoint;
  s->server = scene_socket(s, ZMQ_ROUTER);
  assert_int_equal(zmq_setsockopt(s->server, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory), 0);
  /* Handshakes may take as long as they do: what ends before is cut off. */
  assert_int_equal(zmq_setsockopt(s->server, ZMQ_HANDSHAKE_IVL, &never, sizeof never), 0);
  assert_int_equal(key_use_server(s->server, &s->server_key, NULL), STATUS_OK);
  assert_int_equal(
      zmq_socket_monitor(s->server, "inproc://monitor",
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL),
      0);
  s->monitor = scene_socket(s, ZMQ_PAIR);
  assert_int_equal(zmq_connect(s->monitor, "inproc://monitor"), 0);
  assert_int_equal(zmq_bind(s->server, "tcp://127.0.0.1:*"), 0);
  assert_int_equal(zmq_getsockopt(s->server, ZMQ_LAST_ENDPOINT, s->endpoint, &length), 0);
}

int scene_open(void **state) {
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->context = zmq_ctx_new();
  s->incoming = malloc(sizeof *s->incoming);
  assert_non_null(s->context);
  assert_non_null(s->incoming);
  s->server_key = scene_pair();
  for (int i = 0; i < SCENE_KEYS; i++) {
    s->keys[i] = scene_pair();
  }
  assert_int_equal(door_open(s->context, NULL, &s->door, NULL), STATUS_OK);
  bind_server(s);
  *state = s;
  return 0;
}

int scene_close(void **state) {
  scene *s = *state;
  zmq_close(s->server);
  zmq_close(s->monitor);
  door_close(s->door);
  zmq_ctx_term(s->context);
  free(s->incoming);
  free(s);
  return 0;
}

void *scene_greet(void *socket, const char *endpoint, const char *title) {
  assert_int_equal(zmq_connect(socket, endpoint), 0);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  message_set_text(&hello, FIELD_TITLE, title);
  assert_int_equal(wire_send(socket, NULL, &hello, NULL, 0, NULL), STATUS_OK);
  return socket;
}

void *scene_come(scene *s, const key_pair *own, const char *server_key, const char *title) {
  void *socket = scene_socket(s, ZMQ_DEALER);
  assert_int_equal(key_use_client(socket, own, server_key, NULL), STATUS_OK);
  return scene_greet(socket, s->endpoint, title);
}

void scene_wait_for(void *socket) {
  zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
  assert_int_equal(zmq_poll(&item, 1, -1), 1);
}

void scene_expect_hello(scene *s, void *socket, const char *title, const char *key) {
  bool received = false;
  scene_wait_for(socket);
  assert_int_equal(wire_receive(socket, true, s->incoming, &received, NULL), STATUS_OK);
  assert_true(received);
  assert_true(slice_equal(s->incoming->header.texts[FIELD_TITLE], slice_of(title)));
  assert_string_equal(s->incoming->user, key);
  wire_message_close(s->incoming);
}

void scene_expect_turned_away(scene *s, const char *key) {
  char last[KEY_TEXT_BYTES];
  while (door_turned_away(s->door, last) == 0) {
    zmq_poll(NULL, 0, 1);
  }
  assert_string_equal(last, key);
}

void scene_expect_broken_handshake(scene *s) {
  scene_wait_for(s->monitor);
  char event[8];
  char address[256];
  assert_true(zmq_recv(s->monitor, event, sizeof event, 0) > 0);
  assert_true(zmq_recv(s->monitor, address, sizeof address, 0) >= 0);
}
