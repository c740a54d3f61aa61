/* correlate: how closely items go together, pair by pair.
 *
 * Pearson comes from pairwise-complete sums of products, Spearman from joint tables, each pair over its own
 * complete cases.  p-values are adjusted over the pairs of one group and one coefficient. */
#include <math.h>

#include "stats/accumulators/pairs.h"
#include "stats/analyses/coefficient.h"
#include "stats/analyses/groups.h"
#include "stats/analyses/holm.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/rank.h"
#include "stats/analyses/registry.h"

enum {
  TABLE_ENTRIES_MIN = 1 << 12, /* of a pair's joint table, whatever the number of pairs */
  TABLE_ENTRIES_MAX = 1 << 18,
  TABLES_ENTRIES_MAX = 1 << 20, /* of all pairs together, without breakdowns */
};

typedef enum method { METHOD_PEARSON, METHOD_SPEARMAN, METHOD_BOTH } method;
typedef enum adjustment { ADJUST_HOLM, ADJUST_NONE } adjustment;

static const char *const methods[] = {"pearson", "spearman", "both", NULL};
static const char *const adjustments[] = {"holm", "none", NULL};

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
     .help = "adjust p for the number of pairs"},
};
enum { ITEMS_AT, WITH_AT };

static status check(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *lists = a->arguments;
  const uint32_t items = lists[ITEMS_AT].variables_count, others = lists[WITH_AT].variables_count;
  if (items < 2 && others == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "items: one item alone has nothing to correlate with; name at least two, or others in "
                     "\"with:\"");
  }
  for (uint32_t i = 0; i < items + others; i++) {
    uint32_t item = i < items ? lists[ITEMS_AT].variables[i] : lists[WITH_AT].variables[i - items];
    for (uint32_t j = 0; j < i; j++) {
      uint32_t before = j < items ? lists[ITEMS_AT].variables[j] : lists[WITH_AT].variables[j - items];
      if (before == item) {
        return error_set(err, STATUS_SPECIFICATION, "%s: \"%s\" is named twice; name each item once",
                         i < items ? "items" : "with", p->variables[item].name);
      }
    }
  }
  return STATUS_OK;
}

/* ---- Asking -------------------------------------------------------------------------------------- */

typedef struct correlation {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  method method;
  bool adjusted;
  uint32_t *items; /* plan variables: items, then the others */
  pair_list pairs;
  uint64_t count; /* of pairs */
} correlation;

static status open_correlation(analysis_run *run, correlation *c, error *err) {
  const argument_value *items = run_argument(run, "items"), *others = run_argument(run, "with");
  *c = (correlation){.run = run,
                     .memory = json_arena(run_section(run)),
                     .weighting = run_weighting(run),
                     .method = (method)run_argument(run, "method")->integer,
                     .adjusted = run_argument(run, "adjust")->integer == ADJUST_HOLM,
                     .pairs = {.variables_count = items->variables_count + others->variables_count,
                               .split = others->variables_count > 0 ? items->variables_count : 0}};
  c->items = ARENA_ARRAY(c->memory, uint32_t, c->pairs.variables_count);
  if (!c->items) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    c->items[i] =
        i < items->variables_count ? items->variables[i] : others->variables[i - items->variables_count];
  }
  c->count = pairs_count(c->pairs);
  return STATUS_OK;
}

/* How many answers a coded item can have; 0: not known beforehand. */
static uint64_t levels_known(const correlation *c, uint32_t item) {
  int64_t low = 0, high = 0;
  if (!codes_range(run_plan(c->run), item, &low, &high) || high - low >= CODED_LEVELS_MAX) {
    return 0;
  }
  return (uint64_t)(high - low) + 1;
}

/* Enough for every pair of coded items, and for numbers what memory allows. */
static int64_t entries_max(const correlation *c) {
  bool groups = run_request(c->run)->breakdowns_count > 0;
  uint64_t share = (groups ? TABLES_ENTRIES_MAX / 8 : TABLES_ENTRIES_MAX) / (c->count > 0 ? c->count : 1);
  uint64_t most = share > TABLE_ENTRIES_MAX ? TABLE_ENTRIES_MAX : share;
  most = most < TABLE_ENTRIES_MIN ? TABLE_ENTRIES_MIN : most;
  uint64_t widest = 0;
  for (uint32_t i = 0; i < c->pairs.variables_count; i++) {
    uint64_t levels = levels_known(c, c->items[i]);
    widest = levels > widest ? levels : widest;
  }
  uint64_t coded = widest * widest;
  return (int64_t)(coded > most && coded <= TABLE_ENTRIES_MAX ? coded : most);
}

