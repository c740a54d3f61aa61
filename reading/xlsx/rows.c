/* A cell is two varints and its text: by how many columns it stands right of the one before, and its length
 * times two, and one more for a number.  An answer takes three bytes. */
#include "reading/xlsx/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/values.h"

enum { VARINT_BITS = 7, VARINT_BYTES_MAX = 10 };

void sheet_rows_fini(sheet_rows *r) {
  buf_fini(&r->bytes);
  free(r->ends);
  *r = (sheet_rows){0};
}

void sheet_rows_clear(sheet_rows *r, uint64_t first_number) {
  buf_clear(&r->bytes);
  r->count = 0;
  r->first_number = first_number;
  r->next_column = 0;
}

bool sheet_rows_add_cell(sheet_rows *r, uint32_t column, slice text, bool is_number) {
  assert(column >= r->next_column);
  if (!piece_bytes_reserve(&r->bytes, text.length + 2 * VARINT_BYTES_MAX + INPUT_MARGIN)) {
    return false;
  }
  buf_put_varint(&r->bytes, column - r->next_column);
  buf_put_varint(&r->bytes, (uint64_t)text.length << 1 | is_number);
  buf_put(&r->bytes, text.bytes, text.length);
  r->next_column = column + 1;
  return true;
}

bool sheet_rows_end_row(sheet_rows *r) {
  if (!ARRAY_ROOM(r->ends, r->count, r->ends_capacity)) {
    return false;
  }
  r->ends[r->count++] = r->bytes.length;
  r->next_column = 0;
  return true;
}

bool sheet_rows_add_blank(sheet_rows *r, uint64_t count) {
  const size_t end = r->count > 0 ? r->ends[r->count - 1] : 0;
  if (!ARRAY_ROOM_FOR(r->ends, r->count + (size_t)count, r->ends_capacity)) {
    return false;
  }
  for (; count > 0; count--) {
    r->ends[r->count++] = end;
  }
  return true;
}

bool sheet_rows_append(sheet_rows *into, const sheet_rows *from, size_t first, size_t count) {
  const size_t begin = first == 0 ? 0 : from->ends[first - 1];
  const size_t end = first + count == 0 ? 0 : from->ends[first + count - 1];
  const size_t before = into->bytes.length;
  if (!piece_bytes_reserve(&into->bytes, end - begin + INPUT_MARGIN) ||
      !ARRAY_ROOM_FOR(into->ends, into->count + count, into->ends_capacity)) {
    return false;
  }
  if (end > begin) {
    buf_put(&into->bytes, from->bytes.data + begin, end - begin);
  }
  for (size_t row = first; row < first + count; row++) {
    into->ends[into->count++] = from->ends[row] - begin + before;
  }
  return true;
}

void sheet_rows_cut(sheet_rows *r, size_t count) {
  assert(count <= r->count);
  r->count = count;
  r->bytes.length = count > 0 ? r->ends[count - 1] : 0;
}

/* As buf_put_varint wrote it: mostly one byte. */
static inline uint64_t next_varint(sheet_cells *c) {
  uint64_t v = 0;
  uint8_t byte;
  unsigned shift = 0;
  do {
    byte = *c->at++;
    v |= (uint64_t)(byte & ((1U << VARINT_BITS) - 1)) << shift;
    shift += VARINT_BITS;
  } while (byte >> VARINT_BITS != 0);
  return v;
}

bool sheet_cells_next(sheet_cells *c, sheet_cell *out) {
  if (c->at == c->end) {
    return false;
  }
  out->column = c->next_column + (uint32_t)next_varint(c);
  const uint64_t length = next_varint(c);
  out->is_number = (length & 1) != 0;
  out->text = (slice){(const char *)c->at, (size_t)(length >> 1)};
  c->at += out->text.length;
  c->next_column = out->column + 1;
  return true;
}

uint32_t sheet_rows_width(const sheet_rows *r, size_t row) {
  sheet_cells cells = sheet_rows_cells(r, row);
  sheet_cell last;
  while (sheet_cells_next(&cells, &last)) {
  }
  return cells.next_column;
}

void sheet_rows_end_columns(sheet_rows *r, uint32_t column) {
  size_t kept = 0;
  size_t begin = 0;
  for (size_t row = 0; row < r->count; row++) {
    const size_t end = r->ends[row];
    if (end > begin) {
      sheet_cells cells = {r->bytes.data + begin, r->bytes.data + end, 0};
      const uint8_t *stays = cells.at;
      for (sheet_cell cell; sheet_cells_next(&cells, &cell) && cell.column < column;) {
        stays = cells.at;
      }
      const size_t length = (size_t)(stays - (r->bytes.data + begin));
      memmove(r->bytes.data + kept, r->bytes.data + begin, length);
      kept += length;
    }
    r->ends[row] = kept;
    begin = end;
  }
  r->bytes.length = kept;
}
