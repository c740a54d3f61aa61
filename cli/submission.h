/* A job's parts as bytes: what `run` and `submit` pass to a session. */
#ifndef CANVASS_CLI_SUBMISSION_H
#define CANVASS_CLI_SUBMISSION_H

#include "client/session.h"
#include "stats/plan/plan.h"
#include "store/manifest.h"

typedef struct submission {
  session_job job; /* its plan, program and manifest are borrowed from the buffers */
  buf plan, program, manifest;
} submission;

void submission_init(submission *s);
/* DATASET is sent with the job only within one process: NULL otherwise. */
status submission_encode(submission *s, const plan *p, const manifest *dataset, error *err) MUST_USE;
void submission_fini(submission *s);

#endif
