/* Figures of a logistic regression, from the last pass and the step that it leaves to take. */
#define MATHLIB_STANDALONE 1
#include "stats/analyses/logistic_report.h"

#include <Rmath.h>
#include <math.h>

#include "base/elementary.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/shares.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/linear.h"
#include "stats/methods/ranking_curve.h"

enum { EVENTS_EACH = 10 };
/* A constant of a separated model that still moves by more has no limit either. */
#define CONSTANT_GROWING 0x1p-5

logistic_tables logistic_tables_open(analysis_run *run, const regressors *columns) {
  const weighting w = run_weighting(run);
  logistic_tables t = {
      .run = run,
      .columns = columns,
      .weighting = w,
      .options = run_estimate_options(run),
      .profiled = run_argument(run, "interval")->integer == LOGISTIC_PROFILE && w != WEIGHTING_SAMPLING};
  const bool sampling = w == WEIGHTING_SAMPLING;
  t.coefficients = table_new(run, "logistic_coefficients",
                             sampling ? "item value group n b se t df p odds_ratio ci_low ci_high"
                                      : "item value group n b se z p odds_ratio ci_low ci_high");
  t.constants = table_new(run, "logistic_constants", sampling ? "group n b se t df p" : "group n b se z p");
  t.predictors =
      table_new(run, "logistic_predictors", sampling ? "item group n f df df2 p" : "item group n chi2 df p");
  t.fit = table_new(
      run, "logistic_fit",
      w == WEIGHTING_NONE
          ? "group n events event_share log_likelihood null_log_likelihood chi2 df p mcfadden nagelkerke"
          : "group n weighted_n events weighted_events event_share log_likelihood null_log_likelihood "
            "mcfadden "
            "nagelkerke");
  t.classification = table_new(run, "logistic_classification",
                               "group n true_positive false_positive true_negative false_negative accuracy "
                               "sensitivity specificity precision");
  t.curve = table_new(run, "logistic_auc", "group n auc se ci_low ci_high");
  t.calibration = table_new(run, "logistic_calibration", "group tenth n predicted observed ci_low ci_high");
  return t;
}

void logistic_start_row(const logistic_tables *t, const logistic_model *m, const logistic_state *s,
                        table *into) {
  table_row(into);
  table_json(into, "group", group_key_json(t->run, &m->group));
  table_integer(into, "n", s->n);
}

/* ---- Coefficients --------------------------------------------------------------------------------- */

/* What every coefficient of a model needs. */
typedef struct estimates {
  const logistic_tables *t;
  const logistic_model *m;
  const logistic_state *s;
  const logistic_step *step;
  double *b;        /* 1 + count, of answers and not of mantissas */
  double *variance; /* (1 + count)^2, of these; NULL: there is none */
  double df;        /* of t and F; infinite where they are z and chi-square */
} estimates;

static double unit_of(const estimates *e, uint32_t column) {
  return regressors_unit(e->t->run, &e->t->columns->at[e->m->columns[column]]);
}

/* V S V, with S the scatter of the weighted scores: R's svyglm. */
static void make_sandwich(const estimates *e, const logistic_step *step, arena *a) {
  const uint32_t size = 1 + e->m->count;
  const double rows = (double)e->t->options.design_rows;
  double *half = ARENA_ARRAY(a, double, (size_t)size *size);
  for (uint32_t i = 0; half != NULL && i < size; i++) {
    for (uint32_t k = 0; k < size; k++) {
      for (uint32_t j = 0; j < size; j++) {
        half[(size_t)i * size + k] +=
            step->variance[(size_t)i * size + j] *
            logistic_centred_cell(e->m, e->s->scatter, j >= k ? j : k, j >= k ? k : j);
      }
    }
  }
  for (uint32_t i = 0; half != NULL && i < size; i++) {
    for (uint32_t k = 0; k < size; k++) {
      double sum = 0;
      for (uint32_t j = 0; j < size; j++) {
        sum += half[(size_t)i * size + j] * step->variance[(size_t)j * size + k];
      }
      e->variance[(size_t)i * size + k] = sum * rows / (rows - 1);
    }
  }
}

