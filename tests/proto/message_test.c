/* Headers: what is encoded is decoded, and nothing that comes from outside can do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"

/* Exact copies of bytes, so that the sanitizer sees any read past the end. */
static status decode_copy(const void *bytes, size_t length, message *out, error *err) {
  static uint8_t *copy;
  free(copy);
  copy = malloc(length > 0 ? length : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, length);
  return message_decode(copy, length, out, err);
}

/* A literal and its length, which may have zeros in it. */
#define LITERAL(text) text, sizeof text - 1

static message sample(void) {
  message m = message_of(MESSAGE_TASK);
  message_set_integer(&m, FIELD_STAGE, 2);
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
    message back;
    assert_int_equal(decode_copy(b.data, length, &back, NULL), STATUS_PROTOCOL);
  }
  buf_put_u8(&b, 0);
  message back;
  assert_int_equal(decode_copy(b.data, b.length, &back, NULL), STATUS_PROTOCOL);
  buf_fini(&b);
}

/* ---- All kinds ----------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  enum { IS_INTEGER, IS_TEXT, IS_BYTES } type;
} known[] = {
#define INTEGER           IS_INTEGER
#define TEXT              IS_TEXT
#define BYTES             IS_BYTES
#define X(id, name, type) [id] = {name, type},
    FIELD_TABLE(X)
#undef X
#undef INTEGER
#undef TEXT
#undef BYTES
};

static void set_random(message *m, int f) {
  static const char *const texts[] = {"", "map", "a somewhat longer text than fits into the shortest form",
                                      "\xe6\xbb\xa1"};
  static const char bytes[300];
  if (known[f].type == IS_INTEGER) {
    message_set_integer(m, (message_field)f, (uint64_t)rand() << (rand() % 34));
  } else if (known[f].type == IS_TEXT) {
    message_set_text(m, (message_field)f, texts[rand() % 4]);
  } else {
    message_set_bytes(m, (message_field)f, bytes, (size_t)rand() % sizeof bytes);
  }
}

static void expect_same(const message *a, const message *b) {
  assert_int_equal(a->kind, b->kind);
  assert_true(a->has == b->has);
  for (int f = 0; f < FIELDS_COUNT; f++) {
    if (a->has & FIELD_BIT(f)) {
      assert_true(a->integers[f] == b->integers[f]);
      assert_true(slice_equal(a->texts[f], b->texts[f]));
    }
  }
}

/* The fields that KIND must have: found by asking what is lacking until nothing is. */
static uint64_t needs(message_kind kind) {
  message m = message_of(kind);
  buf b;
  buf_init(&b);
  for (;;) {
    message back;
    error err;
    buf_clear(&b);
    message_encode(&m, &b);
    if (decode_copy(b.data, b.length, &back, &err) == STATUS_OK) {
      buf_fini(&b);
      return m.has;
    }
    const uint64_t before = m.has;
    for (int f = 0; f < FIELDS_COUNT; f++) {
      char quoted[64];
      snprintf(quoted, sizeof quoted, "lacks the field '%s'", known[f].name);
      if (strstr(err.message, quoted)) {
        set_random(&m, f);
      }
    }
    assert_true(m.has != before);
  }
}

static void all_kinds_with_any_fields_are_decoded_again(void **state) {
  (void)state;
  srand(21);
  for (int k = 0; k < MESSAGES_COUNT; k++) {
    const uint64_t needed = needs((message_kind)k);
    for (int i = 0; i < 300; i++) {
      message m = message_of((message_kind)k);
      const uint64_t also = ((uint64_t)rand() << 31) ^ (uint64_t)rand();
      for (int f = 0; f < FIELDS_COUNT; f++) {
        if ((needed | also) & FIELD_BIT(f)) {
          set_random(&m, f);
        }
      }
      buf b;
      buf_init(&b);
      message_encode(&m, &b);
      message back;
      error err;
      if (decode_copy(b.data, b.length, &back, &err) != STATUS_OK) {
        fail_msg("%s, case %d (seed 21): %s", message_kind_name((message_kind)k), i, err.message);
      }
      expect_same(&m, &back);
      buf_fini(&b);
    }
  }
}

