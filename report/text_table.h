/* One table as text: a list, a list with bars, or matrices. */
#ifndef CANVASS_REPORT_TEXT_TABLE_H
#define CANVASS_REPORT_TEXT_TABLE_H

#include "report/layout.h"
#include "report/pen.h"

/* Writes a table below its title; "no rows" for an empty one. */
void text_table_write(const document *d, const pen *p, size_t indent, const layout_table *table);
/* The matrices of one table, each below its name. */
void text_matrices_write(const document *d, const pen *p, size_t indent, const layout_matrix *matrices,
                         size_t count);

/* A banner table: a grid for each question. */
void text_banner_write(const document *d, const pen *p, size_t indent, const layout_banner *b);

#endif
