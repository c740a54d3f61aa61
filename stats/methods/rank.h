/* Spearman's sums: products of the mid-ranks of a pair's own cases, from its joint table.
 *
 * The doubled rank of a value is twice the weight of all smaller values plus the weight of its ties: for
 * unweighted rows the usual mid-rank, doubled, less one, which no correlation sees; for frequency weights
 * that of the repeated rows.  The sums weigh each row by its weight.
 */
#ifndef CANVASS_STATS_METHODS_RANK_H
#define CANVASS_STATS_METHODS_RANK_H

#include "stats/accumulators/accumulator.h"
#include "stats/methods/coefficient.h"

status rank_sums(const joint_table *t, bool weighted, product_sums *out, error *err) MUST_USE;

#endif
