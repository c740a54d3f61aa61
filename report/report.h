/* Rendering the canonical report document for people and spreadsheets.  The document says everything;
 * nothing is computed here but widths and bars. */
#ifndef CANVASS_REPORT_REPORT_H
#define CANVASS_REPORT_REPORT_H

#include "base/buf.h"
#include "base/status.h"

/* In the order of plan_languages. */
typedef enum report_language { REPORT_EN, REPORT_ZH_HANS, REPORT_ZH_HANT } report_language;

typedef struct report_options {
  const char *format; /* a name of formats.def, with its part where it has any ("csv"); NULL: the default */
  report_language language;
  unsigned columns; /* terminal width for TEXT; 0: 100 */
  bool color;
} report_options;

/* STATUS_USAGE when TEXT is not a format: "'xml' is not one of text, json, csv". */
status report_format_check(const char *text, error *err) MUST_USE;
/* Can TEXT's part be one of a report whose analyses are called NAMES?  For who asks before there is a report;
 * STATUS_USAGE lists the names. */
status report_format_check_names(const char *text, const char *const *names, size_t count,
                                 error *err) MUST_USE;
/* Does the format write what it is given as it is, also what is not a report?  False for an unknown one. */
bool report_format_is_document(const char *text);
/* "text (default), json or csv" */
void report_formats_list(buf *out);
/* Help about the format NAME: lines; false when there is none. */
bool report_format_describe(const char *name, buf *out);
/* Is PATH named as the files of another format than the default?  OTHER gets that format: "svg:NAME". */
bool report_format_unlike(const char *path, buf *other);

/* DOCUMENT is the report's JSON text; OUT gets the rendering.  STATUS_USAGE: there is no such format, or the
 * report has no such part; STATUS_CORRUPT: DOCUMENT is not a report. */
status report_render(const void *document, size_t length, const report_options *options, buf *out,
                     error *err) MUST_USE;

/* What should be known of the data before figures are trusted: what could not be read or used, with causes,
 * counts and places, and the warnings of the analyses.  Text, whatever the format, that calls variables by
 * their names; nothing when there is nothing to report. */
status report_render_findings(const void *document, size_t length, const report_options *options, buf *out,
                              error *err) MUST_USE;

#endif
