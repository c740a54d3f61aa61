/* Turns codes of elements into values of the wanted columns. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/number.h"
#include "reading/sav/sav.h"

enum { BATCH_ROWS = 64 };

typedef struct sav_decoder {
  padded_texts texts;
  uint32_t *wanted_of; /* a column of the sink for each variable; INPUT_ABSENT: none */
  size_t wanted_capacity;
  input_cell *cells; /* of a batch, row by row, and of an extra row for sav_find */
  size_t cells_capacity;
  size_t *begins; /* where the rows of the piece begin in its codes */
  size_t begins_capacity;
  buf text; /* of the current cell, in the file's encoding */
  /* The answers of the case to the variables of sets, by variable; missing ones are blank. */
  input_cell *members;
  size_t members_capacity;
  /* Of the current piece. */
  const input_file *file;
  const input_sink *sink;
  const buf *codes;
  /* Of the current case. */
  size_t at; /* its position in the codes */
  bool is_visible;
  bool has_mark; /* an answer of a set contains INPUT_LIST_MARK */
} sav_decoder;

void *sav_decoder_new(void) {
  return calloc(1, sizeof(sav_decoder));
}

void sav_decoder_free(void *pointer) {
  sav_decoder *d = pointer;
  padded_texts_fini(&d->texts);
  free(d->wanted_of);
  free(d->cells);
  free(d->begins);
  free(d->members);
  buf_fini(&d->text);
  free(d);
}

/* ---- Cells ------------------------------------------------------------------------------------------ */

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
  const sav_file *s = d->file->self;
  const uint8_t *element;
  const uint8_t code = next_element(d, &element);
  if (code == SAV_CODE_MISSING) {
    return STATUS_OK;
  }
  double number;
  if (code == SAV_CODE_ELEMENT || code == SAV_CODE_BLANKS) {
    static const uint8_t blanks[SAV_ELEMENT_BYTES] = "       ";
    number = sav_double(&s->numbers, code == SAV_CODE_ELEMENT ? element : blanks);
  } else {
    number = code - s->numbers.bias;
  }
  if (sav_is_missing(&s->numbers, number)) {
    return STATUS_OK;
  }
  d->is_visible = true;
  *missing = v->is_member && is_declared_missing(s, v, number);
  if (out != NULL && !sav_number(number, v->moment, d->sink->decimal_mark, d->sink->memory, out)) {
    return error_no_memory(err, d->file->title);
  }
  return STATUS_OK;
}

/* Appends the bytes of an element of a text. */
static void put_bytes(sav_decoder *d) {
  const sav_file *s = d->file->self;
  const uint8_t *element;
  const uint8_t code = next_element(d, &element);
  if (code == SAV_CODE_ELEMENT) {
    buf_put(&d->text, element, SAV_ELEMENT_BYTES);
  } else if (code == SAV_CODE_BLANKS) {
    buf_put(&d->text, "        ", SAV_ELEMENT_BYTES);
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

static status refuse_cell(const sav_decoder *d, padded_outcome outcome, uint32_t variable, size_t bad,
                          error *err) {
  const slice bytes = {(const char *)d->text.data, d->text.length};
  const status st = sav_refuse_text(d->file, outcome, "the text of variable",
                                    d->file->header.columns[variable].name, bytes, bad, err);
  return st == STATUS_DATA ? error_context(err, st, "case %llu", (unsigned long long)d->sink->places->line)
                           : st;
}

static status take_text(sav_decoder *d, uint32_t variable, input_cell *out, error *err) {
  const sav_file *s = d->file->self;
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
    return error_no_memory(err, d->file->title);
  }
  if (d->text.length > v->width) {
    d->text.length = v->width;
  }
  slice text;
  size_t bad;
  const padded_outcome outcome =
      padded_text(&d->texts, d->text.data, d->text.length, d->sink->memory, &text, &bad);
  if (outcome != PADDED_WELL) {
    return refuse_cell(d, outcome, variable, bad, err);
  }
  d->is_visible = d->is_visible || !slice_is_invisible(text);
  if (out != NULL && text.length > 0) {
    *out = (input_cell){.kind = INPUT_TEXT, .as.text = text};
  }
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
  const sav_file *s = d->file->self;
  const sav_variable *v = &s->variables[i];
  input_cell unwanted = {0};
  bool missing = false;
  cell = cell == NULL && v->is_member ? &unwanted : cell;
  if (v->width > 0) {
    TRY(take_text(d, i, cell, err));
    missing = v->is_member && is_missing_text(&d->file->header.columns[i], cell->as.text);
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
      item = (slice){number, number_format(answer->as.number, d->sink->decimal_mark, number)};
    }
    d->has_mark = d->has_mark || memchr(item.bytes, INPUT_LIST_MARK, item.length) != NULL;
    if (item.length > 0) {
      buf_printf(text, "%s%.*s", text->length > 0 ? "|" : "", SLICE_ARG(item));
    }
  }
  char *copy = arena_alloc(d->sink->memory, text->length + INPUT_MARGIN);
  if (copy == NULL || text->failed) {
    return error_no_memory(err, d->file->title);
  }
  if (text->length > 0) {
    memcpy(copy, text->data, text->length);
    *out = (input_cell){.kind = INPUT_TEXT, .as.text = {copy, text->length}};
  }
  return STATUS_OK;
}

