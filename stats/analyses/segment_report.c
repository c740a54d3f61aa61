/* Segments are numbered by size, the largest first, equal sizes by their centres; a row without a segment
 * is about all of them. */
#include "stats/analyses/segment_report.h"

#include <math.h>
#include <stdlib.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/estimate.h"

typedef struct segments {
  analysis_run *run;
  arena *memory;
  const segment_space *space;
  const segment_model *model;
  uint32_t *order; /* clusters, in the order of the report */
  bool weighted;
  ratio *one, *two;
} segments;

/* ---- Models -------------------------------------------------------------------------------------- */

status segment_report_models(analysis_run *run, const segment_space *s, const segment_model *models,
                             uint32_t models_count, error *err) {
  table *t = table_new(run, "segment_models",
                       "segments within_ss between_percent calinski_harabasz silhouette passes");
  ratio *within = ratio_new(), *total = ratio_new(), *percent = ratio_new();
  if (within == NULL || total == NULL || percent == NULL) {
    ratio_destroy(within);
    ratio_destroy(total);
    ratio_destroy(percent);
    return error_no_memory(err, "segment");
  }
  segment_space_total(s, total);
  for (uint32_t i = 0; i < models_count; i++) {
    const segment_model *m = &models[i];
    table_row(t);
    table_integer(t, "segments", m->clusters);
    if (!segment_model_is_done(m)) {
      continue;
    }
    segment_model_within_all(m, s, within);
    table_number(t, "within_ss", ratio_to_double(within));
    if (ratio_sign(total) > 0) {
      ratio_sub(percent, total, within);
      ratio_div(percent, percent, total);
      ratio_scale10(percent, 2);
      table_number(t, "between_percent", ratio_to_double(percent));
    }
    table_number(t, "calinski_harabasz", segment_model_calinski(m, s));
    table_number(t, "silhouette", segment_model_silhouette(m, m->clusters));
    table_integer(t, "passes", m->passes);
  }
  ratio_destroy(within);
  ratio_destroy(total);
  ratio_destroy(percent);
  return STATUS_OK;
}

/* ---- Order --------------------------------------------------------------------------------------- */

static void mean_of(const segments *g, uint32_t cluster, uint32_t item, ratio *out) {
  ratio_set_exact(out, &g->model->x[(size_t)cluster * g->space->items_count + item]);
  ratio_set_i128(g->two, g->model->w[cluster]);
  ratio_div(out, out, g->two);
}

static bool comes_before(const segments *g, uint32_t a, uint32_t b) {
  const i128 *w = g->model->w;
  if (w[a] != w[b]) {
    return w[a] > w[b];
  }
  ratio *other = w[a] > 0 ? ratio_new() : NULL;
  int order = 0;
  for (uint32_t d = 0; other != NULL && d < g->space->items_count && order == 0; d++) {
    mean_of(g, a, d, g->one);
    mean_of(g, b, d, other);
    order = ratio_compare(g->one, other);
  }
  ratio_destroy(other);
  return order != 0 ? order < 0 : a < b;
}

static void sort_segments(segments *g) {
  for (uint32_t i = 0; i < g->model->clusters; i++) {
    uint32_t at = i;
    for (; at > 0 && comes_before(g, i, g->order[at - 1]); at--) {
      g->order[at] = g->order[at - 1];
    }
    g->order[at] = i;
  }
}

/* ---- Sizes and centres ----------------------------------------------------------------------------- */

static void write_sizes(const segments *g) {
  const segment_model *m = g->model;
  table *t = table_new(g->run, "segment_sizes",
                       g->weighted ? "segment n weighted_n percent within_ss silhouette"
                                   : "segment n percent within_ss silhouette");
  run_headline(g->run, "segment_sizes");
  for (uint32_t i = 0; i < m->clusters; i++) {
    const uint32_t j = g->order[i];
    table_row(t);
    table_integer(t, "segment", (int64_t)i + 1);
    table_integer(t, "n", m->n[j]);
    if (g->weighted) {
      table_i128(t, "weighted_n", m->w[j], g->space->weight_decimals);
    }
    table_number(t, "percent", percent_of(m->w[j], g->space->w));
    segment_model_within(m, g->space, j, g->one);
    table_number(t, "within_ss", ratio_to_double(g->one));
    table_number(t, "silhouette", segment_model_silhouette(m, j));
  }
}

/* OUT = x / w, in the item's own unit. */
static bool set_mean(const exact *x, i128 w, unsigned decimals, ratio *out, ratio *spare) {
  if (w == 0) {
    return false;
  }
  ratio_set_exact_scaled(out, x, decimals);
  ratio_set_i128(spare, w);
  ratio_div(out, out, spare);
  return true;
}

