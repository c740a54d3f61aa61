/* Slips on the command line: files in the wrong order, standard input, languages; and what --strict names. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define SPEC                             \
  "variables:\n"                         \
  "  q1: {type: scale, range: [1, 5]}\n" \
  "  q2: {type: scale, range: [1, 5]}\n" \
  "  q3: {type: scale, range: [1, 5]}\n" \
  "analyses:\n"                          \
  "  - describe: {items: [q1, q2, q3]}\n"
#define DATA "q1,q2,q3\n1,2,3\n3,4,5\n"

static void expect(process_result *r, int exit_code, const char *out, const char *err) {
  if (r->exit_code != exit_code || strstr(r->out, out) == NULL || strcmp(r->err, err) != 0) {
    fail_msg("exit code %d, wanted %d; told '%s', wanted '%s'; output '%s'", r->exit_code, exit_code, r->err,
             err, r->out);
  }
  process_result_fini(r);
}

static void files_in_the_wrong_order_are_told(void **state) {
  scene *s = *state;
  char told[3 * SCENE_PATH_BYTES];
  char plain[SCENE_PATH_BYTES];
  process_result r;
  scene_write(s, SPEC, DATA);
  process_write_file(s->directory, "answers", DATA, strlen(DATA), plain, sizeof plain);
  const char *const commands[] = {"run", "check"};
  for (size_t i = 0; i < 2; i++) {
    CANVASS(&r, commands[i], s->data, s->spec);
    snprintf(told, sizeof told,
             "canvass: %s is not a specification, but %s is: the specification comes first\n", s->data,
             s->spec);
    expect(&r, 2, "", told);
    CANVASS(&r, commands[i], plain, s->data, s->spec);
    snprintf(told, sizeof told,
             "canvass: %s is not a specification, but %s is: the specification comes first\n", plain,
             s->spec);
    expect(&r, 2, "", told);
    CANVASS(&r, commands[i], s->data, plain);
    snprintf(
        told, sizeof told,
        "canvass: %s has the name of data; the specification comes first, a page of YAML with `variables:` "
        "and `analyses:`\n",
        s->data);
    expect(&r, 2, "", told);
  }
  CANVASS(&r, "check", s->data);
  expect(&r, 2, "", told);
  CANVASS(&r, "put", "survey", s->data, s->spec, "--broker", "ipc:///no/such/socket");
  snprintf(told, sizeof told,
           "canvass: %s is not a specification, but %s is: the specification comes first\n", s->data,
           s->spec);
  expect(&r, 2, "", told);
  /* Two pages, one of them taken for data. */
  process_write_file(s->directory, "other.yaml", SPEC, strlen(SPEC), plain, sizeof plain);
  CANVASS(&r, "run", s->spec, plain);
  snprintf(told, sizeof told, "canvass: %s is a specification, and not data; one is read at a time\n", plain);
  expect(&r, 2, "", told);
}

static void what_can_be_no_specification_is_told(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES];
  char told[2 * SCENE_PATH_BYTES];
  process_result r;
  scene_write(s, SPEC, DATA);
  process_write_file(s->directory, "survey.pdf", "%PDF-1.7\n", 9, path, sizeof path);
  CANVASS(&r, "run", path, s->data);
  snprintf(told, sizeof told,
           "canvass: %s is a PDF document, and not a specification, which is a page of YAML\n", path);
  expect(&r, 2, "", told);
  CANVASS(&r, "check", s->directory);
  snprintf(told, sizeof told, "canvass: %s is a directory; name the specification in it\n", s->directory);
  expect(&r, 2, "", told);
  CANVASS(&r, "check", "");
  expect(&r, 2, "", "canvass: the specification has no name; a variable of the shell may be empty\n");
  CANVASS(&r, "report", s->spec);
  snprintf(told, sizeof told,
           "canvass: %s: report:1:1: expected a value; what 'canvass run --format json' wrote can be printed "
           "again\n",
           s->spec);
  expect(&r, 4, "", told);
}

