/* Bad input through the whole program: each case has its exit code and a message that names the place.
 * Nothing is printed on standard output then. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 512 };

#define SPEC                             \
  "variables:\n"                         \
  "  q1: {type: scale, range: [1, 5]}\n" \
  "  q2: {type: scale, range: [1, 5]}\n" \
  "analyses:\n"                          \
  "  - describe: {items: [q1, q2]}\n"
#define DATA "q1,q2\n1,2\n3,4\n5,5\n"

typedef struct bad_case {
  const char *name;
  const char *spec;
  const char *data;
  size_t data_length; /* 0: strlen */
  bool strict;
  int exit_code;
  const char *messages[3]; /* all must be said */
} bad_case;

static void run_case(const char *directory, const bad_case *c, process_result *r) {
  char spec[PATH_BYTES];
  char data[PATH_BYTES];
  size_t length = c->data_length > 0 ? c->data_length : strlen(c->data);
  process_write_file(directory, "spec.yaml", c->spec, strlen(c->spec), spec, sizeof spec);
  process_write_file(directory, "data.csv", c->data, length, data, sizeof data);
  const char *arguments[] = {
      CANVASS_PROGRAM, "run", spec, data, "--workers", "2", c->strict ? "--strict" : NULL, NULL};
  process_run(arguments, NULL, r);
}

static void check_case(const char *directory, const bad_case *c) {
  process_result r;
  run_case(directory, c, &r);
  if (r.exit_code != c->exit_code || r.out_length != 0) {
    fail_msg("%s: exit code %d, wanted %d; output '%.200s', errors '%s'", c->name, r.exit_code, c->exit_code,
             r.out, r.err);
  }
  for (size_t i = 0; i < 3 && c->messages[i] != NULL; i++) {
    assert_contains(r.err, c->messages[i]);
  }
  process_result_fini(&r);
}

