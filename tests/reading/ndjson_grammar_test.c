/* What the reader of newline-delimited JSON promises, case by case (reading/ndjson/ndjson.h). */
#include "tests/reading/csv_reading.h"

#include "reading/reader.h"

static reading_options plain_options(void) {
  return (reading_options){.format = "ndjson"};
}

typedef struct grammar_case {
  const char *what;
  const char *text;
  const char *names; /* of the columns, with commas */
  const char *rows;  /* cells as <a|b>, rows one after the other; ; for | in a cell */
} grammar_case;

static const grammar_case cases[] = {
    {"one record without a newline at the end", "{\"a\":1}", "a", "<1>"},
    {"keys of all objects, as they first appear", "{\"b\":1,\"a\":2}\n{\"a\":3,\"c\":4}\n", "b,a,c",
     "<1|2|><|3|4>"},
    {"null and a key that is not there are blank alike",
     "{\"a\":null,\"b\":1}\n{\"b\":2}\n{\"a\":\"\",\"b\":3}\n", "a,b", "<|1><|2><|3>"},
    {"true and false are texts", "{\"a\":true,\"b\":false}\n", "a,b", "<true|false>"},
    {"numbers stay as they are written",
     "{\"a\":1.50}\n{\"a\":-0}\n{\"a\":1e3}\n{\"a\":1E+2}\n{\"a\":0.000}\n{\"a\":12345678901234567890123}\n",
     "a", "<1.50><-0><1e3><1E+2><0.000><12345678901234567890123>"},
    {"texts are trimmed, like cells of CSV", "{\"a\":\" x\\t\"}\n", "a", "<x>"},
    {"all escapes", "{\"a\":\"q\\\"b\\\\s\\/\\b\\f\\n\\r\\te\"}\n", "a", "<q\"b\\s/\b\f\n\r\te>"},
    {"escapes of every length, and a pair", "{\"a\":\"\\u0041\\u00e9\\u5ba2\\ud83d\\uDE00\"}\n", "a",
     "<A\xc3\xa9\xe5\xae\xa2\xf0\x9f\x98\x80>"},
    {"escaped keys are the same keys", "{\"\\u0061\":1}\n{\"a\":2}\n", "a", "<1><2>"},
    {"keys are trimmed", "{\" a \":1}\n{\"a\":2}\n", "a", "<1><2>"},
    {"members of objects inside are columns of their own",
     "{\"a\":{\"b\":1,\"c\":{\"d\":2}},\"e\":3}\n{\"a\":{},\"e\":4}\n", "a.b,a.c.d,e", "<1|2|3><||4>"},
    {"a path may also be written out", "{\"a\":{\"b\":1}}\n{\"a.b\":2}\n", "a.b", "<1><2>"},
    {"escaped keys of objects inside", "{\"\\u0061\":{\"\\u0062\":{\"c\":1}},\"z\":2}\n", "a.b.c,z", "<1|2>"},
    {"arrays are one cell", "{\"a\":[\"x\",\" y \",1.50,true]}\n", "a", "<x;y;1.50;true>"},
    {"null and blank items are left away", "{\"a\":[null,\"x\",\"\"],\"b\":1}\n{\"a\":[],\"b\":2}\n", "a,b",
     "<x|1><|2>"},
    {"escapes in items", "{\"a\":[\"\\u5ba2\",\"]\",\",\"]}\n", "a", "<\xe5\xae\xa2;];,>"},
    {"arrays of more than scalars are their JSON", "{\"a\":[{\"b\": [1, 2]}, 3],\"c\":[[\"]\"]]}\n", "a,c",
     "<[{\"b\": [1, 2]}, 3]|[[\"]\"]]>"},
    {"blank lines are no records", "\n  \t\r\n{\"a\":1}\r\n\r\n{\"a\":2}\n\n", "a", "<1><2>"},
    {"a byte-order mark", "\xef\xbb\xbf{\"a\":1}\n", "a", "<1>"},
    {"blanks between everything", " \t{ \"a\" : [ 1 , 2 ] , \"b\":{ \"c\" : null } } \n", "a,b.c", "<1;2|>"},
    {"lines that are no objects add no keys", "{\"z\":1,\n{\"a\":1}\n[{\"y\":2}]\n", "a", "<1>"},
    {"blank objects are nobody's", "{\"a\":1}\n{}\n{\"a\":null}\n{\"a\":\" \",\"b\":[]}\n", "a,b", "<1|>"},
};

