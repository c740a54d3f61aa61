#define MATHLIB_STANDALONE 1
#include "stats/analyses/importance_performance_group.h"

#include <Rmath.h>
#include <math.h>

#include "stats/analyses/levels.h"

/* In the order of the argument's choices. */
enum { DERIVED_RELATIVE_WEIGHTS, DERIVED_CORRELATION, DERIVED_BETA };

static bool has_outcome(const analysis_run *run) {
  return run_argument(run, "outcome")->variables_count > 0;
}

/* ---- Cells ---------------------------------------------------------------------------------------- */

static share_cell cell_of(analysis_run *run, uint32_t variable, const group_walk *w, uint32_t result) {
  return (share_cell){.run = run,
                      .item = variable,
                      .walk = w,
                      .state = run_result(run, result),
                      .weighting = run_weighting(run),
                      .options = run_estimate_options(run)};
}

bool ipa_scales_differ(const plan *p, const argument_value *variables) {
  int64_t low = 0, high = 0, first_low = 0, first_high = 0;
  for (uint32_t i = 0; i < variables->variables_count; i++) {
    if (!codes_range(p, variables->variables[i], &low, &high)) {
      return false;
    }
    first_low = i == 0 ? low : first_low;
    first_high = i == 0 ? high : first_high;
    if (low != first_low || high != first_high) {
      return true;
    }
  }
  return false;
}

/* The mean of the cell, from 0 to 100 when RESCALED. */
static status mean_of(share_cell cell, bool rescaled, estimate *out, error *err) {
  int64_t low = 0, high = 0;
  if (rescaled && codes_range(run_plan(cell.run), cell.item, &low, &high)) {
    cell.options.rescaled = true;
    cell.options.rescale_low = (decimal){.mantissa = low};
    cell.options.rescale_high = (decimal){.mantissa = high};
  }
  return share_estimate(&cell, share_code, NULL, out, err);
}

/* 100 below the answer at CONTEXT, from which a customer is satisfied. */
static int64_t value_affected(int64_t code, const void *context) {
  return code < *(const int64_t *)context ? 100 : 0;
}

status ipa_affected(const share_cell *cell, double *affected, double *low, double *high, error *err) {
  const argument_value *satisfied = run_argument(cell->run, "satisfied");
  int64_t least = 0, from = 0;
  estimate e;
  (void)codes_range(run_plan(cell->run), cell->item, &least, &from);
  from = satisfied->given ? satisfied->integer : from;
  TRY(share_estimate(cell, value_affected, &from, &e, err));
  *affected = share_percent(cell, value_affected, &from, 100);
  *low = *high = NAN;
  if (e.n > 0) {
    share_wilson(*affected, e.n_effective, cell->options.confidence, low, high);
  }
  return STATUS_OK;
}

status ipa_each_group(analysis_run *run, uint32_t item, share_visit *visit, void *context, error *err) {
  group_walk w = group_walk_begin(run, item * groups_count(run), false);
  while (group_walk_next(&w)) {
    const share_cell cell =
        cell_of(run, run_argument(run, "items")->variables[item], &w, group_walk_result(&w));
    if (w.which == 0 || frequency_rows(cell.state, w.place) > 0) {
      TRY(visit(&cell, context, err));
    }
  }
  return STATUS_OK;
}

/* ---- Replicates ----------------------------------------------------------------------------------- */

/* b of each kept item, then its derived importance. */
static status evaluate(void *context, const products_state *s, const uint64_t *block, bool replicate,
                       double *figures, error *err) {
  ipa_group *g = context;
  const uint32_t count = g->kept_count, width = count + 1, p = g->c.count;
  (void)replicate;
  TRY(covariance_fill(s, block, run_weighting(g->run), &g->c, err));
  for (uint32_t i = 0; i < width; i++) {
    const size_t x = i < count ? 1 + (size_t)g->kept[i] : 0;
    for (uint32_t k = 0; k < width; k++) {
      const size_t y = k < count ? 1 + (size_t)g->kept[k] : 0;
      const double vx = g->c.matrix[x * p + x], vy = g->c.matrix[y * p + y];
      const double r = i == k ? 1 : g->c.matrix[x * p + y] / (sqrt(vx) * sqrt(vy));
      g->correlation[(size_t)i * width + k] = vx > 0 && vy > 0 ? r : NAN;
    }
  }
  (void)importance_betas(&g->problem, g->correlation, &g->room, g->values);
  for (uint32_t i = 0; i < count; i++) {
    const size_t x = 1 + (size_t)g->kept[i];
    figures[i] = g->values[i] * sqrt(g->c.matrix[0] / g->c.matrix[x * p + x]);
    figures[count + i] = g->values[i];
  }
  const int64_t derived = run_argument(g->run, "derived")->integer;
  if (derived == DERIVED_RELATIVE_WEIGHTS) {
    return importance_relative_weights(&g->problem, g->correlation, &g->room, figures + count, err);
  }
  for (uint32_t i = 0; i < count && derived == DERIVED_CORRELATION; i++) {
    figures[count + i] = g->correlation[(size_t)i * width + count];
  }
  return STATUS_OK;
}

