/* What the grammar promises, case by case: RFC 4180 and its edges, and every way a file can be wrong. */
#include "tests/reading/csv_reading.h"

typedef struct grammar_case {
  const char *what;
  const char *text;
  char delimiter;
  const char *rows; /* cells as <a|b>, rows one after the other */
  unsigned quarantined;
  uint64_t bad_line; /* the first */
  const char *problem;
} grammar_case;

#define ADVICE "; write \"\" for a quote inside a quoted cell"

static const grammar_case grammar_cases[] = {
    {"plain", "a,b\n1,2\n3,4\n", 0, "<1|2><3|4>", 0, 0, NULL},
    {"CRLF", "a,b\r\n1,2\r\n3,4\r\n", 0, "<1|2><3|4>", 0, 0, NULL},
    {"no break at the end", "a,b\n1,2\n3,4", 0, "<1|2><3|4>", 0, 0, NULL},
    {"carriage return at the end", "a,b\r\n1,2\r", 0, "<1|2>", 0, 0, NULL},
    {"mark of UTF-8",
     "\xef\xbb\xbf"
     "a,b\n1,2\n",
     0, "<1|2>", 0, 0, NULL},
    {"quotes", "a,b\n\"1\",\"2\"\n", 0, "<1|2>", 0, 0, NULL},
    {"delimiter in quotes", "a,b\n\"x,y\",2\n", 0, "<x,y|2>", 0, 0, NULL},
    {"doubled quotes", "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", 0, "<say \"hi\"|\">", 0, 0, NULL},
    {"break in quotes", "a,b\n\"x\ny\",2\n3,4\n", 0, "<x\ny|2><3|4>", 0, 0, NULL},
    {"empty quotes", "a,b\n\"\",2\n", 0, "<|2>", 0, 0, NULL},
    {"empty cells", "a,b\n,\n1,\n,2\n", 0, "<1|><|2>", 0, 0, NULL},
    {"empty lines are no records", "\n\na,b\n\n1,2\n\r\n\n3,4\n\n", 0, "<1|2><3|4>", 0, 0, NULL},
    {"a quote inside a cell is a letter", "a,b\n5\" pipe,2\nx\"y\"z,\n", 0, "<5\" pipe|2><x\"y\"z|>", 0, 0,
     NULL},
    {"blanks around a quoted cell", "a,b\n \"x, y\"\t,2\n3, \"4\" \r\n", 0, "<x, y|2><3|4>", 0, 0, NULL},
    {"a quote behind blanks with text behind its other end is a letter",
     "a,b\n5, \"Fast\" delivery\n6, \"x\"y\n", 0, "<5|\"Fast\" delivery><6|\"x\"y>", 0, 0, NULL},
    {"a quote behind blanks closes on its line or is a letter", "a,b\n1, \"x\n2,y\"\n", 0, "<1|\"x><2|y\">",
     0, 0, NULL},
    {"a tab that delimits is no blank", "a\tb\n\"1\"\t\"2\"\n\t\"3\"\n", 0, "<1|2><|3>", 0, 0, NULL},
    {"blanks around the header's quotes", "a, \"b, c\" \n1,2\n", 0, "<1|2>", 0, 0, NULL},
    {"cells are trimmed",
     "a,b\n  1\t,\xc2\xa0"
     "2\xe3\x80\x80\n",
     0, "<1|2>", 0, 0, NULL},
    {"quoted cells are trimmed", "a,b\n\" 1 \",2\n", 0, "<1|2>", 0, 0, NULL},
    {"one column", "a\n1\n\n\"\"\n2\n", 0, "<1><2>", 0, 0, NULL},
    {"semicolon", "a;b;c,d\n1;2;3\n", 0, "<1|2|3>", 0, 0, NULL},
    {"tab", "a\tb\n1\t2,5\n", 0, "<1|2,5>", 0, 0, NULL},
    {"bar", "a|b\n1|2\n", 0, "<1|2>", 0, 0, NULL},
    {"a delimiter in quotes does not count", "\"a;;;;\",b\n1,2\n", 0, "<1|2>", 0, 0, NULL},
    {"a stated delimiter", "a,b;c\n1;2\n", ';', "<1|2>", 0, 0, NULL},
    {"another stated delimiter", "a~b\n1~\"~\"\n", '~', "<1|~>", 0, 0, NULL},
    {"too many cells", "a,b\n1,2,3\n4,5\n", 0, "<4|5>", 1, 2, "3 cells, the header has 2"},
    {"too few cells", "a,b\n1,2\n3\n", 0, "<1|2>", 1, 3, "1 cell, the header has 2"},
    {"text after a closing quote", "a,b\n\"1\"x,2\n3,\"4\" 5\n5,6\n", 0, "<5|6>", 2, 2,
     "text after the closing quote of \"a\""},
    {"carriage returns end lines", "a,b\r1,2\r\r3,\"4\r5\"\r", 0, "<1|2><3|4\n5>", 0, 0, NULL},
    {"carriage returns end lines, and so do newlines", "a,b\r1,2\n3,4\r\n5,6\r\r\n7,8", 0,
     "<1|2><3|4><5|6><7|8>", 0, 0, NULL},
    {"carriage returns end lines behind quotes that hold newlines", "a,\"b\nb\"\"\"\r1,2\r3,4\r", 0,
     "<1|2><3|4>", 0, 0, NULL},
    {"carriage returns are text in files of lines with newlines", "a,b\n1,x\ry\n\"3\r4\",5\n6,7\r\n", 0,
     "<1|x\ry><3\r4|5><6|7>", 0, 0, NULL},
    {"carriage returns are text in files of lines with CRLF", "\"a\rA\",b\r\n1,x\ry\r\n\"3\r4\",5\r\n", 0,
     "<1|x\ry><3\r4|5>", 0, 0, NULL},
    {"carriage returns end lines where they separate records, as in a part that was appended",
     "a,b\r\n1,2\r\n3,4\r5,6\r\r7,\"8\r9\"\r\n", 0, "<1|2><3|4><5|6><7|8\r9>", 0, 0, NULL},
    {"the same in lines with newlines, some of them broken", "a,b\n1,2\r3\r4,5\r6,7\n8,9\n", 0,
     "<1|2><4|5><6|7><8|9>", 1, 3, "1 cell, the header has 2"},
    {"carriage returns that separate fewer records than others are text",
     "a,b,c\r\n1,2\r3,x,y\r4\r\n5,6,7\r\n", 0, "<5|6|7>", 1, 2, "4 cells, the header has 3"},
    {"a carriage return in the only column is text", "a\r\n1\r2\r\n", 0, "<1\r2>", 0, 0, NULL},
    {"a letter that looks like a quote in the first line", "5\" pipe,b\n1,x\ry\n", 0, "<1|x\ry>", 0, 0, NULL},
    {"line ends that were converted twice", "a,b\r\r\n1,\"2\"\r\r\n3,4\r\r\n", 0, "<1|2><3|4>", 0, 0, NULL},
    {"quotes behind a blank and before a carriage return are letters", "a,b\n \"1\"\r,2\n", 0, "<\"1\"|2>", 0,
     0, NULL},
    {"a carriage return behind a closing quote is text", "a,b\n\"1\"\r3,2\n5,6\n", 0, "<5|6>", 1, 2,
     "text after the closing quote of \"a\""},
    {"twins are numbered", "a,b, a\n1,2,3\n", 0, "<1|2|3>", 0, 0, NULL},
    {"twins beside a column that has one's number", "a,a #1,a\n1,2,3\n", 0, "<1|2|3>", 0, 0, NULL},
    {"sep= names the delimiter", "sep=;\na,b;c\n1;2\n", 0, "<1|2>", 0, 0, NULL},
    {"sep= with a mark, quotes and CRLF", "\xef\xbb\xbf\"sep=|\"\r\na,b|c\r\n1|2\r\n", 0, "<1|2>", 0, 0,
     NULL},
    {"sep= and a tab", "SEP=\t\na,b\tc\n1\t2\n", 0, "<1|2>", 0, 0, NULL},
    {"a stated delimiter goes before sep=", "sep=;\na,b;c\n1,2\n", ',', "<1|2>", 0, 0, NULL},
    {"a title that begins like sep=", "sep=2,b\n1,2\n", 0, "<1|2>", 0, 0, NULL},
    {"a byte-order mark of a joined file",
     "a,b\n1,2\n\xef\xbb\xbf"
     "3,4\n\xef\xbb\xbf\"5\",6\n",
     0, "<1|2><3|4><5|6>", 0, 0, NULL},
    {"an open quote at the start", "a,b\n\"1,2\n3,4\n5,6\n", 0, "<3|4><5|6>", 1, 2,
     "the quote that opens on line 2 never closes" ADVICE},
    {"an open quote in the middle", "a,b\n1,2\n3,\"4\n5,6\n", 0, "<1|2><5|6>", 1, 3,
     "the quote that opens on line 3 never closes" ADVICE},
    {"an open quote at the end", "a,b\n1,2\n3,\"4", 0, "<1|2>", 1, 3,
     "the quote that opens on line 3 never closes" ADVICE},
    {"an open quote behind a break in quotes", "a,b\n\"1\n1\",\"2\n3,4\n", 0, "<3|4>", 2, 2,
     "the quote that opens on line 2 never closes" ADVICE},
    {"text after a quote that closes on a later line", "a,b\n1,\"2\n3,4\n5,\"6\"\n7,8\n", 0,
     "<3|4><5|6><7|8>", 1, 2,
     "the record of the quote that opens on line 2 has text after a closing quote on line 4" ADVICE},
    {"too many cells over several lines", "a,b\n1,\"2\n3\",4\n5,6\n", 0, "<3\"|4><5|6>", 1, 2,
     "the record of the quote that opens on line 2 has more than the 2 cells of the header" ADVICE},
    {"too few cells over several lines", "a,b,c\n1,\"2\n3,4,5\"\n6,7,8\n", 0, "<3|4|5\"><6|7|8>", 1, 2,
     "the record of the quote that opens on line 2 ends on line 3 with 2 cells, the header has 3" ADVICE},
    {"lines that look like records in quotes", "a,b,c\n1,2,\"good but slow\n2,3,fine\n3,4,the 5\"\n4,5,ok\n",
     0, "<2|3|fine><3|4|the 5\"><4|5|ok>", 1, 2,
     "the quote that opens on line 2 takes in the lines up to 4, which all look like records" ADVICE},
    {"one line that looks like none", "a,b,c\n1,2,\"good but slow\nand, well, dear\n3,4,the 5\"\n", 0,
     "<1|2|good but slow\nand, well, dear\n3,4,the 5>", 0, 0, NULL},
    {"with two columns lines are not compared", "a,b\n1,\"x\n2,y\"\n", 0, "<1|x\n2,y>", 0, 0, NULL},
    {"a header over several lines", "\"a\n1,2,3\",b,\"c\nd\"\n1,\"x\ny\",3\n", 0, "<1|x\ny|3>", 0, 0, NULL},
};

