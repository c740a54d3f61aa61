/* A table of texts for people: columns as wide as they must be, figures to the right. */
#ifndef CANVASS_CLI_TABLE_H
#define CANVASS_CLI_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

typedef struct table_column {
  const char *heading;
  bool is_figure; /* to the right */
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
/* The next cell, copied; control characters become '?'. */
void table_put(table *t, slice text);
void table_printf(table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
status table_write(const table *t, buf *out, error *err) MUST_USE;

#endif
