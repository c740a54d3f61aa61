/* The public face of stats for whoever runs jobs: MAP, REDUCE and STEP over bytes.
 *
 * Pure computation: no I/O, no messaging, no clock, no threads.  All functions are reentrant.
 *   MAP(program, shard) -> partial      REDUCE(program, partials) -> partial
 *   STEP(plan, state, partial) -> next state and program, or the report
 */
#ifndef CANVASS_STATS_STATS_H
#define CANVASS_STATS_STATS_H

#include "stats/accumulators/partial.h"
#include "stats/analyses/analysis.h"
#include "stats/plan/plan.h"

/* The outcome of a STEP.  Exactly one of report and program is not empty. */
typedef struct stats_outcome {
  buf report;     /* the canonical JSON document: the job is done */
  buf program;    /* the next stage's program ... */
  buf state;      /* ... and what the next STEP wants back */
  uint32_t stage; /* number of the next stage */
} stats_outcome;
void stats_outcome_fini(stats_outcome *o);

/* STATE is NULL for the first STEP.  PARTIAL is the encoding of the merged partial. */
status stats_step(const void *plan, size_t plan_bytes, const void *state, size_t state_bytes,
                  const void *partial, size_t partial_bytes, stats_outcome *out, error *err) MUST_USE;

/* Hash of a self-test through libm, r-mathlib and the arithmetic that STEP uses: workers with equal
 * fingerprints give equal bytes. */
digest stats_fingerprint(void);

/* Kernels are chosen at run time; "portable", "avx2", "avx512" for tests and reports.  Setting one that
 * the processor lacks is STATUS_USAGE.  Call before any computing. */
const char *stats_kernels_name(void);
status stats_kernels_choose(const char *name, error *err) MUST_USE;

#endif
