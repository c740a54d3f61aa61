/* A sheet: which variables of a program a row shows, column by column, when rows come back (docs/score.md).
 *
 * What a ROWS task is given.  Made by the last STEP, with the variables that its analyses made of what they
 * found; written shard by shard as CSV (RFC 4180, lines end with a line feed), so that the parts of a job are
 * a file when they are joined.  What stands in a row depends on that row and the sheet alone.
 */
#ifndef CANVASS_STATS_SHEET_SHEET_H
#define CANVASS_STATS_SHEET_SHEET_H

#include "stats/frame/rows.h"
#include "stats/program/program.h"

enum { SHEET_VERSION = 1, SHEET_COLUMNS_MAX = 10000 };

/* What stands in a column.  Order is part of the encoding: append only. */
typedef enum sheet_source {
  SHEET_ROW = 1, /* the record's number in the dataset, from 1; records that cannot be used are counted too */
  SHEET_VALUE,   /* the variable's answer; nothing where it is missing */
  SHEET_REASON,  /* why it is missing; nothing where it is not */
  SHEET_NOTHING, /* in no row anything: what the column was to show does not exist */
  SHEET_SOURCES
} sheet_source;

typedef struct sheet_column {
  sheet_source source;
  slice title;
  uint32_t variable; /* VALUE, REASON: of the program, of any form, of whole records */
  uint32_t filter;   /* VALUE, REASON: rows for which it does not hold have nothing, for the reason
                        NOT_APPLICABLE; PROGRAM_NONE: all have */
} sheet_column;

typedef struct sheet {
  arena *memory;
  program *program;
  sheet_column *columns;
  uint32_t columns_count;
  size_t columns_capacity;
  bool guards_formulas; /* an apostrophe stands before a text that a spreadsheet would take for a formula */
} sheet;

sheet *sheet_new(void);       /* without columns; NULL: out of memory */
void sheet_destroy(sheet *s); /* accepts NULL */
/* Adds a column; its title is copied.  STATUS_USAGE when it does not fit the program. */
status sheet_add(sheet *s, const sheet_column *column, error *err) MUST_USE;
/* The first column of that title; NULL: there is none. */
const sheet_column *sheet_find(const sheet *s, slice title);

void sheet_encode(const sheet *s, buf *out);
/* Bytes are hostile: STATUS_CORRUPT for anything that sheet_encode does not write. */
status sheet_decode(reader *r, sheet **out, error *err) MUST_USE;

/* Appends the line of titles. */
void sheet_write_titles(const sheet *s, buf *out);
/* Appends the lines of ROWS. */
status sheet_write_rows(const sheet *s, const stats_rows *rows, buf *out, error *err) MUST_USE;

/* Appends a cell: in quotes where it has to be, with an apostrophe before a formula where GUARDED. */
void sheet_put_text(slice text, bool guarded, buf *out);
/* Whether a spreadsheet would take TEXT for a formula: it begins with = + - @, a tab or a carriage return,
 * and is no number. */
bool sheet_is_formula(slice text);

#endif
