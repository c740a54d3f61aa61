/* Where a specification and files meet, for `run`, `check`, `put` and workers alike.  What is made depends on
 * nothing but the specification and the files, so that any worker may do it, and do it again. */
#ifndef CANVASS_SPECIFICATION_PREPARATION_H
#define CANVASS_SPECIFICATION_PREPARATION_H

#include "reading/reading.h"
#include "specification/spec.h"

/* Makes *OPTIONS those for reading PATHS as SPECIFICATION says: its columns are looked up in BEFORE, or
 * (NULL) in the header of the first file.  Borrowed as by spec_reading_options.  Standard input among PATHS
 * becomes a file that is read from its start.  STATUS_SPECIFICATION and STATUS_DATA with PROBLEMS;
 * STATUS_USAGE without a path. */
status preparation_columns(spec *specification, const manifest *before, const char *const *paths,
                           size_t count, reading_options *options, spec_problems *problems,
                           error *err) MUST_USE;

/* Appends to BEFORE (NULL: nothing) the files of PATHS, as SPECIFICATION says and dataset_append does.
 * OPTIONS gives shard_rows, threads, progress, and what files and dataset are called. */
status preparation_append(spec *specification, const reading_options *options, const manifest *before,
                          const char *const *paths, size_t count, store *into, manifest **out,
                          uint32_t *added, spec_problems *problems, error *err) MUST_USE;

/* ---- The tasks PLAN and READ, over bytes ---------------------------------------------------------- */

/* Appends the plan of the specification PAGE over the dataset of MANIFEST (encoded) and its first program.
 * STATUS_SPECIFICATION or STATUS_DATA: ERR has all problems, a line each, as far as they fit. */
status preparation_plan_task(slice page, slice manifest, buf *plan, buf *program, error *err) MUST_USE;
/* Reads the files of PATHS, which the dataset shall call by the base names of NAMES, into INTO.  BEFORE: the
 * encoded manifest that they follow, or empty.  Appends the manifest of all to DATASET. */
status preparation_read_task(slice page, slice before, const char *const *paths, const char *const *names,
                             size_t count, uint32_t shard_rows, store *into, buf *dataset,
                             error *err) MUST_USE;

#endif
