/* Drives finished plans over surveys to their reports, as broker and workers would: MAP each shard, pass the
 * partials through bytes, merge, STEP, until the report comes.  Every failure ends the test. */
#ifndef CANVASS_TESTS_STATS_DRIVE_H
#define CANVASS_TESTS_STATS_DRIVE_H

#include "base/json.h"
#include "stats/plan/plan.h"
#include "tests/stats/fixture.h"

/* The canonical document, over DATA in shards of at most SHARD_ROWS rows. */
buf drive_bytes(const plan *p, const fixture *data, uint32_t shard_rows);
/* The same, parsed into A. */
json *drive_report(const plan *p, const fixture *data, uint32_t shard_rows, arena *a);

#endif
