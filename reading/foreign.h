/* Files that no input format reads: what they are, by their first bytes, and what to do about it. */
#ifndef CANVASS_READING_FOREIGN_H
#define CANVASS_READING_FOREIGN_H

#include "base/status.h"
#include "base/text.h"

/* What a file with the first bytes HEAD is: "an Excel workbook"; NULL: it may be a table. */
const char *foreign_name(slice head);
/* HEAD: the first bytes of the file TITLE, unpacked; ENCODING_GUESS_BYTES or all.  STATUS_DATA when they are
 * those of a kind of file that cannot be read: the message names it and says how to get a table from it. */
status foreign_check(slice head, const char *title, error *err) MUST_USE;
/* Refuses a file that only a closer look by its format could recognise: it is WHAT, and ADVICE, in which FILE
 * stands for its name, says what to do. */
status foreign_refuse(const char *title, const char *what, const char *advice, error *err) MUST_USE;

#endif
