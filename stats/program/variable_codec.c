/* The canonical bytes of a variable: its kind, then the fields that the kind uses, in one fixed order. */
#include <stdlib.h>
#include <string.h>

#include "stats/program/item.h"

/* Beside the kind. */
#define IS_STACKED 0x80U

static void name_encode(buf *out, const char *name) {
  buf_put_slice(out, slice_of(name));
}

static void rules_encode(const program_variable *v, bool numbers, buf *out) {
  buf_put_varint(out, v->rules_count);
  for (uint32_t i = 0; i < v->rules_count; i++) {
    const program_rule *rule = &v->rules[i];
    buf_put_slice(out, rule->text);
    buf_put_u8(out, rule->missing);
    if (rule->missing) {
      buf_put_u8(out, (uint8_t)rule->reason);
    } else if (numbers) {
      item_put_decimal(rule->value, out);
    } else {
      buf_put_slice(out, rule->key);
    }
  }
}

static void rules_decode(reader *r, arena *a, bool numbers, program_variable *v) {
  v->rules_count = item_get_count(r, PROGRAM_RULES_MAX, 3);
  v->rules = ARENA_ARRAY(a, program_rule, v->rules_count);
  for (uint32_t i = 0; v->rules != NULL && i < v->rules_count && r->problem == NULL; i++) {
    program_rule *rule = &v->rules[i];
    rule->text = item_get_text(r, a);
    rule->missing = reader_flag(r);
    if (rule->missing) {
      rule->reason = item_get_reason(r);
    } else if (numbers) {
      rule->value = item_get_decimal(r);
    } else {
      rule->key = item_get_text(r, a);
    }
  }
}

static void texts_encode(const slice *texts, uint32_t count, buf *out) {
  buf_put_varint(out, count);
  for (uint32_t i = 0; i < count; i++) {
    buf_put_slice(out, texts[i]);
  }
}

static slice *texts_decode(reader *r, arena *a, uint32_t max, uint32_t *count) {
  *count = item_get_count(r, max, 1);
  slice *texts = ARENA_ARRAY(a, slice, *count);
  for (uint32_t i = 0; texts != NULL && i < *count && r->problem == NULL; i++) {
    texts[i] = item_get_text(r, a);
  }
  return texts;
}

static int text_order(const void *a, const void *b) {
  return slice_compare(*(const slice *)a, *(const slice *)b);
}

/* Does it change figures that KEY is declared? */
static bool key_decides(const program_variable *v, slice key) {
  return v->closed || v->has_other ||
         (v->kind == VARIABLE_MULTI_CELL &&
          memmem(key.bytes, key.length, v->delimiter, strlen(v->delimiter)) != NULL);
}

/* For a digest, keys that decide about other texts count as a set, and open ones not at all: they only order
 * reports, unless one holds the delimiter. */
static void keys_encode(const program_variable *v, bool for_digest, buf *out) {
  if (!for_digest || v->kind == VARIABLE_MULTI_FLAGS) {
    texts_encode(v->keys, v->keys_count, out);
    return;
  }
  uint32_t count = 0;
  slice *sorted = calloc((size_t)v->keys_count + 1, sizeof *sorted);
  if (sorted == NULL) {
    out->failed = true;
    return;
  }
  for (uint32_t i = 0; i < v->keys_count; i++) {
    if (key_decides(v, v->keys[i])) {
      sorted[count++] = v->keys[i];
    }
  }
  if (count > 1) {
    qsort(sorted, count, sizeof *sorted, text_order);
  }
  texts_encode(sorted, count, out);
  free(sorted);
}

static void names_encode(const char *const *names, uint32_t count, buf *out) {
  buf_put_varint(out, count);
  for (uint32_t i = 0; i < count; i++) {
    name_encode(out, names[i]);
  }
}

static const char **names_decode(reader *r, arena *a, uint32_t max, uint32_t *count) {
  *count = item_get_count(r, max, 1);
  const char **names = ARENA_ARRAY(a, const char *, *count);
  for (uint32_t i = 0; names != NULL && i < *count && r->problem == NULL; i++) {
    names[i] = item_get_name(r, a);
  }
  return names;
}

static void range_bounds_encode(const program_variable *v, buf *out) {
  buf_put_u8(out, v->has_range);
  if (v->has_range) {
    buf_put_signed(out, v->low);
    buf_put_signed(out, v->high);
  }
}

