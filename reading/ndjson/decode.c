/* From lines to values of the wanted columns. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/ndjson/ndjson.h"
#include "reading/number.h"
#include "reading/plain_text.h"

enum { BATCH_ROWS = 64 };

typedef struct decoder {
  line_reader reader;
  ndjson_keys keys;
  uint32_t *wanted_of; /* a column of the sink for each key of the file; INPUT_ABSENT: none */
  size_t wanted_capacity;
  input_cell *cells; /* of a batch, row by row, and of one row more, for ndjson_find */
  size_t cells_capacity;
  size_t *begins; /* of the rows of the piece, in its text */
  size_t begins_capacity;
  /* Of the piece in hand. */
  const input_file *file;
  const input_sink *sink;
  const buf *text;
  /* Of the line in hand. */
  input_cell *row;
  bool is_visible;
  bool has_unknown;    /* a key that the first pass did not find */
  status code;         /* why it was stopped; OK: the problem is the line's alone */
  const char *problem; /* then: what it is */
  error failure;
} decoder;

void *ndjson_decoder_new(void) {
  return calloc(1, sizeof(decoder));
}

void ndjson_decoder_free(void *pointer) {
  decoder *d = pointer;
  line_reader_fini(&d->reader);
  ndjson_keys_fini(&d->keys);
  free(d->wanted_of);
  free(d->cells);
  free(d->begins);
  free(d);
}

/* ---- Values -------------------------------------------------------------------------------------- */

/* A number that is not a plain one, with the dataset's decimal mark. */
static bool write_number(const decoder *d, slice written, slice *text) {
  char *mark = NULL;
  *text = written;
  if (d->sink->decimal_mark == '.' || memchr(written.bytes, '.', written.length) == NULL) {
    return true;
  }
  char *copy = arena_alloc(d->sink->memory, written.length + INPUT_MARGIN);
  if (copy == NULL) {
    return false;
  }
  memcpy(copy, written.bytes, written.length);
  mark = memchr(copy, '.', written.length);
  *mark = d->sink->decimal_mark;
  *text = (slice){copy, written.length};
  return true;
}

/* Is it the text that number_format gives for NUMBER?  "-0" is not. */
static bool is_plain(slice written, decimal *number) {
  return number_parse((const uint8_t *)written.bytes, written.length, '.', number) &&
         (number->mantissa != 0 || written.bytes[0] != '-');
}

static bool set_number(const decoder *d, slice written, input_cell *out) {
  if (is_plain(written, &out->as.number)) {
    out->kind = INPUT_NUMBER;
    return true;
  }
  out->kind = INPUT_TEXT;
  return write_number(d, written, &out->as.text);
}

/* What an item or a member says as a text; empty for null. */
static bool text_of(const decoder *d, const line_value *value, slice *text) {
  switch (value->kind) {
    case LINE_NULL:
      *text = (slice){"", 0};
      return true;
    case LINE_NUMBER:
      return write_number(d, value->written, text);
    case LINE_TEXT:
      return line_text(value, d->sink->memory, text);
    default:
      *text = value->written;
      return true;
  }
}

static bool out_of_memory(decoder *d) {
  d->code = error_no_memory(&d->failure, d->file->title);
  return false;
}

/* The items of a list, joined: the result is not longer than the list itself. */
static bool join_list(decoder *d, slice list, slice *text) {
  char *joined = arena_alloc(d->sink->memory, list.length + INPUT_MARGIN);
  size_t length = 0;
  line_value item;
  if (joined == NULL) {
    return out_of_memory(d);
  }
  while (line_list_next(&list, &item)) {
    slice one;
    if (!text_of(d, &item, &one)) {
      return out_of_memory(d);
    }
    if (memchr(one.bytes, INPUT_LIST_MARK, one.length) != NULL) {
      d->problem = "an array has an item that contains '|', which separates items";
      return false;
    }
    if (!slice_is_invisible(one)) {
      joined[length] = INPUT_LIST_MARK;
      length += length > 0;
      memcpy(joined + length, one.bytes, one.length);
      length += one.length;
    }
  }
  *text = (slice){joined, length};
  return true;
}

/* The value as a cell; *OUT was zeroed. */
static bool set_cell(decoder *d, const line_value *value, input_cell *out) {
  slice text;
  if (value->kind == LINE_NUMBER) {
    return set_number(d, value->written, out) || out_of_memory(d);
  }
  if (value->kind == LINE_LIST) {
    if (!join_list(d, value->written, &text)) {
      return false;
    }
  } else if (!text_of(d, value, &text)) {
    return out_of_memory(d);
  }
  if (text.length > 0) {
    *out = (input_cell){.kind = INPUT_TEXT, .as.text = text};
  }
  return true;
}

static bool is_visible(const input_cell *cell) {
  return cell->kind == INPUT_NUMBER || (cell->kind == INPUT_TEXT && !slice_is_invisible(cell->as.text));
}

