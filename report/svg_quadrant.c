/* A chart of points in four corners: two figures of an item, one to the right and one upward, and dashed
 * lines where the corners part.  Only the corner that matters most is shaded. */
#include <math.h>
#include <stdio.h>

#include "report/labels.h"
#include "report/layout_build.h"
#include "report/sentence.h"
#include "report/svg_frame.h"
#include "report/svg_marks.h"

enum { HEIGHT = 430, SLIM_HEIGHT = 430, TICKS = 6, SLIM_TICKS = 4, LINE = 17, CORNER = 8, NAME_MAX = 190 };
enum { SLIM_NAME_MAX = 118, PRIORITY = 1, BLOCKS = 4, LABEL_HEIGHT = 16 };

typedef struct plane {
  svg_frame *f;
  const layout_chart *chart;
  axis right, up;
  label_box box; /* of the plot */
} plane;

static double x_of(const plane *p, double v) {
  return p->box.left + axis_share(&p->right, v) * (p->box.right - p->box.left);
}

static double y_of(const plane *p, double v) {
  return p->box.bottom - axis_share(&p->up, v) * (p->box.bottom - p->box.top);
}

static bool has_cuts(const plane *p) {
  return !isnan(p->chart->plane.cut_right) && !isnan(p->chart->plane.cut_up);
}

/* Does the row lie where it matters most: to the left and above?  What lies on a line counts as beyond it. */
static bool is_priority(const plane *p, const chart_row *row) {
  return has_cuts(p) && row->value < p->chart->plane.cut_right && row->up >= p->chart->plane.cut_up;
}

/* ---- Axes ---------------------------------------------------------------------------------------- */

static void find_axes(plane *p, unsigned ticks) {
  const layout_chart *c = p->chart;
  double low[2] = {INFINITY, INFINITY};
  double high[2] = {-INFINITY, -INFINITY};
  for (size_t i = 0; i <= c->rows_count; i++) { /* the lines at last */
    const bool is_row = i < c->rows_count;
    const double at[2] = {is_row ? c->rows[i].value : c->plane.cut_right,
                          is_row ? c->rows[i].up : c->plane.cut_up};
    for (size_t k = 0; k < 2; k++) {
      low[k] = at[k] < low[k] ? at[k] : low[k];
      high[k] = at[k] > high[k] ? at[k] : high[k];
    }
  }
  for (size_t k = 0; k < 2; k++) { /* marks are not on the edge */
    const double more = (high[k] - low[k]) / 12;
    *(k == 0 ? &p->right : &p->up) = axis_make(low[k] - more, high[k] + more, AXIS_EXACT, ticks);
  }
}

static void put_axes(const plane *p) {
  buf *out = &p->f->body;
  char text[AXIS_TEXT_BYTES];
  for (size_t i = 0; i < p->right.ticks_count; i++) {
    const double x = x_of(p, p->right.ticks[i]);
    axis_text(&p->right, p->right.ticks[i], text);
    svg_line(out, "zero", x, p->box.bottom, x, p->box.bottom + 4);
    svg_text(out, "k2 sm", x, p->box.bottom + 17, SVG_MIDDLE, slice_of(text), slice_of(""));
  }
  for (size_t i = 0; i < p->up.ticks_count; i++) {
    const double y = y_of(p, p->up.ticks[i]);
    axis_text(&p->up, p->up.ticks[i], text);
    svg_line(out, "zero", p->box.left - 4, y, p->box.left, y);
    svg_text(out, "k2 sm", p->box.left - 7, y + 4, SVG_END, slice_of(text), slice_of(""));
  }
  svg_line(out, "zero", p->box.left, p->box.top, p->box.left, p->box.bottom);
  svg_line(out, "zero", p->box.left, p->box.bottom, p->box.right, p->box.bottom);
}

/* The width of the widest tick text of the upward axis. */
static double ticks_width(const axis *a) {
  double width = 0;
  for (size_t i = 0; i < a->ticks_count; i++) {
    char text[AXIS_TEXT_BYTES];
    axis_text(a, a->ticks[i], text);
    width = fmax(width, svg_text_width(slice_of(text), SVG_SMALL, false));
  }
  return width;
}

static slice with_arrow(const document *d, slice title, bool is_up) {
  const sentence_place place = {"title", title};
  return sentence_fill(d, is_up ? "↑ {title}" : "{title} →", &place, 1);
}

