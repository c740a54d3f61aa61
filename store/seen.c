/* An open table.  A digest is as good as a random number, so that its first bytes are its hash. */
#include "store/seen.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ENTRIES = 256 };

static const digest none;

static size_t home_of(const seen_set *s, const digest *name) {
  uint64_t hash;
  memcpy(&hash, name->bytes, sizeof hash);
  return (size_t)hash & (s->entries - 1);
}

/* Where NAME stands, or the free place where it belongs. */
static size_t place_of(const seen_set *s, const digest *name) {
  size_t i = home_of(s, name);
  while (!digest_equal(&s->at[i], &none) && !digest_equal(&s->at[i], name)) {
    i = (i + 1) & (s->entries - 1);
  }
  return i;
}

static bool grow(seen_set *s) {
  if (s->entries > s->count * 2) {
    return true;
  }
  seen_set larger = {.entries = s->entries > 0 ? s->entries * 2 : FIRST_ENTRIES};
  larger.at = calloc(larger.entries, sizeof *larger.at);
  if (larger.at == NULL) {
    return false;
  }
  for (size_t i = 0; i < s->entries; i++) {
    if (!digest_equal(&s->at[i], &none)) {
      larger.at[place_of(&larger, &s->at[i])] = s->at[i];
    }
  }
  free(s->at);
  s->at = larger.at;
  s->entries = larger.entries;
  return true;
}

void seen_init(seen_set *s) {
  *s = (seen_set){0};
  pthread_mutex_init(&s->lock, NULL);
}

void seen_fini(seen_set *s) {
  pthread_mutex_destroy(&s->lock);
  free(s->at);
}

bool seen_has(seen_set *s, const digest *name) {
  pthread_mutex_lock(&s->lock);
  const bool has = s->entries > 0 && digest_equal(&s->at[place_of(s, name)], name);
  pthread_mutex_unlock(&s->lock);
  return has;
}

void seen_add(seen_set *s, const digest *name) {
  pthread_mutex_lock(&s->lock);
  if (grow(s)) {
    digest *to = &s->at[place_of(s, name)];
    s->count += !digest_equal(to, name);
    *to = *name;
  }
  pthread_mutex_unlock(&s->lock);
}

/* Those that follow move up, so that no search ends too early at the place that became free. */
static void close_gap(seen_set *s, size_t gap) {
  const size_t mask = s->entries - 1;
  for (size_t i = (gap + 1) & mask; !digest_equal(&s->at[i], &none); i = (i + 1) & mask) {
    const size_t distance = (i - home_of(s, &s->at[i])) & mask;
    if (distance >= ((i - gap) & mask)) {
      s->at[gap] = s->at[i];
      gap = i;
    }
  }
  s->at[gap] = none;
}

void seen_remove(seen_set *s, const digest *name) {
  pthread_mutex_lock(&s->lock);
  if (s->entries > 0) {
    const size_t i = place_of(s, name);
    if (digest_equal(&s->at[i], name)) {
      close_gap(s, i);
      s->count--;
    }
  }
  pthread_mutex_unlock(&s->lock);
}

void seen_clear(seen_set *s) {
  pthread_mutex_lock(&s->lock);
  free(s->at);
  s->at = NULL;
  s->entries = s->count = 0;
  pthread_mutex_unlock(&s->lock);
}
