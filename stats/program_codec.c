/* The canonical bytes of a program's items, written and read.
 *
 * A variable is its kind followed by the fields that the kind uses, in one fixed order; references
 * are varints; optional parts are announced by a flag byte.  Decimals are normalised when written.
 * Reading checks the shape (lengths, counts, flags); what the parts mean together is checked when the
 * item is added to a program, and non-canonical bytes are refused by comparing them with what the
 * program writes.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/program_item.h"

static void decimal_encode(decimal d, buf *out) {
  decimal n = decimal_normalise(d);
  buf_put_signed(out, n.mantissa);
  buf_put_u8(out, n.scale);
}

static decimal decimal_decode(reader *r) {
  decimal d = {.mantissa = reader_signed(r), .scale = reader_u8(r)};
  if (d.scale > DECIMAL_SCALE_MAX) {
    reader_fail(r, "a decimal with too large a scale");
    d.scale = 0;
  }
  return d;
}

static void flag_encode(bool v, buf *out) {
  buf_put_u8(out, v ? 1 : 0);
}

static bool flag_decode(reader *r) {
  uint8_t v = reader_u8(r);
  if (v > 1) {
    reader_fail(r, "a flag that is neither 0 nor 1");
  }
  return v == 1;
}

slice text_decode(reader *r, arena *a) {
  slice s = reader_slice(r, PROGRAM_TEXT_MAX);
  if (s.length == 0) {
    return (slice){.bytes = "", .length = 0};
  }
  slice copy = arena_slice(a, s);
  return copy.bytes ? copy : (slice){.bytes = "", .length = 0};
}

const char *name_decode(reader *r, arena *a) {
  slice s = reader_slice(r, PROGRAM_TEXT_MAX);
  if (s.length > 0 && memchr(s.bytes, 0, s.length)) {
    reader_fail(r, "a name with a NUL in it");
    return "";
  }
  const char *copy = s.length ? arena_copy(a, s) : "";
  return copy ? copy : "";
}

static void name_encode(buf *out, const char *name) {
  buf_put_slice(out, slice_of(name));
}

/* The smallest encoding of one element keeps counts honest before anything is allocated. */
static uint32_t count_decode(reader *r, uint32_t max, size_t bytes_each) {
  return (uint32_t)reader_count_of(r, max, bytes_each);
}

static uint32_t renumbered(const item_numbering *numbering, uint32_t variable) {
  return numbering ? numbering->variables[variable] : variable;
}

/* ---- Variables ---------------------------------------------------------------------------------- */

static void rules_encode(const program_variable *v, bool numbers, buf *out) {
  buf_put_varint(out, v->rules_count);
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    buf_put_slice(out, rule->text);
    flag_encode(rule->missing, out);
    if (rule->missing) {
      buf_put_u8(out, (uint8_t)rule->reason);
    } else if (numbers) {
      decimal_encode(rule->value, out);
    } else {
      buf_put_slice(out, rule->key);
    }
  }
}

static missing_reason reason_decode(reader *r) {
  uint8_t reason = reader_u8(r);
  if (reason >= MISSING_REASONS) {
    reader_fail(r, "an unknown reason for a missing answer");
    return MISSING_OTHER;
  }
  return (missing_reason)reason;
}

static void rules_decode(reader *r, arena *a, bool numbers, program_variable *v) {
  v->rules_count = count_decode(r, PROGRAM_RULES_MAX, 3);
  v->rules = ARENA_ARRAY(a, program_rule, v->rules_count);
  for (uint32_t i = 0; v->rules && i < v->rules_count && !r->problem; i++) {
    program_rule *rule = &v->rules[i];
    rule->text = text_decode(r, a);
    rule->missing = flag_decode(r);
    if (rule->missing) {
      rule->reason = reason_decode(r);
    } else if (numbers) {
      rule->value = decimal_decode(r);
    } else {
      rule->key = text_decode(r, a);
    }
  }
}

/* Which of program_range's flags stand where in its first byte. */
enum {
  RANGE_LOW = 1,
  RANGE_HIGH = 2,
  RANGE_LOW_OPEN = 4,
  RANGE_HIGH_OPEN = 8,
  RANGE_TEXT = 16,
  RANGE_GONE = 32
};

static void result_encode(bool texts, slice key, int64_t code, buf *out) {
  if (texts) {
    buf_put_slice(out, key);
  } else {
    buf_put_signed(out, code);
  }
}

