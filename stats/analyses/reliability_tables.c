/* What is said of a scale in a group: its rows and its warnings. */
#include <math.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/reliability_scale.h"

/* An item that goes this much against the first principal component was likely not reversed; less may be
 * chance. */
#define REVERSED_BELOW (-0.2)

reliability_tables reliability_tables_open(analysis_run *run) {
  const bool pairwise = run_argument(run, "missing")->integer == 0;
  const bool weighted = run_weighting(run) != WEIGHTING_NONE;
  buf columns;
  buf_init(&columns);
  buf_printf(&columns, "item group items n%s%s alpha ci_low ci_high se", pairwise ? " n_most" : "",
             weighted ? " weighted_n" : "");
  buf_printf(&columns, "%s alpha_standardised mean_r split_half",
             run_weighting(run) != WEIGHTING_SAMPLING ? " feldt_low feldt_high" : "");
  buf_put_u8(&columns, 0);
  reliability_tables t = {0};
  if (!columns.failed) {
    t.scales = table_new(run, "reliability_scales", (const char *)columns.data);
  }
  buf_fini(&columns);
  t.factors =
      table_new(run, "reliability_factors", "item group items n omega ci_low ci_high se composite ave");
  t.items =
      table_new(run, "reliability_items", "item parent group n mean sd item_rest alpha_dropped loading");
  return t;
}

/* ---- Rows ------------------------------------------------------------------------------------------ */

/* A scale of named items is called as the request is. */
static const char *scale_name(const analysis_run *run, const scale *of) {
  return of->construct != PROGRAM_NONE ? run_plan(run)->variables[of->construct].name
                                       : run_request(run)->name;
}

static void put_name(const analysis_run *run, table *t, const char *column, const scale *of) {
  table_json(
      t, column,
      json_text(json_arena(run_section((analysis_run *)(uintptr_t)run)), slice_of(scale_name(run, of))));
}

static void put_interval(table *t, const replicate_interval *i) {
  table_number(t, "ci_low", i->low);
  table_number(t, "ci_high", i->high);
  table_number(t, "se", i->se);
}

/* The smallest of the pairs' bases; its weight. */
static int64_t smallest_base(const covariance *c, double *weighted) {
  size_t at = c->count > 1 ? 1 : 0;
  for (uint32_t i = 0; i < c->count; i++) {
    for (uint32_t j = i + 1; j < c->count; j++) {
      const size_t here = (size_t)i * c->count + j;
      at = c->n[here] < c->n[at] ? here : at;
    }
  }
  *weighted = c->weighted_n[at];
  return c->n[at];
}

static void write_scale(const reliability_tables *t, const group_walk *w, const scale_state *s,
                        const replicates_result *r) {
  table *out = t->scales;
  double weighted = 0;
  double mean_r = 0;
  const int64_t n = smallest_base(&s->all, &weighted);
  const double standardised = reliability_standardised(s->correlation, s->used_count, &mean_r);
  table_row(out);
  put_name(s->run, out, "item", s->of);
  group_write(w, out);
  table_integer(out, "items", s->used_count);
  table_integer(out, "n", n);
  if (s->all.pairwise) {
    table_integer(out, "n_most", s->all.n_max);
  }
  if (s->weighting != WEIGHTING_NONE) {
    table_number(out, "weighted_n", weighted);
  }
  table_number(out, "alpha", r->figures[SCALE_ALPHA]);
  put_interval(out, &r->interval[SCALE_ALPHA]);
  if (s->weighting != WEIGHTING_SAMPLING) {
    double low = NAN;
    double high = NAN;
    reliability_feldt(r->figures[SCALE_ALPHA], weighted, s->used_count, run_request(s->run)->confidence, &low,
                      &high);
    table_number(out, "feldt_low", low);
    table_number(out, "feldt_high", high);
  }
  table_number(out, "alpha_standardised", standardised);
  table_number(out, "mean_r", mean_r);
  /* Where no row answers some pair there is no alpha, and no half either. */
  table_number(out, "split_half",
               isnan(r->figures[SCALE_ALPHA]) ? NAN : reliability_split_half(s->matrix, s->used_count));
}

static void write_factor(const reliability_tables *t, const group_walk *w, const scale_state *s,
                         const replicates_result *r) {
  table *out = t->factors;
  double weighted = 0;
  table_row(out);
  put_name(s->run, out, "item", s->of);
  group_write(w, out);
  table_integer(out, "items", s->used_count);
  table_integer(out, "n", smallest_base(&s->all, &weighted));
  table_number(out, "omega", r->figures[SCALE_OMEGA]);
  put_interval(out, &r->interval[SCALE_OMEGA]);
  if (s->fitted) {
    table_number(out, "composite", reliability_of_factor(&s->factor, NULL));
    table_number(out, "ave", reliability_variance_extracted(&s->factor));
  }
}