/* The variance of the constant of columns that are not centred. */
static void move_constant(const estimates *e) {
  const uint32_t size = 1 + e->m->count;
  double *v = e->variance;
  for (uint32_t d = 1; d < size; d++) {
    const double of_d = (double)e->m->centre[d - 1];
    v[0] -= 2 * of_d * v[d];
    for (uint32_t k = 1; k < size; k++) {
      v[0] += of_d * (double)e->m->centre[k - 1] * v[(size_t)d * size + k];
    }
  }
}

static status make_estimates(const logistic_tables *t, const logistic_model *m, const logistic_state *s,
                             const logistic_step *step, estimates *e, error *err) {
  arena *a = json_arena(run_section(t->run));
  const uint32_t size = 1 + m->count;
  *e = (estimates){.t = t, .m = m, .s = s, .step = step, .df = INFINITY};
  e->b = ARENA_ARRAY(a, double, size);
  e->variance = step->solved ? ARENA_ARRAY(a, double, (size_t)size *size) : NULL;
  if (e->b == NULL || (e->variance == NULL && step->solved)) {
    return error_no_memory(err, "logistic");
  }
  const double weights = (double)decimal_power10(s->weight_decimals);
  if (t->weighting == WEIGHTING_SAMPLING) {
    e->df = (double)s->n - size;
    if (e->variance != NULL && s->scatter != NULL) {
      make_sandwich(e, step, a);
    }
  }
  for (uint32_t i = 0; e->variance != NULL && t->weighting != WEIGHTING_SAMPLING && i < size * size; i++) {
    e->variance[i] = step->variance[i] * weights;
  }
  if (e->variance != NULL) {
    move_constant(e);
  }
  for (uint32_t i = 0; i < size; i++) {
    const double unit = i > 0 ? unit_of(e, i - 1) : 1;
    e->b[i] = (m->beta[i] + (step->solved && m->outcome == LOGISTIC_FOUND ? step->delta[i] : 0)) * unit;
    for (uint32_t k = 0; e->variance != NULL && k < size; k++) {
      e->variance[(size_t)i * size + k] *= unit * (k > 0 ? unit_of(e, k - 1) : 1);
    }
  }
  return arena_failed(a) ? error_no_memory(err, "logistic") : STATUS_OK;
}

/* Whether coefficient I has a finite maximum. */
static bool is_finite(const estimates *e, uint32_t i) {
  const bool grows = i > 0 ? e->m->growing[i - 1] : fabs(e->step->delta[0]) > CONSTANT_GROWING;
  return e->m->outcome == LOGISTIC_FOUND ||
         (e->m->outcome == LOGISTIC_SEPARATED && e->step->solved && !grows);
}

static void warn_column(const estimates *e, const char *code, uint32_t i) {
  buf name;
  buf_init(&name);
  regressors_put_name(e->t->run, &e->t->columns->at[e->m->columns[i]], &name);
  json *detail = run_detail(e->t->run);
  json_set(detail, "columns",
           json_text(json_arena(run_section(e->t->run)), (slice){(const char *)name.data, name.length}));
  json_set(detail, "group", group_key_json(e->t->run, &e->m->group));
  run_warn(e->t->run, code, detail);
  buf_fini(&name);
}

