/* Entries in an array, and a table of their names over it. */
#include "broker/records/vault_table.h"

#include <stdlib.h>

#include "base/array.h"

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
  for (size_t i = 0; i < t->count; i++) {
    destroy_all(t->at[i].partly);
  }
  hash_table_fini(&t->names);
  free(t->at);
  *t = (vault_table){0};
}

vault_entry *vault_table_find(const vault_table *t, const digest *name) {
  hash_search search = hash_table_search(&t->names, digest_hash(name));
  while (hash_table_next(&search) && !digest_equal(&t->at[search.place].name, name)) {
  }
  return search.place != PLACE_NONE ? &t->at[search.place] : NULL;
}

vault_entry *vault_table_add(vault_table *t, const digest *name) {
  vault_entry *e = vault_table_find(t, name);
  if (e != NULL) {
    return e;
  }
  if (!ARRAY_ROOM(t->at, t->count, t->capacity) ||
      !hash_table_add(&t->names, digest_hash(name), (uint32_t)t->count)) {
    return NULL;
  }
  e = &t->at[t->count++];
  *e = (vault_entry){.name = *name};
  return e;
}

/* The last entry takes its place. */
void vault_table_remove(vault_table *t, vault_entry *e) {
  const uint32_t place = (uint32_t)(e - t->at), last = (uint32_t)--t->count;
  destroy_all(e->partly);
  hash_table_remove(&t->names, digest_hash(&e->name), place);
  if (place != last) {
    *e = t->at[last];
    hash_table_move(&t->names, digest_hash(&e->name), last, place);
  }
}
