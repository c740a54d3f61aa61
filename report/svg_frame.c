/* The frame of a chart. */
#include "report/svg_frame.h"

#include <assert.h>
#include <string.h>

#include "report/layout_build.h"
#include "report/sentence.h"

enum {
  LABEL_MAX = 230,
  PLOT_MIN = 240,
  INDENT = 14,
  ROW = 24,
  PART_ROW = 20,
  ABOVE_ITEM = 6,
  LINE = 15,
  LABEL_LINES = 2
};
enum { TITLE_SIZE = 16, TITLE_LINE = 21 };

static double larger(double a, double b) {
  return a > b ? a : b;
}

/* ---- Columns ------------------------------------------------------------------------------------- */

double svg_figure_width(double width, slice text, bool is_bold) {
  const double own = svg_text_width(text, SVG_FONT, is_bold);
  return larger(width, own < SVG_FIGURE_MAX ? own : SVG_FIGURE_MAX);
}

slice svg_figure(const document *d, slice figure) {
  if (figure.length == 0 || figure.bytes[0] != '-') {
    return figure;
  }
  const sentence_place size = {"size", {figure.bytes + 1, figure.length - 1}};
  return sentence_fill(d, "\xE2\x88\x92{size}", &size, 1);
}

static double indent_of(const chart_row *row) {
  return row->is_part ? INDENT : 0;
}

/* Charts of items with groups below them show the items in bold. */
static bool has_parts(const layout_chart *c) {
  for (size_t i = 0; i < c->rows_count; i++) {
    if (c->rows[i].is_part) {
      return true;
    }
  }
  return false;
}

static bool is_bold(const svg_frame *f, const chart_row *row) {
  return !row->is_part && has_parts(f->chart);
}

static void measure(svg_frame *f, double right) {
  double base = 0;
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    const chart_row *row = &f->chart->rows[i];
    const double own = indent_of(row) + svg_text_width(row->label, SVG_FONT, is_bold(f, row));
    f->label_width = larger(f->label_width, own);
    base = svg_figure_width(base, row->base, false);
  }
  f->label_width = f->label_width < LABEL_MAX ? f->label_width : LABEL_MAX;
  f->base_right = SVG_MARGIN + f->label_width + (base > 0 ? SVG_GAP + base : 0);
  f->plot_left = f->base_right + SVG_TICK;
  f->width = larger(SVG_WIDTH, f->plot_left + PLOT_MIN + right + SVG_MARGIN);
  f->plot_right = f->width - SVG_MARGIN - right;
  assert(f->plot_right - f->plot_left > PLOT_MIN - 1); /* but for rounding */
}

/* ---- Texts --------------------------------------------------------------------------------------- */

/* TEXT in lines as wide as the picture. */
static void put_lines(svg_frame *f, const char *class_name, double size, bool bold, double line, slice text) {
  while (text.length > 0) {
    const slice part = svg_fold(&text, size, bold, f->width - 2 * SVG_MARGIN);
    f->y += line;
    svg_text(&f->body, class_name, SVG_MARGIN, f->y, SVG_START, part, slice_of(""));
  }
}

/* "Summary · Mean" */
static slice subtitle(const svg_frame *f) {
  const document *d = f->l->document;
  layout_texts parts = {.count = 0};
  if (!slice_equal(f->chart->title, f->section->title)) {
    layout_texts_add(d, &parts, f->chart->title);
  }
  if (f->chart->subject.length > 0) {
    layout_texts_add(d, &parts, f->chart->subject);
  }
  if (f->chart->measure.length > 0 && !f->chart->is_percent &&
      !slice_equal(f->chart->measure, f->chart->title)) {
    layout_texts_add(d, &parts, f->chart->measure);
  }
  return layout_texts_joined(d, &parts, slice_of(" · "));
}

void svg_frame_begin(svg_frame *f, double right) {
  buf_init(&f->body);
  measure(f, right);
  f->y = SVG_MARGIN - 4;
  put_lines(f, "hd", TITLE_SIZE, true, TITLE_LINE, f->section->title);
  put_lines(f, "k2", SVG_FONT, false, LINE + 3, subtitle(f));
  f->y += SVG_GAP;
}

void svg_frame_header(svg_frame *f, double base_line) {
  if (f->base_right > SVG_MARGIN + f->label_width) {
    svg_text(&f->body, "k2 sm", f->base_right, base_line, SVG_END, figure_title(f->l->document, "n"),
             slice_of(""));
  }
}

/* ---- Rows ---------------------------------------------------------------------------------------- */

