/* What a factor analysis makes of each row: its factor scores.  Part of factors; see factors_model.h. */
#ifndef CANVASS_STATS_ANALYSES_FACTORS_SCORES_H
#define CANVASS_STATS_ANALYSES_FACTORS_SCORES_H

#include "stats/analyses/analysis.h"
#include "stats/analyses/factors_constructs.h"

enum { FACTORS_SCORES = 1 };
extern const analysis_score factors_scores[FACTORS_SCORES];

/* M is of all rows, and FINE. */
status factors_scores_give(analysis_run *run, const factors_items *items, const factors_model *m,
                           error *err) MUST_USE;

#endif
