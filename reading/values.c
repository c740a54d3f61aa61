/* Batches are small enough to stay in a processor's cache. */
#include "reading/values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/number.h"

enum { BATCH_ROWS_MAX = 64, BATCH_ROWS_MIN = 8, BATCH_CELLS = 8192 };

/* ---- Cells ----------------------------------------------------------------------------------------- */

bool value_set_text(input_cell *out, slice text, arena *memory) {
  char *copy = arena_alloc(memory, text.length + INPUT_MARGIN);
  if (copy == NULL) {
    return false;
  }
  memcpy(copy, text.bytes, text.length);
  *out = (input_cell){.kind = INPUT_TEXT, .as.text = {copy, text.length}};
  return true;
}

bool value_number_text(slice written, char mark, arena *memory, slice *text) {
  const char *point = mark == '.' ? NULL : memchr(written.bytes, '.', written.length);
  input_cell copy;
  *text = written;
  if (point == NULL) {
    return true;
  }
  if (!value_set_text(&copy, written, memory)) {
    return false;
  }
  *text = copy.as.text;
  ((char *)text->bytes)[point - written.bytes] = mark;
  return true;
}

bool value_set_number(input_cell *out, slice written, char mark, arena *memory) {
  /* "-0" is a number whose text is "0". */
  if (number_parse((const uint8_t *)written.bytes, written.length, '.', &out->as.number) &&
      (out->as.number.mantissa != 0 || written.bytes[0] != '-')) {
    out->kind = INPUT_NUMBER;
    return true;
  }
  out->kind = INPUT_TEXT;
  return value_number_text(written, mark, memory, &out->as.text);
}

bool value_text(const input_cell *cell, char mark, arena *memory, slice *text) {
  if (cell->kind != INPUT_NUMBER) {
    *text = cell->kind == INPUT_TEXT ? cell->as.text : (slice){"", 0};
    return true;
  }
  char *written = arena_alloc(memory, DECIMAL_TEXT_BYTES);
  if (written != NULL) {
    *text = (slice){written, number_format(cell->as.number, mark, written)};
  }
  return written != NULL;
}

/* ---- Rows ------------------------------------------------------------------------------------------ */

void value_rows_fini(value_rows *r) {
  free(r->wanted_of);
  free(r->cells);
  free(r->places);
  arena_destroy(r->memory);
  *r = (value_rows){0};
}

static uint32_t batch_rows(uint32_t cells) {
  const uint32_t fit = cells > 0 ? BATCH_CELLS / cells : BATCH_ROWS_MAX;
  return fit > BATCH_ROWS_MAX ? BATCH_ROWS_MAX : fit < BATCH_ROWS_MIN ? BATCH_ROWS_MIN : fit;
}

bool value_rows_start(value_rows *r, const input_file *f, const input_piece *piece, const input_sink *sink) {
  r->file = f;
  r->sink = sink;
  r->count = 0;
  r->count_max = batch_rows(sink->count);
  const size_t cells = ((size_t)r->count_max + 1) * sink->count + 1;
  r->memory = r->memory != NULL ? r->memory : arena_new();
  if (r->memory == NULL || !ARRAY_ROOM_FOR(r->wanted_of, (size_t)f->header.count + 1, r->wanted_capacity) ||
      !ARRAY_ROOM_FOR(r->cells, cells, r->cells_capacity) ||
      !ARRAY_ROOM_FOR(r->places, (size_t)piece->records + 1, r->places_capacity)) {
    return false;
  }
  arena_clear(r->memory);
  for (uint32_t i = 0; i < f->header.count; i++) {
    r->wanted_of[i] = INPUT_ABSENT;
  }
  for (uint32_t i = 0; i < sink->count; i++) {
    if (sink->columns[i] != INPUT_ABSENT) {
      r->wanted_of[sink->columns[i]] = i;
    }
  }
  return true;
}

static void begin_at(value_rows *r, uint32_t index) {
  r->row = r->cells + (size_t)index * r->sink->count;
  memset(r->row, 0, r->sink->count * sizeof *r->row);
  r->is_visible = false;
}

void value_rows_begin(value_rows *r) {
  begin_at(r, r->count);
}

static status give_batch(value_rows *r, error *err) {
  const input_rows rows = {.count = r->count, .cells = r->sink->count, .values = r->cells};
  const bool well = r->sink->take(r->sink->context, &rows);
  r->count = 0;
  arena_clear(r->memory);
  return well ? STATUS_OK : error_no_memory(err, r->file->title);
}

status value_rows_take(value_rows *r, size_t place, error *err) {
  row_places *places = r->sink->places;
  if (!r->is_visible && !r->file->options->keeps_blank_rows) {
    places_skip(places, 1, FILE_BLANK_ROWS);
    return STATUS_OK;
  }
  assert(places->rows < r->places_capacity);
  r->places[places->rows] = place;
  r->count++;
  if (!places_take_row(places, 1)) {
    return error_no_memory(err, r->file->title);
  }
  return r->count == r->count_max ? give_batch(r, err) : STATUS_OK;
}

status value_rows_end(value_rows *r, error *err) {
  return r->count > 0 ? give_batch(r, err) : STATUS_OK;
}

size_t value_rows_again(value_rows *r, uint32_t row) {
  arena_clear(r->memory);
  begin_at(r, r->count_max);
  return r->places[row];
}

bool value_rows_text(const value_rows *r, uint32_t cell, slice *text) {
  return value_text(&r->row[cell], r->sink->decimal_mark, r->memory, text);
}

/* ---- Pieces ---------------------------------------------------------------------------------------- */

void *piece_bytes_new(void) {
  return calloc(1, sizeof(buf));
}

void piece_bytes_free(void *content) {
  buf_fini(content);
  free(content);
}

bool piece_bytes_reserve(buf *bytes, size_t more) {
  return more <= bytes->capacity - bytes->length ||
         buf_reserve(bytes, input_piece_room(bytes->length + more) - bytes->length);
}
