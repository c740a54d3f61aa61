#include "stats/analyses/segment_scores.h"

#include <math.h>

#include "stats/analyses/linear_score.h"

const analysis_score segment_scores[SEGMENT_SCORES] = {
    {.name = "segment", .help = "the number of the row's segment, as the tables count them"},
    {.name = "distance",
     .help = "from the centre of that segment, as segments are made: in SD unless scale is none"},
};

static status make_segment(analysis_run *run, const void *context, program_variable *v, error *err) {
  const segmentation *g = context;
  program_accumulator a;
  (void)run;
  TRY(segment_common_need(g->run, &a, err));
  segment_cluster(g, &a, v);
  return STATUS_OK;
}

/* No row that was used is further away in any item than from one end to the other. */
static double reach_of(const segment_space *s) {
  double sum = 0;
  for (uint32_t d = 0; d < s->items_count; d++) {
    sum += 4 * (double)s->magnitude[d] * (double)s->magnitude[d] * s->scale[d];
  }
  return sqrt(sum);
}

static status make_distance(analysis_run *run, const void *context, program_variable *v, error *err) {
  const segmentation *g = context;
  const segment_model *m = &g->models[g->chosen];
  program_variable cluster = {.name = v->name};
  v->inputs = ARENA_NEW(g->memory, uint32_t);
  v->centres = ARENA_ARRAY(g->memory, double, (size_t)m->clusters * g->space.items_count);
  if (v->inputs == NULL || v->centres == NULL) {
    return error_no_memory(err, "segment");
  }
  TRY(make_segment(run, g, &cluster, err));
  TRY(run_add_variable(run, &cluster, v->inputs, err));
  segment_model_centres(m, &g->space, v->centres);
  v->kind = VARIABLE_DISTANCE;
  v->decimals = linear_score_decimals(reach_of(&g->space));
  v->inputs_count = 1;
  v->clusters = m->clusters;
  v->metric_count = g->space.items_count;
  v->metric = g->space.scale;
  return STATUS_OK;
}

status segment_scores_give(const segmentation *g, error *err) {
  TRY(run_score(g->run, "segment", make_segment, g, err));
  return run_score(g->run, "distance", make_distance, g, err);
}
