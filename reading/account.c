/* Long names and lines are cut.  Whoever prints the account escapes what could disturb a terminal. */
#include "reading/account.h"

enum { NAMES_ALL = 12, NAMES_SHOWN = 8, NAME_COLUMNS = 40, LINE_COLUMNS = 160 };

static void put_cut(buf *out, slice text, size_t columns) {
  const slice shown = text_cut(text_fit(text, columns), 3 * columns);
  buf_printf(out, "%.*s%s", SLICE_ARG(shown), shown.length < text.length ? "..." : "");
}

static void put_names(const input_header *h, buf *out) {
  const uint32_t shown = h->count <= NAMES_ALL ? h->count : NAMES_SHOWN;
  for (uint32_t i = 0; i < shown; i++) {
    buf_printf(out, "%s'", i > 0 ? ", " : ": ");
    put_cut(out, h->columns[i].name, NAME_COLUMNS);
    buf_printf(out, "'");
  }
  if (shown < h->count) {
    char left[TEXT_COUNT_BYTES];
    buf_printf(out, " and %s more", text_of_count(h->count - shown, left));
  }
}

static bool are_numbers(const input_header *h) {
  decimal ignored;
  bool all = h->count > 0;
  for (uint32_t i = 0; i < h->count && all; i++) {
    all = decimal_parse(h->columns[i].name, '.', &ignored);
  }
  return all;
}

static bool is_ascii(slice text) {
  for (size_t i = 0; i < text.length; i++) {
    if ((unsigned char)text.bytes[i] >= 0x80) {
      return false;
    }
  }
  return true;
}

/* Names may be misread, and then nobody finds a column by its own. */
static void put_encoding(const input_file *f, buf *out) {
  const input_header *h = &f->header;
  const uint32_t more = f->format->notices != NULL ? f->format->notices(f) : 0;
  bool is_plain = true;
  for (uint32_t i = 0; i < h->count && is_plain; i++) {
    is_plain = is_ascii(h->columns[i].name);
  }
  if (((h->reading.notices | more) >> FILE_NOTICE_UTF8_ALREADY & 1) != 0) {
    buf_printf(out,
               "; its texts are valid UTF-8, and the encoding that is stated%s%s%s makes other letters of "
               "them: `data: {encoding: utf-8}` reads its own",
               h->encoding != NULL ? " (" : "", h->encoding != NULL ? h->encoding : "",
               h->encoding != NULL ? ")" : "");
  } else if (!is_plain && h->encoding != NULL) {
    buf_printf(out,
               "; its texts are read as %s: if these names look wrong, `data: {encoding: gb18030}`, or "
               "another one, states in what they are",
               h->encoding);
  }
}

void input_account(const input_file *f, buf *out) {
  const input_header *h = &f->header;
  char count[TEXT_COUNT_BYTES];
  (void)text_of_count(h->count, count);
  if (h->manner.length > 0) {
    buf_printf(out, "%.*s ", SLICE_ARG(h->manner));
  } else {
    buf_printf(out, "has ");
  }
  buf_printf(out, "%s column%s", count, h->count == 1 ? "" : "s");
  put_names(h, out);
  if (are_numbers(h)) {
    buf_printf(out,
               "; all of them are numbers: if the file has no line of titles, put one before its first line");
  }
  put_encoding(f, out);
  if (h->first_line.length > 0) {
    buf_printf(out, "; the line as read: ");
    put_cut(out, h->first_line, LINE_COLUMNS);
  }
}
