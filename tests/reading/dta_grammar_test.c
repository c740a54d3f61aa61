/* Stata's files that ReadStat writes, case by case. */
#include <float.h>

#include "reading/reader.h"
#include "tests/reading/csv_reading.h"
#include "tests/reading/dta_by_hand.h"
#include "tests/reading/readstat_files.h"

/* Reads all columns as texts. */
static dataset read_dta(const buf *file, const char *encoding) {
  const reading_options options = {.encoding = encoding, .others_too = true, .columns_count = 0};
  return read_text(&options, file->data, file->length);
}

static void assert_read(const dataset *d) {
  if (d->code != STATUS_OK) {
    fail_msg("%s", d->err.message);
  }
}

static void assert_cell(const dataset *d, size_t row, uint32_t column, const char *expected) {
  assert_true(row < d->rows_count && column < d->facts->columns_count);
  if (!slice_is(d->rows[row].cells[column], expected)) {
    fail_msg("row %zu, column %u: '%.*s' instead of '%s'", row, column, SLICE_ARG(d->rows[row].cells[column]),
             expected);
  }
}

static void assert_refused(const buf *file, const char *part) {
  dataset d = read_dta(file, NULL);
  if (d.code != STATUS_DATA) {
    fail_msg("%s instead of a refusal", d.code == STATUS_OK ? "all is well" : d.err.message);
  }
  assert_contains(d.err.message, part);
  drop_dataset(&d);
}

static const written_as forms[] = {WRITTEN_DTA_110, WRITTEN_DTA_111, WRITTEN_DTA_113, WRITTEN_DTA_114,
                                   WRITTEN_DTA_117, WRITTEN_DTA_118, WRITTEN_DTA_119};

enum { FORMS = sizeof forms / sizeof forms[0] };

/* One row: a number of each type, a text, nothing. */
static buf types_file(written_as as) {
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  const readstat_variable_t *b = readstat_add_variable(w, "b", READSTAT_TYPE_INT8, 0);
  const readstat_variable_t *i = readstat_add_variable(w, "i", READSTAT_TYPE_INT16, 0);
  const readstat_variable_t *l = readstat_add_variable(w, "l", READSTAT_TYPE_INT32, 0);
  const readstat_variable_t *f = readstat_add_variable(w, "f", READSTAT_TYPE_FLOAT, 0);
  const readstat_variable_t *d = readstat_add_variable(w, "d", READSTAT_TYPE_DOUBLE, 0);
  const readstat_variable_t *t = readstat_add_variable(w, "t", READSTAT_TYPE_STRING, 20);
  const readstat_variable_t *n = readstat_add_variable(w, "n", READSTAT_TYPE_DOUBLE, 0);
  readstat_file_begin(w, as, &file, 2);
  for (int row = 0; row < 2; row++) {
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_int8_value(w, b, row == 0 ? -127 : 100));
    readstat_well(readstat_insert_int16_value(w, i, row == 0 ? -32767 : 32740));
    readstat_well(readstat_insert_int32_value(w, l, row == 0 ? -2147483647 : 2147483620));
    readstat_well(readstat_insert_float_value(w, f, row == 0 ? 0.1F : 16777217.5F));
    readstat_well(readstat_insert_double_value(w, d, row == 0 ? 0.1 : -1e-300));
    readstat_well(readstat_insert_string_value(w, t, row == 0 ? "plain" : ""));
    readstat_well(readstat_insert_missing_value(w, n));
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
  return file;
}

static void numbers_of_every_type_are_the_shortest_decimals_in_every_format(void **state) {
  (void)state;
  for (int k = 0; k < FORMS; k++) {
    buf file = types_file(forms[k]);
    dataset d = read_dta(&file, NULL);
    assert_read(&d);
    static const char *const expected[2][7] = {{"-127", "-32767", "-2147483647", "0.1", "0.1", "plain", ""},
                                               {"100", "32740", "2147483620", "16777218", "-1e-300", "", ""}};
    for (size_t row = 0; row < 2; row++) {
      for (uint32_t c = 0; c < 7; c++) {
        assert_cell(&d, row, c, expected[row][c]);
      }
    }
    drop_dataset(&d);
    buf_fini(&file);
  }
}

