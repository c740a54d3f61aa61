/* correlate: how closely items go together, pair by pair, each pair over its own complete cases.
 *
 * Pearson comes from pairwise-complete sums of products, in one stage; these also show which pairs have a
 * Spearman's rho, whose figures come stage by stage (correlate_spearman.h).  p-values are adjusted over the
 * pairs of one group and one coefficient. */
#include <math.h>

#include "stats/analyses/correlate.h"
#include "stats/analyses/correlate_demand.h"
#include "stats/analyses/correlate_spearman.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/methods/holm.h"

static const char *const methods[] = {"pearson", "spearman", "both", NULL};
static const char *const adjustments[] = {[CORRELATION_HOLM] = "holm",
                                          [CORRELATION_UNADJUSTED] = "none",
                                          [CORRELATION_BENJAMINI_HOCHBERG] = "benjamini_hochberg",
                                          NULL};
static const char *const rows_choices[] = {
    [PARTIAL_LISTWISE] = "listwise", [PARTIAL_PAIRWISE] = "pairwise", NULL};
static const char *const groups_choices[] = {
    [GROUPS_NONE] = "none", [GROUPS_PAIRS] = "pairs", [GROUPS_REST] = "rest", NULL};
static const char *const sample_choices[] = {
    [PAIRS_NONE] = "none", [PAIRS_SHARING] = "overlapping", [PAIRS_ALL] = "all", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC,
     .help = "what to correlate: scales and numbers"},
    {.name = "with",
     .type = ARGUMENT_VARIABLES,
     .accepts = ACCEPT_NUMERIC,
     .help = "correlate each item with each of these, instead of all items with each other"},
    {.name = "method",
     .type = ARGUMENT_CHOICE,
     .choices = methods,
     .fallback = "pearson",
     .help = "which coefficients"},
    {.name = "adjust",
     .type = ARGUMENT_CHOICE,
     .choices = adjustments,
     .fallback = "holm",
     .help = "adjust p for the number of pairs, or of differences"},
    {.name = "controls",
     .type = ARGUMENT_VARIABLES,
     .accepts = ACCEPT_NUMERIC,
     .help = "also partial correlations, with these held constant"},
    {.name = "partial",
     .type = ARGUMENT_CHOICE,
     .choices = rows_choices,
     .fallback = "listwise",
     .help = "their rows: those that answer everything, or those of each pair"},
    {.name = "disattenuate",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also r divided by the root of both reliabilities; of constructs alpha"},
    {.name = "reliability",
     .type = ARGUMENT_NUMBER_MAP,
     .accepts = ACCEPT_NUMERIC,
     .help = "reliabilities instead of alpha, as {quality: 0.8}"},
    {.name = "group_differences",
     .type = ARGUMENT_CHOICE,
     .choices = groups_choices,
     .fallback = "none",
     .help = "test r of the groups of by: every two, or each against the rest"},
    {.name = "pair_differences",
     .type = ARGUMENT_CHOICE,
     .choices = sample_choices,
     .fallback = "none",
     .help = "test every two pairs of items: those with one in common, or all"},
};

/* The K-th variable of ITEMS followed by OTHERS. */
static uint32_t named(const argument_value *items, const argument_value *others, uint32_t k) {
  const uint32_t count = items->variables_count;
  return k < count ? items->variables[k] : others->variables[k - count];
}

/* Ranks are numbered within the groups of at most two variables. */
static status check_ranked_groups(const plan_analysis *a, error *err) {
  const correlation_method method = (correlation_method)request_argument(a, "method")->integer;
  for (uint32_t i = 0; method != METHOD_PEARSON && i < a->breakdowns_count; i++) {
    if (a->breakdowns[i].count == PROGRAM_BY_MAX) {
      return error_set(err, STATUS_SPECIFICATION, "by: Spearman's rho is for at most two crossed variables");
    }
  }
  return STATUS_OK;
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *items = request_argument(a, "items"), *others = request_argument(a, "with");
  TRY(check_ranked_groups(a, err));
  if (items->variables_count < 2 && others->variables_count == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "items: one item alone has nothing to correlate with; name at least two, or others in "
                     "\"with:\"");
  }
  for (uint32_t i = 0; i < items->variables_count + others->variables_count; i++) {
    const uint32_t item = named(items, others, i);
    for (uint32_t j = 0; j < i; j++) {
      if (named(items, others, j) == item) {
        return error_set(err, STATUS_SPECIFICATION, "%s: \"%s\" is named twice; name each item once",
                         i < items->variables_count ? "items" : "with", p->variables[item].name);
      }
    }
  }
  return demand_check(p, a, err);
}

/* ---- Asking -------------------------------------------------------------------------------------- */

