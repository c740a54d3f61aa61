#include "stats/analyses/drivers_fit.h"

#include <math.h>

#include "base/decimal.h"
#include "base/exact_system.h"
#include "stats/methods/linear.h"
#include "stats/methods/workspace.h"

status drivers_fit_new(arena *a, drivers_form form, uint32_t columns, drivers_fit *out, error *err) {
  const size_t size = (size_t)columns + 1;
  *out = (drivers_fit){.form = form,
                       .columns = ARENA_ARRAY(a, uint32_t, size),
                       .b = ARENA_ARRAY(a, double, size),
                       .inverse = form.pairwise ? NULL : ARENA_ARRAY(a, double, size *size),
                       .beta = ARENA_ARRAY(a, double, size),
                       .vif = ARENA_ARRAY(a, double, size),
                       .residual = NAN,
                       .explained = NAN,
                       .residual_sd = NAN,
                       .adjusted_r2 = NAN,
                       .condition = NAN};
  return arena_failed(a) ? error_no_memory(err, "drivers") : STATUS_OK;
}

/* ---- Matrices ------------------------------------------------------------------------------------- */

void drivers_matrix(const products_state *s, const uint64_t *block, drivers_form form, const covariance *c,
                    double *out) {
  const uint32_t p = c->count;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t k = 0; k <= i; k++) {
      double v = c->matrix[(size_t)i * p + k];
      if (!form.intercept) {
        const exact sum = products_sum(s, block, i == k ? products_at_xx(s, i, i) : products_at_xy(s, k, i));
        v = exact_to_double(&sum);
      }
      out[(size_t)i * p + k] = out[(size_t)k * p + i] = v;
    }
  }
}

void drivers_correlations(const drivers_fit *fit, const covariance *c, const double *matrix,
                          double *correlation) {
  const uint32_t p = c->count, width = fit->count + 1;
  for (uint32_t i = 0; i < width; i++) {
    const uint32_t x = i < fit->count ? 1 + fit->columns[i] : 0;
    for (uint32_t k = 0; k < width; k++) {
      const uint32_t y = k < fit->count ? 1 + fit->columns[k] : 0;
      const bool own = fit->form.pairwise;
      const double vx = own ? c->pair_spread[(size_t)x * p + y] : matrix[(size_t)x * p + x];
      const double vy = own ? c->pair_spread[(size_t)y * p + x] : matrix[(size_t)y * p + y];
      const double r = matrix[(size_t)x * p + y] / (sqrt(vx) * sqrt(vy));
      correlation[(size_t)i * width + k] = !(vx > 0 && vy > 0) ? NAN : i == k ? 1 : r;
    }
  }
}

/* ---- Exactly -------------------------------------------------------------------------------------- */

/* A fit on its way. */
typedef struct solving {
  const products_state *s;
  const uint64_t *block;
  drivers_fit *fit;
  exact_system *system;
  workspace *w;
} solving;

/* The variable of the sums that row I of the system is of: the constant (none), the columns, the outcome. */
static bool variable_of_row(const drivers_fit *fit, uint32_t i, uint32_t *variable) {
  const uint32_t constant = fit->form.intercept ? 1 : 0;
  *variable = i < fit->size && i >= constant ? 1 + fit->columns[i - constant] : 0;
  return i >= constant;
}

static exact sum_of(const solving *v, uint32_t i, uint32_t k) {
  const products_state *s = v->s;
  uint32_t x, y;
  const bool has_x = variable_of_row(v->fit, i, &x), has_y = variable_of_row(v->fit, k, &y);
  if (has_x && has_y) {
    const uint32_t low = x < y ? x : y, high = x < y ? y : x;
    return products_sum(s, v->block, x == y ? products_at_xx(s, x, x) : products_at_xy(s, low, high));
  }
  if (has_x || has_y) {
    const uint32_t only = has_x ? x : y;
    return products_sum(s, v->block, products_at_x(s, only, only));
  }
  return products_sum(s, v->block, s->weighted ? products_at_w(s, 0, 0) : products_at_n(s, 0, 0));
}