typedef struct label_lines {
  slice at[LABEL_LINES];
  size_t count;
  bool is_cut;
} label_lines;

/* A label in at most two lines, the last one with an ellipsis where the text goes on. */
static label_lines fold_label(const svg_frame *f, const chart_row *row) {
  const bool bold = is_bold(f, row);
  const double width = f->label_width - indent_of(row) + 0.5;
  label_lines lines = {.count = 0};
  slice rest = row->label;
  while (rest.length > 0 && lines.count < LABEL_LINES) {
    slice cut = rest;
    lines.at[lines.count++] = svg_fold(&rest, SVG_FONT, bold, width);
    lines.is_cut = lines.count == LABEL_LINES && rest.length > 0;
    if (lines.is_cut) {
      const sentence_place kept = {"kept", svg_fold(&cut, SVG_FONT, bold, width - SVG_FONT)};
      lines.at[lines.count - 1] = sentence_fill(f->l->document, "{kept}…", &kept, 1);
    }
  }
  return lines;
}

double svg_frame_row_height(const svg_frame *f, size_t row) {
  const chart_row *at = &f->chart->rows[row];
  return (at->is_part ? PART_ROW : ROW) + (fold_label(f, at).count > 1 ? LINE : 0);
}

double svg_frame_gap(const svg_frame *f, size_t row) {
  const chart_row *at = &f->chart->rows[row];
  return row > 0 && at[-1].is_part && !at->is_part ? ABOVE_ITEM : 0;
}

double svg_frame_rows_height(const svg_frame *f) {
  double height = 0;
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    height += svg_frame_gap(f, i) + svg_frame_row_height(f, i);
  }
  return height;
}

void svg_frame_row(svg_frame *f, const chart_row *row, double y) {
  const label_lines lines = fold_label(f, row);
  for (size_t i = 0; i < lines.count; i++) {
    const double line = y + 4.5 + LINE * ((double)i - (double)(lines.count - 1) / 2);
    svg_text(&f->body, is_bold(f, row) ? "b" : "", SVG_MARGIN + indent_of(row), line, SVG_START, lines.at[i],
             lines.is_cut ? row->label : slice_of(""));
  }
  svg_text(&f->body, "k2", f->base_right, y + 4.5, SVG_END, row->base, slice_of(""));
}

/* ---- Axes ---------------------------------------------------------------------------------------- */

double svg_frame_x(const svg_frame *f, const axis *a, double v) {
  return f->plot_left + axis_share(a, v) * (f->plot_right - f->plot_left);
}

void svg_frame_axis(svg_frame *f, const axis *a, const char *unit, bool absolute, double top, double bottom) {
  for (size_t i = 0; i < a->ticks_count; i++) {
    const double tick = a->ticks[i];
    const double x = svg_frame_x(f, a, tick);
    char text[AXIS_TEXT_BYTES + 8];
    axis_text(a, absolute && tick < 0 ? -tick : tick, text);
    (void)strncat(text, unit, 7);
    svg_line(&f->body, "grid", x, top + 6, x, bottom);
    svg_text(&f->body, "k2 sm", x, top, SVG_MIDDLE, slice_of(text), slice_of(""));
  }
  if (a->low <= 0 && a->high >= 0) {
    const double zero = svg_frame_x(f, a, 0);
    svg_line(&f->body, "zero", zero, top + 6, zero, bottom);
  }
}

/* ---- The whole ----------------------------------------------------------------------------------- */

void svg_frame_end(svg_frame *f, slice description, buf *out) {
  const document *d = f->l->document;
  if (f->chart->more > 0) {
    const sentence_place place = {"n", figure_count(d, (int64_t)f->chart->more)};
    put_lines(f, "k2", SVG_FONT, false, LINE + 3,
              sentence_fill(d, word_text(WORD_MORE, d->language), &place, 1));
  }
  f->y += SVG_GAP / 2;
  put_lines(f, "k2 sm", SVG_SMALL, false, LINE + 1,
            layout_texts_joined(d, &f->section->settings, slice_of(" · ")));
  const sentence_place places[] = {
      {"section", f->section->title}, {"colon", document_word(d, WORD_COLON)}, {"chart", f->chart->title}};
  svg_begin(out, f->width, f->y + SVG_MARGIN - 2, d->language,
            sentence_fill(d, "{section}{colon}{chart}", places, 3), description);
  buf_put(out, f->body.data, f->body.length);
  svg_end(out);
  out->failed = out->failed || f->body.failed;
  buf_fini(&f->body);
}
