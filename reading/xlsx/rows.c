#include "reading/xlsx/rows.h"

#include <stdlib.h>

#include "base/array.h"

void sheet_rows_fini(sheet_rows *r) {
  buf_fini(&r->text);
  free(r->cells);
  free(r->ends);
  *r = (sheet_rows){0};
}

void sheet_rows_clear(sheet_rows *r, uint64_t first_number) {
  buf_clear(&r->text);
  r->cells_count = 0;
  r->count = 0;
  r->first_number = first_number;
}

bool sheet_rows_add_cell(sheet_rows *r, uint16_t column, slice text, bool is_number) {
  if (!ARRAY_ROOM(r->cells, r->cells_count, r->cells_capacity)) {
    return false;
  }
  r->cells[r->cells_count++] = (sheet_cell){r->text.length, (uint32_t)text.length, column, is_number};
  buf_put(&r->text, text.bytes, text.length);
  return !r->text.failed;
}

bool sheet_rows_end_row(sheet_rows *r) {
  if (!ARRAY_ROOM(r->ends, r->count, r->ends_capacity)) {
    return false;
  }
  r->ends[r->count++] = r->cells_count;
  return true;
}

void sheet_rows_end_columns(sheet_rows *r, uint32_t column) {
  size_t kept = 0;
  size_t at = 0;
  for (size_t row = 0; row < r->count; row++) {
    for (; at < r->ends[row]; at++) {
      if (r->cells[at].column < column) {
        r->cells[kept++] = r->cells[at];
      }
    }
    r->ends[row] = kept;
  }
  r->cells_count = kept;
}

bool sheet_rows_append(sheet_rows *into, const sheet_rows *from, size_t first, size_t count) {
  for (size_t row = first; row < first + count; row++) {
    size_t cells_count;
    const sheet_cell *cells = sheet_rows_cells(from, row, &cells_count);
    for (size_t i = 0; i < cells_count; i++) {
      if (!sheet_rows_add_cell(into, cells[i].column, sheet_rows_text(from, &cells[i]), cells[i].is_number)) {
        return false;
      }
    }
    if (!sheet_rows_end_row(into)) {
      return false;
    }
  }
  return true;
}
