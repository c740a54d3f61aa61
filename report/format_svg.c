/* SVG: one chart of one section as a picture. */
#include <string.h>

#include "report/formats.h"
#include "report/svg_frame.h"

enum { NAMES_BYTES = 800, ASKED_COLUMNS = 80 }; /* of a message of at most 1023 bytes */

/* Is PART "NAME/CHART", or "NAME" where the chart is the section's first? */
static bool is_named(slice part, const layout_section *section, const layout_chart *chart, bool is_first) {
  const size_t length = section->name.length;
  if (part.length < length || memcmp(part.bytes, section->name.bytes, length) != 0) {
    return false;
  }
  const slice rest = {part.bytes + length, part.length - length};
  return (rest.length == 0 && is_first) ||
         (rest.length > 0 && rest.bytes[0] == '/' &&
          slice_equal((slice){rest.bytes + 1, rest.length - 1}, slice_of(chart->name)));
}

/* "index/index_values, csat/top_boxes": the names of charts, as many as a message holds. */
static void list_names(const layout *l, buf *out) {
  const document *d = l->document;
  size_t more = 0;
  for (size_t i = 0; i < l->sections_count; i++) {
    size_t count = 0;
    const layout_chart *charts = layout_charts(d, &l->sections[i], &count);
    for (size_t c = 0; c < count; c++) {
      const slice name = document_display(d, l->sections[i].name);
      const slice chart = document_display(d, slice_of(charts[c].name));
      if (out->length + name.length + chart.length > NAMES_BYTES) {
        more++;
        continue;
      }
      buf_printf(out, "%s%.*s/%.*s", out->length > 0 ? ", " : "", SLICE_ARG(name), SLICE_ARG(chart));
    }
  }
  if (more > 0) {
    buf_printf(out, " and %zu more", more);
  }
}

static status unknown_part(const layout *l, slice part, error *err) {
  buf names;
  buf_init(&names);
  list_names(l, &names);
  const slice asked = text_fit(document_display(l->document, part), ASKED_COLUMNS);
  const status st = names.length == 0
                        ? error_set(err, STATUS_USAGE, "there is no chart '%.*s': the report has no charts",
                                    SLICE_ARG(asked))
                        : error_set(err, STATUS_USAGE, "there is no chart '%.*s'; the report has %.*s",
                                    SLICE_ARG(asked), (int)names.length, (const char *)names.data);
  buf_fini(&names);
  return st;
}

static status draw(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)options;
  for (size_t i = 0; i < l->sections_count; i++) {
    size_t count = 0;
    const layout_chart *charts = layout_charts(l->document, &l->sections[i], &count);
    for (size_t c = 0; c < count; c++) {
      if (is_named(part, &l->sections[i], &charts[c], c == 0)) {
        svg_chart_draw(&(svg_request){.l = l, .section = &l->sections[i], .chart = &charts[c]}, out);
        return STATUS_OK;
      }
    }
  }
  return unknown_part(l, part, err);
}

status format_svg_write(slice bytes, const report_options *options, slice part, buf *out, error *err) {
  return layout_write(bytes, options, part, LAYOUT_LABELS, draw, out, err);
}
