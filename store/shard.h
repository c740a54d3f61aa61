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
#include "base/packed_column.h"
#include "base/status.h"

enum {
  SHARD_VERSION = 2,
  SHARD_VERSION_OLDEST = 1, /* written where no column needs more */
  SHARD_ROWS_MAX = 4 << 20,
  SHARD_COLUMNS_MAX = 20000,
  SHARD_NAMES_BYTES_MAX = 64 << 20, /* of all columns together */
};

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
  const packed_column *columns; /* neither alignment nor padding is asked for */
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
status shard_find(shard *s, const char *name, packed_column *out, error *err) MUST_USE;

#endif
