/* Quadrants: a point for each item, by two figures, in a chart for each group of respondents. */
#include <math.h>

#include "report/charting.h"

enum { POINTS_MAX = 60 }; /* that have a chance of their names beside them */

typedef struct quadrants {
  const document *d;
  const layout_table *table;
  const presentation_drawing *told;
  const figure_column *right, *up;
  const json *cuts; /* rows of the table that parts the corners; NULL: there is none */
} quadrants;

static slice canonical(const document *d, const json *cell) {
  buf text;
  buf_init(&text);
  json_write(cell, &text);
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

static const json *rows_named(const json *section, const char *name) {
  const json *tables = json_get(section, "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    if (slice_equal(json_as_text(json_get(json_at(tables, i), "name")), slice_of(name))) {
      return json_get(json_at(tables, i), "rows");
    }
  }
  return NULL;
}

/* "Business, yes": the values of GROUP as they are in the data. */
static slice suffix_of(const document *d, const json *group) {
  slice joined = slice_of("");
  for (size_t i = 0; i < json_count(group); i++) {
    const json *key = json_member(group, i, NULL);
    const slice value = json_kind_of(key) == JSON_TEXT ? json_as_text(key) : canonical(d, key);
    joined = i == 0 ? value : charting_joined(d, joined, ",", value);
  }
  return joined;
}

/* Where the corners of the group UNIT part. */
static void find_cuts(const quadrants *q, slice unit, chart_plane *out) {
  out->cut_right = out->cut_up = NAN;
  for (size_t r = 0; r < json_count(q->cuts); r++) {
    const json *row = json_at(q->cuts, r);
    if (slice_equal(canonical(q->d, json_get(row, "group")), unit)) {
      out->cut_right = charting_number(row, q->told->figure);
      out->cut_up = charting_number(row, q->told->up);
      out->cut_right_text = figure_cell(q->d, q->right, row);
      out->cut_up_text = figure_cell(q->d, q->up, row);
      return;
    }
  }
}

static charting *begin(const quadrants *q, const json *group, slice unit) {
  charting *c = ARENA_NEW(q->d->memory, charting);
  chart_row *rows = ARENA_ARRAY(q->d->memory, chart_row, POINTS_MAX);
  if (c == NULL || rows == NULL) {
    return NULL;
  }
  *c = (charting){.d = q->d, .unit = unit, .suffix = suffix_of(q->d, group), .is_placed = true};
  c->chart = (layout_chart){.name = q->table->name,
                            .table = q->table,
                            .kind = CHART_POINTS,
                            .title = q->table->title,
                            .rows = rows};
  c->chart.plane.right = q->right->title;
  c->chart.plane.up = q->up->title;
  for (size_t i = 0; i < 4 && q->told->corners[i] != NULL; i++) {
    c->chart.plane.corners[i] = figure_title(q->d, q->told->corners[i]);
  }
  if (json_kind_of(group) == JSON_OBJECT) {
    c->chart.subject = document_group(q->d, group);
  }
  find_cuts(q, unit, &c->chart.plane);
  return c;
}

static void add_point(const quadrants *q, charting *c, const json *row) {
  const double right = charting_number(row, q->told->figure);
  const double up = charting_number(row, q->told->up);
  if (isnan(right) || isnan(up) || c->chart.rows_count == POINTS_MAX) {
    c->chart.more++;
    return;
  }
  c->chart.rows[c->chart.rows_count++] = (chart_row){.label = layout_row_name(q->d, NULL, row),
                                                     .value = right,
                                                     .up = up,
                                                     .low = NAN,
                                                     .high = NAN,
                                                     .level = CHART_NO_LEVEL,
                                                     .value_text = figure_cell(q->d, q->right, row),
                                                     .up_text = figure_cell(q->d, q->up, row)};
}

size_t charting_quadrants(const document *d, const layout_table *t, const presentation_drawing *told,
                          charting *out[CHARTING_GROUPINGS_MAX]) {
  const quadrants q = {.d = d,
                       .table = t,
                       .told = told,
                       .right = charting_column(d, t, told->figure),
                       .up = charting_column(d, t, told->up),
                       .cuts = rows_named(t->section, told->cuts)};
  size_t count = 0;
  for (size_t r = 0; q.right != NULL && q.up != NULL && r < t->rows_count; r++) {
    const json *row = json_at(t->rows, r);
    const json *group = json_get(row, "group");
    const slice unit = canonical(d, group);
    size_t i = 0;
    while (i < count && !slice_equal(out[i]->unit, unit)) {
      i++;
    }
    if (i == count && count < CHARTING_GROUPINGS_MAX) {
      out[count] = begin(&q, group, unit);
      count += out[count] != NULL ? 1 : 0;
    }
    if (i < count) {
      add_point(&q, out[i], row);
    }
  }
  return count;
}
