/* Drawings in one line of text: a bar for a percentage, an interval on its scale. */
#ifndef CANVASS_REPORT_STRIP_H
#define CANVASS_REPORT_STRIP_H

#include "base/arena.h"
#include "base/text.h"

enum { STRIP_BAR_COLUMNS = 20, STRIP_INTERVAL_MIN = 12, STRIP_INTERVAL_MAX = 32 };

/* PERCENT of STRIP_BAR_COLUMNS, in eighths of a column; nothing outside 0..100. */
slice strip_bar(arena *memory, double percent);

typedef struct strip_scale {
  double low, high; /* low < high */
} strip_scale;

/* ├────━━╋━━────┤ in COLUMNS, VALUE at the cross and FROM..TO heavy; NaN bounds: the value alone. */
slice strip_interval(arena *memory, size_t columns, strip_scale scale, double from, double value, double to);

#endif
