#include "stats/analyses/logistic_model.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "stats/accumulators/kmeans.h"
#include "stats/methods/linear.h"
#include "stats/program/long_score.h"

/* Steps, in spreads: found when below the first, or when below the second and no shorter than half the one
 * before, which is then rounding; the pass after one below the third is detailed. */
#define STEP_FOUND    0x1p-38
#define STEP_ROUNDING 0x1p-20
#define STEP_NEAR     0x1p-18
#define STEP_GROWING  0x1p-5
/* What is left of a log likelihood when the columns tell every outcome: with each pass it more than halves.
 */
#define LIKELIHOOD_NOTHING 1e-3
/* Where a separated likelihood is told from one that takes long: each Newton step then moves the predictor by
 * about 1, and does so for ever. */
enum { PASSES_SEPARATED = 18, PASSES_SINGULAR = 5, MANTISSA_BITS = 53, HEAD_ROOM = 62 - MANTISSA_BITS };

status logistic_model_new(arena *a, uint32_t columns, logistic_model *m, error *err) {
  *m = (logistic_model){.columns = ARENA_ARRAY(a, uint32_t, (size_t)columns + 1),
                        .spread = ARENA_ARRAY(a, double, (size_t)columns + 1),
                        .centre = ARENA_ARRAY(a, int64_t, (size_t)columns + 1),
                        .beta = ARENA_ARRAY(a, double, (size_t)columns + 1),
                        .before = ARENA_ARRAY(a, double, (size_t)columns + 1),
                        .growing = ARENA_ARRAY(a, bool, (size_t)columns + 1)};
  return arena_failed(a) ? error_no_memory(err, "logistic") : STATUS_OK;
}

/* b = C_xx^-1 c_xy / (s (1 - R^2)) with s = p (1 - p): the discriminant's coefficients, from which the
 * maximum is a few steps away (Haggstrom 1983, J. Bus. Econ. Stat. 1:229-238). */
status logistic_model_start(arena *a, const covariance *c, logistic_model *m, error *err) {
  const uint32_t p = m->count, width = c->count;
  double *xx = ARENA_ARRAY(a, double, (size_t)p *p + 1), *slope = ARENA_ARRAY(a, double, (size_t)p + 1);
  if (xx == NULL || slope == NULL) {
    return error_no_memory(err, "logistic");
  }
  const double share = c->mean[0], spread = share * (1 - share);
  for (uint32_t i = 0; i < p; i++) {
    m->spread[i] = sqrt(c->matrix[(size_t)(i + 1) * width + i + 1]);
    m->centre[i] = elementary_quantised(c->mean[i + 1], 0);
    slope[i] = c->matrix[i + 1] / m->spread[i];
    for (uint32_t k = 0; k <= i; k++) {
      xx[(size_t)i * p + k] = xx[(size_t)k * p + i] =
          c->matrix[(size_t)(i + 1) * width + k + 1] / (m->spread[i] * m->spread[k]);
    }
  }
  const bool solved = p > 0 && linear_cholesky(xx, p, NULL);
  double explained = 0;
  if (solved) {
    linear_solve(xx, p, slope, 1);
  }
  for (uint32_t i = 0; solved && i < p; i++) {
    slope[i] /= m->spread[i];
    explained += slope[i] * c->matrix[i + 1];
  }
  explained /= c->matrix[0];
  m->beta[0] = log(share / (1 - share));
  for (uint32_t i = 0; solved && i < p && explained < 0.9; i++) {
    m->beta[i + 1] = slope[i] / (spread * (1 - explained));
    m->beta[0] -= m->beta[i + 1] * c->mean[i + 1];
  }
  return STATUS_OK;
}

/* ---- Parameters ----------------------------------------------------------------------------------- */

/* BETA = *COEFFICIENT * 2^(*SHIFT - q), to the last bit while the shift is not below 0. */
static bool split(double beta, int64_t *coefficient, int64_t *shift) {
  int exponent = 0;
  const double mantissa = frexp(beta, &exponent);
  int64_t whole = (int64_t)ldexp(mantissa, MANTISSA_BITS);
  int s = exponent - MANTISSA_BITS + LOGISTIC_UNITS_MAX;
  if (beta == 0 || s < -62) {
    whole = 0;
    s = 0;
  }
  if (s < 0) {
    whole = elementary_quantised(ldexp((double)whole, s), 0);
    s = 0;
  }
  if (s > SCORE_SHIFT_MAX + HEAD_ROOM) {
    return false;
  }
  if (s > SCORE_SHIFT_MAX) {
    whole *= INT64_C(1) << (s - SCORE_SHIFT_MAX);
    s = SCORE_SHIFT_MAX;
  }
  *coefficient = whole;
  *shift = s;
  return true;
}

