/* What a logistic regression makes of each row.  Part of logistic. */
#ifndef CANVASS_STATS_ANALYSES_LOGISTIC_SCORES_H
#define CANVASS_STATS_ANALYSES_LOGISTIC_SCORES_H

#include "stats/analyses/logistic_model.h"
#include "stats/analyses/regressors.h"

enum { LOGISTIC_SCORES = 2 };
extern const analysis_score logistic_scores[LOGISTIC_SCORES];

/* M is of all rows, and found, but for the step that its figures still take. */
status logistic_scores_give(analysis_run *run, const regressors *columns, const logistic_model *m,
                            const logistic_step *step, error *err) MUST_USE;

#endif
