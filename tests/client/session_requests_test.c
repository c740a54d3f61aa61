/* A session and its broker: requests that get lost, and brokers that forget, restart, fall silent or do not
 * exist. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/client/session_fixture.h"

static session *connected(fixture *f) {
  const session_options options = {.endpoint = scripted_endpoint(f->book.broker),
                                   .patience_ms = SCRIPTED_EVER_MS};
  session *s = NULL;
  if (session_connect(&options, &s, &f->err) != STATUS_OK) {
    fail_msg("%s", f->err.message);
  }
  return s;
}

static void check_list(session *s) {
  buf out;
  error err;
  buf_init(&out);
  if (session_list(s, "jobs", &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(out.length, strlen(fixture_listing));
  assert_memory_equal(out.data, fixture_listing, out.length);
  buf_fini(&out);
}

static unsigned seen(fixture *f, message_kind kind) {
  return atomic_load(&f->book.seen[kind]);
}

/* ---- Lost requests ------------------------------------------------------------------------------- */

static void a_request_without_an_answer_is_sent_again_with_its_number(void **state) {
  fixture *f = *state;
  f->book.ignores[MESSAGE_LIST] = 2;
  fixture_begin(f);
  f->link->answer_ms = 50;
  check_list(f->link);
  assert_true(seen(f, MESSAGE_LIST) >= 3);
  assert_int_equal(f->link->requests, 1);
}

static void a_hello_that_got_lost_is_said_again(void **state) {
  fixture *f = *state;
  f->book.ignores[MESSAGE_HELLO] = 1;
  fixture_begin(f); /* the next sign of life is answered with "stranger" */
  assert_true(seen(f, MESSAGE_HELLO) >= 2);
}

static void a_stranger_says_hello_and_asks_again(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  check_list(f->link);
  atomic_store(&f->book.forgets, true);
  check_list(f->link);
  assert_true(seen(f, MESSAGE_HELLO) >= 2);
  assert_true(f->link->welcomes >= 2);
}

static void a_restarted_broker_is_asked_again(void **state) {
  fixture *f = *state;
  f->book.restarts_on = MESSAGE_LIST;
  f->book.restarts_after = 1;
  fixture_begin(f);
  check_list(f->link);
  assert_int_equal(atomic_load(&f->book.starts), 2);
}

static void a_connection_that_could_not_be_made_is_tried_again_by_the_next_call(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  char right[sizeof f->link->endpoint];
  buf out;
  buf_init(&out);
  memcpy(right, f->link->endpoint, sizeof right);
  f->link->silence_ms = 0; /* so that it connects again at once */
  snprintf(f->link->endpoint, sizeof f->link->endpoint, "nowhere://x");
  assert_int_equal(session_list(f->link, "jobs", &out, &f->err), STATUS_UNREACHABLE);
  assert_contains(f->err.message, "cannot connect to nowhere://x");
  f->link->silence_ms = SCRIPTED_EVER_MS;
  memcpy(f->link->endpoint, right, sizeof right);
  check_list(f->link);
  buf_fini(&out);
}

static void a_connection_that_went_dead_is_made_anew(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  check_list(f->link);
  f->link->silence_ms = 200;
  atomic_store(&f->book.goes_deaf, true);
  check_list(f->link);
  assert_true(f->link->welcomes >= 2); /* more when the new connection seems dead, too, for a moment */
}

/* ---- No broker there ----------------------------------------------------------------------------- */

static status connect_to(const char *endpoint, const key_pair *key, error *err) {
  session *s = NULL;
  const session_options options = {.endpoint = endpoint,
                                   .key = key,
                                   .broker_key = key == NULL ? NULL : key->public_key,
                                   .connect_ms = 100};
  const status st = session_connect(&options, &s, err);
  assert_null(s);
  return st;
}

static void a_broker_that_is_not_there_is_named(void **state) {
  fixture *f = *state;
  assert_int_equal(connect_to(scripted_endpoint(f->book.broker), NULL, &f->err), STATUS_UNREACHABLE);
  assert_contains(f->err.message, scripted_endpoint(f->book.broker));
  assert_int_equal(connect_to("tcp://127.0.0.1:1", NULL, &f->err), STATUS_UNREACHABLE);
  assert_contains(f->err.message, "tcp://127.0.0.1:1");
  assert_contains(f->err.message, "--identity");
}

