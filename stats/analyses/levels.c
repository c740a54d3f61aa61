/* Levels of coded items. */
#include "stats/analyses/levels.h"

#include <stdlib.h>

#include "stats/analyses/crossing.h"

/* A scale with more points than this lists only the answers that occur. */
enum { POINTS_LISTED_MAX = 21 };

const program_variable *variable_of(const plan *p, uint32_t item) {
  return &p->program->variables[p->variables[item].variable];
}

typedef struct level_list {
  level *at;
  uint32_t count;
  bool *taken; /* keys of the axis that are listed */
  const axis *ax;
} level_list;

static void add(level_list *list, level l) {
  l.key = axis_find(list->ax, l.is_text, l.number, l.text);
  if (l.key < list->ax->count) {
    if (list->taken[l.key]) {
      return;
    }
    list->taken[l.key] = true;
  }
  list->at[list->count++] = l;
}

static uint32_t points_listed(const program_variable *v) {
  if (v->kind != VARIABLE_SCALE || v->high - v->low >= POINTS_LISTED_MAX) {
    return 0;
  }
  return (uint32_t)(v->high - v->low + 1);
}

typedef struct named_key {
  slice text;
  uint32_t key;
} named_key;

static int by_natural_order(const void *left, const void *right) {
  return text_compare_natural(((const named_key *)left)->text, ((const named_key *)right)->text);
}

uint32_t *levels_natural(arena *a, const plan *p, uint32_t item, const axis *ax) {
  if (variable_of(p, item)->kind == VARIABLE_CROSS) {
    return crossing_order(a, p, item, ax);
  }
  uint32_t *order = ARENA_ARRAY(a, uint32_t, (size_t)ax->count + 1);
  named_key *named = ARENA_ARRAY(a, named_key, (size_t)ax->count + 1);
  if (order == NULL || named == NULL) {
    return NULL;
  }
  for (uint32_t key = 0; key < ax->count; key++) {
    named[key] = (named_key){ax->is_text ? ax->texts[key] : (slice){"", 0}, key};
  }
  if (ax->is_text && ax->count > 1) {
    qsort(named, ax->count, sizeof *named, by_natural_order);
  }
  for (uint32_t i = 0; i < ax->count; i++) {
    order[i] = named[i].key;
  }
  return order;
}

static int by_code(const void *left, const void *right) {
  const int64_t a = ((const level *)left)->number;
  const int64_t b = ((const level *)right)->number;
  return (a > b) - (a < b);
}

level *levels_of(arena *a, const plan *p, uint32_t item, const axis *ax, uint32_t *count) {
  const program_variable *v = variable_of(p, item);
  const plan_variable *named = &p->variables[item];
  const uint32_t points = points_listed(v);
  const size_t most = (size_t)points + named->values_count + ax->count;
  level_list list = {
      .at = ARENA_ARRAY(a, level, most + 1), .taken = ARENA_ARRAY(a, bool, (size_t)ax->count + 1), .ax = ax};
  const uint32_t *order = levels_natural(a, p, item, ax);
  *count = 0;
  if (list.at == NULL || list.taken == NULL || order == NULL) {
    return NULL;
  }
  for (uint32_t i = 0; i < points; i++) {
    add(&list, (level){.number = v->low + i, .is_declared = true});
  }
  for (uint32_t i = 0; points == 0 && i < named->values_count; i++) {
    const plan_value_label *label = &named->values[i];
    add(&list,
        (level){
            .is_text = label->is_text, .number = label->number, .text = label->text, .is_declared = true});
  }
  for (uint32_t i = 0; i < ax->count; i++) {
    const uint32_t key = order[i];
    add(&list,
        ax->is_text ? (level){.is_text = true, .text = ax->texts[key]} : (level){.number = ax->numbers[key]});
  }
  if (v->kind == VARIABLE_SCALE && list.count > 1) { /* whichever codes have labels */
    qsort(list.at, list.count, sizeof list.at[0], by_code);
  }
  *count = list.count;
  return list.at;
}

json *level_json(const level *l, arena *a) {
  return l->is_text ? json_text(a, l->text) : json_integer(a, l->number);
}

/* ---- Codes of scales ----------------------------------------------------------------------------- */

bool codes_range(const plan *p, uint32_t item, int64_t *low, int64_t *high) {
  const program_variable *v = variable_of(p, item);
  switch (v->kind) {
    case VARIABLE_SCALE:
      *low = v->low;
      *high = v->high;
      return true;
    case VARIABLE_TOP:
    case VARIABLE_OPTION:
      *low = 0;
      *high = 1;
      return true;
    case VARIABLE_CLUSTER:
      *low = 1;
      *high = v->clusters;
      return true;
    case VARIABLE_RECODE:
      break;
    default:
      return false;
  }
  bool any = false;
  for (uint32_t i = 0; !v->keys_are_texts && i < v->ranges_count; i++) {
    if (!v->ranges[i].missing) {
      const int64_t code = v->ranges[i].code;
      *low = !any || code < *low ? code : *low;
      *high = !any || code > *high ? code : *high;
      any = true;
    }
  }
  if (any && v->has_else) {
    *low = v->else_code < *low ? v->else_code : *low;
    *high = v->else_code > *high ? v->else_code : *high;
  }
  return any;
}
