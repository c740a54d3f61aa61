/* Reads from the first byte to the first row. */
#include <stdlib.h>
#include <string.h>

#include "reading/dta/dta.h"
#include "reading/encoding.h"
#include "store/shard.h"

enum { ROW_BYTES_MAX = INPUT_RECORD_BYTES_MAX };

static const char within[] = "its description of the variables";

static const dta_layout layouts[] = {
    {110, false, false, 33, 12, 81}, {111, false, false, 33, 12, 81}, {112, false, false, 33, 12, 81},
    {113, false, true, 33, 12, 81},  {114, false, true, 33, 49, 81},  {115, false, true, 33, 49, 81},
    {117, true, true, 33, 49, 81},   {118, true, true, 129, 57, 321}, {119, true, true, 129, 57, 321},
};

/* ---- Bytes ------------------------------------------------------------------------------------------ */

status dta_damaged(const input_file *f, const char *problem, error *err) {
  const dta_file *d = f->self;
  return byte_stream_damaged(&d->in, problem, err);
}

status dta_take(input_file *f, uint64_t count, const uint8_t **out, error *err) {
  dta_file *d = f->self;
  if (count > DTA_LONG_TEXTS_MAX) {
    return dta_damaged(f, "a part of it claims to be larger than any file is", err);
  }
  return byte_stream_keep(&d->in, (size_t)count, within, f->memory, out, err);
}

static status take_number(input_file *f, size_t bytes, uint64_t *out, error *err) {
  dta_file *d = f->self;
  TRY(byte_stream_need(&d->in, bytes, within, err));
  *out = dta_unsigned(d, byte_stream_bytes(&d->in), bytes);
  byte_stream_take(&d->in, bytes);
  return STATUS_OK;
}

static status take_literal(input_file *f, const char *literal, error *err) {
  dta_file *d = f->self;
  const size_t length = strlen(literal);
  TRY(byte_stream_need(&d->in, length, within, err));
  if (memcmp(byte_stream_bytes(&d->in), literal, length) != 0) {
    return error_set(err, STATUS_DATA, "%s: is damaged at byte %llu: %s is not there", f->title,
                     (unsigned long long)byte_stream_position(&d->in), literal);
  }
  byte_stream_take(&d->in, length);
  return STATUS_OK;
}

status dta_take_tag(input_file *f, const char *tag, error *err) {
  const dta_file *d = f->self;
  return d->layout->has_tags ? take_literal(f, tag, err) : STATUS_OK;
}

status dta_text(input_file *f, slice bytes, const char *what, slice name, slice *out, error *err) {
  dta_file *d = f->self;
  const slice text = {bytes.bytes, strnlen(bytes.bytes, bytes.length)};
  const padded_naming naming = {f->title, what, name};
  return padded_text_read(&d->texts, text, &naming, f->memory, out, err);
}

/* ---- The header ------------------------------------------------------------------------------------- */

static status find_layout(input_file *f, unsigned release, error *err) {
  dta_file *d = f->self;
  for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
    if (layouts[i].release == release) {
      d->layout = &layouts[i];
      return STATUS_OK;
    }
  }
  return error_set(
      err, STATUS_DATA,
      "%s: is in Stata's format %u, which cannot be read; save it with `saveold`, or from another "
      "version (formats 110 to 119: Stata 7 and later)",
      f->title, release);
}

