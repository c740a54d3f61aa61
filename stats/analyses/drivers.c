/* drivers: what goes with an outcome, by how much, and which of it matters most?
 *
 * Stages: the keys of nominal predictors, where there are any; sums of squares and products by random groups,
 * of which everything is made; and with sampling weights a third one, for the scatter of residuals at the
 * coefficients found, which asks for the same sums again. */
#include "stats/analyses/drivers_model.h"
#include "stats/analyses/drivers_report.h"
#include "stats/analyses/drivers_scores.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/linear.h"

#include <math.h>
#include <string.h>

enum { MODELS_MAX = 500 };
/* An eigenvalue of correlations below this is one that no answers have. */
#define INDEFINITE (-1e-9)

static const char *const missing_rules[] = {"listwise", "pairwise", NULL};
enum { MISSING_LISTWISE, MISSING_PAIRWISE };
static const char *const methods[] = {"automatic", "relative_weights", "lmg", "both", "none", NULL};
enum { IMPORTANCE_LMG = 2, IMPORTANCE_BOTH = 3 };

static const analysis_argument arguments[] = {
    {.name = "outcome",
     .type = ARGUMENT_VARIABLE,
     .required = true,
     .accepts = ACCEPT_NUMERIC,
     .help = "what is to be explained: a scale, a number, a flag, a construct"},
    {.name = "predictors",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC | ACCEPT_TEXT_CODED,
     .help = "what explains it; nominal ones value by value"},
    {.name = "reference",
     .type = ARGUMENT_TEXT_MAP,
     .accepts = ACCEPT_TEXT_CODED,
     .help = "values of nominal predictors that others are compared with, a list or as {region: north}; else "
             "each one's first"},
    {.name = "importance",
     .type = ARGUMENT_CHOICE,
     .choices = methods,
     .fallback = "automatic",
     .help = "automatic: both methods, relative weights alone beyond 12 predictors"},
    {.name = "missing",
     .type = ARGUMENT_CHOICE,
     .choices = missing_rules,
     .fallback = "listwise",
     .help = "pairwise: each correlation from the rows that answer both"},
    {.name = "intercept", .type = ARGUMENT_BOOLEAN, .fallback = "true", .help = "false: no constant"},
};

static status check(const plan *p, const plan_analysis *a, error *err) {
  const uint32_t predictors = request_argument(a, "predictors")->variables_count;
  const int64_t importance = request_argument(a, "importance")->integer;
  if ((importance == IMPORTANCE_LMG || importance == IMPORTANCE_BOTH) && predictors > IMPORTANCE_LMG_MAX) {
    return error_set(err, STATUS_SPECIFICATION,
                     "importance: LMG takes at most %d predictors, and there are %u; use "
                     "\"importance: relative_weights\", which has no limit and nearly the same shares",
                     IMPORTANCE_LMG_MAX, predictors);
  }
  if (request_argument(a, "missing")->integer == MISSING_PAIRWISE &&
      request_argument(a, "intercept")->integer == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "intercept: a regression without a constant is made of complete rows; leave out "
                     "\"missing: pairwise\"");
  }
  return regressors_check(p, a, err);
}

/* ---- Stages --------------------------------------------------------------------------------------- */

typedef enum drivers_phase { PHASE_LEVELS = 1, PHASE_SUMS, PHASE_SCATTER } drivers_phase;

typedef struct regression {
  analysis_run *run;
  arena *memory;
  drivers_phase phase; /* what the results at hand are */
  drivers_form form;
  regressors columns;
  drivers_model *models; /* PHASE_SCATTER */
  uint32_t models_count;
} regression;

static bool needs_scatter(const regression *g) {
  return g->form.weighting == WEIGHTING_SAMPLING && !g->form.pairwise;
}

static status carry(const regression *g, drivers_phase next, error *err) {
  buf *out = run_carry(g->run);
  buf_put_u8(out, (uint8_t)next);
  regressors_encode(&g->columns, out);
  if (next == PHASE_SCATTER) {
    buf_put_varint(out, g->models_count);
    for (uint32_t i = 0; i < g->models_count; i++) {
      drivers_model_encode(g->run, &g->models[i], out);
    }
  }
  return buf_status(out, "the state of a regression", err);
}

