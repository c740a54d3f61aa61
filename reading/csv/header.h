/* The first record of a file: the delimiter, the names of its columns, and where wanted ones are. */
#ifndef CANVASS_READING_CSV_HEADER_H
#define CANVASS_READING_CSV_HEADER_H

#include "base/arena.h"
#include "reading/csv/split.h"
#include "reading/reading.h"

typedef struct csv_file_header {
  char delimiter;
  slice *names;  /* trimmed; "column_N" where the file has none; no two are the same */
  slice *titles; /* what the cells say, trimmed; may be empty */
  uint32_t count;
  bool keeps_blank_rows; /* as reading_options says */
} csv_file_header;

/* Reads the header from the start of S's file and leaves S behind it, its delimiter set.  DELIMITER as in
 * reading_options.  The names live in MEMORY.  STATUS_DATA for an empty file, a malformed header, text that
 * is not UTF-8 and names that stand twice. */
status csv_header_read(csv_splitter *s, char delimiter, arena *memory, csv_file_header *out,
                       error *err) MUST_USE;

/* Where each of WANTED stands: CELLS gets COUNT indices.  STATUS_DATA names all that are missing, with the
 * nearest name of the header.  TITLE names the file. */
status csv_header_match(const csv_file_header *h, const slice *wanted, uint32_t count, const char *title,
                        uint32_t *cells, error *err) MUST_USE;

/* STATUS_DATA for TEXT that is not UTF-8 or holds a NUL byte: the line (FIRST_LINE is the text's), the byte
 * in it, and what the encoding probably is.  STATUS_OK when all is well. */
status csv_check_text(const uint8_t *text, size_t length, uint64_t first_line, const char *title,
                      error *err) MUST_USE;

#endif
