/* A message, decoding, comparing. */
#include "tests/proto/message_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

status message_decode_copy(const void *bytes, size_t length, message *out, error *err) {
  static uint8_t *copy;
  free(copy);
  copy = malloc(length > 0 ? length : 1);
  assert_non_null(copy);
  memcpy(copy, bytes, length);
  return message_decode(copy, length, out, err);
}

message message_sample(void) {
  message m = message_of(MESSAGE_TASK);
  message_set_integer(&m, FIELD_STAGE, 2);
  message_set_integer(&m, FIELD_TASK, UINT64_MAX);
  message_set_integer(&m, FIELD_ATTEMPT, 3);
  message_set_text(&m, FIELD_WORK, "map");
  message_set_bytes(&m, FIELD_JOB, "0123456789abcdef", 16);
  return m;
}

void message_expect_same(const message *a, const message *b) {
  assert_int_equal(a->kind, b->kind);
  assert_true(a->has == b->has);
  for (int f = 0; f < FIELDS_COUNT; f++) {
    if (a->has & FIELD_BIT(f)) {
      assert_true(a->integers[f] == b->integers[f]);
      assert_slice_equal(a->texts[f], b->texts[f]);
    }
  }
}