static status open_correlation(analysis_run *run, correlation *c, correlation_demand *d, error *err) {
  const argument_value *items = run_argument(run, "items"), *others = run_argument(run, "with");
  *c = (correlation){.run = run,
                     .memory = json_arena(run_section(run)),
                     .weighting = run_weighting(run),
                     .method = (correlation_method)run_argument(run, "method")->integer,
                     .adjustment = (correlation_adjustment)run_argument(run, "adjust")->integer,
                     .pairs = {.variables_count = items->variables_count + others->variables_count,
                               .split = others->variables_count > 0 ? items->variables_count : 0}};
  c->items = ARENA_ARRAY(c->memory, uint32_t, c->pairs.variables_count);
  if (c->items == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    c->items[i] = named(items, others, i);
  }
  c->count = pairs_count(c->pairs);
  c->adjusted = c->adjustment != CORRELATION_UNADJUSTED;
  return demand_open(c, d, err);
}

static status begin(analysis_run *run, error *err) {
  correlation c;
  correlation_demand d;
  TRY(open_correlation(run, &c, &d, err));
  TRY(demand_need(&c, &d, err));
  uint32_t *variables = ARENA_ARRAY(c.memory, uint32_t, c.pairs.variables_count);
  if (variables == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < c.pairs.variables_count; i++) {
    TRY(run_variable(run, c.items[i], &variables[i], err));
  }
  int64_t split = c.pairs.split;
  const program_accumulator a = {.kind = ACCUMULATOR_CROSS,
                                 .variables = variables,
                                 .variables_count = c.pairs.variables_count,
                                 .params = &split,
                                 .params_count = 1};
  TRY(groups_need(run, &a, PROGRAM_NONE, err));
  return c.method == METHOD_PEARSON ? STATUS_OK : spearman_begin(&c, err);
}

/* ---- Coefficients of one group ------------------------------------------------------------------- */

static status family_new(const correlation *c, correlation_family *f, error *err) {
  f->at = ARENA_ARRAY(c->memory, coefficient, c->count);
  f->adjusted = ARENA_ARRAY(c->memory, double, c->count);
  return f->at != NULL && f->adjusted != NULL ? STATUS_OK : error_no_memory(err, "correlate");
}

status correlation_adjust(const correlation *c, double *p, size_t count, size_t unknown, error *err) {
  switch (c->adjustment) {
    case CORRELATION_HOLM:
      return holm_adjust_among(p, p, count, unknown, err);
    case CORRELATION_BENJAMINI_HOCHBERG:
      return benjamini_hochberg_adjust_among(p, p, count, unknown, err);
    case CORRELATION_UNADJUSTED:
      break;
  }
  return STATUS_OK;
}

status correlation_of(const correlation *c, const cross_sums *products, uint8_t weight_decimals,
                      coefficient *out, error *err) {
  const bool weighted = c->weighting != WEIGHTING_NONE;
  const product_sums p = {.n = products->n,
                          .count = weighted ? exact_from_i128(products->w) : exact_from_i64(products->n),
                          .x = weighted ? products->wx : products->x,
                          .y = weighted ? products->wy : products->y,
                          .xx = weighted ? products->wxx : products->xx,
                          .yy = weighted ? products->wyy : products->yy,
                          .xy = weighted ? products->wxy : products->xy};
  const coefficient_options options = {.weighting = c->weighting,
                                       .w = products->w,
                                       .w2 = products->w2,
                                       .weight_decimals = weight_decimals,
                                       .confidence = run_request(c->run)->confidence};
  return coefficient_make(&p, &options, out, err);
}

static status fill_family(const correlation *c, const group_walk *w, correlation_family *f, error *err) {
  const cross_state *s = run_result(c->run, group_walk_result(w));
  for (uint64_t pair = 0; pair < c->count; pair++) {
    TRY(correlation_of(c, &s->at[w->place * c->count + pair], s->weight_decimals, &f->at[pair], err));
    f->adjusted[pair] = f->at[pair].p;
  }
  return correlation_adjust(c, f->adjusted, c->count, 0, err);
}

/* ---- Tables -------------------------------------------------------------------------------------- */

typedef struct coefficient_tables {
  const char *column; /* "r" or "rho" */
  table *matrix, *pairs;
} coefficient_tables;

static coefficient_tables open_tables(const correlation *c, bool spearman) {
  const char *column = spearman ? "rho" : "r", *interval = spearman ? "" : " ci_low ci_high";
  const char *sizes = c->weighting == WEIGHTING_NONE ? "n" : "n weighted_n n_effective";
  const char *adjusted = c->adjusted ? " p_adjusted" : "";
  coefficient_tables t = {.column = column};
  buf columns;
  buf_init(&columns);
  buf_printf(&columns, "item other_item %s %s p%s", column, sizes, adjusted);
  buf_put_u8(&columns, 0);
  if (!columns.failed) {
    t.matrix = table_new(c->run, spearman ? "spearman_matrix" : "pearson_matrix", (const char *)columns.data);
  }
  buf_clear(&columns);
  buf_printf(&columns, "item other_item group %s %s t df p%s%s", sizes, column, adjusted, interval);
  buf_put_u8(&columns, 0);
  if (!columns.failed) {
    t.pairs = table_new(c->run, spearman ? "spearman_pairs" : "pearson_pairs", (const char *)columns.data);
  }
  buf_fini(&columns);
  if (!spearman || c->method == METHOD_SPEARMAN) {
    run_headline(c->run, spearman ? "spearman_pairs" : "pearson_pairs");
  }
  return t;
}

