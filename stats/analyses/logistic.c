/* logistic: what makes an event (churn, a recommendation) more or less likely?
 *
 * Stages: the keys of nominal predictors, where there are any; sums of squares and products, for what is
 * constant or determined by others, and for a start; then passes of LOGISTIC, all models in each, until the
 * last is found; on request then those that the ends of profile likelihood intervals need. */
#include <math.h>

#include "stats/analyses/logistic_profile.h"
#include "stats/analyses/logistic_report.h"
#include "stats/analyses/logistic_scores.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/analyses/weighting.h"

enum { MODELS_MAX = 500, SMALL_MAGNITUDE = 1 << 9 };

static const char *const interval_choices[] = {
    [LOGISTIC_WALD] = "wald", [LOGISTIC_PROFILE] = "profile", [LOGISTIC_INTERVALS] = NULL};

static const analysis_argument arguments[] = {
    {.name = "outcome",
     .type = ARGUMENT_VARIABLE,
     .required = true,
     .accepts = ACCEPT_CODED,
     .help = "a flag, a scale, or a nominal variable"},
    {.name = "event",
     .type = ARGUMENT_TEXTS,
     .help = "its values that are the event, also ranges (9..10) and labels; of a flag 1"},
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
    {.name = "cut",
     .type = ARGUMENT_NUMBER,
     .fallback = "0.5",
     .low = 0,
     .high = 1,
     .help = "the probability from which a row counts as predicted to have the event"},
    {.name = "interval",
     .type = ARGUMENT_CHOICE,
     .choices = interval_choices,
     .fallback = "wald",
     .help = "of odds ratios: wald, or profile likelihood, which takes some more passes"},
};

static status check(const plan *p, const plan_analysis *a, error *err) {
  const uint32_t outcome = request_argument(a, "outcome")->variables[0];
  const double cut = request_argument(a, "cut")->number;
  TRY(regressors_check_event(p, outcome, request_argument(a, "event"), err));
  if (!(cut > 0 && cut < 1)) {
    return error_set(err, STATUS_SPECIFICATION, "cut: %g is not between 0 and 1", cut);
  }
  return regressors_check(p, a, err);
}

/* ---- Stages --------------------------------------------------------------------------------------- */

typedef enum logistic_phase { PHASE_LEVELS = 1, PHASE_SUMS, PHASE_PASSES, PHASE_PROFILE } logistic_phase;

typedef struct regression {
  analysis_run *run;
  arena *memory;
  logistic_phase phase; /* what the results at hand are */
  regressors columns;
  logistic_model *models;
  uint32_t models_count;
  profile_ends ends; /* of intervals, in PHASE_PROFILE */
} regression;

/* Whether keys have to be known first: of predictors, or of an outcome whose values are not declared. */
static bool needs_levels(const analysis_run *run) {
  return regressors_have_levels(run) || regressors_event_is_open(run);
}

static status carry(const regression *g, logistic_phase next, error *err) {
  buf *out = run_carry(g->run);
  buf_put_u8(out, (uint8_t)next);
  if (next != PHASE_LEVELS) {
    regressors_encode(&g->columns, out);
  }
  if (next == PHASE_PASSES || next == PHASE_PROFILE) {
    buf_put_varint(out, g->models_count);
    for (uint32_t i = 0; i < g->models_count; i++) {
      logistic_model_encode(g->run, &g->models[i], out);
    }
  }
  if (next == PHASE_PROFILE) {
    profile_encode(g->models, &g->ends, out);
  }
  return buf_status(out, "the state of a regression", err);
}

static status read_models(regression *g, reader *r, error *err) {
  g->models_count = (uint32_t)reader_count(r, MODELS_MAX);
  g->models = ARENA_ARRAY(g->memory, logistic_model, (size_t)g->models_count + 1);
  if (g->models == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t i = 0; i < g->models_count; i++) {
    TRY(logistic_model_decode(g->run, g->columns.count, r, &g->models[i], err));
  }
  return STATUS_OK;
}

