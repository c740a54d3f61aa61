/* Correlations given controls. */
#include <math.h>

#include "stats/analyses/correlate_demand.h"
#include "stats/methods/partial.h"

/* One group: the correlations of items and controls, and the base of each. */
typedef struct controlled {
  const correlation *c;
  const correlation_demand *d;
  const group_walk *w;
  table *t;
  uint32_t items, controls, count; /* count: of both */
  complete_rows rows;              /* listwise; pairwise only its correlations */
  coefficient *pairs;              /* pairwise: of each pair of COUNT variables; else NULL */
  partial_matrix matrix;
} controlled;

/* ---- Correlations of one group ------------------------------------------------------------------------- */

static const coefficient *pair_of(const controlled *g, uint32_t i, uint32_t j) {
  return &g->pairs[pair_index((pair_list){g->count, 0}, i < j ? i : j, i < j ? j : i)];
}

static status read_pairs(controlled *g, arena *room, error *err) {
  const cross_state *s = run_result(g->c->run, group_walk_result(g->w));
  const uint64_t pairs = pairs_count((pair_list){g->count, 0});
  double *r = ARENA_ARRAY(room, double, (size_t)g->count * g->count);
  g->pairs = ARENA_ARRAY(room, coefficient, pairs);
  if (r == NULL || g->pairs == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint64_t k = 0; k < pairs; k++) {
    TRY(correlation_of(g->c, &s->at[g->w->place * pairs + k], s->weight_decimals, &g->pairs[k], err));
  }
  for (uint32_t i = 0; i < g->count; i++) {
    bool varies = false;
    for (uint32_t j = 0; j < g->count; j++) {
      if (i != j) {
        r[(size_t)i * g->count + j] = pair_of(g, i, j)->r;
        varies = varies || !isnan(pair_of(g, i, j)->r);
      }
    }
    r[(size_t)i * g->count + i] = varies ? 1 : NAN;
  }
  g->rows.correlation = r;
  return STATUS_OK;
}

static status read_group(controlled *g, arena *room, error *err) {
  TRY(g->d->rows == PARTIAL_PAIRWISE ? read_pairs(g, room, err)
                                     : complete_rows_of(g->c, g->w, g->count, room, &g->rows, err));
  return partial_make(room, g->rows.correlation, g->count, g->controls, &g->matrix, err);
}

/* Pairwise, the smallest base of the correlations that a pair's partial one is made of (as SPSS). */
static complete_rows base_of(const controlled *g, uint32_t x, uint32_t y) {
  if (g->pairs == NULL) {
    return g->rows;
  }
  const coefficient *least = pair_of(g, x, y);
  for (uint32_t i = 0; i < g->controls; i++) {
    if (g->matrix.dropped[i]) {
      continue;
    }
    const uint32_t control = g->items + i;
    const coefficient *of[] = {pair_of(g, x, control), pair_of(g, y, control)};
    for (int k = 0; k < 2; k++) {
      least = of[k]->n_effective < least->n_effective ? of[k] : least;
    }
    for (uint32_t j = 0; j < i; j++) {
      const coefficient *among = pair_of(g, control, g->items + j);
      least = !g->matrix.dropped[j] && among->n_effective < least->n_effective ? among : least;
    }
  }
  return (complete_rows){.n = least->n, .weighted_n = least->weighted_n, .n_effective = least->n_effective};
}

/* ---- Rows ---------------------------------------------------------------------------------------------- */

/* The figures of a pair, while p waits to be adjusted. */
typedef struct partial_figures {
  complete_rows base;
  double r;
  partial_test test;
} partial_figures;

static bool is_in(const partial_outcome *outcomes, uint64_t count, partial_outcome which) {
  for (uint64_t k = 0; k < count; k++) {
    if (outcomes[k] == which) {
      return true;
    }
  }
  return false;
}

static void write_rows(const controlled *g, const partial_figures *f, const double *adjusted) {
  const pair_list pairs = g->c->pairs;
  for (uint32_t i = 0; i < pairs_end(pairs); i++) {
    for (uint32_t j = pairs_first(pairs, i); j < pairs.variables_count; j++) {
      const uint64_t k = pair_index(pairs, i, j);
      table_row(g->t);
      table_item(g->t, "item", g->c->items[i]);
      table_item(g->t, "other_item", g->c->items[j]);
      group_write(g->w, g->t);
      base_write(g->c, g->t, f[k].base.n, f[k].base.weighted_n, f[k].base.n_effective);
      table_number(g->t, "r", g->rows.correlation[(size_t)i * g->count + j]);
      table_number(g->t, "partial", f[k].r);
      table_number(g->t, "ci_low", f[k].test.ci_low);
      table_number(g->t, "ci_high", f[k].test.ci_high);
      table_number(g->t, "t", f[k].test.t);
      table_number(g->t, "df", f[k].test.df);
      table_number(g->t, "p", f[k].test.p);
      if (g->c->adjusted) {
        table_number(g->t, "p_adjusted", adjusted[k]);
      }
    }
  }
}

