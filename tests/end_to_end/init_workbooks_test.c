/* Somebody with a spreadsheet in Chinese: two commands, and the figures are right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { PARTS_MAX = 12, NOT_INSTALLED = 77 };

static const char python[] = "/usr/bin/python3"; /* what Debian's packages belong to */

static bool make(const char *kind, const char *path) {
  const char *arguments[] = {python, CANVASS_SOURCE_DIR "/tests/end_to_end/make_survey_workbook.py", kind,
                             path, NULL};
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
    print_message("left out: xlsxwriter is not installed\n");
  }
  process_result_fini(&r);
  return is_here;
}

typedef struct workbook_case {
  const char *kind, *has[PARTS_MAX], *lacks;
} workbook_case;

/* By hand, from the columns in make_survey_workbook.py: satisfied are 30 + 40 of 100; promoters (9, 10) are
 * 20 + 25, detractors (0 to 6) 10 + 5 + 5. */
static const double SATISFIED = 70;
static const double SCORE = 45 - 20;

static const workbook_case cases[] = {
    {"title",
     {"title: \"2025年第一季度客户满意度调查\"", "data: {skip: 1}",
      "有 2 行合计或备注，未计入：第 104, 105 行", "  序号: {type: id", "  提交时间: {type: date",
      "  所用时间: {type: number, suffix: 秒}", "delimiter: \"┋\", other: 其他", "values: [价格, 服务, 质量]",
      "  您的建议: {type: text}"},
     "where"},
    {"merged",
     {"data: {header: 2}", "“您对以下方面的满意度”下面是“价格”",
      "      手机: \"使用过的产品（多选） | 手机\"", "  - index: {construct: 您对以下方面的满意度}"},
     "skip"},
    {"marks",
     {"按 问卷星 的导出读取", "      App: \"2、渠道(App)\"", "  来自ip: {column: 来自IP, type: text"},
     "reverse"},
    {"sheets", {"第一张工作表不是答卷表；读取的是第 2 张", "data: {sheet: 2}"}, "其他工作表"},
};

/* The first figure of the first row that KEY has in an analysis called NAME. */
static double figure_of(const json *report, const char *name, const char *key) {
  const json *analyses = json_get(report, "analyses");
  for (size_t i = 0; i < json_count(analyses); i++) {
    if (slice_equal(json_as_text(json_get(json_at(analyses, i), "analysis")), slice_of(name))) {
      return json_as_number(json_get(report_first_row(report, i), key));
    }
  }
  fail_msg("the report has no %s", name);
  return 0;
}

static void two_commands_give_the_right_figures(void **state) {
  scene *s = *state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char data[SCENE_PATH_BYTES + 16];
    char spec[SCENE_PATH_BYTES + 16];
    process_result r;
    (void)snprintf(data, sizeof data, "%s/%s.xlsx", s->directory, cases[i].kind);
    (void)snprintf(spec, sizeof spec, "%s/%s.yaml", s->directory, cases[i].kind);
    if (!make(cases[i].kind, data)) {
      skip();
    }
    CANVASS(&r, "init", "--quiet", "--lang", "zh", data, "-o", spec);
    process_check_success(&r);
    process_result_fini(&r);
    size_t length;
    char *page = process_read_file(spec, &length);
    for (size_t k = 0; k < PARTS_MAX && cases[i].has[k] != NULL; k++) {
      assert_contains(page, cases[i].has[k]);
    }
    if (cases[i].lacks != NULL && strstr(page, cases[i].lacks) != NULL) {
      fail_msg("'%s' is in:\n%s", cases[i].lacks, page);
    }
    free(page);
    CANVASS(&r, "run", "--quiet", spec, data, "--format", "json");
    const json *report = report_printed(s->memory, &r);
    assert_true(figure_of(report, "csat", "csat") == SATISFIED);
    assert_true(figure_of(report, "nps", "nps") == SCORE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(two_commands_give_the_right_figures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
