/* Labels of values, and missing values: codes become the texts that cells have. */
#include <string.h>

#include "reading/sav/sav.h"

/* ---- Codes ------------------------------------------------------------------------------------------ */

static uint32_t column_of(const sav_making *m, uint32_t record) {
  return record != INPUT_ABSENT ? m->columns[record] : INPUT_ABSENT;
}

/* The text that the number V has in cells of COLUMN. */
static status number_code(sav_making *m, uint32_t column, double v, slice *out, error *err) {
  const sav_file *s = m->f->self;
  input_cell cell = {0};
  return sav_number(v, s->variables[column].moment, '.', m->f->memory, &cell) &&
                 value_text(&cell, '.', m->f->memory, out)
             ? STATUS_OK
             : error_no_memory(err, m->f->title);
}

/* The text of a code of eight bytes; empty: the code has none. */
static status element_code(sav_making *m, uint32_t column, const uint8_t *element, slice *out, error *err) {
  const sav_file *s = m->f->self;
  const slice name = m->f->header.columns[column].name;
  if (s->variables[column].width > 0) {
    return sav_text(m, (slice){(const char *)element, SAV_ELEMENT_BYTES}, "a code of variable", name, out,
                    err);
  }
  const double v = sav_double(&s->numbers, element);
  *out = (slice){NULL, 0};
  return sav_is_missing(&s->numbers, v) ? STATUS_OK : number_code(m, column, v, out, err);
}

/* ---- Labels of values ------------------------------------------------------------------------------- */

static status make_labels(sav_making *m, const sav_labels *l, uint32_t column, column_codes *out,
                          error *err) {
  code_label *values = ARENA_ARRAY(m->f->memory, code_label, (size_t)l->count + 1);
  const slice name = m->f->header.columns[column].name;
  const uint8_t *at = l->entries;
  uint32_t count = 0;
  if (values == NULL) {
    return error_no_memory(err, m->f->title);
  }
  for (uint32_t i = 0; i < l->count; i++) {
    const uint8_t length = at[SAV_ELEMENT_BYTES];
    const slice text = {(const char *)at + SAV_ELEMENT_BYTES + 1, length};
    TRY(element_code(m, column, at, &values[count].code, err));
    TRY(sav_text(m, text, "a label of variable", name, &values[count].label, err));
    count += values[count].code.length > 0;
    at += SAV_ELEMENT_BYTES + (length + SAV_ELEMENT_BYTES) / SAV_ELEMENT_BYTES * SAV_ELEMENT_BYTES;
  }
  if (count > COLUMN_LABELS_MAX) {
    return error_set(err, STATUS_DATA, "%s: variable '%.*s' has %u labels of values, more than %d",
                     m->f->title, SLICE_ARG(name), count, COLUMN_LABELS_MAX);
  }
  out->values = values;
  out->values_count = count;
  return STATUS_OK;
}

/* The record whose first element has this number, from 0. */
static uint32_t record_at(const sav_making *m, uint32_t element) {
  uint32_t low = 0;
  uint32_t high = m->records->count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (m->records->list[middle].first_element < element) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < m->records->count && m->records->list[low].first_element == element ? low : INPUT_ABSENT;
}

enum { KINDS = MOMENT_TIME + 2 };

/* Variables of one kind show the same code as the same text: texts, numbers, and each kind of date and time.
 */
static int kind_of(const sav_variable *v) {
  return v->width > 0 ? KINDS - 1 : (int)v->moment;
}

