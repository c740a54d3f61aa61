/* Files of SPSS and Stata, as other programs save them: the figures of a report are those of the CSV file,
 * byte for byte; and what the file declares missing is missing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"
#include "tests/reading/readstat_files.h"

#define CUSTOMERSAT CANVASS_SOURCE_DIR "/examples/customersat/"
#define AIRLINE     CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz"

enum { PATH_BYTES = SCENE_PATH_BYTES + 64, NOT_INSTALLED = 77 };

static const char rscript[] = "/usr/bin/Rscript";
static const char pspp[] = "/usr/bin/pspp";

/* ---- The same figures ------------------------------------------------------------------------------- */

/* Of the files NAMES in the scene's folder; NULL ends them. */
static void expect_figures_of(scene *s, const char *spec, const char *csv, const char *const *names) {
  const slice wanted = scene_analyses(s, spec, csv);
  for (; *names != NULL; names++) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", s->directory, *names);
    const slice figures = scene_analyses(s, spec, path);
    if (!slice_equal(wanted, figures)) {
      fail_msg("%s: other figures than those of %s", path, csv);
    }
  }
}

/* Saves CSV by haven into the scene's folder, or skips the test. */
static void save_by_haven(scene *s, const char *csv) {
  const char *arguments[] = {rscript, CANVASS_SOURCE_DIR "/tests/end_to_end/make_statistics.R", csv,
                             s->directory, NULL};
  process_result r;
  process_skip_without(rscript);
  process_run(arguments, NULL, &r);
  const bool is_here = r.exit_code != NOT_INSTALLED;
  if (is_here) {
    process_check_success(&r);
  }
  process_result_fini(&r);
  if (!is_here) {
    print_message("skipped: haven is not installed\n");
    skip();
  }
}

static void customersat_has_the_same_figures_in_what_haven_writes(void **state) {
  scene *s = *state;
  static const char *const names[] = {"data.csv", "data.sav", "data.zsav", "data.dta", NULL};
  save_by_haven(s, CUSTOMERSAT "customersat.csv");
  expect_figures_of(s, CUSTOMERSAT "spec.yaml", CUSTOMERSAT "customersat.csv", names);
}

static void customersat_has_the_same_figures_in_what_pspp_writes(void **state) {
  scene *s = *state;
  static const char syntax[] =
      "GET DATA /TYPE=TXT /FILE='" CUSTOMERSAT
      "customersat.csv' /ARRANGEMENT=DELIMITED /DELIMITERS=',' /FIRSTCASE=2\n"
      " /VARIABLES=q1 F8.0 q2 F8.0 q3 F8.0 q4 F8.0 q5 F8.0 q6 F8.0 q7 F8.0 q8 F8.0 q9 F8.0 q10 F8.0.\n"
      "SAVE OUTFILE='%s/plain.sav' /UNCOMPRESSED.\n"
      "SAVE OUTFILE='%s/coded.sav' /COMPRESSED.\n"
      "SAVE OUTFILE='%s/packed.zsav' /ZCOMPRESSED.\n";
  static const char *const names[] = {"plain.sav", "coded.sav", "packed.zsav", NULL};
  process_skip_without(pspp);
  char filled[4 * SCENE_PATH_BYTES];
  char path[PATH_BYTES];
  snprintf(filled, sizeof filled, syntax, s->directory, s->directory, s->directory);
  process_write_file(s->directory, "make.sps", filled, strlen(filled), path, sizeof path);
  process_result r;
  process_run((const char *const[]){pspp, path, NULL}, NULL, &r);
  process_check_success(&r);
  process_result_fini(&r);
  expect_figures_of(s, CUSTOMERSAT "spec.yaml", CUSTOMERSAT "customersat.csv", names);
}

static void the_airline_has_the_same_figures_in_what_haven_writes(void **state) {
  scene *s = *state;
  static const char spec[] =
      "variables:\n"
      "  \"*_Service\": {type: scale, range: [0, 5], missing: [9]}\n"
      "  Cleanliness: {type: scale, range: [1, 5], missing: {0: not_applicable}}\n"
      "  Seat_Comfort: {type: scale, range: [1, 5], missing: {0: not_applicable}}\n"
      "  Arrival_Delay: {type: number}\n"
      "  Flight_Distance: {type: number}\n"
      "  Class: {type: nominal}\n"
      "  Satisfaction: {type: nominal}\n"
      "  ID: {type: id}\n"
      "analyses:\n"
      "  - describe: {items: [\"*_Service\", Cleanliness, Arrival_Delay], by: [Class]}\n"
      "  - correlate: {items: [Cleanliness, Seat_Comfort, Flight_Distance]}\n"
      "  - crosstab: {rows: [Class], columns: Satisfaction}\n";
  static const char *const names[] = {"data.sav", "data.zsav", "data.dta", NULL};
  char csv[PATH_BYTES];
  process_skip_without(AIRLINE);
  save_by_haven(s, AIRLINE);
  process_write_file(s->directory, "airline.yaml", spec, sizeof spec - 1, s->spec, sizeof s->spec);
  snprintf(csv, sizeof csv, "%s/data.csv", s->directory);
  expect_figures_of(s, s->spec, csv, names);
}

/* ---- What the file declares missing ----------------------------------------------------------------- */

enum { ROWS = 700 };

