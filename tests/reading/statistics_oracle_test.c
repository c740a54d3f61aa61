/* Real files, cell by cell against what ReadStat reads of them: the library behind R's haven.  They come from
 * ../shared/data, and, converted to every form that pspp writes, from it; where either is not there, it says
 * so. */
#include <dirent.h>

#include "tests/process.h"
#include "tests/reading/csv_reading.h"
#include "tests/reading/readstat_files.h"

#define DATA CANVASS_SOURCE_DIR "/../shared/data"

/* What ReadStat's callbacks report, compared with what we read. */
typedef struct comparison {
  const char *path;
  const dataset *d;
  uint64_t cells;
} comparison;

static int check_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context) {
  comparison *c = context;
  const int column = readstat_variable_get_index(variable);
  assert_true(row >= 0 && (size_t)row < c->d->rows_count);
  const slice cell = c->d->rows[row].cells[column];
  c->cells++;
  if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
    const slice text = slice_trim(slice_of(readstat_string_value(value)));
    if (!slice_equal(cell, text)) {
      fail_msg("%s: row %d, column %d: '%.*s' instead of '%.*s'", c->path, row, column, SLICE_ARG(cell),
               SLICE_ARG(text));
    }
    return READSTAT_HANDLER_OK;
  }
  if (readstat_value_is_system_missing(value) || readstat_value_is_tagged_missing(value)) {
    assert_true(cell.length == 0 || cell.bytes[0] == '.');
    return READSTAT_HANDLER_OK;
  }
  if (c->d->facts->columns[column].codes.date_format.length > 0) {
    assert_true(cell.length >= 7 && (cell.bytes[4] == '-' || cell.bytes[0] == '-'));
    return READSTAT_HANDLER_OK;
  }
  char *copy = slice_copy(cell);
  const bool equal = readstat_value_type(value) == READSTAT_TYPE_FLOAT
                         ? strtof(copy, NULL) == readstat_float_value(value)
                         : strtod(copy, NULL) == readstat_double_value(value);
  if (!equal) {
    fail_msg("%s: row %d, column %d: '%s' instead of %.17g", c->path, row, column, copy,
             readstat_double_value(value));
  }
  free(copy);
  return READSTAT_HANDLER_OK;
}

static int check_variable(int index, readstat_variable_t *variable, const char *labels, void *context) {
  const comparison *c = context;
  const manifest_column *column = &c->d->facts->columns[index];
  (void)labels;
  assert_true((uint32_t)index < c->d->facts->columns_count);
  assert_true(slice_is(column->name, readstat_variable_get_name(variable)));
  assert_true(slice_is(column->label, readstat_variable_get_label(variable)));
  assert_int_equal(column->codes.missing_count, readstat_variable_get_missing_ranges_count(variable));
  if (readstat_variable_get_measure(variable) != READSTAT_MEASURE_UNKNOWN) {
    assert_int_equal(column->codes.measure, readstat_variable_get_measure(variable));
  }
  return READSTAT_HANDLER_OK;
}

/* Reads PATH both ways. */
static void compare(const char *path, readstat_error_t (*parse)(readstat_parser_t *, const char *, void *)) {
  const reading_options names = {0};
  manifest *header = NULL;
  error err;
  if (reading_header(&names, path, &header, NULL, &err) != STATUS_OK) {
    fail_msg("%s: %s", path, err.message);
  }
  reading_column *columns = calloc(header->columns_count + 1, sizeof *columns);
  for (uint32_t i = 0; i < header->columns_count; i++) {
    columns[i].name = slice_copy(header->columns[i].name);
    columns[i].hint = READING_HINT_TEXT;
  }
  const reading_options options = {
      .columns = columns, .columns_count = header->columns_count, .threads = 2, .keeps_blank_rows = true};
  dataset d = read_dataset(&options, &path, 1);
  if (d.code != STATUS_OK) {
    fail_msg("%s: %s", path, d.err.message);
  }
  comparison c = {.path = path, .d = &d};
  readstat_parser_t *parser = readstat_parser_init();
  readstat_well(readstat_set_variable_handler(parser, check_variable));
  readstat_well(readstat_set_value_handler(parser, check_value));
  readstat_well(parse(parser, path, &c));
  readstat_parser_free(parser);
  uint32_t variables = 0;
  for (uint32_t i = 0; i < header->columns_count; i++) {
    variables += !header->columns[i].codes.is_set;
  }
  assert_int_equal(c.cells, (uint64_t)d.rows_count * variables);
  for (uint32_t i = 0; i < header->columns_count; i++) {
    free((char *)columns[i].name);
  }
  free(columns);
  drop_dataset(&d);
  manifest_destroy(header);
}

/* Calls CHECK for each file of FOLDER with this ENDING; the number of them. */
static int each_file(const char *folder, const char *ending, void (*check)(const char *path)) {
  DIR *dir = opendir(folder);
  int count = 0;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    const size_t length = strlen(entry->d_name);
    if (length > strlen(ending) && strcmp(entry->d_name + length - strlen(ending), ending) == 0) {
      buf path;
      buf_init(&path);
      buf_printf(&path, "%s/%s%c", folder, entry->d_name, '\0');
      check((const char *)path.data);
      buf_fini(&path);
      count++;
    }
  }
  if (dir != NULL) {
    closedir(dir);
  }
  return count;
}

static void check_sav(const char *path) {
  compare(path, readstat_parse_sav);
}

