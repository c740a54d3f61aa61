/* Rendering: the document in, text or a long table out. */
#include "client/report/report.h"

#include <string.h>

#include "client/report/render.h"

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

static void write_text(const document *d, const report_options *options, buf *out) {
  unsigned columns = options->columns == 0 ? COLUMNS_DEFAULT : options->columns;
  columns = columns < COLUMNS_MIN ? COLUMNS_MIN : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
  const pen p = {out, columns, options->color};
  text_summary_write(d, &p);
  const json *sections = json_get(d->root, "analyses");
  for (size_t i = 0; i < json_count(sections); i++) {
    buf_put(out, "\n\n", 2);
    text_section_write(d, &p, json_at(sections, i), i + 1);
  }
  buf_put(out, "\n\n", 2);
  text_data_write(d, &p);
}

status report_render(const void *document_bytes, size_t length, const report_options *options, buf *out,
                     error *err) {
  if (options->format == REPORT_JSON) {
    buf_put(out, document_bytes, length);
    buf_put_u8(out, '\n');
    return buf_status(out, "report", err);
  }
  arena *memory = arena_new();
  if (memory == NULL) {
    return error_no_memory(err, "report");
  }
  document d;
  status s = document_open(memory, document_bytes, length, options->language, &d, err);
  if (s == STATUS_OK && options->format == REPORT_CSV) {
    long_table_write(&d, out);
  } else if (s == STATUS_OK) {
    write_text(&d, options, out);
  }
  if (s == STATUS_OK && arena_failed(memory)) {
    s = error_no_memory(err, "report");
  }
  if (s == STATUS_OK) {
    s = buf_status(out, "report", err);
  }
  arena_destroy(memory);
  return s;
}