/* v: 0.5, 1.5, ... 699.5; -1.25 and from 600 on missing.  q: 1 to 5, in turn; 5 is refused. */
static void write_missing(scene *s, written_as as, const char *name, char *path) {
  buf file;
  buf_init(&file);
  readstat_writer_t *w = readstat_file_new();
  readstat_label_set_t *labels = readstat_add_label_set(w, READSTAT_TYPE_DOUBLE, "q");
  readstat_label_double_value(labels, 1, "bad");
  readstat_label_double_value(labels, 4, "good");
  readstat_label_double_value(labels, 5, "Refused");
  readstat_variable_t *v = readstat_add_variable(w, "v", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_t *q = readstat_add_variable(w, "q", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_set_label_set(q, labels);
  readstat_well(readstat_variable_add_missing_double_range(v, 600, HUGE_VAL));
  readstat_well(readstat_variable_add_missing_double_value(v, 2.5));
  readstat_well(readstat_variable_add_missing_double_value(q, 5));
  readstat_file_begin(w, as, &file, ROWS);
  for (int i = 0; i < ROWS; i++) {
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_double_value(w, v, i + 0.5));
    readstat_well(readstat_insert_double_value(w, q, 1 + i % 5));
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
  process_write_file(s->directory, name, file.data, file.length, path, PATH_BYTES);
  buf_fini(&file);
}

static const json *variable_of(const json *report, size_t index) {
  return json_at(json_get(json_get(report, "data"), "variables"), index);
}

static const char described[] =
    "variables:\n"
    "  v: {type: number}\n"
    "  q: {type: scale}\n"
    "analyses: [describe: {items: [v, q]}]\n";

static int64_t missing_of(const json *variable, const char *reason) {
  return json_as_integer(json_get(json_get(variable, "missing"), reason));
}

static void codes_and_ranges_that_the_file_declares_are_missing(void **state) {
  scene *s = *state;
  char path[PATH_BYTES];
  process_write_file(s->directory, "missing.yaml", described, sizeof described - 1, s->spec, sizeof s->spec);
  for (int shards = 0; shards < 2; shards++) { /* as numbers, and as codes of a dictionary */
    process_result r;
    write_missing(s, WRITTEN_SAV, "missing.sav", path);
    CANVASS(&r, "run", "--quiet", "--strict", "--format", "json", "--shard-rows", shards == 0 ? "1000" : "50",
            s->spec, path);
    process_check_success(&r);
    const json *report = report_printed(s->memory, &r);
    const json *v = variable_of(report, 0);
    const json *q = variable_of(report, 1);
    assert_int_equal(json_as_integer(json_get(v, "answered")), 599); /* 0.5 to 599.5, but for 2.5 */
    assert_int_equal(missing_of(v, "other"), 101);
    assert_int_equal(json_as_integer(json_get(q, "answered")), 560);
    assert_int_equal(missing_of(q, "refused"), 140);
    assert_int_equal(json_count(json_get(v, "from_dictionary")), 1);
    assert_int_equal(json_count(json_get(q, "from_dictionary")), 3);
  }
}

/* The counts are R's: read_sav, then sum(bool1 == 1, na.rm = TRUE), ... and, of categories, the cases in
 * which any of ca_subvar_1 .. 3 is "a", ... */
static void multiple_response_sets_have_the_counts_that_r_finds(void **state) {
  scene *s = *state;
  static const char data[] = CANVASS_SOURCE_DIR "/../shared/data/sav/mrset_simple_alltypes.sav";
  static const char spec[] =
      "variables:\n"
      "  mymrset: {type: multi}\n"
      "  categorical_array: {type: multi}\n"
      "analyses: [describe: {items: [mymrset, categorical_array]}]\n";
  static const int64_t counts[] = {3, 4, 0, 3, 6, 3, 3};
  process_result r;
  process_skip_without(data);
  process_write_file(s->directory, "sets.yaml", spec, sizeof spec - 1, s->spec, sizeof s->spec);
  CANVASS(&r, "run", "--quiet", "--strict", "--format", "json", s->spec, data);
  process_check_success(&r);
  const json *report = report_printed(s->memory, &r);
  const json *table = json_at(json_get(json_at(json_get(report, "analyses"), 0), "tables"), 0);
  const json *rows = json_get(table, "rows");
  assert_int_equal(json_count(rows), sizeof counts / sizeof counts[0]);
  for (size_t i = 0; i < json_count(rows); i++) {
    assert_int_equal(json_as_integer(json_get(json_at(rows, i), "n")), counts[i]);
  }
}

static void check_and_reports_say_what_was_taken(void **state) {
  scene *s = *state;
  char path[PATH_BYTES];
  process_result r;
  process_write_file(s->directory, "taken.yaml", described, sizeof described - 1, s->spec, sizeof s->spec);
  write_missing(s, WRITTEN_SAV_PLAIN, "taken.sav", path);
  CANVASS(&r, "check", s->spec, path);
  process_check_success(&r);
  assert_contains(r.out, "Ranges from the data file: q\n");
  assert_contains(r.out, "Labels of values from the data file: q\n");
  assert_contains(r.out, "Missing codes from the data file: v, q\n");
  process_result_fini(&r);
  CANVASS(&r, "check", s->spec);
  process_check_success(&r);
  assert_contains(r.out, "'q' leaves its answers to the dictionary of the data");
  process_result_fini(&r);
  CANVASS(&r, "run", "--quiet", s->spec, path);
  process_check_success(&r);
  assert_contains(r.out, "Missing codes from the data file: v, q\n");
  assert_contains(r.out, "good");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(customersat_has_the_same_figures_in_what_haven_writes),
      SCENE_TEST(customersat_has_the_same_figures_in_what_pspp_writes),
      SCENE_TEST(the_airline_has_the_same_figures_in_what_haven_writes),
      SCENE_TEST(codes_and_ranges_that_the_file_declares_are_missing),
      SCENE_TEST(multiple_response_sets_have_the_counts_that_r_finds),
      SCENE_TEST(check_and_reports_say_what_was_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
