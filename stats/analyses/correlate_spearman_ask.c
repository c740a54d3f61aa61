/* What a stage is asked for: sums with the tables that came, joint tables, tables of values. */
#include "stats/analyses/correlate_spearman.h"

uint32_t rank_joint_run(const rank_course *r, uint32_t at, uint32_t stage) {
  uint32_t end = at;
  while (end < r->pairs_count && r->pairs[end].way == WAY_JOINT && r->pairs[end].stage == stage &&
         r->pairs[end].which == r->pairs[at].which && r->pairs[end].i == r->pairs[at].i) {
    end++;
  }
  return end - at;
}

/* The groups of the I-th grouping variable of a family by number, in their order. */
static status number_groups(const correlation *c, uint32_t which, uint32_t i, const axis *ax, uint32_t *index,
                            error *err) {
  program_range *ranges = ARENA_ARRAY(c->memory, program_range, ax->count);
  if (ranges == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t k = 0; k < ax->count; k++) {
    ranges[k] = (program_range){.code = k};
    if (ax->is_text) {
      ranges[k].is_text = true;
      ranges[k].text = ax->texts[k];
    } else {
      ranges[k].has_low = ranges[k].has_high = true;
      ranges[k].low = ranges[k].high = (decimal){ax->numbers[k], 0};
    }
  }
  uint32_t input = 0;
  TRY(groups_variable(c->run, which, i, &input, err));
  const uint32_t variable = groups_breakdown(c->run, which)->variables[i];
  const program_variable v = {.kind = VARIABLE_RECODE,
                              .name = run_plan(c->run)->variables[variable].name,
                              .inputs = &input,
                              .inputs_count = 1,
                              .ranges = ranges,
                              .ranges_count = ax->count};
  return run_add_variable(c->run, &v, index, err);
}

static status need_sums(const rank_course *r, uint32_t which, error *err) {
  const correlation *c = r->c;
  const rank_asked *asked = &r->asked[which];
  uint32_t *variables = ARENA_ARRAY(c->memory, uint32_t, asked->columns_count);
  if (variables == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < asked->columns_count; i++) {
    TRY(run_variable(c->run, c->items[asked->columns[i]], &variables[i], err));
  }
  program_accumulator a = {.kind = ACCUMULATOR_RANKS,
                           .variables = variables,
                           .variables_count = asked->columns_count,
                           .filter = run_filter(c->run),
                           .weight = run_weight(c->run),
                           .params = asked->params,
                           .params_count = asked->params_count};
  const plan_breakdown *b = groups_breakdown(c->run, which);
  for (uint32_t i = 0; b != NULL && i < b->count; i++) {
    TRY(number_groups(c, which, i, &r->families[which].groups->by[i], &a.by[a.by_count++], err));
  }
  return run_need(c->run, &a, err);
}

static status need_joint(const rank_course *r, uint32_t at, uint32_t count, error *err) {
  const correlation *c = r->c;
  uint32_t *variables = ARENA_ARRAY(c->memory, uint32_t, (size_t)count + 1);
  if (variables == NULL) {
    return error_no_memory(err, "correlate");
  }
  TRY(run_variable(c->run, c->items[r->pairs[at].i], &variables[0], err));
  for (uint32_t k = 0; k < count; k++) {
    TRY(run_variable(c->run, c->items[r->pairs[at + k].j], &variables[k + 1], err));
  }
  int64_t params[] = {1, SPEARMAN_ENTRIES_MAX};
  const program_accumulator a = {.kind = ACCUMULATOR_JOINT,
                                 .variables = variables,
                                 .variables_count = count + 1,
                                 .params = params,
                                 .params_count = 2};
  return groups_need_one(c->run, &a, PROGRAM_NONE, r->pairs[at].which, err);
}

static status need_margins(const rank_course *r, const rank_pair *p, error *err) {
  const correlation *c = r->c;
  int64_t most = SPEARMAN_VALUES_MAX;
  for (unsigned side = 0; side < 2; side++) {
    uint32_t variables[2];
    TRY(run_variable(c->run, c->items[side == 0 ? p->i : p->j], &variables[0], err));
    TRY(run_variable(c->run, c->items[side == 0 ? p->j : p->i], &variables[1], err));
    const program_accumulator a = {.kind = ACCUMULATOR_VALUES,
                                   .variables = variables,
                                   .variables_count = p->given[side] ? 2 : 1,
                                   .params = &most,
                                   .params_count = 1};
    TRY(groups_need_one(c->run, &a, PROGRAM_NONE, p->which, err));
  }
  return STATUS_OK;
}

status rank_ask(rank_course *r, uint32_t stage, error *err) {
  for (uint32_t which = 0; which < r->families_count; which++) {
    if (r->asked[which].columns_count > 0) {
      TRY(need_sums(r, which, err));
    }
  }
  for (uint32_t k = 0; k < r->pairs_count;) {
    const uint32_t count = rank_joint_run(r, k, stage);
    if (count > 0) {
      TRY(need_joint(r, k, count, err));
    }
    k += count > 0 ? count : 1;
  }
  for (uint32_t k = 0; k < r->pairs_count; k++) {
    if (r->pairs[k].way == WAY_MARGINS && r->pairs[k].stage == stage) {
      TRY(need_margins(r, &r->pairs[k], err));
    }
  }
  rank_course_encode(r, run_carry(r->c->run));
  return STATUS_OK;
}
