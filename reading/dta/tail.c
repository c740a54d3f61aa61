/* The first pass over the rows, and what follows them: long texts and labels of values. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "reading/dta/dta.h"

enum { WATCH_ROWS = 4096, GSO_BINARY = 129, GSO_TEXT = 130, TABLE_BYTES_MAX = 16 << 20 };

/* ---- Rows ------------------------------------------------------------------------------------------- */

static void note_letters(dta_file *d, uint32_t count, const uint8_t *row) {
  for (uint32_t i = 0; i < count; i++) {
    const dta_variable *v = &d->variables[i];
    if (v->type > DTA_LONG_TEXT) {
      const dta_number n = dta_number_of(d, v, row + v->begin);
      d->letters[i] |= n.is_missing && n.letter >= 0 ? 1U << n.letter : 0;
    }
  }
}

static status pass_rows(input_file *f, const input_watch *watch, error *err) {
  dta_file *d = f->self;
  for (uint64_t row = 0; row < d->rows; row++) {
    if (row % WATCH_ROWS == 0 && watch != NULL && !watch->go_on(watch->context, f)) {
      return error_set(err, STATUS_INTERRUPTED, "reading was stopped");
    }
    TRY(byte_stream_need(&d->in, d->row_bytes, "its rows", err));
    if (d->layout->has_letters) {
      note_letters(d, f->header.count, byte_stream_bytes(&d->in));
    }
    byte_stream_take(&d->in, d->row_bytes);
  }
  return dta_take_tag(f, "</data>", err);
}

/* ---- Long texts ------------------------------------------------------------------------------------- */

static status take_long_text(input_file *f, uint64_t *total, error *err) {
  dta_file *d = f->self;
  const size_t row_bytes = d->layout->release == 117 ? 4 : 8;
  const size_t head_bytes = 3 + 4 + row_bytes + 1 + 4;
  TRY(byte_stream_need(&d->in, head_bytes, "its long texts", err));
  const uint8_t *head = byte_stream_bytes(&d->in) + 3;
  dta_long_text text = {.variable = dta_unsigned(d, head, 4), .row = dta_unsigned(d, head + 4, row_bytes)};
  const uint8_t kind = head[4 + row_bytes];
  const uint64_t length = dta_unsigned(d, head + 4 + row_bytes + 1, 4);
  byte_stream_take(&d->in, head_bytes);
  *total += length;
  if (kind != GSO_BINARY && kind != GSO_TEXT) {
    return dta_damaged(f, "a long text is of an unknown kind", err);
  }
  if (*total > DTA_LONG_TEXTS_MAX) {
    return error_set(err, STATUS_DATA,
                     "%s: its texts of any length (strL) take more than %d MiB; make them str#, "
                     "or leave them out",
                     f->title, DTA_LONG_TEXTS_MAX >> 20);
  }
  if (kind == GSO_BINARY) {
    char shown[40];
    const int written = snprintf(shown, sizeof shown, "(binary, %llu bytes)", (unsigned long long)length);
    text.text = arena_slice(f->memory, (slice){shown, (size_t)written});
    TRY(byte_stream_pass(&d->in, length, "its long texts", err));
  } else {
    TRY(byte_stream_need(&d->in, (size_t)length, "its long texts", err));
    const slice bytes = {(const char *)byte_stream_bytes(&d->in), (size_t)length};
    TRY(dta_text(f, bytes, "a text of type", slice_of("strL"), &text.text, err));
    byte_stream_take(&d->in, (size_t)length);
  }
  if (!ARRAY_ROOM(d->long_texts, d->long_texts_count, d->long_texts_capacity)) {
    return error_no_memory(err, f->title);
  }
  d->long_texts[d->long_texts_count++] = text;
  return STATUS_OK;
}

static status read_long_texts(input_file *f, error *err) {
  dta_file *d = f->self;
  uint64_t total = 0;
  if (!d->layout->has_tags) {
    return STATUS_OK;
  }
  TRY(dta_take_tag(f, "<strls>", err));
  TRY(byte_stream_need(&d->in, 3, "its long texts", err));
  while (memcmp(byte_stream_bytes(&d->in), "GSO", 3) == 0) {
    TRY(take_long_text(f, &total, err));
    TRY(byte_stream_need(&d->in, 3, "its long texts", err));
  }
  dta_sort_texts(d);
  return dta_take_tag(f, "</strls>", err);
}

/* ---- Labels of values ------------------------------------------------------------------------------- */

/* A set of labels: N offsets into the text, N values, the text. */
typedef struct label_table {
  slice name;
  const uint8_t *offsets, *values, *text;
  uint32_t count, text_bytes;
} label_table;

/* The text that VALUE has in a column of V; empty for ".". */
static status code_of(input_file *f, const dta_variable *v, uint32_t *letters, const uint8_t *value,
                      slice *out, error *err) {
  const dta_file *d = f->self;
  const dta_variable of_labels = {.type = DTA_LONG, .width = 4, .dates = v->dates};
  const dta_number n = dta_number_of(d, &of_labels, value);
  input_cell cell = {0};
  *out = (slice){NULL, 0};
  if (n.is_missing && n.letter < 0) {
    return STATUS_OK;
  }
  *letters |= n.is_missing ? 1U << n.letter : 0;
  return dta_number_cell(&of_labels, n, '.', f->memory, &cell) && value_text(&cell, '.', f->memory, out)
             ? STATUS_OK
             : error_no_memory(err, f->title);
}