/* ---- Warnings ------------------------------------------------------------------------------------------ */

static void warn_item(const controlled *g, const char *code, uint32_t variable) {
  json *detail = run_detail(g->c->run);
  json_set_text(detail, "item", run_plan(g->c->run)->variables[variable].name);
  json_set(detail, "group", group_json(g->w));
  run_warn(g->c->run, code, detail);
}

static void warn_group(const controlled *g, const partial_figures *f, const partial_outcome *outcomes) {
  const uint64_t count = g->c->count;
  complete_rows least = f[0].base;
  bool too_few = false;
  for (uint64_t k = 0; k < count; k++) {
    least = f[k].base.n < least.n ? f[k].base : least;
    too_few = too_few || (outcomes[k] == PARTIAL_FOUND && isnan(f[k].test.df));
  }
  least.correlation = g->rows.correlation;
  complete_rows_warn(g->c, g->w, &least, g->count, g->pairs == NULL ? g->items : 0, too_few);
  for (uint32_t i = 0; i < g->controls && least.n > 1; i++) {
    if (g->matrix.dropped[i]) {
      warn_item(g, "control_left_out", g->d->controls->variables[i]);
    }
  }
  for (uint32_t i = 0; i < g->items && !g->matrix.unusable; i++) {
    if (partial_determines(&g->matrix, i)) {
      warn_item(g, "item_determined", g->c->items[i]);
    }
  }
  if (is_in(outcomes, count, PARTIAL_IMPOSSIBLE)) {
    json *detail = run_detail(g->c->run);
    json_set(detail, "group", group_json(g->w));
    run_warn(g->c->run, "indefinite_controls", detail);
  }
}

/* ---- All ----------------------------------------------------------------------------------------------- */

static status write_group(controlled *g, arena *room, error *err) {
  const pair_list pairs = g->c->pairs;
  const double confidence = run_request(g->c->run)->confidence;
  TRY(read_group(g, room, err));
  partial_figures *f = ARENA_ARRAY(room, partial_figures, g->c->count);
  partial_outcome *outcomes = ARENA_ARRAY(room, partial_outcome, g->c->count);
  double *adjusted = ARENA_ARRAY(room, double, g->c->count);
  if (f == NULL || outcomes == NULL || adjusted == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < pairs_end(pairs); i++) {
    for (uint32_t j = pairs_first(pairs, i); j < pairs.variables_count; j++) {
      const uint64_t k = pair_index(pairs, i, j);
      f[k].base = base_of(g, i, j);
      outcomes[k] = partial_correlation(&g->matrix, i, j, &f[k].r);
      f[k].test = partial_test_of(f[k].r, f[k].base.n_effective, g->matrix.kept, confidence);
      adjusted[k] = f[k].test.p;
    }
  }
  TRY(correlation_adjust(g->c, adjusted, g->c->count, 0, err));
  write_rows(g, f, adjusted);
  warn_group(g, f, outcomes);
  return STATUS_OK;
}

/* Whether the group has a row at all, or is the total. */
static bool has_rows(const controlled *g) {
  uint32_t first = 0;
  if (g->w->which == 0) {
    return true;
  }
  if (g->d->rows == PARTIAL_LISTWISE) {
    return products_blocks(run_result(g->c->run, group_walk_result(g->w)), g->w->place, &first) > 0;
  }
  const cross_state *s = run_result(g->c->run, group_walk_result(g->w));
  const uint64_t pairs = pairs_count((pair_list){g->count, 0});
  for (uint64_t k = 0; k < pairs; k++) {
    if (s->at[g->w->place * pairs + k].n > 0) {
      return true;
    }
  }
  return false;
}

static void note_controls(const correlation *c, const correlation_demand *d) {
  buf names;
  buf_init(&names);
  for (uint32_t i = 0; i < d->controls->variables_count; i++) {
    buf_printf(&names, "%s%s", i > 0 ? ", " : "",
               run_plan(c->run)->variables[d->controls->variables[i]].name);
  }
  json *detail = run_detail(c->run);
  json_set(detail, "controls", json_text(c->memory, (slice){(const char *)names.data, names.length}));
  run_note(c->run, d->rows == PARTIAL_LISTWISE ? "note_partial" : "note_partial_pairwise", detail);
  buf_fini(&names);
}

status partial_write(const correlation *c, const correlation_demand *d, arena *room, error *err) {
  const uint32_t items = c->pairs.variables_count, controls = d->controls->variables_count;
  table *t = demand_table(c, "partial_pairs", "item other_item group", "r partial ci_low ci_high t df p");
  group_walk w = group_walk_begin(c->run, d->partial_asked, false);
  while (group_walk_next(&w)) {
    controlled g = {
        .c = c, .d = d, .w = &w, .t = t, .items = items, .controls = controls, .count = items + controls};
    if (has_rows(&g)) {
      TRY(write_group(&g, room, err));
    }
    arena_clear(room);
  }
  note_controls(c, d);
  return STATUS_OK;
}
