/* What cells' number formats make of a number: the only way in which a workbook says that it is a date. */
#ifndef CANVASS_READING_XLSX_STYLES_H
#define CANVASS_READING_XLSX_STYLES_H

#include "base/arena.h"
#include "reading/xlsx/package.h"

typedef enum number_kind {
  NUMBER_PLAIN,
  NUMBER_DATE,
  NUMBER_TIME, /* of the day */
  NUMBER_DATE_TIME,
  NUMBER_DURATION, /* hours beyond 24 go on: [h]:mm */
} number_kind;

typedef struct styles {
  uint8_t *kinds; /* number_kind of each cell format */
  size_t count;
} styles;

/* PART empty: no cell has a style.  OUT lives in MEMORY. */
status styles_read(package *p, slice part, arena *memory, styles *out, error *err) MUST_USE;
/* Of a format code, such as "yyyy-mm-dd"; and of a number of those that every workbook has. */
number_kind number_kind_of_code(slice code);
number_kind number_kind_of_builtin(uint64_t id);

enum { SERIAL_TEXT_BYTES = 48 };
/* Excel's day number, of the value VALUE, as "2025-03-01", "2025-03-01 09:10:11" (".123" where it has
 * milliseconds), "09:10:11" or, of a duration, "26:30:00".  A date with a time of day shows both.  Returns
 * the length; 0: no such day (before 1900-01-01, after 9999-12-31).  The days before March 1900 are those
 * that Excel shows: it counts a 29th of February that never was. */
size_t serial_format(double value, number_kind kind, bool from_1904, char out[SERIAL_TEXT_BYTES]);

#endif
