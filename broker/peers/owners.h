/* Owners of peers and jobs.  Connections with the same key belong to one owner; without keys each connection
 * has an owner to itself.  What is scarce is shared among owners.  An owner exists while it has a peer or an
 * unfinished job. */
#ifndef CANVASS_BROKER_PEERS_OWNERS_H
#define CANVASS_BROKER_PEERS_OWNERS_H

#include <stdint.h>

#include "proto/keys.h"

enum { OWNERS_BUCKETS = 1024 };

typedef struct owner {
  char name[KEY_TEXT_BYTES]; /* its public key; without keys it begins with '#' */
  size_t peers, jobs;
  uint64_t outstanding; /* bytes of uploads, requested from its peers, that have not arrived */
  struct owner *chain;
} owner;

typedef struct owners {
  owner *buckets[OWNERS_BUCKETS];
} owners;

void owners_fini(owners *o);
/* NAME has one more peer or job.  NULL when out of memory. */
owner *owners_add_peer(owners *o, const char *name);
owner *owners_add_job(owners *o, const char *name);
/* One fewer.  The owner ends with its last peer or job. */
void owners_remove_peer(owners *o, owner *w);
void owners_remove_job(owners *o, const char *name); /* ignored when the owner is not known */

/* The most that one owner may have of MOST while others have OTHERS: half of what they leave, so that
 * something is left for the next owner. */
uint64_t owners_share(uint64_t most, uint64_t others);

#endif