static void kinds_that_ask_need_a_request_and_so_do_their_answers(void **state) {
  (void)state;
  static const message_kind kinds[] = {
      MESSAGE_DATASET, MESSAGE_MANIFEST, MESSAGE_COMMIT, MESSAGE_COMMITTED, MESSAGE_LOAD,
      MESSAGE_DROP,    MESSAGE_DROPPED,  MESSAGE_SUBMIT, MESSAGE_ACCEPTED,  MESSAGE_WATCH,
      MESSAGE_ASK,     MESSAGE_CANCEL,   MESSAGE_LIST,   MESSAGE_LISTING,
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    assert_true(needs(kinds[i]) & FIELDS_REQUEST);
  }
}

/* ---- Whatever comes ------------------------------------------------------------------------------ */

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
  const message m = sample();
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
    if (decode_copy(bytes, length, &back, &err) != STATUS_OK) {
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
    expect_same(&back, &twice);
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
      is_value = decode_copy(bytes, length + more, &m, NULL) == STATUS_OK;
    }
    const bool wanted = tag <= 0x7f || (tag >= 0xa0 && tag <= 0xbf) || (tag >= 0xc2 && tag <= 0xc6) ||
                        (tag >= 0xcc && tag <= 0xd3) || (tag >= 0xd9 && tag <= 0xdb);
    if (is_value != wanted) {
      fail_msg("tag %02x %s as a value", tag, is_value ? "passes" : "does not pass");
    }
  }
}

