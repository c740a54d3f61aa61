/* Figures: number and title, what is shown, the chart in two widths, the base, and the table behind it. */
#include "report/findings.h"
#include "report/html_page.h"
#include "report/layout_build.h"
#include "report/svg_frame.h"

enum { OPEN_ROWS_MAX = 12, OPEN_COLUMNS_MAX = 8 };

static void put_chart(const html_page *p, const outline_section *section, const outline_figure *f,
                      slice title) {
  const struct {
    const char *class_name;
    svg_form form;
  } forms[] = {{"wide", SVG_WIDE}, {"slim", SVG_SLIM}};
  for (size_t i = 0; i < 2; i++) {
    const svg_request asked = {p->l, section->section, f->chart, forms[i].form, title};
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

/* What is measured: below a finding also what the figure shows. */
static slice shows(const html_page *p, const layout_section *s, const outline_figure *f, bool has_finding) {
  layout_texts parts = {.count = 0};
  if (has_finding) {
    layout_texts_add(p->d, &parts, f->subject);
  }
  if (f->chart != NULL && f->chart->has_intervals && s->confidence.length > 0) {
    layout_texts_add(p->d, &parts, s->confidence);
  }
  if (f->chart != NULL && f->chart->is_tree) {
    layout_texts_add(p->d, &parts, html_said(p, WORD_PAGE_WHOLE_LINE));
  }
  return layout_texts_joined(p->d, &parts, html_said(p, WORD_SEMICOLON));
}

void html_figure(const html_page *p, const outline_section *section, const outline_figure *f) {
  const bool is_chart = f->chart != NULL;
  buf_printf(p->out, "<figure id=\"%s%zu\"%s>\n<figcaption>\n", is_chart ? "f" : "t", f->number,
             is_chart ? "" : " class=\"tab\"");
  html_element(p->out, "p", "fno", name_of(p, f));
  const slice finding = is_chart ? finding_of_chart(p->d, f->chart) : slice_of("");
  html_element(p->out, "h4", "", finding.length > 0 ? finding : f->subject);
  html_element(p->out, "p", "sub", shows(p, section->section, f, finding.length > 0));
  buf_printf(p->out, "</figcaption>\n");
  if (is_chart) {
    put_chart(p, section, f, finding.length > 0 ? finding : f->subject);
  }
  if (is_chart) {
    html_element(p->out, "p", "src", layout_texts_joined(p->d, &section->section->settings, slice_of(" · ")));
  }
  if (f->has_data) {
    put_table(p, f);
  }
  buf_printf(p->out, "</figure>\n");
}