static void letters_are_missing_and_their_labels_are_kept(void **state) {
  (void)state;
  for (int k = 2; k < FORMS; k++) { /* from format 113 on */
    buf file;
    buf_init(&file);
    readstat_writer_t *w = readstat_file_new();
    readstat_label_set_t *labels = readstat_add_label_set(w, READSTAT_TYPE_INT32, "answers");
    readstat_label_int32_value(labels, 1, "no");
    readstat_label_int32_value(labels, -5, "never");
    readstat_label_tagged_value(labels, 'b', "refused");
    static const readstat_type_t types[] = {READSTAT_TYPE_INT8, READSTAT_TYPE_INT16, READSTAT_TYPE_INT32,
                                            READSTAT_TYPE_FLOAT, READSTAT_TYPE_DOUBLE};
    enum { TYPES = sizeof types / sizeof types[0] };
    for (int i = 0; i < TYPES; i++) {
      const char name[] = {(char)('a' + i), '\0'};
      readstat_variable_t *v = readstat_add_variable(w, name, types[i], 0);
      readstat_variable_set_label(v, "A label");
      readstat_variable_set_label_set(v, labels);
    }
    readstat_file_begin(w, forms[k], &file, 3);
    for (int row = 0; row < 3; row++) {
      readstat_well(readstat_begin_row(w));
      for (int i = 0; i < TYPES; i++) {
        const readstat_variable_t *v = readstat_get_variable(w, i);
        if (row == 2) {
          readstat_well(readstat_insert_missing_value(w, v));
        } else {
          readstat_well(readstat_insert_tagged_missing_value(w, v, row == 0 ? 'a' : 'z'));
        }
      }
      readstat_well(readstat_end_row(w));
    }
    readstat_file_end(w);
    dataset d = read_dta(&file, NULL);
    assert_read(&d);
    assert_int_equal(d.rows_count, 2);
    assert_int_equal(file_facts_left_out(&d.facts->files[0]), 1); /* the row that shows nothing */
    for (uint32_t i = 0; i < TYPES; i++) {
      const manifest_column *c = &d.facts->columns[i];
      assert_cell(&d, 0, i, ".a");
      assert_cell(&d, 1, i, ".z");
      assert_true(slice_is(c->label, "A label"));
      assert_int_equal(c->codes.missing_count, 3);
      assert_true(slice_is(c->codes.missing[0].low, ".a") && slice_is(c->codes.missing[1].low, ".b") &&
                  slice_is(c->codes.missing[2].low, ".z"));
      assert_int_equal(c->codes.values_count, 3);
      for (uint32_t v = 0; v < 3; v++) {
        const code_label *label = &c->codes.values[v];
        const char *code = slice_is(label->label, "no") ? "1" : slice_is(label->label, "never") ? "-5" : ".b";
        assert_true(slice_is(label->code, code));
      }
    }
    drop_dataset(&d);
    buf_fini(&file);
  }
}

