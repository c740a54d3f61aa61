/* Numbers as people write them: how cells are tidied, and numbers with more than digits around them.
 *
 * A cell that is a number as it stands is that number.  Otherwise its signs and marks are brought into their
 * ordinary form.  Then what the variable declares is taken off: its prefix, its suffix, and separators that
 * stand between thousands; a per cent sign need not be declared.  What is left either is a number or is not.
 * Last, if the variable says so, the cell may begin with its number ("5 - Very good"), or end with it in
 * brackets ("good (5 points)").
 */
#include <stdlib.h>
#include <string.h>

#include "base/tidy.h"
#include "stats/frame/state.h"

/* ---- Tidy entries -------------------------------------------------------------------------------- */

/* In free texts only the ends are changed. */
static slice tidied(const program_variable *v, slice text, char *room) {
  return v->kind == VARIABLE_TEXT ? tidy_ends(text) : tidy_text(text, room);
}

/* As soon as one entry changes, all are copied. */
static status tidy_entry(frame *f, const program_variable *v, frame_cells *c, uint32_t entry, slice **texts,
                         error *err) {
  const slice text = c->texts[entry];
  char *room = frame_memory(f, TIDY_GROWTH * text.length);
  if (*texts == NULL) {
    *texts = frame_array(f, (size_t)c->count + 1, sizeof **texts);
    if (*texts != NULL) {
      memcpy(*texts, c->texts, c->count * sizeof **texts);
    }
  }
  if (room == NULL || *texts == NULL) {
    return frame_no_memory(err);
  }
  (*texts)[entry] = tidied(v, text, room);
  c->tidied[entry] = (*texts)[entry].length > 0 ? CELL_TIDIED : 0; /* one that shows nothing is just blank */
  return STATUS_OK;
}

static bool is_ascii(slice text) {
  unsigned all = 0;
  for (size_t i = 0; i < text.length; i++) {
    all |= (unsigned char)text.bytes[i];
  }
  return all < 0x80;
}

/* Whether there may be anything to tidy in TEXT.  Only the ends of a free text matter. */
static bool may_change(const program_variable *v, slice text) {
  if (v->kind != VARIABLE_TEXT) {
    return !is_ascii(text);
  }
  return text.length > 0 && !is_ascii((slice){(const char[]){text.bytes[0], text.bytes[text.length - 1]}, 2});
}

static bool changes(const program_variable *v, slice text, char *room) {
  const slice tidy = tidied(v, text, room);
  return tidy.bytes != text.bytes || tidy.length != text.length;
}

status frame_tidy_cells(frame *f, const program_variable *v, frame_cells *c, error *err) {
  slice *texts = NULL;
  char *room = NULL;
  size_t room_length = 0;
  status st = STATUS_OK;
  c->tidied = frame_scratch(f, (size_t)c->count + 1);
  if (c->tidied == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = c->numbers_count; st == STATUS_OK && i < c->count; i++) {
    const slice text = c->texts[i];
    if (!may_change(v, text)) {
      continue;
    }
    if (TIDY_GROWTH * text.length > room_length) {
      free(room);
      room_length = 2 * TIDY_GROWTH * text.length;
      room = malloc(room_length);
      st = room != NULL ? STATUS_OK : frame_no_memory(err);
    }
    if (st == STATUS_OK && changes(v, text, room)) {
      st = tidy_entry(f, v, c, i, &texts, err);
    }
  }
  free(room);
  c->texts = texts != NULL ? texts : c->texts;
  return st;
}

bool frame_cells_are_told(const frame_cells *c) {
  uint8_t all = 0;
  for (uint32_t i = 0; i < c->count; i++) {
    all |= c->tidied[i];
  }
  return all != 0;
}

status frame_note_tidied(frame *f, const program_variable *v, uint32_t column, const frame_cells *c,
                         frame_variable *out, error *err) {
  const uint32_t columns = v->kind == VARIABLE_MULTI_FLAGS ? v->columns_count : 1;
  if (!frame_cells_are_told(c)) {
    return STATUS_OK;
  }
  if (out->tidied == NULL) {
    out->tidied = frame_scratch(f, columns * sizeof *out->tidied);
  }
  uint8_t *rows = frame_memory(f, f->padded);
  if (out->tidied == NULL || rows == NULL) {
    return frame_no_memory(err);
  }
  frame_spread_bytes(f, c, c->tidied, rows);
  out->tidied[column] = rows;
  return STATUS_OK;
}

/* ---- Around the digits --------------------------------------------------------------------------- */

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static bool starts_with(slice s, slice start) {
  return start.length > 0 && s.length >= start.length && memcmp(s.bytes, start.bytes, start.length) == 0;
}

static bool ends_with(slice s, slice end) {
  return end.length > 0 && s.length >= end.length &&
         memcmp(s.bytes + (s.length - end.length), end.bytes, end.length) == 0;
}

