/* importance_performance: which items matter and fall short, and what would raising each of them add?
 *
 * Source: Martilla & James 1977 (J Marketing 41(1):77-79); derived importance: see drivers. */
#include "stats/analyses/importance_performance_group.h"

#include <math.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"

enum { DISSATISFIED_ITEMS = 3 };

static const char *const derivations[] = {"relative_weights", "correlation", "beta", NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC_CODED,
     .help = "scales of satisfaction with parts of the service"},
    {.name = "outcome",
     .type = ARGUMENT_VARIABLE,
     .accepts = ACCEPT_NUMERIC,
     .help = "what they are to improve: overall satisfaction, loyalty, an index"},
    {.name = "importance",
     .type = ARGUMENT_VARIABLES,
     .accepts = ACCEPT_NUMERIC_CODED,
     .help = "scales of stated importance, one for each item in the same order; else it is derived"},
    {.name = "derived",
     .type = ARGUMENT_CHOICE,
     .choices = derivations,
     .fallback = "relative_weights",
     .help = "how importance is derived from the outcome"},
    {.name = "performance_cut", .type = ARGUMENT_NUMBER, .help = "quadrants also at this mean of an item"},
    {.name = "importance_cut", .type = ARGUMENT_NUMBER, .help = "quadrants also at this importance"},
    {.name = "satisfied",
     .type = ARGUMENT_INTEGER,
     .help = "the answer from which a customer is satisfied with an item; else the highest"},
};

static status check_items(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *items = request_argument(a, "items"), *outcome = request_argument(a, "outcome");
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const char *name = p->variables[items->variables[i]].name;
    int64_t low = 0, high = 0;
    if (!codes_range(p, items->variables[i], &low, &high)) {
      return error_set(err, STATUS_SPECIFICATION, "items: the range of \"%s\" is not declared", name);
    }
    const argument_value *satisfied = request_argument(a, "satisfied");
    if (satisfied->given && (satisfied->integer <= low || satisfied->integer > high)) {
      return error_set(err, STATUS_SPECIFICATION,
                       "satisfied: %lld is not above the lowest answer to \"%s\", %lld, and up to %lld",
                       (long long)satisfied->integer, name, (long long)low, (long long)high);
    }
    for (uint32_t k = 0; k < i; k++) {
      if (items->variables[i] == items->variables[k]) {
        return error_set(err, STATUS_SPECIFICATION, "items: \"%s\" is named twice; name each once", name);
      }
    }
    if (outcome->variables_count > 0 && items->variables[i] == outcome->variables[0]) {
      return error_set(err, STATUS_SPECIFICATION,
                       "items: \"%s\" is the outcome; an outcome does not explain itself", name);
    }
  }
  return STATUS_OK;
}

/* A given mean says nothing to items of different scales. */
static status check_cut(const plan *p, const plan_analysis *a, const char *cut, const char *of, error *err) {
  if (request_argument(a, cut)->given && ipa_scales_differ(p, request_argument(a, of))) {
    return error_set(err, STATUS_SPECIFICATION,
                     "%s: the scales in %s differ in their ranges, so one value cannot cut all of them; name "
                     "items of one range, or leave it out",
                     cut, of);
  }
  return STATUS_OK;
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  const uint32_t items = request_argument(a, "items")->variables_count;
  const uint32_t stated = request_argument(a, "importance")->variables_count;
  if (stated == 0 && request_argument(a, "outcome")->variables_count == 0) {
    return error_set(err, STATUS_SPECIFICATION,
                     "importance_performance: give \"outcome\", from which importance is derived, or "
                     "\"importance\", an item of stated importance for each item");
  }
  if (stated > 0 && stated != items) {
    return error_set(
        err, STATUS_SPECIFICATION,
        "importance: there are %u items of importance for %u items; give one for each, in the same order",
        stated, items);
  }
  TRY(check_cut(p, a, "performance_cut", "items", err));
  TRY(check_cut(p, a, "importance_cut", "importance", err));
  return check_items(p, a, err);
}

static status begin(analysis_run *run, error *err) {
  const argument_value *items = run_argument(run, "items"), *stated = run_argument(run, "importance");
  const argument_value *outcome = run_argument(run, "outcome");
  TRY(shares_begin(run, err));
  for (uint32_t i = 0; i < stated->variables_count; i++) {
    uint32_t variable = 0;
    TRY(run_variable(run, stated->variables[i], &variable, err));
    const program_accumulator a = {
        .kind = ACCUMULATOR_FREQUENCY, .variables = &variable, .variables_count = 1};
    TRY(groups_need(run, &a, PROGRAM_NONE, err));
  }
  if (outcome->variables_count == 0) {
    return STATUS_OK;
  }
  uint32_t *all = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, 1 + (size_t)items->variables_count);
  if (all == NULL) {
    return error_no_memory(err, "importance_performance");
  }
  all[0] = outcome->variables[0];
  for (uint32_t i = 0; i < items->variables_count; i++) {
    all[i + 1] = items->variables[i];
  }
  TRY(replicates_need(run, all, 1 + items->variables_count, false, err));
  return replicates_need_notes(run, err);
}

