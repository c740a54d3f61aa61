/* The names of blobs whose bytes were compared with their names, so that they are compared once.  It
 * has its own lock. */
#ifndef CANVASS_STORE_SEEN_H
#define CANVASS_STORE_SEEN_H

#include <pthread.h>

#include "base/digest.h"
#include "base/table.h"

typedef struct seen_set {
  pthread_mutex_t lock;
  digest *at;
  size_t capacity;
  hash_table places; /* of all names in AT */
} seen_set;

void seen_init(seen_set *s);
void seen_fini(seen_set *s);
bool seen_has(seen_set *s, const digest *name);
/* Without memory a name is merely not remembered. */
void seen_add(seen_set *s, const digest *name);
void seen_remove(seen_set *s, const digest *name);
void seen_clear(seen_set *s);

#endif
