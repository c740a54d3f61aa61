/* Another store's directory, read beside one's own: the broker's, where worker and broker share a file
 * system.  Nothing is written there, and a file there is accepted only when its bytes match its
 * name. */
#ifndef CANVASS_STORE_ATTACHED_H
#define CANVASS_STORE_ATTACHED_H

#include "store/seen.h"
#include "store/store.h"

typedef struct attached {
  pthread_rwlock_t lock; /* guards directory: held shared while something is read there */
  int directory;         /* -1: none */
  seen_set seen;
} attached;

void attached_init(attached *a);
void attached_fini(attached *a);
/* NULL: none any longer.  After a failure there is none. */
status attached_to(attached *a, const char *directory, error *err) MUST_USE;
/* Blobs of another LENGTH are not there. */
bool attached_has(attached *a, const digest *name, uint64_t length);
/* False when it is missing, cannot be read, or does not match its name. */
bool attached_get(attached *a, const digest *name, store_blob *out);
bool attached_get_file(attached *a, const digest *name, int *file);
/* It is compared with its name again before it is next returned. */
void attached_doubt(attached *a, const digest *name);

#endif
