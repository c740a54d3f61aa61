/* The quoting automaton on one record, byte by byte: for headers and the records after them, which are short.
 */
#ifndef CANVASS_READING_CSV_WALK_H
#define CANVASS_READING_CSV_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_DELIMITERS = 4 };
/* Those that are found out: , ; tab | in order of preference. */
extern const char csv_delimiters[CSV_DELIMITERS];

/* What one walk over a record finds. */
typedef struct csv_walk {
  size_t end;  /* after the newline; 0: the record is incomplete */
  size_t open; /* where a quote opened that is not closed */
  uint32_t cells;
  bool wrong; /* text after a closing quote */
  uint32_t wrong_cell;
} csv_walk;

/* Walks over the first record of TEXT.  DELIMITER 0: any of those that are found out.  ENDS (may be NULL)
 * gets the end of each cell. */
csv_walk csv_walk_record(const uint8_t *text, size_t length, char delimiter, size_t *ends);
/* Bytes of the empty lines that TEXT begins with. */
size_t csv_walk_empty_lines(const uint8_t *text, size_t length);

#endif
