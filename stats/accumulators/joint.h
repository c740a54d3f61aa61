/* The parts of JOINT: the kind (joint.c), the counting of a shard (joint_map.c), pairs of few levels by
 * bits (joint_bits.c).  For these alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_JOINT_H
#define CANVASS_STATS_ACCUMULATORS_JOINT_H

#include "stats/accumulators/pairs.h"
#include "stats/accumulators/row_order.h"

/* A shard on its way into a state. */
typedef struct joint_shard {
  pair_list pairs;
  uint64_t entries_left; /* of the whole state */
  bool overflown;        /* more than were left: nothing of it is kept */
  bool suits_bits;       /* the tables of all coded pairs fit memory at once */
  row_order order;
  joint_table *at; /* of the state */
} joint_shard;

/* A variable in the shard: ranks of keys when it is coded with byte slots, values otherwise. */
typedef struct joint_column {
  uint8_t *ranks; /* per used row in the order of groups: 1 for keys[0], ..; 0 where missing; or NULL */
  int64_t *keys;  /* ascending */
  uint32_t count;
  const int64_t *values; /* per row of the shard */
} joint_column;

status joint_add_shard(frame *f, const program_accumulator *a, joint_shard *s, error *err) MUST_USE;

/* The order of a table's entries, for qsort. */
int joint_compare_entries(const void *left, const void *right);
/* Takes COUNT of the entries that are left; false when they are more: the state is then overflown. */
bool joint_spend(joint_shard *s, uint64_t count);
/* Makes T of counts: CELLS[i * STRIDE + j] rows (which weigh WEIGHTS[..], or NULL) have the I-th key of X
 * and the J-th of Y. */
status joint_keep_dense(joint_shard *s, const joint_column *x, const joint_column *y, const uint32_t *cells,
                        const i128 *weights, uint32_t stride, joint_table *t, error *err) MUST_USE;
bool joint_cells_fit(const joint_shard *s, const joint_column *columns);
/* Is the pair one for joint_add_bits? */
bool joint_suits_bits(const joint_shard *s, const joint_column *x, const joint_column *y);
/* All such pairs of one group. */
status joint_add_bits(joint_shard *s, const joint_column *columns, uint32_t group, error *err) MUST_USE;

#endif
