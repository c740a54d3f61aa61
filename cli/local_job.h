/* From a plan over shards to its report, locally: broker and workers live on threads of this process for as
 * long as the job takes.  `run` prints the report, `check` its findings about the data. */
#ifndef CANVASS_CLI_LOCAL_JOB_H
#define CANVASS_CLI_LOCAL_JOB_H

#include "cli/evaluation.h"
#include "client/session.h"

/* E has its plan; PATHS are its data files, which are read again when shards of a store turn out to be
 * altered. $CANVASS_KERNELS chooses the kernels.  LAST (may be NULL): what was computed. */
status local_job_run(evaluation *e, const char *const *paths, size_t count, buf *report,
                     session_progress *last, error *err) MUST_USE;

#endif
