/* One task's computing: MAP, REDUCE or STEP over bytes.  Pure but for reading shards from the store. */
#ifndef CANVASS_WORKER_TASK_H
#define CANVASS_WORKER_TASK_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/text.h"
#include "store/store.h"

typedef struct task_input {
  slice work;            /* "map", "reduce", "step" */
  const slice *payloads; /* MAP: program, shard names.  REDUCE: program, partials..  STEP: plan, state,
                            program, partials.. */
  size_t payloads_count;
  store *shards;
  const atomic_bool *stop; /* asked between shards; when set: STATUS_INTERRUPTED */
} task_input;

typedef struct task_output {
  buf payloads[2]; /* MAP, REDUCE: partial.  STEP: report, or program and state */
  size_t payloads_count;
  uint64_t states_computed, states_cached; /* MAP: of a shard and an accumulator each */
} task_output;

status task_run(const task_input *in, task_output *out, error *err) MUST_USE;
void task_output_fini(task_output *out);

#endif
