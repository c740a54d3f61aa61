/* What the files of the supply share: supply.c has its life and who wants what, supply_asking.c what is asked
 * for, what comes of it, and what does not. */
#ifndef CANVASS_WORKER_SUPPLY_INSIDE_H
#define CANVASS_WORKER_SUPPLY_INSIDE_H

#include <pthread.h>

#include "worker/assembly.h"
#include "worker/supply.h"

/* A blob goes from WAITING (its chunks are asked for) by way of ARRIVED (the keeping thread compares and
 * stores it, outside the mutex) to THERE, or to FAILED. */
typedef enum blob_state { WAITING, ARRIVED, THERE, FAILED } blob_state;

struct supply_blob {
  supply_blob *next; /* in the order of asking */
  digest name;
  uint64_t bytes;
  bool in_store;
  blob_state state;
  unsigned users;
  uint64_t idle_since_ms; /* 0: it is wanted, or supply_tidy has not looked yet */
  bool is_open;           /* the assembly is */
  assembly assembly;
  unsigned under_way, tries;
  uint64_t quiet_since_ms; /* nothing of it came; 0: supply_insist has not looked since */
  unsigned passed;         /* chunks of others that came meanwhile */
  unsigned unanswered;     /* times that it was asked for in vain since something of it came */
  unsigned asked_again;    /* over this connection */
  store_blob kept;         /* THERE, in the store: its bytes as mapped from there */
  bool is_kept;
  error why; /* FAILED */
};

struct supply {
  supply_options options;
  pthread_mutex_t mutex; /* guards all that follows */
  pthread_cond_t settled, arrived;
  supply_blob *blobs;
  unsigned under_way;
  uint64_t quiet_since_ms; /* nothing came; 0: supply_insist has not looked since */
  bool stopped, full_told;
  pthread_t keeper;
  bool keeping;
};

/* All with the mutex held. */
void supply_remove(supply *s, supply_blob *b);
/* B does not come: whoever waits is told. */
void supply_fail(supply *s, supply_blob *b, const error *why);
/* All of its bytes are there: the keeping thread's turn. */
void supply_arrive(supply *s, supply_blob *b);
/* What came was not what the name says: once more, or no more. */
void supply_try_again(supply *s, supply_blob *b, const error *why);

#endif
