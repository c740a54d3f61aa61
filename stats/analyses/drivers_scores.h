/* What a regression makes of each row: the outcome that it expects, and what is left.  Part of drivers. */
#ifndef CANVASS_STATS_ANALYSES_DRIVERS_SCORES_H
#define CANVASS_STATS_ANALYSES_DRIVERS_SCORES_H

#include "stats/analyses/analysis.h"
#include "stats/analyses/drivers_fit.h"
#include "stats/analyses/regressors.h"

enum { DRIVERS_SCORES = 2 };
extern const analysis_score drivers_scores[DRIVERS_SCORES];

/* FIT is of all rows, C its covariances. */
status drivers_scores_give(analysis_run *run, const regressors *columns, const drivers_fit *fit,
                           const covariance *c, error *err) MUST_USE;

#endif