static status make_labels(input_file *f, const label_table *t, uint32_t column, error *err) {
  dta_file *d = f->self;
  column_codes *codes = &f->header.columns[column].codes;
  const slice name = f->header.columns[column].name;
  code_label *values = ARENA_ARRAY(f->memory, code_label, (size_t)t->count + 1);
  uint32_t count = 0;
  if (values == NULL) {
    return error_no_memory(err, f->title);
  }
  for (uint32_t i = 0; i < t->count; i++) {
    const uint64_t offset = dta_unsigned(d, t->offsets + (size_t)i * 4, 4);
    if (offset >= t->text_bytes) {
      return dta_damaged(f, "a label is not where its set says", err);
    }
    const slice text = {(const char *)t->text + offset, t->text_bytes - (size_t)offset};
    TRY(code_of(f, &d->variables[column], &d->letters[column], t->values + (size_t)i * 4, &values[count].code,
                err));
    TRY(dta_text(f, text, "a label of variable", name, &values[count].label, err));
    count += values[count].code.length > 0;
  }
  codes->values = values;
  codes->values_count = count;
  return STATUS_OK;
}

/* Columns that show numbers in the same way share the labels, which are made once. */
static status give_labels(input_file *f, const label_table *t, error *err) {
  dta_file *d = f->self;
  uint32_t made_for[DTA_HALF_YEARS + 1];
  memset(made_for, 0xff, sizeof made_for);
  for (uint32_t i = 0; i < f->header.count; i++) {
    const dta_variable *v = &d->variables[i];
    if (v->labels.length == 0 || !slice_equal(v->labels, t->name)) {
      continue;
    }
    uint32_t *made = &made_for[v->dates];
    if (*made == INPUT_ABSENT) {
      TRY(make_labels(f, t, i, err));
      *made = i;
    } else {
      column_codes *codes = &f->header.columns[i].codes;
      codes->values = f->header.columns[*made].codes.values;
      codes->values_count = f->header.columns[*made].codes.values_count;
      d->letters[i] |= d->letters[*made];
    }
  }
  return STATUS_OK;
}

static status take_labels(input_file *f, error *err) {
  enum { PADDING = 3, COUNTS_BYTES = 8, EACH_BYTES = 8 };
  dta_file *d = f->self;
  const size_t name_bytes = d->layout->name_bytes;
  const uint8_t *bytes;
  TRY(dta_take_tag(f, "<lbl>", err));
  TRY(dta_take(f, 4 + name_bytes + PADDING, &bytes, err));
  const uint64_t length = dta_unsigned(d, bytes, 4);
  label_table t = {.name = {(const char *)bytes + 4, strnlen((const char *)bytes + 4, name_bytes)}};
  if (length < COUNTS_BYTES || length > TABLE_BYTES_MAX) {
    return dta_damaged(f, "a set of labels has an impossible length", err);
  }
  TRY(dta_take(f, length, &bytes, err));
  const uint64_t count = dta_unsigned(d, bytes, 4);
  const uint64_t text_bytes = dta_unsigned(d, bytes + 4, 4);
  if (count > COLUMN_LABELS_MAX || COUNTS_BYTES + count * EACH_BYTES + text_bytes > length) {
    return dta_damaged(f, "a set of labels is not complete", err);
  }
  t.count = (uint32_t)count;
  t.text_bytes = (uint32_t)text_bytes;
  t.offsets = bytes + COUNTS_BYTES;
  t.values = t.offsets + count * 4;
  t.text = t.values + count * 4;
  TRY(give_labels(f, &t, err));
  return dta_take_tag(f, "</lbl>", err);
}

static status read_labels(input_file *f, error *err) {
  dta_file *d = f->self;
  uint32_t sets = 0;
  TRY(dta_take_tag(f, "<value_labels>", err));
  while (true) {
    TRY(byte_stream_ask(&d->in, 4, err));
    const bool is_end = d->layout->has_tags ? byte_stream_left(&d->in) < 4 ||
                                                  memcmp(byte_stream_bytes(&d->in), "</va", 4) == 0
                                            : byte_stream_left(&d->in) == 0;
    if (is_end) {
      break;
    }
    if (sets++ > f->header.count) {
      return dta_damaged(f, "there are more sets of labels than variables", err);
    }
    TRY(take_labels(f, err));
  }
  return dta_take_tag(f, "</value_labels>", err);
}

/* ---- What is missing -------------------------------------------------------------------------------- */

static status declare_letters(input_file *f, error *err) {
  const dta_file *d = f->self;
  for (uint32_t i = 0; i < f->header.count; i++) {
    column_codes *codes = &f->header.columns[i].codes;
    code_range *missing = ARENA_ARRAY(f->memory, code_range, (size_t)__builtin_popcount(d->letters[i]) + 1);
    if (missing == NULL) {
      return error_no_memory(err, f->title);
    }
    for (int letter = 0; letter < DTA_LETTERS; letter++) {
      const char code[] = {'.', (char)('a' + letter)};
      if ((d->letters[i] >> letter & 1) != 0) {
        missing[codes->missing_count++].low = arena_slice(f->memory, (slice){code, sizeof code});
      }
    }
    codes->missing = missing;
  }
  return arena_failed(f->memory) ? error_no_memory(err, f->title) : STATUS_OK;
}

status dta_read_tail(input_file *f, const input_watch *watch, error *err) {
  TRY(pass_rows(f, watch, err));
  TRY(read_long_texts(f, err));
  TRY(read_labels(f, err));
  TRY(dta_take_tag(f, "</stata_dta>", err));
  TRY(byte_stream_end(&((dta_file *)f->self)->in, err));
  return declare_letters(f, err);
}
