/* `data`: how the files are written. */
#include <assert.h>
#include <ctype.h>
#include <iconv.h>
#include <string.h>

#include "specification/fields.h"

static const char *const common_encodings[] = {
    "utf-8",      "gb18030",     "gbk",          "gb2312",       "big5",         "utf-16",
    "utf-16le",   "utf-16be",    "cp949",        "euc-kr",       "shift_jis",    "euc-jp",
    "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1250", "windows-1251", "koi8-r",
};

static bool is_utf8(const char *name) {
  return strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0;
}

static void read_encoding(compilation *c, const node *n) {
  slice name;
  if (!field_name(c, n, "encoding", &name)) {
    return;
  }
  char *lower = arena_copy(c->memory, name);
  if (lower == NULL) {
    return;
  }
  for (char *at = lower; *at != '\0'; at++) {
    *at = (char)tolower((unsigned char)*at);
  }
  if (is_utf8(lower)) {
    c->data.encoding = "utf-8"; /* files of SPSS and Stata may state another one */
    return;
  }
  iconv_t converter = strchr(lower, '/') == NULL ? iconv_open("UTF-8", lower) : (iconv_t)-1;
  if (converter == (iconv_t)-1) {
    problem_unknown(c->problems, n->at, "encoding", name, common_encodings,
                    sizeof common_encodings / sizeof common_encodings[0]);
    return;
  }
  (void)iconv_close(converter);
  c->data.encoding = lower;
}

static void read_delimiter(compilation *c, const node *n) {
  if (n->kind == NODE_TEXT &&
      (slice_equal(n->text, slice_of("tab")) || slice_equal(n->text, slice_of("\\t")))) {
    c->data.delimiter = '\t';
    return;
  }
  char byte = n->kind == NODE_TEXT && n->text.length == 1 ? n->text.bytes[0] : '\0';
  bool possible = byte == '\t' || (byte > ' ' && byte < 0x7f && byte != '"' && !isalnum((unsigned char)byte));
  if (!possible) {
    field_expected(c, n, "delimiter", "one character such as \",\" or \";\", or tab");
    return;
  }
  c->data.delimiter = byte;
}

static void read_decimal_mark(compilation *c, const node *n) {
  bool possible = n->kind == NODE_TEXT && n->text.length == 1 && strchr(".,", n->text.bytes[0]) != NULL;
  if (!possible) {
    field_expected(c, n, "decimal", "\".\" or \",\"");
    return;
  }
  c->data.decimal_mark = n->text.bytes[0];
}

static const char *const totals_names[] = {[READING_TOTALS_CERTAIN] = "certain",
                                           [READING_TOTALS_LEAVE_OUT] = "leave_out",
                                           [READING_TOTALS_KEEP] = "keep"};

static void read_totals(compilation *c, const node *n) {
  size_t choice;
  if (field_choice(c, n, "totals", totals_names, sizeof totals_names / sizeof totals_names[0], &choice)) {
    c->data.totals = (reading_totals)choice;
  }
}

static void read_blank_rows(compilation *c, const node *n) {
  static const char *const choices[] = {"leave_out", "keep"};
  size_t choice = 0;
  if (field_choice(c, n, "blank_rows", choices, 2, &choice)) {
    c->data.keeps_blank_rows = choice == 1;
  }
}

enum { FORMATS_MAX = 64 };

static void read_format(compilation *c, const node *n) {
  const char *choices[FORMATS_MAX];
  size_t count = 0;
  size_t choice = 0;
  const platform *named = n->kind == NODE_TEXT ? platform_named(n->text) : NULL;
  if (named != NULL) {
    c->data.format = named->name;
    return;
  }
  while (count < FORMATS_MAX && (choices[count] = reading_format_name(count)) != NULL) {
    count++;
  }
  assert(reading_format_name(count) == NULL);
  for (size_t i = 0; count < FORMATS_MAX && platform_at(i) != NULL; i++) {
    choices[count++] = platform_at(i)->name;
  }
  assert(count < FORMATS_MAX);
  if (field_choice(c, n, "format", choices, count, &choice)) {
    c->data.format = choices[choice];
  }
}

/* A name, or a number. */
static void read_sheet(compilation *c, const node *n) {
  enum { SHEET_NAME_BYTES = 200 };
  if (n->kind != NODE_TEXT || n->text.length == 0 || n->text.length > SHEET_NAME_BYTES) {
    field_expected(c, n, "sheet", "the name or the number of a sheet");
    return;
  }
  c->data.sheet = arena_copy(c->memory, n->text);
}

/* ---- The header ---------------------------------------------------------------------------------- */

enum { SKIP_MAX = 10000 };

static void read_skip(compilation *c, const node *n) {
  int64_t lines = 0;
  if (field_whole(c, n, "skip", 0, SKIP_MAX, &lines)) {
    c->data.header.skip = (uint32_t)lines;
  }
}

