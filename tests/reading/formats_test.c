/* What every input format promises, whatever its files look like: each row of formats.c reads the same
 * answers, as a writer here puts them down, in files of every kind.  A format without a writer fails. */
#include "tests/reading/csv_reading.h"

#include "reading/reader.h"
#include "tests/reading/readstat_files.h"
#include "tests/reading/workbook.h"
#include "tests/seeded.h"

enum { COLUMNS = 4, ROWS_MOST = 3000, CELL_BYTES = 40 };

/* Answers: numbers of few and of many values, texts of few and of many.  An empty cell is blank. */
typedef struct answers {
  size_t rows;
  char cells[ROWS_MOST][COLUMNS][CELL_BYTES];
} answers;

static const char *const names[COLUMNS] = {"item", "amount", "region", "comment"};

static const reading_column all_columns[COLUMNS] = {{"item", READING_HINT_TEXT_CODES, false},
                                                    {"amount", READING_HINT_NUMBER, false},
                                                    {"region", READING_HINT_TEXT_CODES, false},
                                                    {"comment", READING_HINT_TEXT, false}};

static answers *make_answers(size_t rows) {
  answers *a = calloc(1, sizeof *a);
  assert_non_null(a);
  seeded random = {seeded_seed()};
  a->rows = rows;
  for (size_t i = 0; i < rows; i++) {
    char(*row)[CELL_BYTES] = a->cells[i];
    static const char *const regions[] = {"North",
                                          "s\xc3\xbc"
                                          "d",
                                          "\xe4\xb8\x9c", ""};
    snprintf(row[0], CELL_BYTES, "%d", 1 + (int)seeded_below(&random, 5));
    switch (seeded_below(&random, 8)) {
      case 0:
        break;
      case 1:
        snprintf(row[1], CELL_BYTES, "n/a");
        break;
      case 2:
        snprintf(row[1], CELL_BYTES, "%llue-%llu", (unsigned long long)seeded_bits(&random, 30),
                 (unsigned long long)seeded_below(&random, 30));
        break;
      default:
        snprintf(row[1], CELL_BYTES, "%llu.%02llu", (unsigned long long)seeded_bits(&random, 40),
                 (unsigned long long)seeded_below(&random, 100));
    }
    snprintf(row[2], CELL_BYTES, "%s", regions[seeded_below(&random, 4)]);
    snprintf(row[3], CELL_BYTES, "comment %llu", (unsigned long long)seeded_bits(&random, 50));
  }
  return a;
}

/* ---- Writers ------------------------------------------------------------------------------------- */

static void write_csv(const answers *a, buf *out) {
  for (int c = 0; c < COLUMNS; c++) {
    buf_printf(out, "%s%s", c > 0 ? "," : "", names[c]);
  }
  buf_put(out, "\n", 1);
  for (size_t i = 0; i < a->rows; i++) {
    for (int c = 0; c < COLUMNS; c++) {
      buf_printf(out, "%s%s", c > 0 ? "," : "", a->cells[i][c]);
    }
    buf_put(out, "\n", 1);
  }
}

/* Every other blank cell is null, the others are left away; numbers are numbers. */
static void write_ndjson(const answers *a, buf *out) {
  for (size_t i = 0; i < a->rows; i++) {
    buf_put(out, "{", 1);
    for (int c = 0; c < COLUMNS; c++) {
      const char *cell = a->cells[i][c];
      const bool is_number = cell[0] >= '0' && cell[0] <= '9';
      const char *quote = is_number ? "" : "\"";
      if (cell[0] == '\0') {
        buf_printf(out, "%s\"%s\":null", c > 0 ? "," : "", names[c]);
      } else {
        buf_printf(out, "%s\"%s\":%s%s%s", c > 0 ? "," : "", names[c], quote, cell, quote);
      }
    }
    buf_put(out, "}\n", 2);
  }
}

/* A workbook holds doubles, which have neither exponents nor zeros at their end. */
static bool is_as_double(const char *cell) {
  const char *mark = strchr(cell, '.');
  return cell[0] >= '0' && cell[0] <= '9' && strchr(cell, 'e') == NULL &&
         (mark == NULL || cell[strlen(cell) - 1] != '0');
}

static void write_xlsx(const answers *a, buf *out) {
  buf sheet;
  buf_init(&sheet);
  buf_printf(&sheet, "<sheetData>");
  for (size_t i = 0; i <= a->rows; i++) {
    buf_printf(&sheet, "<row>");
    for (int c = 0; c < COLUMNS; c++) {
      const char *cell = i == 0 ? names[c] : a->cells[i - 1][c];
      if (cell[0] == '\0') {
        buf_printf(&sheet, "<c/>");
      } else {
        buf_printf(&sheet, is_as_double(cell) ? "<c><v>%s</v></c>" : "<c t=\"str\"><v>%s</v></c>", cell);
      }
    }
    buf_printf(&sheet, "</row>");
  }
  buf_printf(&sheet, "</sheetData>");
  workbook_put(out, &(workbook_texts){.sheet = {(const char *)sheet.data, sheet.length}});
  buf_fini(&sheet);
}

