/* Rows of a sheet, packed: the texts of the cells that are not blank, and where they stand. */
#ifndef CANVASS_READING_XLSX_ROWS_H
#define CANVASS_READING_XLSX_ROWS_H

#include "base/buf.h"

typedef struct sheet_cell {
  uint64_t begin; /* in the text */
  uint32_t length;
  uint16_t column; /* from 0; ascending in a row */
  bool is_number;  /* written with '.' as the decimal mark, as in XML */
} sheet_cell;

typedef struct sheet_rows {
  buf text; /* trimmed texts, one after the other */
  sheet_cell *cells;
  size_t cells_count, cells_capacity;
  size_t *ends; /* where each row ends in CELLS; a row without cells is blank */
  size_t count, ends_capacity;
  uint64_t first_number; /* the sheet's number of row 0; the others follow */
} sheet_rows;

void sheet_rows_fini(sheet_rows *r);
void sheet_rows_clear(sheet_rows *r, uint64_t first_number);
/* False: out of memory. */
bool sheet_rows_add_cell(sheet_rows *r, uint16_t column, slice text, bool is_number);
bool sheet_rows_end_row(sheet_rows *r);
/* Removes the cells from COLUMN on from all rows. */
void sheet_rows_end_columns(sheet_rows *r, uint32_t column);
/* Appends COUNT rows of FROM, from FIRST on, to INTO, whose numbering goes on. */
bool sheet_rows_append(sheet_rows *into, const sheet_rows *from, size_t first, size_t count);

static inline const sheet_cell *sheet_rows_cells(const sheet_rows *r, size_t row, size_t *count) {
  const size_t begin = row == 0 ? 0 : r->ends[row - 1];
  *count = r->ends[row] - begin;
  return r->cells + begin;
}

static inline slice sheet_rows_text(const sheet_rows *r, const sheet_cell *cell) {
  return (slice){(const char *)r->text.data + cell->begin, cell->length};
}

#endif
