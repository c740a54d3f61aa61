/* Quartiles and mode from a table of distinct values.
 *
 * A quantile is a point between two order statistics, and an order statistic is the smallest value
 * whose cumulated count reaches a target.  Counts are rows, or mantissas of weights:
 *   unweighted  type 7 of Hyndman & Fan 1996 (R's default): between the two around 1 + (n - 1) p
 *   frequency   the same on the repeated rows
 *   sampling    survey's "math" rule: the smallest value whose cumulated weight is at least p of all
 */
#ifndef CANVASS_STATS_METHODS_QUANTILE_H
#define CANVASS_STATS_METHODS_QUANTILE_H

#include "stats/methods/sums.h"

enum { QUARTILES = 3 };

/* Value = x(low) + (x(high) - x(low)) * numerator / denominator. */
typedef struct quantile_rank {
  i128 low, high; /* targets */
  i128 numerator, denominator;
} quantile_rank;

/* The QUARTER-th quartile (1..3) of N answers whose weight mantissas sum to W.  N > 0. */
quantile_rank quantile_rank_of(weighting kind, int64_t n, i128 w, unsigned weight_decimals, unsigned quarter);
/* X_LOW and X_HIGH are mantissas at DECIMALS; correctly rounded. */
status quantile_value(const quantile_rank *rank, int64_t x_low, int64_t x_high, unsigned decimals,
                      double *out, error *err) MUST_USE;

/* Distinct values, ascending, with their counts; borrowed. */
typedef struct distribution {
  const value_entry *entries;
  uint32_t count;
  bool weighted; /* cumulate w instead of n */
} distribution;

/* Entries in A; empty when out of memory (the arena remembers). */
distribution distribution_of_frequency(arena *a, const frequency_state *s, uint32_t place, weighting kind);
distribution distribution_of_values(const value_table *table, weighting kind);
/* The smallest value whose cumulated count reaches TARGET; the last one when none does. */
int64_t distribution_order_statistic(const distribution *d, i128 target);
/* The most frequent value, the smallest of ties.  The distribution is not empty. */
int64_t distribution_mode(const distribution *d);

#endif
