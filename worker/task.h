/* One task's computing over bytes: MAP, REDUCE, STEP, PLAN, READ, ROWS.  Pure but for reading shards and
 * files, and for the shards that READ puts into the store. */
#ifndef CANVASS_WORKER_TASK_H
#define CANVASS_WORKER_TASK_H

#include <stdatomic.h>

#include "worker/map.h"
#include "worker/worker.h"

enum { TASK_READ_SHARD_ROWS = 65536 /* when the task does not say */ };

typedef struct task_input {
  slice work;            /* "map", "reduce", "step", "plan", "read", "rows" */
  const slice *payloads; /* MAP: program, shards.  REDUCE: program, partials..  STEP: plan, state, program,
                            partials.. (and LOST: manifest, lost shards).  PLAN: specification, manifest.
                            READ: specification, manifest, files..  ROWS: sheet, shards */
  size_t payloads_count;
  uint64_t lost;       /* STEP: how many shards the job goes on without */
  uint32_t shard_rows; /* READ; 0: TASK_READ_SHARD_ROWS */
  bool is_first;       /* ROWS: the titles stand before its rows */
  store *shards;
  map_source source;
  /* READ: the path of a blob's file, until the task ends. */
  status (*path)(void *context, const digest *name, uint64_t bytes, char *path, size_t capacity, error *err);
  const atomic_bool *stop; /* asked between shards; when set: STATUS_INTERRUPTED */
} task_input;

typedef struct task_output {
  buf payloads[2]; /* MAP, REDUCE: partial.  STEP: report, or program and state, or (KEEPS) sheet and report.
                      PLAN: plan and program.  READ: manifest.  ROWS: lines */
  size_t payloads_count;
  uint64_t states_computed, states_cached; /* MAP: of a shard and an accumulator each */
  /* After STATUS_CORRUPT: 1 + the payload that is not what the task needs.  0: none of them. */
  size_t unreadable;
  bool may_lose; /* PLAN: the job goes on without shards that are lost */
  bool keeps;    /* STEP: rows come next, and nothing after them */
} task_output;

status task_run(const task_input *in, task_output *out, error *err) MUST_USE;
void task_output_fini(task_output *out);

#endif
