/* canvass help: screens made from the tables of subcommands and analyses. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/output.h"
#include "stats/analyses/analysis.h"

enum { NAMES_MAX = 128, SYNOPSIS_BYTES = 64, SCREEN_COLUMNS = 80, NAME_COLUMNS = 23 };

static const option options[] = {
    LANGUAGE_OPTION,
    {0, "man", NULL, OPTION_FLAG, offsetof(settings, man), 0, 0, NULL,
     SAID("the page of the manual, for 'man -l -'", "手册页，供 man -l - 显示", "手冊頁，供 man -l - 顯示")},
};

/* ---- Words of the screens ------------------------------------------------------------------------ */

typedef enum word { SAID_USAGE, SAID_OPTIONS, SAID_EXAMPLE, SAID_THIS, SAID_DEFAULT, WORDS } word;

static const char *const words[WORDS][LANGUAGES] = {
    [SAID_USAGE] = SAID("Usage: ", "用法：", "用法："),
    [SAID_OPTIONS] = SAID("Options:", "选项：", "選項："),
    [SAID_EXAMPLE] = SAID("Example:", "示例：", "範例："),
    [SAID_THIS] = SAID("this text", "显示本帮助", "顯示本說明"),
    [SAID_DEFAULT] = SAID(" (default)", "（默认）", "（預設）"),
};

static const char *const headings[][LANGUAGES] = {
    [SECTION_HERE] = SAID("Evaluate here:", "在本机评价：", "在本機評價："),
    [SECTION_CLUSTER] = SAID("Evaluate on a cluster:", "在集群上评价：", "在叢集上評價："),
    [SECTION_SERVICE] = SAID("Run a cluster:", "运行集群：", "執行叢集："),
    [SECTION_BESIDES] = SAID("Besides:", "其他：", "其他："),
};

/* TEXT's lines, each after INDENT blanks. */
static void put_lines(buf *out, const char *text, int indent) {
  while (text != NULL && *text != '\0') {
    size_t length = strcspn(text, "\n");
    buf_printf(out, "%*s%.*s\n", length == 0 ? 0 : indent, "", (int)length, text);
    text += length + (text[length] == '\n' ? 1 : 0);
  }
}

/* ---- The overview -------------------------------------------------------------------------------- */

void help_bare(buf *out) {
  static const char *const text[LANGUAGES] = SAID(
      "canvass evaluates satisfaction surveys: a survey file and a page of YAML in,\n"
      "an evaluation report out.\n"
      "\n"
      "  canvass init answers.csv -o survey.yaml\n"
      "  canvass run survey.yaml answers.csv\n"
      "  canvass run survey.yaml answers.csv.gz --format json -o report.json\n"
      "\n"
      "On a cluster (CANVASS_BROKER names the broker):\n"
      "\n"
      "  canvass put airline survey.yaml answers.csv.gz\n"
      "  canvass submit survey.yaml --dataset airline --wait\n"
      "\n"
      "See 'canvass --help'.\n",
      "canvass 评价满意度调查：输入调查文件与一页 YAML，输出评价报告。\n"
      "\n"
      "  canvass init answers.csv -o survey.yaml\n"
      "  canvass run survey.yaml answers.csv\n"
      "  canvass run survey.yaml answers.csv.gz --format json -o report.json\n"
      "\n"
      "在集群上（CANVASS_BROKER 为调度程序的端点）：\n"
      "\n"
      "  canvass put airline survey.yaml answers.csv.gz\n"
      "  canvass submit survey.yaml --dataset airline --wait\n"
      "\n"
      "另见 canvass --help。\n",
      "canvass 評價滿意度調查：輸入調查檔案與一頁 YAML，輸出評價報告。\n"
      "\n"
      "  canvass init answers.csv -o survey.yaml\n"
      "  canvass run survey.yaml answers.csv\n"
      "  canvass run survey.yaml answers.csv.gz --format json -o report.json\n"
      "\n"
      "在叢集上（CANVASS_BROKER 為調度程式的端點）：\n"
      "\n"
      "  canvass put airline survey.yaml answers.csv.gz\n"
      "  canvass submit survey.yaml --dataset airline --wait\n"
      "\n"
      "另見 canvass --help。\n");
  put_lines(out, language_said(text), 0);
}

/* A word in a line that breaks at the width of a screen; *USED: columns of the line so far. */
static void put_word(buf *out, const char *text, size_t *used) {
  const size_t width = text_width(slice_of(text));
  const bool breaks = *used + 1 + width > SCREEN_COLUMNS;
  const bool is_after_mark = out->length >= 3 && memcmp(out->data + out->length - 3, "：", 3) == 0;
  buf_printf(out, "%s%s", *used == 0 || is_after_mark ? "" : breaks ? "\n  " : " ", text);
  *used = *used == 0 ? width : breaks ? 2 + width : *used + 1 + width;
}