/* The items are numbers, everything else is text. */
static void write_statistics(const answers *a, written_as as, buf *out) {
  readstat_writer_t *w = readstat_file_new();
  readstat_variable_t *variables[COLUMNS];
  for (int c = 0; c < COLUMNS; c++) {
    variables[c] =
        readstat_add_variable(w, names[c], c == 0 ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_STRING, CELL_BYTES);
  }
  readstat_file_begin(w, as, out, (long)a->rows);
  for (size_t i = 0; i < a->rows; i++) {
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_double_value(w, variables[0], atof(a->cells[i][0])));
    for (int c = 1; c < COLUMNS; c++) {
      readstat_well(readstat_insert_string_value(w, variables[c], a->cells[i][c]));
    }
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
}

static void write_sav(const answers *a, buf *out) {
  write_statistics(a, WRITTEN_SAV, out);
}

static void write_dta(const answers *a, buf *out) {
  write_statistics(a, WRITTEN_DTA_118, out);
}

typedef struct writer {
  const char *format;
  void (*write)(const answers *a, buf *out);
  const char *name;    /* of a file that shows its format */
  const char *no_rows; /* a file that has columns and no rows; NULL: there is none */
} writer;

static const writer writers[] = {
    {"csv", write_csv, "answers.csv", "item,amount,region,comment\n"},
    {"ndjson", write_ndjson, "answers.jsonl", NULL},
    {"xlsx", write_xlsx, "answers.xlsx", NULL},
    {"sav", write_sav, "answers.sav", NULL},
    {"dta", write_dta, "answers.dta", NULL},
};

/* Runs CHECK for each format of the table. */
static void for_each_format(void (*check)(const writer *w)) {
  for (size_t i = 0; reading_format_name(i) != NULL; i++) {
    const writer *found = NULL;
    for (size_t k = 0; k < sizeof writers / sizeof writers[0]; k++) {
      found = strcmp(writers[k].format, reading_format_name(i)) == 0 ? &writers[k] : found;
    }
    if (found == NULL) {
      fail_msg("the format %s has no writer in this test", reading_format_name(i));
    }
    check(found);
  }
}

static reading_options options_of(const writer *w, bool all) {
  return (reading_options){
      .format = w->format, .columns = all ? all_columns : NULL, .columns_count = all ? COLUMNS : 0};
}

static dataset read_answers(const writer *w, const reading_options *options, size_t rows) {
  answers *a = make_answers(rows);
  buf text;
  buf_init(&text);
  w->write(a, &text);
  dataset d = read_text(options, text.data, text.length);
  buf_fini(&text);
  free(a);
  return d;
}

/* ---- Promises ------------------------------------------------------------------------------------ */

static void check_rows(const writer *w) {
  answers *a = make_answers(ROWS_MOST);
  reading_options options = options_of(w, true);
  static const reading_column texts[COLUMNS] = {
      {"item", 0, false}, {"amount", 0, false}, {"region", 0, false}, {"comment", 0, false}};
  options.columns = texts;
  dataset d = read_answers(w, &options, ROWS_MOST);
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, ROWS_MOST);
  for (size_t i = 0; i < d.rows_count; i++) {
    for (int c = 0; c < COLUMNS; c++) {
      if (!slice_is(d.rows[i].cells[c], a->cells[i][c])) {
        fail_msg("%s, row %zu, %s: %.*s instead of %s", w->format, i, names[c], SLICE_ARG(d.rows[i].cells[c]),
                 a->cells[i][c]);
      }
    }
  }
  drop_dataset(&d);
  free(a);
}

static void every_format_gives_the_cells_that_were_written(void **state) {
  (void)state;
  for_each_format(check_rows);
}

