/* Records that span lines: which of them stand, and which are given up.
 *
 * A stray quote takes in line after line, up to the next quote. So a record with a newline
 * inside quotes is checked as a whole before it is accepted. It is given up when
 *
 *   (i)   a closing quote is followed by anything but blanks and the end of its cell, or
 *   (ii)  it has another number of cells than the header, or
 *   (iii) the header has at least three columns and every line after the record's first looks like a record:
 *         it has the header's number of cells, read alone or by its delimiters (its quotes taken for
 * letters), and a first cell of the same kind as the record's first line.  Kinds are whole number, empty and
 *         other; of a line they are told by the text before its first delimiter, quotes and blanks aside;
 *
 * or when it does not end before the file does, or within record_bytes_max of its first byte.  Given up, the
 * record is its first line (on which its first quoted cell with a newline opens), and the next line begins a
 * record of its own: so the rule depends on the file, not on how it is read.
 *
 * Looking ahead is not done twice.  Where a record leaves its first line it is inside quotes, as all records
 * before it that took in that line were; what follows is the same for all of them but for the cells they
 * begin with.  So one path through the text, kept from record to record, serves them all, and every byte is
 * looked at once by the scan for records, at most once on a path, and at most once as part of a first line.
 */
#ifndef CANVASS_READING_CSV_SPANS_H
#define CANVASS_READING_CSV_SPANS_H

#include "reading/csv/kernels.h"
#include "reading/csv/piece.h"

/* Text in memory; positions are counted from the start of the file's text. */
typedef struct csv_window {
  const csv_kernels *kernels;
  const uint8_t *text;
  uint64_t base; /* the position of TEXT */
  size_t length; /* whole lines */
  bool all;      /* nothing follows */
} csv_window;

typedef enum csv_kind {
  CSV_KIND_EMPTY,
  CSV_KIND_SIGN,
  CSV_KIND_WHOLE,
  CSV_KIND_BEHIND,
  CSV_KIND_OTHER
} csv_kind;

/* What is known of a line that is read as the start of a record. */
typedef struct csv_line {
  uint64_t begin;
  csv_quotes quotes;
  uint32_t outside;    /* delimiters that are not in quotes, */
  uint32_t delimiters; /* and all of them */
  csv_kind kind;       /* of the text before the first of them, as far as it was read */
  bool kind_done;
  bool wrong; /* text after a closing quote */
} csv_line;

typedef enum csv_path_end { CSV_PATH_GOES_ON, CSV_PATH_ENDS, CSV_PATH_WRONG } csv_path_end;

/* The way of the automaton from the start of a line that is inside quotes. */
typedef struct csv_path {
  csv_path_end end;
  uint64_t from, at; /* the part that was walked */
  uint64_t line;     /* of AT, counted from 1 */
  csv_quotes quotes;
  uint64_t *delimiters; /* outside quotes: a ring of those that still matter */
  size_t ring, first, count;
  csv_line alone;      /* the line at AT */
  uint64_t alike_from; /* the lines from here on look like records with a first cell of one kind: */
  csv_kind alike;      /* OTHER and none of them: this line is the first */
} csv_path;

typedef struct csv_spans {
  char delimiter;
  uint32_t cells; /* of the header */
  size_t record_bytes_max;
  csv_line first;
  csv_path path;
  uint64_t looked_ahead; /* bytes, first lines included */
} csv_spans;

typedef enum csv_verdict { CSV_VERDICT_MORE_TEXT, CSV_VERDICT_STANDS, CSV_VERDICT_GIVEN_UP } csv_verdict;

/* A record that spans lines.  Positions are those of the file's text. */
typedef struct csv_span {
  uint64_t begin;
  uint64_t line_end;     /* after the newline of its first line, which is inside quotes */
  uint64_t line;         /* of BEGIN */
  uint64_t end;          /* when it stands */
  uint64_t lines;        /* that it takes then */
  csv_given_up given_up; /* otherwise; without its positions */
} csv_span;

/* For a file whose header has CELLS cells.  False: out of memory. */
bool csv_spans_init(csv_spans *s, char delimiter, uint32_t cells, size_t record_bytes_max);
void csv_spans_fini(csv_spans *s);
/* The text behind what was judged has changed, or what was judged is judged again. */
void csv_spans_forget(csv_spans *s);
/* Judges the record, which begins in W.  MORE_TEXT: to be called again with more of the text that follows. */
csv_verdict csv_spans_judge(csv_spans *s, const csv_window *w, csv_span *record);

#endif