static status begin(analysis_run *run, error *err) {
  correlation c;
  TRY(open_correlation(run, &c, err));
  uint32_t *variables = ARENA_ARRAY(c.memory, uint32_t, c.pairs.variables_count);
  if (!variables) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < c.pairs.variables_count; i++) {
    TRY(run_variable(run, c.items[i], &variables[i], err));
  }
  int64_t params[] = {c.pairs.split, entries_max(&c)};
  program_accumulator a = {.kind = ACCUMULATOR_CROSS,
                           .variables = variables,
                           .variables_count = c.pairs.variables_count,
                           .params = params,
                           .params_count = 1};
  TRY(groups_need(run, &a, PROGRAM_NONE, err));
  if (c.method == METHOD_PEARSON) {
    return STATUS_OK;
  }
  a.kind = ACCUMULATOR_JOINT;
  a.params_count = 2;
  return groups_need(run, &a, PROGRAM_NONE, err);
}

/* ---- Coefficients of one group ------------------------------------------------------------------- */

typedef struct family {
  coefficient *at; /* per pair */
  double *adjusted;
} family;

static status family_new(const correlation *c, family *f, error *err) {
  f->at = ARENA_ARRAY(c->memory, coefficient, c->count);
  f->adjusted = ARENA_ARRAY(c->memory, double, c->count);
  return f->at && f->adjusted ? STATUS_OK : error_no_memory(err, "correlate");
}

static coefficient_options options_of(const correlation *c, const cross_state *s,
                                      const cross_sums *products) {
  return (coefficient_options){.weighting = c->weighting,
                               .w = products->w,
                               .w2 = products->w2,
                               .weight_decimals = s->weight_decimals,
                               .confidence = run_request(c->run)->confidence};
}

static status pearson_of(const correlation *c, const cross_state *s, const cross_sums *products,
                         coefficient *out, error *err) {
  bool weighted = c->weighting != WEIGHTING_NONE;
  product_sums p = {.n = products->n,
                    .count = weighted ? exact_from_i128(products->w) : exact_from_i64(products->n),
                    .x = weighted ? products->wx : products->x,
                    .y = weighted ? products->wy : products->y,
                    .xx = weighted ? products->wxx : products->xx,
                    .yy = weighted ? products->wyy : products->yy,
                    .xy = weighted ? products->wxy : products->xy};
  coefficient_options options = options_of(c, s, products);
  return coefficient_make(&p, &options, out, err);
}

static void warn_overflow(const correlation *c, const group_walk *w, uint32_t i, uint32_t j) {
  json *detail = run_detail(c->run);
  json_set_text(detail, "item", run_plan(c->run)->variables[c->items[i]].name);
  json_set_text(detail, "other_item", run_plan(c->run)->variables[c->items[j]].name);
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "limit", entries_max(c));
  run_warn(c->run, "ranks_too_many", detail);
}

static status spearman_of(const correlation *c, const group_walk *w, uint32_t i, uint32_t j, coefficient *out,
                          error *err) {
  const uint64_t pair = pair_index(c->pairs, i, j);
  const cross_state *cross = run_result(c->run, group_walk_result(w));
  const joint_state *joint = run_result(c->run, group_walk_result(w) + groups_count(c->run));
  const cross_sums *products = &cross->at[w->place * c->count + pair];
  const joint_table *t = &joint->at[w->place * c->count + pair];
  coefficient_options options = options_of(c, cross, products);
  product_sums ranks = {.n = products->n};
  if (t->overflown) {
    TRY(coefficient_make(&ranks, &options, out, err));
    out->x_constant = out->y_constant = false;
    warn_overflow(c, w, i, j);
    return STATUS_OK;
  }
  TRY(rank_sums(t, c->weighting != WEIGHTING_NONE, &ranks, err));
  return coefficient_make(&ranks, &options, out, err);
}

