/* The public interface of stats for running jobs: MAP, REDUCE and STEP over bytes.
 *
 * Pure computation: no I/O, no messaging, no clock, no threads.  All functions are reentrant.
 *   MAP(program, shards) -> partial     REDUCE(program, partials) -> partial
 *   STEP(plan, state, partial) -> next state and program, or the report
 * Programs, plans, states and partials are hostile input: what does not decode is STATUS_CORRUPT.
 */
#ifndef CANVASS_STATS_STATS_H
#define CANVASS_STATS_STATS_H

#include "base/digest.h"
#include "stats/accumulators/cache.h"

/* ---- MAP: shards are added one by one to a partial that is empty at first. */
typedef struct stats_map stats_map;
status stats_map_open(slice program, stats_map **out, error *err) MUST_USE;
void stats_map_destroy(stats_map *m); /* accepts NULL */
/* States that a shard has, and what names state NUMBER of any shard in caches. */
uint32_t stats_map_states(const stats_map *m);
status stats_map_name(const stats_map *m, uint32_t number, digest *out, error *err) MUST_USE;
/* Adds the shard that OPEN gives.  CACHE (NULL: none) is asked for its states first; *COMPUTED grows by the
 * states that it did not have.  After a failure M is only good for stats_map_destroy. */
status stats_map_add(stats_map *m, partial_rows open, void *context, const partial_cache *cache,
                     uint64_t *computed, error *err) MUST_USE;
/* Appends the encoded partial of all shards added. */
status stats_map_write(const stats_map *m, buf *partial, error *err) MUST_USE;

/* ---- REDUCE: appends the encoded merge of COUNT partials of PROGRAM, in any order. */
status stats_reduce(slice program, const slice *partials, size_t count, buf *merged, error *err) MUST_USE;

/* Whether the bytes are a plan, a program, a partial of PROGRAM: of those that other workers made, a task
 * that failed says which is not.  STATUS_CORRUPT when it does not decode. */
status stats_check_plan(slice plan, error *err) MUST_USE;
status stats_check_program(slice program, error *err) MUST_USE;
status stats_check_partial(slice program, slice partial, error *err) MUST_USE;

/* ---- ROWS: the rows of shards as lines of CSV (stats/sheet/sheet.h) */
typedef struct sheet stats_sheet;
status stats_sheet_open(slice bytes, stats_sheet **out, error *err) MUST_USE;
void stats_sheet_destroy(stats_sheet *s); /* accepts NULL */
/* Appends the line of titles: it stands before the rows of a dataset's first shard. */
void stats_sheet_titles(const stats_sheet *s, buf *lines);
/* Appends the lines of the shard that OPEN gives. */
status stats_sheet_add(const stats_sheet *s, partial_rows open, void *context, buf *lines,
                       error *err) MUST_USE;
/* Whether the bytes are a sheet. */
status stats_check_sheet(slice bytes, error *err) MUST_USE;

/* ---- STEP */
/* Report; or program and state; or, where rows come back, report and program, which is the sheet of those. */
typedef struct stats_outcome {
  buf report;     /* the canonical JSON document: nothing but rows is left to do */
  buf program;    /* the next stage's program ... */
  buf state;      /* ... and what the next STEP wants back */
  uint32_t stage; /* number of the next stage */
} stats_outcome;
void stats_outcome_fini(stats_outcome *o);

/* STATE is NULL for the first STEP.  PARTIAL is the encoding of the merged partial. */
status stats_step(const void *plan, size_t plan_bytes, const void *state, size_t state_bytes,
                  const void *partial, size_t partial_bytes, stats_outcome *out, error *err) MUST_USE;

/* A shard whose rows no partial has: a job whose plan allows it goes on without them. */
typedef struct stats_lost {
  uint32_t file;      /* of the plan */
  uint64_t first_row; /* among the file's usable rows, from 1 */
  uint32_t rows;
  const char *cause; /* for the report: "workers_lost", "unreadable" */
} stats_lost;
/* The same, of the first stage, without COUNT shards, in the order of the dataset: the report says so.
 * STATUS_JOB when the plan does not allow it, or is over other files. */
status stats_step_without(const stats_lost *lost, size_t count, slice plan, slice partial, stats_outcome *out,
                          error *err) MUST_USE;
/* Whether PLAN says that its job goes on without shards that are lost (on_lost_shard: report). */
bool stats_plan_may_lose(slice plan);

/* ---- The machine */
/* Hash of a self-test through libm, r-mathlib and the arithmetic that STEP uses: workers with equal
 * fingerprints give equal bytes. */
digest stats_fingerprint(void);

/* Kernels are chosen at run time; "portable", "avx2", "avx512" for tests and reports.  Setting one that
 * the processor lacks is STATUS_USAGE.  Call before any computing. */
const char *stats_kernels_name(void);
status stats_kernels_choose(const char *name, error *err) MUST_USE;

#endif
