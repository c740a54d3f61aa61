/* Intervals of loadings from replicates.  Part of factors; see factors_model.h. */
#ifndef CANVASS_STATS_ANALYSES_FACTORS_INTERVALS_H
#define CANVASS_STATS_ANALYSES_FACTORS_INTERVALS_H

#include "stats/analyses/factors_report.h"

/* Of each pattern coefficient of M, which is FINE: the factors of each replicate are put in M's order, with
 * M's signs.  In A; what the notes need goes into TOLD. */
status factors_intervals_make(arena *a, const group_walk *w, const factors_model *m, replicates_told *told,
                              const replicate_interval **out, error *err) MUST_USE;
/* The notes of the intervals; ASKED is the result of replicates_need_notes. */
void factors_intervals_note(analysis_run *run, const replicates_told *told, uint32_t asked);

#endif
