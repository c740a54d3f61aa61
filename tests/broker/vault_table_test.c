/* The vault's table against a plain list, with names that crowd into few places. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/records/vault_table.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { NAMES = 600, HOMES = 5, OPERATIONS = 60000 };

/* The first eight bytes are the hash: many names have the same, some at the table's end. */
static digest name_of(uint32_t number) {
  digest d = {{0}};
  const uint64_t home = number % HOMES == 0 ? UINT64_MAX : number % HOMES * 3;
  memcpy(d.bytes, &home, sizeof home);
  memcpy(d.bytes + 16, &number, sizeof number);
  return d;
}

static void any_coming_and_going_finds_exactly_what_is_there(void **state) {
  (void)state;
  static bool there[NAMES];
  memset(there, 0, sizeof there);
  seeded r = {seeded_seed()};
  vault_table t = {0};
  size_t count = 0;
  uint64_t names = NAMES;
  for (int n = 0; n < OPERATIONS; n++) {
    if (n % 5000 == 0) { /* few names, crowded, and many */
      names = 2 + seeded_below(&r, NAMES - 2);
    }
    const uint32_t i = (uint32_t)seeded_below(&r, names);
    const digest name = name_of(i);
    vault_entry *e = vault_table_find(&t, &name);
    assert_int_equal(e != NULL, there[i]);
    if (e != NULL) {
      assert_int_equal(e->bytes, i);
    }
    if (seeded_below(&r, 2) == 0) {
      e = vault_table_add(&t, &name);
      assert_non_null(e);
      e->bytes = i;
      count += !there[i];
      there[i] = true;
    } else if (e != NULL) {
      vault_table_remove(&t, e);
      count--;
      there[i] = false;
    }
    assert_int_equal(t.count, count);
  }
  for (uint32_t i = 0; i < NAMES; i++) {
    const digest name = name_of(i);
    assert_int_equal(vault_table_find(&t, &name) != NULL, there[i]);
  }
  vault_table_fini(&t);
  const digest name = name_of(1);
  assert_null(vault_table_find(&t, &name));
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_coming_and_going_finds_exactly_what_is_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
