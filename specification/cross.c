/* `cross`: two or three variables as one, whose values are the combinations of theirs. */
#include <string.h>

#include "base/buf.h"
#include "specification/definitions.h"

enum { COMBINATIONS_MAX = 10000 };

/* A value of an input: as in keys, and its label where it has one. */
typedef struct crossed_value {
  slice key;
  plan_label label;
} crossed_value;

typedef struct crossed_values {
  crossed_value *of;
  uint32_t count;
} crossed_values;

static const plan_label *label_of_code(const symbol *s, int64_t code) {
  static const plan_label none;
  for (uint32_t i = 0; i < s->values_count; i++) {
    if (!s->values[i].is_text && s->values[i].number == code) {
      return &s->values[i].label;
    }
  }
  return &none;
}

/* All values of S in the order of reports; none where they are not all known. */
static bool values_of(compilation *c, const symbol *s, crossed_values *out) {
  const program_variable *v = &s->variable;
  const bool is_scale = v->kind == VARIABLE_SCALE;
  const int64_t count = is_scale ? v->high - v->low + 1 : s->values_closed ? (int64_t)s->values_count : 0;
  *out = (crossed_values){.of = ARENA_ARRAY(c->memory, crossed_value, (size_t)count + 1),
                          .count = (uint32_t)count};
  for (int64_t i = 0; out->of != NULL && i < count; i++) {
    const plan_value_label *value = is_scale ? NULL : &s->values[i];
    const int64_t code = is_scale ? v->low + i : value->number;
    char digits[DECIMAL_TEXT_BYTES];
    (void)decimal_format((decimal){code, 0}, digits);
    out->of[i].key = value != NULL && value->is_text ? value->text : arena_slice(c->memory, slice_of(digits));
    out->of[i].label = value != NULL ? value->label : *label_of_code(s, code);
  }
  return out->of != NULL && !arena_failed(c->memory);
}

/* The texts of the parts with a cross between them; a part without a label has its key. */
static const char *joined(compilation *c, crossed_value *const *parts, uint32_t count, int language) {
  buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < count; i++) {
    const char *label = language < 0 ? NULL : parts[i]->label.text[language];
    const slice shown = label != NULL ? slice_of(label) : parts[i]->key;
    buf_put_text(&text, i > 0 ? PROGRAM_CROSS_SIGN : "");
    buf_put(&text, shown.bytes, shown.length);
  }
  const char *copy =
      text.failed ? NULL : arena_copy(c->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

static bool add_combination(compilation *c, symbol *s, crossed_value *const *parts, uint32_t count) {
  const char *key = joined(c, parts, count, -1);
  const uint32_t before = s->values_count;
  if (key == NULL || !derived_add_text(c, s, slice_of(key))) {
    return false;
  }
  for (int k = 0; k < LANGUAGES && s->values_count > before; k++) {
    s->values[before].label.text[k] = joined(c, parts, count, k);
  }
  return true;
}

/* Declares the combinations, so that reports keep the order and the labels of the inputs. */
static bool declare_combinations(compilation *c, symbol *s, symbol *const *inputs, uint32_t count) {
  crossed_values values[PROGRAM_BY_MAX];
  uint64_t combinations = 1;
  for (uint32_t i = 0; i < count; i++) {
    if (!values_of(c, inputs[i], &values[i])) {
      return false;
    }
    combinations *= values[i].count;
  }
  bool all_well = true;
  s->values_closed = combinations > 0 && combinations <= COMBINATIONS_MAX;
  for (uint64_t k = 0; s->values_closed && k < combinations && all_well; k++) {
    crossed_value *parts[PROGRAM_BY_MAX];
    uint64_t rest = k;
    for (uint32_t i = count; i-- > 0;) {
      parts[i] = &values[i].of[rest % values[i].count];
      rest /= values[i].count;
    }
    all_well = add_combination(c, s, parts, count);
  }
  return all_well;
}

bool derived_cross(compilation *c, symbol *s, const derivation *d, const node *input) {
  symbol **inputs;
  uint32_t count;
  if (!symbol_list(c, input, d->key, &inputs, &count) || c->open_ended) {
    return false;
  }
  if (count < 2 || count > PROGRAM_BY_MAX) {
    field_expected(c, input, d->key, "a list of two or three variables");
    return false;
  }
  for (uint32_t i = 0; i < count; i++) {
    if ((symbol_accepts(inputs[i]) & ACCEPT_CODED) == 0) {
      return derived_refuse(c, d, input, inputs[i], "scales, nominal variables, bands, periods or flags");
    }
  }
  s->variable.kind = VARIABLE_CROSS;
  s->normal = normal_definition(c, s);
  json_set(s->normal, d->key, normal_symbols(c, inputs, count));
  return inputs_set(c, s, inputs, count) && declare_combinations(c, s, inputs, count);
}