static reading_options plain_options(void) {
  return (reading_options){.decimal_mark = '.', .shard_rows = 2, .threads = 2};
}

static void every_case_of_the_grammar_reads_as_stated(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof grammar_cases / sizeof grammar_cases[0]; i++) {
    const grammar_case *c = &grammar_cases[i];
    reading_options options = plain_options();
    options.delimiter = c->delimiter;
    dataset d = read_text(&options, c->text, strlen(c->text));
    if (d.code != STATUS_OK) {
      fail_msg("%s: %s", c->what, d.err.message);
    }
    buf rows;
    buf_init(&rows);
    for (size_t row = 0; row < d.rows_count; row++) {
      for (uint32_t column = 0; column < d.facts->columns_count; column++) {
        buf_printf(&rows, "%s%.*s", column == 0 ? "<" : "|", SLICE_ARG(d.rows[row].cells[column]));
      }
      buf_put_u8(&rows, '>');
    }
    if (!slice_equal((slice){(const char *)rows.data, rows.length}, slice_of(c->rows))) {
      fail_msg("%s: reads as %.*s", c->what, (int)rows.length, (const char *)rows.data);
    }
    const file_facts *file = &d.facts->files[0];
    assert_int_equal(file->quarantined, c->quarantined);
    assert_int_equal(file->records, d.rows_count + file_facts_left_out(file));
    if (c->quarantined > 0) {
      assert_int_equal(file->places[0].line, c->bad_line);
      if (!slice_is(file->places[0].problem, c->problem)) {
        fail_msg("%s: %.*s", c->what, SLICE_ARG(file->places[0].problem));
      }
    }
    buf_fini(&rows);
    drop_dataset(&d);
  }
}

