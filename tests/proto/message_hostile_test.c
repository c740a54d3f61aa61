/* Headers: nothing that comes from outside can do harm, and what is refused gets a reason. */
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/proto/message_fixture.h"

/* A literal and its length, which may have zeros in it. */
#define LITERAL(text) text, sizeof text - 1

static void every_truncation_is_refused(void **state) {
  (void)state;
  const message m = message_sample();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  for (size_t length = 0; length < b.length; length++) {
    message back;
    assert_int_equal(message_decode_copy(b.data, length, &back, NULL), STATUS_PROTOCOL);
  }
  buf_put_u8(&b, 0);
  message back;
  assert_int_equal(message_decode_copy(b.data, b.length, &back, NULL), STATUS_PROTOCOL);
  buf_fini(&b);
}

static void change(uint8_t *bytes, size_t *length) {
  const size_t at = (size_t)rand() % *length;
  switch (rand() % 5) {
    case 0:
      bytes[at] = (uint8_t)rand();
      break;
    case 1:
      bytes[at] ^= (uint8_t)(1 << rand() % 8);
      break;
    case 2:
      *length = at + 1;
      break;
    case 3: /* a piece twice */
      memmove(bytes + at, bytes, *length - at);
      break;
    default: {
      static const uint8_t tags[] = {0xc0, 0xc4, 0xc6, 0xc7, 0xca, 0xcf, 0xd3,
                                     0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff};
      bytes[at] = tags[(size_t)rand() % sizeof tags];
    }
  }
}

static void arbitrary_bytes_do_no_harm(void **state) {
  (void)state;
  const message m = message_sample();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  srand(11);
  unsigned understood = 0;
  for (int i = 0; i < 200000; i++) {
    uint8_t bytes[256];
    memcpy(bytes, b.data, b.length);
    size_t length = b.length;
    for (int changes = rand() % 4; changes > 0; changes--) {
      change(bytes, &length);
    }
    if (i % 8 == 0) {
      length = (size_t)rand() % sizeof bytes;
      for (size_t k = 0; k < length; k++) {
        bytes[k] = (uint8_t)rand();
      }
    }
    message back;
    error err = {.message = ""};
    if (message_decode_copy(bytes, length, &back, &err) != STATUS_OK) {
      assert_int_equal(err.code, STATUS_PROTOCOL);
      assert_true((back.has & ~FIELDS_REQUEST) == 0);
      continue;
    }
    /* What is understood says the same when it is written down again. */
    understood++;
    buf again;
    buf_init(&again);
    message_encode(&back, &again);
    message twice;
    assert_int_equal(message_decode(again.data, again.length, &twice, NULL), STATUS_OK);
    message_expect_same(&back, &twice);
    buf_fini(&again);
  }
  assert_true(understood > 10000);
  buf_fini(&b);
}

static void only_integers_texts_and_bytes_are_values(void **state) {
  (void)state;
  for (unsigned tag = 0; tag < 256; tag++) {
    uint8_t bytes[2 + 2 + 1 + 2 + 6 + 2 + 64 + 16] =
        "\x83\xa1v\x01\xa1k\xa5"
        "alive\xa1x";
    size_t length = 14;
    bytes[length++] = (uint8_t)tag;
    /* Zeros behind it are a length of 0, or a value of 0; as many as fit are tried. */
    bool is_value = false;
    for (size_t more = 0; more <= 64 && !is_value; more++) {
      message m;
      is_value = message_decode_copy(bytes, length + more, &m, NULL) == STATUS_OK;
    }
    const bool wanted = tag <= 0x7f || (tag >= 0xa0 && tag <= 0xbf) || (tag >= 0xc2 && tag <= 0xc6) ||
                        (tag >= 0xcc && tag <= 0xd3) || (tag >= 0xd9 && tag <= 0xdb);
    if (is_value != wanted) {
      fail_msg("tag %02x %s as a value", tag, is_value ? "passes" : "does not pass");
    }
  }
}

