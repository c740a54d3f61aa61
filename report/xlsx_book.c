/* The workbook: sheets with names that the format allows, styles, and cells. */
#include "report/xlsx_book.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
  SHEETS_MAX = 250,
  NUMBERS_MAX = 64,
  FORMAT_BYTES = 48,
  NAME_CHARACTERS = 31,
  CELL_CHARACTERS = 32000,
  COLUMNS_WIDE = 512,
  PAPER_A4 = 9,
};
static const double WIDTH_LEAST = 9;
static const double WIDTH_MOST = 48;
static const double KEY_DIGITS_MAX = 15;

/* 2000-01-01: the report has no time of its own, and the same report must give the same bytes. */
static const time_t CREATED = 946684800;
/* Days from Excel's day 0 to 1970-01-01; its calendar is right from 1900-03-01 on. */
enum { EXCEL_EPOCH = 25569, EXCEL_FIRST_RIGHT = 61 };

typedef struct number_format {
  char text[FORMAT_BYTES];
  lxw_format *format;
} number_format;

struct xlsx_book {
  const document *d;
  lxw_workbook *file;
  lxw_format *styles[XLSX_STYLES];
  number_format numbers[NUMBERS_MAX];
  size_t numbers_count;
  const char *names[SHEETS_MAX];
  size_t names_count;
  lxw_error failure;
  bool is_long;
};

void xlsx_book_note(xlsx_book *b, lxw_error failure) {
  if (b->failure == LXW_NO_ERROR) {
    b->failure = failure;
  }
}

/* ---- Styles -------------------------------------------------------------------------------------- */

enum {
  INK = 0x16191d,
  INK_LIGHT = 0x545b64,
  RULE = 0xc9cdd2,
  BLUE = 0x1b5e9e,
  ORANGE = 0xb8441a,
  SHADE = 0xeef3f8
};

static void style_title(lxw_format *f, double size) {
  format_set_bold(f);
  format_set_font_size(f, size);
}

static void style_head(lxw_format *f, bool is_figure) {
  format_set_bold(f);
  format_set_bg_color(f, SHADE);
  format_set_bottom(f, LXW_BORDER_THIN);
  format_set_bottom_color(f, INK);
  format_set_text_wrap(f);
  format_set_align(f, LXW_ALIGN_VERTICAL_BOTTOM);
  format_set_align(f, is_figure ? LXW_ALIGN_RIGHT : LXW_ALIGN_LEFT);
}

static void make_styles(xlsx_book *b) {
  for (size_t i = 0; i < XLSX_STYLES; i++) {
    b->styles[i] = workbook_add_format(b->file);
    if (b->styles[i] == NULL) {
      xlsx_book_note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
      return;
    }
    format_set_font_color(b->styles[i], INK);
  }
  style_title(b->styles[XLSX_TITLE], 20);
  style_title(b->styles[XLSX_CHAPTER], 16);
  style_title(b->styles[XLSX_SECTION], 13);
  format_set_font_color(b->styles[XLSX_SECTION], BLUE);
  format_set_bold(b->styles[XLSX_CAPTION]);
  format_set_font_color(b->styles[XLSX_NOTE], INK_LIGHT);
  format_set_font_color(b->styles[XLSX_WARNING], ORANGE);
  style_head(b->styles[XLSX_HEAD], false);
  style_head(b->styles[XLSX_HEAD_FIGURE], true);
  style_head(b->styles[XLSX_HEAD_OVER], false);
  format_set_align(b->styles[XLSX_HEAD_OVER], LXW_ALIGN_CENTER);
  format_set_align(b->styles[XLSX_KEY], LXW_ALIGN_LEFT);
  format_set_num_format(b->styles[XLSX_DATE], "yyyy-mm-dd");
  format_set_font_color(b->styles[XLSX_LINK], BLUE);
  format_set_underline(b->styles[XLSX_LINK], LXW_UNDERLINE_SINGLE);
}

lxw_format *xlsx_book_style(const xlsx_book *b, xlsx_style style) {
  return b->styles[style];
}

