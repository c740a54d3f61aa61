/* Who votes, and on what: types of the core's disputes (disputes.c, accusations.c). */
#ifndef CANVASS_BROKER_CORE_VOTES_H
#define CANVASS_BROKER_CORE_VOTES_H

#include "broker/core/core.h"

/* Who gives results: a process, and whose it is. */
typedef struct voter {
  uint64_t who;         /* 0: unknown */
  uint64_t trust, seat; /* see core_joining */
} voter;

enum { CORE_VOTES_MAX = 6 };

typedef struct vote {
  digest content;
  voter by;
  bool repeated; /* the worker ran it again with the same result */
} vote;

/* Different results of one task, or one that a reader cannot read, until another run decides. */
typedef struct dispute {
  struct dispute *next;
  uint32_t stage;
  uint64_t task;
  uint32_t tag;
  vote votes[CORE_VOTES_MAX];
  uint32_t votes_count;
  bool is_accused;         /* the first vote, */
  voter accuser;           /* by whom */
  bool is_verified;        /* it needs two of different trust */
  uint64_t waits_since_ms; /* for a decision, since the last vote; 0: does not */
  bool again;              /* no third gave one: the voters run it again */
} dispute;

/* A result of a stage that has passed, of a task that was assigned more than once: copies may arrive. */
typedef struct past_result {
  uint32_t stage;
  uint64_t task;
  uint32_t tag;
  voter maker;
  digest content;
} past_result;
enum { CORE_PAST_MAX = 1024, CORE_REFUTED_MAX = 16 };

#endif
