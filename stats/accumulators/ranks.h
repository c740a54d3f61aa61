/* RANKS: what a rank correlation needs of pairs whose joint tables would be too long.
 *
 * The tables of a column say how much each of its values weighs within each group; from them follow the
 * doubled mid-ranks: twice the weight of all smaller values plus the value's own.  MAP adds the products of
 * both ranks of a pair; everything else follows from the tables alone (rank_margin). */
#ifndef CANVASS_STATS_ACCUMULATORS_RANKS_H
#define CANVASS_STATS_ACCUMULATORS_RANKS_H

#include "stats/accumulators/grouping.h"

/* Of all values of a table: 2^40 rows of weights below 2^62. */
#define RANK_WEIGHT_MAX ((i128)1 << 102)

typedef struct rank_entry {
  int64_t value;
  i128 weight; /* rows, without weights */
  i128 rank;   /* doubled */
} rank_entry;

typedef struct rank_table {
  uint32_t count;
  rank_entry *entries; /* ascending by value */
} rank_table;

/* params of the accumulator: {pairs, groups of the first axis, of the second (0 without), column and column
 * of each pair, then for each column and place the number of its values and per value: the value, its weight
 * (as rank_put_weight writes it)}.  Each accumulator variable is a column.  A grouping variable has the codes
 * 0 .. groups - 1; the place past them is missing, as in a grouping. */
typedef struct rank_tables {
  uint32_t pairs_count;
  const int64_t *pairs; /* borrowed: column, column, .. */
  uint32_t groups[2];
  uint32_t places;
  uint32_t columns_count;
  rank_table *at;      /* columns_count * places */
  rank_entry *entries; /* of all tables */
  i128 weight_max;     /* of any table */
} rank_tables;

/* Refuses params that are not of that form: STATUS_USAGE. */
status rank_params_check(const program_accumulator *a, error *err) MUST_USE;
/* Reads params that rank_params_check accepted. */
status rank_tables_read(const program_accumulator *a, rank_tables *out, error *err) MUST_USE;
void rank_tables_fini(rank_tables *t); /* harmless on a zeroed one */

/* Numbers of params for a weight: rank_put_weight writes as many. */
static inline uint32_t rank_weight_params(bool weighted) {
  return weighted ? 2 : 1;
}
void rank_put_weight(bool weighted, i128 weight, int64_t *out);

/* Sums over the rows of a table: of their weights, ranks and squared ranks, weighted. */
typedef struct rank_margin {
  exact weight, rank, square;
} rank_margin;
rank_margin rank_margin_of(const rank_table *t);

/* *SUM += w * a * b; w is below 2^103 in magnitude, a and b are ranks. */
void rank_add_product(exact *sum, i128 w, i128 a, i128 b);

/* Adds the shard to AT (places of GROUPS * pairs).  GROUPS are those of IN, its rows. */
status rank_add_shard(frame *f, const program_accumulator *a, const grouped_rows *in, const grouping *groups,
                      rank_products *at, error *err) MUST_USE;

#endif