static void inputs_encode(const program_variable *v, const item_numbering *numbering, buf *out) {
  buf_put_varint(out, v->inputs_count);
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    buf_put_varint(out, item_renumbered(numbering, v->inputs[i]));
  }
}

static void column_encode(const program_variable *v, buf *out) {
  if (v->stacked) {
    names_encode(v->columns, v->columns_count, out);
  } else {
    name_encode(out, v->column);
  }
}

static void read_fields_encode(const program_variable *v, unsigned fields, bool for_digest, buf *out) {
  if (fields & FIELD_COLUMN) {
    column_encode(v, out);
  }
  if (fields & FIELD_COLUMNS) {
    names_encode(v->columns, v->columns_count, out);
  }
  if (fields & FIELD_RULES) {
    rules_encode(v, fields & FIELD_RULE_NUMBERS, out);
  }
  if (fields & FIELD_RANGE) {
    range_bounds_encode(v, out);
  }
  if (fields & FIELD_REVERSED) {
    buf_put_u8(out, v->reversed);
  }
  if (fields & FIELD_DECIMALS) {
    buf_put_u8(out, v->decimals);
  }
  if (fields & FIELD_CLOSED) {
    buf_put_u8(out, v->closed);
  }
  if (fields & FIELD_KEYS) {
    keys_encode(v, for_digest, out);
  }
  if (fields & FIELD_DELIMITER) {
    name_encode(out, v->delimiter);
  }
  if (fields & FIELD_FORMAT) {
    name_encode(out, v->format);
    names_encode(v->other_formats, v->other_formats_count, out);
  }
  if (fields & FIELD_ANY_CHOSEN) {
    buf_put_u8(out, v->any_chosen);
  }
  if (fields & FIELD_LEADING) {
    buf_put_u8(out, v->leading_number);
  }
  if (fields & FIELD_NOTATION) {
    buf_put_slice(out, v->thousands);
    buf_put_slice(out, v->prefix);
    buf_put_slice(out, v->suffix);
  }
  if (fields & FIELD_OTHER) {
    buf_put_u8(out, v->has_other);
    buf_put_slice(out, v->has_other ? v->other : (slice){"", 0});
  }
  if (fields & FIELD_RANKING) {
    buf_put_u8(out, v->is_ranking);
  }
  if (fields & FIELD_NONE) {
    buf_put_u8(out, v->has_none);
    buf_put_u8(out, (uint8_t)(v->has_none ? v->none_is : MISSING_BLANK));
  }
  if (fields & FIELDS_READ) {
    buf_put_u8(out, v->optional);
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
    item_put_decimal(v->cut, out);
    buf_put_u8(out, v->below);
  }
  if (fields & FIELD_KEY) {
    buf_put_slice(out, v->key);
  }
  if (fields & FIELD_MEAN) {
    item_mean_encode(v, out);
  }
  if (fields & FIELD_CLUSTER) {
    item_cluster_encode(v, out);
  }
  if (fields & FIELD_SCORE) {
    item_score_encode(v, out);
  }
  if (fields & FIELD_DISTANCE) {
    item_distance_encode(v, out);
  }
  if (fields & FIELD_NODES) {
    nodes_encode(v, out);
  }
  if (fields & FIELD_REPLICATE) {
    buf_put_varint(out, v->groups);
    buf_put_u64(out, v->seed);
  }
}

void variable_encode(const program_variable *v, const item_numbering *numbering, buf *out) {
  const variable_traits *traits = variable_traits_of((uint32_t)v->kind);
  buf_put_u8(out, (uint8_t)((unsigned)v->kind | (v->stacked ? IS_STACKED : 0U)));
  read_fields_encode(v, traits->fields, numbering != NULL, out);
  derived_fields_encode(v, traits->fields, numbering, out);
}

static void delimiter_decode(reader *r, program_variable *v) {
  slice s = reader_slice(r, sizeof v->delimiter - 1);
  if (s.length > 0) {
    memcpy(v->delimiter, s.bytes, s.length);
  }
}

