/* Counts what is in rows while they pass: lines and, by column, cells that are empty or would be taken for
 * formulas.  Reads the CSV that sheets write (stats/sheet/sheet.h), in pieces cut anywhere. */
#ifndef CANVASS_CLI_ROWS_TALLY_H
#define CANVASS_CLI_ROWS_TALLY_H

#include "base/buf.h"

typedef struct rows_column {
  char *title;
  uint64_t empty, formulas;
} rows_column;

typedef struct rows_tally {
  rows_column *columns;
  size_t columns_count, columns_capacity;
  uint64_t rows; /* without the line of titles */
  uint64_t bytes;
  size_t column; /* of the cell at hand */
  buf cell;      /* its beginning, unquoted; all of it in the line of titles */
  bool has_titles, is_quoted, was_quote;
} rows_tally;

void rows_tally_init(rows_tally *t);
void rows_tally_fini(rows_tally *t);
status rows_tally_add(rows_tally *t, slice piece, error *err) MUST_USE;
/* Whether the column says why another one's answers are missing: it is empty where those are not. */
bool rows_column_is_reason(const rows_tally *t, size_t column);

#endif
