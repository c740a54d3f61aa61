#include "stats/analyses/drivers_scores.h"

#include <math.h>

#include "stats/analyses/linear_score.h"

/* An outcome as far from its mean is none that the decimals are chosen for. */
enum { SPREADS = 8 };

const analysis_score drivers_scores[DRIVERS_SCORES] = {
    {.name = "predicted", .help = "the outcome that the regression expects of the row's predictors"},
    {.name = "residual", .help = "the outcome less what is predicted"},
};

typedef struct scoring {
  const regressors *columns;
  const drivers_fit *fit;
  uint8_t decimals;
  bool is_residual;
} scoring;

/* The columns, those that the regression left out with a slope of 0: a row that lacks one was not in it. */
static void fill_slopes(const scoring *g, double *slopes) {
  const uint32_t constant = g->fit->form.intercept ? 1 : 0;
  for (uint32_t i = 0; i < g->fit->count; i++) {
    slopes[g->fit->columns[i]] = g->fit->b[i + constant];
  }
  for (uint32_t i = 0; g->is_residual && i < g->columns->count; i++) {
    slopes[i] = -slopes[i];
  }
  slopes[g->columns->count] = 1;
}

static status make(analysis_run *run, const void *context, program_variable *v, error *err) {
  const scoring *g = context;
  const uint32_t count = g->columns->count;
  uint32_t *inputs = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, (size_t)count + 1);
  double *slopes = ARENA_ARRAY(json_arena(run_section(run)), double, (size_t)count + 1);
  if (inputs == NULL || slopes == NULL) {
    return error_no_memory(err, "drivers");
  }
  TRY(regressors_add(run, g->columns, inputs, err));
  TRY(run_variable(run, run_argument(run, "outcome")->variables[0], &inputs[count], err));
  fill_slopes(g, slopes);
  const double constant = g->fit->form.intercept ? g->fit->b[0] : 0;
  const linear_score score = {.link = SCORE_LINEAR,
                              .decimals = g->decimals,
                              .count = g->is_residual ? count + 1 : count,
                              .inputs = inputs,
                              .slopes = slopes,
                              .constant = g->is_residual ? -constant : constant};
  return linear_score_make(run, &score, v, err);
}

status drivers_scores_give(analysis_run *run, const regressors *columns, const drivers_fit *fit,
                           const covariance *c, error *err) {
  const double reach = fabs(c->mean[0]) + SPREADS * sqrt(c->matrix[0]);
  scoring g = {.columns = columns, .fit = fit, .decimals = linear_score_decimals(reach)};
  TRY(run_score(run, "predicted", make, &g, err));
  g.is_residual = true;
  return run_score(run, "residual", make, &g, err);
}
