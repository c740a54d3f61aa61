/* Charts in a workbook.
 *
 * Titles and names of series are cells that the charts refer to, never texts in the chart: the library would
 * take a text that begins with "=" for a formula. */
#include "report/xlsx_chart.h"

#include <math.h>
#include <stdio.h>

#include "base/array.h"
#include "report/sentence.h"

enum {
  CHART_WIDTH = 860,
  FRAME_HEIGHT = 110,    /* title, axis and legend */
  ROW_HEIGHT = 24,       /* of a bar */
  UPRIGHT_HEIGHT = 380,  /* of a chart whose rows stand beside each other */
  HEIGHT_MAX = 4000,     /* rows beyond it become narrower */
  CELL_HEIGHT = 20,      /* of a row of the sheet, in the same pixels */
  UPRIGHT_ROWS_MAX = 30, /* that have room for their names beside each other */
};
enum {
  BLUE = 0x1b5e9e,
  BLUE_LIGHT = 0x8db6dc,
  ORANGE = 0xb8441a,
  ORANGE_LIGHT = 0xe8a583,
  NEUTRAL = 0xd6d9dd,
  GREY = 0x5f6670,
  GRID = 0xe4e6e9
};

/* A chart and where its figures will be: the caption at FIRST, heads below it, then the rows. */
typedef struct placed_chart {
  const layout_chart *chart;
  slice caption;
  lxw_row_t first;
} placed_chart;

struct xlsx_charts {
  xlsx_book *b;
  const char *sheet; /* of the figures */
  placed_chart *at;
  size_t count, capacity;
  lxw_row_t next;
};

xlsx_charts *xlsx_charts_begin(xlsx_book *b) {
  const document *d = xlsx_book_document(b);
  xlsx_charts *all = ARENA_NEW(d->memory, xlsx_charts);
  if (all != NULL) {
    *all = (xlsx_charts){.b = b, .sheet = xlsx_book_reserve(b, document_word(d, WORD_CHART_DATA))};
  }
  return all == NULL || all->sheet == NULL ? NULL : all;
}

/* ---- Figures ------------------------------------------------------------------------------------- */

/* Bars with intervals: the ends, then the figure; else the figure alone. */
static size_t series_count(const layout_chart *c) {
  switch (c->kind) {
    case CHART_BARS:
    case CHART_FOREST:
    case CHART_NET:
    case CHART_RANKS:
      return c->has_intervals ? 3 : 1;
    case CHART_SHARES:
      return c->keys_count;
    case CHART_DOTS:
      return c->series_count;
    case CHART_POINTS:
      return 2;
    case CHART_KINDS:
      break;
  }
  return 0;
}

static double figure_of(const layout_chart *c, size_t row, size_t series) {
  const chart_row *r = &c->rows[row];
  if (c->kind == CHART_SHARES) {
    return r->shares[series];
  }
  if (c->kind == CHART_DOTS) {
    return r->dots[series].value;
  }
  if (c->kind == CHART_POINTS) {
    return series == 0 ? r->value : r->up;
  }
  return !c->has_intervals || series == 1 ? r->value : series == 0 ? r->low : r->high;
}

static slice series_name(const document *d, const layout_chart *c, size_t series) {
  if (c->kind == CHART_SHARES) {
    return c->keys[series];
  }
  if (c->kind == CHART_DOTS) {
    return c->series[series];
  }
  if (c->kind == CHART_POINTS) {
    return series == 0 ? c->plane.right : c->plane.up;
  }
  return !c->has_intervals || series == 1 ? c->measure : figure_title(d, series == 0 ? "ci_low" : "ci_high");
}

/* A group stands below its item. */
static slice name_of(const document *d, const chart_row *row) {
  const sentence_place place = {"label", row->label};
  return row->is_part ? sentence_fill(d, "\xE2\x80\x83{label}", &place, 1) : row->label;
}

