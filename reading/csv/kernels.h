/* The two loops that touch every byte, in every form that processors have.
 *
 * `scan` looks for the ends of records: where a file can be cut.  `index` lists the separators of a
 * piece and checks its bytes.  Both read up to CSV_MARGIN bytes before and after the text they are given.
 * `masks` is a single block, for where a loop does not pay.  All forms give the same results; tests hold
 * them against the portable one.
 */
#ifndef CANVASS_READING_CSV_KERNELS_H
#define CANVASS_READING_CSV_KERNELS_H

#include <stddef.h>

#include "reading/csv/quotes.h"
#include "reading/reader.h"

enum { CSV_MARGIN = 64 }; /* readable bytes before and after every text */

/* Where a scan stands.  Blocks are 64 bytes from the start of the text. */
typedef struct csv_scan {
  char delimiter;
  csv_quotes quotes;
  uint64_t newlines;  /* mask of the block before */
  uint64_t carriages; /* likewise */
  size_t at;
  size_t record_begin;
  size_t record_bytes_max;
  uint64_t lines;    /* newlines before AT */
  bool has_carriage; /* the record that is open has one without a newline: what it is, is the caller's to find
                      */
  uint32_t records;  /* ended so far; empty lines are none */
  uint32_t records_max; /* the block in which this is reached is left to the caller */
} csv_scan;

/* The separators of a stretch of text.  The arrays belong to the caller. */
typedef struct csv_index {
  char delimiter;
  csv_quotes quotes;
  uint64_t separators; /* mask of the block before */
  uint64_t high;       /* likewise: bytes above 0x7f */
  uint32_t *ends;      /* positions of separators outside quotes */
  uint8_t *briefs;     /* the byte before each when the cell has at most one, else INPUT_BRIEF_NONE */
  size_t count;
  uint32_t *row_ends; /* which of them are newlines */
  size_t rows_count;
  uint32_t *inner; /* positions of newlines inside quotes */
  size_t inner_count;
  uint32_t *wrong; /* positions of text after a closing quote */
  size_t wrong_count;
  bool unfit; /* a NUL byte, or bytes that are not UTF-8, were seen */
} csv_index;

/* What a block of text is made of; bits as in quotes.h. */
typedef struct csv_masks {
  uint64_t newline, quote, delimiter;
} csv_masks;

typedef struct csv_kernels {
  const char *name;
  bool checks_utf8; /* false: the caller checks with text_utf8_check */
  /* Runs over whole blocks below END, which is not after the last newline of the text; stops before a block
   * that reaches RECORDS_MAX, in which the record grows beyond RECORD_BYTES_MAX, or that has a newline inside
   * quotes or a carriage return without one. */
  void (*scan)(csv_scan *s, const uint8_t *text, size_t end);
  /* Appends the separators of TEXT[from, to); the arrays have room for TO - FROM + 64 more.  Only the
   * last stretch before a new start may be no multiple of 64 bytes. */
  void (*index)(csv_index *x, const uint8_t *text, size_t from, size_t to);
  /* Of the first WIDTH (1 to 64) of the 64 readable bytes at TEXT. */
  csv_masks (*masks)(const uint8_t *text, char delimiter, unsigned width);
} csv_kernels;

extern const csv_kernels csv_kernels_portable;
#if defined(__x86_64__)
extern const csv_kernels csv_kernels_avx2;
extern const csv_kernels csv_kernels_avx512;
#endif

/* The fastest form of this processor. */
const csv_kernels *csv_kernels_best(void);
/* The INDEX-th form that this processor has, NULL after the last. */
const csv_kernels *csv_kernels_at(size_t index);

/* Sets X to the start of a record at the beginning of a stretch; keeps the arrays. */
void csv_index_start(csv_index *x);

#endif
