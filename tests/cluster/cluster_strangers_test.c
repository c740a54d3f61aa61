/* Unknown peers that want to harm the broker: it goes on serving those that it knows. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "proto/message.h"
#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

enum { STRANGERS_MAX = 300, PORT = 7117, MIB = 1 << 20 };

/* Of which 64 are for files, 34 for ipc and 102 for tcp, 25 of them for strangers from one address: see
 * connections_limits_of. */
#define DESCRIPTORS "200"

typedef struct crowd {
  int fds[STRANGERS_MAX];
  size_t count;
} crowd;

/* Over ipc, and over tcp at the address that cluster_use_tcp would take. */
static void start_broker(cluster *c, char tcp[160]) {
  cluster other = {0};
  char log[256];
  cluster_use_tcp(&other);
  snprintf(tcp, 160, "%s", other.endpoint);
  setenv("CANVASS_BROKER", c->endpoint, 1);
  const char *const arguments[] = {"/bin/sh",
                                   "-c",
                                   "ulimit -n " DESCRIPTORS " && exec \"$@\"",
                                   "sh",
                                   cluster_program(),
                                   "broker",
                                   "--listen",
                                   c->endpoint,
                                   "--listen",
                                   tcp,
                                   "--store",
                                   c->store,
                                   NULL};
  cluster_path(c, "broker.log", log);
  process_start(&c->broker, arguments, log, log);
  cluster_listing(c, "jobs");
}

static struct sockaddr_in address_of(const char *endpoint) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  char host[64];
  assert_int_equal(sscanf(endpoint, "tcp://%63[0-9.]", host), 1);
  assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
  return to;
}

static int connect_from(const char *endpoint, unsigned machine) {
  const struct sockaddr_in to = address_of(endpoint);
  const struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000000U + machine)};
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof from), 0);
  assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
  return fd;
}

static void come(crowd *all, const char *endpoint, unsigned machine, size_t count) {
  for (size_t i = 0; i < count; i++) {
    assert_true(all->count < STRANGERS_MAX);
    all->fds[all->count++] = connect_from(endpoint, machine);
  }
}

static void go(crowd *all) {
  while (all->count > 0) {
    close(all->fds[--all->count]);
  }
}

static void strangers_over_tcp_take_nothing_that_ipc_and_files_need(void **state) {
  cluster *c = *state;
  crowd all = {.count = 0};
  char tcp[160];
  start_broker(c, tcp);
  for (unsigned machine = 2; all.count < STRANGERS_MAX; machine++) {
    come(&all, tcp, machine, 20);
  }
  cluster_wait_logged(c, "broker.log", "over tcp: at most 102 are taken at a time");
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
  assert_true(cluster_lists_dataset(c, "survey"));
  assert_true(process_is_running(&c->broker));
  go(&all);
  setenv("CANVASS_BROKER", tcp, 1);
  cluster_listing(c, "jobs");
  cluster_passed(c);
}

static void one_address_cannot_keep_others_out(void **state) {
  cluster *c = *state;
  crowd all = {.count = 0};
  char tcp[160];
  start_broker(c, tcp);
  come(&all, tcp, 2, STRANGERS_MAX);
  cluster_wait_logged(
      c, "broker.log",
      "the last from 127.0.0.2: from one address at most 25 are taken that have not said hello");
  setenv("CANVASS_BROKER", tcp, 1);
  cluster_listing(c, "jobs");
  go(&all);
  cluster_passed(c);
}

static void silent_connections_over_ipc_do_not_end_the_broker(void **state) {
  cluster *c = *state;
  crowd all = {.count = 0};
  char tcp[160];
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  start_broker(c, tcp);
  snprintf(to.sun_path, sizeof to.sun_path, "%.100s", c->endpoint + strlen("ipc://"));
  while (all.count < STRANGERS_MAX) {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    all.fds[all.count++] = fd;
  }
  cluster_wait_logged(c, "broker.log", "over ipc: at most 34 are taken at a time");
  setenv("CANVASS_BROKER", tcp, 1);
  cluster_listing(c, "jobs");
  go(&all);
  setenv("CANVASS_BROKER", c->endpoint, 1);
  cluster_listing(c, "jobs");
  assert_true(process_is_running(&c->broker));
  cluster_passed(c);
}

/* False when the broker has ended the connection. */
static bool send_all(int fd, const void *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    const ssize_t sent = send(fd, (const char *)bytes + at, length - at, MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    at += (size_t)sent;
  }
  return true;
}

static void receive_all(int fd, void *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    const ssize_t got = recv(fd, (char *)bytes + at, length - at, 0);
    assert_true(got > 0);
    at += (size_t)got;
  }
}

/* The broker's greeting and its READY: before them libzmq takes no message. */
static void expect_ready(int fd) {
  uint8_t greeting[64];
  uint8_t start[2];
  uint8_t rest[255];
  receive_all(fd, greeting, sizeof greeting);
  receive_all(fd, start, sizeof start);
  assert_int_equal(start[0], 4); /* a short command */
  receive_all(fd, rest, start[1]);
}

/* As one frame, which is the whole message. */
static void say_hello(int fd) {
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "client");
  message_set_text(&hello, FIELD_TITLE, "flooder");
  buf header;
  buf_init(&header);
  message_encode(&hello, &header);
  assert_in_range(header.length, 1, 255);
  const uint8_t start[] = {0, (uint8_t)header.length};
  assert_true(send_all(fd, start, sizeof start));
  assert_true(send_all(fd, header.data, header.length));
  buf_fini(&header);
}

/* ZMTP 3.0 (rfc.zeromq.org/spec/23): a greeting without security, READY, and then frames of 1 MiB each of
 * which says that another one follows. */
static void a_message_that_never_ends_is_cut_and_the_log_says_so(void **state) {
  static const char greeting[64] = {"\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL"};
  static const char ready[] =
      "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06"
      "DEALER";
  static const char frame_start[] = "\x03\0\0\0\0\0\x10\0\0";
  cluster *c = *state;
  char tcp[160];
  char *frame = calloc(1, MIB);
  size_t sent = 0;
  assert_non_null(frame);
  start_broker(c, tcp);
  const int fd = connect_from(tcp, 2);
  assert_true(send_all(fd, greeting, sizeof greeting));
  assert_true(send_all(fd, ready, sizeof ready - 1));
  expect_ready(fd);
  say_hello(fd);
  while (sent < 256 && send_all(fd, frame_start, sizeof frame_start - 1) && send_all(fd, frame, MIB)) {
    sent++;
  }
  assert_in_range(sent, 24, 64); /* some are on their way when the broker has enough */
  cluster_wait_logged(c, "broker.log",
                      "cut 1 connection, the last from 127.0.0.2 (flooder): more than 32 MiB came");
  setenv("CANVASS_BROKER", tcp, 1);
  cluster_listing(c, "jobs");
  close(fd);
  free(frame);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(strangers_over_tcp_take_nothing_that_ipc_and_files_need),
      CLUSTER_TEST(one_address_cannot_keep_others_out),
      CLUSTER_TEST(silent_connections_over_ipc_do_not_end_the_broker),
      CLUSTER_TEST(a_message_that_never_ends_is_cut_and_the_log_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
