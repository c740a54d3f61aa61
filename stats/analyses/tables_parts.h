/* The parts of tables: the columns of the banner, the requests, the lines of a question.  For tables*.c
 * alone. */
#ifndef CANVASS_STATS_ANALYSES_TABLES_PARTS_H
#define CANVASS_STATS_ANALYSES_TABLES_PARTS_H

#include "stats/analyses/groups.h"
#include "stats/analyses/letters.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/weighting.h"

enum { BANNER_COLUMNS_MAX = LETTERS_NAMES_MAX };

/* ---- Columns (tables_banner.c) ------------------------------------------------------------------------ */

/* Rows of the data: how many, and what they weigh. */
typedef struct banner_mass {
  int64_t n;
  i128 w; /* in the weight's unit; n without a weight */
  exact w2;
} banner_mass;

typedef struct banner_column {
  uint32_t which;             /* of the groups_count results */
  const plan_breakdown *of;   /* NULL: the total */
  level keys[PROGRAM_BY_MAX]; /* of a multiple choice the option */
  uint32_t set;               /* the place of a multiple choice in the breakdown; its count: it has none */
  uint32_t block;             /* columns of one block are compared */
  bool overlaps;              /* with others of its block, so they are not */
  json *group;
  banner_mass rows; /* whatever they answered */
} banner_column;

typedef struct banner {
  banner_column *at; /* the total first */
  uint32_t count;
} banner;

/* The place of no group. */
enum { BANNER_NOWHERE = UINT32_MAX };

/* What all parts know. */
typedef struct tabling {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  int64_t letters;  /* one of the LETTERS_ ways */
  uint8_t decimals; /* of weights */
  estimate_options options;
  banner banner;
  table *lines;
  uint32_t question; /* being written, from 1 */
  bool any_left_out; /* letters of a block with too many columns */
} tabling;

/* What tells the columns of the banner, requested before all else; nothing where there is no breakdown. */
status banner_need(analysis_run *run, error *err) MUST_USE;
uint32_t banner_results(const analysis_run *run); /* how many */
/* Finds the columns, and writes the table of them with notes.  STATUS_LIMIT: they are too many. */
status banner_make(tabling *t, error *err) MUST_USE;
/* Where COLUMN is in the groups of a result that it is of; BANNER_NOWHERE: nobody is in it. */
uint32_t banner_place(const banner_column *column, const grouping *groups);

/* ---- Requests (tables_ask.c) -------------------------------------------------------------------------- */

status tables_need(analysis_run *run, error *err) MUST_USE;
/* How many results question Q has: of its variables, and, of a multiple choice, of its nets behind these. */
uint32_t tables_results(const analysis_run *run, const plan_question *q);

/* ---- Lines (tables_lines.c, tables_write.c) ------------------------------------------------------------ */

/* What one line has in one column. */
typedef struct line_cell {
  int64_t n, asked; /* behind the figure; in the base, unweighted */
  i128 w;
  double figure; /* NaN: there is none */
  double base;   /* what it is worth in a test */
  double variance;
} line_cell;

typedef enum line_test { LINE_NOT_TESTED, LINE_SHARES, LINE_MEANS } line_test;

typedef struct line {
  const char *kind; /* "answer": the term "line_answer" */
  uint32_t item;
  json *value;
  line_test test;
  bool is_base; /* never suppressed */
} line;

/* Writes a line of the question at hand, a cell for each column. */
status tables_write_line(tabling *t, const line *l, const line_cell *cells, error *err) MUST_USE;
/* All lines of Q, whose first result is FIRST. */
status tables_write_question(tabling *t, const plan_question *q, uint32_t first, error *err) MUST_USE;

#endif
