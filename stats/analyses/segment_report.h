/* The tables of a segmentation. */
#ifndef CANVASS_STATS_ANALYSES_SEGMENT_REPORT_H
#define CANVASS_STATS_ANALYSES_SEGMENT_REPORT_H

#include "stats/analyses/segment_model.h"

/* One line per model. */
status segment_report_models(analysis_run *run, const segment_space *s, const segment_model *models,
                             uint32_t models_count, error *err) MUST_USE;
/* Sizes, centres and profile of M; run_result(run, FIRST) is the first profile variable's by segment. */
status segment_report_segments(analysis_run *run, const segment_space *s, const segment_model *m,
                               uint32_t first, error *err) MUST_USE;

#endif
