/* The parts of the page; private to the HTML format. */
#ifndef CANVASS_REPORT_HTML_PAGE_H
#define CANVASS_REPORT_HTML_PAGE_H

#include "report/html.h"
#include "report/outline.h"
#include "report/sentence.h"

typedef struct html_page {
  const outline *o;
  const layout *l;
  const document *d;
  buf *out;
} html_page;

/* The head with the policy of content, the style and the script, and the cover: title and facts. */
status html_begin(const html_page *p, error *err) MUST_USE;
void html_end(const html_page *p);
/* A chapter of analyses: heading, the author's text, its parts. */
void html_chapter(const html_page *p, const outline_chapter *chapter);
/* The parts of chapters that are not analyses. */
void html_summary(const html_page *p);
void html_study(const html_page *p);
void html_quality(const html_page *p);
void html_appendix(const html_page *p);

/* A person's text, in Markdown; nothing when it is empty. */
void html_markdown(const html_page *p, slice text);
/* A chart with its titles, its base and its table, or a table alone. */
void html_figure(const html_page *p, const outline_section *section, const outline_figure *figure);
/* Tables; NAME is what those hear who do not see them. */
void html_table(const html_page *p, const layout_table *table, slice name);
void html_counts(const html_page *p, const layout_counts *counts, slice name);

/* Matrices and a banner; false, and nothing, when TABLE does not have their form. */
bool html_matrices(const html_page *p, const layout_table *table, slice name);
bool html_banner(const html_page *p, const layout_table *table, slice name);

/* The parts of all tables: up to the rows of titles, the title of a column, and the end after the bodies. */
void html_table_begin(const html_page *p, slice name, const char *class_name);
void html_table_title(const html_page *p, slice title, bool is_key);
void html_table_end(const html_page *p);
/* Ten digits of CELL as an attribute, unless SHOWN has them. */
void html_digits(const html_page *p, const json *cell, slice shown);

/* The word W filled with N. */
slice html_numbered(const html_page *p, word w, size_t n);
slice html_said(const html_page *p, word w);
/* "<ul class=CLASS>" of texts; nothing when there are none. */
void html_list(const html_page *p, const char *class_name, const layout_texts *texts);
void html_remarks(const html_page *p, const char *class_name, const layout_remarks *remarks);

#endif
