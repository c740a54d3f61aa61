/* What untrusted and broken programs may send is refused, and the broker goes on. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"

static void expect_alive(shell *s) {
  talker t;
  talker_client(s, &t);
  talker_list(&t, "workers");
  talker_expect(&t, MESSAGE_LISTING);
}

static void send_header(talker *t, const void *bytes, size_t length) {
  const void *frames[] = {bytes};
  talker_send_raw(t, frames, &length, 1);
}

static void headers_of_any_bytes_are_refused(void **state) {
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  seeded r = {seeded_seed()};
  print_message("seed %llu\n", (unsigned long long)seeded_seed());
  for (int i = 0; i < 500; i++) {
    uint8_t bytes[64];
    const size_t length = seeded_below(&r, sizeof bytes);
    for (size_t k = 0; k < length; k++) {
      bytes[k] = (uint8_t)seeded_next(&r);
    }
    send_header(&t, bytes, length);
    talker_expect(&t, MESSAGE_REFUSED);
  }
  talker_close(&t);
  expect_alive(s);
}

static void headers_cut_off_anywhere_are_refused(void **state) {
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  message m = talker_request(&t, MESSAGE_DROP);
  message_set_text(&m, FIELD_DATASET, "survey");
  buf whole;
  buf_init(&whole);
  message_encode(&m, &whole);
  for (size_t length = 0; length < whole.length; length++) {
    send_header(&t, whole.data, length);
    talker_expect_refused(&t, "protocol", "");
  }
  send_header(&t, whole.data, whole.length);
  talker_expect_refused(&t, "not-found", "survey");
  buf_fini(&whole);
}

/* A client sends the LENGTH bytes at HEADER. */
static void send_as_client(shell *s, talker *t, const void *header, size_t length) {
  shell_start(s, NULL, false);
  talker_client(s, t);
  send_header(t, header, length);
}

static void another_version_is_told_so(void **state) {
  static const uint8_t hello[] = {0x83, 0xa1, 'v', 0x02, 0xa1, 'k',  0xa5, 'h', 'e', 'l', 'l', 'o',
                                  0xa4, 'r',  'o', 'l',  'e',  0xa6, 'c',  'l', 'i', 'e', 'n', 't'};
  shell *s = *state;
  talker t;
  shell_start(s, NULL, false);
  talker_connect(s, &t);
  send_header(&t, hello, sizeof hello);
  talker_expect_refused(&t, "protocol", "version 2");
}

static void a_refusal_of_another_version_is_not_refused_in_turn(void **state) {
  static const uint8_t refused[] = {0x83, 0xa1, 'v',  0x07, 0xa1, 'k', 0xa7, 'r', 'e', 'f',  'u', 's',
                                    'e',  'd',  0xa6, 's',  't',  'a', 't',  'u', 's', 0xa2, 'i', 'o'};
  talker t;
  send_as_client(*state, &t, refused, sizeof refused);
  talker_expect_none(&t, MESSAGE_REFUSED);
}

static void an_unknown_kind_is_named(void **state) {
  static const uint8_t sing[] = {0x82, 0xa1, 'v', 0x01, 0xa1, 'k', 0xa4, 's', 'i', 'n', 'g'};
  talker t;
  send_as_client(*state, &t, sing, sizeof sing);
  talker_expect_refused(&t, "protocol", "sing");
}

static void each_role_may_send_its_own_kinds_alone(void **state) {
  shell *s = *state;
  shell_start(s, NULL, true);
  talker client;
  talker worker;
  talker_client(s, &client);
  talker_worker(s, &worker, 1);
  for (message_kind kind = MESSAGE_HELLO; kind < MESSAGES_COUNT; kind++) {
    message m = message_of(kind);
    size_t least = 0;
    size_t most = 0;
    message_payloads(kind, &least, &most);
    static const message_field integers[] = {FIELD_REQUEST, FIELD_VERSION, FIELD_STAGE, FIELD_TASK,
                                             FIELD_ATTEMPT, FIELD_OFFSET,  FIELD_BYTES, FIELD_PARTS};
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
      message_set_integer(&m, integers[i], 1);
    }
    static const message_field texts[] = {FIELD_ROLE,  FIELD_WORK, FIELD_STATUS, FIELD_DATASET,
                                          FIELD_STATE, FIELD_KEY,  FIELD_WHAT};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
      message_set_text(&m, texts[i], "x");
    }
    message_set_bytes(&m, FIELD_JOB, "x", 1);
    message_set_bytes(&m, FIELD_BLOB, "x", 1);
    message_set_bytes(&m, FIELD_INSTANCE, "x", 1);
    wire_payload payloads[2] = {{.bytes = "x", .length = 1}, {.bytes = "x", .length = 1}};
    talker *const peers[] = {&client, &worker};
    static const unsigned ways[] = {WAY_CLIENT, WAY_WORKER};
    for (int i = 0; i < 2 && kind != MESSAGE_REFUSED; i++) {
      if (!(message_ways(kind) & ways[i])) {
        talker_send(peers[i], &m, payloads, least);
        talker_expect_refused(peers[i], "protocol", "may not send");
      }
    }
  }
}

