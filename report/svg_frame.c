/* The frame of a chart. */
#include "report/svg_frame.h"

#include <assert.h>
#include <string.h>

#include "report/layout_build.h"
#include "report/sentence.h"

enum { LABEL_MAX = 230, PLOT_MIN = 240, INDENT = 14, ROW = 24, PART_ROW = 20, ABOVE_ITEM = 6 };
enum { LINE = 17, LABEL_LINES = 2, SLIM_ROW = 39, SLIM_PART_ROW = 36, SLIM_MARK = 24 };
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

int svg_decimals(slice figure) {
  const char *mark = figure.length == 0 ? NULL : memchr(figure.bytes, '.', figure.length);
  int decimals = 0;
  while (mark != NULL && mark + 1 + decimals < figure.bytes + figure.length && mark[1 + decimals] >= '0' &&
         mark[1 + decimals] <= '9') {
    decimals++;
  }
  return decimals;
}

static double indent_of(const chart_row *row) {
  return row->is_part || row->level > 1 ? INDENT * (double)(row->is_part ? 1 : row->level - 1) : 0;
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
  return row->level != CHART_NO_LEVEL ? row->level < 2 : !row->is_part && has_parts(f->chart);
}

static void measure(svg_frame *f, double right) {
  double base = 0;
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    const chart_row *row = &f->chart->rows[i];
    const double own = indent_of(row) + svg_text_width(row->label, SVG_FONT, is_bold(f, row));
    f->label_width = larger(f->label_width, own);
    base = svg_figure_width(base, row->base, false);
  }
  f->margin = f->form == SVG_ALONE ? SVG_MARGIN : 0;
  f->label_width = f->label_width < LABEL_MAX ? f->label_width : LABEL_MAX;
  f->base_right = f->margin + f->label_width + (base > 0 ? SVG_GAP + base : 0);
  f->plot_left = f->base_right + SVG_TICK;
  f->width = larger(SVG_WIDTH, f->plot_left + PLOT_MIN + right + f->margin);
  f->plot_right = f->width - f->margin - right;
  assert(f->plot_right - f->plot_left > PLOT_MIN - 1); /* but for rounding */
}

/* Labels and figures share a line, the plot is below them. */
static void measure_slim(svg_frame *f, double right) {
  f->width = SVG_SLIM_WIDTH;
  f->label_width = larger(f->width - right - SVG_GAP, f->width / 3);
  f->plot_left = SVG_MARGIN;
  f->plot_right = f->width - SVG_MARGIN;
}

/* ---- Texts --------------------------------------------------------------------------------------- */

/* TEXT in lines as wide as the picture. */
static void put_lines(svg_frame *f, const char *class_name, double size, bool bold, double line, slice text) {
  while (text.length > 0) {
    const slice part = svg_fold(&text, size, bold, f->width - 2 * f->margin);
    f->y += line;
    svg_text(&f->body, class_name, f->margin, f->y, SVG_START, part, slice_of(""));
  }
}

