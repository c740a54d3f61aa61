/* Whose peers are: of connections with the same key one owner's; without keys each connection has one of its
 * own. An owner has its share of what there is not enough of for everybody.
 */
#ifndef CANVASS_BROKER_OWNERS_H
#define CANVASS_BROKER_OWNERS_H

#include <stdint.h>

#include "proto/keys.h"

enum { OWNERS_BUCKETS = 1024 };

typedef struct owner {
  char name[KEY_TEXT_BYTES]; /* its public key; otherwise "#" and a number */
  size_t peers;
  uint64_t outstanding; /* bytes of uploads that were requested from its peers and have not arrived */
  struct owner *chain;
} owner;

typedef struct owners {
  owner *buckets[OWNERS_BUCKETS];
} owners;

void owners_fini(owners *o);
/* The owner of one more peer: KEY's, or with "" a new one, to be named by NUMBER.  NULL when out of memory.
 */
owner *owners_enter(owners *o, const char *key, uint32_t number);
/* One of its peers is gone: with the last one the owner is, too. */
void owners_leave(owners *o, owner *w);

/* The most that one may have of MOST while others have OTHERS: half of what they leave, so that the next one
 * finds some. */
uint64_t owners_share(uint64_t most, uint64_t others);

#endif