/* ---- Tables --------------------------------------------------------------------------------------- */

typedef struct ipa_tables {
  table *items, *cuts, *priorities, *dissatisfied;
  bool valued; /* a cut is given */
  const char *performance;
} ipa_tables;

static ipa_tables open_tables(analysis_run *run) {
  const bool weighted = run_weighting(run) != WEIGHTING_NONE;
  ipa_tables t = {.valued = run_argument(run, "performance_cut")->given ||
                            run_argument(run, "importance_cut")->given};
  if (run_argument(run, "outcome")->variables_count > 0) {
    t.priorities = table_new(run, "ipa_priorities", "item group n rank gain ci_low ci_high b p affected");
    t.dissatisfied = table_new(
        run, "ipa_dissatisfied",
        weighted ? "item group n weighted_n percent ci_low ci_high" : "item group n percent ci_low ci_high");
  }
  const bool rescaled = ipa_scales_differ(run_plan(run), run_argument(run, "items"));
  t.performance = rescaled ? "performance_100" : "performance";
  if (rescaled) {
    t.items = table_new(
        run, "ipa_items_rescaled",
        t.valued ? "item group n performance_100 ci_low ci_high importance quadrant quadrant_values affected"
                 : "item group n performance_100 ci_low ci_high importance quadrant affected");
  } else {
    t.items = table_new(
        run, "ipa_items",
        t.valued ? "item group n performance ci_low ci_high importance quadrant quadrant_values affected"
                 : "item group n performance ci_low ci_high importance quadrant affected");
  }
  t.cuts = table_new(run, "ipa_cuts",
                     rescaled ? "group performance_100 importance performance_cut importance_cut"
                              : "group performance importance performance_cut importance_cut");
  return t;
}

/* A: concentrate here, B: keep up, C: low priority, D: possible overkill; on the line is above. */
static void write_quadrant(analysis_run *run, table *t, const char *column, double performance,
                           double importance, double performance_cut, double importance_cut) {
  if (isnan(performance) || isnan(importance)) {
    return;
  }
  const bool well = performance >= performance_cut, matters = importance >= importance_cut;
  const char *letter = matters ? (well ? "B" : "A") : well ? "D" : "C";
  table_json(t, column, json_text(json_arena(run_section(run)), slice_of(letter)));
}

static double mean_of(const double *values, uint32_t count) {
  double sum = 0;
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) {
    sum += isnan(values[i]) ? 0 : values[i];
    n += isnan(values[i]) ? 0 : 1;
  }
  return n > 0 ? sum / n : NAN;
}

static void write_items(const ipa_tables *t, const ipa_group *g) {
  analysis_run *run = g->run;
  const argument_value *items = run_argument(run, "items");
  const argument_value *own[] = {run_argument(run, "performance_cut"), run_argument(run, "importance_cut")};
  const double means[] = {mean_of(g->performance, g->count), mean_of(g->importance, g->count)};
  const double cuts[] = {own[0]->given ? own[0]->number : means[0],
                         own[1]->given ? own[1]->number : means[1]};
  for (uint32_t i = 0; i < g->count; i++) {
    table_row(t->items);
    table_item(t->items, "item", items->variables[i]);
    group_write(g->walk, t->items);
    table_integer(t->items, "n", g->n[i]);
    table_number(t->items, t->performance, g->performance[i]);
    table_number(t->items, "ci_low", g->low[i]);
    table_number(t->items, "ci_high", g->high[i]);
    table_number(t->items, "importance", g->importance[i]);
    table_number(t->items, "affected", g->affected[i]);
    write_quadrant(run, t->items, "quadrant", g->performance[i], g->importance[i], means[0], means[1]);
    if (t->valued) {
      write_quadrant(run, t->items, "quadrant_values", g->performance[i], g->importance[i], cuts[0], cuts[1]);
    }
  }
  table_row(t->cuts);
  group_write(g->walk, t->cuts);
  table_number(t->cuts, t->performance, means[0]);
  table_number(t->cuts, "importance", means[1]);
  table_number(t->cuts, "performance_cut", own[0]->given ? own[0]->number : NAN);
  table_number(t->cuts, "importance_cut", own[1]->given ? own[1]->number : NAN);
}

