/* The same answers as CSV and as newline-delimited JSON, through the whole program: the example of customer
 * satisfaction, put down as objects, gives the figures that its CSV gives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 512, LINE_BYTES = 4096, ARGUMENTS_MAX = 10, CELLS_MAX = 64 };

static const char spec_path[] = CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml";
static const char csv_path[] = CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv";

typedef struct fixture {
  char directory[PATH_BYTES];
  char ndjson[PATH_BYTES]; /* all of the CSV */
  char first[PATH_BYTES];  /* its first half as CSV, */
  char second[PATH_BYTES]; /* and the second as NDJSON */
  char *objects;           /* all, as text */
} fixture;

/* Cells of a line without quotes, in place. */
static size_t split(char *line, char **cells) {
  size_t count = 0;
  line[strcspn(line, "\r\n")] = '\0';
  for (char *at = line;; at++) {
    assert_true(count < CELLS_MAX);
    cells[count++] = at;
    at = strchr(at, ',');
    if (at == NULL) {
      return count;
    }
    *at = '\0';
  }
}

/* Numbers as numbers; blank cells as null in every other row, and left away in the others. */
static void put_object(buf *out, char **titles, char **cells, size_t count, size_t row) {
  const char *comma = "";
  buf_put(out, "{", 1);
  for (size_t i = 0; i < count; i++) {
    char *end = NULL;
    (void)strtod(cells[i], &end);
    const char *quote = *end == '\0' ? "" : "\"";
    if (cells[i][0] != '\0') {
      buf_printf(out, "%s\"%s\": %s%s%s", comma, titles[i], quote, cells[i], quote);
    } else if (row % 2 == 0) {
      buf_printf(out, "%s\"%s\": null", comma, titles[i]);
    } else {
      continue;
    }
    comma = ", ";
  }
  buf_put(out, "}\n", 2);
}

static void write_files(fixture *f, FILE *csv) {
  static char header[LINE_BYTES], line[LINE_BYTES], titles_line[LINE_BYTES];
  char *titles[CELLS_MAX], *cells[CELLS_MAX];
  buf all, first, second;
  buf_init(&all);
  buf_init(&first);
  buf_init(&second);
  assert_non_null(fgets(header, sizeof header, csv));
  strcpy(titles_line, header);
  const size_t count = split(titles_line, titles);
  buf_put(&first, header, strlen(header));
  for (size_t row = 0; fgets(line, sizeof line, csv) != NULL; row++) {
    const bool is_first = row < 900;
    if (is_first) {
      buf_put(&first, line, strlen(line));
    }
    assert_int_equal(split(line, cells), count);
    put_object(&all, titles, cells, count, row);
    if (!is_first) {
      put_object(&second, titles, cells, count, row);
    }
  }
  process_write_file(f->directory, "customersat.ndjson", all.data, all.length, f->ndjson, sizeof f->ndjson);
  process_write_file(f->directory, "a.csv", first.data, first.length, f->first, sizeof f->first);
  process_write_file(f->directory, "b.jsonl", second.data, second.length, f->second, sizeof f->second);
  buf_put(&all, "", 1);
  f->objects = strdup((const char *)all.data);
  buf_fini(&all);
  buf_fini(&first);
  buf_fini(&second);
}

static int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  FILE *csv = fopen(csv_path, "r");
  assert_non_null(f);
  assert_non_null(csv);
  process_directory_new(f->directory, sizeof f->directory);
  write_files(f, csv);
  fclose(csv);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  process_directory_remove(f->directory);
  free(f->objects);
  free(f);
  return 0;
}

