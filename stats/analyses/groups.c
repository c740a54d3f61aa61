/* Groups in the order of the report. */
#include "stats/analyses/groups.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const program_variable *variable_at(const analysis_run *run, const plan_breakdown *b, uint32_t i) {
  const plan *p = run_plan(run);
  return &p->program->variables[p->variables[b->variables[i]].variable];
}

/* The multiple choice of a breakdown, by its place there; B's count: it has none. */
static uint32_t place_of_set(const analysis_run *run, const plan_breakdown *b) {
  uint32_t at = 0;
  while (at < b->count && program_variable_form(variable_at(run, b, at)) != FORM_SET) {
    at++;
  }
  return at;
}

/* One accumulator for a breakdown, or one for each option of its multiple choice. */
static uint32_t parts_of(const analysis_run *run, const plan_breakdown *b) {
  const uint32_t set = place_of_set(run, b);
  return set < b->count ? variable_at(run, b, set)->keys_count : 1;
}

/* What accumulator WHICH is of: a breakdown (NULL: the total) and an option of its multiple choice, which has
 * place SET in it. */
typedef struct part {
  const plan_breakdown *of;
  uint32_t set;
  slice option;
} part;

static part part_of(const analysis_run *run, uint32_t which) {
  const plan_analysis *request = run_request(run);
  uint32_t first = 1;
  for (uint32_t i = 0; which > 0 && i < request->breakdowns_count; i++) {
    const plan_breakdown *b = &request->breakdowns[i];
    const uint32_t parts = parts_of(run, b);
    if (which - first < parts) {
      const uint32_t set = place_of_set(run, b);
      return (part){b, set, set < b->count ? variable_at(run, b, set)->keys[which - first] : (slice){0}};
    }
    first += parts;
  }
  return (part){0};
}

#include "stats/analyses/levels.h"

uint32_t groups_count(const analysis_run *run) {
  const plan_analysis *request = run_request(run);
  uint32_t count = 1;
  for (uint32_t i = 0; i < request->breakdowns_count; i++) {
    count += parts_of(run, &request->breakdowns[i]);
  }
  return count;
}

bool groups_overlap(const plan *p, const plan_analysis *request) {
  for (uint32_t i = 0; i < request->breakdowns_count; i++) {
    for (uint32_t k = 0; k < request->breakdowns[i].count; k++) {
      const uint32_t variable = p->variables[request->breakdowns[i].variables[k]].variable;
      if (program_variable_form(&p->program->variables[variable]) == FORM_SET) {
        return true;
      }
    }
  }
  return false;
}

/* 1 for those who chose OPTION of the multiple choice INPUT. */
static status add_option(analysis_run *run, uint32_t input, slice option, uint32_t *index, error *err) {
  const program_variable v = {
      .kind = VARIABLE_OPTION, .name = "an option", .inputs = &input, .inputs_count = 1, .key = option};
  return run_add_variable(run, &v, index, err);
}

const plan_breakdown *groups_breakdown(const analysis_run *run, uint32_t which) {
  return part_of(run, which).of;
}

slice groups_option(const analysis_run *run, uint32_t which, uint32_t i) {
  const part one = part_of(run, which);
  return one.of != NULL && i == one.set ? one.option : (slice){"", 0};
}

status groups_variable(analysis_run *run, uint32_t which, uint32_t i, uint32_t *index, error *err) {
  const part one = part_of(run, which);
  assert(one.of != NULL && i < one.of->count);
  TRY(run_variable(run, one.of->variables[i], index, err));
  return i == one.set ? add_option(run, *index, one.option, index, err) : STATUS_OK;
}

static status need_one(analysis_run *run, const program_accumulator *a, uint32_t inner, uint32_t which,
                       uint32_t filter, error *err) {
  program_accumulator need = *a;
  const plan_breakdown *b = groups_breakdown(run, which);
  need.filter = filter;
  need.weight = run_weight(run);
  need.by_count = 0;
  if (inner != PROGRAM_NONE) {
    need.by[need.by_count++] = inner;
  }
  for (uint32_t i = 0; b != NULL && i < b->count; i++) {
    assert(need.by_count < PROGRAM_BY_MAX);
    TRY(groups_variable(run, which, i, &need.by[need.by_count++], err));
  }
  return run_need(run, &need, err);
}

status groups_need_one(analysis_run *run, const program_accumulator *a, uint32_t inner, uint32_t which,
                       error *err) {
  return need_one(run, a, inner, which, run_filter(run), err);
}

status groups_need_within(analysis_run *run, const program_accumulator *a, uint32_t filter, error *err) {
  for (uint32_t which = 0; which < groups_count(run); which++) {
    TRY(need_one(run, a, PROGRAM_NONE, which, filter, err));
  }
  return STATUS_OK;
}

status groups_need(analysis_run *run, const program_accumulator *a, uint32_t inner, error *err) {
  for (uint32_t which = 0; which < groups_count(run); which++) {
    TRY(groups_need_one(run, a, inner, which, err));
  }
  return STATUS_OK;
}

