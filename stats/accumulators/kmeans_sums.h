/* Sums of X and X^2 by cluster over one shard, for KMEANS alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_KMEANS_SUMS_H
#define CANVASS_STATS_ACCUMULATORS_KMEANS_SUMS_H

#include "stats/accumulators/points.h"
#include "stats/accumulators/wide_sum.h"

typedef struct cluster_sums {
  uint32_t clusters;
  int64_t *n;
  i128 *w;
  /* narrow: sums of bytes and of their squares, p * clusters (with weights: weighted), of the block and
   * of all blocks before */
  int64_t *bytes, *squares;
  i128 *all_bytes, *all_squares;
  /* not narrow: the same of X */
  wide_sum *x, *xx;
  uint8_t *block; /* squares of the block's columns, then a column of 0 and 1 per cluster */
  uint8_t **columns;
} cluster_sums;

status cluster_sums_init(const points *p, uint32_t clusters, cluster_sums *out, error *err) MUST_USE;
void cluster_sums_fini(cluster_sums *s);
/* The block at hand; OWN as points_assign gives it. */
void cluster_sums_add(cluster_sums *s, const points *p, const uint8_t *own);
void cluster_sums_flush(const cluster_sums *s, const points *p, kmeans_model *into);

#endif