static status make_models(regression *g, error *err) {
  g->models = ARENA_ARRAY(g->memory, drivers_model, MODELS_MAX);
  return g->models != NULL ? STATUS_OK : error_no_memory(err, "drivers");
}

static status read_models(regression *g, reader *r, error *err) {
  TRY(make_models(g, err));
  g->models_count = (uint32_t)reader_count(r, MODELS_MAX);
  for (uint32_t i = 0; i < g->models_count; i++) {
    TRY(drivers_model_decode(g->run, g->columns.count, r, &g->models[i], err));
  }
  return STATUS_OK;
}

/* What the step before carried; in stage 0 nothing was, and there are no nominal predictors to wait for. */
static status open_regression(analysis_run *run, regression *g, error *err) {
  *g = (regression){.run = run,
                    .memory = json_arena(run_section(run)),
                    .form = {.intercept = run_argument(run, "intercept")->integer != 0,
                             .pairwise = run_argument(run, "missing")->integer == MISSING_PAIRWISE,
                             .weighting = run_weighting(run)}};
  if (run_stage(run) == 0) {
    g->phase = regressors_have_levels(run) ? PHASE_LEVELS : PHASE_SUMS;
    return g->phase == PHASE_SUMS ? regressors_read(run, 0, g->form.intercept, &g->columns, err) : STATUS_OK;
  }
  reader *r = run_carried(run);
  g->phase = (drivers_phase)reader_u8(r);
  if (g->phase != PHASE_SUMS && !(g->phase == PHASE_SCATTER && needs_scatter(g))) {
    reader_fail(r, "an unknown phase");
  }
  TRY(reader_status(r, "the state of a regression", err));
  TRY(regressors_decode(run, r, &g->columns, err));
  if (g->phase == PHASE_SCATTER) {
    TRY(read_models(g, r, err));
  }
  return reader_finish(r, "the state of a regression", err);
}

/* The outcome and the columns, as variables of the program being built. */
static status add_variables(const regression *g, uint32_t **out, error *err) {
  const uint32_t outcome = run_argument(g->run, "outcome")->variables[0];
  *out = ARENA_ARRAY(g->memory, uint32_t, 1 + (size_t)g->columns.count);
  if (*out == NULL) {
    return error_no_memory(err, "drivers");
  }
  TRY(run_variable(g->run, outcome, &(*out)[0], err));
  return regressors_add(g->run, &g->columns, *out + 1, err);
}

static status need_sums(const regression *g, error *err) {
  uint32_t *variables;
  TRY(add_variables(g, &variables, err));
  TRY(replicates_need_columns(g->run, variables, 1 + g->columns.count, g->form.pairwise, err));
  return replicates_need_notes(g->run, err);
}

/* Which of the results at hand is the first scatter. */
static uint32_t scatter_result(const regression *g) {
  const bool unit = run_plan(g->run)->replicates.unit != PROGRAM_NONE;
  return groups_count(g->run) + (unit ? 1 : 0);
}

static status need_scatter(const regression *g, error *err) {
  uint32_t *variables, *own = ARENA_ARRAY(g->memory, uint32_t, 1 + (size_t)g->columns.count);
  TRY(need_sums(g, err));
  TRY(add_variables(g, &variables, err));
  for (uint32_t i = 0; own != NULL && i < g->models_count; i++) {
    const drivers_model *m = &g->models[i];
    for (uint32_t k = 0; k < m->count; k++) {
      own[k] = variables[1 + m->columns[k]];
    }
    own[m->count] = variables[0];
    program_accumulator a = {.kind = ACCUMULATOR_SCATTER,
                             .variables = own,
                             .variables_count = m->count + 1,
                             .weight = run_weight(g->run),
                             .params = m->params,
                             .params_count = drivers_params_count(m->count)};
    TRY(group_key_filter(g->run, &m->group, variables, 1 + g->columns.count, &a.filter, err));
    TRY(run_need(g->run, &a, err));
  }
  return own != NULL ? STATUS_OK : error_no_memory(err, "drivers");
}

static status begin(analysis_run *run, error *err) {
  regression g;
  if (regressors_have_levels(run)) {
    return regressors_need(run, err);
  }
  TRY(open_regression(run, &g, err));
  return need_sums(&g, err);
}

