/* Arguments of analyses: one reader per type of argument. */
#include "specification/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/tidy.h"

enum { LIST_MAX = 10000 };

/* ---- Variables ------------------------------------------------------------------------------------ */

static const struct accepted {
  unsigned bit;
  const char *name;
} accepted_names[] = {
    {ACCEPT_NUMERIC_CODED, "a scale or a flag"},
    {ACCEPT_NUMBER, "a number or a construct"},
    {ACCEPT_TEXT_CODED, "a nominal variable"},
    {ACCEPT_SET, "a multiple choice"},
    {ACCEPT_TEXT, "a text"},
};

bool argument_accepts(compilation *c, const analysis_argument *a, const symbol *s, place at) {
  if (a->accepts == 0 || (symbol_accepts(s) & a->accepts) != 0) {
    return true;
  }
  char expected[200] = "";
  size_t length = 0;
  for (size_t i = 0; i < sizeof accepted_names / sizeof accepted_names[0]; i++) {
    if ((a->accepts & accepted_names[i].bit) != 0) {
      int written = snprintf(expected + length, sizeof expected - length, "%s%s", length > 0 ? ", or " : "",
                             accepted_names[i].name);
      length += written < 0 ? 0 : (size_t)written;
    }
  }
  problem_at(c->problems, at, "%s: '%s' is %s; expected %s", a->name,
             problem_quote(c->problems, slice_of(s->name)), symbol_kind_name(s), expected);
  return false;
}

static argument_outcome take_variables(compilation *c, symbol *const *list, uint32_t count,
                                       argument_value *out) {
  out->variables = ARENA_ARRAY(c->memory, uint32_t, (size_t)count + 1);
  if (out->variables == NULL) {
    return ARGUMENT_WRONG;
  }
  for (uint32_t i = 0; i < count; i++) {
    out->variables[i] = list[i]->plan_index;
  }
  out->variables_count = count;
  return ARGUMENT_READ;
}

static argument_outcome read_variable(compilation *c, const analysis_argument *a, const node *n,
                                      argument_value *out) {
  slice name;
  if (!field_name(c, n, a->name, &name)) {
    return ARGUMENT_WRONG;
  }
  symbol *s = symbol_use(c, name, n->at);
  if (s == NULL || !argument_accepts(c, a, s, n->at)) {
    return ARGUMENT_WRONG;
  }
  return take_variables(c, &s, 1, out);
}

static argument_outcome read_variables(compilation *c, const analysis_argument *a, const node *n,
                                       argument_value *out) {
  symbol **list;
  uint32_t count;
  bool all_well = symbol_list(c, n, a->name, &list, &count);
  bool open_ended = c->open_ended;
  for (uint32_t i = 0; i < count; i++) {
    all_well = argument_accepts(c, a, list[i], node_item_place(n, i, count)) && all_well;
  }
  if (!all_well) {
    return ARGUMENT_WRONG;
  }
  return open_ended ? ARGUMENT_OPEN : take_variables(c, list, count, out);
}

static argument_outcome read_construct(compilation *c, const analysis_argument *a, const node *n,
                                       argument_value *out) {
  slice name;
  if (!field_name(c, n, a->name, &name)) {
    return ARGUMENT_WRONG;
  }
  symbol *s = symbol_find(c, name);
  if (s == NULL || s->origin != SYMBOL_CONSTRUCT) {
    const char **names = (const char **)arena_array(c->memory, (size_t)c->symbols_count + 1, sizeof names[0]);
    uint32_t count = 0;
    for (uint32_t i = 0; names != NULL && i < c->symbols_count; i++) {
      if (c->symbols[i]->origin == SYMBOL_CONSTRUCT) {
        names[count++] = c->symbols[i]->name;
      }
    }
    problem_unknown(c->problems, n->at, "construct", name, names, names != NULL ? count : 0);
    return ARGUMENT_WRONG;
  }
  symbol_resolve(c, s, n->at);
  if (s->state != SYMBOL_READY) {
    return ARGUMENT_WRONG;
  }
  out->variables = ARENA_NEW(c->memory, uint32_t);
  if (out->variables == NULL) {
    return ARGUMENT_WRONG;
  }
  out->variables[0] = s->construct_index;
  out->variables_count = 1;
  return ARGUMENT_READ;
}

/* ---- Numbers -------------------------------------------------------------------------------------- */

static void bounds_of(const analysis_argument *a, int64_t *low, int64_t *high) {
  bool given = a->low < a->high;
  *low = given ? a->low : -LIST_MAX * (int64_t)LIST_MAX;
  *high = given ? a->high : LIST_MAX * (int64_t)LIST_MAX;
}

