/* Names in an array, and a table over it. */
#include "store/seen.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

static uint32_t place_of(const seen_set *s, const digest *name) {
  hash_search search = hash_table_search(&s->places, digest_hash(name));
  while (hash_table_next(&search) && !digest_equal(&s->at[search.place], name)) {
  }
  return search.place;
}

void seen_init(seen_set *s) {
  *s = (seen_set){0};
  pthread_mutex_init(&s->lock, NULL);
}

void seen_fini(seen_set *s) {
  pthread_mutex_destroy(&s->lock);
  hash_table_fini(&s->places);
  free(s->at);
}

bool seen_has(seen_set *s, const digest *name) {
  pthread_mutex_lock(&s->lock);
  const bool has = place_of(s, name) != PLACE_NONE;
  pthread_mutex_unlock(&s->lock);
  return has;
}

void seen_add(seen_set *s, const digest *name) {
  pthread_mutex_lock(&s->lock);
  if (place_of(s, name) == PLACE_NONE && ARRAY_ROOM(s->at, s->places.count, s->capacity) &&
      hash_table_add(&s->places, digest_hash(name), (uint32_t)s->places.count)) {
    s->at[s->places.count - 1] = *name;
  }
  pthread_mutex_unlock(&s->lock);
}

/* The last name takes its place. */
void seen_remove(seen_set *s, const digest *name) {
  pthread_mutex_lock(&s->lock);
  const uint32_t place = place_of(s, name);
  if (place != PLACE_NONE) {
    hash_table_remove(&s->places, digest_hash(name), place);
    const uint32_t last = (uint32_t)s->places.count;
    assert(place <= last);
    if (place != last) {
      s->at[place] = s->at[last];
      hash_table_move(&s->places, digest_hash(&s->at[place]), last, place);
    }
  }
  pthread_mutex_unlock(&s->lock);
}

void seen_clear(seen_set *s) {
  pthread_mutex_lock(&s->lock);
  hash_table_clear(&s->places);
  pthread_mutex_unlock(&s->lock);
}
