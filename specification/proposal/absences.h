/* Texts and codes that mean "no answer" wherever they are found.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_ABSENCES_H
#define CANVASS_SPECIFICATION_PROPOSAL_ABSENCES_H

#include <stdint.h>

#include "base/text.h"

typedef struct absence {
  const char *text; /* in lower case */
  const char *reason;
  bool is_sure; /* it counts among words, too; otherwise only among numbers, dates and ordered answers */
} absence;

/* The row of TEXT, which is tidy; NULL: it may be an answer. */
const absence *absence_of(slice text);
/* The reason that CODE often stands for where it lies outside all other codes (99, -9); NULL: it is not such
 * a code. */
const char *absence_code(int64_t code);

#endif
