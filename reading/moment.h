/* Dates and times that files keep as numbers, as ISO 8601 texts. */
#ifndef CANVASS_READING_MOMENT_H
#define CANVASS_READING_MOMENT_H

#include <stddef.h>

#include "base/text.h"

typedef enum moment_kind {
  MOMENT_NONE,
  MOMENT_DATE,      /* 2025-03-01; a time of the day is not shown */
  MOMENT_DATE_TIME, /* 2025-03-01 09:10:11, with thousandths of a second where there are any */
  MOMENT_MONTH,     /* 2025-03 */
  MOMENT_TIME,      /* 09:10:11; of any length, also negative */
} moment_kind;

enum { MOMENT_TEXT_BYTES = 40 };

/* The date format (docs/specification.md) of such texts without fractions; NULL: they are not dates. */
const char *moment_date_format(moment_kind kind);
/* The text of what lies SECONDS after midnight of day DAY since 1970-01-01 (MOMENT_TIME: the duration
 * SECONDS), in OUT of MOMENT_TEXT_BYTES; its length, 0 outside of the years 1 to 9999 or of a million hours.
 */
size_t moment_format(moment_kind kind, double day, double seconds, char *out);

#endif
