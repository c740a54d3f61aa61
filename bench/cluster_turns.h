/* What keeps a broker busy at once, and how long others wait meanwhile: a dataset of thousands of shards is
 * dropped; the broker starts again with thousands of queued jobs, and lists a few of them; many workers that
 * hold many shards say hello. */
#ifndef CANVASS_BENCH_CLUSTER_TURNS_H
#define CANVASS_BENCH_CLUSTER_TURNS_H

#include "bench/cluster_service.h"

/* The broker's longest turn, and the longest that another client, who asks again and again, waited for an
 * answer. */
typedef struct turns_most {
  double turn_ms, wait_ms;
} turns_most;

typedef struct turns_drop {
  double answer_ms;  /* until who drops it is answered, */
  double removal_ms; /* and until the files are removed */
  turns_most most;
} turns_drop;
turns_drop turns_measure_drop(place *at, const transport *t, uint32_t shards);

typedef struct turns_listing {
  uint64_t bytes;
  double ms;
} turns_listing;

typedef struct turns_restart {
  uint32_t jobs;    /* so many were queued: one client may have half of what others leave */
  double bound_ms;  /* until it can be reached, */
  double answer_ms; /* the first client is answered, */
  double ready_ms;  /* and all jobs are taken up */
  turns_most most;
  turns_listing some, all; /* of the jobs: LISTED of them, and all, each with the answer's bytes */
  turns_most listing_some, listing_all;
} turns_restart;
enum { TURNS_LISTED = 5, TURNS_JOB_SHARDS = 16 };
turns_restart turns_measure_restart(place *at, const transport *t, uint32_t jobs);

typedef struct turns_hellos {
  double ms; /* until the last one is welcome */
  turns_most most;
} turns_hellos;
enum { TURNS_HELLO_BYTES = 1 << 20 };
turns_hellos turns_measure_hellos(place *at, const transport *t, uint32_t workers);

#endif
