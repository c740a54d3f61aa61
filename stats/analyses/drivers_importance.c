#include "stats/analyses/drivers_importance.h"

#include <math.h>

/* In the order of the argument's choices. */
enum { CHOICE_AUTOMATIC, CHOICE_RELATIVE_WEIGHTS, CHOICE_LMG, CHOICE_BOTH, CHOICE_NONE };

/* ---- Places of figures ---------------------------------------------------------------------------- */

static uint32_t pairs_of(const drivers_importance *d) {
  return d->count <= DRIVERS_RANKED_MAX ? d->count * (d->count - 1) / 2 : 0;
}

static uint32_t coefficients_of(const drivers_importance *d) {
  return d->fit->form.pairwise ? d->fit->size : 0;
}

static uint32_t method_at(const drivers_importance *d, uint32_t method) {
  uint32_t at = 1 + coefficients_of(d);
  for (uint32_t m = 0; m < method; m++) {
    at += d->wanted[m] ? 2 * d->count + pairs_of(d) : 0;
  }
  return at;
}

uint32_t drivers_at_coefficient(const drivers_importance *d, uint32_t i) {
  (void)d;
  return 1 + i;
}

uint32_t drivers_at_importance(const drivers_importance *d, drivers_method method, uint32_t i) {
  return method_at(d, method) + i;
}

uint32_t drivers_at_share(const drivers_importance *d, drivers_method method, uint32_t i) {
  return method_at(d, method) + d->count + i;
}

uint32_t drivers_at_difference(const drivers_importance *d, drivers_method method, uint32_t i, uint32_t k) {
  return method_at(d, method) + 2 * d->count + k * (k - 1) / 2 + i;
}

bool drivers_has_intervals(const drivers_importance *d, drivers_method method) {
  return method != DRIVERS_LMG || d->count <= DRIVERS_BOTH_MAX;
}

/* ---- One replicate -------------------------------------------------------------------------------- */

/* R^2, and for a pairwise fit the coefficients. */
static void solve_replicate(drivers_importance *d, double *out) {
  const drivers_fit *fit = d->fit;
  const covariance *c = d->covariances;
  double constant = c->mean[0];
  out[0] = importance_betas(&d->problem, d->correlation, &d->room, d->beta);
  for (uint32_t i = 0; i < d->columns && coefficients_of(d) > 0; i++) {
    const size_t x = (size_t)1 + fit->columns[i];
    const double b = d->beta[i] * sqrt(c->matrix[0] / c->matrix[x * c->count + x]);
    constant -= b * c->mean[x];
    out[2 + i] = b;
  }
  if (coefficients_of(d) > 0) {
    out[1] = constant;
  }
}

static void put_method(const drivers_importance *d, drivers_method method, double *out) {
  double sum = 0;
  for (uint32_t i = 0; i < d->count; i++) {
    sum += d->values[i];
  }
  for (uint32_t i = 0; i < d->count; i++) {
    out[drivers_at_importance(d, method, i)] = d->values[i];
    out[drivers_at_share(d, method, i)] = sum > 0 ? 100 * d->values[i] / sum : NAN;
    for (uint32_t k = 0; k < i && pairs_of(d) > 0; k++) {
      out[drivers_at_difference(d, method, k, i)] = d->values[k] - d->values[i];
    }
  }
}

static status evaluate(void *context, const products_state *s, const uint64_t *block, bool replicate,
                       double *figures, error *err) {
  drivers_importance *d = context;
  const drivers_form form = d->fit->form;
  TRY(covariance_fill(s, block, form.weighting, d->covariances, err));
  drivers_matrix(s, block, form, d->covariances, d->matrix);
  drivers_correlations(d->fit, d->covariances, d->matrix, d->correlation);
  solve_replicate(d, figures);
  if (d->wanted[DRIVERS_RELATIVE_WEIGHTS]) {
    TRY(importance_relative_weights(&d->problem, d->correlation, &d->room, d->values, err));
    put_method(d, DRIVERS_RELATIVE_WEIGHTS, figures);
  }
  if (d->wanted[DRIVERS_LMG] && (!replicate || drivers_has_intervals(d, DRIVERS_LMG))) {
    importance_lmg(&d->problem, d->correlation, &d->room, d->values);
    put_method(d, DRIVERS_LMG, figures);
  }
  return STATUS_OK;
}

/* ---- What is asked for ---------------------------------------------------------------------------- */

void drivers_importance_choose(const analysis_run *run, drivers_importance *d) {
  const uint32_t predictors = run_argument(run, "predictors")->variables_count;
  const int64_t choice = run_argument(run, "importance")->integer;
  const bool both = choice == CHOICE_BOTH || (choice == CHOICE_AUTOMATIC && predictors <= DRIVERS_BOTH_MAX);
  d->wanted[DRIVERS_RELATIVE_WEIGHTS] =
      both || choice == CHOICE_RELATIVE_WEIGHTS || choice == CHOICE_AUTOMATIC;
  d->wanted[DRIVERS_LMG] = both || choice == CHOICE_LMG;
}

/* The columns of a predictor stand together. */
static void group_columns(const regressors *columns, drivers_importance *d) {
  for (uint32_t i = 0; i < d->fit->count; i++) {
    const uint32_t predictor = columns->at[d->fit->columns[i]].predictor;
    if (d->count == 0 || d->predictors[d->count - 1] != predictor) {
      d->first[d->count] = i;
      d->predictors[d->count++] = predictor;
    }
  }
  d->first[d->count] = d->fit->count;
}

static void set_scales(drivers_importance *d) {
  const uint32_t figures = method_at(d, DRIVERS_METHODS);
  for (uint32_t i = 0; i < figures; i++) {
    d->scales[i] = REPLICATE_IDENTITY;
  }
  d->scales[0] = REPLICATE_ROOT;
  for (uint32_t m = 0; m < DRIVERS_METHODS; m++) {
    for (uint32_t i = 0; d->wanted[m] && i < 2 * d->count; i++) {
      d->scales[method_at(d, m) + i] = REPLICATE_ROOT;
    }
  }
}

status drivers_importance_open(analysis_run *run, const regressors *columns, const drivers_fit *fit,
                               covariance *c, drivers_importance *out, error *err) {
  arena *a = json_arena(run_section(run));
  const size_t all = c->count, width = (size_t)fit->count + 1;
  *out = (drivers_importance){.fit = fit, .covariances = c, .columns = fit->count};
  drivers_importance_choose(run, out);
  out->predictors = ARENA_ARRAY(a, uint32_t, width);
  out->first = ARENA_ARRAY(a, uint32_t, width + 1);
  out->matrix = ARENA_ARRAY(a, double, all *all);
  out->correlation = ARENA_ARRAY(a, double, width *width);
  out->values = ARENA_ARRAY(a, double, width);
  out->beta = ARENA_ARRAY(a, double, width);
  if (arena_failed(a)) {
    return error_no_memory(err, "drivers");
  }
  group_columns(columns, out);
  out->problem = (importance_problem){out->columns, out->count, out->first};
  const uint32_t figures = method_at(out, DRIVERS_METHODS);
  out->scales = ARENA_ARRAY(a, replicate_scale, figures);
  if (out->scales == NULL) {
    return error_no_memory(err, "drivers");
  }
  set_scales(out);
  out->replicated = (replicates_wanted){.figures = figures,
                                        .scales = out->scales,
                                        .method = REPLICATE_JACKKNIFE,
                                        .evaluate = evaluate,
                                        .context = out};
  return importance_room_new(a, &out->problem, &out->room, err);
}