static void check_cases(const bad_case *cases, size_t count) {
  char directory[PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  for (size_t i = 0; i < count; i++) {
    check_case(directory, &cases[i]);
  }
  process_directory_remove(directory);
}

#define CASES(cases) (cases), sizeof(cases) / sizeof((cases)[0])

static void unusable_data_exit_with_4_and_the_place(void **state) {
  (void)state;
  static const bad_case cases[] = {
      {"empty file", SPEC, "", 0, false, 4, {"data.csv", "empty"}},
      {"header only", SPEC, "q1,q2\n", 0, false, 4, {"data.csv", "no rows"}},
      {"missing column",
       SPEC,
       "q1,q3\n1,2\n",
       0,
       false,
       4,
       {"spec.yaml:3", "no column 'q2'", "did you mean"}},
      {"invalid UTF-8", SPEC, "q1,q2\n1,2\n3,\xFF\n", 0, false, 4, {"data.csv:3", "not UTF-8"}},
      {"GBK without encoding",
       SPEC,
       "q1,q2,\xD2\xE2\xBC\xFB\n1,2,\xBA\xDC\xBA\xC3\n",
       0,
       false,
       4,
       {"data.csv:1", "not UTF-8", "encoding: gb18030"}},
      {"broken gzip", SPEC, "\x1F\x8B\x08\x00garbage garbage", 0, false, 4, {"data.csv"}},
      {"broken row under --strict",
       SPEC,
       "q1,q2\n1,2,3\n1,1\n",
       0,
       true,
       4,
       {"data.csv:2", "3 cells", "quarantined records: 1"}},
      {"invalid answer under --strict",
       SPEC,
       "q1,q2\n1,2\n1,9\n",
       0,
       true,
       4,
       {"data.csv:3", "q2: '9'", "invalid answers: 1"}},
      {"unterminated quote under --strict",
       SPEC,
       "q1,q2\n1,\"2\n3,4\n",
       0,
       true,
       4,
       {"data.csv:2", "quarantined"}},
  };
  check_cases(CASES(cases));
}

static void wrong_specifications_exit_with_2_and_the_place(void **state) {
  (void)state;
  static const bad_case cases[] = {
      {"no YAML", "variables: [\n", DATA, 0, false, 2, {"spec.yaml:"}},
      {"empty page", "", DATA, 0, false, 2, {"spec.yaml"}},
      {"unknown analysis",
       "variables:\n  q1: {type: scale, range: [1, 5]}\nanalyses:\n  - npss: {items: q1}\n",
       DATA,
       0,
       false,
       2,
       {"spec.yaml:4:", "'npss'", "did you mean 'nps'"}},
      {"bad range",
       "variables:\n  q1: {type: scale, range: [5, 1]}\nanalyses:\n  - describe: {items: q1}\n",
       DATA,
       0,
       false,
       2,
       {"spec.yaml:2:", "range"}},
      {"cyclic construct",
       "variables:\n  q1: {type: scale, range: [1, 5]}\nconstructs:\n  a: {items: [b]}\n  b: {items: [a]}\n"
       "analyses:\n  - index: {construct: a}\n",
       DATA,
       0,
       false,
       2,
       {"spec.yaml:", "'a'"}},
      {"YAML bomb",
       "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
       "variables: {q1: {type: scale, range: [1, 5]}}\nanalyses: [*c]\n",
       DATA,
       0,
       false,
       2,
       {"spec.yaml:1:"}},
      {"several mistakes at once",
       "variables:\n  q1: {type: scala, range: [1, 5]}\n  q2: {type: scale, rnage: [1, 5]}\nanalyses:\n"
       "  - describe: {items: [q7]}\n",
       DATA,
       0,
       false,
       2,
       {"spec.yaml:2:", "spec.yaml:3:", "spec.yaml:5:"}},
  };
  check_cases(CASES(cases));
}

/* Ten thousand levels of nesting must not exhaust the stack. */
static void deep_nesting_is_refused(void **state) {
  (void)state;
  enum { LEVELS = 10000 };
  static char spec[2 * LEVELS + 64];
  memset(spec, '[', LEVELS);
  memset(spec + LEVELS, ']', LEVELS);
  const bad_case c = {"deep nesting", spec, DATA, 0, false, 2, {"spec.yaml:1:"}};
  check_cases(&c, 1);
}

static void files_that_are_not_there_are_named(void **state) {
  (void)state;
  char directory[PATH_BYTES];
  char spec[PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "spec.yaml", SPEC, strlen(SPEC), spec, sizeof spec);
  static const struct {
    const char *data;
    const char *message;
  } cases[] = {{"no-such-file.csv", "no-such-file.csv"}, {"/", "/"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    process_result r;
    CANVASS(&r, "run", spec, cases[i].data);
    if (r.exit_code != 4 || strstr(r.err, cases[i].message) == NULL) {
      fail_msg("%s: exit code %d, '%s'", cases[i].data, r.exit_code, r.err);
    }
    process_result_fini(&r);
  }
  process_directory_remove(directory);
}

/* ---- Which file ---------------------------------------------------------------------------------- */

/* `canvass ARGUMENTS...` exits with CODE, having said exactly TOLD. */
static void expect_told(const char *const *arguments, int code, const char *told) {
  process_result r;
  process_run(arguments, NULL, &r);
  if (r.exit_code != code || strcmp(r.err, told) != 0) {
    fail_msg("exit code %d, wanted %d; told '%s', wanted '%s'", r.exit_code, code, r.err, told);
  }
  process_result_fini(&r);
}

static void check_run_and_put_refuse_a_name_that_no_report_can_show(void **state) {
  (void)state;
  char directory[PATH_BYTES], spec[PATH_BYTES], data[PATH_BYTES], told[2 * PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "spec.yaml", SPEC, strlen(SPEC), spec, sizeof spec);
  static const struct {
    const char *name, *shown;
  } names[] = {{"bad\xff.csv", "bad\\xff.csv"}, {"red\x1b[31m\n.csv", "red\\x1b[31m\\x0a.csv"}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    process_write_file(directory, names[i].name, DATA, strlen(DATA), data, sizeof data);
    snprintf(told, sizeof told,
             "canvass: %s/%s: the name is not UTF-8 or has control characters; rename the file\n", directory,
             names[i].shown);
    expect_told((const char *const[]){CANVASS_PROGRAM, "check", spec, data, NULL}, 4, told);
    expect_told((const char *const[]){CANVASS_PROGRAM, "run", spec, data, NULL}, 4, told);
    /* It is not reached before. */
    expect_told((const char *const[]){CANVASS_PROGRAM, "put", "x", spec, data, "--broker",
                                      "ipc:///no/such/socket", NULL},
                4, told);
  }
  process_directory_remove(directory);
}

static void the_file_is_named_by_the_path_that_was_given(void **state) {
  (void)state;
  char directory[PATH_BYTES], spec[PATH_BYTES], good[PATH_BYTES], lacking[PATH_BYTES], told[5 * PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "spec.yaml", SPEC, strlen(SPEC), spec, sizeof spec);
  process_write_file(directory, "good.csv", DATA, strlen(DATA), good, sizeof good);
  process_write_file(directory, "lacking.csv", "q1\n1\n", 5, lacking, sizeof lacking);
  /* The file that lacks the column, whichever comes first. */
  static const char account[] =
      "its header, line 1, has none of , ; | and tabs (`data: {delimiter: ...}` states another delimiter, "
      "`data: "
      "{skip: N}` how many lines stand before the header) and is read as 1 column: 'q1'; the line as read: "
      "q1\n";
  snprintf(told, sizeof told, "canvass: %s:3:3: no column 'q2' in %s\ncanvass: %s: %s", spec, lacking,
           lacking, account);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", spec, lacking, good, NULL}, 4, told);
  snprintf(told, sizeof told, "canvass: %s: these columns are not in the header: \"q2\"; %s", lacking,
           account);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", spec, good, lacking, NULL}, 4, told);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", spec, "/dev/null", NULL}, 4,
              "canvass: /dev/null: is empty\n");
  /* Twice the same is a slip. */
  snprintf(told, sizeof told, "canvass: %s is named twice; leave one out\n", good);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", spec, good, good, NULL}, 2, told);
  process_directory_remove(directory);
}