static void dates_of_every_kind_are_iso_texts(void **state) {
  (void)state;
  /* Stata counts from 1960; 2000-02-29 is its day 14669: 40 years with 10 leap days, and 59 days. */
  static const struct {
    const char *format;
    double number;
    const char *text, *date_format;
  } cases[] = {
      {"%td", 14669, "2000-02-29", "%Y-%m-%d"},
      {"%tdCCYY.NN.DD", -1, "1959-12-31", "%Y-%m-%d"},
      {"%d", 0, "1960-01-01", "%Y-%m-%d"},
      {"%-td", 1, "1960-01-02", "%Y-%m-%d"},
      {"%tc", 14669 * 86400000.0 + 33011250, "2000-02-29 09:10:11.25", "%Y-%m-%d %H:%M:%S"},
      {"%tC", 14669 * 86400000.0, "2000-02-29 00:00:00", "%Y-%m-%d %H:%M:%S"},
      {"%tm", 481, "2000-02", "%Y-%m"},
      {"%tm", -1, "1959-12", "%Y-%m"},
      {"%tq", 163, "2000-10", "%Y-%m"},
      {"%th", 81, "2000-07", "%Y-%m"},
      {"%tw", 2081, "2000-01-08", "%Y-%m-%d"},
      {"%ty", 2000, "2000", ""},
      {"%9.0g", 2000, "2000", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf file;
    buf_init(&file);
    readstat_writer_t *w = readstat_file_new();
    readstat_variable_t *v = readstat_add_variable(w, "v", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_format(v, cases[i].format);
    readstat_file_begin(w, WRITTEN_DTA_118, &file, 1);
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_double_value(w, v, cases[i].number));
    readstat_well(readstat_end_row(w));
    readstat_file_end(w);
    dataset d = read_dta(&file, NULL);
    assert_read(&d);
    assert_cell(&d, 0, 0, cases[i].text);
    assert_true(slice_is(d.facts->columns[0].codes.date_format, cases[i].date_format));
    drop_dataset(&d);
    buf_fini(&file);
  }
}

static void texts_of_any_length_are_found(void **state) {
  (void)state;
  for (written_as as = WRITTEN_DTA_117; as <= WRITTEN_DTA_118; as++) {
    buf file;
    buf_init(&file);
    readstat_writer_t *w = readstat_file_new();
    char *essay = calloc(1, 5001);
    memset(essay, 'x', 5000);
    readstat_string_ref_t *long_text = readstat_add_string_ref(w, essay);
    readstat_string_ref_t *short_text = readstat_add_string_ref(w, "a sentence");
    const readstat_variable_t *first = readstat_add_variable(w, "first", READSTAT_TYPE_STRING_REF, 0);
    const readstat_variable_t *second = readstat_add_variable(w, "second", READSTAT_TYPE_STRING_REF, 0);
    readstat_file_begin(w, as, &file, 2);
    for (int row = 0; row < 2; row++) {
      readstat_well(readstat_begin_row(w));
      readstat_well(readstat_insert_string_ref(w, first, row == 0 ? long_text : short_text));
      readstat_well(readstat_insert_string_ref(w, second, short_text));
      readstat_well(readstat_end_row(w));
    }
    readstat_file_end(w);
    dataset d = read_dta(&file, NULL);
    assert_read(&d);
    assert_cell(&d, 0, 0, essay);
    assert_cell(&d, 0, 1, "a sentence");
    assert_cell(&d, 1, 0, "a sentence");
    drop_dataset(&d);
    buf_fini(&file);
    free(essay);
  }
}

static buf texts_file(written_as as, const char *text) {
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  const readstat_variable_t *v = readstat_add_variable(w, "v", READSTAT_TYPE_STRING, 20);
  readstat_file_begin(w, as, &file, 1);
  readstat_well(readstat_begin_row(w));
  readstat_well(readstat_insert_string_value(w, v, text));
  readstat_well(readstat_end_row(w));
  readstat_file_end(w);
  return file;
}

static void old_files_are_windows_1252_and_new_ones_utf_8_unless_stated(void **state) {
  (void)state;
  static const struct {
    written_as as;
    const char *text, *encoding, *expected;
  } cases[] = {
      {WRITTEN_DTA_114,
       "s\xfc"
       "d",
       NULL, "süd"},
      {WRITTEN_DTA_118, "süd", NULL, "süd"},
      {WRITTEN_DTA_114, "\xc2\xfa\xd2\xe2", "gbk", "满意"},
      {WRITTEN_DTA_118, "\xc2\xfa\xd2\xe2", "gbk", "满意"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf file = texts_file(cases[i].as, cases[i].text);
    dataset d = read_dta(&file, cases[i].encoding);
    assert_read(&d);
    assert_cell(&d, 0, 0, cases[i].expected);
    drop_dataset(&d);
    buf_fini(&file);
  }
  buf file = texts_file(WRITTEN_DTA_118, "\xc2\xfa\xd2\xe2");
  assert_refused(&file, "row 1: ");
  assert_refused(&file, "the text of variable 'v'");
  buf_fini(&file);
}

static void files_of_either_byte_order_say_the_same(void **state) {
  (void)state;
  static const char *const expected[2][HAND_VARIABLES] = {
      {"1", "2000-02-29", "0.1", "süd", "a text of any length"}, {".a", "", "-2.5", "", "(binary, 3 bytes)"}};
  for (int is_big = 0; is_big < 2; is_big++) {
    buf file;
    buf_init(&file);
    dta_by_hand(&file, is_big == 1);
    dataset d = read_dta(&file, NULL);
    assert_read(&d);
    assert_int_equal(d.rows_count, 2);
    for (size_t row = 0; row < 2; row++) {
      for (uint32_t c = 0; c < HAND_VARIABLES; c++) {
        assert_cell(&d, row, c, expected[row][c]);
      }
    }
    const column_codes *codes = &d.facts->columns[0].codes;
    assert_true(slice_is(d.facts->columns[0].label, "A question"));
    assert_int_equal(codes->values_count, 2);
    assert_true(slice_is(codes->values[0].code, "1") && slice_is(codes->values[0].label, "no"));
    assert_true(slice_is(codes->values[1].code, ".a") && slice_is(codes->values[1].label, "refused"));
    assert_int_equal(codes->missing_count, 1);
    drop_dataset(&d);
    buf_fini(&file);
  }
}

static void damaged_and_unknown_files_are_refused_by_name(void **state) {
  (void)state;
  static const struct {
    const char *from, *to, *problem;
  } cases[] = {
      {"<release>118", "<release>120", "Stata's format 120"},
      {"<release>118", "<release>1x8", "which cannot be read"},
      {"LSF", "XSF", "neither MSF nor LSF"},
      {"<varnames>", "<varnomes>", "<varnames> is not there"},
      {"</data>", "</dato>", "</data> is not there"},
      {"<strls>", "<strlz>", "<strls> is not there"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf file = types_file(WRITTEN_DTA_118);
    uint8_t *found = memmem(file.data, file.length, cases[i].from, strlen(cases[i].from));
    assert_non_null(found);
    memcpy(found, cases[i].to, strlen(cases[i].to));
    assert_refused(&file, cases[i].problem);
    buf_fini(&file);
  }
  buf text = {.data = (uint8_t *)"a,b\n1,2\n", .length = 8};
  const reading_options as_dta = {.format = "dta"};
  dataset refused = read_text(&as_dta, text.data, text.length);
  assert_int_equal(refused.code, STATUS_DATA);
  assert_contains(refused.err.message, "is not a Stata file");
  drop_dataset(&refused);
  for (int k = 0; k < FORMS; k++) {
    buf file = types_file(forms[k]);
    const size_t whole = file.length;
    for (file.length = 4; file.length + 40 < whole; file.length += 13) {
      dataset d = read_dta(&file, NULL);
      assert_true(d.code == STATUS_DATA);
      drop_dataset(&d);
    }
    buf_fini(&file);
  }
}

/* Files before format 117 end where no more labels follow: what is none of them is damage. */
static void what_follows_the_end_is_refused(void **state) {
  (void)state;
  for (int k = 0; k < FORMS; k++) {
    buf file = types_file(forms[k]);
    const size_t whole = file.length;
    const bool has_tags = forms[k] >= WRITTEN_DTA_117;
    buf_put(&file, "\0\0\0\0", has_tags ? 4 : 0);
    dataset d = read_dta(&file, NULL);
    assert_read(&d);
    assert_int_equal(d.rows_count, 2);
    drop_dataset(&d);
    buf_put(&file, "x", 1);
    assert_refused(&file, has_tags ? "goes on after its end, at byte" : "");
    file.length = whole;
    uint8_t *again = malloc(whole);
    memcpy(again, file.data, whole);
    buf_put(&file, again, whole);
    free(again);
    assert_refused(&file, has_tags ? "goes on after its end, at byte" : "");
    if (has_tags) {
      file.length = whole - 1;
      assert_refused(&file, "cut off");
    }
    buf_fini(&file);
  }
}

static void text_in_utf_8_of_an_older_file_is_named_as_such(void **state) {
  (void)state;
  buf file =
      texts_file(WRITTEN_DTA_114,
                 "\xe9\x9d\x9e\xe5\xb8\xb8\xe6\xbb\xa1\xe6\x84\x8f"); /* 0x9D is nothing in windows-1252 */
  assert_refused(&file, "look like UTF-8: state `data: {encoding: utf-8}`");
  buf_fini(&file);
}

static void utf_8_of_which_windows_1252_makes_other_letters_is_told(void **state) {
  (void)state;
  static const struct {
    written_as as;
    const char *text, *encoding;
    uint32_t notices;
  } cases[] = {
      {WRITTEN_DTA_114,
       "s\xc3\xbc"
       "d",
       NULL, 1U << FILE_NOTICE_UTF8_ALREADY},
      {WRITTEN_DTA_114,
       "s\xc3\xbc"
       "d",
       "utf-8", 0},
      {WRITTEN_DTA_118,
       "s\xc3\xbc"
       "d",
       "windows-1252", 1U << FILE_NOTICE_UTF8_ALREADY},
      {WRITTEN_DTA_114,
       "s\xfc"
       "d",
       NULL, 0},
      {WRITTEN_DTA_118,
       "s\xc3\xbc"
       "d",
       NULL, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf file = texts_file(cases[i].as, cases[i].text);
    dataset d = read_dta(&file, cases[i].encoding);
    assert_read(&d);
    assert_int_equal(d.facts->files[0].reading.notices, cases[i].notices);
    drop_dataset(&d);
    buf_fini(&file);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_of_every_type_are_the_shortest_decimals_in_every_format),
      cmocka_unit_test(letters_are_missing_and_their_labels_are_kept),
      cmocka_unit_test(dates_of_every_kind_are_iso_texts),
      cmocka_unit_test(texts_of_any_length_are_found),
      cmocka_unit_test(old_files_are_windows_1252_and_new_ones_utf_8_unless_stated),
      cmocka_unit_test(files_of_either_byte_order_say_the_same),
      cmocka_unit_test(damaged_and_unknown_files_are_refused_by_name),
      cmocka_unit_test(what_follows_the_end_is_refused),
      cmocka_unit_test(utf_8_of_which_windows_1252_makes_other_letters_is_told),
      cmocka_unit_test(text_in_utf_8_of_an_older_file_is_named_as_such),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