static void put_row(buf *out, const dataset *d, size_t row) {
  buf_put(out, "<", 1);
  for (uint32_t c = 0; c < d->facts->columns_count; c++) {
    const slice cell = d->rows[row].cells[c];
    if (c > 0) {
      buf_put(out, "|", 1);
    }
    for (size_t i = 0; i < cell.length; i++) {
      buf_put(out, cell.bytes[i] == '|' ? ";" : cell.bytes + i, 1);
    }
  }
  buf_put(out, ">", 1);
}

static void every_case_of_ndjson_reads_as_stated(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    /* As texts that lose nothing, whatever the types of the columns are. */
    reading_options options = plain_options();
    dataset d = read_text(&options, cases[i].text, strlen(cases[i].text));
    if (d.code != STATUS_OK) {
      fail_msg("%s: %s", cases[i].what, d.err.message);
    }
    buf names, rows;
    buf_init(&names);
    buf_init(&rows);
    for (uint32_t c = 0; c < d.facts->columns_count; c++) {
      buf_printf(&names, "%s%.*s", c > 0 ? "," : "", SLICE_ARG(d.facts->columns[c].name));
    }
    for (size_t row = 0; row < d.rows_count; row++) {
      put_row(&rows, &d, row);
    }
    if (!slice_is((slice){(char *)names.data, names.length}, cases[i].names) ||
        !slice_is((slice){(char *)rows.data, rows.length}, cases[i].rows)) {
      fail_msg("%s: %.*s %.*s", cases[i].what, (int)names.length, (char *)names.data, (int)rows.length,
               (char *)rows.data);
    }
    buf_fini(&names);
    buf_fini(&rows);
    drop_dataset(&d);
  }
}

/* A good line, then TEXT: what the second line is quarantined for. */
static const struct {
  const char *line, *problem;
} broken[] = {
    {"[1]", "byte 1: the line is not a JSON object"},
    {"5", "byte 1: the line is not a JSON object"},
    {"{\"a\":1", "byte 7: the object does not end on its line"},
    {"{\"a\":1} x", "byte 9: something follows the object"},
    {"{\"a\":1}{\"a\":2}", "byte 8: something follows the object"},
    {"{a:1}", "byte 2: a key in quotes is expected"},
    {"{\"a\" 1}", "byte 6: a colon is expected"},
    {"{\"a\":}", "byte 6: a value is expected"},
    {"{\"a\":1,}", "byte 8: a key in quotes is expected"},
    {"{\"a\":nul}", "byte 6: a value is expected"},
    {"{\"a\":01}", "byte 6: a number must not start with 0"},
    {"{\"a\":-}", "byte 7: a digit is missing"},
    {"{\"a\":1.}", "byte 8: a digit is missing after the point"},
    {"{\"a\":1e}", "byte 8: a digit is missing in the exponent"},
    {"{\"a\":\"x}", "byte 6: the text does not end on its line"},
    {"{\"a\":\"x\ty\"}", "byte 8: a control character in a text; write it as an escape"},
    {"{\"a\":\"\\x\"}", "byte 7: unknown escape after \\"},
    {"{\"a\":\"\\u12g4\"}", "byte 7: \\u needs four hexadecimal digits"},
    {"{\"a\":\"\\ud83d\"}", "byte 7: half of a surrogate pair stands alone"},
    {"{\"a\":\"\\ude00\\ud83d\"}", "byte 7: half of a surrogate pair stands alone"},
    {"{\"a\":[1,2}", "byte 10: expected , or ]"},
    {"{\"a\":[{\"b\":1]}", "byte 13: expected , or }"},
    {"{\"\":1}", "byte 2: a key is empty"},
    {"{\"a\":{\" \":1}}", "byte 7: a key is empty"},
    {"{\"a\":[\"x|y\"]}", "an array has an item that contains '|', which separates items"},
};

