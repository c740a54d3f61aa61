/* The tables of a logistic regression. */
#ifndef CANVASS_STATS_ANALYSES_LOGISTIC_REPORT_H
#define CANVASS_STATS_ANALYSES_LOGISTIC_REPORT_H

#include "stats/analyses/logistic_model.h"
#include "stats/analyses/regressors.h"
#include "stats/methods/estimate.h"

/* The argument "interval". */
enum { LOGISTIC_WALD, LOGISTIC_PROFILE, LOGISTIC_INTERVALS };

typedef struct logistic_tables {
  analysis_run *run;
  const regressors *columns;
  weighting weighting;
  estimate_options options;
  bool profiled; /* intervals come later, from the profile likelihood */
  table *fit, *coefficients, *constants, *predictors, *classification, *curve, *calibration;
} logistic_tables;

logistic_tables logistic_tables_open(analysis_run *run, const regressors *columns);
/* All rows of one model whose search has ended, with the state of its last pass. */
status logistic_report(const logistic_tables *t, const logistic_model *m, const logistic_state *s,
                       const logistic_step *step, error *err) MUST_USE;

/* Parts of it.  Starts a row of INTO with group and n; the rows or the weight of those with one predicted
 * value and outcome Y; the rows of the calibration. */
void logistic_start_row(const logistic_tables *t, const logistic_model *m, const logistic_state *s,
                        table *into);
double logistic_weight(const logistic_state *s, const logistic_predicted *p, int y);
void logistic_calibration_write(const logistic_tables *t, const logistic_model *m, const logistic_state *s);

#endif
