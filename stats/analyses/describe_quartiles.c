/* Quartiles stage by stage. */
#include "stats/analyses/describe_quartiles.h"

#include <math.h>

#include "stats/analyses/groups.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/weighting.h"

const char *quartile_column(unsigned quartile) {
  static const char *const columns[QUARTILES] = {"q1", "median", "q3"};
  return columns[quartile];
}

status later_quartiles_need(analysis_run *run, const refinement *r, error *err) {
  uint32_t variable = 0;
  arena *memory = json_arena(run_section(run));
  const uint32_t item = run_argument(run, "items")->variables[r->item];
  program_accumulator a = {.kind = ACCUMULATOR_BUCKETS, .variables = &variable, .variables_count = 1};
  refinement_params(r, memory, run_weighting(run) != WEIGHTING_NONE, &a.params, &a.params_count);
  if (a.params == NULL) {
    json *detail = run_detail(run);
    json_set_text(detail, "item", run_plan(run)->variables[item].name);
    run_warn(run, "quartiles_too_many_groups", detail);
    return STATUS_OK;
  }
  TRY(run_variable(run, item, &variable, err));
  TRY(groups_need_one(run, &a, PROGRAM_NONE, r->which, err));
  refinement_encode(r, run_carry(run));
  return STATUS_OK;
}

static status fill_quartiles(analysis_run *run, const refinement *r, unsigned decimals, error *err) {
  const json *rows = run_rows(run, "quartiles");
  for (uint32_t place = 0; place < r->places; place++) {
    json *row = r->rows[place] == UINT32_MAX ? NULL : (json *)json_at(rows, r->rows[place]);
    for (unsigned q = 0; row != NULL && q < QUARTILES; q++) {
      const quantile_rank *rank = &r->ranks[place * QUARTILES + q];
      const search *pair = &r->searches[place * SEARCHES + 2 * q];
      double figure = NAN;
      if (rank->denominator > 0) {
        TRY(quantile_value(rank, pair[0].low, pair[1].low, decimals, &figure, err));
      }
      json_set_number(row, quartile_column(q), figure);
    }
  }
  return STATUS_OK;
}

static status read_refinement(analysis_run *run, refinement *r, error *err) {
  const argument_value *items = run_argument(run, "items");
  if (!refinement_decode(r, json_arena(run_section(run)), run_carried(run)) ||
      r->item >= items->variables_count || r->which >= groups_count(run)) {
    return error_set(err, STATUS_CORRUPT, "the state of the quartiles is broken");
  }
  return STATUS_OK;
}

status later_quartiles_ask_again(analysis_run *run, error *err) {
  while (reader_left(run_carried(run)) > 0) {
    refinement r;
    TRY(read_refinement(run, &r, err));
    TRY(later_quartiles_need(run, &r, err));
  }
  return STATUS_OK;
}

status later_quartiles_step(analysis_run *run, error *err) {
  const argument_value *items = run_argument(run, "items");
  arena *memory = json_arena(run_section(run));
  for (uint32_t k = 0; reader_left(run_carried(run)) > 0; k++) {
    refinement r;
    TRY(read_refinement(run, &r, err));
    const buckets_state *s = run_result(run, k);
    int64_t *params = NULL;
    uint32_t params_count = 0;
    refinement_params(&r, memory, run_weighting(run) != WEIGHTING_NONE, &params, &params_count);
    if (params == NULL || grouping_places(&s->groups) != r.places) {
      return error_set(err, STATUS_CORRUPT, "the state of the quartiles does not fit its results");
    }
    refinement_narrow(&r, s, params, params_count);
    if (refinement_done(&r)) {
      const program_variable *v = variable_of(run_plan(run), items->variables[r.item]);
      TRY(fill_quartiles(run, &r, v->decimals, err));
    } else {
      TRY(later_quartiles_need(run, &r, err));
    }
  }
  return STATUS_OK;
}
