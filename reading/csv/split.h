/* Cuts a file into pieces of whole records.
 *
 * One pass, in the order of the file, runs the quoting automaton (quotes.h) and counts.  A piece holds
 * exactly ROWS records (fewer at the end of the file, and when they take more than INPUT_PIECE_BYTES_MAX);
 * empty lines belong to a piece but are not records.  Where the first line of a
 * file ends with a carriage return without a newline, all of these are read as newlines; in other files only
 * where they separate records (carriages.h).  A record that spans lines is
 * judged (spans.h): one that is given up is its first line alone, and the piece notes why.  Where pieces are
 * cut depends on the text and ROWS only, never on how the text arrives.
 */
#ifndef CANVASS_READING_CSV_SPLIT_H
#define CANVASS_READING_CSV_SPLIT_H

#include "reading/csv/piece.h"
#include "reading/csv/spans.h"
#include "reading/source.h"

typedef struct csv_splitter {
  text_source *source; /* borrowed */
  const csv_kernels *kernels;
  char delimiter;
  csv_piece rest;   /* text that was read but is in no piece, */
  size_t rest_from; /* from here on */
  bool fresh;       /* the piece in the making holds text from the source, not only from the rest */
  bool ended;       /* the rest is all there is */
  bool has_begun;   /* text was read, and with it how lines end: */
  bool carriages_end_lines;
  unsigned carriages; /* with which the text that was read last ended, and which are not in the rest yet */
  csv_spans spans;
  uint64_t ordinal;
  uint64_t line;   /* of the first byte of the rest */
  uint64_t offset; /* likewise, in the text after the header */
} csv_splitter;

/* ORDINAL: of the file's first record in the dataset. */
void csv_splitter_init(csv_splitter *s, text_source *source, uint64_t ordinal);
void csv_splitter_fini(csv_splitter *s);
/* For reading a header, before the first piece: reads more text after the rest, */
status csv_splitter_more(csv_splitter *s, error *err) MUST_USE;
/* and drops the first BYTES bytes of it. */
void csv_splitter_skip(csv_splitter *s, size_t bytes);
/* When the header is read, which has CELLS cells. */
status csv_splitter_start(csv_splitter *s, char delimiter, uint32_t cells, error *err) MUST_USE;
/* The next piece; one without text is the end of the file (one without records is not: empty lines).
 * PIECE is cleared first. */
status csv_splitter_next(csv_splitter *s, uint32_t rows, csv_piece *piece, error *err) MUST_USE;
/* Puts back what csv_splitter_next gave last. */
status csv_splitter_undo(csv_splitter *s, const csv_piece *piece, error *err) MUST_USE;

#endif
