/* Arrays that grow: what is in them stays, and growing that fails changes nothing. */
#include "base/array.h"

#include <stdlib.h>

#include "tests/check.h"

enum { ITEMS = 5000 };

static void items_stay_in_order_while_an_array_grows(void **state) {
  (void)state;
  arena *memory = arena_new();
  uint64_t *own = NULL, *in_arena = NULL;
  size_t own_capacity = 0, arena_capacity = 0;
  for (uint64_t i = 0; i < ITEMS; i++) {
    assert_true(ARRAY_ROOM(own, i, own_capacity));
    assert_true(ARRAY_ROOM_IN(memory, in_arena, i, arena_capacity));
    assert_in_range(own_capacity, i + 1, 2 * i + 4);
    assert_int_equal(own_capacity, arena_capacity);
    assert_int_equal(in_arena[i], 0); /* arenas give zeroes */
    own[i] = in_arena[i] = i * i;
  }
  for (uint64_t i = 0; i < ITEMS; i++) {
    assert_int_equal(own[i], i * i);
    assert_int_equal(in_arena[i], i * i);
  }
  free(own);
  arena_destroy(memory);
}

static void room_for_many_at_once_is_exactly_that_or_twice_what_there_was(void **state) {
  (void)state;
  uint32_t *items = NULL;
  size_t capacity = 0;
  assert_true(array_reserve(&items, &capacity, 1000, sizeof *items));
  assert_int_equal(capacity, 1000);
  assert_true(array_reserve(&items, &capacity, 1001, sizeof *items));
  assert_int_equal(capacity, 2000);
  assert_true(array_reserve(&items, &capacity, 5, sizeof *items));
  assert_int_equal(capacity, 2000);
  free(items);
}

static void sizes_that_cannot_be_counted_are_refused_and_leave_the_array_alone(void **state) {
  (void)state;
  arena *memory = arena_new();
  uint64_t *items = NULL;
  size_t capacity = 0;
  assert_true(ARRAY_ROOM(items, 0, capacity));
  items[0] = 7;
  const uint64_t *before = items;
  const size_t counts[] = {SIZE_MAX, SIZE_MAX / sizeof *items + 1, PTRDIFF_MAX};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    assert_false(array_reserve(&items, &capacity, counts[i], sizeof *items));
    assert_ptr_equal(items, before);
    assert_int_equal(items[0], 7);
    assert_int_equal(capacity, 4);
  }
  uint64_t *none = NULL;
  size_t none_capacity = 0;
  assert_false(array_reserve_in(memory, &none, &none_capacity, SIZE_MAX / 4, sizeof *none));
  assert_null(none);
  assert_int_equal(none_capacity, 0);
  free(items);
  arena_destroy(memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(items_stay_in_order_while_an_array_grows),
      cmocka_unit_test(room_for_many_at_once_is_exactly_that_or_twice_what_there_was),
      cmocka_unit_test(sizes_that_cannot_be_counted_are_refused_and_leave_the_array_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
