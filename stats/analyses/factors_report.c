/* The tables of factors, and its notes. */
#include "stats/analyses/factors_report.h"

#include <math.h>

#include "stats/analyses/levels.h"

/* What was found by steps is shown to a digit that one step more would not change. */
#define STABLE 1e12

static void put(table *t, const char *column, double v) {
  table_number(t, column, rint(v * STABLE) / STABLE + 0.0);
}

/* ---- Which tables ---------------------------------------------------------------------------------- */

static const char *summary_columns(const factors_form *f) {
  static const char *const columns[2][2] = {
      {"group items n kmo bartlett bartlett_df bartlett_p parallel_components parallel_common kaiser factors",
       "group items n weighted_n kmo bartlett bartlett_df bartlett_p parallel_components parallel_common "
       "kaiser factors"},
      {"group items n n_most kmo bartlett bartlett_df bartlett_p parallel_components parallel_common kaiser "
       "factors",
       "group items n n_most weighted_n kmo bartlett bartlett_df bartlett_p parallel_components "
       "parallel_common kaiser factors"}};
  return columns[f->pairwise][f->weighting != WEIGHTING_NONE];
}

static bool has_constructs(const factors_report *f) {
  for (uint32_t i = 0; i < f->items.count; i++) {
    if (f->items.construct[i] != PROGRAM_NONE) {
      return true;
    }
  }
  return false;
}

void factors_report_open(factors_report *f) {
  factors_tables *t = &f->tables;
  const bool likelihood = f->form->extraction == EXTRACTION_MAXIMUM_LIKELIHOOD;
  t->summary = table_new(f->run, "factors_summary", summary_columns(f->form));
  t->eigenvalues = table_new(f->run, "factors_eigenvalues",
                             "number group n eigenvalue random_mean random_high common_eigenvalue "
                             "common_mean common_high");
  t->variance = table_new(f->run, "factors_variance", "factor group n explained percent cumulative validity");
  t->loadings = table_new(f->run, "factors_loadings", "item factor salient group n loading structure");
  if (f->has_intervals) {
    t->intervals = table_new(f->run, "factors_intervals", "item factor group n loading ci_low ci_high se");
  }
  t->items =
      table_new(f->run, "factors_items",
                has_constructs(f) ? "item parent group n factor loading communality uniqueness complexity kmo"
                                  : "item group n factor loading communality uniqueness complexity kmo");
  if (f->form->rotation == ROTATION_PROMAX) {
    t->correlations = table_new(f->run, "factors_correlations", "factor other_factor r group n");
  }
  t->fit = table_new(
      f->run, "factors_fit",
      likelihood ? "group factors n rmsr chi2 df p rmsea rmsea_low rmsea_high tli" : "group factors n rmsr");
  if (has_constructs(f)) {
    t->constructs = table_new(f->run, "factors_constructs",
                              "parent factor congruence group n items own_factor items_there");
  }
  t->weights = table_new(f->run, "factors_weights", "item factor score_weight group n mean sd");
}

/* ---- Rows ------------------------------------------------------------------------------------------ */

/* Starts a row of T for the group, with its base. */
static void start(const group_walk *w, const factors_model *m, table *t) {
  table_row(t);
  group_write(w, t);
  table_integer(t, "n", m->all.n_min);
}

static void write_summary(const factors_report *f, const group_walk *w, const factors_model *m) {
  table *t = f->tables.summary;
  start(w, m, t);
  table_integer(t, "items", m->count);
  if (m->all.pairwise) {
    table_integer(t, "n_most", m->all.n_max);
  }
  if (f->form->weighting != WEIGHTING_NONE) {
    table_number(t, "weighted_n", m->weighted_n);
  }
  table_number(t, "kmo", m->kmo);
  table_number(t, "bartlett", m->bartlett.chi2);
  table_number(t, "bartlett_df", m->bartlett.df);
  table_number(t, "bartlett_p", m->bartlett.p);
  if (m->parallel.mean != NULL) {
    table_integer(t, "parallel_components", m->parallel_components);
    table_integer(t, "kaiser", m->kaiser);
  }
  if (m->parallel.mean != NULL && m->count >= PARALLEL_COMMON_ITEMS_MIN) {
    table_integer(t, "parallel_common", m->parallel_common);
  }
  if (m->trouble == FACTORS_FINE) {
    table_integer(t, "factors", m->factors);
  }
}

static bool has_eigenvalues(const factors_model *m) {
  return m->trouble != FACTORS_FEW_ITEMS && m->trouble != FACTORS_FEW_ROWS && m->trouble != FACTORS_NO_ROWS;
}

