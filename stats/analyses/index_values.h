/* The values of an index at one node and in one group, by either method: what index.c writes. */
#ifndef CANVASS_STATS_ANALYSES_INDEX_VALUES_H
#define CANVASS_STATS_ANALYSES_INDEX_VALUES_H

#include "stats/analyses/groups.h"
#include "stats/analyses/index_tree.h"
#include "stats/methods/estimate.h"

typedef struct indexing {
  analysis_run *run;
  const plan *plan;
  index_tree tree;
  bool means_first, by_entropy;
  weighting weighting;
  uint32_t *result; /* per node: its first result of the value stage; UINT32_MAX: none */
  uint32_t *slot;   /* per node: of items, their place among the distinct items */
  uint32_t *items;  /* distinct program variables of items */
  uint32_t items_count;
  uint32_t products; /* first result of the items' products; UINT32_MAX: none */
} indexing;

typedef struct index_means {
  estimate *at;        /* per node; constructs: n, weighted_n, mean and se only */
  double *share;       /* of the node in the subtree's root, after renormalising */
  double *coefficient; /* per distinct item: its share */
  uint32_t *example;   /* a node of each distinct item */
} index_means;

bool index_is_coded(const plan *p, uint32_t item);
sums index_node_sums(const indexing *x, uint32_t node, const group_walk *w);
/* From the node's own sums: an item's answers put on 0..100, or a construct's variable. */
status index_node_estimate(const indexing *x, uint32_t node, const group_walk *w, estimate *out,
                           error *err) MUST_USE;
/* Means first: NODE's value from the means of its items.  M: scratch for all nodes and items. */
status index_means_estimate(const indexing *x, index_means *m, uint32_t node, const group_walk *w,
                            estimate *out, error *err) MUST_USE;

#endif
