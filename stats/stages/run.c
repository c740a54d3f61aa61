/* What an analysis can ask of its run, and how the program of the next stage grows from the asking.
 *
 * Variables, filters and weights of the plan mean the same in every stage: they are copied from the
 * plan's program on the first demand, with everything they depend on. */
#include "stats/stages/run.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

status stage_builder_init(stage_builder *b, const plan *p, error *err) {
  *b = (stage_builder){.plan = p, .program = program_new()};
  b->variables = malloc(((size_t)p->program->variables_count + 1) * sizeof *b->variables);
  if (b->program == NULL || b->variables == NULL) {
    stage_builder_fini(b);
    return error_no_memory(err, "the program of the next stage");
  }
  for (uint32_t i = 0; i < p->program->variables_count; i++) {
    b->variables[i] = PROGRAM_NONE;
  }
  return STATUS_OK;
}

status stage_builder_over(stage_builder *b, const plan *p, program *existing, error *err) {
  TRY(stage_builder_init(b, p, err));
  program_destroy(b->program);
  b->program = existing;
  return STATUS_OK;
}

void stage_builder_leave(stage_builder *b) {
  b->program = NULL;
  stage_builder_fini(b);
}

void stage_builder_fini(stage_builder *b) {
  program_destroy(b->program);
  free(b->variables);
  *b = (stage_builder){0};
}

status stage_builder_variable(stage_builder *b, uint32_t variable, uint32_t *index, error *err) {
  assert(variable < b->plan->program->variables_count);
  if (b->variables == NULL) {
    *index = variable;
    return STATUS_OK;
  }
  if (b->variables[variable] == PROGRAM_NONE) {
    program_variable copy = b->plan->program->variables[variable];
    uint32_t *inputs = malloc(((size_t)copy.inputs_count + 1) * sizeof *inputs);
    if (inputs == NULL) {
      return error_no_memory(err, "the program of the next stage");
    }
    status st = STATUS_OK;
    for (uint32_t i = 0; i < copy.inputs_count && st == STATUS_OK; i++) {
      st = stage_builder_variable(b, copy.inputs[i], &inputs[i], err);
    }
    copy.inputs = inputs;
    if (st == STATUS_OK) {
      st = program_add_variable(b->program, &copy, &b->variables[variable], err);
    }
    free(inputs);
    TRY(st);
  }
  *index = b->variables[variable];
  return STATUS_OK;
}

status stage_builder_filter(stage_builder *b, uint32_t filter, uint32_t *index, error *err) {
  if (filter == PROGRAM_NONE || b->variables == NULL) {
    *index = filter;
    return STATUS_OK;
  }
  program_filter copy = b->plan->program->filters[filter];
  filter_node *nodes = malloc(((size_t)copy.nodes_count + 1) * sizeof *nodes);
  if (nodes == NULL) {
    return error_no_memory(err, "the program of the next stage");
  }
  status st = STATUS_OK;
  for (uint32_t i = 0; i < copy.nodes_count && st == STATUS_OK; i++) {
    nodes[i] = copy.nodes[i];
    if (nodes[i].kind >= FILTER_EQ) {
      st = stage_builder_variable(b, nodes[i].variable, &nodes[i].variable, err);
    }
  }
  copy.nodes = nodes;
  if (st == STATUS_OK) {
    st = program_add_filter(b->program, &copy, index, err);
  }
  free(nodes);
  return st;
}

status stage_builder_weight(stage_builder *b, uint32_t weight, uint32_t *index, error *err) {
  if (weight == PROGRAM_NONE || b->variables == NULL) {
    *index = weight;
    return STATUS_OK;
  }
  program_weight copy = b->plan->program->weights[weight];
  TRY(stage_builder_variable(b, copy.variable, &copy.variable, err));
  return program_add_weight(b->program, copy, index, err);
}

status needs_push(run_needs *needs, uint32_t accumulator, error *err) {
  if (!ARRAY_ROOM(needs->at, needs->count, needs->capacity)) {
    return error_no_memory(err, "the needs of an analysis");
  }
  needs->at[needs->count++] = accumulator;
  return STATUS_OK;
}

