/* Following a job: progress while it goes on, and how to return after leaving. */
#ifndef CANVASS_CLI_FOLLOW_H
#define CANVASS_CLI_FOLLOW_H

#include "cli/link.h"

/* Waits for job ID; REPORT gets its document.  Shows progress on standard error; with --json writes a line
 * for each change to standard output.  The first Ctrl-C, or a closed terminal, leaves the job alone
 * and prints how to return: STATUS_INTERRUPTED, with nothing more to report. */
status follow_job(const settings *s, session *link, const char *id, buf *report, error *err) MUST_USE;

#endif
