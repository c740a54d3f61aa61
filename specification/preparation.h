/* From a specification and survey files to shards and plans: used by `run`, `check`, `put` and workers.  The
 * result depends only on the specification and the files, so that any worker can do it, and repeat it. */
#ifndef CANVASS_SPECIFICATION_PREPARATION_H
#define CANVASS_SPECIFICATION_PREPARATION_H

#include "reading/reading.h"
#include "specification/spec.h"

/* Completes *OPTIONS for reading PATHS as SPECIFICATION requires.  Its columns are looked up in the manifest
 * BEFORE, or in the header of the first file when BEFORE is NULL.  OPTIONS borrows from SPECIFICATION as with
 * spec_reading_options.  If "-" is among PATHS, standard input is first copied to a temporary file.
 * STATUS_SPECIFICATION and STATUS_DATA: PROBLEMS lists the mistakes.  STATUS_USAGE: PATHS is empty. */
status preparation_columns(spec *specification, const manifest *before, const char *const *paths,
                           size_t count, reading_options *options, spec_problems *problems,
                           error *err) MUST_USE;

/* Reads PATHS as SPECIFICATION requires and appends them to the dataset BEFORE (NULL: a new dataset); see
 * dataset_append for INTO, *OUT and *ADDED.  Of OPTIONS the caller sets shard_rows, threads, progress and the
 * names of files and dataset; the rest comes from SPECIFICATION. */
status preparation_append(spec *specification, const reading_options *options, const manifest *before,
                          const char *const *paths, size_t count, store *into, manifest **out,
                          uint32_t *added, spec_problems *problems, error *err) MUST_USE;

/* ---- The tasks PLAN and READ, over bytes ---------------------------------------------------------- */

/* PLAN: compiles the specification PAGE over the dataset of MANIFEST (encoded); appends the encoded plan to
 * PLAN and the program of its first stage to PROGRAM.  STATUS_SPECIFICATION and STATUS_DATA: ERR lists the
 * mistakes, one per line, as many as fit, and the number of the others. */
status preparation_plan_task(slice page, slice manifest, buf *plan, buf *program, error *err) MUST_USE;
/* READ: reads the files PATHS into shards in INTO.  The dataset names them by the base names of NAMES, which
 * are hostile input.  BEFORE is the encoded manifest of the dataset that they are appended to; empty: a new
 * dataset.  Appends the encoded manifest of the whole dataset to DATASET. */
status preparation_read_task(slice page, slice before, const char *const *paths, const char *const *names,
                             size_t count, uint32_t shard_rows, store *into, buf *dataset,
                             error *err) MUST_USE;

#endif
