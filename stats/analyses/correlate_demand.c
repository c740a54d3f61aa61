/* correlate on demand: what is asked for, and what its parts share. */
#include "stats/analyses/correlate_demand.h"

#include <float.h>
#include <math.h>

/* ---- Checks ------------------------------------------------------------------------------------------ */

static bool is_correlated(const plan_analysis *a, uint32_t variable) {
  const argument_value *lists[] = {request_argument(a, "items"), request_argument(a, "with")};
  for (int l = 0; l < 2; l++) {
    for (uint32_t i = 0; i < lists[l]->variables_count; i++) {
      if (lists[l]->variables[i] == variable) {
        return true;
      }
    }
  }
  return false;
}

static status check_controls(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *controls = request_argument(a, "controls");
  if (request_argument(a, "partial")->given && !controls->given) {
    return error_set(err, STATUS_SPECIFICATION,
                     "partial: without controls there is nothing to hold constant; name them in controls");
  }
  for (uint32_t i = 0; i < controls->variables_count; i++) {
    const char *name = p->variables[controls->variables[i]].name;
    if (is_correlated(a, controls->variables[i])) {
      return error_set(err, STATUS_SPECIFICATION,
                       "controls: \"%s\" is correlated itself; an item is either correlated or held constant",
                       name);
    }
    for (uint32_t k = 0; k < i; k++) {
      if (controls->variables[i] == controls->variables[k]) {
        return error_set(err, STATUS_SPECIFICATION, "controls: \"%s\" is named twice; name each once", name);
      }
    }
  }
  return STATUS_OK;
}

/* The construct whose mean VARIABLE is; PROGRAM_NONE: it is an item. */
static uint32_t construct_of(const plan *p, uint32_t variable) {
  for (uint32_t i = 0; i < p->constructs_count; i++) {
    if (p->constructs[i].variable == variable) {
      return i;
    }
  }
  return PROGRAM_NONE;
}

/* Place of VARIABLE among those with a given reliability; their number: it has none. */
static uint32_t given_at(const argument_value *given, uint32_t variable) {
  uint32_t at = 0;
  while (at < given->variables_count && given->variables[at] != variable) {
    at++;
  }
  return at;
}

static bool is_disattenuated(const plan_analysis *a) {
  return request_argument(a, "disattenuate")->integer != 0 || request_argument(a, "reliability")->given;
}

static status check_reliability(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *given = request_argument(a, "reliability");
  for (uint32_t i = 0; i < given->variables_count; i++) {
    const char *name = p->variables[given->variables[i]].name;
    const decimal d = given->numbers[i];
    if (d.mantissa <= 0 || d.mantissa > decimal_power10(d.scale)) {
      return error_set(err, STATUS_SPECIFICATION, "reliability: that of \"%s\" is not above 0 and at most 1",
                       name);
    }
    if (!is_correlated(a, given->variables[i])) {
      return error_set(err, STATUS_SPECIFICATION, "reliability: \"%s\" is neither in items nor in with",
                       name);
    }
  }
  const argument_value *lists[] = {request_argument(a, "items"), request_argument(a, "with")};
  for (int l = 0; l < 2 && is_disattenuated(a); l++) {
    for (uint32_t i = 0; i < lists[l]->variables_count; i++) {
      const uint32_t item = lists[l]->variables[i];
      if (given_at(given, item) == given->variables_count && construct_of(p, item) == PROGRAM_NONE) {
        return error_set(err, STATUS_SPECIFICATION,
                         "reliability: \"%s\" is not a construct, so alpha cannot be computed; give its "
                         "reliability, as in \"reliability: {%s: 0.8}\"",
                         p->variables[item].name, p->variables[item].name);
      }
    }
  }
  return STATUS_OK;
}

static status check_differences(const plan *p, const plan_analysis *a, error *err) {
  const pair_differences which = (pair_differences)request_argument(a, "pair_differences")->integer;
  const uint32_t items = request_argument(a, "items")->variables_count;
  const uint32_t others = request_argument(a, "with")->variables_count;
  const pair_list pairs = {items + others, others > 0 ? items : 0};
  (void)p;
  if (request_argument(a, "group_differences")->integer != GROUPS_NONE && a->breakdowns_count == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "group_differences: there are no groups to compare; name them in by");
  }
  const uint64_t comparisons = sample_comparisons(pairs, which);
  if (which != PAIRS_NONE && comparisons == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "pair_differences: there are no two pairs to compare; name more items");
  }
  if (comparisons > CORRELATE_COMPARISONS_MAX) {
    return error_set(err, STATUS_SPECIFICATION,
                     "pair_differences: %llu comparisons of pairs, more than %d; name fewer items, or put "
                     "what they are to be compared on into with",
                     (unsigned long long)comparisons, (int)CORRELATE_COMPARISONS_MAX);
  }
  return STATUS_OK;
}

