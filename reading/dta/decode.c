/* Turns rows into values of the wanted columns. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/dta/dta.h"
#include "reading/number.h"

enum { BATCH_ROWS = 64 };

typedef struct dta_decoder {
  padded_texts texts;
  uint32_t *wanted_of; /* a column of the sink for each variable; INPUT_ABSENT: none */
  size_t wanted_capacity;
  input_cell *cells; /* of a batch, row by row, and of an extra row for dta_find */
  size_t cells_capacity;
  uint32_t *places; /* in the piece, of the rows that were taken */
  size_t places_capacity;
  /* Of the current piece. */
  const input_file *file;
  const input_sink *sink;
  const uint8_t *rows;
  bool is_visible; /* the current row */
} dta_decoder;

void *dta_decoder_new(void) {
  return calloc(1, sizeof(dta_decoder));
}

void dta_decoder_free(void *pointer) {
  dta_decoder *d = pointer;
  padded_texts_fini(&d->texts);
  free(d->wanted_of);
  free(d->cells);
  free(d->places);
  free(d);
}

/* ---- Cells ------------------------------------------------------------------------------------------ */

static void set_text(dta_decoder *d, slice text, input_cell *out) {
  d->is_visible = d->is_visible || !slice_is_invisible(text);
  if (out != NULL && text.length > 0) {
    *out = (input_cell){.kind = INPUT_TEXT, .as.text = text};
  }
}

static status take_text(dta_decoder *d, uint32_t variable, const uint8_t *bytes, input_cell *out,
                        error *err) {
  const dta_file *s = d->file->self;
  const size_t length = strnlen((const char *)bytes, s->variables[variable].width);
  slice text;
  size_t bad;
  const padded_outcome outcome = padded_text(&d->texts, bytes, length, d->sink->memory, &text, &bad);
  if (outcome != PADDED_WELL) {
    const status st =
        dta_refuse_text(d->file, outcome, "the text of variable", d->file->header.columns[variable].name,
                        (slice){(const char *)bytes, length}, bad, err);
    return st == STATUS_DATA ? error_context(err, st, "row %llu", (unsigned long long)d->sink->places->line)
                             : st;
  }
  set_text(d, text, out);
  return STATUS_OK;
}

static status take_cell(dta_decoder *d, uint32_t variable, const uint8_t *row, input_cell *out, error *err) {
  const dta_file *s = d->file->self;
  const dta_variable *v = &s->variables[variable];
  const uint8_t *bytes = row + v->begin;
  if (v->type == DTA_TEXT) {
    return take_text(d, variable, bytes, out, err);
  }
  if (v->type == DTA_LONG_TEXT) {
    const dta_long_text *found = dta_find_text(s, bytes);
    if (found != NULL) {
      set_text(d, found->text, out);
    }
    return STATUS_OK;
  }
  const dta_number n = dta_number_of(s, v, bytes);
  if (n.is_missing && n.letter < 0) {
    return STATUS_OK;
  }
  d->is_visible = true;
  return out == NULL || dta_number_cell(v, n, d->sink->decimal_mark, d->sink->memory, out)
             ? STATUS_OK
             : error_no_memory(err, d->file->title);
}

static status read_row(dta_decoder *d, uint32_t place, input_cell *cells, error *err) {
  const dta_file *s = d->file->self;
  const uint8_t *row = d->rows + (size_t)place * s->row_bytes;
  memset(cells, 0, d->sink->count * sizeof *cells);
  d->is_visible = false;
  for (uint32_t i = 0; i < d->file->header.count; i++) {
    if (d->wanted_of[i] != INPUT_ABSENT || !d->is_visible) {
      TRY(take_cell(d, i, row, d->wanted_of[i] != INPUT_ABSENT ? &cells[d->wanted_of[i]] : NULL, err));
    }
  }
  return STATUS_OK;
}

/* ---- Pieces ----------------------------------------------------------------------------------------- */

static status take_rows(dta_decoder *d, uint32_t records, error *err) {
  input_rows rows = {.cells = d->sink->count, .values = d->cells};
  row_places *places = d->sink->places;
  for (uint32_t i = 0; i < records; i++) {
    TRY(read_row(d, i, d->cells + (size_t)rows.count * rows.cells, err));
    if (d->is_visible || d->file->options->keeps_blank_rows) {
      d->places[places->rows] = i;
      rows.count++;
      if (!places_take_row(places, 1)) {
        return error_no_memory(err, d->file->title);
      }
    } else {
      places_skip(places, 1, FILE_BLANK_ROWS);
    }
    if (rows.count == BATCH_ROWS || (i + 1 == records && rows.count > 0)) {
      if (!d->sink->take(d->sink->context, &rows)) {
        return error_no_memory(err, d->file->title);
      }
      rows.count = 0;
    }
  }
  return STATUS_OK;
}

static bool make_room(dta_decoder *d, uint32_t records) {
  const size_t cells = ((size_t)BATCH_ROWS + 1) * d->sink->count + 1;
  return ARRAY_ROOM_FOR(d->wanted_of, (size_t)d->file->header.count + 1, d->wanted_capacity) &&
         ARRAY_ROOM_FOR(d->cells, cells, d->cells_capacity) &&
         ARRAY_ROOM_FOR(d->places, (size_t)records + 1, d->places_capacity);
}

status dta_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                  error *err) {
  dta_decoder *d = pointer;
  const dta_file *s = f->self;
  if (d->file != f) { /* it may have another encoding */
    padded_texts_fini(&d->texts);
    d->texts.encoding = s->encoding;
  }
  d->file = f;
  d->sink = sink;
  d->rows = ((const dta_piece *)piece->content)->rows.data;
  if (!make_room(d, piece->records)) {
    return error_no_memory(err, f->title);
  }
  for (uint32_t i = 0; i < f->header.count; i++) {
    d->wanted_of[i] = INPUT_ABSENT;
  }
  for (uint32_t i = 0; i < sink->count; i++) {
    if (sink->columns[i] != INPUT_ABSENT) {
      d->wanted_of[sink->columns[i]] = i;
    }
  }
  return take_rows(d, piece->records, err);
}

bool dta_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  dta_decoder *d = pointer;
  input_cell *cells = d->cells + (size_t)BATCH_ROWS * d->sink->count;
  if (read_row(d, d->places[row], cells, NULL) != STATUS_OK) {
    return false; /* it was decoded before, so only memory can be lacking */
  }
  const input_cell *found = &cells[cell];
  if (found->kind != INPUT_NUMBER) {
    *text = found->kind == INPUT_TEXT ? found->as.text : (slice){"", 0};
    return true;
  }
  char *copy = arena_alloc(d->sink->memory, DECIMAL_TEXT_BYTES);
  if (copy != NULL) {
    *text = (slice){copy, number_format(found->as.number, d->sink->decimal_mark, copy)};
  }
  return copy != NULL;
}
