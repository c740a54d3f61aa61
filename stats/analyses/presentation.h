/* How an analysis appears in a report: its chapter, its headline figures and the views of its tables.
 *
 * Each analysis has one, a field of its row (stats/analyses/analysis.h).  Renderers read it here, by the name
 * that a section of the document gives, so that none of them knows an analysis.  A document may come from
 * another version and hold an analysis, or a table, that this one does not know: renderers show it by what
 * the document itself says (docs/report.md). */
#ifndef CANVASS_STATS_ANALYSES_PRESENTATION_H
#define CANVASS_STATS_ANALYSES_PRESENTATION_H

#include <stdbool.h>

#include "base/text.h"

/* What a report answers: the chapter that an analysis belongs to.  Their order is that of
 * stats/analyses/chapters.def. */
typedef enum report_chapter {
  CHAPTER_QUALITY,      /* can the answers be trusted */
  CHAPTER_SATISFACTION, /* how satisfied are customers */
  CHAPTER_ITEMS,        /* and with what in particular */
  CHAPTER_EXPECTATIONS, /* what did they expect, and does it meet that */
  CHAPTER_DRIVERS,      /* what goes with satisfaction */
  CHAPTER_LOYALTY,      /* will they stay and recommend, and what satisfaction does for that */
  CHAPTER_CUSTOMERS,    /* who are they, and into which groups do they fall */
  CHAPTER_CHANNELS,     /* where they meet the enterprise */
  CHAPTER_DIFFERENCES,  /* who differs from whom, and what has changed */
  CHAPTER_COMMENTS,     /* what they say in their own words */
  CHAPTER_PRIORITIES,   /* where improving is worth most */
  CHAPTER_DETAILS,      /* distributions and everything else to look up */
  REPORT_CHAPTERS,
} report_chapter;

/* Where a figure is drawn as a mark between two ends. */
typedef enum figure_scale_kind {
  FIGURE_SCALE_NONE,    /* not at all */
  FIGURE_SCALE_FIXED,   /* from low to high */
  FIGURE_SCALE_OF_ITEM, /* over the answers of the row's item, if these have a declared range */
} figure_scale_kind;

typedef struct figure_scale {
  figure_scale_kind kind;
  double low, high; /* FIXED: low < high */
} figure_scale;

typedef struct presentation_headline {
  const char *table;
  const char *column; /* a column of it: the figure that the summary shows for each row of the total */
  figure_scale scale;
  const char *numbered; /* a column whose number names a row that has no item ("Segment 2"); NULL: none */
} presentation_headline;

typedef enum table_view {
  VIEW_LIST,   /* a row is a line */
  VIEW_MATRIX, /* columns[0] is the line, columns[1] the column, columns[2] the cell, the rest not shown */
  VIEW_BARS,   /* as LIST, and the column "percent" is also drawn */
  VIEW_BANNER, /* a row is the cell of a line of a question in a column: report/layout.h */
  VIEW_HEAD,   /* the columns and the questions of the section's banner, which is shown with them */
} table_view;

typedef struct presentation_table {
  const char *name;
  table_view view;
  const char *whole; /* MATRIX: the term for the column of all others together, which has no name; or NULL */
  bool totals;       /* an answer that is null means all answers together, not that there is none */
  const char *shade; /* MATRIX: the column, shown or not, by whose figures cells are shaded; NULL: none */
  double darkest;    /* its size at the darkest shade, above 0 */
} presentation_table;

/* How a table is drawn, where that does not follow from its columns: bars from zero, or segments of answers.
 */
typedef enum drawing_kind {
  DRAWING_FOREST,    /* the figure, with its interval, beside a reference */
  DRAWING_NET,       /* shares to the left and right of zero; the figure is what is left of them */
  DRAWING_RANKS,     /* the figure from zero, and whether its rank among the others is certain */
  DRAWING_QUADRANTS, /* a point by two figures, in one of four corners */
  DRAWING_PROFILE,   /* of a matrix: a line of marks, one for each column, and a tick for all together */
} drawing_kind;

typedef struct presentation_drawing {
  const char *table;
  drawing_kind kind;
  const char *figure;     /* a column; of QUADRANTS that to the right */
  bool is_common;         /* FOREST: the figures of all items are on one scale */
  bool is_ratio;          /* FOREST: twice is as far from the reference as half */
  double reference;       /* FOREST */
  const char *left;       /* NET: the column of the shares to the left; RANKS: of the best rank */
  const char *right;      /* NET: to the right; RANKS: of the worst rank */
  const char *up;         /* QUADRANTS: the column upward */
  const char *cuts;       /* QUADRANTS: the table whose columns FIGURE and UP part the corners, by group */
  const char *corners[4]; /* QUADRANTS: terms, top left (which matters most), top right, and below them */
} presentation_drawing;

enum { PRESENTATION_HEADLINES_MAX = 4, PRESENTATION_TABLES_MAX = 8, PRESENTATION_DRAWINGS_MAX = 12 };

/* Lists end before their first entry without a name. */
typedef struct analysis_presentation {
  report_chapter chapter;
  bool is_by_item; /* of several items it belongs to CHAPTER_ITEMS */
  /* The figures that can be its headline, the usual one first; run_headline says which of several it is. */
  presentation_headline headlines[PRESENTATION_HEADLINES_MAX];
  presentation_table tables[PRESENTATION_TABLES_MAX]; /* those that are not simply lists */
  presentation_drawing drawings[PRESENTATION_DRAWINGS_MAX];
} analysis_presentation;

/* NULL when this version does not know the analysis. */
const analysis_presentation *analysis_presentation_of(slice analysis_name);
/* NULL when P is NULL or has no headline in that table; the table's description and drawing likewise. */
const presentation_headline *presentation_headline_of(const analysis_presentation *p, slice table);
const presentation_table *presentation_table_of(const analysis_presentation *p, slice table);
const presentation_drawing *presentation_drawing_of(const analysis_presentation *p, slice table);

#endif
