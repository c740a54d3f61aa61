/* Exports as platforms write them, from the file to the figures, with specifications of a few lines.  The
 * figures are those that stand beside the files (expected.txt), or follow from them by hand.
 *
 * The files lie outside the repository, and a case is left out, saying so, where they are not there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

#define FOLDER CANVASS_SOURCE_DIR "/../shared/data/exports"

enum { FIGURES_MAX = 24, LINE_BYTES = 256 };

typedef struct export_case {
  const char *file;
  const char *spec;
  const char *read_as;              /* NULL: there is no notice */
  const char *figures[FIGURES_MAX]; /* of the long table: what stands after "describe,d,distribution,ROW," and
                                       the like */
} export_case;

static const char qualtrics[] =
    "variables:\n"
    "  sat: {column: Q1, type: scale, range: [1, 5], missing: {-99: refused}}\n"
    "  rec: {column: Q2, type: scale, range: [0, 10], missing: {-99: refused}}\n"
    "  used: {column: Q3, type: multi, delimiter: \",\", missing: {-99: refused},\n"
    "         texts: {1: Web, 2: App, 3: Shop, 4: Other}}\n"
    "  Status: {type: nominal}\n"
    "  ResponseId: {type: id}\n"
    "analyses: [describe: {items: [sat, used, Status, ResponseId], name: d}, nps: {items: rec, name: n}]\n";

static const char surveymonkey[] =
    "variables:\n"
    "  used:\n"
    "    type: multi\n"
    "    chosen: any\n"
    "    columns:\n"
    "      Web: \"Which of our services did you use? (Check all that apply) | Web shop\"\n"
    "      App: \"Which of our services did you use? (Check all that apply) | App\"\n"
    "      Branch: \"Which of our services did you use? (Check all that apply) | Branch\"\n"
    "      Other: \"Which of our services did you use? (Check all that apply) | Other (please specify)\"\n"
    "  delivery: {column: \"How satisfied are you with: | Delivery\", type: scale, range: [1, 5],\n"
    "             texts: {Very satisfied: 5, Satisfied: 4, Neutral: 3, Dissatisfied: 2, Very dissatisfied: "
    "1}}\n"
    "  rec: {column: \"How likely are you to recommend us? | Response\", type: scale, range: [0, 10],\n"
    "        texts: {10 - Extremely likely: 10, 0 - Not at all likely: 0}}\n"
    "analyses: [describe: {items: [used, delivery], name: d}, nps: {items: rec, name: n}]\n";

static const char kobo[] =
    "variables:\n"
    "  used: {column: grp_b/used, type: multi, delimiter: \" \", missing: {n/a: not_asked}}\n"
    "  used2: {type: multi, columns: {web: grp_b/used/web, app: grp_b/used/app, shop: grp_b/used/shop},\n"
    "          texts: {True: 1, False: 0}, missing: {n/a: not_asked}}\n"
    "  sat: {column: grp_b/sat, type: scale, range: [1, 5], missing: {n/a: not_asked}}\n"
    "analyses: [describe: {items: [used, used2, sat], name: d}]\n";

static const char microsoft[] =
    "variables:\n"
    "  used: {column: \"Which do you use?\", type: multi, delimiter: \";\", values: [Web shop, App], "
    "other: Other}\n"
    "  sat: {column: \"How satisfied?\", type: scale, range: [1, 5],\n"
    "        texts: {Very satisfied: 5, Somewhat satisfied: 4, Neither satisfied nor dissatisfied: 3,\n"
    "                Very dissatisfied: 1}}\n"
    "  order: {column: Rank these, type: ranking, delimiter: \";\", values: [Price, Speed, Quality]}\n"
    "analyses: [describe: {items: [used, sat, order], name: d}]\n";