/* Variables of one kind share the labels, which are made once. */
static status give_labels(sav_making *m, const sav_labels *l, error *err) {
  const sav_file *s = m->f->self;
  uint32_t made_for[KINDS];
  memset(made_for, 0xff, sizeof made_for);
  for (uint32_t i = 0; i < l->elements_count; i++) {
    const uint32_t element = sav_u32(&s->numbers, l->elements + i * sizeof(uint32_t));
    const uint32_t column = element > 0 ? column_of(m, record_at(m, element - 1)) : INPUT_ABSENT;
    if (column == INPUT_ABSENT) {
      continue;
    }
    column_codes *codes = &m->f->header.columns[column].codes;
    uint32_t *made = &made_for[kind_of(&s->variables[column])];
    if (*made != INPUT_ABSENT) {
      codes->values = m->f->header.columns[*made].codes.values;
      codes->values_count = m->f->header.columns[*made].codes.values_count;
    } else {
      TRY(make_labels(m, l, column, codes, err));
      *made = column;
    }
  }
  return STATUS_OK;
}

status sav_take_labels(sav_making *m, error *err) {
  for (uint32_t i = 0; i < m->records->labels_count; i++) {
    TRY(give_labels(m, &m->records->labels[i], err));
  }
  return STATUS_OK;
}

/* ---- Missing values --------------------------------------------------------------------------------- */

/* An end of a range; it is open when it is the lowest or the highest number. */
static status range_end(sav_making *m, uint32_t column, const uint8_t *element, slice *out, error *err) {
  const sav_file *s = m->f->self;
  const double v = sav_double(&s->numbers, element);
  *out = (slice){NULL, 0};
  return sav_is_missing(&s->numbers, v) ? STATUS_OK : number_code(m, column, v, out, err);
}

static status make_missing(sav_making *m, uint32_t record, uint32_t column, error *err) {
  const sav_record *r = &m->records->list[record];
  const bool has_range = r->missing_count < 0 && r->width == 0;
  const uint32_t elements = (uint32_t)(r->missing_count < 0 ? -r->missing_count : r->missing_count);
  code_range *missing = ARENA_ARRAY(m->f->memory, code_range, (size_t)elements + 1);
  uint32_t count = 0;
  if (missing == NULL) {
    return error_no_memory(err, m->f->title);
  }
  if (has_range) {
    missing[0].is_range = true;
    TRY(range_end(m, column, r->missing, &missing[0].low, err));
    TRY(range_end(m, column, r->missing + SAV_ELEMENT_BYTES, &missing[0].high, err));
    count = 1;
  }
  for (uint32_t i = has_range ? 2 : 0; i < elements; i++) {
    TRY(element_code(m, column, r->missing + (size_t)i * SAV_ELEMENT_BYTES, &missing[count].low, err));
    count += missing[count].low.length > 0;
  }
  m->f->header.columns[column].codes.missing = missing;
  m->f->header.columns[column].codes.missing_count = count;
  return STATUS_OK;
}

status sav_take_missing(sav_making *m, error *err) {
  for (uint32_t i = 0; i < m->records->count; i++) {
    if (m->columns[i] != INPUT_ABSENT && m->records->list[i].missing_count != 0) {
      TRY(make_missing(m, i, m->columns[i], err));
    }
  }
  return STATUS_OK;
}

/* ---- Of long texts: records of their own ------------------------------------------------------------- */

typedef struct cursor {
  const sav_numbers *numbers;
  slice left;
  bool failed;
} cursor;

static uint32_t next_number(cursor *c) {
  if (c->failed || c->left.length < sizeof(uint32_t)) {
    c->failed = true;
    return 0;
  }
  const uint32_t v = sav_u32(c->numbers, (const uint8_t *)c->left.bytes);
  c->left = (slice){c->left.bytes + sizeof v, c->left.length - sizeof v};
  return v;
}

static slice next_bytes(cursor *c, size_t length) {
  if (c->failed || c->left.length < length) {
    c->failed = true;
    return (slice){"", 0};
  }
  const slice bytes = {c->left.bytes, length};
  c->left = (slice){c->left.bytes + length, c->left.length - length};
  return bytes;
}