/* What the step before carried; in stage 0 nothing was, and there are no nominal predictors to wait for. */
static status open_regression(analysis_run *run, regression *g, error *err) {
  *g = (regression){.run = run, .memory = json_arena(run_section(run))};
  if (run_stage(run) == 0) {
    g->phase = needs_levels(run) ? PHASE_LEVELS : PHASE_SUMS;
    return g->phase == PHASE_SUMS ? regressors_read(run, 0, true, &g->columns, err) : STATUS_OK;
  }
  reader *r = run_carried(run);
  g->phase = (logistic_phase)reader_u8(r);
  if (g->phase < PHASE_SUMS || g->phase > PHASE_PROFILE) {
    reader_fail(r, "an unknown phase");
  }
  TRY(reader_status(r, "the state of a regression", err));
  TRY(regressors_decode(run, r, &g->columns, err));
  if (g->phase != PHASE_SUMS) {
    TRY(read_models(g, r, err));
  }
  if (g->phase == PHASE_PROFILE) {
    TRY(profile_decode(g->memory, r, g->models, g->models_count, &g->ends, err));
  }
  return reader_finish(r, "the state of a regression", err);
}

/* The outcome and the columns, as variables of the program being built. */
static status add_variables(const regression *g, uint32_t **out, error *err) {
  const uint32_t outcome = run_argument(g->run, "outcome")->variables[0];
  *out = ARENA_ARRAY(g->memory, uint32_t, 1 + (size_t)g->columns.count);
  if (*out == NULL) {
    return error_no_memory(err, "logistic");
  }
  TRY(regressors_add_event(g->run, outcome, run_argument(g->run, "event"), &(*out)[0], err));
  return regressors_add(g->run, &g->columns, *out + 1, err);
}

static status need_sums(const regression *g, error *err) {
  int64_t params[PRODUCTS_PARAMS] = {0};
  uint32_t *variables;
  TRY(add_variables(g, &variables, err));
  const program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                                 .variables = variables,
                                 .variables_count = 1 + g->columns.count,
                                 .params = params,
                                 .params_count = PRODUCTS_PARAMS};
  return groups_need(g->run, &a, PROGRAM_NONE, err);
}

static status begin(analysis_run *run, error *err) {
  regression g;
  if (needs_levels(run)) {
    TRY(regressors_need(run, err));
    return regressors_event_is_open(run) ? regressors_need_event(run, err) : STATUS_OK;
  }
  TRY(open_regression(run, &g, err));
  return need_sums(&g, err);
}

/* ---- Passes --------------------------------------------------------------------------------------- */

static bool is_small(const program *p, const uint32_t *variables, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (program_variable_bound(p, variables[i]) > SMALL_MAGNITUDE) {
      return false;
    }
  }
  return true;
}

static status need_pass(const regression *g, logistic_model *m, const uint32_t *variables, bool *possible,
                        error *err) {
  const uint32_t size = 1 + m->count;
  const double cut = run_argument(g->run, "cut")->number;
  uint32_t *own = ARENA_ARRAY(g->memory, uint32_t, size);
  int64_t *params = ARENA_ARRAY(g->memory, int64_t, 3 + 2 * (size_t)size);
  if (own == NULL || params == NULL) {
    return error_no_memory(err, "logistic");
  }
  own[0] = variables[0];
  for (uint32_t i = 0; i < m->count; i++) {
    own[i + 1] = variables[1 + m->columns[i]];
  }
  *possible = logistic_model_params(m, is_small(run_program(g->run), own, size),
                                    (int64_t)ldexp(log(cut / (1 - cut)), LOGISTIC_SCORE_BITS), params);
  if (!*possible) {
    return STATUS_OK;
  }
  program_accumulator a = {.kind = ACCUMULATOR_LOGISTIC,
                           .variables = own,
                           .variables_count = size,
                           .weight = run_weight(g->run),
                           .params = params,
                           .params_count = 3 + 2 * size};
  TRY(group_key_filter(g->run, &m->group, variables, 1 + g->columns.count, &a.filter, err));
  return run_need(g->run, &a, err);
}

