/* Multiple choice with a column per option, from the file to the figures: each way that docs/specification.md
 * gives of saying what a blank cell means, and where an invalid cell stands.  Counted by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 512, SPEC_BYTES = 512, LINE_BYTES = 160, LINES_MAX = 8 };

typedef struct example {
  const char *entry, *data;
  const char *lines[LINES_MAX]; /* of the long table */
} example;

#define OLD "describe,d,distribution,1,m,,,,old,,"
#define NEW "describe,d,distribution,2,m,,,,new,,"

static const example examples[] = {
    /* a row of blanks has no answer; blank beside a tick is "not chosen" */
    {"columns: {old: a, new: b}, texts: {X: 1}",
     "a,b\nX,\n,X\nX,X\n,\n",
     {OLD "n,2", OLD "asked,3", NEW "asked,3", OLD "answered,3"}},
    /* everybody saw the question: a row of blanks chose none */
    {"columns: {old: a, new: b}, texts: {X: 1, \"\": 0}",
     "a,b\nX,\n,X\nX,X\n,\n",
     {OLD "n,2", OLD "asked,4", NEW "asked,4", OLD "answered,4", OLD "percent,50"}},
    /* not shown where blank */
    {"columns: {old: a, new: b}, missing: {\"\": not_asked}",
     "a,b\n1,\n0,1\n1,0\n1,\n,\n",
     {OLD "n,3", OLD "asked,4", NEW "n,1", NEW "asked,2", NEW "answered,4", NEW "percent,50"}},
    /* not shown where -9; blank beside it is still "not chosen" where something was answered */
    {"columns: {old: a, new: b}, missing: {-9: not_asked}",
     "a,b\n1,-9\n,1\n2,1\n-9,-9\n-9,\n,\n",
     {OLD "n,1", OLD "asked,2", NEW "n,2", NEW "asked,2", NEW "answered,3", OLD "percent,50"}},
    /* the option's text or what was written, but for what a rule names */
    {"columns: {old: a, new: b}, chosen: any, texts: {No: 0}, missing: {n/a: not_asked}",
     "a,b\nWeb shop,\n,a kiosk\nNo,1\n0,n/a\n,\n",
     {OLD "n,1", OLD "asked,4", NEW "n,2", NEW "asked,3", NEW "answered,4", OLD "percent,25"}},
};

static void has_line(const char *out, const char *line) {
  char wanted[LINE_BYTES];
  snprintf(wanted, sizeof wanted, "\n%s\n", line);
  assert_contains(out, wanted);
}

/* The page's data after a column of ids: without one, a row of blanks would belong to no respondent. */
static void write_data(const char *directory, const char *data, char path[PATH_BYTES]) {
  char text[SPEC_BYTES];
  int length = snprintf(text, sizeof text, "id,");
  for (const char *at = data; *at != '\0'; at++) {
    const char *before = *at == '\n' && at[1] != '\0' ? "\n7," : NULL;
    length += before != NULL ? snprintf(text + length, sizeof text - (size_t)length, "%s", before)
                             : snprintf(text + length, sizeof text - (size_t)length, "%c", *at);
  }
  process_write_file(directory, "d.csv", text, (size_t)length, path, PATH_BYTES);
}

/* Runs ENTRY as the variable m over DATA. */
static void run(const char *entry, const char *data, const char *option, const char *value,
                process_result *out) {
  char directory[PATH_BYTES], spec_path[PATH_BYTES], data_path[PATH_BYTES], spec[SPEC_BYTES];
  const int length =
      snprintf(spec, sizeof spec,
               "variables:\n  m: {type: multi, %s}\nanalyses:\n  - describe: {items: m, name: d}\n", entry);
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "s.yaml", spec, (size_t)length, spec_path, sizeof spec_path);
  write_data(directory, data, data_path);
  CANVASS(out, "run", spec_path, data_path, option, value);
  process_directory_remove(directory);
}

static void blank_means_what_the_specification_says(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
    process_result r;
    run(examples[i].entry, examples[i].data, "--format", "csv", &r);
    if (r.exit_code != 0) {
      fail_msg("%s: exit code %d: %s", examples[i].entry, r.exit_code, r.err);
    }
    for (size_t k = 0; k < LINES_MAX && examples[i].lines[k] != NULL; k++) {
      has_line(r.out, examples[i].lines[k]);
    }
    process_result_fini(&r);
  }
}

static void strict_names_the_column_of_an_invalid_cell(void **state) {
  (void)state;
  process_result r;
  run("columns: {old: a, new: b}", "a,b\n1,0\n1,maybe\n", "--strict", NULL, &r);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "d.csv:3: m, column b: 'maybe'");
  process_result_fini(&r);
}

static void text_names_the_column_of_an_invalid_cell(void **state) {
  (void)state;
  process_result r;
  run("columns: {old: a, new: b}", "a,b\n1,0\n1,maybe\n", "--lang", "en", &r);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "d.csv:3 b “maybe”");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blank_means_what_the_specification_says),
      cmocka_unit_test(strict_names_the_column_of_an_invalid_cell),
      cmocka_unit_test(text_names_the_column_of_an_invalid_cell),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
