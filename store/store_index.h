/* An index: a few tables of keys and values in one LMDB environment.  The durable store and the broker's
 * ledger each have one.
 *
 * One process opens it, once.  All functions may be called from several threads; writes wait for each
 * other.  The map grows automatically.
 */
#ifndef CANVASS_STORE_STORE_INDEX_H
#define CANVASS_STORE_STORE_INDEX_H

#include "base/buf.h"
#include "base/status.h"

enum { INDEX_TABLES_MAX = 8 };

/* A table's place in the list that the index was opened with. */
typedef unsigned index_table;

typedef struct index_options {
  const char *const *tables; /* their names; created when missing */
  unsigned tables_count;     /* at most INDEX_TABLES_MAX */
  /* A commit is on disk when store_index_write returns.  Otherwise a power cut may undo the last one. */
  bool durable;
  /* Advice that ends a message: when it is damaged, and when there is no space. */
  const char *when_damaged, *when_full;
} index_options;

typedef struct store_index store_index;

/* DIRECTORY must exist.  STATUS_CORRUPT when its content is not an index: the message says what
 * to do.  OPTIONS' texts are borrowed until it is closed. */
status store_index_open(const char *directory, const index_options *options, store_index **out,
                        error *err) MUST_USE;
void store_index_close(store_index *x); /* accepts NULL */
const char *store_index_directory(const store_index *x);
/* LMDB found damage since it was opened: nothing more is read or written. */
bool store_index_is_damaged(const store_index *x);

/* Appends the value to OUT and sets *FOUND. */
status store_index_get(store_index *x, index_table table, slice key, buf *out, bool *found,
                       error *err) MUST_USE;

/* VALUE with NULL bytes removes the key. */
typedef struct index_change {
  index_table table;
  slice key, value; /* key: 1..511 bytes */
} index_change;

/* All changes or none.  Together they should stay below 64 MiB.  STATUS_IO also when the file was removed
 * since it was opened, so that they would not last. */
status store_index_write(store_index *x, const index_change *changes, size_t count, error *err) MUST_USE;

/* VISIT sees every entry in the order of keys, borrowed for the call, until it returns false.  It must not
 * call the index. */
status store_index_scan(store_index *x, index_table table,
                        bool (*visit)(void *context, slice key, slice value), void *context,
                        error *err) MUST_USE;
/* The same only for keys that begin with PREFIX. */
status store_index_scan_prefix(store_index *x, index_table table, slice prefix,
                               bool (*visit)(void *context, slice key, slice value), void *context,
                               error *err) MUST_USE;
/* Of these only the first of all that share their first GROUP bytes (at least 1); the others are
 * skipped, not read.  Shorter keys are visited, too. */
status store_index_scan_groups(store_index *x, index_table table, slice prefix, size_t group,
                               bool (*visit)(void *context, slice key, slice value), void *context,
                               error *err) MUST_USE;

#endif
