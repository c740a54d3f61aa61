/* The bytes of VALUES: per place its entries, or of an overflown state n, min, max and w. */
#include "stats/accumulators/shape.h"
#include "stats/accumulators/values.h"

static void encode_table(const values *v, const value_table *t, buf *out) {
  buf_put_varint(out, t->count);
  for (uint32_t i = 0; i < t->count; i++) {
    if (i == 0) {
      buf_put_signed(out, t->entries[i].value);
    } else {
      buf_put_varint(out, (uint64_t)t->entries[i].value - (uint64_t)t->entries[i - 1].value);
    }
    buf_put_varint(out, (uint64_t)t->entries[i].n);
    if (v->s.weighted) {
      buf_put_i128(out, t->entries[i].w);
    }
  }
}

static void encode_range(const values *v, const value_table *t, buf *out) {
  buf_put_varint(out, (uint64_t)t->n);
  if (t->n > 0) {
    buf_put_signed(out, t->min);
    buf_put_signed(out, t->max);
    if (v->s.weighted) {
      buf_put_i128(out, t->w);
    }
  }
}

void values_encode(const void *state, buf *out) {
  const values *v = state;
  uint32_t places = grouping_places(&v->s.groups);
  grouping_encode(&v->s.groups, out);
  buf_put_u8(out, v->s.overflown);
  for (uint32_t place = 0; place < places; place++) {
    if (v->s.overflown) {
      encode_range(v, &v->s.at[place], out);
    } else {
      encode_table(v, &v->s.at[place], out);
    }
  }
}

static void read_range(const values *v, reader *r, value_table *t) {
  t->n = reader_rows(r);
  if (t->n > 0) {
    t->min = reader_signed(r);
    t->max = reader_signed(r);
    if (t->min > t->max || t->min < -NUMBER_MAX || t->max > NUMBER_MAX) {
      reader_fail(r, "a range of values is out of bounds");
    }
    if (v->s.weighted) {
      reader_weights(r, t->n, &t->w, NULL);
    }
  }
}

static void read_entry(const values *v, reader *r, value_table *t, uint32_t i) {
  value_entry *e = &t->entries[i];
  if (i == 0) {
    e->value = reader_signed(r);
  } else {
    uint64_t step = reader_varint(r);
    if (step == 0 || step > (uint64_t)NUMBER_MAX - (uint64_t)e[-1].value) {
      reader_fail(r, "values are not in ascending order");
      return;
    }
    e->value = (int64_t)((uint64_t)e[-1].value + step);
  }
  e->n = reader_rows(r);
  if (e->n < 1 || e->value < -NUMBER_MAX || e->value > NUMBER_MAX) {
    reader_fail(r, "a value without rows, or out of bounds");
    return;
  }
  if (v->s.weighted) {
    reader_weights(r, e->n, &e->w, NULL);
  }
  if (e->n > ACCUMULATOR_ROWS_MAX - t->n) {
    reader_fail(r, "more rows than a dataset may have");
    return;
  }
  values_add_rows(t, e->n, e->w, e->value, e->value);
}

static status read_tables(values *v, reader *r, error *err) {
  enum { ENTRY_BYTES_MIN = 2 };
  uint32_t places = grouping_places(&v->s.groups);
  uint64_t most = reader_left(r) / ENTRY_BYTES_MIN, used = 0;
  most = most < values_entries_max(v) ? most : values_entries_max(v);
  TRY(values_make_entries(v, most, err));
  for (uint32_t place = 0; place < places && r->problem == NULL; place++) {
    value_table *t = &v->s.at[place];
    t->entries = v->entries + used;
    t->count = (uint32_t)reader_count_of(r, most - used, ENTRY_BYTES_MIN);
    used += t->count;
    for (uint32_t i = 0; i < t->count && r->problem == NULL; i++) {
      read_entry(v, r, t, i);
    }
  }
  return STATUS_OK;
}

static status read_ranges(values *v, reader *r, error *err) {
  uint32_t places = grouping_places(&v->s.groups);
  i128 rows = 0;
  TRY(values_make_entries(v, 0, err));
  for (uint32_t place = 0; place < places && r->problem == NULL; place++) {
    read_range(v, r, &v->s.at[place]);
    rows += v->s.at[place].n;
  }
  if (r->problem == NULL && rows <= (i128)values_entries_max(v)) {
    reader_fail(r, "an overflown table with too few rows");
  }
  return STATUS_OK;
}

status values_read(values *v, reader *r, error *err) {
  TRY(grouping_decode(v->p, v->a, sizeof *v->s.at, r, &v->s.groups, err));
  v->s.overflown = reader_count(r, 1) == 1;
  TRY(reader_status(r, "values", err));
  TRY(values_make_places(v, err));
  TRY(v->s.overflown ? read_ranges(v, r, err) : read_tables(v, r, err));
  return reader_status(r, "values", err);
}
