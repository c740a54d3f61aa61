/* Ranges of missing codes: "90..99", "90..", "..-1".  ".." alone is a text, with which statistical offices
 * say that there is no figure. */
#include <string.h>

#include "specification/codebook.h"

/* An end of a range as cells are compared with it: a number with the mark of the data, or with a point. */
static bool read_end(const compilation *c, slice text, decimal *out) {
  return decimal_parse_scaled(text, c->data.decimal_mark, out) || decimal_parse_scaled(text, '.', out);
}

static bool may_be_number(slice text) {
  return text.length > 0 && strchr("+-.,0123456789", text.bytes[0]) != NULL && text.bytes[0] != '\0';
}

/* Texts may end in dots, or have three, and answers in words are no ranges: "don't know..", "...". */
static bool is_meant_as_range(const symbol *s, slice low, slice high) {
  const variable_kind kind = s->variable.kind;
  const bool has_numbers = kind == VARIABLE_SCALE || kind == VARIABLE_NUMBER || kind == VARIABLE_DATE;
  const bool is_ellipsis = high.length > 0 && high.bytes[0] == '.';
  const bool is_one_sided = (low.length == 0) != (high.length == 0);
  return has_numbers && !is_ellipsis && (!is_one_sided || may_be_number(low.length > 0 ? low : high));
}

bool missing_span_check(compilation *c, const symbol *s, const node *n, slice text) {
  const char *dots = memmem(text.bytes, text.length, "..", 2);
  if (dots == NULL || text.length == 2 || s->variable.kind == VARIABLE_TEXT) {
    return true;
  }
  decimal ends[2] = {{0, 0}, {0, 0}};
  const slice low = {text.bytes, (size_t)(dots - text.bytes)};
  const slice high = {dots + 2, text.length - low.length - 2};
  const bool is_range =
      (low.length == 0 || read_end(c, low, &ends[0])) && (high.length == 0 || read_end(c, high, &ends[1]));
  const bool is_empty =
      is_range && low.length > 0 && high.length > 0 && decimal_compare(ends[0], ends[1]) > 0;
  if (is_empty || (!is_range && is_meant_as_range(s, low, high))) {
    field_expected(c, n, "missing", "a range of numbers low..high, low.. or ..high, the lower one first");
    return false;
  }
  return true;
}
