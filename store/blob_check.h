/* Blobs of a store that no process has open: whether they are what they are called, and giving them to
 * another store.  DIRECTORY, FROM and TO are descriptors of stores. */
#ifndef CANVASS_STORE_BLOB_CHECK_H
#define CANVASS_STORE_BLOB_CHECK_H

#include "base/digest.h"

/* Reads the blob and compares it with its name; *BYTES is its length.  STATUS_NOT_FOUND: there is none;
 * STATUS_CORRUPT: it was altered or cut off; STATUS_IO: it cannot be read.  The message is what is wrong,
 * without the name. */
status blob_check(int directory, const digest *name, uint64_t *bytes, error *err) MUST_USE;
/* The blob is in TO's blobs/ as well: the same file where both are on one file system, else a copy, which is
 * not synced. */
status blob_give(int from, int to, const digest *name, error *err) MUST_USE;

/* The names of all blobs, sorted; free(). */
typedef struct blob_names {
  digest *at;
  size_t count, capacity;
  bool out_of_memory;
} blob_names;
status blob_names_read(int directory, blob_names *out, error *err) MUST_USE;
/* The position of NAME, or SIZE_MAX. */
size_t blob_names_find(const blob_names *l, const digest *name);

#endif