static slice without_start(slice s, size_t length) {
  return slice_trim((slice){s.bytes + length, s.length - length});
}

static slice without_end(slice s, size_t length) {
  return slice_trim((slice){s.bytes, s.length - length});
}

/* Takes a sign off the front of *S; returns whether it was a minus. */
static bool take_sign(slice *s) {
  const bool is_minus = s->length > 0 && s->bytes[0] == '-';
  if (is_minus || (s->length > 0 && s->bytes[0] == '+')) {
    *s = without_start(*s, 1);
  }
  return is_minus;
}

/* How many digits S has from AT on. */
static size_t digits_at(slice s, size_t at) {
  size_t end = at;
  while (end < s.length && is_digit(s.bytes[end])) {
    end++;
  }
  return end - at;
}

/* Copies S without the separators between thousands.  At most three digits stand before the first separator,
 * of which the first is not 0; three after the last; and between them three or, where people count in lakhs,
 * two. False: a separator stands elsewhere, or there is none. */
static bool drop_thousands(slice s, slice mark, char *out, size_t *length) {
  size_t at = digits_at(s, 0);
  size_t last = 3;
  bool any = false;
  memcpy(out, s.bytes, at);
  *length = at;
  while (at > 0 && (any || (at <= 3 && s.bytes[0] != '0')) &&
         starts_with((slice){s.bytes + at, s.length - at}, mark)) {
    at += mark.length;
    last = digits_at(s, at);
    if (last != 3 && last != 2) {
      return false;
    }
    memcpy(out + *length, s.bytes + at, last);
    *length += last;
    at += last;
    any = true;
  }
  memcpy(out + *length, s.bytes + at, s.length - at);
  *length += s.length - at;
  return any && last == 3;
}

static bool parse(const cell_rules *r, slice text, cell *out) {
  const decimal_length length = decimal_parse_any(text, r->mark, &out->number, &out->digits);
  out->is_number =
      length == DECIMAL_SHORT || (length == DECIMAL_LONG && decimal_of_digits(&out->digits, &out->number));
  out->is_long = length == DECIMAL_LONG && !out->is_number;
  return out->is_number || out->is_long;
}

/* Parses what is left when everything around the number is gone: it may have separators between thousands. */
static bool parse_bare(const cell_rules *r, slice text, bool is_minus, cell *out) {
  char room[TIDY_NUMBER_BYTES + 1];
  size_t length = 0;
  if (text.length == 0 || text.length > TIDY_NUMBER_BYTES || !is_digit(text.bytes[0])) {
    return false;
  }
  room[0] = '-';
  if (!drop_thousands(text, r->variable->thousands, room + 1, &length)) {
    memcpy(room + 1, text.bytes, text.length);
    length = text.length;
  }
  return parse(r, (slice){is_minus ? room : room + 1, length + is_minus}, out);
}

/* *HOW: a sign that is not declared was taken off. */
static bool parse_dressed(const cell_rules *r, slice text, uint8_t *how, cell *out) {
  const program_variable *v = r->variable;
  bool is_minus = take_sign(&text);
  if (starts_with(text, v->prefix)) {
    text = without_start(text, v->prefix.length);
    is_minus = take_sign(&text) || is_minus;
  }
  if (ends_with(text, v->suffix)) {
    text = without_end(text, v->suffix.length);
  } else if (ends_with(text, slice_of("%"))) {
    text = without_end(text, 1);
    *how = CELL_TIDIED | CELL_PERCENT;
  }
  return parse_bare(r, text, is_minus, out);
}

/* ---- Numbers beside words ------------------------------------------------------------------------ */

/* Characters between the numbers of a range, a fraction, a time or a list. */
static const char joints[] = "-/~:.,;&+|_>%";
static const char *const wide_joints[] = {
    "\u2010", "\u2011",       "\u2012", "\u2013", "\u2014", "\u2015",       "\u2212",
    "\u2026", "\u2192",       "\u00b7", "\u00d7", "\u301c", "\uff5e",       "\u3001",
    "\u3002", "\uff0c",       "\uff1b", "\uff1a", "\uff0f", "\u81f3",       "\u5230",
    "\u6216", "\u6216\u8005", "\u548c", "\u4e0e", "\u53ca", "\u304b\u3089", "\u3068",
};
/* "of" does not join: 4 of 5 is 4. */
static const char *const joining_words[] = {"to",     "or", "and", "through", "bis", "oder", "und", "a",
                                            "\u00e0", "ou", "et",  "o",       "u",   "y",    "e",   "al"};
static const char *const fractions[] = {"\u00bc", "\u00bd", "\u00be", "\u2153", "\u2154",
                                        "\u2155", "\u2156", "\u2157", "\u2158", "\u2159",
                                        "\u215a", "\u215b", "\u215c", "\u215d", "\u215e"};