static key_pair new_key(fixture *f) {
  key_pair key;
  if (key_pair_new(&key, &f->err) != STATUS_OK) {
    fail_msg("%s", f->err.message);
  }
  return key;
}

static void keys_that_may_not_fit_are_said(void **state) {
  fixture *f = *state;
  const key_pair key = new_key(f);
  assert_int_equal(connect_to("tcp://127.0.0.1:1", &key, &f->err), STATUS_UNREACHABLE);
  assert_contains(f->err.message, "the keys do not match");
}

static status connect_within(fixture *f, const key_pair *own, const char *broker_key, unsigned ms) {
  session *s = NULL;
  const session_options options = {
      .endpoint = scripted_endpoint(f->book.broker), .key = own, .broker_key = broker_key, .connect_ms = ms};
  const status st = session_connect(&options, &s, &f->err);
  session_close(s);
  return st;
}

static status connect_with(fixture *f, const key_pair *own, const char *broker_key) {
  return connect_within(f, own, broker_key, SCRIPTED_EVER_MS);
}

/* What went wrong is known when the other side has had the time to say so: who is slow gets more of it. */
static void expect_unreachable(fixture *f, const key_pair *own, const char *words) {
  const char *broker_key = own == NULL ? NULL : own->public_key;
  unsigned ms = 500;
  do {
    assert_int_equal(connect_within(f, own, broker_key, ms), STATUS_UNREACHABLE);
    ms *= 2;
  } while (strstr(f->err.message, words) == NULL && ms < SCRIPTED_EVER_MS / 24);
  assert_contains(f->err.message, words);
}

static void who_has_the_brokers_key_comes_in(void **state) {
  fixture *f = *state;
  const key_pair theirs = new_key(f);
  const key_pair mine = new_key(f);
  scripted_use_keys(f->book.broker, &theirs, NULL);
  book_play(&f->book);
  assert_int_equal(connect_with(f, &mine, theirs.public_key), STATUS_OK);
}

/* By whoever of the two notices first: when that is the broker, the client learns only that it hung
 * up. */
static void a_broker_that_asks_for_keys_is_told_apart_from_silence(void **state) {
  fixture *f = *state;
  const key_pair theirs = new_key(f);
  scripted_use_keys(f->book.broker, &theirs, NULL);
  book_play(&f->book);
  expect_unreachable(f, NULL, "and you gave none");
}

typedef struct rude {
  int listener;
  const char *path;
  int calls; /* after so many it goes */
  pthread_t thread;
} rude;

/* Listens, takes what arrives and hangs up. */
static void *hang_up(void *argument) {
  const rude *r = argument;
  for (int i = 0; i < r->calls; i++) {
    const int fd = accept(r->listener, NULL, NULL);
    if (fd < 0) {
      break;
    }
    close(fd);
  }
  unlink(r->path);
  close(r->listener);
  return NULL;
}

static void rude_start(rude *r, const fixture *f, int calls) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  *r = (rude){.path = scripted_endpoint(f->book.broker) + strlen("ipc://"), .calls = calls};
  r->listener = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(address.sun_path, sizeof address.sun_path, "%s", r->path);
  assert_int_equal(bind(r->listener, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(r->listener, 8), 0);
  assert_int_equal(pthread_create(&r->thread, NULL, hang_up, r), 0);
}

static void who_hangs_up_at_once_is_told_apart_from_silence(void **state) {
  fixture *f = *state;
  const key_pair key = new_key(f);
  rude r;
  rude_start(&r, f, INT_MAX);
  expect_unreachable(f, NULL, "requires keys and you gave none");
  expect_unreachable(f, &key,
                     "closes the connection during the handshake: most likely the keys do not match");
  shutdown(r.listener, SHUT_RDWR);
  pthread_join(r.thread, NULL);
}

static void a_broker_that_ended_while_one_came_is_silence(void **state) {
  fixture *f = *state;
  rude r;
  rude_start(&r, f, 1);
  expect_unreachable(f, NULL, "nothing listens there");
  pthread_join(r.thread, NULL);
}

static void a_key_that_is_turned_away_is_told_at_once(void **state) {
  fixture *f = *state;
  const key_pair theirs = new_key(f);
  const key_pair mine = new_key(f);
  char path[512];
  key_list *nobody = NULL;
  process_write_file(scripted_directory(f->book.broker), "allowed", "# nobody\n", 9, path, sizeof path);
  assert_int_equal(key_list_read(path, &nobody, &f->err), STATUS_OK);
  scripted_use_keys(f->book.broker, &theirs, nobody);
  book_play(&f->book);
  assert_int_equal(connect_with(f, &mine, theirs.public_key), STATUS_UNREACHABLE);
  assert_contains(f->err.message, "refuses your key");
  book_stop(&f->book);
  scripted_hang_up(f->book.broker);
  key_list_destroy(nobody);
}

