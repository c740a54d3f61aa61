/* The first record of a file: the delimiter and the names of the columns. */
#ifndef CANVASS_READING_CSV_HEADER_H
#define CANVASS_READING_CSV_HEADER_H

#include "base/arena.h"
#include "reading/csv/split.h"
#include "reading/reading.h"

typedef struct csv_file_header {
  char delimiter;
  slice *names;  /* trimmed; "column_N" where the file has none */
  slice *titles; /* what the cells say, trimmed; may be empty */
  uint32_t count;
  uint64_t line;         /* on which it begins */
  bool keeps_blank_rows; /* as reading_options says */
} csv_file_header;

/* Reads the header from the start of S's file and leaves S after it, its delimiter set.  DELIMITER as in
 * reading_options.  The names live in MEMORY.  STATUS_DATA for an empty file, a malformed header and text
 * that is not UTF-8. */
status csv_header_read(csv_splitter *s, char delimiter, arena *memory, csv_file_header *out,
                       error *err) MUST_USE;

#endif