static const char timestamps[] =
    "variables:\n"
    "  google: {type: date, format: \"%Y/%m/%d %I:%M:%S %p %z\"}\n"
    "  surveymonkey: {type: date, format: \"%m/%d/%Y %I:%M:%S %p\"}\n"
    "  kobo: {type: date, format: \"%Y-%m-%dT%H:%M:%S.%f%z\"}\n"
    "  msforms: {type: date, format: \"%m/%d/%y *\"}\n"
    "  wjx: {type: date, format: \"%Y/%m/%d*\"}\n"
    "  typeform: {type: date, format: \"%Y-%m-%d %H:%M:%S%z\"}\n"
    "  mix: {type: date, format: [\"%Y-%m-%d\", excel, \"%Y/%m/%d\"]}\n"
    "derived: {m1: {month: google}, m2: {month: surveymonkey}, m3: {month: kobo}, m4: {month: msforms},\n"
    "          m5: {month: wjx}, m6: {month: typeform}, m7: {month: mix}}\n"
    "analyses: [describe: {items: [m1, m2, m3, m4, m5, m6, m7], name: d}]\n";

#define WENJUANXING                                                                                                      \
  "variables:\n"                                                                                                         \
  "  服务: {column: 1、您对我们的服务是否满意？, type: scale, range: [1, 5],\n"                           \
  "         texts: {A.非常满意: 5, B.满意: 4, C.一般: 3, D.不满意: 2, E.非常不满意: 1}}\n"               \
  "  渠道: {column: 2、您使用过哪些渠道？, type: multi, delimiter: ┋, other: 其他}\n"                    \
  "  推荐: {column: 3、您愿意推荐我们吗？(0-10), type: scale, range: [0, 10]}\n"                             \
  "  总体: {column: 4、总体满意度, type: scale, range: [1, 5], leading_number: true}\n"                          \
  "  消费: {column: 5、您的月消费（元）, type: number, thousands: \",\", suffix: 元}\n"                      \
  "  用时: {column: 所用时间, type: number, suffix: 秒}\n"                                                        \
  "  总分: {type: number}\n"                                                                                           \
  "analyses: [describe: {items: [服务, 渠道, 总体, 消费, 用时, 总分], name: d}, nps: {items: 推荐, name: " \
  "n}]\n"

/* 消费: (1234.50 + 800 + 300) / 3. */
#define WENJUANXING_FIGURES                                                                                  \
  {                                                                                                          \
    "服务,,,,,,n,4", "服务,,,,,,mean,3.25", "渠道,,,,网站,,n,2", "渠道,,,,APP,,n,2", "渠道,,,,门店,,n,1",    \
        "渠道,,,,其他,,n,1", "渠道,,,,,,answered,3", "总体,,,,,,n,3", "总体,,,,,,mean,3.3333333333333335",   \
        "消费,,,,,,n,3", "消费,,,,,,mean,778.1666666666666", "消费,,,,,,max,1234.5", "用时,,,,,,mean,83.75", \
        "总分,,,,,,n,3", "总分,,,,,,mean,58.333333333333336", "推荐,,,,,,n,3",                               \
        "推荐,,,,,,nps,33.333333333333336"                                                                 \
  }

static const export_case cases[] = {
    {"qualtrics-three-headers/data.csv",
     qualtrics,
     "Qualtrics, 3 header rows",
     {"sat,,,,,,n,4", "sat,,,,,,mean,3.75", "rec,,,,,,n,4", "rec,,,,,,nps,25", "used,,,,Web,,n,2",
      "used,,,,App,,n,1", "used,,,,Shop,,n,1", "used,,,,Other,,n,1", "used,,,,,,answered,3",
      "Status,,,,0,,n,5", "ResponseId,,,,,,distinct,5"}},
    {"surveymonkey-two-headers/data.csv",
     surveymonkey,
     "SurveyMonkey, 2 header rows",
     {"used,,,,Web,,n,2", "used,,,,App,,n,1", "used,,,,Branch,,n,1", "used,,,,Other,,n,1",
      "used,,,,,,answered,3", "delivery,,,,,,n,3", "delivery,,,,,,mean,4", "rec,,,,,,n,3",
      "rec,,,,,,nps,33.333333333333336"}},
    {"kobo/data.csv",
     kobo,
     "KoBo / ODK, 1 header row",
     {"used,,,,web,,n,2", "used,,,,app,,n,1", "used,,,,shop,,n,1", "used,,,,,,answered,3",
      "used2,,,,web,,n,2", "used2,,,,app,,n,1", "used2,,,,shop,,n,1", "used2,,,,,,answered,3", "sat,,,,,,n,4",
      "sat,,,,,,mean,3.5"}},
    {"microsoft-forms/data.csv",
     microsoft,
     "Microsoft Forms, 1 header row",
     {"used,,,,Web shop,,n,2", "used,,,,App,,n,2", "used,,,,Other,,n,1", "used,,,,,,answered,3",
      "sat,,,,,,n,4", "sat,,,,,,mean,3.25", "order,,,,Price,,n,3", "order,,,,Price,,mean_rank,2",
      "order,,,,Speed,,mean_rank,1.6666666666666667"}},
    {"timestamps/data.csv",
     timestamps,
     NULL,
     {"m1,,,,2025-03,,n,1", "m1,,,,2025-04,,n,2", "m2,,,,2025-03,,n,1", "m2,,,,2025-04,,n,2",
      "m3,,,,2025-03,,n,1", "m3,,,,2025-04,,n,2", "m4,,,,2025-03,,n,1", "m4,,,,2025-04,,n,2",
      "m5,,,,2025-03,,n,1", "m5,,,,2025-04,,n,2", "m6,,,,2025-03,,n,1", "m6,,,,2025-04,,n,2",
      "m7,,,,2025-03,,n,1", "m7,,,,2025-04,,n,2"}},
    {"wenjuanxing/u.csv", WENJUANXING, "问卷星, 1 header row", WENJUANXING_FIGURES},
    {"wenjuanxing/data.csv", "data: {encoding: gbk}\n" WENJUANXING, "问卷星, 1 header row",
     WENJUANXING_FIGURES},
};