static void real_files_are_read_as_readstat_reads_them(void **state) {
  (void)state;
  const int files =
      each_file(DATA "/sav", ".sav", check_sav) + each_file(DATA "/servqual", ".sav", check_sav);
  if (files == 0) {
    print_message("skipped: " DATA "/sav is not there\n");
    skip();
  }
}

/* ---- pspp ------------------------------------------------------------------------------------------- */

#define PSPP "/usr/bin/pspp"

/* Runs pspp on SYNTAX, which has the FOLDER for its files in it. */
static void run_pspp(const char *folder, const char *syntax) {
  char path[4096];
  process_result result;
  process_write_file(folder, "make.sps", syntax, strlen(syntax), path, sizeof path);
  process_run((const char *const[]){PSPP, path, NULL}, NULL, &result);
  process_check_success(&result);
  process_result_fini(&result);
}

static dataset read_all(const char *path) {
  const reading_options options = {.keeps_blank_rows = true, .threads = 2};
  dataset d = read_dataset(&options, &path, 1);
  if (d.code != STATUS_OK) {
    fail_msg("%s: %s", path, d.err.message);
  }
  return d;
}

/* A measure that a file does not state, pspp guesses. */
static void check_same_codes(const manifest_column *a, const manifest_column *b) {
  column_codes guessed = a->codes;
  guessed.measure = guessed.measure == MEASURE_UNKNOWN ? b->codes.measure : guessed.measure;
  assert_true(slice_equal(a->name, b->name));
  assert_true(slice_equal(a->label, b->label));
  if (!column_codes_equal(&guessed, &b->codes)) {
    fail_msg("%.*s: other labels or missing values", SLICE_ARG(a->name));
  }
}

/* What pspp reads of PATH and saves as another file is what we read of PATH. */
static void check_saved_by_pspp(const char *path) {
  char folder[4096];
  char syntax[16384];
  char saved[8192];
  process_directory_new(folder, sizeof folder);
  snprintf(saved, sizeof saved, "%s/saved.sav", folder);
  snprintf(syntax, sizeof syntax, "GET FILE='%s'.\nSAVE OUTFILE='%s' /UNCOMPRESSED.\n", path, saved);
  run_pspp(folder, syntax);
  dataset a = read_all(path);
  dataset b = read_all(saved);
  assert_int_equal(a.rows_count, b.rows_count);
  assert_int_equal(a.facts->columns_count, b.facts->columns_count);
  for (uint32_t c = 0; c < a.facts->columns_count; c++) {
    check_same_codes(&a.facts->columns[c], &b.facts->columns[c]);
    for (size_t row = 0; row < a.rows_count; row++) {
      if (!slice_equal(a.rows[row].cells[c], b.rows[row].cells[c])) {
        fail_msg("%s: row %zu, column %u: '%.*s' instead of '%.*s'", path, row, c,
                 SLICE_ARG(a.rows[row].cells[c]), SLICE_ARG(b.rows[row].cells[c]));
      }
    }
  }
  drop_dataset(&a);
  drop_dataset(&b);
  process_directory_remove(folder);
}

static void real_files_are_read_as_pspp_reads_them(void **state) {
  (void)state;
  if (access(PSPP, X_OK) != 0) {
    print_message("skipped: pspp is not installed\n");
    skip();
  }
  if (each_file(DATA "/sav", ".sav", check_saved_by_pspp) +
          each_file(DATA "/servqual", ".sav", check_saved_by_pspp) ==
      0) {
    print_message("skipped: " DATA "/sav is not there\n");
    skip();
  }
}

static void what_pspp_writes_in_every_form_is_read_as_readstat_reads_it(void **state) {
  (void)state;
  if (access(PSPP, X_OK) != 0) {
    print_message("skipped: pspp is not installed\n");
    skip();
  }
  static const char syntax[] =
      "CD '%s'.\n"
      "DATA LIST LIST /id (F8.0) score (F8.2) day (ADATE10) at (DATETIME20) name (A12) essay (A700).\n"
      "BEGIN DATA.\n"
      "1 4.25 03/01/2025 '01-MAR-2025 09:10:11' 'M\xc3\xbcller' 'a long text'\n"
      "2 . . . '' ''\n"
      "3 99 12/31/1999 '31-DEC-1999 23:59:59' 'x' 'y'\n"
      "END DATA.\n"
      "VARIABLE LABELS score 'How satisfied are you?' name 'Name'.\n"
      "VALUE LABELS score 1 'no' 99 'refused' /name 'x' 'nobody' /essay 'y' 'why'.\n"
      "MISSING VALUES score (90 THRU HIGHEST, -1) name ('x') essay ('y').\n"
      "VARIABLE LEVEL score (ORDINAL).\n"
      "SAVE OUTFILE='plain.sav' /UNCOMPRESSED.\n"
      "SAVE OUTFILE='coded.sav' /COMPRESSED.\n"
      "SAVE OUTFILE='packed.zsav' /ZCOMPRESSED.\n";
  char folder[4096];
  char filled[8192];
  process_directory_new(folder, sizeof folder);
  snprintf(filled, sizeof filled, syntax, folder);
  run_pspp(folder, filled);
  assert_int_equal(each_file(folder, ".sav", check_sav), 2);
  assert_int_equal(each_file(folder, ".zsav", check_sav), 1);
  process_directory_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(real_files_are_read_as_readstat_reads_them),
      cmocka_unit_test(real_files_are_read_as_pspp_reads_them),
      cmocka_unit_test(what_pspp_writes_in_every_form_is_read_as_readstat_reads_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
