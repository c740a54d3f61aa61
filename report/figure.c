/* Figures for readers: decimals, thousands marks, labels. */
#include "report/figure.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/program/date.h"

#define MISSING_FIGURE "–"

/* Decimals of each format; NUMBER's are the column's own. */
static const int format_decimals[] = {
    [TERM_COUNT] = 0, [TERM_SCORE] = 1,       [TERM_PERCENT] = 1,
    [TERM_P] = 4,     [TERM_COEFFICIENT] = 3, [TERM_SENTENCE] = 0,
};
enum { NUMBER_DECIMALS_MAX = 4, FIGURE_BYTES = 64, MIXED_RATIO = 10, TERM_BYTES = 128 };

static bool is_numeric(const json *cell) {
  return json_kind_of(cell) == JSON_INTEGER || json_kind_of(cell) == JSON_NUMBER;
}

static slice keep(const document *d, const char *text, size_t length) {
  return arena_slice(d->memory, (slice){text, length});
}

/* Decimals that the shortest text of V has. */
static int decimals_written(double v) {
  char text[32];
  int length = json_format_number(v, text);
  const char *mark = memchr(text, '.', (size_t)length);
  if (memchr(text, 'e', (size_t)length) != NULL) {
    return fabs(v) < 1 ? NUMBER_DECIMALS_MAX : 0;
  }
  return mark == NULL ? 0 : (int)(text + length - mark - 1);
}

static int decimals_for_size(double largest) {
  return largest < 1 ? 4 : largest < 10 ? 3 : largest < 100 ? 2 : largest < 100000 ? 1 : 0;
}

/* "1234567.5" -> "1,234,567.5": marks go between the digits before the decimal mark. */
static slice with_thousands(const document *d, const char *text) {
  char out[2 * FIGURE_BYTES];
  size_t used = 0;
  size_t sign = text[0] == '-' ? 1 : 0;
  size_t whole = strspn(text + sign, "0123456789") + sign;
  for (size_t i = 0; text[i] != '\0' && used + 2 < sizeof out; i++) {
    if (i > sign && i < whole && (whole - i) % 3 == 0) {
      out[used++] = ',';
    }
    out[used++] = text[i];
  }
  return keep(d, out, used);
}

/* A figure that rounds to zero has no sign. */
static const char *without_zero_sign(const char *text) {
  return text[0] == '-' && strpbrk(text, "123456789") == NULL ? text + 1 : text;
}

static slice fixed(const document *d, double v, int decimals) {
  char text[FIGURE_BYTES];
  assert(decimals >= 0 && decimals <= NUMBER_DECIMALS_MAX);
  bool is_tiny = v > -5e-5 && v < 5e-5 && (v < 0 || v > 0) && decimals >= NUMBER_DECIMALS_MAX;
  if (is_tiny || fabs(v) >= 1e15) {
    int length = snprintf(text, sizeof text, "%.4g", v);
    return keep(d, text, (size_t)length);
  }
  (void)snprintf(text, sizeof text, "%.*f", decimals, v);
  return with_thousands(d, without_zero_sign(text));
}

static slice p_value(const document *d, double p) {
  return p < 0.0001 ? slice_of("<.0001") : fixed(d, p, format_decimals[TERM_P]);
}

slice figure_count(const document *d, int64_t n) {
  char text[FIGURE_BYTES];
  (void)snprintf(text, sizeof text, "%lld", (long long)n);
  return with_thousands(d, text);
}

static slice number_text(const document *d, term_format format, int decimals, const json *cell) {
  if (format == TERM_P) {
    return p_value(d, json_as_number(cell));
  }
  if (json_kind_of(cell) == JSON_INTEGER && decimals == 0) {
    return figure_count(d, json_as_integer(cell));
  }
  return fixed(d, json_as_number(cell), decimals);
}

static slice any_text(const document *d, const json *cell) {
  if (json_kind_of(cell) == JSON_TEXT) {
    return document_display(d, json_as_text(cell));
  }
  buf text;
  buf_init(&text);
  json_write(cell, &text);
  slice copy = keep(d, (const char *)text.data, text.length);
  buf_fini(&text);
  return document_display(d, copy);
}

/* "other_value" belongs to "other_item" where there is one, every other value to "item". */
slice figure_value_owner(const json *row, const char *column) {
  bool is_other = strncmp(column, "other_", 6) == 0;
  slice other = json_as_text(json_get(row, "other_item"));
  return is_other && other.length > 0 ? other : json_as_text(json_get(row, "item"));
}

