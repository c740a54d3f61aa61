/* Rendering: the document in, a form of it out. */
#include "report/report.h"

#include "report/formats.h"
#include "report/render.h"

status report_render(const void *document_bytes, size_t length, const report_options *options, buf *out,
                     error *err) {
  const format *chosen = NULL;
  slice part;
  TRY(format_find(options->format, &chosen, &part, err));
  return chosen->write((slice){document_bytes, length}, options, part, out, err);
}

status report_render_findings(const void *document_bytes, size_t length, const report_options *options,
                              buf *out, error *err) {
  return layout_write((slice){document_bytes, length}, options, slice_of(""), LAYOUT_NAMES,
                      text_findings_write, out, err);
}
