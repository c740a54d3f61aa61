/* The door: who is on the list comes in and is known by its key, nobody else does, and nothing hangs. */
#include <dirent.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/door.h"
#include "proto/wire.h"
#include "tests/allocated.h"

enum { DEADLINE_MS = 60000, PEERS = 4, ANSWER_BYTES = 512 };

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- A broker's socket behind a door, and keys ---------------------------------------------------- */

typedef struct scene {
  void *context;
  door *door;
  void *server, *monitor;
  char endpoint[128];
  key_pair server_key, keys[PEERS];
  wire_message *incoming;
} scene;

static key_pair new_pair(void) {
  key_pair k;
  assert_int_equal(key_pair_new(&k, NULL), STATUS_OK);
  return k;
}

/* A list of some of the scene's keys: bit i for key i. */
static key_list *list_of(const scene *s, unsigned which) {
  char path[] = "/tmp/canvass-door-XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  buf text;
  buf_init(&text);
  for (unsigned i = 0; i < PEERS; i++) {
    if (which & 1U << i) {
      key_list_put(&text, WAY_WORKER, &s->keys[i], "a peer");
    }
  }
  assert_true(write(fd, text.data ? text.data : (const uint8_t *)"", text.length) == (ssize_t)text.length);
  close(fd);
  buf_fini(&text);
  key_list *l = NULL;
  assert_int_equal(key_list_read(path, &l, NULL), STATUS_OK);
  unlink(path);
  return l;
}

static void *new_socket(scene *s, int type) {
  void *socket = zmq_socket(s->context, type);
  assert_non_null(socket);
  const int linger = 0;
  assert_int_equal(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), 0);
  return socket;
}

static void bind_server(scene *s) {
  const int mandatory = 1;
  size_t length = sizeof s->endpoint;
  s->server = new_socket(s, ZMQ_ROUTER);
  assert_int_equal(zmq_setsockopt(s->server, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory), 0);
  assert_int_equal(key_use_server(s->server, &s->server_key, NULL), STATUS_OK);
  assert_int_equal(
      zmq_socket_monitor(s->server, "inproc://monitor",
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL),
      0);
  s->monitor = new_socket(s, ZMQ_PAIR);
  assert_int_equal(zmq_connect(s->monitor, "inproc://monitor"), 0);
  assert_int_equal(zmq_bind(s->server, "tcp://127.0.0.1:*"), 0);
  assert_int_equal(zmq_getsockopt(s->server, ZMQ_LAST_ENDPOINT, s->endpoint, &length), 0);
}

static int open_scene(void **state) {
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->context = zmq_ctx_new();
  s->incoming = malloc(sizeof *s->incoming);
  assert_non_null(s->context);
  assert_non_null(s->incoming);
  s->server_key = new_pair();
  for (int i = 0; i < PEERS; i++) {
    s->keys[i] = new_pair();
  }
  assert_int_equal(door_open(s->context, NULL, &s->door, NULL), STATUS_OK);
  bind_server(s);
  *state = s;
  return 0;
}

static int close_scene(void **state) {
  scene *s = *state;
  zmq_close(s->server);
  zmq_close(s->monitor);
  door_close(s->door);
  zmq_ctx_term(s->context);
  free(s->incoming);
  free(s);
  return 0;
}

/* A peer that connects and says hello as TITLE. */
static void *greet(void *socket, const char *endpoint, const char *title) {
  assert_int_equal(zmq_connect(socket, endpoint), 0);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "worker");
  message_set_text(&hello, FIELD_TITLE, title);
  assert_int_equal(wire_send(socket, NULL, &hello, NULL, 0, NULL), STATUS_OK);
  return socket;
}

static void *come(scene *s, const key_pair *own, const char *server_key, const char *title) {
  void *socket = new_socket(s, ZMQ_DEALER);
  assert_int_equal(key_use_client(socket, own, server_key, NULL), STATUS_OK);
  return greet(socket, s->endpoint, title);
}

static void wait_for(void *socket) {
  zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
  assert_int_equal(zmq_poll(&item, 1, DEADLINE_MS), 1);
}

/* The next message at SOCKET is the hello of TITLE with KEY. */
static void expect_hello(scene *s, void *socket, const char *title, const char *key) {
  bool received = false;
  wait_for(socket);
  assert_int_equal(wire_receive(socket, true, s->incoming, &received, NULL), STATUS_OK);
  assert_true(received);
  assert_true(slice_equal(s->incoming->header.texts[FIELD_TITLE], slice_of(title)));
  assert_string_equal(s->incoming->user, key);
  wire_message_close(s->incoming);
}

/* Somebody was turned away at the door. */
static void expect_turned_away(scene *s, const char *key) {
  char last[KEY_TEXT_BYTES];
  const uint64_t end = now_ms() + DEADLINE_MS;
  while (door_turned_away(s->door, last) == 0) {
    assert_true(now_ms() < end);
    zmq_poll(NULL, 0, 1);
  }
  assert_string_equal(last, key);
}