static void lines_that_are_no_objects_are_left_out_with_line_and_cause(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    char text[256];
    const int length = snprintf(text, sizeof text, "{\"a\":7}\n\n%s\n{\"a\":8}\n", broken[i].line);
    reading_options options = plain_options();
    dataset d = read_text(&options, text, (size_t)length);
    if (d.code != STATUS_OK) {
      fail_msg("%s: %s", broken[i].line, d.err.message);
    }
    const file_facts *f = &d.facts->files[0];
    assert_int_equal(d.rows_count, 2);
    assert_int_equal(f->records, 3);
    assert_int_equal(f->quarantined, 1);
    assert_int_equal(f->places_count, 1);
    assert_int_equal(f->places[0].line, 3);
    if (!slice_is(f->places[0].problem, broken[i].problem)) {
      fail_msg("%s: %.*s", broken[i].line, SLICE_ARG(f->places[0].problem));
    }
    assert_int_equal(d.rows[1].ordinal, 2);
    assert_int_equal(d.rows[1].line, 4);
    drop_dataset(&d);
  }
}

static const struct {
  const char *text, *message;
} refused[] = {
    {"", ": is empty"},
    {"\n \n", ": is empty"},
    {"{\"a\":1}\n{\"a\":1,\"b\":2,\"a\":3}\n", ":2: the object has the key \"a\" twice; rename one of them"},
    {"{\"a\":{\"b\":1},\"a.b\":2}\n", ":1: the object has the key \"a.b\" twice; rename one of them"},
    {"{\"c\":{\"d\":1},\"c\":{\"d\":2}}\n", ":1: the object has the key \"c.d\" twice; rename one of them"},
    {"{\"a\":1}\n\n{\"a\":\"x\\u0000\"}\n", ":3: byte 8 of the line is \\u0000, a NUL, which is not text"},
    {"{\"a\":1}\n{\"a\":\"\xff\"}\n", ":2: byte 7 of the line (0xFF) is not UTF-8"},
    {"{\"a\":1,\"a\":2}\n{\"a\":\"\xff\"}\n", ":1: the object has the key \"a\" twice"},
    {"[1]\n[2]\n", ":1: no line is a JSON object; this one: byte 1: the line is not a JSON object"},
};

static void files_that_cannot_be_right_are_refused_by_line(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    reading_options options = plain_options();
    dataset d = read_text(&options, refused[i].text, strlen(refused[i].text));
    if (d.code != STATUS_DATA || strstr(d.err.message, refused[i].message) == NULL) {
      fail_msg("%s: %s", refused[i].text, d.err.message);
    }
    drop_dataset(&d);
  }
}

static void a_nul_byte_is_refused(void **state) {
  (void)state;
  reading_options options = plain_options();
  dataset d = read_text(&options, "{\"a\":1}\n{\"a\":\"\0\"}\n", 18);
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, ":2: byte 7 of the line is NUL"));
  drop_dataset(&d);
}

static void depth_is_bounded(void **state) {
  (void)state;
  for (int levels = 64; levels <= 65; levels++) {
    for (int kind = 0; kind < 2; kind++) {
      buf text;
      buf_init(&text);
      for (int i = 0; i < levels; i++) {
        const char *open = kind == 0 || i == 0 ? "{\"a\":" : "[";
        buf_put(&text, open, strlen(open));
      }
      buf_put(&text, "1", 1);
      for (int i = levels; i-- > 0;) {
        buf_put(&text, kind == 0 || i == 0 ? "}" : "]", 1);
      }
      buf_put(&text, "\n{\"b\":1}\n", 9);
      reading_options options = plain_options();
      dataset d = read_text(&options, text.data, text.length);
      assert_int_equal(d.code, STATUS_OK);
      assert_int_equal(d.facts->files[0].quarantined, levels == 65);
      drop_dataset(&d);
      buf_fini(&text);
    }
  }
}

static void lines_of_16_mib_are_read_and_longer_ones_refused(void **state) {
  (void)state;
  enum { MOST = 16 << 20 };
  char *text = malloc(MOST + 64);
  assert_non_null(text);
  memset(text, 'x', MOST + 64);
  memcpy(text, "{\"a\":\"", 6);
  memcpy(text + MOST - 3, "\"}\n", 3);
  reading_options options = plain_options();
  dataset d = read_text(&options, text, MOST);
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, 1);
  drop_dataset(&d);
  d = read_text(&options, text, MOST - 3);
  assert_int_equal(d.code, STATUS_DATA); /* not an object, but not longer than allowed */
  assert_non_null(strstr(d.err.message, ":1: no line is a JSON object"));
  drop_dataset(&d);
  memset(text + MOST - 3, 'x', 64);
  d = read_text(&options, text, MOST + 60);
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, ":1: the line is longer than 16 MiB"));
  drop_dataset(&d);
  free(text);
}

