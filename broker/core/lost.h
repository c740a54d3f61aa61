/* Shards that a job goes on without; see lost.c.  For the core's own files only. */
#ifndef CANVASS_BROKER_CORE_LOST_H
#define CANVASS_BROKER_CORE_LOST_H

#include "broker/core/core_inside.h"

/* What the inputs of N, a leaf or the STEP, lack; all zero: nothing. */
digest lost_digest(const job *j, const node *n);
/* The shards of leaf N that are left, and how many; they last as long as actions do. */
const core_shard *lost_leave(core *c, const node *n, uint32_t *count);
/* The job goes on without the shards of N, at which DEATHS workers were lost; or without the one named LOST,
 * of which WHY says that it is not to be had, or read.  Where too much is lost the job ends.  False: N's job
 * may lose nothing, or it is not about a shard. */
bool lost_task(core *c, node *n, uint32_t deaths);
bool lost_named(core *c, node *n, const digest *lost, const error *why);
/* Before a STEP: where earlier stages counted what is lost, the job starts again. */
bool lost_starts_again(core *c, job *j);
void lost_restore(core *c, job *j, const core_restoration *e);
/* The plan that allowed it is made again. */
void lost_forget(core *c, job *j);
/* Of a STEP's task: the job's list, and in the end of BLOBS its manifest. */
void lost_tell(core *c, const job *j, core_task *task, core_blob *blobs, uint32_t *count);

#endif