/* One LOGISTIC for each model that still searches; what cannot be asked for is lost. */
static status need_passes(regression *g, error *err) {
  uint32_t *variables;
  TRY(add_variables(g, &variables, err));
  uint32_t kept = 0;
  for (uint32_t i = 0; i < g->models_count; i++) {
    bool possible = false;
    TRY(need_pass(g, &g->models[i], variables, &possible, err));
    if (possible) {
      g->models[kept++] = g->models[i];
      continue;
    }
    json *detail = run_detail(g->run);
    json_set(detail, "group", group_key_json(g->run, &g->models[i].group));
    run_warn(g->run, "logistic_lost", detail);
  }
  g->models_count = kept;
  return kept > 0 ? carry(g, PHASE_PASSES, err) : STATUS_OK;
}

/* One for each end that the stage has room for, as profile_batch counts them; an end so far out that it
 * cannot be asked for has no value. */
static status need_profile(regression *g, error *err) {
  uint32_t *variables;
  uint32_t asked = 0;
  uint64_t bytes = 0;
  bool full = false;
  TRY(add_variables(g, &variables, err));
  for (uint32_t i = 0; i < g->ends.count; i++) {
    profile_end *end = &g->ends.at[i];
    logistic_model m = profile_model(&g->models[end->model], end);
    bool possible = true;
    bytes += profile_bytes(&m);
    full = full || (asked > 0 && bytes > PROFILE_STAGE_BYTES);
    if (!full) {
      TRY(need_pass(g, &m, variables, &possible, err));
      asked += possible;
    }
    if (!possible) {
      bytes -= profile_bytes(&m);
      end->outcome = PROFILE_LOST;
    }
  }
  profile_fill(g->run, g->models, &g->columns, &g->ends);
  return g->ends.count > 0 ? carry(g, PHASE_PROFILE, err) : STATUS_OK;
}

/* ---- From the sums: which columns, which models ---------------------------------------------------- */

static void warn_group(const group_walk *w, const char *code, uint32_t item, int64_t n) {
  json *detail = run_detail(w->run);
  json_set_text(detail, "item", run_plan(w->run)->variables[item].name);
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "n", n);
  run_warn(w->run, code, detail);
}

/* The covariances of the columns that M has, in C's place, as those of mantissas. */
static void keep_columns(const products_state *s, covariance *c, const logistic_model *m) {
  const uint32_t width = c->count, size = 1 + m->count;
  for (uint32_t i = 0; i < size; i++) {
    const uint32_t row = i > 0 ? 1 + m->columns[i - 1] : 0;
    const double unit = (double)decimal_power10(s->decimals[row]);
    c->mean[i] = c->mean[row] * unit;
    for (uint32_t k = 0; k < size; k++) {
      const uint32_t at = k > 0 ? 1 + m->columns[k - 1] : 0;
      c->matrix[(size_t)i * size + k] =
          c->matrix[(size_t)row * width + at] * unit * (double)decimal_power10(s->decimals[at]);
    }
  }
  c->count = size;
}

