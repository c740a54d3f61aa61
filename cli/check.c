/* canvass check: reports whether a specification is valid, and what `canvass run` would find in the data:
 * it does the same without the figures. */
#include "cli/census_show.h"
#include "cli/destination.h"
#include "cli/environment.h"
#include "cli/findings.h"
#include "cli/interrupt.h"
#include "cli/local_job.h"
#include "cli/operands.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/words.h"
#include "reading/raw.h"

static const option options[] = {
    {0, "strict", NULL, OPTION_FLAG, offsetof(settings, strict), 0, 0, NULL,
     SAID("refuse what 'canvass run --strict' refuses", "拒绝 canvass run --strict 所拒绝的",
          "拒絕 canvass run --strict 所拒絕的")},
    {0, "json", NULL, OPTION_FLAG, offsetof(settings, json), 0, 0, NULL,
     SAID("report the findings as JSON on standard output", "在标准输出以 JSON 报告发现",
          "在標準輸出以 JSON 報告發現")},
    LANGUAGE_OPTION,
    CODEBOOK_OPTION,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL,
     SAID("no progress", "不显示进度", "不顯示進度")},
};

/* ---- The answer ---------------------------------------------------------------------------------- */

typedef enum said {
  SAID_VALID,
  SAID_WAITS,
  SAID_RECORD,
  SAID_RECORDS,
  SAID_QUARANTINED,
  SAID_ANALYSES,
  SAID_OVER,
  SAID_ROW,
  SAID_ROWS,
  SAID
} said;

static const char *const sayings[SAID][LANGUAGES] = {
    [SAID_VALID] = {": the specification is valid\n", "：评价方案有效\n", "：評價方案有效\n"},
    [SAID_WAITS] = {" leaves its answers to the dictionary of the data (.sav, .dta)\n",
                    "的答案由数据自带的字典（.sav、.dta）给出\n",
                    "的答案由資料自帶的字典（.sav、.dta）給出\n"},
    [SAID_RECORD] = {" record, ", " 条记录，", " 筆紀錄，"},
    [SAID_RECORDS] = {" records, ", " 条记录，", " 筆紀錄，"},
    [SAID_QUARANTINED] = {" of them quarantined\n", " 条格式错误已剔除\n", " 筆格式錯誤已剔除\n"},
    [SAID_ANALYSES] = {"analyses: ", "分析数：", "分析數："},
    [SAID_OVER] = {", over ", "，记录数：", "，紀錄數："},
    [SAID_ROW] = {" row\n", "\n", "\n"},
    [SAID_ROWS] = {" rows\n", "\n", "\n"},
};

static report_language language_of(const settings *s) {
  return s->language < 0 ? environment_language() : (report_language)s->language;
}

static void say(const evaluation *e, said which, buf *answer) {
  buf_printf(answer, "%s", sayings[which][language_of(e->settings)]);
}

static void put_count(buf *answer, uint64_t n) {
  char words[WORDS_BYTES];
  words_of_count(n, words);
  buf_printf(answer, "%s", words);
}

static void put_files(const evaluation *e, buf *answer) {
  const manifest *m = e->dataset;
  for (uint32_t i = 0; i < m->files_count; i++) {
    const file_facts *file = &m->files[i];
    const slice title = evaluation_title(e, file->name);
    buf_printf(answer, "%.*s%s", SLICE_ARG(title), language_of(e->settings) == REPORT_EN ? ": " : "：");
    put_count(answer, file->records);
    say(e, file->records == 1 ? SAID_RECORD : SAID_RECORDS, answer);
    put_count(answer, file->quarantined);
    say(e, SAID_QUARANTINED, answer);
  }
}

static status put_text(const evaluation *e, const json *cells, const buf *report, buf *answer, error *err) {
  const report_options wanted = {
      .language = language_of(e->settings),
      .columns = environment_columns(true),
      .color = environment_color(COLOR_AUTO, true),
  };
  put_files(e, answer);
  TRY(report_render_findings(report->data, report->length, &wanted, answer, err));
  TRY(census_put(cells, wanted.language, answer, err));
  say(e, SAID_ANALYSES, answer);
  put_count(answer, e->plan->analyses_count);
  say(e, SAID_OVER, answer);
  put_count(answer, manifest_rows(e->dataset));
  say(e, manifest_rows(e->dataset) == 1 ? SAID_ROW : SAID_ROWS, answer);
  return buf_status(answer, "the answer", err);
}

/* A member of the document, for another object in the same arena. */
static json *member_of(const json *node, const char *key) {
  return (json *)(uintptr_t)json_get(node, key);
}

/* The document's own text, without the figures; docs/report.md describes it. */
static status put_json(const findings *f, json *cells, buf *answer, error *err) {
  static const char *const of_analysis[] = {"analysis", "name", "label", "settings", "warnings"};
  json *root = json_object(f->memory);
  json *canvass = json_object(f->memory);
  json *analyses = json_array(f->memory);
  const json *sections = json_get(f->document, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    json *section = json_object(f->memory);
    for (size_t k = 0; k < sizeof of_analysis / sizeof of_analysis[0]; k++) {
      json_set(section, of_analysis[k], member_of(json_at(sections, i), of_analysis[k]));
    }
    json_push(analyses, section);
  }
  json_set_integer(canvass, "check", 1);
  json_set(root, "canvass", canvass);
  json_set(root, "specification", member_of(f->document, "specification"));
  json_set(root, "data", member_of(f->document, "data"));
  json_set(root, "analyses", analyses);
  json_set(root, "cells", cells);
  json_set(root, "unusable", f->unusable);
  if (arena_failed(f->memory)) {
    return error_no_memory(err, "the answer");
  }
  json_write(root, answer);
  buf_printf(answer, "\n");
  return buf_status(answer, "the answer", err);
}

