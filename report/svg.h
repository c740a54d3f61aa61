/* Writing SVG: elements, escaped texts, numbers with at most one decimal, and how wide texts will be.
 *
 * Bytes depend on nothing but what is drawn: no locale, no fonts of this machine.  Widths are estimates, from
 * -8 to +12 per cent in the usual faces, so that places are found without asking a renderer. */
#ifndef CANVASS_REPORT_SVG_H
#define CANVASS_REPORT_SVG_H

#include "base/buf.h"
#include "base/text.h"
#include "report/report.h"

/* Where a text stands against its x. */
typedef enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END } svg_anchor;

enum { SVG_FONT = 13, SVG_SMALL = 12 }; /* px */

/* The picture's beginning: size, accessible name and description, style for light and dark. */
void svg_begin(buf *out, double width, double height, report_language language, slice title,
               slice description);
void svg_end(buf *out);

/* TEXT as XML: & < > " escaped, what XML does not allow replaced. */
void svg_escape(buf *out, slice text);
void svg_number(buf *out, double v);

/* CLASS names a rule of the style (svg.c). */
void svg_rect(buf *out, const char *class_name, double x, double y, double width, double height);
void svg_line(buf *out, const char *class_name, double x1, double y1, double x2, double y2);
/* An interval from X1 to X2 with its ends, HALF high above and below Y. */
void svg_whisker(buf *out, double x1, double x2, double y, double half);
/* WHOLE, unless empty, is what a pointer shows: the text before it was shortened. */
void svg_text(buf *out, const char *class_name, double x, double y, svg_anchor anchor, slice text,
              slice whole);

/* In px of a face of SIZE px. */
double svg_text_width(slice text, double size, bool is_bold);
/* Takes the next line of at most WIDTH px from *REST: breaks at a blank or between CJK characters, else
 * inside a word. */
slice svg_fold(slice *rest, double size, bool is_bold, double width);

#endif