/* Somebody's handshake broke off before the door was asked. */
static void expect_broken_handshake(scene *s) {
  wait_for(s->monitor);
  char event[8];
  char address[256];
  assert_true(zmq_recv(s->monitor, event, sizeof event, 0) > 0);
  assert_true(zmq_recv(s->monitor, address, sizeof address, 0) >= 0);
}

/* ---- Who comes in -------------------------------------------------------------------------------- */

static void a_listed_key_comes_in_and_is_known_by_it(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 3);
  door_allow(s->door, l);
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_hello(s, s->server, "a", s->keys[0].public_key);
  void *b = come(s, &s->keys[1], s->server_key.public_key, "b");
  expect_hello(s, s->server, "b", s->keys[1].public_key);
  char last[KEY_TEXT_BYTES];
  assert_int_equal(door_turned_away(s->door, last), 0);
  assert_string_equal(last, "");
  zmq_close(a);
  zmq_close(b);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

static void answers_reach_who_came_in(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_hello(s, s->server, "a", s->keys[0].public_key);
  const message alive = message_of(MESSAGE_ALIVE);
  assert_int_equal(wire_send(s->server, &s->incoming->from, &alive, NULL, 0, NULL), STATUS_OK);
  wait_for(a);
  bool received = false;
  assert_int_equal(wire_receive(a, false, s->incoming, &received, NULL), STATUS_OK);
  assert_true(received);
  assert_int_equal(s->incoming->header.kind, MESSAGE_ALIVE);
  wire_message_close(s->incoming);
  zmq_close(a);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

static void an_unknown_key_stays_out(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  void *stranger = come(s, &s->keys[1], s->server_key.public_key, "stranger");
  expect_turned_away(s, s->keys[1].public_key);
  /* What the stranger sent would stand before this. */
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_hello(s, s->server, "a", s->keys[0].public_key);
  zmq_close(stranger);
  zmq_close(a);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

static void without_a_list_nobody_comes_in(void **state) {
  scene *s = *state;
  void *stranger = come(s, &s->keys[1], s->server_key.public_key, "stranger");
  expect_turned_away(s, s->keys[1].public_key);
  zmq_close(stranger);
}

static void a_wrong_server_key_stays_out(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 3);
  door_allow(s->door, l);
  const key_pair other = new_pair();
  void *lost = come(s, &s->keys[1], other.public_key, "lost");
  expect_broken_handshake(s);
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_hello(s, s->server, "a", s->keys[0].public_key);
  zmq_close(lost);
  zmq_close(a);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

static void somebody_elses_public_key_is_of_no_use(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  key_pair thief = s->keys[1];
  memcpy(thief.public_key, s->keys[0].public_key, KEY_TEXT_BYTES);
  void *t = come(s, &thief, s->server_key.public_key, "thief");
  expect_broken_handshake(s);
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_hello(s, s->server, "a", s->keys[0].public_key);
  zmq_close(t);
  zmq_close(a);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

static void a_peer_without_keys_stays_out(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  void *plain = greet(new_socket(s, ZMQ_DEALER), s->endpoint, "plain");
  expect_broken_handshake(s);
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_hello(s, s->server, "a", s->keys[0].public_key);
  zmq_close(plain);
  zmq_close(a);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

/* Greetings of ZMTP 1.0, 2.0 and of 3.0 without encryption: before version 3 there were no keys. */
static void older_protocols_do_not_get_round_the_door(void **state) {
  scene *s = *state;
  static const struct {
    const char *greeting;
    size_t length;
  } cases[] = {
      {"\x01\x00\x06\x00hello", 9},
      {"\xff\0\0\0\0\0\0\0\0\x7f\x01\x05\0\0\x00\x05hello", 21},
      {"\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
       "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
       64},
  };
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(strrchr(s->endpoint, ':') + 1)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_true(send(fd, cases[i].greeting, cases[i].length, MSG_NOSIGNAL) == (ssize_t)cases[i].length);
    /* It is cut off: an end or a reset, long before the time for handshakes is over. */
    const uint64_t before = now_ms();
    char bytes[256];
    while (recv(fd, bytes, sizeof bytes, 0) > 0) {
    }
    assert_true(now_ms() - before < 20000);
    close(fd);
  }
  bool received = true;
  assert_int_equal(wire_receive(s->server, true, s->incoming, &received, NULL), STATUS_OK);
  assert_false(received);
}

static void the_list_is_swapped_while_the_door_stands(void **state) {
  scene *s = *state;
  key_list *first = list_of(s, 1);
  key_list *second = list_of(s, 2);
  for (int i = 0; i < 10; i++) {
    door_allow(s->door, i % 2 ? second : first);
    void *out = come(s, &s->keys[i % 2 ? 0 : 1], s->server_key.public_key, "out");
    expect_turned_away(s, s->keys[i % 2 ? 0 : 1].public_key);
    void *in = come(s, &s->keys[i % 2], s->server_key.public_key, "in");
    expect_hello(s, s->server, "in", s->keys[i % 2].public_key);
    zmq_close(out);
    zmq_close(in);
  }
  door_allow(s->door, NULL);
  key_list_destroy(first);
  key_list_destroy(second);
}

/* Lists may be freed as soon as door_allow has returned, whatever the door is doing. */
static void a_list_that_was_replaced_may_be_freed_at_once(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  for (int i = 0; i < 30; i++) {
    void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
    for (int k = 0; k < 10; k++) {
      key_list *next = list_of(s, 1);
      door_allow(s->door, next);
      key_list_destroy(l);
      l = next;
    }
    expect_hello(s, s->server, "a", s->keys[0].public_key);
    zmq_close(a);
  }
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

/* ---- What else there is in the context ----------------------------------------------------------- */

static void plain_sockets_of_the_same_context_are_not_affected(void **state) {
  scene *s = *state; /* its list lets nobody come */
  char ipc[64];
  snprintf(ipc, sizeof ipc, "ipc:///tmp/canvass-door-%d", (int)getpid());
  const char *const endpoints[] = {"inproc://plain", ipc, "tcp://127.0.0.1:*"};
  for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
    char endpoint[128];
    size_t length = sizeof endpoint;
    void *server = new_socket(s, ZMQ_ROUTER);
    assert_int_equal(zmq_bind(server, endpoints[i]), 0);
    assert_int_equal(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, endpoint, &length), 0);
    void *peer = greet(new_socket(s, ZMQ_DEALER), endpoint, "plain");
    expect_hello(s, server, "plain", "");
    zmq_close(peer);
    zmq_close(server);
  }
  assert_int_equal(unlink(ipc + strlen("ipc://")), 0);
}

static void other_domains_are_not_let_in(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  const int yes = 1;
  void *server = new_socket(s, ZMQ_ROUTER);
  assert_int_equal(zmq_setsockopt(server, ZMQ_CURVE_SERVER, &yes, sizeof yes), 0);
  assert_int_equal(zmq_setsockopt(server, ZMQ_CURVE_SECRETKEY, s->server_key.secret_key, 40), 0);
  assert_int_equal(zmq_bind(server, "tcp://127.0.0.1:*"), 0);
  size_t length = sizeof s->endpoint;
  assert_int_equal(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, s->endpoint, &length), 0);
  void *a = come(s, &s->keys[0], s->server_key.public_key, "a");
  expect_turned_away(s, "");
  zmq_close(a);
  zmq_close(server);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

static void a_context_has_one_door(void **state) {
  scene *s = *state;
  door *second = NULL;
  error err;
  assert_int_equal(door_open(s->context, NULL, &second, &err), STATUS_IO);
  assert_non_null(strstr(err.message, "already"));
  assert_null(second);
}

/* ---- Questions that libzmq would not ask --------------------------------------------------------- */

static size_t ask(void *socket, const slice *frames, size_t count, char answer[][ANSWER_BYTES]) {
  for (size_t i = 0; i < count; i++) {
    assert_true(zmq_send(socket, frames[i].bytes, frames[i].length, i + 1 < count ? ZMQ_SNDMORE : 0) >= 0);
  }
  wait_for(socket);
  size_t got = 0;
  int more = 1;
  size_t size = sizeof more;
  while (more) {
    assert_true(got < 8);
    const int n = zmq_recv(socket, answer[got], ANSWER_BYTES - 1, 0);
    assert_true(n >= 0 && n < ANSWER_BYTES);
    answer[got++][n] = '\0';
    assert_int_equal(zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size), 0);
  }
  return got;
}

static void malformed_questions_are_answered_with_no(void **state) {
  scene *s = *state;
  key_list *l = list_of(s, 1);
  door_allow(s->door, l);
  uint8_t key[33] = {0};
  assert_non_null(zmq_z85_decode(key, s->keys[0].public_key));
  void *socket = new_socket(s, ZMQ_REQ);
  assert_int_equal(zmq_connect(socket, "inproc://zeromq.zap.01"), 0);
  static const char long_text[300] = {'x'};
  const slice right[] = {slice_of("1.0"), slice_of("7"),     slice_of("canvass"),    slice_of("10.0.0.1"),
                         slice_of(""),    slice_of("CURVE"), {(const char *)key, 32}};
  char answer[8][ANSWER_BYTES];
  assert_int_equal(ask(socket, right, 7, answer), 6);
  assert_string_equal(answer[2], "200");
  assert_string_equal(answer[4], s->keys[0].public_key);
  const slice wrong[] = {slice_of("2.0"),         slice_of(""),     {(const char *)key, 31},
                         {(const char *)key, 33}, slice_of("NULL"), {long_text, sizeof long_text}};
  srand(5);
  for (int i = 0; i < 3000; i++) {
    slice frames[12];
    const bool cut = rand() % 4 == 0;
    const size_t count = cut ? 1 + (size_t)rand() % 12 : 7;
    for (size_t k = 0; k < count; k++) {
      frames[k] = k < 7 ? right[k] : slice_of("more");
    }
    if (count == 7) {
      static const size_t that_count[] = {0, 2, 5, 6};
      frames[that_count[rand() % 4]] = wrong[rand() % 6];
    }
    if (count > 1 && rand() % 8 == 0) {
      frames[1] = (slice){long_text, sizeof long_text}; /* the id: given back, cut to its limit */
    }
    assert_int_equal(ask(socket, frames, count, answer), 6);
    if (strcmp(answer[2], "400") != 0 || answer[4][0] != '\0') {
      fail_msg("case %d (seed 5) was answered with '%s'", i, answer[2]);
    }
  }
  zmq_close(socket);
  door_allow(s->door, NULL);
  key_list_destroy(l);
}

/* ---- Ending, and strangers in numbers ------------------------------------------------------------ */

static void it_stops_with_peers_at_the_door(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    void *opened = NULL;
    open_scene(&opened);
    scene *s = opened;
    void *peers[8];
    for (int k = 0; k < 8; k++) {
      peers[k] = come(s, &s->keys[0], s->server_key.public_key, "stranger");
    }
    if (i % 2) {
      expect_turned_away(s, s->keys[0].public_key);
    }
    for (int k = 0; k < 8; k++) {
      zmq_close(peers[k]);
    }
    close_scene(&opened);
  }
}

