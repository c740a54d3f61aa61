/* One table of the document as text: a list, a list with bars, or a matrix (stats/analyses/table.h). */
#ifndef CANVASS_REPORT_TEXT_TABLE_H
#define CANVASS_REPORT_TEXT_TABLE_H

#include "report/figure.h"
#include "report/pen.h"

/* TABLE of SECTION with its title; nothing but "no rows" for an empty table. */
void text_table_write(const document *d, const pen *p, size_t indent, const json *section, const json *table);
/* The figures alone, as a list. */
void text_list_write(const document *d, const pen *p, size_t indent, const json *table);
/* False when TABLE cannot be drawn as a matrix (too large, too few columns): nothing is written then. */
bool text_matrix_write(const document *d, const pen *p, size_t indent, const json *section,
                       const json *table);

#endif
