/* The encodings are made the plain way: dictionaries in the order of first appearance, decimals at the
 * largest scale that occurs, everything padded as base/packed_column.h says. */
#include "tests/stats/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/digest.h"

enum { COLUMNS_MAX = 512, PADDING = 64 };

typedef struct column {
  const char *name;
  packed_kind asked;
  slice *cells;
  packed_column view;
} column;

struct fixture {
  arena *memory;
  column *columns;
  uint32_t columns_count;
  stats_rows rows;
};

static void *need(void *p) {
  if (p == NULL) {
    fputs("fixture: out of memory\n", stderr);
    abort();
  }
  return p;
}

static status find_column(void *context, const char *name, packed_column *out, error *err) {
  const fixture *f = context;
  for (uint32_t i = 0; i < f->columns_count; i++) {
    if (strcmp(f->columns[i].name, name) == 0) {
      *out = f->columns[i].view;
      return STATUS_OK;
    }
  }
  return error_set(err, STATUS_NOT_FOUND, "no column '%s'", name);
}

fixture *fixture_new(uint32_t rows) {
  fixture *f = need(calloc(1, sizeof *f));
  f->memory = need(arena_new());
  f->columns = need(ARENA_ARRAY(f->memory, column, COLUMNS_MAX));
  f->rows =
      (stats_rows){.count = rows, .first_line = 2, .decimal_mark = '.', .column = find_column, .context = f};
  return f;
}

void fixture_destroy(fixture *f) {
  if (f != NULL) {
    arena_destroy(f->memory);
    free(f);
  }
}

void fixture_decimal_mark(fixture *f, char mark) {
  f->rows.decimal_mark = mark;
}

const stats_rows *fixture_rows(const fixture *f) {
  return &f->rows;
}

static size_t padded(uint32_t rows) {
  return ((size_t)rows + PADDING) / PADDING * PADDING;
}

/* Room that starts on a cache line, as kernels expect of shards. */
static void *aligned(fixture *f, size_t bytes) {
  uintptr_t at = (uintptr_t)need(arena_alloc(f->memory, bytes + PADDING));
  return (void *)((at + PADDING - 1) / PADDING * PADDING);
}

typedef struct dictionary {
  slice *texts;
  uint32_t *slots; /* index + 1 */
  uint32_t slots_count, count;
} dictionary;

static dictionary dictionary_for(fixture *f, uint32_t entries) {
  dictionary d = {.slots_count = 16};
  while (d.slots_count < 2 * (uint64_t)entries + 2) {
    d.slots_count *= 2;
  }
  d.texts = need(ARENA_ARRAY(f->memory, slice, (size_t)entries + 1));
  d.slots = need(ARENA_ARRAY(f->memory, uint32_t, d.slots_count));
  return d;
}

static uint32_t dictionary_add(dictionary *d, slice text) {
  uint32_t at = (uint32_t)digest_xxh3(text.bytes, text.length) & (d->slots_count - 1);
  while (d->slots[at] && !slice_equal(d->texts[d->slots[at] - 1], text)) {
    at = (at + 1) & (d->slots_count - 1);
  }
  if (!d->slots[at]) {
    d->texts[d->count] = text;
    d->slots[at] = ++d->count;
  }
  return d->slots[at] - 1;
}

static void encode_dictionary(fixture *f, column *c, packed_kind kind) {
  uint32_t rows = f->rows.count;
  dictionary d = dictionary_for(f, rows);
  uint8_t *narrow = aligned(f, padded(rows));
  uint16_t *wide = aligned(f, padded(rows) * sizeof *wide);
  for (uint32_t r = 0; r < rows; r++) {
    uint32_t code = dictionary_add(&d, c->cells[r]);
    narrow[r] = (uint8_t)code;
    wide[r] = (uint16_t)code;
  }
  c->view = (packed_column){.kind = kind, .texts = d.texts, .texts_count = d.count};
  c->view.codes = kind == PACKED_CODES ? narrow : NULL;
  c->view.wide_codes = kind == PACKED_WIDE ? wide : NULL;
}

static uint32_t distinct_texts(fixture *f, const column *c) {
  dictionary d = dictionary_for(f, f->rows.count);
  for (uint32_t r = 0; r < f->rows.count; r++) {
    dictionary_add(&d, c->cells[r]);
  }
  return d.count;
}

/* A column of numbers in the making: what is not a number of the column is an exception. */
typedef struct numbers {
  int64_t *mantissas;
  uint32_t *exception_rows, *exception_texts;
  uint32_t exceptions;
  dictionary texts;
} numbers;

static numbers numbers_for(fixture *f) {
  const uint32_t rows = f->rows.count;
  return (numbers){.mantissas = aligned(f, padded(rows) * sizeof(int64_t)),
                   .exception_rows = need(ARENA_ARRAY(f->memory, uint32_t, (size_t)rows + 1)),
                   .exception_texts = need(ARENA_ARRAY(f->memory, uint32_t, (size_t)rows + 1)),
                   .texts = dictionary_for(f, rows)};
}

static void numbers_except(numbers *n, uint32_t row, slice text) {
  n->mantissas[row] = 0;
  n->exception_rows[n->exceptions] = row;
  n->exception_texts[n->exceptions++] = dictionary_add(&n->texts, text);
}

static packed_column numbers_column(const numbers *n, packed_kind kind) {
  return (packed_column){.kind = kind,
                         .mantissas = n->mantissas,
                         .texts = n->texts.texts,
                         .texts_count = n->texts.count,
                         .exception_rows = n->exception_rows,
                         .exception_texts = n->exception_texts,
                         .exceptions_count = n->exceptions};
}

