/* Circles, diamonds, squares, triangles. */
#include "report/svg_marks.h"

#include "report/layout.h"
#include "report/svg.h"

static void put_diamond(buf *out, const char *class_name, double x, double y) {
  const double r = SVG_MARK * 1.3;
  const double at[] = {x, y - r, r, r, -r, r, -r, -r};
  svg_path(out, class_name, "M l l l Z", at);
}

void svg_mark_whole(buf *out, double x, double y) {
  put_diamond(out, "g3", x, y);
}

void svg_mark(buf *out, size_t series, double x, double y) {
  static const char *const classes[CHART_SERIES_MAX] = {"g0", "g1", "g2", "g3"};
  const size_t shape = series % CHART_SERIES_MAX;
  const double r = SVG_MARK;
  if (shape == 1) {
    put_diamond(out, classes[shape], x, y);
  } else if (shape == 2) {
    svg_rect(out, classes[shape], x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  } else if (shape == 3) {
    const double at[] = {x, y - r * 1.2, r * 1.15, r * 2.05, -r * 2.3};
    svg_path(out, classes[shape], "M l hZ", at);
  } else {
    svg_circle(out, classes[shape], x, y, r);
  }
}
