/* The job of `run` and `check`. */
#include "cli/local_job.h"

#include <stdlib.h>

#include "cli/embedded.h"
#include "cli/interrupt.h"
#include "cli/submission.h"
#include "stats/stats.h"

static bool on_progress(void *context, const session_progress *p) {
  evaluation *e = context;
  progress_evaluating(&e->progress, p->finishing, p->stage + 1, p->rows_done, p->rows_total);
  return !interrupt_requested();
}

typedef struct running {
  evaluation *evaluation;
  const local_job_ending *ending;
  buf *report;
  session_progress *last;
} running;

static status submit_and_wait(const running *r, session *link, bool may_lose, error *err) {
  evaluation *e = r->evaluation;
  char job[SESSION_JOB_BYTES];
  submission parts;
  submission_init(&parts);
  status st = submission_encode(&parts, e->plan, e->dataset, err);
  parts.job.may_lose = may_lose;
  if (st == STATUS_OK) {
    st = session_submit(link, &parts.job, job, err);
  }
  if (st == STATUS_OK) {
    st = session_wait(link, job, on_progress, e, r->report, r->last, err);
  }
  progress_clear(&e->progress);
  submission_fini(&parts);
  if (st == STATUS_OK && r->ending != NULL) {
    st = r->ending->take(r->ending->context, link, job, r->report, err);
  }
  return st;
}

static status evaluate_once(const running *r, bool may_lose, error *err) {
  const evaluation *e = r->evaluation;
  embedded *cluster = NULL;
  session *link = NULL;
  TRY(embedded_start(e->shards, evaluation_workers(e), &cluster, err));
  const session_options here = {.zmq_context = embedded_context(cluster),
                                .endpoint = embedded_endpoint(cluster)};
  status st = session_connect(&here, &link, err);
  if (st == STATUS_OK) {
    st = submit_and_wait(r, link, may_lose, err);
    session_close(link);
  }
  embedded_stop(cluster);
  return st;
}

static status choose_kernels(error *err) {
  const char *kernels = getenv("CANVASS_KERNELS");
  return kernels != NULL && kernels[0] != '\0' ? stats_kernels_choose(kernels, err) : STATUS_OK;
}

/* A shard that turns out to be altered is set aside and thus missing: its file is then read again, which
 * restores all shards of that file.  So there is one more attempt for each file, before rows are given up. */
status local_job_run(evaluation *e, const char *const *paths, size_t count, const local_job_ending *ending,
                     buf *report, session_progress *last, error *err) {
  session_progress ignored;
  const running r = {e, ending, report, last != NULL ? last : &ignored};
  TRY(choose_kernels(err));
  status st = evaluate_once(&r, false, err);
  for (size_t i = 0; i < count && st == STATUS_NOT_FOUND && e->settings->store != NULL; i++) {
    TRY(evaluation_load_data(e, paths, count, err));
    TRY(evaluation_make_plan(e, err));
    st = evaluate_once(&r, false, err);
  }
  if (e->plan->may_lose && (st == STATUS_NOT_FOUND || st == STATUS_CORRUPT)) {
    st = evaluate_once(&r, true, err);
  }
  return st;
}
