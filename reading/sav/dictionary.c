/* Makes columns of the dictionary's records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/encoding.h"
#include "reading/sav/sav.h"
#include "store/shard.h"

enum { INTEGERS_BYTES = 32, INTEGERS_CODE_PAGE = 28, FLOATS_BYTES = 24, CASES_BYTES = 16 };

status sav_damaged(const input_file *f, const char *problem, error *err) {
  return error_set(err, STATUS_DATA, "%s: its dictionary is damaged: %s", f->title, problem);
}

/* ---- Texts ------------------------------------------------------------------------------------------ */

status sav_text(sav_making *m, slice bytes, const char *what, slice name, slice *out, error *err) {
  const padded_naming naming = {m->f->title, what, name};
  return padded_text_read(&m->texts, bytes, &naming, m->f->memory, out, err);
}

/* ---- What holds for the whole file ------------------------------------------------------------------ */

/* Windows code pages, and the numbers that SPSS gives to other encodings. */
static const struct {
  uint32_t code;
  const char *encoding; /* NULL: UTF-8 */
} code_pages[] = {
    {0, "WINDOWS-1252"},   {2, "WINDOWS-1252"},     {3, "WINDOWS-1252"},    {936, "GB18030"},
    {10000, "MACINTOSH"},  {20127, "WINDOWS-1252"}, {20866, "KOI8-R"},      {20932, "EUC-JP"},
    {21866, "KOI8-U"},     {28591, "ISO-8859-1"},   {28592, "ISO-8859-2"},  {28593, "ISO-8859-3"},
    {28594, "ISO-8859-4"}, {28595, "ISO-8859-5"},   {28596, "ISO-8859-6"},  {28597, "ISO-8859-7"},
    {28598, "ISO-8859-8"}, {28599, "ISO-8859-9"},   {28603, "ISO-8859-13"}, {28605, "ISO-8859-15"},
    {51932, "EUC-JP"},     {51936, "GB18030"},      {51949, "CP949"},       {54936, "GB18030"},
    {65001, NULL},
};

static status take_code_page(input_file *f, uint32_t code, error *err) {
  enum { CODE_PAGES_MAX = 1400 };
  sav_file *s = f->self;
  for (size_t i = 0; i < sizeof code_pages / sizeof code_pages[0]; i++) {
    if (code_pages[i].code == code) {
      s->encoding = code_pages[i].encoding;
      return STATUS_OK;
    }
  }
  char name[16];
  snprintf(name, sizeof name, "CP%u", code);
  error unknown;
  if (code > CODE_PAGES_MAX || padded_texts_check(name, f->title, &unknown) != STATUS_OK) {
    return error_set(err, STATUS_DATA,
                     "%s: its texts are in code page %u, which is not known; state `encoding:` (gb18030, "
                     "windows-1252, ...)",
                     f->title, code);
  }
  s->encoding = arena_copy(f->memory, slice_of(name));
  return s->encoding != NULL ? STATUS_OK : error_no_memory(err, f->title);
}

/* The encoding that the specification states, else the one that the dictionary names, else its code page. */
static status find_encoding(input_file *f, const sav_records *r, error *err) {
  sav_file *s = f->self;
  const slice named = slice_trim(r->information[SAV_ENCODING]);
  const slice integers = r->information[SAV_INTEGERS];
  if (f->options->encoding != NULL) {
    s->encoding = encoding_resolve(f->options->encoding);
    return padded_texts_check(s->encoding, f->title, err);
  }
  if (named.length > 0 && text_harmless(named) == named.length) {
    const char *name = arena_copy(f->memory, named);
    error unknown;
    if (name == NULL) {
      return error_no_memory(err, f->title);
    }
    s->encoding = encoding_resolve(name);
    if (padded_texts_check(s->encoding, f->title, &unknown) == STATUS_OK) {
      return STATUS_OK;
    }
  }
  return integers.length == INTEGERS_BYTES
             ? take_code_page(f, sav_u32(&s->numbers, (const uint8_t *)integers.bytes + INTEGERS_CODE_PAGE),
                              err)
             : take_code_page(f, 0, err);
}

static void take_numbers(sav_file *s, const sav_records *r) {
  const slice floats = r->information[SAV_FLOATS];
  const slice cases = r->information[SAV_CASES];
  const uint8_t *bytes = (const uint8_t *)floats.bytes;
  const double lowest = -1.7976931348623155e308; /* the second lowest double */
  const double missing = -1.7976931348623157e308;
  const double highest = 1.7976931348623157e308;
  memcpy(&s->numbers.lowest, &lowest, sizeof lowest);
  memcpy(&s->numbers.missing, &missing, sizeof missing);
  memcpy(&s->numbers.highest, &highest, sizeof highest);
  if (floats.length == FLOATS_BYTES) {
    s->numbers.missing = sav_u64(&s->numbers, bytes);
    s->numbers.highest = sav_u64(&s->numbers, bytes + sizeof(uint64_t));
    s->numbers.lowest = sav_u64(&s->numbers, bytes + 2 * sizeof(uint64_t));
  }
  if (cases.length == CASES_BYTES && s->cases == -1) {
    const uint64_t count = sav_u64(&s->numbers, (const uint8_t *)cases.bytes + sizeof(uint64_t));
    s->cases = count < INT64_MAX ? (int64_t)count : -1;
  }
}

/* ---- Columns ---------------------------------------------------------------------------------------- */