/* ORDER: the items with a gain, the largest first; how many. */
static uint32_t order_by_gain(const ipa_group *g, uint32_t *order) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < g->count; i++) {
    if (isnan(g->gain[i])) {
      continue;
    }
    uint32_t at = count++;
    for (; at > 0 && g->gain[order[at - 1]] < g->gain[i]; at--) {
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
  return count;
}

static void write_priorities(const ipa_tables *t, const ipa_group *g, const uint32_t *order, uint32_t count) {
  const argument_value *items = run_argument(g->run, "items");
  for (uint32_t k = 0; k < count; k++) {
    const uint32_t i = order[k];
    table_row(t->priorities);
    table_item(t->priorities, "item", items->variables[i]);
    group_write(g->walk, t->priorities);
    table_integer(t->priorities, "n", g->complete);
    table_integer(t->priorities, "rank", k + 1);
    table_number(t->priorities, "gain", g->gain[i]);
    table_number(t->priorities, "ci_low", g->b_low[i] * g->step[i] * g->affected[i] / 100);
    table_number(t->priorities, "ci_high", g->b_high[i] * g->step[i] * g->affected[i] / 100);
    table_number(t->priorities, "b", g->b[i]);
    table_number(t->priorities, "p", g->p[i]);
    table_number(t->priorities, "affected", g->affected[i]);
  }
}

/* ---- Step ----------------------------------------------------------------------------------------- */

static status write_dissatisfied(const share_cell *cell, void *context, error *err) {
  table *into = context;
  double affected, low, high;
  TRY(ipa_affected(cell, &affected, &low, &high, err));
  share_row(cell, into);
  table_number(into, "percent", affected);
  table_number(into, "ci_low", low);
  table_number(into, "ci_high", high);
  return STATUS_OK;
}

static status write_groups(analysis_run *run, const ipa_tables *t, replicates_told *told, uint32_t *top,
                           uint32_t *top_count, error *err) {
  ipa_group g;
  TRY(ipa_open(run, &g, err));
  uint32_t *order = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, (size_t)g.count + 1);
  if (order == NULL) {
    return error_no_memory(err, "importance_performance");
  }
  bool any = false;
  TRY(ipa_next(&g, told, &any, err));
  while (any) {
    write_items(t, &g);
    if (t->priorities != NULL) {
      const uint32_t count = order_by_gain(&g, order);
      write_priorities(t, &g, order, count);
      for (uint32_t k = 0; g.walk->which == 0 && k < count && k < DISSATISFIED_ITEMS; k++) {
        top[(*top_count)++] = order[k];
      }
    }
    TRY(ipa_next(&g, told, &any, err));
  }
  if (t->priorities != NULL) {
    replicates_note(run, told, &g.replicated, g.notes_at);
  }
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  static const char *const derived[] = {"note_ipa_relative_weights", "note_ipa_correlation", "note_ipa_beta"};
  const ipa_tables t = open_tables(run);
  uint32_t top[DISSATISFIED_ITEMS], top_count = 0;
  replicates_told told = {0};
  const bool stated = run_argument(run, "importance")->variables_count > 0;
  run_note(run, "note_ipa_quadrants", NULL);
  run_note(run, stated ? "note_ipa_stated" : derived[run_argument(run, "derived")->integer], NULL);
  if (t.priorities != NULL) {
    run_note(run, "note_ipa_priorities", NULL);
    run_note(run, "note_ipa_errors", NULL);
  }
  if (ipa_scales_differ(run_plan(run), run_argument(run, "items"))) {
    run_warn(run, t.priorities != NULL ? "ipa_scales_differ_gain" : "ipa_scales_differ", NULL);
  }
  if (ipa_scales_differ(run_plan(run), run_argument(run, "importance"))) {
    run_warn(run, "ipa_importance_scales_differ", NULL);
  }
  TRY(write_groups(run, &t, &told, top, &top_count, err));
  for (uint32_t k = 0; k < top_count; k++) {
    TRY(ipa_each_group(run, top[k], write_dissatisfied, t.dissatisfied, err));
  }
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/importance_performance.terms"
};

const analysis_kind analysis_importance_performance = {
    .name = "importance_performance",
    .summary = "which items matter and fall short, and what raising each would add",
    .about =
        "Each item's mean (performance) against its importance, stated or derived from an outcome, in four\n"
        "quadrants cut at the means and at given values: A concentrate here, B keep up, C low priority,\n"
        "D possible overkill (Martilla & James 1977).\n"
        "\n"
        "Priorities: b, what one point more of an item adds to the outcome with the others held equal,\n"
        "times the share of customers who are not yet satisfied with it; and who these are, by group.",
    .example =
        "analyses:\n"
        "  - importance_performance:\n"
        "      items: [service, price]\n"
        "      outcome: satisfaction\n"
        "      by: region\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .has_replicates = true,
    .presentation =
        {
            .chapter = CHAPTER_PRIORITIES,
            .headlines = {{"ipa_priorities", "gain"},
                          {"ipa_items", "performance"},
                          {"ipa_items_rescaled", "performance_100"}},
            .drawings = {{"ipa_items", DRAWING_QUADRANTS, "performance", .up = "importance",
                          .cuts = "ipa_cuts",
                          .corners = {"ipa_concentrate", "ipa_keep_up", "ipa_low", "ipa_overkill"}},
                         {"ipa_items_rescaled", DRAWING_QUADRANTS, "performance_100", .up = "importance",
                          .cuts = "ipa_cuts",
                          .corners = {"ipa_concentrate", "ipa_keep_up", "ipa_low", "ipa_overkill"}}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
};
