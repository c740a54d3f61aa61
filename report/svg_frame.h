/* What all charts have: titles above, labels and bases at the left, settings below. */
#ifndef CANVASS_REPORT_SVG_FRAME_H
#define CANVASS_REPORT_SVG_FRAME_H

#include "report/axis.h"
#include "report/layout.h"
#include "report/svg.h"

enum { SVG_WIDTH = 760, SVG_MARGIN = 16, SVG_GAP = 14, SVG_TICK = 24, SVG_FIGURE_MAX = 130 };

typedef struct svg_frame {
  const layout *l;
  const layout_section *section;
  const layout_chart *chart;
  buf body;     /* what stands between the picture's beginning and its end */
  double width; /* of the picture */
  double y;     /* where the next thing begins */
  double label_width, base_right;
  double plot_left, plot_right; /* between the labels and the columns of figures */
} svg_frame;

/* Writes the titles and leaves RIGHT px for columns of figures.  Between the plot and what is beside it there
 * is room for half a tick's text, SVG_TICK. */
void svg_frame_begin(svg_frame *f, double right);
/* The header of the bases, at a base line. */
void svg_frame_header(svg_frame *f, double base_line);
/* The height of the ROW-th row and of the gap above it; of all rows. */
double svg_frame_row_height(const svg_frame *f, size_t row);
double svg_frame_gap(const svg_frame *f, size_t row);
double svg_frame_rows_height(const svg_frame *f);
/* Label and base of ROW, whose middle is at Y. */
void svg_frame_row(svg_frame *f, const chart_row *row, double y);
/* Grid lines and tick texts of an axis of the plot: texts end at TOP, lines go on to BOTTOM.  Behind every
 * tick stands UNIT; ABSOLUTE: without signs. */
void svg_frame_axis(svg_frame *f, const axis *a, const char *unit, bool absolute, double top, double bottom);
/* Where V of the axis is. */
double svg_frame_x(const svg_frame *f, const axis *a, double v);
/* Writes the rest below the rows and the whole picture to OUT. */
void svg_frame_end(svg_frame *f, slice description, buf *out);

/* The width of a column of figures that holds TEXT too, at most SVG_FIGURE_MAX. */
double svg_figure_width(double width, slice text, bool is_bold);
/* FIGURE with the sign that print uses: "−1.5". */
slice svg_figure(const document *d, slice figure);

void svg_bars_draw(const layout *l, const layout_section *section, const layout_chart *chart, buf *out);
void svg_shares_draw(const layout *l, const layout_section *section, const layout_chart *chart, buf *out);

#endif
