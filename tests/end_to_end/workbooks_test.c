/* Workbooks as other programs save them: the figures of a report are those of the CSV file, byte for byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { NOT_INSTALLED = 77 };

/* The user to whom files of Debian's packages belong. */
static const char python[] = "/usr/bin/python3";

/* Saves CSV as a workbook at PATH; false, saying so: PROGRAM is not here. */
static bool save_as(const char *program, const char *csv, const char *path) {
  const char *arguments[] = {
      python, CANVASS_SOURCE_DIR "/tests/end_to_end/make_workbook.py", program, csv, path, NULL};
  process_result r;
  if (access(python, X_OK) != 0) {
    print_message("left out: there is no %s\n", python);
    return false;
  }
  process_run(arguments, NULL, &r);
  const bool is_here = r.exit_code != NOT_INSTALLED;
  if (is_here) {
    process_check_success(&r);
  } else {
    print_message("left out: %s is not installed\n", program);
  }
  process_result_fini(&r);
  return is_here;
}

static void expect_same_figures(scene *s, const char *program, const char *spec, const char *csv) {
  char path[SCENE_PATH_BYTES + 16];
  (void)snprintf(path, sizeof path, "%s/data.xlsx", s->directory);
  if (save_as(program, csv, path)) {
    const slice text = scene_analyses(s, spec, csv);
    const slice book = scene_analyses(s, spec, path);
    if (!slice_equal(text, book)) {
      fail_msg("%s as saved by %s: other figures", csv, program);
    }
    (void)unlink(path);
  }
}

static void workbooks_of_other_programs_give_the_figures_of_the_csv_file(void **state) {
  static const char *const programs[] = {"plain", "openpyxl", "xlsxwriter", "libreoffice"};
  for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
    expect_same_figures(*state, programs[i], CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml",
                        CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv");
  }
}

/* ---- Platforms ----------------------------------------------------------------------------------- */

static const char *const qualtrics[] = {
    "variables:\n"
    "  sat: {column: Q1, type: scale, range: [1, 5]}\n"
    "  used: {column: Q3, type: multi, delimiter: \",\", texts: {1: Web, 2: App, 3: Shop, 4: Other}}\n"
    "analyses: [describe: {items: [sat, used]}]\n",
    "ResponseId,Q1,Q3\nResponse ID,How satisfied are you?,Which did you use?\n"
    "\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":"
    "\"\"QID3\"\"}\"\n"
    "R_1,5,\"1,3\"\nR_2,4,\"1,4\"\nR_3,-99,-99\n",
    "Qualtrics, 3 header rows"};
static const char *const surveymonkey[] = {
    "variables:\n"
    "  used: {type: multi, chosen: any, columns: {Web: \"Which? | Web shop\", App: \"Which? | App\"}}\n"
    "  sat: {column: \"How satisfied? | Response\", type: scale, range: [1, 5]}\n"
    "analyses: [describe: {items: [used, sat]}]\n",
    "Respondent ID,Start Date,Which?,,How satisfied?\n,,Web shop,App,Response\n"
    "118000001,01/02/2025,Web shop,,5\n118000002,01/02/2025,,App,4\n",
    "SurveyMonkey, 2 header rows"};
static const char *const wenjuanxing[] = {
    "variables:\n"
    "  服务: {column: 1、服务, type: scale, range: [1, 5], texts: {非常满意: 5, 满意: 4, 一般: 3}}\n"
    "analyses: [describe: {items: [服务]}]\n",
    "序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、服务\n"
    "1,2025/3/1 9:10:11,109秒,微信,N/A,1.2.3.4(上海),非常满意\n2,2025/3/1 "
    "9:12:00,95秒,链接,N/A,1.2.3.4(上海),满意\n",
    "问卷星, 1 header row"};

static void exports_of_platforms_are_recognised_in_workbooks(void **state) {
  scene *s = *state;
  const char *const *const platforms[] = {qualtrics, surveymonkey, wenjuanxing};
  for (size_t i = 0; i < sizeof platforms / sizeof platforms[0]; i++) {
    char path[SCENE_PATH_BYTES + 16];
    scene_write(s, platforms[i][0], platforms[i][1]);
    (void)snprintf(path, sizeof path, "%s/data.xlsx", s->directory);
    if (!save_as("plain", s->data, path)) {
      skip();
    }
    assert_slice_equal(scene_analyses(s, s->spec, s->data), scene_analyses(s, s->spec, path));
    process_result r;
    CANVASS(&r, "run", "--quiet", "--lang", "en", s->spec, path);
    process_check_success(&r);
    assert_contains(r.out, platforms[i][2]);
    assert_contains(r.out, "read from its sheet “Answers”");
    process_result_fini(&r);
  }
}

/* ---- Tables -------------------------------------------------------------------------------------- */

