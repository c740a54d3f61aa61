/* `canvass check SPEC DATA` reports what `canvass run` would find, and with --strict ends as that does. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { EXIT_DATA = 4 };

#define SCALE     "variables:\n  q1: {type: scale, range: [1, 5]}\n"
#define DESCRIBED "analyses:\n  - describe: {items: [q1]}\n"

static void expect(const process_result *r, int exit_code, const char *const *out, const char *err) {
  if (r->exit_code != exit_code || strstr(r->err, err) == NULL) {
    fail_msg("exit code %d, wanted %d; errors '%s', wanted '%s'; output '%s'", r->exit_code, exit_code,
             r->err, err, r->out);
  }
  for (size_t i = 0; out != NULL && out[i] != NULL; i++) {
    assert_contains(r->out, out[i]);
  }
}

#define SAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_found(scene *s, const char *spec, const char *data, int exit_code, const char *const *out,
                         const char *err) {
  scene_write(s, spec, data);
  process_result r = scene_run(s, "check", NULL, NULL);
  expect(&r, exit_code, out, err);
  process_result_fini(&r);
}

/* ---- Invalid answers ----------------------------------------------------------------------------- */

/* The survey of the issue: every answer is a text that the scale does not have. */
static char *worded_survey(void) {
  enum { VERY = 1203, ROWS = 2015, LINE_BYTES = 20 };
  char *text = malloc(ROWS * LINE_BYTES);
  assert_non_null(text);
  size_t at = (size_t)sprintf(text, "q1\n");
  for (int i = 0; i < ROWS; i++) {
    at += (size_t)sprintf(text + at, "%s\n", i < VERY ? "Very satisfied" : "Satisfied");
  }
  return text;
}

static void a_scale_of_which_no_answer_is_valid_is_a_failure_that_names_the_texts(void **state) {
  scene *s = *state;
  char *data = worded_survey();
  expect_found(
      s, SCALE DESCRIBED, data, EXIT_DATA,
      SAYS("spec.yaml: the specification is valid\n", "data.csv: 2,015 records, 0 of them quarantined\n",
           "2,015 of 2,015 answers to q1 are invalid: “Very satisfied” 1,203, “Satisfied” 812",
           "data.csv:2 “Very satisfied”", "No answers: q1.",
           "  words that are answers need their codes (in place of CODE): texts: {\"Very satisfied\": CODE, "
           "\"Satisfied\": CODE}\n",
           "analyses: 1, over 2,015 rows\n"),
      "canvass: q1: none of 2,015 answers is valid; the first is at ");
  /* `run` warns, and writes its report. */
  process_result r = scene_run(s, "run", NULL, NULL);
  expect(&r, 0, SAYS("No answers: q1.", "“Very satisfied” 1,203, “Satisfied” 812"),
         "canvass: warning: q1: none of 2,015 answers is valid; the first is at ");
  process_result_fini(&r);
  free(data);
}

static void only_the_ten_most_frequent_texts_are_listed(void **state) {
  scene *s = *state;
  char data[2048];
  size_t at = (size_t)sprintf(data, "q1\n3\n");
  for (int i = 0; i < 14; i++) { /* a once, b twice, ... n fourteen times */
    for (int k = 0; k <= i; k++) {
      at += (size_t)sprintf(data + at, "word %c\n", 'a' + i);
    }
  }
  expect_found(s, SCALE DESCRIBED, data, 0,
               SAYS("105 of 106 answers to q1 are invalid: “word n” 14, “word m” 13,",
                    "“word e” 5, 4 other texts 10\n"),
               "");
}

static void advice_speaks_the_language_of_the_codebook(void **state) {
  scene *s = *state;
  static const char spec[] =
      "variables:\n"
      "  plain: {type: scale, range: [1, 5], values: {1: Poor, 5: Excellent}}\n"
      "  turned: {type: scale, range: [1, 5], values: {1: Poor, 5: Excellent}, reverse: true}\n"
      "  coded: {type: scale, range: [1, 5]}\n"
      "  sex: {type: nominal, values: [Male, Female], closed: true}\n"
      "  age: {type: number, range: [0, 120]}\n"
      "  day: {type: date}\n"
      "  used: {type: multi, columns: [web, app]}\n"
      "  w: {type: weight, kind: sampling}\n"
      "weight: w\n"
      "analyses:\n"
      "  - describe: {items: [plain, turned, coded, sex, age]}\n";
  static const char data[] =
      "plain,turned,coded,sex,age,day,web,app,w\n"
      "excellent,excellent,99,Femal,n/a,31.12.2025,Yes,0,none\n"
      "2,2,2,Male,40,2025-12-31,1,0,1.5\n";
  expect_found(s, spec, data, 0,
               SAYS("plain:\n  invalid “excellent” × 1 (near “Excellent”)\n"
                    "  to write in the codebook: texts: {\"excellent\": 5}\n",
                    "turned:\n  invalid “excellent” × 1 (near “Excellent”)\n"
                    "  to write in the codebook: texts: {\"excellent\": 5}\n",
                    "coded:\n  invalid “99” × 1\n  codes that are not answers need a reason: missing: "
                    "{\"99\": other}; or "
                    "is the range [1, 5] wrong?\n",
                    "sex:\n  invalid “Femal” × 1 (near “Female”)\n  declared, and in no cell: “Female”\n"
                    "  to write in the codebook: texts: {\"Femal\": \"Female\"}\n",
                    "  to write in the codebook: missing: {\"n/a\": not_applicable}\n",
                    "  not dates of that format; is `format: \"%Y-%m-%d\"` correct?\n",
                    "  each column holds 0 and 1; other texts need one of them, or write `chosen: any` (in "
                    "place of FLAG): "
                    "texts: {\"Yes\": FLAG}\n",
                    "w:\n  invalid “none” × 1\n  to write in the codebook: missing: {\"none\": blank}\n"),
               "");
}

