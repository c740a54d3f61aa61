/* Names of the shards and blobs of which a store holds anything, gathered from several places: each once,
 * last used first. */
#ifndef CANVASS_STORE_HELD_H
#define CANVASS_STORE_HELD_H

#include <stddef.h>

#include "base/digest.h"

typedef struct held_name {
  digest name;
  uint64_t turn; /* of its last use; 0: not known, these come last */
} held_name;

typedef struct held_list {
  held_name *at;
  size_t count, capacity;
} held_list;

void held_fini(held_list *l);
/* Without memory a name is left out. */
void held_add(held_list *l, const digest *name, uint64_t turn);
/* Sorts the list, so this comes last. */
void held_each(held_list *l, void (*visit)(void *context, const digest *name), void *context);

#endif
