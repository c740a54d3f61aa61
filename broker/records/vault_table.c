/* Open addressing with linear probing; removal closes the gap, so there are no tombstones. */
#include "broker/records/vault_table.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES_FIRST = 256 };

void vault_partly_destroy(vault_partly *p) {
  if (p != NULL) {
    digest_stream_destroy(p->stream);
    free(p);
  }
}

static void destroy_all(vault_partly *first) {
  for (vault_partly *p = first, *next = NULL; p != NULL; p = next) {
    next = p->next;
    vault_partly_destroy(p);
  }
}

void vault_table_fini(vault_table *t) {
  for (size_t i = 0; i < t->places; i++) {
    destroy_all(t->at[i].partly);
  }
  free(t->at);
  *t = (vault_table){0};
}

/* Names are digests: any of their bytes are a hash. */
static size_t home_of(const vault_table *t, const digest *name) {
  uint64_t hash;
  memcpy(&hash, name->bytes, sizeof hash);
  return (size_t)hash & (t->places - 1);
}

/* Its place, or the free one where it would go. */
static vault_entry *place_of(const vault_table *t, const digest *name) {
  size_t i = home_of(t, name);
  while (t->at[i].in_use && !digest_equal(&t->at[i].name, name)) {
    i = (i + 1) & (t->places - 1);
  }
  return &t->at[i];
}

vault_entry *vault_table_find(const vault_table *t, const digest *name) {
  vault_entry *e = t->places > 0 ? place_of(t, name) : NULL;
  return e != NULL && e->in_use ? e : NULL;
}

static bool grow(vault_table *t) {
  vault_table larger = {.places = t->places > 0 ? t->places * 2 : PLACES_FIRST, .count = t->count};
  larger.at = calloc(larger.places, sizeof *larger.at);
  if (larger.at == NULL) {
    return false;
  }
  for (size_t i = 0; i < t->places; i++) {
    if (t->at[i].in_use) {
      *place_of(&larger, &t->at[i].name) = t->at[i];
    }
  }
  free(t->at);
  *t = larger;
  return true;
}

vault_entry *vault_table_add(vault_table *t, const digest *name) {
  vault_entry *e = vault_table_find(t, name);
  if (e != NULL) {
    return e;
  }
  if (t->count >= t->places / 2 && !grow(t)) {
    return NULL;
  }
  e = place_of(t, name);
  *e = (vault_entry){.name = *name, .in_use = true};
  t->count++;
  return e;
}

void vault_table_remove(vault_table *t, vault_entry *e) {
  destroy_all(e->partly);
  size_t gap = (size_t)(e - t->at);
  t->count--;
  for (size_t i = (gap + 1) & (t->places - 1); t->at[i].in_use; i = (i + 1) & (t->places - 1)) {
    const size_t from_home = (i - home_of(t, &t->at[i].name)) & (t->places - 1);
    if (from_home >= ((i - gap) & (t->places - 1))) {
      t->at[gap] = t->at[i];
      gap = i;
    }
  }
  t->at[gap] = (vault_entry){0};
}
