/* Which charts a section has, and their rows.
 *
 * A table of figures with intervals is a chart of bars, and so is the table of a headline.  A table of
 * answers with their per cents is a chart of shares where the answers are on a scale, else one of bars.
 * Figures on different scales are in separate charts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/charting.h"
#include "report/sentence.h"

enum { CHARTS_MAX = 1024, TABLE_ROWS_MAX = 20000, NAME_BYTES = 320 };

static slice canonical(const document *d, const json *cell) {
  buf text;
  buf_init(&text);
  json_write(cell, &text);
  slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

/* ---- What a table shows -------------------------------------------------------------------------- */

/* Do the intervals of all rows hold the figure of COLUMN? */
static bool is_held(const layout_table *t, const char *column) {
  bool any = false;
  for (size_t r = 0; r < t->rows_count; r++) {
    const json *row = json_at(t->rows, r);
    const double v = charting_number(row, column);
    const double low = charting_number(row, "ci_low");
    const double high = charting_number(row, "ci_high");
    if (!isnan(v) && !isnan(low) && !isnan(high)) {
      if (v < low || v > high) {
        return false;
      }
      any = true;
    }
  }
  return any;
}

/* The figure that the bars of T show: the one that is told, that of the headline, else the first that its
 * intervals hold. */
static const figure_column *estimate_of(const document *d, const layout_section *s, const layout_table *t,
                                        const presentation_drawing *told) {
  const figure_column *drawn = told == NULL ? NULL : charting_column(d, t, told->figure);
  if (drawn != NULL) {
    return drawn;
  }
  if (t == s->headline_table) {
    const figure_column *column = charting_column(d, t, s->headline_column);
    if (column != NULL && !column->is_key && column->format != TERM_P) {
      return column;
    }
  }
  const bool has_interval =
      charting_column(d, t, "ci_low") != NULL && charting_column(d, t, "ci_high") != NULL;
  for (size_t c = 0; has_interval && t->view == VIEW_LIST && c < t->columns_count; c++) {
    const figure_column *column = &layout_columns(d, t)[c];
    const bool is_bound = strcmp(column->key, "ci_low") == 0 || strcmp(column->key, "ci_high") == 0;
    if (!column->is_key && column->format != TERM_COUNT && !is_bound && is_held(t, column->key)) {
      return column;
    }
  }
  return NULL;
}

/* The column of answers, in tables of their per cents. */
static const figure_column *answers_of(const document *d, const layout_table *t) {
  for (size_t c = 0; c < t->columns_count && charting_column(d, t, "percent") != NULL; c++) {
    if (layout_columns(d, t)[c].format == TERM_VALUE) {
      return &layout_columns(d, t)[c];
    }
  }
  return NULL;
}

/* ---- Charts by scale ----------------------------------------------------------------------------- */

typedef struct charts {
  const document *d;
  const document *named; /* the same, calling variables by their names: to distinguish rows */
  const layout_section *section;
  charting *at[CHARTS_MAX];
  size_t count;
  size_t first; /* those of the current table */
} charts;

/* Figures of one UNIT are in one chart; SUFFIX distinguishes the charts of a table. */
static charting *chart_of(charts *all, const layout_table *t, chart_kind kind, slice unit, slice suffix) {
  for (size_t i = all->first; i < all->count; i++) {
    if (all->at[i]->chart.kind == kind && slice_equal(all->at[i]->unit, unit)) {
      return all->at[i];
    }
  }
  charting *c = all->count < CHARTS_MAX ? ARENA_NEW(all->d->memory, charting) : NULL;
  if (c == NULL) {
    return NULL;
  }
  all->at[all->count++] = c;
  *c = (charting){.d = all->d, .unit = unit, .suffix = suffix};
  c->chart = (layout_chart){.name = t->name, .table = t, .kind = kind, .title = t->title};
  return c;
}

/* ---- Bars ---------------------------------------------------------------------------------------- */

typedef struct bars {
  const layout_table *table;
  const figure_column *estimate, *low, *high, *base;
  const figure_scale *told; /* NULL: its scale is unknown */
  const char *numbered;
  const presentation_drawing *drawing; /* NULL: bars from zero */
} bars;

