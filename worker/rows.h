/* ROWS over a run of shards: the lines that a sheet makes of them. */
#ifndef CANVASS_WORKER_ROWS_H
#define CANVASS_WORKER_ROWS_H

#include "worker/map.h"

/* Appends to LINES those of the shards whose names (BLOB_NAME_BYTES each) are in NAMES, as SHEET (encoded)
 * says; IS_FIRST: after the line of titles.  STATUS_INTERRUPTED when STOP is set between two shards. */
status rows_of_shards(slice sheet, bool is_first, slice names, const map_source *source,
                      const atomic_bool *stop, buf *lines, error *err) MUST_USE;

#endif
