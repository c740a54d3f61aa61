/* What the files of the supply share: supply.c has its lifetime and the needs of tasks, supply_requests.c
 * the requests and what becomes of them. */
#ifndef CANVASS_WORKER_SUPPLY_INSIDE_H
#define CANVASS_WORKER_SUPPLY_INSIDE_H

#include <pthread.h>

#include "worker/assembly.h"
#include "worker/supply.h"

/* A blob goes from WAITING (its chunks are requested) through ARRIVED (the keeping thread compares and
 * stores it, outside the mutex) to THERE, or to FAILED. */
typedef enum blob_state { WAITING, ARRIVED, THERE, FAILED } blob_state;

struct supply_blob {
  supply_blob *next; /* in the order of requests */
  digest name;
  uint64_t bytes;
  bool in_store;
  blob_state state;
  unsigned users;
  uint64_t idle_since_ms; /* 0: it is needed, or supply_tidy has not checked yet */
  bool is_open;           /* the assembly is */
  assembly assembly;
  unsigned tries;
  uint64_t quiet_since_ms; /* nothing of it arrived; 0: supply_insist has not checked since */
  unsigned passed;         /* chunks of others that arrived meanwhile */
  unsigned unanswered;     /* unanswered requests since something of it arrived */
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
  uint64_t quiet_since_ms; /* nothing arrived; 0: supply_insist has not checked since */
  bool stopped, full_told;
  pthread_t keeper;
  bool keeping;
};

/* All with the mutex held. */
void supply_remove(supply *s, supply_blob *b);
/* B does not arrive: all waiting threads are woken. */
void supply_fail(supply *s, supply_blob *b, const error *why);
/* All of its bytes are there: passes it to the keeping thread. */
void supply_arrive(supply *s, supply_blob *b);
/* The bytes do not match the name: retries, or gives up. */
void supply_try_again(supply *s, supply_blob *b, const error *why);

#endif
