/* One column of a shard's rows, as the file wrote its cells, in one of five forms.
 *
 * A plain view: the arrays belong to whoever made it.  Reading fills it, the store writes it to a shard and
 * finds it there again, statistics interpret it.  Texts are UTF-8, trimmed, and distinct where they are a
 * dictionary.
 *
 * DECIMALS and SCALED keep the value of a number, but not how it was written ("05", "5.0"): variables other
 * than numbers see its canonical text ("5").  A caller that packs columns in which texts matter
 * (nominal, id, text) must not choose them, or the answer would depend on the shard.
 */
#ifndef CANVASS_BASE_PACKED_COLUMN_H
#define CANVASS_BASE_PACKED_COLUMN_H

#include "base/decimal.h"
#include "base/text.h"

enum {
  PACKED_CODES_MAX = 254, /* distinct texts */
  PACKED_WIDE_MAX = 65000,
};

/* The values are part of the shard format. */
typedef enum packed_kind {
  PACKED_CODES = 1,    /* codes[row] indexes texts[], up to PACKED_CODES_MAX */
  PACKED_WIDE = 2,     /* wide_codes[row] indexes texts[], up to PACKED_WIDE_MAX */
  PACKED_DECIMALS = 3, /* mantissas[row] * 10^-scale, but for the exceptions */
  PACKED_TEXTS = 4,    /* bytes[offsets[row] .. offsets[row + 1]) */
  PACKED_SCALED = 5,   /* mantissas[row] * 10^-scales[row], but for the exceptions */
} packed_kind;

/* In a shard, codes, wide_codes, mantissas and scales are 64-byte aligned and padded with 0 to a multiple of
 * 64 rows. */
typedef struct packed_column {
  packed_kind kind;
  slice name;
  uint8_t decimals_max; /* the most decimals that any number in the column has, at most 18 */
  const uint8_t *codes;
  const uint16_t *wide_codes;
  const slice *texts; /* of CODES, WIDE, and the exceptions of DECIMALS and SCALED */
  uint32_t texts_count;
  const int64_t *mantissas; /* 0 in exceptions */
  uint8_t scale;
  const uint8_t *scales; /* at most DECIMAL_READ_SCALE_MAX, and the least of their numbers (none ends in a
                            zero unless its scale is 0): equal ones are equal in both; 0 in exceptions */
  const uint32_t *exception_rows;  /* ascending: every cell that is not a number of the column ("", "n/a") */
  const uint32_t *exception_texts; /* indices in texts[] */
  uint32_t exceptions_count;
  const uint32_t *offsets; /* rows + 1 */
  const char *bytes;
} packed_column;

/* CODES or WIDE. */
static inline bool packed_column_is_coded(const packed_column *c) {
  return c->kind == PACKED_CODES || c->kind == PACKED_WIDE;
}

/* DECIMALS or SCALED. */
static inline bool packed_column_is_numeric(const packed_column *c) {
  return c->kind == PACKED_DECIMALS || c->kind == PACKED_SCALED;
}

/* Of CODES and WIDE: the index in texts[]. */
static inline uint32_t packed_column_code(const packed_column *c, uint32_t row) {
  return c->kind == PACKED_WIDE ? c->wide_codes[row] : c->codes[row];
}

/* Of TEXTS. */
static inline slice packed_column_text(const packed_column *c, uint32_t row) {
  return (slice){c->bytes + c->offsets[row], c->offsets[row + 1] - c->offsets[row]};
}

/* Of DECIMALS and SCALED, in rows that are not exceptions: at the scale that the column has it at. */
static inline decimal packed_column_number(const packed_column *c, uint32_t row) {
  return (decimal){c->mantissas[row], c->kind == PACKED_SCALED ? c->scales[row] : c->scale};
}

/* A cell of any column: a number, or a text. */
typedef struct packed_cell {
  bool is_number;
  decimal number;
  slice text; /* borrowed from the column; empty of a number */
} packed_cell;

/* An exception is searched for: for single cells, not for all of a column. */
packed_cell packed_column_cell(const packed_column *c, uint32_t row);

#endif
