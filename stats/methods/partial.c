/* Partial correlations; see partial.h for the formulas. */
#include "stats/methods/partial.h"

#include <math.h>

#include "stats/methods/collinear.h"
#include "stats/methods/estimate.h"
#include "stats/methods/linear.h"

static double entry(const partial_matrix *m, uint32_t i, uint32_t j) {
  return m->correlation[(size_t)i * m->variables + j];
}

static uint32_t first_control(const partial_matrix *m) {
  return m->variables - m->controls;
}

/* Fills C, the correlations of the controls; false: one that is needed does not exist. */
static bool take_controls(const partial_matrix *m, double *c) {
  const uint32_t k = m->controls, first = first_control(m);
  bool whole = true;
  for (uint32_t i = 0; i < k; i++) {
    const bool is_constant = isnan(entry(m, first + i, first + i));
    for (uint32_t j = 0; j < k; j++) {
      const bool gone = is_constant || isnan(entry(m, first + j, first + j));
      const double r = gone ? 0 : entry(m, first + i, first + j);
      whole = whole && !isnan(r);
      c[(size_t)i * k + j] = r;
    }
  }
  return whole;
}

/* C of the controls that are left, in place of C. */
static void close_up(const partial_matrix *m, double *c) {
  size_t at = 0;
  for (uint32_t i = 0; i < m->controls; i++) {
    for (uint32_t j = 0; j < m->controls; j++) {
      if (!m->dropped[i] && !m->dropped[j]) {
        c[at++] = c[(size_t)i * m->controls + j];
      }
    }
  }
}

/* The correlations of variable X with the controls that are left. */
static void take_column(const partial_matrix *m, uint32_t x, double *out) {
  const uint32_t first = first_control(m);
  for (uint32_t i = 0; i < m->controls; i++) {
    if (!m->dropped[i]) {
      *out++ = entry(m, x, first + i);
    }
  }
}

status partial_make(arena *a, const double *correlation, uint32_t variables, uint32_t controls,
                    partial_matrix *out, error *err) {
  double *c = ARENA_ARRAY(a, double, (size_t)controls *controls + 1);
  *out = (partial_matrix){.variables = variables,
                          .controls = controls,
                          .correlation = correlation,
                          .dropped = ARENA_ARRAY(a, bool, (size_t)controls + 1),
                          .solved = ARENA_ARRAY(a, double, (size_t)variables *controls + 1)};
  if (c == NULL || out->dropped == NULL || out->solved == NULL) {
    return error_no_memory(err, "partial correlations");
  }
  out->unusable = !take_controls(out, c);
  if (out->unusable) {
    return STATUS_OK;
  }
  out->kept = collinear_find(a, c, controls, out->dropped, NULL);
  if (out->kept == UINT32_MAX) {
    return error_no_memory(err, "partial correlations");
  }
  close_up(out, c);
  out->unusable = !linear_cholesky(c, out->kept, NULL);
  for (uint32_t x = 0; x < first_control(out) && !out->unusable; x++) {
    take_column(out, x, out->solved + (size_t)x * out->kept);
  }
  if (!out->unusable && out->kept > 0) {
    linear_solve(c, out->kept, out->solved, first_control(out));
  }
  return STATUS_OK;
}

/* s_xy of the header. */
static double residual(const partial_matrix *m, uint32_t x, uint32_t y) {
  const uint32_t first = first_control(m);
  const double *solved = m->solved + (size_t)y * m->kept;
  double left = entry(m, x, y);
  for (uint32_t i = 0, k = 0; i < m->controls; i++) {
    if (!m->dropped[i]) {
      left -= entry(m, x, first + i) * solved[k++];
    }
  }
  return left;
}

bool partial_determines(const partial_matrix *m, uint32_t x) {
  return !m->unusable && fabs(residual(m, x, x)) <= COLLINEAR_TOLERANCE;
}

partial_outcome partial_correlation(const partial_matrix *m, uint32_t x, uint32_t y, double *r) {
  *r = NAN;
  if (m->unusable) {
    return PARTIAL_IMPOSSIBLE;
  }
  const double xx = residual(m, x, x), yy = residual(m, y, y), xy = residual(m, x, y);
  if (isnan(xx) || isnan(yy) || isnan(xy)) {
    return PARTIAL_NONE;
  }
  if (partial_determines(m, x) || partial_determines(m, y)) {
    return PARTIAL_DETERMINED;
  }
  const double bound = sqrt(xx * yy);
  if (!(xx > 0 && yy > 0) || fabs(xy) > bound * (1 + COLLINEAR_TOLERANCE)) {
    return PARTIAL_IMPOSSIBLE;
  }
  *r = fmax(-1, fmin(1, xy / bound));
  return PARTIAL_FOUND;
}

partial_test partial_test_of(double r, double m, uint32_t controls, double confidence) {
  partial_test out = {NAN, NAN, NAN, NAN, NAN};
  const double df = m - controls - 2;
  if (isnan(r) || !(df > 0)) {
    return out;
  }
  out.df = df;
  const bool perfect = !(fabs(r) < 1);
  out.t = perfect ? NAN : r * sqrt(df / ((1 - r) * (1 + r)));
  out.p = perfect ? 0 : two_sided_t(out.t, df);
  if (df > 1) {
    const double reach = critical_z(confidence) / sqrt(df - 1);
    out.ci_low = tanh(atanh(r) - reach);
    out.ci_high = tanh(atanh(r) + reach);
  }
  return out;
}
