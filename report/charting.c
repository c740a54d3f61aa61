/* Making a chart: gathering rows, ordering them, naming them. */
#include "report/charting.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "report/sentence.h"

/* ---- What rows hold ------------------------------------------------------------------------------ */

double charting_number(const json *row, const char *key) {
  const json *cell = json_get(row, key);
  const bool is_number = json_kind_of(cell) == JSON_INTEGER || json_kind_of(cell) == JSON_NUMBER;
  return is_number ? json_as_number(cell) : NAN;
}

const figure_column *charting_column(const document *d, const layout_table *t, const char *key) {
  for (size_t c = 0; c < t->columns_count; c++) {
    if (strcmp(t->keys[c], key) == 0) {
      return &layout_columns(d, t)[c];
    }
  }
  return NULL;
}

/* ---- Gathering ----------------------------------------------------------------------------------- */

static charting_row *add_row(charting *c, const charting_subject *subject) {
  const size_t most = c->chart.kind == CHART_BARS ? CHARTING_GATHERED_MAX : CHARTING_ROWS_MAX;
  if (c->rows_count == most) {
    c->chart.more++;
    return NULL;
  }
  if (!ARRAY_ROOM_IN(c->d->memory, c->rows, c->rows_count, c->rows_capacity)) {
    return NULL;
  }
  charting_row *out = &c->rows[c->rows_count++];
  *out = (charting_row){.subject = *subject,
                        .row = {.value = NAN, .low = NAN, .high = NAN, .level = CHART_NO_LEVEL}};
  return out;
}

chart_row *charting_add(charting *c, const charting_subject *subject) {
  assert(c->chart.kind == CHART_BARS);
  charting_row *added = add_row(c, subject);
  return added == NULL ? NULL : &added->row;
}

static bool is_number(const json *key) {
  return json_kind_of(key) == JSON_INTEGER || json_kind_of(key) == JSON_NUMBER;
}

static bool is_same_key(const json *a, const json *b) {
  if (is_number(a) && is_number(b)) {
    return !(json_as_number(a) < json_as_number(b)) && !(json_as_number(a) > json_as_number(b));
  }
  return json_kind_of(a) == json_kind_of(b) && slice_equal(json_as_text(a), json_as_text(b));
}

/* Its index among the keys; CHARTING_KEYS_MAX when there is no room for it. */
static size_t key_at(charting *c, const json *key) {
  size_t i = 0;
  while (i < c->keys_count && !is_same_key(c->keys[i], key)) {
    i++;
  }
  if (i == c->keys_count && i < CHARTING_KEYS_MAX) {
    c->keys[c->keys_count++] = key;
  }
  return i;
}

void charting_scale(charting *c, slice item, double low, double high) {
  if (c->keys_count > 0 || c->keys_item.length > 0) {
    return;
  }
  c->keys_item = item;
  for (double code = low; high - low < CHARTING_KEYS_MAX && code <= high; code += 1) {
    (void)key_at(c, json_number(c->d->memory, code));
  }
}

static charting_row *row_about(charting *c, const charting_subject *subject) {
  for (size_t i = c->rows_count; i > 0; i--) { /* mostly the last one */
    const charting_subject *s = &c->rows[i - 1].subject;
    if (slice_equal(s->of, subject->of) && slice_equal(s->group, subject->group)) {
      return &c->rows[i - 1];
    }
  }
  return NULL;
}

void charting_share(charting *c, const charting_subject *subject, const json *key, double percent,
                    int64_t n) {
  assert(c->chart.kind == CHART_SHARES);
  charting_row *row = row_about(c, subject);
  if (row == NULL) {
    row = add_row(c, subject);
    if (row != NULL) {
      row->shares = ARENA_ARRAY(c->d->memory, double, CHARTING_KEYS_MAX);
    }
  }
  const size_t at = key_at(c, key);
  if (row == NULL || row->shares == NULL) {
    return;
  }
  if (at < CHARTING_KEYS_MAX && percent >= 0 && percent <= 100) {
    row->shares[at] = percent;
  }
  if (n < 0 || __builtin_add_overflow(row->n, n, &row->n)) {
    row->n = INT64_MAX;
  }
}

slice charting_joined(const document *d, slice a, const char *between, slice b) {
  const sentence_place places[] = {{"a", a}, {"between", slice_of(between)}, {"b", b}};
  return sentence_fill(d, "{a}{between}{b}", places, 3);
}

