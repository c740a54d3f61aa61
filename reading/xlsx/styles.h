/* What the number format of a cell makes of a number: nothing else in a workbook says that it is a date. */
#ifndef CANVASS_READING_XLSX_STYLES_H
#define CANVASS_READING_XLSX_STYLES_H

#include "base/arena.h"
#include "reading/xlsx/package.h"

typedef enum number_kind {
  NUMBER_PLAIN,
  NUMBER_DATE,
  NUMBER_TIME, /* of the day */
  NUMBER_DATE_TIME,
  NUMBER_DURATION, /* with hours beyond 24: [h]:mm */
} number_kind;

typedef struct styles {
  uint8_t *kinds; /* number_kind of each cell format */
  size_t count;
} styles;

/* With an empty PART no cell has a style.  OUT is allocated in MEMORY. */
status styles_read(package *p, slice part, arena *memory, styles *out, error *err) MUST_USE;
/* The kind of a format code such as "yyyy-mm-dd", and of a format that every workbook has, by its number. */
number_kind number_kind_of_code(slice code);
number_kind number_kind_of_builtin(uint64_t id);

enum { SERIAL_TEXT_BYTES = 48 };
/* Excel's day number VALUE as "2025-03-01", "2025-03-01 09:10:11" (".123" when there are milliseconds),
 * "09:10:11" or, for a duration, "26:30:00".  A date with a time of day shows both; a time of a day in the
 * first year is a duration, although Excel shows only what is beyond whole days.  Returns the length; 0
 * before 1900-01-01 and after 9999-12-31.  Before March 1900 the days are those that Excel shows: it counts a
 * 29th of February 1900, which did not exist. */
size_t serial_format(double value, number_kind kind, bool from_1904, char out[SERIAL_TEXT_BYTES]);

#endif