static void set_order(dta_file *d, bool is_big) {
  d->is_swapped = is_big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* A number of variables that is too large is refused later. */
static status read_tagged(input_file *f, uint64_t *variables, error *err) {
  dta_file *d = f->self;
  uint64_t length = 0;
  TRY(take_literal(f, "<stata_dta><header><release>", err));
  TRY(byte_stream_need(&d->in, 3, within, err));
  const uint8_t *digits = byte_stream_bytes(&d->in);
  unsigned release = 0;
  for (int i = 0; i < 3; i++) {
    release = release * 10 + (unsigned)(uint8_t)(digits[i] - '0');
  }
  TRY(find_layout(f, release, err));
  byte_stream_take(&d->in, 3);
  TRY(take_literal(f, "</release><byteorder>", err));
  TRY(byte_stream_need(&d->in, 3, within, err));
  set_order(d, memcmp(byte_stream_bytes(&d->in), "MSF", 3) == 0);
  if (memcmp(byte_stream_bytes(&d->in), "MSF", 3) != 0 && memcmp(byte_stream_bytes(&d->in), "LSF", 3) != 0) {
    return dta_damaged(f, "its byte order is neither MSF nor LSF", err);
  }
  byte_stream_take(&d->in, 3);
  TRY(take_literal(f, "</byteorder><K>", err));
  TRY(take_number(f, release >= 119 ? 4 : 2, variables, err));
  TRY(take_literal(f, "</K><N>", err));
  TRY(take_number(f, release >= 118 ? 8 : 4, &d->rows, err));
  TRY(take_literal(f, "</N><label>", err));
  TRY(take_number(f, release >= 118 ? 2 : 1, &length, err));
  TRY(byte_stream_pass(&d->in, length, within, err));
  TRY(take_literal(f, "</label><timestamp>", err));
  TRY(take_number(f, 1, &length, err));
  TRY(byte_stream_pass(&d->in, length, within, err));
  TRY(take_literal(f, "</timestamp></header><map>", err));
  TRY(byte_stream_pass(&d->in, 14 * sizeof(uint64_t), within, err));
  return take_literal(f, "</map>", err);
}

static status read_untagged(input_file *f, uint64_t *variables, error *err) {
  enum { START_BYTES = 4, FILE_LABEL_BYTES = 81, TIME_BYTES = 18, RELEASE_FIRST = 102, RELEASE_LAST = 115 };
  dta_file *d = f->self;
  TRY(byte_stream_ask(&d->in, START_BYTES, err));
  const uint8_t *start = byte_stream_bytes(&d->in);
  if (byte_stream_left(&d->in) < START_BYTES || start[0] < RELEASE_FIRST || start[0] > RELEASE_LAST ||
      (start[1] != 1 && start[1] != 2)) {
    return error_set(err, STATUS_DATA, "%s: is not a Stata file", f->title);
  }
  TRY(find_layout(f, start[0], err));
  set_order(d, start[1] == 1);
  byte_stream_take(&d->in, START_BYTES);
  TRY(take_number(f, 2, variables, err));
  TRY(take_number(f, 4, &d->rows, err));
  return byte_stream_pass(&d->in, FILE_LABEL_BYTES + TIME_BYTES, within, err);
}

/* ---- Variables -------------------------------------------------------------------------------------- */

typedef struct type_code {
  uint16_t code;
  dta_type type;
  uint8_t width;
} type_code;

/* The codes from format 117 on, from 111 on, and before; other codes are widths of texts. */
static const type_code codes_117[] = {{65530, DTA_BYTE, 1},   {65529, DTA_INT, 2},
                                      {65528, DTA_LONG, 4},   {65527, DTA_FLOAT, 4},
                                      {65526, DTA_DOUBLE, 8}, {32768, DTA_LONG_TEXT, 8}};
static const type_code codes_111[] = {
    {251, DTA_BYTE, 1}, {252, DTA_INT, 2}, {253, DTA_LONG, 4}, {254, DTA_FLOAT, 4}, {255, DTA_DOUBLE, 8}};
static const type_code codes_110[] = {
    {'b', DTA_BYTE, 1}, {'i', DTA_INT, 2}, {'l', DTA_LONG, 4}, {'f', DTA_FLOAT, 4}, {'d', DTA_DOUBLE, 8}};

enum { TEXT_MAX_117 = 2045, TEXT_MAX_111 = 244, TEXT_BASE_110 = 127, NUMBER_TYPES = 5 };

static bool set_type(const dta_layout *l, uint16_t code, dta_variable *v) {
  const bool is_117 = l->has_tags;
  const type_code *codes = is_117 ? codes_117 : l->release >= 111 ? codes_111 : codes_110;
  for (size_t i = 0; i < NUMBER_TYPES + (is_117 ? 1 : 0); i++) {
    if (codes[i].code == code) {
      v->type = codes[i].type;
      v->width = codes[i].width;
      return true;
    }
  }
  v->type = DTA_TEXT;
  v->width = codes == codes_110 && code > TEXT_BASE_110 ? code - (uint32_t)TEXT_BASE_110 : code;
  const uint32_t most = is_117 ? TEXT_MAX_117 : TEXT_MAX_111;
  return v->width >= 1 && v->width <= most && (codes != codes_110 || code > TEXT_BASE_110);
}

/* "%td", "%-tcHH:MM", "%tm", and "%d" in old files. */
static dta_dates dates_of(slice format) {
  static const struct {
    char letter;
    dta_dates dates;
  } kinds[] = {{'c', DTA_MILLISECONDS}, {'C', DTA_MILLISECONDS}, {'d', DTA_DAYS},      {'w', DTA_WEEKS},
               {'m', DTA_MONTHS},       {'q', DTA_QUARTERS},     {'h', DTA_HALF_YEARS}};
  size_t at = 1;
  while (at < format.length && (format.bytes[at] == '-' || format.bytes[at] == '~')) {
    at++;
  }
  if (at >= format.length || format.bytes[0] != '%') {
    return DTA_NO_DATES;
  }
  if (format.bytes[at] == 'd') {
    return DTA_DAYS;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (format.bytes[at] == 't' && at + 1 < format.length && format.bytes[at + 1] == kinds[i].letter) {
      return kinds[i].dates;
    }
  }
  return DTA_NO_DATES;
}

static status set_types(input_file *f, uint32_t count, const uint8_t *types, error *err) {
  dta_file *d = f->self;
  const size_t each = d->layout->has_tags ? 2 : 1;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    dta_variable *v = &d->variables[i];
    if (!set_type(d->layout, (uint16_t)dta_unsigned(d, types + i * each, each), v)) {
      return dta_damaged(f, "a variable has an unknown type", err);
    }
    v->begin = (uint32_t)bytes;
    bytes += v->width;
    if (bytes > ROW_BYTES_MAX) {
      return dta_damaged(f, "its rows are too long", err);
    }
  }
  d->row_bytes = (uint32_t)bytes;
  return STATUS_OK;
}

