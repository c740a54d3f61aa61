/* Rendering: the document in, a form of it out. */
#include "report/report.h"

#include <string.h>

#include "report/formats.h"
#include "report/outline.h"
#include "report/render.h"

typedef struct choice_taken {
  const char *choice, *format;
} choice_taken;

static const choice_taken taken[] = {
#define TAKES(choice, format) {#choice, #format},
#include "report/choices.def"
#undef TAKES
};

/* Is CHOICE one that the format BY takes?  LIST: those that do. */
static bool takes(const char *choice, const char *by, buf *list) {
  bool found = false;
  for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
    if (strcmp(taken[i].choice, choice) == 0) {
      found = found || strcmp(taken[i].format, by) == 0;
      buf_printf(list, "%s%s", list->length > 0 ? ", " : "", taken[i].format);
    }
  }
  return found;
}

static status check_choice(const char *choice, bool is_made, const char *by, error *err) {
  buf list;
  buf_init(&list);
  const bool is_well = !is_made || takes(choice, by, &list);
  const status st = is_well ? STATUS_OK
                            : error_set(err, STATUS_USAGE, "--%s is for %.*s; add --format %.*s", choice,
                                        (int)list.length, (const char *)list.data,
                                        (int)strcspn((const char *)list.data, ","), (const char *)list.data);
  buf_fini(&list);
  return st;
}

status report_options_check(const report_options *options, error *err) {
  const format *chosen = NULL;
  slice part;
  TRY(format_find(options->format, &chosen, &part, err));
  TRY(check_choice("only", options->only != NULL, chosen->name, err));
  TRY(check_choice("summary", options->summary, chosen->name, err));
  TRY(check_choice("width", options->width > 0, chosen->name, err));
  return check_choice("bom", options->bom, chosen->name, err);
}

const char *report_chapter_name(size_t index) {
  return outline_chapter_name(index);
}

status report_render(const void *document_bytes, size_t length, const report_options *options, buf *out,
                     error *err) {
  const format *chosen = NULL;
  slice part;
  TRY(report_options_check(options, err));
  TRY(format_find(options->format, &chosen, &part, err));
  return chosen->write((slice){document_bytes, length}, options, part, out, err);
}

status report_render_findings(const void *document_bytes, size_t length, const report_options *options,
                              buf *out, error *err) {
  return layout_write((slice){document_bytes, length}, options, slice_of(""), LAYOUT_NAMES,
                      text_findings_write, out, err);
}
