/* What a run gives back: formats, languages, files and standard input, and that an answer is written
 * whole or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { ARGUMENTS_MAX = 12 };

static const char spec_text[] =
    "title: {en: Visitors, zh-Hans: 访客}\n"
    "variables:\n"
    "  q1: {type: scale, range: [1, 5], label: {en: Service, zh-Hans: 服务, zh-Hant: 服務}}\n"
    "analyses:\n"
    "  - describe: {items: q1}\n";
static const char data_text[] = "q1\n1\n2\n3\n4\n5\n5\n9\n";

static int set_up(void **state) {
  const int failed = scene_set_up(state);
  scene_write(*state, spec_text, data_text);
  return failed;
}

/* canvass run spec.yaml DATA MORE..., with a zero exit code. */
static process_result run_with(const scene *f, const char *data, const char *input, const char *const *more) {
  const char *arguments[ARGUMENTS_MAX] = {CANVASS_PROGRAM, "run", f->spec, data};
  for (size_t i = 0; more[i] != NULL && i + 5 < ARGUMENTS_MAX; i++) {
    arguments[i + 4] = more[i];
  }
  process_result r;
  process_run(arguments, input, &r);
  process_check_success(&r);
  return r;
}

#define MORE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void nothing_but_the_answer_is_printed(void **state) {
  process_result r = run_with(*state, ((scene *)*state)->data, NULL, MORE("--format", "json"));
  assert_int_equal(r.err_length, 0);
  assert_int_equal(r.out[0], '{');
  assert_memory_equal(r.out + r.out_length - 2, "}\n", 2);
  process_result_fini(&r);
}

static void text_speaks_the_language_asked_for(void **state) {
  const scene *f = *state;
  static const struct {
    const char *language, *title, *label, *word;
  } cases[] = {{"en", "Visitors", "Service", "Invalid answers"},
               {"zh-Hans", "访客", "服务", "无效答案"},
               {"zh-Hant", "访客", "服務", "無效答案"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    process_result r = run_with(f, f->data, NULL, MORE("--lang", cases[i].language));
    assert_contains(r.out, cases[i].title);
    assert_contains(r.out, cases[i].label);
    assert_contains(r.out, cases[i].word);
    process_result_fini(&r);
  }
}

static void language_comes_from_the_environment(void **state) {
  const scene *f = *state;
  process_result r;
  static const char script[] = "LC_ALL=zh_TW.UTF-8 exec \"$0\" run \"$1\" \"$2\"";
  process_run((const char *const[]){"/bin/sh", "-c", script, CANVASS_PROGRAM, f->spec, f->data, NULL}, NULL,
              &r);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "服務");
  process_result_fini(&r);
}

static void csv_is_a_long_table(void **state) {
  const scene *f = *state;
  process_result r = run_with(f, f->data, NULL, MORE("-f", "csv"));
  static const char header[] =
      "analysis,name,table,row,item,other_item,group,other_group,value,other_value,statistic,figure\n";
  assert_memory_equal(r.out, header, sizeof header - 1);
  assert_contains(r.out, "data,data,rows,1,,,,,,,rows,7\n");
  assert_contains(r.out, "data,data,variables,1,q1,,,,,,invalid,1\n");
  assert_contains(r.out, "describe,describe,summary,1,q1,,,,,,n,6\n");
  process_result_fini(&r);
}

static void colour_only_when_asked_for(void **state) {
  const scene *f = *state;
  process_result plain = run_with(f, f->data, NULL, MORE("--color", "auto"));
  process_result coloured = run_with(f, f->data, NULL, MORE("--color", "always"));
  assert_null(strchr(plain.out, '\x1b'));
  assert_non_null(strchr(coloured.out, '\x1b'));
  process_result_fini(&plain);
  process_result_fini(&coloured);
}