static void range_encode(const program_range *g, bool texts, buf *out) {
  unsigned flags = g->missing ? RANGE_GONE : 0U;
  if (g->is_text) {
    flags |= RANGE_TEXT;
  } else {
    flags |= (g->has_low ? RANGE_LOW : 0U) | (g->has_high ? RANGE_HIGH : 0U);
    flags |= (g->has_low && g->low_open ? RANGE_LOW_OPEN : 0U);
    flags |= (g->has_high && g->high_open ? RANGE_HIGH_OPEN : 0U);
  }
  buf_put_u8(out, (uint8_t)flags);
  if (flags & RANGE_TEXT) {
    buf_put_slice(out, g->text);
  }
  if (flags & RANGE_LOW) {
    decimal_encode(g->low, out);
  }
  if (flags & RANGE_HIGH) {
    decimal_encode(g->high, out);
  }
  if (g->missing) {
    buf_put_u8(out, (uint8_t)g->reason);
  } else {
    result_encode(texts, g->key, g->code, out);
  }
}

static void range_decode(reader *r, arena *a, bool texts, program_range *g) {
  unsigned flags = reader_u8(r);
  g->is_text = flags & RANGE_TEXT;
  g->has_low = flags & RANGE_LOW;
  g->has_high = flags & RANGE_HIGH;
  g->low_open = flags & RANGE_LOW_OPEN;
  g->high_open = flags & RANGE_HIGH_OPEN;
  g->missing = flags & RANGE_GONE;
  if (g->is_text) {
    g->text = text_decode(r, a);
  }
  if (g->has_low) {
    g->low = decimal_decode(r);
  }
  if (g->has_high) {
    g->high = decimal_decode(r);
  }
  if (g->missing) {
    g->reason = reason_decode(r);
  } else if (texts) {
    g->key = text_decode(r, a);
  } else {
    g->code = reader_signed(r);
  }
}

static void ranges_encode(const program_variable *v, buf *out) {
  flag_encode(v->keys_are_texts, out);
  buf_put_varint(out, v->ranges_count);
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    range_encode(&v->ranges[i], v->keys_are_texts, out);
  }
  flag_encode(v->has_else, out);
  if (v->has_else) {
    result_encode(v->keys_are_texts, v->else_key, v->else_code, out);
  }
}

static void ranges_decode(reader *r, arena *a, program_variable *v) {
  v->keys_are_texts = flag_decode(r);
  v->ranges_count = count_decode(r, PROGRAM_RANGES_MAX, 2);
  v->ranges = ARENA_ARRAY(a, program_range, v->ranges_count);
  for (uint32_t i = 0; v->ranges && i < v->ranges_count && !r->problem; i++) {
    range_decode(r, a, v->keys_are_texts, &v->ranges[i]);
  }
  v->has_else = flag_decode(r);
  if (v->has_else && v->keys_are_texts) {
    v->else_key = text_decode(r, a);
  } else if (v->has_else) {
    v->else_code = reader_signed(r);
  }
}

static bool weights_all_one(const program_variable *v) {
  for (uint32_t i = 0; v->weights && i < v->inputs_count; i++) {
    if (v->weights[i] != 1) {
      return false;
    }
  }
  return true;
}

static void mean_encode(const program_variable *v, buf *out) {
  bool weighted = !weights_all_one(v);
  flag_encode(weighted, out);
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    bool rescaled = v->rescaled && v->rescaled[i];
    if (weighted) {
      buf_put_signed(out, v->weights[i]);
    }
    flag_encode(rescaled, out);
    if (rescaled) {
      decimal_encode(v->rescale_low[i], out);
      decimal_encode(v->rescale_high[i], out);
    }
  }
  buf_put_varint(out, v->valid_min);
}

static void mean_decode(reader *r, arena *a, program_variable *v) {
  bool weighted = flag_decode(r);
  v->weights = weighted ? ARENA_ARRAY(a, int64_t, v->inputs_count) : NULL;
  v->rescaled = ARENA_ARRAY(a, bool, v->inputs_count);
  v->rescale_low = ARENA_ARRAY(a, decimal, v->inputs_count);
  v->rescale_high = ARENA_ARRAY(a, decimal, v->inputs_count);
  for (uint32_t i = 0; i < v->inputs_count && !r->problem && !arena_failed(a); i++) {
    if (weighted) {
      v->weights[i] = reader_signed(r);
    }
    v->rescaled[i] = flag_decode(r);
    if (v->rescaled[i]) {
      v->rescale_low[i] = decimal_decode(r);
      v->rescale_high[i] = decimal_decode(r);
    }
  }
  v->valid_min = (uint32_t)reader_count(r, PROGRAM_INPUTS_MAX);
}