/* ---- One group ------------------------------------------------------------------------------------ */

typedef struct group_fit {
  const products_state *s;
  uint64_t *total; /* a block: all rows */
  covariance c;
  drivers_fit fit;
  bool solved; /* the fit exists */
} group_fit;

static void warn_group(const group_walk *w, const char *code, int64_t n) {
  json *detail = run_detail(w->run);
  json_set_text(detail, "item",
                run_plan(w->run)->variables[run_argument(w->run, "outcome")->variables[0]].name);
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "n", n);
  run_warn(w->run, code, detail);
}

/* Whether pairs of rows of their own contradict each other, so that no answers have these correlations. */
static status find_indefinite(const regression *g, const group_walk *w, const covariance *c, bool *found,
                              error *err) {
  const uint32_t p = c->count;
  uint32_t *varying = ARENA_ARRAY(g->memory, uint32_t, p), count = 0;
  double *r = ARENA_ARRAY(g->memory, double, (size_t)p *p),
         *part = ARENA_ARRAY(g->memory, double, (size_t)p *p);
  double *values = ARENA_ARRAY(g->memory, double, p);
  if (varying == NULL || r == NULL || part == NULL || values == NULL) {
    return error_no_memory(err, "drivers");
  }
  covariance_correlations(c, CORRELATION_OF_PAIRS, r);
  for (uint32_t i = 0; i < p; i++) {
    if (c->matrix[(size_t)i * p + i] > 0) {
      varying[count++] = i;
    }
  }
  covariance_part(r, p, varying, count, part);
  *found = false;
  for (uint32_t i = 0; i < count * count; i++) {
    *found = *found || isnan(part[i]); /* a pair without common rows */
  }
  if (!*found) {
    TRY(linear_eigen(part, count, values, NULL, err));
    *found = values[count - 1] < INDEFINITE;
  }
  if (*found) {
    warn_group(w, "indefinite_correlations", c->n_min);
  }
  return STATUS_OK;
}

static status add_total(const regression *g, const group_walk *w, group_fit *f, uint32_t *blocks,
                        error *err) {
  uint32_t first = 0;
  *blocks = products_blocks(f->s, w->place, &first);
  f->total = ARENA_ARRAY(g->memory, uint64_t, (size_t)f->s->sums_count * f->s->limbs);
  if (f->total == NULL) {
    return error_no_memory(err, "drivers");
  }
  for (uint32_t i = 0; i < *blocks; i++) {
    products_add(f->s, f->total, products_block(f->s, first + i));
  }
  return STATUS_OK;
}

/* The columns that the group's regression has, and then the regression. */
static status choose_and_fit(const regression *g, const group_walk *w, const double *matrix, group_fit *f,
                             error *err) {
  bool indefinite = false;
  if (g->form.pairwise && f->c.n_min < 2) {
    regressors_warn_apart(&g->columns, w, &f->c);
    return STATUS_OK;
  }
  if (g->form.pairwise) {
    TRY(find_indefinite(g, w, &f->c, &indefinite, err));
  }
  if (indefinite) {
    return STATUS_OK;
  }
  TRY(regressors_choose(&g->columns, w, matrix, g->form.intercept ? f->c.mean : NULL, f->fit.columns,
                        &f->fit.count, err));
  const int64_t size = (int64_t)f->fit.count + (g->form.intercept ? 1 : 0);
  if (f->c.n_min <= size || f->fit.count == 0) {
    warn_group(w, "too_few_rows", f->c.n_min);
    return STATUS_OK;
  }
  TRY(drivers_fit_make(g->memory, f->s, f->total, &f->c, &f->fit, &f->solved, err));
  if (!f->solved) {
    warn_group(w, "indefinite_correlations", f->c.n_min);
  } else if (f->fit.df > 0 && !(f->fit.residual > 0)) {
    warn_group(w, "perfect_fit", f->c.n_min);
  }
  return STATUS_OK;
}

