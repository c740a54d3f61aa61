/* Arena: aligned, zeroed, and failing for good. */
#include "base/arena.h"

#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"

static void blocks_are_aligned_zeroed_and_apart(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  arena *a = arena_new();
  for (int round = 0; round < 3; round++) {
    unsigned char *previous = NULL;
    size_t previous_length = 0;
    for (int i = 0; i < 2000; i++) {
      const size_t length = seeded_bits(&r, 15);
      unsigned char *bytes = arena_alloc(a, length);
      assert_non_null(bytes);
      assert_int_equal((uintptr_t)bytes % 16, 0);
      for (size_t k = 0; k < length; k++) {
        assert_int_equal(bytes[k], 0);
      }
      memset(bytes, 0xff, length);
      for (size_t k = 0; k < previous_length; k++) {
        assert_int_equal(previous[k], (unsigned char)(i - 1));
      }
      memset(bytes, i, length);
      previous = bytes;
      previous_length = length;
    }
    assert_true(arena_bytes(a) > 0);
    arena_clear(a);
    assert_int_equal(arena_bytes(a), 0);
  }
  arena_destroy(a);
  arena_destroy(NULL);
}

static void failure_is_sticky_until_cleared(void **state) {
  (void)state;
  arena *a = arena_new();
  assert_non_null(arena_alloc(a, 10));
  assert_null(arena_array(a, SIZE_MAX / 2, 3));
  assert_true(arena_failed(a));
  assert_null(arena_alloc(a, 1));
  assert_null(arena_copy(a, slice_of("x")));
  assert_int_equal(arena_slice(a, slice_of("x")).length, 0);
  arena_clear(a);
  assert_false(arena_failed(a));
  assert_null(arena_alloc(a, SIZE_MAX - 3));
  assert_true(arena_failed(a));
  arena_destroy(a);
  assert_null(arena_alloc(NULL, 1));
  assert_true(arena_failed(NULL));
}

static void copies_are_terminated(void **state) {
  (void)state;
  arena *a = arena_new();
  assert_string_equal(arena_copy(a, (slice){"hello world", 5}), "hello");
  assert_string_equal(arena_copy(a, (slice){NULL, 0}), "");
  const slice s = arena_slice(a, slice_of("abc"));
  assert_slice_equal(s, slice_of("abc"));
  int *numbers = ARENA_ARRAY(a, int, 10);
  assert_int_equal(numbers[9], 0);
  arena_destroy(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_are_aligned_zeroed_and_apart),
      cmocka_unit_test(failure_is_sticky_until_cleared),
      cmocka_unit_test(copies_are_terminated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
