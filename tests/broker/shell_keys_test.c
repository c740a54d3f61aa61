/* Where the broker listens, which keys it allows, and how it is ended from outside. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/check.h"

/* ---- Endpoints ----------------------------------------------------------------------------------- */

static void expect_no_broker(const shell *s, const char *endpoint, status code, const char *words) {
  error err;
  broker *b = NULL;
  const broker_options options = {.zmq_context = sockets_context(s->sockets),
                                  .endpoints = &endpoint,
                                  .endpoints_count = 1,
                                  .directory = s->store};
  assert_int_equal(broker_new(&options, &b, &err), code);
  if (strstr(err.message, words) == NULL) {
    fail_msg("%s: %s", endpoint, err.message);
  }
}

static void an_endpoint_that_others_reach_needs_keys(void **state) {
  const shell *s = *state;
  struct stat there;
  expect_no_broker(s, "tcp://0.0.0.0:*", STATUS_USAGE, "keygen");
  expect_no_broker(s, "tcp://*:*", STATUS_USAGE, "--allow");
  expect_no_broker(s, "udp://127.0.0.1:1", STATUS_USAGE, "ipc://");
  assert_int_not_equal(stat(s->store, &there), 0); /* and nothing was made */
}

static void an_ipc_socket_is_its_owners_alone(void **state) {
  shell *s = *state;
  struct stat info;
  shell_start(s, NULL, false);
  assert_int_equal(stat(s->endpoint + strlen("ipc://"), &info), 0);
  assert_int_equal(info.st_mode & 077, 0);
}

static void an_ipc_socket_replaces_neither_a_file_nor_a_broker_that_serves(void **state) {
  shell *s = *state;
  char path[300];
  char endpoint[320];
  process_write_file(s->directory, "precious", "data", 4, path, sizeof path);
  snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
  expect_no_broker(s, endpoint, STATUS_USAGE, "something other than a socket");
  size_t length = 0;
  char *still = process_read_file(path, &length);
  assert_non_null(still);
  assert_string_equal(still, "data");
  free(still);
  shell_start(s, NULL, false);
  expect_no_broker(s, s->endpoint, STATUS_IO, "another program");
  talker t;
  talker_client(s, &t);
}

/* Not "No such file or directory" of a socket that was to be made. */
static void a_directory_that_a_socket_lacks_is_named(void **state) {
  shell *s = *state;
  char path[300];
  char endpoint[400];
  char told[400];
  snprintf(endpoint, sizeof endpoint, "ipc://%s/run/canvass/socket", s->directory);
  snprintf(told, sizeof told, "the directory %s/run/canvass: No such file or directory; create it first",
           s->directory);
  expect_no_broker(s, endpoint, STATUS_IO, told);
  process_write_file(s->directory, "file", "x", 1, path, sizeof path);
  snprintf(endpoint, sizeof endpoint, "ipc://%s/socket", path);
  snprintf(told, sizeof told, "%s is not a directory", path);
  expect_no_broker(s, endpoint, STATUS_IO, told);
}

