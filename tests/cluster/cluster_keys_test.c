/* Allowed keys: those on the list are admitted in their roles, and no others; no peer hangs forever. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire.h"
#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

/* A client with its own ideas of keys, started in the background because it gets no answer. */
typedef struct visitor {
  const char *name, *identity, *broker_key; /* key files in the cluster's directory; NULL: none */
  process p;
} visitor;

static void start_visitor(cluster *c, visitor *v) {
  char identity[256];
  char broker_key[256];
  if (v->identity != NULL) {
    cluster_start_client(c, &v->p, v->name, "jobs", "--identity", cluster_path(c, v->identity, identity),
                         "--broker-key", cluster_path(c, v->broker_key, broker_key));
  } else {
    cluster_start_client(c, &v->p, v->name, "jobs");
  }
}

static void expect_turned_away(cluster *c, visitor *v) {
  char file[64];
  assert_int_equal(process_wait(&v->p), 3);
  snprintf(file, sizeof file, "%s.err", v->name);
  char *said = cluster_read(c, file, NULL);
  cluster_expect_words(said, c->endpoint, v->name);
  cluster_expect_words(said, "key", v->name);
  free(said);
}

/* A broker with keys over tcp, and the pair "stranger", which it does not know. */
static void start_with_keys(cluster *c) {
  char path[256];
  cluster_use_tcp(c);
  cluster_use_keys(c);
  cluster_do(c, "keygen", cluster_path(c, "stranger.key", path));
  cluster_start_broker(c);
  cluster_listing(c, "jobs");
}

static void keys_that_do_not_fit_get_no_answer_and_say_what_may_be_wrong(void **state) {
  cluster *c = *state;
  char path[256];
  visitor visitors[] = {
      {.name = "unlisted", .identity = "stranger.key", .broker_key = "broker.key.pub"},
      {.name = "misled", .identity = "client.key", .broker_key = "stranger.key.pub"},
      {.name = "keyless"},
  };
  const size_t count = sizeof visitors / sizeof visitors[0];
  start_with_keys(c);
  setenv("CANVASS_PATIENCE", "1", 1); /* in vain, however long */
  for (size_t i = 0; i < count; i++) {
    if (visitors[i].identity == NULL) {
      unsetenv("CANVASS_IDENTITY");
      unsetenv("CANVASS_BROKER_KEY");
    }
    start_visitor(c, &visitors[i]);
  }
  for (size_t i = 0; i < count; i++) {
    expect_turned_away(c, &visitors[i]);
  }
  setenv("CANVASS_PATIENCE", CLUSTER_PATIENCE, 1);
  setenv("CANVASS_IDENTITY", cluster_path(c, "client.key", path), 1);
  setenv("CANVASS_BROKER_KEY", cluster_path(c, "broker.key.pub", path), 1);
  cluster_listing(c, "jobs");
  cluster_passed(c);
}

/* What a worker knows is no longer reported as a guess. */
static void expect_no_guess(cluster *c) {
  char *said = cluster_read(c, "stranger.err", NULL);
  const char *known = strstr(said, "refuses your key");
  assert_non_null(known);
  assert_null(strstr(known, "no answer from"));
  free(said);
}

static void a_worker_that_is_not_on_the_list_says_so_and_goes_on_asking(void **state) {
  cluster *c = *state;
  char key[256];
  char broker_key[256];
  char store[256];
  process worker = {.pid = 0};
  start_with_keys(c);
  cluster_start_client(c, &worker, "stranger", "worker", "--store", cluster_path(c, "store", store),
                       "--identity", cluster_path(c, "stranger.key", key), "--broker-key",
                       cluster_path(c, "broker.key.pub", broker_key));
  cluster_wait_logged(c, "stranger.err",
                      "refuses your key: it is not among the broker's allowed keys; asking again");
  process_signal(&worker, SIGTERM);
  assert_int_equal(process_wait(&worker), 0);
  expect_no_guess(c);
  cluster_passed(c);
}