typedef struct wrong_case {
  const char *what;
  const char *bytes;
  size_t length;        /* 0: a terminated text */
  const char *column;   /* wanted; NULL: all */
  const char *parts[4]; /* of the message */
} wrong_case;

static const wrong_case wrong_cases[] = {
    {"empty", "", 0, NULL, {"is empty"}},
    {"only a mark", "\xef\xbb\xbf", 0, NULL, {"is empty"}},
    {"only empty lines", "\n\r\n\n", 0, NULL, {"is empty"}},
    {"header only", "a,b\n", 0, NULL, {"has a header but no rows"}},
    {"header only, no break", "a,b", 0, NULL, {"has a header but no rows"}},
    {"nothing usable",
     "a,b\n1\n2,3,4\n",
     0,
     NULL,
     {"none of the 2 rows", "line 2", "1 cell, the header has 2"}},
    {"sep= and what cannot be one", "sep=x\na,b\n1,2\n", 0, NULL, {":1:", "sep=", "skip: 1"}},
    {"missing column", "resp_id,q01\n1,2\n", 0, "q1", {"\"q1\"", "did you mean \"q01\""}},
    {"open quote in the header", "\na,\"b\n1,2\n", 0, NULL, {":2:", "header", "never closes"}},
    {"text after a quote in the header", "a,\"b\"c\n1,2\n", 0, NULL, {":1:", "closing quote of cell 2"}},
    {"ill-formed UTF-8", "a,b\n1,2\n3,x\xff\n", 0, NULL, {":3:", "byte 4", "0xFF", "not UTF-8"}},
    {"GBK",
     "a,b\n1,\xb2\xbb\xd0\xd0\n2,\xba\xdc\xc2\xfa\xd2\xe2\n",
     0,
     NULL,
     {":2:", "byte 3", "encoding: gb18030"}},
    {"CP949", "a,b\n1,\xbe\xc8\xb3\xe7\xc7\xcf\xbc\xbc\xbf\xe4\n", 0, NULL, {":2:", "encoding: cp949"}},
    {"GBK in the header",
     "\xc2\xfa\xd2\xe2\xb6\xc8,b\n1,2\n",
     0,
     NULL,
     {":1:", "byte 1", "encoding: gb18030"}},
    {"windows-1252", "a,b\n1,caf\xe9\n2,tr\xe8s\n", 0, NULL, {":2:", "encoding: windows-1252"}},
    {"a NUL byte", "a,b\n1,2\n3,\0004\n5,6\n", 17, NULL, {":3:", "byte 3", "NUL"}},
    {"a workbook",
     "PK\x03\x04 and so on",
     0,
     NULL,
     {": is not a whole workbook: its directory cannot be read"}},
    {"an unfinished gzip", "\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b", 11, NULL, {"gzip", "ends early"}},
    {"an unfinished zstd", "\x28\xb5\x2f\xfd\x04", 5, NULL, {"zstd", "ends early"}},
};