/* The parts of the description; each has an entry of a fixed width for each variable. */
typedef struct descriptions {
  const uint8_t *names, *formats, *label_names, *labels;
} descriptions;

static status take_part(input_file *f, const char *begin, uint64_t bytes, const char *end,
                        const uint8_t **out, error *err) {
  TRY(dta_take_tag(f, begin, err));
  TRY(dta_take(f, bytes, out, err));
  return dta_take_tag(f, end, err);
}

static slice entry(const uint8_t *part, uint32_t index, size_t width) {
  const char *bytes = (const char *)part + index * width;
  return (slice){bytes, strnlen(bytes, width)};
}

static status make_column(input_file *f, uint32_t index, const descriptions *p, error *err) {
  dta_file *d = f->self;
  const dta_layout *l = d->layout;
  dta_variable *v = &d->variables[index];
  input_column *column = &f->header.columns[index];
  const bool is_number = v->type > DTA_LONG_TEXT;
  const slice name = entry(p->names, index, l->name_bytes);
  TRY(dta_text(f, name, "the name", name, &column->name, err));
  if (slice_is_invisible(column->name)) {
    return error_set(err, STATUS_DATA, "%s: variable %u has no name", f->title, index + 1);
  }
  TRY(dta_text(f, entry(p->labels, index, l->label_bytes), "the label of variable", column->name,
               &column->label, err));
  v->dates = is_number ? dates_of(entry(p->formats, index, l->format_bytes)) : DTA_NO_DATES;
  v->labels = is_number ? entry(p->label_names, index, l->name_bytes) : (slice){"", 0};
  column->type = is_number && v->dates == DTA_NO_DATES ? INPUT_NUMBERS : INPUT_TEXTS;
  column->codes.date_format = slice_of(dta_date_format(v->dates));
  return STATUS_OK;
}