static void write_coefficient(const estimates *e, uint32_t i, table *into) {
  if (!is_finite(e, i)) {
    return;
  }
  const size_t size = 1 + (size_t)e->m->count;
  const double b = e->b[i];
  const bool sampling = e->t->weighting == WEIGHTING_SAMPLING;
  const double se = e->variance != NULL && e->df > 0 ? sqrt(e->variance[i * size + i]) : NAN;
  const double confidence = e->t->options.confidence;
  table_number(into, "b", b);
  table_number(into, "se", se);
  if (sampling) {
    table_number(into, "t", b / se);
    table_number(into, "df", e->df);
  } else {
    table_number(into, "z", b / se);
  }
  const double away = fabs(b / se);
  table_number(into, "p",
               isnan(away) ? NAN
               : sampling  ? 2 * pt(away, e->df, 0, 0)
                           : 2 * pnorm(away, 0, 1, 0, 0));
  const double reach = isnan(se) || e->t->profiled
                           ? NAN
                           : se * (sampling ? critical_t(confidence, e->df) : critical_z(confidence));
  if (i > 0) {
    table_number(into, "odds_ratio", exp(b));
    table_number(into, "ci_low", exp(b - reach));
    table_number(into, "ci_high", exp(b + reach));
  }
  if (i > 0 && (isinf(exp(b)) || isinf(exp(b + reach)))) {
    warn_column(e, "odds_overflow", i - 1);
  }
}

/* Whether the model has column COLUMN of the regression: at place *AT. */
static bool has_column(const logistic_model *m, uint32_t column, uint32_t *at) {
  for (*at = 0; *at < m->count && m->columns[*at] != column; ++*at) {
  }
  return *at < m->count;
}

static void write_coefficients(const estimates *e) {
  const logistic_tables *t = e->t;
  for (uint32_t column = 0; column < t->columns->count; column++) {
    uint32_t at = 0;
    logistic_start_row(t, e->m, e->s, t->coefficients);
    regressors_name(t->columns, column, t->coefficients);
    if (has_column(e->m, column, &at)) {
      write_coefficient(e, at + 1, t->coefficients);
    }
  }
  logistic_start_row(t, e->m, e->s, t->constants);
  write_coefficient(e, 0, t->constants);
}

/* b' V^-1 b over the columns of one predictor, all of which are finite; NaN otherwise. */
static status wald_of(const estimates *e, uint32_t predictor, uint32_t *df, double *chi2, error *err) {
  arena *a = json_arena(run_section(e->t->run));
  const uint32_t count = e->m->count, size = 1 + count;
  double *part = ARENA_ARRAY(a, double, (size_t)count *count + 1),
         *b = ARENA_ARRAY(a, double, (size_t)count + 1);
  double *solved = ARENA_ARRAY(a, double, (size_t)count + 1);
  uint32_t *places = ARENA_ARRAY(a, uint32_t, (size_t)count + 1);
  if (part == NULL || b == NULL || solved == NULL || places == NULL) {
    return error_no_memory(err, "logistic");
  }
  uint32_t n = 0;
  bool finite = e->variance != NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (e->t->columns->at[e->m->columns[i]].predictor == predictor) {
      finite = finite && is_finite(e, i + 1);
      places[n++] = i + 1;
    }
  }
  for (uint32_t i = 0; finite && i < n; i++) {
    b[i] = solved[i] = e->b[places[i]];
    for (uint32_t k = 0; k < n; k++) {
      part[(size_t)i * n + k] = e->variance[(size_t)places[i] * size + places[k]];
    }
  }
  *df = n;
  *chi2 = NAN;
  if (finite && n > 0 && linear_cholesky(part, n, NULL)) {
    linear_solve(part, n, solved, 1);
    *chi2 = 0;
    for (uint32_t i = 0; i < n; i++) {
      *chi2 += b[i] * solved[i];
    }
  }
  return STATUS_OK;
}

static status write_predictors(const estimates *e, error *err) {
  const argument_value *predictors = run_argument(e->t->run, "predictors");
  for (uint32_t i = 0; i < predictors->variables_count; i++) {
    table *into = e->t->predictors;
    uint32_t df = 0;
    double chi2 = NAN;
    TRY(wald_of(e, i, &df, &chi2, err));
    logistic_start_row(e->t, e->m, e->s, into);
    table_item(into, "item", predictors->variables[i]);
    table_integer(into, "df", df);
    if (e->t->weighting == WEIGHTING_SAMPLING) {
      const bool has = !isnan(chi2) && e->df > 0;
      table_number(into, "f", chi2 / df);
      table_number(into, "df2", e->df);
      table_number(into, "p", has ? pf(chi2 / df, df, e->df, 0, 0) : NAN);
    } else {
      table_number(into, "chi2", chi2);
      table_number(into, "p", isnan(chi2) ? NAN : pchisq(chi2, df, 0, 0));
    }
  }
  return STATUS_OK;
}

