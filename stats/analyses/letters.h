/* Letters of columns: each column of a row names those whose figure is significantly lower. */
#ifndef CANVASS_STATS_ANALYSES_LETTERS_H
#define CANVASS_STATS_ANALYSES_LETTERS_H

#include "stats/analyses/analysis.h"

/* How p is adjusted over the pairs of columns of one row. */
enum { LETTERS_NONE, LETTERS_HOLM, LETTERS_BONFERRONI, LETTERS_UNADJUSTED, LETTERS_CHOICES };

enum { LETTER_BYTES = 4, LETTERS_COLUMNS_MAX = 60, LETTERS_NAMES_MAX = 27 * 26 };

/* A .. Z, then AA, AB, .. ZZ; in small letters on demand.  COLUMN is below LETTERS_NAMES_MAX (asserted). */
void letters_name(uint32_t column, bool small, char name[LETTER_BYTES]);

/* The columns of one row that are compared with one another. */
typedef struct letters_row {
  uint32_t count;       /* at most LETTERS_COLUMNS_MAX */
  uint32_t first;       /* the number of column 0: its letter */
  const double *figure; /* of a column */
  double *p;            /* of a pair, NaN: not compared: 0-1, 0-2, .., 1-2, .. */
} letters_row;

/* Pairs of COUNT columns. */
size_t letters_pairs(uint32_t count);
/* Adjusts P by one of the LETTERS_ ways; pairs that are not compared do not count. */
status letters_adjust(const letters_row *row, int64_t how, error *err) MUST_USE;
/* The names of the columns with lower figures than column J, a blank between them: capitals where p < 1 -
 * CONFIDENCE, small letters where p < 1 - LOWER; LOWER is 0 for none. */
json *letters_of(const letters_row *row, uint32_t j, double confidence, double lower, arena *memory);

#endif
