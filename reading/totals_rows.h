/* What is kept of a file while its totals are looked for.  Private to totals.c and totals_judge.c. */
#ifndef CANVASS_READING_TOTALS_ROWS_H
#define CANVASS_READING_TOTALS_ROWS_H

#include "base/arena.h"
#include "base/array.h"
#include "reading/total_words.h"

/* Numbers at six decimals. */
enum { TALLY_DECIMALS = 6, TALLY_COLUMNS_MAX = 256 };
typedef __int128 tally_number;

/* The cells of one column in some rows that are respondents'. */
typedef struct tally {
  uint64_t filled, numbers;
  tally_number sum;
  long double squares; /* of numbers as they are written */
  tally_number low, high;
  bool has_fraction;
} tally;

typedef enum totals_verdict { TOTALS_RESPONDENT, TOTALS_DOUBTFUL, TOTALS_CERTAIN } totals_verdict;

/* A row that may be no respondent's. */
typedef struct suspect_row {
  uint64_t ordinal, line;
  slice *cells;    /* of all columns */
  uint32_t first;  /* the first cell with anything in it */
  total_word word; /* NONE: it lacks its first cell */
  size_t segment;  /* the rows before it that are respondents' */
  totals_verdict verdict;
  bool is_counted; /* among the respondents */
} suspect_row;

typedef struct totals_file {
  arena *memory;
  const total_words *words;
  char mark; /* between whole digits and decimals */
  uint32_t columns;
  uint32_t tallied; /* columns of them */
  suspect_row *suspects;
  size_t suspects_count, suspects_capacity;
  tally **segments; /* the rows between one suspect and the next: TALLIED of them each */
  size_t segments_count, segments_capacity;
  uint64_t rows;        /* respondents' */
  uint64_t lonely;      /* of them with but one cell that is not blank */
  uint64_t unlike;      /* of them with a first cell that is neither a number nor a time */
  uint64_t lacks_first; /* of them without a first cell */
  bool is_ascending;    /* the first cells are numbers, each above the one before */
  decimal last_first;   /* number */
} totals_file;

totals_verdict totals_judge(const totals_file *t, const suspect_row *row);

/* Whether ROW, which is doubtful, has a word that may be an answer and that others have too. */
bool totals_is_answer(const totals_file *t, const suspect_row *row);
/* Whether ROW, whose word may be a name, goes with OTHER, which certainly is a total and stands right before
 * or behind it: all of its numbers are figures as well. */
bool totals_goes_with(const totals_file *t, const suspect_row *row, const suspect_row *other);

/* The number that a cell of a total may be, at six decimals, with its own *DECIMALS; marks between thousands
 * and a per cent sign are taken off. */
bool totals_number(slice text, char mark, tally_number *out, unsigned *decimals, bool *is_percent);
void tally_add(tally *into, const tally *more);

#endif
