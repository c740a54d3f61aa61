/* The distinct texts of a column within a shard, numbered in the order of their first appearance.
 *
 * Looking a cell up goes by its raw bytes (a cache: cells of at most one byte in a table, of up to 16
 * bytes in a hash of two words, longer ones in a hash of digests); only bytes that were not seen before
 * are unquoted, trimmed and looked up as text.  So cells that differ in quotes or blanks get one code,
 * and the usual cell costs a few instructions.
 */
#ifndef CANVASS_READING_DICTIONARY_H
#define CANVASS_READING_DICTIONARY_H

#include <string.h>

#include "base/arena.h"

enum { CSV_SHORT_BYTES = 16 };

static const uint32_t CSV_CODE_NONE = UINT32_MAX; /* not looked up yet, full, or out of memory */

typedef struct csv_short_slot {
  uint64_t key[2]; /* the raw bytes, zeros behind them */
  uint32_t code;
} csv_short_slot;

typedef struct csv_text_slot {
  uint64_t hash;
  slice key;
  uint32_t code;
} csv_text_slot;

typedef struct csv_text_table {
  csv_text_slot *slots;
  size_t mask;
  size_t used;
} csv_text_table;

typedef struct csv_dictionary {
  uint32_t brief[256]; /* by the byte before the separator, see csv_index */
  csv_short_slot *slots;
  size_t mask;
  size_t used;
  csv_text_table raws;  /* raw cells of more than CSV_SHORT_BYTES */
  csv_text_table texts; /* what is in `list` */
  slice *list;
  uint32_t count;
  uint32_t capacity;
  uint32_t limit; /* no more texts than this */
  bool failed;    /* out of memory */
  arena *memory;  /* borrowed; for texts with doubled quotes */
} csv_dictionary;

/* MEMORY lives as long as the texts are used; so do the cells.  False: out of memory. */
bool csv_dictionary_init(csv_dictionary *d, arena *memory);
void csv_dictionary_fini(csv_dictionary *d);
void csv_dictionary_clear(csv_dictionary *d, uint32_t limit); /* keeps the memory */
/* The code of a text itself, as csv_cell_text gives it. */
uint32_t csv_dictionary_text(csv_dictionary *d, slice text);
/* The code of a raw cell that is not in the cache; CSV_CODE_NONE when the dictionary is full. */
uint32_t csv_dictionary_add(csv_dictionary *d, slice raw);
/* For a cell of at most one byte; BRIEF as in csv_index. */
uint32_t csv_dictionary_add_brief(csv_dictionary *d, uint8_t brief, slice raw);
uint32_t csv_dictionary_find_long(csv_dictionary *d, slice raw);

/* Which bytes of two words belong to a cell of that many bytes: a table, since lengths are hard to foretell.
 */
extern const uint64_t csv_short_masks[CSV_SHORT_BYTES + 1][2];

/* The first LENGTH bytes of 16 that are readable, as two words with zeros behind them. */
static inline void csv_short_key(const uint8_t *cell, size_t length, uint64_t key[2]) {
  memcpy(key, cell, CSV_SHORT_BYTES);
  key[0] &= csv_short_masks[length][0];
  key[1] &= csv_short_masks[length][1];
}

static inline size_t csv_short_hash(const uint64_t key[2]) {
  const uint64_t mixed = (key[0] * UINT64_C(0x9e3779b97f4a7c15)) ^ (key[1] * UINT64_C(0xc2b2ae3d27d4eb4f));
  return (size_t)(mixed ^ mixed >> 29) >> 20;
}

/* The code of a raw cell; CSV_CODE_NONE when the dictionary is full or failed.  16 bytes behind CELL are
 * readable. */
static inline uint32_t csv_dictionary_code(csv_dictionary *d, const uint8_t *cell, size_t length) {
  const slice raw = {(const char *)cell, length};
  if (length > CSV_SHORT_BYTES) {
    return csv_dictionary_find_long(d, raw);
  }
  uint64_t key[2];
  csv_short_key(cell, length, key);
  for (size_t i = csv_short_hash(key);; i++) {
    const csv_short_slot *slot = &d->slots[i & d->mask];
    const uint64_t other = (slot->key[0] ^ key[0]) | (slot->key[1] ^ key[1]);
    if (other == 0 && slot->code != CSV_CODE_NONE) {
      return slot->code;
    }
    if (slot->code == CSV_CODE_NONE) {
      return csv_dictionary_add(d, raw);
    }
  }
}

#endif