static slice group_text(const document *d, const figure_column *column, const json *group) {
  if (column->group_of.length == 0 || json_count(group) == 0) {
    return document_group(d, group);
  }
  return document_value(d, column->group_of, json_member(group, 0, NULL));
}

static int cell_decimals(const figure_column *column, double v) {
  int wanted = column->own_decimals ? decimals_for_size(fabs(v)) : column->decimals;
  int written = column->own_decimals ? decimals_written(v) : wanted;
  return written < wanted ? written : wanted;
}

/* Is the figure a point in time, and not a distance or a count? */
static bool is_point(const char *key) {
  static const char *const points[] = {"mean",   "ci_low", "ci_high", "min", "q1",
                                       "median", "q3",     "max",     "mode"};
  for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
    if (strcmp(key, points[i]) == 0) {
      return true;
    }
  }
  return false;
}

/* The day that a point in time lies in. */
static slice date_text(const document *d, double days) {
  int64_t year, month, day;
  char text[FIGURE_BYTES];
  date_to_civil((int64_t)floor(days), &year, &month, &day);
  (void)snprintf(text, sizeof text, "%04lld-%02lld-%02lld", (long long)year, (long long)month,
                 (long long)day);
  return keep(d, text, strlen(text));
}

/* Is V of ROW such a point, of a date? */
static bool is_day(const document *d, const figure_column *column, const json *row, double v) {
  return is_point(column->key) && fabs(v) <= DATE_DAYS_MAX &&
         document_is_date(d, json_as_text(json_get(row, "item")));
}

static slice cell_text(const document *d, const figure_column *column, const json *cell, const json *row) {
  if (column->format == TERM_GROUP) {
    return group_text(d, column, cell);
  }
  if (column->format == TERM_VALUE && column->all_values.length > 0 && json_kind_of(cell) == JSON_NULL) {
    return column->all_values;
  }
  if (column->format == TERM_VALUE) {
    return document_value(d, figure_value_owner(row, column->key), cell);
  }
  if (json_kind_of(cell) == JSON_NULL) {
    return slice_of(MISSING_FIGURE);
  }
  if (column->format == TERM_ITEM && json_kind_of(cell) == JSON_TEXT) {
    return document_item(d, json_as_text(cell));
  }
  if (!is_numeric(cell)) {
    return any_text(d, cell);
  }
  const double v = json_as_number(cell);
  if (is_day(d, column, row, v)) {
    return date_text(d, v);
  }
  return number_text(d, column->format, cell_decimals(column, v), cell);
}

figure_kind figure_number(const document *d, const figure_column *column, const json *row, double *value,
                          int *decimals) {
  const json *cell = json_get(row, column->key);
  if (json_kind_of(cell) == JSON_NULL) {
    return column->format == TERM_VALUE || column->format == TERM_GROUP ? FIGURE_TEXT : FIGURE_NONE;
  }
  if (column->is_key || !is_numeric(cell)) {
    return FIGURE_TEXT;
  }
  *value = json_as_number(cell);
  *decimals = cell_decimals(column, *value);
  return is_day(d, column, row, *value) ? FIGURE_DATE : FIGURE_NUMBER;
}

slice figure_cell(const document *d, const figure_column *column, const json *row) {
  return cell_text(d, column, json_get(row, column->key), row);
}

slice figure_title(const document *d, const char *key) {
  const term *t = term_find(key);
  return t == NULL ? document_display(d, slice_of(key)) : slice_of(t->title[d->language]);
}

static const term *find_qualified(slice by, const char *key) {
  char qualified[TERM_BYTES];
  const int length = snprintf(qualified, sizeof qualified, "%.*s.%s", SLICE_ARG(by), key);
  return by.length > 0 && length > 0 && (size_t)length < sizeof qualified ? term_find(qualified) : NULL;
}

slice figure_title_in(const document *d, const json *section, const char *key) {
  const json *notes = json_get(section, "notes");
  const term *t = find_qualified(json_as_text(json_get(section, "analysis")), key);
  for (size_t i = 0; t == NULL && i < json_count(notes); i++) {
    t = find_qualified(json_as_text(json_get(json_at(notes, i), "code")), key);
  }
  return t == NULL ? figure_title(d, key) : slice_of(t->title[d->language]);
}

