/* What a segmentation carries between stages, and how it asks for the next. */
#include "stats/analyses/segment_stage.h"

#include "stats/analyses/group_key.h"
#include "stats/analyses/levels.h"

/* ---- What all stages have in common -------------------------------------------------------------- */

status segment_complete_filter(analysis_run *run, const program_accumulator *a, uint32_t *filter,
                               error *err) {
  const group_key all = {0};
  return group_key_filter(run, &all, a->variables, a->variables_count, filter, err);
}

status segment_common_need(analysis_run *run, program_accumulator *a, error *err) {
  const argument_value *items = run_argument(run, "items");
  uint32_t *variables = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, items->variables_count);
  if (variables == NULL) {
    return error_no_memory(err, "segment");
  }
  for (uint32_t i = 0; i < items->variables_count; i++) {
    TRY(run_variable(run, items->variables[i], &variables[i], err));
  }
  *a = (program_accumulator){.variables = variables,
                             .variables_count = items->variables_count,
                             .filter = run_filter(run),
                             .weight = run_weight(run)};
  return STATUS_OK;
}

/* ---- Carrying -------------------------------------------------------------------------------- */

status segmentation_carry(const segmentation *g, segment_phase next, error *err) {
  buf *out = run_carry(g->run);
  buf_put_u8(out, (uint8_t)next);
  buf_put_varint(out, g->chosen);
  segment_space_encode(&g->space, out);
  for (uint32_t k = 0; k < g->models_count; k++) {
    segment_model_encode(&g->models[k], g->space.items_count, out);
  }
  return buf_status(out, "the state of a segmentation", err);
}

status segmentation_read(segmentation *g, error *err) {
  reader *r = run_carried(g->run);
  g->phase = (segment_phase)reader_u8(r);
  g->chosen = (uint32_t)reader_count(r, g->models_count);
  TRY(segment_space_decode(&g->space, g->memory, r, err));
  if (g->space.items_count != run_argument(g->run, "items")->variables_count) {
    return error_set(err, STATUS_CORRUPT, "the state of a segmentation has another number of items");
  }
  for (uint32_t k = 0; k < g->models_count; k++) {
    TRY(segment_model_decode(&g->models[k], g->memory, g->space.items_count, r, err));
  }
  return reader_finish(r, "the state of a segmentation", err);
}

/* ---- Asking for passes ---------------------------------------------------------------------------- */

/* Parameters of an accumulator while they are listed. */
typedef struct param_list {
  int64_t *at;
  uint32_t count;
} param_list;

static void push(param_list *l, int64_t v) {
  l->at[l->count++] = v;
}

static void push_double(param_list *l, double v) {
  push(l, bits_of_double(v));
}

static void push_coefficients(param_list *l, const segment_model *m, const segment_space *s) {
  for (size_t d = 0; d <= s->items_count; d++) {
    push(l, s->shifts[d]);
  }
  for (size_t i = 0; i < m->clusters * ((size_t)1 + s->items_count); i++) {
    push(l, m->coefficients[i]);
  }
}

/* Room for both kinds' parameters. */
static status open_params(const segmentation *g, param_list *l, error *err) {
  uint64_t count = 2;
  for (uint32_t k = 0; k < g->models_count; k++) {
    count += 3 + 2 * (uint64_t)g->space.items_count +
             (uint64_t)g->models[k].clusters * (2 * (uint64_t)g->space.items_count + 3);
  }
  *l = (param_list){.at = ARENA_ARRAY(g->memory, int64_t, count)};
  return l->at != NULL ? STATUS_OK : error_no_memory(err, "segment");
}

static status model_centres(const segmentation *g, const segment_model *m, double **out, error *err) {
  *out = ARENA_ARRAY(g->memory, double, (size_t)m->clusters * g->space.items_count);
  if (*out == NULL) {
    return error_no_memory(err, "segment");
  }
  segment_model_centres(m, &g->space, *out);
  return STATUS_OK;
}

static status push_farthest(const segmentation *g, const segment_model *m, param_list *l, error *err) {
  double *centres;
  TRY(model_centres(g, m, &centres, err));
  for (size_t i = 0; i < (size_t)m->clusters * g->space.items_count; i++) {
    push_double(l, centres[i]);
  }
  for (uint32_t d = 0; d < g->space.items_count; d++) {
    push_double(l, g->space.scale[d]);
  }
  return STATUS_OK;
}

