/* What tables requests: a frequency table of each answered variable, the moments of each number, by every
 * group of the banner and within the question's base. */
#include <string.h>

#include "stats/analyses/tables_parts.h"

/* The request's filter and the question's base, both. */
static status filter_of(analysis_run *run, const plan_question *q, uint32_t *filter, error *err) {
  const uint32_t own = run_filter(run);
  *filter = q->base == PROGRAM_NONE ? own : q->base;
  if (q->base == PROGRAM_NONE || own == PROGRAM_NONE) {
    return STATUS_OK;
  }
  const program_filter *left = &run_program(run)->filters[own], *right = &run_program(run)->filters[q->base];
  arena *memory = run_program(run)->memory;
  filter_node *nodes = ARENA_ARRAY(memory, filter_node, (size_t)left->nodes_count + right->nodes_count + 1);
  if (nodes == NULL) {
    return error_no_memory(err, "the base of a question");
  }
  nodes[0] = (filter_node){.kind = FILTER_AND, .children = 2};
  memcpy(nodes + 1, left->nodes, left->nodes_count * sizeof *nodes);
  memcpy(nodes + 1 + left->nodes_count, right->nodes, right->nodes_count * sizeof *nodes);
  const program_filter both = {nodes, 1 + left->nodes_count + right->nodes_count};
  return program_add_filter(run_program(run), &both, filter, err);
}

/* 1 for those who chose an option of NET, 0 for those who chose others. */
static status add_net(analysis_run *run, uint32_t set, const plan_net *net, uint32_t *index, error *err) {
  compute_node *nodes = ARENA_ARRAY(run_program(run)->memory, compute_node, (size_t)net->count + 1);
  if (nodes == NULL) {
    return error_no_memory(err, "a net");
  }
  for (uint32_t i = 0; i < net->count; i++) {
    nodes[i] = (compute_node){.op = COMPUTE_HAS, .text = net->texts[i]};
  }
  nodes[net->count] = (compute_node){.op = COMPUTE_OR, .count = net->count};
  const program_variable v = {.kind = VARIABLE_CONDITION,
                              .name = net->name,
                              .inputs = &set,
                              .inputs_count = 1,
                              .nodes = nodes,
                              .nodes_count = net->count + (net->count > 1 ? 1 : 0)};
  return run_add_variable(run, &v, index, err);
}

static status need_variable(analysis_run *run, uint32_t variable, uint32_t filter, error *err) {
  const variable_form form = program_variable_form(&run_program(run)->variables[variable]);
  const program_accumulator a = {.kind = form == FORM_NUMBER ? ACCUMULATOR_MOMENTS : ACCUMULATOR_FREQUENCY,
                                 .variables = &variable,
                                 .variables_count = 1};
  return groups_need_within(run, &a, filter, err);
}

static bool has_set(const analysis_run *run, const plan_question *q) {
  return program_variable_form(variable_of(run_plan(run), q->variables[0])) == FORM_SET;
}

static status need_question(analysis_run *run, const plan_question *q, error *err) {
  uint32_t filter = PROGRAM_NONE, variable = 0;
  TRY(filter_of(run, q, &filter, err));
  for (uint32_t i = 0; i < q->variables_count; i++) {
    TRY(run_variable(run, q->variables[i], &variable, err));
    TRY(need_variable(run, variable, filter, err));
  }
  for (uint32_t i = 0; has_set(run, q) && i < q->nets_count; i++) {
    uint32_t net = 0;
    TRY(add_net(run, variable, &q->nets[i], &net, err));
    TRY(need_variable(run, net, filter, err));
  }
  return STATUS_OK;
}

status tables_need(analysis_run *run, error *err) {
  const argument_value *questions = run_argument(run, "questions");
  TRY(banner_need(run, err));
  for (uint32_t i = 0; i < questions->list_count; i++) {
    TRY(need_question(run, &questions->questions[i], err));
  }
  return STATUS_OK;
}

uint32_t tables_results(const analysis_run *run, const plan_question *q) {
  return groups_count(run) * (q->variables_count + (has_set(run, q) ? q->nets_count : 0));
}