/* ---- The fit -------------------------------------------------------------------------------------- */

static double times_log(double part, double whole) {
  return part > 0 ? part * log(part / whole) : 0;
}

static void write_fit(const estimates *e) {
  const logistic_state *s = e->s;
  table *into = e->t->fit;
  const double unit = (double)decimal_power10(s->weight_decimals);
  const double whole = s->weighted ? (double)s->w / unit : (double)s->n;
  const double events = s->weighted ? (double)s->w_events / unit : (double)s->events;
  const double likelihood = ldexp(exact_to_double(&s->log_likelihood), -LOGISTIC_ROW_BITS) / unit;
  const double none = times_log(events, whole) + times_log(whole - events, whole);
  logistic_start_row(e->t, e->m, s, into);
  table_integer(into, "events", s->events);
  table_number(into, "event_share", 100 * events / whole);
  table_number(into, "log_likelihood", likelihood);
  table_number(into, "null_log_likelihood", none);
  table_number(into, "mcfadden", 1 - likelihood / none);
  table_number(into, "nagelkerke", -expm1(2 * (none - likelihood) / whole) / -expm1(2 * none / whole));
  if (e->t->weighting == WEIGHTING_NONE) {
    const double chi2 = 2 * (likelihood - none);
    table_number(into, "chi2", chi2);
    table_integer(into, "df", e->m->count);
    table_number(into, "p", e->m->count > 0 ? pchisq(chi2, e->m->count, 0, 0) : NAN);
  } else {
    table_number(into, "weighted_n", whole);
    table_number(into, "weighted_events", events);
  }
}

static status curve_of(const logistic_tables *t, const logistic_state *s, ranking_curve *out, error *err) {
  ranked_score *scores =
      ARENA_ARRAY(json_arena(run_section(t->run)), ranked_score, (size_t)s->predicted_count + 1);
  if (scores == NULL) {
    return error_no_memory(err, "logistic");
  }
  const double unit = (double)decimal_power10(s->weight_decimals);
  for (uint32_t i = 0; i < s->predicted_count; i++) {
    for (int y = 0; y < 2; y++) {
      const exact w2 = exact_from_u192(&s->predicted[i].w2[y]);
      scores[i].n[y] = (double)s->predicted[i].n[y];
      scores[i].w[y] = logistic_weight(s, &s->predicted[i], y);
      scores[i].w2[y] = s->weighted ? exact_to_double(&w2) / (unit * unit) : scores[i].n[y];
    }
  }
  *out = ranking_curve_of(scores, s->predicted_count, t->weighting == WEIGHTING_SAMPLING);
  return STATUS_OK;
}

static double clip(double v) {
  return v < 0 ? 0 : v > 1 ? 1 : v;
}

static void write_classification(const estimates *e) {
  const logistic_state *s = e->s;
  table *into = e->t->classification;
  i128 right[2], all[2];
  for (int y = 0; y < 2; y++) {
    right[y] = s->weighted ? s->right_w[y] : s->right_n[y];
  }
  all[1] = s->weighted ? s->w_events : s->events;
  all[0] = (s->weighted ? s->w : s->n) - all[1];
  const unsigned decimals = s->weighted ? s->weight_decimals : 0;
  logistic_start_row(e->t, e->m, s, into);
  table_i128(into, "true_positive", right[1], decimals);
  table_i128(into, "false_negative", all[1] - right[1], decimals);
  table_i128(into, "true_negative", right[0], decimals);
  table_i128(into, "false_positive", all[0] - right[0], decimals);
  table_number(into, "accuracy", percent_of(right[0] + right[1], all[0] + all[1]));
  table_number(into, "sensitivity", percent_of(right[1], all[1]));
  table_number(into, "specificity", percent_of(right[0], all[0]));
  table_number(into, "precision", percent_of(right[1], right[1] + all[0] - right[0]));
}

