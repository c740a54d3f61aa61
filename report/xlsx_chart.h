/* Charts in a workbook: Excel's own, which stay editable; their figures are on a sheet of their own, the last
 * one. */
#ifndef CANVASS_REPORT_XLSX_CHART_H
#define CANVASS_REPORT_XLSX_CHART_H

#include "report/xlsx_book.h"

typedef struct xlsx_charts xlsx_charts;

/* No charts yet.  NULL: out of memory. */
xlsx_charts *xlsx_charts_begin(xlsx_book *b);
/* Draws CHART at the next row of S, and leaves that below it.  CAPTION is its title. */
void xlsx_charts_add(xlsx_charts *all, xlsx_sheet *s, const layout_chart *chart, slice caption);
/* Writes the figures of all charts on their sheet. */
void xlsx_charts_finish(xlsx_charts *all);

#endif
