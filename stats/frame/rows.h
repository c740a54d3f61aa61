/* What stats sees of a shard: rows, and columns as the file wrote them.
 *
 * A plain view, borrowed from the owner of the mapped shard (the worker, or a test).  Nothing here knows of
 * files or storage.  A column says what the file said (base/packed_column.h): cell texts are interpreted by
 * the program's variables, once per dictionary entry where there is a dictionary.
 */
#ifndef CANVASS_STATS_FRAME_ROWS_H
#define CANVASS_STATS_FRAME_ROWS_H

#include "base/packed_column.h"
#include "base/status.h"

typedef struct stats_rows {
  uint32_t count;
  uint64_t first_ordinal;          /* record number in the dataset, from 0; quarantined ones count */
  const uint32_t *ordinal_offsets; /* NULL: row r is first_ordinal + r */
  uint32_t file;                   /* index of the file in the dataset */
  uint64_t first_line;             /* line of the first record in that file, from 1 */
  const uint32_t *line_offsets;    /* NULL: row r is at first_line + r */
  char decimal_mark;               /* '.' or ',': how numbers in texts are written */
  /* Gives the column of that name; borrowed until the shard is closed.  STATUS_NOT_FOUND if absent. */
  status (*column)(void *context, const char *name, packed_column *out, error *err);
  void *context;
} stats_rows;

static inline uint64_t stats_rows_ordinal(const stats_rows *rows, uint32_t row) {
  return rows->first_ordinal + (rows->ordinal_offsets != NULL ? rows->ordinal_offsets[row] : row);
}
static inline uint64_t stats_rows_line(const stats_rows *rows, uint32_t row) {
  return rows->first_line + (rows->line_offsets != NULL ? rows->line_offsets[row] : row);
}

#endif
