/* Which variables the analyses of a plan look at, by themselves or by way of what is made from them. */
#include <stdlib.h>

#include "stats/analyses/analysis.h"

/* Recursion is at most PROGRAM_DEPTH_MAX deep. */
static void mark_variable(const program *p, uint32_t variable, bool *marked) {
  if (marked[variable]) {
    return;
  }
  marked[variable] = true;
  const program_variable *v = &p->variables[variable];
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    mark_variable(p, v->inputs[i], marked);
  }
}

static void mark_filter(const program *p, uint32_t filter, bool *marked) {
  const program_filter *f = &p->filters[filter];
  for (uint32_t i = 0; i < f->nodes_count; i++) {
    if (f->nodes[i].kind >= FILTER_EQ) {
      mark_variable(p, f->nodes[i].variable, marked);
    }
  }
}

static void mark_argument(const plan *p, argument_type type, const argument_value *a, bool *marked) {
  for (uint32_t i = 0; i < a->variables_count; i++) {
    const uint32_t variable =
        type == ARGUMENT_CONSTRUCT ? p->constructs[a->variables[i]].variable : a->variables[i];
    mark_variable(p->program, p->variables[variable].variable, marked);
  }
  for (uint32_t i = 0; a->questions != NULL && i < a->list_count; i++) {
    const plan_question *q = &a->questions[i];
    for (uint32_t k = 0; k < q->variables_count; k++) {
      mark_variable(p->program, p->variables[q->variables[k]].variable, marked);
    }
    if (q->base != PROGRAM_NONE) {
      mark_filter(p->program, q->base, marked);
    }
  }
}

void plan_analysis_uses(const plan *p, const plan_analysis *a, bool *marked) {
  const analysis_kind *kind = analysis_find(a->kind);
  for (uint32_t i = 0; kind != NULL && i < a->arguments_count && i < kind->arguments_count; i++) {
    mark_argument(p, kind->arguments[i].type, &a->arguments[i], marked);
  }
  for (uint32_t i = 0; i < a->breakdowns_count; i++) {
    for (uint32_t k = 0; k < a->breakdowns[i].count; k++) {
      mark_variable(p->program, p->variables[a->breakdowns[i].variables[k]].variable, marked);
    }
  }
  if (a->filter != PROGRAM_NONE) {
    mark_filter(p->program, a->filter, marked);
  }
  if (a->weight != PROGRAM_NONE) {
    mark_variable(p->program, p->program->weights[a->weight].variable, marked);
  }
  if (kind != NULL && kind->has_replicates && p->replicates.unit != PROGRAM_NONE) {
    mark_variable(p->program, p->variables[p->replicates.unit].variable, marked);
  }
}

status plan_uses(const plan *p, bool *used, error *err) {
  bool *marked = calloc((size_t)p->program->variables_count + 1, sizeof *marked);
  if (marked == NULL) {
    return error_no_memory(err, "the plan");
  }
  for (uint32_t i = 0; i < p->analyses_count; i++) {
    plan_analysis_uses(p, &p->analyses[i], marked);
  }
  for (uint32_t i = 0; i < p->variables_count; i++) {
    used[i] = marked[p->variables[i].variable];
  }
  free(marked);
  return STATUS_OK;
}

bool plan_variable_is_computed(const plan *p, uint32_t i) {
  const variable_kind kind = p->program->variables[p->variables[i].variable].kind;
  return kind == VARIABLE_COMPUTE || kind == VARIABLE_CONDITION;
}
