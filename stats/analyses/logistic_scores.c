#include "stats/analyses/logistic_scores.h"

#include <math.h>

#include "stats/analyses/linear_score.h"

enum { DECIMALS = 12 };

const analysis_score logistic_scores[LOGISTIC_SCORES] = {
    {.name = "probability", .help = "how likely the event is for the row's predictors"},
    {.name = "predicted", .help = "1 where that probability is at least the cut, else 0"},
};

typedef struct scoring {
  const regressors *columns;
  const logistic_model *m;
  const logistic_step *step;
} scoring;

static double coefficient_of(const scoring *g, uint32_t i) {
  return g->m->beta[i] + (g->step->solved ? g->step->delta[i] : 0);
}

/* The columns that the regression left out have a slope of 0: a row that lacks one was not in it. */
static status make_probability(analysis_run *run, const void *context, program_variable *v, error *err) {
  const scoring *g = context;
  const uint32_t count = g->columns->count;
  uint32_t *inputs = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, (size_t)count + 1);
  double *slopes = ARENA_ARRAY(json_arena(run_section(run)), double, (size_t)count + 1);
  if (inputs == NULL || slopes == NULL) {
    return error_no_memory(err, "logistic");
  }
  TRY(regressors_add(run, g->columns, inputs, err));
  for (uint32_t i = 0; i < g->m->count; i++) {
    const uint32_t column = g->m->columns[i];
    slopes[column] = coefficient_of(g, i + 1) * regressors_unit(run, &g->columns->at[column]);
  }
  const linear_score score = {.link = SCORE_LOGISTIC,
                              .decimals = DECIMALS,
                              .count = count,
                              .inputs = inputs,
                              .slopes = slopes,
                              .constant = coefficient_of(g, 0)};
  return linear_score_make(run, &score, v, err);
}

static status make_predicted(analysis_run *run, const void *context, program_variable *v, error *err) {
  program_variable probability = {.name = v->name};
  v->inputs = ARENA_NEW(json_arena(run_section(run)), uint32_t);
  if (v->inputs == NULL) {
    return error_no_memory(err, "logistic");
  }
  TRY(make_probability(run, context, &probability, err));
  TRY(run_add_variable(run, &probability, v->inputs, err));
  v->kind = VARIABLE_TOP;
  v->inputs_count = 1;
  v->cut.mantissa = (int64_t)rint(run_argument(run, "cut")->number * (double)decimal_power10(DECIMALS));
  v->cut.scale = DECIMALS;
  return STATUS_OK;
}

status logistic_scores_give(analysis_run *run, const regressors *columns, const logistic_model *m,
                            const logistic_step *step, error *err) {
  const scoring g = {columns, m, step};
  TRY(run_score(run, "probability", make_probability, &g, err));
  return run_score(run, "predicted", make_predicted, &g, err);
}
