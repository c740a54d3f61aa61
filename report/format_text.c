/* Text: pages for people. */
#include "report/formats.h"
#include "report/render.h"

enum { COLUMNS_DEFAULT = 100, COLUMNS_MIN = 60, COLUMNS_MAX = 400 };

static pen pen_of(const report_options *options, buf *out) {
  unsigned columns = options->columns == 0 ? COLUMNS_DEFAULT : options->columns;
  columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
  return (pen){out, columns, options->color};
}

static status write_pages(const document *d, const report_options *options, slice part, buf *out,
                          error *err) {
  (void)part;
  (void)err;
  const pen p = pen_of(options, out);
  text_summary_write(d, &p);
  const json *sections = json_get(d->root, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    buf_put(out, "\n\n", 2);
    text_section_write(d, &p, json_at(sections, i), i + 1);
  }
  buf_put(out, "\n\n", 2);
  text_data_write(d, &p);
  return STATUS_OK;
}

status format_text_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return document_render(bytes, options, part, write_pages, out, err);
}

status text_findings_write(const document *d, const report_options *options, slice part, buf *out,
                           error *err) {
  (void)part;
  (void)err;
  const pen p = pen_of(options, out);
  document named = *d;
  named.shows_names = true;
  text_troubles_write(&named, &p);
  const json *sections = json_get(d->root, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    text_warnings_write(&named, &p, json_at(sections, i));
  }
  return STATUS_OK;
}