static void write_figures(const correlation *c, table *t, const char *column, const coefficient *f,
                          double adjusted) {
  table_integer(t, "n", f->n);
  if (c->weighting != WEIGHTING_NONE) {
    table_number(t, "weighted_n", f->weighted_n);
    table_number(t, "n_effective", f->n_effective);
  }
  table_number(t, column, f->r);
  table_number(t, "p", f->p);
  if (c->adjusted) {
    table_number(t, "p_adjusted", adjusted);
  }
}

static void write_matrix(const correlation *c, const coefficient_tables *t, const correlation_family *f) {
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      const uint64_t pair = pair_index(c->pairs, i, j);
      table_row(t->matrix);
      table_item(t->matrix, "item", c->items[i]);
      table_item(t->matrix, "other_item", c->items[j]);
      write_figures(c, t->matrix, t->column, &f->at[pair], f->adjusted[pair]);
    }
  }
}

static void write_pairs(const correlation *c, const coefficient_tables *t, const group_walk *w,
                        const correlation_family *f) {
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      const uint64_t pair = pair_index(c->pairs, i, j);
      const coefficient *at = &f->at[pair];
      table_row(t->pairs);
      table_item(t->pairs, "item", c->items[i]);
      table_item(t->pairs, "other_item", c->items[j]);
      group_write(w, t->pairs);
      write_figures(c, t->pairs, t->column, at, f->adjusted[pair]);
      table_number(t->pairs, "t", at->t);
      table_number(t->pairs, "df", at->df);
      if (t->column[1] == '\0') {
        table_number(t->pairs, "ci_low", at->ci_low);
        table_number(t->pairs, "ci_high", at->ci_high);
      }
    }
  }
}

/* ---- Notes -------------------------------------------------------------------------------------------- */

static void write_notes(const correlation *c) {
  static const char *const sizes[] = {[WEIGHTING_NONE] = "note_correlation",
                                      [WEIGHTING_SAMPLING] = "note_correlation_sampling",
                                      [WEIGHTING_FREQUENCY] = "note_correlation_frequency"};
  run_note(c->run, "note_pairwise", NULL);
  run_note(c->run, sizes[c->weighting], NULL);
  if (c->method != METHOD_PEARSON) {
    run_note(c->run, c->weighting == WEIGHTING_NONE ? "note_spearman" : "note_spearman_weighted", NULL);
  }
  if (c->adjusted) {
    run_note(c->run, c->adjustment == CORRELATION_HOLM ? "note_holm_pairs" : "note_bh_pairs", NULL);
  }
}

/* ---- Step ---------------------------------------------------------------------------------------- */

static bool has_pairs(const correlation *c, const group_walk *w) {
  const cross_state *s = run_result(c->run, group_walk_result(w));
  for (uint64_t pair = 0; pair < c->count; pair++) {
    if (s->at[w->place * c->count + pair].n > 0) {
      return true;
    }
  }
  return w->which == 0;
}

/* The rows of a family that wait for rho: sizes alone.  What each pair allows follows from its products:
 * ranks vary where answers do. */
static void write_waiting(const correlation *c, const coefficient_tables *t, const group_walk *w,
                          const correlation_family *f, correlation_family *waiting, rank_family *ranks) {
  for (uint64_t pair = 0; pair < c->count; pair++) {
    const coefficient *at = &f->at[pair];
    waiting->at[pair] = (coefficient){.n = at->n,
                                      .weighted_n = at->weighted_n,
                                      .n_effective = at->n_effective,
                                      .r = NAN,
                                      .t = NAN,
                                      .df = NAN,
                                      .p = NAN};
    waiting->adjusted[pair] = NAN;
    ranks->figures[w->place * c->count + pair] = (uint8_t)(isnan(at->r)    ? FIGURES_NONE
                                                           : isnan(at->df) ? FIGURES_RHO
                                                                           : FIGURES_RHO_AND_P);
  }
  if (w->which == 0) {
    write_matrix(c, t, waiting);
  }
  write_pairs(c, t, w, waiting);
}

