/* A piece: the text of the records of one shard, on its way from the splitter to an encoder. */
#ifndef CANVASS_CLIENT_CSV_PIECE_H
#define CANVASS_CLIENT_CSV_PIECE_H

#include "base/status.h"
#include "client/csv/kernels.h"

enum {
  CSV_RECORD_BYTES_MAX = 16 << 20,
  CSV_PIECE_BYTES_MAX = 256 << 20, /* a piece ends early with the record that reaches this */
};

/* A record that opened a quote which never closes: one line, quarantined. */
typedef struct csv_unclosed {
  size_t begin;
  size_t end;
  uint64_t quote_line;
} csv_unclosed;

typedef struct csv_piece {
  uint8_t *text; /* CSV_MARGIN bytes are readable before and behind; ends with a newline */
  size_t length;
  size_t capacity;
  csv_unclosed *unclosed; /* by position */
  size_t unclosed_count;
  size_t unclosed_capacity;
  uint64_t first_ordinal;
  uint64_t first_line;
  uint32_t records; /* the quarantined ones counted */
} csv_piece;

/* Zeroed is empty.  Room for CAPACITY bytes of text; what is there stays.  False: out of memory. */
bool csv_piece_reserve(csv_piece *p, size_t capacity);
bool csv_piece_note_unclosed(csv_piece *p, csv_unclosed record);
void csv_piece_clear(csv_piece *p); /* keeps the memory */
void csv_piece_fini(csv_piece *p);
uint64_t csv_count_lines(const uint8_t *text, size_t length); /* newlines */

#endif