static int decimals_of(const solving *v, uint32_t i) {
  uint32_t variable;
  return variable_of_row(v->fit, i, &variable) ? v->s->decimals[variable] : 0;
}

static int weight_decimals(const solving *v) {
  return v->s->weighted ? v->s->weight_decimals : 0;
}

/* Of the solved system, as a figure of answers: POWER is what the entry's mantissas take away. */
static double entry_of(const solving *v, uint32_t i, uint32_t k, int power) {
  ratio *r = v->w->at[0];
  exact_system_entry(v->system, i, k, r);
  ratio_scale10(r, power);
  return ratio_to_double(r);
}

/* OUT: the sum of squares of row I about its mean, or about 0 without a constant. */
static void total_of(const solving *v, uint32_t i, ratio *out) {
  ratio *x = v->w->at[4], *n = v->w->at[5];
  exact sum = sum_of(v, i, i);
  ratio_set_exact(out, &sum);
  if (v->fit->form.intercept) {
    sum = sum_of(v, i, 0);
    ratio_set_exact(x, &sum);
    ratio_mul(x, x, x);
    sum = sum_of(v, 0, 0);
    ratio_set_exact(n, &sum);
    ratio_div(x, x, n);
    ratio_sub(out, out, x);
  }
  ratio_scale10(out, -2 * decimals_of(v, i) - weight_decimals(v));
}

static void read_squares(const solving *v) {
  drivers_fit *fit = v->fit;
  ratio *total = v->w->at[1], *left = v->w->at[2], *explained = v->w->at[3];
  const uint32_t y = fit->size;
  total_of(v, y, total);
  exact_system_entry(v->system, y, y, left);
  ratio_scale10(left, -2 * decimals_of(v, y) - weight_decimals(v));
  ratio_sub(explained, total, left);
  fit->residual = ratio_to_double(left);
  fit->explained = ratio_to_double(explained);
  ratio_div(explained, explained, total);
  fit->r2 = ratio_to_double(explained);
}

static void read_coefficients(const solving *v) {
  drivers_fit *fit = v->fit;
  const uint32_t size = fit->size, constant = fit->form.intercept ? 1 : 0;
  const int y = decimals_of(v, size);
  ratio *total = v->w->at[1];
  total_of(v, size, total);
  const double spread = sqrt(ratio_to_double(total));
  for (uint32_t i = 0; i < size; i++) {
    fit->b[i] = entry_of(v, size, i, decimals_of(v, i) - y);
    for (uint32_t k = 0; k < size; k++) {
      fit->inverse[(size_t)i * size + k] =
          entry_of(v, i, k, decimals_of(v, i) + decimals_of(v, k) + weight_decimals(v));
    }
  }
  for (uint32_t i = 0; i < fit->count; i++) {
    const size_t at = (size_t)i + constant;
    total_of(v, (uint32_t)at, total);
    const double own = ratio_to_double(total);
    fit->vif[i] = fit->inverse[at * size + at] * own;
    fit->beta[i] = fit->b[at] * sqrt(own) / spread;
  }
}

static status solve_system(solving *v, error *err) {
  const uint32_t size = v->fit->size;
  for (uint32_t i = 0; i <= size; i++) {
    for (uint32_t k = 0; k <= i; k++) {
      const exact sum = sum_of(v, i, k);
      ratio_set_exact(v->w->at[0], &sum);
      exact_system_set(v->system, i, k, v->w->at[0]);
    }
  }
  if (!exact_system_sweep(v->system, size)) { /* collinear_find has left such columns out */
    return error_set(err, STATUS_DATA, "drivers: sums of products that cannot be those of answers");
  }
  read_squares(v);
  read_coefficients(v);
  return STATUS_OK;
}

