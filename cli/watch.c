/* canvass watch: follows a job to its end. */
#include "base/json.h"
#include "cli/output.h"
#include "cli/remote_job.h"
#include "cli/words.h"

static const option options[] = {
    LINK_OPTIONS,
    {0, "json", NULL, OPTION_FLAG, offsetof(settings, json), 0, 0, NULL,
     SAID("one JSON object on a line for each change", "每次变化输出一行 JSON", "每次變化輸出一行 JSON")},
    LANGUAGE_OPTION,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL,
     SAID("no progress", "不显示进度", "不顯示進度")},
};

/* A report of the job READ, and any other, has no such member. */
static status tell_lost(const char *id, const buf *report, error *err) {
  arena *memory = arena_new();
  json *document = NULL;
  status st = memory == NULL ? error_no_memory(err, "the report")
                             : json_parse(memory, (slice){(const char *)report->data, report->length},
                                          "report", &document, err);
  const json *lost = st == STATUS_OK ? json_get(json_get(document, "data"), "lost_rows") : NULL;
  if (json_kind_of(lost) == JSON_INTEGER) {
    char rows[WORDS_BYTES];
    words_of_count((uint64_t)json_as_integer(lost), rows);
    output_complain("warning: the report of job %.8s is without %s lost %s; it says which", id, rows,
                    text_plural((uint64_t)json_as_integer(lost), "row", "rows"));
  }
  arena_destroy(memory);
  return st;
}

static status watch_steps(const settings *s, session *link, const char *prefix, buf *report, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  TRY(remote_job_wait(s, link, id, report, err));
  TRY(tell_lost(id, report, err));
  if (!s->quiet) {
    output_complain(language_say("job %.8s is done; its report: canvass report %.8s",
                                 "作业 %.8s 已完成；报告：canvass report %.8s",
                                 "作業 %.8s 已完成；報告：canvass report %.8s"),
                    id, id);
  }
  return STATUS_OK;
}

static status watch(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  session *link = NULL;
  TRY(link_open(s, &link, err));
  buf report;
  buf_init(&report);
  const status st = watch_steps(s, link, operands[0], &report, err);
  buf_fini(&report);
  session_close(link);
  return st;
}

const subcommand subcommand_watch = {
    .name = "watch",
    .summary = SAID("follow a job to its end", "跟踪作业直到结束", "追蹤作業直到結束"),
    .usage = "[OPTIONS] JOB",
    .about = SAID("Shows how far a job is until it ends.  The exit code is 0 when it is done, or\n"
                  "that of its failure.  Ctrl-C leaves the job alone: watch it again at any time.\n"
                  "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n",
                  "显示作业进度直到结束。完成时退出码为 0，失败时为其退出码。\n"
                  "Ctrl-C 不影响作业：可随时再看。\n"
                  "JOB：canvass submit 输出的编号，或其前几位。\n",
                  "顯示作業進度直到結束。完成時結束碼為 0，失敗時為其結束碼。\n"
                  "Ctrl-C 不影響作業：可隨時再看。\n"
                  "JOB：canvass submit 輸出的編號，或其前幾位。\n"),
    .example =
        "canvass watch 1f0e3dad\n"
        "canvass watch 1f0e3dad --json --broker tcp://broker:7117\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id",
    .run = watch,
};