static status fill_family(const correlation *c, const group_walk *w, bool spearman, family *f, error *err) {
  const cross_state *s = run_result(c->run, group_walk_result(w));
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      const uint64_t pair = pair_index(c->pairs, i, j);
      TRY(spearman ? spearman_of(c, w, i, j, &f->at[pair], err)
                   : pearson_of(c, s, &s->at[w->place * c->count + pair], &f->at[pair], err));
      f->adjusted[pair] = f->at[pair].p;
    }
  }
  return holm_adjust(f->adjusted, f->adjusted, c->count, err);
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
    t.matrix = table_new(c->run, spearman ? "spearman_matrix" : "pearson_matrix", VIEW_MATRIX,
                         (const char *)columns.data);
  }
  buf_clear(&columns);
  buf_printf(&columns, "item other_item group %s %s t df p%s%s", sizes, column, adjusted, interval);
  buf_put_u8(&columns, 0);
  if (!columns.failed) {
    t.pairs = table_new(c->run, spearman ? "spearman_pairs" : "pearson_pairs", VIEW_LIST,
                        (const char *)columns.data);
  }
  buf_fini(&columns);
  if (!spearman || c->method == METHOD_SPEARMAN) {
    run_headline(c->run, spearman ? "spearman_pairs" : "pearson_pairs", column);
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

static void write_matrix(const correlation *c, const coefficient_tables *t, const family *f) {
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
                        const family *f) {
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

/* ---- Warnings ------------------------------------------------------------------------------------ */

static void warn_constants(const correlation *c, const group_walk *w, const family *f) {
  bool *constant = ARENA_ARRAY(c->memory, bool, c->pairs.variables_count);
  for (uint32_t i = 0; constant && i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      const coefficient *at = &f->at[pair_index(c->pairs, i, j)];
      constant[i] = constant[i] || at->x_constant;
      constant[j] = constant[j] || at->y_constant;
    }
  }
  for (uint32_t i = 0; constant && i < c->pairs.variables_count; i++) {
    if (constant[i]) {
      json *detail = run_detail(c->run);
      json_set_text(detail, "item", run_plan(c->run)->variables[c->items[i]].name);
      json_set(detail, "group", group_json(w));
      run_warn(c->run, "constant_item", detail);
    }
  }
}

/* One warning for all pairs of a group: with many items most of them would say the same. */
static void warn_few(const correlation *c, const group_walk *w, const family *f) {
  const int64_t threshold = run_request(c->run)->small_base;
  uint32_t smallest[2] = {0, 0};
  int64_t n = INT64_MAX;
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      int64_t here = f->at[pair_index(c->pairs, i, j)].n;
      if (here < n) {
        n = here;
        smallest[0] = i;
        smallest[1] = j;
      }
    }
  }
  if (n < threshold) {
    json *detail = run_detail(c->run);
    json_set_text(detail, "item", run_plan(c->run)->variables[c->items[smallest[0]]].name);
    json_set_text(detail, "other_item", run_plan(c->run)->variables[c->items[smallest[1]]].name);
    json_set(detail, "group", group_json(w));
    json_set_integer(detail, "n", n);
    json_set_integer(detail, "threshold", threshold);
    run_warn(c->run, "few_pairs", detail);
  }
}

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
    run_note(c->run, "note_holm_pairs", NULL);
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

static status step(analysis_run *run, error *err) {
  correlation c;
  TRY(open_correlation(run, &c, err));
  static const bool wanted[][2] = {
      [METHOD_PEARSON] = {true, false}, [METHOD_SPEARMAN] = {false, true}, [METHOD_BOTH] = {true, true}};
  bool warned = false;
  family f;
  TRY(family_new(&c, &f, err));
  for (int spearman = 0; spearman < 2; spearman++) {
    if (!wanted[c.method][spearman]) {
      continue;
    }
    coefficient_tables t = open_tables(&c, spearman != 0);
    group_walk w = group_walk_begin(run, 0, false);
    while (group_walk_next(&w)) {
      if (!has_pairs(&c, &w)) {
        continue;
      }
      TRY(fill_family(&c, &w, spearman != 0, &f, err));
      if (w.which == 0) {
        write_matrix(&c, &t, &f);
      }
      write_pairs(&c, &t, &w, &f);
      if (!warned) {
        warn_few(&c, &w, &f);
        warn_constants(&c, &w, &f);
      }
    }
    warned = true;
  }
  write_notes(&c);
  return STATUS_OK;
}

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
        "Fewer than 3 common rows, or an item without variance: no value.",
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
    .check = check,
    .begin = begin,
    .step = step,
};