static argument_outcome read_integer(compilation *c, const analysis_argument *a, const node *n,
                                     argument_value *out) {
  int64_t low;
  int64_t high;
  bounds_of(a, &low, &high);
  return field_whole(c, n, a->name, low, high, &out->integer) ? ARGUMENT_READ : ARGUMENT_WRONG;
}

static argument_outcome read_number(compilation *c, const analysis_argument *a, const node *n,
                                    argument_value *out) {
  decimal d;
  if (!field_decimal(c, n, a->name, &d)) {
    return ARGUMENT_WRONG;
  }
  /* Correctly rounded as long as the mantissa is below 2^53; powers of ten up to 10^18 are exact. */
  out->number = (double)d.mantissa / (double)decimal_power10(d.scale);
  if (a->low < a->high && (out->number < (double)a->low || out->number > (double)a->high)) {
    field_expected(c, n, a->name, "a number from %lld to %lld", (long long)a->low, (long long)a->high);
    return ARGUMENT_WRONG;
  }
  return ARGUMENT_READ;
}

static argument_outcome read_boolean(compilation *c, const analysis_argument *a, const node *n,
                                     argument_value *out) {
  bool flag;
  if (!field_flag(c, n, a->name, &flag)) {
    return ARGUMENT_WRONG;
  }
  out->integer = flag;
  return ARGUMENT_READ;
}

static argument_outcome read_choice(compilation *c, const analysis_argument *a, const node *n,
                                    argument_value *out) {
  size_t count = 0;
  size_t index;
  while (a->choices != NULL && a->choices[count] != NULL) {
    count++;
  }
  if (count == 0 || !field_choice(c, n, a->name, a->choices, count, &index)) {
    return ARGUMENT_WRONG;
  }
  out->integer = (int64_t)index;
  return ARGUMENT_READ;
}

/* "2..6" */
static bool parse_run(slice text, int64_t *first, int64_t *last) {
  for (size_t i = 1; i + 2 < text.length; i++) {
    if (text.bytes[i] == '.' && text.bytes[i + 1] == '.') {
      return whole_parse((slice){text.bytes, i}, first) &&
             whole_parse((slice){text.bytes + i + 2, text.length - i - 2}, last);
    }
  }
  return false;
}

static argument_outcome read_run(compilation *c, const analysis_argument *a, const node *n,
                                 argument_value *out) {
  int64_t low;
  int64_t high;
  int64_t first;
  int64_t last;
  bounds_of(a, &low, &high);
  if (!parse_run(n->text, &first, &last) && whole_parse(n->text, &first)) {
    last = first;
  } else if (!parse_run(n->text, &first, &last)) {
    first = 1;
    last = 0;
  }
  if (first > last || first < low || last > high || last - first >= LIST_MAX) {
    field_expected(c, n, a->name, "whole numbers from %lld to %lld, as a list or as \"low..high\"",
                   (long long)low, (long long)high);
    return ARGUMENT_WRONG;
  }
  out->list_count = (uint32_t)(last - first) + 1;
  out->integers = ARENA_ARRAY(c->memory, int64_t, out->list_count);
  for (uint32_t i = 0; out->integers != NULL && i < out->list_count; i++) {
    out->integers[i] = first + i;
  }
  return out->integers != NULL ? ARGUMENT_READ : ARGUMENT_WRONG;
}

static argument_outcome read_integers(compilation *c, const analysis_argument *a, const node *n,
                                      argument_value *out) {
  if (n->kind == NODE_TEXT) {
    return read_run(c, a, n, out);
  }
  if (n->kind != NODE_LIST || n->count == 0 || n->count > LIST_MAX) {
    field_expected(c, n, a->name, "a list of whole numbers, or \"low..high\"");
    return ARGUMENT_WRONG;
  }
  int64_t low;
  int64_t high;
  bounds_of(a, &low, &high);
  out->integers = ARENA_ARRAY(c->memory, int64_t, n->count);
  argument_outcome outcome = out->integers != NULL ? ARGUMENT_READ : ARGUMENT_WRONG;
  for (uint32_t i = 0; out->integers != NULL && i < n->count; i++) {
    if (!field_whole(c, n->items[i], a->name, low, high, &out->integers[i])) {
      outcome = ARGUMENT_WRONG;
    }
  }
  out->list_count = n->count;
  return outcome;
}

static bool read_row(compilation *c, const analysis_argument *a, const node *n, decimal *out) {
  bool all_well = true;
  for (uint32_t i = 0; i < n->count; i++) {
    all_well = field_decimal(c, n->items[i], a->name, &out[i]) && all_well;
  }
  return all_well;
}

