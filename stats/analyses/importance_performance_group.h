/* Performance, importance and gain of the items in one group after the other. */
#ifndef CANVASS_STATS_ANALYSES_IMPORTANCE_PERFORMANCE_GROUP_H
#define CANVASS_STATS_ANALYSES_IMPORTANCE_PERFORMANCE_GROUP_H

#include "stats/analyses/regressors.h"
#include "stats/analyses/replicates.h"
#include "stats/analyses/shares.h"
#include "stats/methods/covariance.h"
#include "stats/methods/importance.h"

/* Per item; NaN: there is none. */
typedef struct ipa_group {
  analysis_run *run;
  uint32_t count;
  int64_t *n;                       /* answers */
  double *performance, *low, *high; /* mean, interval */
  double *importance;               /* stated: mean; derived: of the outcome's rows */
  double *affected;                 /* per cent not yet satisfied */
  double *b, *b_low, *b_high, *p;   /* of the regression of the outcome on all items, from replicates */
  double *gain, *step;              /* b * step * affected / 100; the step is a point, or see below */
  bool rescaled;            /* the items' scales differ in length: performance is from 0 to 100, and a step a
                               tenth of the item's scale */
  bool importance_rescaled; /* ... those of stated importance */
  int64_t complete;         /* rows that answer the outcome and all items; 0 without an outcome */
  group_walk *walk;
  /* private */
  group_walk sums_walk; /* in step with `walk`, over the sums of products */
  uint32_t notes_at;    /* result of replicates_need_notes */
  regressors columns;
  uint32_t *kept, kept_count;
  covariance c;
  double *correlation, *values;
  uint32_t *first;
  importance_problem problem;
  importance_room room;
  replicate_scale *scales;
  replicates_wanted replicated;
} ipa_group;

/* Whether the declared ranges of VARIABLES differ. */
bool ipa_scales_differ(const plan *p, const argument_value *variables);
status ipa_open(analysis_run *run, ipa_group *out, error *err) MUST_USE;
/* The next group; *ANY is false when there is none. */
status ipa_next(ipa_group *g, replicates_told *told, bool *any, error *err) MUST_USE;
/* Per cent of the answers below the one that satisfies, with Wilson's interval. */
status ipa_affected(const share_cell *cell, double *affected, double *low, double *high, error *err) MUST_USE;
/* Calls VISIT for the ITEM-th item in every group that has rows. */
status ipa_each_group(analysis_run *run, uint32_t item, share_visit *visit, void *context,
                      error *err) MUST_USE;

#endif