static status start_model(regression *g, const group_walk *w, const products_state *s, covariance *c,
                          error *err) {
  const uint32_t outcome = run_argument(g->run, "outcome")->variables[0];
  const int64_t n = c->n[0];
  logistic_model m;
  run_warn_base(g->run, outcome, group_json(w), n);
  if (n > 0 && covariance_is_constant(c, 0)) {
    warn_group(w, "no_event_variation", outcome, n);
  }
  if (n < 2 || covariance_is_constant(c, 0)) {
    return STATUS_OK;
  }
  TRY(logistic_model_new(g->memory, g->columns.count, &m, err));
  TRY(regressors_choose(&g->columns, w, c->matrix, c->mean, m.columns, &m.count, err));
  if (n <= 1 + (int64_t)m.count || m.count == 0) {
    warn_group(w, "too_few_rows", outcome, n);
    return STATUS_OK;
  }
  if (g->models_count == MODELS_MAX) {
    return error_set(err, STATUS_LIMIT, "logistic: there are more than %d groups; choose fewer in \"by\"",
                     MODELS_MAX);
  }
  keep_columns(s, c, &m);
  m.group = group_key_of(w);
  TRY(logistic_model_start(g->memory, c, &m, err));
  g->models[g->models_count++] = m;
  return STATUS_OK;
}

static status start_models(regression *g, error *err) {
  g->models = ARENA_ARRAY(g->memory, logistic_model, MODELS_MAX);
  if (g->models == NULL) {
    return error_no_memory(err, "logistic");
  }
  covariance c;
  group_walk w = group_walk_begin(g->run, 0, false);
  while (group_walk_next(&w)) {
    const products_state *s = run_result(g->run, group_walk_result(&w));
    uint32_t first = 0;
    if (products_blocks(s, w.place, &first) == 0) {
      if (w.which == 0) {
        run_warn_base(g->run, run_argument(g->run, "outcome")->variables[0], group_json(&w), 0);
      }
      continue;
    }
    TRY(covariance_new(g->memory, 1 + g->columns.count, &c, err));
    TRY(covariance_fill(s, products_block(s, first), run_weighting(g->run), &c, err));
    TRY(start_model(g, &w, s, &c, err));
  }
  return STATUS_OK;
}

/* ---- Step ----------------------------------------------------------------------------------------- */

static void write_notes(const regression *g) {
  static const char *const errors[] = {[WEIGHTING_NONE] = "note_logistic",
                                       [WEIGHTING_SAMPLING] = "note_logistic_sampling",
                                       [WEIGHTING_FREQUENCY] = "note_logistic_frequency"};
  json *cut = run_detail(g->run);
  json_set_number(cut, "cut", run_argument(g->run, "cut")->number);
  regressors_note_event(g->run);
  run_note(g->run, "note_cut", cut);
  run_note(g->run, errors[run_weighting(g->run)], NULL);
  if (run_argument(g->run, "interval")->integer == LOGISTIC_PROFILE) {
    run_note(g->run, run_weighting(g->run) == WEIGHTING_SAMPLING ? "note_profile_sampling" : "note_profile",
             NULL);
  }
  run_note(g->run, "note_listwise", NULL);
  regressors_note(g->run, &g->columns);
}

static status start_profile(regression *g, const logistic_step *steps, error *err) {
  g->ends.at = ARENA_ARRAY(g->memory, profile_end, 2 * (size_t)g->models_count * g->columns.count + 1);
  if (g->ends.at == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t i = 0; i < g->models_count; i++) {
    if (g->models[i].outcome == LOGISTIC_FOUND) {
      TRY(profile_start(g->memory, &g->models[i], i, run_result(g->run, i), &steps[i],
                        run_request(g->run)->confidence, &g->ends, err));
    }
  }
  return g->ends.count > 0 ? need_profile(g, err) : STATUS_OK;
}

/* The tables are written model by model as searches end: rows are then in the order of ends, so all models
 * are kept until the last has ended. */
