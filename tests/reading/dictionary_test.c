/* The dictionary of a column when memory runs out: tables that cannot grow must not fill up, or the search
 * for a free slot would never end. */
#include "reading/dictionary.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/check.h"

enum { CELLS = 1000, CELL_BYTES = 64 };

static bool has_no_memory;

/* The linker puts this in the place of calloc, by which tables grow. */
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) {
  return has_no_memory ? NULL : __real_calloc(count, size);
}

static bool as_it_is(slice raw, arena *memory, slice *text) {
  (void)memory;
  *text = raw;
  return true;
}

/* The codes of many different cells, and whether the dictionary says that it failed. */
static bool fails_to_take(const char *format) {
  static char cells[CELLS][CELL_BYTES];
  dictionary d;
  arena *memory = arena_new();
  assert_non_null(memory);
  assert_true(dictionary_init(&d, memory));
  d.text_of = as_it_is;
  dictionary_clear(&d, UINT32_MAX);
  has_no_memory = true;
  for (int i = 0; i < CELLS; i++) {
    const int length = snprintf(cells[i], CELL_BYTES, format, i);
    (void)dictionary_code(&d, (const uint8_t *)cells[i], (size_t)length);
    (void)dictionary_code(&d, (const uint8_t *)cells[i], (size_t)length);
  }
  has_no_memory = false;
  const bool failed = d.failed;
  dictionary_fini(&d);
  arena_destroy(memory);
  return failed;
}

static void tables_that_cannot_grow_are_not_filled_up(void **state) {
  (void)state;
  assert_true(fails_to_take("%d-cell"));
  assert_true(fails_to_take("a cell of more than sixteen bytes, number %d"));
}

/* Raw forms of texts that are there already take slots too. */
static bool trimmed(slice raw, arena *memory, slice *text) {
  (void)memory;
  *text = slice_trim(raw);
  return true;
}

static void nor_are_those_of_raw_cells(void **state) {
  (void)state;
  static char cells[CELLS][CELL_BYTES + 1];
  for (int width = 2; width <= CELL_BYTES / 2; width *= 4) {
    dictionary d;
    arena *memory = arena_new();
    assert_non_null(memory);
    assert_true(dictionary_init(&d, memory));
    d.text_of = trimmed;
    dictionary_clear(&d, UINT32_MAX);
    has_no_memory = true;
    for (int i = 0; i < CELLS; i++) { /* the bits of I as blanks of two kinds, and one of 8 texts */
      int length = 0;
      for (int bit = 0; bit < 10; bit++) {
        cells[i][length++] = (i >> bit & 1) != 0 ? ' ' : '\t';
      }
      length += snprintf(cells[i] + length, sizeof cells[i] - (size_t)length, "%*d", width, i % 8);
      (void)dictionary_code(&d, (const uint8_t *)cells[i], (size_t)length);
    }
    has_no_memory = false;
    assert_true(d.failed);
    assert_int_equal(d.count, 8);
    dictionary_fini(&d);
    arena_destroy(memory);
  }
}

/* The formats that give values keep a text only until its row is taken. */
static void texts_of_values_are_copied(void **state) {
  (void)state;
  static const char *const texts[] = {"short", "a text of more than sixteen bytes"};
  for (int i = 0; i < 2; i++) {
    char room[CELL_BYTES] = "";
    dictionary d;
    arena *memory = arena_new();
    assert_true(memory != NULL && dictionary_init(&d, memory));
    dictionary_clear(&d, UINT32_MAX);
    for (int again = 0; again < 2; again++) {
      snprintf(room, sizeof room, "%s", texts[i]);
      assert_int_equal(dictionary_code(&d, (const uint8_t *)room, strlen(room)), 0);
      memset(room, 'x', sizeof room);
    }
    assert_int_equal(d.count, 1);
    assert_true(slice_equal(d.list[0], slice_of(texts[i])));
    dictionary_fini(&d);
    arena_destroy(memory);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_that_cannot_grow_are_not_filled_up),
      cmocka_unit_test(nor_are_those_of_raw_cells),
      cmocka_unit_test(texts_of_values_are_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