static argument_outcome read_rows(compilation *c, const analysis_argument *a, const node *n,
                                  argument_value *out) {
  uint32_t width = n->items[0]->count;
  bool all_well = true;
  for (uint32_t i = 0; i < n->count; i++) {
    const node *row = n->items[i];
    if (row->kind != NODE_LIST || row->count == 0 || row->count != width) {
      field_expected(c, row, a->name, "rows of equal length (%u numbers)", width);
      all_well = false;
    }
  }
  if (!all_well || width > LIST_MAX / n->count) {
    return ARGUMENT_WRONG;
  }
  out->rows_count = n->count;
  out->list_count = n->count * width;
  out->numbers = ARENA_ARRAY(c->memory, decimal, out->list_count);
  for (uint32_t i = 0; out->numbers != NULL && i < n->count; i++) {
    all_well = read_row(c, a, n->items[i], out->numbers + (size_t)i * width) && all_well;
  }
  return all_well && out->numbers != NULL ? ARGUMENT_READ : ARGUMENT_WRONG;
}

static argument_outcome read_numbers(compilation *c, const analysis_argument *a, const node *n,
                                     argument_value *out) {
  if (n->kind != NODE_LIST || n->count == 0 || n->count > LIST_MAX) {
    field_expected(c, n, a->name, "a list of numbers, or of rows of numbers");
    return ARGUMENT_WRONG;
  }
  if (n->items[0]->kind == NODE_LIST) {
    return read_rows(c, a, n, out);
  }
  out->list_count = n->count;
  out->numbers = ARENA_ARRAY(c->memory, decimal, n->count);
  return out->numbers != NULL && read_row(c, a, n, out->numbers) ? ARGUMENT_READ : ARGUMENT_WRONG;
}

/* ---- Maps -------------------------------------------------------------------------------------------- */

/* The variables that the keys of N name, in its order. */
static argument_outcome read_keys(compilation *c, const analysis_argument *a, const node *n,
                                  argument_value *out) {
  symbol **list = ARENA_ARRAY(c->memory, symbol *, (size_t)n->count + 1);
  bool all_well = list != NULL;
  for (uint32_t i = 0; list != NULL && i < n->count; i++) {
    list[i] = symbol_use(c, n->keys[i]->text, n->keys[i]->at);
    all_well = list[i] != NULL && argument_accepts(c, a, list[i], n->keys[i]->at) && all_well;
  }
  return all_well ? take_variables(c, list, n->count, out) : ARGUMENT_WRONG;
}

static argument_outcome read_number_map(compilation *c, const analysis_argument *a, const node *n,
                                        argument_value *out) {
  if (n->kind != NODE_MAP || n->count == 0 || n->count > LIST_MAX) {
    field_expected(c, n, a->name, "a number for each variable, as in \"{quality: 0.8}\"");
    return ARGUMENT_WRONG;
  }
  out->list_count = n->count;
  out->numbers = ARENA_ARRAY(c->memory, decimal, n->count);
  bool all_well = out->numbers != NULL;
  for (uint32_t i = 0; out->numbers != NULL && i < n->count; i++) {
    all_well = field_decimal(c, n->items[i], a->name, &out->numbers[i]) && all_well;
  }
  return read_keys(c, a, n, out) == ARGUMENT_READ && all_well ? ARGUMENT_READ : ARGUMENT_WRONG;
}

/* ---- Texts ---------------------------------------------------------------------------------------- */

static bool read_text(compilation *c, const analysis_argument *a, const node *n, slice *out) {
  slice text;
  if (!field_text(c, n, a->name, &text)) {
    return false;
  }
  char *room = ARENA_ARRAY(c->memory, char, TIDY_GROWTH *text.length + 1);
  if (room != NULL) {
    *out = tidy_text(text, room);
  }
  return room != NULL;
}

static argument_outcome read_texts(compilation *c, const analysis_argument *a, const node *n,
                                   argument_value *out) {
  const bool is_list = n->kind == NODE_LIST;
  if ((!is_list && n->kind != NODE_TEXT) || (is_list && (n->count == 0 || n->count > LIST_MAX))) {
    field_expected(c, n, a->name, "a value, or a list of values");
    return ARGUMENT_WRONG;
  }
  out->list_count = is_list ? n->count : 1;
  out->texts = ARENA_ARRAY(c->memory, slice, out->list_count);
  bool all_well = out->texts != NULL;
  for (uint32_t i = 0; out->texts != NULL && i < out->list_count; i++) {
    all_well = read_text(c, a, is_list ? n->items[i] : n, &out->texts[i]) && all_well;
  }
  return all_well ? ARGUMENT_READ : ARGUMENT_WRONG;
}