static status read_variables(input_file *f, uint32_t count, error *err) {
  dta_file *d = f->self;
  const dta_layout *l = d->layout;
  const size_t sorted = ((size_t)count + 1) * (l->release >= 119 ? 4 : 2);
  const uint8_t *types;
  const uint8_t *order;
  descriptions p;
  TRY(take_part(f, "<variable_types>", (uint64_t)count * (l->has_tags ? 2 : 1), "</variable_types>", &types,
                err));
  TRY(set_types(f, count, types, err));
  TRY(take_part(f, "<varnames>", (uint64_t)count * l->name_bytes, "</varnames>", &p.names, err));
  TRY(take_part(f, "<sortlist>", sorted, "</sortlist>", &order, err));
  TRY(take_part(f, "<formats>", (uint64_t)count * l->format_bytes, "</formats>", &p.formats, err));
  TRY(take_part(f, "<value_label_names>", (uint64_t)count * l->name_bytes, "</value_label_names>",
                &p.label_names, err));
  TRY(take_part(f, "<variable_labels>", (uint64_t)count * l->label_bytes, "</variable_labels>", &p.labels,
                err));
  for (uint32_t i = 0; i < count; i++) {
    TRY(make_column(f, i, &p, err));
  }
  f->header.count = count;
  return STATUS_OK;
}

/* Passes over characteristics, which say nothing about the rows. */
static status pass_characteristics(input_file *f, error *err) {
  dta_file *d = f->self;
  uint64_t length = 0;
  uint64_t kind = 0;
  if (d->layout->has_tags) {
    TRY(take_literal(f, "<characteristics>", err));
    TRY(byte_stream_need(&d->in, 4, within, err));
    while (memcmp(byte_stream_bytes(&d->in), "<ch>", 4) == 0) {
      byte_stream_take(&d->in, 4);
      TRY(take_number(f, 4, &length, err));
      TRY(byte_stream_pass(&d->in, length, within, err));
      TRY(take_literal(f, "</ch>", err));
      TRY(byte_stream_need(&d->in, 4, within, err));
    }
    return take_literal(f, "</characteristics>", err);
  }
  do {
    TRY(take_number(f, 1, &kind, err));
    TRY(take_number(f, 4, &length, err));
    TRY(byte_stream_pass(&d->in, length, within, err));
  } while (kind != 0 || length != 0);
  return STATUS_OK;
}

static status find_encoding(input_file *f, error *err) {
  dta_file *d = f->self;
  d->encoding = f->options->encoding != NULL ? encoding_resolve(f->options->encoding)
                : d->layout->release < 118   ? "WINDOWS-1252"
                                             : NULL;
  padded_texts_use(&d->texts, d->encoding);
  f->header.encoding = d->encoding;
  return padded_texts_check(d->encoding, f->title, err);
}

status dta_read_header(input_file *f, error *err) {
  dta_file *d = f->self;
  uint64_t count = 0;
  TRY(byte_stream_check_first(&d->in, err));
  TRY(byte_stream_bytes(&d->in)[0] == '<' ? read_tagged(f, &count, err) : read_untagged(f, &count, err));
  if (count == 0 || count > SHARD_COLUMNS_MAX) {
    return error_set(err, STATUS_DATA, "%s: has %llu variables; from 1 to %d can be read", f->title,
                     (unsigned long long)count, SHARD_COLUMNS_MAX);
  }
  TRY(find_encoding(f, err));
  d->variables = ARENA_ARRAY(f->memory, dta_variable, (size_t)count);
  d->letters = ARENA_ARRAY(f->memory, uint32_t, (size_t)count);
  f->header.columns = ARENA_ARRAY(f->memory, input_column, (size_t)count);
  if (arena_failed(f->memory)) {
    return error_no_memory(err, f->title);
  }
  TRY(read_variables(f, (uint32_t)count, err));
  TRY(pass_characteristics(f, err));
  TRY(dta_take_tag(f, "<data>", err));
  d->rows_begin = byte_stream_position(&d->in);
  return STATUS_OK;
}