static bool format_is_key(term_format format) {
  return format == TERM_ITEM || format == TERM_VALUE || format == TERM_GROUP || format == TERM_TEXT;
}

/* The one variable that all groups of column KEY are of; empty when there is none. */
static slice only_group_variable(const char *key, const json *rows) {
  const char *only = NULL;
  for (size_t i = 0; i < json_count(rows); i++) {
    const json *group = json_get(json_at(rows, i), key);
    if (json_kind_of(group) == JSON_NULL) {
      continue;
    }
    const char *name = NULL;
    (void)json_member(group, 0, &name);
    if (json_kind_of(group) != JSON_OBJECT || json_count(group) != 1 ||
        (only != NULL && strcmp(only, name) != 0)) {
      return slice_of("");
    }
    only = name;
  }
  return slice_of(only);
}

/* What the numbers of a column are like. */
typedef struct column_numbers {
  double largest, smallest; /* by size, zeros left out */
  int written;              /* the most decimals that any has */
  bool any;
} column_numbers;

static void count_number(column_numbers *n, double v) {
  double size = fabs(v);
  int decimals = decimals_written(v);
  n->written = decimals > n->written ? decimals : n->written;
  n->largest = size > n->largest ? size : n->largest;
  n->smallest = size > 0 && (n->smallest <= 0 || size < n->smallest) ? size : n->smallest;
  n->any = true;
}

static void choose_decimals(figure_column *column, const column_numbers *n) {
  if (column->format != TERM_NUMBER && !column->is_key) {
    column->decimals = format_decimals[column->format];
    return;
  }
  column->own_decimals = n->largest >= MIXED_RATIO * n->smallest;
  int wanted = decimals_for_size(column->own_decimals ? n->smallest : n->largest);
  column->decimals = n->written < wanted ? n->written : wanted;
}

/* Scores and per cents have a fixed number of decimals: their intervals the same, their errors one more. */
static bool has_score(const json *row) {
  for (size_t i = 0; i < json_count(row); i++) {
    const char *key = NULL;
    (void)json_member(row, i, &key);
    const term *t = term_find(key);
    if (t != NULL && (t->format == TERM_SCORE || t->format == TERM_PERCENT)) {
      return true;
    }
  }
  return false;
}

static void follow_score(figure_column *column, const json *rows) {
  const bool is_interval = strcmp(column->key, "ci_low") == 0 || strcmp(column->key, "ci_high") == 0;
  if ((is_interval || strcmp(column->key, "se") == 0) && has_score(json_at(rows, 0))) {
    column->decimals = format_decimals[TERM_SCORE] + !is_interval;
    column->own_decimals = false;
  }
}

figure_column figure_column_of(const document *d, const json *section, const char *key, const json *rows) {
  const term *t = term_find(key);
  figure_column column = {.key = key, .title = figure_title_in(d, section, key), .is_empty = true};
  column_numbers numbers = {.any = false};
  for (size_t i = 0; i < json_count(rows); i++) {
    const json *cell = json_get(json_at(rows, i), key);
    column.is_empty = column.is_empty && json_kind_of(cell) == JSON_NULL;
    if (is_numeric(cell)) {
      count_number(&numbers, json_as_number(cell));
    }
  }
  column.format = t != NULL ? t->format : numbers.any ? TERM_NUMBER : TERM_TEXT;
  column.is_key = format_is_key(column.format);
  if (column.format == TERM_GROUP) {
    column.group_of = only_group_variable(key, rows);
    bool is_named = column.group_of.length > 0 && strcmp(key, "group") == 0;
    column.title = is_named ? document_item(d, column.group_of) : column.title;
  }
  choose_decimals(&column, &numbers);
  follow_score(&column, rows);
  return column;
}

slice figure_alone(const document *d, const char *key, const json *cell, const json *owner) {
  const term *t = term_find(key);
  figure_column column = {.key = key};
  column.format = t != NULL && t->format != TERM_SENTENCE ? t->format
                  : is_numeric(cell)                      ? TERM_NUMBER
                                                          : TERM_TEXT;
  if (column.format == TERM_GROUP && json_count(cell) == 0 && json_kind_of(cell) != JSON_TEXT) {
    return slice_of("");
  }
  column_numbers numbers = {.any = false};
  column.is_key = format_is_key(column.format);
  count_number(&numbers, json_as_number(cell));
  choose_decimals(&column, &numbers);
  return cell_text(d, &column, cell, owner);
}
