/* Groups in the order of the report. */
#include "stats/analyses/groups.h"

#include <assert.h>
#include <stdlib.h>

#include "stats/analyses/levels.h"

uint32_t groups_count(const analysis_run *run) {
  return run_request(run)->breakdowns_count + 1;
}

status groups_need_one(analysis_run *run, const program_accumulator *a, uint32_t inner, uint32_t which,
                       error *err) {
  program_accumulator need = *a;
  need.filter = run_filter(run);
  need.weight = run_weight(run);
  need.by_count = 0;
  if (inner != PROGRAM_NONE) {
    need.by[need.by_count++] = inner;
  }
  if (which > 0) {
    const plan_breakdown *b = &run_request(run)->breakdowns[which - 1];
    assert(need.by_count + b->count <= 2);
    for (uint32_t i = 0; i < b->count; i++) {
      TRY(run_variable(run, b->variables[i], &need.by[need.by_count++], err));
    }
  }
  return run_need(run, &need, err);
}

status groups_need(analysis_run *run, const program_accumulator *a, uint32_t inner, error *err) {
  for (uint32_t which = 0; which < groups_count(run); which++) {
    TRY(groups_need_one(run, a, inner, which, err));
  }
  return STATUS_OK;
}

/* ---- Order --------------------------------------------------------------------------------------- */

uint32_t *keys_in_order(arena *a, const plan_variable *variable, const axis *ax, bool with_missing) {
  uint32_t *order = ARENA_ARRAY(a, uint32_t, (size_t)ax->count + 1);
  bool *taken = ARENA_ARRAY(a, bool, (size_t)ax->count + 1);
  const uint32_t *natural = levels_natural(a, ax);
  if (order == NULL || taken == NULL || natural == NULL) {
    return NULL;
  }
  uint32_t count = 0;
  for (uint32_t v = 0; v < variable->values_count; v++) {
    const plan_value_label *value = &variable->values[v];
    const uint32_t key = axis_find(ax, value->is_text, value->number, value->text);
    if (key < ax->count && !taken[key]) {
      taken[key] = true;
      order[count++] = key;
    }
  }
  for (uint32_t i = 0; i < ax->count; i++) {
    if (!taken[natural[i]]) {
      order[count++] = natural[i];
    }
  }
  if (with_missing) {
    order[count] = ax->count;
  }
  return order;
}

/* ---- Walking ------------------------------------------------------------------------------------- */

group_walk group_walk_begin(analysis_run *run, uint32_t asked, bool inner) {
  return (group_walk){.run = run, .asked = asked, .inner = inner ? 1 : 0};
}

uint32_t group_walk_result(const group_walk *w) {
  return w->asked + w->which;
}

static const plan_breakdown *walk_breakdown(const group_walk *w) {
  return w->which == 0 ? NULL : &run_request(w->run)->breakdowns[w->which - 1];
}

uint32_t group_walk_place(const group_walk *w, uint32_t inner_key) {
  return w->which == 0 ? inner_key : grouping_place(w->groups, inner_key, w->first);
}

/* Opens the next result.  Every state with groups begins with them.  False when out of memory: the
 * section's arena remembers, and the whole step fails. */
static bool walk_open(group_walk *w) {
  const grouping *groups = run_result(w->run, group_walk_result(w));
  const plan_breakdown *b = walk_breakdown(w);
  w->groups = groups;
  w->at = 0;
  w->places = 1;
  for (uint32_t i = 0; b != NULL && i < b->count; i++) {
    const axis *ax = &groups->by[w->inner + i];
    w->order[i] = keys_in_order(json_arena(run_section(w->run)),
                                &run_plan(w->run)->variables[b->variables[i]], ax, true);
    if (w->order[i] == NULL) {
      return false;
    }
    w->places *= ax->count + 1;
  }
  return true;
}

bool group_walk_next(group_walk *w) {
  if (w->groups == NULL) {
    if (!walk_open(w)) {
      return false;
    }
  } else if (++w->at >= w->places) {
    if (++w->which >= groups_count(w->run) || !walk_open(w)) {
      return false;
    }
  }
  const plan_breakdown *b = walk_breakdown(w);
  if (b == NULL) {
    return true;
  }
  const uint32_t width = b->count == 2 ? w->groups->by[w->inner + 1].count + 1 : 1;
  w->first = w->order[0][w->at / width];
  w->second = b->count == 2 ? w->order[1][w->at % width] : 0;
  if (!w->inner) {
    w->place = grouping_place(w->groups, w->first, w->second);
  }
  return true;
}

/* The breakdown's own axes, without the inner one. */
static grouping outer_groups(const group_walk *w) {
  grouping out = {.by_count = w->groups->by_count - w->inner};
  for (uint32_t i = 0; i < out.by_count; i++) {
    out.by[i] = w->groups->by[w->inner + i];
  }
  return out;
}

void group_write(const group_walk *w, table *t) {
  if (w->which == 0) {
    table_total(t);
    return;
  }
  const grouping outer = outer_groups(w);
  table_group(t, run_plan(w->run), walk_breakdown(w), &outer, w->first, w->second);
}

static json *key_json(arena *a, const axis *ax, uint32_t key) {
  if (key >= ax->count) {
    return json_null(a);
  }
  return ax->is_text ? json_text(a, ax->texts[key]) : json_integer(a, ax->numbers[key]);
}

json *group_json(const group_walk *w) {
  arena *a = json_arena(run_section(w->run));
  const plan_breakdown *b = walk_breakdown(w);
  if (b == NULL) {
    return json_null(a);
  }
  json *group = json_object(a);
  const uint32_t places[2] = {w->first, w->second};
  for (uint32_t i = 0; i < b->count; i++) {
    json_set(group, run_plan(w->run)->variables[b->variables[i]].name,
             key_json(a, &w->groups->by[w->inner + i], places[i]));
  }
  return group;
}
