/* Renders the canonical report document for readers and spreadsheets.  All figures come from the document;
 * only layout is computed here. */
#ifndef CANVASS_REPORT_REPORT_H
#define CANVASS_REPORT_REPORT_H

#include "base/buf.h"
#include "base/status.h"

/* In the order of plan_languages. */
typedef enum report_language { REPORT_EN, REPORT_ZH_HANS, REPORT_ZH_HANT } report_language;

typedef struct report_options {
  const char
      *format; /* "csv", "svg:nps": a name of formats.def, with its part if it has one; NULL: the default */
  report_language language;
  unsigned columns; /* terminal width for TEXT; 0: 100 */
  bool color;
  /* Choices that not every format takes (report/choices.def). */
  const char *only; /* one chapter, by its name (stats/analyses/chapters.def); NULL: all */
  bool summary;     /* what the figures say, alone */
  bool bom;         /* a byte-order mark at the beginning, by which spreadsheets recognise UTF-8 */
  unsigned width;   /* as COLUMNS, where somebody asks for it; 0: nobody does */
} report_options;

/* STATUS_USAGE: a choice of OPTIONS that its format does not take, "--bom is for csv". */
status report_options_check(const report_options *options, error *err) MUST_USE;
/* The INDEX-th chapter's name, for help; NULL after the last. */
const char *report_chapter_name(size_t index);

/* STATUS_USAGE when TEXT is not a format: "'xml' is not one of text, json, csv". */
status report_format_check(const char *text, error *err) MUST_USE;
/* Whether the part of TEXT can occur in a report whose analyses are called NAMES, for checks before the
 * report exists.  STATUS_USAGE lists the names. */
status report_format_check_names(const char *text, const char *const *names, size_t count,
                                 error *err) MUST_USE;
/* Whether the format writes its input unchanged, so that it need not be a report.  False for an unknown one.
 */
bool report_format_is_document(const char *text);
/* The INDEX-th format, of which the first is the default; NULL after the last. */
const char *report_format_name(size_t index);
/* What must follow "NAME:" in the INDEX-th format, as help shows it; NULL: nothing may follow. */
const char *report_format_part(size_t index);
/* Half a line about the INDEX-th format. */
const char *report_format_about(size_t index);
/* Appends the help text of format NAME; false: there is no such format. */
bool report_format_describe(const char *name, buf *out);
/* Whether PATH has the extension of a format other than the default; appends that format ("svg:NAME") to
 * OTHER. */
bool report_format_unlike(const char *path, buf *other);

/* DOCUMENT is the report's JSON text; OUT gets the rendering.  STATUS_USAGE: there is no such format, or the
 * report has no such part; STATUS_CORRUPT: DOCUMENT is not a report. */
status report_render(const void *document, size_t length, const report_options *options, buf *out,
                     error *err) MUST_USE;

/* Appends what a reader should know about the data before trusting figures: what could not be read or used,
 * with causes, counts and places, and the warnings of the analyses.  Always text, with the names of variables
 * instead of their labels; nothing when there is nothing to report. */
status report_render_findings(const void *document, size_t length, const report_options *options, buf *out,
                              error *err) MUST_USE;

#endif