static void write_items(const reliability_tables *t, const group_walk *w, const scale_state *s) {
  table *out = t->items;
  const uint32_t all = s->of->count;
  for (uint32_t i = 0, k = 0; i < all; i++) {
    const bool used = k < s->used_count && s->used[k] == i;
    table_row(out);
    table_item(out, "item", s->of->items[i]);
    put_name(s->run, out, "parent", s->of);
    group_write(w, out);
    table_integer(out, "n", s->all.n[(size_t)i * all + i]);
    table_number(out, "mean", s->all.mean[i]);
    table_number(out, "sd", sqrt(s->all.matrix[(size_t)i * all + i]));
    if (used) {
      table_number(out, "item_rest", reliability_item_rest(s->matrix, s->used_count, k));
      table_number(out, "alpha_dropped", reliability_alpha_dropped(s->matrix, s->used_count, k));
      table_number(out, "loading", s->fitted ? s->factor.loading[k] : NAN);
      k++;
    }
  }
}

/* ---- Warnings -------------------------------------------------------------------------------------- */

static void warn(const group_walk *w, const scale_state *s, const char *code, uint32_t item) {
  json *detail = run_detail(s->run);
  const plan *p = run_plan(s->run);
  json_set_text(detail, "item", item != PROGRAM_NONE ? p->variables[item].name : scale_name(s->run, s->of));
  if (item != PROGRAM_NONE) {
    json_set_text(detail, "scale", scale_name(s->run, s->of));
  }
  json_set(detail, "group", group_json(w));
  run_warn(s->run, code, detail);
}

static void warn_base(const group_walk *w, analysis_run *run, const scale *of, int64_t n) {
  const int64_t threshold = run_request(run)->small_base;
  if (n >= threshold) {
    return;
  }
  json *detail = run_detail(run);
  json_set_text(detail, "item", scale_name(run, of));
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "n", n);
  json_set_integer(detail, "threshold", threshold);
  run_warn(run, n == 0 ? "empty_base" : "small_base", detail);
}

static void warn_items(const group_walk *w, const scale_state *s) {
  for (uint32_t i = 0, k = 0; i < s->of->count; i++) {
    if (k < s->used_count && s->used[k] == i) {
      k++;
    } else {
      warn(w, s, covariance_is_constant(&s->all, i) ? "item_constant" : "item_unanswered", s->of->items[i]);
    }
  }
  for (uint32_t k = 0; k < s->used_count && !isnan(s->smallest); k++) {
    if (s->first[k] < REVERSED_BELOW) {
      warn(w, s, "item_reversed", s->of->items[s->used[k]]);
    }
  }
  for (uint32_t k = 0; s->fitted && k < s->used_count; k++) {
    if (one_factor_is_heywood(&s->factor, k)) {
      warn(w, s, "heywood", s->of->items[s->used[k]]);
    }
  }
}

static void warn_scale(const group_walk *w, const scale_state *s, const replicates_result *r) {
  double weighted = 0;
  warn_base(w, s->run, s->of, smallest_base(&s->all, &weighted));
  warn_items(w, s);
  if (s->used_count < 2) {
    warn(w, s, "too_few_items", PROGRAM_NONE);
  } else if (r->figures[SCALE_ALPHA] < 0) {
    warn(w, s, "alpha_negative", PROGRAM_NONE);
  }
  if (s->used_count >= ONE_FACTOR_ITEMS_MIN && !s->fitted) {
    warn(w, s, s->smallest > 1e-10 ? "factor_not_found" : "indefinite_matrix", PROGRAM_NONE);
  }
}

void reliability_write(const reliability_tables *t, const group_walk *w, const scale_state *s,
                       const replicates_result *r) {
  write_scale(t, w, s, r);
  write_factor(t, w, s, r);
  write_items(t, w, s);
  warn_scale(w, s, r);
}

void reliability_write_empty(const reliability_tables *t, const group_walk *w, const scale *of) {
  table *const out[] = {t->scales, t->factors};
  for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
    table_row(out[i]);
    put_name(w->run, out[i], "item", of);
    group_write(w, out[i]);
    table_integer(out[i], "items", of->count);
    table_integer(out[i], "n", 0);
  }
  warn_base(w, w->run, of, 0);
}
