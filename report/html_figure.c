/* Figures: number and title, what is shown, the chart in two widths, the base, and the table behind it. */
#include "report/html_page.h"
#include "report/layout_build.h"
#include "report/svg_frame.h"

enum { OPEN_ROWS_MAX = 12, OPEN_COLUMNS_MAX = 8 };

static void put_chart(const html_page *p, const outline_section *section, const outline_figure *f) {
  const struct {
    const char *class_name;
    svg_form form;
  } forms[] = {{"wide", SVG_WIDE}, {"slim", SVG_SLIM}};
  for (size_t i = 0; i < 2; i++) {
    const svg_request asked = {p->l, section->section, f->chart, forms[i].form, f->subject};
    buf_printf(p->out, "<div class=\"%s\">", forms[i].class_name);
    svg_chart_draw(&asked, p->out);
    buf_printf(p->out, "</div>\n");
  }
}

/* A small table is shown, a large one and that of a chart are folded. */
static bool is_open(const outline_figure *f) {
  return f->chart == NULL && f->table->rows_count <= OPEN_ROWS_MAX &&
         f->table->columns_count <= OPEN_COLUMNS_MAX;
}

/* "Figure 3": no two have the same. */
static slice name_of(const html_page *p, const outline_figure *f) {
  return html_numbered(p, f->chart != NULL ? WORD_PAGE_FIGURE : WORD_PAGE_TABLE, f->number);
}

static void put_table(const html_page *p, const outline_figure *f) {
  const sentence_place places[] = {{"number", name_of(p, f)}, {"subject", f->subject}};
  const slice name = sentence_fill(p->d, word_text(WORD_PAGE_DATA_OF, p->d->language), places, 2);
  buf_printf(p->out, "<details class=\"data\"%s><summary>", is_open(f) ? " open=\"open\"" : "");
  html_text(p->out, html_said(p, f->chart == NULL ? WORD_PAGE_FIGURES : WORD_PAGE_DATA));
  buf_printf(p->out, "</summary>\n");
  html_table(p, f->table, name);
  buf_printf(p->out, "</details>\n");
}

void html_figure(const html_page *p, const outline_section *section, const outline_figure *f) {
  const bool is_chart = f->chart != NULL;
  buf_printf(p->out, "<figure id=\"%s%zu\"%s>\n<figcaption>\n", is_chart ? "f" : "t", f->number,
             is_chart ? "" : " class=\"tab\"");
  html_element(p->out, "p", "fno", name_of(p, f));
  html_element(p->out, "h4", "", f->subject);
  buf_printf(p->out, "</figcaption>\n");
  if (is_chart) {
    put_chart(p, section, f);
  }
  if (is_chart) {
    html_element(p->out, "p", "src", layout_texts_joined(p->d, &section->section->settings, slice_of(" · ")));
  }
  if (f->has_data) {
    put_table(p, f);
  }
  buf_printf(p->out, "</figure>\n");
}