/* Is there a line that ends with FIGURE, which follows the number of a row? */
static bool has_figure(const char *out, const char *figure) {
  char ending[LINE_BYTES];
  (void)snprintf(ending, sizeof ending, ",%s\n", figure);
  return strstr(out, ending) != NULL;
}

static void check_read_as(const char *spec, const char *data, const char *read_as) {
  process_result r;
  CANVASS(&r, "check", "--quiet", "--lang", "en", spec, data);
  process_check_success(&r);
  char sentence[LINE_BYTES];
  (void)snprintf(sentence, sizeof sentence, " read as: %s\n", read_as);
  assert_contains(r.out, sentence);
  process_result_fini(&r);
}

static void every_export_gives_its_figures_and_says_what_it_was_read_as(void **state) {
  scene *s = *state;
  bool any = false;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const export_case *c = &cases[i];
    char data[SCENE_PATH_BYTES];
    (void)snprintf(data, sizeof data, "%s/%s", FOLDER, c->file);
    if (access(data, R_OK) != 0) {
      print_message("left out: %s is not here\n", data);
      continue;
    }
    any = true;
    scene_write(s, c->spec, "");
    process_result r;
    CANVASS(&r, "run", "--quiet", "--strict", "--format", "csv", s->spec, data);
    process_check_success(&r);
    for (size_t k = 0; k < FIGURES_MAX && c->figures[k] != NULL; k++) {
      if (!has_figure(r.out, c->figures[k])) {
        fail_msg("%s: no figure %s in\n%s", c->file, c->figures[k], r.out);
      }
    }
    process_result_fini(&r);
    if (c->read_as != NULL) {
      check_read_as(s->spec, data, c->read_as);
    }
  }
  if (!any) {
    skip();
  }
}

static const json *read_as_of(const json *report) {
  return json_get(json_at(json_get(json_get(report, "data"), "files"), 0), "read_as");
}

static void expect_read_as(const json *report, const char *format, int64_t rows, int64_t skipped,
                           const char *notice) {
  const json *r = read_as_of(report);
  assert_int_equal(json_kind_of(r), JSON_OBJECT);
  const json *named = json_get(r, "format");
  if (format == NULL) {
    assert_int_equal(json_kind_of(named), JSON_NULL);
  } else {
    assert_slice_equal(json_as_text(named), slice_of(format));
  }
  assert_int_equal(json_as_integer(json_get(r, "header_rows")), rows);
  assert_int_equal(json_as_integer(json_get(r, "skipped_lines")), skipped);
  assert_int_equal(json_count(json_get(r, "notices")), notice != NULL);
  if (notice != NULL) {
    assert_slice_equal(json_as_text(json_at(json_get(r, "notices"), 0)), slice_of(notice));
  }
}

