/* Cells of rows: for sheet's own files. */
#ifndef CANVASS_STATS_SHEET_CELLS_H
#define CANVASS_STATS_SHEET_CELLS_H

#include "stats/frame/frame.h"
#include "stats/sheet/sheet.h"

/* A column over the rows of one shard, as its cells are written. */
typedef struct cells_column {
  const sheet_column *column;
  const program_variable *variable;
  answers_view answers;
  const uint8_t *holds; /* per row whether the filter does; NULL: in all */
  /* Of coded variables: the cells of their keys, one after the other. */
  buf keys;
  size_t *ends; /* of each key's */
  const int64_t *numbers;
  uint8_t decimals;
  bool is_date;
  const slice *texts;
  set_view set;
} cells_column;

status cells_open(frame *f, const sheet *s, uint32_t column, cells_column *out, error *err) MUST_USE;
void cells_close(cells_column *c);
/* Appends the cell of ROW. */
void cells_put(const cells_column *c, const sheet *s, const stats_rows *rows, uint32_t row, buf *out);

#endif
