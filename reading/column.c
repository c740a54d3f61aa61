/* Codes, wide codes and texts.  A loop per kind fills rows from FROM on and returns how far it came: less
 * than all rows means that the column has become another kind, whose loop goes on. */
#include "reading/column.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "reading/number.h"

typedef uint32_t (*append_function)(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from);

static const uint32_t FAILED = UINT32_MAX;

bool column_init(column_writer *c, slice name, reading_hint hint, char decimal_mark, arena *memory) {
  *c = (column_writer){.name = name, .hint = hint, .decimal_mark = decimal_mark};
  buf_init(&c->bytes);
  return dictionary_init(&c->dictionary, memory);
}

void column_fini(column_writer *c) {
  dictionary_fini(&c->dictionary);
  free(c->codes);
  free(c->wide_codes);
  free(c->mantissas);
  free(c->scales);
  free(c->exceptions.rows);
  free(c->exceptions.texts);
  free(c->offsets);
  buf_fini(&c->bytes);
}

bool column_start(column_writer *c, uint32_t rows_max, dictionary_text_of text_of) {
  c->kind = PACKED_CODES;
  c->mostly_long = false;
  c->rows = 0;
  c->measure = (measure){0};
  c->dictionary.text_of = text_of;
  dictionary_clear(&c->dictionary, PACKED_CODES_MAX);
  return ARRAY_ROOM_FOR(c->codes, rows_max, c->codes_capacity);
}

/* The code of a cell that has more than a byte, or whose byte is new. */
static inline uint32_t look_up(dictionary *d, const input_rows *rows, uint32_t row, uint32_t cell,
                               uint8_t brief) {
  const slice raw = input_raw_cell(rows, row, cell);
  if (brief != INPUT_BRIEF_NONE) {
    return dictionary_add_brief(d, brief, raw);
  }
  return dictionary_code(d, (const uint8_t *)raw.bytes, raw.length);
}

/* All cells that have at most one byte and were seen before: true.  The usual case of an item. */
static bool append_brief(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  const uint32_t *code_of = c->dictionary.brief;
  const uint8_t *brief = rows->ranges.briefs + (size_t)from * rows->cells + cell;
  uint8_t *codes = c->codes + c->rows;
  uint32_t missed = 0;
  for (uint32_t i = 0; i < rows->count - from; i++) {
    const uint32_t code = code_of[*brief];
    brief += rows->cells;
    codes[i] = (uint8_t)code;
    missed |= code;
  }
  return missed != DICTIONARY_NONE;
}

/* The loop of codes and wide codes, which differ in what they store.  The rows are copied, or every store
 * of a byte would make the compiler read them again. */
static inline uint32_t append_looked_up(column_writer *c, const input_rows *given, uint32_t cell,
                                        uint32_t from, bool wide, uint32_t *long_cells) {
  const input_rows rows = *given;
  const uint8_t *brief = rows.ranges.briefs + (size_t)from * rows.cells + cell;
  uint8_t *codes = wide ? NULL : c->codes + c->rows;
  uint16_t *wide_codes = wide ? c->wide_codes + c->rows : NULL;
  uint32_t others = 0;
  uint32_t row = from;
  for (; row < rows.count; row++, brief += rows.cells) {
    uint32_t code = c->dictionary.brief[*brief];
    if (code == DICTIONARY_NONE) {
      others++;
      code = look_up(&c->dictionary, &rows, row, cell, *brief);
      if (code == DICTIONARY_NONE) {
        break;
      }
    }
    if (wide) {
      wide_codes[row - from] = (uint16_t)code;
    } else {
      codes[row - from] = (uint8_t)code;
    }
  }
  c->rows += row - from;
  *long_cells = others;
  return row;
}

/* The code of a value. */
static inline uint32_t code_of_value(column_writer *c, const input_cell *value) {
  switch (value->kind) {
    case INPUT_MISSING:
      return dictionary_missing(&c->dictionary);
    case INPUT_TEXT:
      return dictionary_code(&c->dictionary, (const uint8_t *)value->as.text.bytes, value->as.text.length);
    case INPUT_NUMBER:
      break;
  }
  return dictionary_number(&c->dictionary, value->as.number, c->decimal_mark);
}

/* The same of values. */
static uint32_t append_values(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  const input_cell *value = rows->values + (size_t)from * rows->cells + cell;
  uint32_t row = from;
  for (; row < rows->count; row++, value += rows->cells) {
    const uint32_t code = code_of_value(c, value);
    if (code == DICTIONARY_NONE) {
      break;
    }
    if (c->kind == PACKED_WIDE) {
      c->wide_codes[c->rows++] = (uint16_t)code;
    } else {
      c->codes[c->rows++] = (uint8_t)code;
    }
  }
  return row;
}

static uint32_t append_codes(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  if (rows->values != NULL) {
    return append_values(c, rows, cell, from);
  }
  if (!c->mostly_long && append_brief(c, rows, cell, from)) {
    c->rows += rows->count - from;
    return rows->count;
  }
  uint32_t long_cells;
  const uint32_t done = append_looked_up(c, rows, cell, from, false, &long_cells);
  c->mostly_long = long_cells * 4 > rows->count;
  return done;
}

