/* canvass report: the report of a job that has ended, or one that is kept in a file. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/destination.h"
#include "cli/link.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/stored_report.h"
#include "cli/words.h"

static const option options[] = {
    RENDERING_OPTIONS,
    LINK_OPTIONS,
};

/* The job of a load (files that a worker read) has its own short document. */
static bool is_of_a_load(const json *document) {
  return json_kind_of(json_get(document, "dataset")) == JSON_TEXT && json_get(document, "analyses") == NULL;
}

static status write_load(const settings *s, const json *document, error *err) {
  char rows[WORDS_BYTES];
  const uint64_t count = (uint64_t)json_as_integer(json_get(document, "rows"));
  words_of_count(count, rows);
  buf line;
  buf_init(&line);
  buf name;
  buf_init(&name);
  buf_put_shown(&name, json_as_text(json_get(document, "dataset")));
  buf_printf(&line,
             language_say(text_plural(count, "dataset %.*s is at version %lld, %s row\n",
                                      "dataset %.*s is at version %lld, %s rows\n"),
                          "数据集 %.*s：版本 %lld，%s 行\n", "資料集 %.*s：版本 %lld，%s 列\n"),
             (int)name.length, (const char *)name.data,
             (long long)json_as_integer(json_get(document, "version")), rows);
  buf_fini(&name);
  status st = buf_status(&line, "the answer", err);
  if (st == STATUS_OK) {
    st = output_write(s->output, &line, err);
  }
  buf_fini(&line);
  return st;
}

static status write_document(const settings *s, const buf *report, error *err) {
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "the report");
  }
  json *document = NULL;
  status st =
      json_parse(memory, (slice){(const char *)report->data, report->length}, "report", &document, err);
  if (st == STATUS_OK) {
    st = is_of_a_load(document) && !report_format_is_document(s->format) ? write_load(s, document, err)
                                                                         : rendering_write(s, report, err);
  }
  arena_destroy(memory);
  return st;
}

static status report_steps(const settings *s, session *link, const char *prefix, buf *report, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  const status st = session_report(link, id, report, err);
  if (st == STATUS_INTERRUPTED) { /* the job was; this program was not */
    error why = *err;
    return error_set(err, STATUS_JOB, "job %.8s: %s", id, why.message);
  }
  TRY(st);
  return write_document(s, report, err);
}

static status report_of_job(const settings *s, const char *prefix, buf *document, error *err) {
  session *link = NULL;
  TRY(destination_check(s, NULL, 0, err));
  TRY(link_open(s, &link, err));
  const status st = report_steps(s, link, prefix, document, err);
  session_close(link);
  return st;
}

/* ---- Files --------------------------------------------------------------------------------------- */

/* Whatever has other characters than a job's id is a file. */
static bool is_file(const char *operand) {
  return operand[strspn(operand, "0123456789abcdefABCDEF")] != '\0' || operand[0] == '\0';
}

static status report(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  buf document;
  buf_init(&document);
  const status st = is_file(operands[0]) ? stored_report_write(s, operands[0], write_document, &document, err)
                                         : report_of_job(s, operands[0], &document, err);
  buf_fini(&document);
  return st;
}

const subcommand subcommand_report = {
    .name = "report",
    .summary = RESULT_SUMMARY,
    .usage = "[OPTIONS] JOB|FILE",
    .about = SAID("Prints a job's report, as often as you like.  A job that has not ended is a\n"
                  "failure (exit code 1) that says how far it is; 'canvass watch' waits for it.\n"
                  "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n"
                  "FILE: a report that was written with --format json; - is standard input.\n",
                  "输出作业的报告，次数不限。作业尚未结束即为失败（退出码 1），并说明进度；\n"
                  "canvass watch 会等待它。\n"
                  "JOB：canvass submit 输出的编号，或其前几位。\n"
                  "FILE：以 --format json 写出的报告；- 为标准输入。\n",
                  "輸出作業的報告，次數不限。作業尚未結束即為失敗（結束碼 1），並說明進度；\n"
                  "canvass watch 會等待它。\n"
                  "JOB：canvass submit 輸出的編號，或其前幾位。\n"
                  "FILE：以 --format json 寫出的報告；- 為標準輸入。\n"),
    .example =
        "canvass report 1f0e3dad\n"
        "canvass report 1f0e3dad --format csv -o report.csv\n"
        "canvass report report.json --format svg:nps -o nps.svg\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id or a file",
    .run = report,
};