/* The airline survey with a codebook for another one.  The counts are those of Python's csv module and
 * collections.Counter over the same file. */
static void a_real_survey_with_the_wrong_codebook_is_told_by_text(void **state) {
  scene *s = *state;
  static const char survey[] =
      CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz";
  process_skip_without(survey);
  scene_write(s,
              "variables:\n"
              "  Satisfaction: {type: scale, range: [1, 5]}\n"
              "  Age: {type: number, range: [18, 80]}\n"
              "analyses:\n"
              "  - describe: {items: [Satisfaction, Age]}\n",
              "");
  (void)snprintf(s->data, sizeof s->data, "%s", survey);
  process_result r = scene_run(s, "check", NULL, NULL);
  expect(
      &r, EXIT_DATA,
      SAYS("129,880 of 129,880 answers to Satisfaction are invalid: “Neutral or Dissatisfied” 73,452,",
           "“Satisfied” 56,428\n",
           "9,872 of 129,880 answers to Age are invalid: “17” 1,225, “16” 1,156, “15” 1,006, “14” 860, “9”",
           "2 other texts 710\n"),
      "canvass: Satisfaction: none of 129,880 answers is valid");
  process_result_fini(&r);
}

/* ---- What else ----------------------------------------------------------------------------------- */

static void rounded_numbers_are_told(void **state) {
  expect_found(*state,
               "variables:\n  x: {type: number, decimals: 1}\nanalyses:\n  - describe: {items: [x]}\n",
               "x\n1.25\n2.5\n3.75\n", 0,
               SAYS("2 of 3 numbers of x have more decimals than are kept; they are rounded (data.csv:2 "
                    "“1.25”,\n",
                    "data.csv:4 “3.75”)\n"),
               "");
}

/* Twelve digits before the decimal mark leave six of 18 after it. */
static void decimals_that_a_large_number_displaces_are_told_and_counted(void **state) {
  scene *s = *state;
  static const char spec[] =
      "variables:\n  x: {type: number, decimals: 8}\nanalyses:\n  - describe: {items: [x]}\n";
  expect_found(
      s, spec, "x\n123456789012.5\n0.12345678\n1.5\n", 0,
      SAYS("Numbers of x keep 6 decimals, not the 8 that are declared: 123,456,789,012, the largest,",
           "1 of 3 numbers of x has more decimals than are kept; it is rounded (data.csv:3"),
      "");
  process_result r = scene_run(s, "check", "--json", NULL);
  expect(
      &r, 0,
      SAYS("\"decimals\":{\"declared\":8,\"kept\":6,\"largest\":123456789012.5}",
           "\"rounded\":1,\"rounded_places\":[{\"file\":\"data.csv\",\"line\":3,\"value\":\"0.12345678\"}]"),
      "");
  process_result_fini(&r);
  r = scene_run(s, "run", "--format", "text");
  expect(&r, 0, SAYS("Numbers of x keep 6 decimals, not the 8 that are declared:"), "");
  process_result_fini(&r);
  /* Where all are kept nothing is reported. */
  scene_write(s, spec, "x\n12345678.5\n0.12345678\n1.5\n");
  r = scene_run(s, "check", "--json", NULL);
  expect(&r, 0, SAYS("\"rounded\":0"), "");
  assert_null(strstr(r.out, "rounded_places"));
  assert_null(strstr(r.out, "\"decimals\""));
  process_result_fini(&r);
}

