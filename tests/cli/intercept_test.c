/* In a program that has cli/intercept.c, libzmq calls its functions and not libc's. */
#include "cli/intercept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/connections.h"
#include "tests/check.h"
#include "tests/process.h"

enum { DESCRIPTORS = 128 };

typedef struct scene {
  char directory[128];
  struct sockaddr_un address;
  void *context, *socket;
} scene;

static int set_up(void **state) {
  scene *s = calloc(1, sizeof *s);
  char endpoint[160];
  error why;
  const struct rlimit few = {DESCRIPTORS, DESCRIPTORS};
  assert_non_null(s);
  process_directory_new(s->directory, sizeof s->directory);
  s->address.sun_family = AF_UNIX;
  snprintf(s->address.sun_path, sizeof s->address.sun_path, "%.90s/socket", s->directory);
  snprintf(endpoint, sizeof endpoint, "ipc://%s", s->address.sun_path);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  assert_int_equal(intercept_begin(&why), STATUS_OK);
  s->context = zmq_ctx_new();
  s->socket = zmq_socket(s->context, ZMQ_ROUTER);
  assert_non_null(s->socket);
  assert_int_equal(zmq_bind(s->socket, endpoint), 0);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  scene *s = *state;
  zmq_close(s->socket);
  zmq_ctx_term(s->context);
  process_directory_remove(s->directory);
  free(s);
  return 0;
}

static int new_socket(void) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  return fd;
}

static void connect_to(const scene *s, int fd) {
  assert_int_equal(connect(fd, (const struct sockaddr *)&s->address, sizeof s->address), 0);
}

/* libzmq greets whomever it lets in, and then waits. */
static bool is_let_in(int fd) {
  char byte = 0;
  return recv(fd, &byte, 1, 0) == 1;
}

static void connections_beyond_the_limit_are_closed_and_others_go_on(void **state) {
  const scene *s = *state;
  connections_report r;
  const size_t most = connections_limits_of(DESCRIPTORS).most[CONNECTION_IPC];
  int fds[DESCRIPTORS];
  for (size_t i = 0; i <= most; i++) {
    fds[i] = new_socket();
    connect_to(s, fds[i]);
    assert_int_equal(is_let_in(fds[i]), i < most);
  }
  assert_true(connections_take_report(&r));
  assert_int_equal(r.refused[CONNECTION_IPC], 1);
  for (size_t i = 0; i <= most; i++) {
    close(fds[i]);
  }
  bool again = false; /* as soon as libzmq has seen one of them go */
  while (!again) {
    const int fd = new_socket();
    connect_to(s, fd);
    again = is_let_in(fd);
    close(fd);
  }
}

static void libzmq_goes_on_when_the_process_has_no_descriptor_left(void **state) {
  const scene *s = *state;
  connections_report r;
  int taken[DESCRIPTORS];
  size_t count = 0;
  const int late[] = {new_socket(), new_socket()};
  int last = open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (; last >= 0; last = open("/dev/null", O_RDONLY | O_CLOEXEC)) {
    taken[count++] = last;
  }
  assert_int_equal(errno, EMFILE);
  for (size_t i = 0; i < 2; i++) {
    connect_to(s, late[i]);
    assert_false(is_let_in(late[i]));
  }
  assert_true(connections_take_report(&r));
  assert_int_equal(r.refused[CONNECTION_IPC], 2);
  for (size_t i = 0; i < count; i++) {
    close(taken[i]);
  }
  const int fd = new_socket();
  connect_to(s, fd);
  assert_true(is_let_in(fd));
  close(fd);
  close(late[0]);
  close(late[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(connections_beyond_the_limit_are_closed_and_others_go_on, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(libzmq_goes_on_when_the_process_has_no_descriptor_left, set_up,
                                      tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
