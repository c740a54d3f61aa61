/* Headers: what is encoded is decoded, and nothing that comes from outside can do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"

static message sample(void) {
  message m = message_of(MESSAGE_TASK);
  message_set_integer(&m, FIELD_TASK, UINT64_MAX);
  message_set_integer(&m, FIELD_ATTEMPT, 3);
  message_set_text(&m, FIELD_WORK, "map");
  message_set_bytes(&m, FIELD_JOB, "0123456789abcdef", 16);
  return m;
}

static void what_is_encoded_is_decoded(void **state) {
  (void)state;
  const message m = sample();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  message back;
  error err;
  assert_int_equal(message_decode(b.data, b.length, &back, &err), STATUS_OK);
  assert_int_equal(back.kind, MESSAGE_TASK);
  assert_true(back.integers[FIELD_TASK] == UINT64_MAX);
  assert_true(back.integers[FIELD_ATTEMPT] == 3);
  assert_true(slice_equal(back.texts[FIELD_WORK], slice_of("map")));
  assert_true(slice_equal(back.texts[FIELD_JOB], slice_of("0123456789abcdef")));
  assert_int_equal(back.has, m.has);
  buf_fini(&b);
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  const message m = sample();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  for (size_t length = 0; length < b.length; length++) {
    /* An exact copy, so that the sanitizer sees any read past the end. */
    uint8_t *copy = malloc(length + 1);
    assert_non_null(copy);
    memcpy(copy, b.data, length);
    message back;
    assert_int_equal(message_decode(copy, length, &back, NULL), STATUS_PROTOCOL);
    free(copy);
  }
  buf_fini(&b);
}

static void arbitrary_bytes_do_no_harm(void **state) {
  (void)state;
  const message m = sample();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  srand(11);
  for (int i = 0; i < 200000; i++) {
    uint8_t bytes[256];
    memcpy(bytes, b.data, b.length);
    size_t length = b.length;
    if (i % 2) {
      length = (size_t)rand() % sizeof bytes;
      for (size_t k = 0; k < length; k++) {
        bytes[k] = (uint8_t)rand();
      }
    } else {
      bytes[(size_t)rand() % length] = (uint8_t)rand();
    }
    message back;
    (void)!message_decode(bytes, length, &back, NULL);
  }
  buf_fini(&b);
}

static void expect_problem(const char *bytes, size_t length, const char *problem) {
  message m;
  error err;
  assert_int_equal(message_decode(bytes, length, &m, &err), STATUS_PROTOCOL);
  if (!strstr(err.message, problem)) {
    fail_msg("'%s' does not say '%s'", err.message, problem);
  }
}

static void refusals_say_what_is_wrong(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
    const char *problem;
  } cases[] = {
      {"\x90", 1, "not a map"},
      {"\x82\xa1v\x02\xa1k\xa5hello", 12, "protocol version 2"},
      {"\x82\xa1v\x01\xa1k\xa5hullo", 12, "unknown message kind 'hullo'"},
      {"\x82\xa1v\x01\xa1k\xa5hello", 12, "lacks the field 'role'"},
      {"\x83\xa1v\x01\xa1k\xa5hello\xa4role\x07", 18, "wrong type"},
      {"\x81\xa1v\xdf\xff\xff\xff\xff", 8, "neither"},
      {"\x81\xa1v\xdb\xff\xff\xff\xff", 8, "too long"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    expect_problem(cases[i].bytes, cases[i].length, cases[i].problem);
  }
}

static void unknown_fields_are_skipped(void **state) {
  (void)state;
  static const char bytes[] =
      "\x84\xa1v\x01\xa1k\xa5hello\xa4role\xa6"
      "client\xa3new\xc4\x01x";
  message m;
  error err;
  assert_int_equal(message_decode(bytes, sizeof bytes - 1, &m, &err), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_HELLO);
}

static void failures_stay_failures_whatever_they_say(void **state) {
  (void)state;
  static const struct {
    const char *status, *message;
    status expected;
  } cases[] = {
      {"limit", "too many groups", STATUS_LIMIT},
      {"limit", NULL, STATUS_LIMIT},
      {"ok", "all is well", STATUS_PROTOCOL},
      {"limit, but much longer than any name of a status", "", STATUS_PROTOCOL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    message m = message_of(MESSAGE_FAILURE);
    message_set_text(&m, FIELD_STATUS, cases[i].status);
    if (cases[i].message != NULL) {
      message_set_text(&m, FIELD_MESSAGE, cases[i].message);
    }
    error err;
    assert_int_equal(message_failure(&m, &err), cases[i].expected);
    assert_string_equal(err.message, cases[i].message != NULL ? cases[i].message : "");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_encoded_is_decoded),
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(arbitrary_bytes_do_no_harm),
      cmocka_unit_test(refusals_say_what_is_wrong),
      cmocka_unit_test(unknown_fields_are_skipped),
      cmocka_unit_test(failures_stay_failures_whatever_they_say),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
