/* Whether a correlation differs between groups: of every two groups of a breakdown, or of each group and all
 * others together. */
#include <math.h>

#include "stats/analyses/correlate_demand.h"
#include "stats/analyses/group_key.h"

/* The groups of one breakdown that have rows, "missing" left out: an answer that is not known is no group. */
typedef struct gathered {
  const correlation *c;
  const correlation_demand *d;
  const cross_state *s;
  table *t;
  uint32_t which, count;
  uint32_t *places;
  json **keys;
  coefficient *at; /* per group, of the pair at hand */
} gathered;

/* ---- Groups -------------------------------------------------------------------------------------------- */

static bool is_missing(const group_walk *w) {
  const group_key key = group_key_of(w);
  for (uint32_t i = 0; i < w->breakdown->count; i++) {
    if (key.keys[i].missing) {
      return true;
    }
  }
  return false;
}

static bool has_pairs(const gathered *g, uint32_t place) {
  for (uint64_t k = 0; k < g->c->count; k++) {
    if (g->s->at[place * g->c->count + k].n > 0) {
      return true;
    }
  }
  return false;
}

/* Starts the groups of result WHICH. */
static status open_groups(gathered *g, const group_walk *w, error *err) {
  g->s = run_result(g->c->run, group_walk_result(w));
  g->which = w->which;
  g->count = 0;
  g->places = ARENA_ARRAY(g->c->memory, uint32_t, w->places);
  g->keys = ARENA_ARRAY(g->c->memory, json *, w->places);
  g->at = ARENA_ARRAY(g->c->memory, coefficient, w->places);
  return g->places != NULL && g->keys != NULL && g->at != NULL ? STATUS_OK : error_no_memory(err, "groups");
}

/* ---- Differences --------------------------------------------------------------------------------------- */

static void add_sums(cross_sums *into, const cross_sums *from) {
  into->n += from->n;
  into->w += from->w;
  exact_add(&into->x, &from->x);
  exact_add(&into->y, &from->y);
  exact_add(&into->xx, &from->xx);
  exact_add(&into->yy, &from->yy);
  exact_add(&into->xy, &from->xy);
  exact_add(&into->w2, &from->w2);
  exact_add(&into->wx, &from->wx);
  exact_add(&into->wy, &from->wy);
  exact_add(&into->wxx, &from->wxx);
  exact_add(&into->wyy, &from->wyy);
  exact_add(&into->wxy, &from->wxy);
}

/* The pair's coefficient among all groups but AT. */
static status rest_of(const gathered *g, uint64_t pair, uint32_t at, coefficient *out, error *err) {
  cross_sums rest = {0};
  for (uint32_t i = 0; i < g->count; i++) {
    if (i != at) {
      add_sums(&rest, &g->s->at[g->places[i] * g->c->count + pair]);
    }
  }
  return correlation_of(g->c, &rest, g->s->weight_decimals, out, err);
}

/* What the differences of a pair are tested against, and the tests. */
typedef struct contrast {
  uint32_t of, against; /* groups; against: of pairs */
  coefficient other;
  correlation_difference test;
} contrast;

static void write_contrast(const gathered *g, uint32_t i, uint32_t j, const contrast *k, double adjusted) {
  table *t = g->t;
  const coefficient *one = &g->at[k->of];
  table_row(t);
  table_item(t, "item", g->c->items[i]);
  table_item(t, "other_item", g->c->items[j]);
  table_json(t, "group", g->keys[k->of]);
  if (g->d->groups == GROUPS_PAIRS) {
    table_json(t, "other_group", g->keys[k->against]);
  }
  base_write(g->c, t, one->n, one->weighted_n, one->n_effective);
  table_integer(t, "other_n", k->other.n);
  table_number(t, "r", one->r);
  table_number(t, "other_r", k->other.r);
  table_number(t, "difference", k->test.difference);
  table_number(t, "ci_low", k->test.ci_low);
  table_number(t, "ci_high", k->test.ci_high);
  table_number(t, "z", k->test.z);
  table_number(t, "p", k->test.p);
  if (g->c->adjusted) {
    table_number(t, "p_adjusted", adjusted);
  }
}

static void make_test(const gathered *g, contrast *k) {
  const coefficient *one = &g->at[k->of];
  k->test = correlations_of_groups(one->r, one->n_effective, k->other.r, k->other.n_effective,
                                   run_request(g->c->run)->confidence);
}

