/* Excel workbooks (.xlsx, .xlsm, also as other programs write them) as an input format; its row is in xlsx.c.
 *
 * The table on one sheet is streamed: memory is bounded by the rows of a piece and 16 MiB of shared texts;
 * more texts go to a temporary file.
 *
 * 1. The sheet is that of `data: {sheet: ...}`, by name or number, or the first that is not hidden.
 * 2. The header is found as in CSV files (header_use.h), including those of platforms' exports; merged cells
 * in it all have the text of the first.  A row of the sheet is what messages call a line.
 * 3. sheet.h says what the text of a cell is.  Columns extend to the last title or to the last cell of the
 * first rows; a row with a cell further right is quarantined.  Cells that are separated from the table by
 * hundreds of blank columns are not read, and their rows are told.
 * 4. Totals are those of platforms (platform.h), and rows that a table of the workbook declares (tables.h).
 * 5. Encrypted and binary workbooks and other archives are refused by name.
 */
#ifndef CANVASS_READING_XLSX_XLSX_H
#define CANVASS_READING_XLSX_XLSX_H

#include <stdio.h>

#include "reading/header_use.h"
#include "reading/titles.h"
#include "reading/total_words.h"
#include "reading/values.h"
#include "reading/xlsx/merges.h"
#include "reading/xlsx/sheet.h"
#include "reading/xlsx/tables.h"
#include "reading/xlsx/workbook.h"

/* The state of an open file. */
typedef struct xlsx_file {
  package *package;
  FILE *copy; /* of a file in which one cannot seek; NULL: none */
  workbook workbook;
  strings strings;
  bool has_strings;
  styles styles;
  sheet *sheet;
  sheet_rows ahead; /* rows that are read and not yet in a piece */
  uint64_t ordinal; /* of the next row */
  slice **rows;     /* of the header, header.count texts each */
  uint32_t rows_count;
  uint32_t telling; /* bit I: a row that repeats row I is left out */
  tables tables;
  const platform *totals_of; /* whose totals may be among the rows; NULL: none are known */
  total_words words;         /* with which first cells of totals begin or end */
} xlsx_file;

/* Reads the header and leaves the rows after it to be cut (header.c). */
status xlsx_header_read(input_file *f, const merges *merged, error *err) MUST_USE;

/* Turns pieces into rows (decode.c). */
void *xlsx_decoder_new(void);
void xlsx_decoder_free(void *decoder);
status xlsx_decode(void *decoder, const input_file *f, const input_piece *piece, const input_sink *sink,
                   error *err) MUST_USE;
bool xlsx_find(void *decoder, uint32_t row, uint32_t cell, slice *text);

#endif
