/* Charts of a figure a row. */
#include "report/svg_rows.h"

#include "report/sentence.h"

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

static void put_rows(svg_frame *f, const axis *a, const svg_rows_form *form, const columns *c) {
  const document *d = f->l->document;
  const bool is_slim = f->form == SVG_SLIM;
  const double value_right = is_slim ? f->width : f->plot_right + SVG_TICK + c->value;
  for (size_t i = 0; i < f->chart->rows_count; i++) {
    const chart_row *row = &f->chart->rows[i];
    const svg_row_place at = svg_frame_row(f, i);
    form->put_marks(f, a, row, at.mark);
    svg_text(&f->body, svg_rows_is_deep(f->chart, row) ? "" : "b", value_right, at.line, SVG_END,
             svg_figure(d, row->value_text), slice_of(""));
    if (!is_slim) {
      svg_text(&f->body, "k2", f->width - f->margin, at.line, SVG_END, interval_text(d, row), slice_of(""));
    }
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

/* What the columns of figures are. */
static void put_header(svg_frame *f, const columns *c, double line) {
  if (f->form == SVG_SLIM) {
    return;
  }
  svg_frame_header(f, line);
  svg_text(&f->body, "k2 sm", f->plot_right + SVG_TICK + c->value, line, SVG_END, f->chart->measure,
           slice_of(""));
  if (f->chart->has_intervals) {
    svg_text(&f->body, "k2 sm", f->width - f->margin, line, SVG_END, f->section->confidence, slice_of(""));
  }
}

bool svg_rows_is_deep(const layout_chart *chart, const chart_row *row) {
  return row->is_part || (chart->is_tree && row->level > 1);
}

void svg_rows_reach(const layout_chart *chart, double *low, double *high) {
  for (size_t i = 0; i < chart->rows_count; i++) {
    const chart_row *row = &chart->rows[i];
    const double at[] = {row->value, row->low, row->high};
    for (size_t k = 0; k < 3; k++) {
      *low = at[k] < *low ? at[k] : *low;
      *high = at[k] > *high ? at[k] : *high;
    }
  }
}

void svg_rows_draw(const svg_request *asked, const svg_rows_form *form, buf *out) {
  const document *d = asked->l->document;
  const layout_chart *chart = asked->chart;
  const columns c = measure(d, asked->section, chart);
  svg_frame f = svg_frame_of(asked);
  svg_frame_begin(
      &f, f.form == SVG_SLIM ? c.value : SVG_TICK + c.value + (c.interval > 0 ? SVG_GAP + c.interval : 0));
  if (form->put_key != NULL) {
    form->put_key(&f);
  }
  const axis a = form->axis_of(chart);
  const double header = f.y + SVG_SMALL;
  f.y = header + SVG_GAP;
  put_header(&f, &c, header);
  svg_frame_axis(&f, &a, chart->is_percent ? "%" : "", false, header, f.y + svg_frame_rows_height(&f));
  const double top = f.y;
  if (form->put_behind != NULL) {
    form->put_behind(&f, &a, top, top + svg_frame_rows_height(&f));
  }
  put_rows(&f, &a, form, &c);
  if (form->put_before != NULL) {
    form->put_before(&f, &a, top, f.y);
  }
  svg_frame_end(&f, f.form == SVG_ALONE ? describe(d, chart) : slice_of(""), out);
}