/* ---- Corners ------------------------------------------------------------------------------------- */

static void put_corners(const plane *p) {
  if (has_cuts(p)) {
    const double x = x_of(p, p->chart->plane.cut_right);
    const double y = y_of(p, p->chart->plane.cut_up);
    svg_rect(&p->f->body, "hot", p->box.left, p->box.top, x - p->box.left, y - p->box.top);
    svg_line(&p->f->body, "ref", x, p->box.top, x, p->box.bottom);
    svg_line(&p->f->body, "ref", p->box.left, y, p->box.right, y);
  }
}

/* Writes the names of the corners and tells where they are; no more than half as wide as the plot. */
static size_t put_names(const plane *p, label_box blocks[BLOCKS]) {
  const double half = (p->box.right - p->box.left) / 2 - 2 * CORNER;
  size_t count = 0;
  for (size_t i = 0; has_cuts(p) && i < BLOCKS; i++) {
    const bool is_right = i % 2 == 1;
    const double x = is_right ? p->box.right - CORNER : p->box.left + CORNER;
    const double y = i < 2 ? p->box.top + 16 : p->box.bottom - CORNER;
    slice rest = p->chart->plane.corners[i];
    const slice name = svg_fold(&rest, SVG_SMALL, true, half);
    const double width = svg_text_width(name, SVG_SMALL, true);
    svg_text(&p->f->body, i == 0 ? "c1 b sm" : "k2 b sm", x, y, is_right ? SVG_END : SVG_START, name,
             rest.length > 0 ? p->chart->plane.corners[i] : rest);
    blocks[count++] = (label_box){is_right ? x - width : x, y - 13, is_right ? x : x + width, y + 5};
  }
  return count;
}

/* ---- Points -------------------------------------------------------------------------------------- */

typedef struct point_name {
  slice text;
  bool is_cut, is_bold;
} point_name;

static point_name name_of(const plane *p, const chart_row *row) {
  const double most = p->f->form == SVG_SLIM ? SLIM_NAME_MAX : NAME_MAX;
  point_name name = {.text = row->label, .is_bold = is_priority(p, row)};
  if (svg_text_width(row->label, SVG_SMALL, name.is_bold) > most) {
    slice rest = row->label;
    const sentence_place kept = {"kept", svg_fold(&rest, SVG_SMALL, name.is_bold, most - SVG_SMALL)};
    name.text = sentence_fill(p->f->l->document, "{kept}…", &kept, 1);
    name.is_cut = true;
  }
  return name;
}

static void put_name(const plane *p, const chart_row *row, const point_name *name, const label_place *place) {
  svg_text(&p->f->body, name->is_bold ? "c1 b sm over" : "sm over", (place->box.left + place->box.right) / 2,
           place->box.bottom - 4, SVG_MIDDLE, name->text, name->is_cut ? row->label : slice_of(""));
}

static void put_leader(const plane *p, const label_point *point, const label_place *place) {
  double x = 0;
  double y = 0;
  labels_leader(&place->box, point->x, point->y, &x, &y);
  svg_line(&p->f->body, "lead", point->x, point->y, x, y);
}

/* The names that the plot has no room for, with their figures. */
static void tell_unnamed(const plane *p, const label_place *places, layout_texts *out) {
  const document *d = p->f->l->document;
  for (size_t i = 0; i < p->chart->rows_count; i++) {
    const chart_row *row = &p->chart->rows[i];
    const sentence_place filled[] = {{"label", row->label},
                                     {"right", svg_figure(d, row->value_text)},
                                     {"up", svg_figure(d, row->up_text)}};
    if (!places[i].is_free) {
      layout_texts_add(d, out, sentence_fill(d, "{label} ({right}; {up})", filled, 3));
    }
  }
}

