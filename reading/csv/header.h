/* The first records of a file: the delimiter, which of them are the header, and the names of columns. */
#ifndef CANVASS_READING_CSV_HEADER_H
#define CANVASS_READING_CSV_HEADER_H

#include "base/arena.h"
#include "reading/csv/split.h"
#include "reading/platform.h"
#include "reading/reading.h"
#include "reading/total_words.h"

typedef struct csv_file_header {
  char delimiter;
  slice *names;  /* trimmed; "column_N" where the file has none; of no two columns the same */
  slice *labels; /* NULL: the file has none */
  uint32_t count;
  slice **rows; /* what the cells of the header's records say, trimmed; may be empty */
  uint32_t rows_count;
  uint32_t telling; /* bit I: a record that repeats row I is not a respondent's: it names or labels columns */
  uint64_t line;    /* on which it begins */
  const platform *totals_of; /* whose totals may be among the records; NULL: none are known */
  const reading_options *options;
  bool seeks_totals;       /* records may be totals, whoever wrote them */
  bool looks_for_totals;   /* or those of the platform */
  bool skip_possible[256]; /* by the first byte of a record: it may be blank, a total, or repeat the header */
  total_words words;       /* with which first cells of totals begin or end */
  file_reading reading;
  slice manner, first_line; /* as in input_header */
} csv_file_header;

/* Whether cells can be separated by it. */
bool csv_delimiter_possible(char delimiter);
/* Reads the header from the start of S's file and leaves S after it, its delimiter set.  What it has comes
 * from OPTIONS, else from the platform that the first records show; else it is one record.  All of OUT lives
 * in MEMORY.  STATUS_DATA for an empty file, one that has fewer records than the header is to have or is not
 * what OPTIONS say, a malformed header and text that is not UTF-8. */
status csv_header_read(csv_splitter *s, const reading_options *options, arena *memory, csv_file_header *out,
                       error *err) MUST_USE;

#endif