/* The column whose name comes next; INPUT_ABSENT: there is no such column of texts. */
static status next_column(sav_making *m, cursor *c, uint32_t *column, error *err) {
  const sav_file *s = m->f->self;
  const slice bytes = next_bytes(c, next_number(c));
  slice name;
  TRY(sav_text(m, bytes, "the name", bytes, &name, err));
  *column = INPUT_ABSENT;
  for (uint32_t i = 0; i < m->f->header.count; i++) {
    if (s->variables[i].width > 0 && slice_equal(m->f->header.columns[i].name, name)) {
      *column = i;
    }
  }
  return STATUS_OK;
}

static status long_labels(sav_making *m, cursor *c, error *err) {
  enum { BYTES_MIN = 8 };
  uint32_t column;
  TRY(next_column(m, c, &column, err));
  (void)next_number(c); /* the width of the variable */
  const uint32_t count = next_number(c);
  if (c->failed || count > COLUMN_LABELS_MAX || count > c->left.length / BYTES_MIN) {
    return sav_damaged(m->f, "labels of long texts are not complete", err);
  }
  code_label *values = ARENA_ARRAY(m->f->memory, code_label, (size_t)count + 1);
  if (values == NULL) {
    return error_no_memory(err, m->f->title);
  }
  const slice name = column != INPUT_ABSENT ? m->f->header.columns[column].name : (slice){"", 0};
  for (uint32_t i = 0; i < count; i++) {
    const slice code = next_bytes(c, next_number(c));
    const slice label = next_bytes(c, next_number(c));
    TRY(sav_text(m, code, "a code of variable", name, &values[i].code, err));
    TRY(sav_text(m, label, "a label of variable", name, &values[i].label, err));
  }
  if (column != INPUT_ABSENT) {
    m->f->header.columns[column].codes.values = values;
    m->f->header.columns[column].codes.values_count = count;
  }
  return c->failed ? sav_damaged(m->f, "labels of long texts are not complete", err) : STATUS_OK;
}

/* Reads each entry of record WHICH by TAKE; there is at most one for each column. */
static status each_entry(sav_making *m, sav_information which,
                         status (*take)(sav_making *, cursor *, error *), error *err) {
  const sav_file *s = m->f->self;
  cursor c = {.numbers = &s->numbers, .left = m->records->information[which]};
  for (uint32_t i = 0; c.left.length > 0; i++) {
    if (i == m->f->header.count) {
      return sav_damaged(m->f, "more texts have labels or missing values than there are", err);
    }
    TRY(take(m, &c, err));
  }
  return STATUS_OK;
}

status sav_take_long_labels(sav_making *m, error *err) {
  return each_entry(m, SAV_LONG_LABELS, long_labels, err);
}

static status long_missing(sav_making *m, cursor *c, error *err) {
  uint32_t column;
  TRY(next_column(m, c, &column, err));
  const slice counted = next_bytes(c, 1);
  const uint32_t count = counted.length > 0 ? (uint8_t)counted.bytes[0] : 0;
  const uint32_t width = next_number(c);
  code_range *missing = ARENA_ARRAY(m->f->memory, code_range, (size_t)count + 1);
  if (missing == NULL) {
    return error_no_memory(err, m->f->title);
  }
  uint32_t made = 0;
  for (uint32_t i = 0; i < count; i++) {
    const slice bytes = next_bytes(c, width);
    TRY(sav_text(m, bytes, "a missing value of variable", bytes, &missing[made].low, err));
    made += missing[made].low.length > 0;
  }
  if (c->failed || count > COLUMN_MISSING_MAX) {
    return sav_damaged(m->f, "missing values of long texts are not complete", err);
  }
  if (column != INPUT_ABSENT) {
    m->f->header.columns[column].codes.missing = missing;
    m->f->header.columns[column].codes.missing_count = made;
  }
  return STATUS_OK;
}

status sav_take_long_missing(sav_making *m, error *err) {
  return each_entry(m, SAV_LONG_MISSING, long_missing, err);
}
