/* Gathers names and sorts them. */
#include "store/held.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void held_fini(held_list *l) {
  free(l->at);
  *l = (held_list){.at = NULL};
}

void held_add(held_list *l, const digest *name, uint64_t turn) {
  if (ARRAY_ROOM(l->at, l->count, l->capacity)) {
    l->at[l->count++] = (held_name){*name, turn};
  }
}

static int last_used_first(const held_name *a, const held_name *b) {
  return (a->turn < b->turn) - (a->turn > b->turn);
}

static int by_name(const void *left, const void *right) {
  const held_name *a = left;
  const held_name *b = right;
  const int order = memcmp(a->name.bytes, b->name.bytes, DIGEST_BYTES);
  return order != 0 ? order : last_used_first(a, b);
}

static int by_turn(const void *left, const void *right) {
  const held_name *a = left;
  const held_name *b = right;
  const int order = last_used_first(a, b);
  return order != 0 ? order : memcmp(a->name.bytes, b->name.bytes, DIGEST_BYTES);
}

/* Of equal names the one used last is kept. */
static void drop_repeated(held_list *l) {
  size_t kept = 0;
  for (size_t i = 0; i < l->count; i++) {
    if (kept == 0 || !digest_equal(&l->at[kept - 1].name, &l->at[i].name)) {
      l->at[kept++] = l->at[i];
    }
  }
  l->count = kept;
}

void held_each(held_list *l, void (*visit)(void *context, const digest *name), void *context) {
  if (l->count == 0) {
    return;
  }
  qsort(l->at, l->count, sizeof *l->at, by_name);
  drop_repeated(l);
  qsort(l->at, l->count, sizeof *l->at, by_turn);
  for (size_t i = 0; i < l->count; i++) {
    visit(context, &l->at[i].name);
  }
}
