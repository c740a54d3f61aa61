/* The types of the codebook: what each needs besides column, label and missing answers. */
#include <stdio.h>
#include <string.h>

#include "base/tidy.h"
#include "specification/codebook.h"
#include "stats/program/date.h"

enum { RANGE_MAX = 1000000000, DECIMALS_MAX = PROGRAM_DECIMALS_MAX };

node **codebook_range_ends(compilation *c, const node *n) {
  if (n->kind == NODE_LIST && n->count == 2) {
    return n->items;
  }
  const bool is_one = n->kind == NODE_LIST && n->count == 1 && n->items[0]->kind == NODE_TEXT; /* [1，5] */
  field_expected(c, is_one ? n->items[0] : n, "range", "two values, [low, high]");
  return NULL;
}

bool codebook_range_is_empty(compilation *c, const node *n, node *const *ends) {
  problem_at(c->problems, n->at, "range: the low end %s must be below the high end %s",
             problem_quote(c->problems, ends[0]->text), problem_quote(c->problems, ends[1]->text));
  return false;
}

/* The dictionary of the data may have what the page alone lacks. */
static bool waits_for_data(compilation *c, const symbol *s) {
  c->waits_for_data = c->waits_for_data != NULL ? c->waits_for_data : s->key;
  return false;
}

static bool scale_range(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "range");
  if (n == NULL && c->header == NULL) {
    return waits_for_data(c, s);
  }
  if (n == NULL) {
    problem_at(c->problems, s->key->at, "scale '%s' has no range; add range: [low, high]",
               problem_quote(c->problems, s->key->text));
    return false;
  }
  node **ends = codebook_range_ends(c, n);
  int64_t low;
  int64_t high;
  if (ends == NULL || !field_whole(c, ends[0], "range", -RANGE_MAX, RANGE_MAX, &low) ||
      !field_whole(c, ends[1], "range", -RANGE_MAX, RANGE_MAX, &high)) {
    return false;
  }
  if (low >= high) {
    return codebook_range_is_empty(c, n, ends);
  }
  if (high - low > SCALE_SPAN_MAX) {
    problem_at(c->problems, n->at, "range: %lld to %lld is more than %d apart; use type number",
               (long long)low, (long long)high, SCALE_SPAN_MAX);
    return false;
  }
  s->variable.has_range = true;
  s->variable.low = low;
  s->variable.high = high;
  return true;
}

bool codebook_scale(compilation *c, symbol *s) {
  const node *reverse = node_get(s->body, "reverse");
  bool all_well = reverse == NULL || field_flag(c, reverse, "reverse", &s->variable.reversed);
  all_well = notation_leading(c, s) && all_well;
  return scale_range(c, s) && answers_of_scale(c, s) && all_well;
}

static bool read_closed(compilation *c, symbol *s) {
  const node *closed = node_get(s->body, "closed");
  if (closed == NULL) {
    return true;
  }
  if (!field_flag(c, closed, "closed", &s->variable.closed)) {
    return false;
  }
  if (s->variable.closed && node_get(s->body, "values") == NULL) {
    problem_at(c->problems, closed->at, "closed: true needs `values` that say which answers there are");
    return false;
  }
  s->values_closed = s->variable.closed;
  return true;
}

bool codebook_nominal(compilation *c, symbol *s) {
  bool all_well = read_closed(c, s);
  return answers_of_texts(c, s, "values") && all_well;
}

static bool what_is_chosen(compilation *c, symbol *s) {
  static const char *const choices[] = {"1", "any"};
  const node *chosen = node_get(s->body, "chosen");
  const node *none = node_get(s->body, "none_is");
  size_t choice = 0;
  bool all_well = chosen == NULL || field_choice(c, chosen, "chosen", choices, 2, &choice);
  s->variable.any_chosen = choice == 1;
  s->variable.has_none = none != NULL;
  return (none == NULL || answers_read_reason(c, none, "none_is", &s->variable.none_is)) && all_well;
}

/* One 0/1 column per option: a map option -> column, or a list of columns that are the options too. */
static bool multi_flags(compilation *c, symbol *s, const node *columns) {
  program_variable *v = &s->variable;
  v->kind = VARIABLE_MULTI_FLAGS;
  if ((columns->kind != NODE_MAP && columns->kind != NODE_LIST) || columns->count == 0) {
    field_expected(c, columns, "columns", "a map of options and their 0/1 columns");
    return false;
  }
  if (columns->count > PROGRAM_COLUMNS_MAX) {
    problem_at(c->problems, columns->at, "columns: %u options are more than %d", columns->count,
               PROGRAM_COLUMNS_MAX);
    return false;
  }
  v->columns = (const char **)arena_array(c->memory, columns->count, sizeof(char *));
  v->keys = ARENA_ARRAY(c->memory, slice, columns->count);
  if (v->columns == NULL || v->keys == NULL) {
    return false;
  }
  bool all_well = true;
  for (uint32_t i = 0; i < columns->count; i++) {
    const node *option = columns->kind == NODE_MAP ? columns->keys[i] : columns->items[i];
    slice column;
    if (!field_name(c, option, "columns", &v->keys[i]) ||
        !codebook_column_name(c, columns->items[i], "columns", &column)) {
      all_well = false;
      continue;
    }
    for (uint32_t k = 0; columns->kind == NODE_LIST && k < i; k++) {
      if (slice_equal(v->keys[k], v->keys[i])) {
        problem_at(c->problems, option->at, "columns: '%s' is named twice",
                   problem_quote(c->problems, option->text));
        all_well = false;
      }
    }
    v->columns[i] = column.bytes;
    all_well = codebook_column(c, s, column, columns->items[i]->at, NULL) && all_well;
  }
  all_well = what_is_chosen(c, s) && all_well;
  v->columns_count = columns->count;
  v->keys_count = columns->count;
  s->values_closed = true;
  return answers_of_numbers(c, s, 0, 1) && all_well;
}

