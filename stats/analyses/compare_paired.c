/* compare of items of the same respondents, two by two: paired t, and Wilcoxon's signed ranks. */
#include <math.h>

#include "stats/accumulators/pairs.h"
#include "stats/analyses/compare_parts.h"
#include "stats/analyses/levels.h"
#include "stats/methods/multiple.h"
#include "stats/methods/signed_rank.h"
#include "stats/methods/workspace.h"

/* Two items, and their results: products, moments of the difference, its values. */
typedef struct item_pair {
  uint32_t i, j; /* places among the items */
  uint32_t moments, values;
} item_pair;

typedef struct paired {
  comparison *c;
  const argument_value *items;
  item_pair *pairs;
  uint32_t count;
  table *means, *ranks, *equivalence;
} paired;

/* ---- Checks -------------------------------------------------------------------------------------------- */

status compare_paired_check(const plan *p, const plan_analysis *a, error *err) {
  static const char *const of_groups[] = {"groups", "multiple", "against", "effects", "top_boxes", "nps"};
  const argument_value *items = request_argument(a, "items");
  for (size_t i = 0; i < sizeof of_groups / sizeof of_groups[0]; i++) {
    if (request_argument(a, of_groups[i])->given) {
      return error_set(
          err, STATUS_SPECIFICATION,
          "%s: is for groups; with paired the items of the same respondents are compared, in the "
          "groups of by",
          of_groups[i]);
    }
  }
  if (items->variables_count < 2 || items->variables_count > COMPARE_ITEMS_MAX) {
    return error_set(err, STATUS_SPECIFICATION, "items: paired needs 2 to %d items, not %u",
                     (int)COMPARE_ITEMS_MAX, items->variables_count);
  }
  for (uint32_t i = 0; i < items->variables_count; i++) {
    for (uint32_t k = 0; k < i; k++) {
      if (items->variables[i] == items->variables[k]) {
        return error_set(err, STATUS_SPECIFICATION, "items: \"%s\" is named twice; name each item once",
                         p->variables[items->variables[i]].name);
      }
    }
  }
  return STATUS_OK;
}

/* ---- Asking ------------------------------------------------------------------------------------------ */

static bool wants_ranks(const analysis_run *run) {
  return run_argument(run, "ranks")->integer != 0 && run_weighting(run) != WEIGHTING_SAMPLING;
}

/* First the products of all items, then for each pair what its difference is like. */
static item_pair pair_at(const analysis_run *run, uint32_t i, uint32_t j, uint32_t at) {
  const uint32_t groups = groups_count(run), each = wants_ranks(run) ? 2 : 1;
  return (item_pair){i, j, groups + at * each * groups, groups + (at * each + 1) * groups};
}

static uint8_t decimals_of(const analysis_run *run, uint32_t item) {
  const program_variable *v = variable_of(run_plan(run), item);
  return program_variable_form(v) == FORM_NUMBER ? v->decimals : 0;
}

static status need_pair(analysis_run *run, uint32_t one, uint32_t other, error *err) {
  const uint8_t a = decimals_of(run, one), b = decimals_of(run, other);
  int64_t values_max = COMPARE_DIFFERENCES_MAX;
  uint32_t inputs[2], difference = 0;
  TRY(run_variable(run, one, &inputs[0], err));
  TRY(run_variable(run, other, &inputs[1], err));
  const program_variable v = {.kind = VARIABLE_DIFFERENCE,
                              .name = run_plan(run)->variables[one].name,
                              .inputs = inputs,
                              .inputs_count = 2,
                              .decimals = a > b ? a : b};
  TRY(run_add_variable(run, &v, &difference, err));
  program_accumulator need = {.kind = ACCUMULATOR_MOMENTS, .variables = &difference, .variables_count = 1};
  TRY(groups_need(run, &need, PROGRAM_NONE, err));
  need.kind = ACCUMULATOR_VALUES;
  need.params = &values_max;
  need.params_count = 1;
  return wants_ranks(run) ? groups_need(run, &need, PROGRAM_NONE, err) : STATUS_OK;
}

