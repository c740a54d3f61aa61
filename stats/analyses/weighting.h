/* What a run's weight means, and what estimates of the run need to know. */
#ifndef CANVASS_STATS_ANALYSES_WEIGHTING_H
#define CANVASS_STATS_ANALYSES_WEIGHTING_H

#include "stats/analyses/analysis.h"
#include "stats/methods/estimate.h"

/* WEIGHTING_NONE for a request without a weight. */
weighting run_weighting(const analysis_run *run);
/* The request's confidence level, and the rows of the dataset whose weight is usable. */
estimate_options run_estimate_options(const analysis_run *run);

#endif
