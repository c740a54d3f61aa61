/* The tables of a sheet (ECMA-376, part 1, clause 18.5): ranges, of which some have rows of totals. */
#ifndef CANVASS_READING_XLSX_TABLES_H
#define CANVASS_READING_XLSX_TABLES_H

#include "base/arena.h"
#include "reading/xlsx/package.h"
#include "reading/xlsx/sheet.h"

typedef struct tables {
  sheet_range *totals; /* rows of totals */
  size_t totals_count;
} tables;

/* Of the sheet in PART.  OUT lives in MEMORY. */
status tables_read(package *p, slice part, arena *memory, tables *out, error *err) MUST_USE;
/* Whether ROW is one of totals and nothing stands beside them: its cells go from FIRST to LAST column. */
bool tables_are_totals(const tables *t, uint64_t row, uint32_t first, uint32_t last);

#endif
