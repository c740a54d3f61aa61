/* A forest plot: a figure a row with its interval, and whether that holds the reference; figures whose
 * interval does not are full marks, the others hollow ones. */
#include <math.h>

#include "report/svg_rows.h"

enum { WHISKER = 4, TICKS = 7 };
static const double margin = 1.04; /* of ratios, beyond the last figure */

static axis axis_of(const layout_chart *chart) {
  double low = chart->reference;
  double high = chart->reference;
  if (!chart->is_ratio) {
    svg_rows_reach(chart, &low, &high);
    return axis_make(low, high, AXIS_ROUND, TICKS);
  }
  for (size_t i = 0; i < chart->rows_count; i++) {
    const double at[] = {chart->rows[i].value, chart->rows[i].low, chart->rows[i].high};
    for (size_t k = 0; k < 3; k++) {
      low = at[k] > 0 && at[k] < low ? at[k] : low;
      high = at[k] > high && isfinite(at[k]) ? at[k] : high;
    }
  }
  return axis_make_ratio(low / margin, high * margin, TICKS);
}

static void put_marks(svg_frame *f, const axis *a, const chart_row *row, double y) {
  if (isnan(row->value) || (a->is_ratio && !(row->value > 0))) {
    return;
  }
  const double x = svg_frame_x(f, a, row->value);
  const double half = svg_rows_is_deep(f->chart, row) ? 3.5 : 4.5;
  const bool has_interval = row->low_text.length > 0;
  const bool is_apart = has_interval && (row->low > f->chart->reference || row->high < f->chart->reference);
  if (has_interval && svg_frame_x(f, a, row->high) - svg_frame_x(f, a, row->low) > 2 * half) {
    svg_interval(&f->body, "wh", svg_frame_x(f, a, row->low), svg_frame_x(f, a, row->high), y, WHISKER);
  }
  svg_rect(&f->body,
           !is_apart                          ? "miss"
           : row->value < f->chart->reference ? "g1"
                                              : "g0",
           x - half, y - half, 2 * half, 2 * half);
}

static void put_reference(svg_frame *f, const axis *a, double top, double bottom) {
  const double x = svg_frame_x(f, a, f->chart->reference);
  svg_line(&f->body, "ref", x, top, x, bottom);
}

void svg_forest_draw(const svg_request *asked, buf *out) {
  static const svg_rows_form form = {.axis_of = axis_of, .put_marks = put_marks, .put_behind = put_reference};
  svg_rows_draw(asked, &form, out);
}
