/* Rendering the canonical report document for people and spreadsheets.  The document says everything;
 * nothing is computed here but widths and bars. */
#ifndef CANVASS_REPORT_REPORT_H
#define CANVASS_REPORT_REPORT_H

#include "base/buf.h"
#include "base/status.h"

typedef enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_CSV } report_format;
typedef enum report_language { REPORT_EN, REPORT_ZH_HANS, REPORT_ZH_HANT } report_language;

typedef struct report_options {
  report_format format;
  report_language language;
  unsigned columns; /* terminal width for TEXT; 0: 100 */
  bool color;
} report_options;

bool report_format_parse(const char *text, report_format *out);
bool report_language_parse(const char *text, report_language *out);

/* DOCUMENT is the report's JSON text; OUT gets the rendering.  JSON gives DOCUMENT and a line end. */
status report_render(const void *document, size_t length, const report_options *options, buf *out,
                     error *err) MUST_USE;

/* What should be known of the data before figures are trusted: what could not be read or used, with causes,
 * counts and places, and the warnings of the analyses.  Text, whatever the format, that calls variables by
 * their names; nothing when there is nothing to tell. */
status report_render_findings(const void *document, size_t length, const report_options *options, buf *out,
                              error *err) MUST_USE;

#endif
