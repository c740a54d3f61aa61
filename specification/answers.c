/* What cells mean: `values` (codes and their labels), `texts` (answer texts and the codes they
 * mean) and `missing` (codes and texts that are not answers, with the reason). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tidy.h"
#include "specification/codebook.h"

/* Of one variable; each is compared with each. */
enum { TEXTS_MAX = 10000, MISSING_CODES_MAX = 1000 };

slice answers_tidy(compilation *c, const symbol *s, slice text) {
  if (s->variable.kind == VARIABLE_TEXT) {
    return tidy_ends(text);
  }
  char *room = arena_alloc(c->memory, TIDY_GROWTH * text.length + 1);
  return room != NULL ? tidy_text(text, room) : text;
}

/* The text of a cell, in the form in which cells are compared. */
static bool cell_text(compilation *c, const symbol *s, const node *n, const char *what, slice *out) {
  if (!field_text(c, n, what, out)) {
    return false;
  }
  *out = answers_tidy(c, s, *out);
  return true;
}

/* The same of a text that names an answer; it is terminated. */
static bool answer_text(compilation *c, const symbol *s, const node *n, const char *what, slice *out) {
  slice written;
  if (!field_name(c, n, what, &written)) {
    return false;
  }
  const char *copy = arena_copy(c->memory, answers_tidy(c, s, written));
  *out = slice_of(copy);
  return copy != NULL;
}

static bool outside_scale(compilation *c, const node *n, const char *what, const symbol *s) {
  const program_variable *v = &s->variable;
  int64_t code;
  if (n->kind == NODE_TEXT && whole_parse(n->text, &code)) {
    problem_at(c->problems, n->at, "%s: %lld is outside the range [%lld, %lld] of '%s'", what,
               (long long)code, (long long)v->low, (long long)v->high,
               problem_quote(c->problems, slice_of(s->name)));
  } else {
    field_expected(c, n, what, "a whole number from %lld to %lld", (long long)v->low, (long long)v->high);
  }
  return false;
}

static bool scale_code(compilation *c, const node *n, const char *what, const symbol *s, int64_t *code) {
  return (n->kind == NODE_TEXT && whole_parse(n->text, code) && *code >= s->variable.low &&
          *code <= s->variable.high) ||
         outside_scale(c, n, what, s);
}

static bool add_value(compilation *c, symbol *s, plan_value_label value, uint32_t capacity) {
  if (s->values == NULL) {
    s->values = ARENA_ARRAY(c->memory, plan_value_label, capacity);
  }
  if (s->values == NULL) {
    return false;
  }
  s->values[s->values_count++] = value;
  return true;
}

/* A label belongs to the code in the file; the plan wants it at the code after reversing. */
static bool scale_value(compilation *c, symbol *s, int64_t code, const node *label, uint32_t capacity) {
  const program_variable *v = &s->variable;
  for (uint32_t i = 0; i < s->values_count; i++) {
    if (s->values[i].number == (v->reversed ? v->low + v->high - code : code)) {
      problem_at(c->problems, label->at, "values: code %lld already has a label", (long long)code);
      return false;
    }
  }
  plan_value_label value = {.number = v->reversed ? v->low + v->high - code : code};
  return (label->kind == NODE_EMPTY || field_label(c, label, "values", &value.label)) &&
         add_value(c, s, value, capacity);
}

static int by_number(const void *left, const void *right) {
  const plan_value_label *a = left;
  const plan_value_label *b = right;
  return (a->number > b->number) - (a->number < b->number);
}

