/* What columns become in shards: codes, wide codes, decimals with exceptions, texts; and that they give
 * back every cell, wherever the shards are cut. */
#include "tests/reading/csv_reading.h"
#include "tests/seeded.h"

enum { ROWS = 70000, COLUMNS = 9, CELL_BYTES = 48 };

static const reading_column wanted[COLUMNS] = {
    {"item", READING_HINT_NUMBER, false},        {"amount", READING_HINT_NUMBER, false},
    {"extreme", READING_HINT_NUMBER, false},     {"no_number", READING_HINT_NUMBER, false},
    {"label", READING_HINT_TEXT_CODES, false},   {"town", READING_HINT_TEXT_CODES, false},
    {"id", READING_HINT_TEXT_CODES, false},      {"comment", READING_HINT_TEXT, false},
    {"short_comment", READING_HINT_TEXT, false},
};

/* The raw cells of one row; CELL is what stands in the file. */
static void make_amount(seeded *r, char *cell) {
  static const char *const odd[] = {"",       "n/a", "1e2",  "1.5E-3", "\"12.50\"",
                                    " 7.25 ", "+3",  "-0.5", "\"\"",   "12."};
  if (seeded_pick(r, 10) == 0) {
    snprintf(cell, CELL_BYTES, "%s", odd[seeded_pick(r, 10)]);
  } else {
    snprintf(cell, CELL_BYTES, "%s%u.%02u", seeded_pick(r, 5) == 0 ? "-" : "", seeded_pick(r, 100000),
             seeded_pick(r, 100));
  }
}

static void make_extreme(seeded *r, char *cell) {
  switch (seeded_pick(r, 50)) {
    case 0:
      snprintf(cell, CELL_BYTES, "9223372036854775807");
      break;
    case 1:
      snprintf(cell, CELL_BYTES, "0.000000000000000%03u", 1 + seeded_pick(r, 999));
      break;
    case 2:
      snprintf(cell, CELL_BYTES, "99999999999999999999");
      break;
    case 3:
      snprintf(cell, CELL_BYTES, "%u.5000", seeded_pick(r, 1000));
      break;
    default:
      snprintf(cell, CELL_BYTES, "%u", seeded_pick(r, 1000000));
  }
}

static void make_row(seeded *r, unsigned row, char cells[COLUMNS][CELL_BYTES]) {
  snprintf(cells[0], CELL_BYTES,
           seeded_pick(r, 30) == 0  ? ""
           : seeded_pick(r, 9) == 0 ? "%u "
                                    : "%u",
           1 + seeded_pick(r, 10));
  make_amount(r, cells[1]);
  make_extreme(r, cells[2]);
  snprintf(cells[3], CELL_BYTES, "v%u", seeded_pick(r, 600));
  snprintf(cells[4], CELL_BYTES, seeded_pick(r, 2) == 0 ? "\"label, %u\"" : "label %u", seeded_pick(r, 100));
  snprintf(cells[5], CELL_BYTES, seeded_pick(r, 3) == 0 ? "a rather long name of town %u" : "t%u",
           seeded_pick(r, 3000));
  snprintf(cells[6], CELL_BYTES, "id-%u", row);
  snprintf(cells[7], CELL_BYTES, seeded_pick(r, 4) == 0 ? "\"said \"\"%u\"\"\"" : "%u.25 or so",
           seeded_pick(r, 5000));
  snprintf(cells[8], CELL_BYTES, "%s", seeded_pick(r, 2) == 0 ? "yes" : "不");
}

/* The text that a raw cell stands for. */
static slice text_of(const char *raw, char *memory) {
  if (raw[0] != '"') {
    return slice_trim(slice_of(raw));
  }
  size_t length = 0;
  for (size_t i = 1; raw[i + 1] != '\0'; i++) {
    memory[length++] = raw[i];
    i += raw[i] == '"';
  }
  return (slice){memory, length};
}

static void make_file_and_expectation(buf *text, slice *expected, arena *memory) {
  seeded random = {42};
  for (unsigned i = 0; i < COLUMNS; i++) {
    buf_printf(text, "%s%s", i == 0 ? "" : ",", wanted[i].name);
  }
  buf_printf(text, "\n");
  for (unsigned row = 0; row < ROWS; row++) {
    char cells[COLUMNS][CELL_BYTES];
    make_row(&random, row, cells);
    for (unsigned i = 0; i < COLUMNS; i++) {
      char unquoted[CELL_BYTES];
      buf_printf(text, "%s%s", i == 0 ? "" : ",", cells[i]);
      expected[row * COLUMNS + i] = arena_slice(memory, text_of(cells[i], unquoted));
    }
    buf_printf(text, "\n");
  }
}

static bool same_cell(slice expected, const read_row *row, uint32_t column) {
  if (!row->numeric[column]) {
    return slice_equal(expected, row->cells[column]);
  }
  decimal a;
  decimal b;
  return decimal_parse(expected, '.', &a) && decimal_parse(row->cells[column], '.', &b) &&
         decimal_compare(a, b) == 0;
}

