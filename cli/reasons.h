/* Words that people and platforms write where they give no answer. */
#ifndef CANVASS_CLI_REASONS_H
#define CANVASS_CLI_REASONS_H

#include "base/text.h"

/* The reason that TEXT probably means, as a codebook writes it: "dont_know" for 不清楚; NULL: it may be an
 * answer. */
const char *reason_of_text(slice text);
/* TEXT without what differs only in how it was typed: case of ASCII, the form of quotes, dashes and blanks,
 * full width, invisible characters.  Up to CAPACITY - 1 bytes into OUT. */
enum { REASON_FOLDED_BYTES = 256 };
void reason_fold(slice text, char out[REASON_FOLDED_BYTES]);

/* Whether TEXT is a spelling of DECLARED: the same when folded, or one letter away from it in a word of ASCII
 * that is long enough and begins alike.  Never of words with digits or of Chinese, where one character is
 * another answer (不满意, c18). */
bool reason_is_spelling(slice text, slice declared);

#endif
