/* Words in labels that say why there is no answer.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_REASON_WORDS_H
#define CANVASS_SPECIFICATION_REASON_WORDS_H

#include "stats/program/program.h"

/* The reason that LABEL, of a code that is declared missing, gives: it begins with the word for it.
 * MISSING_OTHER: none. */
missing_reason reason_of_label(slice label);
/* Whether LABEL, of a code of which nothing is declared, can be nothing else: it is the word and no more. */
bool reason_is_label(slice label, missing_reason *out);

#endif
