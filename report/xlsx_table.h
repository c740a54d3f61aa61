/* Tables in a workbook: lists with heads that can be sorted and filtered, and matrices. */
#ifndef CANVASS_REPORT_XLSX_TABLE_H
#define CANVASS_REPORT_XLSX_TABLE_H

#include "report/xlsx_book.h"

/* TABLE below CAPTION from the next row of *SHEET on; one that is too long for the sheet continues on new
 * ones, of which the last is *SHEET then.  NULL there: out of memory. */
void xlsx_table_write(xlsx_book *b, xlsx_sheet **sheet, const layout_table *table, slice caption);

#endif
