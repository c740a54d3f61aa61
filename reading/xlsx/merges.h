/* Merged cells: only the first cell of a range holds what all of them show.  They stand after the rows of a
 * sheet, so the sheet is unpacked once for them, without being parsed. */
#ifndef CANVASS_READING_XLSX_MERGES_H
#define CANVASS_READING_XLSX_MERGES_H

#include "base/arena.h"
#include "reading/xlsx/package.h"

typedef struct merge {
  uint32_t first_column, last_column;
  uint64_t first_row, last_row; /* from 1 */
} merge;

typedef struct merges {
  merge *list; /* those that begin in the first ROWS */
  size_t count;
  uint64_t below;     /* how many begin further down, */
  uint64_t first_row; /* the first of them on this row */
} merges;

/* OUT lives in MEMORY. */
status merges_read(package *p, slice part, uint64_t rows, arena *memory, merges *out, error *err) MUST_USE;

#endif
