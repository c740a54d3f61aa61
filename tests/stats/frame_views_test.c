/* Views of a frame beyond single values, in every encoding: keys that are numbers, columns that are absent,
 * what was rounded, what the file said. */
#include <stdio.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"
#include "tests/stats/shown.h"

static void many_keys_become_wide(void **state) {
  (void)state;
  enum { ROWS = 1000 };
  static char texts[ROWS][16];
  const char *cells[ROWS];
  for (int r = 0; r < ROWS; r++) {
    snprintf(texts[r], sizeof texts[r], "%d", r % 700);
    cells[r] = texts[r];
  }
  const packed_kind kinds[] = {PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS};
  for (size_t k = 0; k < 3; k++) {
    fixture *data = fixture_new(ROWS);
    program *p = program_new();
    frame *f = NULL;
    coded_view view;
    fixture_column(data, "x", kinds[k], cells);
    sample_add(p, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "x", .column = "x"}, NULL);
    assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
    assert_int_equal(frame_coded(f, 0, &view, NULL), STATUS_OK);
    assert_null(view.slots);
    assert_int_equal(view.keys.count, 700);
    for (uint32_t r = 0; r < ROWS; r++) {
      assert_string_equal(shown_row(f, 0, r), cells[r]);
    }
    for (uint32_t r = ROWS; r < (ROWS + 63) / 64 * 64; r++) {
      assert_true(view.wide[r] >= SLOT_WIDE_MISSING);
    }
    frame_destroy(f);
    program_destroy(p);
    fixture_destroy(data);
  }
}

static void too_many_keys_are_refused_by_name(void **state) {
  (void)state;
  enum { ROWS = 65002 };
  static char texts[ROWS][16];
  static const char *cells[ROWS];
  for (int r = 0; r < ROWS; r++) {
    snprintf(texts[r], sizeof texts[r], "i%d", r);
    cells[r] = texts[r];
  }
  fixture *data = fixture_new(ROWS);
  program *p = program_new();
  frame *f = NULL;
  coded_view view;
  error err = {0};
  fixture_column(data, "x", PACKED_TEXTS, cells);
  sample_add(p, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "ticket", .column = "x"}, NULL);
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  assert_int_equal(frame_coded(f, 0, &view, &err), STATUS_LIMIT);
  assert_contains(err.message, "ticket");
  frame_destroy(f);
  program_destroy(p);
  fixture_destroy(data);
}

static void a_missing_column_is_named(void **state) {
  (void)state;
  fixture *data = fixture_new(1);
  program *p = program_new();
  frame *f = NULL;
  coded_view view;
  error err = {0};
  sample_scale(p, "absent", 1, 5, NULL);
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  assert_int_equal(frame_coded(f, 0, &view, &err), STATUS_NOT_FOUND);
  assert_contains(err.message, "absent");
  frame_destroy(f);
  program_destroy(p);
  fixture_destroy(data);
}

static void rounded_numbers_are_counted(void **state) {
  (void)state;
  const char *cells[] = {"1.25", "1.2", "1.25", "9.99", "x", "", "1.250", "-3.30"};
  const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS, PACKED_SCALED};
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    fixture *data = fixture_new(8);
    program *p = program_new();
    frame *f = NULL;
    int64_t count = -1;
    const uint8_t *rows;
    fixture_column(data, "x", kinds[k], cells);
    sample_add(p,
               &(program_variable){.kind = VARIABLE_NUMBER,
                                   .name = "x",
                                   .column = "x",
                                   .decimals = 1,
                                   .has_range = true,
                                   .low = -100,
                                   .high = 50},
               NULL);
    assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
    assert_int_equal(frame_rounded(f, 0, &count, &rows, NULL), STATUS_OK);
    assert_int_equal(count, 3); /* 9.99 is out of range, 1.2 and -3.30 lose nothing */
    frame_destroy(f);
    program_destroy(p);
    fixture_destroy(data);
  }
}

static void the_files_words_do_not_depend_on_the_encoding(void **state) {
  (void)state;
  static uint32_t first_input[] = {0};
  const char *cells[] = {"1,50", "abc", "7", "", "007", "-4,50e-20", "1e400"};
  const char *numbers[] = {"1.5", "abc", "7", "", "7", "-0.000000000000000000045", "1e400"};
  const char *second[] = {"1", "1", "1", "maybe", "x", "1", "1"};
  static const char *columns[] = {"q", "p"};
  static slice keys[] = {{"Q", 1}, {"P", 1}};
  const char *others[] = {"1", "1", "1", "maybe", "x", "1", "1"};
  const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS, PACKED_SCALED};
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    fixture *data = fixture_new(7);
    program *p = program_new();
    frame *f = NULL;
    fixture_decimal_mark(data, ',');
    fixture_column(data, "q", kinds[k], cells);
    fixture_column(data, "p", kinds[k], second);
    sample_scale(p, "q", 1, 5, NULL);
    sample_add(p,
               &(program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                   .name = "f",
                                   .columns = columns,
                                   .columns_count = 2,
                                   .keys = keys,
                                   .keys_count = 2},
               NULL);
    sample_add(
        p, &(program_variable){.kind = VARIABLE_TOP, .name = "t", .inputs = first_input, .inputs_count = 1},
        NULL);
    assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
    for (uint32_t r = 0; r < 7; r++) {
      slice text;
      assert_int_equal(frame_cell_text(f, 0, 0, r, &text, NULL), STATUS_OK);
      assert_slice_equal(text, slice_of(numbers[r]));
      assert_int_equal(frame_cell_text(f, 1, 0, r, &text, NULL), STATUS_OK);
      assert_slice_equal(text, slice_of(numbers[r]));
      assert_int_equal(frame_cell_text(f, 1, 1, r, &text, NULL), STATUS_OK);
      assert_slice_equal(text, slice_of(others[r]));
      assert_int_equal(frame_cell_text(f, 2, 0, r, &text, NULL), STATUS_OK);
      assert_int_equal(text.length, 0);
    }
    frame_destroy(f);
    program_destroy(p);
    fixture_destroy(data);
  }
}

static void a_shard_without_rows_has_empty_views(void **state) {
  (void)state;
  const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS, PACKED_SCALED};
  const char *names[] = {"satisfaction", "trust", "region", "income", "visited",
                         "comment",      "media", "tv",     "radio",  "order"};
  const char *none[] = {NULL};
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    sample_program s = sample_program_new(SAMPLE_PLAIN);
    fixture *data = fixture_new(0);
    frame *f = NULL;
    for (size_t c = 0; c < sizeof names / sizeof names[0]; c++) {
      fixture_column(data, names[c], kinds[k], none);
    }
    assert_int_equal(frame_new(s.program, fixture_rows(data), &f, NULL), STATUS_OK);
    for (uint32_t i = 0; i < s.program->variables_count; i++) {
      shown_row(f, i, 0); /* the padding */
    }
    for (uint32_t i = 0; i < s.program->accumulators_count; i++) {
      const program_accumulator *a = &s.program->accumulators[i];
      group_view groups;
      assert_int_equal(frame_groups(f, a->by, a->by_count, a->filter, a->weight, &groups, NULL), STATUS_OK);
    }
    frame_destroy(f);
    fixture_destroy(data);
    program_destroy(s.program);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(many_keys_become_wide),
      cmocka_unit_test(too_many_keys_are_refused_by_name),
      cmocka_unit_test(a_missing_column_is_named),
      cmocka_unit_test(rounded_numbers_are_counted),
      cmocka_unit_test(the_files_words_do_not_depend_on_the_encoding),
      cmocka_unit_test(a_shard_without_rows_has_empty_views),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