static void rows_without_a_usable_weight_are_told_by_cause(void **state) {
  scene *s = *state;
  expect_found(s, SCALE "  w: {type: weight, kind: sampling}\nweight: w\n" DESCRIBED,
               "q1,w\n1,1500\n2,0.5\n5,-3\n5,\n5,abc\n5,0\n", 0,
               SAYS("Rows without a weight in w, not used: 1 (data.csv:5 “”)\n",
                    "Weights in w that are not numbers, rows not used: 1 (data.csv:6 “abc”)\n",
                    "Negative weights in w, rows not used: 1 (data.csv:4 “-3”)\n",
                    "Rows without a usable weight in w, not used: 3 of 6 (missing: 1, not a number: 1, "),
               "");
  process_result r = scene_run(s, "run", "--format", "text");
  assert_null(strstr(r.out, "nvalid answers to w")); /* what is no weight is told with the weights, once */
  assert_null(strstr(r.out, "answers to w are invalid"));
  process_result_fini(&r);
  r = scene_run(s, "run", NULL, NULL);
  expect(&r, 0, NULL, "canvass: warning: w: 3 of 6 rows have no usable weight and are not used: 1 missing (");
  process_result_fini(&r);
}

static void items_nobody_answered_matter_where_they_are_used(void **state) {
  scene *s = *state;
  static const char data[] = "q1,q2\n1,\n2,\n";
  static const char unused[] = SCALE "  q2: {type: scale, range: [1, 5]}\n" DESCRIBED;
  static const char used[] = SCALE
      "  q2: {type: scale, range: [1, 5]}\n"
      "constructs:\n  both: {items: [q1, q2]}\n"
      "analyses:\n  - describe: {items: [both]}\n";
  expect_found(s, unused, data, 0, NULL, "");
  expect_found(s, used, data, EXIT_DATA, NULL, "canvass: q2: no answer in any of 2 rows\n");
  process_result r = scene_run(s, "run", NULL, NULL);
  expect(&r, 0, NULL, "canvass: warning: q2: no answer in any of 2 rows\n");
  process_result_fini(&r);
}

static void an_analysis_that_uses_no_row_is_a_failure(void **state) {
  expect_found(*state, SCALE "analyses:\n  - describe: {items: [q1], where: q1 > 4}\n", "q1\n1\n2\n3\n",
               EXIT_DATA, SAYS("No answers: q1."),
               "canvass: describe: uses none of 3 rows: 3 do not fit its filter\n");
}

static void findings_come_in_the_language_asked_for(void **state) {
  scene *s = *state;
  scene_write(s, SCALE DESCRIBED, "q1\n1\nx\n");
  process_result r = scene_run(s, "check", "--lang", "zh-Hans");
  expect(&r, 0, SAYS("q1 的 2 个答案中有 1 个无效：“x” 1 个"), "");
  process_result_fini(&r);
}

/* ---- The same end as `run` ----------------------------------------------------------------------- */

/* What `run` and `run --strict` exit with is what `check` and `check --strict` exit with, but that an item
 * without any valid answer is a failure for `check` in any case. */
static void check_ends_as_run_does(void **state) {
  scene *s = *state;
  static const struct {
    const char *name, *spec, *data;
    bool is_twice;
    int plain, strict, check;
  } cases[] = {
      {"all is well", SCALE DESCRIBED, "q1\n1\n2\n", false, 0, 0, 0},
      {"a broken record", SCALE DESCRIBED, "q1\n1\n2,3\n", false, 0, 4, 0},
      {"an invalid answer", SCALE DESCRIBED, "q1\n1\n9\n", false, 0, 4, 0},
      {"no valid answer", SCALE DESCRIBED, "q1\n7\n9\n", false, 0, 4, 4},
      {"no answer", SCALE DESCRIBED, "q1,x\n,1\n,2\n", false, 0, 4, 4},
      {"a missing weight", SCALE "  w: {type: weight, kind: sampling}\nweight: w\n" DESCRIBED,
       "q1,w\n1,1\n2,\n", false, 0, 4, 0},
      {"a negative weight", SCALE "  w: {type: weight, kind: sampling}\nweight: w\n" DESCRIBED,
       "q1,w\n1,1\n2,-1\n", false, 0, 4, 0},
      {"a copy", SCALE DESCRIBED, "q1\n1\n2\n", true, 0, 4, 0},
      {"a missing column", SCALE DESCRIBED, "q2\n1\n2\n", false, 4, 4, 4},
      {"no rows", SCALE DESCRIBED, "q1\n", false, 4, 4, 4},
      {"a wrong specification", SCALE "analyses:\n  - npss: {items: q1}\n", "q1\n1\n", false, 2, 2, 2},
      {"rounded numbers", "variables:\n  q1: {type: number, decimals: 0}\n" DESCRIBED, "q1\n1.5\n2\n", false,
       0, 0, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    scene_write(s, cases[i].spec, cases[i].data);
    char copied[SCENE_PATH_BYTES];
    process_write_file(s->directory, "copy.csv", cases[i].data, strlen(cases[i].data), copied, sizeof copied);
    const char *copy = cases[i].is_twice ? copied : NULL;
    const struct {
      const char *subcommand, *strict;
      int wanted;
    } ways[] = {{"run", NULL, cases[i].plain},
                {"run", "--strict", cases[i].strict},
                {"check", NULL, cases[i].check},
                {"check", "--strict", cases[i].strict}};
    for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
      const char *arguments[] = {CANVASS_PROGRAM,
                                 ways[k].subcommand,
                                 s->spec,
                                 s->data,
                                 copy != NULL ? copy : "-q",
                                 ways[k].strict != NULL ? ways[k].strict : "-q",
                                 NULL};
      process_result r;
      process_run(arguments, NULL, &r);
      if (r.exit_code != ways[k].wanted) {
        fail_msg("%s: %s %s: exit code %d, wanted %d; errors '%s'", cases[i].name, ways[k].subcommand,
                 ways[k].strict != NULL ? ways[k].strict : "", r.exit_code, ways[k].wanted, r.err);
      }
      process_result_fini(&r);
    }
  }
}