static void a_specification_can_come_through_standard_input(void **state) {
  scene *s = *state;
  process_result r;
  scene_write(s, SPEC, DATA);
  process_run((const char *const[]){CANVASS_PROGRAM, "check", "-", NULL}, SPEC, &r);
  expect(&r, 0, "standard input: the specification is valid\n", "");
  process_run((const char *const[]){CANVASS_PROGRAM, "run", "-q", "-", s->data, NULL}, SPEC, &r);
  expect(&r, 0, "2 of 2 rows", "");
  process_run((const char *const[]){CANVASS_PROGRAM, "check", "-", NULL}, "variables: {}\n", &r);
  expect(&r, 2, "",
         "canvass: standard input:1:1: no analyses; add `analyses:` with a list of what to evaluate\n"
         "canvass: standard input:1:12: variables: expected at least one, found none\n");
  process_run((const char *const[]){CANVASS_PROGRAM, "run", "-", "-", NULL}, SPEC, &r);
  expect(
      &r, 2, "",
      "canvass: standard input (-) is named as the specification and as data; keep one of them in a file\n");
}

static void languages_are_understood_in_the_forms_that_people_write(void **state) {
  scene *s = *state;
  static const struct {
    const char *tag, *title;
  } cases[] = {
      {"en", "Evaluation report"},   {"en-US", "Evaluation report"},   {"en_GB.UTF-8", "Evaluation report"},
      {"zh", "满意度测评报告"},      {"zh-CN", "满意度测评报告"},      {"zh_CN.UTF-8", "满意度测评报告"},
      {"zh-Hans", "满意度测评报告"}, {"ZH-HANS-HK", "满意度测评报告"}, {"zh-SG", "满意度测评报告"},
      {"zh-Hant", "滿意度測評報告"}, {"zh-TW", "滿意度測評報告"},      {"zh_HK", "滿意度測評報告"},
      {"zh-mo", "滿意度測評報告"},   {"zh-Hant-CN", "滿意度測評報告"}};
  scene_write(s, SPEC, DATA);
  process_result r;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    r = scene_run(s, "run", "--lang", cases[i].tag);
    if (r.exit_code != 0 || strstr(r.out, cases[i].title) == NULL) {
      fail_msg("%s: %s%.60s", cases[i].tag, r.err, r.out);
    }
    process_result_fini(&r);
  }
  static const char *const unknown[] = {"fr", "german", "z", "zhx", ""};
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    char told[200];
    snprintf(told, sizeof told,
             "canvass: option '--lang': '%s' is not one of en, zh-Hans (zh, zh-CN), zh-Hant (zh-TW, zh-HK)\n",
             unknown[i]);
    r = scene_run(s, "run", "--lang", unknown[i]);
    expect(&r, 2, "", told);
  }
}

static void strict_names_every_variable_with_invalid_answers(void **state) {
  scene *s = *state;
  char data[16000] = "q1,q2,q3\n";
  size_t at = strlen(data);
  for (int i = 0; i < 1500; i++) {
    at += (size_t)snprintf(data + at, sizeof data - at, "%s\n", i == 7 ? "9,1,x" : "8,1,2");
  }
  scene_write(s, SPEC, data);
  char told[3 * SCENE_PATH_BYTES];
  snprintf(told, sizeof told,
           "canvass: %s:2: q1: '8' is not an answer that the codebook allows (the first of 1,500)\n"
           "canvass: %s:9: q3: 'x' is not an answer that the codebook allows\n"
           "canvass: --strict: invalid answers: 1,501, of 2 variables\n",
           s->data, s->data);
  process_result r = scene_run(s, "run", "--strict", NULL);
  expect(&r, 4, "", told);
}

static void strict_names_all_that_is_unusable(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  q1: {type: scale, range: [1, 5]}\n  q2: {type: scale, range: [1, 5]}\n"
              "  w: {type: weight, kind: sampling, missing: {none: refused}}\nweight: w\n"
              "analyses:\n  - describe: {items: [q1, q2]}\n",
              "q1,q2,w\n,,none\n,,1\n");
  process_result r = scene_run(s, "run", "--strict", NULL);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "canvass: --strict: w: 1 of 2 rows has no usable weight and is not used");
  assert_contains(r.err, "canvass: --strict: q1: no answer in any of 2 rows\n");
  assert_contains(r.err, "canvass: --strict: q2: no answer in any of 2 rows\n");
  process_result_fini(&r);
}

