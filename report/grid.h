/* A grid: aligned columns on a page of limited width.
 *
 * Figures are aligned at their decimal marks, texts at the left.  If the page is too narrow, the leading key
 * columns become narrower: long texts are folded to three lines, then end in an ellipsis.  A key equal to the
 * one above is not repeated.  A grid that is still too wide is written as panels, each with the keys.
 */
#ifndef CANVASS_REPORT_GRID_H
#define CANVASS_REPORT_GRID_H

#include "base/arena.h"
#include "report/pen.h"

typedef enum grid_align { GRID_TEXT, GRID_FIGURE } grid_align;

typedef struct grid_column {
  slice title;
  grid_align align;
  bool is_key;      /* counts for leading columns only */
  bool is_bold;     /* the figure that matters */
  size_t lines_max; /* a longer text folds to so many lines; 0: three.  1: and spills over empty cells */
  slice over; /* what the column and its neighbours with the same text are of, in a line above the titles; may
                 be empty.  Panels break between them where they can */
} grid_column;

typedef struct grid grid;

/* Texts are borrowed; everything lives in MEMORY.  NULL when out of memory: all calls accept that. */
grid *grid_new(arena *memory, const grid_column *columns, size_t columns_count, size_t rows_count);
void grid_set(grid *g, size_t row, size_t column, slice text);
/* The width that a title needs, folded between words. */
size_t grid_title_width(slice title);
/* The width of the grid, including the gap after its last column; if it exceeds the page there are panels. */
size_t grid_width(const grid *g, const pen *p, size_t indent, bool header);
/* HEADER: with titles and a rule; CONTINUED is written above every panel but the first.  Without a header
 * there is one panel, and columns that do not fit are left out. */
void grid_write(const grid *g, const pen *p, size_t indent, bool header, slice continued);

#endif
