/* Turns codes of elements into values of the wanted columns. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/number.h"
#include "reading/sav/sav.h"

typedef struct sav_decoder {
  value_rows rows; /* their places are in the codes */
  padded_texts texts;
  buf text; /* of the current cell, in the file's encoding */
  /* The answers of the case to the variables of sets, by variable; missing ones are blank. */
  input_cell *members;
  size_t members_capacity;
  const buf *codes; /* of the current piece */
  /* Of the current case. */
  size_t at;     /* its position in the codes */
  bool has_mark; /* an answer of a set contains INPUT_LIST_MARK */
} sav_decoder;

void *sav_decoder_new(void) {
  return calloc(1, sizeof(sav_decoder));
}

void sav_decoder_free(void *pointer) {
  sav_decoder *d = pointer;
  value_rows_fini(&d->rows);
  padded_texts_fini(&d->texts);
  free(d->members);
  buf_fini(&d->text);
  free(d);
}

/* ---- Cells ------------------------------------------------------------------------------------------ */

static const char blanks[SAV_ELEMENT_BYTES + 1] = "        ";

/* Reads the next code, and the eight bytes of the element where one follows. */
static uint8_t next_element(sav_decoder *d, const uint8_t **element) {
  assert(d->at < d->codes->length);
  const uint8_t code = d->codes->data[d->at++];
  *element = d->codes->data + d->at;
  d->at += code == SAV_CODE_ELEMENT ? SAV_ELEMENT_BYTES : 0;
  return code;
}

static bool is_declared_missing(const sav_file *s, const sav_variable *v, double number) {
  const int32_t count = v->missing_count < 0 ? -v->missing_count : v->missing_count;
  double values[3];
  for (int32_t i = 0; i < count; i++) {
    values[i] = sav_double(&s->numbers, v->missing + (size_t)i * SAV_ELEMENT_BYTES);
  }
  bool found = v->missing_count < 0 && number >= values[0] && number <= values[1];
  for (int32_t i = v->missing_count < 0 ? 2 : 0; i < count; i++) {
    found = found || number == values[i];
  }
  return found;
}

/* *MISSING: the dictionary declares the number missing. */
static status take_number(sav_decoder *d, const sav_variable *v, input_cell *out, bool *missing, error *err) {
  const sav_file *s = d->rows.file->self;
  const uint8_t *element;
  const uint8_t code = next_element(d, &element);
  if (code == SAV_CODE_MISSING) {
    return STATUS_OK;
  }
  double number;
  if (code == SAV_CODE_ELEMENT || code == SAV_CODE_BLANKS) {
    number = sav_double(&s->numbers, code == SAV_CODE_ELEMENT ? element : (const uint8_t *)blanks);
  } else {
    number = code - s->numbers.bias;
  }
  if (sav_is_missing(&s->numbers, number)) {
    return STATUS_OK;
  }
  d->rows.is_visible = true;
  *missing = v->is_member && is_declared_missing(s, v, number);
  if (out != NULL && !sav_number(number, v->moment, d->rows.sink->decimal_mark, d->rows.memory, out)) {
    return error_no_memory(err, d->rows.file->title);
  }
  return STATUS_OK;
}

/* Appends the bytes of an element of a text. */
static void put_bytes(sav_decoder *d) {
  const sav_file *s = d->rows.file->self;
  const uint8_t *element;
  const uint8_t code = next_element(d, &element);
  if (code == SAV_CODE_ELEMENT) {
    buf_put(&d->text, element, SAV_ELEMENT_BYTES);
  } else if (code == SAV_CODE_BLANKS) {
    buf_put(&d->text, blanks, SAV_ELEMENT_BYTES);
  } else { /* bytes of a text that happen to be the number of this code */
    uint64_t bits = s->numbers.missing;
    const double number = code - s->numbers.bias;
    if (code != SAV_CODE_MISSING) {
      memcpy(&bits, &number, sizeof bits);
    }
    bits = s->numbers.is_swapped ? __builtin_bswap64(bits) : bits;
    buf_put(&d->text, &bits, sizeof bits);
  }
}

static status take_text(sav_decoder *d, uint32_t variable, input_cell *out, error *err) {
  const sav_file *s = d->rows.file->self;
  const sav_variable *v = &s->variables[variable];
  buf_clear(&d->text);
  for (uint32_t i = 0; i < v->elements; i++) {
    put_bytes(d);
    const bool ends_segment = v->segments > 1 && (i + 1) % v->segment_elements == 0;
    if (ends_segment && i + 1 < v->elements && !d->text.failed) { /* the last byte of a segment is unused */
      d->text.length--;
    }
  }
  if (d->text.failed) {
    return error_no_memory(err, d->rows.file->title);
  }
  if (d->text.length > v->width) {
    d->text.length = v->width;
  }
  const padded_naming naming = {d->rows.file->title, "the text of variable",
                                d->rows.file->header.columns[variable].name};
  const slice bytes = {(const char *)d->text.data, d->text.length};
  slice text;
  const status st = padded_text_read(&d->texts, bytes, &naming, d->rows.memory, &text, err);
  if (st == STATUS_DATA) {
    return error_context(err, st, "case %llu", (unsigned long long)d->rows.sink->places->line);
  }
  TRY(st);
  value_rows_put_text(&d->rows, out, text);
  return STATUS_OK;
}