static bool label_options(compilation *c, symbol *s) {
  const node *values = node_get(s->body, "values");
  bool all_well = true;
  if (values != NULL && !field_is_map(c, values, "values", "options and their labels")) {
    return false;
  }
  for (uint32_t k = 0; k < s->variable.keys_count; k++) {
    const node *label = values != NULL ? node_get(values, s->variable.keys[k].bytes) : NULL;
    all_well = answers_label_text(c, s, s->variable.keys[k], label) && all_well;
  }
  for (uint32_t i = 0; values != NULL && i < values->count; i++) {
    all_well = symbol_knows_text(c, s, values->keys[i]->text, values->keys[i]->at) && all_well;
  }
  return all_well;
}

static bool read_delimiter(compilation *c, symbol *s, const node *delimiter) {
  slice text;
  char room[TIDY_GROWTH * sizeof s->variable.delimiter];
  if (!field_text(c, delimiter, "delimiter", &text)) {
    return false;
  }
  text = text.length < sizeof s->variable.delimiter ? tidy_inside(text, room) : text;
  if (text.length == 0 || text.length >= sizeof s->variable.delimiter ||
      memchr(text.bytes, '\0', text.length) != NULL) {
    field_expected(c, delimiter, "delimiter", "1 to %zu bytes", sizeof s->variable.delimiter - 1);
    return false;
  }
  memcpy(s->variable.delimiter, text.bytes, text.length);
  return true;
}

bool codebook_multi(compilation *c, symbol *s) {
  const node *columns = node_get(s->body, "columns");
  const node *delimiter = node_get(s->body, "delimiter");
  if (columns != NULL) {
    static const char *const excluded[] = {"column", "delimiter", "closed", "other"};
    for (size_t i = 0; i < sizeof excluded / sizeof excluded[0]; i++) {
      const node *key = node_key(s->body, excluded[i]);
      if (key != NULL) {
        problem_at(c->problems, key->at, "'%s' goes with one delimited column, not with `columns`",
                   excluded[i]);
        return false;
      }
    }
    return multi_flags(c, s, columns) && label_options(c, s);
  }
  static const char *const of_columns[] = {"chosen", "none_is"};
  for (size_t i = 0; i < sizeof of_columns / sizeof of_columns[0]; i++) {
    const node *key = node_key(s->body, of_columns[i]);
    if (key != NULL) {
      problem_at(c->problems, key->at, "'%s' goes with `columns`, not with one delimited column",
                 of_columns[i]);
      return false;
    }
  }
  bool all_well = read_closed(c, s);
  if (delimiter == NULL && c->header == NULL) {
    return waits_for_data(c, s);
  }
  if (delimiter == NULL) {
    problem_at(c->problems, s->key->at,
               "multi '%s' needs `columns` (one 0/1 column per option) or `delimiter` (one cell with all), "
               "or to be called "
               "like a multiple-response set of the data",
               problem_quote(c->problems, s->key->text));
    return false;
  }
  return read_delimiter(c, s, delimiter) && answers_of_texts(c, s, "values") && all_well;
}

/* What 问卷星 writes between ranks. */
static const char arrow[] = "\xe2\x86\x92";

bool codebook_ranking(compilation *c, symbol *s) {
  program_variable *v = &s->variable;
  const node *delimiter = node_get(s->body, "delimiter");
  const node *values = node_get(s->body, "values");
  memcpy(v->delimiter, arrow, sizeof arrow);
  if (values == NULL) {
    problem_at(c->problems, s->key->at, "ranking '%s' has no values; add the options that are ranked",
               problem_quote(c->problems, s->key->text));
    return false;
  }
  if (values->count > PROGRAM_RANKED_MAX) {
    problem_at(c->problems, values->at, "values: %u options to rank are more than %d", values->count,
               PROGRAM_RANKED_MAX);
    return false;
  }
  v->is_ranking = true;
  v->closed = node_get(s->body, "other") == NULL;
  s->values_closed = v->closed;
  if (delimiter != NULL) {
    memset(v->delimiter, 0, sizeof v->delimiter);
  }
  return (delimiter == NULL || read_delimiter(c, s, delimiter)) && answers_of_texts(c, s, "values");
}

