/* The parts of JOINT: the kind (joint.c) and the counting of a shard (joint_map.c).  For these alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_JOINT_H
#define CANVASS_STATS_ACCUMULATORS_JOINT_H

#include "stats/accumulators/pairs.h"
#include "stats/accumulators/row_order.h"

/* A shard on its way into a state. */
typedef struct joint_shard {
  pair_list pairs;
  uint32_t entries_max;  /* of one table */
  uint64_t entries_left; /* of the whole state */
  row_order order;
  joint_table *at; /* of the state */
} joint_shard;

status joint_add_shard(frame *f, const program_accumulator *a, joint_shard *s, error *err) MUST_USE;

void joint_table_overflow(joint_table *t);
/* STATUS_LIMIT, with what may be done. */
status joint_refuse_entries(error *err) MUST_USE;

#endif