/* mean, and difference_sd = (mean - overall) / sd.  VARIANCE in squared units; at most 0 or NaN: no sd. */
static void write_mean(const segments *g, table *t, const exact *x, i128 w, const exact *all_x, i128 all_w,
                       unsigned decimals, double variance) {
  ratio *spare = ratio_new();
  if (spare != NULL && set_mean(all_x, all_w, decimals, g->two, spare)) {
    if (set_mean(x, w, decimals, g->one, spare)) {
      table_number(t, "mean", ratio_to_double(g->one));
      ratio_sub(g->one, g->one, g->two);
      if (variance > 0) {
        table_number(t, "difference_sd", ratio_to_double(g->one) / sqrt(variance));
      }
    }
  }
  ratio_destroy(spare);
}

static void write_centres(const segments *g, const argument_value *items) {
  const segment_space *s = g->space;
  table *t = table_new(g->run, "segment_centres", "item segment mean difference_sd");
  for (uint32_t d = 0; d < s->items_count; d++) {
    double variance = ratio_to_double(s->variance[d]) / pow(10, 2 * (double)s->decimals[d]);
    for (uint32_t i = 0; i < g->model->clusters; i++) {
      const uint32_t j = g->order[i];
      table_row(t);
      table_item(t, "item", items->variables[d]);
      table_integer(t, "segment", (int64_t)i + 1);
      write_mean(g, t, &g->model->x[(size_t)j * s->items_count + d], g->model->w[j], &s->x[d], s->w,
                 s->decimals[d], variance);
    }
    table_row(t);
    table_item(t, "item", items->variables[d]);
    write_mean(g, t, &s->x[d], s->w, &s->x[d], s->w, s->decimals[d], 0);
  }
}

/* ---- Profile ------------------------------------------------------------------------------------- */

/* The place of cluster J on the axis of a result by cluster. */
static uint32_t place_of(const grouping *groups, uint32_t j) {
  for (uint32_t i = 0; i < groups->by[0].count; i++) {
    if (groups->by[0].numbers[i] == (int64_t)j + 1) {
      return i;
    }
  }
  return UINT32_MAX;
}

/* The sums of cluster J, or nothing when no row of it answers. */
static sums profile_sums(const segments *g, const moments_state *state, uint32_t j) {
  const uint32_t place = place_of(&state->groups, j);
  if (place != UINT32_MAX) {
    return sums_of_moments(state, place, run_weighting(g->run));
  }
  return (sums){.decimals = state->decimals,
                .weight_decimals = state->weight_decimals,
                .weighting = run_weighting(g->run)};
}

static void write_profile_mean(const segments *g, table *t, const sums *s, const sums *all, double variance) {
  const moments *m = &s->at, *a = &all->at;
  table_integer(t, "n", m->n);
  write_mean(g, t, g->weighted ? &m->wx : &m->x, g->weighted ? m->w : m->n, g->weighted ? &a->wx : &a->x,
             g->weighted ? a->w : a->n, s->decimals, variance);
}

/* The deviation that differences count in is the sample's, as that of the items in segment_centres. */
static status write_profile_means(const segments *g, table *t, uint32_t item, const moments_state *state,
                                  error *err) {
  const estimate_options options = run_estimate_options(g->run);
  sums all = profile_sums(g, state, 0);
  for (uint32_t j = 1; j < g->model->clusters; j++) {
    const sums one = profile_sums(g, state, j);
    sums_add(&all, &one);
  }
  estimate e;
  TRY(estimate_make(&all, &options, &e, err));
  for (uint32_t i = 0; i < g->model->clusters; i++) {
    const sums one = profile_sums(g, state, g->order[i]);
    table_row(t);
    table_item(t, "item", item);
    table_integer(t, "segment", (int64_t)i + 1);
    write_profile_mean(g, t, &one, &all, e.variance);
  }
  table_row(t);
  table_item(t, "item", item);
  write_profile_mean(g, t, &all, &all, 0);
  return STATUS_OK;
}

/* What a cell of PLACE counts: respondents or their weight; 0 for a place that does not occur. */
static i128 cell_of(const segments *g, const frequency_state *f, uint32_t place, uint32_t cell) {
  if (place == UINT32_MAX) {
    return 0;
  }
  return g->weighted ? frequency_w(f, place, cell) : frequency_n(f, place, cell);
}

static i128 all_of(const segments *g, const frequency_state *f, uint32_t cell) {
  i128 sum = 0;
  for (uint32_t j = 0; j < g->model->clusters; j++) {
    sum += cell_of(g, f, place_of(&f->groups, j), cell);
  }
  return sum;
}