static void a_copy_counts_twice_and_strictly_not_at_all(void **state) {
  (void)state;
  char directory[PATH_BYTES], spec[PATH_BYTES], data[PATH_BYTES], copy[PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "spec.yaml", SPEC, strlen(SPEC), spec, sizeof spec);
  process_write_file(directory, "data.csv", DATA, strlen(DATA), data, sizeof data);
  process_write_file(directory, "renamed.csv", DATA, strlen(DATA), copy, sizeof copy);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", "-q", spec, data, copy, NULL}, 0,
              "canvass: warning: renamed.csv has the same content as data.csv: its rows count twice\n");
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", "-q", "--strict", spec, data, copy, NULL}, 4,
              "canvass: --strict: renamed.csv has the same content as data.csv: its rows count twice\n");
  process_directory_remove(directory);
}

static void platforms_that_contradict_each_other_are_told_and_refused_strictly(void **state) {
  (void)state;
  static const char kobo[] = "_uuid,_submission_time,q1,q2\nu,t,1,n/a\nu,t,2,1\n";
  static const char wenjuanxing[] = "序号,提交答卷时间,所用时间,q1,q2\n1,t,9,1,2\n";
  static const char words[] =
      "kobo.csv is read as KoBo / ODK and wjx.csv as 问卷星: the cells that stand for no answer there are "
      "taken "
      "for answers, unless `missing` declares them\n";
  char directory[PATH_BYTES], spec[PATH_BYTES], first[PATH_BYTES], other[PATH_BYTES], told[3 * PATH_BYTES];
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "spec.yaml", SPEC, strlen(SPEC), spec, sizeof spec);
  process_write_file(directory, "kobo.csv", kobo, strlen(kobo), first, sizeof first);
  process_write_file(directory, "wjx.csv", wenjuanxing, strlen(wenjuanxing), other, sizeof other);
  snprintf(told, sizeof told, "canvass: warning: %s", words);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", "-q", spec, first, other, NULL}, 0, told);
  snprintf(told, sizeof told, "canvass: --strict: %s", words);
  expect_told((const char *const[]){CANVASS_PROGRAM, "run", "-q", "--strict", spec, first, other, NULL}, 4,
              told);
  process_directory_remove(directory);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unusable_data_exit_with_4_and_the_place),
      cmocka_unit_test(wrong_specifications_exit_with_2_and_the_place),
      cmocka_unit_test(deep_nesting_is_refused),
      cmocka_unit_test(files_that_are_not_there_are_named),
      cmocka_unit_test(check_run_and_put_refuse_a_name_that_no_report_can_show),
      cmocka_unit_test(the_file_is_named_by_the_path_that_was_given),
      cmocka_unit_test(a_copy_counts_twice_and_strictly_not_at_all),
      cmocka_unit_test(platforms_that_contradict_each_other_are_told_and_refused_strictly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
