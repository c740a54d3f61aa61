/* Texts in the order in which they were first added, found again through a table; bytes are borrowed. */
#include <stdlib.h>

#include "base/array.h"
#include "stats/frame/state.h"

void text_table_fini(text_table *t) {
  free(t->texts);
  hash_table_fini(&t->places);
  *t = (text_table){0};
}

static uint32_t place_of(const text_table *t, uint64_t hash, slice text) {
  hash_search search = hash_table_search(&t->places, hash);
  while (hash_table_next(&search) && !slice_equal(t->texts[search.place], text)) {
  }
  return search.place;
}

uint32_t text_table_find(const text_table *t, slice text) {
  return t->count > 0 ? place_of(t, digest_xxh3(text.bytes, text.length), text) : PLACE_NONE;
}

uint32_t text_table_add(text_table *t, slice text) {
  const uint64_t hash = digest_xxh3(text.bytes, text.length);
  const uint32_t place = place_of(t, hash, text);
  if (place != PLACE_NONE || !ARRAY_ROOM(t->texts, t->count, t->capacity) ||
      !hash_table_add(&t->places, hash, t->count)) {
    return place;
  }
  t->texts[t->count] = text;
  return t->count++;
}