static void put_points(const plane *p, const label_box *blocks, size_t blocks_count, layout_texts *unnamed) {
  arena *memory = p->f->l->document->memory;
  const size_t count = p->chart->rows_count;
  label_point *points = ARENA_ARRAY(memory, label_point, count);
  label_place *places = ARENA_ARRAY(memory, label_place, count);
  point_name *names = ARENA_ARRAY(memory, point_name, count);
  if (points == NULL || places == NULL || names == NULL) {
    return;
  }
  for (size_t i = 0; i < count; i++) {
    const chart_row *row = &p->chart->rows[i];
    names[i] = name_of(p, row);
    points[i] = (label_point){x_of(p, row->value), y_of(p, row->up),
                              svg_text_width(names[i].text, SVG_SMALL, names[i].is_bold)};
  }
  const label_field field = {.inside = {p->box.left + 3, p->box.top + 2, p->box.right - 2, p->box.bottom - 2},
                             .blocks = blocks,
                             .blocks_count = blocks_count,
                             .divide_x = has_cuts(p) ? x_of(p, p->chart->plane.cut_right) : NAN,
                             .divide_y = has_cuts(p) ? y_of(p, p->chart->plane.cut_up) : NAN,
                             .height = LABEL_HEIGHT,
                             .radius = SVG_MARK};
  labels_place(&field, points, count, memory, places);
  for (size_t i = 0; i < count; i++) {
    if (places[i].is_free && places[i].has_leader) {
      put_leader(p, &points[i], &places[i]);
    }
  }
  for (size_t i = 0; i < count; i++) {
    svg_mark(&p->f->body, names[i].is_bold ? PRIORITY : 0, points[i].x, points[i].y);
    if (places[i].is_free) {
      put_name(p, &p->chart->rows[i], &names[i], &places[i]);
    }
  }
  tell_unnamed(p, places, unnamed);
}

/* ---- The whole ----------------------------------------------------------------------------------- */

static slice describe(const document *d, const layout_chart *chart) {
  layout_texts parts = {.count = 0};
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    const sentence_place places[] = {{"label", row->label},
                                     {"colon", document_word(d, WORD_COLON)},
                                     {"right", chart->plane.right},
                                     {"a", svg_figure(d, row->value_text)},
                                     {"comma", document_word(d, WORD_COMMA)},
                                     {"up", chart->plane.up},
                                     {"b", svg_figure(d, row->up_text)}};
    layout_texts_add(d, &parts, sentence_fill(d, "{label}{colon}{right} {a}{comma}{up} {b}", places, 7));
  }
  return layout_texts_joined(d, &parts, slice_of("; "));
}

/* "Dashed: Performance 3.27, Importance 0.041" */
static void tell_cuts(const plane *p) {
  const document *d = p->f->l->document;
  const chart_plane *at = &p->chart->plane;
  const sentence_place places[] = {{"right", at->right},
                                   {"a", svg_figure(d, at->cut_right_text)},
                                   {"up", at->up},
                                   {"b", svg_figure(d, at->cut_up_text)}};
  if (has_cuts(p)) {
    svg_frame_lines(p->f, sentence_fill(d, word_text(WORD_CHART_CUTS, d->language), places, 4));
  }
}

static void tell_rest(const plane *p, const layout_texts *unnamed) {
  const document *d = p->f->l->document;
  if (unnamed->count > 0) {
    const sentence_place place = {"names", layout_texts_joined(d, unnamed, slice_of("; "))};
    svg_frame_lines(p->f, sentence_fill(d, word_text(WORD_CHART_UNNAMED, d->language), &place, 1));
  }
}

void svg_quadrant_draw(const svg_request *asked, buf *out) {
  const document *d = asked->l->document;
  svg_frame f = svg_frame_of(asked);
  svg_frame_begin(&f, 0);
  plane p = {.f = &f, .chart = asked->chart};
  label_box blocks[BLOCKS];
  layout_texts unnamed = {.count = 0};
  const bool is_slim = f.form == SVG_SLIM;
  find_axes(&p, is_slim ? SLIM_TICKS : TICKS);
  f.y += SVG_SMALL;
  svg_text(&f.body, "b sm", f.margin, f.y, SVG_START, with_arrow(d, asked->chart->plane.up, true),
           slice_of(""));
  p.box = (label_box){f.margin + ticks_width(&p.up) + 10, f.y + 10, f.width - f.margin - SVG_GAP,
                      f.y + (is_slim ? SLIM_HEIGHT : HEIGHT)};
  put_corners(&p);
  put_axes(&p);
  const size_t blocks_count = put_names(&p, blocks);
  put_points(&p, blocks, blocks_count, &unnamed);
  f.y = p.box.bottom + 2 * LINE;
  svg_text(&f.body, "b sm", p.box.right, f.y, SVG_END, with_arrow(d, asked->chart->plane.right, false),
           slice_of(""));
  tell_cuts(&p);
  tell_rest(&p, &unnamed);
  svg_frame_end(&f, f.form == SVG_ALONE ? describe(d, asked->chart) : slice_of(""), out);
}
