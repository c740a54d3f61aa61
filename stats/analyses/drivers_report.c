#define MATHLIB_STANDALONE 1
#include "stats/analyses/drivers_report.h"

#include <Rmath.h>
#include <math.h>

#include "stats/analyses/weighting.h"
#include "stats/methods/linear.h"

drivers_tables drivers_tables_open(analysis_run *run, const regressors *columns, drivers_form form,
                                   const bool wanted[DRIVERS_METHODS]) {
  static const char *const names[] = {
      [DRIVERS_RELATIVE_WEIGHTS] = "drivers_relative_weights", [DRIVERS_LMG] = "drivers_lmg"};
  drivers_tables t = {.run = run, .columns = columns, .form = form, .options = run_estimate_options(run)};
  for (int m = 0; m < DRIVERS_METHODS; m++) {
    t.importance[m] =
        wanted[m] ? table_new(run, names[m],
                              "item group n share ci_low ci_high rank rank_best rank_worst importance p")
                  : NULL;
  }
  t.coefficients =
      table_new(run, "drivers_coefficients", "item value group n b se t df p ci_low ci_high beta vif");
  t.constants = table_new(run, "drivers_constants", "group n b se t df p ci_low ci_high");
  t.predictors = table_new(run, "drivers_predictors", "item group n f df df2 p");
  t.fit =
      table_new(run, "drivers_fit",
                form.weighting == WEIGHTING_NONE
                    ? "group n r2 ci_low ci_high adjusted_r2 residual_sd f df df2 p condition"
                    : "group n weighted_n r2 ci_low ci_high adjusted_r2 residual_sd f df df2 p condition");
  return t;
}

/* ---- One group ------------------------------------------------------------------------------------ */

typedef struct group_figures {
  const drivers_tables *t;
  const group_walk *w;
  const drivers_fit *fit;
  const double *variance;
  const drivers_importance *d;
  const replicates_result *r;
  double df;    /* of t, and the second of F */
  double *p;    /* per predictor of D: of its test */
  double whole; /* of the test of all columns */
} group_figures;

static void start_row(const group_figures *g, table *into) {
  table_row(into);
  group_write(g->w, into);
  table_integer(into, "n", g->fit->n);
}

static uint32_t constants_of(const group_figures *g) {
  return g->fit->form.intercept ? 1 : 0;
}

/* The error of coefficient I; NaN: none. */
static double error_of(const group_figures *g, uint32_t i) {
  const double variance = g->variance != NULL ? g->variance[(size_t)i * g->fit->size + i] : NAN;
  if (g->fit->form.pairwise) {
    return g->r->interval[drivers_at_coefficient(g->d, i)].se;
  }
  return g->df > 0 ? sqrt(variance) : NAN;
}

static void write_coefficient(const group_figures *g, uint32_t i, table *into) {
  const double b = g->fit->b[i], se = error_of(g, i), t = b / se;
  const double reach = g->df > 0 ? critical_t(g->t->options.confidence, g->df) * se : NAN;
  table_number(into, "b", b);
  table_number(into, "se", se);
  table_number(into, "t", t);
  table_number(into, "df", g->df > 0 ? g->df : NAN);
  table_number(into, "p", g->df > 0 && !isnan(t) ? 2 * pt(-fabs(t), g->df, 1, 0) : NAN);
  table_number(into, "ci_low", b - reach);
  table_number(into, "ci_high", b + reach);
}

static void write_coefficients(const group_figures *g) {
  const drivers_tables *t = g->t;
  for (uint32_t column = 0, at = 0; column < t->columns->count; column++) {
    start_row(g, t->coefficients);
    regressors_name(t->columns, column, t->coefficients);
    if (at < g->fit->count && g->fit->columns[at] == column) {
      write_coefficient(g, at + constants_of(g), t->coefficients);
      table_number(t->coefficients, "beta", g->fit->beta[at]);
      table_number(t->coefficients, "vif", g->fit->vif[at]);
      at++;
    }
  }
  if (constants_of(g) > 0) {
    start_row(g, t->constants);
    write_coefficient(g, 0, t->constants);
  }
}

/* ---- Tests ---------------------------------------------------------------------------------------- */

