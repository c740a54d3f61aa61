/* A pen writes a text report: styles where colour is wanted, paragraphs folded to the paper's width,
 * rules.  Widths are terminal columns (double-width characters count two). */
#ifndef CANVASS_REPORT_PEN_H
#define CANVASS_REPORT_PEN_H

#include "base/buf.h"
#include "base/text.h"

typedef enum pen_style { PEN_PLAIN, PEN_BOLD, PEN_DIM } pen_style;

typedef struct pen {
  buf *out; /* borrowed */
  size_t columns;
  bool color;
} pen;

void pen_text(const pen *p, pen_style style, slice text);
void pen_words(const pen *p, pen_style style, const char *text);
void pen_blanks(const pen *p, size_t count);
void pen_repeat(const pen *p, pen_style style, const char *mark, size_t count);
void pen_line_end(const pen *p);
/* TEXT folded; the first line begins with LEAD at INDENT, the others stand under its text. */
void pen_paragraph(const pen *p, pen_style style, size_t indent, const char *lead, slice text);

/* Takes the next line of at most COLUMNS from *REST: breaks at a blank, else between characters. */
slice pen_fold(slice *rest, size_t columns);
/* The number of lines that pen_fold gives. */
size_t pen_fold_count(slice text, size_t columns);
/* Columns of the longest word: the least width at which nothing but CJK breaks inside a word. */
size_t pen_word_width(slice text);

#endif