static packed_kind kind_of(const dataset *d, uint32_t shard_index, const char *name, uint8_t *scale) {
  store_blob blob;
  error err;
  shard *s;
  packed_column column;
  assert_int_equal(store_get(d->blobs, &d->facts->shards[shard_index].name, &blob, &err), STATUS_OK);
  assert_int_equal(shard_open(blob.bytes, blob.length, "shard", &s, &err), STATUS_OK);
  assert_int_equal(shard_find(s, name, &column, &err), STATUS_OK);
  *scale = column.scale;
  const packed_kind kind = column.kind;
  shard_close(s);
  store_release(&blob);
  return kind;
}

static void every_cell_comes_back_wherever_shards_are_cut(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  arena *memory = arena_new();
  slice *expected = calloc((size_t)ROWS * COLUMNS, sizeof *expected);
  make_file_and_expectation(&text, expected, memory);
  static const struct {
    uint32_t shard_rows;
    unsigned threads;
  } cuts[] = {{ROWS, 1}, {997, 3}, {65536, 2}};
  for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
    const reading_options options = {.decimal_mark = '.',
                                     .columns = wanted,
                                     .columns_count = COLUMNS,
                                     .shard_rows = cuts[i].shard_rows,
                                     .threads = cuts[i].threads};
    dataset d = read_text(&options, text.data, text.length);
    assert_int_equal(d.code, STATUS_OK);
    assert_int_equal(d.rows_count, ROWS);
    for (size_t row = 0; row < ROWS; row++) {
      for (uint32_t column = 0; column < COLUMNS; column++) {
        if (!same_cell(expected[row * COLUMNS + column], &d.rows[row], column)) {
          fail_msg("row %zu, %s: \"%.*s\", expected \"%.*s\"", row, wanted[column].name,
                   SLICE_ARG(d.rows[row].cells[column]), SLICE_ARG(expected[row * COLUMNS + column]));
        }
      }
    }
    drop_dataset(&d);
  }
  free(expected);
  arena_destroy(memory);
  buf_fini(&text);
}

static void columns_become_what_their_hint_and_texts_say(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  arena *memory = arena_new();
  slice *expected = calloc((size_t)ROWS * COLUMNS, sizeof *expected);
  make_file_and_expectation(&text, expected, memory);
  const reading_options options = {
      .decimal_mark = '.', .columns = wanted, .columns_count = COLUMNS, .shard_rows = ROWS, .threads = 1};
  dataset d = read_text(&options, text.data, text.length);
  static const packed_kind kinds[COLUMNS] = {PACKED_CODES,    PACKED_DECIMALS, PACKED_DECIMALS,
                                             PACKED_DECIMALS, PACKED_CODES,    PACKED_WIDE,
                                             PACKED_TEXTS,    PACKED_TEXTS,    PACKED_CODES};
  static const uint8_t decimals[COLUMNS] = {0, 4, 18, 0, 0, 0, 0, 0, 0};
  for (uint32_t i = 0; i < COLUMNS; i++) {
    uint8_t scale;
    assert_int_equal(kind_of(&d, 0, wanted[i].name, &scale), kinds[i]);
    assert_int_equal(d.facts->columns[i].decimals_max, decimals[i]);
    if (i == 2) {
      assert_int_equal(scale, 0); /* 9223372036854775807 has no room for decimals */
    }
  }
  drop_dataset(&d);
  free(expected);
  arena_destroy(memory);
  buf_fini(&text);
}

/* TEXT, which is freed, has a column x of numbers. */
static dataset read_numbers(buf *text) {
  const reading_column column = {"x", READING_HINT_NUMBER, false};
  const reading_options options = {.decimal_mark = '.', .columns = &column, .columns_count = 1, .threads = 1};
  const dataset d = read_text(&options, text->data, text->length);
  buf_fini(text);
  return d;
}

static void the_scale_is_the_largest_that_fits_all_with_so_many_decimals(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "x\n0.0000000000000001\n123456.25\n1.500\n");
  for (int i = 0; i < 300; i++) {
    buf_printf(&text, "%d\n", i);
  }
  dataset d = read_numbers(&text);
  uint8_t scale;
  assert_int_equal(kind_of(&d, 0, "x", &scale), PACKED_DECIMALS);
  assert_int_equal(scale, 3);
  assert_false(d.rows[0].numeric[0]);
  assert_true(slice_is(d.rows[0].cells[0], "0.0000000000000001"));
  assert_true(slice_is(d.rows[1].cells[0], "123456.25"));
  assert_true(slice_is(d.rows[2].cells[0], "1.5"));
  drop_dataset(&d);
}

/* Of ONE_IN numbers one is as FORMAT writes it. */
static packed_kind kind_with_long_numbers(int rows, int one_in, const char *format, dataset *d) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "x\n");
  for (int i = 0; i < rows; i++) {
    buf_printf(&text, i % one_in == one_in - 1 ? format : "%d.25\n", i + 1);
  }
  *d = read_numbers(&text);
  uint8_t scale;
  return kind_of(d, 0, "x", &scale);
}