static void it_outlives_a_context_that_is_shut_down(void **state) {
  (void)state;
  void *context = zmq_ctx_new();
  assert_non_null(context);
  door *d = NULL;
  assert_int_equal(door_open(context, NULL, &d, NULL), STATUS_OK);
  assert_int_equal(zmq_ctx_shutdown(context), 0);
  door_close(d);
  door_close(NULL);
  assert_int_equal(zmq_ctx_term(context), 0);
}

static size_t open_files(void) {
  DIR *d = opendir("/proc/self/fd");
  assert_non_null(d);
  size_t count = 0;
  while (readdir(d)) {
    count++;
  }
  closedir(d);
  return count;
}

static void turn_away(scene *s, int count) {
  for (int i = 0; i < count; i++) {
    void *stranger = come(s, &s->keys[1], s->server_key.public_key, "stranger");
    expect_turned_away(s, s->keys[1].public_key);
    zmq_close(stranger);
  }
}

static void wait_for_files(size_t count) {
  const uint64_t end = now_ms() + DEADLINE_MS;
  while (open_files() > count) {
    assert_true(now_ms() < end);
    zmq_poll(NULL, 0, 1);
  }
}

static void strangers_leave_nothing_behind(void **state) {
  scene *s = *state;
  turn_away(s, 20);
  const size_t files = open_files();
  const size_t bytes = allocated();
  turn_away(s, 300);
  wait_for_files(files);
  const size_t after = allocated();
  /* Each left connection has buffers of 16 KiB and more. */
  if (after > bytes + (1 << 20)) {
    fail_msg("300 strangers left %zu bytes behind", after - bytes);
  }
}

