/* What a file's own dictionary says of the codes of a column: part of input headers (reading) and manifests.
 * Texts are UTF-8; codes are cells as the column has them. */
#ifndef CANVASS_STORE_COLUMN_CODES_H
#define CANVASS_STORE_COLUMN_CODES_H

#include "base/arena.h"
#include "base/buf.h"

enum {
  COLUMN_LABELS_MAX = 1 << 16,
  COLUMN_MISSING_MAX = 64,    /* Stata has 27 */
  CODES_BYTES_MAX = 32 << 20, /* of all columns of a file together */
};

/* The meaning of CODE. */
typedef struct code_label {
  slice code, label;
} code_label;

/* A code that is not an answer, LOW; or, for a range, all numbers from LOW to HIGH, of which an empty one is
 * open. */
typedef struct code_range {
  slice low, high;
  bool is_range;
} code_range;

typedef enum column_measure {
  MEASURE_UNKNOWN,
  MEASURE_NOMINAL,
  MEASURE_ORDINAL,
  MEASURE_SCALE, /* of numbers */
  MEASURES,
} column_measure;

/* Zeroed: nothing is known. */
typedef struct column_codes {
  const code_label *values;
  uint32_t values_count;
  const code_range *missing;
  uint32_t missing_count;
  column_measure measure;
  slice date_format; /* of its cells, as in specifications; empty: they are no dates */
  bool is_weight;    /* the file is meant to be weighted by it */
  bool is_set;       /* no column of the file, but all answers of a set of others, joined */
} column_codes;

/* Columns that are one question: each is an option, for which COUNTED is the code of "chosen"; or, when
 * COUNTED is empty, they hold the first, the second, ... answer. */
typedef struct code_set {
  slice name, label, counted;
  const uint32_t *columns;
  uint32_t columns_count;
} code_set;

/* Bytes of its texts, to be held against CODES_BYTES_MAX. */
uint64_t column_codes_bytes(const column_codes *c);
bool column_codes_equal(const column_codes *a, const column_codes *b);
/* FROM with its texts in MEMORY, whose failure is sticky. */
column_codes column_codes_copy(const column_codes *from, arena *memory);
void column_codes_encode(const column_codes *c, buf *out);
/* Texts are copied into MEMORY. */
void column_codes_decode(reader *r, arena *memory, column_codes *out);

code_set code_set_copy(const code_set *from, arena *memory);
void code_set_encode(const code_set *s, buf *out);
/* No column may be COLUMNS or above. */
void code_set_decode(reader *r, uint32_t columns, arena *memory, code_set *out);

#endif