void svg_frame_lines(svg_frame *f, slice text) {
  put_lines(f, "k2 sm", SVG_SMALL, false, LINE + 1, text);
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

svg_frame svg_frame_of(const svg_request *asked) {
  return (svg_frame){.l = asked->l,
                     .section = asked->section,
                     .chart = asked->chart,
                     .form = asked->form,
                     .title = asked->title};
}

void svg_frame_begin(svg_frame *f, double right) {
  buf_init(&f->body);
  if (f->form == SVG_SLIM) {
    measure_slim(f, right);
  } else {
    measure(f, right);
  }
  if (f->form == SVG_ALONE) {
    f->y = SVG_MARGIN - 4;
    put_lines(f, "hd", TITLE_SIZE, true, TITLE_LINE, f->section->title);
    put_lines(f, "k2", SVG_FONT, false, LINE + 3, subtitle(f));
    f->y += SVG_GAP;
  }
}

static bool has_bases(const svg_frame *f) {
  return f->form != SVG_SLIM && f->base_right > f->margin + f->label_width;
}

void svg_frame_header(svg_frame *f, double base_line) {
  if (has_bases(f)) {
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

static double row_height(const svg_frame *f, size_t row) {
  const chart_row *at = &f->chart->rows[row];
  const double own =
      f->form == SVG_SLIM ? (at->is_part ? SLIM_PART_ROW : SLIM_ROW) : (at->is_part ? PART_ROW : ROW);
  return own + (fold_label(f, at).count > 1 ? LINE : 0);
}

static double gap_above(const svg_frame *f, size_t row) {
  const chart_row *at = &f->chart->rows[row];
  return row > 0 && ((at[-1].is_part && !at->is_part) || (f->chart->is_tree && at->level == 1)) ? ABOVE_ITEM
                                                                                                : 0;
}

double svg_frame_rows_height(const svg_frame *f) {
  double height = 0;
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    height += gap_above(f, i) + row_height(f, i);
  }
  return height;
}

/* Writes the lines of a label, the first one at base line FIRST. */
static void put_label(svg_frame *f, const chart_row *row, const label_lines *lines, double first) {
  for (size_t i = 0; i < lines->count; i++) {
    svg_text(&f->body, is_bold(f, row) ? "b" : "", f->margin + indent_of(row), first + LINE * (double)i,
             SVG_START, lines->at[i], lines->is_cut ? row->label : slice_of(""));
  }
}

svg_row_place svg_frame_row(svg_frame *f, size_t index) {
  const chart_row *row = &f->chart->rows[index];
  const label_lines lines = fold_label(f, row);
  const double top = f->y + gap_above(f, index);
  const double height = row_height(f, index);
  f->y = top + height;
  if (f->form == SVG_SLIM) {
    put_label(f, row, &lines, top + SVG_SMALL);
    return (svg_row_place){top + SLIM_MARK + LINE * (double)(lines.count > 1 ? 1 : 0), top + SVG_SMALL};
  }
  const double middle = top + height / 2;
  put_label(f, row, &lines, middle + 4.5 - LINE * (double)(lines.count - 1) / 2);
  svg_text(&f->body, "k2", f->base_right, middle + 4.5, SVG_END, row->base, slice_of(""));
  return (svg_row_place){middle, middle + 4.5};
}

/* ---- Axes ---------------------------------------------------------------------------------------- */

double svg_frame_x(const svg_frame *f, const axis *a, double v) {
  return f->plot_left + axis_share(a, v) * (f->plot_right - f->plot_left);
}

void svg_frame_axis(svg_frame *f, const axis *a, const char *unit, bool absolute, double top, double bottom) {
  buf_printf(&f->body, "<path class=\"grid\" d=\"");
  for (size_t i = 0; i < a->ticks_count; i++) {
    const double ends[] = {svg_frame_x(f, a, a->ticks[i]), top + 6, bottom};
    svg_points(&f->body, "M V", ends);
  }
  buf_printf(&f->body, "\"/>\n");
  for (size_t i = 0; i < a->ticks_count; i++) {
    const double tick = a->ticks[i];
    const double x = svg_frame_x(f, a, tick);
    char text[AXIS_TEXT_BYTES + 8];
    axis_text(a, absolute && tick < 0 ? -tick : tick, text);
    (void)strncat(text, unit, 7);
    /* At the edge a long one would stick out. */
    const double half = svg_text_width(slice_of(text), SVG_SMALL, false) / 2;
    const bool is_left = x - half<0, is_right = x + half> f->width;
    svg_text(&f->body, "k2 sm",
             is_left    ? 0
             : is_right ? f->width
                        : x,
             top,
             is_left    ? SVG_START
             : is_right ? SVG_END
                        : SVG_MIDDLE,
             slice_of(text), slice_of(""));
  }
  if (a->low <= 0 && a->high >= 0) {
    const double zero = svg_frame_x(f, a, 0);
    svg_line(&f->body, "zero", zero, top + 6, zero, bottom);
  }
}

/* ---- The whole ----------------------------------------------------------------------------------- */

static void put_alone(const svg_frame *f, slice description, buf *out) {
  const document *d = f->l->document;
  const sentence_place places[] = {
      {"section", f->section->title}, {"colon", document_word(d, WORD_COLON)}, {"chart", f->chart->title}};
  svg_begin(out, f->width, f->y + SVG_MARGIN - 2, d->language,
            sentence_fill(d, "{section}{colon}{chart}", places, 3), description);
}

/* In a page nobody reads the lines of a picture: they are left out. */
static void put_body(const svg_frame *f, buf *out) {
  slice rest = {(const char *)f->body.data, f->body.length};
  while (f->form != SVG_ALONE && rest.length > 0) {
    const char *end = memmem(rest.bytes, rest.length, ">\n", 2);
    const size_t length = end == NULL ? rest.length : (size_t)(end - rest.bytes) + 1;
    const size_t taken = end == NULL ? length : length + 1;
    buf_put(out, rest.bytes, length);
    rest = (slice){rest.bytes + taken, rest.length - taken};
  }
  buf_put(out, rest.bytes, rest.length);
}

void svg_frame_end(svg_frame *f, slice description, buf *out) {
  const document *d = f->l->document;
  if (f->chart->more > 0) {
    const sentence_place place = {"n", figure_count(d, (int64_t)f->chart->more)};
    put_lines(f, "k2", SVG_FONT, false, LINE + 3,
              sentence_fill(d, word_text(WORD_MORE, d->language), &place, 1));
  }
  if (f->form == SVG_ALONE) {
    f->y += SVG_GAP / 2;
    put_lines(f, "k2 sm", SVG_SMALL, false, LINE + 1,
              layout_texts_joined(d, &f->section->settings, slice_of(" · ")));
    put_alone(f, description, out);
  } else {
    svg_begin_inline(out, f->width, f->y + 4, f->title);
  }
  put_body(f, out);
  svg_end(out);
  out->failed = out->failed || f->body.failed;
  buf_fini(&f->body);
}
