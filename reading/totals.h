/* Rows that add up, average or count the respondents above them, and remarks below a table: which of a file's
 * rows are no respondents'.
 *
 * Decoders only note that a file has rows whose first cell is such a word, or which lack their first cell at
 * the end of a piece (row_places).  That is rare; where it is so, all of the file is looked at once more. */
#ifndef CANVASS_READING_TOTALS_H
#define CANVASS_READING_TOTALS_H

#include "base/array.h"
#include "reading/reader.h"
#include "reading/total_words.h"

enum {
  TOTALS_SUSPECTS_MAX = 200, /* where more rows say so, it is an answer */
  TOTALS_NEAR_END = 3, /* so many rows at the end of a file are looked at when they lack their first cell */
};

/* Whether a record may be none of a respondent: TEXT is the first of its cells with anything in it, its FIRST
 * one. */
bool totals_suspect(const total_words *words, slice text, uint32_t first, bool is_near_end);
/* Notes that the next record is such a one, if it is.  Returns whether it is left out because OPTIONS leave
 * out all whose first cell is a word for totals. */
bool totals_note(const reading_options *options, const total_words *words, row_places *places, slice text,
                 uint32_t first, bool is_near_end);
/* Whether the record ORDINAL is one of those that OPTIONS leave out. */
bool totals_left_out(const reading_options *options, uint64_t ordinal);

/* Ordinals, ascending. */
typedef struct totals_found {
  uint64_t *ordinals;
  size_t count, capacity;
} totals_found;

/* Reads the file of F, which is open and read no further than its header, to its end; its last record is the
 * one before the ordinal END.  Adds the rows that are certainly no respondents' to CERTAIN, and notes the
 * lines of those that may be none in DOUBTFUL. */
status totals_examine(input_file *f, uint64_t end, totals_found *certain, file_skipped *doubtful,
                      error *err) MUST_USE;

#endif
