/* Rendering: the document in, a form of it out. */
#include "report/report.h"

#include <string.h>

#include "report/formats.h"
#include "report/render.h"

static const char *const language_names[] = {
    [REPORT_EN] = "en", [REPORT_ZH_HANS] = "zh-Hans", [REPORT_ZH_HANT] = "zh-Hant"};

bool report_language_parse(const char *text, report_language *out) {
  for (size_t i = 0; i < sizeof language_names / sizeof language_names[0]; i++) {
    if (strcmp(text, language_names[i]) == 0) {
      *out = (report_language)i;
      return true;
    }
  }
  return false;
}

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