/* ---- The data ------------------------------------------------------------------------------------ */

/* What `run` would refuse; after the answer, which lists all of it. */
static status judge(const evaluation *e, const findings *f, error *err) {
  TRY(evaluation_judge_files(e, 0, err));
  TRY(findings_require_usable(f, err));
  return e->settings->strict ? findings_refuse(e, f, err) : STATUS_OK;
}

static status answer_and_judge(const evaluation *e, const buf *report, buf *answer, error *err) {
  findings f;
  census taken;
  TRY(findings_open(e, report, &f, err));
  status st = census_take(e, &taken, err);
  json *cells = st == STATUS_OK ? census_json(e, &taken, f.document, f.memory) : NULL;
  if (st == STATUS_OK && cells == NULL) {
    st = error_no_memory(err, "the answer");
  }
  if (st == STATUS_OK) {
    st = e->settings->json ? put_json(&f, cells, answer, err) : put_text(e, cells, report, answer, err);
  }
  census_fini(&taken);
  if (st == STATUS_OK) {
    st = output_write(NULL, answer, err);
  }
  if (st == STATUS_OK) {
    st = judge(e, &f, err);
  }
  findings_close(&f);
  return st;
}

static status check_data(evaluation *e, const char *const *paths, size_t count, buf *answer, error *err) {
  TRY(evaluation_load_data(e, paths, count, err));
  TRY(evaluation_make_plan(e, err));
  buf report;
  buf_init(&report);
  status st = local_job_run(e, paths, count, NULL, &report, NULL, err);
  if (st == STATUS_OK) {
    st = answer_and_judge(e, &report, answer, err);
  }
  buf_fini(&report);
  return st;
}

/* Without data nobody knows whether their dictionary has what the page leaves to it. */
static void tell_waiting(const evaluation *e, size_t operands, buf *answer) {
  const slice name = spec_waits_for(e->specification);
  if (operands == 1 && name.length > 0) {
    buf_printf(answer, "'%.*s'", SLICE_ARG(name));
    say(e, SAID_WAITS, answer);
  }
}

static status check_steps(evaluation *e, const char *const *operands, size_t count, buf *answer, error *err) {
  TRY(destination_check(e->settings, operands, count, err));
  TRY(operands_check(operands, count, err));
  TRY(evaluation_load_spec(e, operands[0], err));
  if (!e->settings->json) {
    buf_printf(answer, "%s", raw_title(operands[0]));
    say(e, SAID_VALID, answer);
    tell_waiting(e, count, answer);
  } else if (count == 1) {
    buf_printf(answer, "{\"canvass\":{\"check\":1}}\n");
  }
  if (count > 1) {
    return check_data(e, operands + 1, count - 1, answer, err);
  }
  TRY(buf_status(answer, "the answer", err));
  return output_write(NULL, answer, err);
}

static status check(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  evaluation e = {.settings = s};
  progress_init(&e.progress, s->quiet);
  buf answer;
  buf_init(&answer);
  status st = check_steps(&e, operands, count, &answer, err);
  buf_fini(&answer);
  evaluation_fini(&e);
  return st;
}

const subcommand subcommand_check = {
    .name = "check",
    .summary = SAID("check a specification, and data against it", "检查评价方案，并以数据核对",
                    "檢查評價方案，並以資料核對"),
    .usage = "[OPTIONS] SPEC [DATA...]",
    .about = SAID("Names every mistake of the specification with its place.  With DATA also does\n"
                  "what 'canvass run' does and reports the findings, without the figures: broken\n"
                  "records, cells by text (invalid, undeclared, missing; with lines to paste into\n"
                  "the codebook), constant variables, repeated ids, unusable values, warnings.\n"
                  "A variable without any valid answer, and an analysis that uses no row, are a\n"
                  "failure (exit code 4); with --strict all that 'canvass run --strict' refuses.\n",
                  "逐一指出评价方案中的错误及其位置。给出 DATA 时，另像 canvass run 一样读取并\n"
                  "报告发现，但不输出数字：损坏的记录、单元格文本（无效、未声明、缺失；附可\n"
                  "粘贴到变量说明的行）、答案恒定的变量、重复的编号、不可用的值、警告。\n"
                  "变量没有任何有效答案，或分析没有可用的行，均为失败（退出码 4）；加\n"
                  "--strict 时，canvass run --strict 所拒绝的也是。\n",
                  "逐一指出評價方案中的錯誤及其位置。給出 DATA 時，另像 canvass run 一樣讀取並\n"
                  "報告發現，但不輸出數字：損壞的紀錄、儲存格文字（無效、未宣告、遺漏；附可\n"
                  "貼到變數說明的行）、答案恆定的變數、重複的編號、不可用的值、警告。\n"
                  "變數沒有任何有效答案，或分析沒有可用的列，均為失敗（結束碼 4）；加\n"
                  "--strict 時，canvass run --strict 所拒絕的也是。\n"),
    .example =
        "canvass check survey.yaml\n"
        "canvass check survey.yaml answers.csv\n"
        "canvass check survey.yaml answers.csv --strict --json > found.json\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operands_missing = "a specification",
    .run = check,
};
