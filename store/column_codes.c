/* Codes as bytes: counts, then texts; a flag for what is rare. */
#include "store/column_codes.h"

enum {
  TEXT_BYTES_MAX = 1 << 20,
  HAS_VALUES = 1 << 0,
  HAS_MISSING = 1 << 1,
  HAS_MEASURE = 1 << 2,
  HAS_DATES = 1 << 3,
  IS_WEIGHT = 1 << 4,
  IS_SET = 1 << 5,
  FLAGS = 1 << 6,
};

uint64_t column_codes_bytes(const column_codes *c) {
  uint64_t bytes = c->date_format.length;
  for (uint32_t i = 0; i < c->values_count; i++) {
    bytes += sizeof(code_label) + c->values[i].code.length + c->values[i].label.length;
  }
  for (uint32_t i = 0; i < c->missing_count; i++) {
    bytes += sizeof(code_range) + c->missing[i].low.length + c->missing[i].high.length;
  }
  return bytes;
}

bool column_codes_equal(const column_codes *a, const column_codes *b) {
  bool equal = a->values_count == b->values_count && a->missing_count == b->missing_count &&
               a->measure == b->measure && slice_equal(a->date_format, b->date_format) &&
               a->is_weight == b->is_weight && a->is_set == b->is_set;
  for (uint32_t i = 0; equal && i < a->values_count; i++) {
    equal = slice_equal(a->values[i].code, b->values[i].code) &&
            slice_equal(a->values[i].label, b->values[i].label);
  }
  for (uint32_t i = 0; equal && i < a->missing_count; i++) {
    equal = a->missing[i].is_range == b->missing[i].is_range &&
            slice_equal(a->missing[i].low, b->missing[i].low) &&
            slice_equal(a->missing[i].high, b->missing[i].high);
  }
  return equal;
}

column_codes column_codes_copy(const column_codes *from, arena *memory) {
  column_codes c = *from;
  code_label *values = ARENA_ARRAY(memory, code_label, (size_t)from->values_count + 1);
  code_range *missing = ARENA_ARRAY(memory, code_range, (size_t)from->missing_count + 1);
  c.values = values;
  c.missing = missing;
  for (uint32_t i = 0; values != NULL && i < from->values_count; i++) {
    values[i] = (code_label){.code = arena_slice(memory, from->values[i].code),
                             .label = arena_slice(memory, from->values[i].label)};
  }
  for (uint32_t i = 0; missing != NULL && i < from->missing_count; i++) {
    missing[i] = (code_range){.low = arena_slice(memory, from->missing[i].low),
                              .high = arena_slice(memory, from->missing[i].high),
                              .is_range = from->missing[i].is_range};
  }
  c.date_format = arena_slice(memory, from->date_format);
  return c;
}

static uint8_t flags_of(const column_codes *c) {
  return (uint8_t)((c->values_count > 0 ? HAS_VALUES : 0) | (c->missing_count > 0 ? HAS_MISSING : 0) |
                   (c->measure != MEASURE_UNKNOWN ? HAS_MEASURE : 0) |
                   (c->date_format.length > 0 ? HAS_DATES : 0) | (c->is_weight ? IS_WEIGHT : 0) |
                   (c->is_set ? IS_SET : 0));
}

void column_codes_encode(const column_codes *c, buf *out) {
  buf_put_u8(out, flags_of(c));
  if (c->values_count > 0) {
    buf_put_varint(out, c->values_count);
  }
  for (uint32_t i = 0; i < c->values_count; i++) {
    buf_put_slice(out, c->values[i].code);
    buf_put_slice(out, c->values[i].label);
  }
  if (c->missing_count > 0) {
    buf_put_varint(out, c->missing_count);
  }
  for (uint32_t i = 0; i < c->missing_count; i++) {
    buf_put_u8(out, c->missing[i].is_range);
    buf_put_slice(out, c->missing[i].low);
    if (c->missing[i].is_range) {
      buf_put_slice(out, c->missing[i].high);
    }
  }
  if (c->measure != MEASURE_UNKNOWN) {
    buf_put_u8(out, (uint8_t)c->measure);
  }
  if (c->date_format.length > 0) {
    buf_put_slice(out, c->date_format);
  }
}

