/* The door and peers that break its rules: nothing gets around it, nothing hangs, and nothing is left behind.
 */
#include <dirent.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/allocated.h"
#include "tests/broker/door_scene.h"
#include "tests/check.h"
#include "tests/waiting.h"

enum { ANSWER_BYTES = 512 };

/* ---- Questions that libzmq would not ask --------------------------------------------------------- */

static size_t ask(void *socket, const slice *frames, size_t count, char answer[][ANSWER_BYTES]) {
  for (size_t i = 0; i < count; i++) {
    assert_true(zmq_send(socket, frames[i].bytes, frames[i].length, i + 1 < count ? ZMQ_SNDMORE : 0) >= 0);
  }
  sockets_wait(socket, "the door's answer");
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
  scene_allow(s, 1);
  uint8_t key[33] = {0};
  assert_non_null(zmq_z85_decode(key, s->keys[0].public_key));
  void *socket = sockets_open(s->inside, ZMQ_REQ);
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
}

/* ---- Connections that libzmq would not open ------------------------------------------------------ */

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
    /* It is cut off: an end or a reset. */
    char bytes[256];
    waiting_for("the end of a connection that began with greeting %zu", i);
    while (recv(fd, bytes, sizeof bytes, 0) > 0) {
    }
    close(fd);
  }
  bool received = true;
  assert_int_equal(wire_receive(s->server, true, s->incoming, &received, NULL), STATUS_OK);
  assert_false(received);
}

/* ---- Ending, and many peers without keys ------------------------------------------------------------ */

static void it_stops_with_peers_at_the_door(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    void *opened = NULL;
    scene_open(&opened);
    scene *s = opened;
    for (int k = 0; k < 8; k++) {
      (void)scene_come(s, &s->keys[0], s->server_key.public_key, "stranger");
    }
    if (i % 2) {
      scene_expect_turned_away(s, s->keys[0].public_key);
    }
    scene_close(&opened);
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
  while (readdir(d) != NULL) {
    count++;
  }
  closedir(d);
  return count;
}

/* Each has its own key, so that nobody is taken for another who came twice. */
static void turn_away(scene *s, int count) {
  for (int i = 0; i < count; i++) {
    const key_pair own = scene_pair();
    void *stranger = scene_come(s, &own, s->server_key.public_key, "stranger");
    scene_expect_turned_away(s, own.public_key);
    scene_leave(s, stranger);
  }
}

/* What is there when all are gone but one, who is let in.  That one's hello comes when the server has
 * accepted everybody who was there before, and the second when it has closed what it said to be disconnected.
 */
static void count(scene *s, size_t *files, size_t *bytes) {
  scene_send_home(s);
  void *witness = scene_come(s, &s->keys[0], s->server_key.public_key, "witness");
  scene_expect_hello(s, s->server, "witness", s->keys[0].public_key);
  scene_expect_gone(s, 1);
  scene_say_hello(witness, "again");
  scene_expect_hello(s, s->server, "again", s->keys[0].public_key);
  *files = open_files();
  *bytes = allocated();
}

static void strangers_leave_nothing_behind(void **state) {
  scene *s = *state;
  size_t files[2];
  size_t bytes[2];
  scene_allow(s, 1);
  turn_away(s, 20);
  count(s, &files[0], &bytes[0]);
  turn_away(s, 300);
  count(s, &files[1], &bytes[1]);
  assert_int_equal(files[1], files[0]);
  /* Each left connection has buffers of 16 KiB and more. */
  if (bytes[1] > bytes[0] + (1 << 20)) {
    fail_msg("300 strangers left %zu bytes behind", bytes[1] - bytes[0]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      AT_THE_DOOR(older_protocols_do_not_get_round_the_door),
      AT_THE_DOOR(malformed_questions_are_answered_with_no),
      cmocka_unit_test(it_stops_with_peers_at_the_door),
      cmocka_unit_test(it_outlives_a_context_that_is_shut_down),
      AT_THE_DOOR(strangers_leave_nothing_behind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