static void output_file_is_replaced_whole(void **state) {
  const scene *f = *state;
  char path[SCENE_PATH_BYTES];
  process_write_file(f->directory, "report.json", "old", 3, path, sizeof path);
  assert_int_equal(chmod(path, 0640), 0);
  process_result printed = run_with(f, f->data, NULL, MORE("--format", "json", "-o", "-"));
  process_result r = run_with(f, f->data, NULL, MORE("--format", "json", "-o", path));
  assert_int_equal(r.out_length, 0);
  size_t length = 0;
  char *written = process_read_file(path, &length);
  assert_non_null(written);
  assert_int_equal(length, printed.out_length);
  assert_memory_equal(written, printed.out, length);
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0640);
  free(written);
  process_result_fini(&printed);
  process_result_fini(&r);
}

static void a_failed_run_leaves_the_old_answer(void **state) {
  const scene *f = *state;
  char path[SCENE_PATH_BYTES];
  process_write_file(f->directory, "report.txt", "old", 3, path, sizeof path);
  process_result r;
  CANVASS(&r, "run", f->spec, f->data, "--strict", "-o", path);
  assert_int_equal(r.exit_code, 4);
  size_t length = 0;
  char *kept = process_read_file(path, &length);
  assert_non_null(kept);
  assert_string_equal(kept, "old");
  free(kept);
  process_result_fini(&r);
}

static void a_place_that_cannot_be_written_is_told_first(void **state) {
  const scene *f = *state;
  process_result r;
  CANVASS(&r, "run", f->spec, "no-such-data.csv", "-o", "/no/such/place");
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "cannot write to /no/such/place");
  process_result_fini(&r);
}

static void standard_input_is_data(void **state) {
  const scene *f = *state;
  process_result r = run_with(f, "-", data_text, MORE("-f", "csv"));
  assert_contains(r.out, "data,data,rows,1,,,,,,,rows,7\n");
  process_result_fini(&r);
  static const char script[] = "cat \"$2\" | \"$0\" run \"$1\" - -f csv";
  process_run((const char *const[]){"/bin/sh", "-c", script, CANVASS_PROGRAM, f->spec, f->data, NULL}, NULL,
              &r);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "data,data,rows,1,,,,,,,rows,7\n");
  process_result_fini(&r);
}

static void check_names_what_was_read(void **state) {
  const scene *f = *state;
  process_result r;
  CANVASS(&r, "check", f->spec, f->data);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "the specification is valid");
  assert_contains(r.out, "data.csv: 7 records, 0 of them quarantined");
  process_result_fini(&r);
}

static void every_kernel_form_that_runs_gives_the_same_bytes(void **state) {
  const scene *f = *state;
  static const char script[] = "CANVASS_KERNELS=$3 exec \"$0\" run \"$1\" \"$2\" -f json";
  process_result wanted = run_with(f, f->data, NULL, MORE("-f", "json"));
  static const char *const forms[] = {"portable", "avx2", "avx512"};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    process_result r;
    process_run(
        (const char *const[]){"/bin/sh", "-c", script, CANVASS_PROGRAM, f->spec, f->data, forms[i], NULL},
        NULL, &r);
    if (i == 0 || r.exit_code != 2) {
      assert_int_equal(r.exit_code, 0);
      assert_string_equal(r.out, wanted.out);
    }
    process_result_fini(&r);
  }
  process_result_fini(&wanted);
}

#define ANSWER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scene_tear_down)

static void a_chart_is_a_picture_of_its_own(void **state) {
  const scene *f = *state;
  process_result r = run_with(f, f->data, NULL, MORE("-f", "svg:describe/distribution", "-l", "zh-Hans"));
  assert_memory_equal(r.out, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 39);
  assert_contains(r.out, ">服务</text>");
  process_result_fini(&r);
}

/* An analysis that the specification does not have is refused before anything is computed. */
static void charts_that_there_are_not_are_refused_with_those_that_there_are(void **state) {
  static const char *const cases[][2] = {
      {"svg:nps", "option '--format': 'svg:nps': the specification has no such analysis; it has describe\n"},
      {"svg:describer", "it has describe\n"},
      {"svg:describe/x",
       "there is no chart 'describe/x'; the report has describe/summary, describe/distribution\n"},
  };
  const scene *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    process_result r;
    process_run(
        (const char *const[]){CANVASS_PROGRAM, "run", f->spec, f->data, "-q", "-f", cases[i][0], NULL}, NULL,
        &r);
    assert_int_equal(r.exit_code, 2);
    assert_int_equal(r.out_length, 0);
    assert_non_null(strstr(r.err, cases[i][1]));
    process_result_fini(&r);
  }
}

