/* A cross table in the making: what crosstab.c reads and tests, and crosstab_table.c writes. */
#ifndef CANVASS_STATS_ANALYSES_CROSSTAB_TABLE_H
#define CANVASS_STATS_ANALYSES_CROSSTAB_TABLE_H

#include "stats/analyses/groups.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/contingency.h"

enum { SHOW_ALL, SHOW_COLUMN, SHOW_ROW, SHOW_TOTAL };

typedef struct cross_tables {
  table *counts, *percents[SHOW_TOTAL + 1], *row_totals, *column_totals, *tests, *options;
  table *cells, *letter_names, *letters, *ordinal, *exact; /* those asked for */
} cross_tables;

typedef struct crossing {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  cross_tables tables;
  uint32_t item, other_item;
  bool is_set;
  bool turned;        /* the columns are a multiple choice: it is counted by the rows, and written turned */
  bool any_own_bases; /* some item is a set over columns */
  const group_walk *walk;
  const frequency_state *state;
  uint32_t *row_keys, *column_keys; /* that occur */
  uint32_t rows, columns;
  int64_t *n;         /* per cell, row after row */
  i128 *counts;       /* n, or weights */
  exact *squares;     /* of weights */
  i128 *row_sums;     /* counts; the same for options */
  i128 *column_bases; /* counts of those who answered (options of one respondent overlap) */
  int64_t *column_n;  /* rows of those */
  i128 all;           /* of column_bases */
  int64_t all_n;
  int64_t domain_rows; /* of the layer, answered or not */
} crossing;

/* A base: rows, and the counts that shares are shares of. */
typedef struct cross_base {
  int64_t n;
  i128 count;
} cross_base;

/* The place of COLUMN in the state. */
uint32_t crossing_place(const crossing *c, uint32_t column);
/* Rows or weight in CELL of PLACE. */
i128 crossing_count(const crossing *c, uint32_t place, uint32_t cell);
/* Of row I in column J: those who were asked the option, where options have their own columns; else those
 * who answered. */
cross_base crossing_base(const crossing *c, uint32_t i, uint32_t j);
/* The same in all columns together. */
cross_base crossing_row_base(const crossing *c, uint32_t i);

/* Opens all tables. */
void crossing_open(crossing *c, bool any_set, bool any_plain);
/* Starts a row of T with both items and the group. */
void crossing_start_row(const crossing *c, table *t);
/* The answer or option of row I. */
void crossing_row_key(const crossing *c, table *t, uint32_t i);
/* The answer or option of column J. */
void crossing_column_key(const crossing *c, table *t, uint32_t j);
void crossing_weighted_n(const crossing *c, table *t, i128 weight); /* where there are weights */
/* "item" and "group" for a warning. */
json *crossing_detail(const crossing *c);
/* COUNTS and SQUARES of as many cells as the table has. */
contingency crossing_contingency(const crossing *c, const i128 *counts, const exact *squares);
void crossing_write_cells(const crossing *c);
void crossing_write_margins(const crossing *c);

#endif