static bool is_of_hundred(const bars *b) {
  return b->told == NULL && (b->estimate->format == TERM_PERCENT || b->estimate->format == TERM_SCORE);
}

/* A document of another version may lack the shares, or the ranks. */
static bool has_sides(const document *d, const bars *b) {
  return b->drawing != NULL && b->drawing->left != NULL &&
         charting_column(d, b->table, b->drawing->left) != NULL &&
         charting_column(d, b->table, b->drawing->right) != NULL;
}

static void tell_drawing(const document *d, const bars *b, charting *c) {
  if (b->drawing != NULL && b->drawing->kind == DRAWING_FOREST) {
    c->drawn_as = CHART_FOREST;
    c->chart.reference = b->drawing->reference;
    c->chart.is_ratio = b->drawing->is_ratio;
  }
  if (has_sides(d, b)) {
    c->drawn_as = b->drawing->kind == DRAWING_NET ? CHART_NET : CHART_RANKS;
    c->chart.sides[0] = figure_title(d, b->drawing->left);
    c->chart.sides[1] = figure_title(d, b->drawing->right);
  }
}

/* The chart of ROW's figure, by the scale that it is on. */
static charting *bars_chart(charts *all, const bars *b, slice item) {
  double low = 0;
  double high = 0;
  charting *c = NULL;
  const bool is_common = b->drawing != NULL && b->drawing->is_common;
  if (is_common || (b->told != NULL && b->told->kind == FIGURE_SCALE_NONE)) { /* of one kind on no scale */
    c = chart_of(all, b->table, CHART_BARS, slice_of(""), slice_of(""));
  } else if (is_of_hundred(b) || (b->told != NULL && b->told->kind == FIGURE_SCALE_FIXED)) {
    c = chart_of(all, b->table, CHART_BARS, slice_of(""), slice_of(""));
    low = is_of_hundred(b) ? 0 : b->told->low;
    high = is_of_hundred(b) ? 100 : b->told->high;
  } else if (b->estimate->format != TERM_NUMBER) {
    c = chart_of(all, b->table, CHART_BARS, slice_of(""), slice_of(""));
  } else if (document_scale(all->d, item, &low, &high)) {
    const slice suffix = charting_range(all->d, low, high);
    c = chart_of(all, b->table, CHART_BARS, suffix, suffix);
  } else {
    c = chart_of(all, b->table, CHART_BARS, item, item);
  }
  if (c != NULL) {
    c->scale_low = low;
    c->scale_high = high;
    c->chart.is_percent = b->estimate->format == TERM_PERCENT;
    c->chart.measure = b->estimate->title;
    tell_drawing(all->d, b, c);
  }
  return c;
}

/* Of what GROUP is a group, and its values alone: "Class" and "economy", "Class × Purpose" and "economy,
 * business". */
static void name_grouping(const document *d, const json *group, charting_subject *s) {
  for (size_t i = 0; i < json_count(group); i++) {
    const char *name = "";
    const json *key = json_member(group, i, &name);
    const slice value = document_value(d, slice_of(name), key);
    const slice title = document_item(d, slice_of(name));
    s->by = i == 0 ? slice_of(name) : charting_joined(d, s->by, "-", slice_of(name));
    s->by_title = i == 0 ? title : charting_joined(d, s->by_title, " × ", title);
    s->group_value =
        i == 0 ? value : charting_joined(d, s->group_value, word_text(WORD_COMMA, d->language), value);
  }
}

