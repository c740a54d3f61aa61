/* Net bars: a share to the left of zero, another to the right, and a diamond for what is left of them. */
#include <math.h>
#include <stdio.h>

#include "report/svg_marks.h"
#include "report/svg_rows.h"

enum { SEGMENT = 16, TEXT_MIN = 34, TICKS = 6, SWATCH = 12, KEY_LINE = 20 };

static axis axis_of(const layout_chart *chart) {
  double low = 0;
  double high = 0;
  svg_rows_reach(chart, &low, &high);
  for (size_t i = 0; i < chart->rows_count; i++) {
    low = fmin(low, -chart->rows[i].left);
    high = fmax(high, chart->rows[i].right);
  }
  return axis_make(low, high, AXIS_ROUND, TICKS);
}

/* What the sides and the mark are, as many in a line as fit. */
static void put_key(svg_frame *f) {
  const layout_chart *c = f->chart;
  const struct {
    const char *class_name; /* NULL: the mark */
    slice label;
  } keys[] = {{"s0", c->sides[0]}, {"s10", c->sides[1]}, {NULL, c->measure}};
  double x = f->margin;
  f->y += SWATCH;
  for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
    slice rest = keys[k].label;
    const slice label = svg_fold(&rest, SVG_SMALL, false, f->width / 2);
    const double width = SWATCH + 5 + svg_text_width(label, SVG_SMALL, false) + SVG_GAP + 2;
    if (x > f->margin && x + width > f->width - f->margin) {
      x = f->margin;
      f->y += KEY_LINE;
    }
    if (keys[k].class_name == NULL) {
      svg_mark_whole(&f->body, x + SWATCH / 2.0, f->y - 4);
    } else {
      svg_rect(&f->body, keys[k].class_name, x, f->y - SWATCH + 2, SWATCH, SWATCH);
    }
    svg_text(&f->body, "sm", x + SWATCH + 5, f->y, SVG_START, label, rest.length > 0 ? keys[k].label : rest);
    x += width;
  }
  f->y += SVG_GAP + 4;
}

/* A share from zero to TO, with its figure at the far end, where the mark MARK does not hide it. */
static void put_share(svg_frame *f, const char *class_name, double zero, double to, double mark, double y,
                      double share) {
  const double left = to < zero ? to : zero;
  const double width = fabs(to - zero);
  if (!(width > 0)) {
    return;
  }
  svg_rect(&f->body, class_name, left, y - SEGMENT / 2.0, width, SEGMENT);
  const double text_x = to < zero ? to + 5 : to - 5;
  const bool is_hidden = fabs(mark - text_x) < TEXT_MIN && (mark < zero) == (to < zero);
  if (width >= TEXT_MIN && !is_hidden) {
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", llround(share));
    svg_text(&f->body, "lt sm", text_x, y + 4.2, to < zero ? SVG_START : SVG_END, slice_of(text),
             slice_of(""));
  }
}

static void put_marks(svg_frame *f, const axis *a, const chart_row *row, double y) {
  const double zero = svg_frame_x(f, a, 0);
  const double mark = isnan(row->value) ? zero : svg_frame_x(f, a, row->value);
  if (row->left > 0) {
    put_share(f, "s0", zero, svg_frame_x(f, a, -row->left), mark, y, row->left);
  }
  if (row->right > 0) {
    put_share(f, "s10", zero, svg_frame_x(f, a, row->right), mark, y, row->right);
  }
  if (!isnan(row->value)) {
    if (row->low_text.length > 0) {
      svg_whisker(&f->body, svg_frame_x(f, a, row->low), svg_frame_x(f, a, row->high), y, 3);
    }
    svg_mark_whole(&f->body, mark, y);
  }
}

static void put_zero(svg_frame *f, const axis *a, double top, double bottom) {
  const double x = svg_frame_x(f, a, 0);
  svg_line(&f->body, "zero", x, top, x, bottom);
}

void svg_net_draw(const svg_request *asked, buf *out) {
  static const svg_rows_form form = {
      .axis_of = axis_of, .put_key = put_key, .put_marks = put_marks, .put_before = put_zero};
  svg_rows_draw(asked, &form, out);
}
