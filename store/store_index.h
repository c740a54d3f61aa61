/* The index of a durable store: a few tables of keys and values in one LMDB environment.
 *
 * One process opens it, once.  All functions may be called from several threads; writes wait for each
 * other.  The map grows by itself.
 */
#ifndef CANVASS_STORE_STORE_INDEX_H
#define CANVASS_STORE_STORE_INDEX_H

#include "base/buf.h"
#include "base/status.h"

/* Tables: id, name in the environment. */
#define INDEX_TABLE_TABLE(X) \
  X(INDEX_STATE, "state")    \
  X(INDEX_USES, "uses")      \
  X(INDEX_VALUES, "values")

typedef enum index_table {
#define X(id, name) id,
  INDEX_TABLE_TABLE(X)
#undef X
      INDEX_TABLES
} index_table;

typedef struct store_index store_index;

/* DIRECTORY must be there.  STATUS_CORRUPT when what is in it cannot be an index: the message says what to
 * do. */
status store_index_open(const char *directory, store_index **out, error *err) MUST_USE;
void store_index_close(store_index *x); /* accepts NULL */

/* Appends the value to OUT and sets *FOUND. */
status store_index_get(store_index *x, index_table table, slice key, buf *out, bool *found,
                       error *err) MUST_USE;

/* VALUE with NULL bytes: the key goes. */
typedef struct index_change {
  index_table table;
  slice key, value; /* key: 1..511 bytes */
} index_change;

/* All changes or none.  Together they should stay below 64 MiB. */
status store_index_write(store_index *x, const index_change *changes, size_t count, error *err) MUST_USE;

/* VISIT sees every entry in the order of keys, borrowed for the call, until it returns false.  It must not
 * call the index. */
status store_index_scan(store_index *x, index_table table,
                        bool (*visit)(void *context, slice key, slice value), void *context,
                        error *err) MUST_USE;

#endif
