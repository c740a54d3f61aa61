/* Text: pages for people. */
#include "report/formats.h"
#include "report/render.h"

enum { COLUMNS_DEFAULT = 100, COLUMNS_MIN = 60, COLUMNS_MAX = 400 };

static pen pen_of(const report_options *options, buf *out) {
  unsigned columns = options->columns == 0 ? COLUMNS_DEFAULT : options->columns;
  columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
  return (pen){out, columns, options->color};
}

static status write_pages(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)part;
  (void)err;
  const pen p = pen_of(options, out);
  text_summary_write(l, &p);
  for (size_t i = 0; i < l->sections_count; i++) {
    buf_put(out, "\n\n", 2);
    text_section_write(l->document, &p, &l->sections[i], i + 1);
  }
  buf_put(out, "\n\n", 2);
  text_data_write(l, &p);
  return STATUS_OK;
}

status format_text_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, write_pages, out, err);
}

status text_findings_write(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)part;
  (void)err;
  const pen p = pen_of(options, out);
  text_troubles_write(l, &p);
  for (size_t i = 0; i < l->sections_count; i++) {
    text_warnings_write(&p, &l->sections[i]);
  }
  return STATUS_OK;
}
