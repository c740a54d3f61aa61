/* Makes rows of XML events.  Blank rows are held back until a row comes that is not blank, because a sheet
 * may be formatted down to its last possible row. */
#include "reading/xlsx/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/shortest.h"
#include "reading/xlsx/plain_cell.h"
#include "reading/xlsx/xml.h"

typedef enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_DATE } cell_type;

struct sheet {
  xml_part *xml;
  sheet_options options;
  sheet_rows *into; /* while sheet_next runs */
  size_t wanted;    /* rows in INTO at which to pause, */
  size_t bytes;     /* and bytes */
  uint64_t blank;   /* blank rows that are held back */
  uint64_t row;     /* the number of the last row */
  uint64_t formulas;
  uint32_t column;      /* the next one */
  uint32_t columns_end; /* cells from here on are not given */
  bool in_row, in_value, in_inline, row_speaks, ended;
  unsigned phonetic;
  bool remarked[FILE_REMARKS]; /* of the current row */
  file_skipped remarks[FILE_REMARKS];
  /* Of the current cell. */
  cell_type type;
  uint64_t style;
  bool has_formula, has_value;
  buf text;
};

/* ---- References ---------------------------------------------------------------------------------- */

void sheet_column_letters(uint32_t column, char out[COLUMN_LETTERS_BYTES]) {
  char reversed[COLUMN_LETTERS_BYTES];
  size_t length = 0;
  for (uint64_t left = (uint64_t)column + 1; left > 0; left = (left - 1) / 26) {
    reversed[length++] = (char)('A' + (left - 1) % 26);
  }
  for (size_t i = 0; i < length; i++) {
    out[i] = reversed[length - 1 - i];
  }
  out[length] = '\0';
}

bool sheet_parse_reference(const char *text, uint32_t *column, uint64_t *row) {
  uint64_t letters = 0;
  uint64_t digits = 0;
  text += *text == '$';
  for (; (*text | 0x20) >= 'a' && (*text | 0x20) <= 'z' && letters <= SHEET_COLUMNS_MAX; text++) {
    letters = letters * 26 + (uint64_t)((*text | 0x20) - 'a') + 1;
  }
  text += *text == '$';
  for (; *text >= '0' && *text <= '9' && digits <= SHEET_ROWS_MAX; text++) {
    digits = digits * 10 + (uint64_t)(*text - '0');
  }
  if (*text != '\0' || letters == 0 || letters > SHEET_COLUMNS_MAX || digits == 0 ||
      digits > SHEET_ROWS_MAX) {
    return false;
  }
  *column = (uint32_t)letters - 1;
  *row = digits;
  return true;
}

bool sheet_parse_range(slice text, sheet_range *out) {
  char copy[64];
  if (text.length >= sizeof copy) {
    return false;
  }
  memcpy(copy, text.bytes, text.length);
  copy[text.length] = '\0';
  char *colon = strchr(copy, ':');
  if (colon == NULL) {
    return false;
  }
  *colon = '\0';
  return sheet_parse_reference(copy, &out->first_column, &out->first_row) &&
         sheet_parse_reference(colon + 1, &out->last_column, &out->last_row) &&
         out->first_column <= out->last_column && out->first_row <= out->last_row;
}

/* ---- Values -------------------------------------------------------------------------------------- */

static number_kind kind_of(const sheet *s) {
  const styles *all = s->options.styles;
  return s->style < all->count ? (number_kind)all->kinds[s->style] : NUMBER_PLAIN;
}

enum { DIGITS_SHOWN = 15, DIGITS_MAX = 40 };

/* Most cells hold only digits: then the text is the number. */
static bool is_whole(slice text) {
  if (text.length == 0 || text.length > DIGITS_MAX || (text.length > 1 && text.bytes[0] == '0')) {
    return false;
  }
  for (size_t i = 0; i < text.length; i++) {
    if (text.bytes[i] < '0' || text.bytes[i] > '9') {
      return false;
    }
  }
  return true;
}

