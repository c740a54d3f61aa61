#include "stats/analyses/drivers_model.h"

#include <math.h>
#include <string.h>

/* Residuals are kept in units of 2^-44 of their standard deviation, and weighted ones of 2^-38 of it and the
 * mean weight: one that is a million times as large still fits 62 bits. */
enum {
  SCORE_BITS = 44,
  WEIGHTED_BITS = 38,
  UNITS_MAX = 100,
  SHIFT_MAX = 63,
  COEFFICIENT_BITS = 62,
  SUM_BITS = 120
};

/* The exponent e of V = m 2^e, 1/2 <= |m| < 1; 0 of 0. */
static int exponent_of(double v) {
  int e = 0;
  (void)frexp(v, &e);
  return e;
}

/* Units, and how coefficients are written in them. */
typedef struct scatter_units {
  int q;
  int score_drop, weighted_drop;
} scatter_units;

/* The coefficients of the constant, the columns and the outcome, of mantissas. */
static void mantissa_coefficients(const products_state *s, const drivers_fit *fit, double *c) {
  const double unit = (double)decimal_power10(s->decimals[0]);
  const uint32_t constant = fit->form.intercept ? 1 : 0;
  c[0] = constant > 0 ? -fit->b[0] * unit : 0;
  for (uint32_t i = 0; i < fit->count; i++) {
    c[i + 1] = -fit->b[i + constant] * unit / (double)decimal_power10(s->decimals[1 + fit->columns[i]]);
  }
  c[fit->count + 1] = 1;
}

static int between(int v, int low, int high) {
  return v < low ? low : v > high ? high : v;
}

static scatter_units units_of(const products_state *s, const drivers_fit *fit, const double *c) {
  int largest = 1;
  for (uint32_t i = 0; i < fit->count + 2; i++) {
    largest = exponent_of(c[i]) > largest ? exponent_of(c[i]) : largest;
  }
  const double spread = fit->residual_sd * (double)decimal_power10(s->decimals[0]);
  const double mean = fit->weights / (double)fit->n * (double)decimal_power10(s->weight_decimals);
  scatter_units u = {.q = between(SUM_BITS - largest, 0, UNITS_MAX)};
  const int bits = spread > 0 ? SCORE_BITS - exponent_of(spread) : u.q;
  u.score_drop = between(u.q - bits, 0, SCATTER_DROP_MAX);
  u.weighted_drop = between(SCORE_BITS - WEIGHTED_BITS + exponent_of(mean), 0, SCATTER_DROP_MAX);
  return u;
}

/* C 2^q as a coefficient and a shift. */
static void write_coefficient(double c, int q, int64_t *shift, int64_t *coefficient) {
  const int over = exponent_of(c) + q - COEFFICIENT_BITS;
  *shift = between(over, 0, SHIFT_MAX);
  *coefficient = (int64_t)rint(ldexp(c, q - (int)*shift));
}

status drivers_model_make(arena *a, const products_state *s, const drivers_fit *fit, group_key group,
                          drivers_model *out, error *err) {
  const uint32_t size = fit->count + 2;
  double *c = ARENA_ARRAY(a, double, size);
  *out = (drivers_model){.group = group, .count = fit->count, .columns = fit->columns};
  out->params = ARENA_ARRAY(a, int64_t, drivers_params_count(fit->count));
  if (c == NULL || out->params == NULL) {
    return error_no_memory(err, "drivers");
  }
  mantissa_coefficients(s, fit, c);
  const scatter_units u = units_of(s, fit, c);
  out->params[0] = u.score_drop;
  out->params[1] = u.weighted_drop;
  int64_t *shifts = out->params + SCATTER_PARAMS_BEFORE;
  for (uint32_t i = 0; i < size; i++) {
    write_coefficient(c[i], u.q, &shifts[i], &shifts[size + i]);
  }
  return STATUS_OK;
}

/* ---- The sandwich --------------------------------------------------------------------------------- */

