/* The strip of the summary: all items of a chart on one axis, and the whole. */
#ifndef CANVASS_REPORT_SVG_STRIP_H
#define CANVASS_REPORT_SVG_STRIP_H

#include "report/layout.h"
#include "report/svg.h"

/* Draws the leaves of CHART as ticks, the lowest and the highest with their names, and its whole as a dashed
 * line, for a page: SVG_WIDE beside the level, SVG_SLIM below it.  Nothing when fewer than three items have a
 * figure. */
void svg_strip_draw(const document *d, const layout_chart *chart, svg_form form, slice title, buf *out);

#endif