/* What ROW is about; OF and LABEL say of which thing.  NUMBERED: a column that numbers groups; NULL: none. */
static charting_subject subject_of(const document *d, const layout_table *t, const char *numbered,
                                   const json *row, slice of, slice label) {
  const figure_column *group = charting_column(d, t, "group");
  const figure_column *other = charting_column(d, t, "other_group");
  charting_subject s = {.of = of, .label = label, .is_total = true};
  if (group != NULL && json_kind_of(json_get(row, "group")) != JSON_NULL) {
    s.is_total = false;
    s.group = canonical(d, json_get(row, "group"));
    s.group_label = figure_cell(d, group, row);
    if (other == NULL) {
      name_grouping(d, json_get(row, "group"), &s);
    }
  }
  if (numbered != NULL && json_kind_of(json_get(row, numbered)) != JSON_NULL) {
    const json *number = json_get(row, numbered);
    const sentence_place places[] = {{"title", figure_title(d, numbered)},
                                     {"number", figure_alone(d, numbered, number, row)}};
    s.is_total = false;
    s.group = canonical(d, number);
    s.group_label = sentence_fill(d, "{title} {number}", places, 2);
  }
  if (other != NULL && json_kind_of(json_get(row, "other_group")) != JSON_NULL) {
    const sentence_place places[] = {{"one", s.group_label}, {"other", figure_cell(d, other, row)}};
    const sentence_place keys[] = {{"one", s.group}, {"other", canonical(d, json_get(row, "other_group"))}};
    s.is_total = false;
    s.group = sentence_fill(d, "{one} {other}", keys, 2);
    s.group_label = sentence_fill(d, "{one} – {other}", places, 2);
  }
  return s;
}

static slice shown(const document *d, const figure_column *column, const json *row) {
  return column == NULL || json_kind_of(json_get(row, column->key)) == JSON_NULL
             ? slice_of("")
             : figure_cell(d, column, row);
}

/* The row about ITEM in the table of the section that has the column KEY; NULL: none. */
static const json *row_with(const charts *all, const char *key, slice item, const figure_column **column) {
  for (size_t i = 0; i < all->section->tables_count; i++) {
    const layout_table *t = &all->section->tables[i];
    *column = charting_column(all->d, t, key);
    for (size_t r = 0; *column != NULL && r < t->rows_count; r++) {
      const json *row = json_at(t->rows, r);
      if (slice_equal(json_as_text(json_get(row, "item")), item)) {
        return row;
      }
    }
  }
  return NULL;
}

/* Of a tree of items, where in it ROW's item is, and what it weighs in the whole. */
static void set_level(const charts *all, const json *row, chart_row *out) {
  const json *level = json_get(row, "level");
  const figure_column *weight = NULL;
  out->level =
      json_kind_of(level) == JSON_INTEGER && json_as_integer(level) >= 0 && json_as_integer(level) < 32
          ? (int)json_as_integer(level)
          : CHART_NO_LEVEL;
  if (out->level > 0) {
    const json *weighed = row_with(all, "total_weight", json_as_text(json_get(row, "item")), &weight);
    out->weight = weighed == NULL ? slice_of("") : figure_cell(all->d, weight, weighed);
  }
}

static void add_bars(charts *all, const bars *b) {
  const document *d = all->d;
  for (size_t r = 0; r < b->table->rows_count; r++) {
    const json *row = json_at(b->table->rows, r);
    const slice item = json_as_text(json_get(row, "item"));
    charting *c =
        b->estimate->format == TERM_NUMBER && document_is_date(d, item) ? NULL : bars_chart(all, b, item);
    const slice name = layout_row_name(d, b->numbered, row);
    const charting_subject subject =
        subject_of(d, b->table, NULL, row, layout_row_name(all->named, b->numbered, row), name);
    chart_row *out = c == NULL ? NULL : charting_add(c, &subject);
    if (out == NULL) {
      continue;
    }
    out->base = shown(d, b->base, row);
    out->value = charting_number(row, b->estimate->key);
    out->value_text = figure_cell(d, b->estimate, row);
    c->is_off_scale = c->is_off_scale || out->value < c->scale_low || out->value > c->scale_high;
    out->low = charting_number(row, "ci_low");
    out->high = charting_number(row, "ci_high");
    if (c->drawn_as == CHART_NET || c->drawn_as == CHART_RANKS) {
      out->left = charting_number(row, b->drawing->left);
      out->right = charting_number(row, b->drawing->right);
    }
    set_level(all, row, out);
    if (!isnan(out->value) && !isnan(out->low) && !isnan(out->high)) {
      out->low_text = shown(d, b->low, row);
      out->high_text = shown(d, b->high, row);
      c->chart.has_intervals = true;
    }
  }
}

/* ---- Answers ------------------------------------------------------------------------------------- */