/* What the share of KEY in PLACE is of. */
static i128 base_of(const segments *g, const frequency_state *f, uint32_t place, uint32_t key) {
  if (place == UINT32_MAX) {
    return 0;
  }
  return g->weighted ? frequency_base_w(f, place, key) : frequency_base_n(f, place, key);
}

static i128 base_of_all(const segments *g, const frequency_state *f, uint32_t key) {
  i128 sum = 0;
  for (uint32_t j = 0; j < g->model->clusters; j++) {
    sum += base_of(g, f, place_of(&f->groups, j), key);
  }
  return sum;
}

static void write_share(const segments *g, table *t, const frequency_state *f, uint32_t place, uint32_t key,
                        bool with_bases) {
  const bool given = key < f->keys.count, here = place != UINT32_MAX;
  table_integer(t, "n", given && here ? frequency_n(f, place, key) : 0);
  table_number(t, "percent", percent_of(given ? cell_of(g, f, place, key) : 0, base_of(g, f, place, key)));
  table_number(t, "overall_percent", percent_of(given ? all_of(g, f, key) : 0, base_of_all(g, f, key)));
  if (with_bases) {
    table_integer(t, "answered", here ? frequency_answers(f, place) : 0);
  }
  if (f->own_bases) {
    table_integer(t, "asked", here ? frequency_base_n(f, place, key) : 0);
  }
}

static void write_profile_shares(const segments *g, table *t, uint32_t item, const frequency_state *f,
                                 bool with_bases) {
  uint32_t count = 0;
  const level *levels = levels_of(g->memory, run_plan(g->run), item, &f->keys, &count);
  for (uint32_t l = 0; levels != NULL && l < count; l++) {
    for (uint32_t i = 0; i < g->model->clusters; i++) {
      table_row(t);
      table_item(t, "item", item);
      table_json(t, "value", level_json(&levels[l], g->memory));
      table_integer(t, "segment", (int64_t)i + 1);
      write_share(g, t, f, place_of(&f->groups, g->order[i]), levels[l].key, with_bases);
    }
  }
}

static table *open_shares(const segments *g, bool with_bases) {
  return table_new(g->run, "segment_shares",
                   with_bases ? "item value segment n percent overall_percent asked answered"
                              : "item value segment n percent overall_percent");
}

static status write_profile(const segments *g, const argument_value *profile, uint32_t first, error *err) {
  table *means = NULL, *shares = NULL;
  bool own_bases = false;
  for (uint32_t i = 0; i < profile->variables_count; i++) {
    own_bases |= variable_of(run_plan(g->run), profile->variables[i])->kind == VARIABLE_MULTI_FLAGS;
  }
  for (uint32_t i = 0; i < profile->variables_count; i++) {
    const uint32_t item = profile->variables[i];
    const void *state = run_result(g->run, first + i);
    if (program_variable_is_numeric(variable_of(run_plan(g->run), item))) {
      means =
          means != NULL ? means : table_new(g->run, "segment_profile", "item segment mean n difference_sd");
      TRY(write_profile_means(g, means, item, state, err));
    } else {
      shares = shares != NULL ? shares : open_shares(g, own_bases);
      write_profile_shares(g, shares, item, state, own_bases);
    }
  }
  if (own_bases) {
    run_note(g->run, "note_option_base", NULL);
  }
  return STATUS_OK;
}

/* ---- Warnings ------------------------------------------------------------------------------------ */

static void warn_small(const segments *g) {
  const int64_t threshold = run_request(g->run)->small_base;
  for (uint32_t i = 0; i < g->model->clusters; i++) {
    const int64_t n = g->model->n[g->order[i]];
    if (n < threshold) {
      json *detail = run_detail(g->run);
      json_set_integer(detail, "segment", (int64_t)i + 1);
      json_set_integer(detail, "n", n);
      json_set_integer(detail, "threshold", threshold);
      run_warn(g->run, "small_segment", detail);
    }
  }
}

status segment_report_segments(analysis_run *run, const segment_space *s, const segment_model *m,
                               uint32_t first, error *err) {
  segments g = {.run = run,
                .memory = json_arena(run_section(run)),
                .space = s,
                .model = m,
                .weighted = s->weighting != WEIGHTING_NONE,
                .one = ratio_new(),
                .two = ratio_new()};
  g.order = ARENA_ARRAY(g.memory, uint32_t, m->clusters);
  status st = g.order != NULL && g.one != NULL && g.two != NULL ? STATUS_OK : error_no_memory(err, "segment");
  if (st == STATUS_OK) {
    sort_segments(&g);
    write_sizes(&g);
    write_centres(&g, run_argument(run, "items"));
    st = write_profile(&g, run_argument(run, "profile"), first, err);
    warn_small(&g);
  }
  ratio_destroy(g.one);
  ratio_destroy(g.two);
  return st;
}