static void write_eigenvalues(const factors_report *f, const group_walk *w, const factors_model *m) {
  table *t = f->tables.eigenvalues;
  for (uint32_t k = 0; k < m->count && has_eigenvalues(m); k++) {
    start(w, m, t);
    table_integer(t, "number", (int64_t)k + 1);
    put(t, "eigenvalue", m->eigenvalues[k]);
    put(t, "common_eigenvalue", m->common_eigenvalues[k]);
    if (m->parallel.mean != NULL) {
      put(t, "random_mean", m->parallel.mean[k]);
      put(t, "random_high", m->parallel.high[k]);
      put(t, "common_mean", m->parallel.common_mean[k]);
      put(t, "common_high", m->parallel.common_high[k]);
    }
  }
}

static void write_variance(const factors_report *f, const group_walk *w, const factors_model *m) {
  table *t = f->tables.variance;
  double sum = 0;
  for (uint32_t k = 0; k < m->factors; k++) {
    sum += m->r.explained[k];
    start(w, m, t);
    table_integer(t, "factor", (int64_t)k + 1);
    put(t, "explained", m->r.explained[k]);
    put(t, "percent", 100 * m->r.explained[k] / m->count);
    put(t, "cumulative", 100 * sum / m->count);
    put(t, "validity", m->has_weights ? m->validity[k] : NAN);
  }
}

static void start_loading(const factors_report *f, const group_walk *w, const factors_model *m, table *t,
                          uint32_t i, uint32_t k) {
  start(w, m, t);
  table_item(t, "item", f->items.items[m->used[i]]);
  table_integer(t, "factor", (int64_t)k + 1);
}

static void write_loading(const factors_report *f, const group_walk *w, const factors_model *m, uint32_t i,
                          uint32_t k, const replicate_interval *intervals) {
  table *t = f->tables.loadings;
  const size_t at = (size_t)i * m->factors + k;
  const double loading = m->r.pattern[at];
  start_loading(f, w, m, t, i, k);
  put(t, "salient", fabs(loading) >= f->cut ? loading : NAN);
  put(t, "loading", loading);
  put(t, "structure", m->r.structure[at]);
  if (intervals != NULL) {
    t = f->tables.intervals;
    start_loading(f, w, m, t, i, k);
    put(t, "loading", loading);
    put(t, "ci_low", intervals[at].low);
    put(t, "ci_high", intervals[at].high);
    put(t, "se", intervals[at].se);
  }
}

static void write_weight(const factors_report *f, const group_walk *w, const factors_model *m, uint32_t i,
                         uint32_t k) {
  table *t = f->tables.weights;
  const uint32_t item = m->used[i];
  start_loading(f, w, m, t, i, k);
  put(t, "score_weight", m->weights[(size_t)i * m->factors + k]);
  table_number(t, "mean", m->all.mean[item]);
  table_number(t, "sd", sqrt(m->all.matrix[(size_t)item * m->all.count + item]));
}

static void write_loadings(const factors_report *f, const group_walk *w, const factors_model *m,
                           const replicate_interval *intervals) {
  for (uint32_t at = 0; at < m->count; at++) {
    for (uint32_t k = 0; k < m->factors; k++) {
      write_loading(f, w, m, m->order[at], k, intervals);
      if (m->has_weights) {
        write_weight(f, w, m, m->order[at], k);
      }
    }
  }
}

static void put_construct(const factors_report *f, table *t, uint32_t construct) {
  if (construct != PROGRAM_NONE) {
    table_item(t, "parent", run_plan(f->run)->constructs[construct].variable);
  }
}

static void write_items(const factors_report *f, const group_walk *w, const factors_model *m) {
  table *t = f->tables.items;
  const uint32_t all = m->all.count;
  for (uint32_t at = 0; at < m->count; at++) {
    const uint32_t i = m->order[at], item = m->used[i];
    table_row(t);
    table_item(t, "item", f->items.items[item]);
    if (f->tables.constructs != NULL) {
      put_construct(f, t, f->items.construct[item]);
    }
    group_write(w, t);
    table_integer(t, "n", m->all.n[(size_t)item * all + item]);
    table_integer(t, "factor", (int64_t)m->main_factor[i] + 1);
    put(t, "loading", factors_pattern(m, i, m->main_factor[i]));
    put(t, "communality", factors_communality(m, i));
    put(t, "uniqueness", m->x.uniqueness[i]);
    put(t, "complexity", factors_complexity(m, i));
    table_number(t, "kmo", m->is_definite ? m->kmo_items[i] : NAN);
  }
}

