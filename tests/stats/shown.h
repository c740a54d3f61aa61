/* What a frame says of one row, as a text: so that views compare across encodings and shards. */
#ifndef CANVASS_TESTS_STATS_SHOWN_H
#define CANVASS_TESTS_STATS_SHOWN_H

#include "base/buf.h"
#include "stats/frame/frame.h"

/* "5", "north", "12.50", "{radio;tv}" (options in bytewise order), or "!blank", "!invalid" and so on.
 * Borrowed until the next call.  Any failure ends the test. */
const char *shown_row(frame *f, uint32_t variable, uint32_t row);
/* The group of a row as "north|5", "missing" being "!", or "excluded". */
const char *shown_group(const group_view *g, uint32_t row);

#endif
