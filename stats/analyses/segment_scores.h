/* What a segmentation makes of each row.  Part of segment. */
#ifndef CANVASS_STATS_ANALYSES_SEGMENT_SCORES_H
#define CANVASS_STATS_ANALYSES_SEGMENT_SCORES_H

#include "stats/analyses/segment_stage.h"

enum { SEGMENT_SCORES = 2 };
extern const analysis_score segment_scores[SEGMENT_SCORES];

/* Of the model that was chosen. */
status segment_scores_give(const segmentation *g, error *err) MUST_USE;

#endif
