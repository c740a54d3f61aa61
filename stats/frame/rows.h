/* What stats sees of a shard: rows, and columns as the file wrote them.
 *
 * A plain view, borrowed from the owner of the mapped shard (the worker, or a test).  Nothing here knows of
 * files or storage.  A column says what the file said: cell texts are interpreted by the program's
 * variables, once per dictionary entry where there is a dictionary.  Texts are UTF-8 and trimmed.
 *
 * DECIMALS and SCALED keep the value of a number and forget how it was written ("05", "5.0"): variables that
 * are not of numbers see its canonical text ("5").  Whoever encodes columns that texts matter in (nominal,
 * id, text) must not choose it, or the answer would depend on the shard.
 */
#ifndef CANVASS_STATS_FRAME_ROWS_H
#define CANVASS_STATS_FRAME_ROWS_H

#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

typedef enum stats_column_kind {
  STATS_COLUMN_CODES,    /* codes[row] indexes texts[]; at most 254 texts */
  STATS_COLUMN_WIDE,     /* wide_codes[row] indexes texts[]; at most 65,000 texts */
  STATS_COLUMN_DECIMALS, /* mantissas[row] * 10^-scale, but for the exceptions */
  STATS_COLUMN_TEXTS,    /* bytes[offsets[row] .. offsets[row + 1]) */
  STATS_COLUMN_SCALED,   /* mantissas[row] * 10^-scales[row], but for the exceptions */
} stats_column_kind;

typedef struct stats_column {
  stats_column_kind kind;
  const uint8_t *codes; /* readable up to the next multiple of 64 rows; padding is 0 */
  const uint16_t *wide_codes;
  const slice *texts; /* distinct; of CODES, WIDE, and the exceptions of DECIMALS and SCALED */
  uint32_t texts_count;
  const int64_t *mantissas;
  uint8_t scale;
  const uint8_t *scales; /* at most 99, and the least of their numbers: equal ones are equal in both */
  const uint32_t *exception_rows;  /* ascending; cells that are not a number of the column ("", "n/a") */
  const uint32_t *exception_texts; /* index in texts[] */
  uint32_t exceptions_count;
  const uint32_t *offsets; /* rows_count + 1 */
  const char *bytes;
} stats_column;

typedef struct stats_rows {
  uint32_t count;
  uint64_t first_ordinal;          /* record number in the dataset, from 0; quarantined ones count */
  const uint32_t *ordinal_offsets; /* NULL: row r is first_ordinal + r */
  uint32_t file;                   /* index of the file in the dataset */
  uint64_t first_line;             /* line of the first record in that file, from 1 */
  const uint32_t *line_offsets;    /* NULL: row r is at first_line + r */
  char decimal_mark;               /* '.' or ',': how numbers in texts are written */
  /* Gives the column of that name; borrowed until the shard is closed.  STATUS_NOT_FOUND if absent. */
  status (*column)(void *context, const char *name, stats_column *out, error *err);
  void *context;
} stats_rows;

static inline uint64_t stats_rows_ordinal(const stats_rows *rows, uint32_t row) {
  return rows->first_ordinal + (rows->ordinal_offsets != NULL ? rows->ordinal_offsets[row] : row);
}
static inline uint64_t stats_rows_line(const stats_rows *rows, uint32_t row) {
  return rows->first_line + (rows->line_offsets != NULL ? rows->line_offsets[row] : row);
}

#endif
