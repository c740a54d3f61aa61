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

typedef enum reason_likeness {
  REASON_OTHER,    /* another answer, for all that is known */
  REASON_NEAR,     /* worth a look */
  REASON_SPELLING, /* can hardly be another answer */
} reason_likeness;
/* What TEXT is to DECLARED.  A spelling: the same when folded, or one slip away in a word of letters that
 * begins alike (a letter too few or too many or two swapped in four letters, any slip in five).  Near: also
 * with two slips in ten letters, one in three, or by characters of Chinese: one in three, two in eight.
 * Never where digits differ, by a syllable more (unlikely), or by a character that tells: 不满意, 东区, 高中.
 */
reason_likeness reason_compare(slice text, slice declared);

#endif
