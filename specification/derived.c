/* Derived variables: each entry names one way to derive and its input. */
#include <stdio.h>
#include <string.h>

#include "specification/definitions.h"

symbol *derived_input(compilation *c, symbol *s, const derivation *d, const node *input) {
  slice name;
  if (!field_name(c, input, d->key, &name)) {
    return NULL;
  }
  symbol *in = symbol_use(c, name, input->at);
  return in != NULL && inputs_set(c, s, &in, 1) ? in : NULL;
}

bool derived_refuse(compilation *c, const derivation *d, const node *input, const symbol *in,
                    const char *expected) {
  problem_at(c->problems, input->at, "%s: '%s' is %s; expected %s", d->key,
             problem_quote(c->problems, slice_of(in->name)), symbol_kind_name(in), expected);
  return false;
}

static bool add_value(compilation *c, symbol *s, plan_value_label value) {
  for (uint32_t i = 0; i < s->values_count; i++) {
    const plan_value_label *other = &s->values[i];
    if (value.is_text ? slice_equal(other->text, value.text) : other->number == value.number) {
      return true;
    }
  }
  if (!ARRAY_ROOM_IN(c->memory, s->values, s->values_count, s->values_capacity)) {
    return false;
  }
  s->values[s->values_count++] = value;
  return true;
}

bool derived_add_text(compilation *c, symbol *s, slice key) {
  return add_value(c, s, (plan_value_label){.is_text = true, .text = key});
}

bool derived_add_code(compilation *c, symbol *s, int64_t code) {
  return add_value(c, s, (plan_value_label){.number = code});
}

bool derived_add_flags(compilation *c, symbol *s) {
  s->values_closed = true;
  return derived_add_code(c, s, 0) && derived_add_code(c, s, 1);
}

/* ISO 8601 weekdays: 1 is Monday. */
static const plan_label weekdays[] = {
    {{"Monday", "星期一", "星期一"}},    {{"Tuesday", "星期二", "星期二"}},
    {{"Wednesday", "星期三", "星期三"}}, {{"Thursday", "星期四", "星期四"}},
    {{"Friday", "星期五", "星期五"}},    {{"Saturday", "星期六", "星期六"}},
    {{"Sunday", "星期日", "星期日"}},
};

static bool read_period(compilation *c, symbol *s, const derivation *d, const node *input) {
  const symbol *in = derived_input(c, s, d, input);
  if (in == NULL) {
    return false;
  }
  if (in->variable.kind != VARIABLE_DATE) {
    return derived_refuse(c, d, input, in, "a date");
  }
  s->variable.kind = VARIABLE_PERIOD;
  s->variable.period = (program_period)d->detail;
  bool all_well = true;
  for (uint32_t i = 0; s->variable.period == PERIOD_WEEKDAY && i < 7 && all_well; i++) {
    static const char *const keys[] = {"1", "2", "3", "4", "5", "6", "7"};
    all_well = derived_add_text(c, s, slice_of(keys[i]));
    if (all_well) {
      s->values[i].label = weekdays[i];
    }
    s->values_closed = true;
  }
  s->normal = normal_definition(c, s);
  json_set_text(s->normal, d->key, in->name);
  return all_well;
}

enum { ABOVE, BELOW };

static bool read_top(compilation *c, symbol *s, const derivation *d, const node *input) {
  const symbol *in = derived_input(c, s, d, input);
  if (in == NULL) {
    return false;
  }
  const program_variable *v = &in->variable;
  if (v->kind != VARIABLE_SCALE) {
    return derived_refuse(c, d, input, in, "a scale");
  }
  int64_t boxes = v->high - v->low > 1 ? 2 : 1;
  const node *n = node_get(s->body, "boxes");
  if (n != NULL && !field_whole(c, n, "boxes", 1, v->high - v->low, &boxes)) {
    return false;
  }
  s->variable.kind = VARIABLE_TOP;
  s->variable.below = d->detail == BELOW;
  s->variable.cut.mantissa = d->detail == BELOW ? v->low + boxes - 1 : v->high - boxes + 1;
  s->normal = normal_definition(c, s);
  json_set_text(s->normal, d->key, in->name);
  json_set_integer(s->normal, "boxes", boxes);
  return derived_add_flags(c, s);
}

static bool read_mean(compilation *c, symbol *s, const derivation *d, const node *input) {
  (void)input;
  symbol **items;
  uint32_t count;
  if (!mean_read(c, s, d->key, &items, &count)) {
    return false;
  }
  s->normal = mean_normal(c, s, items, count);
  return true;
}

static bool read_difference(compilation *c, symbol *s, const derivation *d, const node *input) {
  symbol **pair;
  uint32_t count;
  if (!symbol_list(c, input, d->key, &pair, &count) || !quantities_check(c, input, d->key, pair, count)) {
    return false;
  }
  if (count != 2) {
    problem_at(c->problems, input->at, "difference: expected two variables, found %u", count);
    return false;
  }
  s->variable.kind = VARIABLE_DIFFERENCE;
  s->normal = normal_definition(c, s);
  json_set(s->normal, d->key, normal_symbols(c, pair, count));
  return inputs_set(c, s, pair, count);
}

