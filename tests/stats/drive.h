/* Drives a finished plan over shards to its report, as broker and workers would: MAP each shard, pass
 * the partials through bytes, merge, STEP, until the report comes. */
#ifndef CANVASS_TESTS_STATS_DRIVE_H
#define CANVASS_TESTS_STATS_DRIVE_H

#include "stats/plan/plan.h"
#include "stats/stats.h"

/* REPORT is initialised here and gets the canonical document. */
status drive(const plan *p, const stats_rows *shards, size_t shards_count, buf *report, error *err);

#endif