static bool scale_values(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "values");
  if (n == NULL) {
    return true;
  }
  int64_t levels = s->variable.high - s->variable.low + 1;
  bool all_well = true;
  if (n->kind == NODE_LIST) {
    if ((int64_t)n->count != levels) {
      problem_at(c->problems, n->at, "values: %u labels for the %lld codes of the range", n->count,
                 (long long)levels);
      return false;
    }
    for (uint32_t i = 0; i < n->count; i++) {
      all_well = scale_value(c, s, s->variable.low + i, n->items[i], n->count) && all_well;
    }
  } else if (n->kind == NODE_MAP) {
    for (uint32_t i = 0; i < n->count; i++) {
      int64_t code;
      all_well = scale_code(c, n->keys[i], "values", s, &code) &&
                 scale_value(c, s, code, n->items[i], n->count) && all_well;
    }
  } else {
    field_expected(c, n, "values", "a map of codes and labels, or a list with one label per code");
    return false;
  }
  if (s->values_count > 0) {
    qsort(s->values, s->values_count, sizeof s->values[0], by_number);
  }
  return all_well;
}

static bool add_rule(compilation *c, symbol *s, program_rule rule, uint32_t capacity) {
  program_variable *v = &s->variable;
  if (v->rules == NULL) {
    v->rules = ARENA_ARRAY(c->memory, program_rule, capacity);
  }
  if (v->rules == NULL) {
    return false;
  }
  v->rules[v->rules_count++] = rule;
  return true;
}

static uint32_t rules_capacity(const symbol *s) {
  const node *texts = node_get(s->body, "texts");
  const node *missing = node_get(s->body, "missing");
  return (texts != NULL ? texts->count : 0) + (missing != NULL ? missing->count : 0) + PLATFORM_MISSING_MAX;
}

static bool texts_section(compilation *c, const symbol *s, const node **out) {
  *out = node_get(s->body, "texts");
  if (*out == NULL) {
    return true;
  }
  if ((*out)->count > TEXTS_MAX) {
    problem_at(c->problems, (*out)->at, "texts: %u are more than %d", (*out)->count, TEXTS_MAX);
    return false;
  }
  return field_is_map(c, *out, "texts", "answer texts and what they mean");
}

/* Where the page has no `values`, a code is called what its first answer text says. */
static bool labels_of_texts(compilation *c, symbol *s, const node *texts) {
  const program_variable *v = &s->variable;
  bool all_well = true;
  for (uint32_t i = 0; i < texts->count && all_well; i++) {
    int64_t code = 0;
    const slice text = texts->keys[i]->text;
    if (text.length == 0 || !whole_parse(texts->items[i]->text, &code)) {
      continue;
    }
    plan_value_label value = {.number = v->reversed ? v->low + v->high - code : code};
    bool has_label = false;
    for (uint32_t k = 0; k < s->values_count; k++) {
      has_label = has_label || s->values[k].number == value.number;
    }
    const char *copy = has_label ? NULL : arena_copy(c->memory, text);
    for (size_t k = 0; k < LANGUAGES; k++) {
      value.label.text[k] = copy;
    }
    all_well = has_label || (copy != NULL && add_value(c, s, value, texts->count));
  }
  if (s->values_count > 0) {
    qsort(s->values, s->values_count, sizeof s->values[0], by_number);
  }
  return all_well;
}

bool answers_of_scale(compilation *c, symbol *s) {
  const node *texts;
  bool all_well = scale_values(c, s);
  if (!texts_section(c, s, &texts)) {
    return false;
  }
  for (uint32_t i = 0; texts != NULL && i < texts->count; i++) {
    program_rule rule = {0};
    all_well = scale_code(c, texts->items[i], "texts", s, &rule.value.mantissa) &&
               cell_text(c, s, texts->keys[i], "texts", &rule.text) &&
               add_rule(c, s, rule, rules_capacity(s)) && all_well;
  }
  if (all_well && texts != NULL && node_get(s->body, "values") == NULL) {
    all_well = labels_of_texts(c, s, texts);
  }
  return all_well;
}