/* b' V^-1 b / k over coefficients FIRST to before END; NaN: there is no variance. */
static status wald_of(const group_figures *g, uint32_t first, uint32_t end, double *f, error *err) {
  arena *a = json_arena(run_section(g->t->run));
  const uint32_t n = end - first;
  double *part = ARENA_ARRAY(a, double, (size_t)n *n + 1), *solved = ARENA_ARRAY(a, double, (size_t)n + 1);
  if (part == NULL || solved == NULL) {
    return error_no_memory(err, "drivers");
  }
  *f = NAN;
  for (uint32_t i = 0; g->variance != NULL && i < n; i++) {
    solved[i] = g->fit->b[first + i];
    for (uint32_t k = 0; k < n; k++) {
      part[(size_t)i * n + k] = g->variance[(size_t)(first + i) * g->fit->size + first + k];
    }
  }
  if (g->variance != NULL && n > 0 && linear_cholesky(part, n, NULL)) {
    linear_solve(part, n, solved, 1);
    *f = 0;
    for (uint32_t i = 0; i < n; i++) {
      *f += g->fit->b[first + i] * solved[i] / n;
    }
  }
  return STATUS_OK;
}

static double p_of(const group_figures *g, double f, uint32_t k) {
  return isnan(f) || !(g->df > 0) || k == 0 ? NAN : pf(f, k, g->df, 0, 0);
}

static void write_test(const group_figures *g, double f, uint32_t k, table *into) {
  const bool any = !g->fit->form.pairwise && g->df > 0;
  table_number(into, "f", any ? f : NAN);
  table_number(into, "df", any ? (double)k : NAN);
  table_number(into, "df2", any ? g->df : NAN);
  table_number(into, "p", any ? p_of(g, f, k) : NAN);
}

/* A single coefficient of a pairwise fit still has its t. */
static double p_of_pairs(const group_figures *g, uint32_t first, uint32_t end) {
  const double t = g->fit->b[first] / error_of(g, first);
  return end - first == 1 && g->df > 0 && !isnan(t) ? 2 * pt(-fabs(t), g->df, 1, 0) : NAN;
}

static status write_predictors(const group_figures *g, error *err) {
  const argument_value *predictors = run_argument(g->t->run, "predictors");
  for (uint32_t i = 0, at = 0; i < predictors->variables_count; i++) {
    const bool has = at < g->d->count && g->d->predictors[at] == i;
    start_row(g, g->t->predictors);
    table_item(g->t->predictors, "item", predictors->variables[i]);
    if (!has) {
      continue;
    }
    const uint32_t first = g->d->first[at] + constants_of(g), end = g->d->first[at + 1] + constants_of(g);
    double f = NAN;
    TRY(wald_of(g, first, end, &f, err));
    write_test(g, f, end - first, g->t->predictors);
    g->p[at] = g->fit->form.pairwise ? p_of_pairs(g, first, end) : p_of(g, f, end - first);
    if (g->fit->form.pairwise) {
      table_number(g->t->predictors, "p", g->p[at]);
    }
    at++;
  }
  return STATUS_OK;
}

/* ---- The fit -------------------------------------------------------------------------------------- */

static status write_fit(group_figures *g, error *err) {
  const drivers_fit *fit = g->fit;
  const replicate_interval *interval = &g->r->interval[0];
  table *into = g->t->fit;
  double f = fit->explained / fit->count / (fit->residual / g->df);
  if (fit->form.weighting == WEIGHTING_SAMPLING) {
    TRY(wald_of(g, constants_of(g), fit->size, &f, err));
  }
  g->whole = p_of(g, f, fit->count);
  const bool above = isnan(g->whole) || g->whole <= 1 - g->t->options.confidence;
  start_row(g, into);
  if (fit->form.weighting != WEIGHTING_NONE) {
    table_number(into, "weighted_n", fit->weights);
  }
  table_number(into, "r2", fit->r2);
  table_number(into, "ci_low", isnan(interval->low) ? NAN : above ? interval->low : 0);
  table_number(into, "ci_high", fmin(interval->high, 1));
  table_number(into, "adjusted_r2", fit->adjusted_r2);
  table_number(into, "residual_sd", fit->residual_sd);
  write_test(g, f, fit->count, into);
  table_number(into, "condition", fit->condition);
  return STATUS_OK;
}

/* ---- Importance ----------------------------------------------------------------------------------- */

/* The share with the sign of beta; of a nominal predictor, which has no sign, as it is. */
static double sign_of(const group_figures *g, uint32_t i) {
  const uint32_t first = g->d->first[i];
  const bool nominal = g->t->columns->at[g->fit->columns[first]].is_indicator;
  return !nominal && g->fit->beta[first] < 0 ? -1 : 1;
}

