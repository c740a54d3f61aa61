/* Exact quartiles of a number with too many distinct values to list: stage by stage the intervals that
 * hold the wanted order statistics are cut into buckets, until each holds one value.
 *
 * All groups of a breakdown share one grid of buckets; two intervals are therefore equal or disjoint.
 * With 65,536 buckets a stage gains about 16 bits, so two stages do for most data.
 */
#ifndef CANVASS_STATS_METHODS_REFINEMENT_H
#define CANVASS_STATS_METHODS_REFINEMENT_H

#include "stats/methods/quantile.h"

/* One order statistic of one group: the smallest x in low..high such that the count of low..x reaches
 * TARGET.  Found when low == high. */
typedef struct search {
  int64_t low, high;
  i128 target;
} search;

enum { SEARCHES = 2 * QUARTILES }; /* low and high of each quartile */

typedef struct refinement {
  uint32_t item;  /* the request's item, and */
  uint32_t which; /* its breakdown as groups_need_one counts */
  uint32_t places;
  uint32_t *rows;       /* of the table that waits, per place; UINT32_MAX: none */
  search *searches;     /* SEARCHES per place */
  quantile_rank *ranks; /* QUARTILES per place */
} refinement;

/* Memory of R is A's; false when it is out. */
bool refinement_begin(refinement *r, arena *a, const values_state *s, weighting kind);
bool refinement_done(const refinement *r);
/* The params of the next BUCKETS accumulator, in A.  *PARAMS stays NULL when the groups are too many
 * for the byte limit of an accumulator, or when out of memory. */
void refinement_params(const refinement *r, arena *a, bool weighted, int64_t **params, uint32_t *count);
/* Narrows the searches by the counts that the accumulator with PARAMS gave. */
void refinement_narrow(refinement *r, const buckets_state *s, const int64_t *params, uint32_t count);

void refinement_encode(const refinement *r, buf *out);
bool refinement_decode(refinement *r, arena *a, reader *in); /* false: broken or out of memory */

#endif
