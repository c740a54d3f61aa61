/* The kinds of store behind a handle: temporary and durable.  For the files of store/ only.
 */
#ifndef CANVASS_STORE_STORE_KIND_H
#define CANVASS_STORE_STORE_KIND_H

#include "store/store.h"

/* Those from GET_FILE on may be NULL: a store without that function. */
typedef struct store_kind {
  void (*destroy)(store *s);
  status (*put)(store *s, const void *bytes, size_t length, digest *name, error *err);
  status (*get)(store *s, const digest *name, store_blob *out, error *err);
  bool (*has)(store *s, const digest *name, uint64_t length);
  status (*get_file)(store *s, const digest *name, int *file, error *err);
  void (*doubt)(store *s, const digest *name);
  status (*attach)(store *s, const char *directory, error *err);
  void (*turn)(store *s);
  void (*each_held)(store *s, void (*visit)(void *context, const digest *name), void *context);
  bool (*has_partials)(store *s, const digest *shard);
  bool (*partial_get)(store *s, const digest *shard, const digest *accumulator, buf *out);
  void (*partials_put)(store *s, const store_partial *partials, size_t count);
  bool (*record_get)(store *s, const digest *key, buf *out);
  void (*record_put)(store *s, const digest *key, const void *bytes, size_t length);
} store_kind;

/* Each kind's own struct begins with this one. */
struct store {
  const store_kind *kind;
};

/* STATUS_NOT_FOUND with the blob's name. */
status store_not_found(const digest *name, error *err);

#endif
