/* Constructs and means: items with weights, and how many of them must be answered. */
#include <string.h>

#include "specification/definitions.h"

bool quantities_check(compilation *c, const node *n, const char *what, symbol *const *list, uint32_t count) {
  bool all_well = true;
  for (uint32_t i = 0; i < count; i++) {
    if (!symbol_is_quantity(list[i])) {
      problem_at(c->problems, node_item_place(n, i, count),
                 "%s: '%s' is %s; expected scales, flags, numbers or constructs", what,
                 problem_quote(c->problems, slice_of(list[i]->name)), symbol_kind_name(list[i]));
      all_well = false;
    }
  }
  return all_well;
}

bool inputs_set(compilation *c, symbol *s, symbol *const *list, uint32_t count) {
  s->variable.inputs = ARENA_ARRAY(c->memory, uint32_t, (size_t)count + 1);
  if (s->variable.inputs == NULL) {
    return false;
  }
  for (uint32_t i = 0; i < count; i++) {
    s->variable.inputs[i] = symbol_program_index(c, list[i]);
  }
  s->variable.inputs_count = count;
  return true;
}

static bool read_weight(compilation *c, const node *n, decimal *out) {
  if (!field_decimal(c, n, "weights", out)) {
    return false;
  }
  if (out->mantissa <= 0) {
    field_expected(c, n, "weights", "a number above 0");
    return false;
  }
  return true;
}

static bool weights_by_name(compilation *c, const node *n, symbol *const *items, uint32_t count,
                            decimal *weights) {
  const char **names = (const char **)arena_array(c->memory, (size_t)count + 1, sizeof names[0]);
  bool *given = ARENA_ARRAY(c->memory, bool, (size_t)count + 1);
  bool all_well = names != NULL && given != NULL;
  for (uint32_t i = 0; all_well && i < count; i++) {
    names[i] = items[i]->name;
  }
  for (uint32_t k = 0; given != NULL && names != NULL && k < n->count; k++) {
    uint32_t i = 0;
    while (i < count && !slice_equal(slice_of(names[i]), n->keys[k]->text)) {
      i++;
    }
    if (i == count) {
      problem_unknown(c->problems, n->keys[k]->at, "item", n->keys[k]->text, names, count);
      all_well = false;
    } else {
      given[i] = true;
      all_well = read_weight(c, n->items[k], &weights[i]) && all_well;
    }
  }
  for (uint32_t i = 0; all_well && i < count; i++) {
    if (!given[i]) {
      problem_at(c->problems, n->at, "weights: '%s' has none",
                 problem_quote(c->problems, slice_of(names[i])));
      return false;
    }
  }
  return all_well;
}

static bool weights_in_order(compilation *c, const node *n, uint32_t count, decimal *weights) {
  if (n->count != count) {
    problem_at(c->problems, n->at, "weights: %u for %u items", n->count, count);
    return false;
  }
  bool all_well = true;
  for (uint32_t i = 0; i < count; i++) {
    all_well = read_weight(c, n->items[i], &weights[i]) && all_well;
  }
  return all_well;
}

