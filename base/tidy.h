/* Texts as a reader sees them: without characters that show nothing, with one kind of blank, letter and
 * digit, and letters composed with their accents (Unicode's form NFC, and no further folding).
 *
 * Files and specifications are compared in this form, so that a cell means what it looks like.  The
 * characters are listed in tidy.c. */
#ifndef CANVASS_BASE_TIDY_H
#define CANVASS_BASE_TIDY_H

#include "base/buf.h"
#include "base/text.h"

/* TEXT without blanks and characters that show nothing at its ends. */
slice tidy_ends(slice text);
enum { TIDY_GROWTH = 3 };
/* TEXT also without the latter inside (but for joiners, which shape letters), with ordinary blanks for
 * no-break and other wide or narrow ones, with ordinary letters and digits for those of full width, and in
 * NFC.  Bytes that are not UTF-8, and letters with more marks than any language has, stay as they are.  It is
 * TEXT, or a part of it, where nothing inside changes; otherwise it is in ROOM, which has TIDY_GROWTH times
 * TEXT's length: a few characters are longer in NFC. */
slice tidy_text(slice text, char *room);
/* The same with its ends as they are: of a delimiter, a blank there counts. */
slice tidy_inside(slice text, char *room);
/* Whether A and B are the same in that form; of texts longer than TIDY_ALIKE_BYTES only if they are equal. */
enum { TIDY_ALIKE_BYTES = 2000 };
bool tidy_alike(slice a, slice b);
/* The same of titles of columns, in which any white space, also line breaks, is as good as one blank. */
slice tidy_title(slice text, char *room);
bool tidy_alike_titles(slice a, slice b);
/* Of a tidy text that may be a number: signs, marks and the per cent sign in their ordinary form.  Returns
 * TEXT where nothing changes, or it is longer than TIDY_NUMBER_BYTES, which ROOM has. */
enum { TIDY_NUMBER_BYTES = 100 };
slice tidy_number(slice text, char *room);
/* Appends TEXT with characters that show nothing, and blanks that look like others, by their numbers:
 * "<U+200B>". */
void tidy_show(slice text, buf *out);
/* Whether tidy_show would change TEXT. */
bool tidy_is_hiding(slice text);

#endif