static void write_correlations(const factors_report *f, const group_walk *w, const factors_model *m) {
  table *t = f->tables.correlations;
  for (uint32_t a = 0; t != NULL && m->factors > 1 && a < m->factors; a++) {
    for (uint32_t b = 0; b < m->factors; b++) {
      start(w, m, t);
      table_integer(t, "factor", (int64_t)a + 1);
      table_integer(t, "other_factor", (int64_t)b + 1);
      put(t, "r", m->r.phi[(size_t)a * m->factors + b]);
    }
  }
}

static void write_fit(const factors_report *f, const group_walk *w, const factors_model *m) {
  table *t = f->tables.fit;
  start(w, m, t);
  table_integer(t, "factors", m->factors);
  put(t, "rmsr", m->residual);
  if (m->x.method == EXTRACTION_MAXIMUM_LIKELIHOOD) {
    put(t, "chi2", m->test.chi2);
    table_number(t, "df", m->test.df);
    table_number(t, "p", m->test.p);
    put(t, "rmsea", m->test.rmsea);
    put(t, "rmsea_low", m->test.rmsea_low);
    put(t, "rmsea_high", m->test.rmsea_high);
    put(t, "tli", m->test.tli);
  }
}

static void write_constructs(const factors_report *f, const group_walk *w, const factors_model *m,
                             const factors_agreement *g) {
  table *t = f->tables.constructs;
  for (uint32_t c = 0; c < g->count; c++) {
    for (uint32_t k = 0; k < m->factors; k++) {
      start(w, m, t);
      put_construct(f, t, g->at[c].construct);
      table_integer(t, "factor", (int64_t)k + 1);
      put(t, "congruence", g->at[c].congruence[k]);
      table_integer(t, "items", g->at[c].items);
      table_integer(t, "own_factor", (int64_t)g->at[c].factor + 1);
      table_integer(t, "items_there", g->at[c].there);
    }
  }
}

void factors_report_write(const factors_report *f, const group_walk *w, const factors_model *m,
                          const factors_agreement *g, const replicate_interval *intervals) {
  write_summary(f, w, m);
  write_eigenvalues(f, w, m);
  if (m->trouble != FACTORS_FINE) {
    return;
  }
  write_variance(f, w, m);
  write_loadings(f, w, m, intervals);
  write_items(f, w, m);
  write_correlations(f, w, m);
  write_fit(f, w, m);
  write_constructs(f, w, m, g);
}

void factors_report_write_empty(const factors_report *f, const group_walk *w) {
  table *t = f->tables.summary;
  table_row(t);
  group_write(w, t);
  table_integer(t, "items", f->items.count);
  table_integer(t, "n", 0);
}

/* ---- Notes ----------------------------------------------------------------------------------------- */

static void note_number(const factors_report *f) {
  json *detail = run_detail(f->run);
  json_set_integer(detail, "n", f->form->factors > 0 ? f->form->factors : f->form->matrices);
  json_set_integer(detail, "seed", (int64_t)f->form->seed);
  static const char *const rules[] = {
      [FACTORS_BY_PARALLEL] = "note_by_parallel", [FACTORS_BY_KAISER] = "note_by_kaiser"};
  run_note(f->run, f->form->factors > 0 ? "note_factors_given" : rules[f->form->rule], detail);
}

void factors_report_note(const factors_report *f) {
  static const char *const extractions[] = {[EXTRACTION_PRINCIPAL_AXIS] = "note_principal_axis",
                                            [EXTRACTION_MAXIMUM_LIKELIHOOD] = "note_likelihood",
                                            [EXTRACTION_COMPONENTS] = "note_components"};
  static const char *const rotations[] = {[ROTATION_PROMAX] = "note_promax",
                                          [ROTATION_VARIMAX] = "note_varimax",
                                          [ROTATION_NONE] = "note_unrotated"};
  static const char *const weights[] = {[WEIGHTING_NONE] = NULL,
                                        [WEIGHTING_SAMPLING] = "note_factors_sampling",
                                        [WEIGHTING_FREQUENCY] = "note_factors_frequency"};
  const factors_form *form = f->form;
  json *detail = run_detail(f->run);
  json_set_number(detail, "threshold", f->cut);
  run_note(f->run, form->pairwise ? "note_factors_pairwise" : "note_factors_listwise", NULL);
  if (weights[form->weighting] != NULL) {
    run_note(f->run, weights[form->weighting], NULL);
  }
  note_number(f);
  run_note(f->run, extractions[form->extraction], NULL);
  run_note(f->run, rotations[form->rotation], NULL);
  run_note(f->run, "note_salient", detail);
  run_note(f->run, form->scoring == FACTOR_REGRESSION ? "note_scores_regression" : "note_scores_bartlett",
           NULL);
  if (f->tables.constructs != NULL) {
    run_note(f->run, "note_congruence", NULL);
  }
}