static status fit_group(const regression *g, const group_walk *w, group_fit *f, error *err) {
  const uint32_t outcome = run_argument(g->run, "outcome")->variables[0], width = 1 + g->columns.count;
  uint32_t blocks = 0;
  *f = (group_fit){.s = run_result(g->run, group_walk_result(w))};
  TRY(add_total(g, w, f, &blocks, err));
  if (blocks == 0) {
    if (w->which == 0) {
      run_warn_base(g->run, run_argument(g->run, "outcome")->variables[0], group_json(w), 0);
    }
    return STATUS_OK;
  }
  double *matrix = ARENA_ARRAY(g->memory, double, (size_t)width *width);
  if (matrix == NULL) {
    return error_no_memory(err, "drivers");
  }
  TRY(covariance_new(g->memory, width, &f->c, err));
  TRY(covariance_fill(f->s, f->total, g->form.weighting, &f->c, err));
  TRY(drivers_fit_new(g->memory, g->form, g->columns.count, &f->fit, err));
  drivers_matrix(f->s, f->total, g->form, &f->c, matrix);
  const int64_t n = f->c.n_min;
  run_warn_base(g->run, outcome, group_json(w), n);
  if (!(matrix[0] > 0)) {
    if (n > 0) {
      warn_group(w, n > 1 ? "constant_item" : "too_few_rows", n);
    }
    return STATUS_OK;
  }
  return choose_and_fit(g, w, matrix, f, err);
}

/* ---- Step ----------------------------------------------------------------------------------------- */

/* First pass of two: only what is needed to ask for the second. */
static status ask_scatter(regression *g, error *err) {
  group_fit f;
  TRY(make_models(g, err));
  group_walk w = group_walk_begin(g->run, 0, false);
  while (group_walk_next(&w)) {
    TRY(fit_group(g, &w, &f, err));
    if (!f.solved) {
      continue;
    }
    if (g->models_count == MODELS_MAX) {
      return error_set(err, STATUS_LIMIT, "drivers: there are more than %d groups; choose fewer in \"by\"",
                       MODELS_MAX);
    }
    TRY(drivers_model_make(g->memory, f.s, &f.fit, group_key_of(&w), &g->models[g->models_count++], err));
  }
  return STATUS_OK;
}

/* *OUT: size^2, or NULL where there is none. */
static status find_variance(const regression *g, const group_fit *f, uint32_t model, double **out,
                            error *err) {
  const drivers_fit *fit = &f->fit;
  const size_t square = (size_t)fit->size * fit->size;
  *out = NULL;
  if (g->form.pairwise) {
    return STATUS_OK;
  }
  *out = ARENA_ARRAY(g->memory, double, square);
  if (*out == NULL) {
    return error_no_memory(err, "drivers");
  }
  if (needs_scatter(g)) {
    if (model >= g->models_count) {
      return error_set(err, STATUS_DATA, "drivers: the passes over the data do not agree");
    }
    return drivers_sandwich(g->memory, f->s, fit, &g->models[model],
                            run_result(g->run, scatter_result(g) + model),
                            run_estimate_options(g->run).design_rows, *out, err);
  }
  for (size_t i = 0; i < square; i++) {
    (*out)[i] = fit->inverse[i] * fit->residual / fit->df;
  }
  return STATUS_OK;
}

static void write_notes(const regression *g, const drivers_importance *d, const replicates_told *told) {
  static const char *const errors[] = {[WEIGHTING_NONE] = "note_drivers",
                                       [WEIGHTING_SAMPLING] = "note_drivers_sampling",
                                       [WEIGHTING_FREQUENCY] = "note_drivers_frequency"};
  regressors_note_outcome(g->run);
  run_note(g->run, g->form.pairwise ? "note_drivers_pairwise" : errors[g->form.weighting], NULL);
  if (!g->form.pairwise) {
    run_note(g->run, "note_listwise", NULL);
  }
  if (!g->form.intercept) {
    run_note(g->run, "note_drivers_origin", NULL);
  }
  if (d->wanted[DRIVERS_RELATIVE_WEIGHTS] || d->wanted[DRIVERS_LMG]) {
    run_note(g->run, "note_drivers_importance", NULL);
    if (run_argument(g->run, "predictors")->variables_count <= DRIVERS_RANKED_MAX) {
      run_note(g->run, "note_drivers_ranks", NULL);
    }
  }
  if (d->wanted[DRIVERS_LMG] && run_argument(g->run, "predictors")->variables_count > DRIVERS_BOTH_MAX) {
    run_note(g->run, "note_drivers_lmg", NULL);
  }
  regressors_note(g->run, &g->columns);
  replicates_note(g->run, told, &d->replicated, groups_count(g->run));
}

