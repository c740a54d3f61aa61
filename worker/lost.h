/* The STEP of a job that goes on without shards: which rows they had is found in the dataset's manifest. */
#ifndef CANVASS_WORKER_LOST_H
#define CANVASS_WORKER_LOST_H

#include "stats/stats.h"

enum { LOST_PAYLOADS = 2 }; /* the manifest, and the list of lost shards (proto/lost.h) */

/* As stats_step_without.  STATUS_PROTOCOL when the list is none of that manifest's shards: then no other
 * worker's output is to blame. */
status lost_step(const slice payloads[LOST_PAYLOADS], slice plan, slice partial, stats_outcome *out,
                 error *err) MUST_USE;

#endif
