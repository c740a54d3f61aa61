/* Marks for figures, told apart by colour and shape. */
#ifndef CANVASS_REPORT_SVG_MARKS_H
#define CANVASS_REPORT_SVG_MARKS_H

#include "base/buf.h"

/* About half the width of a mark, in px. */
#define SVG_MARK 4.6

/* The mark of the SERIES-th group (CHART_SERIES_MAX of them differ) about (X, Y): a circle, a diamond, a
 * square, a triangle. */
void svg_mark(buf *out, size_t series, double x, double y);
/* A diamond in the colour of texts. */
void svg_mark_whole(buf *out, double x, double y);

#endif
