/* A chart of dots: a row an item, a mark a group, told apart by colour and shape; a grey line as long as the
 * largest difference, which is printed.  The axis need not begin at zero: places are compared, not lengths.
 */
#include <math.h>
#include <stdio.h>

#include "report/sentence.h"
#include "report/svg_frame.h"
#include "report/svg_marks.h"

enum { GAP_DIGITS = 1000 }; /* three digits tell a difference */
enum { TICKS = 6, WHISKER = 3, NEAR = 9, APART = 8, KEY_LINE = 18, KEY_MARK = 14 };

/* ---- Columns ------------------------------------------------------------------------------------- */

/* "9.3": the largest difference within ROW, with as many decimals as its figures have. */
static slice gap_text(const document *d, const chart_row *row, size_t series) {
  double low = INFINITY;
  double high = -INFINITY;
  int decimals = 0;
  for (size_t k = 0; k < series; k++) {
    const chart_dot *dot = &row->dots[k];
    if (!isnan(dot->value)) {
      low = fmin(low, dot->value);
      high = fmax(high, dot->value);
      decimals = svg_decimals(dot->text) > decimals ? svg_decimals(dot->text) : decimals;
    }
  }
  static const double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
  enum { POWERS = sizeof powers / sizeof powers[0] - 1 };
  char text[64];
  if (!(high - low >= 0) || high - low >= 1e15) {
    return slice_of("–");
  }
  while (decimals > 1 && (high - low) * powers[decimals < POWERS ? decimals : POWERS] >= GAP_DIGITS) {
    decimals--;
  }
  (void)snprintf(text, sizeof text, "%.*f", decimals, high - low);
  return arena_slice(d->memory, slice_of(text));
}

static double gap_width(const svg_frame *f) {
  double width = svg_figure_width(0, document_word(f->l->document, WORD_PAGE_GAP), false);
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    width =
        svg_figure_width(width, gap_text(f->l->document, &f->chart->rows[i], f->chart->series_count), false);
  }
  return width;
}

static axis axis_of(const layout_chart *chart) {
  double low = INFINITY;
  double high = -INFINITY;
  for (size_t i = 0; i < chart->rows_count; i++) {
    for (size_t k = 0; k < chart->series_count; k++) {
      const chart_dot *dot = &chart->rows[i].dots[k];
      const double at[] = {dot->value, dot->low, dot->high};
      for (size_t j = 0; j < 3; j++) {
        low = at[j] < low ? at[j] : low;
        high = at[j] > high ? at[j] : high;
      }
    }
  }
  return low <= high ? axis_make(low, high, AXIS_ROUND, TICKS) : axis_make(0, 1, AXIS_ROUND, TICKS);
}

/* ---- Drawing ------------------------------------------------------------------------------------- */

/* A tick: where all groups together are. */
static void put_tick(svg_frame *f, double x, double y) {
  svg_rect(&f->body, "whole", x - 1, y - 8, 2, 16);
}

static void put_whole_key(svg_frame *f, double x) {
  slice rest = f->chart->whole;
  const slice label = svg_fold(&rest, SVG_FONT, true, f->width / 2);
  if (x > f->margin && x + KEY_MARK + svg_text_width(label, SVG_FONT, true) > f->width - f->margin) {
    x = f->margin;
    f->y += KEY_LINE;
  }
  put_tick(f, x + SVG_MARK + 1, f->y - 4.5);
  svg_text(&f->body, "b", x + KEY_MARK, f->y, SVG_START, label, rest.length > 0 ? f->chart->whole : rest);
}

/* The groups by their marks, as many in a line as fit. */
static void put_key(svg_frame *f) {
  double x = f->margin;
  f->y += SVG_SMALL;
  for (size_t k = 0; k < f->chart->series_count; k++) {
    slice rest = f->chart->series[k];
    const slice label = svg_fold(&rest, SVG_FONT, true, f->width / 2);
    const double width = KEY_MARK + svg_text_width(label, SVG_FONT, true);
    if (x > f->margin && x + width > f->width - f->margin) {
      x = f->margin;
      f->y += KEY_LINE;
    }
    svg_mark(&f->body, k, x + SVG_MARK + 1, f->y - 4.5);
    svg_text(&f->body, "b", x + KEY_MARK, f->y, SVG_START, label,
             rest.length > 0 ? f->chart->series[k] : slice_of(""));
    x += width + SVG_GAP + 6;
  }
  if (f->chart->whole.length > 0) {
    put_whole_key(f, x);
  }
  f->y += SVG_GAP;
}

