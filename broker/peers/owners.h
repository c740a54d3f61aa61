/* Whose peers and jobs are: of connections with the same key one owner's; without keys each connection has
 * one of its own.  An owner has its share of what there is not enough of for everybody.  It is kept for as
 * long as it has a peer or an unfinished job.
 */
#ifndef CANVASS_BROKER_PEERS_OWNERS_H
#define CANVASS_BROKER_PEERS_OWNERS_H

#include <stdint.h>

#include "proto/keys.h"

enum { OWNERS_BUCKETS = 1024 };

typedef struct owner {
  char name[KEY_TEXT_BYTES]; /* its public key; otherwise begins with '#' */
  size_t peers, jobs;
  uint64_t outstanding; /* bytes of uploads that were requested from its peers and have not arrived */
  struct owner *chain;
} owner;

typedef struct owners {
  owner *buckets[OWNERS_BUCKETS];
} owners;

void owners_fini(owners *o);
/* NAME has one more peer, or job.  NULL when out of memory. */
owner *owners_add_peer(owners *o, const char *name);
owner *owners_add_job(owners *o, const char *name);
/* One fewer: with the last peer and the last job the owner is gone. */
void owners_remove_peer(owners *o, owner *w);
void owners_remove_job(owners *o, const char *name); /* nothing when it is not known */

/* The most that one owner may have of MOST while others have OTHERS: half of what they leave, so that the
 * next one finds some. */
uint64_t owners_share(uint64_t most, uint64_t others);

#endif