/* Whether predictor I is certainly more important than K: the interval of the difference is above 0. */
static bool is_above(const group_figures *g, drivers_method method, uint32_t i, uint32_t k) {
  const bool turned = i > k;
  const uint32_t at = drivers_at_difference(g->d, method, turned ? k : i, turned ? i : k);
  const replicate_interval *interval = &g->r->interval[at];
  return turned ? interval->high < 0 : interval->low > 0;
}

/* How many are certainly above I, and below. */
static void count_certain(const group_figures *g, drivers_method method, uint32_t i, uint32_t *above,
                          uint32_t *below) {
  *above = *below = 0;
  for (uint32_t k = 0; k < g->d->count; k++) {
    if (k != i) {
      *above += is_above(g, method, k, i);
      *below += is_above(g, method, i, k);
    }
  }
}

static void write_share(const group_figures *g, drivers_method method, uint32_t i, uint32_t rank,
                        table *into) {
  const argument_value *predictors = run_argument(g->t->run, "predictors");
  const uint32_t at = drivers_at_share(g->d, method, i);
  const double sign = sign_of(g, i);
  const bool intervals = drivers_has_intervals(g->d, method);
  const double low = intervals ? g->r->interval[at].low : NAN;
  const double high = intervals ? fmin(g->r->interval[at].high, 100) : NAN;
  start_row(g, into);
  table_item(into, "item", predictors->variables[g->d->predictors[i]]);
  table_number(into, "share", sign * g->r->figures[at]);
  table_number(into, "ci_low", isnan(low) ? NAN : sign > 0 ? low : -high);
  table_number(into, "ci_high", isnan(low) ? NAN : sign > 0 ? high : -low);
  table_integer(into, "rank", rank);
  table_number(into, "importance", g->r->figures[drivers_at_importance(g->d, method, i)]);
  table_number(into, "p", g->p[i]);
  if (!isnan(low) && g->d->count <= DRIVERS_RANKED_MAX) {
    uint32_t above, below;
    count_certain(g, method, i, &above, &below);
    table_integer(into, "rank_best", 1 + above);
    table_integer(into, "rank_worst", g->d->count - below);
  }
}

/* The most important first; of equal ones the first of the request. */
static status write_method(const group_figures *g, drivers_method method, error *err) {
  const drivers_importance *d = g->d;
  bool *written = ARENA_ARRAY(json_arena(run_section(g->t->run)), bool, (size_t)d->count + 1);
  if (written == NULL) {
    return error_no_memory(err, "drivers");
  }
  for (uint32_t rank = 1; rank <= d->count; rank++) {
    uint32_t best = d->count;
    for (uint32_t i = 0; i < d->count; i++) {
      const double own = g->r->figures[drivers_at_importance(d, method, i)];
      const bool before = best == d->count || own > g->r->figures[drivers_at_importance(d, method, best)];
      best = !written[i] && !isnan(own) && before ? i : best;
    }
    if (best < d->count) {
      written[best] = true;
      write_share(g, method, best, rank, g->t->importance[method]);
    }
  }
  return STATUS_OK;
}

/* ---- All ------------------------------------------------------------------------------------------ */

static double df_of(const drivers_fit *fit, const replicates_result *r) {
  if (fit->form.pairwise) {
    return r->groups > 0 ? (double)r->groups - 1 : NAN;
  }
  return fit->df;
}

status drivers_report(const drivers_tables *t, const group_walk *w, const drivers_fit *fit,
                      const double *variance, const drivers_importance *d, const replicates_result *r,
                      error *err) {
  group_figures g = {.t = t, .w = w, .fit = fit, .variance = variance, .d = d, .r = r, .df = df_of(fit, r)};
  g.p = ARENA_ARRAY(json_arena(run_section(t->run)), double, (size_t)d->count + 1);
  if (g.p == NULL) {
    return error_no_memory(err, "drivers");
  }
  write_coefficients(&g);
  TRY(write_predictors(&g, err));
  TRY(write_fit(&g, err));
  for (int m = 0; m < DRIVERS_METHODS; m++) {
    if (d->wanted[m]) {
      TRY(write_method(&g, (drivers_method)m, err));
    }
  }
  return STATUS_OK;
}