static status report_group(const regression *g, const drivers_tables *t, const group_walk *w, group_fit *f,
                           uint32_t model, drivers_importance *d, replicates_told *told, error *err) {
  replicates_result r;
  double *variance;
  TRY(find_variance(g, f, model, &variance, err));
  TRY(drivers_importance_open(g->run, &g->columns, &f->fit, &f->c, d, err));
  TRY(replicates_of_group(w, g->memory, &d->replicated, &r, err));
  replicates_tell(told, &r);
  replicates_warn(w, &r, &d->replicated);
  return drivers_report(t, w, &f->fit, variance, d, &r, err);
}

static status report(const regression *g, error *err) {
  replicates_told told = {0};
  drivers_importance d = {0};
  drivers_importance_choose(g->run, &d);
  const drivers_tables t = drivers_tables_open(g->run, &g->columns, g->form, d.wanted);
  uint32_t model = 0;
  group_walk w = group_walk_begin(g->run, 0, false);
  while (group_walk_next(&w)) {
    group_fit f;
    TRY(fit_group(g, &w, &f, err));
    if (f.solved) {
      TRY(report_group(g, &t, &w, &f, model++, &d, &told, err));
    }
    if (f.solved && w.breakdown == NULL) {
      TRY(drivers_scores_give(g->run, &g->columns, &f.fit, &f.c, err));
    }
  }
  write_notes(g, &d, &told);
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  regression g;
  TRY(open_regression(run, &g, err));
  if (g.phase == PHASE_LEVELS) {
    TRY(regressors_read(run, 0, g.form.intercept, &g.columns, err));
    TRY(need_sums(&g, err));
    return carry(&g, PHASE_SUMS, err);
  }
  if (g.phase == PHASE_SUMS && needs_scatter(&g)) {
    TRY(ask_scatter(&g, err));
    if (g.models_count > 0) {
      TRY(need_scatter(&g, err));
      return carry(&g, PHASE_SCATTER, err);
    }
  }
  return report(&g, err);
}

static status ask_again(analysis_run *run, error *err) {
  regression g;
  TRY(open_regression(run, &g, err));
  return g.phase == PHASE_SUMS ? need_sums(&g, err) : need_scatter(&g, err);
}

static const term terms[] = {
#include "stats/analyses/drivers.terms"
};

const analysis_kind analysis_drivers = {
    .name = "drivers",
    .summary = "what goes with an outcome and how much of it: regression and importance",
    .about =
        "Linear regression over the rows that answer the outcome and all predictors; a nominal predictor is\n"
        "an indicator for each value but the reference.  b with errors and tests, beta, R2, F, VIF.\n"
        "Importance: how much of R2 each predictor has, by Johnson's relative weights and by LMG (Shapley),\n"
        "with the sign of beta, intervals from random groups of rows, and how certain the ranks are.\n"
        "\n"
        "Sampling weights: sandwich errors (svyglm); frequency weights: a row counts as often as its weight\n"
        "says.  What is constant or follows from other predictors is named and left out.",
    .example =
        "analyses:\n"
        "  - drivers:\n"
        "      outcome: satisfaction\n"
        "      predictors: [service, price, region]\n"
        "      by: segment\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .has_replicates = true,
    .scores = drivers_scores,
    .scores_count = DRIVERS_SCORES,
    .presentation =
        {
            .chapter = CHAPTER_DRIVERS,
            .headlines = {{"drivers_relative_weights", "share", {FIGURE_SCALE_FIXED, 0, 100}},
                          {"drivers_lmg", "share", {FIGURE_SCALE_FIXED, 0, 100}},
                          {"drivers_coefficients", "b"}},
            .drawings = {{"drivers_relative_weights", DRAWING_RANKS, "share", .left = "rank_best",
                          .right = "rank_worst"},
                         {"drivers_lmg", DRAWING_RANKS, "share", .left = "rank_best", .right = "rank_worst"},
                         {"drivers_coefficients", DRAWING_FOREST, "b", .is_common = true}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
    .ask_again = ask_again,
};
