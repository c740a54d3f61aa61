/* What all charts have: titles above, labels and bases at the left, settings below. */
#ifndef CANVASS_REPORT_SVG_FRAME_H
#define CANVASS_REPORT_SVG_FRAME_H

#include "report/axis.h"
#include "report/layout.h"
#include "report/svg.h"

enum {
  SVG_WIDTH = 760,
  SVG_SLIM_WIDTH = 344,
  SVG_MARGIN = 16,
  SVG_GAP = 14,
  SVG_TICK = 24,
  SVG_FIGURE_MAX = 130
};

/* What is to be drawn; TITLE is the accessible name of a picture in a page. */
typedef struct svg_request {
  const layout *l;
  const layout_section *section;
  const layout_chart *chart;
  svg_form form;
  slice title;
} svg_request;

typedef struct svg_frame {
  const layout *l;
  const layout_section *section;
  const layout_chart *chart;
  svg_form form;
  slice title;   /* the accessible name in a page */
  buf body;      /* what stands between the picture's beginning and its end */
  double width;  /* of the picture */
  double margin; /* at its left and right */
  double y;      /* where the next thing begins */
  double label_width, base_right;
  double plot_left, plot_right; /* between the labels and the columns of figures; SLIM: below them */
} svg_frame;

svg_frame svg_frame_of(const svg_request *asked);
/* Writes the titles and leaves RIGHT px for columns of figures.  Between the plot and what is beside it there
 * is room for half a tick's text, SVG_TICK. */
void svg_frame_begin(svg_frame *f, double right);
/* The header of the bases, at a base line. */
void svg_frame_header(svg_frame *f, double base_line);
double svg_frame_rows_height(const svg_frame *f);

/* Where a row is drawn. */
typedef struct svg_row_place {
  double mark; /* the middle of its marks */
  double line; /* the base line of its figures */
} svg_row_place;

/* Draws label and base of the ROW-th row at f->y, and moves that below it.  Rows are taken in their order. */
svg_row_place svg_frame_row(svg_frame *f, size_t row);
/* Grid lines and tick texts of an axis of the plot: texts end at TOP, lines go on to BOTTOM.  Behind every
 * tick stands UNIT; ABSOLUTE: without signs. */
void svg_frame_axis(svg_frame *f, const axis *a, const char *unit, bool absolute, double top, double bottom);
/* Where V of the axis is. */
double svg_frame_x(const svg_frame *f, const axis *a, double v);
/* Writes TEXT below what is there, in lines as wide as the picture. */
void svg_frame_lines(svg_frame *f, slice text);
/* Writes the rest below the rows and the whole picture to OUT. */
void svg_frame_end(svg_frame *f, slice description, buf *out);

/* The width of a column of figures that holds TEXT too, at most SVG_FIGURE_MAX. */
double svg_figure_width(double width, slice text, bool is_bold);
/* The decimals that FIGURE shows. */
int svg_decimals(slice figure);
/* FIGURE with the sign that print uses: "−1.5". */
slice svg_figure(const document *d, slice figure);

typedef void svg_drawing(const svg_request *asked, buf *out);
svg_drawing svg_bars_draw, svg_shares_draw, svg_dots_draw, svg_forest_draw, svg_net_draw, svg_quadrant_draw,
    svg_ranks_draw;

/* Draws whatever kind of chart it is. */
void svg_chart_draw(const svg_request *asked, buf *out);

#endif