static void cluster_encode(const program_variable *v, buf *out) {
  buf_put_varint(out, v->clusters);
  size_t count = (size_t)v->clusters * (1 + (size_t)v->inputs_count);
  for (size_t i = 0; i < count; i++) {
    buf_put_signed(out, v->coefficients[i]);
  }
}

static void cluster_decode(reader *r, arena *a, program_variable *v) {
  v->clusters = count_decode(r, PROGRAM_CLUSTERS_MAX, 1 + (size_t)v->inputs_count);
  size_t count = (size_t)v->clusters * (1 + (size_t)v->inputs_count);
  v->coefficients = ARENA_ARRAY(a, int64_t, count);
  for (size_t i = 0; v->coefficients && i < count && !r->problem; i++) {
    v->coefficients[i] = reader_signed(r);
  }
}

static void texts_encode(const slice *texts, uint32_t count, buf *out) {
  buf_put_varint(out, count);
  for (uint32_t i = 0; i < count; i++) {
    buf_put_slice(out, texts[i]);
  }
}

static slice *texts_decode(reader *r, arena *a, uint32_t max, uint32_t *count) {
  *count = count_decode(r, max, 1);
  slice *texts = ARENA_ARRAY(a, slice, *count);
  for (uint32_t i = 0; texts && i < *count && !r->problem; i++) {
    texts[i] = text_decode(r, a);
  }
  return texts;
}

static int text_order(const void *a, const void *b) {
  return slice_compare(*(const slice *)a, *(const slice *)b);
}

/* For a digest, keys that close the list count as a set, and open ones not at all: they only order
 * reports. */
static void keys_encode(const program_variable *v, bool for_digest, buf *out) {
  if (!for_digest || v->kind == VARIABLE_MULTI_FLAGS) {
    texts_encode(v->keys, v->keys_count, out);
    return;
  }
  uint32_t count = v->closed ? v->keys_count : 0;
  slice *sorted = calloc((size_t)count + 1, sizeof *sorted);
  if (!sorted) {
    out->failed = true;
    return;
  }
  if (count > 0) {
    memcpy(sorted, v->keys, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, text_order);
  }
  texts_encode(sorted, count, out);
  free(sorted);
}

static void columns_encode(const program_variable *v, buf *out) {
  buf_put_varint(out, v->columns_count);
  for (uint32_t i = 0; i < v->columns_count; i++) {
    name_encode(out, v->columns[i]);
  }
}

static void columns_decode(reader *r, arena *a, program_variable *v) {
  v->columns_count = count_decode(r, PROGRAM_COLUMNS_MAX, 1);
  v->columns = ARENA_ARRAY(a, const char *, v->columns_count);
  for (uint32_t i = 0; v->columns && i < v->columns_count && !r->problem; i++) {
    v->columns[i] = name_decode(r, a);
  }
}

static void range_bounds_encode(const program_variable *v, buf *out) {
  flag_encode(v->has_range, out);
  if (v->has_range) {
    buf_put_signed(out, v->low);
    buf_put_signed(out, v->high);
  }
}

static void inputs_encode(const program_variable *v, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, v->inputs_count);
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    buf_put_varint(out, renumbered(numbering, v->inputs[i]));
  }
}

static uint32_t *references_decode(reader *r, arena *a, uint32_t max, uint32_t *count) {
  *count = count_decode(r, max, 1);
  uint32_t *references = ARENA_ARRAY(a, uint32_t, *count);
  for (uint32_t i = 0; references && i < *count && !r->problem; i++) {
    references[i] = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
  }
  return references;
}

static void read_fields_encode(const program_variable *v, unsigned fields, bool for_digest, buf *out) {
  if (fields & FIELD_COLUMN) {
    name_encode(out, v->column);
  }
  if (fields & FIELD_COLUMNS) {
    columns_encode(v, out);
  }
  if (fields & FIELD_RULES) {
    rules_encode(v, fields & FIELD_RULE_NUMBERS, out);
  }
  if (fields & FIELD_RANGE) {
    range_bounds_encode(v, out);
  }
  if (fields & FIELD_REVERSED) {
    flag_encode(v->reversed, out);
  }
  if (fields & FIELD_DECIMALS) {
    buf_put_u8(out, v->decimals);
  }
  if (fields & FIELD_CLOSED) {
    flag_encode(v->closed, out);
  }
  if (fields & FIELD_KEYS) {
    keys_encode(v, for_digest, out);
  }
  if (fields & FIELD_DELIMITER) {
    name_encode(out, v->delimiter);
  }
  if (fields & FIELD_FORMAT) {
    name_encode(out, v->format);
  }
}