static void put_names(buf *out) {
  static const char *const on[LANGUAGES] = SAID("On:", "主题：", "主題：");
  static const char *const analyses[LANGUAGES] = SAID("analyses:", "分析：", "分析：");
  size_t used = 0;
  put_word(out, language_said(on), &used);
  for (size_t i = 0; help_topic_at(i) != NULL; i++) {
    char name[SYNOPSIS_BYTES];
    (void)snprintf(name, sizeof name, "%s%s", help_topic_at(i)->name,
                   help_topic_at(i + 1) == NULL ? ";" : "");
    put_word(out, name, &used);
  }
  put_word(out, language_said(analyses), &used);
  for (size_t i = 0; i < analysis_count(); i++) {
    put_word(out, analysis_at(i)->name, &used);
  }
  buf_printf(out, "\n");
}

/* How many from FIRST on share a line. */
static size_t count_alike(size_t first) {
  const char *summary = language_said(subcommand_at(first)->summary);
  size_t count = 1;
  while (first + count < subcommand_count() &&
         strcmp(language_said(subcommand_at(first + count)->summary), summary) == 0) {
    count++;
  }
  return count;
}

/* Those that share a line from FIRST on, after BEFORE; how many there are. */
static size_t put_summary(const char *before, size_t first, buf *out) {
  const char *summary = language_said(subcommand_at(first)->summary);
  char names[SYNOPSIS_BYTES] = "";
  const size_t count = count_alike(first);
  for (size_t i = 0; i < count; i++) {
    const size_t used = strlen(names);
    (void)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                   subcommand_at(first + i)->name);
  }
  buf_printf(out, "%s%-*s %s%s\n", before, NAME_COLUMNS, names, strlen(names) > NAME_COLUMNS ? " " : "",
             summary);
  return count;
}

/* A section of one line stands beside its heading: the whole is a screen. */
static bool is_one_line(size_t first) {
  const size_t next = first + count_alike(first);
  return next == subcommand_count() || subcommand_section_at(next) != subcommand_section_at(first);
}

void help_overview(buf *out) {
  static const char *const usage[LANGUAGES] =
      SAID("Usage: canvass SUBCOMMAND [OPTIONS] ...", "用法：canvass 子命令 [选项] ...",
           "用法：canvass 子命令 [選項] ...");
  static const char *const codes[LANGUAGES] =
      SAID("Exit codes: 0 done, 1 failed, 2 usage or specification, 3 no broker, 4 bad data",
           "退出码：0 完成，1 失败，2 用法或评价方案有误，3 连不上调度程序，4 数据不可用",
           "結束碼：0 完成，1 失敗，2 用法或評價方案有誤，3 連不上調度程式，4 資料不可用");
  buf_printf(out, "%s\n", language_said(usage));
  for (size_t i = 0; i < subcommand_count();) {
    const subcommand_section section = subcommand_section_at(i);
    const bool is_new = i == 0 || section != subcommand_section_at(i - 1);
    const bool is_beside = is_new && is_one_line(i);
    if (is_new) {
      const char *heading = language_said(headings[section]);
      const bool is_wide = heading[strlen(heading) - 1] != ':'; /* a full-width colon has its own room */
      buf_printf(out, "%s%s", heading, !is_beside ? "\n" : is_wide ? "" : " ");
    }
    i += put_summary(is_beside ? "" : "  ", i, out);
  }
  put_names(out);
  buf_printf(out, "%s\n  canvass run survey.yaml answers.csv\n%s\n", language_said(words[SAID_EXAMPLE]),
             language_said(codes));
}

/* ---- Subcommands --------------------------------------------------------------------------------- */

void help_formats_list(report_language language, buf *out) {
  for (size_t i = 0; report_format_name(i) != NULL; i++) {
    buf_printf(out, "%s%s%s%s", i == 0 ? "" : "|", report_format_name(i),
               report_format_part(i) == NULL ? "" : ":", i == 0 ? words[SAID_DEFAULT][language] : "");
  }
}

