/* Entropy weights: an item that distinguishes respondents weighs more (Shannon's entropy of the shares
 * that respondents have in the item's total score). */
#ifndef CANVASS_STATS_ANALYSES_INDEX_ENTROPY_H
#define CANVASS_STATS_ANALYSES_INDEX_ENTROPY_H

#include "stats/analyses/index_tree.h"
#include "stats/methods/sums.h"

/* Weights within a construct are whole numbers of this unit. */
#define ENTROPY_UNIT 1000000000

/* e = -S p ln p / ln n over respondents, p = x / S x, x the answer's distance from the bad end of its
 * scale; 1 when all answer alike.  With weights respondents count W = w; sampling weights are first
 * scaled to add up to n.  NaN without answers. */
double entropy_of(const frequency_state *s, int64_t low, weighting kind);

/* DIVERGENCE[k] = 1 - e of the item at node K on input; constructs get the sum of their children, and
 * every node its weight: the share of its divergence in the parent's, in units.  Where all divergences
 * are 0 the weights are equal. */
void entropy_weights(index_tree *t, double *divergence);

#endif
