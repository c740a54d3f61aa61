/* The rows of a sheet, in its order, as the texts that a reader of the workbook sees (ECMA-376, part 1,
 * clause 18.3.1).
 *
 * Numbers are the shortest decimals that read back as the double that the workbook holds; those with a format
 * of a date or time are dates and times (styles.h).  TRUE, FALSE and errors such as #N/A are texts.  A
 * formula has the value that was last calculated.  A row that the sheet leaves out is blank; rows after the
 * last cell that is not blank do not count.
 */
#ifndef CANVASS_READING_XLSX_SHEET_H
#define CANVASS_READING_XLSX_SHEET_H

#include "reading/xlsx/rows.h"
#include "reading/xlsx/strings.h"
#include "reading/xlsx/styles.h"

enum { SHEET_ROWS_MAX = 1048576, SHEET_COLUMNS_MAX = 16384 };

typedef struct sheet sheet;

typedef struct sheet_options {
  slice part;
  const strings *strings; /* borrowed, like the other members */
  const styles *styles;
  bool from_1904;
} sheet_options;

status sheet_open(package *p, const sheet_options *options, sheet **out, error *err) MUST_USE;
void sheet_close(sheet *s);
/* Appends COUNT rows to INTO: fewer at the end of the sheet, more when blank rows precede the last one. */
status sheet_next(sheet *s, size_t count, sheet_rows *into, error *err) MUST_USE;
/* How many formulas without a stored result have been read so far. */
uint64_t sheet_formulas_without_result(const sheet *s);

/* "AB" for column 27, from 0. */
enum { COLUMN_LETTERS_BYTES = 8 };
void sheet_column_letters(uint32_t column, char out[COLUMN_LETTERS_BYTES]);
/* Reads "AB12" as a column from 0 and a row from 1; false when TEXT is not a reference. */
bool sheet_parse_reference(const char *text, uint32_t *column, uint64_t *row);

#endif
