/* `canvass init D -o s.yaml && canvass run s.yaml D`, on every file that comes with the project or lies
 * beside it, and on random tables.  Files that are not here are skipped, with a message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define SHARED CANVASS_SOURCE_DIR "/../shared/data/"

enum { PARTS_MAX = 6 };

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
      "# data.csv is read as: Qualtrics, 3 header rows"}},
    {SHARED "exports/surveymonkey-two-headers/data.csv",
     {"    chosen: any", "      App: \"Which of our services did you use? (Check all that apply) | App\"",
      "satisfied5: {range: [1, 5]", "- index: {construct: how_satisfied_are_you_with}",
      "items: [how_likely_are_you_to_recommend_us]"}},
    {SHARED "exports/wenjuanxing/u.csv",
     {"\"E.非常不满意\": 1, 不满意: 2", "delimiter: \"┋\"", "thousands: \",\", suffix: 元",
      "range: [1, 5], leading_number: true", "items: [q3_您愿意推荐我们吗_0_10]"}},
    {SHARED "exports/wenjuanxing/data.csv", {"data: {encoding: gb18030}", "delimiter: \"┋\""}},
    {SHARED "exports/timestamps/data.csv",
     {"  mix: {type: date, format: [\"%Y-%m-%d\", \"%Y/%m/%d\", excel]}", "ambiguous: no day is above 12"}},
    {SHARED "exports/quotes/data.csv", {"  sat: {type: scale, range: [1, 5]}"}},
    {SHARED "exports/quotes/space.csv", {"  region: {type: nominal}"}},
    {SHARED "exports/waves-with-other-columns/jan.csv", {"  used:  # 2 columns of marks"}},
    {SHARED "cdnow/cdnow_customers_summary.csv", {"type: number"}},
};

/* Proposes for DATA, which is not overwritten, and runs; returns the page, to be freed. */
static char *init_and_run(scene *s, const char *data) {
  char spec[SCENE_PATH_BYTES + 16];
  process_result r;
  (void)snprintf(spec, sizeof spec, "%s/proposed.yaml", s->directory);
  (void)unlink(spec);
  CANVASS(&r, "init", "--quiet", data, "-o", spec);
  process_check_success(&r);
  assert_int_equal(r.err_length, 0);
  process_result_fini(&r);
  CANVASS(&r, "run", "--quiet", spec, data, "--format", "json");
  const json *report = report_printed(s->memory, &r);
  const json *analyses = json_get(report, "analyses");
  assert_true(json_count(analyses) > 0);
  size_t length;
  return process_read_file(spec, &length);
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
      SCENE_TEST(what_is_there_is_never_overwritten),
      SCENE_TEST(the_command_that_comes_next_can_be_pasted),
      SCENE_TEST(a_proposal_for_standard_input_goes_to_standard_output),
      SCENE_TEST(objects_and_stated_formats_are_proposed_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
