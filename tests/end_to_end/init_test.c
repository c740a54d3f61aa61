/* `canvass init D -o s.yaml && canvass run s.yaml D`, on every file that comes with the project or lies
 * beside it, and on random tables.  Files that are not here are skipped, with a message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define SHARED CANVASS_SOURCE_DIR "/../shared/data/"

enum { PARTS_MAX = 6, NOT_INSTALLED = 77 };

typedef struct init_case {
  const char *file;
  const char *has[PARTS_MAX]; /* of the page */
} init_case;

static const init_case cases[] = {
    {CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv",
     {"points_1_10: {range: [1, 10]}  # 10 variables", "# 1..10, 1,811 of 1,811 rows", "- correlate:"}},
    {SHARED "airline/airline_passenger_satisfaction.csv.gz",
     {"points_1_5_or_0: {range: [1, 5], missing: {0: not_applicable}}  # 14 variables", "  ID: {type: id}",
      "texts: {Neutral or Dissatisfied: 0, Satisfied: 1}", "129,880 of 129,880 rows"}},
    {SHARED "mobi/mobi.csv",
     {"points_1_10: {range: [1, 10]}  # 24 variables",
      "  IMAG:\n    items: [IMAG1, IMAG2, IMAG3, IMAG4, IMAG5]", "- index: {construct: PERQ}"}},
    {SHARED "lca/carcinoma.csv", {"  A: {type: nominal}", "  G: {type: nominal}"}},
    {SHARED "kano/features.csv", {"  Category: {type: nominal}", "  Question: {type: text}"}},
    {SHARED "kano/storage--cohort1-clean.csv",
     {"points_1_9_words: {range: [1, 9], leading_number: true}  # 5 variables", "  Age: {type: number}"}},
    {SHARED "kano/storage--cohort2-clean.csv", {"  F1_functional: {type: nominal}"}},
    {SHARED "servqual/kiosk_utf8.csv", {"points_1_7: {range: [1, 7]}", "type: multi, delimiter: \", \""}},
    {SHARED "servqual/kiosk_cp949.csv", {"data: {encoding: cp949}", "points_1_7: {range: [1, 7]}"}},
    {SHARED "exports/kobo/data.csv",
     {"  grp_b_used: {column: \"grp_b/used\", type: multi, delimiter: \" \"",
      "texts: {\"True\": 1, \"False\": 0}",
      "  grp_b_sat: {column: \"grp_b/sat\", type: scale, range: [1, 5]"}},
    {SHARED "exports/microsoft-forms/data.csv",
     {"type: multi, delimiter: \";\"", "Somewhat satisfied: 4", "a ranking of 3", "  - csat:"}},
    {SHARED "exports/qualtrics-three-headers/data.csv",
     {"  Q3: {type: multi, delimiter: \",\"", "  Q2: {type: scale, range: [0, 10]",
      "  Q1: {type: scale, range: [1, 5], label: \"How satisfied are you overall?\"}", "items: [Q2]",
      "# data.csv is read as: Qualtrics, header rows: 3"}},
    {SHARED "exports/surveymonkey-two-headers/data.csv",
     {"    chosen: any", "      App: \"Which of our services did you use? (Check all that apply) | App\"",
      "satisfied5: {range: [1, 5]", "- index: {construct: how_satisfied_are_you_with}",
      "items: [how_likely_are_you_to_recommend_us]"}},
    {SHARED "exports/wenjuanxing/u.csv",
     {"\"E.非常不满意\": 1, 不满意: 2", "delimiter: \"┋\"", "thousands: \",\", suffix: 元",
      "range: [1, 5], leading_number: true", "items: [q3_您愿意推荐我们吗_0_10]"}},
    {SHARED "exports/wenjuanxing/data.csv", {"data: {encoding: gb18030}", "delimiter: \"┋\""}},
    {SHARED "exports/timestamps/data.csv",
     {"  mix: {type: date, format: [\"%Y-%m-%d\", \"%Y/%m/%d\", excel]}",
      "ambiguous: dates of which nothing says"}},
    {SHARED "exports/quotes/data.csv", {"  sat: {type: scale, range: [1, 5]}"}},
    {SHARED "exports/quotes/space.csv", {"  region: {type: nominal}"}},
    {SHARED "exports/waves-with-other-columns/jan.csv", {"  used:  # 2 columns of marks"}},
    {SHARED "exports/waves-with-other-columns/feb.csv", {NULL}},
    {SHARED "exports/waves-with-other-columns/mar.csv", {NULL}},
    {SHARED "cdnow/cdnow_customers_summary.csv", {"type: number"}},
    {SHARED "cdnow/cdnow_customers_summary_with_transactions.csv", {"type: number"}},
    {SHARED "mobi/ECSImeasuremod.csv", {NULL}},
    {SHARED "kano/storage--cohort3-clean.csv", {NULL}},
    {SHARED "kano/storage--cohort4-clean.csv", {NULL}},
    {SHARED "servqual/Oddjob.sav",
     {"  sat1: {type: scale, label:", "  - index: {construct: loy}", "if 1..11 stand for 0..10"}},
    {SHARED "sav/hotel.sav", {"  v1: {type: scale, label: I am satisfied with the level of service}"}},
    {SHARED "sav/physiology.sav", {"type: number"}},
    {SHARED "sav/repairs.sav", {"type: number"}},
    {SHARED "sav/mrset_simple_alltypes.sav", {"type: multi"}},
};