bool answers_of_numbers(compilation *c, symbol *s, int64_t low, int64_t high) {
  const node *texts;
  bool all_well = true;
  if (!texts_section(c, s, &texts)) {
    return false;
  }
  for (uint32_t i = 0; texts != NULL && i < texts->count; i++) {
    program_rule rule = {0};
    bool read = field_decimal(c, texts->items[i], "texts", &rule.value);
    if (read && (decimal_compare(rule.value, (decimal){low, 0}) < 0 ||
                 decimal_compare(rule.value, (decimal){high, 0}) > 0)) {
      field_expected(c, texts->items[i], "texts", "%lld or %lld", (long long)low, (long long)high);
      read = false;
    }
    all_well = read && cell_text(c, s, texts->keys[i], "texts", &rule.text) &&
               add_rule(c, s, rule, rules_capacity(s)) && all_well;
  }
  return all_well;
}

bool answers_label_text(compilation *c, symbol *s, slice key, const node *label) {
  plan_value_label value = {.is_text = true, .text = key};
  if (label != NULL && label->kind != NODE_EMPTY && !field_label(c, label, "values", &value.label)) {
    return false;
  }
  return add_value(c, s, value, s->variable.keys_count);
}

static int by_slice(const void *left, const void *right) {
  return slice_compare(*(const slice *)left, *(const slice *)right);
}

/* A list may name a value twice, and a map in two ways. */
static bool check_twice(compilation *c, const node *n, const slice *keys) {
  slice *sorted = ARENA_ARRAY(c->memory, slice, (size_t)n->count + 1);
  if (sorted == NULL) {
    return false;
  }
  bool all_well = true;
  memcpy(sorted, keys, n->count * sizeof keys[0]);
  qsort(sorted, n->count, sizeof sorted[0], by_slice);
  for (uint32_t i = 1; i < n->count; i++) {
    if (slice_equal(sorted[i - 1], sorted[i])) {
      problem_at(c->problems, n->at, "values: '%s' is named twice", problem_quote(c->problems, sorted[i]));
      all_well = false;
    }
  }
  return all_well;
}

static bool text_values(compilation *c, symbol *s, const node *n, const char *what) {
  if ((n->kind != NODE_LIST && n->kind != NODE_MAP) || n->count == 0) {
    field_expected(c, n, what, "a list of answers, or a map of answers and labels");
    return false;
  }
  if (n->count > LEVELS_MAX) {
    problem_at(c->problems, n->at, "%s: %u answers are more than %d", what, n->count, LEVELS_MAX);
    return false;
  }
  program_variable *v = &s->variable;
  v->keys = ARENA_ARRAY(c->memory, slice, n->count);
  bool all_well = v->keys != NULL;
  for (uint32_t i = 0; i < n->count && v->keys != NULL; i++) {
    all_well =
        answer_text(c, s, n->kind == NODE_MAP ? n->keys[i] : n->items[i], what, &v->keys[i]) && all_well;
  }
  if (!all_well || !check_twice(c, n, v->keys)) {
    return false;
  }
  v->keys_count = n->count;
  for (uint32_t i = 0; i < n->count; i++) {
    all_well = answers_label_text(c, s, v->keys[i], n->kind == NODE_MAP ? n->items[i] : NULL) && all_well;
  }
  return all_well;
}

/* Where the answers are declared, texts must lead to one of them. */
static bool check_target(compilation *c, const symbol *s, const node *n, slice target) {
  const program_variable *v = &s->variable;
  for (uint32_t k = 0; k < v->keys_count; k++) {
    if (slice_equal(v->keys[k], target)) {
      return true;
    }
  }
  if (v->keys_count == 0) {
    return true;
  }
  const char **names = (const char **)arena_array(c->memory, v->keys_count, sizeof names[0]);
  for (uint32_t k = 0; names != NULL && k < v->keys_count; k++) {
    names[k] = v->keys[k].bytes;
  }
  problem_unknown(c->problems, n->at, "value", n->text, names, names != NULL ? v->keys_count : 0);
  return false;
}

