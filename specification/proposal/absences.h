/* Texts and codes that stand for no answer wherever they are found.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_ABSENCES_H
#define CANVASS_SPECIFICATION_PROPOSAL_ABSENCES_H

#include <stdint.h>

#include "base/text.h"

typedef struct absence {
  const char *text; /* in small letters */
  const char *reason;
  bool is_sure; /* among words, too; otherwise only among numbers, dates and answers in order */
} absence;

/* NULL: TEXT, which is tidy, may be an answer. */
const absence *absence_of(slice text);
/* A whole number that is often a code for no answer where it lies outside all others: 99, -9.  NULL: it is
 * none. */
const char *absence_code(int64_t code);

#endif