/* How cells are read, after what they are. */
static void notation_fields_decode(reader *r, arena *a, unsigned fields, program_variable *v) {
  if (fields & FIELD_ANY_CHOSEN) {
    v->any_chosen = reader_flag(r);
  }
  if (fields & FIELD_LEADING) {
    v->leading_number = reader_flag(r);
  }
  if (fields & FIELD_NOTATION) {
    v->thousands = item_get_text(r, a);
    v->prefix = item_get_text(r, a);
    v->suffix = item_get_text(r, a);
  }
  if (fields & FIELD_OTHER) {
    v->has_other = reader_flag(r);
    v->other = item_get_text(r, a);
  }
  if (fields & FIELD_RANKING) {
    v->is_ranking = reader_flag(r);
  }
  if (fields & FIELD_NONE) {
    v->has_none = reader_flag(r);
    v->none_is = item_get_reason(r);
  }
  if (fields & FIELDS_READ) {
    v->optional = reader_flag(r);
  }
}

static void read_fields_decode(reader *r, arena *a, unsigned fields, program_variable *v) {
  if ((fields & FIELD_COLUMN) && v->stacked) {
    v->columns = names_decode(r, a, PROGRAM_LOOPS_MAX, &v->columns_count);
  } else if (fields & FIELD_COLUMN) {
    v->column = item_get_name(r, a);
  }
  if (fields & FIELD_COLUMNS) {
    v->columns = names_decode(r, a, PROGRAM_COLUMNS_MAX, &v->columns_count);
  }
  if (fields & FIELD_RULES) {
    rules_decode(r, a, fields & FIELD_RULE_NUMBERS, v);
  }
  if (fields & FIELD_RANGE) {
    v->has_range = reader_flag(r);
    v->low = v->has_range ? reader_signed(r) : 0;
    v->high = v->has_range ? reader_signed(r) : 0;
  }
  if (fields & FIELD_REVERSED) {
    v->reversed = reader_flag(r);
  }
  if (fields & FIELD_DECIMALS) {
    v->decimals = reader_u8(r);
  }
  if (fields & FIELD_CLOSED) {
    v->closed = reader_flag(r);
  }
  if (fields & FIELD_KEYS) {
    v->keys = texts_decode(r, a, PROGRAM_KEYS_MAX, &v->keys_count);
  }
  if (fields & FIELD_DELIMITER) {
    delimiter_decode(r, v);
  }
  if (fields & FIELD_FORMAT) {
    v->format = item_get_name(r, a);
    v->other_formats = names_decode(r, a, PROGRAM_FORMATS_MAX, &v->other_formats_count);
  }
  notation_fields_decode(r, a, fields, v);
}

static void derived_fields_decode(reader *r, arena *a, unsigned fields, program_variable *v) {
  if (fields & FIELD_INPUTS) {
    v->inputs = item_get_references(r, a, PROGRAM_INPUTS_MAX, &v->inputs_count);
  }
  if (fields & FIELD_RANGES) {
    ranges_decode(r, a, v);
  }
  if (fields & FIELD_PERIOD) {
    v->period = (program_period)reader_u8(r);
  }
  if (fields & FIELD_CUT) {
    v->cut = item_get_decimal(r);
    v->below = reader_flag(r);
  }
  if (fields & FIELD_KEY) {
    v->key = item_get_text(r, a);
  }
  if (fields & FIELD_MEAN) {
    item_mean_decode(r, a, v);
  }
  if (fields & FIELD_CLUSTER) {
    item_cluster_decode(r, a, v);
  }
  if (fields & FIELD_SCORE) {
    item_score_decode(r, a, v);
  }
  if (fields & FIELD_DISTANCE) {
    item_distance_decode(r, a, v);
  }
  if (fields & FIELD_NODES) {
    nodes_decode(r, a, v);
  }
  if (fields & FIELD_REPLICATE) {
    v->groups = (uint32_t)reader_count(r, PROGRAM_REPLICATES_MAX);
    v->seed = reader_u64(r);
  }
}

void variable_decode(reader *r, arena *a, program_variable *out) {
  const unsigned byte = reader_u8(r);
  const unsigned kind = byte & ~IS_STACKED;
  const variable_traits *traits = variable_traits_of(kind);
  out->stacked = byte & IS_STACKED;
  if (traits == NULL || (out->stacked && !(traits->fields & FIELD_COLUMN))) {
    reader_fail(r, "an unknown kind of variable");
    return;
  }
  out->kind = (variable_kind)kind;
  read_fields_decode(r, a, traits->fields, out);
  derived_fields_decode(r, a, traits->fields, out);
}
