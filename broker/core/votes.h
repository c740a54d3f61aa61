/* Votes on results: types for the core's disputes (disputes.c, thirds.c, accusations.c). */
#ifndef CANVASS_BROKER_CORE_VOTES_H
#define CANVASS_BROKER_CORE_VOTES_H

#include "broker/core/core.h"

/* Who gave a result: a process, and whose it is. */
typedef struct voter {
  uint64_t who;               /* 0: unknown */
  uint64_t trust, seat, host; /* see core_joining */
  uint64_t joined;            /* the how manieth to join, */
  uint64_t gave;              /* and how many had when it gave its result; 0: it has given none */
} voter;

/* Whether one of A and B may be the other, started again on its machine after that gave its result. */
bool voter_may_follow(voter a, voter b);

enum { CORE_VOTES_MAX = 6 };

typedef struct vote {
  digest content;
  voter by;
  bool repeated; /* the worker ran the task again with the same result */
} vote;

/* A task with different results, or with one that its reader cannot read, until another run decides. */
typedef struct dispute {
  struct dispute *next;
  uint32_t stage;
  uint64_t task;
  uint32_t tag;
  vote votes[CORE_VOTES_MAX];
  uint32_t votes_count;
  bool is_accused;         /* its reader cannot read the first result: */
  voter accuser;           /* who the reader is */
  bool is_verified;        /* it needs equal results of workers of different trust */
  uint64_t waits_since_ms; /* since when, after the last vote, it waits for a decision; 0: it does not */
  bool again;              /* no third worker gave a vote: the voters run it again */
} dispute;

/* A result of an earlier stage whose task was assigned more than once, so that copies may still arrive. */
typedef struct past_result {
  uint32_t stage;
  uint64_t task;
  uint32_t tag;
  voter maker;
  digest content;
} past_result;
enum { CORE_PAST_MAX = 1024, CORE_REFUTED_MAX = 16 };

#endif
