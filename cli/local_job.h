/* From a plan over shards to its report, here: broker and workers live on threads of this process for as long
 * as the job takes.  `run` prints the report, `check` what it says of the data. */
#ifndef CANVASS_CLI_EVALUATING_H
#define CANVASS_CLI_EVALUATING_H

#include "cli/evaluation.h"
#include "client/session.h"

/* E has its plan; PATHS are its data files, which are read again when shards of a store turn out to be
 * altered. $CANVASS_KERNELS chooses the kernels.  LAST (may be NULL): what was computed. */
status evaluating_run(evaluation *e, const char *const *paths, size_t count, buf *report,
                      session_progress *last, error *err) MUST_USE;

#endif
