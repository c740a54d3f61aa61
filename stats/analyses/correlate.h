/* A correlation in progress: what correlate.c and the Spearman stages share. */
#ifndef CANVASS_STATS_ANALYSES_CORRELATE_H
#define CANVASS_STATS_ANALYSES_CORRELATE_H

#include "stats/accumulators/pairs.h"
#include "stats/analyses/groups.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/coefficient.h"

typedef enum correlation_method { METHOD_PEARSON, METHOD_SPEARMAN, METHOD_BOTH } correlation_method;
typedef enum correlation_adjustment {
  CORRELATION_HOLM,
  CORRELATION_UNADJUSTED,
  CORRELATION_BENJAMINI_HOCHBERG,
} correlation_adjustment;

typedef struct correlation {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  correlation_method method;
  correlation_adjustment adjustment;
  bool adjusted;
  uint32_t *items; /* plan variables: items, then the others */
  pair_list pairs;
  uint64_t count;    /* of pairs */
  uint32_t products; /* the first result of their products, after what is asked for on demand */
} correlation;

/* The coefficients of one group. */
typedef struct correlation_family {
  coefficient *at; /* per pair */
  double *adjusted;
} correlation_family;

/* Warns of items that do not vary in the group; and of a small base, once for all pairs of the group: with
 * many items most of them would say the same. */
void correlation_warn_constants(const correlation *c, const group_walk *w, const correlation_family *f);
void correlation_warn_few(const correlation *c, const group_walk *w, const correlation_family *f);

static inline const char *correlation_item(const correlation *c, uint32_t item) {
  return run_plan(c->run)->variables[c->items[item]].name;
}

/* P in place as the request says, among UNKNOWN further tests whose p is not known. */
status correlation_adjust(const correlation *c, double *p, size_t count, size_t unknown, error *err) MUST_USE;
/* What the test of a pair needs, from its sums. */
status correlation_of(const correlation *c, const cross_sums *products, uint8_t weight_decimals,
                      coefficient *out, error *err) MUST_USE;

#endif
