/* Ends of profile likelihood intervals; see logistic_profile.h. */
#include "stats/analyses/logistic_profile.h"

#include <math.h>
#include <string.h>

#include "stats/accumulators/kmeans.h"
#include "stats/analyses/logistic_report.h"
#include "stats/methods/estimate.h"

/* Steps, in spreads: an end is there when below the first, and the step is taken too; none is longer than the
 * second. */
#define STEP_FOUND   0x1p-22
#define STEP_LONGEST 4.0
/* A point whose likelihood has fallen by more than this times what it should is too far out. */
#define TOO_DEEP 2.5

enum { ENDS_MAX = 200000 };

/* ---- Steps --------------------------------------------------------------------------------------------- */

static double length_of(const logistic_model *m, const double *step) {
  double longest = 0;
  for (uint32_t i = 0; i < m->count; i++) {
    longest = fmax(longest, fabs(step[i + 1]) * m->spread[i]);
  }
  return longest;
}

/* STEP, 1 + count: from a point whose likelihood, together with the rise that its maximum promises, is INSIDE
 * above the target. */
static void make_step(const logistic_model *m, const logistic_step *to_maximum, const profile_end *end,
                      double inside, double *step) {
  const uint32_t size = 1 + m->count, j = end->column + 1;
  const double *v = to_maximum->variance + (size_t)j * size;
  const double t = (end->upper ? 1 : -1) * sqrt(2 * inside / v[j]);
  step[0] = to_maximum->delta[0] + v[0] * t;
  for (uint32_t d = 1; d < size; d++) {
    step[d] = to_maximum->delta[d] + v[d] * t;
    step[0] -= v[d] * t * (double)m->centre[d - 1]; /* as logistic_step_make moves the constant */
  }
  const double length = length_of(m, step);
  for (uint32_t d = 0; d < size && length > STEP_LONGEST; d++) {
    step[d] *= STEP_LONGEST / length;
  }
}

static void take_step(const logistic_model *m, const double *step, profile_end *end) {
  for (uint32_t d = 0; d <= m->count; d++) {
    end->before[d] = end->beta[d];
    end->beta[d] += step[d];
  }
}

static void go_half_back(const logistic_model *m, profile_end *end) {
  for (uint32_t d = 0; d <= m->count; d++) {
    end->beta[d] = end->before[d] + (end->beta[d] - end->before[d]) / 2;
  }
}

static status start_end(arena *a, const logistic_model *m, const logistic_step *to_maximum, profile_end *end,
                        error *err) {
  double *step = ARENA_ARRAY(a, double, 1 + (size_t)m->count);
  end->beta = ARENA_ARRAY(a, double, 1 + (size_t)m->count);
  end->before = ARENA_ARRAY(a, double, 1 + (size_t)m->count);
  if (step == NULL || end->beta == NULL || end->before == NULL) {
    return error_no_memory(err, "logistic");
  }
  memcpy(end->beta, m->beta, (1 + (size_t)m->count) * sizeof *end->beta);
  make_step(m, to_maximum, end, end->depth + to_maximum->rise, step);
  take_step(m, step, end);
  return STATUS_OK;
}

status profile_start(arena *a, const logistic_model *model, uint32_t which, const logistic_state *s,
                     const logistic_step *step, double confidence, profile_ends *ends, error *err) {
  const double z = critical_z(confidence);
  const double unit = s->weighted ? (double)decimal_power10(s->weight_decimals) : 1;
  for (uint32_t i = 0; i < 2 * model->count; i++) {
    profile_end *end = &ends->at[ends->count++];
    *end = (profile_end){
        .model = which, .column = i / 2, .upper = i % 2 == 1, .depth = z * z / 2 * unit - step->rise};
    TRY(start_end(a, model, step, end, err));
  }
  return STATUS_OK;
}

logistic_model profile_model(const logistic_model *model, const profile_end *end) {
  logistic_model m = *model;
  m.beta = end->beta;
  m.detailed = false;
  return m;
}

/* How far the likelihood of S is above the target. */
static double above_target(const logistic_model *m, const logistic_state *s, const profile_end *end) {
  exact fallen = s->log_likelihood;
  exact_sub(&fallen, &m->likelihood);
  return ldexp(exact_to_double(&fallen), -LOGISTIC_ROW_BITS) + end->depth;
}

status profile_move(arena *a, const logistic_model *model, const logistic_state *s, profile_end *end,
                    error *err) {
  const logistic_model here = profile_model(model, end);
  const double above = above_target(model, s, end);
  logistic_step to_maximum;
  double *step = ARENA_ARRAY(a, double, 1 + (size_t)model->count);
  TRY(logistic_step_make(a, &here, s, &to_maximum, err));
  if (step == NULL) {
    return error_no_memory(err, "logistic");
  }
  end->passes++;
  if (end->passes >= PROFILE_PASSES_MAX) {
    end->outcome = PROFILE_LOST;
    return STATUS_OK;
  }
  const double inside = above + to_maximum.rise;
  if (!to_maximum.solved || above < -TOO_DEEP * end->depth || !(inside > 0)) {
    go_half_back(model, end);
    return STATUS_OK;
  }
  make_step(model, &to_maximum, end, inside, step);
  take_step(model, step, end);
  end->outcome = length_of(model, step) <= STEP_FOUND ? PROFILE_FOUND : PROFILE_SEARCHING;
  return STATUS_OK;
}

