/* Tables of places against a plain list, with hashes that crowd into few slots. */
#include "base/table.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"

enum { KEYS = 600, HOMES = 5, OPERATIONS = 60000 };

/* Many keys have the same hash, some that of a table's last slot. */
static uint64_t hash_of(uint32_t key) {
  return key % HOMES == 0 ? UINT64_MAX : key % HOMES * 3;
}

static uint32_t place_of(const hash_table *t, const uint32_t *keys, uint32_t key) {
  hash_search s = hash_table_search(t, hash_of(key));
  while (hash_table_next(&s) && keys[s.place] != key) {
  }
  return s.place;
}

static void remove_key(hash_table *t, uint32_t *keys, uint32_t *count, uint32_t place) {
  hash_table_remove(t, hash_of(keys[place]), place);
  const uint32_t last = --*count;
  if (place != last) {
    keys[place] = keys[last];
    hash_table_move(t, hash_of(keys[place]), last, place);
  }
}

static void any_coming_and_going_finds_exactly_what_is_there(void **state) {
  (void)state;
  bool there[KEYS] = {false};
  uint32_t keys[KEYS], count = 0;
  uint64_t choice = KEYS;
  hash_table t = {0};
  seeded r = {seeded_seed()};
  for (int n = 0; n < OPERATIONS; n++) {
    if (n % 5000 == 0) { /* few keys, crowded, and many */
      choice = 2 + seeded_below(&r, KEYS - 2);
    }
    const uint32_t key = (uint32_t)seeded_below(&r, choice);
    const uint32_t place = place_of(&t, keys, key);
    assert_int_equal(place != PLACE_NONE, there[key]);
    if (place != PLACE_NONE && seeded_below(&r, 2) == 0) {
      remove_key(&t, keys, &count, place);
      there[key] = false;
    } else if (place == PLACE_NONE) {
      assert_true(hash_table_add(&t, hash_of(key), count));
      keys[count++] = key;
      there[key] = true;
    }
    assert_int_equal(t.count, count);
  }
  for (uint32_t key = 0; key < KEYS; key++) {
    assert_int_equal(place_of(&t, keys, key) != PLACE_NONE, there[key]);
  }
  hash_table_fini(&t);
}

static void an_empty_table_and_a_cleared_one_have_nothing(void **state) {
  (void)state;
  hash_table t = {0};
  hash_search s = hash_table_search(&t, 7);
  assert_false(hash_table_next(&s));
  assert_int_equal(s.place, PLACE_NONE);
  hash_table_clear(&t);
  for (uint32_t i = 0; i < 100; i++) {
    assert_true(hash_table_add(&t, 7, i));
  }
  hash_table_clear(&t);
  assert_int_equal(t.count, 0);
  s = hash_table_search(&t, 7);
  assert_false(hash_table_next(&s));
  assert_true(hash_table_add(&t, 7, 3));
  s = hash_table_search(&t, 7);
  assert_true(hash_table_next(&s));
  assert_int_equal(s.place, 3);
  assert_false(hash_table_next(&s));
  hash_table_fini(&t);
  hash_table_fini(&t);
}

static void all_places_under_one_hash_come_once_each(void **state) {
  (void)state;
  hash_table t = {0};
  for (uint32_t i = 0; i < KEYS; i++) {
    assert_true(hash_table_add(&t, i % 2 == 0 ? 31 : 33, i));
  }
  bool seen[KEYS] = {false};
  hash_search s = hash_table_search(&t, 31);
  while (hash_table_next(&s)) {
    assert_false(seen[s.place]);
    seen[s.place] = true;
  }
  for (uint32_t i = 0; i < KEYS; i++) {
    assert_int_equal(seen[i], i % 2 == 0);
  }
  hash_table_fini(&t);
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_coming_and_going_finds_exactly_what_is_there),
      cmocka_unit_test(an_empty_table_and_a_cleared_one_have_nothing),
      cmocka_unit_test(all_places_under_one_hash_come_once_each),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