static void blank_objects_are_rows_where_they_are_kept(void **state) {
  (void)state;
  static const char text[] = "{\"a\":1}\n{}\n{\"a\":null}\n";
  reading_options options = plain_options();
  dataset d = read_text(&options, text, sizeof text - 1);
  assert_int_equal(d.rows_count, 1);
  assert_int_equal(d.facts->files[0].skipped[FILE_BLANK_ROWS].count, 2);
  assert_int_equal(d.facts->files[0].skipped[FILE_BLANK_ROWS].lines[1], 3);
  drop_dataset(&d);
  options.keeps_blank_rows = true;
  d = read_text(&options, text, sizeof text - 1);
  assert_int_equal(d.rows_count, 3);
  drop_dataset(&d);
}

static void numbers_take_the_decimal_mark_of_the_dataset(void **state) {
  (void)state;
  static const char text[] = "{\"a\":1.5,\"b\":\"2,5\",\"c\":1.5e-3,\"d\":[0.5,1]}\n";
  reading_options options = plain_options();
  options.decimal_mark = ',';
  dataset d = read_text(&options, text, sizeof text - 1);
  assert_true(slice_is(d.rows[0].cells[0], "1,5"));
  assert_true(slice_is(d.rows[0].cells[1], "2,5"));
  assert_true(slice_is(d.rows[0].cells[2], "1,5e-3"));
  assert_true(slice_is(d.rows[0].cells[3], "0,5|1"));
  drop_dataset(&d);
}

static void wanted_keys_may_be_in_no_object_but_not_all_of_them(void **state) {
  (void)state;
  static const char text[] = "{\"a\":1,\"c\":3}\n";
  const reading_column wanted[] = {{"b", 0, false}, {"c", 0, false}};
  reading_options options = plain_options();
  options.columns = wanted;
  options.columns_count = 2;
  dataset d = read_text(&options, text, sizeof text - 1);
  assert_int_equal(d.code, STATUS_OK);
  assert_true(slice_is(d.facts->columns[0].name, "c") && slice_is(d.facts->columns[1].name, "b"));
  assert_true(slice_is(d.rows[0].cells[0], "3") && slice_is(d.rows[0].cells[1], ""));
  drop_dataset(&d);
  options.columns_count = 1;
  d = read_text(&options, text, sizeof text - 1);
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, "these columns are not among the keys of its objects: \"b\""));
  drop_dataset(&d);
}

static void the_header_tells_what_types_its_columns_have(void **state) {
  (void)state;
  static const char text[] =
      "{\"n\":1,\"t\":\"1\",\"l\":[1],\"m\":1}\n{\"n\":null,\"t\":null,\"l\":\"x\",\"m\":\"x\"}\n[\"broken\"]"
      "\n";
  static const input_type types[] = {INPUT_NUMBERS, INPUT_TEXTS, INPUT_LISTS, INPUT_TEXTS};
  const reading_options options = plain_options();
  char *path = make_file(text, sizeof text - 1);
  error err;
  input_file f = {.options = &options, .memory = arena_new()};
  assert_int_equal(input_open(&f, path, path, path, NULL, NULL, &err), STATUS_OK);
  assert_int_equal(f.header.count, 4);
  for (uint32_t i = 0; i < f.header.count; i++) {
    assert_int_equal(f.header.columns[i].type, types[i]);
  }
  input_close(&f);
  arena_destroy(f.memory);
  drop_file(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_case_of_ndjson_reads_as_stated),
      cmocka_unit_test(lines_that_are_no_objects_are_left_out_with_line_and_cause),
      cmocka_unit_test(files_that_cannot_be_right_are_refused_by_line),
      cmocka_unit_test(a_nul_byte_is_refused),
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(lines_of_16_mib_are_read_and_longer_ones_refused),
      cmocka_unit_test(blank_objects_are_rows_where_they_are_kept),
      cmocka_unit_test(numbers_take_the_decimal_mark_of_the_dataset),
      cmocka_unit_test(the_header_tells_what_types_its_columns_have),
      cmocka_unit_test(wanted_keys_may_be_in_no_object_but_not_all_of_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
