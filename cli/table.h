/* A table of texts for readers: columns as wide as necessary up to a bound, figures right-aligned. */
#ifndef CANVASS_CLI_TABLE_H
#define CANVASS_CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct table_column {
  const char *heading;
  bool is_figure; /* right-aligned */
  size_t widest;  /* terminal columns, heading included; longer texts are cut.  0: no bound */
} table_column;

typedef struct table {
  arena *memory;
  const table_column *columns;
  size_t columns_count;
  slice *cells; /* row after row */
  size_t count, capacity;
} table;

/* COLUMNS are borrowed.  A failed allocation shows in table_write. */
void table_init(table *t, const table_column *columns, size_t columns_count);
void table_fini(table *t);
/* TEXT in at most COLUMNS terminal columns, in T's memory: a longer one is cut between characters and ends
 * with an ellipsis; what could act on a terminal is shown (buf_put_shown).  Empty when there is no memory. */
slice table_shorten(table *t, slice text, size_t columns);
/* The next cell, copied and shortened to its column. */
void table_put(table *t, slice text);
void table_printf(table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
status table_write(const table *t, buf *out, error *err) MUST_USE;

#endif