static status open_ranks(const correlation *c, rank_family **out, error *err) {
  *out = ARENA_ARRAY(c->memory, rank_family, groups_count(c->run));
  for (uint32_t which = 0; *out != NULL && which < groups_count(c->run); which++) {
    const cross_state *s = run_result(c->run, c->products + which);
    rank_family *f = &(*out)[which];
    f->groups = &s->groups;
    f->places = grouping_places(&s->groups);
    f->rows = ARENA_ARRAY(c->memory, uint32_t, f->places);
    f->refused = ARENA_ARRAY(c->memory, uint32_t, f->places);
    f->figures = ARENA_ARRAY(c->memory, uint8_t, f->places * c->count);
    for (uint32_t place = 0; f->rows != NULL && place < f->places; place++) {
      f->rows[place] = UINT32_MAX;
    }
  }
  return arena_failed(c->memory) ? error_no_memory(err, "correlate") : STATUS_OK;
}

static status write_all(const correlation *c, rank_family *ranks, error *err) {
  const bool pearson = c->method != METHOD_SPEARMAN, spearman = c->method != METHOD_PEARSON;
  correlation_family f, waiting;
  TRY(family_new(c, &f, err));
  TRY(family_new(c, &waiting, err));
  const coefficient_tables of_r = pearson ? open_tables(c, false) : (coefficient_tables){0};
  const coefficient_tables of_rho = spearman ? open_tables(c, true) : (coefficient_tables){0};
  uint32_t rows = 0;
  group_walk w = group_walk_begin(c->run, c->products, false);
  while (group_walk_next(&w)) {
    if (!has_pairs(c, &w)) {
      continue;
    }
    TRY(fill_family(c, &w, &f, err));
    if (pearson && w.which == 0) {
      write_matrix(c, &of_r, &f);
    }
    if (pearson) {
      write_pairs(c, &of_r, &w, &f);
    }
    if (spearman) {
      ranks[w.which].rows[w.place] = rows;
      rows += (uint32_t)c->count;
      write_waiting(c, &of_rho, &w, &f, &waiting, &ranks[w.which]);
    }
    correlation_warn_few(c, &w, &f);
    correlation_warn_constants(c, &w, &f);
  }
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  correlation c;
  correlation_demand d;
  rank_family *ranks = NULL;
  TRY(open_correlation(run, &c, &d, err));
  if (run_stage(run) > 0) {
    return spearman_next(&c, err);
  }
  if (c.method != METHOD_PEARSON) {
    TRY(open_ranks(&c, &ranks, err));
  }
  TRY(write_all(&c, ranks, err));
  write_notes(&c);
  TRY(demand_write(&c, &d, err));
  return ranks != NULL ? spearman_first(&c, ranks, c.products, err) : STATUS_OK;
}

static status ask_again(analysis_run *run, error *err) {
  correlation c;
  correlation_demand d;
  TRY(open_correlation(run, &c, &d, err));
  return spearman_ask_again(&c, err);
}

static const term terms[] = {
#include "stats/analyses/correlate.terms"
};

const analysis_kind analysis_correlate = {
    .name = "correlate",
    .summary = "Pearson and Spearman correlations of items, all pairs or two lists",
    .about =
        "r = cov(x, y) / (sd(x) sd(y)) over the rows that answer both items (pairwise deletion), with\n"
        "t = r sqrt((n - 2) / (1 - r^2)) on n - 2 degrees of freedom, two-sided p, Fisher's interval\n"
        "tanh(atanh r -+ z / sqrt(n - 3)), and p adjusted by Holm over the pairs of one group.\n"
        "Spearman's rho is Pearson's r of the mid-ranks among the pair's own cases, p from the same t.\n"
        "\n"
        "Weights: r of the weighted covariances, rho of weighted mid-ranks.  Sampling weights: n in t and\n"
        "the interval is Kish's effective size (Sw)^2 / Sw^2; frequency weights: Sw.\n"
        "Fewer than 3 common rows, or an item without variance: no value.\n"
        "\n"
        "On demand: partial correlations given controls; r disattenuated by reliability; tests of two\n"
        "correlations that differ, of groups (Fisher) or of the same rows (Steiger, Williams).",
    .example =
        "analyses:\n"
        "  - correlate:\n"
        "      items: [quality, service, price]\n"
        "      with: [satisfaction]\n"
        "      method: both\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_DRIVERS,
            .headlines = {{"pearson_pairs", "r"}, {"spearman_pairs", "rho"}},
            .tables = {{"pearson_matrix", VIEW_MATRIX, .shade = "r", .darkest = 1},
                       {"spearman_matrix", VIEW_MATRIX, .shade = "rho", .darkest = 1}},
            .drawings = {{"group_differences", DRAWING_FOREST, "difference", .is_common = true},
                         {"rest_differences", DRAWING_FOREST, "difference", .is_common = true},
                         {"pair_differences", DRAWING_FOREST, "difference", .is_common = true}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
    .ask_again = ask_again,
};
