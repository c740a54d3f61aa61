/* `canvass init --merge`: what newer files bring is added to a page that is there. */
#ifndef CANVASS_CLI_INIT_MERGE_H
#define CANVASS_CLI_INIT_MERGE_H

#include "cli/evaluation.h"

/* Adds to the file that --output names what PATHS have besides, and reports what that is; PAGE is room for
 * it.  A page to which nothing is added is not written. */
status init_merge(evaluation *e, const char *const *paths, size_t count, buf *page, error *err) MUST_USE;

/* init.c: the progress of reading, whose CONTEXT is the evaluation. */
bool init_on_reading(void *context, uint64_t rows, uint64_t bytes_done, uint64_t bytes_total);

#endif
