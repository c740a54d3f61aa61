/* Hash tables of places: which item of an array has this key?
 *
 * Items stand in their owner's array (base/array.h), and their owner compares keys; a table keeps each item's
 * place under its hash.  Finding TEXT among TEXTS:
 *
 *   hash_search s = hash_table_search(&t, hash);
 *   while (hash_table_next(&s) && !slice_equal(texts[s.place], text)) {
 *   }
 *   // s.place is its place, or PLACE_NONE
 *
 * Open addressing with linear probing, at most half full; what is removed leaves no mark.  A zeroed table is
 * an empty one.  Hashes should differ in their low 32 bits: those of digest_xxh3 and digest_hash do.
 */
#ifndef CANVASS_BASE_TABLE_H
#define CANVASS_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACE_NONE UINT32_MAX

typedef struct hash_slot {
  uint32_t hash;
  uint32_t taken; /* place + 1; 0: free */
} hash_slot;

typedef struct hash_table {
  hash_slot *slots; /* owned; a power of two, or none */
  size_t slots_count, count;
} hash_table;

typedef struct hash_search {
  const hash_table *in;
  size_t at;
  uint32_t hash;
  uint32_t place; /* what was found last; PLACE_NONE: nothing more */
} hash_search;

void hash_table_fini(hash_table *t);
void hash_table_clear(hash_table *t); /* forgets all, keeps the memory */
/* PLACE (below PLACE_NONE) under HASH, whatever else is there.  False: out of memory, nothing added. */
bool hash_table_add(hash_table *t, uint64_t hash, uint32_t place);
/* PLACE, which is under HASH, goes; and then FROM, under its own hash, is called TO.  So an array gives an
 * item up by moving its last one there. */
void hash_table_remove(hash_table *t, uint64_t hash, uint32_t place);
void hash_table_move(hash_table *t, uint64_t hash, uint32_t from, uint32_t to);

static inline hash_search hash_table_search(const hash_table *t, uint64_t hash) {
  return (hash_search){.in = t, .at = (uint32_t)hash, .hash = (uint32_t)hash, .place = PLACE_NONE};
}

/* The next place under the hash: false when there is none. */
static inline bool hash_table_next(hash_search *s) {
  s->place = PLACE_NONE;
  while (s->in->count > 0) {
    const hash_slot slot = s->in->slots[s->at++ & (s->in->slots_count - 1)];
    if (slot.taken == 0) {
      break;
    }
    if (slot.hash == s->hash) {
      s->place = slot.taken - 1;
      break;
    }
  }
  return s->place != PLACE_NONE;
}

#endif