static uint32_t append_wide(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  if (rows->values != NULL) {
    return append_values(c, rows, cell, from);
  }
  uint32_t long_cells;
  return append_looked_up(c, rows, cell, from, true, &long_cells);
}

static void note_size(column_writer *c, slice text) {
  decimal ignored;
  (void)measure_text(&c->measure, text, c->decimal_mark, &ignored);
}

static void put_text(column_writer *c, slice text) {
  buf_put(&c->bytes, text.bytes, text.length);
  c->offsets[++c->rows] = (uint32_t)c->bytes.length;
}

/* What the cell says; a number's text is in BUFFER. */
static bool text_of_cell(column_writer *c, const input_rows *rows, uint32_t row, uint32_t cell, char *buffer,
                         slice *text) {
  if (rows->values == NULL) {
    return c->dictionary.text_of(input_raw_cell(rows, row, cell), c->dictionary.memory, text);
  }
  const input_cell *value = &rows->values[(size_t)row * rows->cells + cell];
  *text = (slice){"", 0};
  if (value->kind == INPUT_TEXT) {
    *text = value->as.text;
  } else if (value->kind == INPUT_NUMBER) {
    *text = (slice){buffer, number_format(value->as.number, c->decimal_mark, buffer)};
  }
  return true;
}

static uint32_t append_texts(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  for (uint32_t row = from; row < rows->count; row++) {
    char buffer[DECIMAL_TEXT_BYTES];
    slice text;
    if (!text_of_cell(c, rows, row, cell, buffer, &text)) {
      return FAILED;
    }
    note_size(c, text);
    put_text(c, text);
  }
  return c->bytes.failed ? FAILED : rows->count;
}

static uint32_t append_decimals(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t from) {
  return decimals_append(c, rows, cell, from) ? rows->count : FAILED;
}

static const append_function append_by_kind[] = {
    [PACKED_CODES] = append_codes,
    [PACKED_WIDE] = append_wide,
    [PACKED_DECIMALS] = append_decimals,
    [PACKED_TEXTS] = append_texts,
};

static void measure_list(column_writer *c) {
  for (uint32_t i = 0; i < c->dictionary.count; i++) {
    note_size(c, c->dictionary.list[i]);
  }
}

static bool become_wide(column_writer *c, uint32_t rows_max) {
  assert(c->kind == PACKED_CODES);
  if (!ARRAY_ROOM_FOR(c->wide_codes, rows_max, c->wide_capacity)) {
    return false;
  }
  for (uint32_t row = 0; row < c->rows; row++) {
    c->wide_codes[row] = c->codes[row];
  }
  c->dictionary.limit = PACKED_WIDE_MAX;
  c->kind = PACKED_WIDE;
  return true;
}

static bool become_texts(column_writer *c, uint32_t rows_max) {
  if (!ARRAY_ROOM_FOR(c->offsets, (size_t)rows_max + 1, c->offsets_capacity)) {
    return false;
  }
  const uint32_t rows = c->rows;
  assert(c->kind == PACKED_CODES || c->kind == PACKED_WIDE);
  measure_list(c);
  buf_clear(&c->bytes);
  c->offsets[0] = 0;
  c->rows = 0;
  for (uint32_t row = 0; row < rows; row++) {
    put_text(c, c->dictionary.list[c->kind == PACKED_WIDE ? c->wide_codes[row] : c->codes[row]]);
  }
  c->kind = PACKED_TEXTS;
  return !c->bytes.failed;
}

static bool become_next_kind(column_writer *c, uint32_t rows_max) {
  if (c->dictionary.failed) {
    return false;
  }
  if (c->kind == PACKED_WIDE || c->hint == READING_HINT_TEXT) {
    return become_texts(c, rows_max);
  }
  return c->hint == READING_HINT_NUMBER ? decimals_start(c, rows_max) : become_wide(c, rows_max);
}

bool column_append(column_writer *c, const input_rows *rows, uint32_t cell, uint32_t rows_max) {
  assert(rows->count <= rows_max - c->rows && c->rows <= rows_max); /* what the arrays have room for */
  uint32_t done = append_by_kind[c->kind](c, rows, cell, 0);
  while (done < rows->count) {
    if (!become_next_kind(c, rows_max)) {
      return false;
    }
    done = append_by_kind[c->kind](c, rows, cell, done);
  }
  return done != FAILED;
}

bool column_finish(column_writer *c, column_find find, void *context, packed_column *out) {
  *out = (packed_column){.kind = c->kind, .name = c->name};
  if (c->kind == PACKED_DECIMALS) {
    return decimals_finish(c, find, context, out);
  }
  if (c->kind == PACKED_TEXTS) {
    out->decimals_max = measure_scale(&c->measure);
    out->offsets = c->offsets;
    out->bytes = (const char *)c->bytes.data;
    return true;
  }
  measure_list(c);
  out->decimals_max = measure_scale(&c->measure);
  out->codes = c->kind == PACKED_CODES ? c->codes : NULL;
  out->wide_codes = c->kind == PACKED_WIDE ? c->wide_codes : NULL;
  out->texts = c->dictionary.list;
  out->texts_count = c->dictionary.count;
  return !c->dictionary.failed;
}
