/* Turns rows of a sheet into values of the wanted columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/number.h"
#include "reading/xlsx/xlsx.h"

enum { BATCH_ROWS = 64 };

typedef struct decoder {
  const input_file *file;
  const input_sink *sink;
  const sheet_rows *rows;
  uint32_t *wanted_of; /* a column of the sink for each column of the file; INPUT_ABSENT: none */
  size_t wanted_capacity;
  input_cell *cells; /* of a batch */
  size_t cells_capacity;
  size_t *kept; /* the rows of the sheet that respondents gave */
  size_t kept_count, kept_capacity;
} decoder;

void *xlsx_decoder_new(void) {
  return calloc(1, sizeof(decoder));
}

void xlsx_decoder_free(void *pointer) {
  decoder *d = pointer;
  free(d->wanted_of);
  free(d->cells);
  free(d->kept);
  free(d);
}

/* ---- Rows that belong to no respondent ----------------------------------------------------------- */

static bool is_blank(const sheet_rows *rows, const sheet_cell *cells, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!slice_is_invisible(sheet_rows_text(rows, &cells[i]))) {
      return false;
    }
  }
  return true;
}

/* Whether the row's cells are the texts WANTED, column by column. */
static bool repeats(const decoder *d, const slice *wanted, const sheet_cell *cells, size_t count) {
  size_t at = 0;
  for (uint32_t column = 0; column < d->file->header.count; column++) {
    const bool is_here = at < count && cells[at].column == column;
    const slice text = is_here ? sheet_rows_text(d->rows, &cells[at]) : (slice){"", 0};
    if (!slice_equal(text, wanted[column])) {
      return false;
    }
    at += is_here;
  }
  return at == count;
}

static bool repeats_header(const decoder *d, const sheet_cell *cells, size_t count) {
  const xlsx_file *x = d->file->self;
  for (uint32_t i = 0; i < x->rows_count; i++) {
    if ((x->telling >> i & 1) != 0 && repeats(d, x->rows[i], cells, count)) {
      return true;
    }
  }
  return false;
}

static bool is_total(const decoder *d, size_t row, const sheet_cell *cells, size_t count) {
  const xlsx_file *x = d->file->self;
  return tables_are_totals(&x->tables, d->rows->first_number + row, cells[0].column,
                           cells[count - 1].column) ||
         (x->totals_of != NULL && platform_is_total(x->totals_of, sheet_rows_text(d->rows, &cells[0])));
}

/* ---- Values -------------------------------------------------------------------------------------- */

/* A number with more digits than a number cell holds, written with the dataset's decimal mark. */
static bool set_long_number(const decoder *d, slice written, input_cell *out) {
  char *copy = arena_alloc(d->sink->memory, written.length + INPUT_MARGIN);
  if (copy == NULL) {
    return false;
  }
  memcpy(copy, written.bytes, written.length);
  char *mark = memchr(copy, '.', written.length);
  if (mark != NULL) {
    *mark = d->sink->decimal_mark;
  }
  *out = (input_cell){.kind = INPUT_TEXT, .as.text = {copy, written.length}};
  return true;
}

static bool set_cell(const decoder *d, const sheet_cell *cell, input_cell *out) {
  const slice text = sheet_rows_text(d->rows, cell);
  if (!cell->is_number) {
    *out = (input_cell){.kind = INPUT_TEXT, .as.text = text};
    return true;
  }
  if (number_parse((const uint8_t *)text.bytes, text.length, '.', &out->as.number)) {
    out->kind = INPUT_NUMBER;
    return true;
  }
  return set_long_number(d, text, out);
}

static bool set_row(const decoder *d, const sheet_cell *cells, size_t count, input_cell *out) {
  memset(out, 0, d->sink->count * sizeof *out);
  for (size_t i = 0; i < count; i++) {
    const uint32_t wanted = d->wanted_of[cells[i].column];
    if (wanted != INPUT_ABSENT && !set_cell(d, &cells[i], &out[wanted])) {
      return false;
    }
  }
  return true;
}