/* FORMAT is SPSS's number of a display format. */
static moment_kind moment_of(uint8_t format) {
  static const uint8_t kinds[] = {
      [20] = MOMENT_DATE, [21] = MOMENT_TIME, [22] = MOMENT_DATE_TIME, [23] = MOMENT_DATE, [24] = MOMENT_DATE,
      [25] = MOMENT_TIME, [28] = MOMENT_DATE, [29] = MOMENT_DATE,      [30] = MOMENT_DATE, [38] = MOMENT_DATE,
      [39] = MOMENT_DATE, [40] = MOMENT_TIME, [41] = MOMENT_DATE_TIME,
  };
  return format < sizeof kinds ? (moment_kind)kinds[format] : MOMENT_NONE;
}

static column_measure measure_of(const sav_making *m, uint32_t record) {
  const sav_file *s = m->f->self;
  const slice display = m->records->information[SAV_DISPLAY];
  const uint64_t numbers = display.length / sizeof(uint32_t);
  const uint64_t each = numbers / m->records->count;
  if (numbers % m->records->count != 0 || (each != 2 && each != 3)) {
    return MEASURE_UNKNOWN;
  }
  const uint32_t measure =
      sav_u32(&s->numbers, (const uint8_t *)display.bytes + record * each * sizeof(uint32_t));
  return measure < MEASURES ? (column_measure)measure : MEASURE_UNKNOWN;
}

static status make_column(sav_making *m, uint32_t record, slice name, error *err) {
  input_file *f = m->f;
  sav_file *s = f->self;
  const sav_record *r = &m->records->list[record];
  input_column *column = &f->header.columns[m->columns[record]];
  sav_variable *v = &s->variables[m->columns[record]];
  v->moment = r->width == 0 ? moment_of(r->format) : MOMENT_NONE;
  v->missing = r->missing;
  v->missing_count = r->missing_count;
  column->name = name;
  if (slice_is_invisible(name)) {
    return error_set(err, STATUS_DATA, "%s: variable %u has no name", f->title, m->columns[record] + 1);
  }
  column->type = r->width > 0 || v->moment != MOMENT_NONE ? INPUT_TEXTS : INPUT_NUMBERS;
  column->codes.measure = measure_of(m, record);
  column->codes.date_format = slice_of(moment_date_format(v->moment));
  column->codes.is_weight =
      m->records->weight > 0 && r->width == 0 && (uint32_t)m->records->weight - 1 == r->first_element;
  return sav_text(m, r->label, "the label of variable", name, &column->label, err);
}

/* WIDTHS has the widths of very long texts, by their first records, and is 0 elsewhere. */
static status number_columns(sav_making *m, const uint32_t *widths, error *err) {
  input_file *f = m->f;
  sav_file *s = f->self;
  const sav_records *r = m->records;
  uint32_t count = 0;
  s->variables = ARENA_ARRAY(f->memory, sav_variable, r->count);
  if (s->variables == NULL) {
    return error_no_memory(err, f->title);
  }
  for (uint32_t i = 0; i < r->count;) {
    sav_variable *v = &s->variables[count];
    const uint32_t segments = widths[i] > 0 ? (widths[i] + SAV_SEGMENT_WIDTH - 1) / SAV_SEGMENT_WIDTH : 1;
    *v = (sav_variable){.width = widths[i] > 0 ? widths[i] : (uint32_t)r->list[i].width,
                        .segments = segments,
                        .segment_elements = r->list[i].elements};
    for (uint32_t k = 0; k < segments; k++) {
      const sav_record *segment = r->count - i > k ? &r->list[i + k] : NULL;
      if (segment == NULL || (segments > 1 && (segment->width == 0 ||
                                               (k + 1 < segments && segment->width != SAV_SEGMENT_BYTES)))) {
        return sav_damaged(f, "a very long text lacks segments", err);
      }
      m->columns[i + k] = k == 0 ? count : INPUT_ABSENT;
      v->elements += segment->elements;
    }
    i += segments;
    count++;
  }
  f->header.count = count;
  s->variables_count = count;
  if (count > SHARD_COLUMNS_MAX) {
    return error_set(err, STATUS_DATA, "%s: has %u variables, more than the %d that can be read", f->title,
                     count, SHARD_COLUMNS_MAX);
  }
  f->header.columns = ARENA_ARRAY(f->memory, input_column, (size_t)count + 1);
  return f->header.columns != NULL ? STATUS_OK : error_no_memory(err, f->title);
}

static status make_columns(sav_making *m, error *err) {
  input_file *f = m->f;
  const uint32_t count = m->records->count;
  uint32_t *widths = ARENA_ARRAY(f->memory, uint32_t, count);
  slice *names = ARENA_ARRAY(f->memory, slice, count);
  m->columns = ARENA_ARRAY(f->memory, uint32_t, count);
  if (widths == NULL || names == NULL || m->columns == NULL || !sav_order_names(m)) {
    return error_no_memory(err, f->title);
  }
  TRY(sav_take_segments(m, widths, err));
  TRY(number_columns(m, widths, err));
  sav_forget_segments(m);
  TRY(sav_take_long_names(m, names, err));
  for (uint32_t i = 0; i < count; i++) {
    if (m->columns[i] != INPUT_ABSENT) {
      TRY(make_column(m, i, names[i], err));
    }
  }
  TRY(sav_take_labels(m, err));
  TRY(sav_take_missing(m, err));
  TRY(sav_take_long_labels(m, err));
  TRY(sav_take_long_missing(m, err));
  return sav_take_sets(m, err);
}

status sav_make_columns(input_file *f, const sav_records *records, error *err) {
  sav_making m = {.f = f, .records = records};
  TRY(find_encoding(f, records, err));
  m.texts.encoding = ((sav_file *)f->self)->encoding;
  f->header.encoding = m.texts.encoding;
  m.texts.watch = ((sav_file *)f->self)->watch;
  take_numbers(f->self, records);
  const status st = make_columns(&m, err);
  padded_texts_fini(&m.texts);
  return st;
}
