/* What a durable store keeps: the tables of its index, the keys in them, and what an entry takes on disk. */
#ifndef CANVASS_STORE_KEPT_H
#define CANVASS_STORE_KEPT_H

#include "base/digest.h"
#include "base/text.h"

/* The tables of a durable store's index. */
enum { INDEX_STATE, INDEX_USES, INDEX_VALUES, INDEX_TABLES };

/* Part of the key: never change a letter's meaning. */
typedef enum kept_kind { KEPT_BLOB = 'b', KEPT_PARTIAL = 'p', KEPT_RECORD = 'r' } kept_kind;

enum { KEPT_KEY_BYTES_MAX = 1 + 2 * DIGEST_BYTES };

typedef struct kept_key {
  uint8_t bytes[KEPT_KEY_BYTES_MAX];
  uint8_t length;
} kept_key;

/* Of an entry in INDEX_USES. */
enum { KEPT_ENTRY_BYTES = 16 };

/* SECOND: of a partial, its accumulator; else NULL. */
kept_key kept_key_of(kept_kind kind, const digest *first, const digest *second);
slice kept_key_slice(const kept_key *k);

/* What a value of LENGTH bytes under KEY takes on disk, about: with its entry, and with what LMDB's pages
 * leave empty. */
uint64_t kept_value_bytes(const kept_key *key, size_t length);

#endif