static void read_header(compilation *c, const node *n) {
  int64_t rows = 0;
  if (field_whole(c, n, "header", 1, READING_HEADER_ROWS_MAX, &rows)) {
    c->data.header.rows = (uint32_t)rows;
  }
}

/* The number of a row, or a list of numbers. */
static void read_titles(compilation *c, const node *n) {
  const node *one[] = {n};
  const node *const *rows = n->kind == NODE_LIST ? (const node *const *)n->items : one;
  const uint32_t count = n->kind == NODE_LIST ? n->count : 1;
  for (uint32_t i = 0; i < count; i++) {
    int64_t row = 0;
    if (field_whole(c, rows[i], "titles", 1, READING_HEADER_ROWS_MAX, &row)) {
      c->data.header.titles |= UINT32_C(1) << (row - 1);
    }
  }
}

static void read_labels(compilation *c, const node *n) {
  int64_t row = 0;
  if (field_whole(c, n, "labels", 1, READING_HEADER_ROWS_MAX, &row)) {
    c->data.header.labels = (uint32_t)row;
  }
}

/* Rows that are given a meaning must be in the header. */
static void check_header(compilation *c, const node *section) {
  const reading_header_rows *h = &c->data.header;
  const bool is_beyond = h->labels > h->rows || (h->titles >> h->rows) != 0;
  if (is_beyond && (h->rows > 0 || c->data.format == NULL)) {
    problem_at(
        c->problems, section->at,
        "data: titles and labels are rows of the header, which has %u; state `header:`, how many it has",
        h->rows > 0 ? h->rows : 1);
  } else if (h->rows > 0 && h->titles == 0 && h->labels > 0 && h->rows == 1) {
    problem_at(c->problems, section->at,
               "data: the only row of the header is that of the labels; no row has titles");
  }
}

static void header_normal(compilation *c, json *o) {
  const reading_header_rows *h = &c->data.header;
  if (h->skip > 0) {
    json_set_integer(o, "skip", h->skip);
  }
  if (h->rows > 0) {
    json_set_integer(o, "header", h->rows);
  }
  if (h->titles != 0) {
    json *titles = json_array(c->memory);
    for (int i = 0; i < READING_HEADER_ROWS_MAX; i++) {
      if ((h->titles >> i & 1) != 0) {
        json_push(titles, json_integer(c->memory, i + 1));
      }
    }
    json_set(o, "titles", titles);
  }
  if (h->labels > 0) {
    json_set_integer(o, "labels", h->labels);
  }
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static void data_normal(compilation *c) {
  json *o = json_object(c->memory);
  char delimiter[] = {c->data.delimiter, '\0'};
  char mark[] = {c->data.decimal_mark, '\0'};
  json_set_text(o, "encoding", c->data.encoding != NULL ? c->data.encoding : "utf-8");
  json_set(o, "delimiter",
           c->data.delimiter != '\0' ? json_text(c->memory, slice_of(delimiter)) : json_null(c->memory));
  json_set_text(o, "decimal", mark);
  /* The defaults of these leave no trace: they are older than the keys. */
  if (c->data.keeps_blank_rows) {
    json_set_text(o, "blank_rows", "keep");
  }
  if (c->data.totals != READING_TOTALS_CERTAIN) {
    json_set_text(o, "totals", totals_names[c->data.totals]);
  }
  if (c->data.format != NULL) {
    json_set_text(o, "format", c->data.format);
  }
  if (c->data.sheet != NULL) {
    json_set_text(o, "sheet", c->data.sheet);
  }
  header_normal(c, o);
  json_set(c->normal, "data", o);
}

void data_read(compilation *c, const node *root) {
  static const struct data_key {
    const char *key;
    void (*read)(compilation *c, const node *n);
  } keys[] = {{"encoding", read_encoding},     {"delimiter", read_delimiter}, {"decimal", read_decimal_mark},
              {"blank_rows", read_blank_rows}, {"totals", read_totals},       {"format", read_format},
              {"sheet", read_sheet},           {"skip", read_skip},           {"header", read_header},
              {"titles", read_titles},         {"labels", read_labels}};
  enum { KEYS = sizeof keys / sizeof keys[0] };
  const node *section = node_get(root, "data");
  c->data.decimal_mark = '.';
  if (section != NULL && field_is_map(c, section, "data",
                                      "encoding, delimiter, decimal, blank_rows, totals, format, sheet, "
                                      "skip, header, titles and labels")) {
    const char *names[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
      names[i] = keys[i].key;
    }
    field_check_keys(c, section, "data", names, KEYS);
    for (size_t i = 0; i < KEYS; i++) {
      const node *n = node_get(section, keys[i].key);
      if (n != NULL) {
        keys[i].read(c, n);
      }
    }
    check_header(c, section);
    if (c->data.delimiter != '\0' && c->data.delimiter == c->data.decimal_mark) {
      problem_at(c->problems, section->at, "data: delimiter and decimal mark are both '%c'",
                 c->data.delimiter);
    }
  }
  data_normal(c);
}
