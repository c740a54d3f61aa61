/* The file that says that an index is open, or was not closed; and removing an index. */
#ifndef CANVASS_STORE_INDEX_MARK_H
#define CANVASS_STORE_INDEX_MARK_H

#include <stdbool.h>

#include "base/status.h"

/* 0, or errno; the mark is on disk then. */
int index_mark_set(const char *directory);
int index_mark_remove(const char *directory);
bool index_mark_is_set(const char *directory);
/* Removes the files of the index, which nobody has open; the directory stays. */
status index_discard(const char *directory, error *err) MUST_USE;

#endif
