/* canvass init: proposes a specification for survey files, from all their rows. */
#include <string.h>

#include "cli/destination.h"
#include "cli/evaluation.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/words.h"
#include "specification/proposal/proposal.h"

enum { SHOWN_BYTES_MAX = 1000 }; /* of a command that is told */

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'o', "output", "SPEC", OPTION_TEXT, AT(output), 0, 0, NULL,
     SAID("a new file; default: standard output", "新文件；默认为标准输出", "新檔案；預設為標準輸出")},
    {0, "format", "FORMAT", OPTION_TEXT, AT(format), 0, 0, NULL,
     SAID("csv, ndjson, xlsx, or a platform; default: recognised", "csv、ndjson、xlsx 或平台名；默认自动识别",
          "csv、ndjson、xlsx 或平台名；預設自動辨識")},
    {0, "encoding", "ENCODING", OPTION_TEXT, AT(encoding), 0, 0, NULL,
     SAID("default: UTF-8, or the probable one", "默认 UTF-8 或最可能的编码", "預設 UTF-8 或最可能的編碼")},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL,
     SAID("no progress, no message on success", "不显示进度，成功时不显示消息",
          "不顯示進度，成功時不顯示訊息")},
};

static bool on_reading(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total) {
  evaluation *e = context;
  progress_show(&e->progress, language_say("Reading", "正在读取", "正在讀取"), 0, rows, bytes_done,
                bytes_total);
  return !interrupt_requested();
}

/* What somebody has worked on is never lost. */
static status check_destination(const settings *s, const char *const *paths, size_t count, error *err) {
  struct stat facts;
  if (!output_is_standard(s->output) && output_stat(s->output, &facts) && S_ISREG(facts.st_mode)) {
    return error_set(
        err, STATUS_USAGE,
        "%s already exists, and 'canvass init' never overwrites; name another file with --output", s->output);
  }
  return destination_check(s, paths, count, err);
}

static status read_files(evaluation *e, const char *const *paths, size_t count, const char **encoding,
                         error *err) {
  reading_options reading = {.threads = evaluation_workers(e),
                             .format = e->settings->format,
                             .encoding = e->settings->encoding,
                             .progress = on_reading,
                             .context = e};
  TRY(evaluation_name_files(e, paths, count, err));
  reading_names_give(e->names, &reading);
  TRY(store_new_temporary(NULL, &e->shards, err));
  const status st = proposal_read(&reading, paths, count, e->shards, &e->dataset, encoding, err);
  progress_clear(&e->progress);
  TRY(st);
  return evaluation_judge_files(e, 0, err);
}

/* As a shell takes it for one word. */
static void put_word(const char *word, buf *line) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:@%+=";
  if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
    buf_printf(line, " %s", word);
    return;
  }
  buf_printf(line, " '");
  for (const char *at = word; *at != '\0'; at++) {
    buf_printf(line, "%s%c", *at == '\'' ? "'\\" : "", *at);
    buf_printf(line, "%s", *at == '\'' ? "'" : "");
  }
  buf_printf(line, "'");
}

static void say_done(const evaluation *e, const char *const *paths, size_t count) {
  char rows[WORDS_BYTES];
  if (!e->settings->quiet && !output_is_standard(e->settings->output)) {
    words_of_count(manifest_rows(e->dataset), rows);
    buf line;
    buf_init(&line);
    put_word(e->settings->output, &line);
    for (size_t i = 0; i < count; i++) {
      if (line.length + strlen(paths[i]) > SHOWN_BYTES_MAX) {
        buf_printf(&line, " (and the other %zu files)", count - i);
        break;
      }
      put_word(paths[i], &line);
    }
    output_complain("%s: proposed from %s rows; look it over, then: canvass run%.*s", e->settings->output,
                    rows, (int)line.length, (const char *)line.data);
    buf_fini(&line);
  }
}

static status init_steps(evaluation *e, const char *const *paths, size_t count, buf *page, error *err) {
  const char *encoding = NULL;
  TRY(check_destination(e->settings, paths, count, err));
  TRY(read_files(e, paths, count, &encoding, err));
  const proposal_options proposed = {.format = e->settings->format, .encoding = encoding};
  TRY(proposal_make(e->dataset, e->shards, &proposed, page, err));
  TRY(output_write(e->settings->output, page, err));
  say_done(e, paths, count);
  return STATUS_OK;
}

static status init(const settings *s, const char *const *operands, size_t count, error *err) {
  interrupt_prepare();
  evaluation e = {.settings = s};
  progress_init(&e.progress, s->quiet);
  buf page;
  buf_init(&page);
  const status st = init_steps(&e, operands, count, &page, err);
  buf_fini(&page);
  evaluation_fini(&e);
  return st;
}

const subcommand subcommand_init = {
    .name = "init",
    .summary = SAID("propose a specification for survey files", "为调查文件拟一份评价方案",
                    "為調查檔案擬一份評價方案"),
    .usage = "[OPTIONS] DATA...",
    .about = SAID("Reads all rows of DATA and writes a specification that runs over them: types,\n"
                  "ranges, shared scales, answer texts in order, multiple choice, codes of no\n"
                  "answer, constructs, and analyses that fit.  Beside each guess stands what was\n"
                  "found, and where another reading is possible, that one too.  What is not sure\n"
                  "is nominal or text.  An existing file is never overwritten.\n",
                  "读取 DATA 的全部行，写出可直接运行的评价方案：类型、取值范围、共用量表、\n"
                  "有序的答案文字、多选题、缺失代码、指标结构及合适的分析。每个猜测旁注明\n"
                  "依据；另有可能的读法也一并列出。不能确定的一律为 nominal 或 text。\n"
                  "从不覆盖已有文件。\n",
                  "讀取 DATA 的全部列，寫出可直接執行的評價方案：類型、取值範圍、共用量表、\n"
                  "有序的答案文字、多選題、遺漏代碼、指標結構及合適的分析。每個猜測旁註明\n"
                  "依據；另有可能的讀法也一併列出。不能確定的一律為 nominal 或 text。\n"
                  "從不覆寫既有檔案。\n"),
    .example =
        "canvass init answers.csv -o survey.yaml\n"
        "canvass run survey.yaml answers.csv\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operands_missing = "at least one data file",
    .run = init,
};
