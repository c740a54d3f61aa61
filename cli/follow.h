/* Following a job: progress while it goes on, and how to come back when one leaves. */
#ifndef CANVASS_CLI_FOLLOW_H
#define CANVASS_CLI_FOLLOW_H

#include "cli/link.h"

/* Waits for job ID; REPORT gets its document.  Shows progress on standard error; with --json writes a line
 * for each piece of news to standard output.  The first Ctrl-C, or a closed terminal, leaves the job alone
 * and says how to come back: STATUS_INTERRUPTED, with nothing left to say. */
status follow_job(const settings *s, session *link, const char *id, buf *report, error *err) MUST_USE;

#endif
