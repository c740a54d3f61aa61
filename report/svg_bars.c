/* A chart of bars: a figure a row, from zero, with its interval as a whisker and both as text. */
#include <math.h>

#include "report/sentence.h"
#include "report/svg_frame.h"

enum { BAR = 12, PART_BAR = 8, WHISKER = 4, TICKS = 5 };

typedef struct columns {
  double value, interval; /* widths; interval 0: none */
} columns;

/* "56.5–56.6", "−29.1 to −28.2": a dash beside a minus would be misread. */
static slice interval_text(const document *d, const chart_row *row) {
  if (row->low_text.length == 0) {
    return slice_of("");
  }
  const sentence_place places[] = {{"low", svg_figure(d, row->low_text)},
                                   {"high", svg_figure(d, row->high_text)}};
  const bool has_minus = row->low < 0 || row->high < 0;
  return sentence_fill(d, has_minus ? word_text(WORD_FROM_TO, d->language) : "{low}–{high}", places, 2);
}

static columns measure(const document *d, const layout_section *section, const layout_chart *chart) {
  columns c = {svg_figure_width(0, chart->measure, true), 0};
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    c.value = svg_figure_width(c.value, svg_figure(d, row->value_text), true);
    c.interval = svg_figure_width(c.interval, interval_text(d, row), false);
  }
  if (chart->has_intervals) {
    c.interval = svg_figure_width(c.interval, section->confidence, false);
  }
  return c;
}

/* What must be visible: the given scale and every figure with its interval. */
static axis axis_of(const layout_chart *chart) {
  double low = chart->low;
  double high = chart->high;
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    const double at[] = {row->value, row->low, row->high};
    for (size_t k = 0; k < 3; k++) {
      low = at[k] < low ? at[k] : low;
      high = at[k] > high ? at[k] : high;
    }
  }
  const bool is_told = chart->low < chart->high && !(low < chart->low) && !(high > chart->high);
  return axis_make(low, high, is_told ? AXIS_EXACT : AXIS_ROUND, TICKS);
}

static void put_bar(svg_frame *f, const axis *a, const chart_row *row, double y) {
  if (isnan(row->value)) {
    return;
  }
  const double zero = svg_frame_x(f, a, 0);
  const double end = svg_frame_x(f, a, row->value);
  const double thickness = row->is_part ? PART_BAR : BAR;
  svg_rect(&f->body, row->is_part ? "part" : "bar", end < zero ? end : zero, y - thickness / 2,
           fabs(end - zero), thickness);
  if (row->low_text.length > 0) {
    svg_whisker(&f->body, svg_frame_x(f, a, row->low), svg_frame_x(f, a, row->high), y, WHISKER);
  }
}

static void put_rows(svg_frame *f, const axis *a, const columns *c) {
  const document *d = f->l->document;
  const double value_right = f->plot_right + SVG_TICK + c->value;
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    const chart_row *row = &f->chart->rows[i];
    const double height = svg_frame_row_height(f, i);
    f->y += svg_frame_gap(f, i);
    const double y = f->y + height / 2;
    svg_frame_row(f, row, y);
    put_bar(f, a, row, y);
    svg_text(&f->body, row->is_part ? "" : "b", value_right, y + 4.5, SVG_END, svg_figure(d, row->value_text),
             slice_of(""));
    svg_text(&f->body, "k2", f->width - SVG_MARGIN, y + 4.5, SVG_END, interval_text(d, row), slice_of(""));
    f->y += height;
  }
}

/* "Seat comfort: 61.0 (60.9–61.2); Wifi: 45.3" for readers who cannot see the picture. */
static slice describe(const document *d, const layout_chart *chart) {
  buf text;
  buf_init(&text);
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    const slice interval = interval_text(d, row);
    const sentence_place places[] = {{"label", row->label},
                                     {"colon", document_word(d, WORD_COLON)},
                                     {"value", svg_figure(d, row->value_text)},
                                     {"interval", interval}};
    const char *pattern =
        interval.length > 0 ? "{label}{colon}{value} ({interval})" : "{label}{colon}{value}";
    const slice part = sentence_fill(d, pattern, places, 4);
    buf_put(&text, "; ", i > 0 ? 2 : 0);
    buf_put(&text, part.bytes, part.length);
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

void svg_bars_draw(const layout *l, const layout_section *section, const layout_chart *chart, buf *out) {
  const document *d = l->document;
  const columns c = measure(d, section, chart);
  svg_frame f = {.l = l, .section = section, .chart = chart};
  svg_frame_begin(&f, SVG_TICK + c.value + (c.interval > 0 ? SVG_GAP + c.interval : 0));
  const axis a = axis_of(chart);
  const double header = f.y + SVG_SMALL;
  f.y = header + SVG_GAP;
  svg_frame_header(&f, header);
  svg_text(&f.body, "k2 sm", f.plot_right + SVG_TICK + c.value, header, SVG_END, chart->measure,
           slice_of(""));
  if (chart->has_intervals) {
    svg_text(&f.body, "k2 sm", f.width - SVG_MARGIN, header, SVG_END, section->confidence, slice_of(""));
  }
  svg_frame_axis(&f, &a, chart->is_percent ? "%" : "", false, header, f.y + svg_frame_rows_height(&f));
  put_rows(&f, &a, &c);
  svg_frame_end(&f, describe(d, chart), out);
}