lxw_format *xlsx_book_number(xlsx_book *b, const char *format) {
  for (size_t i = 0; i < b->numbers_count; i++) {
    if (strcmp(b->numbers[i].text, format) == 0) {
      return b->numbers[i].format;
    }
  }
  lxw_format *made = b->numbers_count < NUMBERS_MAX ? workbook_add_format(b->file) : NULL;
  if (made == NULL) {
    return b->styles[XLSX_PLAIN];
  }
  number_format *n = &b->numbers[b->numbers_count++];
  (void)snprintf(n->text, sizeof n->text, "%s", format);
  n->format = made;
  format_set_font_color(made, INK);
  format_set_num_format(made, n->text);
  return made;
}

lxw_format *xlsx_book_figure(xlsx_book *b, const figure_column *column, int decimals) {
  static const char zeros[] = "000000000000000";
  char format[FORMAT_BYTES];
  const int places = decimals < 0 ? 0 : decimals > 15 ? 15 : decimals;
  if (column->format == TERM_P) {
    return xlsx_book_number(b, "[<0.0001]\"< 0.0001\";0.0000");
  }
  (void)snprintf(format, sizeof format, "#,##0%s%.*s", places > 0 ? "." : "", places, zeros);
  return xlsx_book_number(b, format);
}

/* ---- The file ------------------------------------------------------------------------------------ */

xlsx_book *xlsx_book_open(const document *d, const char *path, bool is_long) {
  xlsx_book *b = ARENA_NEW(d->memory, xlsx_book);
  const lxw_workbook_options options = {.constant_memory = is_long ? LXW_TRUE : LXW_FALSE};
  if (b == NULL) {
    return NULL;
  }
  *b = (xlsx_book){.d = d, .is_long = is_long};
  b->file = workbook_new_opt(path, (lxw_workbook_options *)&options);
  if (b->file == NULL) {
    return NULL;
  }
  lxw_doc_properties properties = {.created = CREATED};
  xlsx_book_note(b, workbook_set_properties(b->file, &properties));
  make_styles(b);
  return b;
}

bool xlsx_book_is_long(const xlsx_book *b) {
  return b->is_long;
}

const document *xlsx_book_document(const xlsx_book *b) {
  return b->d;
}

lxw_workbook *xlsx_book_file(xlsx_book *b) {
  return b->file;
}

status xlsx_book_close(xlsx_book *b, error *err) {
  const lxw_error closed = workbook_close(b->file);
  const lxw_error failure = b->failure != LXW_NO_ERROR ? b->failure : closed;
  if (failure == LXW_ERROR_MEMORY_MALLOC_FAILED) {
    return error_no_memory(err, "workbook");
  }
  return failure == LXW_NO_ERROR
             ? STATUS_OK
             : error_set(err, STATUS_IO, "the workbook cannot be written: %s", lxw_strerror(failure));
}

/* ---- Sheets -------------------------------------------------------------------------------------- */

static bool is_taken(const xlsx_book *b, const char *name) {
  for (size_t i = 0; i < b->names_count; i++) {
    if (strcasecmp(b->names[i], name) == 0) {
      return true;
    }
  }
  return false;
}

/* Bytes of the first CHARACTERS of S; those beyond U+FFFF count twice, as Excel counts them. */
static size_t bytes_of(slice s, size_t characters) {
  size_t i = 0;
  for (size_t used = 0; i < s.length;) {
    const unsigned char lead = (unsigned char)s.bytes[i];
    const size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    used += bytes == 4 ? 2 : 1;
    if (used > characters || i + bytes > s.length) {
      break;
    }
    i += bytes;
  }
  return i;
}

static const char *sheet_name(xlsx_book *b, slice title) {
  char clean[4 * NAME_CHARACTERS + 1];
  char name[4 * NAME_CHARACTERS + 1];
  size_t used = bytes_of(title, NAME_CHARACTERS);
  memcpy(clean, title.bytes, used);
  for (size_t i = 0; i < used; i++) {
    clean[i] = strchr("[]:*?/\\'", clean[i]) != NULL ? '-' : clean[i];
  }
  const slice kept = slice_trim((slice){clean, used});
  (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(kept));
  for (unsigned k = 2; k <= SHEETS_MAX && (name[0] == '\0' || is_taken(b, name)); k++) {
    char suffix[16];
    const size_t taken = (size_t)snprintf(suffix, sizeof suffix, " (%u)", k);
    const size_t room = bytes_of(kept, NAME_CHARACTERS - taken);
    (void)snprintf(name, sizeof name, "%.*s%s", (int)room, kept.bytes, suffix);
  }
  return arena_copy(b->d->memory, slice_of(name));
}

