/* HTML: one page to hand on, with its style, script and charts in it. */
#include "report/formats.h"
#include "report/html_page.h"

static status write_page(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)part;
  const outline *o = NULL;
  TRY(outline_of(l, options->only, &o, err));
  const html_page p = {.o = o, .l = l, .d = l->document, .out = out};
  TRY(html_begin(&p, err));
  for (size_t i = 0; i < o->chapters_count; i++) {
    html_chapter(&p, &o->chapters[i]);
  }
  html_end(&p);
  return STATUS_OK;
}

status format_html_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, write_page, out, err);
}