static status write_curve(const estimates *e, error *err) {
  const logistic_state *s = e->s;
  table *into = e->t->curve;
  ranking_curve curve;
  TRY(curve_of(e->t, s, &curve, err));
  logistic_start_row(e->t, e->m, s, into);
  const double reach = critical_z(e->t->options.confidence) * curve.se;
  table_number(into, "auc", curve.area);
  table_number(into, "se", curve.se);
  table_number(into, "ci_low", isnan(reach) ? NAN : clip(curve.area - reach));
  table_number(into, "ci_high", isnan(reach) ? NAN : clip(curve.area + reach));
  if (s->coarse) {
    json *detail = run_detail(e->t->run);
    json_set(detail, "group", group_key_json(e->t->run, &e->m->group));
    json_set_number(detail, "error", curve.ties);
    run_note(e->t->run, "note_logistic_coarse", detail);
  }
  return STATUS_OK;
}

/* ---- All ------------------------------------------------------------------------------------------ */

static void put_column(const estimates *e, uint32_t i, buf *names) {
  buf_printf(names, "%s", names->length > 0 ? ", " : "");
  regressors_put_name(e->t->run, &e->t->columns->at[e->m->columns[i]], names);
}

/* Names the columns whose coefficients have no finite maximum. */
static void warn_separated(const estimates *e) {
  buf names;
  buf_init(&names);
  for (uint32_t i = 0; i < e->m->count; i++) {
    if (e->m->growing[i]) {
      put_column(e, i, &names);
    }
  }
  json *detail = run_detail(e->t->run);
  json_set(detail, "columns",
           json_text(json_arena(run_section(e->t->run)), (slice){(const char *)names.data, names.length}));
  json_set(detail, "group", group_key_json(e->t->run, &e->m->group));
  run_warn(e->t->run, e->m->outcome == LOGISTIC_DIVIDED ? "separated_whole" : "separated", detail);
  buf_fini(&names);
}

/* Peduzzi et al. 1996 (J. Clin. Epidemiol. 49:1373-1379). */
static void warn_few_events(const estimates *e) {
  const logistic_state *s = e->s;
  const int64_t fewer = s->events < s->n - s->events ? s->events : s->n - s->events;
  if (fewer < EVENTS_EACH * (int64_t)e->m->count) {
    json *detail = run_detail(e->t->run);
    json_set_integer(detail, "n", fewer);
    json_set_integer(detail, "columns", e->m->count);
    json_set(detail, "group", group_key_json(e->t->run, &e->m->group));
    run_warn(e->t->run, "few_events", detail);
  }
}

status logistic_report(const logistic_tables *t, const logistic_model *m, const logistic_state *s,
                       const logistic_step *step, error *err) {
  estimates e;
  TRY(make_estimates(t, m, s, step, &e, err));
  write_coefficients(&e);
  TRY(write_predictors(&e, err));
  write_fit(&e);
  if (s->detailed) {
    write_classification(&e);
    TRY(write_curve(&e, err));
    logistic_calibration_write(t, m, s);
  }
  warn_few_events(&e);
  if (m->outcome == LOGISTIC_SEPARATED || m->outcome == LOGISTIC_DIVIDED) {
    warn_separated(&e);
  }
  if (t->profiled && m->outcome == LOGISTIC_SEPARATED) {
    json *detail = run_detail(t->run);
    json_set(detail, "group", group_key_json(t->run, &m->group));
    run_warn(t->run, "profile_none", detail);
  }
  if (m->outcome == LOGISTIC_LOST) {
    json *detail = run_detail(t->run);
    json_set(detail, "group", group_key_json(t->run, &m->group));
    run_warn(t->run, "logistic_lost", detail);
  }
  return STATUS_OK;
}