static status open_replicates(ipa_group *g, error *err) {
  arena *a = json_arena(run_section(g->run));
  const uint32_t *items = run_argument(g->run, "items")->variables;
  const size_t count = g->count, width = count + 1;
  g->columns = (regressors){.count = g->count, .at = ARENA_ARRAY(a, regressor, width)};
  g->kept = ARENA_ARRAY(a, uint32_t, width);
  g->first = ARENA_ARRAY(a, uint32_t, width);
  g->correlation = ARENA_ARRAY(a, double, width *width);
  g->values = ARENA_ARRAY(a, double, width);
  g->scales = ARENA_ARRAY(a, replicate_scale, 2 * width);
  if (arena_failed(a)) {
    return error_no_memory(err, "importance_performance");
  }
  for (uint32_t i = 0; i < g->count; i++) {
    g->columns.at[i] = (regressor){.predictor = i, .item = items[i]};
    g->first[i] = i;
  }
  g->first[count] = g->count;
  g->problem = (importance_problem){g->count, g->count, g->first};
  TRY(importance_room_new(a, &g->problem, &g->room, err));
  return covariance_new(a, 1 + g->count, &g->c, err);
}

status ipa_open(analysis_run *run, ipa_group *out, error *err) {
  arena *a = json_arena(run_section(run));
  const uint32_t count = run_argument(run, "items")->variables_count;
  const uint32_t stated = run_argument(run, "importance")->variables_count;
  *out =
      (ipa_group){.run = run,
                  .count = count,
                  .walk = ARENA_NEW(a, group_walk),
                  .rescaled = ipa_scales_differ(run_plan(run), run_argument(run, "items")),
                  .importance_rescaled = ipa_scales_differ(run_plan(run), run_argument(run, "importance"))};
  double **figures[] = {&out->performance, &out->low,  &out->high,  &out->importance,
                        &out->affected,    &out->b,    &out->b_low, &out->b_high,
                        &out->p,           &out->gain, &out->step};
  out->n = ARENA_ARRAY(a, int64_t, (size_t)count + 1);
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
    *figures[i] = ARENA_ARRAY(a, double, (size_t)count + 1);
  }
  if (arena_failed(a)) {
    return error_no_memory(err, "importance_performance");
  }
  const uint32_t sums_at = (count + stated) * groups_count(run);
  *out->walk = group_walk_begin(run, 0, false);
  out->notes_at = sums_at + groups_count(run);
  if (!has_outcome(run)) {
    return STATUS_OK;
  }
  out->sums_walk = group_walk_begin(run, sums_at, false);
  return open_replicates(out, err);
}

/* ---- One group ------------------------------------------------------------------------------------ */

static status fill_items(ipa_group *g, error *err) {
  const argument_value *items = run_argument(g->run, "items"), *stated = run_argument(g->run, "importance");
  const uint32_t result = group_walk_result(g->walk), groups = groups_count(g->run);
  for (uint32_t i = 0; i < g->count; i++) {
    estimate e;
    double low, high;
    share_cell cell = cell_of(g->run, items->variables[i], g->walk, result + i * groups);
    int64_t least = 0, most = 0;
    TRY(mean_of(cell, g->rescaled, &e, err));
    (void)codes_range(run_plan(g->run), items->variables[i], &least, &most);
    g->step[i] = g->rescaled ? (double)(most - least) / 10 : 1;
    g->n[i] = e.n;
    g->performance[i] = e.mean;
    g->low[i] = e.ci_low;
    g->high[i] = e.ci_high;
    TRY(ipa_affected(&cell, &g->affected[i], &low, &high, err));
    run_warn_base(g->run, items->variables[i], group_json(g->walk), e.n);
    g->importance[i] = g->b[i] = g->b_low[i] = g->b_high[i] = g->p[i] = g->gain[i] = NAN;
    if (stated->variables_count > 0) {
      cell = cell_of(g->run, stated->variables[i], g->walk, result + (g->count + i) * groups);
      TRY(mean_of(cell, g->importance_rescaled, &e, err));
      g->importance[i] = e.mean;
    }
  }
  return STATUS_OK;
}

