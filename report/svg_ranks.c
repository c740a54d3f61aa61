/* Lollipops: a figure a row, from zero, and whether its rank among the others is certain. */
#include <math.h>
#include <stdio.h>

#include "report/sentence.h"
#include "report/svg_marks.h"
#include "report/svg_rows.h"

enum { TICKS = 5, WHISKER = 4, KEY_LINE = 18, KEY_MARK = 14, BEHIND = 8 };

static axis axis_of(const layout_chart *chart) {
  double low = 0;
  double high = 0;
  svg_rows_reach(chart, &low, &high);
  return axis_make(low, high, AXIS_ROUND, TICKS);
}

static bool is_certain(const chart_row *row) {
  return !(row->left < row->right);
}

static void put_head(svg_frame *f, bool certain, double x, double y) {
  svg_circle(&f->body, certain ? "g0" : "miss", x, y, SVG_MARK);
}

static void put_key(svg_frame *f) {
  const struct {
    bool certain;
    word said;
  } keys[] = {{true, WORD_CHART_RANK_CERTAIN}, {false, WORD_CHART_RANK_UNCERTAIN}};
  double x = f->margin;
  f->y += SVG_SMALL;
  for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
    const slice said = document_word(f->l->document, keys[k].said);
    const double width = KEY_MARK + svg_text_width(said, SVG_SMALL, false);
    if (x > f->margin && x + width > f->width - f->margin) {
      x = f->margin;
      f->y += KEY_LINE;
    }
    put_head(f, keys[k].certain, x + SVG_MARK + 1, f->y - 4);
    svg_text(&f->body, "sm", x + KEY_MARK, f->y, SVG_START, said, slice_of(""));
    x += width + SVG_GAP + 2;
  }
  f->y += SVG_GAP;
}

/* "2–4": the ranks that it may have, behind all marks where there is room. */
static void put_rank(svg_frame *f, const chart_row *row, double from, double y) {
  char text[64];
  (void)snprintf(text, sizeof text, "%.0f–%.0f", row->left, row->right);
  if (from + svg_text_width(slice_of(text), SVG_SMALL, false) <= f->plot_right) {
    svg_text(&f->body, "k2 sm over", from, y + 4, SVG_START, slice_of(text), slice_of(""));
  }
}

static void put_marks(svg_frame *f, const axis *a, const chart_row *row, double y) {
  if (isnan(row->value)) {
    return;
  }
  const double x = svg_frame_x(f, a, row->value);
  const double zero = svg_frame_x(f, a, 0);
  double end = fmax(x + SVG_MARK, zero);
  svg_line(&f->body, "w0", zero, y, x, y);
  if (row->low_text.length > 0) {
    const double high = svg_frame_x(f, a, row->high);
    svg_whisker(&f->body, svg_frame_x(f, a, row->low), high, y, WHISKER);
    end = fmax(end, high);
  }
  put_head(f, is_certain(row), x, y);
  if (!is_certain(row)) {
    put_rank(f, row, end + BEHIND, y);
  }
}

void svg_ranks_draw(const svg_request *asked, buf *out) {
  static const svg_rows_form form = {.axis_of = axis_of, .put_key = put_key, .put_marks = put_marks};
  svg_rows_draw(asked, &form, out);
}