static status write_pair(const gathered *g, uint32_t i, uint32_t j, arena *room, error *err) {
  const bool rest = g->d->groups == GROUPS_REST;
  const uint64_t pair = pair_index(g->c->pairs, i, j);
  const size_t most = rest ? g->count : (size_t)g->count * (g->count - 1) / 2;
  contrast *all = ARENA_ARRAY(room, contrast, most);
  double *p = ARENA_ARRAY(room, double, most);
  size_t count = 0;
  if (all == NULL || p == NULL) {
    return error_no_memory(err, "groups");
  }
  for (uint32_t a = 0; a < g->count; a++) {
    TRY(correlation_of(g->c, &g->s->at[g->places[a] * g->c->count + pair], g->s->weight_decimals, &g->at[a],
                       err));
  }
  for (uint32_t a = 0; a < g->count; a++) {
    for (uint32_t b = a + 1; b < (rest ? a + 2 : g->count); b++) {
      contrast *k = &all[count];
      *k = (contrast){.of = a, .against = b};
      if (rest) {
        TRY(rest_of(g, pair, a, &k->other, err));
      } else {
        k->other = g->at[b];
      }
      make_test(g, k);
      p[count++] = k->test.p;
    }
  }
  TRY(correlation_adjust(g->c, p, count, 0, err));
  for (size_t k = 0; k < count; k++) {
    write_contrast(g, i, j, &all[k], p[k]);
  }
  return STATUS_OK;
}

/* ---- Breakdowns ---------------------------------------------------------------------------------------- */

static json *by_json(const gathered *g) {
  const plan_breakdown *b = groups_breakdown(g->c->run, g->which);
  buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < b->count; i++) {
    buf_printf(&text, "%s%s", i > 0 ? " × " : "", run_plan(g->c->run)->variables[b->variables[i]].name);
  }
  json *out = json_text(g->c->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return out;
}

static void warn_breakdown(const gathered *g, const char *code, uint32_t threshold) {
  json *detail = run_detail(g->c->run);
  json_set(detail, "by", by_json(g));
  json_set_integer(detail, "n", g->count);
  json_set_integer(detail, "threshold", threshold);
  run_warn(g->c->run, code, detail);
}

/* The groups of one breakdown are together: compares them. */
static status write_groups(const gathered *g, arena *room, error *err) {
  if (g->count < 2) {
    warn_breakdown(g, "differences_of_one_group", 2);
    return STATUS_OK;
  }
  if (g->count > CORRELATE_GROUPS_MAX && g->d->groups == GROUPS_PAIRS) {
    warn_breakdown(g, "differences_left_out", CORRELATE_GROUPS_MAX);
    return STATUS_OK;
  }
  for (uint32_t i = 0; i < pairs_end(g->c->pairs); i++) {
    for (uint32_t j = pairs_first(g->c->pairs, i); j < g->c->pairs.variables_count; j++) {
      TRY(write_pair(g, i, j, room, err));
      arena_clear(room);
    }
  }
  return STATUS_OK;
}

/* A breakdown with a multiple choice, told once: its groups have respondents in common. */
static bool is_overlapping(gathered *g, const group_walk *w, const plan_breakdown **told) {
  if (w->option.length == 0) {
    return false;
  }
  if (*told != w->breakdown) {
    *told = w->breakdown;
    g->which = w->which;
    warn_breakdown(g, "differences_overlap", 0);
  }
  return true;
}

status groups_write(const correlation *c, const correlation_demand *d, arena *room, error *err) {
  const bool rest = d->groups == GROUPS_REST;
  gathered g = {.c = c, .d = d};
  g.t = demand_table(c, rest ? "rest_differences" : "group_differences",
                     rest ? "item other_item group" : "item other_item group other_group",
                     "other_n r other_r difference ci_low ci_high z p");
  const plan_breakdown *told = NULL;
  group_walk w = group_walk_begin(c->run, c->products, false);
  while (group_walk_next(&w)) {
    if (w.which == 0 || is_overlapping(&g, &w, &told)) {
      continue;
    }
    if (w.which != g.which && g.which > 0 && g.s != NULL) {
      TRY(write_groups(&g, room, err));
    }
    if (w.which != g.which || g.s == NULL) {
      TRY(open_groups(&g, &w, err));
    }
    if (!is_missing(&w) && has_pairs(&g, w.place)) {
      g.places[g.count] = w.place;
      g.keys[g.count++] = group_json(&w);
    }
  }
  if (g.s != NULL) {
    TRY(write_groups(&g, room, err));
  }
  run_note(c->run, rest ? "note_rest_differences" : "note_group_differences", NULL);
  return STATUS_OK;
}