static void put_option(buf *out, const option *o) {
  char synopsis[SYNOPSIS_BYTES];
  char letter[8] = "    ";
  if (o->letter != 0) {
    (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
  }
  (void)snprintf(synopsis, sizeof synopsis, "%s--%s%s%s", letter, o->name, o->argument == NULL ? "" : " ",
                 o->argument == NULL ? "" : o->argument);
  buf_printf(out, "  %-*s ", NAME_COLUMNS, synopsis);
  if (o->kind == OPTION_FORMAT) {
    help_formats_list(language_now(), out);
  } else {
    buf_printf(out, "%s", language_said(o->help));
  }
  buf_printf(out, "\n");
}

void help_subcommand(const subcommand *s, buf *out) {
  buf_printf(out, "%scanvass %s%s%s\n\n", language_said(words[SAID_USAGE]), s->name,
             s->usage[0] == '\0' ? "" : " ", s->usage);
  put_lines(out, language_said(s->about), 0);
  buf_printf(out, "%s\n", language_said(words[SAID_OPTIONS]));
  for (size_t i = 0; i < s->options_count; i++) {
    put_option(out, &s->options[i]);
  }
  buf_printf(out, "  %-*s %s\n", NAME_COLUMNS, "-h, --help", language_said(words[SAID_THIS]));
  buf_printf(out, "\n%s\n", language_said(words[SAID_EXAMPLE]));
  put_lines(out, s->example, 2);
}

/* ---- Analyses ------------------------------------------------------------------------------------ */

static void put_argument(buf *out, const analysis_argument *a) {
  buf_printf(out, "  %-16s %s", a->name, a->help == NULL ? "" : a->help);
  if (a->choices != NULL) {
    buf_printf(out, " (");
    for (size_t i = 0; a->choices[i] != NULL; i++) {
      buf_printf(out, "%s%s", i > 0 ? ", " : "", a->choices[i]);
    }
    buf_printf(out, ")");
  }
  if (a->required) {
    buf_printf(out, "; required");
  } else if (a->fallback != NULL) {
    buf_printf(out, "; default: %s", a->fallback);
  }
  buf_printf(out, "\n");
}

static void help_analysis(const analysis_kind *kind, buf *out) {
  buf_printf(out, "%s: %s\n\n", kind->name, kind->summary == NULL ? "" : kind->summary);
  put_lines(out, kind->about, 0);
  buf_printf(out, "\nArguments:\n");
  for (uint32_t i = 0; i < kind->arguments_count; i++) {
    put_argument(out, &kind->arguments[i]);
  }
  buf_printf(out, "Besides: name, label, where%s%s, confidence, small_base, seed\n",
             kind->takes_breakdowns ? ", by" : "", kind->takes_weight ? ", weight" : "");
  if (kind->scores_count > 0) {
    buf_printf(out, "\nFor each row (rows: [%s.%s%s]; see docs/score.md):\n", kind->name,
               kind->scores[0].name, kind->scores[0].numbered > 0 ? "1" : "");
  }
  for (uint32_t i = 0; i < kind->scores_count; i++) {
    const analysis_score *s = &kind->scores[i];
    buf_printf(out, "  %s%-*s %s\n", s->name, 16 - (int)strlen(s->name), s->numbered > 0 ? "N" : "", s->help);
  }
  buf_printf(out, "\nExample:\n");
  put_lines(out, kind->example, 2);
}

/* ---- The subcommand ------------------------------------------------------------------------------ */

static status unknown_name(const char *name, error *err) {
  const char *names[NAMES_MAX];
  size_t count = 0;
  for (size_t i = 0; i < subcommand_count() && count < NAMES_MAX; i++) {
    names[count++] = subcommand_at(i)->name;
  }
  for (size_t i = 0; help_topic_at(i) != NULL && count < NAMES_MAX; i++) {
    names[count++] = help_topic_at(i)->name;
  }
  for (size_t i = 0; i < analysis_count() && count < NAMES_MAX; i++) {
    names[count++] = analysis_at(i)->name;
  }
  const char *nearest = text_nearest(slice_of(name), names, count);
  if (nearest != NULL) {
    return error_set(err, STATUS_USAGE,
                     "'%s' is not a subcommand, topic, analysis or format; did you mean '%s'?", name,
                     nearest);
  }
  return error_set(err, STATUS_USAGE,
                   "'%s' is not a subcommand, topic, analysis or format; see 'canvass help'", name);
}

static status put_name(const char *name, buf *out, error *err) {
  const subcommand *s = subcommand_find(name);
  const help_topic *topic = help_topic_find(name);
  const analysis_kind *kind = analysis_find(name);
  if (s != NULL) {
    help_subcommand(s, out);
  } else if (topic != NULL) {
    buf_printf(out, "%s: %s\n\n", topic->name, topic->summary);
    topic->put(out);
  } else if (kind != NULL) {
    help_analysis(kind, out);
  } else if (!report_format_describe(name, out)) {
    return unknown_name(name, err);
  }
  return STATUS_OK;
}

static status put_screen(const settings *s, const char *name, buf *out, error *err) {
  if (s->man) {
    return help_manual(name, out, err);
  }
  if (name == NULL) {
    help_overview(out);
    return STATUS_OK;
  }
  return put_name(name, out, err);
}

static status help(const settings *s, const char *const *operands, size_t count, error *err) {
  buf text;
  buf_init(&text);
  status st = put_screen(s, count > 0 ? operands[0] : NULL, &text, err);
  if (st == STATUS_OK) {
    st = buf_status(&text, "help", err);
  }
  if (st == STATUS_OK) {
    st = output_write(NULL, &text, err);
  }
  buf_fini(&text);
  return st;
}

const subcommand subcommand_help = {
    .name = "help",
    .summary = BESIDES_SUMMARY,
    .usage = "[OPTIONS] [SUBCOMMAND|TOPIC|ANALYSIS|FORMAT]",
    .about = SAID("Without a name: an overview.  Topics, analyses and formats are in English.\n",
                  "不给名称时显示概览。主题、分析与格式的说明为英文。\n",
                  "不給名稱時顯示概覽。主題、分析與格式的說明為英文。\n"),
    .example =
        "canvass help run\n"
        "canvass help where\n"
        "canvass help nps\n"
        "canvass help run --man | man -l -\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_max = 1,
    .run = help,
};
