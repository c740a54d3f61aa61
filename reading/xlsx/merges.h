/* Merged cells: only the first cell of a range holds what the whole range shows.  A sheet lists its ranges
 * after its rows, so it is unpacked once to find them, without being parsed. */
#ifndef CANVASS_READING_XLSX_MERGES_H
#define CANVASS_READING_XLSX_MERGES_H

#include "base/arena.h"
#include "reading/xlsx/package.h"
#include "reading/xlsx/sheet.h"

typedef struct merges {
  sheet_range *list; /* ranges that begin in the first ROWS rows */
  size_t count;
  uint64_t below;     /* how many begin further down */
  uint64_t first_row; /* the row where the first of those begins */
} merges;

/* OUT is allocated in MEMORY. */
status merges_read(package *p, slice part, uint64_t rows, arena *memory, merges *out, error *err) MUST_USE;

#endif
