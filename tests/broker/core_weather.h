/* The weathers of histories. */
#ifndef CANVASS_TESTS_BROKER_CORE_WEATHER_H
#define CANVASS_TESTS_BROKER_CORE_WEATHER_H

#include <stdbool.h>
#include <stdint.h>

/* Percent: of messages that are lost, doubled or late; of turns with a kill, a break, a crash; of workers
 * that are slow, wedged or lie; of tasks that fail; of histories with a task that kills. */
typedef struct weather {
  const char *name;
  unsigned lost, twice, late, kill, leave, cut, crash, slow, wedged, liar, fail, poison;
  unsigned shards;  /* a shard that kills, or that nobody has, from some stage on; the job goes on without */
  bool is_verified; /* every result twice, and the faulty one lies, with a key of its own */
  bool one_is_faulty; /* one of three or more workers spoils, accuses or quits, and no other suffers */
  uint32_t losses;    /* `canvass broker --losses`, for machines that die all the time; 0: the default */
} weather;

/* That of the histories with such a seed (HISTORY_SEEDS_STEP). */
const weather *weather_of(uint64_t seed);

#endif
