/* Lines of rows: the columns of a shard are opened, each once, and then read row by row. */
#include <stdlib.h>

#include "stats/sheet/cells.h"

enum { CELL_BYTES_GUESS = 8 };

void sheet_write_titles(const sheet *s, buf *out) {
  for (uint32_t i = 0; i < s->columns_count; i++) {
    buf_put(out, ",", i > 0 ? 1 : 0);
    sheet_put_text(s->columns[i].title, false, out);
  }
  buf_put_u8(out, '\n');
}

static status write_rows(frame *f, const sheet *s, cells_column *columns, uint32_t *opened, buf *out,
                         error *err) {
  for (; *opened < s->columns_count; ++*opened) {
    const status st = cells_open(f, s, *opened, &columns[*opened], err);
    if (st != STATUS_OK) {
      cells_close(&columns[*opened]);
      return st;
    }
  }
  const stats_rows *rows = frame_source(f);
  (void)buf_reserve(out, (size_t)rows->count * s->columns_count * CELL_BYTES_GUESS);
  for (uint32_t r = 0; r < rows->count; r++) {
    for (uint32_t i = 0; i < s->columns_count; i++) {
      if (i > 0) {
        buf_put_u8(out, ',');
      }
      cells_put(&columns[i], s, rows, r, out);
    }
    buf_put_u8(out, '\n');
  }
  return buf_status(out, "rows", err);
}

status sheet_write_rows(const sheet *s, const stats_rows *rows, buf *out, error *err) {
  frame *f = NULL;
  uint32_t opened = 0;
  cells_column *columns = calloc((size_t)s->columns_count + 1, sizeof *columns);
  if (columns == NULL) {
    return error_no_memory(err, "rows");
  }
  status st = frame_new(s->program, rows, &f, err);
  if (st == STATUS_OK) {
    st = write_rows(f, s, columns, &opened, out, err);
  }
  for (uint32_t i = 0; i < opened; i++) {
    cells_close(&columns[i]);
  }
  free(columns);
  frame_destroy(f);
  return st;
}