/* Reads the case at d->at into ROW. */
static status read_case(sav_decoder *d, input_cell *row, error *err) {
  const sav_file *s = d->file->self;
  memset(row, 0, d->sink->count * sizeof *row);
  d->is_visible = false;
  d->has_mark = false;
  for (uint32_t i = 0; i < s->variables_count; i++) {
    TRY(take_variable(d, i, d->wanted_of[i] != INPUT_ABSENT ? &row[d->wanted_of[i]] : NULL, err));
  }
  for (uint32_t i = 0; i < s->lists_count; i++) {
    const uint32_t wanted = d->wanted_of[s->variables_count + i];
    if (wanted != INPUT_ABSENT) {
      TRY(join_answers(d, &s->lists[i], &row[wanted], err));
    }
  }
  return STATUS_OK;
}

static status take_case(sav_decoder *d, input_cell *row, bool *is_row, error *err) {
  row_places *places = d->sink->places;
  const size_t begin = d->at;
  TRY(read_case(d, row, err));
  if (d->has_mark) {
    *is_row = false;
    return places_quarantine(places, 1,
                             "an answer of a multiple-response set contains '|', which separates answers")
               ? STATUS_OK
               : error_no_memory(err, d->file->title);
  }
  *is_row = d->is_visible || d->file->options->keeps_blank_rows;
  if (!*is_row) {
    places_skip(places, 1, FILE_BLANK_ROWS);
    return STATUS_OK;
  }
  d->begins[places->rows] = begin;
  return places_take_row(places, 1) ? STATUS_OK : error_no_memory(err, d->file->title);
}

static status take_cases(sav_decoder *d, uint32_t records, error *err) {
  input_rows rows = {.cells = d->sink->count, .values = d->cells};
  for (uint32_t i = 0; i < records; i++) {
    bool is_row = false;
    TRY(take_case(d, d->cells + (size_t)rows.count * rows.cells, &is_row, err));
    rows.count += is_row;
    if (rows.count == BATCH_ROWS || (i + 1 == records && rows.count > 0)) {
      if (!d->sink->take(d->sink->context, &rows)) {
        return error_no_memory(err, d->file->title);
      }
      rows.count = 0;
    }
  }
  return STATUS_OK;
}

/* ---- Pieces ----------------------------------------------------------------------------------------- */

static bool make_room(sav_decoder *d, uint32_t records) {
  const size_t cells = ((size_t)BATCH_ROWS + 1) * d->sink->count + 1;
  return ARRAY_ROOM_FOR(d->wanted_of, (size_t)d->file->header.count + 1, d->wanted_capacity) &&
         ARRAY_ROOM_FOR(d->cells, cells, d->cells_capacity) &&
         ARRAY_ROOM_FOR(d->members, (size_t)d->file->header.count + 1, d->members_capacity) &&
         ARRAY_ROOM_FOR(d->begins, (size_t)records + 1, d->begins_capacity);
}

status sav_decode(void *pointer, const input_file *f, const input_piece *piece, const input_sink *sink,
                  error *err) {
  sav_decoder *d = pointer;
  const sav_file *s = f->self;
  if (d->file != f) { /* it may have another encoding */
    padded_texts_fini(&d->texts);
    d->texts.encoding = s->encoding;
  }
  d->file = f;
  d->sink = sink;
  d->codes = &((const sav_piece *)piece->content)->codes;
  d->at = 0;
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
  return take_cases(d, piece->records, err);
}

bool sav_find(void *pointer, uint32_t row, uint32_t cell, slice *text) {
  sav_decoder *d = pointer;
  input_cell *cells = d->cells + (size_t)BATCH_ROWS * d->sink->count;
  d->at = d->begins[row];
  if (read_case(d, cells, NULL) != STATUS_OK) {
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