status run_prepare(analysis_run *run, error *err) {
  TRY(stage_builder_filter(run->next, run->request->filter, &run->filter, err));
  return stage_builder_weight(run->next, run->request->weight, &run->weight, err);
}

static status compare_asked(const analysis_run *run, const program *running, const analysis_run *again,
                            error *err) {
  bool same = again->asked.count == run->answered.count;
  for (uint32_t k = 0; same && k < again->asked.count; k++) {
    digest wanted;
    digest answered;
    TRY(program_accumulator_digest(again->next->program, again->asked.at[k], &wanted, err));
    TRY(program_accumulator_digest(running, run->answered.at[k], &answered, err));
    same = digest_equal(&wanted, &answered);
  }
  return same ? STATUS_OK
              : error_set(err, STATUS_CORRUPT,
                          "the results are not those that were asked for in the stage before");
}

status run_check_asked(const analysis_run *run, const program *running, error *err) {
  if (run->kind->ask_again == NULL) {
    return error_set(err, STATUS_CORRUPT, "it has one stage, and this is a further one");
  }
  stage_builder scratch;
  TRY(stage_builder_init(&scratch, run->plan, err));
  analysis_run again = *run;
  again.next = &scratch;
  again.asked = (run_needs){0};
  buf_init(&again.carry);
  status st = run_prepare(&again, err);
  if (st == STATUS_OK) {
    st = run->kind->ask_again(&again, err);
  }
  if (st == STATUS_OK) {
    st = compare_asked(run, running, &again, err);
  }
  free(again.asked.at);
  buf_fini(&again.carry);
  stage_builder_fini(&scratch);
  return st;
}

void run_fini(analysis_run *run) {
  free(run->asked.at);
  free(run->answered.at);
  buf_fini(&run->carried_bytes);
  buf_fini(&run->carry);
  *run = (analysis_run){0};
}

const plan *run_plan(const analysis_run *run) {
  return run->plan;
}

const plan_analysis *run_request(const analysis_run *run) {
  return run->request;
}

const argument_value *run_argument(const analysis_run *run, const char *name) {
  return request_argument(run->request, name);
}

uint32_t run_stage(const analysis_run *run) {
  return run->stage;
}

status run_variable(analysis_run *run, uint32_t variable, uint32_t *index, error *err) {
  assert(variable < run->plan->variables_count);
  return stage_builder_variable(run->next, run->plan->variables[variable].variable, index, err);
}

status run_add_variable(analysis_run *run, const program_variable *v, uint32_t *index, error *err) {
  return program_add_variable(run->next->program, v, index, err);
}

status run_need(analysis_run *run, const program_accumulator *a, error *err) {
  uint32_t index = 0;
  if (run->asked.count == 0) {
    program_accumulator base = {
        .kind = ACCUMULATOR_BASE, .filter = run->filter, .weight = run->weight, .loops = run->request->loops};
    TRY(program_add_accumulator(run->next->program, &base, &index, err));
    TRY(needs_push(&run->asked, index, err));
  }
  program_accumulator stacked = *a;
  stacked.loops = run->request->loops;
  TRY(program_add_accumulator(run->next->program, &stacked, &index, err));
  return needs_push(&run->asked, index, err);
}

uint32_t run_filter(const analysis_run *run) {
  return run->filter;
}

uint32_t run_weight(const analysis_run *run) {
  return run->weight;
}

program *run_program(analysis_run *run) {
  return run->next->program;
}

const void *run_result(const analysis_run *run, uint32_t k) {
  assert(run->results != NULL && k + 1 < run->answered.count);
  return partial_state(run->results, run->answered.at[k + 1]);
}

const base_state *run_base(const analysis_run *run) {
  assert(run->results != NULL && run->answered.count > 0);
  return partial_state(run->results, run->answered.at[0]);
}

json *run_section(analysis_run *run) {
  return run->section;
}

const json *run_rows(const analysis_run *run, const char *table) {
  const json *tables = json_get(run->section, "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    const json *t = json_at(tables, i);
    if (slice_equal(json_as_text(json_get(t, "name")), slice_of(table))) {
      return json_get(t, "rows");
    }
  }
  return NULL;
}

reader *run_carried(analysis_run *run) {
  return &run->carried;
}

buf *run_carry(analysis_run *run) {
  return &run->carry;
}
