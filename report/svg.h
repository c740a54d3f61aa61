/* Writes SVG: elements, escaped text, numbers with at most one decimal, and estimates of text widths.
 *
 * The bytes depend only on what is drawn, not on the locale or on installed fonts.  In common fonts the
 * estimated widths are between 8 per cent too small and 12 per cent too large. */
#ifndef CANVASS_REPORT_SVG_H
#define CANVASS_REPORT_SVG_H

#include "base/buf.h"
#include "base/text.h"
#include "report/report.h"

/* Which point of a text its x is. */
typedef enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END } svg_anchor;

enum { SVG_FONT = 13, SVG_SMALL = 12 }; /* px */

/* Where a picture stands. */
typedef enum svg_form {
  SVG_ALONE, /* a file of its own: with its titles, its settings and its style sheet */
  SVG_WIDE,  /* in a page, which has titles, settings and the style sheet: 760 px wide */
  SVG_SLIM,  /* the same on a telephone: 344 px, labels above their marks */
} svg_form;

/* Begins the image: its size, accessible name and description, and styles for light and dark backgrounds. */
void svg_begin(buf *out, double width, double height, report_language language, slice title,
               slice description);
/* Begins an image of a page: its size and its accessible name. */
void svg_begin_inline(buf *out, double width, double height, slice title);
void svg_end(buf *out);

/* Writes TEXT with & < > " escaped; characters that XML does not allow become spaces. */
void svg_escape(buf *out, slice text);
void svg_number(buf *out, double v);

/* CLASS_NAME is a class of the style sheet in svg.c. */
void svg_rect(buf *out, const char *class_name, double x, double y, double width, double height);
void svg_line(buf *out, const char *class_name, double x1, double y1, double x2, double y2);
/* COMMANDS, a letter or blank before each of the numbers AT, and Z before none: "M L Z" is "M1 2L3 4Z".  As
 * the data of a path, and a path of it. */
void svg_points(buf *out, const char *commands, const double *at);
void svg_path(buf *out, const char *class_name, const char *commands, const double *at);
void svg_circle(buf *out, const char *class_name, double x, double y, double radius);
/* An interval from X1 to X2 with its ends, HALF high above and below Y.  As a whisker it stands out against a
 * bar; one hardly wider than its line is not drawn, and tells no more than that. */
void svg_interval(buf *out, const char *class_name, double x1, double x2, double y, double half);
void svg_whisker(buf *out, double x1, double x2, double y, double half);
/* WHOLE, unless it is empty, becomes the tooltip: the text before it was shortened. */
void svg_text(buf *out, const char *class_name, double x, double y, svg_anchor anchor, slice text,
              slice whole);

/* The estimated width in px, at a font size of SIZE px. */
double svg_text_width(slice text, double size, bool is_bold);
/* Removes the next line of at most WIDTH px from *REST and returns it: broken at a space or between CJK
 * characters if possible, otherwise within a word. */
slice svg_fold(slice *rest, double size, bool is_bold, double width);

#endif
