/* Charts of a figure a row: its label and base, its marks, and the figure and its interval as texts. */
#ifndef CANVASS_REPORT_SVG_ROWS_H
#define CANVASS_REPORT_SVG_ROWS_H

#include "report/svg_frame.h"

/* What differs between them.  Functions that may be NULL are so marked. */
typedef struct svg_rows_form {
  axis (*axis_of)(const layout_chart *chart);
  void (*put_key)(svg_frame *f); /* NULL: marks explain themselves */
  void (*put_marks)(svg_frame *f, const axis *a, const chart_row *row, double y);
  /* What goes through all rows, behind the marks or before them.  NULL: nothing. */
  void (*put_behind)(svg_frame *f, const axis *a, double top, double bottom);
  void (*put_before)(svg_frame *f, const axis *a, double top, double bottom);
} svg_rows_form;

void svg_rows_draw(const svg_request *asked, const svg_rows_form *form, buf *out);

/* Widens *LOW to *HIGH by all figures and intervals of CHART. */
void svg_rows_reach(const layout_chart *chart, double *low, double *high);
/* Whether ROW is a part of another: its marks are less heavy. */
bool svg_rows_is_deep(const layout_chart *chart, const chart_row *row);

#endif
