/* Turns rows of a sheet into values of the wanted columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/totals.h"
#include "reading/xlsx/xlsx.h"

typedef struct decoder {
  value_rows rows; /* their places are their numbers in the piece */
  const sheet_rows *sheet;
} decoder;

void *xlsx_decoder_new(void) {
  return calloc(1, sizeof(decoder));
}

void xlsx_decoder_free(void *pointer) {
  decoder *d = pointer;
  value_rows_fini(&d->rows);
  free(d);
}

/* Whether the row's cells are the texts WANTED, column by column. */
static bool repeats(const input_file *f, const slice *wanted, sheet_cells cells) {
  sheet_cell cell;
  bool is_more = sheet_cells_next(&cells, &cell);
  for (uint32_t column = 0; column < f->header.count; column++) {
    const bool is_here = is_more && cell.column == column;
    if (!slice_equal(is_here ? cell.text : (slice){"", 0}, wanted[column])) {
      return false;
    }
    is_more = is_here ? sheet_cells_next(&cells, &cell) : is_more;
  }
  return !is_more;
}

static bool repeats_header(const input_file *f, sheet_cells cells) {
  const xlsx_file *x = f->self;
  for (uint32_t i = 0; i < x->rows_count; i++) {
    if ((x->telling >> i & 1) != 0 && repeats(f, x->rows[i], cells)) {
      return true;
    }
  }
  return false;
}

/* The first cell of the row with anything in it.  False: there is none. */
static bool first_text(const decoder *d, size_t row, sheet_cell *out) {
  sheet_cells cells = sheet_rows_cells(d->sheet, row);
  bool is_there;
  do {
    is_there = sheet_cells_next(&cells, out);
  } while (is_there && out->text.length == 0);
  return is_there;
}

/* Whether the row is left out as a total; that it may be one is noted. */
static bool is_total(const decoder *d, const input_piece *piece, size_t row) {
  const xlsx_file *x = d->rows.file->self;
  const reading_options *o = d->rows.file->options;
  sheet_cell first;
  if (o->totals == READING_TOTALS_KEEP || !first_text(d, row, &first)) {
    return false;
  }
  return totals_left_out(o, piece->first_ordinal + row) ||
         tables_are_totals(&x->tables, d->sheet->first_number + row, first.column,
                           sheet_rows_width(d->sheet, row) - 1) ||
         (x->totals_of != NULL && platform_is_total(x->totals_of, &x->words, first.text)) ||
         (o->left_out_count == 0 && totals_note(o, &x->words, d->rows.sink->places, first.text, first.column,
                                                row + TOTALS_NEAR_END >= d->sheet->count));
}

/* Fills the current row.  *BEYOND: a column right of the header in which there is a cell.  False: out of
 * memory. */
static bool read_row(decoder *d, sheet_cells cells, uint32_t *beyond) {
  const input_sink *sink = d->rows.sink;
  *beyond = INPUT_ABSENT;
  for (sheet_cell next; sheet_cells_next(&cells, &next);) {
    if (next.column >= d->rows.file->header.count) {
      *beyond = next.column;
      continue;
    }
    input_cell *cell = value_rows_cell(&d->rows, next.column);
    if (!next.is_number) {
      value_rows_put_text(&d->rows, cell, next.text);
      continue;
    }
    d->rows.is_visible = true;
    if (cell != NULL && !value_set_number(cell, next.text, sink->decimal_mark, d->rows.memory)) {
      return false;
    }
  }
  return true;
}

static bool leave_out_wide(const decoder *d, uint32_t beyond) {
  char column[COLUMN_LETTERS_BYTES];
  char end[COLUMN_LETTERS_BYTES];
  char problem[160];
  sheet_column_letters(beyond, column);
  sheet_column_letters(d->rows.file->header.count - 1, end);
  snprintf(problem, sizeof problem,
           "a cell in column %s, where the header ends with %s; give the column a title, or clear it", column,
           end);
  return places_quarantine(d->rows.sink->places, 1, problem);
}

/* Takes row ROW of the sheet's rows, or leaves it out. */
static status take_row(decoder *d, const input_piece *piece, size_t row, error *err) {
  const input_file *f = d->rows.file;
  const sheet_cells cells = sheet_rows_cells(d->sheet, row);
  uint32_t beyond;
  value_rows_begin(&d->rows);
  if (!read_row(d, cells, &beyond)) {
    return error_no_memory(err, f->title);
  }
  if (beyond != INPUT_ABSENT) {
    return leave_out_wide(d, beyond) ? STATUS_OK : error_no_memory(err, f->title);
  }
  if (d->rows.is_visible && repeats_header(f, cells)) {
    places_skip(d->rows.sink->places, 1, FILE_REPEATED_HEADERS);
    return STATUS_OK;
  }
  if (d->rows.is_visible && is_total(d, piece, row)) {
    places_skip(d->rows.sink->places, 1, FILE_TOTALS);
    return STATUS_OK;
  }
  return value_rows_take(&d->rows, row, err);
}

status xlsx_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                   error *err) {
  decoder *d = pointer;
  d->sheet = piece->content;
  if (!value_rows_start(&d->rows, f, piece, sink)) {
    return error_no_memory(err, f->title);
  }
  for (size_t row = 0; row < d->sheet->count; row++) {
    TRY(take_row(d, piece, row, err));
  }
  return value_rows_end(&d->rows, err);
}

bool xlsx_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  decoder *d = pointer;
  uint32_t beyond;
  const size_t place = value_rows_again(&d->rows, row);
  return read_row(d, sheet_rows_cells(d->sheet, place), &beyond) && value_rows_text(&d->rows, cell, text);
}