static void a_key_may_only_come_in_its_role(void **state) {
  cluster *c = *state;
  char key[256];
  char broker_key[256];
  char store[256];
  process_result r;
  start_with_keys(c);
  cluster_client(c, &r, "jobs", "--identity", cluster_path(c, "worker.key", key));
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "client", "a worker's key used by a client");
  process_result_fini(&r);
  cluster_client(c, &r, "worker", "--store", cluster_path(c, "store", store), "--identity",
                 cluster_path(c, "client.key", key), "--broker-key",
                 cluster_path(c, "broker.key.pub", broker_key));
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "worker", "a client's key used by a worker");
  process_result_fini(&r);
  cluster_passed(c);
}

static bool is_answered(cluster *c, void *context) {
  process_result r;
  (void)context;
  cluster_client(c, &r, "jobs");
  const bool is = r.exit_code == 0;
  process_result_fini(&r);
  return is;
}

/* Makes the pair NAME for a client, and adds its line to the list. */
static void add_client(cluster *c, const char *name) {
  char path[256];
  process_result r;
  cluster_expect(c, 0, &r, "keygen", "--role", "client", cluster_path(c, name, path));
  FILE *list = fopen(cluster_path(c, "allowed", path), "a");
  assert_non_null(list);
  assert_int_equal(fwrite(r.out, 1, r.out_length, list), r.out_length);
  assert_int_equal(fclose(list), 0);
  process_result_fini(&r);
}

static void a_key_that_is_added_to_the_list_may_come_after_sighup(void **state) {
  cluster *c = *state;
  char path[256];
  start_with_keys(c);
  add_client(c, "late.key");
  process_signal(&c->broker, SIGHUP);
  setenv("CANVASS_IDENTITY", cluster_path(c, "late.key", path), 1);
  setenv("CANVASS_PATIENCE", "5", 1); /* each of those that come too early */
  cluster_wait_for(c, is_answered, NULL, "for the broker to let a new key in");
  cluster_passed(c);
}

static void reread_list(cluster *c, const char *content, const char *words) {
  char path[256];
  process_write_file(c->directory, "allowed", content, strlen(content), path, sizeof path);
  process_signal(&c->broker, SIGHUP);
  cluster_wait_logged(c, "broker.log", words);
}