status compare_paired_begin(analysis_run *run, error *err) {
  const argument_value *items = run_argument(run, "items");
  uint32_t *variables = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, items->variables_count);
  int64_t split = 0;
  if (variables == NULL) {
    return error_no_memory(err, "compare");
  }
  for (uint32_t i = 0; i < items->variables_count; i++) {
    TRY(run_variable(run, items->variables[i], &variables[i], err));
  }
  const program_accumulator a = {.kind = ACCUMULATOR_CROSS,
                                 .variables = variables,
                                 .variables_count = items->variables_count,
                                 .params = &split,
                                 .params_count = 1};
  TRY(groups_need(run, &a, PROGRAM_NONE, err));
  for (uint32_t i = 0; i < items->variables_count; i++) {
    for (uint32_t j = i + 1; j < items->variables_count; j++) {
      TRY(need_pair(run, items->variables[i], items->variables[j], err));
    }
  }
  return STATUS_OK;
}

/* ---- One pair in one group ----------------------------------------------------------------------------- */

/* Figures of a pair, while p waits to be adjusted. */
typedef struct paired_figures {
  double mean, other_mean; /* over the rows that answer both */
  estimate difference;
  double t, p;
  signed_rank ranks;
  double ranks_p;
  bool ranked; /* there are ranks */
} paired_figures;

static status mean_of(const exact *sum, const exact *count, unsigned decimals, double *out, error *err) {
  workspace w;
  *out = NAN;
  if (exact_sign(count) <= 0) {
    return STATUS_OK;
  }
  TRY(workspace_init(&w, err));
  ratio_set_exact_scaled(w.at[0], sum, decimals);
  ratio_set_exact(w.at[1], count);
  ratio_div(w.at[0], w.at[0], w.at[1]);
  *out = ratio_to_double(w.at[0]);
  workspace_fini(&w);
  return STATUS_OK;
}

static status set_means(const paired *m, const group_walk *w, const item_pair *pair, paired_figures *f,
                        error *err) {
  const cross_state *s = run_result(m->c->run, group_walk_result(w));
  const pair_list list = {m->items->variables_count, 0};
  const cross_sums *products = &s->at[w->place * pairs_count(list) + pair_index(list, pair->i, pair->j)];
  const bool weighted = m->c->weighting != WEIGHTING_NONE;
  const exact count = weighted ? exact_from_i128(products->w) : exact_from_i64(products->n);
  TRY(mean_of(weighted ? &products->wx : &products->x, &count, s->decimals[pair->i], &f->mean, err));
  return mean_of(weighted ? &products->wy : &products->y, &count, s->decimals[pair->j], &f->other_mean, err);
}

static void warn_pair(const paired *m, const group_walk *w, const item_pair *pair, const char *code,
                      int64_t n) {
  const plan *p = run_plan(m->c->run);
  json *detail = run_detail(m->c->run);
  json_set_text(detail, "item", p->variables[m->items->variables[pair->i]].name);
  json_set_text(detail, "other_item", p->variables[m->items->variables[pair->j]].name);
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "n", n);
  json_set_integer(detail, "threshold", run_request(m->c->run)->small_base);
  run_warn(m->c->run, code, detail);
}

static status set_ranks(const paired *m, const group_walk *w, const item_pair *pair, paired_figures *f,
                        arena *room, error *err) {
  const values_state *s = run_result(m->c->run, pair->values + w->which);
  if (s->overflown || w->place >= grouping_places(&s->groups)) {
    warn_pair(m, w, pair, "signed_ranks_left_out", COMPARE_DIFFERENCES_MAX);
    return STATUS_OK;
  }
  const value_table *t = &s->at[w->place];
  counted_difference *at = ARENA_ARRAY(room, counted_difference, (size_t)t->count + 1);
  if (at == NULL) {
    return error_no_memory(err, "signed ranks");
  }
  const double unit = s->weighted ? (double)decimal_power10(s->weight_decimals) : 1;
  for (uint32_t i = 0; i < t->count; i++) {
    at[i].value = t->entries[i].value;
    at[i].count = s->weighted ? (double)t->entries[i].w / unit : (double)t->entries[i].n;
  }
  f->ranks = signed_rank_of(at, t->count);
  f->ranks_p = f->ranks.p;
  f->ranked = true;
  return STATUS_OK;
}

