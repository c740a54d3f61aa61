/* The index of a durable store and its book of uses (uses.h), behind one handle.
 *
 * What is in it can be computed again, so nothing here fails once it is open.  When it is found damaged, at
 * the start or later, it is made again, empty but for the blobs that are there, and that is told.  When it
 * cannot be written that is told once, and nothing more is kept.
 *
 * All functions may be called from several threads. */
#ifndef CANVASS_STORE_CACHE_INDEX_H
#define CANVASS_STORE_CACHE_INDEX_H

#include "store/uses.h"

typedef struct cache_index cache_index;

typedef struct cache_index_options {
  const char *directory; /* of the store; borrowed */
  int descriptor;        /* the same, open */
  uint64_t bytes_max;
  void (*remove_blob)(void *context, const digest *name); /* its entry is already gone */
  void (*warn)(void *context, const char *message);
  void *context;
} cache_index_options;

status cache_index_open(const cache_index_options *options, cache_index **out, error *err) MUST_USE;
void cache_index_close(cache_index *c); /* accepts NULL */

/* Begins the next turn. */
void cache_index_turn(cache_index *c);
/* Around looking for something and noting its use: between the two nothing is removed. */
void cache_index_enter(cache_index *c);
void cache_index_leave(cache_index *c);
/* Between enter and leave: KEY, which takes BYTES, is used now. */
void cache_index_note(cache_index *c, const kept_key *key, uint64_t bytes);

/* Appends the value under KEY to OUT as it was kept; false: there is none.  Notes nothing.  Between enter and
 * leave. */
bool cache_index_get(cache_index *c, const kept_key *key, buf *out);
void cache_index_keep(cache_index *c, const kept_value *values, size_t count);
/* As in uses.h. */
bool cache_index_has_any(cache_index *c, kept_kind kind, const digest *first);
void cache_index_each(cache_index *c, kept_kind kind,
                      void (*visit)(void *context, const digest *first, uint64_t turn), void *context);

#endif
