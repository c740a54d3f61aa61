/* A chart of bars: a figure a row, from zero, with its interval as a whisker. */
#include <math.h>

#include "report/svg_rows.h"

enum { WHISKER = 4, TICKS = 5 };

/* What must be visible: the given scale and every figure with its interval. */
static axis axis_of(const layout_chart *chart) {
  double low = chart->low;
  double high = chart->high;
  svg_rows_reach(chart, &low, &high);
  const bool is_told = chart->low < chart->high && !(low < chart->low) && !(high > chart->high);
  return axis_make(low, high, is_told ? AXIS_EXACT : AXIS_ROUND, TICKS);
}

/* Thick and dark for the whole, thin and light for what is deep within it. */
static const struct {
  const char *class_name;
  double thickness;
} bar_forms[] = {{"whole", 14}, {"bar", 12}, {"part", 8}};

static size_t depth_of(const layout_chart *chart, const chart_row *row) {
  return svg_rows_is_deep(chart, row) ? 2 : chart->is_tree ? (size_t)row->level : 1;
}

static void put_bar(svg_frame *f, const axis *a, const chart_row *row, double y) {
  if (isnan(row->value)) {
    return;
  }
  const double zero = svg_frame_x(f, a, 0);
  const double end = svg_frame_x(f, a, row->value);
  const size_t depth = depth_of(f->chart, row);
  const double thickness = bar_forms[depth].thickness;
  svg_rect(&f->body, bar_forms[depth].class_name, end < zero ? end : zero, y - thickness / 2,
           fabs(end - zero), thickness);
  if (row->low_text.length > 0) {
    svg_whisker(&f->body, svg_frame_x(f, a, row->low), svg_frame_x(f, a, row->high), y, WHISKER);
  }
}

/* Where the whole is, through all its parts. */
static void put_whole(svg_frame *f, const axis *a, double top, double bottom) {
  if (f->chart->is_tree && !isnan(f->chart->rows[0].value)) {
    const double x = svg_frame_x(f, a, f->chart->rows[0].value);
    svg_line(&f->body, "ref", x, top, x, bottom);
  }
}

void svg_bars_draw(const svg_request *asked, buf *out) {
  static const svg_rows_form form = {.axis_of = axis_of, .put_marks = put_bar, .put_before = put_whole};
  svg_rows_draw(asked, &form, out);
}
