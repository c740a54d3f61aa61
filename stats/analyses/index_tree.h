/* The tree of a construct: itself, the constructs in it, down to the items, with the weight of each
 * node within its parent. */
#ifndef CANVASS_STATS_ANALYSES_INDEX_TREE_H
#define CANVASS_STATS_ANALYSES_INDEX_TREE_H

#include "stats/analyses/analysis.h"

enum { INDEX_NODES_MAX = 10000, INDEX_DEPTH_MAX = 32, INDEX_ROOT = 0 };
#define INDEX_NO_PARENT UINT32_MAX

typedef struct index_node {
  bool is_construct;
  uint32_t construct; /* index in the plan, when it is one */
  uint32_t item;      /* plan variable: of the construct, or the item itself */
  uint32_t parent;    /* node */
  uint32_t level;     /* 0: the whole index */
  int64_t weight;     /* within the parent; 0: left out */
  decimal low, high;  /* of an item: what becomes 0 and 100 */
  uint32_t variable;  /* in the program being built; set by index_tree_variables */
} index_node;

/* In pre-order: a parent before its children, children in the order of the codebook. */
typedef struct index_tree {
  index_node *nodes;
  uint32_t count;
} index_tree;

/* EQUAL: all weights 1; else as given, as whole numbers in the same ratio (1 where none are given).
 * STATUS_SPECIFICATION names an item without a declared range, or weights that do not fit. */
status index_tree_make(const plan *p, uint32_t construct, bool equal, index_tree *out, error *err) MUST_USE;
void index_tree_fini(index_tree *t);

/* Adds the variables of all nodes to the program of the next stage: an item's own, and for a construct
 * the weighted mean, over the answered children, of items rescaled to 0..100 and of inner constructs. */
status index_tree_variables(index_tree *t, analysis_run *run, error *err) MUST_USE;

/* Sum of the weights of NODE's children. */
int64_t index_children_weight(const index_tree *t, uint32_t node);

#endif
