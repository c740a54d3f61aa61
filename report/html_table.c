/* Tables: lists, matrices and counts.  A figure that is shown rounded has all its digits beside it
 * (data-v), for sorting and copying. */
#include "report/html_page.h"

#include "report/svg_frame.h"

/* ---- Parts --------------------------------------------------------------------------------------- */

static void begin(const html_page *p, slice name, const char *class_name) {
  buf_printf(p->out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
  html_attribute(p->out, "aria-label", text_fit(name, HTML_LABEL_COLUMNS));
  buf_printf(p->out, "><table class=\"%s\"><caption>", class_name);
  html_label(p->out, name);
  buf_printf(p->out, "</caption>\n<thead><tr>");
}

static void end(const html_page *p) {
  buf_printf(p->out, "</tbody></table></div>\n");
}

static void put_title(const html_page *p, slice title, bool is_key) {
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

/* All digits of CELL, unless SHOWN has them. */
static void put_digits(const html_page *p, const json *cell, slice shown) {
  if (json_kind_of(cell) == JSON_NUMBER) {
    char text[32];
    const int length = json_format_number(json_as_number(cell), text);
    if (!slice_equal(shown, (slice){text, (size_t)length})) {
      buf_printf(p->out, " data-v=\"%.*s\"", length, text);
    }
  }
}

static void put_figure(const html_page *p, const figure_column *column, const json *row) {
  const slice shown = row == NULL ? slice_of("") : figure_cell(p->d, column, row);
  buf_printf(p->out, "<td class=\"n\"");
  put_digits(p, row == NULL ? NULL : json_get(row, column->key), shown);
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
      buf_printf(p->out, "<td>");
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
  begin(p, name, "sortable");
  for (int keys = 1; keys >= 0; keys--) {
    for (size_t c = 0; c < t->columns_count; c++) {
      if (!columns[c].is_empty && columns[c].is_key == (keys == 1)) {
        put_title(p, columns[c].title, columns[c].is_key);
      }
    }
  }
  begin_rows(p);
  for (size_t r = 0; r < t->rows_count; r++) {
    put_row(p, t, columns, json_at(t->rows, r));
  }
  end(p);
}

/* ---- Matrices ------------------------------------------------------------------------------------ */

/* "Type of travel: Business" */
static slice part_name(const html_page *p, const layout_matrix *m, slice name) {
  slice said = name;
  for (size_t k = 0; k < m->others_count; k++) {
    const sentence_place places[] = {{"name", said},
                                     {"title", m->others[k].title},
                                     {"colon", html_said(p, WORD_COLON)},
                                     {"value", figure_cell(p->d, &m->others[k], m->first)}};
    said = sentence_fill(p->d, "{name} · {title}{colon}{value}", places, 4);
  }
  return said;
}

static void put_matrix(const html_page *p, const layout_matrix *m, slice name) {
  const slice own = part_name(p, m, name);
  if (m->others_count > 0) {
    html_element(p->out, "p", "part", own);
  }
  begin(p, own, "matrix");
  put_title(p, m->corner, true);
  for (size_t c = 0; c < m->columns_count; c++) {
    put_title(p, m->columns[c], false);
  }
  begin_rows(p);
  for (size_t i = 0; i < m->lines_count; i++) {
    buf_printf(p->out, "<tr>");
    put_row_name(p, m->lines[i]);
    for (size_t c = 0; c < m->columns_count; c++) {
      put_figure(p, m->cell, layout_matrix_row(m, i, c));
    }
    buf_printf(p->out, "</tr>\n");
  }
  end(p);
}

void html_table(const html_page *p, const layout_table *t, slice name) {
  size_t count = 0;
  const layout_matrix *matrices = t->view == VIEW_MATRIX ? layout_matrices(p->d, t, &count) : NULL;
  for (size_t i = 0; i < count; i++) {
    put_matrix(p, &matrices[i], name);
  }
  if (count == 0) {
    put_list(p, t, name);
  }
}

/* ---- Counts -------------------------------------------------------------------------------------- */

void html_counts(const html_page *p, const layout_counts *counts, slice name) {
  const size_t figures = counts->titles.count;
  if (counts->names.count == 0 || counts->cells == NULL) {
    return;
  }
  begin(p, name, "sortable");
  put_title(p, counts->corner, true);
  for (size_t c = 0; c < figures; c++) {
    put_title(p, counts->titles.at[c], false);
  }
  begin_rows(p);
  for (size_t i = 0; i < counts->names.count; i++) {
    buf_printf(p->out, "<tr>");
    put_row_name(p, counts->names.at[i]);
    for (size_t c = 0; c < figures; c++) {
      buf_printf(p->out, "<td class=\"n\">");
      html_text(p->out, figure_count(p->d, counts->cells[i * figures + c]));
      buf_printf(p->out, "</td>");
    }
    buf_printf(p->out, "</tr>\n");
  }
  end(p);
}
