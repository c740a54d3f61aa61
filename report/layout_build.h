/* The parts that make a layout; private to report. */
#ifndef CANVASS_REPORT_LAYOUT_BUILD_H
#define CANVASS_REPORT_LAYOUT_BUILD_H

#include "report/layout.h"

void layout_texts_add(const document *d, layout_texts *list, slice text);
/* TEXTS with SEPARATOR between them. */
slice layout_texts_joined(const document *d, const layout_texts *list, slice separator);

/* `title`, `kind_title`, `names_items` of a section whose names are there. */
void layout_title_make(const document *d, const json *section, layout_section *out);
void layout_section_make(const document *d, const json *section, layout_section *out);
/* Finds the table and the column of the headline of a section whose tables are there. */
void layout_headline_find(const json *section, layout_section *out);
void layout_data_make(const document *d, layout_data *out);

/* What of the data is not as it was written, a sentence each: how the numbers of a variable were kept, how
 * weights were read. */
void layout_numbers_tell(const document *d, const json *variable, slice item, layout_texts *out);
/* Of computed variables: the document's "results". */
void layout_results_tell(const document *d, const json *results, layout_texts *out);
void layout_weights_tell(const document *d, layout_texts *out);
/* As what FILES of the document were read, where that is more than a table below one line of titles. */
void layout_read_as_tell(const document *d, const json *files, layout_texts *out);
/* Which files lack columns of VARIABLES. */
void layout_absent_tell(const document *d, const json *variables, layout_texts *out);
void layout_dictionary_tell(const document *d, const json *data, layout_texts *out);
/* "a.csv:3 “x”, a.csv:9 “y”" */
slice layout_places(const document *d, const json *places);
/* The same of rows, which have no cell to show: "a.csv:3, a.csv:9". */
slice layout_rows(const document *d, const json *places);

#endif
