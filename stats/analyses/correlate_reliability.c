/* Correlations as they would be were the items measured without error: r / sqrt(reliabilities), Spearman 1904
 * (American Journal of Psychology 15:72-101).  The interval is that of r, its ends divided likewise: it takes
 * the reliabilities for known (Hunter & Schmidt 2004, Methods of Meta-Analysis, 3). */
#include <math.h>

#include "stats/analyses/correlate_demand.h"

typedef struct corrected {
  const correlation *c;
  const correlation_demand *d;
  const group_walk *w;
  table *t;
  double *alphas; /* per scale, in the group at hand */
} corrected;

/* Alpha over the rows that answer both of each pair of items, as `reliability` has it by default. */
static status alpha_of(const corrected *g, uint32_t at, arena *room, error *err) {
  const scale *of = &g->d->scales[at];
  const products_state *s =
      run_result(g->c->run, g->d->scales_asked + at * groups_count(g->c->run) + g->w->which);
  uint32_t first = 0, used = 0;
  covariance all;
  uint32_t *items = ARENA_ARRAY(room, uint32_t, (size_t)of->count + 1);
  double *matrix = ARENA_ARRAY(room, double, (size_t)of->count * of->count + 1);
  g->alphas[at] = NAN;
  if (items == NULL || matrix == NULL) {
    return error_no_memory(err, "correlate");
  }
  if (products_blocks(s, g->w->place, &first) == 0) {
    return STATUS_OK;
  }
  TRY(covariance_new(room, of->count, &all, err));
  TRY(covariance_fill(s, products_block(s, first), g->c->weighting, &all, err));
  for (uint32_t i = 0; i < of->count; i++) {
    if (all.matrix[(size_t)i * of->count + i] > 0) {
      items[used++] = i;
    }
  }
  covariance_part(all.matrix, of->count, items, used, matrix);
  g->alphas[at] = reliability_alpha(matrix, used);
  return STATUS_OK;
}

static double reliability_of(const corrected *g, uint32_t item) {
  const measure *m = &g->d->measures[item];
  return isnan(m->given) ? g->alphas[m->scale] : m->given;
}

static void warn_item(const corrected *g, const char *code, uint32_t i, uint32_t j, double v) {
  json *detail = run_detail(g->c->run);
  json_set_text(detail, "item", correlation_item(g->c, i));
  json_set_text(detail, "other_item", correlation_item(g->c, j));
  json_set_number(detail, "value_found", v);
  json_set(detail, "group", group_json(g->w));
  run_warn(g->c->run, code, detail);
}

static void write_pair(const corrected *g, uint32_t i, uint32_t j, const coefficient *r) {
  table *t = g->t;
  const double x = reliability_of(g, i), y = reliability_of(g, j), by = sqrt(x * y);
  const bool usable = x > 0 && y > 0;
  table_row(t);
  table_item(t, "item", g->c->items[i]);
  table_item(t, "other_item", g->c->items[j]);
  group_write(g->w, t);
  base_write(g->c, t, r->n, r->weighted_n, r->n_effective);
  table_number(t, "r", r->r);
  table_number(t, "reliability", x);
  table_number(t, "other_reliability", y);
  table_number(t, "corrected", usable ? r->r / by : NAN);
  table_number(t, "ci_low", usable ? r->ci_low / by : NAN);
  table_number(t, "ci_high", usable ? r->ci_high / by : NAN);
  if (usable && fabs(r->r / by) > 1) {
    warn_item(g, "corrected_above_one", i, j, r->r / by);
  }
}

/* An alpha that nothing can be divided by: negative, or there is none. */
static void warn_reliabilities(const corrected *g) {
  for (uint32_t i = 0; i < g->c->pairs.variables_count; i++) {
    const double v = reliability_of(g, i);
    if (!(v > 0)) {
      warn_item(g, "no_reliability", i, i, v);
    }
  }
}

static status write_group(const corrected *g, arena *room, error *err) {
  const correlation *c = g->c;
  const cross_state *s = run_result(c->run, group_walk_result(g->w));
  bool any = g->w->which == 0;
  for (uint64_t k = 0; k < c->count && !any; k++) {
    any = s->at[g->w->place * c->count + k].n > 0;
  }
  for (uint32_t k = 0; k < g->d->scales_count && any; k++) {
    TRY(alpha_of(g, k, room, err));
    arena_clear(room);
  }
  for (uint32_t i = 0; i < pairs_end(c->pairs) && any; i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      coefficient r;
      TRY(correlation_of(c, &s->at[g->w->place * c->count + pair_index(c->pairs, i, j)], s->weight_decimals,
                         &r, err));
      write_pair(g, i, j, &r);
    }
  }
  if (any) {
    warn_reliabilities(g);
  }
  return STATUS_OK;
}

status reliability_write_pairs(const correlation *c, const correlation_demand *d, arena *room, error *err) {
  buf columns;
  buf_init(&columns);
  buf_printf(&columns, "item other_item group %s r reliability other_reliability corrected ci_low ci_high",
             base_columns(c));
  buf_put_u8(&columns, 0);
  corrected g = {
      .c = c,
      .d = d,
      .t = columns.failed ? NULL : table_new(c->run, "corrected_pairs", (const char *)columns.data),
      .alphas = ARENA_ARRAY(c->memory, double, (size_t)d->scales_count + 1)};
  buf_fini(&columns);
  if (g.alphas == NULL) {
    return error_no_memory(err, "correlate");
  }
  group_walk w = group_walk_begin(c->run, c->products, false);
  g.w = &w;
  while (group_walk_next(&w)) {
    TRY(write_group(&g, room, err));
  }
  run_note(c->run, "note_corrected", NULL);
  if (d->scales_count > 0) {
    run_note(c->run, "note_corrected_alpha", NULL);
  }
  return STATUS_OK;
}