const char *xlsx_book_reserve(xlsx_book *b, slice title) {
  const char *name = b->names_count < SHEETS_MAX ? sheet_name(b, title) : NULL;
  if (name == NULL) {
    xlsx_book_note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return NULL;
  }
  b->names[b->names_count++] = name;
  return name;
}

xlsx_sheet *xlsx_book_reserved(xlsx_book *b, const char *name) {
  xlsx_sheet *s = ARENA_NEW(b->d->memory, xlsx_sheet);
  double *widths = ARENA_ARRAY(b->d->memory, double, COLUMNS_WIDE);
  if (s == NULL || name == NULL || widths == NULL) {
    xlsx_book_note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return NULL;
  }
  *s = (xlsx_sheet){.at = workbook_add_worksheet(b->file, name), .name = name, .widths = widths};
  if (s->at == NULL) {
    xlsx_book_note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return NULL;
  }
  worksheet_gridlines(s->at, LXW_HIDE_ALL_GRIDLINES);
  worksheet_set_landscape(s->at);
  worksheet_set_paper(s->at, PAPER_A4);
  worksheet_fit_to_pages(s->at, 1, 0);
  return s;
}

xlsx_sheet *xlsx_book_sheet(xlsx_book *b, slice title) {
  xlsx_sheet *s = xlsx_book_reserved(b, xlsx_book_reserve(b, title));
  if (s != NULL) {
    s->title = title;
  }
  return s;
}

xlsx_sheet *xlsx_sheet_continue(xlsx_book *b, xlsx_sheet *s) {
  xlsx_sheet_finish(b, s);
  return xlsx_book_sheet(b, s->title);
}

void xlsx_sheet_finish(xlsx_book *b, xlsx_sheet *s) {
  for (size_t c = 0; c < COLUMNS_WIDE; c++) {
    const double width = s->widths[c];
    if (width > 0) {
      const double fitted = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
      xlsx_book_note(b, worksheet_set_column(s->at, (lxw_col_t)c, (lxw_col_t)c, fitted + 2, NULL));
    }
  }
}

/* ---- Cells --------------------------------------------------------------------------------------- */

/* Excel reads "_x0041_" in a text as the character of that number. */
static bool is_escape(const char *at, size_t left) {
  return left >= 7 && at[0] == '_' && at[1] == 'x' && isxdigit((unsigned char)at[2]) != 0 &&
         isxdigit((unsigned char)at[3]) != 0 && isxdigit((unsigned char)at[4]) != 0 &&
         isxdigit((unsigned char)at[5]) != 0 && at[6] == '_';
}

/* U+FFFE and U+FFFF may not be in XML. */
static bool is_nothing(const char *at, size_t left) {
  return left >= 3 && memcmp(at, "\xEF\xBF", 2) == 0 &&
         ((unsigned char)at[2] == 0xBE || (unsigned char)at[2] == 0xBF);
}

const char *xlsx_text(const xlsx_book *b, slice text) {
  buf out;
  buf_init(&out);
  const size_t kept = bytes_of(text, CELL_CHARACTERS);
  for (size_t i = 0; i < kept; i++) {
    if (is_escape(text.bytes + i, kept - i)) {
      buf_put(&out, "_x005F", 6);
    }
    if (is_nothing(text.bytes + i, kept - i)) {
      buf_put(&out, "\xEF\xBF\xBD", 3);
      i += 2;
    } else {
      buf_put(&out, text.bytes + i, 1);
    }
  }
  if (kept < text.length) {
    buf_put(&out, "…", strlen("…"));
  }
  const char *copy = arena_copy(b->d->memory, (slice){(const char *)out.data, out.length});
  buf_fini(&out);
  return copy == NULL ? "" : copy;
}

static void widen(xlsx_sheet *s, lxw_col_t column, double width) {
  if (column < COLUMNS_WIDE && width > s->widths[column]) {
    s->widths[column] = width;
  }
}

