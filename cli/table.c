/* Cells are gathered, then measured, then written. */
#include "cli/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CELL_BYTES = 512, CELLS_AT_FIRST = 64, GAP = 2 };

void table_init(table *t, const table_column *columns, size_t columns_count) {
  *t = (table){.memory = arena_new(), .columns = columns, .columns_count = columns_count};
}

void table_fini(table *t) {
  arena_destroy(t->memory);
  t->memory = NULL;
}

static bool make_room(table *t) {
  if (t->memory == NULL) {
    return false;
  }
  if (t->count < t->capacity) {
    return true;
  }
  const size_t capacity = t->capacity == 0 ? CELLS_AT_FIRST : t->capacity * 2;
  slice *cells = ARENA_ARRAY(t->memory, slice, capacity);
  if (cells == NULL) {
    return false;
  }
  if (t->count > 0) {
    memcpy(cells, t->cells, t->count * sizeof *cells);
  }
  t->cells = cells;
  t->capacity = capacity;
  return true;
}

slice table_shorten(table *t, slice text, size_t columns) {
  static const slice ellipsis = {"\xe2\x80\xa6", 3};
  buf shown;
  buf_init(&shown);
  buf_put_shown(&shown, text);
  char *copy = t->memory == NULL ? NULL : arena_alloc(t->memory, shown.length + ellipsis.length);
  if (copy == NULL) {
    buf_fini(&shown);
    return (slice){"", 0};
  }
  if (shown.length > 0) {
    memcpy(copy, shown.data, shown.length);
  }
  slice whole = {copy, shown.length};
  buf_fini(&shown);
  if (text_width(whole) <= columns) {
    return whole;
  }
  whole.length = text_fit(whole, columns - 1).length;
  memcpy(copy + whole.length, ellipsis.bytes, ellipsis.length);
  whole.length += ellipsis.length;
  return whole;
}

void table_put(table *t, slice text) {
  if (make_room(t)) {
    const size_t widest = t->columns[t->count % t->columns_count].widest;
    t->cells[t->count++] = table_shorten(t, text, widest > 0 ? widest : SIZE_MAX);
  }
}

void table_printf(table *t, const char *format, ...) {
  char cell[CELL_BYTES];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(cell, sizeof cell, format, arguments);
  va_end(arguments);
  table_put(t, (slice){cell, text_utf8_check(cell, strlen(cell))}); /* it may be cut within a character */
}

static size_t width_of(const table *t, size_t column) {
  size_t widest = text_width(slice_of(t->columns[column].heading));
  for (size_t i = column; i < t->count; i += t->columns_count) {
    const size_t width = text_width(t->cells[i]);
    widest = width > widest ? width : widest;
  }
  return widest;
}

static void write_cell(const table *t, size_t column, slice text, size_t width, buf *out) {
  const int blanks = (int)(width - text_width(text));
  if (t->columns[column].is_figure) {
    buf_printf(out, "%*s%.*s", blanks, "", SLICE_ARG(text));
  } else {
    buf_printf(out, "%.*s%*s", SLICE_ARG(text), blanks, "");
  }
  buf_printf(out, "%*s", GAP, "");
}

/* Ends a row, without blanks after its last text. */
static void end_row(buf *out) {
  while (out->length > 0 && out->data[out->length - 1] == ' ') {
    out->length--;
  }
  buf_put(out, "\n", 1);
}

status table_write(const table *t, buf *out, error *err) {
  if (t->memory == NULL || arena_failed(t->memory)) {
    return error_no_memory(err, "a table");
  }
  assert(t->count % t->columns_count == 0); /* whole rows */
  size_t *widths = ARENA_ARRAY(t->memory, size_t, t->columns_count);
  if (widths == NULL) {
    return error_no_memory(err, "a table");
  }
  for (size_t c = 0; c < t->columns_count; c++) {
    widths[c] = width_of(t, c);
    write_cell(t, c, slice_of(t->columns[c].heading), widths[c], out);
  }
  end_row(out);
  for (size_t i = 0; i < t->count; i++) {
    const size_t column = i % t->columns_count;
    write_cell(t, column, t->cells[i], widths[column], out);
    if (column + 1 == t->columns_count) {
      end_row(out);
    }
  }
  return buf_status(out, "a table", err);
}
