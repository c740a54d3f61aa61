/* Shards that a job goes on without, and why: the broker keeps them by their names here, and tells the STEP
 * of the job's first stage in a payload frame, LOST_SHARD_BYTES for each, in ascending order. */
#ifndef CANVASS_PROTO_LOST_H
#define CANVASS_PROTO_LOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Causes: id, number in messages, name in records and reports.  Whatever is wrong with a shard's bytes is one
 * cause: whether they are damaged or gone depends on who looked first. */
#define LOST_CAUSE_TABLE(X)                                                    \
  X(LOST_WORKERS, 1, "workers_lost") /* workers were lost while they had it */ \
  X(LOST_BYTES, 2, "unreadable")     /* nobody has its bytes, or they are no shard */

typedef enum lost_cause {
#define X(id, number, name) id = number,
  LOST_CAUSE_TABLE(X)
#undef X
} lost_cause;
const char *lost_cause_name(lost_cause cause);
/* False: there is none of that name. */
bool lost_cause_of(slice name, lost_cause *out);

typedef struct lost_shard {
  uint32_t shard; /* its place in the dataset */
  lost_cause cause;
} lost_shard;

enum {
  LOST_SHARD_BYTES = 8, /* two little-endian numbers: its place, its cause */
  /* Of one job: records and messages that have them all stay small.  Where more are lost, the dataset is. */
  LOST_SHARDS_MAX = 4096,
};
void lost_shard_write(const lost_shard *one, uint8_t out[LOST_SHARD_BYTES]);
/* From outside; false: the cause is unknown. */
bool lost_shard_read(const void *bytes, lost_shard *out);

#endif
