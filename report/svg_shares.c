/* A chart of shares: how answers on a scale are spread, a row of segments whose middle answer straddles zero,
 * so that what is below and above the middle goes to the left and to the right. */
#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "report/sentence.h"
#include "report/svg_frame.h"

enum { SEGMENT = 16, TEXT_MIN = 20, TICKS = 6, SWATCH = 12, STEPS = 10, LEGEND_LINE = 20 };
static const double seam = 1; /* px between segments */

/* The step of the colours, 0 .. STEPS, for key K: the same distance from both ends of the scale. */
static unsigned step_of(const layout_chart *chart, size_t k) {
  assert(k < chart->scale_count);
  const size_t last = chart->scale_count - 1;
  if (last == 0) {
    return STEPS / 2;
  }
  return 2 * k <= last ? (unsigned)((2 * k * STEPS + last) / (2 * last))
                       : STEPS - (unsigned)((2 * (last - k) * STEPS + last) / (2 * last));
}

static void class_of(const layout_chart *chart, size_t k, char out[16]) {
  if (k < chart->scale_count) {
    (void)snprintf(out, 16, "s%u", step_of(chart, k));
  } else {
    (void)snprintf(out, 16, "miss");
  }
}

/* Texts on the darkest steps are light (svg.c). */
static const char *text_class_of(const layout_chart *chart, size_t k) {
  const unsigned step = k < chart->scale_count ? step_of(chart, k) : STEPS / 2;
  return step == 0 || step >= STEPS - 1 ? "lt sm" : step == 1 ? "dk sm" : "sm";
}

/* How much of ROW lies left of zero: what is below the middle of the scale, and half of the middle answer. */
static double left_of_zero(const layout_chart *chart, const chart_row *row) {
  double left = 0;
  for (size_t k = 0; row->shares != NULL && k < chart->scale_count; k++) {
    const double part = 2 * k + 1 < chart->scale_count ? 1 : 2 * k + 1 == chart->scale_count ? 0.5 : 0;
    left += part * row->shares[k];
  }
  return left;
}

static double total_of(const layout_chart *chart, const chart_row *row) {
  double total = 0;
  for (size_t k = 0; row->shares != NULL && k < chart->keys_count; k++) {
    total += row->shares[k];
  }
  return total;
}

static axis axis_of(const layout_chart *chart) {
  double low = 0;
  double high = 0;
  for (size_t i = 0; i < chart->rows_count; i++) {
    const double left = left_of_zero(chart, &chart->rows[i]);
    const double right = total_of(chart, &chart->rows[i]) - left;
    low = -left < low ? -left : low;
    high = right > high ? right : high;
  }
  return axis_make(low, high, AXIS_ROUND, TICKS);
}

/* ---- Drawing ------------------------------------------------------------------------------------- */

static void put_legend(svg_frame *f) {
  const layout_chart *chart = f->chart;
  double x = f->margin;
  f->y += SWATCH;
  for (size_t k = 0; k < chart->keys_count; k++) {
    char class_name[16];
    slice rest = chart->keys[k];
    const slice label = svg_fold(&rest, SVG_SMALL, false, f->width / 2);
    const double width = SWATCH + 5 + svg_text_width(label, SVG_SMALL, false) + SVG_GAP + 2;
    if (x > f->margin && x + width > f->width - f->margin) {
      x = f->margin;
      f->y += LEGEND_LINE;
    }
    class_of(chart, k, class_name);
    svg_rect(&f->body, class_name, x, f->y - SWATCH + 2, SWATCH, SWATCH);
    svg_text(&f->body, "sm", x + SWATCH + 5, f->y, SVG_START, label,
             rest.length > 0 ? chart->keys[k] : slice_of(""));
    x += width;
  }
  f->y += SVG_GAP + 4;
}

static void put_segment(svg_frame *f, size_t k, double from, double to, double y, double share) {
  char class_name[16];
  const double width = to - from - seam;
  if (!(width > 0)) {
    return;
  }
  class_of(f->chart, k, class_name);
  svg_rect(&f->body, class_name, from, y - SEGMENT / 2.0, width, SEGMENT);
  if (width >= TEXT_MIN) {
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", llround(share));
    svg_text(&f->body, text_class_of(f->chart, k), from + width / 2, y + 4.2, SVG_MIDDLE, slice_of(text),
             slice_of(""));
  }
}

static void put_row(svg_frame *f, const axis *a, const chart_row *row, double y) {
  double at = -left_of_zero(f->chart, row);
  for (size_t k = 0; row->shares != NULL && k < f->chart->keys_count; k++) {
    const double next = at + row->shares[k];
    put_segment(f, k, svg_frame_x(f, a, at), svg_frame_x(f, a, next), y, row->shares[k]);
    at = next;
  }
}

/* "Seat comfort: 1 12.1 %, 2 14.0 %; ..." for readers who cannot see the picture. */
static slice describe(const document *d, const layout_chart *chart) {
  buf text;
  buf_init(&text);
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    buf_printf(&text, "%s%.*s", i > 0 ? "; " : "", SLICE_ARG(row->label));
    for (size_t k = 0; row->shares != NULL && k < chart->keys_count; k++) {
      const slice mark = document_word(d, k == 0 ? WORD_COLON : WORD_COMMA);
      buf_put(&text, mark.bytes, mark.length);
      buf_put(&text, chart->keys[k].bytes, chart->keys[k].length);
      buf_printf(&text, " ");
      svg_number(&text, row->shares[k]);
      buf_printf(&text, "%%");
    }
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

void svg_shares_draw(const svg_request *asked, buf *out) {
  svg_frame f = svg_frame_of(asked);
  svg_frame_begin(&f, SVG_TICK);
  put_legend(&f);
  const axis a = axis_of(asked->chart);
  const double header = f.y + SVG_SMALL;
  f.y = header + SVG_GAP;
  svg_frame_header(&f, header);
  svg_frame_axis(&f, &a, "%", true, header, f.y + svg_frame_rows_height(&f));
  for (size_t i = 0; i < asked->chart->rows_count; i++) {
    const svg_row_place at = svg_frame_row(&f, i);
    put_row(&f, &a, &asked->chart->rows[i], at.mark);
  }
  svg_frame_end(&f, f.form == SVG_ALONE ? describe(asked->l->document, asked->chart) : slice_of(""), out);
}
