/* The pages of an index's file, read without LMDB.
 *
 * LMDB follows every number in its file: a damaged one ends the process, or lets records disappear.  Here no
 * number is followed before it is checked, so these functions may be given any bytes: to refuse a damaged
 * index before LMDB opens it, and to find what is whole in one.  They know the layout of LMDB 0.9 (data
 * version 1), in the byte order of this machine.  Nobody may have the index open for writing.
 */
#ifndef CANVASS_STORE_INDEX_PAGES_H
#define CANVASS_STORE_INDEX_PAGES_H

#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* Whether DIRECTORY/data.mdb is as LMDB leaves it: each page that is in use is one, within the file, in use
 * once and not also free; keys are in their order; the tables have as many entries as they say.  What values
 * hold is not read.  STATUS_CORRUPT names the first page that is damaged, and how; STATUS_OK also when there
 * is no file. */
status index_pages_check(const char *directory, error *err) MUST_USE;

typedef struct pages_visitor {
  /* A record, borrowed for the call.  TABLE is empty for one from a page that is neither in use nor free: a
   * damaged page may have led to it, so it may be older than another with its key. */
  void (*record)(void *context, slice table, slice key, slice value);
  /* A place that cannot be read; what it led to is left out. */
  void (*damage)(void *context, uint64_t page, const char *what);
  void *context;
} pages_visitor;

/* Visits what can be read in DIRECTORY/data.mdb, whatever its bytes are; first the records of tables.  *FOUND
 * is false when there is no file, or an empty one. */
status index_pages_salvage(const char *directory, const pages_visitor *visitor, bool *found,
                           error *err) MUST_USE;

#endif