/* Belsley, Kuh & Welsch 1980, Regression Diagnostics, 3.2: of all columns, the constant too, at length 1. */
static status find_condition(arena *a, const solving *v, error *err) {
  const uint32_t size = v->fit->size;
  double *cosines = ARENA_ARRAY(a, double, (size_t)size *size), *values = ARENA_ARRAY(a, double, size);
  double *length = ARENA_ARRAY(a, double, size);
  if (cosines == NULL || values == NULL || length == NULL) {
    return error_no_memory(err, "drivers");
  }
  for (uint32_t i = 0; i < size; i++) {
    const exact sum = sum_of(v, i, i);
    length[i] = sqrt(exact_to_double(&sum));
  }
  for (uint32_t i = 0; i < size; i++) {
    for (uint32_t k = 0; k < size; k++) {
      const exact sum = sum_of(v, i, k);
      cosines[(size_t)i * size + k] = i == k ? 1 : exact_to_double(&sum) / (length[i] * length[k]);
    }
  }
  TRY(linear_eigen(cosines, size, values, NULL, err));
  v->fit->condition = values[size - 1] > 0 ? sqrt(values[0] / values[size - 1]) : NAN;
  return STATUS_OK;
}

static status fit_exactly(arena *a, solving *v, error *err) {
  workspace room = {0};
  TRY(workspace_init(&room, err));
  v->w = &room;
  v->system = exact_system_new(v->fit->size + 1);
  status st = v->system != NULL ? solve_system(v, err) : error_no_memory(err, "drivers");
  exact_system_destroy(v->system);
  workspace_fini(&room);
  return st == STATUS_OK ? find_condition(a, v, err) : st;
}

/* ---- From pairs ----------------------------------------------------------------------------------- */

/* b = R^-1 r * sd(y) / sd(x), each standard deviation over all answers to the variable. */
static status fit_pairs(arena *a, const covariance *c, drivers_fit *fit, bool *solved, error *err) {
  const uint32_t count = fit->count, width = count + 1, p = c->count;
  double *r = ARENA_ARRAY(a, double, (size_t)width *width);
  double *part = ARENA_ARRAY(a, double, (size_t)count *count + 1);
  if (r == NULL || part == NULL) {
    return error_no_memory(err, "drivers");
  }
  drivers_correlations(fit, c, c->matrix, r);
  for (uint32_t i = 0; i < count; i++) {
    fit->beta[i] = r[(size_t)i * width + count];
    for (uint32_t k = 0; k < count; k++) {
      part[(size_t)i * count + k] = r[(size_t)i * width + k];
    }
  }
  *solved = linear_cholesky(part, count, NULL);
  if (!*solved) {
    return STATUS_OK;
  }
  linear_solve(part, count, fit->beta, 1);
  linear_invert(part, count);
  fit->r2 = 0;
  fit->b[0] = c->mean[0];
  for (uint32_t i = 0; i < count; i++) {
    const size_t x = (size_t)1 + fit->columns[i];
    fit->r2 += fit->beta[i] * r[(size_t)i * width + count];
    fit->vif[i] = part[(size_t)i * count + i];
    fit->b[i + 1] = fit->beta[i] * sqrt(c->matrix[0] / c->matrix[x * p + x]);
    fit->b[0] -= fit->b[i + 1] * c->mean[x];
  }
  *solved = fit->r2 <= 1;
  return STATUS_OK;
}

/* ---- All ------------------------------------------------------------------------------------------ */

status drivers_fit_make(arena *a, const products_state *s, const uint64_t *block, const covariance *c,
                        drivers_fit *fit, bool *solved, error *err) {
  const drivers_form form = fit->form;
  fit->size = fit->count + (form.intercept ? 1 : 0);
  fit->n = c->n_min;
  fit->weights = c->weighted_n[0];
  fit->base = form.weighting == WEIGHTING_FREQUENCY ? fit->weights : (double)fit->n;
  fit->df = fit->base - fit->size;
  *solved = true;
  if (form.pairwise) {
    return fit_pairs(a, c, fit, solved, err);
  }
  solving v = {.s = s, .block = block, .fit = fit};
  TRY(fit_exactly(a, &v, err));
  const double rows = fit->base - (form.intercept ? 1 : 0);
  fit->adjusted_r2 = fit->df > 0 ? 1 - (1 - fit->r2) * rows / fit->df : NAN;
  const double scale = form.weighting == WEIGHTING_SAMPLING ? fit->weights / fit->base : 1;
  fit->residual_sd = fit->df > 0 ? sqrt(fit->residual / scale / fit->df) : NAN;
  return STATUS_OK;
}