static void decode_values(reader *r, arena *memory, column_codes *out) {
  const uint32_t count = (uint32_t)reader_count_of(r, COLUMN_LABELS_MAX, 2);
  code_label *values = ARENA_ARRAY(memory, code_label, (size_t)count + 1);
  for (uint32_t i = 0; values != NULL && r->problem == NULL && i < count; i++) {
    values[i].code = reader_text(r, TEXT_BYTES_MAX, memory);
    values[i].label = reader_text(r, TEXT_BYTES_MAX, memory);
  }
  out->values = values;
  out->values_count = values != NULL ? count : 0;
  if (count == 0) {
    reader_fail(r, "a column has no labels of values after all");
  }
}

static void decode_missing(reader *r, arena *memory, column_codes *out) {
  const uint32_t count = (uint32_t)reader_count_of(r, COLUMN_MISSING_MAX, 2);
  code_range *missing = ARENA_ARRAY(memory, code_range, (size_t)count + 1);
  for (uint32_t i = 0; missing != NULL && r->problem == NULL && i < count; i++) {
    missing[i].is_range = reader_flag(r);
    missing[i].low = reader_text(r, TEXT_BYTES_MAX, memory);
    if (missing[i].is_range) {
      missing[i].high = reader_text(r, TEXT_BYTES_MAX, memory);
    }
  }
  out->missing = missing;
  out->missing_count = missing != NULL ? count : 0;
  if (count == 0) {
    reader_fail(r, "a column has no missing codes after all");
  }
}

void column_codes_decode(reader *r, arena *memory, column_codes *out) {
  *out = (column_codes){0};
  const uint8_t flags = reader_u8(r);
  if (flags >= FLAGS) {
    reader_fail(r, "the codes of a column are described in an unknown way");
  }
  if ((flags & HAS_VALUES) != 0) {
    decode_values(r, memory, out);
  }
  if ((flags & HAS_MISSING) != 0) {
    decode_missing(r, memory, out);
  }
  if ((flags & HAS_MEASURE) != 0) {
    const uint8_t measure = reader_u8(r);
    if (measure == MEASURE_UNKNOWN || measure >= MEASURES) {
      reader_fail(r, "the measure of a column is not known");
    } else {
      out->measure = (column_measure)measure;
    }
  }
  if ((flags & HAS_DATES) != 0) {
    out->date_format = reader_text(r, TEXT_BYTES_MAX, memory);
    if (out->date_format.length == 0) {
      reader_fail(r, "the dates of a column have no format");
    }
  }
  out->is_weight = (flags & IS_WEIGHT) != 0;
  out->is_set = (flags & IS_SET) != 0;
}

/* ---- Sets ------------------------------------------------------------------------------------------- */

code_set code_set_copy(const code_set *from, arena *memory) {
  uint32_t *columns = ARENA_ARRAY(memory, uint32_t, (size_t)from->columns_count + 1);
  for (uint32_t i = 0; columns != NULL && i < from->columns_count; i++) {
    columns[i] = from->columns[i];
  }
  return (code_set){.name = arena_slice(memory, from->name),
                    .label = arena_slice(memory, from->label),
                    .counted = arena_slice(memory, from->counted),
                    .columns = columns,
                    .columns_count = from->columns_count};
}

void code_set_encode(const code_set *s, buf *out) {
  buf_put_slice(out, s->name);
  buf_put_slice(out, s->label);
  buf_put_slice(out, s->counted);
  buf_put_varint(out, s->columns_count);
  for (uint32_t i = 0; i < s->columns_count; i++) {
    buf_put_varint(out, s->columns[i]);
  }
}

void code_set_decode(reader *r, uint32_t columns, arena *memory, code_set *out) {
  out->name = reader_text(r, TEXT_BYTES_MAX, memory);
  out->label = reader_text(r, TEXT_BYTES_MAX, memory);
  out->counted = reader_text(r, TEXT_BYTES_MAX, memory);
  out->columns_count = (uint32_t)reader_count_of(r, columns, 1);
  uint32_t *list = ARENA_ARRAY(memory, uint32_t, (size_t)out->columns_count + 1);
  for (uint32_t i = 0; list != NULL && r->problem == NULL && i < out->columns_count; i++) {
    list[i] = (uint32_t)reader_count(r, columns);
    if (list[i] >= columns) {
      reader_fail(r, "a set has a column that does not exist");
    }
  }
  out->columns = list;
}
