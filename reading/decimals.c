/* Columns of numbers: mantissas at one scale or each at its own, and the cells that are none.
 *
 * The shard's scale is the largest one written in it at which every number written with that many
 * decimals or fewer fits into an int64.  A number with more decimals than that is kept as a number when
 * its last ones are zeros, else as an exception with its text; but where these are many, every number keeps
 * its own scale.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "reading/column.h"
#include "reading/number.h"

static bool add_exception(column_exceptions *e, uint32_t row, uint32_t text) {
  if (!ARRAY_ROOM(e->rows, e->count, e->rows_capacity) ||
      !ARRAY_ROOM(e->texts, e->count, e->texts_capacity)) {
    return false;
  }
  e->rows[e->count] = row;
  e->texts[e->count++] = text;
  return true;
}

static inline void put_number(column_writer *c, decimal number) {
  c->mantissas[c->rows] = number.mantissa;
  c->scales[c->rows++] = number.scale;
}

static bool put_exception(column_writer *c, uint32_t text) {
  c->mantissas[c->rows] = 0;
  c->scales[c->rows] = 0;
  return text != DICTIONARY_NONE && add_exception(&c->exceptions, c->rows++, text);
}

bool decimals_start(column_writer *c, uint32_t rows_max) {
  if (!ARRAY_ROOM_FOR(c->mantissas, rows_max, c->mantissas_capacity) ||
      !ARRAY_ROOM_FOR(c->scales, rows_max, c->scales_capacity)) {
    return false;
  }
  slice texts[PACKED_CODES_MAX];
  decimal numbers[PACKED_CODES_MAX];
  bool is_number[PACKED_CODES_MAX];
  const uint32_t texts_count = c->dictionary.count;
  assert(c->kind == PACKED_CODES && texts_count <= PACKED_CODES_MAX);
  for (uint32_t i = 0; i < texts_count; i++) {
    texts[i] = c->dictionary.list[i];
    is_number[i] = measure_text(&c->measure, texts[i], c->decimal_mark, &numbers[i]);
  }
  c->exceptions.count = 0;
  c->kind = PACKED_DECIMALS;
  dictionary_clear(&c->dictionary, UINT32_MAX);
  const uint32_t rows = c->rows;
  c->rows = 0;
  for (uint32_t row = 0; row < rows; row++) {
    const uint8_t code = c->codes[row];
    if (is_number[code]) {
      put_number(c, numbers[code]);
    } else if (!put_exception(c, dictionary_text(&c->dictionary, texts[code]))) {
      return false;
    }
  }
  return true;
}

/* A text that is not a plain number: with an exponent or blanks, long, or not a number at all. */
static bool put_text(column_writer *c, slice text) {
  decimal number;
  if (measure_text(&c->measure, text, c->decimal_mark, &number)) {
    put_number(c, number);
    return true;
  }
  return put_exception(c, dictionary_text(&c->dictionary, text));
}

static bool put_raw(column_writer *c, slice raw) {
  slice text;
  return c->dictionary.text_of(raw, c->dictionary.memory, &text) && put_text(c, text);
}

static void put_value_number(column_writer *c, decimal number) {
  assert(number.scale <= NUMBER_BYTES);
  const uint64_t magnitude = measure_magnitude(number.mantissa);
  put_number(c, number);
  c->measure.scales_seen |= 1u << number.scale;
  if (magnitude > c->measure.largest[number.scale]) {
    c->measure.largest[number.scale] = magnitude;
  }
}

static bool put_value(column_writer *c, const input_cell *value) {
  decimal number;
  switch (value->kind) {
    case INPUT_MISSING:
      return put_text(c, (slice){"", 0});
    case INPUT_NUMBER:
      put_value_number(c, value->as.number);
      return true;
    case INPUT_TEXT:
      break;
  }
  const slice text = value->as.text;
  if (!number_parse((const uint8_t *)text.bytes, text.length, c->decimal_mark, &number)) {
    return put_text(c, text);
  }
  put_value_number(c, number);
  return true;
}

static bool append_values(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  const input_cell *value = rows->values + (size_t)from * rows->cells + cell;
  bool well = true;
  for (uint32_t row = from; well && row < rows->count; row++, value += rows->cells) {
    well = put_value(c, value);
  }
  return well && !c->dictionary.failed;
}

/* Plain numbers from row FROM on, up to the first cell that is none; returns its row.  What the loop
 * changes is kept in locals, or every store of a scale would make the compiler read it all again. */
static uint32_t put_plain_numbers(column_writer *c, const input_rows *given, uint32_t cell, uint32_t from) {
  const input_rows rows = *given;
  int64_t *mantissas = c->mantissas + c->rows;
  uint8_t *scales = c->scales + c->rows;
  const char mark = c->decimal_mark;
  uint32_t seen = 0;
  uint32_t row = from;
  for (; row < rows.count; row++) {
    const slice raw = input_raw_cell(&rows, row, cell);
    decimal number;
    if (!number_parse((const uint8_t *)raw.bytes, raw.length, mark, &number)) {
      break;
    }
    mantissas[row - from] = number.mantissa;
    scales[row - from] = number.scale;
    seen |= 1u << number.scale;
    const uint64_t magnitude = measure_magnitude(number.mantissa);
    if (magnitude > c->measure.largest[number.scale]) {
      c->measure.largest[number.scale] = magnitude;
    }
  }
  c->measure.scales_seen |= seen;
  c->rows += row - from;
  return row;
}