static void documents_say_what_a_file_was_read_as(void **state) {
  scene *s = *state;
  static const char page[] =
      "variables: {q: {type: scale, range: [1, 5]}}\nanalyses: [describe: {items: q}]\n";
  char stated[512];
  assert_int_equal(json_kind_of(read_as_of(scene_report(s, page, "id,q\n1,5\n"))), JSON_NULL);
  expect_read_as(scene_report(s, page, "ResponseId,q\nResponse ID,How?\nR_1,5\n"), "Qualtrics", 2, 0, NULL);
  expect_read_as(scene_report(s, page, "sep=;\nid;q\n1;5\n"), NULL, 1, 0, "sep_line");
  (void)snprintf(stated, sizeof stated, "data: {skip: 2, header: 2, titles: 1}\n%s", page);
  expect_read_as(scene_report(s, stated, "x\ny\nid,q\n,how\n1,5\n"), NULL, 2, 2, NULL);
  (void)snprintf(stated, sizeof stated, "data: {encoding: windows-1252}\n%s", page);
  expect_read_as(scene_report(s, stated,
                              "S\xc3\xbc"
                              "d,q\n1,5\n"),
                 NULL, 1, 0, "utf8_already");
  process_result r = scene_run(s, "check", "--strict", NULL);
  assert_int_equal(r.exit_code, 4);
  assert_contains(r.err, "is valid UTF-8, and");
  process_result_fini(&r);
}

/* A file that a store knows is not read again, and how it was read is still told. */
static void a_store_keeps_what_a_file_was_read_as(void **state) {
  scene *s = *state;
  char store[SCENE_PATH_BYTES + 8];
  (void)snprintf(store, sizeof store, "%s/store", s->directory);
  scene_write(s, "variables: {q: {type: scale, range: [1, 5]}}\nanalyses: [describe: {items: q}]\n",
              "ResponseId,q\nResponse ID,How?\nR_1,5\nR_2,-99\n");
  for (int i = 0; i < 2; i++) {
    process_result r;
    CANVASS(&r, "run", "--quiet", "--format", "json", "--store", store, s->spec, s->data);
    const json *report = report_printed(s->memory, &r);
    expect_read_as(report, "Qualtrics", 2, 0, NULL);
    const json *variable = json_at(json_get(json_get(report, "data"), "variables"), 0);
    assert_int_equal(json_as_integer(json_get(json_get(variable, "missing"), "refused")), 1);
  }
  /* Another header is another reading of the same bytes. */
  scene_write(s, "data: {header: 1}\nvariables: {q: {type: nominal}}\nanalyses: [describe: {items: q}]\n",
              "ResponseId,q\nResponse ID,How?\nR_1,5\nR_2,-99\n");
  process_result r;
  CANVASS(&r, "run", "--quiet", "--format", "json", "--store", store, s->spec, s->data);
  const json *report = report_printed(s->memory, &r);
  assert_int_equal(json_as_integer(json_get(json_get(report, "data"), "rows")), 3);
}

static void totals_of_an_export_are_told(void **state) {
  scene *s = *state;
  scene_write(s,
              "variables: {q: {type: scale, range: [1, 5], column: \"1、满意吗？\"}}\nanalyses: [describe: "
              "{items: q}]\n",
              "序号,提交答卷时间,所用时间,1、满意吗？\n1,2025/3/1 9:10,9秒,5\n2,2025/3/1 "
              "9:11,8秒,4\n合计,,,9\n平均分,,,4.5\n");
  process_result r = scene_run(s, "check", "--lang", "en");
  process_check_success(&r);
  assert_contains(r.out, "Totals in data.csv, left out: 2 (lines 4, 5)");
  process_result_fini(&r);
  r = scene_run(s, "run", "--format", "json");
  const json *data = json_get(report_printed(s->memory, &r), "data");
  assert_int_equal(json_as_integer(json_get(data, "rows")), 2);
  assert_int_equal(json_as_integer(json_get(data, "totals")), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(documents_say_what_a_file_was_read_as),
      SCENE_TEST(a_store_keeps_what_a_file_was_read_as),
      SCENE_TEST(totals_of_an_export_are_told),
      SCENE_TEST(every_export_gives_its_figures_and_says_what_it_was_read_as),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