static argument_outcome read_text_map(compilation *c, const analysis_argument *a, const node *n,
                                      argument_value *out) {
  if (n->kind != NODE_MAP) {
    return read_texts(c, a, n, out);
  }
  if (n->count == 0 || n->count > LIST_MAX) {
    field_expected(c, n, a->name, "a value for each variable, as in \"{region: north}\"");
    return ARGUMENT_WRONG;
  }
  out->list_count = n->count;
  out->texts = ARENA_ARRAY(c->memory, slice, n->count);
  bool all_well = out->texts != NULL;
  for (uint32_t i = 0; out->texts != NULL && i < n->count; i++) {
    all_well = read_text(c, a, n->items[i], &out->texts[i]) && all_well;
  }
  return read_keys(c, a, n, out) == ARGUMENT_READ && all_well ? ARGUMENT_READ : ARGUMENT_WRONG;
}

/* ---- All ------------------------------------------------------------------------------------------ */

typedef argument_outcome (*argument_reader)(compilation *c, const analysis_argument *a, const node *n,
                                            argument_value *out);

static const argument_reader readers[] = {
    [ARGUMENT_VARIABLE] = read_variable,   [ARGUMENT_VARIABLES] = read_variables,
    [ARGUMENT_CONSTRUCT] = read_construct, [ARGUMENT_INTEGER] = read_integer,
    [ARGUMENT_NUMBER] = read_number,       [ARGUMENT_BOOLEAN] = read_boolean,
    [ARGUMENT_CHOICE] = read_choice,       [ARGUMENT_INTEGERS] = read_integers,
    [ARGUMENT_NUMBERS] = read_numbers,     [ARGUMENT_TEXTS] = read_texts,
    [ARGUMENT_TEXT_MAP] = read_text_map,   [ARGUMENT_NUMBER_MAP] = read_number_map,
    [ARGUMENT_QUESTIONS] = questions_read,
};

argument_outcome argument_read(compilation *c, const analysis_argument *a, const node *n,
                               argument_value *out) {
  out->given = true;
  return readers[a->type](c, a, n, out);
}

void argument_default(compilation *c, const analysis_argument *a, argument_value *out) {
  node *n = NULL;
  bool was_muted = c->problems->muted;
  if (a->fallback == NULL) {
    return;
  }
  c->problems->muted = true;
  argument_value value = {0};
  if (node_read(c->memory, c->problems, slice_of(a->fallback), &n, NULL) == STATUS_OK && n != NULL &&
      readers[a->type](c, a, n, &value) == ARGUMENT_READ) {
    *out = value;
  }
  c->problems->muted = was_muted;
}

static json *list_normal(compilation *c, const analysis_argument *a, const argument_value *v) {
  json *list = json_array(c->memory);
  for (uint32_t i = 0; i < v->variables_count; i++) {
    const char *name = a->type == ARGUMENT_CONSTRUCT ? c->plan->constructs[v->variables[i]].name
                                                     : c->plan->variables[v->variables[i]].name;
    json_push(list, json_text(c->memory, slice_of(name)));
  }
  for (uint32_t i = 0; i < v->list_count; i++) {
    json_push(list, a->type == ARGUMENT_INTEGERS ? json_integer(c->memory, v->integers[i])
                    : v->texts != NULL           ? json_text(c->memory, v->texts[i])
                                                 : normal_decimal(c, v->numbers[i]));
  }
  return list;
}

static json *map_normal(compilation *c, const argument_value *v) {
  json *map = json_object(c->memory);
  for (uint32_t i = 0; i < v->variables_count; i++) {
    json_set(map, c->plan->variables[v->variables[i]].name,
             v->numbers != NULL ? normal_decimal(c, v->numbers[i]) : json_text(c->memory, v->texts[i]));
  }
  return map;
}

json *argument_normal(compilation *c, const analysis_argument *a, const argument_value *v) {
  if (!v->given && a->fallback == NULL && a->type != ARGUMENT_CHOICE) {
    return json_null(c->memory);
  }
  switch (a->type) {
    case ARGUMENT_INTEGER:
      return json_integer(c->memory, v->integer);
    case ARGUMENT_NUMBER:
      return json_number(c->memory, v->number);
    case ARGUMENT_BOOLEAN:
      return json_bool(c->memory, v->integer != 0);
    case ARGUMENT_CHOICE:
      return a->choices != NULL ? json_text(c->memory, slice_of(a->choices[v->integer]))
                                : json_null(c->memory);
    case ARGUMENT_NUMBER_MAP:
      return map_normal(c, v);
    case ARGUMENT_QUESTIONS:
      return questions_normal(c, v);
    default:
      return list_normal(c, a, v);
  }
}