status demand_check(const plan *p, const plan_analysis *a, error *err) {
  const bool pearson_missing = request_argument(a, "method")->integer == METHOD_SPEARMAN;
  static const char *const of_r[] = {"controls", "reliability", "disattenuate", "group_differences",
                                     "pair_differences"};
  for (size_t i = 0; pearson_missing && i < sizeof of_r / sizeof of_r[0]; i++) {
    const argument_value *value = request_argument(a, of_r[i]);
    if (value->given && (value->integer != 0 || value->variables_count > 0)) {
      return error_set(err, STATUS_SPECIFICATION, "%s: is of Pearson's r; use method: pearson or both",
                       of_r[i]);
    }
  }
  TRY(check_controls(p, a, err));
  TRY(check_reliability(p, a, err));
  return check_differences(p, a, err);
}

/* ---- Asking ------------------------------------------------------------------------------------------ */

/* The place of CONSTRUCT among the scales, where it is put if it is not there yet. */
static status take_scale(const correlation *c, correlation_demand *d, uint32_t construct, uint32_t *at,
                         error *err) {
  const plan *p = run_plan(c->run);
  for (*at = 0; *at < d->scales_count; (*at)++) {
    if (d->scales[*at].construct == p->constructs[construct].variable) {
      return STATUS_OK;
    }
  }
  return scale_of_construct(c->memory, p, construct, &d->scales[d->scales_count++], err);
}

static status open_measures(const correlation *c, correlation_demand *d, error *err) {
  const uint32_t count = c->pairs.variables_count;
  const argument_value *given = run_argument(c->run, "reliability");
  d->measures = ARENA_ARRAY(c->memory, measure, count);
  d->scales = ARENA_ARRAY(c->memory, scale, count);
  if (d->measures == NULL || d->scales == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t at = given_at(given, c->items[i]);
    if (at < given->variables_count) {
      const decimal v = given->numbers[at];
      d->measures[i].given = (double)v.mantissa / (double)decimal_power10(v.scale);
      continue;
    }
    const uint32_t construct = construct_of(run_plan(c->run), c->items[i]);
    if (construct == PROGRAM_NONE) { /* a plan that no specification makes */
      return error_set(err, STATUS_CORRUPT, "a reliability of what is not a construct");
    }
    d->measures[i].given = NAN;
    TRY(take_scale(c, d, construct, &d->measures[i].scale, err));
  }
  return STATUS_OK;
}

status demand_open(correlation *c, correlation_demand *d, error *err) {
  const argument_value *controls = run_argument(c->run, "controls");
  const uint32_t groups = groups_count(c->run);
  *d = (correlation_demand){
      .controls = controls->variables_count > 0 ? controls : NULL,
      .rows = (partial_rows)run_argument(c->run, "partial")->integer,
      .groups = (group_differences)run_argument(c->run, "group_differences")->integer,
      .sample = (pair_differences)run_argument(c->run, "pair_differences")->integer,
  };
  if (is_disattenuated(run_request(c->run))) {
    TRY(open_measures(c, d, err));
  }
  d->scales_asked = d->controls != NULL ? groups : 0;
  d->sample_asked = d->scales_asked + d->scales_count * groups;
  c->products = d->sample_asked + (d->sample != PAIRS_NONE ? groups : 0);
  return STATUS_OK;
}

static status need_products(const correlation *c, const uint32_t *variables, uint32_t count, bool pairwise,
                            error *err) {
  int64_t params[PRODUCTS_PARAMS] = {pairwise, 0};
  uint32_t *columns = ARENA_ARRAY(c->memory, uint32_t, (size_t)count + 1);
  if (columns == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < count; i++) {
    TRY(run_variable(c->run, variables[i], &columns[i], err));
  }
  const program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                                 .variables = columns,
                                 .variables_count = count,
                                 .params = params,
                                 .params_count = PRODUCTS_PARAMS};
  return groups_need(c->run, &a, PROGRAM_NONE, err);
}

/* Listwise: the products of all rows that answer everything; pairwise: those of each pair, as of the items.
 */
static status need_partial(const correlation *c, const correlation_demand *d, error *err) {
  const uint32_t items = c->pairs.variables_count, count = items + d->controls->variables_count;
  uint32_t *variables = ARENA_ARRAY(c->memory, uint32_t, count);
  if (variables == NULL) {
    return error_no_memory(err, "correlate");
  }
  for (uint32_t i = 0; i < count; i++) {
    variables[i] = i < items ? c->items[i] : d->controls->variables[i - items];
  }
  if (d->rows == PARTIAL_LISTWISE) {
    return need_products(c, variables, count, false, err);
  }
  int64_t split = 0;
  for (uint32_t i = 0; i < count; i++) {
    TRY(run_variable(c->run, variables[i], &variables[i], err));
  }
  const program_accumulator a = {.kind = ACCUMULATOR_CROSS,
                                 .variables = variables,
                                 .variables_count = count,
                                 .params = &split,
                                 .params_count = 1};
  return groups_need(c->run, &a, PROGRAM_NONE, err);
}

