/* Headers: what is encoded is decoded, in every form that may be sent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/proto/message_fixture.h"

static void what_is_encoded_is_decoded(void **state) {
  (void)state;
  const message m = message_sample();
  buf b;
  buf_init(&b);
  message_encode(&m, &b);
  message back;
  error err;
  assert_int_equal(message_decode(b.data, b.length, &back, &err), STATUS_OK);
  assert_int_equal(back.kind, MESSAGE_TASK);
  assert_true(back.integers[FIELD_TASK] == UINT64_MAX);
  assert_true(back.integers[FIELD_ATTEMPT] == 3);
  assert_slice_equal(back.texts[FIELD_WORK], slice_of("map"));
  assert_slice_equal(back.texts[FIELD_JOB], slice_of("0123456789abcdef"));
  assert_int_equal(back.has, m.has);
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
    if (message_decode_copy(b.data, b.length, &back, &err) == STATUS_OK) {
      buf_fini(&b);
      return m.has;
    }
    const uint64_t before = m.has;
    for (int f = 0; f < FIELDS_COUNT; f++) {
      char quoted[64];
      snprintf(quoted, sizeof quoted, "lacks the field '%s'", known[f].name);
      if (strstr(err.message, quoted) != NULL) {
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
      if (message_decode_copy(b.data, b.length, &back, &err) != STATUS_OK) {
        fail_msg("%s, case %d (seed 21): %s", message_kind_name((message_kind)k), i, err.message);
      }
      message_expect_same(&m, &back);
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

/* ---- Other ways to write the same ---------------------------------------------------------------- */

static uint64_t integer_of(const char *value, size_t length) {
  uint8_t bytes[64] =
      "\x83\xa1v\x01\xa1k\xa5"
      "alive\xa5"
      "bytes";
  memcpy(bytes + 18, value, length);
  message m;
  error err;
  if (message_decode_copy(bytes, 18 + length, &m, &err) != STATUS_OK) {
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
  assert_int_equal(message_decode_copy(map16, sizeof map16 - 1, &m, NULL), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_STRANGER);
  assert_int_equal(message_decode_copy(map32, sizeof map32 - 1, &m, NULL), STATUS_OK);
  assert_int_equal(m.kind, MESSAGE_STRANGER);
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
  assert_int_equal(message_decode_copy(b.data, b.length, &back, NULL), STATUS_OK);
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
      cmocka_unit_test(all_kinds_with_any_fields_are_decoded_again),
      cmocka_unit_test(kinds_that_ask_need_a_request_and_so_do_their_answers),
      cmocka_unit_test(integers_are_read_in_all_their_forms),
      cmocka_unit_test(unknown_fields_are_skipped),
      cmocka_unit_test(long_forms_of_maps_are_read),
      cmocka_unit_test(texts_that_are_not_utf8_arrive_all_the_same),
      cmocka_unit_test(long_texts_are_cut_between_characters),
      cmocka_unit_test(failures_stay_failures_whatever_they_say),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
