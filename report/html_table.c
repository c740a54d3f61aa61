/* Tables: lists and counts, and the parts of all tables.  A figure that is shown rounded has ten digits
 * beside it (data-v), for sorting and copying.  Cells are figures unless their class says that they are
 * texts: there are a hundred figures to a text. */
#include "report/html_page.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/svg_frame.h"

enum { DIGITS = 10 };

/* ---- Parts --------------------------------------------------------------------------------------- */

void html_table_begin(const html_page *p, slice name, const char *class_name) {
  buf_printf(p->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
  html_attribute(p->out, "aria-label", text_fit(name, HTML_LABEL_COLUMNS));
  buf_printf(p->out, "><table class=\"%s\"><caption>", class_name);
  html_label(p->out, name);
  buf_printf(p->out, "</caption>\n<thead>");
}

void html_table_end(const html_page *p) {
  buf_printf(p->out, "</table></div>\n");
}

void html_table_title(const html_page *p, slice title, bool is_key) {
  buf_printf(p->out, "<th scope=\"col\"%s>", is_key ? "" : " class=\"n\"");
  html_label(p->out, title);
  buf_printf(p->out, "</th>");
}

static void begin_rows(const html_page *p) {
  buf_printf(p->out, "</tr></thead>\n<tbody>\n");
}

static void put_row_name(const html_page *p, slice name) {
  buf_printf(p->out, "<th scope=\"row\">");
  html_label(p->out, name);
  buf_printf(p->out, "</th>");
}

/* V with DIGITS digits: what a table is copied for needs no more, and the page becomes a tenth smaller. */
static double kept_of(double v) {
  char text[32];
  (void)snprintf(text, sizeof text, "%.*g", DIGITS, v);
  return strtod(text, NULL);
}

void html_digits(const html_page *p, const json *cell, slice shown) {
  if (json_kind_of(cell) == JSON_NUMBER) {
    char text[32];
    const int length = json_format_number(kept_of(json_as_number(cell)), text);
    if (!slice_equal(shown, (slice){text, (size_t)length})) {
      buf_printf(p->out, " data-v=\"%.*s\"", length, text);
    }
  }
}

static void put_figure(const html_page *p, const figure_column *column, const json *row) {
  const slice shown = row == NULL ? slice_of("") : figure_cell(p->d, column, row);
  buf_printf(p->out, "<td");
  html_digits(p, row == NULL ? NULL : json_get(row, column->key), shown);
  buf_printf(p->out, ">");
  html_label(p->out, svg_figure(p->d, shown));
  buf_printf(p->out, "</td>");
}

/* ---- Lists --------------------------------------------------------------------------------------- */

/* What names a row, then its figures: the first name is the row's head. */
static void put_row(const html_page *p, const layout_table *t, const figure_column *columns,
                    const json *row) {
  bool is_first = true;
  buf_printf(p->out, "<tr>");
  for (size_t c = 0; c < t->columns_count; c++) {
    if (columns[c].is_empty || !columns[c].is_key) {
      continue;
    }
    const slice name = figure_cell(p->d, &columns[c], row);
    if (is_first) {
      put_row_name(p, name);
    } else {
      buf_printf(p->out, "<td class=\"t\">");
      html_label(p->out, name);
      buf_printf(p->out, "</td>");
    }
    is_first = false;
  }
  for (size_t c = 0; c < t->columns_count; c++) {
    if (!columns[c].is_empty && !columns[c].is_key) {
      put_figure(p, &columns[c], row);
    }
  }
  buf_printf(p->out, "</tr>\n");
}

static void put_list(const html_page *p, const layout_table *t, slice name) {
  const figure_column *columns = layout_columns(p->d, t);
  html_table_begin(p, name, "sortable");
  buf_printf(p->out, "<tr>");
  for (int keys = 1; keys >= 0; keys--) {
    for (size_t c = 0; c < t->columns_count; c++) {
      if (!columns[c].is_empty && columns[c].is_key == (keys == 1)) {
        html_table_title(p, columns[c].title, columns[c].is_key);
      }
    }
  }
  begin_rows(p);
  for (size_t r = 0; r < t->rows_count; r++) {
    put_row(p, t, columns, json_at(t->rows, r));
  }
  buf_printf(p->out, "</tbody>");
  html_table_end(p);
}

/* ---- Any table ----------------------------------------------------------------------------------- */

void html_table(const html_page *p, const layout_table *t, slice name) {
  const bool is_shown = (t->view == VIEW_MATRIX && html_matrices(p, t, name)) ||
                        (t->view == VIEW_BANNER && html_banner(p, t, name));
  if (!is_shown) {
    put_list(p, t, name);
  }
}

/* ---- Counts -------------------------------------------------------------------------------------- */

void html_counts(const html_page *p, const layout_counts *counts, slice name) {
  const size_t figures = counts->titles.count;
  if (counts->names.count == 0 || counts->cells == NULL) {
    return;
  }
  html_table_begin(p, name, "sortable");
  buf_printf(p->out, "<tr>");
  html_table_title(p, counts->corner, true);
  for (size_t c = 0; c < figures; c++) {
    html_table_title(p, counts->titles.at[c], false);
  }
  begin_rows(p);
  for (size_t i = 0; i < counts->names.count; i++) {
    buf_printf(p->out, "<tr>");
    put_row_name(p, counts->names.at[i]);
    for (size_t c = 0; c < figures; c++) {
      buf_printf(p->out, "<td>");
      html_text(p->out, figure_count(p->d, counts->cells[i * figures + c]));
      buf_printf(p->out, "</td>");
    }
    buf_printf(p->out, "</tr>\n");
  }
  buf_printf(p->out, "</tbody>");
  html_table_end(p);
}