/* The analyses of the report over FIRST and SECOND (may be NULL), canonical. */
static buf analyses_of(const char *spec, const char *first, const char *second, const char *input) {
  const char *const arguments[ARGUMENTS_MAX] = {CANVASS_PROGRAM, "run", spec,  "--format",
                                                "json",          first, second};
  process_result r;
  error err;
  json *document = NULL;
  buf out;
  process_run(arguments, input, &r);
  if (r.exit_code != 0) {
    fail_msg("exit code %d: %s", r.exit_code, r.err);
  }
  arena *memory = arena_new();
  assert_int_equal(json_parse(memory, (slice){r.out, r.out_length}, "report", &document, &err), STATUS_OK);
  const json *analyses = json_get(document, "analyses");
  assert_true(json_count(analyses) > 0);
  buf_init(&out);
  json_write(analyses, &out);
  arena_destroy(memory);
  process_result_fini(&r);
  return out;
}

static void assert_same_figures(const char *first, const char *second, const char *input) {
  buf expected = analyses_of(spec_path, csv_path, NULL, NULL);
  buf found = analyses_of(spec_path, first, second, input);
  assert_int_equal(found.length, expected.length);
  assert_memory_equal(found.data, expected.data, expected.length);
  buf_fini(&expected);
  buf_fini(&found);
}

static void objects_give_the_figures_of_the_same_csv(void **state) {
  const fixture *f = *state;
  assert_same_figures(f->ndjson, NULL, NULL);
}

static void csv_and_objects_are_one_dataset(void **state) {
  const fixture *f = *state;
  assert_same_figures(f->first, f->second, NULL);
}

static void objects_come_through_standard_input(void **state) {
  const fixture *f = *state;
  assert_same_figures("-", NULL, f->objects);
}

static void check_names_lines_that_are_no_objects(void **state) {
  const fixture *f = *state;
  static const char text[] = "{\"q\": 5}\n{\"q\": 4\n\n[3]\n{\"q\": 3}\n";
  static const char page[] =
      "variables:\n  q: {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: q}\n";
  char data[PATH_BYTES];
  char spec[PATH_BYTES];
  process_write_file(f->directory, "broken.ndjson", text, sizeof text - 1, data, sizeof data);
  process_write_file(f->directory, "page.yaml", page, sizeof page - 1, spec, sizeof spec);
  process_result r;
  process_run((const char *const[]){CANVASS_PROGRAM, "check", spec, data, NULL}, NULL, &r);
  if (strstr(r.out, "4 records") == NULL || strstr(r.out, "the object does not end on its line") == NULL ||
      strstr(r.out, "the line is not a JSON object") == NULL) {
    fail_msg("%s", r.out);
  }
  process_result_fini(&r);
}

static void the_specification_may_say_the_format(void **state) {
  const fixture *f = *state;
  static const char page[] =
      "data: {format: csv}\n"
      "variables:\n  q: {column: '{\"q\": 5}', type: nominal}\nanalyses:\n  - describe: {items: q}\n";
  char data[PATH_BYTES];
  char spec[PATH_BYTES];
  static const char text[] = "{\"q\": 5}\n{\"q\": 4}\n";
  process_write_file(f->directory, "objects.dat", text, sizeof text - 1, data, sizeof data);
  process_write_file(f->directory, "page.yaml", page, sizeof page - 1, spec, sizeof spec);
  buf out = analyses_of(spec, data, NULL, NULL);
  buf_put(&out, "", 1);
  assert_non_null(strstr((const char *)out.data, "{\\\"q\\\": 4}"));
  buf_fini(&out);
  static const char wrong[] = "data: {format: jsonl}\nvariables:\n  q: {type: nominal}\nanalyses: []\n";
  process_write_file(f->directory, "wrong.yaml", wrong, sizeof wrong - 1, spec, sizeof spec);
  process_result r;
  process_run((const char *const[]){CANVASS_PROGRAM, "check", spec, NULL}, NULL, &r);
  assert_int_not_equal(r.exit_code, 0);
  assert_non_null(strstr(r.err, "ndjson"));
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(objects_give_the_figures_of_the_same_csv),
      cmocka_unit_test(csv_and_objects_are_one_dataset),
      cmocka_unit_test(objects_come_through_standard_input),
      cmocka_unit_test(check_names_lines_that_are_no_objects),
      cmocka_unit_test(the_specification_may_say_the_format),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