static void derived_fields_encode(const program_variable *v, unsigned fields, const item_numbering *numbering,
                                  buf *out) {
  if (fields & FIELD_INPUTS) {
    inputs_encode(v, numbering, out);
  }
  if (fields & FIELD_RANGES) {
    ranges_encode(v, out);
  }
  if (fields & FIELD_PERIOD) {
    buf_put_u8(out, (uint8_t)v->period);
  }
  if (fields & FIELD_CUT) {
    decimal_encode(v->cut, out);
    flag_encode(v->below, out);
  }
  if (fields & FIELD_KEY) {
    buf_put_slice(out, v->key);
  }
  if (fields & FIELD_MEAN) {
    mean_encode(v, out);
  }
  if (fields & FIELD_CLUSTER) {
    cluster_encode(v, out);
  }
}

void variable_encode(const program_variable *v, const item_numbering *numbering, buf *out) {
  const variable_traits *traits = variable_traits_of((uint32_t)v->kind);
  buf_put_u8(out, (uint8_t)v->kind);
  read_fields_encode(v, traits->fields, numbering, out);
  derived_fields_encode(v, traits->fields, numbering, out);
}

static void delimiter_decode(reader *r, program_variable *v) {
  slice s = reader_slice(r, sizeof v->delimiter - 1);
  if (s.length > 0) {
    memcpy(v->delimiter, s.bytes, s.length);
  }
}

static void read_fields_decode(reader *r, arena *a, unsigned fields, program_variable *v) {
  if (fields & FIELD_COLUMN) {
    v->column = name_decode(r, a);
  }
  if (fields & FIELD_COLUMNS) {
    columns_decode(r, a, v);
  }
  if (fields & FIELD_RULES) {
    rules_decode(r, a, fields & FIELD_RULE_NUMBERS, v);
  }
  if (fields & FIELD_RANGE) {
    v->has_range = flag_decode(r);
    v->low = v->has_range ? reader_signed(r) : 0;
    v->high = v->has_range ? reader_signed(r) : 0;
  }
  if (fields & FIELD_REVERSED) {
    v->reversed = flag_decode(r);
  }
  if (fields & FIELD_DECIMALS) {
    v->decimals = reader_u8(r);
  }
  if (fields & FIELD_CLOSED) {
    v->closed = flag_decode(r);
  }
  if (fields & FIELD_KEYS) {
    v->keys = texts_decode(r, a, PROGRAM_KEYS_MAX, &v->keys_count);
  }
  if (fields & FIELD_DELIMITER) {
    delimiter_decode(r, v);
  }
  if (fields & FIELD_FORMAT) {
    v->format = name_decode(r, a);
  }
}

static void derived_fields_decode(reader *r, arena *a, unsigned fields, program_variable *v) {
  if (fields & FIELD_INPUTS) {
    v->inputs = references_decode(r, a, PROGRAM_INPUTS_MAX, &v->inputs_count);
  }
  if (fields & FIELD_RANGES) {
    ranges_decode(r, a, v);
  }
  if (fields & FIELD_PERIOD) {
    v->period = (program_period)reader_u8(r);
  }
  if (fields & FIELD_CUT) {
    v->cut = decimal_decode(r);
    v->below = flag_decode(r);
  }
  if (fields & FIELD_KEY) {
    v->key = text_decode(r, a);
  }
  if (fields & FIELD_MEAN) {
    mean_decode(r, a, v);
  }
  if (fields & FIELD_CLUSTER) {
    cluster_decode(r, a, v);
  }
}

void variable_decode(reader *r, arena *a, program_variable *out) {
  uint8_t kind = reader_u8(r);
  const variable_traits *traits = variable_traits_of(kind);
  if (!traits) {
    reader_fail(r, "an unknown kind of variable");
    return;
  }
  out->kind = (variable_kind)kind;
  read_fields_decode(r, a, traits->fields, out);
  derived_fields_decode(r, a, traits->fields, out);
}

/* ---- Filters, weights, accumulators --------------------------------------------------------------- */

static bool node_has_children(filter_kind kind) {
  return kind == FILTER_AND || kind == FILTER_OR;
}

static bool node_has_variable(filter_kind kind) {
  return kind >= FILTER_EQ;
}

static bool node_has_values(filter_kind kind) {
  return kind >= FILTER_EQ && kind != FILTER_MISSING;
}

