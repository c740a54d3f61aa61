/* From lines to values of the wanted columns. */
#include <stdlib.h>
#include <string.h>

#include "reading/ndjson/ndjson.h"
#include "reading/plain_text.h"

typedef struct decoder {
  value_rows rows; /* their places are in the text */
  line_reader reader;
  ndjson_keys keys;
  const buf *text; /* of the current piece */
  /* Of the line in hand. */
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
  value_rows_fini(&d->rows);
  line_reader_fini(&d->reader);
  ndjson_keys_fini(&d->keys);
  free(d);
}

/* ---- Values -------------------------------------------------------------------------------------- */

/* What an item or a member says as a text; empty for null. */
static bool text_of(const decoder *d, const line_value *value, slice *text) {
  switch (value->kind) {
    case LINE_NULL:
      *text = (slice){"", 0};
      return true;
    case LINE_NUMBER:
      return value_number_text(value->written, d->rows.sink->decimal_mark, d->rows.memory, text);
    case LINE_TEXT:
      return line_text(value, d->rows.memory, text);
    default:
      *text = value->written;
      return true;
  }
}

static bool out_of_memory(decoder *d) {
  d->code = error_no_memory(&d->failure, d->rows.file->title);
  return false;
}

/* The items of a list, joined: the result is not longer than the list itself. */
static bool join_list(decoder *d, slice list, slice *text) {
  char *joined = arena_alloc(d->rows.memory, list.length + INPUT_MARGIN);
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

/* The value in CELL, which may be NULL. */
static bool set_cell(decoder *d, const line_value *value, input_cell *cell) {
  slice text;
  if (value->kind == LINE_NUMBER) {
    d->rows.is_visible = true;
    return cell == NULL ||
           value_set_number(cell, value->written, d->rows.sink->decimal_mark, d->rows.memory) ||
           out_of_memory(d);
  }
  if (value->kind == LINE_LIST) {
    if (!join_list(d, value->written, &text)) {
      return false;
    }
  } else if (!text_of(d, value, &text)) {
    return out_of_memory(d);
  }
  value_rows_put_text(&d->rows, cell, text);
  return true;
}

static bool take_member(void *context, slice key, const line_value *value) {
  decoder *d = context;
  bool twice;
  const uint64_t line = d->rows.sink->places->line;
  const uint32_t found = ndjson_keys_next(&d->keys, key, &twice);
  if (found == DICTIONARY_NONE) { /* the line is broken further on, or was another before */
    d->has_unknown = true;
    return true;
  }
  if (twice) {
    d->code = ndjson_refuse_twice(d->rows.file, line, key, &d->failure);
    return false;
  }
  return !value_rows_need(&d->rows, found) || set_cell(d, value, value_rows_cell(&d->rows, found));
}

/* ---- Lines --------------------------------------------------------------------------------------- */

/* Fills the current row from LINE. */
static line_result read_row(decoder *d, slice line) {
  const ndjson_file *n = d->rows.file->self;
  d->has_unknown = false;
  d->code = STATUS_OK;
  return ndjson_keys_start(&d->keys, &n->names) ? line_read(&d->reader, line, take_member, d)
                                                : LINE_NO_MEMORY;
}

/* A line that is not blank: a row, or left out. */
static status take_line(decoder *d, slice line, error *err) {
  const input_file *f = d->rows.file;
  row_places *places = d->rows.sink->places;
  bool well = true;
  value_rows_begin(&d->rows);
  switch (read_row(d, line)) {
    case LINE_WELL:
      if (d->has_unknown) {
        return error_set(err, STATUS_DATA,
                         "%s:%llu: a key that was not there when the file was read for its keys; the file is "
                         "still being written: read it again later",
                         f->title, (unsigned long long)places->line);
      }
      return value_rows_take(&d->rows, (size_t)(line.bytes - (const char *)d->text->data), err);
    case LINE_BROKEN:
      well = places_quarantine(places, 1, d->reader.problem);
      break;
    case LINE_REFUSED:
      return ndjson_refuse_line(f, places->line, &d->reader, err);
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
  return well ? STATUS_OK : error_no_memory(err, f->title);
}

/* ---- Pieces -------------------------------------------------------------------------------------- */

status ndjson_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                     error *err) {
  decoder *d = pointer;
  d->text = piece->content;
  if (!value_rows_start(&d->rows, f, piece, sink)) {
    return error_no_memory(err, f->title);
  }
  TRY(plain_text_check(d->text->data, d->text->length, piece->first_line, f->title, err));
  for (size_t at = 0; at < d->text->length;) {
    const slice line = ndjson_next_line(d->text, &at);
    if (line_is_blank(line)) {
      places_pass_lines(sink->places, 1);
    } else {
      TRY(take_line(d, line, err));
    }
  }
  return value_rows_end(&d->rows, err);
}

bool ndjson_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  decoder *d = pointer;
  size_t at = value_rows_again(&d->rows, row);
  /* It was well before: if it is not, memory is out. */
  return read_row(d, ndjson_next_line(d->text, &at)) == LINE_WELL && value_rows_text(&d->rows, cell, text);
}
