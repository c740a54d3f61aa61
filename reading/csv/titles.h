/* From the records of a header to the names and labels of columns. */
#ifndef CANVASS_READING_CSV_TITLES_H
#define CANVASS_READING_CSV_TITLES_H

#include "reading/csv/header.h"

/* Which of the rows of H say what: those of the bits of TITLES name columns, and row LABELS (from 1; 0: none)
 * is about them.  Of several rows of titles a cell that is empty takes the title before it, if a row below
 * has one for the column ("Q | Choice").  IS_CLEANED: line breaks and tags are taken out of titles, but not
 * of those in a single row of titles that only this makes equal.  Fills names and labels; false: out of
 * memory. */
bool csv_titles_make(csv_file_header *h, uint32_t titles, uint32_t labels, bool is_cleaned, arena *memory);

#endif
