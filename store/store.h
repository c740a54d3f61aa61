/* A store keeps immutable blobs by the SHA-256 of their bytes.
 *
 * `store_new_temporary` keeps them in one unlinked file (nothing is left behind, however the process
 * ends) and is what `canvass run` uses: larger than memory, cheap to map.  All functions may be called
 * from several threads.
 */
#ifndef CANVASS_STORE_STORE_H
#define CANVASS_STORE_STORE_H

#include "base/digest.h"
#include "base/status.h"

typedef struct store store;

/* DIRECTORY: where the file lives; NULL: $TMPDIR, else /var/tmp, else /tmp. */
status store_new_temporary(const char *directory, store **out, error *err) MUST_USE;
void store_destroy(store *s);

/* Keeps a copy of BYTES; the same bytes twice are kept once. */
status store_put(store *s, const void *bytes, size_t length, digest *name, error *err) MUST_USE;

/* A blob mapped into memory, until store_release. */
typedef struct store_blob {
  const void *bytes;
  size_t length;
  void *mapping;
  size_t mapping_bytes;
} store_blob;
status store_get(store *s, const digest *name, store_blob *out, error *err) MUST_USE; /* STATUS_NOT_FOUND */
void store_release(store_blob *blob);

#endif