bool logistic_model_params(logistic_model *m, bool small, int64_t cut, int64_t *params) {
  const uint32_t size = 1 + m->count;
  int64_t *shifts = params + 3, *coefficients = params + 3 + size;
  uint8_t narrow[1 + LOGISTIC_PREDICTORS_MAX];
  for (uint32_t d = 0; d < size; d++) {
    if (!(fabs(m->beta[d]) < 0x1p23)) {
      return false;
    }
    small = small && fabs(m->beta[d]) < 0x1p10;
  }
  params[0] = m->detailed;
  params[1] = small ? LOGISTIC_SCORE_BITS : LOGISTIC_UNITS_MAX;
  params[2] = cut;
  for (uint32_t d = 0; d < size; d++) {
    shifts[d] = 0;
    if (small) {
      coefficients[d] = elementary_quantised(m->beta[d], LOGISTIC_SCORE_BITS);
    } else if (!split(m->beta[d], &coefficients[d], &shifts[d])) {
      return false;
    }
    narrow[d] = (uint8_t)shifts[d];
    m->beta[d] = ldexp((double)coefficients[d], (int)(shifts[d] - params[1]));
  }
  return long_score_fits(coefficients, narrow, size - 1);
}

/* ---- One step ------------------------------------------------------------------------------------- */

/* *SUM -= centre * term */
static void move(exact *sum, const exact *term, int64_t centre) {
  exact_add_scaled(sum, term, -(i128)centre);
}

double logistic_centred_cell(const logistic_model *m, const exact *cells, uint32_t d, uint32_t k) {
  const int64_t of_d = d > 0 ? m->centre[d - 1] : 0, of_k = k > 0 ? m->centre[k - 1] : 0;
  exact sum = cells[row_cells(d) + k], rest = cells[row_cells(k)];
  move(&sum, &cells[row_cells(d)], of_k);
  move(&rest, &cells[0], of_k);
  move(&sum, &rest, of_d);
  return ldexp(exact_to_double(&sum), -LOGISTIC_ROW_BITS);
}

static double centred_gradient(const logistic_model *m, const logistic_state *s, uint32_t d) {
  exact sum = s->gradient[d];
  if (d > 0) {
    move(&sum, &s->gradient[0], m->centre[d - 1]);
  }
  return ldexp(exact_to_double(&sum), -LOGISTIC_ROW_BITS);
}

/* INFORMATION scaled to a diagonal of 1; SCALE: what it is divided by. */
static bool scale_information(const logistic_model *m, const logistic_state *s, double *information,
                              double *scale) {
  const uint32_t size = 1 + m->count;
  for (uint32_t d = 0; d < size; d++) {
    scale[d] = sqrt(logistic_centred_cell(m, s->information, d, d));
    if (!(scale[d] > 0)) {
      return false;
    }
  }
  for (uint32_t d = 0; d < size; d++) {
    for (uint32_t k = 0; k <= d; k++) {
      const double cell = logistic_centred_cell(m, s->information, d, k);
      information[(size_t)d * size + k] = information[(size_t)k * size + d] = cell / (scale[d] * scale[k]);
    }
  }
  return true;
}

status logistic_step_make(arena *a, const logistic_model *m, const logistic_state *s, logistic_step *out,
                          error *err) {
  const uint32_t size = 1 + m->count;
  double *scale = ARENA_ARRAY(a, double, size);
  *out = (logistic_step){.delta = ARENA_ARRAY(a, double, size),
                         .variance = ARENA_ARRAY(a, double, (size_t)size *size)};
  if (scale == NULL || out->delta == NULL || out->variance == NULL) {
    return error_no_memory(err, "logistic");
  }
  out->solved = scale_information(m, s, out->variance, scale) && linear_cholesky(out->variance, size, NULL);
  if (!out->solved) {
    out->size = INFINITY;
    return STATUS_OK;
  }
  double *gradient = ARENA_ARRAY(a, double, size);
  if (gradient == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t d = 0; d < size; d++) {
    out->delta[d] = gradient[d] = centred_gradient(m, s, d) / scale[d];
  }
  linear_solve(out->variance, size, out->delta, 1);
  for (uint32_t d = 0; d < size; d++) {
    out->rise += gradient[d] * out->delta[d] / 2;
  }
  linear_invert(out->variance, size);
  for (uint32_t d = 0; d < size; d++) {
    out->delta[d] /= scale[d];
    const double spreads = fabs(out->delta[d]) * (d > 0 ? m->spread[d - 1] : 0);
    out->size = spreads > out->size ? spreads : out->size;
    for (uint32_t k = 0; k < size; k++) {
      out->variance[(size_t)d * size + k] /= scale[d] * scale[k];
    }
  }
  for (uint32_t d = 1; d < size; d++) { /* the constant is one of columns that are not centred */
    out->delta[0] -= out->delta[d] * (double)m->centre[d - 1];
  }
  return STATUS_OK;
}

/* Whether the likelihood fell by more than rounding, one unit a row, can make it. */
static bool has_fallen(const logistic_model *m, const logistic_state *s) {
  exact rise = s->log_likelihood;
  exact_sub(&rise, &m->likelihood);
  if (s->weighted) {
    exact_add_i128(&rise, s->w);
  } else {
    exact_add_i128(&rise, s->n);
  }
  return m->has_likelihood && exact_sign(&rise) < 0;
}