/* Where values are declared, it is the last of them, unless it has another place. */
static bool add_other(compilation *c, symbol *s) {
  program_variable *v = &s->variable;
  for (uint32_t i = 0; i < v->keys_count; i++) {
    if (slice_equal(v->keys[i], v->other)) {
      return true;
    }
  }
  if (v->keys_count == 0) {
    return true;
  }
  slice *keys = ARENA_ARRAY(c->memory, slice, (size_t)v->keys_count + 1);
  plan_value_label *values = ARENA_ARRAY(c->memory, plan_value_label, (size_t)v->keys_count + 1);
  if (keys == NULL || values == NULL) {
    return false;
  }
  memcpy(keys, v->keys, v->keys_count * sizeof *keys);
  memcpy(values, s->values, s->values_count * sizeof *values);
  keys[v->keys_count] = v->other;
  values[s->values_count] = (plan_value_label){.is_text = true, .text = v->other};
  v->keys = keys;
  v->keys_count++;
  s->values = values;
  s->values_count++;
  return true;
}

static bool read_other(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "other");
  if (n == NULL) {
    return true;
  }
  if (s->variable.closed) {
    problem_at(c->problems, n->at, "other: with `closed: true` there are no other answers");
    return false;
  }
  s->variable.has_other = true;
  if (!answer_text(c, s, n, "other", &s->variable.other) || !add_other(c, s)) {
    return false;
  }
  s->values_closed = s->variable.keys_count > 0; /* whatever else is written counts as one of them */
  return true;
}

bool answers_of_texts(compilation *c, symbol *s, const char *what) {
  const node *values = node_get(s->body, "values");
  const node *texts;
  bool all_well = values == NULL || text_values(c, s, values, what);
  all_well = read_other(c, s) && all_well;
  if (!texts_section(c, s, &texts)) {
    return false;
  }
  for (uint32_t i = 0; texts != NULL && i < texts->count; i++) {
    program_rule rule = {0};
    all_well = answer_text(c, s, texts->items[i], "texts", &rule.key) &&
               check_target(c, s, texts->items[i], rule.key) &&
               cell_text(c, s, texts->keys[i], "texts", &rule.text) &&
               add_rule(c, s, rule, rules_capacity(s)) && all_well;
  }
  return all_well;
}

/* Reasons that a codebook can give; the others are found while reading. */
enum { REASONS_DECLARABLE = MISSING_OTHER + 1 };

static bool has_rule(const symbol *s, slice code) {
  bool by_value = s->variable.kind == VARIABLE_SCALE || s->variable.kind == VARIABLE_NUMBER;
  decimal wanted;
  bool is_number = by_value && decimal_parse(slice_trim(code), '.', &wanted);
  for (uint32_t i = 0; i < s->variable.rules_count; i++) {
    slice other = s->variable.rules[i].text;
    decimal number;
    bool same = slice_equal(other, code) || (is_number && decimal_parse(slice_trim(other), '.', &number) &&
                                             decimal_compare(number, wanted) == 0);
    if (same) {
      return true;
    }
  }
  return false;
}

static bool rule_is_taken(compilation *c, const symbol *s, const node *code) {
  const bool is_taken = has_rule(s, answers_tidy(c, s, code->text));
  if (is_taken) {
    problem_at(c->problems, code->at, "missing: '%s' already has a meaning",
               problem_quote(c->problems, code->text));
  }
  return is_taken;
}

static bool missing_rule(compilation *c, symbol *s, const node *code, missing_reason reason) {
  program_rule rule = {.missing = true, .reason = reason};
  return cell_text(c, s, code, "missing", &rule.text) && !rule_is_taken(c, s, code) &&
         missing_span_check(c, s, code, rule.text) && add_rule(c, s, rule, rules_capacity(s));
}