static void encode_decimals(fixture *f, column *c) {
  const uint32_t rows = f->rows.count;
  numbers n = numbers_for(f);
  uint8_t scale = 0;
  decimal number;
  for (uint32_t r = 0; r < rows; r++) {
    if (decimal_parse(c->cells[r], f->rows.decimal_mark, &number) && number.scale > scale &&
        number.scale <= 9) {
      scale = number.scale;
    }
  }
  for (uint32_t r = 0; r < rows; r++) {
    bool lost = false;
    if (!decimal_parse(c->cells[r], f->rows.decimal_mark, &number) ||
        !decimal_rescale(number, scale, &n.mantissas[r], &lost) || lost) {
      numbers_except(&n, r, c->cells[r]);
    }
  }
  c->view = numbers_column(&n, PACKED_DECIMALS);
  c->view.scale = scale;
}

static void encode_scaled(fixture *f, column *c) {
  const uint32_t rows = f->rows.count;
  uint8_t *scales = aligned(f, padded(rows));
  numbers n = numbers_for(f);
  for (uint32_t r = 0; r < rows; r++) {
    decimal number = {0, 0};
    if (decimal_parse_scaled(c->cells[r], f->rows.decimal_mark, &number)) {
      number = decimal_normalise(number);
      n.mantissas[r] = number.mantissa;
    } else {
      numbers_except(&n, r, c->cells[r]);
    }
    scales[r] = number.scale;
  }
  c->view = numbers_column(&n, PACKED_SCALED);
  c->view.scales = scales;
}

static void encode_texts(fixture *f, column *c) {
  uint32_t rows = f->rows.count;
  size_t length = 0;
  for (uint32_t r = 0; r < rows; r++) {
    length += c->cells[r].length;
  }
  char *bytes = need(arena_alloc(f->memory, length + 1));
  uint32_t *offsets = need(ARENA_ARRAY(f->memory, uint32_t, (size_t)rows + 1));
  uint32_t at = 0;
  for (uint32_t r = 0; r < rows; r++) {
    offsets[r] = at;
    memcpy(bytes + at, c->cells[r].bytes, c->cells[r].length);
    at += (uint32_t)c->cells[r].length;
  }
  offsets[rows] = at;
  c->view = (packed_column){.kind = PACKED_TEXTS, .offsets = offsets, .bytes = bytes};
}

static packed_kind add_column(fixture *f, const char *name, packed_kind kind, slice *cells) {
  if (f->columns_count == COLUMNS_MAX) {
    fputs("fixture: too many columns\n", stderr);
    abort();
  }
  column *c = &f->columns[f->columns_count++];
  *c = (column){.name = need(arena_copy(f->memory, slice_of(name))), .asked = kind, .cells = cells};
  uint32_t distinct = kind == PACKED_CODES || kind == PACKED_WIDE ? distinct_texts(f, c) : 0;
  if (kind == PACKED_CODES && distinct > PACKED_CODES_MAX) {
    kind = PACKED_WIDE;
  }
  if (kind == PACKED_WIDE && distinct > PACKED_WIDE_MAX) {
    kind = PACKED_TEXTS;
  }
  switch (kind) {
    case PACKED_CODES:
    case PACKED_WIDE:
      encode_dictionary(f, c, kind);
      break;
    case PACKED_DECIMALS:
      encode_decimals(f, c);
      break;
    case PACKED_SCALED:
      encode_scaled(f, c);
      break;
    case PACKED_TEXTS:
      encode_texts(f, c);
      break;
  }
  return kind;
}

packed_kind fixture_column(fixture *f, const char *name, packed_kind kind, const char *const *cells) {
  slice *copies = need(ARENA_ARRAY(f->memory, slice, (size_t)f->rows.count + 1));
  for (uint32_t r = 0; r < f->rows.count; r++) {
    copies[r] = arena_slice(f->memory, slice_trim(slice_of(cells[r])));
  }
  return add_column(f, name, kind, copies);
}

packed_kind fixture_numbers(fixture *f, const char *name, packed_kind kind, const double *cells) {
  slice *copies = need(ARENA_ARRAY(f->memory, slice, (size_t)f->rows.count + 1));
  for (uint32_t r = 0; r < f->rows.count; r++) {
    char text[40] = "";
    int length = isnan(cells[r]) ? 0 : snprintf(text, sizeof text, "%.15g", cells[r]);
    copies[r] = arena_slice(f->memory, (slice){text, (size_t)length});
  }
  return add_column(f, name, kind, copies);
}

fixture *fixture_cut(const fixture *f, uint32_t first, uint32_t count) {
  fixture *cut = fixture_new(count);
  cut->rows.first_ordinal = f->rows.first_ordinal + first;
  cut->rows.first_line = f->rows.first_line + first;
  cut->rows.decimal_mark = f->rows.decimal_mark;
  for (uint32_t i = 0; i < f->columns_count; i++) {
    slice *cells = need(ARENA_ARRAY(cut->memory, slice, (size_t)count + 1));
    for (uint32_t r = 0; r < count; r++) {
      cells[r] = arena_slice(cut->memory, f->columns[i].cells[first + r]);
    }
    add_column(cut, f->columns[i].name, f->columns[i].asked, cells);
  }
  return cut;
}

fixture *fixture_recoded(const fixture *f, packed_kind kind) {
  fixture *again = fixture_cut(f, 0, 0);
  again->rows.count = f->rows.count;
  again->columns_count = 0;
  for (uint32_t i = 0; i < f->columns_count; i++) {
    slice *cells = need(ARENA_ARRAY(again->memory, slice, (size_t)f->rows.count + 1));
    for (uint32_t r = 0; r < f->rows.count; r++) {
      cells[r] = arena_slice(again->memory, f->columns[i].cells[r]);
    }
    add_column(again, f->columns[i].name, kind, cells);
  }
  return again;
}