static void wrong_files_are_refused_with_place_and_advice(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof wrong_cases / sizeof wrong_cases[0]; i++) {
    const wrong_case *c = &wrong_cases[i];
    reading_options options = plain_options();
    const reading_column wanted = {c->column, READING_HINT_TEXT_CODES, false};
    options.columns = c->column != NULL ? &wanted : NULL;
    options.columns_count = 1;
    dataset d = read_text(&options, c->bytes, c->length > 0 ? c->length : strlen(c->bytes));
    if (d.code != STATUS_DATA) {
      fail_msg("%s: %s", c->what, status_name(d.code));
    }
    for (size_t k = 0; k < 4 && c->parts[k] != NULL; k++) {
      if (strstr(d.err.message, c->parts[k]) == NULL) {
        fail_msg("%s: \"%s\" lacks \"%s\"", c->what, d.err.message, c->parts[k]);
      }
    }
    drop_dataset(&d);
  }
}

static void all_missing_columns_are_named_at_once(void **state) {
  (void)state;
  const reading_column wanted[] = {
      {"q01", 0, false}, {"qq", 0, false}, {"weigth", 0, false}, {"q02", 0, false}};
  reading_options options = plain_options();
  options.columns = wanted;
  options.columns_count = 4;
  const char *text = "q01,weight\n1,2\n";
  dataset d = read_text(&options, text, strlen(text));
  assert_int_equal(d.code, STATUS_DATA);
  assert_contains(d.err.message, "\"qq\"");
  assert_contains(d.err.message, "\"weigth\" (did you mean \"weight\"?)");
  /* Nor is what is used already offered for another. */
  assert_contains(d.err.message, "\"q02\"");
  assert_null(strstr(d.err.message, "\"q01\""));
  drop_dataset(&d);
}

