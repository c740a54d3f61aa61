/* Cells of tables as people read them: figures rounded for reading, names by their labels.
 *
 * A column of TERM_NUMBER shows so many decimals that its largest figure has about four digits, and never
 * more than its figures have.  Where large and small figures are mixed (means of ratings and of ages),
 * each figure has its own number of decimals. */
#ifndef CANVASS_REPORT_FIGURE_H
#define CANVASS_REPORT_FIGURE_H

#include "report/document.h"
#include "stats/analyses/terms.h"

typedef struct figure_column {
  const char *key;
  slice title;
  term_format format;
  int decimals;      /* of numbers, at most */
  bool own_decimals; /* each figure by its own size */
  bool is_key;       /* names what the figures of the row belong to: item, group, value, text */
  bool is_empty;     /* null in every row */
  slice group_of;    /* the variable, when all groups are of one: it is the title then; else empty */
  slice all_values;  /* what null is called among the values of an item; empty: no answer */
} figure_column;

/* Column KEY of a table of SECTION.  Looks at all ROWS (objects) of the table. */
figure_column figure_column_of(const document *d, const json *section, const char *key, const json *rows);
/* The cell of ROW; "–" for a figure that does not exist. */
slice figure_cell(const document *d, const figure_column *column, const json *row);
/* What the cell of a row is to a program that computes with it. */
typedef enum figure_kind {
  FIGURE_NONE,   /* there is no figure */
  FIGURE_TEXT,   /* a name: figure_cell gives it */
  FIGURE_NUMBER, /* with all its digits */
  FIGURE_DATE,   /* in days since 1970-01-01 */
} figure_kind;
/* VALUE of a number or date, and with how many DECIMALS it is shown. */
figure_kind figure_number(const document *d, const figure_column *column, const json *row, double *value,
                          int *decimals);
/* CELL as a separate figure (in a sentence), by the term KEY; OWNER may hold "item" for values. */
slice figure_alone(const document *d, const char *key, const json *cell, const json *owner);
/* The name of the variable that a TERM_VALUE column's keys belong to; empty when the row has none. */
slice figure_value_owner(const json *row, const char *column);
/* A term's title in the document's language; KEY itself when it is not a term. */
slice figure_title(const document *d, const char *key);
/* What KEY is called in SECTION: by the term "ANALYSIS.KEY" or, of one of its notes, "NOTE.KEY", where there
 * is such a term (what a figure is called can depend on what was asked); else as above. */
slice figure_title_in(const document *d, const json *section, const char *key);
slice figure_count(const document *d, int64_t n); /* with thousands marks */

#endif
