/* A segmentation on its way through the stages: what it carries along and what it asks for.  For
 * segment.c and segment_stage.c alone. */
#ifndef CANVASS_STATS_ANALYSES_SEGMENT_STAGE_H
#define CANVASS_STATS_ANALYSES_SEGMENT_STAGE_H

#include "stats/analyses/segment_model.h"

typedef enum segment_phase { PHASE_PASSES = 1, PHASE_SILHOUETTES, PHASE_PROFILE } segment_phase;

typedef struct segmentation {
  analysis_run *run;
  arena *memory;
  segment_phase phase; /* what the results at hand are */
  segment_space space;
  segment_model *models;
  uint32_t models_count;
  uint32_t chosen; /* index, or models_count: not known yet */
} segmentation;

/* Leaves everything for the next step, whose results will be those of NEXT. */
status segmentation_carry(const segmentation *g, segment_phase next, error *err) MUST_USE;
/* models_count is set already. */
status segmentation_read(segmentation *g, error *err) MUST_USE;

/* The items as variables, the request's filter and weight: what the accumulators of every stage have in
 * common.  Those of k-means leave incomplete rows out by themselves, pass after pass. */
status segment_common_need(analysis_run *run, program_accumulator *a, error *err) MUST_USE;
/* The request's filter and an answer to every variable of A: for accumulators that take one item at a
 * time. */
status segment_complete_filter(analysis_run *run, const program_accumulator *a, uint32_t *filter,
                               error *err) MUST_USE;
/* One KMEANS over all active models, and carries on. */
status segment_need_passes(const segmentation *g, error *err) MUST_USE;
/* One SILHOUETTE over all models that are done. */
status segment_need_silhouettes(const segmentation *g, error *err) MUST_USE;
/* Makes of V the segment of a row in the chosen model; A is what segment_common_need gives. */
void segment_cluster(const segmentation *g, const program_accumulator *a, program_variable *v);
/* Each profile variable by segment of the chosen model. */
status segment_need_profile(const segmentation *g, error *err) MUST_USE;

#endif