/* Marks nearer than NEAR stand one above the other: OFFSETS from the middle of the row. */
static void dodge(const double *x, size_t count, double *offsets) {
  size_t order[CHART_SERIES_MAX];
  for (size_t i = 0; i < count; i++) {
    size_t at = i;
    for (; at > 0 && x[i] < x[order[at - 1]]; at--) {
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
  for (size_t first = 0; first < count;) {
    size_t last = first + 1;
    while (last < count && x[order[last]] - x[order[last - 1]] < NEAR) {
      last++;
    }
    for (size_t i = first; i < last; i++) {
      offsets[order[i]] = ((double)(i - first) - (double)(last - first - 1) / 2) * APART;
    }
    first = last;
  }
}

static void put_dots(svg_frame *f, const axis *a, const chart_row *row, double y) {
  double x[CHART_SERIES_MAX];
  double offsets[CHART_SERIES_MAX] = {0};
  size_t series[CHART_SERIES_MAX];
  size_t count = 0;
  double left = INFINITY;
  double right = -INFINITY;
  for (size_t k = 0; k < f->chart->series_count; k++) {
    if (!isnan(row->dots[k].value)) {
      series[count] = k;
      x[count] = svg_frame_x(f, a, row->dots[k].value);
      left = fmin(left, x[count]);
      right = fmax(right, x[count++]);
    }
  }
  dodge(x, count, offsets);
  if (count > 1) {
    svg_line(&f->body, "link", left, y, right, y);
  }
  if (f->chart->whole.length > 0 && !isnan(row->value)) {
    put_tick(f, svg_frame_x(f, a, row->value), y);
  }
  for (size_t i = 0; i < count; i++) {
    const chart_dot *dot = &row->dots[series[i]];
    const double from = svg_frame_x(f, a, dot->low);
    const double to = svg_frame_x(f, a, dot->high);
    if (!isnan(dot->low) && !isnan(dot->high) && to - from > 2) {
      char class_name[8];
      (void)snprintf(class_name, sizeof class_name, "w%zu", series[i] % CHART_SERIES_MAX);
      svg_interval(&f->body, class_name, from, to, y + offsets[i], WHISKER);
    }
  }
  for (size_t i = 0; i < count; i++) {
    svg_mark(&f->body, series[i], x[i], y + offsets[i]);
  }
}

/* "Seat comfort: economy 58.1, business 61.0; ..." for readers who cannot see the picture. */
static slice describe(const document *d, const layout_chart *chart) {
  buf text;
  buf_init(&text);
  for (size_t i = 0; i < chart->rows_count; i++) {
    buf_printf(&text, "%s%.*s", i > 0 ? "; " : "", SLICE_ARG(chart->rows[i].label));
    for (size_t k = 0; k < chart->series_count; k++) {
      const slice mark = document_word(d, k == 0 ? WORD_COLON : WORD_COMMA);
      const slice figure = svg_figure(d, chart->rows[i].dots[k].text);
      buf_printf(&text, "%.*s%.*s %.*s", SLICE_ARG(mark), SLICE_ARG(chart->series[k]), SLICE_ARG(figure));
    }
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

void svg_dots_draw(const svg_request *asked, buf *out) {
  const document *d = asked->l->document;
  const layout_chart *chart = asked->chart;
  svg_frame f = svg_frame_of(asked);
  const double gap = gap_width(&f);
  svg_frame_begin(&f, f.form == SVG_SLIM ? gap : SVG_TICK + gap);
  put_key(&f);
  const axis a = axis_of(chart);
  const double header = f.y + SVG_SMALL;
  const double axis_line =
      f.form == SVG_SLIM ? header + SVG_GAP + 1 : header; /* there is no room beside the ticks */
  f.y = axis_line + SVG_GAP;
  svg_text(&f.body, "k2 sm", f.width - f.margin, header, SVG_END, document_word(d, WORD_PAGE_GAP),
           slice_of(""));
  svg_frame_axis(&f, &a, chart->is_percent ? "%" : "", false, axis_line, f.y + svg_frame_rows_height(&f));
  for (size_t i = 0; i < chart->rows_count; i++) {
    const svg_row_place at = svg_frame_row(&f, i);
    put_dots(&f, &a, &chart->rows[i], at.mark);
    svg_text(&f.body, "k2", f.width - f.margin, at.line, SVG_END,
             gap_text(d, &chart->rows[i], chart->series_count), slice_of(""));
  }
  svg_frame_end(&f, f.form == SVG_ALONE ? describe(d, chart) : slice_of(""), out);
}
