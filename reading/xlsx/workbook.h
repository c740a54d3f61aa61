/* What a workbook says about itself: its sheets, and where its parts are. */
#ifndef CANVASS_READING_XLSX_WORKBOOK_H
#define CANVASS_READING_XLSX_WORKBOOK_H

#include "base/arena.h"
#include "reading/xlsx/package.h"

typedef struct workbook_sheet {
  slice name;
  slice id;   /* of its relationship */
  slice part; /* the member of the package; empty: not a table but a chart or a macro */
  bool is_hidden;
} workbook_sheet;

typedef struct workbook {
  workbook_sheet *sheets;
  uint32_t count;
  slice strings, styles; /* parts; empty: it has none */
  bool from_1904;        /* days count from 1904-01-01, as old Macintosh programs did */
} workbook;

/* OUT is allocated in MEMORY.  STATUS_DATA when the archive is something else, whose name the message gives
 * if it is known. */
status workbook_read(package *p, arena *memory, workbook *out, error *err) MUST_USE;
/* The sheet that WANTED names, or gives as a number from 1 in the order of the tabs of tables.  With NULL it
 * is the first that is not hidden, or else the first.  STATUS_DATA when there is no such sheet; the message
 * lists the sheets. */
status workbook_find_sheet(const workbook *w, const char *wanted, const char *title,
                           const workbook_sheet **out, error *err) MUST_USE;

#endif
