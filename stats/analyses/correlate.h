/* A correlation in progress: what correlate.c and the Spearman stages share. */
#ifndef CANVASS_STATS_ANALYSES_CORRELATE_H
#define CANVASS_STATS_ANALYSES_CORRELATE_H

#include "stats/accumulators/pairs.h"
#include "stats/analyses/groups.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/coefficient.h"

typedef enum correlation_method { METHOD_PEARSON, METHOD_SPEARMAN, METHOD_BOTH } correlation_method;

typedef struct correlation {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  correlation_method method;
  bool adjusted;
  uint32_t *items; /* plan variables: items, then the others */
  pair_list pairs;
  uint64_t count; /* of pairs */
} correlation;

static inline const char *correlation_item(const correlation *c, uint32_t item) {
  return run_plan(c->run)->variables[c->items[item]].name;
}

#endif