/* ---- Order --------------------------------------------------------------------------------------- */

uint32_t *keys_in_order(arena *a, const plan *p, uint32_t item, const axis *ax, bool with_missing) {
  const plan_variable *variable = &p->variables[item];
  /* Codes have their own order, whichever of them are labelled. */
  const bool is_scale = variable_of(p, item)->kind == VARIABLE_SCALE;
  uint32_t *order = ARENA_ARRAY(a, uint32_t, (size_t)ax->count + 1);
  bool *taken = ARENA_ARRAY(a, bool, (size_t)ax->count + 1);
  const uint32_t *natural = levels_natural(a, p, item, ax);
  if (order == NULL || taken == NULL || natural == NULL) {
    return NULL;
  }
  uint32_t count = 0;
  for (uint32_t v = 0; v < variable->values_count && !is_scale; v++) {
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

uint32_t group_walk_place(const group_walk *w, uint32_t inner_key) {
  uint32_t keys[PROGRAM_BY_MAX];
  memcpy(keys, w->keys, sizeof keys);
  keys[0] = inner_key;
  return grouping_place(w->groups, keys);
}

/* The group of those who chose the option; empty when nobody did. */
static bool open_option(group_walk *w, uint32_t i, const axis *ax) {
  w->order[i] = ARENA_NEW(json_arena(run_section(w->run)), uint32_t);
  if (w->order[i] == NULL) {
    return false;
  }
  *w->order[i] = axis_find(ax, false, 1, (slice){0});
  w->counts[i] = *w->order[i] < ax->count ? 1 : 0;
  return true;
}

/* Opens the next result.  Every state with groups begins with them.  False when out of memory: the
 * section's arena remembers, and the whole step fails. */
static bool walk_open(group_walk *w) {
  const grouping *groups = run_result(w->run, group_walk_result(w));
  const part one = part_of(w->run, w->which);
  w->groups = groups;
  w->breakdown = one.of;
  w->set = one.of != NULL ? one.set : 0;
  w->option = one.option;
  w->at = 0;
  w->places = 1;
  for (uint32_t i = 0; one.of != NULL && i < one.of->count; i++) {
    const axis *ax = &groups->by[w->inner + i];
    if (i == one.set) {
      if (!open_option(w, i, ax)) {
        return false;
      }
    } else {
      w->order[i] =
          keys_in_order(json_arena(run_section(w->run)), run_plan(w->run), one.of->variables[i], ax, true);
      w->counts[i] = ax->count + 1;
    }
    if (w->order[i] == NULL) {
      return false;
    }
    w->places *= w->counts[i];
  }
  return true;
}

bool group_walk_next(group_walk *w) {
  if (w->groups == NULL) {
    if (!walk_open(w)) {
      return false;
    }
  } else {
    w->at++;
  }
  while (w->at >= w->places) {
    if (++w->which >= groups_count(w->run) || !walk_open(w)) {
      return false;
    }
  }
  uint32_t rest = w->at;
  for (uint32_t i = w->breakdown != NULL ? w->breakdown->count : 0; i-- > 0;) {
    w->keys[w->inner + i] = w->order[i][rest % w->counts[i]];
    rest /= w->counts[i];
  }
  if (w->breakdown != NULL && !w->inner) {
    w->place = grouping_place(w->groups, w->keys);
  }
  return true;
}

/* The breakdown's own axes, without the inner one; an option is the only key of its axis. */
static grouping outer_groups(const group_walk *w, uint32_t *keys) {
  grouping out = {.by_count = w->breakdown->count};
  for (uint32_t i = 0; i < out.by_count; i++) {
    out.by[i] = w->groups->by[w->inner + i];
    keys[i] = w->keys[w->inner + i];
    if (i == w->set) {
      out.by[i] = (axis){.is_text = true, .count = 1, .texts = (slice *)&w->option};
      keys[i] = 0;
    }
  }
  return out;
}

void group_write(const group_walk *w, table *t) {
  if (w->breakdown == NULL) {
    table_total(t);
    return;
  }
  uint32_t keys[PROGRAM_BY_MAX];
  const grouping outer = outer_groups(w, keys);
  table_group(t, run_plan(w->run), w->breakdown, &outer, keys);
}

static json *key_json(arena *a, const axis *ax, uint32_t key) {
  if (key >= ax->count) {
    return json_null(a);
  }
  return ax->is_text ? json_text(a, ax->texts[key]) : json_integer(a, ax->numbers[key]);
}

json *group_json(const group_walk *w) {
  arena *a = json_arena(run_section(w->run));
  if (w->breakdown == NULL) {
    return json_null(a);
  }
  json *group = json_object(a);
  uint32_t keys[PROGRAM_BY_MAX];
  const grouping outer = outer_groups(w, keys);
  for (uint32_t i = 0; i < outer.by_count; i++) {
    json_set(group, run_plan(w->run)->variables[w->breakdown->variables[i]].name,
             key_json(a, &outer.by[i], keys[i]));
  }
  return group;
}