/* What the answers of ITEM are, by codes and labels: items that share it share a chart. */
static slice answers_unit(const document *d, slice item, double low, double high) {
  buf unit;
  buf_init(&unit);
  const slice range = charting_range(d, low, high);
  buf_put_slice(&unit, range);
  for (double code = low; high - low < CHARTING_KEYS_MAX && code <= high; code += 1) {
    buf_put_slice(&unit, document_value(d, item, json_number(d->memory, code)));
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)unit.data, unit.length});
  buf_fini(&unit);
  return copy;
}

/* The last item asked for: rows of one stand together. */
typedef struct item_answers {
  slice item;
  bool is_known, is_scale;
  double low, high;
  slice unit;
} item_answers;

static void find_answers(const document *d, slice item, item_answers *a) {
  if (a->is_known && slice_equal(a->item, item)) {
    return;
  }
  *a = (item_answers){.item = item, .is_known = true};
  a->is_scale = document_scale(d, item, &a->low, &a->high);
  a->unit = a->is_scale ? answers_unit(d, item, a->low, a->high) : item;
}

/* "Seat comfort", "Seat comfort × Class" */
static slice item_name(const document *d, const json *row) {
  const slice other = json_as_text(json_get(row, "other_item"));
  const sentence_place places[] = {{"item", document_item(d, json_as_text(json_get(row, "item")))},
                                   {"other", document_item(d, other)}};
  return sentence_fill(d, other.length > 0 ? "{item} × {other}" : "{item}", places, 2);
}

static void add_share(charts *all, const layout_table *t, const figure_column *answers, const item_answers *a,
                      const json *row) {
  const document *d = all->d;
  charting *c = chart_of(all, t, CHART_SHARES, a->unit, charting_range(d, a->low, a->high));
  if (c != NULL) {
    const slice name = item_name(d, row);
    const charting_subject subject =
        subject_of(d, t, all->section->told.numbered, row, item_name(all->named, row), name);
    charting_scale(c, a->item, a->low, a->high);
    charting_share(c, &subject, json_get(row, answers->key), charting_number(row, "percent"),
                   json_as_integer(json_get(row, "n")));
  }
}

/* Answers without an order: a bar each, in a chart of each item. */
static void add_answer(charts *all, const layout_table *t, const figure_column *answers,
                       const item_answers *a, const json *row) {
  const document *d = all->d;
  charting *c = chart_of(all, t, CHART_BARS, a->unit, a->item);
  const charting_subject subject =
      subject_of(d, t, all->section->told.numbered, row, canonical(d, json_get(row, answers->key)),
                 figure_cell(d, answers, row));
  chart_row *out = c == NULL ? NULL : charting_add(c, &subject);
  if (out != NULL) {
    const figure_column *percent = charting_column(d, t, "percent");
    out->value = charting_number(row, percent->key);
    out->value_text = figure_cell(d, percent, row);
    out->low = out->high = NAN;
    out->base = shown(d, charting_column(d, t, "n"), row);
    c->chart.is_percent = true;
    c->scale_high = 100;
    c->chart.measure = percent->title;
    c->chart.subject = document_item(d, a->item);
  }
}

static void add_answers(charts *all, const layout_table *t, const figure_column *answers) {
  item_answers a = {.is_known = false};
  for (size_t r = 0; r < t->rows_count; r++) {
    const json *row = json_at(t->rows, r);
    find_answers(all->d, figure_value_owner(row, answers->key), &a);
    if (a.is_scale) {
      add_share(all, t, answers, &a, row);
    } else {
      add_answer(all, t, answers, &a, row);
    }
  }
}

/* ---- All of them --------------------------------------------------------------------------------- */

static bool is_taken(const charts *all, size_t until, const char *name) {
  for (size_t i = 0; i < until; i++) {
    if (strcmp(all->at[i]->chart.name, name) == 0) {
      return true;
    }
  }
  return false;
}