static void numbers_with_scales_of_their_own_stay_numbers_where_they_are_many(void **state) {
  (void)state;
  dataset d;
  assert_int_equal(kind_with_long_numbers(1000, 2, "%d.234e-30\n", &d), PACKED_SCALED);
  assert_true(d.rows[0].numeric[0]);
  assert_true(slice_is(d.rows[0].cells[0], "1.25"));
  assert_true(d.rows[1].numeric[0]);
  assert_true(slice_is(d.rows[1].cells[0], "0.000000000000000000000000000002234"));
  assert_int_equal(d.facts->columns[0].decimals_max, 33);
  assert_true(d.facts->columns[0].as_numbers);
  drop_dataset(&d);
  /* One in sixteen is few: texts, as before. */
  assert_int_equal(kind_with_long_numbers(1000, 16, "%d.234e-30\n", &d), PACKED_DECIMALS);
  assert_false(d.rows[15].numeric[0]);
  assert_true(slice_is(d.rows[15].cells[0], "16.234e-30"));
  assert_int_equal(d.facts->columns[0].decimals_max, 33);
  drop_dataset(&d);
  /* No mantissa holds these. */
  assert_int_equal(kind_with_long_numbers(1000, 2, "%d.2345678901234567890123456789\n", &d), PACKED_DECIMALS);
  assert_true(slice_is(d.rows[1].cells[0], "2.2345678901234567890123456789"));
  drop_dataset(&d);
  /* Numbers of eighteen decimals beside large ones. */
  assert_int_equal(kind_with_long_numbers(1000, 2, "123456789%d.25\n0.123456789012345678\n", &d),
                   PACKED_SCALED);
  assert_true(slice_is(d.rows[1].cells[0], "1234567892.25"));
  assert_true(slice_is(d.rows[2].cells[0], "0.123456789012345678"));
  drop_dataset(&d);
}

static void decimal_commas_are_numbers_where_they_are_stated(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "x;y\n");
  for (int i = 0; i < 300; i++) {
    buf_printf(&text, "%d,%02d;%d.5\n", i, i % 100, i);
  }
  reading_options options = {.decimal_mark = ',', .threads = 1};
  dataset d = read_text(&options, text.data, text.length);
  uint8_t scale;
  assert_int_equal(kind_of(&d, 0, "x", &scale), PACKED_DECIMALS);
  assert_int_equal(scale, 2);
  assert_int_equal(kind_of(&d, 0, "y", &scale), PACKED_WIDE);
  assert_int_equal(d.facts->columns[0].decimals_max, 2);
  assert_int_equal(d.facts->columns[1].decimals_max, 0);
  drop_dataset(&d);
  buf_fini(&text);
}

static void hints_are_guessed_from_the_first_thousand_rows(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "mostly,half,empty\n");
  for (int i = 0; i < 3000; i++) {
    buf_printf(&text, i % 10 == 0 ? "n/a,n/a,\n" : i % 2 == 0 || i >= 1000 ? "%d,%d,\n" : "%d,x%d,\n", i, i);
  }
  reading_options options = {.decimal_mark = '.', .threads = 2, .shard_rows = 600};
  dataset d = read_text(&options, text.data, text.length);
  uint8_t scale;
  for (uint32_t i = 0; i < d.facts->shards_count; i++) {
    assert_int_equal(kind_of(&d, i, "mostly", &scale), PACKED_DECIMALS);
    assert_int_equal(kind_of(&d, i, "half", &scale), PACKED_WIDE);
    assert_int_equal(kind_of(&d, i, "empty", &scale), PACKED_CODES);
  }
  drop_dataset(&d);
  buf_fini(&text);
}

static void cells_that_differ_in_quotes_and_blanks_alone_are_one_text(void **state) {
  (void)state;
  const char *text = "x\nyes\n\"yes\"\n yes\nyes \n\" yes \"\n\"\"\"yes\"\"\"\n";
  const reading_options options = {.decimal_mark = '.', .threads = 1};
  dataset d = read_text(&options, text, strlen(text));
  for (size_t i = 0; i < 5; i++) {
    assert_true(slice_is(d.rows[i].cells[0], "yes"));
  }
  assert_true(slice_is(d.rows[5].cells[0], "\"yes\""));
  drop_dataset(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_cell_comes_back_wherever_shards_are_cut),
      cmocka_unit_test(columns_become_what_their_hint_and_texts_say),
      cmocka_unit_test(the_scale_is_the_largest_that_fits_all_with_so_many_decimals),
      cmocka_unit_test(numbers_with_scales_of_their_own_stay_numbers_where_they_are_many),
      cmocka_unit_test(decimal_commas_are_numbers_where_they_are_stated),
      cmocka_unit_test(hints_are_guessed_from_the_first_thousand_rows),
      cmocka_unit_test(cells_that_differ_in_quotes_and_blanks_alone_are_one_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
