/* The entries of the book of uses in a store's index, the sum of their bytes, and changes of both, gathered
 * for one transaction.
 *
 * An entry is {turn, bytes} under its key in INDEX_USES.  One thread at a time changes a book. */
#ifndef CANVASS_STORE_USES_BOOK_H
#define CANVASS_STORE_USES_BOOK_H

#include "store/kept.h"
#include "store/store_index.h"

typedef struct uses_book {
  store_index *index;
  uint64_t total; /* bytes of all entries */
} uses_book;

typedef struct uses_entry {
  uint64_t turn, bytes;
} uses_entry;

/* False when VALUE is not a valid entry. */
bool uses_entry_read(slice value, uses_entry *out);
status uses_book_find(uses_book *b, const kept_key *key, uses_entry *out, bool *found, error *err) MUST_USE;

/* Keys and values are borrowed until the batch is written. */
typedef struct uses_batch {
  uses_book *book;
  index_change *changes;
  size_t count, capacity;
  buf entries; /* in the order of their changes */
  size_t bytes;
  uint64_t total; /* of the book, once it is written */
} uses_batch;

uses_batch uses_batch_of(uses_book *b);
void uses_batch_fini(uses_batch *b);
/* Records that KEY takes BYTES and was used in TURN. */
status uses_batch_use(uses_batch *b, const kept_key *key, uint64_t bytes, uint64_t turn, error *err) MUST_USE;
/* Puts VALUE under KEY in INDEX_VALUES, or removes KEY where it has no bytes. */
status uses_batch_value(uses_batch *b, const kept_key *key, slice value, error *err) MUST_USE;
/* Removes the entry of KEY, which records BYTES. */
status uses_batch_forget(uses_batch *b, const kept_key *key, uint64_t bytes, error *err) MUST_USE;
/* The batch is empty afterwards. */
status uses_batch_write(uses_batch *b, error *err) MUST_USE;

#endif