/* What one unit of Z is, of answers and weights. */
static double unit_of(const products_state *s, const drivers_fit *fit, const drivers_model *m, double *c) {
  mantissa_coefficients(s, fit, c);
  const scatter_units u = units_of(s, fit, c);
  return ldexp(1, (int)m->params[0] + (int)m->params[1] - u.q) / (double)decimal_power10(s->decimals[0]) /
         (double)decimal_power10(s->weight_decimals);
}

/* S of the rows and columns that FIT has. */
static void read_scatter(const products_state *s, const drivers_fit *fit, const scatter_state *state,
                         double unit, double *out) {
  const uint32_t size = fit->size, skip = fit->form.intercept ? 0 : 1;
  for (uint32_t i = 0; i < size; i++) {
    for (uint32_t k = 0; k <= i; k++) {
      const uint32_t row = i + skip, column = k + skip;
      double v = exact_to_double(&state->sums[row_cells(row) + column]) * unit * unit;
      v /= row > 0 ? (double)decimal_power10(s->decimals[1 + fit->columns[row - 1]]) : 1;
      v /= column > 0 ? (double)decimal_power10(s->decimals[1 + fit->columns[column - 1]]) : 1;
      out[(size_t)i * size + k] = out[(size_t)k * size + i] = v;
    }
  }
}

static void multiply(const double *x, const double *y, uint32_t n, double *out) {
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t k = 0; k < n; k++) {
      double sum = 0;
      for (uint32_t j = 0; j < n; j++) {
        sum += x[(size_t)i * n + j] * y[(size_t)j * n + k];
      }
      out[(size_t)i * n + k] = sum;
    }
  }
}

status drivers_sandwich(arena *a, const products_state *s, const drivers_fit *fit, const drivers_model *m,
                        const scatter_state *state, int64_t design_rows, double *variance, error *err) {
  const size_t square = (size_t)fit->size * fit->size;
  double *scatter = ARENA_ARRAY(a, double, square), *half = ARENA_ARRAY(a, double, square);
  double *c = ARENA_ARRAY(a, double, (size_t)fit->count + 2);
  if (scatter == NULL || half == NULL || c == NULL) {
    return error_no_memory(err, "drivers");
  }
  if (m->count != fit->count || memcmp(m->columns, fit->columns, m->count * sizeof *m->columns) != 0) {
    return error_set(err, STATUS_DATA, "drivers: the passes over the data do not agree");
  }
  read_scatter(s, fit, state, unit_of(s, fit, m, c), scatter);
  multiply(fit->inverse, scatter, fit->size, half);
  multiply(half, fit->inverse, fit->size, variance);
  for (size_t i = 0; i < square; i++) {
    variance[i] *= (double)design_rows / ((double)design_rows - 1);
  }
  return STATUS_OK;
}

/* ---- Bytes ---------------------------------------------------------------------------------------- */

void drivers_model_encode(analysis_run *run, const drivers_model *m, buf *out) {
  group_key_encode(run, &m->group, out);
  buf_put_varint(out, m->count);
  for (uint32_t i = 0; i < m->count; i++) {
    buf_put_varint(out, m->columns[i]);
  }
  for (uint32_t i = 0; i < drivers_params_count(m->count); i++) {
    buf_put_signed(out, m->params[i]);
  }
}

status drivers_model_decode(analysis_run *run, uint32_t columns, reader *r, drivers_model *m, error *err) {
  arena *a = json_arena(run_section(run));
  *m = (drivers_model){.group = group_key_decode(run, r)};
  m->count = (uint32_t)reader_count(r, columns);
  m->columns = ARENA_ARRAY(a, uint32_t, (size_t)m->count + 1);
  m->params = ARENA_ARRAY(a, int64_t, drivers_params_count(m->count));
  if (m->columns == NULL || m->params == NULL) {
    return error_no_memory(err, "drivers");
  }
  for (uint32_t i = 0; i < m->count; i++) {
    m->columns[i] = (uint32_t)reader_count(r, columns - 1);
    if (i > 0 && m->columns[i] <= m->columns[i - 1]) {
      reader_fail(r, "columns are not in order");
    }
  }
  for (uint32_t i = 0; i < drivers_params_count(m->count); i++) {
    m->params[i] = reader_signed(r);
  }
  return reader_status(r, "the state of a regression", err);
}
