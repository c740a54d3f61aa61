/* What the program lends to its workers: making plans from specifications, and reading files into shards. */
#ifndef CANVASS_CLI_PREPARING_H
#define CANVASS_CLI_PREPARING_H

#include "reading/csv.h"
#include "specification/spec.h"
#include "worker/worker.h"

worker_preparing preparing(void);

/* Appends to BEFORE (NULL: nothing) the files of PATHS, as SPECIFICATION says and dataset_append does.
 * OPTIONS gives shard_rows, threads, progress, and what files and dataset are called. */
status preparing_read(spec *specification, const csv_options *options, const manifest *before,
                      const char *const *paths, size_t count, store *into, manifest **out, uint32_t *added,
                      spec_problems *problems, error *err) MUST_USE;

#endif