static void who_did_not_say_hello_is_a_stranger(void **state) {
  shell *s = *state;
  shell_start(s, NULL, true);
  talker t;
  talker_connect(s, &t);
  talker_list(&t, "jobs");
  talker_expect(&t, MESSAGE_STRANGER);
  talker_join(&t, "client", 0);
  talker_list(&t, "jobs");
  talker_expect(&t, MESSAGE_LISTING);
  talker_say(&t, MESSAGE_BYE);
  talker_list(&t, "jobs");
  talker_expect(&t, MESSAGE_STRANGER);
}

static void a_role_that_is_none_is_refused(void **state) {
  shell *s = *state;
  shell_start(s, NULL, false);
  talker t;
  talker_connect(s, &t);
  talker_hello(&t, "emperor", 0);
  talker_expect_refused(&t, "protocol", "emperor");
}

static void messages_of_too_many_frames_are_refused_and_leave_nothing_behind(void **state) {
  enum { FRAMES = MESSAGE_PAYLOADS_MAX + 500 };
  shell *s = *state;
  talker t;
  talker_first_client(s, &t);
  const void **frames = calloc(FRAMES, sizeof *frames);
  size_t *lengths = calloc(FRAMES, sizeof *lengths);
  assert_non_null(frames);
  assert_non_null(lengths);
  for (size_t i = 0; i < FRAMES; i++) {
    frames[i] = "x";
    lengths[i] = 1;
  }
  talker_send_raw(&t, frames, lengths, FRAMES);
  talker_expect_refused(&t, "protocol", "");
  talker_expect_none(&t, MESSAGE_REFUSED);
  free(frames);
  free(lengths);
}

/* libzmq closes the connection; it comes again as an unknown peer. */
static void frames_that_are_too_large_end_their_connection_alone(void **state) {
  shell *s = *state;
  shell_start(s, "tcp://127.0.0.1:*", true);
  talker other;
  talker large;
  talker_client(s, &other);
  talker_client(s, &large);
  const size_t length = (size_t)4 << 20;
  void *bytes = calloc(1, length);
  assert_non_null(bytes);
  send_header(&large, bytes, length);
  free(bytes);
  talker_list(&other, "datasets");
  talker_expect(&other, MESSAGE_LISTING);
  do {
    talker_say(&large, MESSAGE_ALIVE);
  } while (!talker_receive(&large, 500) || large.in->header.kind != MESSAGE_STRANGER);
  talker_join(&large, "client", 0);
}

static void an_unknown_list_names_those_that_are_there(void **state) {
  shell *s = *state;
  shell_start(s, NULL, false);
  talker t;
  talker_client(s, &t);
  talker_list(&t, "secrets");
  talker_expect_refused(&t, "usage", "datasets");
  assert_int_equal(t.in->header.integers[FIELD_REQUEST], t.request);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SHELL_TEST(headers_of_any_bytes_are_refused),
      SHELL_TEST(headers_cut_off_anywhere_are_refused),
      SHELL_TEST(another_version_is_told_so),
      SHELL_TEST(a_refusal_of_another_version_is_not_refused_in_turn),
      SHELL_TEST(an_unknown_kind_is_named),
      SHELL_TEST(each_role_may_send_its_own_kinds_alone),
      SHELL_TEST(who_did_not_say_hello_is_a_stranger),
      SHELL_TEST(a_role_that_is_none_is_refused),
      SHELL_TEST(messages_of_too_many_frames_are_refused_and_leave_nothing_behind),
      SHELL_TEST(frames_that_are_too_large_end_their_connection_alone),
      SHELL_TEST(an_unknown_list_names_those_that_are_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
