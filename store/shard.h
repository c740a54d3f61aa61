/* A shard: some rows of a dataset, column by column, as the file wrote them.
 *
 * The bytes are versioned, checksummed and canonical; a shard's name is the SHA-256 of its
 * uncompressed encoding.  docs/shard-format.md is the reference.  Opening checks everything: a
 * truncated or altered shard is STATUS_CORRUPT with the place, never a crash.
 *
 * Writing: fill a `shard_content` (borrowed arrays) and encode.  Reading: open the bytes (borrowed,
 * they must outlive the shard) and ask for columns; each is decoded on the first demand.  Bytes that
 * start on a 64-byte boundary, as mapped ones do, save copies.  An open shard belongs to one thread.
 */
#ifndef CANVASS_STORE_SHARD_H
#define CANVASS_STORE_SHARD_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/status.h"

enum {
  SHARD_VERSION = 2,
  SHARD_VERSION_OLDEST = 1, /* written where no column needs more */
  SHARD_ROWS_MAX = 4 << 20,
  SHARD_COLUMNS_MAX = 20000,
  SHARD_CODES_MAX = 254,
  SHARD_WIDE_MAX = 65000,
  SHARD_NAMES_BYTES_MAX = 64 << 20, /* of all columns together */
};

typedef enum shard_kind {
  SHARD_CODES = 1,    /* up to 254 distinct texts: one byte per row, packed to 4 bits up to 16 texts */
  SHARD_WIDE = 2,     /* up to 65,000 distinct texts: two bytes per row */
  SHARD_DECIMALS = 3, /* int64 mantissas at one scale, in as few bytes as they need; exceptions */
  SHARD_TEXTS = 4,    /* offsets and bytes */
  SHARD_SCALED = 5,   /* int64 mantissas, each at its own scale; exceptions */
} shard_kind;

enum { SHARD_SCALES_MAX = 99 }; /* of SHARD_SCALED */

/* Texts are UTF-8, trimmed, and distinct where they are a dictionary.  In SHARD_DECIMALS and SHARD_SCALED
 * every row that is not a number has an entry in exception_rows (ascending) and its mantissa is 0.  In
 * SHARD_SCALED numbers have their least scale (no mantissa ends in a zero unless its scale is 0), so equal
 * ones are equal in both. */
typedef struct shard_column {
  shard_kind kind;
  slice name;
  uint8_t decimals_max; /* the most decimals that any number in the column has, at most 18 */
  /* When read, codes, wide_codes and mantissas are 64-byte aligned and padded with 0 to a multiple of 64
   * rows. */
  const uint8_t *codes;
  const uint16_t *wide_codes;
  const slice *texts;
  uint32_t texts_count;
  const int64_t *mantissas;
  uint8_t scale;
  const uint8_t *scales; /* of SHARD_SCALED, one a row; padded like the mantissas */
  const uint32_t *exception_rows;
  const uint32_t *exception_texts;
  uint32_t exceptions_count;
  const uint32_t *offsets; /* rows + 1 */
  const char *bytes;
} shard_column;

typedef struct shard_content {
  uint32_t rows;
  uint64_t first_ordinal;
  uint32_t file;
  uint64_t first_line;
  char decimal_mark;
  /* Where ordinal or line does not simply increase by one: ascending rows, and how many records (quarantined)
   * or lines (breaks inside quotes, blank lines) were skipped before the row. */
  const uint32_t *gap_rows, *gap_records, *gap_lines;
  uint32_t gaps_count;
  const shard_column *columns;
  uint32_t columns_count;
} shard_content;

/* Appends the encoding to OUT.  STATUS_LIMIT past the limits above, STATUS_DATA when two columns have the
 * same name; OUT is then unchanged. */
status shard_encode(const shard_content *content, buf *out, error *err) MUST_USE;

typedef struct shard shard;

/* WHAT names the shard in messages (its digest, a file). */
status shard_open(const void *bytes, size_t length, const char *what, shard **out, error *err) MUST_USE;
void shard_close(shard *s);
uint32_t shard_rows(const shard *s);
uint64_t shard_first_ordinal(const shard *s);
uint32_t shard_file(const shard *s);
uint64_t shard_first_line(const shard *s);
char shard_decimal_mark(const shard *s);
/* Per row, relative to the first; NULL when row r is simply r. */
const uint32_t *shard_ordinal_offsets(const shard *s);
const uint32_t *shard_line_offsets(const shard *s);
uint32_t shard_columns_count(const shard *s);
slice shard_column_name(const shard *s, uint32_t index);
/* Decodes a column (once); the arrays live until shard_close.  STATUS_NOT_FOUND names the column. */
status shard_find(shard *s, const char *name, shard_column *out, error *err) MUST_USE;

#endif