/* In another format the shards of the same cells are the same, byte by byte: only names differ. */
static void check_shards(const writer *w) {
  const reading_options options = options_of(w, true);
  const reading_options first = options_of(&writers[0], true);
  for (size_t rows = 1; rows <= ROWS_MOST; rows = rows * 7 + 1) {
    dataset a = read_answers(&writers[0], &first, rows);
    dataset b = read_answers(w, &options, rows);
    assert_int_equal(a.facts->shards_count, b.facts->shards_count);
    for (uint32_t i = 0; i < a.rows_count; i++) {
      for (int c = 0; c < COLUMNS; c++) {
        assert_slice_equal(a.rows[i].cells[c], b.rows[i].cells[c]);
        assert_int_equal(a.rows[i].numeric[c], b.rows[i].numeric[c]);
      }
    }
    for (uint32_t c = 0; c < COLUMNS; c++) {
      assert_int_equal(a.facts->columns[c].decimals_max, b.facts->columns[c].decimals_max);
      assert_int_equal(decimal_magnitude_compare(a.facts->columns[c].largest, b.facts->columns[c].largest),
                       0);
    }
    drop_dataset(&a);
    drop_dataset(&b);
  }
}

static void every_format_keeps_the_same_cells_in_the_same_form(void **state) {
  (void)state;
  for_each_format(check_shards);
}

static void check_threads(const writer *w) {
  for (int all = 0; all < 2; all++) {
    for (uint32_t shard_rows = 1; shard_rows <= ROWS_MOST; shard_rows = shard_rows * 11 + 2) {
      const size_t rows = shard_rows == 1 ? 100 : ROWS_MOST;
      reading_options options = options_of(w, all == 1);
      options.shard_rows = shard_rows;
      options.threads = 1;
      dataset one = read_answers(w, &options, rows);
      options.threads = 4;
      dataset four = read_answers(w, &options, rows);
      assert_int_equal(one.rows_count, rows);
      assert_int_equal(one.facts->shards_count, (rows + shard_rows - 1) / shard_rows);
      assert_same_data(&one, &four);
      drop_dataset(&one);
      drop_dataset(&four);
    }
  }
}

static void any_number_of_threads_gives_the_same_shards(void **state) {
  (void)state;
  for_each_format(check_threads);
}

static void check_few(const writer *w) {
  const reading_options options = options_of(w, true);
  dataset d = read_text(&options, "", 0);
  assert_int_equal(d.code, STATUS_DATA);
  assert_non_null(strstr(d.err.message, "is empty"));
  drop_dataset(&d);
  if (w->no_rows != NULL) {
    d = read_text(&options, w->no_rows, strlen(w->no_rows));
    assert_int_equal(d.code, STATUS_DATA);
    assert_non_null(strstr(d.err.message, "no rows"));
    drop_dataset(&d);
  }
  d = read_answers(w, &options, 1);
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, 1);
  drop_dataset(&d);
}

static void empty_files_are_refused_and_one_record_is_enough(void **state) {
  (void)state;
  for_each_format(check_few);
}

static bool stop_at(void *context, uint64_t rows, uint64_t done, uint64_t total) {
  (void)rows;
  assert_true(total == 0 || done <= total);
  int *left = context;
  return (*left)-- > 0;
}

static void check_stop(const writer *w) {
  for (int calls = 0; calls < 3; calls++) {
    int left = calls;
    reading_options options = options_of(w, true);
    options.progress = stop_at;
    options.context = &left;
    options.shard_rows = 10;
    dataset d = read_answers(w, &options, ROWS_MOST);
    /* Who asks for it to go on often enough gets the whole file. */
    assert_true(d.code == STATUS_INTERRUPTED || (d.code == STATUS_OK && left >= 0));
    assert_true(calls > 0 || d.code == STATUS_INTERRUPTED);
    drop_dataset(&d);
  }
}

static void a_caller_that_has_enough_stops_every_format(void **state) {
  (void)state;
  for_each_format(check_stop);
}

/* Bytes changed, cut off and doubled: a status, the same for any threads, and nothing else. */
static void check_hostile(const writer *w) {
  answers *a = make_answers(40);
  buf text;
  buf_init(&text);
  w->write(a, &text);
  seeded random = {seeded_seed() + 1};
  for (int i = 0; i < SEEDED_CASES(1500); i++) {
    buf bytes;
    buf_init(&bytes);
    buf_put(&bytes, text.data, 1 + seeded_below(&random, text.length));
    for (uint64_t k = seeded_below(&random, 6); k > 0; k--) {
      static const char special[] = "\0\n\r\"\\{}[]:,.eE-\xff\xef 0u|";
      bytes.data[seeded_below(&random, bytes.length)] =
          (uint8_t)special[seeded_below(&random, sizeof special - 1)];
    }
    reading_options options = options_of(w, false);
    options.shard_rows = 7;
    options.threads = 1;
    dataset one = read_text(&options, bytes.data, bytes.length);
    options.threads = 3;
    dataset three = read_text(&options, bytes.data, bytes.length);
    assert_int_equal(one.code, three.code);
    assert_true(one.code == STATUS_OK || one.code == STATUS_DATA || one.code == STATUS_LIMIT);
    if (one.code == STATUS_OK) {
      const file_facts *f = &one.facts->files[0];
      assert_same_data(&one, &three);
      assert_int_equal(f->records, one.rows_count + file_facts_left_out(f));
    }
    drop_dataset(&one);
    drop_dataset(&three);
    buf_fini(&bytes);
  }
  buf_fini(&text);
  free(a);
}