#define AT_THE_DOOR(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void) {
  const struct CMUnitTest tests[] = {
      AT_THE_DOOR(a_listed_key_comes_in_and_is_known_by_it),
      AT_THE_DOOR(answers_reach_who_came_in),
      AT_THE_DOOR(an_unknown_key_stays_out),
      AT_THE_DOOR(without_a_list_nobody_comes_in),
      AT_THE_DOOR(a_wrong_server_key_stays_out),
      AT_THE_DOOR(somebody_elses_public_key_is_of_no_use),
      AT_THE_DOOR(a_peer_without_keys_stays_out),
      AT_THE_DOOR(older_protocols_do_not_get_round_the_door),
      AT_THE_DOOR(the_list_is_swapped_while_the_door_stands),
      AT_THE_DOOR(a_list_that_was_replaced_may_be_freed_at_once),
      AT_THE_DOOR(plain_sockets_of_the_same_context_are_not_affected),
      AT_THE_DOOR(other_domains_are_not_let_in),
      AT_THE_DOOR(a_context_has_one_door),
      AT_THE_DOOR(malformed_questions_are_answered_with_no),
      cmocka_unit_test(it_stops_with_peers_at_the_door),
      cmocka_unit_test(it_outlives_a_context_that_is_shut_down),
      AT_THE_DOOR(strangers_leave_nothing_behind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
