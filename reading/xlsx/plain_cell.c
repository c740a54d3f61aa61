/* Takes what must be there, part by part; whatever else is there is for the parser. */
#include "reading/xlsx/plain_cell.h"

#include <string.h>

enum { NUMBER_BYTES = 40, LETTERS_MAX = 3, DIGITS_MAX = 10 };

/* LITERAL comes next; what is not complete is PLAIN_MORE. */
static plain_outcome take(slice *rest, const char *literal, size_t length) {
  const size_t there = rest->length < length ? rest->length : length;
  if (memcmp(rest->bytes, literal, there) != 0) {
    return PLAIN_OTHER;
  }
  *rest = (slice){rest->bytes + there, rest->length - there};
  return there == length ? PLAIN_CELL : PLAIN_MORE;
}

#define TAKE(rest, literal) take((rest), literal, sizeof(literal) - 1)

#define NEXT(call)                         \
  do {                                     \
    const plain_outcome outcome_ = (call); \
    if (outcome_ != PLAIN_CELL) {          \
      return outcome_;                     \
    }                                      \
  } while (0)

static plain_outcome take_digits(slice *rest, uint64_t *out) {
  size_t at = 0;
  *out = 0;
  for (; at < rest->length && at <= DIGITS_MAX && rest->bytes[at] >= '0' && rest->bytes[at] <= '9'; at++) {
    *out = *out * 10 + (uint64_t)(rest->bytes[at] - '0');
  }
  if (at == rest->length) {
    return PLAIN_MORE;
  }
  *rest = (slice){rest->bytes + at, rest->length - at};
  return at > 0 && at <= DIGITS_MAX ? PLAIN_CELL : PLAIN_OTHER;
}

static plain_outcome take_reference(slice *rest, plain_cell *out) {
  uint32_t letters = 0;
  size_t at = 0;
  for (; at < rest->length && at <= LETTERS_MAX && rest->bytes[at] >= 'A' && rest->bytes[at] <= 'Z'; at++) {
    letters = letters * 26 + (uint32_t)(rest->bytes[at] - 'A') + 1;
  }
  if (at == 0 || at > LETTERS_MAX) {
    return rest->length == 0 ? PLAIN_MORE : PLAIN_OTHER;
  }
  *rest = (slice){rest->bytes + at, rest->length - at};
  out->column = letters - 1;
  return take_digits(rest, &out->row);
}

static bool is_of_numbers(char c) {
  return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'E' || c == 'e';
}

static plain_outcome take_value(slice *rest, slice *out) {
  size_t at = 0;
  while (at < rest->length && at <= NUMBER_BYTES && is_of_numbers(rest->bytes[at])) {
    at++;
  }
  if (at == rest->length) {
    return PLAIN_MORE;
  }
  *out = (slice){rest->bytes, at};
  *rest = (slice){rest->bytes + at, rest->length - at};
  return at > 0 && at <= NUMBER_BYTES ? PLAIN_CELL : PLAIN_OTHER;
}

/* An attribute that may be missing: whether it is there. */
static plain_outcome take_attribute(slice *rest, const char *begin, size_t length, bool *is_there) {
  slice after = *rest;
  const plain_outcome outcome = take(&after, begin, length);
  *is_there = outcome == PLAIN_CELL;
  *rest = *is_there ? after : *rest;
  return outcome == PLAIN_MORE ? PLAIN_MORE : PLAIN_CELL;
}

#define TAKE_ATTRIBUTE(rest, begin, is_there) take_attribute((rest), begin, sizeof(begin) - 1, (is_there))

plain_outcome plain_cell_read(slice *bytes, plain_cell *out) {
  slice rest = *bytes;
  bool has_style, has_type;
  *out = (plain_cell){0};
  NEXT(TAKE(&rest, "<c r=\""));
  NEXT(take_reference(&rest, out));
  NEXT(TAKE(&rest, "\""));
  NEXT(TAKE_ATTRIBUTE(&rest, " s=\"", &has_style));
  if (has_style) {
    NEXT(take_digits(&rest, &out->style));
    NEXT(TAKE(&rest, "\""));
  }
  NEXT(TAKE_ATTRIBUTE(&rest, " t=\"", &has_type));
  if (has_type) {
    NEXT(TAKE_ATTRIBUTE(&rest, "s\"", &out->is_shared));
    if (!out->is_shared) {
      NEXT(TAKE(&rest, "n\""));
    }
  }
  NEXT(TAKE(&rest, "><v>"));
  NEXT(take_value(&rest, &out->value));
  NEXT(TAKE(&rest, "</v></c>"));
  *bytes = rest;
  return PLAIN_CELL;
}