static void hostile_bytes_give_a_status_and_no_more(void **state) {
  (void)state;
  for_each_format(check_hostile);
}

/* ---- Telling formats, and several files ---------------------------------------------------------- */

/* By its first bytes, or because files that tell nothing are taken for it. */
static bool is_known_by_bytes(const writer *w) {
  size_t i = 0;
  while (strcmp(input_format_at(i)->name, w->format) != 0) {
    i++;
  }
  return i == 0 || input_format_at(i)->recognise != NULL;
}

static void check_told(const writer *w) {
  answers *a = make_answers(20);
  buf text;
  buf_init(&text);
  w->write(a, &text);
  const char *const called[] = {w->name, "-"};
  for (int by_name = is_known_by_bytes(w) ? 0 : 1; by_name < 2; by_name++) {
    reading_options options = {.columns = all_columns, .columns_count = COLUMNS};
    options.names = by_name == 1 ? called : called + 1;
    dataset d = read_text(&options, text.data, text.length);
    if (d.code != STATUS_OK) {
      fail_msg("%s: %s", w->format, d.err.message);
    }
    assert_int_equal(d.rows_count, 20);
    drop_dataset(&d);
  }
  buf_fini(&text);
  free(a);
}

static void formats_are_told_by_names_and_by_first_bytes(void **state) {
  (void)state;
  for_each_format(check_told);
}

static void a_name_tells_more_than_bytes_and_the_options_more_than_a_name(void **state) {
  (void)state;
  static const char text[] = "{\"a\":1}\n{\"a\":2}\n";
  static const char *const called[] = {"x.csv"};
  reading_options options = {.names = called};
  dataset d = read_text(&options, text, sizeof text - 1);
  assert_int_equal(d.code, STATUS_OK);
  assert_true(slice_is(d.facts->columns[0].name, "{\"a\":1}"));
  drop_dataset(&d);
  options.format = "ndjson";
  d = read_text(&options, text, sizeof text - 1);
  assert_true(slice_is(d.facts->columns[0].name, "a"));
  assert_int_equal(d.rows_count, 2);
  drop_dataset(&d);
  options.format = "xml";
  d = read_text(&options, text, sizeof text - 1);
  assert_int_equal(d.code, STATUS_SPECIFICATION);
  drop_dataset(&d);
}

static void files_of_several_formats_are_one_dataset(void **state) {
  (void)state;
  enum { FILES = sizeof writers / sizeof writers[0] };
  answers *a = make_answers(500);
  char *paths[FILES];
  const char *called[FILES];
  for (int i = 0; i < FILES; i++) {
    buf text;
    buf_init(&text);
    writers[i].write(a, &text);
    paths[i] = make_file(text.data, text.length);
    called[i] = writers[i].name;
    buf_fini(&text);
  }
  for (unsigned threads = 1; threads <= 3; threads += 2) {
    reading_options options = {.columns = all_columns,
                               .columns_count = COLUMNS,
                               .names = called,
                               .threads = threads,
                               .shard_rows = 70};
    dataset d = read_dataset(&options, (const char *const *)paths, FILES);
    assert_int_equal(d.code, STATUS_OK);
    assert_int_equal(d.rows_count, FILES * 500);
    for (size_t i = 500; i < d.rows_count; i++) {
      assert_int_equal(d.rows[i].ordinal, i);
      for (int c = 0; c < COLUMNS; c++) {
        assert_slice_equal(d.rows[i].cells[c], d.rows[i - 500].cells[c]);
      }
    }
    drop_dataset(&d);
  }
  for (int i = 0; i < FILES; i++) {
    drop_file(paths[i]);
  }
  free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_gives_the_cells_that_were_written),
      cmocka_unit_test(every_format_keeps_the_same_cells_in_the_same_form),
      cmocka_unit_test(any_number_of_threads_gives_the_same_shards),
      cmocka_unit_test(empty_files_are_refused_and_one_record_is_enough),
      cmocka_unit_test(a_caller_that_has_enough_stops_every_format),
      cmocka_unit_test(hostile_bytes_give_a_status_and_no_more),
      cmocka_unit_test(formats_are_told_by_names_and_by_first_bytes),
      cmocka_unit_test(a_name_tells_more_than_bytes_and_the_options_more_than_a_name),
      cmocka_unit_test(files_of_several_formats_are_one_dataset),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
