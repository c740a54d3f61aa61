/* Codes and their names travel; messages are cut, never overrun. */
#include "base/status.h"

#include <string.h>

#include "base/text.h"
#include "tests/check.h"

static void every_code_is_found_by_its_name(void **state) {
  (void)state;
#define X(code, name, exit_code, retry)                \
  assert_string_equal(status_name(code), name);        \
  assert_int_equal(status_from_name(name), code);      \
  assert_int_equal(status_exit_code(code), exit_code); \
  assert_int_equal(status_may_retry(code), retry);
  STATUS_TABLE(X)
#undef X
  assert_int_equal(status_from_name("no such code"), STATUS_PROTOCOL);
  assert_string_equal(status_name((status)1000), "protocol");
}

static void context_stands_before_the_cause(void **state) {
  (void)state;
  error err;
  assert_int_equal(error_set(&err, STATUS_DATA, "weight %d is negative", -3), STATUS_DATA);
  assert_int_equal(error_context(&err, STATUS_IO, "%s:%d", "income.csv", 1042), STATUS_DATA);
  assert_string_equal(err.message, "income.csv:1042: weight -3 is negative");
  assert_int_equal(err.code, STATUS_DATA);
  assert_int_equal(error_set(NULL, STATUS_LIMIT, "x"), STATUS_LIMIT);
  assert_int_equal(error_context(NULL, STATUS_IO, "x"), STATUS_IO);
}

static void long_messages_are_cut_between_characters(void **state) {
  (void)state;
  char text[3000];
  for (size_t shift = 0; shift < 3; shift++) {
    memset(text, 'x', shift);
    for (size_t i = shift; i + 3 < sizeof text; i += 3) {
      memcpy(text + i, "\xe2\x82\xac", 4);
    }
    error err;
    error_set(&err, STATUS_DATA, "%s", text);
    const size_t length = strlen(err.message);
    assert_in_range(length, sizeof err.message - 4, sizeof err.message - 1);
    assert_int_equal(text_utf8_check(err.message, length), length);
    error_context(&err, STATUS_DATA, "a");
    assert_int_equal(text_utf8_check(err.message, strlen(err.message)), strlen(err.message));
    assert_memory_equal(err.message, "a: ", 3);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_code_is_found_by_its_name),
      cmocka_unit_test(context_stands_before_the_cause),
      cmocka_unit_test(long_messages_are_cut_between_characters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