/* "summary", or "summary.1-5" where the table has charts on several scales. */
static void name_charts(charts *all) {
  for (size_t i = all->first; i < all->count; i++) {
    charting *c = all->at[i];
    const bool is_alone = all->count == all->first + 1 || c->suffix.length == 0;
    char name[NAME_BYTES];
    const char *base = c->chart.name;
    int length =
        snprintf(name, sizeof name, "%.100s%s%.*s", base, is_alone ? "" : ".",
                 is_alone ? 0 : (int)(c->suffix.length < 100 ? c->suffix.length : 100), c->suffix.bytes);
    for (unsigned k = 2; is_taken(all, i, name) && k <= CHARTS_MAX; k++) {
      (void)snprintf(name + length, sizeof name - (size_t)length, "-%u", k);
    }
    const char *copy = arena_copy(all->d->memory, slice_of(name));
    c->chart.name = copy == NULL ? "" : copy;
  }
}

/* The charts of the current table as they are drawn. */
static void divide_charts(charts *all) {
  charting *gathered[CHARTS_MAX];
  const size_t count = all->count - all->first;
  memcpy(gathered, all->at + all->first, count * sizeof(charting *));
  all->count = all->first;
  if (count == 1) {
    gathered[0]->suffix = slice_of(""); /* nothing to tell it from */
  }
  for (size_t i = 0; i < count; i++) {
    charting *drawn[CHARTING_GROUPINGS_MAX + 1];
    const size_t parts = charting_divide(gathered[i], drawn);
    for (size_t k = 0; k < parts && all->count < CHARTS_MAX; k++) {
      if (drawn[k] != NULL) {
        all->at[all->count++] = drawn[k];
      }
    }
  }
}

/* What is not gathered from rows one by one. */
static void add_drawn(charts *all, const layout_table *t, const presentation_drawing *told) {
  charting *drawn[CHARTING_GROUPINGS_MAX];
  const size_t count = told->kind == DRAWING_QUADRANTS ? charting_quadrants(all->d, t, told, drawn)
                                                       : charting_profiles(all->d, t, told, drawn);
  for (size_t i = 0; i < count && all->count < CHARTS_MAX; i++) {
    all->at[all->count++] = drawn[i];
  }
  name_charts(all);
}

static void add_table(charts *all, const layout_table *t) {
  const document *d = all->d;
  const layout_section *s = all->section;
  const presentation_drawing *told =
      presentation_drawing_of(analysis_presentation_of(s->analysis), slice_of(t->name));
  all->first = all->count;
  if (t->rows_count > TABLE_ROWS_MAX) {
    return;
  }
  if (told != NULL && (told->kind == DRAWING_QUADRANTS || told->kind == DRAWING_PROFILE)) {
    add_drawn(all, t, told);
    return;
  }
  if (t->view == VIEW_MATRIX) {
    return;
  }
  const figure_column *answers = answers_of(d, t);
  const figure_column *estimate = answers == NULL ? estimate_of(d, s, t, told) : NULL;
  if (answers != NULL) {
    add_answers(all, t, answers);
  } else if (estimate != NULL) {
    const bool is_headline = t == s->headline_table && s->told.table != NULL;
    add_bars(all, &(bars){t, estimate, charting_column(d, t, "ci_low"), charting_column(d, t, "ci_high"),
                          charting_column(d, t, "n"), is_headline ? &s->told.scale : NULL,
                          is_headline ? s->told.numbered : NULL, told});
  }
  divide_charts(all);
  name_charts(all);
}

const layout_chart *layout_charts(const document *d, const layout_section *section, size_t *count) {
  charts *all = ARENA_NEW(d->memory, charts);
  *count = 0;
  if (all == NULL) {
    return NULL;
  }
  document named = *d;
  named.shows_names = true;
  all->d = d;
  all->named = &named;
  all->section = section;
  if (section->headline_table != NULL) {
    add_table(all, section->headline_table);
  }
  for (size_t i = 0; i < section->tables_count; i++) {
    if (&section->tables[i] != section->headline_table) {
      add_table(all, &section->tables[i]);
    }
  }
  layout_chart *out = ARENA_ARRAY(d->memory, layout_chart, all->count);
  for (size_t i = 0; out != NULL && i < all->count; i++) {
    charting_finish(all->at[i]);
    out[i] = all->at[i]->chart;
  }
  *count = out == NULL ? 0 : all->count;
  return out;
}