static status take_passes(regression *g, error *err) {
  bool searching = false;
  logistic_step *steps = ARENA_ARRAY(g->memory, logistic_step, (size_t)g->models_count + 1);
  if (steps == NULL) {
    return error_no_memory(err, "logistic");
  }
  for (uint32_t i = 0; i < g->models_count; i++) {
    logistic_model *m = &g->models[i];
    const logistic_state *s = run_result(g->run, i);
    TRY(logistic_step_make(g->memory, m, s, &steps[i], err));
    if (m->outcome == LOGISTIC_SEARCHING) {
      logistic_model_move(m, s, &steps[i]);
    }
    searching = searching || m->outcome == LOGISTIC_SEARCHING;
  }
  if (searching) {
    return need_passes(g, err);
  }
  const logistic_tables t = logistic_tables_open(g->run, &g->columns);
  for (uint32_t i = 0; i < g->models_count; i++) {
    TRY(logistic_report(&t, &g->models[i], run_result(g->run, i), &steps[i], err));
    if (g->models[i].group.breakdown == 0 && g->models[i].outcome == LOGISTIC_FOUND) {
      TRY(logistic_scores_give(g->run, &g->columns, &g->models[i], &steps[i], err));
    }
  }
  write_notes(g);
  return t.profiled ? start_profile(g, steps, err) : STATUS_OK;
}

static status take_profile(regression *g, error *err) {
  const uint32_t count = profile_batch(g->models, &g->ends);
  for (uint32_t i = 0; i < count; i++) {
    profile_end *end = &g->ends.at[i];
    TRY(profile_move(g->memory, &g->models[end->model], run_result(g->run, i), end, err));
  }
  profile_fill(g->run, g->models, &g->columns, &g->ends);
  return need_profile(g, err);
}

static status step(analysis_run *run, error *err) {
  regression g;
  TRY(open_regression(run, &g, err));
  switch (g.phase) {
    case PHASE_LEVELS:
      TRY(regressors_read(run, 0, true, &g.columns, err));
      if (regressors_event_is_open(run)) {
        regressors_warn_event(run, regressors_levels_count(run));
      }
      TRY(need_sums(&g, err));
      return carry(&g, PHASE_SUMS, err);
    case PHASE_SUMS:
      TRY(start_models(&g, err));
      if (g.models_count == 0) {
        (void)logistic_tables_open(run, &g.columns);
        write_notes(&g);
        return STATUS_OK;
      }
      return need_passes(&g, err);
    case PHASE_PROFILE:
      return take_profile(&g, err);
    case PHASE_PASSES:
      break;
  }
  return take_passes(&g, err);
}

static status ask_again(analysis_run *run, error *err) {
  regression g;
  TRY(open_regression(run, &g, err));
  return g.phase == PHASE_SUMS      ? need_sums(&g, err)
         : g.phase == PHASE_PROFILE ? need_profile(&g, err)
                                    : need_passes(&g, err);
}

static const term terms[] = {
#include "stats/analyses/logistic.terms"
};

const analysis_kind analysis_logistic = {
    .name = "logistic",
    .summary = "what makes an event more or less likely: odds ratios, fit, AUC",
    .about =
        "log(pi / (1 - pi)) = b0 + b1 x1 + .. by maximum likelihood, over the rows that answer the outcome\n"
        "and all predictors; a nominal predictor is an indicator for each value but the reference.\n"
        "Odds ratio exp(b) with the Wald interval exp(b -+ z SE), or on request that of the profile\n"
        "likelihood (R's confint); McFadden's and Nagelkerke's R2; the area\n"
        "under the ROC curve with DeLong's interval; right and wrong at the cut; calibration by tenths.\n"
        "\n"
        "Sampling weights: pseudo-likelihood with sandwich errors and t (svyglm); frequency weights: a row\n"
        "counts as often as its weight says.  What separates the outcome completely is named.",
    .example =
        "analyses:\n"
        "  - logistic:\n"
        "      outcome: churn\n"
        "      event: [\"yes\"]\n"
        "      predictors: [satisfaction, service, region]\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .scores = logistic_scores,
    .scores_count = LOGISTIC_SCORES,
    .presentation =
        {
            .chapter = CHAPTER_DRIVERS,
            .headlines = {{"logistic_coefficients", "odds_ratio"}},
            .drawings = {{"logistic_coefficients", DRAWING_FOREST, "odds_ratio", .is_common = true,
                          .is_ratio = true, .reference = 1}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
    .ask_again = ask_again,
};
