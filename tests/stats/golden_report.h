/* A plan driven over a survey cut into shards, and its report against a file of reference values. */
#ifndef CANVASS_TESTS_STATS_GOLDEN_REPORT_H
#define CANVASS_TESTS_STATS_GOLDEN_REPORT_H

#include "tests/stats/drive.h"
#include "tests/stats/report_reader.h"

/* Finishes P and drives it over SURVEY in shards of at most SHARD rows.  Failures end the test. */
buf golden_report_bytes(plan *p, const fixture *survey, uint32_t shard);
json *golden_report(arena *a, plan *p, const fixture *survey, uint32_t shard);
/* The number of figures in the file (as golden/analyses.R writes them) that REPORT has otherwise; each is
 * printed. */
unsigned golden_differences(arena *a, const json *report, const char *path, double tolerance);

#endif
