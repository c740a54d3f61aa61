/* The tables of a driver analysis. */
#ifndef CANVASS_STATS_ANALYSES_DRIVERS_REPORT_H
#define CANVASS_STATS_ANALYSES_DRIVERS_REPORT_H

#include "stats/analyses/drivers_importance.h"
#include "stats/methods/estimate.h"

typedef struct drivers_tables {
  analysis_run *run;
  const regressors *columns;
  drivers_form form;
  estimate_options options;
  table *importance[DRIVERS_METHODS]; /* NULL: not asked for */
  table *coefficients, *constants, *predictors, *fit;
} drivers_tables;

drivers_tables drivers_tables_open(analysis_run *run, const regressors *columns, drivers_form form,
                                   const bool wanted[DRIVERS_METHODS]);
/* All rows of the group at hand of W.  VARIANCE: of the coefficients, size^2; NULL: there is none, or the fit
 * is pairwise. */
status drivers_report(const drivers_tables *t, const group_walk *w, const drivers_fit *fit,
                      const double *variance, const drivers_importance *d, const replicates_result *r,
                      error *err) MUST_USE;

#endif
