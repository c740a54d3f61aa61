/* What bounds the memory of reading: a piece of a file, and so a shard, ends with the record with which it
 * has INPUT_PIECE_BYTES_MAX bytes, in every format. */
#include "tests/reading/csv_reading.h"

#include "reading/reader.h"
#include "tests/reading/readstat_files.h"
#include "tests/reading/workbook.h"
#include "tests/seeded.h"

/* Rows so wide that two and a half dozen of them are more than a piece: texts, as long as every format takes
 * them. */
enum { ROWS = 30, COLUMNS = 360, CELL_BYTES = 2000 };

typedef struct wide {
  char cells[ROWS][COLUMNS][CELL_BYTES + 1];
} wide;

_Static_assert((uint64_t)ROWS *COLUMNS *CELL_BYTES > INPUT_PIECE_BYTES_MAX, "more than a piece");
_Static_assert((uint64_t)ROWS *COLUMNS *CELL_BYTES < 2 * (uint64_t)INPUT_PIECE_BYTES_MAX,
               "and less than two");

static wide *make_wide(void) {
  wide *w = malloc(sizeof *w);
  assert_non_null(w);
  seeded random = {seeded_seed()};
  for (int row = 0; row < ROWS; row++) {
    for (int c = 0; c < COLUMNS; c++) {
      char *cell = w->cells[row][c];
      for (int i = 0; i < CELL_BYTES; i++) {
        cell[i] = (char)('a' + seeded_below(&random, 26));
      }
      cell[CELL_BYTES] = '\0';
    }
  }
  return w;
}

static const char *name_of(int column) {
  static char name[16];
  snprintf(name, sizeof name, "c%d", column);
  return name;
}

static void write_csv(const wide *w, buf *out) {
  for (int row = -1; row < ROWS; row++) {
    for (int c = 0; c < COLUMNS; c++) {
      buf_printf(out, "%s%s", c > 0 ? "," : "", row < 0 ? name_of(c) : w->cells[row][c]);
    }
    buf_put(out, "\n", 1);
  }
}

static void write_ndjson(const wide *w, buf *out) {
  for (int row = 0; row < ROWS; row++) {
    for (int c = 0; c < COLUMNS; c++) {
      buf_printf(out, "%s\"%s\":\"%s\"", c > 0 ? "," : "{", name_of(c), w->cells[row][c]);
    }
    buf_put(out, "}\n", 2);
  }
}

static void write_xlsx(const wide *w, buf *out) {
  buf sheet;
  buf_init(&sheet);
  buf_printf(&sheet, "<sheetData>");
  for (int row = -1; row < ROWS; row++) {
    buf_printf(&sheet, "<row>");
    for (int c = 0; c < COLUMNS; c++) {
      buf_printf(&sheet, "<c t=\"str\"><v>%s</v></c>", row < 0 ? name_of(c) : w->cells[row][c]);
    }
    buf_printf(&sheet, "</row>");
  }
  buf_printf(&sheet, "</sheetData>");
  workbook_put(out, &(workbook_texts){.sheet = {(const char *)sheet.data, sheet.length}});
  buf_fini(&sheet);
}

static void write_statistics(const wide *w, written_as as, buf *out) {
  readstat_writer_t *file = readstat_file_new();
  readstat_variable_t *variables[COLUMNS];
  for (int c = 0; c < COLUMNS; c++) {
    variables[c] = readstat_add_variable(file, name_of(c), READSTAT_TYPE_STRING, CELL_BYTES);
  }
  readstat_file_begin(file, as, out, ROWS);
  for (int row = 0; row < ROWS; row++) {
    readstat_well(readstat_begin_row(file));
    for (int c = 0; c < COLUMNS; c++) {
      readstat_well(readstat_insert_string_value(file, variables[c], w->cells[row][c]));
    }
    readstat_well(readstat_end_row(file));
  }
  readstat_file_end(file);
}

static void write_sav(const wide *w, buf *out) {
  write_statistics(w, WRITTEN_SAV, out);
}

static void write_sav_plain(const wide *w, buf *out) {
  write_statistics(w, WRITTEN_SAV_PLAIN, out);
}

static void write_dta(const wide *w, buf *out) {
  write_statistics(w, WRITTEN_DTA_118, out);
}

static const struct writer {
  const char *format;
  void (*write)(const wide *w, buf *out);
} writers[] = {
    {"csv", write_csv}, {"ndjson", write_ndjson}, {"xlsx", write_xlsx},
    {"sav", write_sav}, {"sav", write_sav_plain}, {"dta", write_dta},
};

static void a_piece_ends_with_the_record_with_which_it_is_large(void **state) {
  (void)state;
  wide *w = make_wide();
  for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
    buf file;
    buf_init(&file);
    writers[i].write(w, &file);
    reading_options options = {.format = writers[i].format, .threads = 1};
    dataset one = read_text(&options, file.data, file.length);
    options.threads = 3;
    dataset three = read_text(&options, file.data, file.length);
    buf_fini(&file);
    if (one.code != STATUS_OK || one.rows_count != ROWS) {
      fail_msg("%s: %zu rows %s", writers[i].format, one.rows_count, one.err.message);
    }
    if (one.facts->shards_count != 2 || one.facts->shards[0].rows <= ROWS / 2) {
      fail_msg("%s: %u shards, %u rows in the first", writers[i].format, one.facts->shards_count,
               one.facts->shards[0].rows);
    }
    assert_same_data(&one, &three);
    for (int row = 0; row < ROWS; row++) {
      for (int c = 0; c < COLUMNS; c++) {
        assert_true(slice_is(one.rows[row].cells[c], w->cells[row][c]));
      }
    }
    drop_dataset(&one);
    drop_dataset(&three);
  }
  free(w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_piece_ends_with_the_record_with_which_it_is_large),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
