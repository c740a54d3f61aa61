/* From the records of a header to the names and labels of columns, in all formats that have a header. */
#ifndef CANVASS_READING_TITLES_H
#define CANVASS_READING_TITLES_H

#include "base/arena.h"

typedef struct titles {
  slice *const *rows; /* of the header, COUNT cells each, trimmed */
  uint32_t rows_count;
  uint32_t count;
  slice *names;  /* trimmed; "column_N" where there is none; of no two columns the same */
  slice *labels; /* NULL: there are none */
} titles;

/* Which of the rows say what: those of the bits of NAMES name columns, and row LABELS (from 1; 0: none)
 * is about them.  Of several rows of names a cell that is empty takes the one before it, if a row below
 * has one for the column ("Q | Choice").  IS_CLEANED: line breaks and tags are taken out of names, but not
 * of those in a single row that only this makes equal.  Fills names and labels, in MEMORY; false: out of
 * memory. */
bool titles_make(titles *t, uint32_t names, uint32_t labels, bool is_cleaned, arena *memory);

#endif
