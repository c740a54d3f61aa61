/* Rows of a sheet, packed: the cells that are not blank, each as where it stands, how long its text is, and
 * the text. */
#ifndef CANVASS_READING_XLSX_ROWS_H
#define CANVASS_READING_XLSX_ROWS_H

#include "base/buf.h"

typedef struct sheet_rows {
  buf bytes;
  size_t *ends; /* where each row ends in BYTES; a row without cells is blank */
  size_t count, ends_capacity;
  uint64_t first_number; /* the sheet's number of row 0; the others follow */
  uint32_t next_column;  /* after the last cell of the row that has not ended */
} sheet_rows;

void sheet_rows_fini(sheet_rows *r);
void sheet_rows_clear(sheet_rows *r, uint64_t first_number);
/* A cell of the current row, right of those before; TEXT is trimmed.  False: out of memory. */
bool sheet_rows_add_cell(sheet_rows *r, uint32_t column, slice text, bool is_number);
bool sheet_rows_end_row(sheet_rows *r);
/* Puts COUNT blank rows before the current row. */
bool sheet_rows_add_blank(sheet_rows *r, uint64_t count);
/* Removes the cells from COLUMN on from all rows. */
void sheet_rows_end_columns(sheet_rows *r, uint32_t column);
/* Appends COUNT rows of FROM, from FIRST on, to INTO, whose numbering goes on. */
bool sheet_rows_append(sheet_rows *into, const sheet_rows *from, size_t first, size_t count);
/* Only the first COUNT rows stay. */
void sheet_rows_cut(sheet_rows *r, size_t count);

typedef struct sheet_cell {
  uint32_t column; /* from 0; ascending in a row */
  bool is_number;  /* written with a '.', as XML has it */
  slice text;      /* in the rows */
} sheet_cell;

/* The cells of a row that are still to come. */
typedef struct sheet_cells {
  const uint8_t *at, *end;
  uint32_t next_column;
} sheet_cells;

static inline bool sheet_rows_is_blank(const sheet_rows *r, size_t row) {
  return r->ends[row] == (row == 0 ? 0 : r->ends[row - 1]);
}

static inline sheet_cells sheet_rows_cells(const sheet_rows *r, size_t row) {
  const size_t begin = row == 0 ? 0 : r->ends[row - 1];
  const size_t end = r->ends[row];
  return !sheet_rows_is_blank(r, row) ? (sheet_cells){r->bytes.data + begin, r->bytes.data + end, 0}
                                      : (sheet_cells){NULL, NULL, 0};
}

/* The next one; false: there is none. */
bool sheet_cells_next(sheet_cells *c, sheet_cell *out);
/* The columns up to the last cell of a row. */
uint32_t sheet_rows_width(const sheet_rows *r, size_t row);

#endif
