/* The workbook that a report becomes: its sheets, its styles, and the one way in which texts and figures get
 * into cells.
 *
 * Whatever a label says, it is a text in its cell: no formula, link or escape of the file format arises from
 * data.  A failure of the library stays until xlsx_book_close, so that the writers of tables and charts need
 * not ask after each cell. */
#ifndef CANVASS_REPORT_XLSX_BOOK_H
#define CANVASS_REPORT_XLSX_BOOK_H

#include <xlsxwriter.h>

#include "report/outline.h"

/* Most rows of a sheet that are used: those of the format less some for titles and remarks. */
enum { XLSX_ROWS_MAX = 1048000, XLSX_COLUMNS_MAX = 16384 };

typedef enum xlsx_style {
  XLSX_PLAIN,
  XLSX_TITLE,   /* of the workbook */
  XLSX_CHAPTER, /* of a sheet */
  XLSX_SECTION, /* of an analysis */
  XLSX_CAPTION, /* of a table or chart */
  XLSX_NOTE,    /* settings and notes */
  XLSX_WARNING,
  XLSX_HEAD, /* of a column of names */
  XLSX_HEAD_FIGURE,
  XLSX_HEAD_OVER, /* of several columns */
  XLSX_KEY,       /* a name in a table */
  XLSX_DATE,
  XLSX_LINK,
  XLSX_STYLES,
} xlsx_style;

typedef struct xlsx_sheet {
  lxw_worksheet *at;
  const char *name; /* as formulas and links need it: without quotes */
  slice title;
  lxw_row_t row;  /* the next free one */
  double *widths; /* of columns, in characters */
} xlsx_sheet;

typedef struct xlsx_book xlsx_book;

/* A workbook to be written to PATH, with texts in D's language and memory.  LONG: it has many cells; rows go
 * to temporary files as they are written, in order, and tables have no filters of their own.  NULL: out of
 * memory. */
xlsx_book *xlsx_book_open(const document *d, const char *path, bool is_long);
bool xlsx_book_is_long(const xlsx_book *b);
const document *xlsx_book_document(const xlsx_book *b);
lxw_workbook *xlsx_book_file(xlsx_book *b);
/* Writes the file and frees the workbook.  STATUS_IO where a file cannot be written. */
status xlsx_book_close(xlsx_book *b, error *err) MUST_USE;
/* Keeps the first failure. */
void xlsx_book_note(xlsx_book *b, lxw_error failure);

/* A new sheet whose name is TITLE, shortened and made different from all others where the format asks for
 * that; it lives in D's memory.  NULL: it cannot be had, which xlsx_book_close tells. */
xlsx_sheet *xlsx_book_sheet(xlsx_book *b, slice title);
/* The name that a sheet called TITLE will have, to refer to before there is one; NULL: out of memory.  */
const char *xlsx_book_reserve(xlsx_book *b, slice title);
/* The sheet of a reserved NAME. */
xlsx_sheet *xlsx_book_reserved(xlsx_book *b, const char *name);
/* Finishes S; a new sheet that continues it. */
xlsx_sheet *xlsx_sheet_continue(xlsx_book *b, xlsx_sheet *s);
/* Sets the widths of columns.  To be called once, after the last cell. */
void xlsx_sheet_finish(xlsx_book *b, xlsx_sheet *s);

lxw_format *xlsx_book_style(const xlsx_book *b, xlsx_style style);
/* The format of a cell that shows a number as FORMAT, which Excel understands ("#,##0.0"), says. */
lxw_format *xlsx_book_number(xlsx_book *b, const char *format);
/* How a figure of COLUMN with DECIMALS is shown. */
lxw_format *xlsx_book_figure(xlsx_book *b, const figure_column *column, int decimals);

/* TEXT as a terminated string that a cell may hold (at most 32,767 characters; longer ones end in "…"). */
const char *xlsx_text(const xlsx_book *b, slice text);
void xlsx_put(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text, xlsx_style style);
/* TEXT as a head over several columns. */
void xlsx_put_over(xlsx_book *b, xlsx_sheet *s, lxw_col_t first, lxw_col_t last, slice text);
/* As xlsx_put; a text that is a number as people write it becomes one, so that spreadsheets sort it as such.
 */
void xlsx_put_key(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text);
void xlsx_put_number(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, double value, lxw_format *format);
/* The cell of ROW below COLUMN, as a number where it is one; nothing where there is no figure. */
void xlsx_put_figure(xlsx_book *b, xlsx_sheet *s, lxw_col_t at, const figure_column *column, const json *row);
/* A line of running text across the sheet, which columns do not follow in width. */
void xlsx_put_line(xlsx_book *b, xlsx_sheet *s, slice text, xlsx_style style);
/* TEXT as a link to ROW of the sheet TO. */
void xlsx_put_link(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text, const xlsx_sheet *to,
                   lxw_row_t row);

#endif
