/* Rendering: the document in, text or a long table out. */
#include "report/report.h"

#include <string.h>

#include "report/render.h"

enum { COLUMNS_DEFAULT = 100, COLUMNS_MIN = 60, COLUMNS_MAX = 400 };

static const char *const format_names[] = {
    [REPORT_TEXT] = "text", [REPORT_JSON] = "json", [REPORT_CSV] = "csv"};
static const char *const language_names[] = {
    [REPORT_EN] = "en", [REPORT_ZH_HANS] = "zh-Hans", [REPORT_ZH_HANT] = "zh-Hant"};

bool report_format_parse(const char *text, report_format *out) {
  for (size_t i = 0; i < sizeof format_names / sizeof format_names[0]; i++) {
    if (strcmp(text, format_names[i]) == 0) {
      *out = (report_format)i;
      return true;
    }
  }
  return false;
}

bool report_language_parse(const char *text, report_language *out) {
  for (size_t i = 0; i < sizeof language_names / sizeof language_names[0]; i++) {
    if (strcmp(text, language_names[i]) == 0) {
      *out = (report_language)i;
      return true;
    }
  }
  return false;
}

static pen pen_of(const report_options *options, buf *out) {
  unsigned columns = options->columns == 0 ? COLUMNS_DEFAULT : options->columns;
  columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
  return (pen){out, columns, options->color};
}

static void write_text(const document *d, const report_options *options, buf *out) {
  const pen p = pen_of(options, out);
  text_summary_write(d, &p);
  const json *sections = json_get(d->root, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    buf_put(out, "\n\n", 2);
    text_section_write(d, &p, json_at(sections, i), i + 1);
  }
  buf_put(out, "\n\n", 2);
  text_data_write(d, &p);
}

static void write_long_table(const document *d, const report_options *options, buf *out) {
  (void)options;
  long_table_write(d, out);
}

static void write_findings(const document *d, const report_options *options, buf *out) {
  const pen p = pen_of(options, out);
  document named = *d;
  named.shows_names = true;
  text_findings_write(&named, &p);
}

/* Opens the document and lets WRITE render it. */
static status render(const void *document_bytes, size_t length, const report_options *options,
                     void (*write)(const document *d, const report_options *options, buf *out), buf *out,
                     error *err) {
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "report");
  }
  document d;
  status s = document_open(memory, document_bytes, length, options->language, &d, err);
  if (s == STATUS_OK) {
    write(&d, options, out);
    s = arena_failed(memory) ? error_no_memory(err, "report") : buf_status(out, "report", err);
  }
  arena_destroy(memory);
  return s;
}

status report_render(const void *document_bytes, size_t length, const report_options *options, buf *out,
                     error *err) {
  if (options->format == REPORT_JSON) {
    buf_put(out, document_bytes, length);
    buf_put_u8(out, '\n');
    return buf_status(out, "report", err);
  }
  return render(document_bytes, length, options,
                options->format == REPORT_CSV ? write_long_table : write_text, out, err);
}

status report_render_findings(const void *document_bytes, size_t length, const report_options *options,
                              buf *out, error *err) {
  return render(document_bytes, length, options, write_findings, out, err);
}