/* No invalid answer but those of rows that the page calls totals, by their lines. */
static void check_invalid_are_named(const json *report, const char *page) {
  const json *variables = json_get(json_get(report, "data"), "variables");
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *texts = json_get(json_at(variables, i), "invalid_texts");
    for (size_t k = 0; k < json_count(texts); k++) {
      char named[64];
      const json *text = json_at(texts, k);
      assert_int_equal((int)json_as_number(json_get(text, "n")), 1);
      (void)snprintf(named, sizeof named, ", line %d: a total (",
                     (int)json_as_number(json_get(text, "line")));
      assert_contains(page, named);
    }
  }
}

/* Proposes for DATA, which is not overwritten, checks the page and runs it; returns the page, to be freed. */
static char *init_and_run(scene *s, const char *data) {
  char spec[SCENE_PATH_BYTES + 16];
  process_result r;
  (void)snprintf(spec, sizeof spec, "%s/proposed.yaml", s->directory);
  (void)unlink(spec);
  CANVASS(&r, "init", "--quiet", data, "-o", spec);
  process_check_success(&r);
  assert_int_equal(r.err_length, 0);
  process_result_fini(&r);
  CANVASS(&r, "check", "--quiet", spec);
  process_check_success(&r);
  process_result_fini(&r);
  CANVASS(&r, "run", "--quiet", spec, data, "--format", "json");
  const json *report = report_printed(s->memory, &r);
  const json *analyses = json_get(report, "analyses");
  assert_true(json_count(analyses) > 0);
  size_t length;
  char *page = process_read_file(spec, &length);
  check_invalid_are_named(report, page);
  return page;
}

static void every_file_has_a_proposal_that_runs(void **state) {
  scene *s = *state;
  bool any = false;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    if (access(cases[i].file, R_OK) != 0) {
      print_message("left out: %s is not here\n", cases[i].file);
      continue;
    }
    any = true;
    char *page = init_and_run(s, cases[i].file);
    for (size_t k = 0; k < PARTS_MAX && cases[i].has[k] != NULL; k++) {
      assert_contains(page, cases[i].has[k]);
    }
    free(page);
  }
  assert_true(any); /* one of them comes with the project */
}

/* ---- The same answers, as other programs save them ------------------------------------------------- */

static const char customersat[] = CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv";
static const char ten_points[] = "1..10, 1,811 of 1,811 rows";

/* False, saying so: what it takes is not here. */
static bool saved(const char *const *arguments) {
  process_result r;
  if (access(arguments[0], X_OK) != 0) {
    print_message("left out: there is no %s\n", arguments[0]);
    return false;
  }
  process_run(arguments, NULL, &r);
  const bool is_here = r.exit_code != NOT_INSTALLED;
  if (is_here) {
    process_check_success(&r);
  } else {
    print_message("left out: what %s needs is not installed\n", arguments[1]);
  }
  process_result_fini(&r);
  return is_here;
}

static void expect_ten_points(scene *s, const char *name) {
  char path[SCENE_PATH_BYTES + 16];
  (void)snprintf(path, sizeof path, "%s/%s", s->directory, name);
  char *page = init_and_run(s, path);
  assert_contains(page, ten_points);
  free(page);
}

static void files_of_statistics_programs_have_a_proposal_that_runs(void **state) {
  scene *s = *state;
  static const char script[] = CANVASS_SOURCE_DIR "/tests/end_to_end/make_statistics.R";
  if (!saved((const char *const[]){"/usr/bin/Rscript", script, customersat, s->directory, NULL})) {
    skip();
  }
  expect_ten_points(s, "data.sav");
  expect_ten_points(s, "data.zsav");
  expect_ten_points(s, "data.dta");
}

static void workbooks_have_a_proposal_that_runs(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES + 16];
  static const char script[] = CANVASS_SOURCE_DIR "/tests/end_to_end/make_workbook.py";
  (void)snprintf(path, sizeof path, "%s/data.xlsx", s->directory);
  if (!saved((const char *const[]){"/usr/bin/python3", script, "plain", customersat, path, NULL})) {
    skip();
  }
  expect_ten_points(s, "data.xlsx");
}

