/* What an entry of the codebook gets from elsewhere: `scales`, answers that several variables share, each
 * written once; and a codebook as a table.
 *
 * An entry with `scale: NAME` is read as if it had the scale's keys itself, but for those that it has: a
 * setting of its own takes the place of the scale's as a whole.  So no reader of an entry knows of scales,
 * and the normalised specification has no trace of them. */
#include <string.h>

#include "specification/codebook.h"

/* What is of one variable alone. */
static const char *const own_keys[] = {"column", "columns", "label", "scale"};

static node *text_node(compilation *c, slice text, place at) {
  node *n = ARENA_NEW(c->memory, node);
  if (n != NULL) {
    *n = (node){.kind = NODE_TEXT, .text = text, .at = at};
  }
  return n;
}

/* A map with room for all keys of A and B, and a type. */
static node *map_node(compilation *c, const node *a, const node *b) {
  const size_t room = (size_t)a->count + b->count + 1;
  node *n = ARENA_NEW(c->memory, node);
  if (n == NULL) {
    return NULL;
  }
  *n = (node){.kind = NODE_MAP, .at = a->at, .start = a->start};
  n->keys = (node **)arena_array(c->memory, room, sizeof(node *));
  n->items = (node **)arena_array(c->memory, room, sizeof(node *));
  return n->keys != NULL && n->items != NULL ? n : NULL;
}

static void put(node *map, node *key, node *item) {
  map->keys[map->count] = key;
  map->items[map->count++] = item;
}

static const node *find_key(const node *map, slice key) {
  for (uint32_t i = 0; i < map->count; i++) {
    if (slice_equal(map->keys[i]->text, key)) {
      return map->items[i];
    }
  }
  return NULL;
}

/* BODY with what SCALE has besides, in messages at USED_AT, where they are about the key as such; without a
 * type it is a scale.  NULL: out of memory. */
static const node *merged(compilation *c, const node *body, const node *scale, place used_at) {
  node *n = map_node(c, body, scale);
  for (uint32_t i = 0; n != NULL && i < body->count; i++) {
    if (!slice_equal(body->keys[i]->text, slice_of("scale"))) {
      put(n, body->keys[i], body->items[i]);
    }
  }
  for (uint32_t i = 0; n != NULL && i < scale->count; i++) {
    node *key = text_node(c, scale->keys[i]->text, used_at);
    if (key == NULL) {
      return NULL;
    }
    if (find_key(n, key->text) == NULL) {
      put(n, key, scale->items[i]);
    }
  }
  if (n != NULL && node_get(n, "type") == NULL) {
    node *key = text_node(c, slice_of("type"), used_at);
    node *type = text_node(c, slice_of("scale"), used_at);
    if (key == NULL || type == NULL) {
      return NULL;
    }
    put(n, key, type);
  }
  return n;
}

/* Its place in the table; the table's count: it is not there. */
static uint32_t place_in_table(const compilation *c, slice name) {
  uint32_t i = 0;
  while (i < c->table->count && !slice_equal(c->table->keys[i]->text, name)) {
    i++;
  }
  return i;
}

/* What the table says of S, by its name or by the title of its column, but not by both. */
static const node *entry_of_table(compilation *c, const symbol *s) {
  if (c->table == NULL) {
    return NULL;
  }
  const uint32_t count = c->table->count;
  const bool has_title = s->variable.column != NULL && strcmp(s->variable.column, s->name) != 0;
  const uint32_t by_name = place_in_table(c, slice_of(s->name));
  const uint32_t by_title = has_title ? place_in_table(c, slice_of(s->variable.column)) : count;
  if (by_name < count && by_title < count) {
    problem_at(
        c->problems, c->table->keys[by_title]->at,
        "codebook: '%s' is the column of '%s', which the table describes by its name in line %u; leave "
        "one of them out",
        problem_quote(c->problems, slice_of(s->variable.column)),
        problem_quote(c->problems, slice_of(s->name)), c->table->keys[by_name]->at.line);
  }
  return by_name < count ? c->table->items[by_name] : by_title < count ? c->table->items[by_title] : NULL;
}