uint64_t profile_bytes(const logistic_model *model) {
  return (uint64_t)row_cells(1 + model->count) * sizeof(exact);
}

uint32_t profile_batch(const logistic_model *models, const profile_ends *ends) {
  uint64_t bytes = 0;
  uint32_t count = 0;
  for (; count < ends->count; count++) {
    bytes += profile_bytes(&models[ends->at[count].model]);
    if (count > 0 && bytes > PROFILE_STAGE_BYTES) {
      break;
    }
  }
  return count;
}

/* ---- Rows ---------------------------------------------------------------------------------------------- */

static void warn_end(analysis_run *run, const logistic_model *m, const regressors *columns,
                     const profile_end *end, const char *code) {
  const regressor *column = &columns->at[m->columns[end->column]];
  buf name;
  buf_init(&name);
  regressors_put_name(run, column, &name);
  json *detail = run_detail(run);
  json_set(detail, "columns",
           json_text(json_arena(run_section(run)), (slice){(const char *)name.data, name.length}));
  json_set(detail, "group", group_key_json(run, &m->group));
  run_warn(run, code, detail);
  buf_fini(&name);
}

static void fill_end(analysis_run *run, const logistic_model *m, const regressors *columns,
                     const profile_end *end) {
  const uint32_t column = m->columns[end->column];
  const size_t row = (size_t)end->model * columns->count + column;
  json *cells = (json *)json_at(run_rows(run, "logistic_coefficients"), row);
  const double b = end->beta[end->column + 1] * regressors_unit(run, &columns->at[column]);
  if (end->outcome == PROFILE_LOST) {
    warn_end(run, m, columns, end, "profile_lost");
  } else if (!isfinite(exp(b))) {
    warn_end(run, m, columns, end, "odds_overflow");
  } else if (json_kind_of(cells) == JSON_OBJECT) {
    json_set_number(cells, end->upper ? "ci_high" : "ci_low", exp(b));
  }
}

void profile_fill(analysis_run *run, const logistic_model *models, const regressors *columns,
                  profile_ends *ends) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < ends->count; i++) {
    if (ends->at[i].outcome == PROFILE_SEARCHING) {
      ends->at[kept++] = ends->at[i];
    } else {
      fill_end(run, &models[ends->at[i].model], columns, &ends->at[i]);
    }
  }
  ends->count = kept;
}

/* ---- Bytes --------------------------------------------------------------------------------------------- */

static void put_double(buf *out, double v) {
  buf_put_u64(out, (uint64_t)bits_of_double(v));
}

static double get_double(reader *r) {
  const double v = double_of_bits((int64_t)reader_u64(r));
  if (!isfinite(v)) {
    reader_fail(r, "a coefficient that is not a number");
  }
  return v;
}

void profile_encode(const logistic_model *models, const profile_ends *ends, buf *out) {
  buf_put_varint(out, ends->count);
  for (uint32_t i = 0; i < ends->count; i++) {
    const profile_end *end = &ends->at[i];
    buf_put_varint(out, end->model);
    buf_put_varint(out, end->column);
    buf_put_u8(out, end->upper);
    buf_put_varint(out, end->passes);
    put_double(out, end->depth);
    for (uint32_t d = 0; d <= models[end->model].count; d++) {
      put_double(out, end->beta[d]);
      put_double(out, end->before[d]);
    }
  }
}

static status get_end(arena *a, reader *r, const logistic_model *models, uint32_t models_count,
                      profile_end *end, error *err) {
  end->model = (uint32_t)reader_count(r, models_count - 1);
  TRY(reader_status(r, "the state of a regression", err));
  const logistic_model *m = &models[end->model];
  if (m->count == 0) {
    reader_fail(r, "an interval of no coefficient");
    return reader_status(r, "the state of a regression", err);
  }
  end->column = (uint32_t)reader_count(r, m->count - 1);
  end->upper = reader_flag(r);
  end->passes = (uint32_t)reader_count(r, PROFILE_PASSES_MAX);
  end->depth = get_double(r);
  end->beta = ARENA_ARRAY(a, double, 1 + (size_t)m->count);
  end->before = ARENA_ARRAY(a, double, 1 + (size_t)m->count);
  if (end->beta == NULL || end->before == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t d = 0; d <= m->count; d++) {
    end->beta[d] = get_double(r);
    end->before[d] = get_double(r);
  }
  return reader_status(r, "the state of a regression", err);
}

status profile_decode(arena *a, reader *r, const logistic_model *models, uint32_t models_count,
                      profile_ends *ends, error *err) {
  ends->count = (uint32_t)reader_count_of(r, ENDS_MAX, 3);
  TRY(reader_status(r, "the state of a regression", err));
  ends->at = ARENA_ARRAY(a, profile_end, (size_t)ends->count + 1);
  if (ends->at == NULL) {
    return error_no_memory(err, "logistic");
  }
  if (models_count == 0 && ends->count > 0) {
    reader_fail(r, "an interval of no model");
  }
  for (uint32_t i = 0; i < ends->count && r->problem == NULL; i++) {
    TRY(get_end(a, r, models, models_count, &ends->at[i], err));
  }
  return reader_status(r, "the state of a regression", err);
}