static int64_t common_divisor(int64_t a, int64_t b) {
  while (b != 0) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Decimals at one scale, divided by their common factor: 0.5, 0.25, 0.25 are 2, 1, 1. */
static bool whole_weights(compilation *c, const node *n, symbol *s, uint32_t count) {
  uint8_t scale = 0;
  for (uint32_t i = 0; i < count; i++) {
    scale = s->weights[i].scale > scale ? s->weights[i].scale : scale;
  }
  int64_t *whole = ARENA_ARRAY(c->memory, int64_t, count);
  int64_t divisor = 0;
  bool fits = whole != NULL;
  for (uint32_t i = 0; fits && i < count; i++) {
    fits = decimal_rescale(s->weights[i], scale, &whole[i], NULL);
    divisor = fits ? common_divisor(whole[i], divisor) : 1;
  }
  int64_t sum = 0;
  for (uint32_t i = 0; fits && i < count; i++) {
    whole[i] /= divisor;
    fits = !__builtin_add_overflow(sum, whole[i], &sum) && sum < PROGRAM_MEAN_WEIGHT_MAX;
  }
  if (!fits) {
    problem_at(c->problems, n->at,
               "weights: too far apart to be whole numbers below 2^40; give fewer decimals");
  }
  s->variable.weights = whole;
  return fits;
}

static bool read_weights(compilation *c, symbol *s, symbol *const *items, uint32_t count) {
  const node *n = node_get(s->body, "weights");
  if (n == NULL) {
    return true;
  }
  if (n->kind != NODE_LIST && n->kind != NODE_MAP) {
    field_expected(c, n, "weights", "a list with one number per item, or a map of items and numbers");
    return false;
  }
  s->weights = ARENA_ARRAY(c->memory, decimal, (size_t)count + 1);
  if (s->weights == NULL) {
    return false;
  }
  bool read = n->kind == NODE_MAP ? weights_by_name(c, n, items, count, s->weights)
                                  : weights_in_order(c, n, count, s->weights);
  return read && whole_weights(c, n, s, count);
}

bool mean_read(compilation *c, symbol *s, const char *items_key, symbol ***items, uint32_t *count) {
  const node *n = node_get(s->body, items_key);
  if (n == NULL) {
    problem_at(c->problems, s->key->at, "construct '%s' has no items; add items: [..]",
               problem_quote(c->problems, s->key->text));
    return false;
  }
  bool all_well = symbol_list(c, n, items_key, items, count);
  bool open_ended = c->open_ended;
  all_well = quantities_check(c, n, items_key, *items, *count) && all_well;
  if (!all_well || open_ended) {
    return false;
  }
  if (*count > PROGRAM_INPUTS_MAX) {
    problem_at(c->problems, n->at, "%s: %u are more than %d", items_key, *count, PROGRAM_INPUTS_MAX);
    return false;
  }
  int64_t valid_min = 1;
  const node *least = node_get(s->body, "valid_min");
  all_well = least == NULL || field_whole(c, least, "valid_min", 1, *count, &valid_min);
  s->variable.kind = VARIABLE_MEAN;
  s->variable.decimals = PROGRAM_MEAN_DECIMALS;
  s->variable.valid_min = (uint32_t)valid_min;
  return read_weights(c, s, *items, *count) && inputs_set(c, s, *items, *count) && all_well;
}

json *mean_normal(compilation *c, const symbol *s, symbol *const *items, uint32_t count) {
  json *normal = normal_definition(c, s);
  json *weights = json_array(c->memory);
  json_set(normal, "items", normal_symbols(c, items, count));
  json_set_integer(normal, "valid_min", s->variable.valid_min);
  for (uint32_t i = 0; s->weights != NULL && i < count; i++) {
    json_push(weights, normal_decimal(c, s->weights[i]));
  }
  json_set(normal, "weights", s->weights != NULL ? weights : json_null(c->memory));
  return normal;
}

static bool add_construct(compilation *c, symbol *s, symbol *const *items, uint32_t count) {
  plan *p = c->plan;
  plan_construct built = {
      .name = s->name,
      .label = s->label,
      .children_count = count,
      .child_is_construct = ARENA_ARRAY(c->memory, bool, count),
      .children = ARENA_ARRAY(c->memory, uint32_t, count),
      .weights = s->weights,
      .valid_min = s->variable.valid_min,
  };
  if (built.child_is_construct == NULL || built.children == NULL ||
      !ARRAY_ROOM_IN(c->memory, p->constructs, p->constructs_count, c->constructs_capacity)) {
    return false;
  }
  for (uint32_t i = 0; i < count; i++) {
    built.child_is_construct[i] = items[i]->origin == SYMBOL_CONSTRUCT;
    built.children[i] = built.child_is_construct[i] ? items[i]->construct_index : items[i]->plan_index;
  }
  s->construct_index = p->constructs_count++;
  p->constructs[s->construct_index] = built;
  return true;
}

bool construct_read(compilation *c, symbol *s) {
  static const char *const keys[] = {"items", "weights", "valid_min", "label"};
  if (!field_is_map(c, s->body, "a construct", "its properties, such as {items: [a, b]}")) {
    return false;
  }
  field_check_keys(c, s->body, "a construct", keys, sizeof keys / sizeof keys[0]);
  const node *label = node_get(s->body, "label");
  bool all_well = label == NULL || field_label(c, label, "label", &s->label);
  symbol **items;
  uint32_t count;
  if (!mean_read(c, s, "items", &items, &count) || !all_well || !add_construct(c, s, items, count)) {
    return false;
  }
  s->normal = mean_normal(c, s, items, count);
  return true;
}

void definitions_declare(compilation *c, const node *root, const char *section_name, symbol_origin origin) {
  const node *section = node_get(root, section_name);
  if (section == NULL || !field_is_map(c, section, section_name, "names and their definitions")) {
    return;
  }
  for (uint32_t i = 0; i < section->count; i++) {
    slice name;
    if (field_name(c, section->keys[i], section_name, &name)) {
      (void)symbol_declare(c, origin, name, section->keys[i], section->items[i]);
    }
  }
}

void constructs_declare(compilation *c, const node *root) {
  definitions_declare(c, root, "constructs", SYMBOL_CONSTRUCT);
}
