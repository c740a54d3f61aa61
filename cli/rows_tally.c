#include "cli/rows_tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "stats/sheet/sheet.h"

enum { CELL_BYTES_KEPT = 64 }; /* enough to know a number from a formula */

static const char reason_suffix[] = ".missing";

void rows_tally_init(rows_tally *t) {
  *t = (rows_tally){.rows = 0};
  buf_init(&t->cell);
}

void rows_tally_fini(rows_tally *t) {
  for (size_t i = 0; i < t->columns_count; i++) {
    free(t->columns[i].title);
  }
  free(t->columns);
  buf_fini(&t->cell);
  *t = (rows_tally){.rows = 0};
}

static void keep(rows_tally *t, const char *bytes, size_t length) {
  const size_t room = t->has_titles && t->cell.length >= CELL_BYTES_KEPT ? 0
                      : t->has_titles                                    ? CELL_BYTES_KEPT - t->cell.length
                                                                         : length;
  buf_put(&t->cell, bytes, length < room ? length : room);
}

static status add_title(rows_tally *t, error *err) {
  if (!ARRAY_ROOM(t->columns, t->columns_count, t->columns_capacity)) {
    return error_no_memory(err, "the columns of rows");
  }
  char *title = slice_copy((slice){(const char *)t->cell.data, t->cell.length});
  if (title == NULL) {
    return error_no_memory(err, "the columns of rows");
  }
  t->columns[t->columns_count++] = (rows_column){.title = title};
  return STATUS_OK;
}

static status end_cell(rows_tally *t, error *err) {
  const slice cell = {t->cell.length > 0 ? (const char *)t->cell.data : "", t->cell.length};
  status st = STATUS_OK;
  if (!t->has_titles) {
    st = add_title(t, err);
  } else if (t->column < t->columns_count) {
    t->columns[t->column].empty += cell.length == 0;
    t->columns[t->column].formulas += sheet_is_formula(cell);
  }
  buf_clear(&t->cell);
  t->column++;
  t->was_quote = false;
  return st;
}

static status end_line(rows_tally *t, error *err) {
  TRY(end_cell(t, err));
  t->rows += t->has_titles;
  t->has_titles = true;
  t->column = 0;
  return STATUS_OK;
}

static bool is_special(char c) {
  return c == ',' || c == '\n' || c == '"';
}

/* Outside of quotes, or behind one that may have ended them. */
static status take_special(rows_tally *t, char c, error *err) {
  if (c == ',') {
    return end_cell(t, err);
  }
  if (c == '\n') {
    return end_line(t, err);
  }
  keep(t, "\"", t->was_quote ? 1 : 0); /* it stands for itself behind another, or begins quotes */
  t->is_quoted = true;
  t->was_quote = false;
  return STATUS_OK;
}

/* How many bytes of the rest were taken. */
static size_t take_quoted(rows_tally *t, slice rest) {
  const char *quote = memchr(rest.bytes, '"', rest.length);
  const size_t plain = quote != NULL ? (size_t)(quote - rest.bytes) : rest.length;
  keep(t, rest.bytes, plain);
  t->is_quoted = quote == NULL;
  t->was_quote = quote != NULL;
  return quote != NULL ? plain + 1 : plain;
}

status rows_tally_add(rows_tally *t, slice piece, error *err) {
  t->bytes += piece.length;
  for (size_t i = 0; i < piece.length;) {
    if (t->is_quoted) {
      i += take_quoted(t, (slice){piece.bytes + i, piece.length - i});
      continue;
    }
    const size_t start = i;
    while (i < piece.length && !is_special(piece.bytes[i])) {
      i++;
    }
    keep(t, piece.bytes + start, i - start);
    if (i < piece.length) {
      TRY(take_special(t, piece.bytes[i++], err));
    }
  }
  return buf_status(&t->cell, "rows", err);
}

bool rows_column_is_reason(const rows_tally *t, size_t column) {
  const size_t suffix = sizeof reason_suffix - 1;
  const char *title = t->columns[column].title;
  const size_t length = strlen(title);
  if (column == 0 || length <= suffix || strcmp(title + length - suffix, reason_suffix) != 0) {
    return false;
  }
  const char *before = t->columns[column - 1].title;
  return strlen(before) == length - suffix && strncmp(before, title, length - suffix) == 0;
}
