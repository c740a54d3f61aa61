/* Stata's files (.dta) as an input format, from Stata 7 (format 110) to 18 (format 119).
 *
 * From format 117 on the parts of a file stand between tags.  Their order is the same in all formats: header,
 * description of the variables, rows of a fixed width, long texts, labels of values.
 *
 * 1. Some of what the header needs comes after the rows.  So the file is read twice, and cannot be a pipe.
 * 2. A number is the shortest decimal that reads back, of a float in single precision; dates and times are
 * ISO 8601 texts (moment.h).  "." is a blank cell.  The missing values .a to .z are cells with these texts,
 * and are declared missing where they occur or have labels.
 * 3. Texts are converted from the encoding that the specification states, else windows-1252 before format 118
 * and UTF-8 from then on.  A byte that is not valid in it is STATUS_DATA, with row and variable.  Texts and
 * labels that are all UTF-8 although it is another encoding are told (FILE_NOTICE_UTF8_ALREADY).
 * 4. Texts of any length (strL) are kept in memory, up to DTA_LONG_TEXTS_MAX bytes of a file.
 * 5. The row, from 1, is what messages call "line".
 */
#ifndef CANVASS_READING_DTA_DTA_H
#define CANVASS_READING_DTA_DTA_H

#include "reading/byte_stream.h"
#include "reading/moment.h"
#include "reading/padded_text.h"
#include "reading/values.h"

enum { DTA_LONG_TEXTS_MAX = 256 << 20, DTA_LETTERS = 26 };

typedef enum dta_type {
  DTA_TEXT,
  DTA_LONG_TEXT,
  DTA_BYTE,
  DTA_INT,
  DTA_LONG,
  DTA_FLOAT,
  DTA_DOUBLE
} dta_type;

/* How dates are counted and shown. */
typedef enum dta_dates {
  DTA_NO_DATES,
  DTA_MILLISECONDS,
  DTA_DAYS,
  DTA_WEEKS,
  DTA_MONTHS,
  DTA_QUARTERS,
  DTA_HALF_YEARS,
} dta_dates;

/* What differs from format to format. */
typedef struct dta_layout {
  uint8_t release;
  bool has_tags;      /* around the parts */
  bool has_letters;   /* it knows missing values .a to .z */
  uint8_t name_bytes; /* of variables and of sets of labels */
  uint8_t format_bytes;
  uint16_t label_bytes;
} dta_layout;

typedef struct dta_variable {
  dta_type type;
  uint32_t begin, width; /* in a row, in bytes */
  dta_dates dates;
  slice labels; /* the name of its set of labels, as in the file; empty: none */
} dta_variable;

typedef struct dta_long_text {
  uint64_t variable, row; /* of the cell that refers to it */
  slice text;
} dta_long_text;

typedef struct dta_file {
  byte_stream in;
  const dta_layout *layout;
  bool is_swapped; /* the file's byte order is not this machine's */
  uint64_t rows;
  uint32_t row_bytes;
  uint64_t rows_begin;       /* position in the file */
  dta_variable *variables;   /* one for each column */
  uint32_t *letters;         /* bit I: the variable has the missing value .a + I */
  dta_long_text *long_texts; /* sorted */
  size_t long_texts_count, long_texts_capacity;
  const char *encoding; /* resolved; NULL: UTF-8 */
  padded_watch *watch;  /* in the header's memory */
  padded_texts texts;   /* for what the header holds */
  uint64_t rows_cut;
} dta_file;

/* ---- While the file is opened ----------------------------------------------------------------------- */

status dta_damaged(const input_file *f, const char *problem, error *err);
/* Takes COUNT bytes into the header's memory. */
status dta_take(input_file *f, uint64_t count, const uint8_t **out, error *err) MUST_USE;
/* Takes TAG where the layout has tags. */
status dta_take_tag(input_file *f, const char *tag, error *err) MUST_USE;
/* Converts BYTES up to a NUL into the header's memory; messages call them WHAT 'NAME'. */
status dta_text(input_file *f, slice bytes, const char *what, slice name, slice *out, error *err) MUST_USE;

/* The header and the variables (header.c); the rows come next. */
status dta_read_header(input_file *f, error *err) MUST_USE;
/* Reads which missing values the rows have, and all that follows the rows (tail.c). */
status dta_read_tail(input_file *f, const input_watch *watch, error *err) MUST_USE;

/* ---- Cells (cells.c) -------------------------------------------------------------------------------- */

uint64_t dta_unsigned(const dta_file *d, const uint8_t *bytes, size_t length);
/* A number of a row. */
typedef struct dta_number {
  bool is_missing;
  int letter; /* for a missing value: 0 is .a, -1 is "." */
  double value;
} dta_number;
dta_number dta_number_of(const dta_file *d, const dta_variable *v, const uint8_t *bytes);
/* The cell of N, which is not ".", in a column of V.  False: out of memory. */
bool dta_number_cell(const dta_variable *v, dta_number n, char mark, arena *memory, input_cell *out);
const char *dta_date_format(dta_dates dates); /* NULL: none */
/* Sorts the long texts, so that dta_find_text can search them. */
void dta_sort_texts(dta_file *d);
/* The text to which the eight bytes of a cell refer; NULL: there is none. */
const dta_long_text *dta_find_text(const dta_file *d, const uint8_t *bytes);

/* A piece is a buf of whole rows. */
void *dta_decoder_new(void);
void dta_decoder_free(void *decoder);
status dta_decode(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                  error *err) MUST_USE;
bool dta_find(void *decoder, uint32_t row, uint32_t cell, slice *text);

#endif