static void what_is_odd_about_rows_is_told_in_every_language(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES + 16];
  static const char *const told[][5] = {
      {"en", "Totals in data.xlsx, left out: 1 (line 5)",
       "Rows that data.xlsx hides (by a filter, for example) are read like others: 1 (lines 2)",
       "Rows of data.xlsx with numbers of more than 15 digits, read with 15: 1 "
       "(lines 3)",
       "Rows of data.xlsx with cells far to the right of its table, which are not read: 1 (lines 3)"},
      {"zh-Hans", "data.xlsx 中的合计行，未计入：1 行（第 5 行）",
       "data.xlsx 中隐藏的行（例如被筛选的行）与其他行一样读取：1 行（第 2 行）",
       "data.xlsx 中含有超过 15 位有效数字的数的行，按 15 位读取：1 行（第 3 行）",
       "data.xlsx 中在表格右侧很远处另有单元格的行，这些单元格未读取：1 行（第 3 行）"},
      {"zh-Hant", "data.xlsx 中的合計列，未計入：1 列（第 5 行）",
       "data.xlsx 中隱藏的列（例如被篩選的列）與其他列一樣讀取：1 列（第 2 行）",
       "data.xlsx 中含有超過 15 位有效數字的數的列，按 15 位讀取：1 列（第 3 行）",
       "data.xlsx 中在表格右側很遠處另有儲存格的列，這些儲存格未讀取：1 列（第 3 行）"}};
  scene_write(s, "variables: {q: {type: number, decimals: 9}}\nanalyses: [describe: {items: q}]\n",
              "id,q\na,1\nb,2\nc,3\n");
  (void)snprintf(path, sizeof path, "%s/data.xlsx", s->directory);
  if (!save_as("table", s->data, path)) {
    skip();
  }
  for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
    process_result r;
    CANVASS(&r, "run", "--quiet", "--strict", "--lang", told[i][0], s->spec, path);
    process_check_success(&r);
    for (size_t k = 1; k < 5; k++) {
      assert_contains(r.out, told[i][k]);
    }
    process_result_fini(&r);
  }
  process_result r;
  CANVASS(&r, "run", "--quiet", "--format", "csv", s->spec, path);
  process_check_success(&r);
  assert_contains(r.out, "data,data,rows,1,,,,,,,rows,3\n");
  assert_contains(r.out, "data,data,rows,1,,,,,,,totals,1\n");
  assert_contains(r.out, ",q,,,,,,min,0.666666667\n");
  process_result_fini(&r);
}

/* ---- What comes otherwise ------------------------------------------------------------------------ */

static void workbooks_come_through_pipes_and_packed(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES + 16];
  process_result r;
  scene_write(s, "variables: {q: {type: scale, range: [1, 5]}}\nanalyses: [describe: {items: q}]\n",
              "q\n1\n5\n");
  (void)snprintf(path, sizeof path, "%s/data.xlsx", s->directory);
  if (!save_as("plain", s->data, path)) {
    skip();
  }
  static const char *const ways[] = {"cat \"$1\" | \"$0\" run --quiet --format csv \"$2\" -",
                                     "\"$0\" run --quiet --format csv \"$2\" - < \"$1\"",
                                     "gzip -k \"$1\" && \"$0\" run --quiet --format csv \"$2\" \"$1.gz\""};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    process_run((const char *const[]){"/bin/sh", "-c", ways[i], CANVASS_PROGRAM, path, s->spec, NULL}, NULL,
                &r);
    process_check_success(&r);
    assert_contains(r.out, ",q,,,,,,mean,3\n");
    process_result_fini(&r);
  }
}

static void the_specification_names_the_sheet(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES + 16];
  process_result r;
  scene_write(s,
              "data: {sheet: Other}\nvariables: {q: {type: scale, range: [1, 5]}}\nanalyses: [describe: "
              "{items: q}]\n",
              "q\n1\n5\n");
  (void)snprintf(path, sizeof path, "%s/data.xlsx", s->directory);
  if (!save_as("plain", s->data, path)) {
    skip();
  }
  CANVASS(&r, "run", "--quiet", s->spec, path);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "has no sheet 'Other' (data: {sheet: ...}); it has 'Answers'");
  process_result_fini(&r);
}

static void a_format_that_the_file_is_not_is_refused(void **state) {
  scene *s = *state;
  char path[SCENE_PATH_BYTES + 16];
  process_result r;
  scene_write(
      s,
      "data: {format: csv}\nvariables: {q: {type: scale, range: [1, 5]}}\nanalyses: [describe: {items: q}]\n",
      "q\n1\n5\n");
  (void)snprintf(path, sizeof path, "%s/data.csv.new", s->directory);
  if (!save_as("plain", s->data, path)) {
    skip();
  }
  CANVASS(&r, "run", "--quiet", s->spec, path);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err,
                  "is a file of the format xlsx, and `data: {format: csv}` says another; leave `format` out");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(workbooks_of_other_programs_give_the_figures_of_the_csv_file),
      SCENE_TEST(exports_of_platforms_are_recognised_in_workbooks),
      SCENE_TEST(what_is_odd_about_rows_is_told_in_every_language),
      SCENE_TEST(workbooks_come_through_pipes_and_packed),
      SCENE_TEST(the_specification_names_the_sheet),
      SCENE_TEST(a_format_that_the_file_is_not_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
