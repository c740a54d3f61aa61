/* The rows of a sheet, in its order, as the texts that a reader of the workbook sees (ECMA-376, part 1,
 * clause 18.3.1).
 *
 * Whole numbers are kept to their last digit; others have the 15 digits that spreadsheets show and write into
 * CSV files, for 0.1 + 0.2 is stored as 0.30000000000000004.  Those with a format of a date or time are dates
 * and times (styles.h).  TRUE, FALSE and errors such as #N/A are texts.  A formula has the value that was
 * last calculated.  A row that the sheet leaves out is blank; rows after the last cell that is not blank do
 * not count.
 */
#ifndef CANVASS_READING_XLSX_SHEET_H
#define CANVASS_READING_XLSX_SHEET_H

#include "base/file_facts.h"
#include "reading/xlsx/rows.h"
#include "reading/xlsx/strings.h"
#include "reading/xlsx/styles.h"

enum { SHEET_ROWS_MAX = 1048576, SHEET_COLUMNS_MAX = 16384 };

typedef struct sheet sheet;

typedef struct sheet_options {
  slice part;
  strings *strings; /* borrowed, like the other members */
  const styles *styles;
  bool from_1904;
  uint64_t rows_left_out; /* before the header: nothing is remarked of them */
} sheet_options;

status sheet_open(package *p, const sheet_options *options, sheet **out, error *err) MUST_USE;
void sheet_close(sheet *s);
/* Appends COUNT rows to INTO: fewer at the end of the sheet and when INTO comes to BYTES bytes, more when
 * blank rows precede the last one. */
status sheet_next(sheet *s, size_t count, size_t bytes, sheet_rows *into, error *err) MUST_USE;
/* How many formulas without a stored result have been read so far. */
uint64_t sheet_formulas_without_result(const sheet *s);
/* FILE_REMARKS of them: rows met so far that are hidden, and the like. */
const file_skipped *sheet_remarks(const sheet *s);
/* Cells from COLUMN on are not given from now on, nor are those of AHEAD, which sheet_next gave; their rows
 * are remarked. */
void sheet_end_columns(sheet *s, uint32_t column, sheet_rows *ahead);

/* "AB" for column 27, from 0. */
enum { COLUMN_LETTERS_BYTES = 8 };
void sheet_column_letters(uint32_t column, char out[COLUMN_LETTERS_BYTES]);
/* Reads "AB12" as a column from 0 and a row from 1; false when TEXT is not a reference. */
bool sheet_parse_reference(const char *text, uint32_t *column, uint64_t *row);

typedef struct sheet_range {
  uint32_t first_column, last_column; /* from 0 */
  uint64_t first_row, last_row;       /* from 1 */
} sheet_range;
/* "A1:B2"; false: it is no such. */
bool sheet_parse_range(slice text, sheet_range *out);

#endif