bool scale_apply_table(compilation *c, symbol *s, bool with_values) {
  const node *entry = entry_of_table(c, s);
  node *n = entry != NULL ? map_node(c, s->body, entry) : NULL;
  if (n == NULL) {
    return entry == NULL;
  }
  for (uint32_t i = 0; i < s->body->count; i++) {
    put(n, s->body->keys[i], s->body->items[i]);
  }
  for (uint32_t i = 0; i < entry->count; i++) {
    const bool fits = with_values || !slice_equal(entry->keys[i]->text, slice_of("values"));
    if (fits && find_key(n, entry->keys[i]->text) == NULL) {
      put(n, entry->keys[i], entry->items[i]);
    }
  }
  s->body = n;
  c->tabled++;
  return true;
}

static bool check_shared(compilation *c, const node *body) {
  bool all_well = true;
  for (uint32_t i = 0; i < body->count; i++) {
    for (size_t k = 0; k < sizeof own_keys / sizeof own_keys[0]; k++) {
      if (slice_equal(body->keys[i]->text, slice_of(own_keys[k]))) {
        problem_at(c->problems, body->keys[i]->at, "'%s' belongs to a variable, not to a scale", own_keys[k]);
        all_well = false;
      }
    }
  }
  return all_well;
}

/* A scale that could stand alone is read alone, under its own name: so a mistake in it is told once, however
 * many use it.  One without a range, such as missing codes for variables of all types, is read with each. */
static bool read_alone(compilation *c, const node *key, const node *body) {
  static const node nothing = {.kind = NODE_MAP};
  if (node_get(body, "type") == NULL && node_get(body, "range") == NULL) {
    return true;
  }
  symbol s = {.origin = SYMBOL_CODEBOOK, .key = key, .body = merged(c, body, &nothing, key->at)};
  s.name = arena_copy(c->memory, key->text);
  s.variable.name = s.name;
  return s.body != NULL && s.name != NULL && codebook_read(c, &s);
}

void scales_declare(compilation *c, const node *root) {
  const node *section = node_get(root, "scales");
  if (section == NULL || !field_is_map(c, section, "scales", "names and the answers that variables share")) {
    return;
  }
  c->scales_broken = ARENA_ARRAY(c->memory, bool, (size_t)section->count + 1);
  if (c->scales_broken == NULL) {
    return;
  }
  c->scales = section;
  for (uint32_t i = 0; i < section->count; i++) {
    const node *body = section->items[i];
    slice name;
    const bool well = field_name(c, section->keys[i], "the name of a scale", &name) &&
                      field_is_map(c, body, "a scale", "what its variables share, such as {range: [1, 5]}") &&
                      check_shared(c, body) && (c->header != NULL || read_alone(c, section->keys[i], body));
    c->scales_broken[i] = !well;
  }
}

static void unknown_scale(compilation *c, const node *n) {
  const uint32_t count = c->scales != NULL ? c->scales->count : 0;
  const char **names = (const char **)arena_array(c->memory, (size_t)count + 1, sizeof names[0]);
  for (uint32_t i = 0; names != NULL && i < count; i++) {
    names[i] = arena_copy(c->memory, c->scales->keys[i]->text);
    names[i] = names[i] != NULL ? names[i] : "";
  }
  if (count == 0) {
    problem_at(c->problems, n->at, "unknown scale '%s'; add `scales: {%s: {range: [1, 5]}}`",
               problem_quote(c->problems, n->text), problem_quote(c->problems, n->text));
  } else {
    problem_unknown(c->problems, n->at, "scale", n->text, names, names != NULL ? count : 0);
  }
}

bool scale_apply(compilation *c, symbol *s) {
  const node *n = s->body->kind == NODE_MAP ? node_get(s->body, "scale") : NULL;
  if (n == NULL) {
    return true;
  }
  slice name;
  if (!field_name(c, n, "scale", &name)) {
    return false;
  }
  for (uint32_t i = 0; c->scales != NULL && i < c->scales->count; i++) {
    if (slice_equal(c->scales->keys[i]->text, name)) {
      s->body = c->scales_broken[i] ? s->body : merged(c, s->body, c->scales->items[i], n->at);
      return s->body != NULL && !c->scales_broken[i];
    }
  }
  unknown_scale(c, n);
  return false;
}
