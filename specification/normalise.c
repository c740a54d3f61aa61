/* The normalised specification: canonical JSON of its content, every default spelled out and
 * every pattern expanded.  Its digest is the plan's name for the specification: comments, spelling,
 * quotes and the order of keys leave no trace.  Order stays where reports show it: variables, values,
 * items, analyses. */
#include "specification/fields.h"

json *normal_decimal(compilation *c, decimal d) {
  char text[32];
  (void)decimal_format(decimal_normalise(d), text);
  return json_text(c->memory, slice_of(text));
}

json *normal_slice(compilation *c, slice s) {
  return json_text(c->memory, s);
}

json *normal_symbols(compilation *c, symbol *const *list, uint32_t count) {
  json *names = json_array(c->memory);
  for (uint32_t i = 0; i < count; i++) {
    json_push(names, json_text(c->memory, slice_of(list[i]->name)));
  }
  return names;
}

json *normal_values(compilation *c, const symbol *s) {
  json *values = json_array(c->memory);
  for (uint32_t i = 0; i < s->values_count; i++) {
    const plan_value_label *v = &s->values[i];
    json *row = json_array(c->memory);
    json_push(row, v->is_text ? normal_slice(c, v->text) : json_integer(c->memory, v->number));
    json_push(row, plan_label_json(&v->label, c->memory));
    json_push(values, row);
  }
  return values;
}

json *normal_definition(compilation *c, const symbol *s) {
  json *o = json_object(c->memory);
  json_set_text(o, "name", s->name);
  json_set(o, "label", plan_label_json(&s->label, c->memory));
  return o;
}

static json *rules_normal(compilation *c, const program_variable *v) {
  json *rules = json_array(c->memory);
  bool numbers = v->kind == VARIABLE_SCALE || v->kind == VARIABLE_NUMBER || v->kind == VARIABLE_MULTI_FLAGS;
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    json *row = json_array(c->memory);
    json_push(row, normal_slice(c, rule->text));
    json_push(row, json_text(c->memory, slice_of(rule->missing ? "missing" : "means")));
    if (rule->missing) {
      json_push(row, json_text(c->memory, slice_of(missing_name(rule->reason))));
    } else {
      json_push(row, numbers ? normal_decimal(c, rule->value) : normal_slice(c, rule->key));
    }
    json_push(rules, row);
  }
  return rules;
}

static json *columns_normal(compilation *c, const program_variable *v) {
  json *columns = json_array(c->memory);
  for (uint32_t i = 0; i < v->columns_count; i++) {
    json_push(columns, json_text(c->memory, slice_of(v->columns[i])));
  }
  if (v->columns_count == 0 && v->column != NULL) {
    json_push(columns, json_text(c->memory, slice_of(v->column)));
  }
  return columns;
}

static json *range_normal(compilation *c, const symbol *s) {
  const program_variable *v = &s->variable;
  json *range = json_array(c->memory);
  bool number = v->kind == VARIABLE_NUMBER;
  json_push(range, number ? normal_decimal(c, s->range_low) : json_integer(c->memory, v->low));
  json_push(range, number ? normal_decimal(c, s->range_high) : json_integer(c->memory, v->high));
  return range;
}

/* A single format is a text, as it was before there could be more. */
static json *formats_normal(compilation *c, const program_variable *v) {
  if (v->format == NULL) {
    return json_null(c->memory);
  }
  json *first = json_text(c->memory, slice_of(v->format));
  if (v->other_formats_count == 0) {
    return first;
  }
  json *all = json_array(c->memory);
  json_push(all, first);
  for (uint32_t i = 0; i < v->other_formats_count; i++) {
    json_push(all, json_text(c->memory, slice_of(v->other_formats[i])));
  }
  return all;
}

static void set_notation(compilation *c, json *o, const char *key, slice text) {
  if (text.length > 0) {
    json_set(o, key, normal_slice(c, text));
  }
}

json *normal_codebook_entry(compilation *c, const symbol *s) {
  static const char *const weight_kinds[] = {
      [WEIGHT_SAMPLING] = "sampling", [WEIGHT_FREQUENCY] = "frequency"};
  const program_variable *v = &s->variable;
  json *o = normal_definition(c, s);
  json_set_text(o, "type", s->type);
  json_set(o, "columns", columns_normal(c, v));
  json_set(o, "rules", rules_normal(c, v));
  json_set(o, "values", normal_values(c, s));
  json_set(o, "range", v->has_range ? range_normal(c, s) : json_null(c->memory));
  json_set_bool(o, "reverse", v->reversed);
  json_set_bool(o, "closed", v->closed);
  json_set_text(o, "delimiter", v->delimiter);
  /* The defaults of these leave no trace: they are older than the keys. */
  if (v->any_chosen) {
    json_set_text(o, "chosen", "any");
  }
  if (v->optional) {
    json_set_bool(o, "optional", true);
  }
  if (v->leading_number) {
    json_set_bool(o, "leading_number", true);
  }
  if (v->has_other) {
    json_set(o, "other", normal_slice(c, v->other));
  }
  if (v->has_none) {
    json_set_text(o, "none_is", missing_name(v->none_is));
  }
  set_notation(c, o, "thousands", v->thousands);
  set_notation(c, o, "prefix", v->prefix);
  set_notation(c, o, "suffix", v->suffix);
  const uint8_t decimals = s->weight != 0 ? s->weight_decimals : s->decimals_declared;
  json_set(o, "decimals", s->decimals_given ? json_integer(c->memory, decimals) : json_null(c->memory));
  json_set(o, "format", formats_normal(c, v));
  json_set(o, "kind",
           s->weight != 0 ? json_text(c->memory, slice_of(weight_kinds[s->weight])) : json_null(c->memory));
  return o;
}

void normal_push(compilation *c, const char *section, json *item) {
  if (item == NULL) {
    return;
  }
  if (json_get(c->normal, section) == NULL) {
    json_set(c->normal, section, json_array(c->memory));
  }
  /* The tree is ours; only the reading interface is const. */
  json_push((json *)json_get(c->normal, section), item);
}