static bool put_cell(sheet *s, slice text, bool is_number) {
  text = slice_trim(text);
  if (text.length == 0) {
    return true;
  }
  if (s->column >= s->columns_end) {
    s->remarked[FILE_FAR_CELLS] = true;
    return true;
  }
  s->row_speaks = true;
  return sheet_rows_add_cell(s->into, s->column, text, is_number);
}

/* VALUE with the digits that are shown.  Whole numbers may be ids. */
static double shown_value(double value) {
  char text[SHORTEST_TEXT_BYTES];
  if (value == rint(value)) {
    return value;
  }
  (void)snprintf(text, sizeof text, "%.*g", DIGITS_SHOWN, value);
  return strtod(text, NULL);
}

static bool put_double(sheet *s, double value) {
  char text[SHORTEST_TEXT_BYTES];
  char plain[DECIMAL_SCALED_TEXT_BYTES];
  decimal number;
  if (shortest_decimal(value, &number, text) || decimal_parse_scaled(slice_of(text), '.', &number)) {
    return put_cell(s, (slice){plain, (size_t)decimal_format(decimal_normalise(number), plain)}, true);
  }
  return put_cell(s, slice_of(text), true);
}

static bool put_number(sheet *s, slice text) {
  const number_kind kind = kind_of(s);
  if (kind == NUMBER_PLAIN && is_whole(text)) {
    return put_cell(s, text, true);
  }
  char *end = NULL;
  const double value = strtod((const char *)s->text.data, &end); /* terminated by its caller */
  if (end != (const char *)s->text.data + text.length || !isfinite(value)) {
    return put_cell(s, text, false);
  }
  char day[SERIAL_TEXT_BYTES];
  const size_t length = kind == NUMBER_PLAIN ? 0 : serial_format(value, kind, s->options.from_1904, day);
  if (length > 0) {
    return put_cell(s, (slice){day, length}, false);
  }
  const double shown = text.length > DIGITS_SHOWN ? shown_value(value) : value;
  s->remarked[FILE_LONG_NUMBERS] =
      s->remarked[FILE_LONG_NUMBERS] || (shown != value && s->column < s->columns_end);
  return put_double(s, shown);
}

static void refuse_shared(sheet *s) {
  char letters[COLUMN_LETTERS_BYTES];
  sheet_column_letters(s->column, letters);
  xml_refuse(s->xml,
             "cell %s%llu has a text that the workbook does not hold; save it again, or copy it again",
             letters, (unsigned long long)s->row);
}

static bool put_shared(sheet *s, slice number) {
  slice text;
  error why;
  char *end = NULL;
  const uint64_t index = strtoull((const char *)s->text.data, &end, 10);
  if (number.length == 0 || *end != '\0' || index >= strings_count(s->options.strings)) {
    refuse_shared(s);
    return true;
  }
  const status st = strings_at(s->options.strings, index, &text, &why);
  if (st != STATUS_OK) {
    xml_fail(s->xml, st, &why);
    return true;
  }
  return put_cell(s, text, false);
}

/* "2025-03-01T09:10:11Z" in the form that columns of dates have. */
static bool put_iso(sheet *s, slice text) {
  char *bytes = (char *)s->text.data;
  char *mark = memchr(bytes, 'T', text.length);
  if (mark != NULL) {
    *mark = ' ';
  }
  return put_cell(s, text, false);
}

static void end_cell(sheet *s) {
  buf_put_u8(&s->text, '\0');
  if (s->text.failed) {
    xml_out_of_memory(s->xml);
    return;
  }
  slice text = slice_trim((slice){(const char *)s->text.data, s->text.length - 1});
  bool well = true;
  if (text.length == 0) {
    /* Programs that do not calculate write an empty result, or none. */
    s->formulas += s->has_formula && (!s->has_value || s->type == CELL_NUMBER);
  } else if (s->type == CELL_SHARED) {
    well = put_shared(s, text);
  } else if (s->type == CELL_NUMBER) {
    text.length = s->text.length - 1; /* numbers have no blanks to trim */
    text.bytes = (const char *)s->text.data;
    well = put_number(s, text);
  } else if (s->type == CELL_BOOLEAN) {
    well = put_cell(s, slice_of(text.bytes[0] == '1' ? "TRUE" : "FALSE"), false);
  } else if (s->type == CELL_DATE) {
    well = put_iso(s, text);
  } else {
    text.length = strings_unescape((char *)s->text.data, s->text.length - 1);
    text.bytes = (const char *)s->text.data;
    well = put_cell(s, text, false);
  }
  s->column++;
  if (!well) {
    xml_out_of_memory(s->xml);
  }
}

