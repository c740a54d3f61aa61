/* Sockets' files that somebody removes. */
#include "broker/listener.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/limits.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/sockets.h"
#include "tests/waiting.h"

typedef struct scene {
  sockets *sockets;
  listener listener;
  char directory[256], path[300], second[320], endpoint[320];
  char last[1024]; /* line that was said */
} scene;

static int set_up(void **state) {
  static scene s;
  error why;
  s = (scene){0};
  process_directory_new(s.directory, sizeof s.directory);
  snprintf(s.path, sizeof s.path, "%s/socket", s.directory);
  snprintf(s.second, sizeof s.second, "%s/.socket.link", s.directory);
  snprintf(s.endpoint, sizeof s.endpoint, "ipc://%s", s.path);
  s.sockets = sockets_new();
  const char *const endpoints[] = {s.endpoint};
  assert_int_equal(listener_open(sockets_context(s.sockets), endpoints, 1, NULL, &s.listener, &why),
                   STATUS_OK);
  *state = &s;
  return 0;
}

static int tear_down(void **state) {
  scene *s = *state;
  listener_close(&s->listener);
  sockets_destroy(s->sockets);
  process_directory_remove(s->directory);
  return 0;
}

static void say(void *context, const char *line) {
  scene *s = context;
  snprintf(s->last, sizeof s->last, "%s", line);
}

static size_t open_descriptors(void) {
  DIR *d = opendir("/proc/self/fd");
  size_t count = 0;
  assert_non_null(d);
  while (readdir(d) != NULL) {
    count++;
  }
  closedir(d);
  return count;
}

static bool exists(const char *path) {
  struct stat there;
  return lstat(path, &there) == 0;
}

/* Somebody who comes now is heard. */
static void expect_heard(scene *s) {
  void *comer = sockets_open(s->sockets, ZMQ_DEALER);
  char got[16];
  assert_int_equal(zmq_connect(comer, s->endpoint), 0);
  assert_int_equal(zmq_send(comer, "here", 4, 0), 4);
  waiting_for("somebody who connects through the socket's file");
  assert_true(zmq_recv(s->listener.sockets[LINE_PLAIN], got, sizeof got, 0) > 0); /* the route */
  assert_int_equal(zmq_recv(s->listener.sockets[LINE_PLAIN], got, sizeof got, 0), 4);
  sockets_close(s->sockets, comer);
}

static void a_file_that_is_removed_again_and_again_costs_no_descriptors(void **state) {
  scene *s = *state;
  assert_true(exists(s->second));
  const size_t before = open_descriptors();
  for (int i = 0; i < 3 * LISTENER_RENEWALS_MAX; i++) {
    assert_int_equal(unlink(s->path), 0);
    listener_renew(&s->listener, say, s);
    assert_true(exists(s->path));
    assert_contains(s->last, "was removed; it is made again");
  }
  assert_int_equal(open_descriptors(), before);
  expect_heard(s);
}

static void one_whose_second_link_is_removed_too_is_bound_anew_so_many_times(void **state) {
  scene *s = *state;
  const size_t before = open_descriptors();
  for (int i = 0; i < LISTENER_RENEWALS_MAX; i++) {
    assert_int_equal(unlink(s->path), 0);
    assert_int_equal(unlink(s->second), 0);
    listener_renew(&s->listener, say, s);
    assert_true(exists(s->path) && exists(s->second));
  }
  assert_int_equal(open_descriptors(), before + LISTENER_RENEWALS_MAX);
  expect_heard(s);
  assert_int_equal(unlink(s->path), 0);
  assert_int_equal(unlink(s->second), 0);
  listener_renew(&s->listener, say, s);
  assert_false(exists(s->path));
  assert_contains(s->last, "start the broker again");
}

static void an_end_in_order_leaves_no_files(void **state) {
  scene *s = *state;
  listener_close(&s->listener);
  assert_false(exists(s->second));
}

#define LISTENER_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      LISTENER_TEST(a_file_that_is_removed_again_and_again_costs_no_descriptors),
      LISTENER_TEST(one_whose_second_link_is_removed_too_is_bound_anew_so_many_times),
      LISTENER_TEST(an_end_in_order_leaves_no_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