static void wanted_columns_come_in_the_order_of_the_file(void **state) {
  (void)state;
  const reading_column wanted[] = {{"c", READING_HINT_NUMBER, false}, {"a", 0, false}, {"c", 0, false}};
  reading_options options = plain_options();
  options.columns = wanted;
  options.columns_count = 3;
  const char *text = "a,b,c\n1,2,3.25\n4,5\n7,8,9\n";
  dataset d = read_text(&options, text, strlen(text));
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.facts->columns_count, 2);
  assert_true(slice_is(d.facts->columns[0].name, "a"));
  assert_true(slice_is(d.facts->columns[1].name, "c"));
  assert_int_equal(d.facts->columns[1].decimals_max, 2);
  assert_int_equal(d.facts->files[0].quarantined, 1);
  assert_true(slice_is(d.rows[1].cells[1], "9"));
  drop_dataset(&d);
}

static void columns_without_a_name_are_numbered(void **state) {
  (void)state;
  reading_options options = plain_options();
  const char *text = "a,,\" \"\n1,2,3\n";
  dataset d = read_text(&options, text, strlen(text));
  assert_int_equal(d.code, STATUS_OK);
  assert_true(slice_is(d.facts->columns[1].name, "column_2"));
  assert_true(slice_is(d.facts->columns[2].name, "column_3"));
  drop_dataset(&d);
}

static void ordinals_and_lines_count_what_is_left_out(void **state) {
  (void)state;
  reading_options options = plain_options();
  options.shard_rows = 100;
  const char *text = "a,b\nbad\n\n\"1\n1\",2\n\n3,4\nbad\nbad\n5,6\n";
  dataset d = read_text(&options, text, strlen(text));
  static const uint64_t ordinals[] = {1, 2, 5};
  static const uint64_t lines[] = {4, 7, 10};
  assert_int_equal(d.rows_count, 3);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(d.rows[i].ordinal, ordinals[i]);
    assert_int_equal(d.rows[i].line, lines[i]);
  }
  assert_int_equal(d.facts->files[0].places_count, 3);
  assert_int_equal(d.facts->files[0].places[1].line, 8);
  drop_dataset(&d);
}

