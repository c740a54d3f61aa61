/* canvass submit: a specification becomes a job over a dataset that the broker has.
 *
 * The plan is made here, so that mistakes are named at once with their places. */
#include <inttypes.h>
#include <string.h>

#include "cli/evaluation.h"
#include "cli/follow.h"
#include "cli/output.h"
#include "cli/rendering.h"
#include "cli/submission.h"

enum { PRIORITY_MAX = 1000000 };

#define AT(member) offsetof(settings, member)

static const option options[] = {
    {'d', "dataset", "NAME", OPTION_TEXT, AT(dataset), 0, 0, NULL, "the data, put there by 'canvass put'"},
    {0, "wait", NULL, OPTION_FLAG, AT(wait), 0, 0, NULL, "wait, and print the report instead of the id"},
    {0, "key", "KEY", OPTION_TEXT, AT(job_key), 0, 0, NULL,
     "the same key is the same job; default: a new one"},
    {0, "priority", "P", OPTION_COUNT, AT(priority), 0, PRIORITY_MAX, NULL, "larger goes first; default: 0"},
    RENDERING_OPTIONS,
    LINK_OPTIONS,
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), 0, 0, NULL, "no progress"},
};

static status get_dataset(const settings *s, session *link, evaluation *e, uint64_t *version, error *err) {
  session_dataset found;
  TRY(session_dataset_get(link, s->dataset, &found, err));
  if (found.version == 0) {
    return error_set(err, STATUS_NOT_FOUND,
                     "there is no dataset '%s'; 'canvass datasets' lists them, 'canvass put' makes one",
                     s->dataset);
  }
  e->dataset = found.content;
  *version = found.version;
  return STATUS_OK;
}

static status hand_over(evaluation *e, session *link, const char *path, uint64_t version,
                        char id[SESSION_JOB_BYTES], error *err) {
  const settings *s = e->settings;
  const char *last = strrchr(path, '/');
  submission parts;
  submission_init(&parts);
  status result = submission_encode(&parts, e->plan, NULL, err);
  parts.job.dataset = s->dataset;
  parts.job.version = version;
  parts.job.key = s->job_key;
  parts.job.priority = s->priority;
  parts.job.title = last == NULL ? path : last + 1;
  if (result == STATUS_OK) {
    result = session_submit(link, &parts.job, id, err);
  }
  submission_fini(&parts);
  return result;
}

static status print_id(const char *id, error *err) {
  buf line;
  buf_init(&line);
  buf_printf(&line, "%s\n", id);
  status result = buf_status(&line, "the job's id", err);
  if (result == STATUS_OK) {
    result = output_write(NULL, &line, err);
  }
  buf_fini(&line);
  return result;
}

static status wait_for_report(const settings *s, session *link, const char *id, error *err) {
  output_complain("job %s", id);
  buf report;
  buf_init(&report);
  status result = follow_job(s, link, id, &report, err);
  if (result == STATUS_OK) {
    result = rendering_write(s, &report, err);
  }
  buf_fini(&report);
  return result;
}

static status submit_steps(evaluation *e, session *link, const char *path, error *err) {
  char id[SESSION_JOB_BYTES];
  uint64_t version = 0;
  TRY(get_dataset(e->settings, link, e, &version, err));
  TRY(evaluation_make_plan(e, err));
  TRY(hand_over(e, link, path, version, id, err));
  return e->settings->wait ? wait_for_report(e->settings, link, id, err) : print_id(id, err);
}

static status submit(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)count;
  if (s->dataset == NULL) {
    return error_set(err, STATUS_USAGE, "'submit' needs --dataset NAME; 'canvass datasets' lists them");
  }
  if (s->wait) {
    TRY(output_check(s->output, err));
  }
  evaluation e = {.settings = s};
  session *link = NULL;
  status result = evaluation_load_spec(&e, operands[0], err);
  if (result == STATUS_OK) {
    result = link_open(s, &link, err);
  }
  if (result == STATUS_OK) {
    result = submit_steps(&e, link, operands[0], err);
  }
  session_close(link);
  evaluation_fini(&e);
  return result;
}

const subcommand subcommand_submit = {
    .name = "submit",
    .summary = "evaluate a dataset on the cluster",
    .usage = "[OPTIONS] SPEC --dataset NAME",
    .about =
        "Makes a job and prints its id, nothing else.  With --wait the id goes to\n"
        "standard error, and the report is printed; Ctrl-C then leaves the job alone.\n",
    .example =
        "canvass submit survey.yaml --dataset airline\n"
        "canvass submit survey.yaml --dataset airline --key night-42 --wait -o it.txt\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a specification",
    .run = submit,
};