/* ---- Cases ------------------------------------------------------------------------------------------ */

/* Whether the dictionary declares TEXT, a value of a text variable, missing. */
static bool is_missing_text(const input_column *column, slice text) {
  bool found = false;
  for (uint32_t i = 0; i < column->codes.missing_count; i++) {
    found = found || slice_equal(column->codes.missing[i].low, text);
  }
  return found;
}

/* Reads variable I into CELL, which may be NULL. */
static status take_variable(sav_decoder *d, uint32_t i, input_cell *cell, error *err) {
  const sav_file *s = d->rows.file->self;
  const sav_variable *v = &s->variables[i];
  input_cell unwanted = {0};
  bool missing = false;
  cell = cell == NULL && v->is_member ? &unwanted : cell;
  if (v->width > 0) {
    TRY(take_text(d, i, cell, err));
    missing = v->is_member && is_missing_text(&d->rows.file->header.columns[i], cell->as.text);
  } else {
    TRY(take_number(d, v, cell, &missing, err));
  }
  if (v->is_member) {
    d->members[i] = missing ? (input_cell){0} : *cell;
  }
  return STATUS_OK;
}

/* The answers of a set, joined. */
static status join_answers(sav_decoder *d, const sav_list *list, input_cell *out, error *err) {
  buf *text = &d->text;
  buf_clear(text);
  for (uint32_t i = 0; i < list->count; i++) {
    const input_cell *answer = &d->members[list->variables[i]];
    char number[DECIMAL_TEXT_BYTES];
    slice item = answer->kind == INPUT_TEXT ? answer->as.text : (slice){"", 0};
    if (answer->kind == INPUT_NUMBER) {
      item = (slice){number, number_format(answer->as.number, d->rows.sink->decimal_mark, number)};
    }
    d->has_mark = d->has_mark || memchr(item.bytes, INPUT_LIST_MARK, item.length) != NULL;
    if (item.length > 0) {
      buf_printf(text, "%s%.*s", text->length > 0 ? "|" : "", SLICE_ARG(item));
    }
  }
  const slice joined = {(const char *)text->data, text->length};
  return !text->failed && (joined.length == 0 || value_set_text(out, joined, d->rows.memory))
             ? STATUS_OK
             : error_no_memory(err, d->rows.file->title);
}

/* Reads the case at d->at into the current row. */
static status read_case(sav_decoder *d, error *err) {
  const sav_file *s = d->rows.file->self;
  d->has_mark = false;
  for (uint32_t i = 0; i < s->variables_count; i++) {
    TRY(take_variable(d, i, value_rows_cell(&d->rows, i), err));
  }
  for (uint32_t i = 0; i < s->lists_count; i++) {
    input_cell *cell = value_rows_cell(&d->rows, s->variables_count + i);
    if (cell != NULL) {
      TRY(join_answers(d, &s->lists[i], cell, err));
    }
  }
  return STATUS_OK;
}

static status take_case(sav_decoder *d, error *err) {
  const size_t begin = d->at;
  value_rows_begin(&d->rows);
  TRY(read_case(d, err));
  if (!d->has_mark) {
    return value_rows_take(&d->rows, begin, err);
  }
  return places_quarantine(d->rows.sink->places, 1,
                           "an answer of a multiple-response set contains '|', which separates answers")
             ? STATUS_OK
             : error_no_memory(err, d->rows.file->title);
}

/* ---- Pieces ----------------------------------------------------------------------------------------- */

status sav_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                  error *err) {
  sav_decoder *d = pointer;
  const sav_file *s = f->self;
  padded_texts_use(&d->texts, s->encoding);
  d->texts.watch = s->watch;
  d->codes = piece->content;
  d->at = 0;
  if (!value_rows_start(&d->rows, f, piece, sink) ||
      !ARRAY_ROOM_FOR(d->members, (size_t)f->header.count + 1, d->members_capacity)) {
    return error_no_memory(err, f->title);
  }
  for (uint32_t i = 0; i < piece->records; i++) {
    TRY(take_case(d, err));
  }
  return value_rows_end(&d->rows, err);
}

bool sav_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  sav_decoder *d = pointer;
  d->at = value_rows_again(&d->rows, row);
  /* It was decoded before, so only memory can be lacking. */
  return read_case(d, NULL) == STATUS_OK && value_rows_text(&d->rows, cell, text);
}
