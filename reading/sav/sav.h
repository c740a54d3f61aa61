/* SPSS system files (.sav, .zsav) as an input format.
 *
 * A file is a header, the records of its dictionary, and its cases.  A case is a sequence of elements of
 * eight bytes: one for a number, as many as it takes for a text.  PSPP's developer manual describes the
 * format.
 *
 * 1. The cases may be plain, compressed by codes of one byte, or packed by zlib on top of that (.zsav).
 * Either byte order is read.  Files are read from front to back, so they may be compressed by gzip or come
 * from a pipe.
 * 2. A number is the shortest decimal that reads back as the same double; dates and times are ISO 8601 texts
 * (moment.h).  The system-missing value and doubles that are not finite are blank cells.  Codes that the
 * dictionary declares missing are cells like others: the codebook says what they mean.
 * 3. Texts are converted from the encoding that the specification states, else from the dictionary's.  A byte
 * that is not valid in it is STATUS_DATA, with case and variable.  Texts and labels that are all UTF-8
 * although another encoding is stated are told (FILE_NOTICE_UTF8_ALREADY).
 * 4. A very long text, which files store in segments, is one cell.
 * 5. The case is what messages call "line".
 * 6. A multiple-response set of categories becomes an additional column, whose name begins with $: the
 * answers to its variables, without blank and missing ones, joined by INPUT_LIST_MARK.  A case with that mark
 * in one of these answers is quarantined.
 * 7. The dictionary: labels of variables and of values, missing values and ranges, measure, multiple-response
 * sets and the weight are passed on in the header.
 */
#ifndef CANVASS_READING_SAV_SAV_H
#define CANVASS_READING_SAV_SAV_H

#include "reading/byte_stream.h"
#include "reading/moment.h"
#include "reading/padded_text.h"
#include "reading/values.h"

enum {
  SAV_ELEMENT_BYTES = 8,
  SAV_DICTIONARY_BYTES_MAX = 32 << 20,
  SAV_SEGMENT_BYTES = 255,    /* of a very long text in each segment but the last */
  SAV_SEGMENT_WIDTH = 252,    /* the number of segments is counted by this width */
  SAV_ELEMENTS_MAX = 1 << 20, /* of a case */
};

/* Codes of one byte that stand for an element, in compressed files and in pieces. */
enum {
  SAV_CODE_IGNORED = 0,   /* in files only: fills a group of codes */
  SAV_CODE_END = 252,     /* in files only */
  SAV_CODE_ELEMENT = 253, /* the element follows */
  SAV_CODE_BLANKS = 254,
  SAV_CODE_MISSING = 255,
};

typedef enum sav_compression { SAV_PLAIN, SAV_CODES, SAV_ZLIB } sav_compression;

/* A variable of the file, which is a column. */
typedef struct sav_variable {
  uint32_t width;            /* bytes of a text; 0: a number */
  uint32_t segments;         /* records that describe it */
  uint32_t elements;         /* in a case, over all segments */
  uint32_t segment_elements; /* in each segment but the last */
  moment_kind moment;        /* how its numbers are shown */
  bool is_member;            /* of a set of categories; then these are set: */
  const uint8_t *missing;    /* the declared missing values, as in sav_record */
  int32_t missing_count;
} sav_variable;

/* A column that joins the answers to others. */
typedef struct sav_list {
  const uint32_t *variables;
  uint32_t count;
} sav_list;

/* What the dictionary says about the form of numbers. */
typedef struct sav_numbers {
  bool is_swapped;                   /* the file's byte order is not this machine's */
  double bias;                       /* added to a number to give its code */
  uint64_t missing, highest, lowest; /* bits of the special doubles */
} sav_numbers;

struct sav_unpacker;

typedef struct sav_file {
  byte_stream in;
  sav_compression compression;
  sav_numbers numbers;
  int64_t cases;           /* -1: not stated */
  uint32_t elements;       /* of a case */
  sav_variable *variables; /* the first columns */
  uint32_t variables_count;
  sav_list *lists; /* the other columns */
  uint32_t lists_count;
  const char *encoding; /* of the texts, resolved; NULL: UTF-8 */
  padded_watch *watch;  /* in the header's memory */
  uint64_t cases_cut;
  struct sav_unpacker *unpacker;
} sav_file;

/* ---- The dictionary (header.c, records.c, dictionary.c, sets.c) ------------------------------------- */

/* A record that describes a number, a text or a segment of one. */
typedef struct sav_record {
  slice name;  /* eight bytes at most, trimmed */
  slice label; /* raw */
  int32_t width;
  uint8_t format;
  int32_t missing_count; /* negative: the first two are a range */
  const uint8_t *missing;
  uint32_t first_element, elements;
} sav_record;