static void put_string(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text, xlsx_style style) {
  if (text.length > 0) {
    xlsx_book_note(b, worksheet_write_string(s->at, s->row, column, xlsx_text(b, text), b->styles[style]));
  }
}

void xlsx_put(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text, xlsx_style style) {
  /* Heads are wrapped: the longest word of one counts, roughly. */
  const double width = (double)text_width(text);
  widen(s, column,
        style == XLSX_HEAD || style == XLSX_HEAD_FIGURE ? (width > 18 ? width / 2 : width) : width);
  put_string(b, s, column, text, style);
}

void xlsx_put_over(xlsx_book *b, xlsx_sheet *s, lxw_col_t first, lxw_col_t last, slice text) {
  if (first == last) {
    xlsx_put(b, s, first, text, XLSX_HEAD_OVER);
    return;
  }
  xlsx_book_note(b, worksheet_merge_range(s->at, s->row, first, s->row, last, xlsx_text(b, text),
                                          b->styles[XLSX_HEAD_OVER]));
}

/* A number that is written the way it would be shown: at most 15 digits, no zero before another digit. */
static bool is_number(slice text) {
  size_t i = text.length > 0 && text.bytes[0] == '-' ? 1 : 0;
  const size_t first = i;
  size_t marks = 0;
  for (; i < text.length; i++) {
    marks += text.bytes[i] == '.' ? 1 : 0;
    if (isdigit((unsigned char)text.bytes[i]) == 0 && text.bytes[i] != '.') {
      return false;
    }
  }
  const size_t digits = text.length - first - marks;
  const bool has_zero = digits > 1 && text.bytes[first] == '0' && text.bytes[first + 1] != '.';
  return marks <= 1 && digits > 0 && (double)digits <= KEY_DIGITS_MAX && !has_zero &&
         text.bytes[first] != '.' && text.bytes[text.length - 1] != '.';
}

void xlsx_put_key(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text) {
  if (is_number(text)) {
    const char *copy = arena_copy(b->d->memory, text);
    xlsx_put_number(b, s, column, copy == NULL ? 0 : strtod(copy, NULL), b->styles[XLSX_KEY]);
    return;
  }
  xlsx_put(b, s, column, text, XLSX_KEY);
}

void xlsx_put_number(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, double value, lxw_format *format) {
  if (isfinite(value)) {
    widen(s, column, WIDTH_LEAST);
    xlsx_book_note(b, worksheet_write_number(s->at, s->row, column, value, format));
  }
}

void xlsx_put_figure(xlsx_book *b, xlsx_sheet *s, lxw_col_t at, const figure_column *column,
                     const json *row) {
  double value = 0;
  int decimals = 0;
  switch (figure_number(b->d, column, row, &value, &decimals)) {
    case FIGURE_NONE:
      return;
    case FIGURE_NUMBER:
      xlsx_put_number(b, s, at, value, xlsx_book_figure(b, column, decimals));
      return;
    case FIGURE_DATE:
      if (floor(value) + EXCEL_EPOCH >= EXCEL_FIRST_RIGHT) {
        xlsx_put_number(b, s, at, floor(value) + EXCEL_EPOCH, b->styles[XLSX_DATE]);
        return;
      }
      break;
    case FIGURE_TEXT:
      break;
  }
  xlsx_put_key(b, s, at, figure_cell(b->d, column, row));
}

void xlsx_put_line(xlsx_book *b, xlsx_sheet *s, slice text, xlsx_style style) {
  put_string(b, s, 0, text, style);
  s->row++;
}

void xlsx_put_link(xlsx_book *b, xlsx_sheet *s, lxw_col_t column, slice text, const xlsx_sheet *to,
                   lxw_row_t row) {
  buf url;
  buf_init(&url);
  buf_printf(&url, "internal:'%s'!A%u%c", to->name, (unsigned)row + 1, '\0');
  if (!url.failed) {
    widen(s, column, (double)text_width(text));
    xlsx_book_note(b, worksheet_write_url_opt(s->at, s->row, column, (const char *)url.data,
                                              b->styles[XLSX_LINK], xlsx_text(b, text), NULL));
  }
  buf_fini(&url);
}