slice charting_range(const document *d, double low, double high) {
  char text[80];
  char from[32];
  char to[32];
  const int from_length = json_format_number(low, from);
  const int to_length = json_format_number(high, to);
  const int length = snprintf(text, sizeof text, "%.*s-%.*s", from_length, from, to_length, to);
  return arena_slice(d->memory, (slice){text, (size_t)length});
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

/* Codes by their size, then what is beside the scale, as it came. */
static bool comes_before(const json *a, const json *b) {
  if (is_number(a) != is_number(b)) {
    return is_number(a);
  }
  return is_number(a) && json_as_number(a) < json_as_number(b);
}

/* ORDER: which key stands where; a stable insertion. */
static void order_keys(const charting *c, size_t order[CHARTING_KEYS_MAX]) {
  for (size_t i = 0; i < c->keys_count; i++) {
    size_t at = i;
    for (; at > 0 && comes_before(c->keys[i], c->keys[order[at - 1]]); at--) {
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
}

static void finish_keys(charting *c) {
  size_t order[CHARTING_KEYS_MAX];
  slice *keys = ARENA_ARRAY(c->d->memory, slice, c->keys_count);
  if (keys == NULL) {
    return;
  }
  order_keys(c, order);
  for (size_t k = 0; k < c->keys_count; k++) {
    const json *key = c->keys[order[k]];
    keys[k] = document_value(c->d, c->keys_item, key);
    c->chart.scale_count += is_number(key) ? 1 : 0;
  }
  for (size_t r = 0; r < c->rows_count; r++) {
    charting_row *row = &c->rows[r];
    double *shares = ARENA_ARRAY(c->d->memory, double, c->keys_count);
    for (size_t k = 0; shares != NULL && row->shares != NULL && k < c->keys_count; k++) {
      shares[k] = row->shares[order[k]];
    }
    row->row.shares = shares;
    row->row.base = figure_count(c->d, row->n);
  }
  c->chart.keys = keys;
  c->chart.keys_count = c->keys_count;
}

/* ---- Rows ---------------------------------------------------------------------------------------- */

static bool is_about(const charting_row *row, slice of) {
  return slice_equal(row->subject.of, of);
}

static bool is_first_about(const charting *c, size_t r) {
  for (size_t i = 0; i < r; i++) {
    if (is_about(&c->rows[i], c->rows[r].subject.of)) {
      return false;
    }
  }
  return true;
}

static bool has_total(const charting *c, slice of) {
  for (size_t i = 0; i < c->rows_count; i++) {
    if (is_about(&c->rows[i], of) && c->rows[i].subject.is_total) {
      return true;
    }
  }
  return false;
}

static slice joined(const charting *c, const charting_subject *s) {
  const sentence_place places[] = {
      {"label", s->label}, {"comma", document_word(c->d, WORD_COMMA)}, {"group", s->group_label}};
  return sentence_fill(c->d, "{label}{comma}{group}", places, 3);
}

/* Rows about one thing: its total first, the groups as its parts. */
static void put_thing(charting *c, slice of, bool is_only) {
  const bool totals = has_total(c, of);
  for (int parts = 0; parts <= 1; parts++) {
    for (size_t i = 0; i < c->rows_count; i++) {
      const charting_row *row = &c->rows[i];
      if (is_about(row, of) && row->subject.is_total == (parts == 0)) {
        chart_row *out = &c->chart.rows[c->chart.rows_count++];
        *out = row->row;
        out->is_part = parts == 1 && totals;
        out->label = parts == 0          ? row->subject.label
                     : totals || is_only ? row->subject.group_label
                                         : joined(c, &row->subject);
      }
    }
  }
}

static void finish_rows(charting *c) {
  if (c->rows_count > CHARTING_ROWS_MAX) {
    c->chart.more += c->rows_count - CHARTING_ROWS_MAX;
    c->rows_count = CHARTING_ROWS_MAX;
  }
  c->chart.rows = ARENA_ARRAY(c->d->memory, chart_row, c->rows_count);
  size_t things = 0;
  for (size_t i = 0; i < c->rows_count; i++) {
    things += is_first_about(c, i) ? 1 : 0;
  }
  for (size_t i = 0; c->chart.rows != NULL && i < c->rows_count; i++) {
    if (is_first_about(c, i)) {
      put_thing(c, c->rows[i].subject.of, things == 1);
    }
  }
  assert(c->chart.rows == NULL || c->chart.rows_count == c->rows_count); /* each in one place */
  if (things == 1 && !has_total(c, c->rows[0].subject.of) && c->chart.subject.length == 0) {
    c->chart.subject = c->rows[0].subject.label;
  }
}

/* The axis goes over the scale of the figures, and over zero, where bars begin. */
static void finish_scale(charting *c) {
  if (!c->is_off_scale) {
    c->chart.low = c->scale_low < 0 ? c->scale_low : 0;
    c->chart.high = c->scale_high > 0 ? c->scale_high : 0;
  }
}

/* One whole, and all others below it. */
static bool is_tree(const layout_chart *chart) {
  bool all = chart->kind == CHART_BARS && chart->rows_count > 1 && chart->rows[0].level == 0;
  for (size_t i = 1; all && i < chart->rows_count; i++) {
    all = chart->rows[i].level > 0 && !chart->rows[i].is_part;
  }
  return all;
}

void charting_finish(charting *c) {
  if (c->is_placed) {
    return;
  }
  if (c->chart.kind == CHART_SHARES) {
    finish_keys(c);
  } else {
    finish_scale(c);
  }
  finish_rows(c);
  c->chart.is_tree = is_tree(&c->chart);
  c->chart.kind = c->chart.kind == CHART_BARS ? c->drawn_as : c->chart.kind;
}
