/* What a report says of factors.  Part of factors; see factors_model.h. */
#ifndef CANVASS_STATS_ANALYSES_FACTORS_REPORT_H
#define CANVASS_STATS_ANALYSES_FACTORS_REPORT_H

#include "stats/analyses/factors_constructs.h"
#include "stats/analyses/replicates.h"

typedef struct factors_tables {
  table *summary, *eigenvalues, *variance, *loadings, *intervals, *items, *correlations, *fit, *constructs,
      *weights;
} factors_tables;

/* One run of the analysis. */
typedef struct factors_report {
  analysis_run *run;
  const factors_form *form;
  factors_items items;
  double cut; /* loadings below it in size are small */
  bool has_intervals;
  factors_tables tables;
} factors_report;

void factors_report_open(factors_report *f);
/* The rows of the group at hand.  INTERVALS: of the pattern, item by item; NULL: none.  AGREEMENT: set where
 * the model is FINE. */
void factors_report_write(const factors_report *f, const group_walk *w, const factors_model *m,
                          const factors_agreement *g, const replicate_interval *intervals);
/* Why figures are missing or doubtful (factors_warnings.c). */
void factors_report_warn(const factors_report *f, const group_walk *w, const factors_model *m,
                         const factors_agreement *g);
/* The row of a request without an answer in all the data, and its warning. */
void factors_report_warn_empty(const factors_report *f, const group_walk *w);
void factors_report_write_empty(const factors_report *f, const group_walk *w);
void factors_report_note(const factors_report *f);

#endif
