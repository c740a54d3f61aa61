/* Turns rows into values of the wanted columns. */
#include <stdlib.h>
#include <string.h>

#include "reading/dta/dta.h"

typedef struct dta_decoder {
  value_rows rows; /* their places are their numbers in the piece */
  padded_texts texts;
  const uint8_t *bytes; /* of the current piece */
} dta_decoder;

void *dta_decoder_new(void) {
  return calloc(1, sizeof(dta_decoder));
}

void dta_decoder_free(void *pointer) {
  dta_decoder *d = pointer;
  value_rows_fini(&d->rows);
  padded_texts_fini(&d->texts);
  free(d);
}

/* ---- Cells ------------------------------------------------------------------------------------------ */

static status take_text(dta_decoder *d, uint32_t variable, const uint8_t *bytes, input_cell *out,
                        error *err) {
  const input_file *f = d->rows.file;
  const dta_file *s = f->self;
  const padded_naming naming = {f->title, "the text of variable", f->header.columns[variable].name};
  const slice field = {(const char *)bytes, strnlen((const char *)bytes, s->variables[variable].width)};
  slice text;
  const status st = padded_text_read(&d->texts, field, &naming, d->rows.memory, &text, err);
  if (st == STATUS_DATA) {
    return error_context(err, st, "row %llu", (unsigned long long)d->rows.sink->places->line);
  }
  TRY(st);
  value_rows_put_text(&d->rows, out, text);
  return STATUS_OK;
}

static status take_cell(dta_decoder *d, uint32_t variable, const uint8_t *row, input_cell *out, error *err) {
  const dta_file *s = d->rows.file->self;
  const input_sink *sink = d->rows.sink;
  const dta_variable *v = &s->variables[variable];
  const uint8_t *bytes = row + v->begin;
  if (v->type == DTA_TEXT) {
    return take_text(d, variable, bytes, out, err);
  }
  if (v->type == DTA_LONG_TEXT) {
    const dta_long_text *found = dta_find_text(s, bytes);
    if (found != NULL) {
      value_rows_put_text(&d->rows, out, found->text);
    }
    return STATUS_OK;
  }
  const dta_number n = dta_number_of(s, v, bytes);
  if (n.is_missing && n.letter < 0) {
    return STATUS_OK;
  }
  d->rows.is_visible = true;
  return out == NULL || dta_number_cell(v, n, sink->decimal_mark, d->rows.memory, out)
             ? STATUS_OK
             : error_no_memory(err, d->rows.file->title);
}

/* Fills the current row from that at PLACE. */
static status read_row(dta_decoder *d, size_t place, error *err) {
  const dta_file *s = d->rows.file->self;
  const uint8_t *row = d->bytes + place * s->row_bytes;
  for (uint32_t i = 0; i < d->rows.file->header.count; i++) {
    if (value_rows_need(&d->rows, i)) {
      TRY(take_cell(d, i, row, value_rows_cell(&d->rows, i), err));
    }
  }
  return STATUS_OK;
}

/* ---- Pieces ----------------------------------------------------------------------------------------- */

status dta_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                  error *err) {
  dta_decoder *d = pointer;
  const dta_file *s = f->self;
  padded_texts_use(&d->texts, s->encoding);
  d->texts.watch = s->watch;
  d->bytes = ((const buf *)piece->content)->data;
  if (!value_rows_start(&d->rows, f, piece, sink)) {
    return error_no_memory(err, f->title);
  }
  for (uint32_t i = 0; i < piece->records; i++) {
    value_rows_begin(&d->rows);
    TRY(read_row(d, i, err));
    TRY(value_rows_take(&d->rows, i, err));
  }
  return value_rows_end(&d->rows, err);
}

bool dta_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  dta_decoder *d = pointer;
  const size_t place = value_rows_again(&d->rows, row);
  /* It was decoded before, so only memory can be lacking. */
  return read_row(d, place, NULL) == STATUS_OK && value_rows_text(&d->rows, cell, text);
}
