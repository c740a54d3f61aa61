/* SPSS system files that ReadStat writes, case by case. */
#include "tests/reading/readstat_files.h"
#include "tests/reading/sav_reading.h"

/* A file of one number for each row. */
static buf numbers_file(written_as as, const char *format, const double *numbers, size_t count) {
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  readstat_variable_t *v = readstat_add_variable(w, "v", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_t *one = readstat_add_variable(w, "one", READSTAT_TYPE_DOUBLE, 0);
  if (format != NULL) {
    readstat_variable_set_format(v, format);
  }
  readstat_file_begin(w, as, &file, (long)count);
  for (size_t i = 0; i < count; i++) {
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_double_value(w, v, numbers[i]));
    readstat_well(readstat_insert_double_value(w, one, 1));
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
  return file;
}

/* ---- Numbers ------------------------------------------------------------------------------------- */

static const struct {
  double number;
  const char *text;
} shortest[] = {
    {0, "0"},
    {-0.0, "0"},
    {1, "1"},
    {-99, "-99"},
    {151, "151"},
    {152, "152"},
    {3.5, "3.5"},
    {0.1, "0.1"},
    {-2.25, "-2.25"},
    {1e-7, "0.0000001"},
    {123456789.01, "123456789.01"},
    {1.0 / 3, "0.3333333333333333"},
    {9007199254740991.0, "9007199254740991"},
    {1e-30, "1e-30"},
    {1e-300, "1e-300"},
    {1e22, "1e+22"},
    {5e-324, "4.94065645841247e-324"},
    {0.30000000000000004, "0.30000000000000004"},
};

enum { SHORTEST = sizeof shortest / sizeof shortest[0] };

static void check_numbers(written_as as) {
  double numbers[SHORTEST];
  for (size_t i = 0; i < SHORTEST; i++) {
    numbers[i] = shortest[i].number;
  }
  buf file = numbers_file(as, NULL, numbers, SHORTEST);
  const reading_column texts[] = {{.name = "v", .hint = READING_HINT_TEXT},
                                  {.name = "one", .hint = READING_HINT_TEXT}};
  const reading_options options = {.columns = texts, .columns_count = 2};
  dataset d = read_text(&options, file.data, file.length);
  assert_read(&d);
  assert_int_equal(d.rows_count, SHORTEST);
  for (size_t i = 0; i < SHORTEST; i++) {
    assert_cell(&d, i, 0, shortest[i].text);
  }
  drop_dataset(&d);
  buf_fini(&file);
}

static void a_number_is_the_shortest_decimal_that_reads_back(void **state) {
  (void)state;
  check_numbers(WRITTEN_SAV);
  check_numbers(WRITTEN_SAV_PLAIN);
  check_numbers(WRITTEN_ZSAV);
}

/* 1582-10-14 is 141428 days before 1970-01-01 (in the proleptic Gregorian calendar: 387 years with 94 leap
 * days, and 79 days), and 2000-02-29 is day 11016 after it. */
#define FEBRUARY_29 ((141428.0 + 11016.0) * 86400)

static void dates_and_times_are_iso_texts(void **state) {
  (void)state;
  static const struct {
    const char *format;
    double number;
    const char *text;
  } cases[] = {
      {"DATE11", FEBRUARY_29, "2000-02-29"},
      {"ADATE10", FEBRUARY_29 + 3600, "2000-02-29"},
      {"EDATE10", 0, "1582-10-14"},
      {"SDATE10", FEBRUARY_29 + 86400, "2000-03-01"},
      {"JDATE7", FEBRUARY_29, "2000-02-29"},
      {"MOYR8", FEBRUARY_29, "2000-02-29"},
      {"DATETIME20", FEBRUARY_29 + 9 * 3600 + 10 * 60 + 11, "2000-02-29 09:10:11"},
      {"DATETIME23.2", FEBRUARY_29 + 0.5, "2000-02-29 00:00:00.5"},
      {"DATETIME20", FEBRUARY_29 + 86399.9999, "2000-03-01 00:00:00"},
      {"YMDHMS20", FEBRUARY_29 - 1, "2000-02-28 23:59:59"},
      {"TIME8", 9 * 3600 + 10 * 60 + 11, "09:10:11"},
      {"TIME11.2", 25 * 3600 + 0.25, "25:00:00.25"},
      {"DTIME11", -90, "-00:01:30"},
      {"DATE11", 1e15, "1000000000000000"},
      {"WKDAY9", 3, "3"},
      {"MONTH9", 12, "12"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf file = numbers_file(WRITTEN_SAV, cases[i].format, &cases[i].number, 1);
    const reading_column texts[] = {{.name = "v", .hint = READING_HINT_TEXT}};
    const reading_options options = {.columns = texts, .columns_count = 1};
    dataset d = read_text(&options, file.data, file.length);
    assert_read(&d);
    assert_cell(&d, 0, 0, cases[i].text);
    drop_dataset(&d);
    buf_fini(&file);
  }
}

/* ---- Texts --------------------------------------------------------------------------------------- */

static buf texts_file(written_as as, size_t width, const char *const *texts, size_t count) {
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  readstat_variable_t *before = readstat_add_variable(w, "before", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_t *v = readstat_add_variable(w, "a_rather_long_name", READSTAT_TYPE_STRING, width);
  readstat_variable_t *after = readstat_add_variable(w, "after", READSTAT_TYPE_STRING, 3);
  readstat_file_begin(w, as, &file, (long)count);
  for (size_t i = 0; i < count; i++) {
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_double_value(w, before, (double)i));
    readstat_well(readstat_insert_string_value(w, v, texts[i]));
    readstat_well(readstat_insert_string_value(w, after, "end"));
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
  return file;
}

static void texts_of_any_length_are_one_cell(void **state) {
  (void)state;
  static const size_t widths[] = {1, 7, 8, 9, 252, 253, 255, 256, 300, 504, 511, 765, 2000};
  char *text = calloc(1, 2001);
  for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
    for (size_t k = 0; k < widths[i]; k++) {
      text[k] = (char)('a' + (k * 7 + i) % 26);
    }
    const char *const texts[] = {text, "", "x"};
    for (written_as as = WRITTEN_SAV; as <= WRITTEN_ZSAV; as++) {
      buf file = texts_file(as, widths[i], texts, 3);
      dataset d = read_sav(&file, NULL);
      assert_read(&d);
      assert_int_equal(d.facts->columns_count, 3);
      assert_true(slice_is(d.facts->columns[1].name, "a_rather_long_name"));
      for (size_t row = 0; row < 3; row++) {
        assert_cell(&d, row, 1, texts[row]);
        assert_cell(&d, row, 2, "end");
      }
      drop_dataset(&d);
      buf_fini(&file);
    }
  }
  free(text);
}

/* ReadStat, and so haven, calls the segments of C1 C11 to C17, whatever else is called so. */
static void segments_that_are_called_like_other_texts_are_not_taken_for_them(void **state) {
  (void)state;
  enum { TEXTS = 24, WIDTH = 2000 };
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  char *text = calloc(1, WIDTH + 1);
  memset(text, 'x', WIDTH);
  for (int i = 1; i <= TEXTS; i++) {
    char name[16];
    snprintf(name, sizeof name, "c%d", i);
    readstat_add_variable(w, name, READSTAT_TYPE_STRING, WIDTH);
  }
  readstat_file_begin(w, WRITTEN_SAV, &file, 1);
  readstat_well(readstat_begin_row(w));
  for (int i = 0; i < TEXTS; i++) {
    text[0] = (char)('a' + i);
    readstat_well(readstat_insert_string_value(w, readstat_get_variable(w, i), text));
  }
  readstat_well(readstat_end_row(w));
  readstat_file_end(w);
  dataset d = read_sav(&file, NULL);
  assert_read(&d);
  assert_int_equal(d.facts->columns_count, TEXTS);
  assert_true(slice_is(d.facts->columns[11].name, "c12"));
  for (uint32_t i = 0; i < TEXTS; i++) {
    text[0] = (char)('a' + (char)i);
    assert_cell(&d, 0, i, text);
  }
  drop_dataset(&d);
  buf_fini(&file);
  free(text);
}

static void a_wrong_encoding_is_told_with_case_and_variable_and_can_be_stated(void **state) {
  (void)state;
  /* 满意 in GB18030, in a file that says that it is UTF-8 */
  static const char *const texts[] = {"plain", "\xc2\xfa\xd2\xe2"};
  buf file = texts_file(WRITTEN_SAV, 8, texts, 2);
  assert_refused(&file, NULL, "case 2: ");
  assert_refused(&file, NULL, "the text of variable 'a_rather_long_name'");
  assert_refused(&file, NULL, "encoding: ");
  dataset d = read_sav(&file, "gbk");
  assert_read(&d);
  assert_cell(&d, 1, 1, "满意");
  drop_dataset(&d);
  d = read_sav(&file, "utf-16");
  assert_int_equal(d.code, STATUS_SPECIFICATION);
  drop_dataset(&d);
  buf_fini(&file);
}

static void a_character_that_the_width_cuts_off_is_dropped(void **state) {
  (void)state;
  static const char *const texts[] = {"ab\xe6\xbb"};
  buf file = texts_file(WRITTEN_SAV, 4, texts, 1);
  dataset d = read_sav(&file, NULL);
  assert_read(&d);
  assert_cell(&d, 0, 1, "ab");
  drop_dataset(&d);
  buf_fini(&file);
}

/* ---- The dictionary ------------------------------------------------------------------------------- */

static void what_the_dictionary_says_is_in_the_header(void **state) {
  (void)state;
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  readstat_label_set_t *agree = readstat_add_label_set(w, READSTAT_TYPE_DOUBLE, "agree");
  readstat_label_double_value(agree, 1, "不同意");
  readstat_label_double_value(agree, 5, "agree");
  readstat_label_double_value(agree, 98, "refused");
  readstat_label_set_t *letters = readstat_add_label_set(w, READSTAT_TYPE_STRING, "letters");
  readstat_label_string_value(letters, "n", "North");
  readstat_variable_t *q = readstat_add_variable(w, "Q1", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_set_label(q, "How satisfied are you?");
  readstat_variable_set_label_set(q, agree);
  readstat_variable_set_measure(q, READSTAT_MEASURE_ORDINAL);
  readstat_well(readstat_variable_add_missing_double_range(q, 90, HUGE_VAL));
  readstat_well(readstat_variable_add_missing_double_value(q, -1));
  readstat_variable_t *r = readstat_add_variable(w, "region", READSTAT_TYPE_STRING, 2);
  readstat_variable_set_label_set(r, letters);
  readstat_well(readstat_variable_add_missing_string_value(r, "x"));
  readstat_variable_t *day = readstat_add_variable(w, "day", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_set_format(day, "DATE11");
  readstat_variable_t *weight = readstat_add_variable(w, "wt", READSTAT_TYPE_DOUBLE, 0);
  readstat_well(readstat_writer_set_fweight_variable(w, weight));
  readstat_file_begin(w, WRITTEN_SAV, &file, 1);
  readstat_well(readstat_begin_row(w));
  readstat_well(readstat_insert_double_value(w, q, 98));
  readstat_well(readstat_insert_string_value(w, r, "n"));
  readstat_well(readstat_insert_double_value(w, day, FEBRUARY_29));
  readstat_well(readstat_insert_double_value(w, weight, 0.5));
  readstat_well(readstat_end_row(w));
  readstat_file_end(w);

  dataset d = read_sav(&file, NULL);
  assert_read(&d);
  const manifest_column *c = d.facts->columns;
  assert_true(slice_is(c[0].label, "How satisfied are you?"));
  assert_int_equal(c[0].codes.values_count, 3);
  assert_true(slice_is(c[0].codes.values[0].code, "1") && slice_is(c[0].codes.values[0].label, "不同意"));
  assert_true(slice_is(c[0].codes.values[2].code, "98") && slice_is(c[0].codes.values[2].label, "refused"));
  assert_int_equal(c[0].codes.measure, MEASURE_ORDINAL);
  assert_int_equal(c[0].codes.missing_count, 2);
  assert_true(c[0].codes.missing[0].is_range && slice_is(c[0].codes.missing[0].low, "90"));
  assert_int_equal(c[0].codes.missing[0].high.length, 0);
  assert_true(!c[0].codes.missing[1].is_range && slice_is(c[0].codes.missing[1].low, "-1"));
  assert_cell(&d, 0, 0, "98"); /* the codebook says what is missing */
  assert_true(slice_is(c[1].codes.values[0].code, "n") && slice_is(c[1].codes.values[0].label, "North"));
  assert_true(slice_is(c[1].codes.missing[0].low, "x"));
  assert_true(slice_is(c[2].codes.date_format, "%Y-%m-%d"));
  assert_true(c[3].codes.is_weight && !c[0].codes.is_weight);
  drop_dataset(&d);
  buf_fini(&file);
}

/* ---- The end -------------------------------------------------------------------------------------- */

static void what_follows_the_last_case_is_refused_unless_it_fills_a_block(void **state) {
  (void)state;
  static const written_as forms[] = {WRITTEN_SAV, WRITTEN_SAV_PLAIN, WRITTEN_ZSAV};
  static const double numbers[] = {1, 2.5, 300};
  static const uint8_t zeros[100];
  for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
    buf file = numbers_file(forms[k], NULL, numbers, 3);
    const size_t whole = file.length;
    buf_put(&file, zeros, sizeof zeros);
    dataset d = read_sav(&file, NULL);
    assert_read(&d);
    assert_int_equal(d.rows_count, 3);
    drop_dataset(&d);
    buf_put(&file, "x", 1);
    assert_refused(&file, NULL, "goes on after its end");
    for (size_t more = 1; more < whole; more += more < 40 ? 1 : 97) { /* files that were joined */
      file.length = whole;
      uint8_t *again = malloc(more);
      memcpy(again, file.data, more);
      buf_put(&file, again, more);
      free(again);
      assert_refused(&file, NULL, "goes on after its end");
    }
    buf_fini(&file);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_number_is_the_shortest_decimal_that_reads_back),
      cmocka_unit_test(dates_and_times_are_iso_texts),
      cmocka_unit_test(texts_of_any_length_are_one_cell),
      cmocka_unit_test(segments_that_are_called_like_other_texts_are_not_taken_for_them),
      cmocka_unit_test(a_wrong_encoding_is_told_with_case_and_variable_and_can_be_stated),
      cmocka_unit_test(a_character_that_the_width_cuts_off_is_dropped),
      cmocka_unit_test(what_the_dictionary_says_is_in_the_header),
      cmocka_unit_test(what_follows_the_last_case_is_refused_unless_it_fills_a_block),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