/* Labels of values, and the variables that have them. */
typedef struct sav_labels {
  const uint8_t *entries; /* value, length, text padded to eight bytes */
  uint32_t count;
  const uint8_t *elements; /* numbers, from 1, of the variables' first elements */
  uint32_t elements_count;
} sav_labels;

/* The known records of kind 7. */
typedef enum sav_information {
  SAV_INTEGERS,
  SAV_FLOATS,
  SAV_SETS,
  SAV_SETS_MORE,
  SAV_DISPLAY,
  SAV_LONG_NAMES,
  SAV_VERY_LONG_TEXTS,
  SAV_CASES,
  SAV_ENCODING,
  SAV_LONG_LABELS,
  SAV_LONG_MISSING,
  SAV_INFORMATIONS,
} sav_information;

/* The dictionary as it is in the file, in the header's memory. */
typedef struct sav_records {
  sav_record *list;
  uint32_t count;
  size_t capacity;
  sav_labels *labels;
  uint32_t labels_count;
  size_t labels_capacity;
  slice information[SAV_INFORMATIONS]; /* empty: there is none */
  int32_t weight;                      /* the element, from 1; 0: none */
  uint64_t bytes;
} sav_records;

/* The dictionary on its way to columns. */
typedef struct sav_making {
  input_file *f;
  const sav_records *records;
  padded_texts texts;
  uint32_t *columns; /* of each record; INPUT_ABSENT: a further segment of a text */
  uint32_t
      *by_name; /* the records in the order of their names; once columns are numbered, without segments */
  uint32_t by_name_count;
} sav_making;

/* Reads the header and all records before the cases. */
status sav_read_records(input_file *f, sav_records *out, error *err) MUST_USE;
/* Makes the header's columns of them, and what the file needs for its cases. */
status sav_make_columns(input_file *f, const sav_records *records, error *err) MUST_USE;

/* The number of the record called NAME, in upper or lower case; INPUT_ABSENT: there is none (names.c). */
uint32_t sav_find_record(const sav_making *m, slice name);
/* Sorts the records by name.  False: out of memory. */
bool sav_order_names(sav_making *m);
/* Reads the long names, which replace those in the records, and the segments of very long texts. */
status sav_take_long_names(sav_making *m, slice *names, error *err) MUST_USE;
status sav_take_segments(sav_making *m, uint32_t *widths, error *err) MUST_USE;
/* Once columns are numbered: segments are found by name no longer. */
void sav_forget_segments(sav_making *m);

/* Read the labels of values and the missing values of columns, which are already made (labels.c). */
status sav_take_labels(sav_making *m, error *err) MUST_USE;
status sav_take_missing(sav_making *m, error *err) MUST_USE;
status sav_take_long_labels(sav_making *m, error *err) MUST_USE;
status sav_take_long_missing(sav_making *m, error *err) MUST_USE;
/* Multiple-response sets (sets.c). */
status sav_take_sets(sav_making *m, error *err) MUST_USE;

/* Converts BYTES of the dictionary into the header's memory; messages call them WHAT 'NAME'. */
status sav_text(sav_making *m, slice bytes, const char *what, slice name, slice *out, error *err) MUST_USE;
status sav_damaged(const input_file *f, const char *problem, error *err);

/* ---- Elements (elements.c) -------------------------------------------------------------------------- */

uint32_t sav_u32(const sav_numbers *n, const uint8_t *bytes);
uint64_t sav_u64(const sav_numbers *n, const uint8_t *bytes);
double sav_double(const sav_numbers *n, const uint8_t *element);
/* Whether V means "no value". */
bool sav_is_missing(const sav_numbers *n, double v);
/* V, which is not missing, as a cell of a variable that is shown as MOMENT.  False: out of memory. */
bool sav_number(double v, moment_kind moment, char mark, arena *memory, input_cell *out);

/* ---- Cases (unpacker.c, decode.c) ------------------------------------------------------------------------
 */

/* A piece is a buf of cases one after the other.  A case is a code for each element; SAV_CODE_ELEMENT is
 * followed by the element. */

/* Makes F's unpacker, which reads what follows the dictionary. */
status sav_unpacker_new(input_file *f, error *err) MUST_USE;
void sav_unpacker_free(struct sav_unpacker *u);
/* Appends the codes of the next case to OUT.  *END: there are no more cases. */
status sav_next_case(input_file *f, buf *out, bool *end, error *err) MUST_USE;
/* After the last case: reads to the end, for the digest of the file.  STATUS_DATA when more follows. */
status sav_pass_end(input_file *f, error *err) MUST_USE;

void *sav_decoder_new(void);
void sav_decoder_free(void *decoder);
status sav_decode(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                  error *err) MUST_USE;
bool sav_find(void *decoder, uint32_t row, uint32_t cell, slice *text);

#endif
