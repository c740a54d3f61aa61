/* canvass cancel: ends a job. */
#include "cli/link.h"
#include "cli/output.h"

static const option options[] = {
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, offsetof(settings, quiet), 0, 0, NULL, "no message on success"},
};

static status cancel_steps(const settings *s, session *link, const char *prefix, error *err) {
  char id[SESSION_JOB_BYTES];
  TRY(session_find_job(link, prefix, id, err));
  TRY(session_cancel(link, id, err));
  if (!s->quiet) {
    output_complain("job %.8s is cancelled", id);
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
    .about =
        "Ends a job.  What was computed for it stays in the workers' caches.\n"
        "JOB: its id as 'canvass submit' printed it, or the first digits of it.\n",
    .example = "canvass cancel 1f0e3dad\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a job's id",
    .run = cancel,
};
