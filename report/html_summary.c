/* The summary: the headline of every analysis, with a link to where it is shown. */
#include "report/html_page.h"

#include "report/svg_frame.h"

static void put_headline(const html_page *p, const outline_section *section) {
  const layout_headline headline = layout_headline_of(p->d, section->section);
  for (size_t i = 0; i < headline.count; i++) {
    const headline_figure *f = &headline.at[i];
    buf_printf(p->out, "<tr><th scope=\"row\"><a href=\"#s%zu\">", section->index + 1);
    html_label(p->out, section->section->title);
    buf_printf(p->out, "</a></th><td>");
    html_label(p->out, f->name);
    buf_printf(p->out, "</td><td>");
    html_label(p->out, f->title);
    buf_printf(p->out, "</td><td class=\"n\"><b>");
    html_label(p->out, svg_figure(p->d, f->value));
    buf_printf(p->out, "</b></td><td class=\"n\">");
    html_label(p->out, f->interval);
    buf_printf(p->out, "</td></tr>\n");
  }
}

void html_summary(const html_page *p) {
  buf_printf(p->out, "<div class=\"scroll\"><table>\n<tbody>\n");
  for (size_t i = 0; i < p->o->chapters_count; i++) {
    for (size_t k = 0; k < p->o->chapters[i].sections_count; k++) {
      put_headline(p, &p->o->chapters[i].sections[k]);
    }
  }
  buf_printf(p->out, "</tbody></table></div>\n");
}
