/* Waiting for a job of the broker: its progress, its report, and how to return after an interruption. */
#ifndef CANVASS_CLI_REMOTE_JOB_H
#define CANVASS_CLI_REMOTE_JOB_H

#include "cli/link.h"

/* Waits for job ID; REPORT gets its document.  Shows progress on standard error; with --json writes a line
 * for each change to standard output.  The first Ctrl-C, or a closed terminal, leaves the job alone
 * and prints how to return: STATUS_INTERRUPTED, with nothing more to report. */
status remote_job_wait(const settings *s, session *link, const char *id, buf *report, error *err) MUST_USE;

#endif
