/* A cross table in the making: what crosstab.c reads and tests, and crosstab_table.c writes. */
#ifndef CANVASS_STATS_ANALYSES_CROSSTAB_TABLE_H
#define CANVASS_STATS_ANALYSES_CROSSTAB_TABLE_H

#include "stats/analyses/groups.h"
#include "stats/analyses/levels.h"
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
  level *row_levels, *column_levels; /* declared, or with answers */
  uint32_t rows, columns;
  bool *ordered;      /* by plan variable: measures of order took its texts in the codebook's order */
  bool any_drawn;     /* an exact p so far is of drawn tables */
  bool any_empty;     /* of any cross table so far: a row or a column has no answers */
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

/* A place or a cell of what is declared and does not occur in the data: nothing is there. */
enum { CROSS_NOWHERE = UINT32_MAX };
/* The place of COLUMN in the state; the cell of ROW in each place; that of its base (crossing_base). */
uint32_t crossing_place(const crossing *c, uint32_t column);
uint32_t crossing_cell(const crossing *c, uint32_t row);
uint32_t crossing_base_cell(const crossing *c, uint32_t row);
/* Rows, rows or weight, squared weights in CELL of PLACE; 0 where either is nowhere. */
int64_t crossing_n(const crossing *c, uint32_t place, uint32_t cell);
i128 crossing_count(const crossing *c, uint32_t place, uint32_t cell);
exact crossing_w2(const crossing *c, uint32_t place, uint32_t cell);
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
/* In COLUMN, and in "weighted_n", where there are weights. */
void crossing_weight(const crossing *c, table *t, const char *column, i128 weight);
void crossing_weighted_n(const crossing *c, table *t, i128 weight);
/* "item" and "group" for a warning. */
json *crossing_detail(const crossing *c);
/* A table of ROWS x COLUMNS for a test. */
contingency crossing_contingency(const crossing *c, uint32_t rows, uint32_t columns, const i128 *counts,
                                 const exact *squares);
/* The cross table without its empty rows and columns; false when out of memory. */
bool crossing_occupied(const crossing *c, contingency *out);
void crossing_write_cells(const crossing *c);
void crossing_write_margins(const crossing *c);

#endif
