/* Plain text as source for man(1): pages of the manual. */
#ifndef CANVASS_CLI_ROFF_H
#define CANVASS_CLI_ROFF_H

#include "base/buf.h"

/* Texts may have characters of any script; a `word` in backquotes is bold. */

/* The head of a page, with its name and the one line that apropos(1) finds. */
void roff_title(buf *out, const char *name, unsigned section, const char *summary);
void roff_heading(buf *out, const char *text);
void roff_subheading(buf *out, const char *text);
/* Begins a paragraph; nothing right below a heading. */
void roff_paragraph(buf *out);
/* Lines, filled anew; an empty one begins a paragraph.  A line "word  text", with two blanks or more behind
 * the word, is a term and what is said of it, on this line and those after it that begin with a blank. */
void roff_text(buf *out, const char *text);
/* A term, which a roff_text about it follows: BOLD and then ITALIC, of which either may be empty. */
void roff_term(buf *out, const char *bold, const char *italic);
/* Lines as they stand. */
void roff_lines(buf *out, const char *text);

#endif
