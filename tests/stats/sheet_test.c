/* Rows that come back as CSV: each cell as it is promised, the same for any shards and encodings. */
#include "stats/sheet/sheet.h"

#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"

enum { ROWS = 60 };

static slice text_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

static void add_value(sheet *s, const char *title, uint32_t variable, uint32_t filter) {
  const sheet_column value = {SHEET_VALUE, slice_of(title), variable, filter};
  assert_int_equal(sheet_add(s, &value, NULL), STATUS_OK);
}

static void add_column(sheet *s, const program_variable *v) {
  uint32_t index = 0;
  sample_add(s->program, v, &index);
  add_value(s, v->name, index, PROGRAM_NONE);
}

static void expect_lines(const sheet *s, const fixture *data, const char *expected) {
  buf lines;
  buf_init(&lines);
  sheet_write_titles(s, &lines);
  assert_int_equal(sheet_write_rows(s, fixture_rows(data), &lines, NULL), STATUS_OK);
  buf_put_u8(&lines, 0);
  assert_string_equal((const char *)lines.data, expected);
  buf_fini(&lines);
}

/* ---- Cells ----------------------------------------------------------------------------------------- */

static void a_cell_says_the_answer_and_an_empty_one_that_there_is_none(void **state) {
  (void)state;
  static const char *const scale[] = {"5", "", "7"}, *const names[] = {"north", "south", ""},
                           *const numbers[] = {"-0.50", "12345678901.25", "none"},
                           *const dates[] = {"2024-02-29", "0001-01-01", "9999-12-31"},
                           *const media[] = {"tv;radio", "", "radio"};
  fixture *f = fixture_new(3);
  fixture_column(f, "scale", PACKED_CODES, scale);
  fixture_column(f, "name", PACKED_CODES, names);
  fixture_column(f, "number", PACKED_CODES, numbers);
  fixture_column(f, "date", PACKED_CODES, dates);
  fixture_column(f, "media", PACKED_CODES, media);
  sheet *s = sheet_new();
  const sheet_column row = {.source = SHEET_ROW, .title = {"row", 3}, .filter = PROGRAM_NONE};
  const sheet_column nothing = {.source = SHEET_NOTHING, .title = {"nothing", 7}, .filter = PROGRAM_NONE};
  assert_int_equal(sheet_add(s, &row, NULL), STATUS_OK);
  uint32_t q = 0;
  sample_scale(s->program, "scale", 1, 5, &q);
  add_value(s, "scale", q, PROGRAM_NONE);
  add_column(s, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "name", .column = "name"});
  add_column(
      s, &(program_variable){.kind = VARIABLE_NUMBER, .name = "number", .column = "number", .decimals = 2});
  add_column(
      s, &(program_variable){.kind = VARIABLE_DATE, .name = "date", .column = "date", .format = "%Y-%m-%d"});
  add_column(s, &(program_variable){
                    .kind = VARIABLE_MULTI_CELL, .name = "media", .column = "media", .delimiter = ";"});
  assert_int_equal(sheet_add(s, &nothing, NULL), STATUS_OK);
  expect_lines(s, f,
               "row,scale,name,number,date,media,nothing\n"
               "1,5,north,-0.5,2024-02-29,tv; radio,\n"
               "2,,south,12345678901.25,0001-01-01,,\n"
               "3,,,,9999-12-31,radio,\n");
  sheet_destroy(s);
  fixture_destroy(f);
}

static void reasons_stand_in_their_own_column(void **state) {
  (void)state;
  static const char *const scale[] = {"5", "", "7", "2"};
  fixture *f = fixture_new(4);
  fixture_column(f, "scale", PACKED_CODES, scale);
  sheet *s = sheet_new();
  uint32_t q = 0;
  sample_scale(s->program, "scale", 1, 5, &q);
  filter_value three = {.number = {3, 0}};
  filter_node node = {.kind = FILTER_GE, .variable = q, .values = &three, .values_count = 1};
  assert_int_equal(program_add_filter(s->program, &(program_filter){&node, 1}, NULL, NULL), STATUS_OK);
  const sheet_column reason = {SHEET_REASON, {"scale.missing", 13}, q, PROGRAM_NONE};
  const sheet_column why_filtered = {SHEET_REASON, {"high.missing", 12}, q, 0};
  add_value(s, "scale", q, PROGRAM_NONE);
  assert_int_equal(sheet_add(s, &reason, NULL), STATUS_OK);
  add_value(s, "high", q, 0);
  assert_int_equal(sheet_add(s, &why_filtered, NULL), STATUS_OK);
  expect_lines(s, f,
               "scale,scale.missing,high,high.missing\n"
               "5,,5,\n"
               ",blank,,not_applicable\n"
               ",invalid,,not_applicable\n"
               "2,,,not_applicable\n");
  sheet_destroy(s);
  fixture_destroy(f);
}