/* How many decimals leave room for the largest weight; for datasets that do not know it, room for
 * weights up to 4 thousand million. */
static unsigned weight_room(const manifest_column *column) {
  return column == NULL          ? PROGRAM_WEIGHT_DECIMALS_MAX
         : column->largest_known ? decimal_magnitude_scale(column->largest, NUMBER_MAX)
                                 : DECIMALS_MAX;
}

/* One scale for the whole column: declared, or (once the data are read) the column's digits, or else as many
 * as leave room for the largest weight. */
static bool read_weight_decimals(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "decimals");
  const manifest_column *column = codebook_measured(c, s);
  const unsigned room = weight_room(column);
  if (n == NULL) {
    const unsigned seen = column != NULL && s->weight == WEIGHT_SAMPLING ? column->decimals_max : 0;
    s->weight_decimals = (uint8_t)(seen < room ? seen : room);
    return true;
  }
  int64_t decimals;
  if (!field_whole(c, n, "decimals", 0, PROGRAM_WEIGHT_DECIMALS_MAX, &decimals)) {
    return false;
  }
  if (s->weight == WEIGHT_FREQUENCY && decimals > 0) {
    field_expected(c, n, "decimals", "0, as a frequency weight counts rows");
    return false;
  }
  if (column != NULL && column->largest_known && decimals > (int64_t)room) {
    problem_of_data(c->problems, n->at,
                    "decimals: with %lld the largest weight of '%s' is above 2^62 units; at most %u fit, or "
                    "leave decimals out",
                    (long long)decimals, problem_quote(c->problems, slice_of(s->name)), room);
    return false;
  }
  s->weight_decimals = (uint8_t)decimals;
  s->decimals_given = true;
  return true;
}

bool codebook_weight(compilation *c, symbol *s) {
  static const char *const kinds[] = {"sampling", "frequency"};
  const node *n = node_get(s->body, "kind");
  if (n == NULL) {
    problem_at(c->problems, s->key->at, "weight '%s' has no kind; add kind: sampling or kind: frequency",
               problem_quote(c->problems, s->key->text));
    return false;
  }
  size_t kind;
  if (!field_choice(c, n, "kind of weight", kinds, 2, &kind)) {
    return false;
  }
  s->weight = kind == 0 ? WEIGHT_SAMPLING : WEIGHT_FREQUENCY;
  if (!read_weight_decimals(c, s)) {
    return false;
  }
  s->variable.decimals = s->weight_decimals < DECIMALS_MAX ? s->weight_decimals : DECIMALS_MAX;
  return true;
}

static bool read_format(compilation *c, const node *n, const char **out) {
  slice format;
  if (!field_name(c, n, "format", &format)) {
    return false;
  }
  const char *wrong = date_format_problem(format.bytes);
  if (wrong != NULL) {
    problem_at(c->problems, n->at, "format: '%s': %s", problem_quote(c->problems, format), wrong);
  }
  *out = format.bytes;
  return wrong == NULL;
}

/* One format, or a list: the first that fits a cell counts. */
static bool read_formats(compilation *c, const node *n, program_variable *v) {
  v->format = "%Y-%m-%d";
  if (n == NULL || n->kind != NODE_LIST) {
    return n == NULL || read_format(c, n, &v->format);
  }
  if (n->count == 0 || n->count > PROGRAM_FORMATS_MAX) {
    field_expected(c, n, "format", "one format, or a list of at most %d", PROGRAM_FORMATS_MAX);
    return false;
  }
  bool all_well = read_format(c, n->items[0], &v->format);
  v->other_formats = (const char **)arena_array(c->memory, n->count, sizeof(char *));
  for (uint32_t i = 1; v->other_formats != NULL && i < n->count; i++) {
    all_well = read_format(c, n->items[i], &v->other_formats[i - 1]) && all_well;
  }
  v->other_formats_count = n->count - 1;
  return all_well && v->other_formats != NULL;
}

static bool date_end(compilation *c, const node *n, int64_t *days) {
  if (n->kind == NODE_TEXT && date_parse("%Y-%m-%d", n->text, days)) {
    return true;
  }
  field_expected(c, n, "range", "a date such as 2025-07-31");
  return false;
}

bool codebook_date(compilation *c, symbol *s) {
  bool all_well = read_formats(c, node_get(s->body, "format"), &s->variable);
  const node *range = node_get(s->body, "range");
  if (range == NULL) {
    return all_well;
  }
  node **ends = codebook_range_ends(c, range);
  if (ends == NULL || !date_end(c, ends[0], &s->variable.low) || !date_end(c, ends[1], &s->variable.high)) {
    return false;
  }
  if (s->variable.low >= s->variable.high) {
    return codebook_range_is_empty(c, range, ends);
  }
  s->variable.has_range = true;
  return all_well;
}

bool codebook_text(compilation *c, symbol *s) {
  (void)c;
  (void)s;
  return true;
}