/* By the report whatever it analyses, as other invalid answers are: 900,000 to the fifth is above 2^62. */
static void computed_values_that_do_not_fit_are_told_and_refused(void **state) {
  scene *s = *state;
#define TOLD                                                                                              \
  "c: 1 of 3 results is invalid (too large, or made of an invalid answer) and is not used; the first is " \
  "that of %s:3\n"
  static const char *const analyses[] = {"describe: {items: c}", "describe: {items: b}",
                                         "describe: {items: x}"};
  for (size_t i = 0; i < sizeof analyses / sizeof analyses[0]; i++) {
    char page[512];
    (void)snprintf(page, sizeof page,
                   "variables:\n  x: {type: number}\nderived:\n  c: {compute: \"x * x * x * x * x\"}\n"
                   "  b: {bands: c, cuts: [100]}\nanalyses:\n  - %s\n",
                   analyses[i]);
    char told[2][SCENE_PATH_BYTES + 256];
    scene_write(s, page, "x\n2\n900000\n3\n");
    (void)snprintf(told[0], sizeof told[0], "canvass: warning: " TOLD, s->data);
    (void)snprintf(told[1], sizeof told[1], "canvass: --strict: " TOLD, s->data);
    process_result r = scene_run(s, "run", NULL, NULL);
    expect(&r, 0,
           "1 of 3 results of c is invalid and not used, being too large or made of an invalid answer\n"
           "     (data.csv:3)\n",
           told[0]);
    r = scene_run(s, "check", NULL, NULL);
    expect(&r, 0, "1 of 3 results of c is invalid and not used", "");
    r = scene_run(s, "run", "--strict", NULL);
    expect(&r, 4, "", told[1]);
  }
#undef TOLD
}

/* 1 / 3000 and -4 / 3000 with two decimals; 15 / 3000 is 0.005, which half to even makes 0; 16 / 3000 is
 * 0.01. */
static void results_that_vanish_when_they_are_rounded_are_told(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables:\n  x: {type: number}\nderived:\n  c: {compute: \"x / 3000\", decimals: 2}\n"
              "analyses:\n  - describe: {items: c}\n",
              "x\n1\n0\n-4\n15\n16\n\n");
  process_result r = scene_run(s, "run", NULL, NULL);
  expect(&r, 0,
         "3 of 5 results of c are not 0 and become 0 with 2 decimals (data.csv:2, data.csv:4, data.csv:5)\n",
         "");
  r = scene_run(s, "run", "--lang", "zh-TW");
  expect(&r, 0, "c 的 5 個計算結果中有 3 個不為 0，保留 2 位小數後成為 0（data.csv:2、data.csv:4、", "");
  r = scene_run(s, "run", "--format", "json");
  expect(&r, 0,
         "\"results\":[{\"answered\":5,\"decimals\":2,\"invalid\":0,\"name\":\"c\",\"places\":[],\"rows\":5,"
         "\"vanished\":3,\"vanished_places\":[{\"file\":\"data.csv\",\"line\":2},",
         "");
  r = scene_run(s, "run", "--strict", NULL);
  expect(&r, 0, "results of c are not 0", ""); /* they are used, as other rounded numbers are */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(files_in_the_wrong_order_are_told),
      SCENE_TEST(what_can_be_no_specification_is_told),
      SCENE_TEST(a_specification_can_come_through_standard_input),
      SCENE_TEST(languages_are_understood_in_the_forms_that_people_write),
      SCENE_TEST(strict_names_every_variable_with_invalid_answers),
      SCENE_TEST(strict_names_all_that_is_unusable),
      SCENE_TEST(computed_values_that_do_not_fit_are_told_and_refused),
      SCENE_TEST(results_that_vanish_when_they_are_rounded_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