static status make_pair(const paired *m, const group_walk *w, const item_pair *pair, paired_figures *f,
                        arena *room, error *err) {
  const moments_state *s = run_result(m->c->run, pair->moments + w->which);
  *f = (paired_figures){.t = NAN, .p = NAN, .ranks_p = NAN};
  if (w->place >= grouping_places(&s->groups)) {
    return error_set(err, STATUS_CORRUPT, "the results of a comparison have different groups");
  }
  const sums all = sums_of_moments(s, w->place, m->c->weighting);
  TRY(set_means(m, w, pair, f, err));
  TRY(estimate_make(&all, &m->c->options, &f->difference, err));
  if (f->difference.se > 0 && f->difference.df > 0) {
    f->t = f->difference.mean / f->difference.se;
    f->p = two_sided_t(f->t, f->difference.df);
  }
  return m->ranks != NULL ? set_ranks(m, w, pair, f, room, err) : STATUS_OK;
}

/* ---- Rows ---------------------------------------------------------------------------------------------- */

static void start_row(const paired *m, const group_walk *w, const item_pair *pair, const paired_figures *f,
                      table *t) {
  table_row(t);
  table_item(t, "item", m->items->variables[pair->i]);
  table_item(t, "other_item", m->items->variables[pair->j]);
  group_write(w, t);
  table_integer(t, "n", f->difference.n);
  if (m->c->weighting != WEIGHTING_NONE) {
    table_number(t, "weighted_n", f->difference.weighted_n);
  }
}

static void write_means(const paired *m, const group_walk *w, const item_pair *pair, const paired_figures *f,
                        double adjusted) {
  table *t = m->means;
  start_row(m, w, pair, f, t);
  table_number(t, "mean", f->mean);
  table_number(t, "other_mean", f->other_mean);
  table_number(t, "difference", f->difference.mean);
  table_number(t, "ci_low", f->difference.ci_low);
  table_number(t, "ci_high", f->difference.ci_high);
  table_number(t, "p", f->p);
  table_number(t, "p_adjusted", adjusted);
  table_number(t, "cohens_dz", f->difference.sd > 0 ? f->difference.mean / f->difference.sd : NAN);
  table_number(t, "t", f->t);
  table_number(t, "df", f->difference.df);
  table_number(t, "se", f->difference.se);
}

static void write_ranks(const paired *m, const group_walk *w, const item_pair *pair, const paired_figures *f,
                        double adjusted) {
  table *t = m->ranks;
  if (t == NULL || !f->ranked) {
    return;
  }
  start_row(m, w, pair, f, t);
  table_number(t, "zeros", f->ranks.zeros);
  table_number(t, "v", f->ranks.v);
  table_number(t, "z", f->ranks.z);
  table_number(t, "p", f->ranks.p);
  table_number(t, "p_adjusted", adjusted);
  table_number(t, "rank_biserial", f->ranks.rank_biserial);
}

static void write_equivalence(const paired *m, const group_walk *w, const item_pair *pair,
                              const paired_figures *f) {
  table *t = m->equivalence;
  if (t == NULL) {
    return;
  }
  const estimate *d = &f->difference;
  const equivalence e = equivalence_of(d->mean, d->se, d->df, run_argument(m->c->run, "margin")->number,
                                       m->c->options.confidence);
  start_row(m, w, pair, f, t);
  table_number(t, "difference", d->mean);
  table_number(t, "ci_low", e.ci_low);
  table_number(t, "ci_high", e.ci_high);
  table_number(t, "p", e.p);
  table_number(t, "df", d->df);
  table_number(t, "se", d->se);
}

static void warn_figures(const paired *m, const group_walk *w, const item_pair *pair,
                         const paired_figures *f) {
  if (f->difference.n < run_request(m->c->run)->small_base) {
    warn_pair(m, w, pair, "few_both", f->difference.n);
  }
  if (f->difference.n > 1 && isnan(f->t)) {
    warn_pair(m, w, pair, "equal_differences", f->difference.n);
  }
}

/* ---- Groups -------------------------------------------------------------------------------------------- */