/* The length of the longest of COUNT TEXTS with which S starts; 0: none. */
static size_t longest_start(slice s, const char *const *texts, size_t count) {
  size_t length = 0;
  for (size_t i = 0; i < count; i++) {
    const slice text = slice_of(texts[i]);
    length = text.length > length && starts_with(s, text) ? text.length : length;
  }
  return length;
}

static size_t joint_at(slice s) {
  if (s.length > 0 && s.bytes[0] != '\0' && strchr(joints, s.bytes[0]) != NULL) {
    return 1;
  }
  return longest_start(s, wide_joints, sizeof wide_joints / sizeof wide_joints[0]);
}

/* The length of a joining word at the start of S, in upper or lower case; 0: none. */
static size_t joining_word_at(slice s) {
  char lower[8];
  const size_t shown = s.length < sizeof lower ? s.length : sizeof lower;
  for (size_t i = 0; i < shown; i++) {
    lower[i] = (char)(s.bytes[i] >= 'A' && s.bytes[i] <= 'Z' ? s.bytes[i] - 'A' + 'a' : s.bytes[i]);
  }
  size_t length = 0;
  while (length < shown && ((lower[length] >= 'a' && lower[length] <= 'z') || (lower[length] & 0x80) != 0)) {
    length++;
  }
  const slice word = {lower, length};
  const size_t count = sizeof joining_words / sizeof joining_words[0];
  return length > 0 && longest_start(word, joining_words, count) == length ? length : 0;
}

static bool is_exponent(slice s) {
  const bool is_signed = s.length > 1 && (s.bytes[1] == '-' || s.bytes[1] == '+');
  return s.length > 0 && (s.bytes[0] == 'e' || s.bytes[0] == 'E') && digits_at(s, 1 + (size_t)is_signed) > 0;
}

/* Whether what follows a number makes something else of it: a larger number (1 000, 3e2), a range (1-2, 2 to
 * 4), a fraction, a time, a list. */
static bool goes_on(slice rest) {
  bool may_be_word = true;
  if (is_exponent(rest)) {
    return true;
  }
  for (rest = slice_trim(rest);;) {
    size_t length = joint_at(rest);
    if (length == 0 && may_be_word) {
      length = joining_word_at(rest);
      may_be_word = false;
    }
    if (length == 0) {
      return digits_at(rest, 0) > 0 ||
             longest_start(rest, fractions, sizeof fractions / sizeof fractions[0]) > 0;
    }
    rest = without_start(rest, length);
  }
}

static bool parse_leading(const cell_rules *r, slice text, cell *out) {
  const size_t sign = text.length > 0 && (text.bytes[0] == '-' || text.bytes[0] == '+');
  const size_t whole = digits_at(text, sign);
  size_t end = sign + whole;
  if (end + 1 < text.length && text.bytes[end] == r->mark && is_digit(text.bytes[end + 1])) {
    end += 1 + digits_at(text, end + 1);
  }
  return whole > 0 && !goes_on((slice){text.bytes + end, text.length - end}) &&
         parse(r, (slice){text.bytes, end}, out);
}

/* What is in the brackets at the end of TEXT; empty when there are none. */
static slice in_brackets(slice text) {
  static const struct bracket {
    const char *open, *close;
  } brackets[] = {{"(", ")"}, {"\xef\xbc\x88", "\xef\xbc\x89"}, {"[", "]"}, {"\xe3\x80\x90", "\xe3\x80\x91"}};
  for (size_t i = 0; i < sizeof brackets / sizeof brackets[0]; i++) {
    const slice open = slice_of(brackets[i].open);
    const slice close = slice_of(brackets[i].close);
    if (!ends_with(text, close)) {
      continue;
    }
    for (size_t at = text.length - close.length; at-- > 0;) {
      if (starts_with((slice){text.bytes + at, text.length - at}, open)) {
        const size_t start = at + open.length;
        return slice_trim((slice){text.bytes + start, text.length - close.length - start});
      }
    }
  }
  return (slice){"", 0};
}

bool cell_number(const cell_rules *r, slice text, uint8_t *how, cell *out) {
  char room[TIDY_NUMBER_BYTES];
  *how = 0;
  if (parse(r, text, out)) {
    return true;
  }
  const slice tidy = tidy_number(text, room);
  bool is_number = parse_dressed(r, tidy, how, out);
  if (!is_number && r->variable->leading_number) {
    *how = 0;
    is_number = parse_leading(r, tidy, out) || parse_leading(r, in_brackets(tidy), out);
  }
  *how |= tidy.bytes != text.bytes ? CELL_TIDIED : 0;
  *how = is_number ? *how : 0;
  return is_number;
}

bool frame_notation_number(const program_variable *v, char mark, slice text, decimal *out) {
  const cell_rules rules = {.variable = v, .mark = mark};
  cell read = {.is_number = false};
  uint8_t how;
  const bool is_number = cell_number(&rules, text, &how, &read) && read.is_number;
  *out = is_number ? read.number : (decimal){0, 0};
  return is_number;
}
