/* canvass rows: fetches the rows of a job that was submitted with --rows. */
#include "cli/destination.h"
#include "cli/interrupt.h"
#include "cli/link.h"
#include "cli/rows_file.h"

static const option options[] = {
    ROWS_OPTIONS,
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL,
     SAID("no progress", "不显示进度", "不顯示進度")},
};

static status rows_steps(const settings *s, session *link, const char *prefix, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  const status st = rows_file_write(s, link, id, err);
  return st == STATUS_OK || err->message[0] == '\0' ? st : error_context(err, st, "job %.8s", id);
}

static status rows(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  interrupt_prepare();
  session *link = NULL;
  TRY(rows_file_check(s, err));
  TRY(destination_check(s, NULL, 0, err));
  TRY(link_open(s, &link, err));
  const status st = rows_steps(s, link, operands[0], err);
  session_close(link);
  return st;
}

const subcommand subcommand_rows = {
    .name = "rows",
    .summary = RESULT_SUMMARY,
    .usage = "[OPTIONS] JOB",
    .about = SAID("Writes the rows of a job that was submitted with --rows and is done, as CSV.\n"
                  "The broker keeps them for the newest 100 of such jobs.\n"
                  "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n",
                  "以 CSV 写出以 --rows 提交且已完成的作业的行。调度程序保留最近 100 个此类作业的行。\n"
                  "JOB：canvass submit 输出的编号，或其前几位。\n",
                  "以 CSV 寫出以 --rows 提交且已完成的作業的列。調度程式保留最近 100 個此類作業的列。\n"
                  "JOB：canvass submit 輸出的編號，或其前幾位。\n"),
    .example = "canvass rows 1f0e3dad -o rows.csv\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id",
    .run = rows,
};
