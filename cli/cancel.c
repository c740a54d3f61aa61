/* canvass cancel: ends a job. */
#include "cli/link.h"
#include "cli/output.h"

static const option options[] = {
    LINK_OPTIONS,
    LANGUAGE_OPTION,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL,
     SAID("no message on success", "成功时不显示消息", "成功時不顯示訊息")},
};

static status cancel_steps(const settings *s, session *link, const char *prefix, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  TRY(session_cancel(link, id, err));
  if (!s->quiet) {
    output_complain(language_say("job %.8s is cancelled", "作业 %.8s 已取消", "作業 %.8s 已取消"), id);
  }
  return STATUS_OK;
}

static status cancel(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  session *link = NULL;
  TRY(link_open(s, &link, err));
  const status st = cancel_steps(s, link, operands[0], err);
  session_close(link);
  return st;
}

const subcommand subcommand_cancel = {
    .name = "cancel",
    .summary = LINK_ENDING_SUMMARY,
    .usage = "[OPTIONS] JOB",
    .about = SAID("Ends a job.  What was computed for it stays in the workers' caches.\n"
                  "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n",
                  "结束作业。已为它算出的内容留在工作程序的缓存中。\n"
                  "JOB：canvass submit 输出的编号，或其前几位。\n",
                  "結束作業。已為它算出的內容留在工作程式的快取中。\n"
                  "JOB：canvass submit 輸出的編號，或其前幾位。\n"),
    .example = "canvass cancel 1f0e3dad\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id",
    .run = cancel,
};