/* A quote that opens a cell of more than 16 MiB, and one of just less. */
static void a_record_of_sixteen_mebibytes_is_read_and_a_longer_one_is_not(void **state) {
  (void)state;
  enum { LIMIT = 16 << 20 };
  for (int over = 0; over <= 1; over++) {
    buf text;
    buf_init(&text);
    buf_printf(&text, "a,b\n1,2\n");
    const size_t begin = text.length;
    buf_printf(&text, "3,\"\n");
    while (text.length - begin < LIMIT - 2 - 7 + (size_t)over) {
      buf_put_u8(&text, text.length % 80 == 0 ? '\n' : 'x');
    }
    buf_printf(&text, "yyyyyyy\"\n\n5,6\n");
    reading_options options = plain_options();
    dataset d = read_text(&options, text.data, text.length);
    assert_int_equal(d.code, STATUS_OK);
    if (over == 0) {
      assert_int_equal(d.rows_count, 3);
      assert_int_equal(d.rows[1].cells[1].length, LIMIT - 2 - 3);
      assert_int_equal(d.facts->files[0].quarantined, 0);
    } else {
      assert_true(slice_is(d.facts->files[0].places[0].problem,
                           "the record of the quote that opens on line 3 does not end within 16 MiB" ADVICE));
      assert_true(slice_is(d.rows[d.rows_count - 1].cells[1], "6"));
      assert_true(d.facts->files[0].quarantined > 200000);
    }
    drop_dataset(&d);
    buf_fini(&text);
  }
}

static void a_line_that_does_not_end_is_an_error(void **state) {
  (void)state;
  enum { LENGTH = (16 << 20) + 100 };
  char *text = malloc(LENGTH);
  memset(text, 'x', LENGTH);
  memcpy(text, "a,b\n1,2\n", 8);
  reading_options options = plain_options();
  dataset d = read_text(&options, text, LENGTH);
  assert_int_equal(d.code, STATUS_DATA);
  assert_contains(d.err.message, ":3:");
  assert_contains(d.err.message, "16 MiB");
  drop_dataset(&d);
  free(text);
}

static void the_first_mistake_of_a_file_is_reported_whatever_the_threads(void **state) {
  (void)state;
  buf text;
  buf_init(&text);
  buf_printf(&text, "a,b\n");
  for (int i = 0; i < 3000; i++) {
    buf_printf(&text, i >= 1777 ? "%d,\xff\n" : "%d,x\n", i);
  }
  for (unsigned threads = 1; threads <= 4; threads++) {
    reading_options options = plain_options();
    options.threads = threads;
    options.shard_rows = 7;
    dataset d = read_text(&options, text.data, text.length);
    assert_int_equal(d.code, STATUS_DATA);
    assert_contains(d.err.message, ":1779:");
    drop_dataset(&d);
  }
  buf_fini(&text);
}

static bool stop_at_once(void *context, uint64_t rows, uint64_t done, uint64_t total) {
  (void)rows;
  (void)done;
  (void)total;
  ++*(int *)context;
  return false;
}

static void a_caller_that_has_enough_stops_the_reading(void **state) {
  (void)state;
  int calls = 0;
  reading_options options = plain_options();
  options.progress = stop_at_once;
  options.context = &calls;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], "a,b\n1,2\n", 8), 8);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
  const reading_column wanted[] = {{"a", 0, false}};
  options.columns = wanted;
  options.columns_count = 1;
  /* The header cannot be complete before a block is, so the pipe is closed behind enough lines. */
  const char *paths[] = {path};
  close(ends[1]);
  dataset d = read_dataset(&options, paths, 1);
  assert_true(d.code == STATUS_INTERRUPTED);
  assert_int_equal(calls, 1);
  drop_dataset(&d);
  close(ends[0]);
}

static bool count_calls(void *context, uint64_t rows, uint64_t done, uint64_t total) {
  (void)rows;
  (void)done;
  (void)total;
  ++*(int *)context;
  return true;
}