/* ASCII as UTF-16, little-endian, with a mark. */
static void utf_16_has_a_proposal_that_runs(void **state) {
  scene *s = *state;
  size_t length;
  char path[SCENE_PATH_BYTES];
  char *text = process_read_file(customersat, &length);
  char *wide = calloc(length + 1, 2);
  assert_non_null(wide);
  memcpy(wide, "\xFF\xFE", 2);
  for (size_t i = 0; i < length; i++) {
    wide[2 * (i + 1)] = text[i];
  }
  process_write_file(s->directory, "data.csv", wide, 2 * (length + 1), path, sizeof path);
  free(wide);
  free(text);
  expect_ten_points(s, "data.csv");
}

/* ---- What the user states ---------------------------------------------------------------------------- */

static void what_is_stated_of_the_files_stands_in_the_page(void **state) {
  scene *s = *state;
  process_result r;
  scene_write(s, "", "made by hand\nq1|q2\nHow?|Why?\n4|5\n5|4\n");
  CANVASS(&r, "init", "-q", "--delimiter", "|", "--skip", "1", "--header", "2", "--encoding", "windows-1252",
          "--lang", "zh-TW", s->data);
  process_check_success(&r);
  assert_contains(r.out, "data: {encoding: windows-1252, delimiter: \"|\", skip: 1, header: 2}");
  assert_contains(r.out, "每個類型都是推測");
  process_result_fini(&r);
  CANVASS(&r, "init", "-q", "--delimiter", "ab", s->data);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "'ab' is not a delimiter");
  process_result_fini(&r);
}

static void what_is_there_is_never_overwritten(void **state) {
  scene *s = *state;
  process_result r;
  scene_write(s, "mine\n", "a,b\n1,2\n");
  CANVASS(&r, "init", s->data, "-o", s->spec);
  assert_int_equal(r.exit_code, 2);
  assert_contains(r.err, "already exists, and 'canvass init' never overwrites");
  process_result_fini(&r);
  size_t length;
  char *kept = process_read_file(s->spec, &length);
  assert_string_equal(kept, "mine\n");
  free(kept);
}

static void the_command_that_comes_next_can_be_pasted(void **state) {
  scene *s = *state;
  process_result r;
  char spec[SCENE_PATH_BYTES + 16];
  char first[SCENE_PATH_BYTES];
  char second[SCENE_PATH_BYTES];
  char expected[4 * SCENE_PATH_BYTES];
  process_write_file(s->directory, "it's one.csv", "a\n1\n", 4, first, sizeof first);
  process_write_file(s->directory, "two.csv", "a\n1\n", 4, second, sizeof second);
  (void)snprintf(spec, sizeof spec, "%s/pasted.yaml", s->directory);
  CANVASS(&r, "init", first, second, "-o", spec);
  process_check_success(&r);
  (void)snprintf(expected, sizeof expected, "canvass run %s '%s/it'\\''s one.csv' %s", spec, s->directory,
                 second);
  assert_contains(r.err, expected);
  process_result_fini(&r);
}

static void a_proposal_for_standard_input_goes_to_standard_output(void **state) {
  (void)state;
  process_result r;
  process_run((const char *const[]){CANVASS_PROGRAM, "init", "-q", "-", NULL}, "sat,n\n5,1.5\n4,2\n", &r);
  process_check_success(&r);
  assert_contains(r.out, "  sat: {type: scale, range: [1, 5]}");
  assert_contains(r.out, "  n: {type: number}");
  process_result_fini(&r);
}

static void objects_and_stated_formats_are_proposed_for(void **state) {
  scene *s = *state;
  process_result r;
  char path[SCENE_PATH_BYTES];
  static const char objects[] =
      "{\"id\":1,\"sat\":4,\"why\":[\"Price\",\"Service\"]}\n{\"id\":2,\"sat\":5,\"why\":[\"Price\"]}\n";
  process_write_file(s->directory, "a.ndjson", objects, sizeof objects - 1, path, sizeof path);
  char *page = init_and_run(s, path);
  assert_contains(page, "  why: {type: multi, delimiter: \"|\"}");
  free(page);
  scene_write(s, "", "Q1,Q2\n5,x\n4,y\n");
  CANVASS(&r, "init", s->data, "--format", "csv");
  process_check_success(&r);
  assert_contains(r.out, "data: {format: csv}");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(every_file_has_a_proposal_that_runs),
      SCENE_TEST(files_of_statistics_programs_have_a_proposal_that_runs),
      SCENE_TEST(workbooks_have_a_proposal_that_runs),
      SCENE_TEST(utf_16_has_a_proposal_that_runs),
      SCENE_TEST(what_is_stated_of_the_files_stands_in_the_page),
      SCENE_TEST(what_is_there_is_never_overwritten),
      SCENE_TEST(the_command_that_comes_next_can_be_pasted),
      SCENE_TEST(a_proposal_for_standard_input_goes_to_standard_output),
      SCENE_TEST(objects_and_stated_formats_are_proposed_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
