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
#include "base/decimal.h"

enum { DICTIONARY_SHORT_BYTES = 16, DICTIONARY_SMALL = 256 };

static const uint32_t DICTIONARY_NONE = UINT32_MAX; /* not looked up yet, full, or out of memory */

typedef struct dictionary_short_slot {
  uint64_t key[2]; /* the raw bytes, followed by zeros */
  uint32_t code;
} dictionary_short_slot;

typedef struct dictionary_text_slot {
  uint64_t hash;
  slice key;
  uint32_t code;
} dictionary_text_slot;

typedef struct dictionary_text_table {
  dictionary_text_slot *slots;
  size_t mask;
  size_t used;
} dictionary_text_table;

/* What a raw cell says: in RAW, or in MEMORY.  False: out of memory. */
typedef bool (*dictionary_text_of)(slice raw, arena *memory, slice *text);

typedef struct dictionary {
  uint32_t brief[256]; /* by the byte before the separator, see csv_index */
  dictionary_short_slot *slots;
  size_t mask;
  size_t used;
  dictionary_text_table raws;  /* raw cells of more than DICTIONARY_SHORT_BYTES */
  dictionary_text_table texts; /* what is in `list` */
  slice *list;
  size_t capacity;
  uint32_t count;
  uint32_t limit;                   /* no more texts than this */
  uint32_t missing;                 /* the code of a missing cell, */
  uint32_t small[DICTIONARY_SMALL]; /* and of the whole numbers from 0 on */
  bool failed;                      /* out of memory */
  dictionary_text_of text_of;       /* of cells that are given raw; NULL: they are texts, which are copied */
  arena *memory;                    /* borrowed; for texts with doubled quotes, and copies */
} dictionary;

/* MEMORY lives as long as the texts are used; so do cells that are given raw.  False: out of memory. */
bool dictionary_init(dictionary *d, arena *memory);
void dictionary_fini(dictionary *d);
void dictionary_clear(dictionary *d, uint32_t limit); /* keeps the memory */
/* The code of a known text; DICTIONARY_NONE for others. */
uint32_t dictionary_find(const dictionary *d, slice text);
/* The code of a text itself. */
uint32_t dictionary_text(dictionary *d, slice text);
/* The code of a cell without anything in it, as of a text without bytes. */
uint32_t dictionary_add_missing(dictionary *d);
/* The code of a number, as of its text with MARK. */
uint32_t dictionary_add_number(dictionary *d, decimal number, char mark);
/* The code of a raw cell that is not in the cache; DICTIONARY_NONE when the dictionary is full. */
uint32_t dictionary_add(dictionary *d, slice raw);
/* For a cell of at most one byte; BRIEF as in csv_index. */
uint32_t dictionary_add_brief(dictionary *d, uint8_t brief, slice raw);
uint32_t dictionary_find_long(dictionary *d, slice raw);

/* Which bytes of two words belong to a cell of that many bytes: a table, since lengths are hard to predict.
 */
extern const uint64_t dictionary_short_masks[DICTIONARY_SHORT_BYTES + 1][2];

/* The first LENGTH bytes of 16 that are readable, as two words followed by zeros. */
static inline void dictionary_short_key(const uint8_t *cell, size_t length, uint64_t key[2]) {
  memcpy(key, cell, DICTIONARY_SHORT_BYTES);
  key[0] &= dictionary_short_masks[length][0];
  key[1] &= dictionary_short_masks[length][1];
}

static inline size_t dictionary_short_hash(const uint64_t key[2]) {
  const uint64_t mixed = (key[0] * UINT64_C(0x9e3779b97f4a7c15)) ^ (key[1] * UINT64_C(0xc2b2ae3d27d4eb4f));
  return (size_t)(mixed ^ mixed >> 29) >> 20;
}

/* The code of a raw cell; DICTIONARY_NONE when the dictionary is full or failed.  16 bytes behind CELL are
 * readable. */
static inline uint32_t dictionary_code(dictionary *d, const uint8_t *cell, size_t length) {
  const slice raw = {(const char *)cell, length};
  if (length > DICTIONARY_SHORT_BYTES) {
    return dictionary_find_long(d, raw);
  }
  uint64_t key[2];
  dictionary_short_key(cell, length, key);
  for (size_t i = dictionary_short_hash(key);; i++) {
    const dictionary_short_slot *slot = &d->slots[i & d->mask];
    const uint64_t other = (slot->key[0] ^ key[0]) | (slot->key[1] ^ key[1]);
    if (other == 0 && slot->code != DICTIONARY_NONE) {
      return slot->code;
    }
    if (slot->code == DICTIONARY_NONE) {
      return dictionary_add(d, raw);
    }
  }
}

static inline uint32_t dictionary_missing(dictionary *d) {
  return d->missing != DICTIONARY_NONE ? d->missing : dictionary_add_missing(d);
}

static inline uint32_t dictionary_number(dictionary *d, decimal number, char mark) {
  const bool is_small = number.scale == 0 && (uint64_t)number.mantissa < DICTIONARY_SMALL;
  const uint32_t code = is_small ? d->small[number.mantissa] : DICTIONARY_NONE;
  return code != DICTIONARY_NONE ? code : dictionary_add_number(d, number, mark);
}

#endif
