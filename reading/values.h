/* What decoders of formats that give values (reader.h) have in common: cells, batches of rows on their way to
 * the sink, and pieces whose content is a buf.
 *
 * A decoder starts its rows with each piece.  For each record it begins a row, whose cells are then all
 * missing, fills the cells of the wanted columns, and takes the row, with the place in the piece where it can
 * be found again; or it notes in the sink's places why the record is left out.
 */
#ifndef CANVASS_READING_VALUES_H
#define CANVASS_READING_VALUES_H

#include "base/buf.h"
#include "reading/reader.h"

/* ---- Cells ----------------------------------------------------------------------------------------- */

/* A copy of TEXT in MEMORY, as a cell.  False: out of memory. */
bool value_set_text(input_cell *out, slice text, arena *memory);
/* WRITTEN is a number with '.' as its decimal mark, and INPUT_MARGIN bytes after it are readable.  The cell
 * is a number where a number's text would be WRITTEN again, else a text with MARK, in MEMORY where it had to
 * be changed. False: out of memory. */
bool value_set_number(input_cell *out, slice written, char mark, arena *memory);
/* The same as a text, with MARK. */
bool value_number_text(slice written, char mark, arena *memory, slice *text);
/* What the cell says, in the cell or in MEMORY.  False: out of memory. */
bool value_text(const input_cell *cell, char mark, arena *memory, slice *text);

/* ---- Rows ------------------------------------------------------------------------------------------ */

typedef struct value_rows {
  /* Of the current piece. */
  const input_file *file;
  const input_sink *sink;
  arena *memory; /* of texts in the cells of a batch; cleared with each */
  /* Of the current record. */
  input_cell *row; /* the wanted columns */
  bool is_visible; /* a cell of the record has a visible character, in a wanted column or another */
  /* For values.c alone. */
  uint32_t *wanted_of; /* a column of the sink for each column of the file; INPUT_ABSENT: none */
  size_t wanted_capacity;
  input_cell *cells; /* of a batch, row by row, and of an extra row for value_rows_again */
  size_t cells_capacity;
  uint32_t count, count_max; /* rows of the batch */
  size_t *places;            /* of the rows of the piece */
  size_t places_capacity;
} value_rows;

/* Zeroed is empty. */
void value_rows_fini(value_rows *r);
/* Begins PIECE of F.  False: out of memory. */
bool value_rows_start(value_rows *r, const input_file *f, const input_piece *piece, const input_sink *sink);

/* Begins the next record. */
void value_rows_begin(value_rows *r);

/* The record's cell in COLUMN of the file; NULL: it is not wanted. */
static inline input_cell *value_rows_cell(const value_rows *r, uint32_t column) {
  const uint32_t wanted = r->wanted_of[column];
  return wanted != INPUT_ABSENT ? &r->row[wanted] : NULL;
}

/* Whether COLUMN must be read: it is wanted, or no visible character was found before it. */
static inline bool value_rows_need(const value_rows *r, uint32_t column) {
  return !r->is_visible || r->wanted_of[column] != INPUT_ABSENT;
}

/* Puts TEXT, which is in the piece or in the memory of R, into a cell; NULL: it is not wanted. */
static inline void value_rows_put_text(value_rows *r, input_cell *cell, slice text) {
  r->is_visible = r->is_visible || !slice_is_invisible(text);
  if (cell != NULL && text.length > 0) {
    *cell = (input_cell){.kind = INPUT_TEXT, .as.text = text};
  }
}

/* Takes the record, which is one line and stands at PLACE, as a row, or leaves it out as a blank one. */
status value_rows_take(value_rows *r, size_t place, error *err) MUST_USE;
/* After the last record. */
status value_rows_end(value_rows *r, error *err) MUST_USE;

/* Begins row ROW of the piece again, to be filled as before; where it stands. */
size_t value_rows_again(value_rows *r, uint32_t row);
/* Then: what its cell CELL, of the wanted ones, says, until the next row is begun.  False: out of memory. */
bool value_rows_text(const value_rows *r, uint32_t cell, slice *text);

/* ---- Pieces ---------------------------------------------------------------------------------------- */

/* The content of pieces that is a buf. */
void *piece_bytes_new(void);
void piece_bytes_free(void *content);
/* Room for MORE bytes.  False: out of memory. */
bool piece_bytes_reserve(buf *bytes, size_t more);

#endif