static void the_log_tells_when_and_how_the_list_was_read_again(void **state) {
  cluster *c = *state;
  char path[256];
  process_result r;
  start_with_keys(c);
  cluster_expect(c, 0, &r, "keygen", "--role", "client", cluster_path(c, "late.key", path));
  reread_list(c, "nobody knows\n", "the list of keys stays unchanged: ");
  reread_list(c, r.out, "the list of allowed keys was read again: 1 key\n");
  process_result_fini(&r);
  char *log = cluster_read(c, "broker.log", NULL);
  for (char *line = strtok(log, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    int year = 0;
    int seconds = -1;
    char zone[6] = "";
    if (sscanf(line, "%4d-%*2d-%*2dT%*2d:%*2d:%2d%5[+-0123456789] ", &year, &seconds, zone) != 3 ||
        strlen(zone) != 5) {
      fail_msg("no time with its zone before: %s", line);
    }
  }
  free(log);
  cluster_passed(c);
}

static void a_secret_key_that_others_may_read_is_refused(void **state) {
  cluster *c = *state;
  char path[256];
  char command[512];
  process_result r;
  cluster_use_tcp(c);
  cluster_use_keys(c);
  snprintf(command, sizeof command, "chmod 644 '%s'", cluster_path(c, "client.key", path));
  assert_int_equal(system(command), 0);
  cluster_client(c, &r, "jobs");
  assert_int_equal(r.exit_code, 2);
  cluster_expect_words(r.err, path, "a key that others may read");
  process_result_fini(&r);
  cluster_passed(c);
}

/* ---- Revoked keys ---------------------------------------------------------------------------------- */

/* A client of which the test sees when libzmq loses its connection. */
typedef struct watched {
  void *context, *socket, *monitor;
  wire_message *in;
} watched;

static message_kind hear(watched *w) {
  error why;
  bool received = false;
  while (!received) {
    zmq_pollitem_t item = {.socket = w->socket, .events = ZMQ_POLLIN};
    assert_true(zmq_poll(&item, 1, -1) >= 0);
    assert_int_equal(wire_receive(w->socket, false, w->in, &received, &why), STATUS_OK);
  }
  const message_kind kind = w->in->header.kind;
  wire_message_close(w->in);
  return kind;
}

static void say(watched *w, const message *m) {
  error why;
  assert_int_equal(wire_send(w->socket, NULL, m, NULL, 0, &why), STATUS_OK);
}

static void open_watched(cluster *c, watched *w, const char *identity) {
  char path[256];
  const int none = 0;
  error why;
  key_pair own;
  key_pair broker;
  assert_int_equal(key_pair_read(cluster_path(c, identity, path), &own, &why), STATUS_OK);
  assert_int_equal(key_public_read(cluster_path(c, "broker.key.pub", path), &broker, &why), STATUS_OK);
  w->in = malloc(sizeof *w->in);
  w->context = zmq_ctx_new();
  w->socket = zmq_socket(w->context, ZMQ_DEALER);
  w->monitor = zmq_socket(w->context, ZMQ_PAIR);
  assert_non_null(w->in);
  assert_int_equal(zmq_setsockopt(w->socket, ZMQ_LINGER, &none, sizeof none), 0);
  assert_int_equal(key_use_client(w->socket, &own, broker.public_key, &why), STATUS_OK);
  assert_int_equal(zmq_socket_monitor(w->socket, "inproc://lost", ZMQ_EVENT_DISCONNECTED), 0);
  assert_int_equal(zmq_connect(w->monitor, "inproc://lost"), 0);
  assert_int_equal(zmq_connect(w->socket, c->endpoint), 0);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, "client");
  message_set_text(&hello, FIELD_TITLE, identity);
  say(w, &hello);
  assert_int_equal(hear(w), MESSAGE_WELCOME);
}

static void close_watched(watched *w) {
  zmq_socket_monitor(w->socket, NULL, 0);
  zmq_close(w->monitor);
  zmq_close(w->socket);
  zmq_ctx_term(w->context);
  free(w->in);
}

static bool has_lost_connection(watched *w, int flags) {
  uint8_t event[16];
  return zmq_recv(w->monitor, event, sizeof event, flags) >= 0;
}

static void the_connection_of_a_key_that_is_taken_off_the_list_is_closed(void **state) {
  cluster *c = *state;
  watched gone;
  watched kept;
  cluster_use_tcp(c);
  cluster_use_keys(c);
  char *list = cluster_read(c, "allowed", NULL);
  add_client(c, "gone.key");
  cluster_start_broker(c);
  open_watched(c, &gone, "gone.key");
  open_watched(c, &kept, "client.key");
  reread_list(c, list, "the list of allowed keys was read again: 2 keys");
  assert_int_equal(hear(&gone), MESSAGE_REFUSED); /* why, and then: */
  assert_true(has_lost_connection(&gone, 0));
  const message alive = message_of(MESSAGE_ALIVE);
  say(&kept, &alive);
  assert_int_equal(hear(&kept), MESSAGE_ALIVE);
  assert_false(has_lost_connection(&kept, ZMQ_DONTWAIT));
  close_watched(&gone);
  close_watched(&kept);
  free(list);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(keys_that_do_not_fit_get_no_answer_and_say_what_may_be_wrong),
      CLUSTER_TEST(a_worker_that_is_not_on_the_list_says_so_and_goes_on_asking),
      CLUSTER_TEST(a_key_may_only_come_in_its_role),
      CLUSTER_TEST(a_key_that_is_added_to_the_list_may_come_after_sighup),
      CLUSTER_TEST(the_log_tells_when_and_how_the_list_was_read_again),
      CLUSTER_TEST(a_secret_key_that_others_may_read_is_refused),
      CLUSTER_TEST(the_connection_of_a_key_that_is_taken_off_the_list_is_closed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
