/* Which delimiter a file has, by its first records. */
#ifndef CANVASS_READING_CSV_DELIMITER_H
#define CANVASS_READING_CSV_DELIMITER_H

#include "reading/csv/split.h"

/* S stands before the header, whose first record, HEADER_BYTES long, it has read.  Of , ; tab | the one whose
 * cells are as many in the header as in most of the records after it; of several the one that stands most
 * often in the header, then the first.  *IS_TIED: another one is as good in both.  ',' where the header has
 * none. */
status csv_delimiter_find(csv_splitter *s, size_t header_bytes, char *delimiter, bool *is_tied,
                          error *err) MUST_USE;

#endif
