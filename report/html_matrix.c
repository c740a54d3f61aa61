/* Matrices: cells shaded by their size, above zero and below it; a triangle shows each pair once; many long
 * titles above the columns are numbers, which stand beside the lines too. */
#include "report/html_page.h"

#include <math.h>

#include "report/svg_frame.h"

enum { NUMBERED_FROM = 8, SHADES = 10 };

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

/* The last item of a triangle without its own pairs has no column, the first no line. */
typedef struct extent {
  size_t first_line, columns;
} extent;

static extent extent_of(const layout_matrix *m) {
  const bool is_halved = m->is_triangle && m->lines_count > 1 && layout_matrix_row(m, 0, 0) == NULL;
  return (extent){is_halved ? 1 : 0, m->columns_count - (is_halved ? 1 : 0)};
}

static void put_titles(const html_page *p, const layout_matrix *m, bool is_numbered) {
  const extent e = extent_of(m);
  html_table_title(p, m->corner, true);
  for (size_t c = 0; c < e.columns; c++) {
    if (is_numbered) {
      buf_printf(p->out, "<th scope=\"col\" class=\"n\"><abbr");
      html_attribute(p->out, "title", text_fit(m->columns[c], HTML_LABEL_COLUMNS));
      buf_printf(p->out, ">%zu</abbr></th>", c + 1);
    } else {
      html_table_title(p, m->columns[c], false);
    }
  }
  buf_printf(p->out, "</tr></thead>\n<tbody>\n");
}

/* " class="h7"": the shade of a figure, of which FULL is the darkest; nothing for one near zero. */
static void put_shade(const html_page *p, const layout_table *t, const json *row) {
  const json *cell = t->shade == NULL ? NULL : json_get(row, t->shade);
  const bool is_figure = json_kind_of(cell) == JSON_NUMBER || json_kind_of(cell) == JSON_INTEGER;
  const double size = is_figure ? fabs(json_as_number(cell)) / t->darkest : 0;
  const long step = size < 1 ? lround(size * SHADES) : SHADES;
  if (step > 0) {
    buf_printf(p->out, " class=\"%c%ld\"", json_as_number(cell) < 0 ? 'm' : 'h', step);
  }
}

static void put_cell(const html_page *p, const layout_table *t, const layout_matrix *m, const json *row) {
  buf_printf(p->out, "<td");
  if (row != NULL) {
    const slice shown = figure_cell(p->d, m->cell, row);
    put_shade(p, t, row);
    html_digits(p, json_get(row, m->cell->key), shown);
    buf_printf(p->out, ">");
    html_label(p->out, svg_figure(p->d, shown));
    buf_printf(p->out, "</td>");
  } else {
    buf_printf(p->out, "></td>");
  }
}

static void put_matrix(const html_page *p, const layout_table *t, const layout_matrix *m, slice name) {
  const slice own = part_name(p, m, name);
  const extent e = extent_of(m);
  const bool is_numbered = m->is_square && m->columns_count >= NUMBERED_FROM;
  if (m->others_count > 0) {
    html_element(p->out, "p", "part", own);
  }
  html_table_begin(p, own, t->shade != NULL ? "matrix heat" : "matrix");
  buf_printf(p->out, "<tr>");
  put_titles(p, m, is_numbered);
  for (size_t i = e.first_line; i < m->lines_count; i++) {
    buf_printf(p->out, "<tr><th scope=\"row\">");
    if (is_numbered) {
      buf_printf(p->out, "%zu ", i + 1);
    }
    html_label(p->out, m->lines[i]);
    buf_printf(p->out, "</th>");
    for (size_t c = 0; c < e.columns; c++) {
      put_cell(p, t, m, layout_matrix_row(m, i, c));
    }
    buf_printf(p->out, "</tr>\n");
  }
  buf_printf(p->out, "</tbody>");
  html_table_end(p);
}

bool html_matrices(const html_page *p, const layout_table *t, slice name) {
  size_t count = 0;
  const layout_matrix *matrices = layout_matrices(p->d, t, &count);
  for (size_t i = 0; i < count; i++) {
    put_matrix(p, t, &matrices[i], name);
  }
  return count > 0;
}
