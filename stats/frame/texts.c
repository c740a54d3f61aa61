/* A hash table of texts in the order in which they were first added; bytes are borrowed. */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

enum { FIRST_TEXTS = 32 };

void text_table_fini(text_table *t) {
  free(t->texts);
  free(t->slots);
  *t = (text_table){0};
}

static uint32_t *find_slot(const text_table *t, slice text) {
  uint32_t mask = t->slots_count - 1;
  for (uint32_t at = (uint32_t)digest_xxh3(text.bytes, text.length) & mask;; at = (at + 1) & mask) {
    uint32_t place = t->slots[at];
    if (place == 0 || slice_equal(t->texts[place - 1], text)) {
      return &t->slots[at];
    }
  }
}

static bool grow(text_table *t) {
  uint32_t capacity = t->capacity ? t->capacity * 2 : FIRST_TEXTS;
  slice *texts = realloc(t->texts, capacity * sizeof *texts);
  if (!texts) {
    return false;
  }
  t->texts = texts;
  uint32_t *slots = calloc((size_t)capacity * 2, sizeof *slots);
  if (!slots) {
    return false;
  }
  free(t->slots);
  t->slots = slots;
  t->slots_count = capacity * 2;
  t->capacity = capacity;
  for (uint32_t i = 0; i < t->count; i++) {
    *find_slot(t, t->texts[i]) = i + 1;
  }
  return true;
}

uint32_t text_table_find(const text_table *t, slice text) {
  return t->count ? *find_slot(t, text) - 1 : UINT32_MAX;
}

uint32_t text_table_add(text_table *t, slice text) {
  if (t->count == t->capacity && (t->capacity > UINT32_MAX / 4 || !grow(t))) {
    return UINT32_MAX;
  }
  uint32_t *slot = find_slot(t, text);
  if (*slot == 0) {
    t->texts[t->count] = text;
    *slot = ++t->count;
  }
  return *slot - 1;
}