static bool read_chosen(compilation *c, symbol *s, const derivation *d, const node *input) {
  const symbol *in = derived_input(c, s, d, input);
  const node *option = node_get(s->body, "option");
  if (option == NULL) {
    problem_at(c->problems, s->key->at, "chosen: no option; add option: ..");
    return false;
  }
  if (in == NULL || !field_name(c, option, "option", &s->variable.key)) {
    return false;
  }
  if (program_variable_form(&in->variable) != FORM_SET) {
    return derived_refuse(c, d, input, in, "a multiple choice");
  }
  if (!symbol_knows_text(c, in, s->variable.key, option->at)) {
    return false;
  }
  s->variable.kind = VARIABLE_OPTION;
  s->normal = normal_definition(c, s);
  json_set_text(s->normal, d->key, in->name);
  json_set(s->normal, "option", normal_slice(c, s->variable.key));
  return derived_add_flags(c, s);
}

static const derivation derivations[] = {
    {"bands", {"cuts", "names"}, derived_bands, 0},
    {"recode", {"map", "else"}, derived_recode, 0},
    {"year", {0}, read_period, PERIOD_YEAR},
    {"quarter", {0}, read_period, PERIOD_QUARTER},
    {"month", {0}, read_period, PERIOD_MONTH},
    {"weekday", {0}, read_period, PERIOD_WEEKDAY},
    {"top", {"boxes"}, read_top, ABOVE},
    {"bottom", {"boxes"}, read_top, BELOW},
    {"mean", {"weights", "valid_min"}, read_mean, 0},
    {"difference", {0}, read_difference, 0},
    {"chosen", {"option"}, read_chosen, 0},
    {"cross", {0}, derived_cross, 0},
    {"compute", {"decimals"}, derived_compute, 0},
};

enum { DERIVATIONS_COUNT = sizeof derivations / sizeof derivations[0] };

static const derivation *derivation_of(compilation *c, const symbol *s) {
  const char *keys[DERIVATIONS_COUNT];
  for (size_t i = 0; i < DERIVATIONS_COUNT; i++) {
    keys[i] = derivations[i].key;
  }
  for (uint32_t i = 0; i < s->body->count; i++) {
    for (size_t k = 0; k < DERIVATIONS_COUNT; k++) {
      if (slice_equal(s->body->keys[i]->text, slice_of(keys[k]))) {
        return &derivations[k];
      }
    }
  }
  if (s->body->count == 0) {
    problem_at(c->problems, s->key->at,
               "derived variable '%s' is empty; expected one of: bands, recode, "
               "year, quarter, month, weekday, top, bottom, mean, difference, chosen, cross, compute",
               problem_quote(c->problems, s->key->text));
  } else {
    problem_unknown(c->problems, s->body->keys[0]->at, "way to derive a variable", s->body->keys[0]->text,
                    keys, DERIVATIONS_COUNT);
  }
  return NULL;
}

static void check_keys(compilation *c, const symbol *s, const derivation *d) {
  const char *keys[8] = {"label", "values", d->key};
  size_t count = 3;
  for (size_t i = 0; i < sizeof d->options / sizeof d->options[0] && d->options[i] != NULL; i++) {
    keys[count++] = d->options[i];
  }
  char what[40];
  (void)snprintf(what, sizeof what, "'%s'", d->key);
  field_check_keys(c, s->body, what, keys, count);
}

/* Labels for keys that the derivation has made. */
static bool read_values(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "values");
  if (n == NULL) {
    return true;
  }
  if (!field_is_map(c, n, "values", "values and their labels")) {
    return false;
  }
  bool all_well = true;
  for (uint32_t i = 0; i < n->count; i++) {
    int64_t code = 0;
    bool is_code = whole_parse(n->keys[i]->text, &code);
    plan_value_label *found = NULL;
    for (uint32_t k = 0; k < s->values_count && found == NULL; k++) {
      plan_value_label *v = &s->values[k];
      found = (v->is_text ? slice_equal(v->text, n->keys[i]->text) : is_code && v->number == code) ? v : NULL;
    }
    if (found == NULL) {
      problem_at(c->problems, n->keys[i]->at, "values: '%s' is not a value of '%s'",
                 problem_quote(c->problems, n->keys[i]->text), problem_quote(c->problems, slice_of(s->name)));
      all_well = false;
    } else {
      all_well = field_label(c, n->items[i], "values", &found->label) && all_well;
    }
  }
  return all_well;
}

bool derived_read(compilation *c, symbol *s) {
  if (!field_is_map(c, s->body, "a derived variable", "its definition, such as {top: q1, boxes: 2}")) {
    return false;
  }
  const derivation *d = derivation_of(c, s);
  if (d == NULL) {
    return false;
  }
  check_keys(c, s, d);
  const node *label = node_get(s->body, "label");
  bool all_well = label == NULL || field_label(c, label, "label", &s->label);
  all_well = d->read(c, s, d, node_get(s->body, d->key)) && read_values(c, s) && all_well;
  json_set(s->normal, "label", plan_label_json(&s->label, c->memory));
  json_set(s->normal, "values", normal_values(c, s));
  return all_well;
}

void derived_declare(compilation *c, const node *root) {
  definitions_declare(c, root, "derived", SYMBOL_DERIVED);
}