static void expect_problem(const char *bytes, size_t length, const char *problem) {
  message m;
  error err;
  assert_int_equal(message_decode(bytes, length, &m, &err), STATUS_PROTOCOL);
  if (strstr(err.message, problem) == NULL) {
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
      {LITERAL("\x90"), "not a map"},
      {LITERAL("\x82\xa1v\x02\xa1k\xa5hello"), "protocol version 2"},
      {LITERAL("\x82\xa1v\x01\xa1k\xa5hullo"), "unknown message kind 'hullo'"},
      {LITERAL("\x82\xa1v\x01\xa1k\xa5hello"), "lacks the field 'role'"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa5hello\xa4role\x07"), "wrong type"},
      {LITERAL("\x81\xa1v\xdf\xff\xff\xff\xff"), "neither"},
      {LITERAL("\x81\xa1v\xdb\xff\xff\xff\xff"), "too long"},
      {LITERAL("\x80"), "lacks 'v'"},
      {LITERAL("\x81\xa1v\x01"), "lacks 'k'"},
      {LITERAL("\x81\xa1k\xa5hello"), "lacks 'v'"},
      {LITERAL("\x83\xa1v\x01\xa1v\x01\xa1k\xa8stranger"), "occurs twice"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa1k\xa8stranger"), "occurs twice"},
      {LITERAL("\x84\xa1v\x01\xa1k\xa8stranger\xa3job\xc4\x00\xa3job\xc4\x00"), "occurs twice"},
      {LITERAL("\x82\xa1v\xa1"
               "1\xa1k\xa8stranger"),
       "wrong type"},
      {LITERAL("\x82\xa1v\x01\xa1k\x01"), "wrong type"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa3job\xa1x"), "wrong type"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\x05\x05"), "a key that is not a text"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xc4\x01x\x05"), "a key that is not a text"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa5title\xa2\xc3\x28"), "not UTF-8"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa1\xff\x01"), "not UTF-8"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa3job\xd0\xff"), "negative"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa5title\xa1"), ""},
      {LITERAL("\x82\xa1v\x01\xa1k\xa4\x1b[2J"), "unknown message kind ''"},
      {LITERAL("\xdf\xff\xff\xff\xff"), ""},
      {LITERAL("\xde\xff\xff"), ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    expect_problem(cases[i].bytes, cases[i].length, cases[i].problem);
  }
}

static void a_header_that_is_too_long_is_refused(void **state) {
  (void)state;
  static uint8_t bytes[MESSAGE_HEADER_MAX + 1];
  message m;
  error err;
  assert_int_equal(message_decode_copy(bytes, sizeof bytes, &m, &err), STATUS_PROTOCOL);
  assert_contains(err.message, "at most 65536");
}

static void a_refusal_is_understood_in_any_version(void **state) {
  (void)state;
  static const char newer[] = "\x84\xa1v\x63\xa1k\xa7refused\xa6status\xa8protocol\xa5shape\xa5round";
  static const char terse[] = "\x82\xa1v\x00\xa1k\xa7refused";
  static const char other[] = "\x82\xa1v\x63\xa1k\xa8stranger";
  message m;
  assert_int_equal(message_decode_copy(newer, sizeof newer - 1, &m, NULL), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_REFUSED);
  assert_slice_equal(m.texts[FIELD_STATUS], slice_of("protocol"));
  assert_int_equal(message_decode_copy(terse, sizeof terse - 1, &m, NULL), STATUS_OK);
  assert_int_equal(message_failure(&m, NULL), STATUS_PROTOCOL);
  expect_problem(other, sizeof other - 1, "protocol version 99");
}

static void the_request_of_a_refused_message_is_kept(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
  } cases[] = {
      {LITERAL("\x83\xa7request\x07\xa1v\x02\xa1k\xa8stranger")},         /* another version */
      {LITERAL("\x83\xa7request\x07\xa1v\x01\xa1k\xa8strangez")},         /* an unknown kind */
      {LITERAL("\x83\xa1v\x01\xa1k\xa4list\xa7request\x07")},             /* a field is missing */
      {LITERAL("\x84\xa1v\x01\xa1k\xa4list\xa7request\x07\xa4what\x01")}, /* one of the wrong type */
      {LITERAL("\x83\xa7request\x07\xa7request\x08\xa1v\x01")},           /* one twice */
      {LITERAL("\x83\xa7request\x07\xa1v\xc1")},                          /* cut off */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    message m;
    assert_int_equal(message_decode_copy(cases[i].bytes, cases[i].length, &m, NULL), STATUS_PROTOCOL);
    assert_true(m.has == FIELDS_REQUEST);
    assert_true(m.integers[FIELD_REQUEST] == 7);
  }
  message m;
  assert_int_equal(message_decode_copy("\x82\xa1v\x01\xa1k\xa8strangez", 15, &m, NULL), STATUS_PROTOCOL);
  assert_true(m.has == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(arbitrary_bytes_do_no_harm),
      cmocka_unit_test(only_integers_texts_and_bytes_are_values),
      cmocka_unit_test(refusals_say_what_is_wrong),
      cmocka_unit_test(a_header_that_is_too_long_is_refused),
      cmocka_unit_test(a_refusal_is_understood_in_any_version),
      cmocka_unit_test(the_request_of_a_refused_message_is_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
