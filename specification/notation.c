/* How the numbers of a column are written: what may stand between, before and after their digits. */
#include <string.h>

#include "base/tidy.h"
#include "specification/codebook.h"

enum { AROUND_BYTES_MAX = 32 };

bool notation_leading(compilation *c, symbol *s) {
  const node *n = node_get(s->body, "leading_number");
  return n == NULL || field_flag(c, n, "leading_number", &s->variable.leading_number);
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/* In the form in which cells are compared; blanks at its ends do not count, unless it is all blank. */
static bool read_tidy(compilation *c, const node *n, const char *what, slice *out) {
  char room[TIDY_GROWTH * AROUND_BYTES_MAX];
  char again[TIDY_NUMBER_BYTES];
  slice text;
  if (!field_text(c, n, what, &text)) {
    return false;
  }
  if (text.length == 0 || text.length > AROUND_BYTES_MAX) {
    field_expected(c, n, what, "1 to %d bytes", AROUND_BYTES_MAX);
    return false;
  }
  const slice tidy = tidy_number(tidy_text(text, room), again);
  *out = arena_slice(c->memory, tidy.length > 0 ? tidy : slice_of(" "));
  return true;
}

static bool is_one_character(slice text) {
  for (size_t i = 1; i < text.length; i++) {
    if (((unsigned char)text.bytes[i] & 0xC0) != 0x80) {
      return false;
    }
  }
  return true;
}

static bool read_thousands(compilation *c, const node *n, slice *out) {
  if (!read_tidy(c, n, "thousands", out)) {
    return false;
  }
  const char byte = out->bytes[0];
  const bool is_mark = out->length == 1 && byte == c->data.decimal_mark;
  if (!is_one_character(*out) || is_digit(byte) || byte == '-' || byte == '+' || is_mark) {
    field_expected(c, n, "thousands", "one character other than digits, signs and the decimal mark '%c'",
                   c->data.decimal_mark);
    return false;
  }
  return true;
}

/* A digit beside a number would be part of it. */
static bool read_around(compilation *c, const node *n, const char *what, bool is_before, slice *out) {
  if (!read_tidy(c, n, what, out)) {
    return false;
  }
  if (is_digit(out->bytes[is_before ? out->length - 1 : 0])) {
    field_expected(c, n, what, "a text without a digit beside the number");
    return false;
  }
  return true;
}

bool notation_read(compilation *c, symbol *s) {
  program_variable *v = &s->variable;
  const node *thousands = node_get(s->body, "thousands");
  const node *prefix = node_get(s->body, "prefix");
  const node *suffix = node_get(s->body, "suffix");
  bool all_well = notation_leading(c, s);
  all_well = (thousands == NULL || read_thousands(c, thousands, &v->thousands)) && all_well;
  all_well = (prefix == NULL || read_around(c, prefix, "prefix", true, &v->prefix)) && all_well;
  return (suffix == NULL || read_around(c, suffix, "suffix", false, &v->suffix)) && all_well;
}

bool notation_is_declared(const program_variable *v) {
  return v->leading_number || v->thousands.length > 0 || v->prefix.length > 0 || v->suffix.length > 0;
}