void filter_encode(const program_filter *f, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, f->nodes_count);
  for (uint32_t i = 0; i < f->nodes_count; i++) {
    const filter_node *node = &f->nodes[i];
    buf_put_u8(out, (uint8_t)node->kind);
    if (node_has_children(node->kind)) {
      buf_put_varint(out, node->children);
    }
    if (node_has_variable(node->kind)) {
      buf_put_varint(out, renumbered(numbering, node->variable));
    }
    if (node_has_values(node->kind)) {
      buf_put_varint(out, node->values_count);
      for (uint32_t k = 0; k < node->values_count; k++) {
        flag_encode(node->values[k].is_text, out);
        if (node->values[k].is_text) {
          buf_put_slice(out, node->values[k].text);
        } else {
          decimal_encode(node->values[k].number, out);
        }
      }
    }
  }
}

static void node_values_decode(reader *r, arena *a, filter_node *node) {
  node->values_count = count_decode(r, PROGRAM_VALUES_MAX, 2);
  node->values = ARENA_ARRAY(a, filter_value, node->values_count);
  for (uint32_t k = 0; node->values && k < node->values_count && !r->problem; k++) {
    node->values[k].is_text = flag_decode(r);
    if (node->values[k].is_text) {
      node->values[k].text = text_decode(r, a);
    } else {
      node->values[k].number = decimal_decode(r);
    }
  }
}

void filter_decode(reader *r, arena *a, program_filter *out) {
  out->nodes_count = count_decode(r, PROGRAM_NODES_MAX, 1);
  out->nodes = ARENA_ARRAY(a, filter_node, out->nodes_count);
  for (uint32_t i = 0; out->nodes && i < out->nodes_count && !r->problem; i++) {
    filter_node *node = &out->nodes[i];
    uint8_t kind = reader_u8(r);
    if (kind < FILTER_AND || kind > FILTER_HAS) {
      reader_fail(r, "an unknown kind of filter");
      return;
    }
    node->kind = (filter_kind)kind;
    if (node_has_children(node->kind)) {
      node->children = (uint32_t)reader_count(r, PROGRAM_NODES_MAX);
    } else {
      node->children = node->kind == FILTER_NOT ? 1 : 0;
    }
    if (node_has_variable(node->kind)) {
      node->variable = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
    }
    if (node_has_values(node->kind)) {
      node_values_decode(r, a, node);
    }
  }
}

void weight_encode(program_weight w, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, renumbered(numbering, w.variable));
  buf_put_u8(out, (uint8_t)w.kind);
}

void weight_decode(reader *r, program_weight *out) {
  out->variable = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
  out->kind = (weight_kind)reader_u8(r);
}

static void optional_encode(uint32_t index, const item_numbering *numbering, buf *out) {
  uint32_t shown = index == PROGRAM_NONE || numbering ? 0 : index;
  buf_put_varint(out, index == PROGRAM_NONE ? 0 : (uint64_t)shown + 1);
}

static uint32_t optional_decode(reader *r, uint32_t max) {
  uint64_t index = reader_count(r, max);
  return index == 0 ? PROGRAM_NONE : (uint32_t)(index - 1);
}

void accumulator_encode(const program_accumulator *a, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, a->kind);
  buf_put_varint(out, a->variables_count);
  for (uint32_t i = 0; i < a->variables_count; i++) {
    buf_put_varint(out, renumbered(numbering, a->variables[i]));
  }
  buf_put_u8(out, (uint8_t)a->by_count);
  for (uint32_t i = 0; i < a->by_count; i++) {
    buf_put_varint(out, renumbered(numbering, a->by[i]));
  }
  optional_encode(a->filter, numbering, out);
  optional_encode(a->weight, numbering, out);
  buf_put_varint(out, a->params_count);
  for (uint32_t i = 0; i < a->params_count; i++) {
    buf_put_signed(out, a->params[i]);
  }
}

void accumulator_decode(reader *r, arena *a, program_accumulator *out) {
  out->kind = (uint32_t)reader_count(r, UINT16_MAX);
  out->variables = references_decode(r, a, PROGRAM_VARIABLES_MAX, &out->variables_count);
  out->by_count = (uint32_t)reader_u8(r);
  if (out->by_count > 2) {
    reader_fail(r, "more than two grouping variables");
    return;
  }
  for (uint32_t i = 0; i < out->by_count; i++) {
    out->by[i] = (uint32_t)reader_count(r, PROGRAM_VARIABLES_MAX);
  }
  out->filter = optional_decode(r, PROGRAM_FILTERS_MAX);
  out->weight = optional_decode(r, PROGRAM_WEIGHTS_MAX);
  out->params_count = count_decode(r, PROGRAM_PARAMS_MAX, 1);
  out->params = ARENA_ARRAY(a, int64_t, out->params_count);
  for (uint32_t i = 0; out->params && i < out->params_count && !r->problem; i++) {
    out->params[i] = reader_signed(r);
  }
}
