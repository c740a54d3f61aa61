/* Histories: hours in the life of a cluster, in simulated time, from seeds.
 *
 * Workers compute in their time, die at a certain task whoever gets it, take tasks and never answer, lie, are
 * slow, break off and come back; messages are lost, doubled, delayed and overtake each other; the broker dies
 * before, after and in the middle of what follows a commit.  One worker is honest.  Then every job ends, or
 * says what it waits for, within HISTORY_PATIENCE_MS; and where nobody lies and no task kills, with the one
 * right report. */
#ifndef CANVASS_TESTS_BROKER_CORE_HISTORY_H
#define CANVASS_TESTS_BROKER_CORE_HISTORY_H

#include "tests/broker/core_sim.h"

enum {
  HISTORY_PATIENCE_MS = 4 * 3600 * 1000, /* six wedged workers in a row with a READ, each for its budget */
  HISTORY_SEEDS_STEP = 10000000,         /* seeds of the n-th weather begin at n times this */
};

typedef struct history_tally {
  unsigned deaths, crashes, set_aside;
  unsigned reports_without; /* lost shards */
  uint64_t longest_ms;
} history_tally;

/* Fails with the seed when anything is not as promised.  TELLS: line by line on standard output. */
void history_run(uint64_t seed, bool tells, history_tally *sum);

#endif