bool answers_read_reason(compilation *c, const node *n, const char *what, missing_reason *out) {
  const char *reasons[REASONS_DECLARABLE];
  size_t reason = 0;
  for (int i = 0; i < REASONS_DECLARABLE; i++) {
    reasons[i] = missing_name((missing_reason)i);
  }
  const bool read = field_choice(c, n, what, reasons, REASONS_DECLARABLE, &reason);
  *out = (missing_reason)reason;
  return read;
}

bool answers_missing(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "missing");
  if (n == NULL) {
    return true;
  }
  if (n->count > MISSING_CODES_MAX) {
    problem_at(c->problems, n->at, "missing: %u codes are more than %d", n->count, MISSING_CODES_MAX);
    return false;
  }
  bool all_well = true;
  if (n->kind == NODE_LIST) {
    for (uint32_t i = 0; i < n->count; i++) {
      all_well = missing_rule(c, s, n->items[i], MISSING_OTHER) && all_well;
    }
  } else if (n->kind == NODE_MAP) {
    for (uint32_t i = 0; i < n->count; i++) {
      missing_reason reason;
      all_well = answers_read_reason(c, n->items[i], "reason", &reason) &&
                 missing_rule(c, s, n->keys[i], reason) && all_well;
    }
  } else {
    field_expected(c, n, "missing", "a map of codes and reasons, or a list of codes");
    return false;
  }
  return all_well;
}

/* Could a cell with CODE be an answer, by what is declared? */
static bool is_answer(const symbol *s, slice code) {
  const program_variable *v = &s->variable;
  int64_t number;
  const bool is_number = whole_parse(code, &number);
  bool is_key = false;
  for (uint32_t i = 0; i < v->keys_count && v->kind != VARIABLE_MULTI_FLAGS; i++) {
    is_key = is_key || slice_equal(v->keys[i], code);
  }
  switch (v->kind) {
    case VARIABLE_SCALE:
      return is_number && number >= v->low && number <= v->high;
    case VARIABLE_NUMBER:
      return s->weight != 0 ||
             (is_number && v->has_range && decimal_compare((decimal){number, 0}, s->range_low) >= 0 &&
              decimal_compare((decimal){number, 0}, s->range_high) <= 0);
    case VARIABLE_TEXT:
      return true;
    default:
      return is_key;
  }
}

bool answers_of_platform(compilation *c, symbol *s) {
  bool all_well = true;
  const platform_missing *m = c->platform != NULL ? c->platform->missing : NULL;
  for (; m != NULL && m->code != NULL; m++) {
    program_rule rule = {.text = slice_of(m->code), .missing = true};
    while (strcmp(missing_name(rule.reason), m->reason) != 0) {
      rule.reason++;
    }
    if (!has_rule(s, rule.text) && !is_answer(s, rule.text)) {
      all_well = add_rule(c, s, rule, rules_capacity(s)) && all_well;
    }
  }
  return all_well;
}

static int by_rule_text(const void *left, const void *right) {
  return slice_compare(((const program_rule *)left)->text, ((const program_rule *)right)->text);
}

static bool same_meaning(const program_rule *a, const program_rule *b) {
  return a->missing == b->missing && a->reason == b->reason && decimal_compare(a->value, b->value) == 0 &&
         slice_equal(a->key, b->key);
}

bool answers_sort(compilation *c, symbol *s) {
  program_variable *v = &s->variable;
  bool all_well = true;
  if (v->rules_count > 0) {
    qsort(v->rules, v->rules_count, sizeof v->rules[0], by_rule_text);
  }
  for (uint32_t i = 1; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    if (slice_equal(rule->text, rule[-1].text) && !same_meaning(rule, rule - 1)) {
      problem_at(c->problems, s->key->at,
                 "'%s': two texts that look the same, '%s', have different meanings; characters that show "
                 "nothing, and full width, make no difference",
                 problem_quote(c->problems, slice_of(s->name)), problem_quote(c->problems, rule->text));
      all_well = false;
    }
  }
  return all_well;
}
