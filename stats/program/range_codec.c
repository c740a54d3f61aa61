/* The canonical bytes of what a RECODE does: its ranges in their order, and what becomes of the rest. */
#include "stats/program/item.h"

missing_reason item_get_reason(reader *r) {
  uint8_t reason = reader_u8(r);
  if (reason >= MISSING_REASONS) {
    reader_fail(r, "an unknown reason for a missing answer");
    return MISSING_OTHER;
  }
  return (missing_reason)reason;
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

/* What becomes of what no range holds. */
enum { OTHERS_MISSING, OTHERS_ELSE, OTHERS_KEPT };

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
    item_put_decimal(g->low, out);
  }
  if (flags & RANGE_HIGH) {
    item_put_decimal(g->high, out);
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
    g->text = item_get_text(r, a);
  }
  if (g->has_low) {
    g->low = item_get_decimal(r);
  }
  if (g->has_high) {
    g->high = item_get_decimal(r);
  }
  if (g->missing) {
    g->reason = item_get_reason(r);
  } else if (texts) {
    g->key = item_get_text(r, a);
  } else {
    g->code = reader_signed(r);
  }
}

void ranges_encode(const program_variable *v, buf *out) {
  buf_put_u8(out, v->keys_are_texts);
  buf_put_varint(out, v->ranges_count);
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    range_encode(&v->ranges[i], v->keys_are_texts, out);
  }
  buf_put_u8(out, v->has_else ? OTHERS_ELSE : v->keeps_others ? OTHERS_KEPT : OTHERS_MISSING);
  if (v->has_else) {
    result_encode(v->keys_are_texts, v->else_key, v->else_code, out);
  }
}

void ranges_decode(reader *r, arena *a, program_variable *v) {
  v->keys_are_texts = reader_flag(r);
  v->ranges_count = item_get_count(r, PROGRAM_RANGES_MAX, 2);
  v->ranges = ARENA_ARRAY(a, program_range, v->ranges_count);
  for (uint32_t i = 0; v->ranges != NULL && i < v->ranges_count && r->problem == NULL; i++) {
    range_decode(r, a, v->keys_are_texts, &v->ranges[i]);
  }
  const uint8_t others = reader_u8(r);
  if (others > OTHERS_KEPT) {
    reader_fail(r, "an unknown rule for what no range holds");
  }
  v->has_else = others == OTHERS_ELSE;
  v->keeps_others = others == OTHERS_KEPT;
  if (v->has_else && v->keys_are_texts) {
    v->else_key = item_get_text(r, a);
  } else if (v->has_else) {
    v->else_code = reader_signed(r);
  }
}