static status write_group(const paired *m, const group_walk *w, arena *room, error *err) {
  paired_figures *f = ARENA_ARRAY(room, paired_figures, m->count);
  double *p = ARENA_ARRAY(room, double, 2 * (size_t)m->count), *ranks = p == NULL ? NULL : p + m->count;
  bool any = w->which == 0;
  if (f == NULL || p == NULL) {
    return error_no_memory(err, "compare");
  }
  for (uint32_t k = 0; k < m->count; k++) {
    TRY(make_pair(m, w, &m->pairs[k], &f[k], room, err));
    p[k] = f[k].p;
    ranks[k] = f[k].ranks_p;
    any = any || f[k].difference.n > 0;
  }
  if (!any) {
    return STATUS_OK;
  }
  TRY(comparison_adjust(m->c, p, m->count, err));
  TRY(comparison_adjust(m->c, ranks, m->count, err));
  for (uint32_t k = 0; k < m->count; k++) {
    write_means(m, w, &m->pairs[k], &f[k], p[k]);
    write_ranks(m, w, &m->pairs[k], &f[k], ranks[k]);
    write_equivalence(m, w, &m->pairs[k], &f[k]);
    warn_figures(m, w, &m->pairs[k], &f[k]);
  }
  return STATUS_OK;
}

static void open_tables(paired *m) {
  const bool weighted = m->c->weighting != WEIGHTING_NONE;
  analysis_run *run = m->c->run;
  m->means = table_new(
      run, "paired",
      weighted ? "item other_item group n weighted_n mean other_mean difference ci_low ci_high p p_adjusted "
                 "cohens_dz t df se"
               : "item other_item group n mean other_mean difference ci_low ci_high p p_adjusted cohens_dz t "
                 "df se");
  if (wants_ranks(run)) {
    m->ranks = table_new(run, "signed_ranks",
                         weighted ? "item other_item group n weighted_n zeros v z p p_adjusted rank_biserial"
                                  : "item other_item group n zeros v z p p_adjusted rank_biserial");
  }
  if (run_argument(run, "margin")->given) {
    m->equivalence =
        table_new(run, "paired_equivalence",
                  weighted ? "item other_item group n weighted_n difference ci_low ci_high p df se"
                           : "item other_item group n difference ci_low ci_high p df se");
  }
  run_headline(run, "paired");
}

static void write_notes(const paired *m) {
  static const char *const notes[] = {[WEIGHTING_NONE] = "note_paired",
                                      [WEIGHTING_SAMPLING] = "note_paired_sampling",
                                      [WEIGHTING_FREQUENCY] = "note_paired"};
  analysis_run *run = m->c->run;
  run_note(run, notes[m->c->weighting], NULL);
  if (m->c->weighting == WEIGHTING_FREQUENCY) {
    run_note(run, "note_compare_frequency", NULL);
  }
  run_note(run, run_argument(run, "adjust")->integer == ADJUST_HOLM ? "note_paired_holm" : "note_paired_bh",
           NULL);
  if (run_argument(run, "ranks")->integer) {
    run_note(run, m->ranks != NULL ? "note_signed_ranks" : "note_signed_ranks_sampling", NULL);
  }
  compare_note_equivalence(m->c, m->equivalence != NULL);
}

status compare_paired_step(comparison *c, error *err) {
  paired m = {.c = c, .items = run_argument(c->run, "items")};
  const uint32_t items = m.items->variables_count;
  arena *room = arena_new();
  m.pairs = ARENA_ARRAY(c->memory, item_pair, (size_t)items * items + 1);
  if (room == NULL || m.pairs == NULL) {
    arena_destroy(room);
    return error_no_memory(err, "compare");
  }
  for (uint32_t i = 0; i < items; i++) {
    for (uint32_t j = i + 1; j < items; j++, m.count++) {
      m.pairs[m.count] = pair_at(c->run, i, j, m.count);
    }
  }
  open_tables(&m);
  status st = STATUS_OK;
  group_walk w = group_walk_begin(c->run, 0, false);
  while (st == STATUS_OK && group_walk_next(&w)) {
    st = write_group(&m, &w, room, err);
    arena_clear(room);
  }
  arena_destroy(room);
  write_notes(&m);
  return st;
}