static void write_figures(xlsx_book *b, xlsx_sheet *s, const placed_chart *p) {
  const document *d = xlsx_book_document(b);
  const size_t count = series_count(p->chart);
  s->row = p->first;
  xlsx_put_line(b, s, p->caption, XLSX_CAPTION);
  for (size_t i = 0; i < count; i++) {
    xlsx_put(b, s, (lxw_col_t)(i + 1), series_name(d, p->chart, i), XLSX_HEAD_FIGURE);
  }
  s->row++;
  for (size_t r = 0; r < p->chart->rows_count; r++, s->row++) {
    xlsx_put(b, s, 0, name_of(d, &p->chart->rows[r]), XLSX_KEY);
    for (size_t i = 0; i < count; i++) {
      xlsx_put_number(b, s, (lxw_col_t)(i + 1), figure_of(p->chart, r, i), xlsx_book_number(b, "0.0##"));
    }
  }
}

void xlsx_charts_finish(xlsx_charts *all) {
  xlsx_sheet *s = all->count == 0 ? NULL : xlsx_book_reserved(all->b, all->sheet);
  for (size_t i = 0; s != NULL && i < all->count; i++) {
    write_figures(all->b, s, &all->at[i]);
  }
  if (s != NULL) {
    xlsx_sheet_finish(all->b, s);
  }
}

/* ---- Drawing ------------------------------------------------------------------------------------- */

/* From the lowest answer to the highest: orange over grey to blue; answers that are not on the scale are
 * grey. */
static lxw_color_t share_color(const layout_chart *c, size_t key) {
  if (key >= c->scale_count) {
    return key % 2 == 0 ? GREY : NEUTRAL;
  }
  const double at = c->scale_count == 1 ? 1 : (double)key / (double)(c->scale_count - 1);
  static const lxw_color_t steps[] = {ORANGE, ORANGE_LIGHT, NEUTRAL, BLUE_LIGHT, BLUE};
  return steps[(size_t)lround(at * 4)];
}

static lxw_chart_series *add_series(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p,
                                    size_t i) {
  const lxw_row_t first = p->first + 2;
  const lxw_row_t last = first + (lxw_row_t)p->chart->rows_count - 1;
  const lxw_col_t column = (lxw_col_t)(i + 1);
  lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
  if (series != NULL) {
    chart_series_set_categories(series, all->sheet, first, 0, last, 0);
    chart_series_set_values(series, all->sheet, first, column, last, column);
    chart_series_set_name_range(series, all->sheet, p->first + 1, column);
  }
  return series;
}

static void draw_shares(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p) {
  for (size_t i = 0; i < p->chart->keys_count; i++) {
    lxw_chart_series *series = add_series(all, chart, p, i);
    if (series != NULL) {
      const lxw_color_t color = share_color(p->chart, i);
      lxw_chart_fill fill = {.color = color};
      lxw_chart_font font = {.color = color == BLUE || color == ORANGE || color == GREY ? 0xffffff : 0x16191d,
                             .size = 9};
      chart_series_set_fill(series, &fill);
      chart_series_set_labels(series);
      chart_series_set_labels_num_format(series, "[>=6]0;;;");
      chart_series_set_labels_font(series, &font);
    }
  }
  chart_set_series_gap(chart, 40);
  chart_axis_set_reverse(chart->y_axis); /* of the library's bars, y is the axis of names */
  chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
}