static bool leave_out_wide(const decoder *d, const sheet_cell *last) {
  char column[COLUMN_LETTERS_BYTES];
  char end[COLUMN_LETTERS_BYTES];
  char problem[160];
  sheet_column_letters(last->column, column);
  sheet_column_letters(d->file->header.count - 1, end);
  snprintf(problem, sizeof problem,
           "a cell in column %s, where the header ends with %s; give the column a title, or clear it", column,
           end);
  return places_quarantine(d->sink->places, 1, problem);
}

/* Reads row ROW of the sheet's rows.  *IS_ROW: a respondent gave it, and OUT is filled. */
static bool take_row(decoder *d, size_t row, input_cell *out, bool *is_row) {
  size_t count;
  const sheet_cell *cells = sheet_rows_cells(d->rows, row, &count);
  row_places *places = d->sink->places;
  *is_row = false;
  if (count > 0 && cells[count - 1].column >= d->file->header.count) {
    return leave_out_wide(d, &cells[count - 1]);
  }
  if (is_blank(d->rows, cells, count)) {
    if (!d->file->options->keeps_blank_rows) {
      places_skip(places, 1, FILE_BLANK_ROWS);
      return true;
    }
  } else if (repeats_header(d, cells, count)) {
    places_skip(places, 1, FILE_REPEATED_HEADERS);
    return true;
  } else if (is_total(d, row, cells, count)) {
    places_skip(places, 1, FILE_TOTALS);
    return true;
  }
  *is_row = true;
  d->kept[d->kept_count++] = row;
  return set_row(d, cells, count, out) && places_take_row(places, 1);
}

/* ---- Pieces -------------------------------------------------------------------------------------- */

static bool make_room(decoder *d) {
  const size_t columns = d->file->header.count;
  const size_t cells = (size_t)BATCH_ROWS * d->sink->count + 1;
  if (!ARRAY_ROOM_FOR(d->wanted_of, columns + 1, d->wanted_capacity) ||
      !ARRAY_ROOM_FOR(d->cells, cells, d->cells_capacity) ||
      !ARRAY_ROOM_FOR(d->kept, d->rows->count + 1, d->kept_capacity)) {
    return false;
  }
  for (size_t i = 0; i < columns; i++) {
    d->wanted_of[i] = INPUT_ABSENT;
  }
  for (uint32_t i = 0; i < d->sink->count; i++) {
    if (d->sink->columns[i] != INPUT_ABSENT) {
      d->wanted_of[d->sink->columns[i]] = i;
    }
  }
  return true;
}

static bool take_rows(decoder *d) {
  input_rows batch = {.cells = d->sink->count, .values = d->cells};
  for (size_t row = 0; row < d->rows->count; row++) {
    bool is_row = false;
    if (!take_row(d, row, d->cells + (size_t)batch.count * batch.cells, &is_row)) {
      return false;
    }
    batch.count += is_row;
    if (batch.count == BATCH_ROWS || (row + 1 == d->rows->count && batch.count > 0)) {
      if (!d->sink->take(d->sink->context, &batch)) {
        return false;
      }
      batch.count = 0;
    }
  }
  return true;
}

status xlsx_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                   error *err) {
  decoder *d = pointer;
  d->file = f;
  d->sink = sink;
  d->rows = piece->content;
  d->kept_count = 0;
  return make_room(d) && take_rows(d) ? STATUS_OK : error_no_memory(err, f->title);
}

bool xlsx_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  const decoder *d = pointer;
  size_t count;
  const sheet_cell *cells = sheet_rows_cells(d->rows, d->kept[row], &count);
  const uint32_t column = d->sink->columns[cell];
  *text = (slice){"", 0};
  for (size_t i = 0; i < count; i++) {
    if (cells[i].column == column) {
      input_cell found = {0};
      *text = sheet_rows_text(d->rows, &cells[i]);
      if (cells[i].is_number && d->sink->decimal_mark != '.') {
        if (!set_long_number(d, *text, &found)) {
          return false;
        }
        *text = found.as.text;
      }
    }
  }
  return true;
}
