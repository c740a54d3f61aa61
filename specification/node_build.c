#include "specification/node_build.h"

#include <assert.h>

node *node_new_text(arena *a, slice text, place at) {
  node *n = ARENA_NEW(a, node);
  const char *copy = arena_copy(a, text);
  if (n == NULL || copy == NULL) {
    return NULL;
  }
  *n = (node){.kind = NODE_TEXT, .style = STYLE_DOUBLE_QUOTED, .text = {copy, text.length}, .at = at};
  return n;
}

static node *new_collection(arena *a, node_kind kind, size_t room, place at) {
  node *n = ARENA_NEW(a, node);
  if (n == NULL) {
    return NULL;
  }
  *n = (node){.kind = kind, .at = at};
  n->items = (node **)arena_array(a, room + 1, sizeof(node *));
  n->keys = kind == NODE_MAP ? (node **)arena_array(a, room + 1, sizeof(node *)) : NULL;
  return arena_failed(a) ? NULL : n;
}

node *node_new_map(arena *a, size_t room, place at) {
  return new_collection(a, NODE_MAP, room, at);
}

node *node_new_list(arena *a, size_t room, place at) {
  return new_collection(a, NODE_LIST, room, at);
}

void node_put(node *map, node *key, node *item) {
  assert(map->kind == NODE_MAP);
  map->keys[map->count] = key;
  map->items[map->count++] = item;
}

void node_push(node *list, node *item) {
  assert(list->kind == NODE_LIST);
  list->items[list->count++] = item;
}

bool node_put_text(arena *a, node *map, slice name, slice text, place at) {
  node *key = node_new_text(a, name, at);
  node *item = node_new_text(a, text, at);
  if (key == NULL || item == NULL) {
    return false;
  }
  node_put(map, key, item);
  return true;
}
