/* Reading the files of a dataset one time, as reading_read does before it knows their totals.  Private to
 * reading.c and again.c. */
#ifndef CANVASS_READING_ONCE_H
#define CANVASS_READING_ONCE_H

#include "reading/reading.h"

/* Rows of a file that may be totals, as in row_places. */
typedef struct reading_suspects {
  uint64_t count;
  file_skipped named;
  bool has_nameless;
} reading_suspects;

/* SUSPECTS: zeroed, one for each path. */
status reading_read_once(const reading_options *options, const char *const *paths, size_t paths_count,
                         store *into, manifest **out, reading_suspects *suspects, error *err) MUST_USE;

#endif
