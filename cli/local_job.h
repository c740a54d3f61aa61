/* From a plan over shards to its report, locally: broker and workers live on threads of this process for as
 * long as the job takes.  `run` prints the report, `check` its findings about the data. */
#ifndef CANVASS_CLI_LOCAL_JOB_H
#define CANVASS_CLI_LOCAL_JOB_H

#include "cli/evaluation.h"
#include "client/session.h"

/* What is done when the job is done, before its broker goes away. */
typedef struct local_job_ending {
  status (*take)(void *context, session *link, const char *job, const buf *report, error *err);
  void *context;
} local_job_ending;

/* E has its plan; PATHS are its data files, which are read again when shards of a store turn out to be
 * altered. $CANVASS_KERNELS chooses the kernels.  ENDING may be NULL.  LAST (may be NULL): what was computed.
 */
status local_job_run(evaluation *e, const char *const *paths, size_t count, const local_job_ending *ending,
                     buf *report, session_progress *last, error *err) MUST_USE;

#endif