static cell_type type_of(const char *t) {
  static const struct {
    const char *name;
    cell_type type;
  } types[] = {{"s", CELL_SHARED}, {"str", CELL_TEXT},  {"inlineStr", CELL_TEXT},
               {"e", CELL_TEXT},   {"b", CELL_BOOLEAN}, {"d", CELL_DATE}};
  for (size_t i = 0; t != NULL && i < sizeof types / sizeof types[0]; i++) {
    if (strcmp(types[i].name, t) == 0) {
      return types[i].type;
    }
  }
  return CELL_NUMBER;
}

/* ---- Events -------------------------------------------------------------------------------------- */

static void begin_row(sheet *s, const char *const *attributes) {
  const char *number = xml_attribute(attributes, "r");
  uint64_t row = s->row + 1;
  if (number != NULL) {
    char *end = NULL;
    row = strtoull(number, &end, 10);
    row = *end == '\0' && row <= SHEET_ROWS_MAX ? row : 0;
  }
  if (s->in_row || row <= s->row || row > SHEET_ROWS_MAX) {
    xml_refuse(s->xml, "its sheet has a row after row %llu that is not a later one; save it again",
               (unsigned long long)s->row);
    return;
  }
  s->blank += row - s->row - 1;
  s->row = row;
  s->column = 0;
  s->in_row = true;
  s->row_speaks = false;
  memset(s->remarked, 0, sizeof s->remarked);
  s->remarked[FILE_HIDDEN_ROWS] = xml_is_true(attributes, "hidden");
  xml_skim(s->xml);
}

static void begin_cell(sheet *s, const char *const *attributes) {
  const char *reference = xml_attribute(attributes, "r");
  const char *style = xml_attribute(attributes, "s");
  uint32_t column = s->column;
  uint64_t row = s->row;
  if ((reference != NULL && !sheet_parse_reference(reference, &column, &row)) || row != s->row ||
      column < s->column || column >= SHEET_COLUMNS_MAX) {
    xml_refuse(s->xml, "its sheet has a cell in row %llu that is out of place; save it again",
               (unsigned long long)s->row);
    return;
  }
  s->column = column;
  s->type = type_of(xml_attribute(attributes, "t"));
  s->style = style != NULL ? strtoull(style, NULL, 10) : 0;
  s->has_formula = false;
  s->has_value = false;
  buf_clear(&s->text);
}

static bool is_full(const sheet *s) {
  return s->into->count >= s->wanted || s->into->bytes.length >= s->bytes;
}

static void end_row(sheet *s) {
  s->in_row = false;
  s->remarked[FILE_HIDDEN_ROWS] = s->remarked[FILE_HIDDEN_ROWS] && s->row_speaks;
  for (int i = 0; i < FILE_REMARKS && s->row > s->options.rows_left_out; i++) {
    if (s->remarked[i]) {
      file_skipped_note(&s->remarks[i], s->row);
    }
  }
  if (!s->row_speaks) {
    s->blank++;
    return;
  }
  if (!sheet_rows_add_blank(s->into, s->blank) || !sheet_rows_end_row(s->into)) {
    xml_out_of_memory(s->xml);
    return;
  }
  s->blank = 0;
  if (is_full(s)) {
    xml_pause(s->xml);
  }
}