static process_result report_of(const char *path, const char *input, const char *format, const char *output) {
  process_result r;
  process_run(
      (const char *const[]){CANVASS_PROGRAM, "report", path, "-f", format, "-l", "en", "-o", output, NULL},
      input, &r);
  return r;
}

/* A report that was kept as JSON is rendered again without the data: the same bytes. */
static void a_kept_report_is_rendered_as_the_run_would(void **state) {
  static const char *const formats[] = {"text", "csv", "json", "svg:describe"};
  const scene *f = *state;
  char path[SCENE_PATH_BYTES];
  process_result kept = run_with(f, f->data, NULL, MORE("-f", "json"));
  process_write_file(f->directory, "kept.json", kept.out, kept.out_length, path, sizeof path);
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    process_result want = run_with(f, f->data, NULL, MORE("-f", formats[i], "-l", "en"));
    process_result file = report_of(path, NULL, formats[i], "-");
    process_result input = report_of("-", kept.out, formats[i], "-");
    assert_int_equal(file.exit_code, 0);
    assert_string_equal(file.out, want.out);
    assert_string_equal(input.out, want.out);
    process_result_fini(&want);
    process_result_fini(&file);
    process_result_fini(&input);
  }
  process_result_fini(&kept);
}

static void what_is_no_report_is_refused_by_its_name(void **state) {
  const scene *f = *state;
  const struct {
    const char *path, *output;
    int exit_code;
    const char *message;
  } cases[] = {
      {f->data, "-", 4, "data.csv: report:1:1: "},
      {"no-such-report.json", "-", 1, "cannot open the report no-such-report.json: No such file"},
      {f->data, f->data, 2, "it is the report "},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    process_result r = report_of(cases[i].path, NULL, "text", cases[i].output);
    assert_int_equal(r.exit_code, cases[i].exit_code);
    assert_int_equal(r.out_length, 0);
    if (strstr(r.err, cases[i].message) == NULL) {
      fail_msg("case %zu: %s", i, r.err);
    }
    process_result_fini(&r);
  }
}

/* Without --format the report is text whatever the file is called, with a message. */
static void a_file_named_as_another_format_is_told_of(void **state) {
  const scene *f = *state;
  char path[SCENE_PATH_BYTES];
  (void)snprintf(path, sizeof path, "%.400s/report.svg", f->directory);
  process_result r = run_with(f, f->data, NULL, MORE("-o", path));
  assert_contains(r.err, "report.svg holds the report as text; add --format svg:NAME");
  process_result_fini(&r);
  r = run_with(f, f->data, NULL, MORE("-o", path, "-f", "text"));
  assert_null(strstr(r.err, "holds the report as text"));
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      ANSWER_TEST(nothing_but_the_answer_is_printed),
      ANSWER_TEST(text_speaks_the_language_asked_for),
      ANSWER_TEST(language_comes_from_the_environment),
      ANSWER_TEST(csv_is_a_long_table),
      ANSWER_TEST(colour_only_when_asked_for),
      ANSWER_TEST(output_file_is_replaced_whole),
      ANSWER_TEST(a_failed_run_leaves_the_old_answer),
      ANSWER_TEST(a_place_that_cannot_be_written_is_told_first),
      ANSWER_TEST(standard_input_is_data),
      ANSWER_TEST(check_names_what_was_read),
      ANSWER_TEST(every_kernel_form_that_runs_gives_the_same_bytes),
      ANSWER_TEST(a_chart_is_a_picture_of_its_own),
      ANSWER_TEST(charts_that_there_are_not_are_refused_with_those_that_there_are),
      ANSWER_TEST(a_kept_report_is_rendered_as_the_run_would),
      ANSWER_TEST(what_is_no_report_is_refused_by_its_name),
      ANSWER_TEST(a_file_named_as_another_format_is_told_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
