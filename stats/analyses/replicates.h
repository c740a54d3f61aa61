/* Replicates by random groups, for analyses: errors and intervals of figures that are made of sums of
 * products.
 *
 * An analysis asks for the sums of its variables (replicates_need), and gives a function that makes figures
 * of the sums of any rows.  Each walk over the groups of the request then gives the figures of all rows of a
 * group, with their errors and intervals.  Which random group a row is in, is the plan's business
 * (plan_replicates), the same for all analyses.  See docs/analyses/replicates.md.
 */
#ifndef CANVASS_STATS_ANALYSES_REPLICATES_H
#define CANVASS_STATS_ANALYSES_REPLICATES_H

#include "stats/accumulators/products.h"
#include "stats/analyses/groups.h"
#include "stats/methods/replicate.h"

/* Asks for the sums of COUNT plan variables, for the total and each breakdown: groups_count results. */
status replicates_need(analysis_run *run, const uint32_t *variables, uint32_t count, bool pairwise,
                       error *err) MUST_USE;
/* The same of COLUMNS, indices in the program being built. */
status replicates_need_columns(analysis_run *run, const uint32_t *columns, uint32_t count, bool pairwise,
                               error *err) MUST_USE;
/* Asks, once for a run and after all else, for what the notes say: rows whose unit is missing.  One result,
 * or none where no unit is declared. */
status replicates_need_notes(analysis_run *run, error *err) MUST_USE;

/* Makes FIGURES (as many as were announced) of the sums in BLOCK.  NaN: the figure does not exist.  REPLICATE
 * is false once, and first, for all rows: what is found then may be kept in CONTEXT as a starting point. */
typedef status replicates_evaluate(void *context, const products_state *s, const uint64_t *block,
                                   bool replicate, double *figures, error *err);

typedef struct replicates_wanted {
  uint32_t figures;
  const replicate_scale *scales; /* of the figures */
  replicate_method method;
  uint32_t resamples; /* BOOTSTRAP and BCA */
  replicates_evaluate *evaluate;
  void *context;
} replicates_wanted;

/* Of one group of the request. */
typedef struct replicates_result {
  bool any;                     /* there are rows with answers in it; else nothing below is set */
  double *figures;              /* of all its rows */
  replicate_interval *interval; /* of each figure */
  uint32_t replicates;          /* random groups: as declared, or folded; 1: none, memory did not suffice */
  uint32_t groups;              /* ... that have rows: m */
} replicates_result;

/* The figures of the group at hand of W, a walk over what a replicates_need asked for.  Room is taken from A.
 */
status replicates_of_group(const group_walk *w, arena *a, const replicates_wanted *wanted,
                           replicates_result *out, error *err) MUST_USE;

/* What the notes of a run are to say, gathered over its groups. */
typedef struct replicates_told {
  uint32_t fewest;   /* G, where it is folded the least of them */
  uint32_t groups;   /* m, the most of them */
  bool any;          /* some group has replicates */
  bool is_too_large; /* some group has none for want of memory */
} replicates_told;
void replicates_tell(replicates_told *told, const replicates_result *r);
/* Writes the notes: method, m, G, seed, unit; and rows without a unit, from result ASKED (of
 * replicates_need_notes).  Warns, once, where memory did not suffice. */
void replicates_note(analysis_run *run, const replicates_told *told, const replicates_wanted *wanted,
                     uint32_t asked);
/* Warns of a group whose intervals are missing or doubtful: few random groups, failed replicates. */
void replicates_warn(const group_walk *w, const replicates_result *r, const replicates_wanted *wanted);

#endif
