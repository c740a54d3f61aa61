/* What a workbook says of itself: its sheets, and where its parts are. */
#ifndef CANVASS_READING_XLSX_WORKBOOK_H
#define CANVASS_READING_XLSX_WORKBOOK_H

#include "base/arena.h"
#include "reading/xlsx/package.h"

typedef struct workbook_sheet {
  slice name;
  slice id;   /* of its relationship */
  slice part; /* the member of the package; empty: it is no table (a chart, a macro) */
  bool is_hidden;
} workbook_sheet;

typedef struct workbook {
  workbook_sheet *sheets;
  uint32_t count;
  slice strings, styles; /* parts; empty: it has none */
  bool from_1904;        /* days count from 1904-01-01, as old Macintosh programs did */
} workbook;

/* OUT lives in MEMORY.  STATUS_DATA for an archive that is something else, by name where it is known. */
status workbook_read(package *p, arena *memory, workbook *out, error *err) MUST_USE;
/* The sheet that WANTED names, or numbers from 1 among the tables, in the order of their tabs; NULL: the
 * first that is not hidden, or else the first.  STATUS_DATA: there is none; the message lists those that
 * there are. */
status workbook_find_sheet(const workbook *w, const char *wanted, const char *title,
                           const workbook_sheet **out, error *err) MUST_USE;

#endif
