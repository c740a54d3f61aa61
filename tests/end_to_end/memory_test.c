/* What reading and evaluating a file takes in memory: a bound that does not grow with the file, the same for
 * every format.  Peaks are measured by bench/measured.c, from a small process, as the kernel counts them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"
#include "tests/reading/readstat_files.h"

/* More rows than three shards have, which is what is in flight with two workers. */
enum {
  ROWS = 250000,
  ITEMS = 40,
  NUMBERS = 6,
  TEXTS = 2,
  COLUMNS = ITEMS + NUMBERS + TEXTS,
  TEXT_BYTES = 24
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

enum { PEAK_MEGABYTES_MAX = 100 };

static const char spec[] =
    "variables:\n"
    "  \"q*\": {type: scale, range: [1, 5]}\n"
    "  \"n*\": {type: number, decimals: 2}\n"
    "  region: {type: nominal}\n"
    "analyses:\n"
    "  - describe: {items: [\"q*\"], by: region}\n"
    "  - correlate: {items: [\"q*\", \"n*\"]}\n";

/* ---- The survey ------------------------------------------------------------------------------------- */

static const char *name_of(int column) {
  static char room[16];
  if (column >= ITEMS + NUMBERS) {
    return column == ITEMS + NUMBERS ? "region" : "comment";
  }
  snprintf(room, sizeof room, "%s%02d", column < ITEMS ? "q" : "n", column);
  return room;
}

static bool is_text(int column) {
  return column >= ITEMS + NUMBERS;
}

/* A few different answers in most columns, many different numbers and comments. */
static double number_at(long row, int column) {
  return column < ITEMS ? (double)(1 + (row * 31 + column * 17 + row / 7 * column) % 5)
                        : (double)(row * (column + 3) * 7919 % 1000003) / 100;
}

static const char *text_at(long row, int column) {
  static char room[TEXT_BYTES];
  if (column == ITEMS + NUMBERS) {
    snprintf(room, sizeof room, "region %ld", row % 12);
  } else {
    snprintf(room, sizeof room, row % 2 == 0 ? "" : "comment %ld", row % 50021);
  }
  return room;
}

/* The cell as CSV and JSON have it. */
static void put_cell(FILE *out, long row, int column, const char *quote) {
  if (is_text(column)) {
    fprintf(out, "%s%s%s", quote, text_at(row, column), quote);
  } else {
    fprintf(out, column < ITEMS ? "%.0f" : "%.2f", number_at(row, column));
  }
}

static void write_csv(const char *path) {
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  for (long row = -1; row < ROWS; row++) {
    for (int c = 0; c < COLUMNS; c++) {
      fputs(c > 0 ? "," : "", out);
      if (row < 0) {
        fputs(name_of(c), out);
      } else {
        put_cell(out, row, c, "");
      }
    }
    fputs("\n", out);
  }
  assert_int_equal(fclose(out), 0);
}

static void write_ndjson(const char *path) {
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  for (long row = 0; row < ROWS; row++) {
    for (int c = 0; c < COLUMNS; c++) {
      fprintf(out, "%s\"%s\": ", c > 0 ? ", " : "{", name_of(c));
      put_cell(out, row, c, "\"");
    }
    fputs("}\n", out);
  }
  assert_int_equal(fclose(out), 0);
}

static void write_statistics(const char *path, written_as as) {
  readstat_writer_t *w = readstat_file_new();
  readstat_variable_t *variables[COLUMNS];
  buf file;
  buf_init(&file);
  for (int c = 0; c < COLUMNS; c++) {
    variables[c] = readstat_add_variable(
        w, name_of(c), is_text(c) ? READSTAT_TYPE_STRING : READSTAT_TYPE_DOUBLE, TEXT_BYTES);
  }
  readstat_file_begin(w, as, &file, ROWS);
  for (long row = 0; row < ROWS; row++) {
    readstat_well(readstat_begin_row(w));
    for (int c = 0; c < COLUMNS; c++) {
      readstat_well(is_text(c) ? readstat_insert_string_value(w, variables[c], text_at(row, c))
                               : readstat_insert_double_value(w, variables[c], number_at(row, c)));
    }
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(file.data, 1, file.length, out), file.length);
  assert_int_equal(fclose(out), 0);
  buf_fini(&file);
}

static void write_sav(const char *path) {
  write_statistics(path, WRITTEN_SAV);
}

static void write_sav_plain(const char *path) {
  write_statistics(path, WRITTEN_SAV_PLAIN);
}

static void write_zsav(const char *path) {
  write_statistics(path, WRITTEN_ZSAV);
}

/* Of doubles: the widest rows. */
static void write_dta(const char *path) {
  write_statistics(path, WRITTEN_DTA_118);
}

/* From the CSV file beside it. */
static void write_xlsx(const char *path) {
  char csv[SCENE_PATH_BYTES + 64];
  process_result r;
  snprintf(csv, sizeof csv, "%.*s/survey.csv", (int)(strrchr(path, '/') - path), path);
  process_run(
      (const char *const[]){"/usr/bin/python3", CANVASS_SOURCE_DIR "/bench/workbook.py", csv, path, NULL},
      NULL, &r);
  process_check_success(&r);
  process_result_fini(&r);
}

static const struct form {
  const char *name;
  void (*write)(const char *path);
} forms[] = {
    {"survey.csv", write_csv},      {"survey.ndjson", write_ndjson}, {"survey.sav", write_sav},
    {"plain.sav", write_sav_plain}, {"survey.zsav", write_zsav},     {"survey.dta", write_dta},
    {"survey.xlsx", write_xlsx},
};

/* ---- Peaks ------------------------------------------------------------------------------------------ */

static double peak_of(const scene *s, const char *data) {
  process_result r;
  double seconds = 0;
  double of_processors = 0;
  double megabytes = 0;
  process_run((const char *const[]){CANVASS_MEASURED, CANVASS_PROGRAM, "run", "--quiet", "--workers", "2",
                                    "--format", "json", s->spec, data, NULL},
              NULL, &r);
  process_check_success(&r);
  assert_int_equal(sscanf(r.out, "%lf %lf %lf", &seconds, &of_processors, &megabytes), 3);
  process_result_fini(&r);
  return megabytes;
}

static void a_file_of_any_format_is_evaluated_in_less_than_a_hundred_megabytes(void **state) {
  scene *s = *state;
  if (IS_SANITIZED != 0) {
    print_message("skipped: sanitizers take memory of their own\n");
    skip();
  }
  scene_write(s, spec, "");
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    char path[SCENE_PATH_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", s->directory, forms[i].name);
    forms[i].write(path);
    const double megabytes = peak_of(s, path);
    print_message("%s: %.0f MB\n", forms[i].name, megabytes);
    if (megabytes > PEAK_MEGABYTES_MAX) {
      fail_msg("%s: %.0f MB", forms[i].name, megabytes);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_file_of_any_format_is_evaluated_in_less_than_a_hundred_megabytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
