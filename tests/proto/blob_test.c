/* Blobs in messages.  The bytes of a name and of each message are those of
 * tests/golden/message_golden_test.c. */
#include "proto/blob.h"

#include <string.h>

#include "tests/check.h"

static const digest name = {{7, 1}};

typedef struct want_case {
  uint64_t bytes, from, most; /* of the blob; of the request */
  size_t length;              /* 0: refused */
} want_case;

static void a_request_is_served_up_to_the_end_of_the_blob(void **state) {
  (void)state;
  static const want_case cases[] = {
      {10, 0, 10, 10},
      {10, 4, MESSAGE_FRAME_MAX, 6},
      {10, 9, 1, 1},
      {10, 10, 1, 0},
      {10, UINT64_MAX, UINT64_MAX, 0},
      {10, 0, 0, 0},
      {0, 0, 1, 0},
      {UINT64_MAX, 0, MESSAGE_FRAME_MAX, MESSAGE_FRAME_MAX},
      {UINT64_MAX, 0, MESSAGE_FRAME_MAX + 1, 0},
      {UINT64_MAX, UINT64_MAX - 2, MESSAGE_FRAME_MAX, 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const want_case *c = &cases[i];
    const message want = blob_want(&name, c->from, c->most);
    uint64_t offset = 0;
    size_t length = 0;
    assert_int_equal(blob_wanted(&want, c->bytes, &offset, &length), c->length > 0);
    assert_true(offset == c->from);
    assert_int_equal(length, c->length);
  }
}

static void a_message_is_about_a_blob_only_with_a_whole_digest(void **state) {
  (void)state;
  digest read = {{0}};
  message m = blob_have(&name);
  assert_true(blob_of_message(&m, &read));
  assert_true(digest_equal(&read, &name));
  message_set_bytes(&m, FIELD_BLOB, name.bytes, DIGEST_BYTES - 1);
  assert_false(blob_of_message(&m, &read));
  m = message_of(MESSAGE_HAVE);
  assert_false(blob_of_message(&m, &read));
}

static void only_the_first_64_payloads_can_be_names(void **state) {
  (void)state;
  message m = message_of(MESSAGE_SUBMIT);
  assert_false(blob_is_by_name(&m, 0));
  message_set_integer(&m, FIELD_BY_NAME, UINT64_C(1) << 63 | 2);
  assert_false(blob_is_by_name(&m, 0));
  assert_true(blob_is_by_name(&m, 1));
  assert_true(blob_is_by_name(&m, 63));
  assert_false(blob_is_by_name(&m, 64));
  assert_false(blob_is_by_name(&m, 65));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_request_is_served_up_to_the_end_of_the_blob),
      cmocka_unit_test(a_message_is_about_a_blob_only_with_a_whole_digest),
      cmocka_unit_test(only_the_first_64_payloads_can_be_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
