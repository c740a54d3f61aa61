/* A slow reader of CSV, written from the rules of docs/specification.md one byte and one line at a time.  It
 * shares no code with the reader but the trimming of cells. */
#ifndef CANVASS_TESTS_READING_CSV_REFERENCE_H
#define CANVASS_TESTS_READING_CSV_REFERENCE_H

#include "base/arena.h"

typedef struct reference_row {
  uint64_t ordinal, line;
  slice *cells;
} reference_row;

typedef struct reference_problem {
  uint64_t line;
  const char *words; /* the start of the problem's text, or words of it */
  uint64_t to_line;  /* another line that it names; 0: none */
} reference_problem;

typedef struct reference {
  char delimiter;
  arena *memory;
  uint32_t columns;
  reference_row *rows;
  size_t rows_count;
  reference_problem *left_out; /* quarantined records */
  size_t left_out_count;
  uint64_t records;
  slice *titles; /* of the header */
  size_t blank_count, repeated_count;
  uint64_t blank_line, repeated_line; /* of the first; 0: none */
} reference;

/* Reads TEXT, whose header is its first record that is not an empty line. */
void reference_read(const char *text, size_t length, char delimiter, reference *out);
void reference_drop(reference *r);

#endif
