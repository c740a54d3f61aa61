/* The parts of reliability: the scales and their requests (reliability_scale.c), tables
 * (reliability_tables.c), the row of the analysis (reliability.c).  For these files alone, but for the items
 * of a construct, whose alpha correlate needs too. */
#ifndef CANVASS_STATS_ANALYSES_RELIABILITY_SCALE_H
#define CANVASS_STATS_ANALYSES_RELIABILITY_SCALE_H

#include "stats/analyses/replicates.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/covariance.h"
#include "stats/methods/reliability.h"

/* Items that are taken for one scale. */
typedef struct scale {
  uint32_t construct; /* plan variable of the construct; PROGRAM_NONE: the items are named in the request */
  uint32_t *items;    /* plan variables */
  uint32_t count;
} scale;

typedef struct scales {
  scale *at;
  uint32_t count;
} scales;

enum { RELIABILITY_ITEMS_MAX = 300 };

/* The request's scales, in A: of its items, of its construct, or of all constructs.  A construct has the
 * items of the constructs in it, each once.  Before the columns are known there may be none yet.
 * STATUS_SPECIFICATION: one has too many items. */
status scales_make(arena *a, const plan *p, const plan_analysis *request, scales *out, error *err) MUST_USE;

/* The scale of that construct, likewise. */
status scale_of_construct(arena *a, const plan *p, uint32_t construct, scale *out, error *err) MUST_USE;

/* Figures with errors, in the order of what is evaluated. */
typedef enum scale_figure { SCALE_ALPHA, SCALE_OMEGA, SCALE_FIGURES } scale_figure;

/* What is known of one scale in one group. */
typedef struct scale_state {
  analysis_run *run;
  const scale *of;
  weighting weighting;
  covariance all; /* of all its items */
  uint32_t *used; /* those that vary: places among its items */
  uint32_t used_count;
  double *matrix, *correlation, *sd; /* of these */
  double *first;                     /* correlation of each with the first principal component */
  double smallest;                   /* eigenvalue of `correlation` */
  one_factor factor;
  bool fitted;
  /* For replicates. */
  covariance part;
  double *part_matrix, *part_correlation, *part_sd;
  one_factor part_factor;
} scale_state;

/* Room for SCALE in A. */
status scale_state_new(arena *a, analysis_run *run, const scale *of, scale_state *out, error *err) MUST_USE;
/* A replicates_evaluate; CONTEXT is a scale_state. */
status scale_evaluate(void *context, const products_state *s, const uint64_t *block, bool replicate,
                      double *figures, error *err);

typedef struct reliability_tables {
  table *scales, *factors, *items;
} reliability_tables;

reliability_tables reliability_tables_open(analysis_run *run);
/* Writes the rows of the group at hand and its warnings. */
void reliability_write(const reliability_tables *t, const group_walk *w, const scale_state *s,
                       const replicates_result *r);
/* The rows of a scale without an answer in all the data. */
void reliability_write_empty(const reliability_tables *t, const group_walk *w, const scale *of);

#endif