static bool take_member(void *context, slice key, const line_value *value) {
  decoder *d = context;
  bool twice;
  const uint64_t line = d->sink->places->line;
  const uint32_t found = ndjson_keys_next(&d->keys, key, &twice);
  if (found == DICTIONARY_NONE) { /* the line is broken further on, or was another before */
    d->has_unknown = true;
    return true;
  }
  if (twice) {
    d->code = ndjson_refuse_twice(d->file, line, key, &d->failure);
    return false;
  }
  input_cell unwanted = {0};
  const uint32_t column = d->wanted_of[found];
  input_cell *cell = column != INPUT_ABSENT ? &d->row[column] : &unwanted;
  if (column == INPUT_ABSENT && d->is_visible) {
    return true;
  }
  const bool well = set_cell(d, value, cell);
  d->is_visible = d->is_visible || (well && is_visible(cell));
  return well;
}

/* ---- Lines --------------------------------------------------------------------------------------- */

/* Fills ROW from LINE. */
static line_result read_row(decoder *d, slice line, input_cell *row) {
  const ndjson_file *n = d->file->self;
  memset(row, 0, d->sink->count * sizeof *row);
  d->row = row;
  d->is_visible = false;
  d->has_unknown = false;
  d->code = STATUS_OK;
  return ndjson_keys_start(&d->keys, &n->names) ? line_read(&d->reader, line, take_member, d)
                                                : LINE_NO_MEMORY;
}

/* A line that is not blank: a row, *IS_ROW, or left out. */
static status take_line(decoder *d, slice line, input_cell *row, bool *is_row, error *err) {
  row_places *places = d->sink->places;
  bool well = true;
  *is_row = false;
  switch (read_row(d, line, row)) {
    case LINE_WELL:
      if (d->has_unknown) {
        return error_set(err, STATUS_DATA,
                         "%s:%llu: a key that was not there when the file was read for its keys; the file is "
                         "still being written: read it again later",
                         d->file->title, (unsigned long long)places->line);
      }
      *is_row = d->is_visible || d->file->options->keeps_blank_rows;
      if (*is_row) {
        assert(places->rows < d->begins_capacity);
        d->begins[places->rows] = (size_t)(line.bytes - (const char *)d->text->data);
        well = places_take_row(places, 1);
      } else {
        places_skip(places, 1, FILE_BLANK_ROWS);
      }
      break;
    case LINE_BROKEN:
      well = places_quarantine(places, 1, d->reader.problem);
      break;
    case LINE_REFUSED:
      return ndjson_refuse_line(d->file, places->line, &d->reader, err);
    case LINE_STOPPED:
      if (d->code != STATUS_OK) {
        *err = d->failure;
        return d->code;
      }
      well = places_quarantine(places, 1, d->problem);
      break;
    case LINE_NO_MEMORY:
      well = false;
  }
  return well ? STATUS_OK : error_no_memory(err, d->file->title);
}

static status take_lines(decoder *d, error *err) {
  input_rows rows = {.cells = d->sink->count, .values = d->cells};
  for (size_t at = 0; at < d->text->length;) {
    const slice line = ndjson_next_line(d->text, &at);
    bool is_row = false;
    if (line_is_blank(line)) {
      places_pass_lines(d->sink->places, 1);
    } else {
      TRY(take_line(d, line, d->cells + (size_t)rows.count * rows.cells, &is_row, err));
    }
    rows.count += is_row;
    if (rows.count == BATCH_ROWS || (at == d->text->length && rows.count > 0)) {
      if (!d->sink->take(d->sink->context, &rows)) {
        return error_no_memory(err, d->file->title);
      }
      rows.count = 0;
    }
  }
  return STATUS_OK;
}

/* ---- Pieces -------------------------------------------------------------------------------------- */

static bool make_room(decoder *d, uint32_t records) {
  const size_t cells = ((size_t)BATCH_ROWS + 1) * d->sink->count + 1;
  const size_t keys = (size_t)d->file->header.count + 1;
  return ARRAY_ROOM_FOR(d->wanted_of, keys, d->wanted_capacity) &&
         ARRAY_ROOM_FOR(d->cells, cells, d->cells_capacity) &&
         ARRAY_ROOM_FOR(d->begins, (size_t)records + 1, d->begins_capacity);
}

status ndjson_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                     error *err) {
  decoder *d = pointer;
  const ndjson_piece *content = piece->content;
  d->file = f;
  d->sink = sink;
  d->text = &content->text;
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
  TRY(plain_text_check(d->text->data, d->text->length, piece->first_line, f->title, err));
  return take_lines(d, err);
}

bool ndjson_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  decoder *d = pointer;
  input_cell *cells = d->cells + (size_t)BATCH_ROWS * d->sink->count;
  size_t at = d->begins[row];
  if (read_row(d, ndjson_next_line(d->text, &at), cells) != LINE_WELL) {
    return false; /* it was well before: memory is out */
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