/* Threads that ended before the caller began to wait for them were not noticed. */
static void progress_is_told_at_the_end_however_short_the_file(void **state) {
  (void)state;
  for (int i = 0; i < 200; i++) {
    int calls = 0;
    reading_options options = plain_options();
    options.progress = count_calls;
    options.context = &calls;
    dataset d = read_text(&options, "a\n1\n", 4);
    assert_int_equal(d.code, STATUS_OK);
    assert_true(calls > 0);
    drop_dataset(&d);
  }
}

static void the_header_alone_can_be_asked_for(void **state) {
  (void)state;
  char *path = make_file("x;\"y\n1\";z\n", 10);
  const reading_options options = plain_options();
  manifest *m = NULL;
  error err;
  assert_int_equal(reading_header(&options, path, &m, NULL, &err), STATUS_OK);
  assert_int_equal(m->columns_count, 3);
  assert_true(slice_is(m->columns[1].name, "y\n1"));
  manifest_destroy(m);
  assert_int_equal(reading_header(&options, "/nonexistent/file.csv", &m, NULL, &err), STATUS_DATA);
  assert_contains(err.message, "/nonexistent/file.csv");
  drop_file(path);
}

static void options_that_make_no_sense_are_refused(void **state) {
  (void)state;
  reading_options options = plain_options();
  options.delimiter = '"';
  dataset d = read_text(&options, "a\n1\n", 4);
  assert_int_equal(d.code, STATUS_SPECIFICATION);
  drop_dataset(&d);
  options = plain_options();
  options.encoding = "klingon";
  d = read_text(&options, "a\n1\n", 4);
  assert_int_equal(d.code, STATUS_SPECIFICATION);
  assert_contains(d.err.message, "klingon");
  drop_dataset(&d);
}

/* Text is read in parts, and a part may end within a line end. */
static void line_ends_are_read_alike_wherever_the_text_is_cut(void **state) {
  (void)state;
  static const char *const ends[] = {"\n", "\r\n", "\r", "\r\r\n"};
  enum { ROWS = 66000, PADS = 6 };
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    for (int pad = 0; pad < PADS; pad++) {
      buf text;
      buf_init(&text);
      buf_printf(&text, "a%.*s,b%s", pad, "xxxxxxxx", ends[i]);
      for (int row = 0; row < ROWS; row++) {
        buf_printf(&text, "1,2%s", ends[i]);
      }
      dataset d = read_text(&(reading_options){0}, (const char *)text.data, text.length);
      assert_int_equal(d.code, STATUS_OK);
      assert_int_equal(d.rows_count, ROWS);
      assert_int_equal(d.facts->files[0].records, ROWS);
      assert_int_equal(d.facts->files[0].quarantined, 0);
      drop_dataset(&d);
      buf_fini(&text);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(line_ends_are_read_alike_wherever_the_text_is_cut),
      cmocka_unit_test(every_case_of_the_grammar_reads_as_stated),
      cmocka_unit_test(wrong_files_are_refused_with_place_and_advice),
      cmocka_unit_test(all_missing_columns_are_named_at_once),
      cmocka_unit_test(wanted_columns_come_in_the_order_of_the_file),
      cmocka_unit_test(columns_without_a_name_are_numbered),
      cmocka_unit_test(ordinals_and_lines_count_what_is_left_out),
      cmocka_unit_test(a_record_of_sixteen_mebibytes_is_read_and_a_longer_one_is_not),
      cmocka_unit_test(a_line_that_does_not_end_is_an_error),
      cmocka_unit_test(the_first_mistake_of_a_file_is_reported_whatever_the_threads),
      cmocka_unit_test(a_caller_that_has_enough_stops_the_reading),
      cmocka_unit_test(progress_is_told_at_the_end_however_short_the_file),
      cmocka_unit_test(the_header_alone_can_be_asked_for),
      cmocka_unit_test(options_that_make_no_sense_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