static void a_strict_check_tells_all_of_it_before_it_fails(void **state) {
  scene *s = *state;
  scene_write(s, SCALE DESCRIBED, "q1\n1\n2,3\n9\n");
  process_result r = scene_run(s, "check", "--strict", NULL);
  expect(&r, EXIT_DATA,
         SAYS("data.csv: 3 records, 1 of them quarantined\n", "line 3 (2 cells, the header has 1)",
              "1 of 2 answers to q1 is invalid: “9” 1"),
         "--strict: quarantined records: 1");
  process_result_fini(&r);
}

/* ---- For programs -------------------------------------------------------------------------------- */

static void json_has_the_documents_words_without_the_figures(void **state) {
  scene *s = *state;
  scene_write(s, SCALE DESCRIBED, "q1\nx\nx\n9\n");
  process_result r = scene_run(s, "check", "--json", NULL);
  assert_int_equal(r.exit_code, EXIT_DATA);
  arena *memory = arena_new();
  json *found = NULL;
  assert_int_equal(json_parse(memory, slice_of(r.out), "answer", &found, NULL), STATUS_OK);
  assert_int_equal(json_as_integer(json_get(json_get(found, "canvass"), "check")), 1);
  const json *variable = json_at(json_get(json_get(found, "data"), "variables"), 0);
  const json *text = json_at(json_get(variable, "invalid_texts"), 0);
  assert_string_equal(json_as_cstring(json_get(text, "value")), "x");
  assert_int_equal(json_as_integer(json_get(text, "n")), 2);
  assert_string_equal(json_as_cstring(json_get(text, "file")), "data.csv");
  assert_int_equal(json_as_integer(json_get(text, "line")), 2);
  assert_string_equal(json_as_cstring(json_get(json_at(json_get(found, "unusable"), 0), "item")), "q1");
  const json *analysis = json_at(json_get(found, "analyses"), 0);
  assert_string_equal(json_as_cstring(json_get(json_at(json_get(analysis, "warnings"), 0), "code")),
                      "empty_base");
  assert_null(json_get(analysis, "tables"));
  arena_destroy(memory);
  process_result_fini(&r);
}

static void json_of_a_page_alone_says_that_it_is_right(void **state) {
  scene *s = *state;
  scene_write(s, SCALE DESCRIBED, "q1\n1\n");
  process_result r;
  CANVASS(&r, "check", s->spec, "--json");
  assert_int_equal(r.exit_code, 0);
  assert_string_equal(r.out, "{\"canvass\":{\"check\":1}}\n");
  process_result_fini(&r);
}

int main(void) {
  setenv("LC_ALL", "C", 1);
  const struct CMUnitTest tests[] = {
      SCENE_TEST(a_scale_of_which_no_answer_is_valid_is_a_failure_that_names_the_texts),
      SCENE_TEST(only_the_ten_most_frequent_texts_are_listed),
      SCENE_TEST(advice_speaks_the_language_of_the_codebook),
      SCENE_TEST(a_real_survey_with_the_wrong_codebook_is_told_by_text),
      SCENE_TEST(rounded_numbers_are_told),
      SCENE_TEST(decimals_that_a_large_number_displaces_are_told_and_counted),
      SCENE_TEST(rows_without_a_usable_weight_are_told_by_cause),
      SCENE_TEST(items_nobody_answered_matter_where_they_are_used),
      SCENE_TEST(an_analysis_that_uses_no_row_is_a_failure),
      SCENE_TEST(findings_come_in_the_language_asked_for),
      SCENE_TEST(check_ends_as_run_does),
      SCENE_TEST(a_strict_check_tells_all_of_it_before_it_fails),
      SCENE_TEST(json_has_the_documents_words_without_the_figures),
      SCENE_TEST(json_of_a_page_alone_says_that_it_is_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