/* A column of spread s lies at most s sqrt(n) from its mean. */
static bool find_growing(logistic_model *m, const logistic_state *s, const logistic_step *step) {
  bool any = false;
  for (uint32_t i = 0; i < m->count; i++) {
    m->growing[i] = fabs(step->delta[i + 1]) * m->spread[i] * sqrt((double)s->n) > STEP_GROWING;
    any = any || m->growing[i];
  }
  return any;
}

/* Whether nearly nothing is left to explain. */
static bool is_divided(const logistic_state *s) {
  const double weight = s->weighted ? (double)s->w / (double)s->n : 1;
  return ldexp(exact_to_double(&s->log_likelihood), -LOGISTIC_ROW_BITS) > -LIKELIHOOD_NOTHING * weight;
}

static void take_step(logistic_model *m, const logistic_step *step) {
  for (uint32_t d = 0; d <= m->count; d++) {
    m->before[d] = m->beta[d];
    m->beta[d] += step->delta[d];
  }
}

void logistic_model_move(logistic_model *m, const logistic_state *s, const logistic_step *step) {
  m->passes++;
  const bool grows = step->solved && find_growing(m, s, step);
  if (!step->solved || (m->passes >= PASSES_SEPARATED && grows)) {
    m->outcome = m->passes < PASSES_SINGULAR ? LOGISTIC_LOST
                 : is_divided(s)             ? LOGISTIC_DIVIDED
                                             : LOGISTIC_SEPARATED;
    return;
  }
  const bool is_rounding = step->size <= STEP_ROUNDING && step->size >= m->last_size / 2;
  m->last_size = step->size;
  if ((step->size <= STEP_FOUND || is_rounding) && m->detailed) {
    m->likelihood = s->log_likelihood;
    m->outcome = LOGISTIC_FOUND;
    return;
  }
  if (m->passes >= LOGISTIC_PASSES_MAX) {
    m->outcome = LOGISTIC_LOST;
    return;
  }
  if (has_fallen(m, s)) {
    for (uint32_t d = 0; d <= m->count; d++) {
      m->beta[d] = m->before[d] + (m->beta[d] - m->before[d]) / 2;
    }
    return;
  }
  m->likelihood = s->log_likelihood;
  m->has_likelihood = true;
  m->detailed = step->size <= STEP_NEAR || m->passes >= PASSES_SEPARATED - 2;
  take_step(m, step);
}

/* ---- Bytes ---------------------------------------------------------------------------------------- */

static void put_double(buf *out, double v) {
  buf_put_u64(out, (uint64_t)bits_of_double(v));
}

/* A number that figures can be made of. */
static double get_double(reader *r) {
  const double v = double_of_bits((int64_t)reader_u64(r));
  if (!isfinite(v)) {
    reader_fail(r, "a coefficient that is not a number");
  }
  return v;
}

void logistic_model_encode(analysis_run *run, const logistic_model *m, buf *out) {
  group_key_encode(run, &m->group, out);
  buf_put_varint(out, m->count);
  for (uint32_t i = 0; i < m->count; i++) {
    buf_put_varint(out, m->columns[i]);
    put_double(out, m->spread[i]);
    buf_put_signed(out, m->centre[i]);
    buf_put_u8(out, m->growing[i]);
  }
  for (uint32_t d = 0; d <= m->count; d++) {
    put_double(out, m->beta[d]);
    put_double(out, m->before[d]);
  }
  put_double(out, m->last_size);
  buf_put_u8(out, m->has_likelihood);
  buf_put_exact(out, &m->likelihood);
  buf_put_varint(out, m->passes);
  buf_put_u8(out, m->detailed);
  buf_put_u8(out, (uint8_t)m->outcome);
}

status logistic_model_decode(analysis_run *run, uint32_t columns, reader *r, logistic_model *m, error *err) {
  const group_key group = group_key_decode(run, r);
  const uint32_t count = (uint32_t)reader_count(r, columns);
  TRY(logistic_model_new(json_arena(run_section(run)), count, m, err));
  m->group = group;
  m->count = count;
  for (uint32_t i = 0; i < count; i++) {
    m->columns[i] = (uint32_t)reader_count(r, columns - 1);
    if (i > 0 && m->columns[i] <= m->columns[i - 1]) {
      reader_fail(r, "columns are not in order");
    }
    m->spread[i] = get_double(r);
    m->centre[i] = reader_signed(r);
    if (m->centre[i] < -NUMBER_MAX || m->centre[i] > NUMBER_MAX) {
      reader_fail(r, "a centre that no column has");
    }
    m->growing[i] = reader_flag(r);
  }
  for (uint32_t d = 0; d <= count; d++) {
    m->beta[d] = get_double(r);
    m->before[d] = get_double(r);
  }
  m->last_size = get_double(r);
  m->has_likelihood = reader_flag(r);
  reader_exact(r, &m->likelihood);
  m->passes = (uint32_t)reader_count(r, LOGISTIC_PASSES_MAX);
  m->detailed = reader_flag(r);
  m->outcome = (logistic_outcome)reader_count(r, LOGISTIC_LOST);
  return reader_status(r, "the state of a regression", err);
}