static void draw_bars(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p) {
  static const lxw_color_t colors[CHART_SERIES_MAX] = {BLUE, ORANGE, GREY, BLUE_LIGHT};
  const size_t count = p->chart->kind == CHART_DOTS ? p->chart->series_count : 1;
  for (size_t i = 0; i < count; i++) {
    /* Of bars with intervals the figure is between the ends. */
    lxw_chart_series *series = add_series(all, chart, p, count == 1 && p->chart->has_intervals ? 1 : i);
    lxw_chart_fill fill = {.color = colors[i % CHART_SERIES_MAX]};
    if (series != NULL) {
      chart_series_set_fill(series, &fill);
      chart_series_set_labels(series);
      chart_series_set_labels_num_format(series, "0.0");
    }
  }
  chart_set_series_gap(chart, 60);
  chart_axis_set_reverse(chart->y_axis);
  chart_axis_set_label_position(chart->y_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
  chart_legend_set_position(chart, count > 1 ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
}

/* A mark for each figure, and a line from the low to the high end of its interval. */
static void draw_intervals(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p) {
  for (size_t i = 0; i < 3; i++) {
    lxw_chart_series *series = add_series(all, chart, p, i);
    lxw_chart_line none = {.none = LXW_TRUE};
    lxw_chart_fill fill = {.color = BLUE};
    if (series != NULL) {
      chart_series_set_line(series, &none);
      chart_series_set_marker_type(series, i == 1 ? LXW_CHART_MARKER_CIRCLE : LXW_CHART_MARKER_NONE);
    }
    if (series != NULL && i == 1) {
      chart_series_set_marker_size(series, 8);
      chart_series_set_marker_fill(series, &fill);
      chart_series_set_labels(series);
      chart_series_set_labels_num_format(series, "0.0#");
      chart_series_set_labels_position(series, LXW_CHART_LABEL_POSITION_RIGHT);
    }
  }
  lxw_chart_line line = {.color = GREY, .width = 1.5F};
  chart_set_high_low_lines(chart, &line);
  chart_axis_set_label_position(chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
  chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
}

/* A mark for each group, of a shape and colour of its own. */
static void draw_groups(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p) {
  static const uint8_t shapes[CHART_SERIES_MAX] = {LXW_CHART_MARKER_CIRCLE, LXW_CHART_MARKER_DIAMOND,
                                                   LXW_CHART_MARKER_SQUARE, LXW_CHART_MARKER_TRIANGLE};
  static const lxw_color_t colors[CHART_SERIES_MAX] = {BLUE, ORANGE, GREY, BLUE_LIGHT};
  for (size_t i = 0; i < p->chart->series_count; i++) {
    lxw_chart_series *series = add_series(all, chart, p, i);
    lxw_chart_line none = {.none = LXW_TRUE};
    lxw_chart_fill fill = {.color = colors[i % CHART_SERIES_MAX]};
    if (series != NULL) {
      chart_series_set_line(series, &none);
      chart_series_set_marker_type(series, shapes[i % CHART_SERIES_MAX]);
      chart_series_set_marker_size(series, 9);
      chart_series_set_marker_fill(series, &fill);
    }
  }
  lxw_chart_line line = {.color = NEUTRAL, .width = 1.5F};
  chart_set_high_low_lines(chart, &line);
  chart_axis_set_label_position(chart->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
  chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
}

/* Names of points are cells, as all texts in charts. */
static void label_points(const xlsx_charts *all, lxw_chart_series *series, const placed_chart *p) {
  const document *d = xlsx_book_document(all->b);
  const size_t count = p->chart->rows_count;
  lxw_chart_data_label *labels = ARENA_ARRAY(d->memory, lxw_chart_data_label, count);
  lxw_chart_data_label **list = ARENA_ARRAY(d->memory, lxw_chart_data_label *, count + 1);
  for (size_t i = 0; labels != NULL && list != NULL && i < count; i++) {
    char row[32];
    (void)snprintf(row, sizeof row, "%zu", (size_t)p->first + 3 + i); /* rows of cells count from 1 */
    const sentence_place places[] = {{"sheet", slice_of(all->sheet)}, {"row", slice_of(row)}};
    labels[i].value = arena_copy(d->memory, sentence_fill(d, "='{sheet}'!$A${row}", places, 2));
    list[i] = &labels[i];
  }
  if (labels != NULL && list != NULL) {
    chart_series_set_labels(series);
    chart_series_set_labels_custom(series, list);
    chart_series_set_labels_position(series, LXW_CHART_LABEL_POSITION_RIGHT);
  }
}

/* A mark for each row, with its name. */
static void draw_points(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p) {
  const lxw_row_t first = p->first + 2;
  const lxw_row_t last = first + (lxw_row_t)p->chart->rows_count - 1;
  lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
  lxw_chart_fill fill = {.color = BLUE};
  if (series != NULL) {
    chart_series_set_categories(series, all->sheet, first, 1, last, 1);
    chart_series_set_values(series, all->sheet, first, 2, last, 2);
    chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
    chart_series_set_marker_fill(series, &fill);
    label_points(all, series, p);
  }
  chart_axis_set_name_range(chart->x_axis, all->sheet, p->first + 1, 1);
  chart_axis_set_name_range(chart->y_axis, all->sheet, p->first + 1, 2);
  chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
}

/* Rows side by side, where there is room for their names. */
static bool is_upright(const layout_chart *c) {
  return c->kind == CHART_POINTS ||
         ((c->kind == CHART_DOTS || (c->kind != CHART_SHARES && c->has_intervals)) &&
          c->rows_count <= UPRIGHT_ROWS_MAX);
}

static unsigned height_of(const layout_chart *c) {
  const size_t height = FRAME_HEIGHT + ROW_HEIGHT * c->rows_count;
  return is_upright(c) ? UPRIGHT_HEIGHT : height < HEIGHT_MAX ? (unsigned)height : HEIGHT_MAX;
}

typedef void chart_drawer(const xlsx_charts *all, lxw_chart *chart, const placed_chart *p);

static chart_drawer *drawer_of(const layout_chart *c) {
  if (c->kind == CHART_SHARES) {
    return draw_shares;
  }
  if (c->kind == CHART_POINTS) {
    return draw_points;
  }
  return c->kind == CHART_DOTS && is_upright(c) ? draw_groups : is_upright(c) ? draw_intervals : draw_bars;
}

static void draw(const xlsx_charts *all, xlsx_sheet *s, const placed_chart *p) {
  const layout_chart *c = p->chart;
  const unsigned height = height_of(c);
  const lxw_chart_type type = c->kind == CHART_SHARES   ? LXW_CHART_BAR_STACKED_PERCENT
                              : c->kind == CHART_POINTS ? LXW_CHART_SCATTER
                              : is_upright(c)           ? LXW_CHART_LINE
                                                        : LXW_CHART_BAR;
  lxw_chart *chart = workbook_add_chart(xlsx_book_file(all->b), type);
  if (chart == NULL) {
    xlsx_book_note(all->b, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return;
  }
  lxw_chart_line grid = {.color = GRID, .width = 0.75F};
  lxw_chart_font title = {.bold = LXW_TRUE, .size = 12};
  chart_title_set_name_range(chart, all->sheet, p->first, 0);
  chart_title_set_name_font(chart, &title);
  drawer_of(c)(all, chart, p);
  chart_axis_major_gridlines_set_line(chart->x_axis, &grid);
  chart_axis_major_gridlines_set_line(chart->y_axis, &grid);
  lxw_chart_options options = {.x_scale = CHART_WIDTH / 480.0, .y_scale = height / 288.0};
  xlsx_book_note(all->b, worksheet_insert_chart_opt(s->at, s->row, 0, chart, &options));
  s->row += height / CELL_HEIGHT + 2;
}

void xlsx_charts_add(xlsx_charts *all, xlsx_sheet *s, const layout_chart *chart, slice caption) {
  const size_t rows = chart->rows_count;
  const document *d = xlsx_book_document(all->b);
  const size_t least = chart->kind == CHART_BARS ? 2 : 1; /* the table says one figure as well */
  if (rows < least || all->next + rows + 4 > XLSX_ROWS_MAX ||
      !ARRAY_ROOM_IN(d->memory, all->at, all->count, all->capacity)) {
    return;
  }
  all->at[all->count] = (placed_chart){chart, caption, all->next};
  draw(all, s, &all->at[all->count]);
  all->count++;
  all->next += (lxw_row_t)rows + 3;
  if (chart->more > 0) {
    const sentence_place place = {"n", figure_count(d, (int64_t)chart->more)};
    xlsx_put_line(all->b, s, sentence_fill(d, word_text(WORD_MORE, d->language), &place, 1), XLSX_NOTE);
  }
}