status segment_need_passes(const segmentation *g, error *err) {
  param_list l;
  TRY(open_params(g, &l, err));
  push(&l, 0);
  for (uint32_t k = 0; k < g->models_count; k++) {
    const segment_model *m = &g->models[k];
    if (segment_model_is_active(m)) {
      l.at[0]++;
      push(&l, m->clusters);
      push(&l, m->phase == MODEL_FARTHEST);
      push_coefficients(&l, m, &g->space);
      if (m->phase == MODEL_FARTHEST) {
        TRY(push_farthest(g, m, &l, err));
      }
    }
  }
  program_accumulator a;
  TRY(segment_common_need(g->run, &a, err));
  a.kind = ACCUMULATOR_KMEANS;
  a.params = l.at;
  a.params_count = l.count;
  TRY(run_need(g->run, &a, err));
  return segmentation_carry(g, PHASE_PASSES, err);
}

static status push_silhouette(const segmentation *g, const segment_model *m, param_list *l, error *err) {
  const segment_space *s = &g->space;
  double *centres;
  TRY(model_centres(g, m, &centres, err));
  ratio *within = ratio_new(), *size = ratio_new();
  if (within == NULL || size == NULL) {
    ratio_destroy(within);
    ratio_destroy(size);
    return error_no_memory(err, "segment");
  }
  push(l, m->clusters);
  push_coefficients(l, m, s);
  for (uint32_t d = 0; d < s->items_count; d++) {
    push_double(l, s->scale[d]);
  }
  for (uint32_t j = 0; j < m->clusters; j++) {
    for (uint32_t d = 0; d < s->items_count; d++) {
      push_double(l, centres[(size_t)j * s->items_count + d]);
    }
    segment_model_within(m, s, j, within);
    segment_space_size(s, m->w[j], size);
    if (m->w[j] > 0) {
      ratio_div(within, within, size);
    }
    push_double(l, ratio_to_double(within));
    push_double(l, (double)m->w[j]);
  }
  ratio_destroy(within);
  ratio_destroy(size);
  return STATUS_OK;
}

status segment_need_silhouettes(const segmentation *g, error *err) {
  param_list l;
  TRY(open_params(g, &l, err));
  push(&l, g->space.weighting == WEIGHTING_FREQUENCY ? decimal_power10(g->space.weight_decimals) : 0);
  push(&l, 0);
  for (uint32_t k = 0; k < g->models_count; k++) {
    if (segment_model_is_done(&g->models[k])) {
      l.at[1]++;
      TRY(push_silhouette(g, &g->models[k], &l, err));
    }
  }
  program_accumulator a;
  TRY(segment_common_need(g->run, &a, err));
  a.kind = ACCUMULATOR_SILHOUETTE;
  a.params = l.at;
  a.params_count = l.count;
  return run_need(g->run, &a, err);
}

void segment_cluster(const segmentation *g, const program_accumulator *a, program_variable *v) {
  const segment_model *m = &g->models[g->chosen];
  v->kind = VARIABLE_CLUSTER;
  v->inputs = a->variables;
  v->inputs_count = a->variables_count;
  v->coefficients = m->coefficients;
  v->shifts = g->space.shifts;
  v->clusters = m->clusters;
}

status segment_need_profile(const segmentation *g, error *err) {
  const argument_value *profile = run_argument(g->run, "profile");
  program_accumulator a;
  TRY(segment_common_need(g->run, &a, err));
  program_variable cluster = {.name = run_request(g->run)->name};
  segment_cluster(g, &a, &cluster);
  a.by_count = 1;
  TRY(segment_complete_filter(g->run, &a, &a.filter, err));
  TRY(run_add_variable(g->run, &cluster, &a.by[0], err));
  a.variables_count = 1;
  for (uint32_t i = 0; i < profile->variables_count; i++) {
    uint32_t variable = 0;
    TRY(run_variable(g->run, profile->variables[i], &variable, err));
    a.variables = &variable;
    a.kind = program_variable_is_numeric(variable_of(run_plan(g->run), profile->variables[i]))
                 ? ACCUMULATOR_MOMENTS
                 : ACCUMULATOR_FREQUENCY;
    TRY(run_need(g->run, &a, err));
  }
  return STATUS_OK;
}