static void warn_group(const ipa_group *g, const char *code) {
  json *detail = run_detail(g->run);
  json_set_text(detail, "item",
                run_plan(g->run)->variables[run_argument(g->run, "outcome")->variables[0]].name);
  json_set(detail, "group", group_json(g->walk));
  json_set_integer(detail, "n", g->complete);
  run_warn(g->run, code, detail);
}

static void warn_item(const ipa_group *g, const char *code, uint32_t item) {
  json *detail = run_detail(g->run);
  json_set_text(detail, "item",
                run_plan(g->run)->variables[run_argument(g->run, "items")->variables[item]].name);
  json_set(detail, "group", group_json(g->walk));
  run_warn(g->run, code, detail);
}

/* Which items the regression of the group has; none when there is no regression. */
static status choose_items(ipa_group *g, const products_state *s, error *err) {
  uint32_t first = 0;
  const uint32_t blocks = products_blocks(s, g->sums_walk.place, &first);
  uint64_t *total = ARENA_ARRAY(json_arena(run_section(g->run)), uint64_t, (size_t)s->sums_count * s->limbs);
  if (total == NULL) {
    return error_no_memory(err, "importance_performance");
  }
  g->kept_count = 0;
  g->complete = 0;
  for (uint32_t i = 0; i < blocks; i++) {
    products_add(s, total, products_block(s, first + i));
  }
  TRY(covariance_fill(s, total, run_weighting(g->run), &g->c, err));
  g->complete = g->c.n_min;
  if (g->complete > 1 && !(g->c.matrix[0] > 0)) {
    warn_group(g, "constant_item");
    return STATUS_OK;
  }
  if (g->complete > 1) {
    TRY(regressors_choose(&g->columns, g->walk, g->c.matrix, NULL, g->kept, &g->kept_count, err));
  }
  if (g->complete <= 1 + (int64_t)g->kept_count) {
    g->kept_count = 0;
    warn_group(g, "too_few_rows");
  }
  return STATUS_OK;
}

static void take_figures(ipa_group *g, const replicates_result *r) {
  const uint32_t count = g->kept_count;
  const bool stated = run_argument(g->run, "importance")->variables_count > 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t item = g->kept[i];
    const replicate_interval *interval = &r->interval[i];
    const double df = (double)interval->groups - 1, t = r->figures[i] / interval->se;
    g->b[item] = r->figures[i];
    g->b_low[item] = interval->low;
    g->b_high[item] = interval->high;
    g->p[item] = isnan(t) || isnan(interval->low) ? NAN : 2 * pt(-fabs(t), df, 1, 0);
    g->gain[item] = g->b[item] * g->step[item] * g->affected[item] / 100;
    g->importance[item] = stated ? g->importance[item] : r->figures[count + i];
    if (!stated && g->importance[item] < 0) {
      warn_item(g, "ipa_negative_importance", item);
    }
  }
}

static status fill_regression(ipa_group *g, replicates_told *told, error *err) {
  arena *a = json_arena(run_section(g->run));
  const int64_t derived = run_argument(g->run, "derived")->integer;
  replicates_result r;
  TRY(choose_items(g, run_result(g->run, group_walk_result(&g->sums_walk)), err));
  if (g->kept_count == 0) {
    return STATUS_OK;
  }
  g->problem = (importance_problem){g->kept_count, g->kept_count, g->first};
  for (uint32_t i = 0; i < 2 * g->kept_count; i++) {
    const replicate_scale scale = derived == DERIVED_CORRELATION ? REPLICATE_FISHER
                                  : derived == DERIVED_BETA      ? REPLICATE_IDENTITY
                                                                 : REPLICATE_ROOT;
    g->scales[i] = i < g->kept_count ? REPLICATE_IDENTITY : scale;
  }
  g->replicated = (replicates_wanted){.figures = 2 * g->kept_count,
                                      .scales = g->scales,
                                      .method = REPLICATE_JACKKNIFE,
                                      .evaluate = evaluate,
                                      .context = g};
  TRY(replicates_of_group(&g->sums_walk, a, &g->replicated, &r, err));
  replicates_tell(told, &r);
  replicates_warn(&g->sums_walk, &r, &g->replicated);
  take_figures(g, &r);
  return STATUS_OK;
}

status ipa_next(ipa_group *g, replicates_told *told, bool *any, error *err) {
  const bool outcome = has_outcome(g->run);
  do {
    *any = group_walk_next(g->walk) && (!outcome || group_walk_next(&g->sums_walk));
    if (!*any) {
      return STATUS_OK;
    }
  } while (g->walk->which > 0 &&
           frequency_rows(run_result(g->run, group_walk_result(g->walk)), g->walk->place) == 0);
  TRY(fill_items(g, err));
  return outcome ? fill_regression(g, told, err) : STATUS_OK;
}