status demand_need(const correlation *c, const correlation_demand *d, error *err) {
  if (d->controls != NULL) {
    TRY(need_partial(c, d, err));
  }
  for (uint32_t i = 0; i < d->scales_count; i++) {
    TRY(need_products(c, d->scales[i].items, d->scales[i].count, true, err));
  }
  return d->sample != PAIRS_NONE ? need_products(c, c->items, c->pairs.variables_count, false, err)
                                 : STATUS_OK;
}

/* ---- Complete rows ----------------------------------------------------------------------------------- */

/* Of exact covariances, rounded: what is not told from 1 or -1 is it. */
static void settle(double *r, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (fabs(r[i]) >= 1 - 4 * DBL_EPSILON) {
      r[i] = copysign(1, r[i]);
    }
  }
}

status complete_rows_of(const correlation *c, const group_walk *w, uint32_t count, arena *room,
                        complete_rows *out, error *err) {
  const products_state *s = run_result(c->run, group_walk_result(w));
  const size_t entries = (size_t)count * count;
  uint32_t first = 0;
  *out = (complete_rows){.correlation = ARENA_ARRAY(room, double, entries)};
  if (out->correlation == NULL) {
    return error_no_memory(err, "correlate");
  }
  if (products_blocks(s, w->place, &first) == 0) {
    for (size_t i = 0; i < entries; i++) {
      out->correlation[i] = NAN;
    }
    return STATUS_OK;
  }
  covariance all;
  TRY(covariance_new(room, count, &all, err));
  TRY(covariance_fill(s, products_block(s, first), c->weighting, &all, err));
  covariance_correlations(&all, CORRELATION_OF_PAIRS, out->correlation);
  settle(out->correlation, entries);
  out->n = all.n[0];
  out->weighted_n = all.weighted_n[0];
  out->n_effective = all.n_effective;
  return STATUS_OK;
}

void complete_rows_warn(const correlation *c, const group_walk *w, const complete_rows *r, uint32_t count,
                        uint32_t items, bool too_few) {
  const int64_t threshold = run_request(c->run)->small_base;
  if (r->n < threshold || too_few) {
    json *detail = run_detail(c->run);
    json_set(detail, "group", group_json(w));
    json_set_integer(detail, "n", r->n);
    json_set_integer(detail, "threshold", threshold);
    run_warn(c->run, "few_complete", detail);
  }
  for (uint32_t i = 0; i < items && r->n > 1; i++) {
    if (isnan(r->correlation[(size_t)i * count + i])) {
      json *detail = run_detail(c->run);
      json_set_text(detail, "item", correlation_item(c, i));
      json_set(detail, "group", group_json(w));
      run_warn(c->run, "constant_complete", detail);
    }
  }
}

/* ---- Tables ------------------------------------------------------------------------------------------ */

const char *base_columns(const correlation *c) {
  return c->weighting == WEIGHTING_NONE ? "n" : "n weighted_n n_effective";
}

void base_write(const correlation *c, table *t, int64_t n, double weighted_n, double n_effective) {
  table_integer(t, "n", n);
  if (c->weighting != WEIGHTING_NONE) {
    table_number(t, "weighted_n", weighted_n);
    table_number(t, "n_effective", n_effective);
  }
}

table *demand_table(const correlation *c, const char *name, const char *before, const char *after) {
  table *t = NULL;
  buf columns;
  buf_init(&columns);
  buf_printf(&columns, "%s %s %s%s", before, base_columns(c), after, c->adjusted ? " p_adjusted" : "");
  buf_put_u8(&columns, 0);
  if (!columns.failed) {
    t = table_new(c->run, name, (const char *)columns.data);
  }
  buf_fini(&columns);
  return t;
}

/* ---- All --------------------------------------------------------------------------------------------- */

static status write_parts(const correlation *c, const correlation_demand *d, arena *room, error *err) {
  if (d->controls != NULL) {
    TRY(partial_write(c, d, room, err));
  }
  if (d->measures != NULL) {
    TRY(reliability_write_pairs(c, d, room, err));
  }
  if (d->groups != GROUPS_NONE) {
    TRY(groups_write(c, d, room, err));
  }
  return d->sample != PAIRS_NONE ? sample_write(c, d, room, err) : STATUS_OK;
}

status demand_write(const correlation *c, const correlation_demand *d, error *err) {
  arena *room = arena_new();
  const status st = room != NULL ? write_parts(c, d, room, err) : error_no_memory(err, "correlate");
  arena_destroy(room);
  return st;
}
