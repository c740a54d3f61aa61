/* Makes names and labels of columns from the records of a header, for all formats that have one. */
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

/* The rows whose bits are set in NAMES name the columns, and row LABELS (from 1; 0: none) labels them.  With
 * several rows of names an empty cell takes the text before it if a row below has one for the column
 * ("Q | Choice").  IS_CLEANED: line breaks and tags are taken out of names, except in a single row where this
 * would make names equal.  Fills names and labels, allocated in MEMORY; false: out of memory. */
bool titles_make(titles *t, uint32_t names, uint32_t labels, bool is_cleaned, arena *memory);

#endif