static void no_endpoint_is_no_endpoint(void **state) {
  fixture *f = *state;
  assert_int_equal(connect_to("nowhere", NULL, &f->err), STATUS_USAGE);
  assert_contains(f->err.message, "'nowhere'");
}

static void patience_ends_when_the_broker_falls_silent(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  f->link->patience_ms = 150;
  atomic_store(&f->book.goes_deaf, true);
  buf out;
  buf_init(&out);
  assert_int_equal(session_list(f->link, "jobs", &out, &f->err), STATUS_UNREACHABLE);
  assert_contains(f->err.message, scripted_endpoint(f->book.broker));
  buf_fini(&out);
}

static void a_broker_that_lives_but_never_answers_is_given_up(void **state) {
  fixture *f = *state;
  f->book.ignores[MESSAGE_LIST] = 1000;
  fixture_begin(f);
  f->link->newsless_ms = 200;
  f->link->sign_ms = 5;
  buf out;
  buf_init(&out);
  assert_int_equal(session_list(f->link, "jobs", &out, &f->err), STATUS_UNREACHABLE);
  assert_contains(f->err.message, "is alive but does not answer");
  buf_fini(&out);
}

static bool refuse_to_go_on(void *context, uint64_t done, uint64_t total) {
  (void)done;
  (void)total;
  ++*(int *)context;
  return false;
}

static void connecting_can_be_interrupted(void **state) {
  fixture *f = *state;
  int calls = 0;
  const session_callback go_on = {refuse_to_go_on, &calls};
  const session_options options = {.endpoint = scripted_endpoint(f->book.broker), .go_on = &go_on};
  session *s = NULL;
  assert_int_equal(session_connect(&options, &s, &f->err), STATUS_INTERRUPTED);
  assert_int_equal(calls, 1);
}

static void a_broker_of_another_version_says_so(void **state) {
  fixture *f = *state;
  f->book.has_other_version = true;
  book_play(&f->book);
  assert_int_equal(connect_with(f, NULL, NULL), STATUS_PROTOCOL);
  assert_contains(f->err.message, "speaks version 2");
}

/* ---- Several sessions ---------------------------------------------------------------------------- */

static void two_sessions_get_their_own_answers(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  session *other = connected(f);
  for (int i = 0; i < 20; i++) {
    char job[SESSION_JOB_BYTES];
    char again[SESSION_JOB_BYTES];
    const session_job mine = {.specification = {"x", 1}, .dataset = "survey", .key = "mine"};
    const session_job theirs = {.specification = {"x", 1}, .dataset = "survey", .key = "theirs"};
    assert_int_equal(session_submit(f->link, &mine, job, &f->err), STATUS_OK);
    check_list(other);
    assert_int_equal(session_submit(other, &theirs, again, &f->err), STATUS_OK);
    assert_string_not_equal(job, again);
    check_list(f->link);
  }
  session_close(other);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_request_without_an_answer_is_sent_again_with_its_number),
      TEST(a_hello_that_got_lost_is_said_again),
      TEST(a_stranger_says_hello_and_asks_again),
      TEST(a_restarted_broker_is_asked_again),
      TEST(a_connection_that_could_not_be_made_is_tried_again_by_the_next_call),
      TEST(a_connection_that_went_dead_is_made_anew),
      TEST(a_broker_that_is_not_there_is_named),
      TEST(keys_that_may_not_fit_are_said),
      TEST(who_has_the_brokers_key_comes_in),
      TEST(a_broker_that_asks_for_keys_is_told_apart_from_silence),
      TEST(who_hangs_up_at_once_is_told_apart_from_silence),
      TEST(a_broker_that_ended_while_one_came_is_silence),
      TEST(a_key_that_is_turned_away_is_told_at_once),
      TEST(no_endpoint_is_no_endpoint),
      TEST(patience_ends_when_the_broker_falls_silent),
      TEST(a_broker_that_lives_but_never_answers_is_given_up),
      TEST(connecting_can_be_interrupted),
      TEST(a_broker_of_another_version_says_so),
      TEST(two_sessions_get_their_own_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
