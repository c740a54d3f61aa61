/* Dividing a chart: the totals of its items in one, and their groups in one for each variable that they are
 * groups of, side by side where these are few. */
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "report/charting.h"

enum { ITEMS_MIN = 3, SERIES_MIN = 2 };

static size_t find(const slice *list, size_t count, slice key) {
  size_t i = 0;
  while (i < count && !slice_equal(list[i], key)) {
    i++;
  }
  return i;
}

/* The distinct groupings ("class") of C, in their order. */
static size_t find_groupings(const charting *c, slice list[CHARTING_GROUPINGS_MAX]) {
  size_t count = 0;
  for (size_t i = 0; i < c->rows_count; i++) {
    const charting_subject *s = &c->rows[i].subject;
    if (s->is_total || s->by.length == 0) {
      continue;
    }
    const size_t at = find(list, count, s->by);
    if (at == count && count == CHARTING_GROUPINGS_MAX) {
      return 0;
    }
    list[at] = s->by;
    count = at == count ? count + 1 : count;
  }
  return count;
}

/* Totals of several items, whose groups all say of what they are groups. */
static bool is_divided(const charting *c) {
  size_t totals = 0;
  for (size_t i = 0; i < c->rows_count; i++) {
    const charting_subject *s = &c->rows[i].subject;
    if (!s->is_total && s->by.length == 0) {
      return false;
    }
    totals += s->is_total ? 1 : 0;
  }
  return c->chart.kind == CHART_BARS && totals >= ITEMS_MIN && totals < c->rows_count;
}

/* A chart of the same figures without rows; BY: what its groups are of, or empty. */
static charting *begin(const charting *from, slice by, slice by_title) {
  charting *c = ARENA_NEW(from->d->memory, charting);
  if (c != NULL) {
    *c = *from;
    c->rows = NULL;
    c->rows_count = c->rows_capacity = 0;
    c->chart.by = by_title;
    c->suffix = by.length == 0             ? from->suffix
                : from->suffix.length == 0 ? by
                                           : charting_joined(from->d, from->suffix, ".", by);
  }
  return c;
}

static void copy_row(charting *to, const charting_row *row) {
  if (ARRAY_ROOM_IN(to->d->memory, to->rows, to->rows_count, to->rows_capacity)) {
    to->rows[to->rows_count++] = *row;
  }
}

static charting *divide_totals(const charting *from) {
  charting *c = begin(from, slice_of(""), slice_of(""));
  for (size_t i = 0; c != NULL && i < from->rows_count; i++) {
    if (from->rows[i].subject.is_total) {
      copy_row(c, &from->rows[i]);
    }
  }
  return c;
}

/* ---- Groups side by side ------------------------------------------------------------------------- */

/* The distinct groups of BY; SERIES: the count is larger than CHART_SERIES_MAX when there are too many. */
static size_t find_series(const charting *from, slice by, slice keys[CHART_SERIES_MAX],
                          slice labels[CHART_SERIES_MAX]) {
  size_t count = 0;
  for (size_t i = 0; i < from->rows_count; i++) {
    const charting_subject *s = &from->rows[i].subject;
    if (s->is_total || !slice_equal(s->by, by)) {
      continue;
    }
    const size_t at = find(keys, count, s->group);
    if (at == CHART_SERIES_MAX) {
      return CHART_SERIES_MAX + 1;
    }
    if (at == count) {
      keys[count] = s->group;
      labels[count++] = s->group_value;
    }
  }
  return count;
}

static charting_row *row_of(charting *c, const charting_row *like) {
  for (size_t i = 0; i < c->rows_count; i++) {
    if (slice_equal(c->rows[i].subject.of, like->subject.of)) {
      return &c->rows[i];
    }
  }
  copy_row(c, like);
  charting_row *added = c->rows_count > 0 ? &c->rows[c->rows_count - 1] : NULL;
  if (added != NULL) {
    added->subject.is_total = true;
    added->row.base = slice_of(""); /* each dot has its own */
    added->row.value = NAN;
    added->row.dots = ARENA_ARRAY(c->d->memory, chart_dot, CHART_SERIES_MAX);
    for (size_t k = 0; added->row.dots != NULL && k < CHART_SERIES_MAX; k++) {
      added->row.dots[k] = (chart_dot){NAN, NAN, NAN, slice_of("")};
    }
  }
  return added;
}

static charting *divide_dots(const charting *from, slice by, slice by_title, const slice *keys,
                             const slice *labels, size_t count) {
  charting *c = begin(from, by, by_title);
  slice *series = ARENA_ARRAY(from->d->memory, slice, CHART_SERIES_MAX);
  if (c == NULL || series == NULL) {
    return NULL;
  }
  memcpy(series, labels, count * sizeof *series);
  c->chart.kind = CHART_DOTS;
  c->chart.series = series;
  c->chart.series_count = count;
  for (size_t i = 0; i < from->rows_count; i++) {
    const charting_row *row = &from->rows[i];
    if (row->subject.is_total || !slice_equal(row->subject.by, by)) {
      continue;
    }
    charting_row *to = row_of(c, row);
    if (to != NULL && to->row.dots != NULL) {
      to->row.dots[find(keys, count, row->subject.group)] =
          (chart_dot){row->row.value, row->row.low, row->row.high, row->row.value_text};
    }
  }
  return c;
}

/* Each item and its groups below it. */
static charting *divide_parts(const charting *from, slice by, slice by_title) {
  charting *c = begin(from, by, by_title);
  for (size_t i = 0; c != NULL && i < from->rows_count; i++) {
    const charting_subject *s = &from->rows[i].subject;
    if (s->is_total || slice_equal(s->by, by)) {
      copy_row(c, &from->rows[i]);
    }
  }
  return c;
}

static slice title_of(const charting *c, slice by) {
  for (size_t i = 0; i < c->rows_count; i++) {
    if (slice_equal(c->rows[i].subject.by, by)) {
      return c->rows[i].subject.by_title;
    }
  }
  return slice_of("");
}

size_t charting_divide(charting *c, charting *out[CHARTING_GROUPINGS_MAX + 1]) {
  slice groupings[CHARTING_GROUPINGS_MAX];
  const size_t count = is_divided(c) ? find_groupings(c, groupings) : 0;
  out[0] = count == 0 ? c : divide_totals(c);
  for (size_t i = 0; i < count; i++) {
    slice keys[CHART_SERIES_MAX];
    slice labels[CHART_SERIES_MAX];
    const slice title = title_of(c, groupings[i]);
    const size_t series = find_series(c, groupings[i], keys, labels);
    const bool is_few = c->drawn_as != CHART_FOREST && series >= SERIES_MIN && series <= CHART_SERIES_MAX;
    out[i + 1] = is_few ? divide_dots(c, groupings[i], title, keys, labels, series)
                        : divide_parts(c, groupings[i], title);
  }
  return count + 1;
}