static void a_second_broker_on_a_store_is_refused(void **state) {
  shell *s = *state;
  shell_start(s, NULL, true);
  expect_no_broker(s, "ipc://*", STATUS_IO, s->store);
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

enum { BROKER, CLIENT, WORKER, NOBODY };

static const char *public_key(const shell *s, size_t which) {
  return s->keys[which].public_key;
}

/* A broker that allows the client and the worker. */
static void start_with_keys(shell *s) {
  shell_make_keys(s);
  s->allowed = shell_make_list(s, "client %s c\nworker %s w\n", public_key(s, CLIENT), public_key(s, WORKER));
  shell_start(s, "tcp://127.0.0.1:*", true);
}

static void join(shell *s, talker *t, size_t key, const char *role) {
  talker_connect_with(s, t, key);
  talker_join(t, role, 1);
}

static void a_key_comes_in_its_own_role_alone(void **state) {
  shell *s = *state;
  talker client;
  talker worker;
  start_with_keys(s);
  talker_connect_with(s, &client, CLIENT);
  talker_connect_with(s, &worker, WORKER);
  talker_hello(&client, "worker", 1);
  talker_expect_refused(&client, "usage", "is not allowed as a worker");
  talker_join(&client, "client", 0);
  talker_hello(&worker, "client", 0);
  talker_expect_refused(&worker, "usage", "is not allowed as a client");
  talker_join(&worker, "worker", 1);
}

static void who_is_not_on_the_list_hears_nothing_and_the_log_names_the_key(void **state) {
  shell *s = *state;
  talker stranger;
  talker plain;
  start_with_keys(s);
  talker_connect_with(s, &stranger, NOBODY);
  talker_hello_in_vain(&stranger, "client");
  talker_connect(s, &plain); /* without any key */
  talker_hello_in_vain(&plain, "client");
  while (!shell_log_has(s, public_key(s, NOBODY))) {
    shell_pass(s, 1000);
    assert_false(talker_receive(&stranger, SHELL_QUIET_MS));
  }
  assert_false(talker_receive(&plain, SHELL_QUIET_MS));
}

static void a_key_that_was_taken_off_the_list_is_shown_the_door(void **state) {
  shell *s = *state;
  talker client;
  talker worker;
  start_with_keys(s);
  join(s, &client, CLIENT, "client");
  join(s, &worker, WORKER, "worker");
  broker_allow(s->broker, shell_make_list(s, "client %s c\n", public_key(s, CLIENT)));
  talker_expect_refused(&worker, "usage", "no longer allowed");
  talker_hello(&worker, "worker", 1);
  talker_expect_refused(&worker, "usage", "is not allowed");
  talker_expect_none(&client, MESSAGE_REFUSED);
}

/* Two workers of one key and one of another: the first result of the MAP does not count before the other key
 * has given the same. */
static void verified_results_come_from_two_keys(void **state) {
  shell *s = *state;
  talker client;
  talker workers[2];
  talker other;
  sample shard;
  sample content;
  core_job_id job;
  shell_make_keys(s);
  s->allowed = shell_make_list(s, "verify: 2\nclient %s c\nworker %s w\nworker %s n\n", public_key(s, CLIENT),
                               public_key(s, WORKER), public_key(s, NOBODY));
  shell_start(s, "tcp://127.0.0.1:*", true);
  join(s, &client, CLIENT, "client");
  dataset_make(&client, "survey", &shard, 1, 100, &content);
  for (int i = 0; i < 2; i++) {
    join(s, &workers[i], WORKER, "worker");
  }
  talker_submit(&client, "survey", "key", "plan", &job);
  assert_int_equal(worker_do_one(&workers[0]), WORK_MAP);
  talker_expect_none(&workers[1], MESSAGE_TASK); /* its key has voted */
  talker_ask(&client, MESSAGE_ASK, &job);
  assert_slice_equal(talker_expect(&client, MESSAGE_PROGRESS)->texts[FIELD_WAITS],
                     slice_of("no worker with another key computes it a second time"));
  join(s, &other, NOBODY, "worker");
  assert_int_equal(worker_do_one(&other), WORK_MAP);
}

/* ---- The end ------------------------------------------------------------------------------------- */

static void a_broker_can_be_stopped_from_any_thread_at_any_time(void **state) {
  shell *s = *state;
  for (int round = 0; round < 20; round++) {
    talker t;
    shell_start(s, "tcp://127.0.0.1:*", round % 2 == 0);
    talker_connect(s, &t);
    if (round % 4 < 2) {
      talker_hello(&t, "worker", 1);
    }
    shell_stop(s);
    talker_close(&t);
  }
}

static void each_start_has_another_instance(void **state) {
  shell *s = *state;
  talker t;
  uint8_t first[INSTANCE_BYTES];
  talker_first_client(s, &t);
  assert_int_equal(t.in->header.texts[FIELD_INSTANCE].length, INSTANCE_BYTES);
  memcpy(first, t.in->header.texts[FIELD_INSTANCE].bytes, sizeof first);
  shell_restart(s);
  talker_reconnect(&t);
  talker_say(&t, MESSAGE_ALIVE);
  talker_expect(&t, MESSAGE_STRANGER);
  const message *welcome = talker_join(&t, "client", 0);
  assert_memory_not_equal(first, welcome->texts[FIELD_INSTANCE].bytes, sizeof first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(an_endpoint_that_others_reach_needs_keys),
      SHELL_TEST(an_ipc_socket_is_its_owners_alone),
      SHELL_TEST(an_ipc_socket_replaces_neither_a_file_nor_a_broker_that_serves),
      SHELL_TEST(a_directory_that_a_socket_lacks_is_named),
      SHELL_TEST(a_second_broker_on_a_store_is_refused),
      SHELL_TEST(a_key_comes_in_its_own_role_alone),
      SHELL_TEST(who_is_not_on_the_list_hears_nothing_and_the_log_names_the_key),
      SHELL_TEST(a_key_that_was_taken_off_the_list_is_shown_the_door),
      SHELL_TEST(verified_results_come_from_two_keys),
      SHELL_TEST(a_broker_can_be_stopped_from_any_thread_at_any_time),
      SHELL_TEST(each_start_has_another_instance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