/* RFC 4180; whatever a respondent wrote stays one cell. */
static void hostile_texts_stay_one_cell_each(void **state) {
  (void)state;
  static const char *const texts[] = {"a,b",
                                      "\"",
                                      "say \"no\"",
                                      "two\nlines",
                                      "two\r\nlines",
                                      "=1+1",
                                      "@x",
                                      "-5.25",
                                      "+5",
                                      "-",
                                      "\xe6\xbb\xa1\xe6\x84\x8f",
                                      ",,\"\",\n"};
  enum { COUNT = sizeof texts / sizeof texts[0] };
  fixture *f = fixture_new(COUNT);
  fixture_column(f, "text", PACKED_TEXTS, texts);
  sheet *s = sheet_new();
  add_column(s, &(program_variable){.kind = VARIABLE_TEXT, .name = "a \"text\"", .column = "text"});
  expect_lines(
      s, f,
      "\"a \"\"text\"\"\"\n"
      "\"a,b\"\n\"\"\"\"\n\"say \"\"no\"\"\"\n\"two\nlines\"\n\"two\r\nlines\"\n=1+1\n@x\n-5.25\n+5\n-\n"
      "\xe6\xbb\xa1\xe6\x84\x8f\n\",,\"\"\"\",\n\"\n");
  s->guards_formulas = true;
  expect_lines(
      s, f,
      "\"a \"\"text\"\"\"\n"
      "\"a,b\"\n\"\"\"\"\n\"say \"\"no\"\"\"\n\"two\nlines\"\n\"two\r\nlines\"\n'=1+1\n'@x\n-5.25\n+5\n'-\n"
      "\xe6\xbb\xa1\xe6\x84\x8f\n\",,\"\"\"\",\n\"\n");
  sheet_destroy(s);
  fixture_destroy(f);
}

/* ---- Shards ---------------------------------------------------------------------------------------- */

static fixture *made_data(void) {
  static const char *const texts[] = {"north", "south", "", "9", "3", "4.5", "=x", "2024-05-01", "tv;radio"};
  static const char *const names[] = {"a", "b", "c"};
  seeded r = {11};
  fixture *f = fixture_new(ROWS);
  for (size_t c = 0; c < 3; c++) {
    const char *cells[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
      cells[i] = texts[seeded_below(&r, sizeof texts / sizeof texts[0])];
    }
    fixture_column(f, names[c], PACKED_CODES, cells);
  }
  return f;
}

/* Every form, and one made of another. */
static sheet *made_sheet(void) {
  sheet *s = sheet_new();
  uint32_t q = 0;
  const sheet_column row = {.source = SHEET_ROW, .title = {"row", 3}, .filter = PROGRAM_NONE};
  assert_int_equal(sheet_add(s, &row, NULL), STATUS_OK);
  sample_scale(s->program, "a", 1, 5, &q);
  add_value(s, "a", q, PROGRAM_NONE);
  add_column(s, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "b", .column = "b"});
  add_column(s, &(program_variable){.kind = VARIABLE_TEXT, .name = "c", .column = "c"});
  add_column(s, &(program_variable){.kind = VARIABLE_NUMBER, .name = "n", .column = "b", .decimals = 1});
  add_column(s,
             &(program_variable){.kind = VARIABLE_MULTI_CELL, .name = "m", .column = "c", .delimiter = ";"});
  uint32_t inputs[] = {q, 3};
  add_column(s,
             &(program_variable){
                 .kind = VARIABLE_MEAN, .name = "mean", .inputs = inputs, .inputs_count = 2, .valid_min = 1});
  return s;
}

static void lines_of_shards_are_those_of_the_whole(void **state) {
  (void)state;
  static const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_TEXTS};
  fixture *data = made_data();
  sheet *s = made_sheet();
  buf whole;
  buf_init(&whole);
  assert_int_equal(sheet_write_rows(s, fixture_rows(data), &whole, NULL), STATUS_OK);
  for (uint32_t rows = 1; rows <= ROWS; rows += 7) {
    buf joined;
    buf_init(&joined);
    for (uint32_t first = 0; first < ROWS; first += rows) {
      const uint32_t count = ROWS - first < rows ? ROWS - first : rows;
      fixture *cut = fixture_cut(data, first, count);
      fixture *shard = fixture_recoded(cut, kinds[first % 3]);
      assert_int_equal(sheet_write_rows(s, fixture_rows(shard), &joined, NULL), STATUS_OK);
      fixture_destroy(shard);
      fixture_destroy(cut);
    }
    assert_slice_equal(text_of(&joined), text_of(&whole));
    buf_fini(&joined);
  }
  buf_fini(&whole);
  sheet_destroy(s);
  fixture_destroy(data);
}

/* ---- Sheets ---------------------------------------------------------------------------------------- */

static void a_column_that_does_not_fit_the_program_is_refused(void **state) {
  (void)state;
  sheet *s = sheet_new();
  uint32_t q = 0;
  sample_scale(s->program, "q", 1, 5, &q);
  const sheet_column wrong[] = {
      {SHEET_VALUE, {"x", 1}, 1, PROGRAM_NONE},
      {SHEET_VALUE, {"x", 1}, 0, 0},
      {SHEET_SOURCES, {"x", 1}, 0, PROGRAM_NONE},
      {SHEET_VALUE, {"\xff", 1}, 0, PROGRAM_NONE},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    assert_int_equal(sheet_add(s, &wrong[i], NULL), STATUS_USAGE);
  }
  assert_int_equal(s->columns_count, 0);
  sheet_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_cell_says_the_answer_and_an_empty_one_that_there_is_none),
      cmocka_unit_test(reasons_stand_in_their_own_column),
      cmocka_unit_test(hostile_texts_stay_one_cell_each),
      cmocka_unit_test(lines_of_shards_are_those_of_the_whole),
      cmocka_unit_test(a_column_that_does_not_fit_the_program_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