bool decimals_append(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  if (rows->values != NULL) {
    return append_values(c, rows, cell, from);
  }
  uint32_t row = put_plain_numbers(c, rows, cell, from);
  while (row < rows->count) {
    if (!put_raw(c, input_raw_cell(rows, row, cell))) {
      return false;
    }
    row = put_plain_numbers(c, rows, cell, row + 1);
  }
  return !c->dictionary.failed;
}

static bool all_fit(const measure *m, unsigned scale) {
  if (scale > 0 && m->beyond > 0) {
    return false;
  }
  for (unsigned s = 0; s <= scale; s++) {
    if (m->largest[s] > (uint64_t)INT64_MAX / (uint64_t)decimal_power10(scale - s)) {
      return false;
    }
  }
  return true;
}

static unsigned choose_scale(const measure *m) {
  for (unsigned scale = DECIMAL_SCALE_MAX; scale > 0; scale--) {
    if ((m->scales_seen >> scale & 1) != 0 && all_fit(m, scale)) {
      return scale;
    }
  }
  return m->scales_seen == 0 ? 0 : (unsigned)__builtin_ctz(m->scales_seen);
}

/* Brings all rows to SCALE; numbers that lose digits become exceptions, in the order of rows. */
static bool rescale(column_writer *c, unsigned scale, column_find find, void *context) {
  const column_exceptions before = c->exceptions;
  c->exceptions = (column_exceptions){0};
  uint32_t next = 0;
  bool well = true;
  for (uint32_t row = 0; row < c->rows && well; row++) {
    if (next < before.count && before.rows[next] == row) {
      well = add_exception(&c->exceptions, row, before.texts[next++]);
      continue;
    }
    const decimal written = {c->mantissas[row], c->scales[row]};
    bool inexact = false;
    if (written.scale == scale ||
        (decimal_rescale(written, scale, &c->mantissas[row], &inexact) && !inexact)) {
      continue;
    }
    slice text;
    c->mantissas[row] = 0;
    well = find(context, row, &text) &&
           add_exception(&c->exceptions, row, dictionary_text(&c->dictionary, text));
  }
  assert(!well || next == before.count); /* in the order of rows */
  free(before.rows);
  free(before.texts);
  return well;
}

/* More exceptions than one in so many rows are kept as numbers, which take longer to read than those of one
 * scale, but not as long as texts. */
enum { EXCEPTIONS_FEW = 16 };

/* Does D lose digits at SCALE?  Those with fewer decimals fit. */
static inline bool loses_digits(decimal d, unsigned scale) {
  return d.scale > scale &&
         (d.scale - scale > DECIMAL_SCALE_MAX || d.mantissa % decimal_power10(d.scale - scale) != 0);
}

static bool needs_scales(const column_writer *c, unsigned scale) {
  const measure *m = &c->measure;
  if (m->scales_seen >> scale <= 1 && !measure_is_far(m)) {
    return false;
  }
  uint32_t lost = 0;
  for (uint32_t row = 0; row < c->rows; row++) {
    lost += loses_digits((decimal){c->mantissas[row], c->scales[row]}, scale);
  }
  return lost > c->rows / EXCEPTIONS_FEW;
}

static void take_least_scales(column_writer *c) {
  for (uint32_t row = 0; row < c->rows; row++) {
    const decimal number = decimal_normalise((decimal){c->mantissas[row], c->scales[row]});
    c->mantissas[row] = number.mantissa;
    c->scales[row] = number.scale;
  }
}

bool decimals_finish(column_writer *c, column_find find, void *context, packed_column *out) {
  const unsigned scale = choose_scale(&c->measure);
  const bool mixed = (c->measure.scales_seen & ~(1u << scale)) != 0 || measure_is_far(&c->measure);
  if (needs_scales(c, scale)) {
    take_least_scales(c);
    out->kind = PACKED_SCALED;
    out->scales = c->scales;
    out->decimals_max = measure_is_far(&c->measure) ? DECIMAL_SCALE_MAX : measure_scale(&c->measure);
  } else {
    if (mixed && !rescale(c, scale, find, context)) {
      return false;
    }
    out->scale = (uint8_t)scale;
    out->decimals_max = measure_scale(&c->measure);
  }
  out->mantissas = c->mantissas;
  out->exception_rows = c->exceptions.rows;
  out->exception_texts = c->exceptions.texts;
  out->exceptions_count = c->exceptions.count;
  out->texts = c->dictionary.list;
  out->texts_count = c->dictionary.count;
  return !c->dictionary.failed;
}