static void take_begin(void *context, const char *name, const char *const *attributes) {
  sheet *s = context;
  if (strcmp(name, "c") == 0 && s->in_row) {
    begin_cell(s, attributes);
  } else if (strcmp(name, "v") == 0) {
    s->in_value = true;
    s->has_value = true;
  } else if (strcmp(name, "row") == 0) {
    begin_row(s, attributes);
  } else if (strcmp(name, "f") == 0) {
    s->has_formula = true;
  } else if (strcmp(name, "is") == 0) {
    s->in_inline = true;
  } else if (strcmp(name, "rPh") == 0) {
    s->phonetic++;
  } else if (s->in_inline && strcmp(name, "t") == 0) {
    s->in_value = s->phonetic == 0;
  }
}

static void take_end(void *context, const char *name) {
  sheet *s = context;
  if (strcmp(name, "c") == 0 && s->in_row) {
    end_cell(s);
    xml_skim(s->xml);
  } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    s->in_value = false;
  } else if (strcmp(name, "row") == 0) {
    end_row(s);
  } else if (strcmp(name, "is") == 0) {
    s->in_inline = false;
  } else if (strcmp(name, "rPh") == 0) {
    s->phonetic -= s->phonetic > 0;
  }
}

static void take_text(void *context, slice text) {
  sheet *s = context;
  if (!s->in_value) {
    return;
  }
  if (s->text.length + text.length > INPUT_RECORD_BYTES_MAX) {
    xml_refuse(s->xml, "row %llu has a text of more than %d MiB", (unsigned long long)s->row,
               INPUT_RECORD_BYTES_MAX >> 20);
    return;
  }
  buf_put(&s->text, text.bytes, text.length);
  if (s->text.failed) {
    xml_out_of_memory(s->xml);
  }
}

/* What begin_cell, take_text and end_cell would do. */
static void take_plain(sheet *s, const plain_cell *cell) {
  s->column = cell->column;
  s->type = cell->is_shared ? CELL_SHARED : CELL_NUMBER;
  s->style = cell->style;
  s->has_formula = false;
  s->has_value = true;
  s->in_value = false;
  buf_clear(&s->text);
  buf_put(&s->text, cell->value.bytes, cell->value.length);
  end_cell(s);
}

/* Most cells are plain, and expat takes ten times as long for one. */
static size_t skim(void *context, slice bytes, bool *more) {
  sheet *s = context;
  slice rest = bytes;
  slice after = bytes;
  plain_cell cell;
  plain_outcome outcome;
  while ((outcome = plain_cell_read(&after, &cell)) == PLAIN_CELL && cell.row == s->row &&
         cell.column >= s->column && cell.column < SHEET_COLUMNS_MAX) {
    take_plain(s, &cell);
    rest = after;
  }
  *more = outcome == PLAIN_MORE;
  return bytes.length - rest.length;
}

/* ---- Sheets -------------------------------------------------------------------------------------- */

status sheet_open(package *p, const sheet_options *options, sheet **out, error *err) {
  static const xml_handlers handlers = {take_begin, take_end, take_text, skim};
  sheet *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, package_title(p));
  }
  *out = s;
  s->options = *options;
  s->columns_end = SHEET_COLUMNS_MAX;
  return xml_open(p, options->part, &handlers, s, &s->xml, err);
}

void sheet_close(sheet *s) {
  if (s != NULL) {
    xml_close(s->xml);
    buf_fini(&s->text);
    free(s);
  }
}

status sheet_next(sheet *s, size_t count, size_t bytes, sheet_rows *into, error *err) {
  s->into = into;
  s->wanted = into->count + count;
  s->bytes = bytes;
  while (!s->ended && !is_full(s)) {
    TRY(xml_go_on(s->xml, &s->ended, err));
  }
  return STATUS_OK;
}

uint64_t sheet_formulas_without_result(const sheet *s) {
  return s->formulas;
}

const file_skipped *sheet_remarks(const sheet *s) {
  return s->remarks;
}

void sheet_end_columns(sheet *s, uint32_t column, sheet_rows *ahead) {
  s->columns_end = column;
  for (size_t row = 0; row < ahead->count; row++) {
    const uint64_t number = ahead->first_number + row;
    if (sheet_rows_width(ahead, row) > column && number > s->options.rows_left_out) {
      file_skipped_note(&s->remarks[FILE_FAR_CELLS], number);
    }
  }
  sheet_rows_end_columns(ahead, column);
}
