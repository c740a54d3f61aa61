/* Output formats: the rows of formats.def; private to report. */
#ifndef CANVASS_REPORT_FORMATS_H
#define CANVASS_REPORT_FORMATS_H

#include "report/report.h"

/* Writes BYTES, a report's JSON text, to OUT as OPTIONS say.  PART is what follows the format's name
 * ("" where the format has no parts); STATUS_USAGE says which parts the report has, STATUS_CORRUPT where
 * BYTES are not a report. */
typedef status format_write(slice bytes, const report_options *options, slice part, buf *out, error *err);

typedef struct format {
  const char *name;
  const char *part;
  const char *extension;
  bool is_document;
  const char *about;
  format_write *write;
} format;

/* The format that TEXT ("csv", "svg:NAME"; NULL: the default) names, and its part.  STATUS_USAGE: "'xml' is
 * not one of text, json, csv". */
status format_find(const char *text, const format **out, slice *part, error *err) MUST_USE;

#define FORMAT(name, part, extension, is_document, about) format_write format_##name##_write;
#include "report/formats.def"
#undef FORMAT

#endif
