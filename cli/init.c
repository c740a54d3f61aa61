/* canvass init: proposes a specification for survey files, from all their rows. */
#include <ctype.h>
#include <string.h>

#include "cli/destination.h"
#include "cli/evaluation.h"
#include "cli/init_merge.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/words.h"
#include "specification/proposal/proposal.h"

enum {
  SHOWN_BYTES_MAX = 1000, /* of a command that is told */
  SKIP_MAX = 1000000,
};

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'o', "output", "SPEC", OPTION_TEXT, AT(output), 0, 0, NULL,
     SAID("new, unless --merge is given; default: standard output", "新文件（--merge 除外）；默认为标准输出",
          "新檔案（--merge 除外）；預設為標準輸出")},
    {0, "format", "FORMAT", OPTION_TEXT, AT(format), 0, 0, NULL,
     SAID("csv, ndjson, xlsx, or a platform; default: recognised", "csv、ndjson、xlsx 或平台名；默认自动识别",
          "csv、ndjson、xlsx 或平台名；預設自動辨識")},
    {0, "encoding", "ENCODING", OPTION_TEXT, AT(encoding), 0, 0, NULL,
     SAID("default: UTF-8, or the probable one", "默认 UTF-8 或最可能的编码", "預設 UTF-8 或最可能的編碼")},
    {0, "delimiter", "MARK", OPTION_TEXT, AT(delimiter), 0, 0, NULL,
     SAID("one character, or tab; default: found out", "一个字符，或 tab；默认自动判断",
          "一個字元，或 tab；預設自動判斷")},
    {0, "sheet", "SHEET", OPTION_TEXT, AT(sheet), 0, 0, NULL,
     SAID("of workbooks, its name or number; default: the first", "工作表的名称或序号；默认第一张",
          "工作表的名稱或序號；預設第一張")},
    {0, "skip", "N", OPTION_COUNT, AT(skip), 0, SKIP_MAX, NULL,
     SAID("lines before the header; default: found out", "表头之前的行数；默认自动判断",
          "標題列之前的列數；預設自動判斷")},
    {0, "header", "N", OPTION_COUNT, AT(header), 1, READING_HEADER_ROWS_MAX, NULL,
     SAID("rows of the header; default: found out", "表头的行数；默认自动判断",
          "標題列的列數；預設自動判斷")},
    LANGUAGE_OPTION,
    {0, "merge", NULL, OPTION_FLAG, AT(merge), 0, 0, NULL,
     SAID("add to SPEC what is new in DATA; nothing in it changes",
          "把 DATA 中的新内容加进 SPEC，原有内容不变", "把 DATA 中的新內容加進 SPEC，原有內容不變")},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL,
     SAID("no progress, no message on success", "不显示进度，成功时不显示消息",
          "不顯示進度，成功時不顯示訊息")},
};

bool init_on_reading(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total) {
  evaluation *e = context;
  progress_show(&e->progress, language_say("Reading", "正在读取", "正在讀取"), 0, rows, bytes_done,
                bytes_total);
  return !interrupt_requested();
}

/* What somebody has worked on is never lost. */
static status check_destination(const settings *s, const char *const *paths, size_t count, bool *is_there,
                                error *err) {
  struct stat facts;
  if (s->merge && output_is_standard(s->output)) {
    return error_set(err, STATUS_USAGE, "--merge needs --output SPEC: the page to which it adds");
  }
  *is_there = !output_is_standard(s->output) && output_stat(s->output, &facts) && S_ISREG(facts.st_mode);
  if (*is_there && !s->merge) {
    return error_set(
        err, STATUS_USAGE,
        "%s already exists, and 'canvass init' never overwrites; name another file with --output, "
        "or add to it what is new with --merge",
        s->output);
  }
  return destination_check(s, paths, count, err);
}

static status read_delimiter(const char *text, char *out, error *err) {
  if (text == NULL) {
    return STATUS_OK;
  }
  *out = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0 ? '\t' : text[0];
  const bool is_one = *out == '\t' || strlen(text) == 1;
  if (is_one && (*out == '\t' || (ispunct((unsigned char)*out) != 0 && *out != '"'))) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_USAGE, "'%s' is not a delimiter: one character such as , or ;, or tab", text);
}

static status read_files(evaluation *e, const char *const *paths, size_t count, proposal_source *source,
                         error *err) {
  const settings *s = e->settings;
  reading_options reading = {.threads = evaluation_workers(e),
                             .format = s->format,
                             .encoding = s->encoding,
                             .sheet = s->sheet,
                             .header = {.skip = s->skip, .rows = s->header},
                             .progress = init_on_reading,
                             .context = e};
  TRY(read_delimiter(s->delimiter, &reading.delimiter, err));
  TRY(evaluation_name_files(e, paths, count, err));
  reading_names_give(e->names, &reading);
  TRY(store_new_temporary(NULL, &e->shards, err));
  const status st = proposal_read(&reading, paths, count, e->shards, &e->dataset, source, err);
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
    output_complain(language_say("%s: proposed from %s rows; look it over, then: canvass run%.*s",
                                 "%s：根据 %s 行拟出；请核对，然后运行：canvass run%.*s",
                                 "%s：根據 %s 列擬出；請核對，然後執行：canvass run%.*s"),
                    e->settings->output, rows, (int)line.length, (const char *)line.data);
    buf_fini(&line);
  }
}

static status init_steps(evaluation *e, const char *const *paths, size_t count, buf *page, error *err) {
  proposal_source source;
  bool is_there = false;
  TRY(check_destination(e->settings, paths, count, &is_there, err));
  if (is_there) {
    return init_merge(e, paths, count, page, err);
  }
  TRY(read_files(e, paths, count, &source, err));
  TRY(proposal_make(e->dataset, e->shards, &source, (int)language_now(), page, err));
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
    .about = SAID("Reads all rows of DATA and writes a specification that runs over them, with what\n"
                  "was found beside each guess, and the other reading where there is one.  Titles\n"
                  "above the header and headers of two rows are found.  A file is not overwritten:\n"
                  "with --merge, what newer files bring is added between its lines.\n",
                  "读取 DATA 的全部行，写出可直接运行的评价方案；每个猜测旁注明依据，另有可能的\n"
                  "读法也一并列出。能识别表头上方的标题行和两行表头。从不覆盖已有文件：用\n"
                  "--merge 把新文件带来的内容加在原有各行之间。\n",
                  "讀取 DATA 的全部列，寫出可直接執行的評價方案；每個猜測旁註明依據，另有可能的\n"
                  "讀法也一併列出。能辨識標題列上方的標題和兩列標題。從不覆寫既有檔案：用\n"
                  "--merge 把新檔案帶來的內容加在原有各列之間。\n"),
    .example =
        "canvass init answers.csv -o survey.yaml\n"
        "canvass run survey.yaml answers.csv\n"
        "canvass init answers-2026.csv --merge -o survey.yaml\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .operands_missing = "at least one data file",
    .run = init,
};
