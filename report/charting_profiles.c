/* Profiles: of a matrix, a line for each item and a mark for each column, with a tick for all together. */
#include <math.h>

#include "report/charting.h"

enum { SERIES_MIN = 2 };

typedef struct profiles {
  const document *d;
  const layout_table *table;
  const layout_matrix *matrix;
  const figure_column *figure;      /* which need not be the one that the matrix shows */
  size_t columns[CHART_SERIES_MAX]; /* of the matrix, of the series */
  size_t series, whole;             /* WHOLE: the column of all together, or the count of columns */
} profiles;

static const json *any_cell(const layout_matrix *m, size_t column) {
  for (size_t i = 0; i < m->lines_count; i++) {
    if (m->cells[i * m->columns_count + column] != NULL) {
      return m->cells[i * m->columns_count + column];
    }
  }
  return NULL;
}

/* False when there are too few columns to compare, or too many to tell apart. */
static bool find_columns(profiles *p) {
  const layout_matrix *m = p->matrix;
  p->whole = m->columns_count;
  for (size_t c = 0; c < m->columns_count; c++) {
    if (json_kind_of(json_get(any_cell(m, c), p->table->keys[1])) == JSON_NULL) {
      p->whole = c;
    } else if (p->series == CHART_SERIES_MAX) {
      return false;
    } else {
      p->columns[p->series++] = c;
    }
  }
  return p->series >= SERIES_MIN;
}

static charting *begin(const profiles *p) {
  const layout_matrix *m = p->matrix;
  charting *c = ARENA_NEW(p->d->memory, charting);
  chart_row *rows = ARENA_ARRAY(p->d->memory, chart_row, m->lines_count);
  slice *series = ARENA_ARRAY(p->d->memory, slice, CHART_SERIES_MAX);
  if (c == NULL || rows == NULL || series == NULL) {
    return NULL;
  }
  for (size_t k = 0; k < p->series; k++) {
    series[k] = m->columns[p->columns[k]];
  }
  *c = (charting){.d = p->d, .unit = slice_of(""), .suffix = slice_of(""), .is_placed = true};
  c->chart = (layout_chart){.name = p->table->name,
                            .table = p->table,
                            .kind = CHART_DOTS,
                            .title = p->table->title,
                            .measure = p->figure->title,
                            .rows = rows,
                            .series = series,
                            .series_count = p->series,
                            .whole = p->whole < m->columns_count ? m->columns[p->whole] : slice_of("")};
  return c;
}

static chart_dot dot_of(const profiles *p, const json *cell) {
  return (chart_dot){.value = charting_number(cell, p->figure->key),
                     .low = NAN,
                     .high = NAN,
                     .text = cell == NULL ? slice_of("") : figure_cell(p->d, p->figure, cell)};
}

static void add_line(const profiles *p, charting *c, size_t line) {
  const json *const *cells = p->matrix->cells + line * p->matrix->columns_count;
  chart_row row = {.label = p->matrix->lines[line],
                   .low = NAN,
                   .high = NAN,
                   .value = NAN,
                   .level = CHART_NO_LEVEL,
                   .dots = ARENA_ARRAY(p->d->memory, chart_dot, CHART_SERIES_MAX)};
  if (row.dots == NULL) {
    return;
  }
  for (size_t k = 0; k < p->series; k++) {
    row.dots[k] = dot_of(p, cells[p->columns[k]]);
  }
  if (p->whole < p->matrix->columns_count) {
    /* Differences from the whole: those of the whole itself are not written. */
    const double whole = charting_number(cells[p->whole], p->figure->key);
    row.value = isnan(whole) && cells[p->whole] != NULL ? 0 : whole;
  }
  c->chart.rows[c->chart.rows_count++] = row;
}

size_t charting_profiles(const document *d, const layout_table *t, const presentation_drawing *told,
                         charting *out[CHARTING_GROUPINGS_MAX]) {
  size_t matrices = 0;
  profiles p = {.d = d,
                .table = t,
                .matrix = layout_matrices(d, t, &matrices),
                .figure = charting_column(d, t, told->figure)};
  if (matrices != 1 || p.figure == NULL || !find_columns(&p)) {
    return 0;
  }
  charting *c = begin(&p);
  for (size_t line = 0; c != NULL && line < p.matrix->lines_count; line++) {
    add_line(&p, c, line);
  }
  out[0] = c;
  return c != NULL ? 1 : 0;
}
