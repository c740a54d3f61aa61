/* Files that are not what any input format reads: named by their first bytes, with what to do. */
#ifndef CANVASS_READING_FOREIGN_H
#define CANVASS_READING_FOREIGN_H

#include "base/status.h"
#include "base/text.h"

/* What a file with the first bytes HEAD is: "an Excel workbook"; NULL: it may be a table. */
const char *foreign_name(slice head);
/* HEAD: the first bytes of the file TITLE, unpacked; ENCODING_GUESS_BYTES or all.  STATUS_DATA when they are
 * those of a kind of file that cannot be read: the message names it and says how to get a table from it. */
status foreign_check(slice head, const char *title, error *err) MUST_USE;
/* The same of a file that only its format could tell: it is WHAT; ADVICE says what to do, with FILE for its
 * name. */
status foreign_refuse(const char *title, const char *what, const char *advice, error *err) MUST_USE;

#endif
