/* Ticks on an axis that need not begin at zero: places are compared, not lengths. */
#include "report/svg_strip.h"

#include <math.h>

#include "report/axis.h"
#include "report/sentence.h"
#include "report/svg_frame.h"

enum {
  WIDE = 498,
  SIDE = 16,
  TICKS = 6,
  WHOLE_LINE = 12,
  HIGH_LINE = 34,
  TOP = 40,
  BOTTOM = 56,
  LOW_LINE = 74
};
enum { AXIS_BOTTOM = 82, AXIS_LINE = 97, HEIGHT = 102, ITEMS_MIN = 3 };

typedef struct ends {
  const chart_row *low, *high, *whole;
  size_t count;
} ends;

static bool is_leaf(const layout_chart *c, size_t i) {
  const bool has_children = i + 1 < c->rows_count && c->rows[i + 1].level > c->rows[i].level;
  return !c->rows[i].is_part && (!c->is_tree || (c->rows[i].level > 0 && !has_children));
}

static ends find_ends(const layout_chart *c) {
  ends e = {.whole = c->is_tree ? &c->rows[0] : NULL};
  for (size_t i = 0; i < c->rows_count; i++) {
    const chart_row *row = &c->rows[i];
    if (is_leaf(c, i) && !isnan(row->value)) {
      e.low = e.low == NULL || row->value < e.low->value ? row : e.low;
      e.high = e.high == NULL || row->value > e.high->value ? row : e.high;
      e.count++;
    }
  }
  return e;
}

/* "Wifi 45.3" at X, on whichever side of it there is room. */
static void put_name(const document *d, buf *out, const char *class_name, const chart_row *row, double x,
                     double y, double width, bool is_centred) {
  slice rest = row->label;
  const sentence_place places[] = {{"name", svg_fold(&rest, SVG_FONT, true, width / 2)},
                                   {"more", slice_of(rest.length > 0 ? "…" : "")},
                                   {"value", svg_figure(d, row->value_text)}};
  const slice text = sentence_fill(d, "{name}{more} {value}", places, 3);
  const double own = svg_text_width(text, SVG_FONT, class_name[0] == 'b');
  const bool fits_centred = x - own / 2 >= 0 && x + own / 2 <= width;
  const svg_anchor anchor = is_centred && fits_centred ? SVG_MIDDLE : x + own <= width ? SVG_START : SVG_END;
  svg_text(out, class_name, x, y, anchor, text, slice_of(""));
}

static double place(const axis *a, double width, double v) {
  return SIDE + axis_share(a, v) * (width - 2 * SIDE);
}

static void put_axis(buf *out, const axis *a, double width) {
  for (size_t i = 0; i < a->ticks_count; i++) {
    char text[AXIS_TEXT_BYTES];
    const double x = place(a, width, a->ticks[i]);
    axis_text(a, a->ticks[i], text);
    svg_line(out, "grid", x, TOP, x, AXIS_BOTTOM);
    svg_text(out, "k2 sm", x, AXIS_LINE, SVG_MIDDLE, slice_of(text), slice_of(""));
  }
}

void svg_strip_draw(const document *d, const layout_chart *chart, svg_form form, slice title, buf *out) {
  const ends e = find_ends(chart);
  const double width = form == SVG_SLIM ? SVG_SLIM_WIDTH : WIDE;
  if (e.count < ITEMS_MIN) {
    return;
  }
  const axis a = axis_make(e.low->value, e.high->value, AXIS_ROUND, TICKS);
  svg_begin_inline(out, width, HEIGHT, title);
  put_axis(out, &a, width);
  for (size_t i = 0; i < chart->rows_count; i++) {
    if (is_leaf(chart, i) && !isnan(chart->rows[i].value)) {
      const double x = place(&a, width, chart->rows[i].value);
      svg_line(out, "tk", x, TOP, x, BOTTOM);
    }
  }
  if (e.whole != NULL && !isnan(e.whole->value)) {
    const double x = place(&a, width, e.whole->value);
    svg_line(out, "ref", x, WHOLE_LINE + 4, x, AXIS_BOTTOM);
    put_name(d, out, "b over", e.whole, x, WHOLE_LINE, width, true);
  }
  put_name(d, out, "over", e.high, place(&a, width, e.high->value), HIGH_LINE, width, false);
  put_name(d, out, "over", e.low, place(&a, width, e.low->value), LOW_LINE, width, false);
  svg_end(out);
}
