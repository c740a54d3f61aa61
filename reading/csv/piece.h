/* A piece: the text of the records of one shard, on its way from the splitter to an encoder. */
#ifndef CANVASS_READING_CSV_PIECE_H
#define CANVASS_READING_CSV_PIECE_H

#include "base/status.h"
#include "reading/csv/kernels.h"

/* Why a record that a quote would stretch over several lines is given up. */
typedef enum csv_why {
  CSV_WHY_OPEN, /* the quote never closes, */
  CSV_WHY_LONG, /* or not within INPUT_RECORD_BYTES_MAX of the record's first byte */
  CSV_WHY_TEXT, /* a cell goes on after its closing quote */
  CSV_WHY_MANY, /* more cells than the header has, */
  CSV_WHY_FEW,  /* or fewer */
  CSV_WHY_ROWS, /* the lines that the quote takes in look like records */
} csv_why;

/* A record that was given up: its first line, quarantined. */
typedef struct csv_given_up {
  size_t begin;
  size_t end;
  csv_why why;
  uint64_t line;    /* on which the record begins and the quote opens */
  uint64_t to_line; /* TEXT: where that is; FEW and ROWS: on which the record would end */
  uint32_t cells;   /* FEW: of the record */
} csv_given_up;

typedef struct csv_piece {
  uint8_t *text; /* CSV_MARGIN bytes are readable before and after; ends with a newline */
  size_t length;
  size_t capacity;
  csv_given_up *given_up; /* by position */
  size_t given_up_count;
  size_t given_up_capacity;
  size_t *opened; /* newlines that were carriage returns; may be behind LENGTH */
  size_t opened_count, opened_capacity;
  uint64_t first_ordinal;
  uint64_t first_line;
  uint32_t records; /* the quarantined ones counted */
} csv_piece;

/* Zeroed is empty.  Room for CAPACITY bytes of text; the content stays.  False: out of memory. */
bool csv_piece_reserve(csv_piece *p, size_t capacity);
bool csv_piece_note_given_up(csv_piece *p, csv_given_up record);
/* The newlines in the text's [BEGIN, END) were carriage returns. */
bool csv_piece_note_opened(csv_piece *p, size_t begin, size_t end);
void csv_piece_clear(csv_piece *p); /* keeps the memory */
void csv_piece_fini(csv_piece *p);

#endif