static uint64_t integer_of(const char *value, size_t length) {
  uint8_t bytes[64] =
      "\x83\xa1v\x01\xa1k\xa5"
      "alive\xa5"
      "bytes";
  memcpy(bytes + 18, value, length);
  message m;
  error err;
  if (decode_copy(bytes, 18 + length, &m, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_true(m.has == FIELD_BIT(FIELD_BYTES));
  return m.integers[FIELD_BYTES];
}

static void integers_are_read_in_all_their_forms(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
    uint64_t value;
  } cases[] = {
      {"\x7f", 1, 127},
      {"\xc3", 1, 1},
      {"\xcc\xff", 2, 255},
      {"\xcd\x01\x02", 3, 258},
      {"\xce\xff\xff\xff\xff", 5, UINT32_MAX},
      {"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9, UINT64_MAX},
      {"\xd0\x7f", 2, 127},
      {"\xd1\x7f\xff", 3, 32767},
      {"\xd2\x00\x00\x00\x05", 5, 5},
      {"\xd3\x7f\xff\xff\xff\xff\xff\xff\xff", 9, INT64_MAX},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_true(integer_of(cases[i].bytes, cases[i].length) == cases[i].value);
  }
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
      {LITERAL("\x83\xa1v\x01\xa1v\x01\xa1k\xa8stranger"), "stands twice"},
      {LITERAL("\x83\xa1v\x01\xa1k\xa8stranger\xa1k\xa8stranger"), "stands twice"},
      {LITERAL("\x84\xa1v\x01\xa1k\xa8stranger\xa3job\xc4\x00\xa3job\xc4\x00"), "stands twice"},
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
  assert_int_equal(decode_copy(bytes, sizeof bytes, &m, &err), STATUS_PROTOCOL);
  assert_non_null(strstr(err.message, "at most 65536"));
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

static void long_forms_of_maps_are_read(void **state) {
  (void)state;
  static const char map16[] = "\xde\x00\x02\xa1v\x01\xa1k\xa8stranger";
  static const char map32[] = "\xdf\x00\x00\x00\x02\xa1v\x01\xa1k\xa8stranger";
  message m;
  assert_int_equal(decode_copy(map16, sizeof map16 - 1, &m, NULL), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_STRANGER);
  assert_int_equal(decode_copy(map32, sizeof map32 - 1, &m, NULL), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_STRANGER);
}

static void a_refusal_is_understood_in_any_version(void **state) {
  (void)state;
  static const char newer[] = "\x84\xa1v\x63\xa1k\xa7refused\xa6status\xa8protocol\xa5shape\xa5round";
  static const char terse[] = "\x82\xa1v\x00\xa1k\xa7refused";
  static const char other[] = "\x82\xa1v\x63\xa1k\xa8stranger";
  message m;
  assert_int_equal(decode_copy(newer, sizeof newer - 1, &m, NULL), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_REFUSED);
  assert_true(slice_equal(m.texts[FIELD_STATUS], slice_of("protocol")));
  assert_int_equal(decode_copy(terse, sizeof terse - 1, &m, NULL), STATUS_OK);
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
    assert_int_equal(decode_copy(cases[i].bytes, cases[i].length, &m, NULL), STATUS_PROTOCOL);
    assert_true(m.has == FIELDS_REQUEST);
    assert_true(m.integers[FIELD_REQUEST] == 7);
  }
  message m;
  assert_int_equal(decode_copy("\x82\xa1v\x01\xa1k\xa8strangez", 15, &m, NULL), STATUS_PROTOCOL);
  assert_true(m.has == 0);
}

/* ---- Texts --------------------------------------------------------------------------------------- */

/* TEXT as it arrives. */
static char *sent(const char *text) {
  message m = message_of(MESSAGE_BYE);
  message_set_text(&m, FIELD_TITLE, text);
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  message back;
  assert_int_equal(decode_copy(b.data, b.length, &back, NULL), STATUS_OK);
  buf_fini(&b);
  char *copy = slice_copy(back.texts[FIELD_TITLE]);
  assert_non_null(copy);
  return copy;
}

static void texts_that_are_not_utf8_arrive_all_the_same(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"M\xfcller.csv: no such file", "M?ller.csv: no such file"},
      {"\xff", "?"},
      {"\xe6\xbb\xa1\xe6\xbb", "\xe6\xbb\xa1??"},
      {"\xe6\xbb\xa1", "\xe6\xbb\xa1"},
      {"", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *got = sent(cases[i][0]);
    assert_string_equal(got, cases[i][1]);
    free(got);
  }
}

static void long_texts_are_cut_between_characters(void **state) {
  (void)state;
  for (size_t shift = 0; shift < 5; shift++) {
    char text[MESSAGE_TEXT_MAX + 64];
    memset(text, 'x', sizeof text);
    for (size_t i = shift; i + 4 < sizeof text; i += 4) {
      memcpy(text + i, "\xf0\x9f\x98\x80", 4);
    }
    text[sizeof text - 1] = '\0';
    char *got = sent(text);
    const size_t length = strlen(got);
    assert_true(length <= MESSAGE_TEXT_MAX && length > MESSAGE_TEXT_MAX - 4);
    assert_memory_equal(got, text, length);
    free(got);
  }
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
      cmocka_unit_test(all_kinds_with_any_fields_are_decoded_again),
      cmocka_unit_test(kinds_that_ask_need_a_request_and_so_do_their_answers),
      cmocka_unit_test(arbitrary_bytes_do_no_harm),
      cmocka_unit_test(only_integers_texts_and_bytes_are_values),
      cmocka_unit_test(integers_are_read_in_all_their_forms),
      cmocka_unit_test(refusals_say_what_is_wrong),
      cmocka_unit_test(a_header_that_is_too_long_is_refused),
      cmocka_unit_test(unknown_fields_are_skipped),
      cmocka_unit_test(long_forms_of_maps_are_read),
      cmocka_unit_test(a_refusal_is_understood_in_any_version),
      cmocka_unit_test(the_request_of_a_refused_message_is_kept),
      cmocka_unit_test(texts_that_are_not_utf8_arrive_all_the_same),
      cmocka_unit_test(long_texts_are_cut_between_characters),
      cmocka_unit_test(failures_stay_failures_whatever_they_say),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
