/* The used rows of a shard, group after group: for accumulators that work on one group at a time. */
#ifndef CANVASS_STATS_ACCUMULATORS_ROW_ORDER_H
#define CANVASS_STATS_ACCUMULATORS_ROW_ORDER_H

#include "stats/accumulators/grouping.h"

/* Group G of the view has the rows rows[starts[g]] .. rows[starts[g + 1] - 1], ascending, and belongs
 * into place grouped.places[g] (groups without rows have no place). */
typedef struct row_order {
  grouped_rows grouped;
  uint32_t groups_count;
  uint32_t *rows; /* NULL: all rows in their order, in one group */
  uint32_t *starts;
} row_order;

status row_order_init(frame *f, const program_accumulator *a, row_order *out, error *err) MUST_USE;
void row_order_fini(row_order *o);
/* Hands the grouping over to the caller. */
grouping row_order_take_groups(row_order *o);

static inline uint32_t row_order_row(const row_order *o, uint32_t index) {
  return o->rows != NULL ? o->rows[index] : index;
}

#endif
