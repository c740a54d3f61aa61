/* The JSON parser: RFC 8259, bounded in depth and size, for hostile input.
 *
 * Recursion is bounded by DEPTH_MAX.  Every problem is reported at its byte as SOURCE:line:column,
 * columns in bytes from 1. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_tree.h"
#include "base/text.h"

enum { DEPTH_MAX = 64, BYTES_MAX = 1 << 28, NUMBER_BYTES = 64 };

typedef struct parser {
  arena *memory;
  const char *start;
  const char *at;
  const char *end;
  const char *source;
  error *err;
  unsigned depth;
} parser;

static status problem_at(const parser *p, const char *at, const char *problem) {
  size_t line = 1;
  const char *line_start = p->start;
  for (const char *c = p->start; c < at; c++) {
    if (*c == '\n') {
      line++;
      line_start = c + 1;
    }
  }
  return error_set(p->err, STATUS_DATA, "%s:%zu:%zu: %s", p->source, line, (size_t)(at - line_start) + 1,
                   problem);
}

static status problem(const parser *p, const char *text) {
  return problem_at(p, p->at, text);
}

static status out_of_memory(const parser *p) {
  return error_no_memory(p->err, p->source);
}

static void skip_blanks(parser *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')) {
    p->at++;
  }
}

static bool next_is(const parser *p, char c) {
  return p->at < p->end && *p->at == c;
}

static bool digit_at(const parser *p) {
  return p->at < p->end && *p->at >= '0' && *p->at <= '9';
}

static bool skip_digits(parser *p) {
  const char *start = p->at;
  while (digit_at(p)) {
    p->at++;
  }
  return p->at > start;
}

/* Moves past one number; *INTEGRAL is set when it has neither fraction nor exponent. */
static status skip_number(parser *p, bool *integral) {
  *integral = true;
  if (next_is(p, '-')) {
    p->at++;
  }
  const bool zero = next_is(p, '0');
  const char *first = p->at;
  if (!skip_digits(p)) {
    return problem(p, "a digit is missing");
  }
  if (zero && p->at - first > 1) {
    return problem_at(p, first, "a number must not start with 0");
  }
  if (next_is(p, '.')) {
    *integral = false;
    p->at++;
    if (!skip_digits(p)) {
      return problem(p, "a digit is missing after the point");
    }
  }
  if (next_is(p, 'e') || next_is(p, 'E')) {
    *integral = false;
    p->at++;
    if (next_is(p, '+') || next_is(p, '-')) {
      p->at++;
    }
    if (!skip_digits(p)) {
      return problem(p, "a digit is missing in the exponent");
    }
  }
  return STATUS_OK;
}

static bool integer_of(slice s, int64_t *out) {
  const bool negative = s.bytes[0] == '-';
  int64_t value = 0;
  for (size_t i = negative; i < s.length; i++) {
    const int64_t digit = s.bytes[i] - '0';
    if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
        __builtin_add_overflow(value, negative ? -digit : digit, &value)) {
      return false;
    }
  }
  *out = value;
  return true;
}

static status parse_number(parser *p, json **out) {
  const char *start = p->at;
  bool integral;
  TRY(skip_number(p, &integral));
  const slice text = {start, (size_t)(p->at - start)};
  int64_t integer;
  if (integral && integer_of(text, &integer)) {
    *out = json_integer(p->memory, integer);
    return *out == NULL ? out_of_memory(p) : STATUS_OK;
  }
  /* strtod wants a terminated text, and the input has no terminator. */
  char local[NUMBER_BYTES] = {0};
  char *terminated = local;
  if (text.length < sizeof local) {
    memcpy(local, text.bytes, text.length);
  } else if ((terminated = arena_copy(p->memory, text)) == NULL) {
    return out_of_memory(p);
  }
  const double number = strtod(terminated, NULL);
  if (!isfinite(number)) {
    return problem_at(p, start, "the number is too large");
  }
  *out = json_number(p->memory, number);
  return *out == NULL ? out_of_memory(p) : STATUS_OK;
}

static status parse_hex4(parser *p, uint32_t *out) {
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; i++, p->at++) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = p->at < p->end ? memchr(digits, *p->at, sizeof digits - 1) : NULL;
    if (digit == NULL) {
      return problem(p, "\\u needs four hexadecimal digits");
    }
    value = value << 4 | ((uint32_t)(digit - digits) & 15);
  }
  *out = value;
  return STATUS_OK;
}

/* After "\u": one UTF-16 unit, or two that make a pair. */
static status parse_unicode(parser *p, uint32_t *point) {
  const char *start = p->at;
  TRY(parse_hex4(p, point));
  if (*point < 0xd800 || *point > 0xdfff) {
    return STATUS_OK;
  }
  uint32_t low = 0;
  if (*point < 0xdc00 && p->end - p->at >= 2 && p->at[0] == '\\' && p->at[1] == 'u') {
    p->at += 2;
    TRY(parse_hex4(p, &low));
  }
  if (low < 0xdc00 || low > 0xdfff) {
    return problem_at(p, start, "half of a surrogate pair stands alone");
  }
  *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
  return STATUS_OK;
}

static status parse_escape(parser *p, char **to) {
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  p->at++;
  if (next_is(p, 'u')) {
    p->at++;
    uint32_t point;
    TRY(parse_unicode(p, &point));
    *to = text_put_utf8(*to, point);
    return STATUS_OK;
  }
  const char *name = p->at < p->end ? memchr(names, *p->at, sizeof names - 1) : NULL;
  if (name == NULL) {
    return problem(p, "unknown escape after \\");
  }
  *(*to)++ = meanings[name - names];
  p->at++;
  return STATUS_OK;
}

/* The end quote of the text that starts at P, escapes skipped; NULL when there is none. */
static const char *end_of_text(const parser *p) {
  for (const char *c = p->at; c < p->end; c++) {
    if (*c == '"') {
      return c;
    }
    if (*c == '\\' && p->end - c > 1) {
      c++;
    }
  }
  return NULL;
}

/* A text, P at its quote.  Its decoded form is never longer than the text itself. */
static status parse_text(parser *p, slice *out) {
  const char *start = p->at++;
  const char *close = end_of_text(p);
  if (close == NULL) {
    return problem_at(p, start, "the text has no end");
  }
  char *decoded = arena_alloc(p->memory, (size_t)(close - p->at) + 1);
  if (decoded == NULL) {
    return out_of_memory(p);
  }
  char *to = decoded;
  while (p->at < close) {
    if (*p->at == '\\') {
      TRY(parse_escape(p, &to));
    } else if ((uint8_t)*p->at < 0x20) {
      return problem(p, "a control character in a text must be escaped");
    } else {
      *to++ = *p->at++;
    }
  }
  p->at = close + 1;
  *out = (slice){decoded, (size_t)(to - decoded)};
  return STATUS_OK;
}

static status parse_value(parser *p, json **out);

/* What stands between brackets, ITEM by item, up to CLOSE; the opening one is behind P. */
static status parse_items(parser *p, json *into, char close, status (*item)(parser *p, json *into),
                          const char *expected) {
  skip_blanks(p);
  if (next_is(p, close)) {
    p->at++;
    return STATUS_OK;
  }
  for (;;) {
    TRY(item(p, into));
    skip_blanks(p);
    if (!next_is(p, ',')) {
      break;
    }
    p->at++;
  }
  if (!next_is(p, close)) {
    return problem(p, expected);
  }
  p->at++;
  return STATUS_OK;
}

static status parse_item(parser *p, json *array) {
  json *item;
  TRY(parse_value(p, &item));
  json_push(array, item);
  return STATUS_OK;
}

static status parse_array(parser *p, json *array) {
  return parse_items(p, array, ']', parse_item, "expected , or ]");
}

static status parse_member(parser *p, json *object) {
  skip_blanks(p);
  if (!next_is(p, '"')) {
    return problem(p, "expected a key in quotes");
  }
  const char *start = p->at;
  slice key;
  TRY(parse_text(p, &key));
  if (memchr(key.bytes, '\0', key.length) != NULL) {
    return problem_at(p, start, "a key must not contain \\u0000");
  }
  skip_blanks(p);
  if (!next_is(p, ':')) {
    return problem(p, "expected :");
  }
  p->at++;
  json *value;
  TRY(parse_value(p, &value));
  if (!json_make_room(object)) {
    return out_of_memory(p);
  }
  object->as.members[object->count++] = (json_pair){key.bytes, value};
  return STATUS_OK;
}

static int compare_members(const void *a, const void *b) {
  return strcmp(((const json_pair *)a)->key, ((const json_pair *)b)->key);
}

static status sort_members(const parser *p, const char *start, json *object) {
  if (object->count < 2) {
    return STATUS_OK;
  }
  qsort(object->as.members, object->count, sizeof *object->as.members, compare_members);
  for (size_t i = 1; i < object->count; i++) {
    if (strcmp(object->as.members[i - 1].key, object->as.members[i].key) == 0) {
      char text[160];
      const slice key = text_cut(slice_of(object->as.members[i].key), 100);
      snprintf(text, sizeof text, "the object has the key \"%.*s\" twice", SLICE_ARG(key));
      return problem_at(p, start, text);
    }
  }
  return STATUS_OK;
}

static status parse_object(parser *p, json *object) {
  const char *start = p->at - 1;
  TRY(parse_items(p, object, '}', parse_member, "expected , or }"));
  return sort_members(p, start, object);
}

static status parse_container(parser *p, json **out) {
  if (p->depth == DEPTH_MAX) {
    return problem(p, "more than 64 levels deep");
  }
  p->depth++;
  const bool is_array = *p->at++ == '[';
  *out = is_array ? json_array(p->memory) : json_object(p->memory);
  if (*out == NULL) {
    return out_of_memory(p);
  }
  TRY(is_array ? parse_array(p, *out) : parse_object(p, *out));
  p->depth--;
  return STATUS_OK;
}

static bool skip_word(parser *p, const char *word) {
  const size_t length = strlen(word);
  if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0) {
    return false;
  }
  p->at += length;
  return true;
}

static status parse_word(parser *p, json **out) {
  if (skip_word(p, "true")) {
    *out = json_bool(p->memory, true);
  } else if (skip_word(p, "false")) {
    *out = json_bool(p->memory, false);
  } else if (skip_word(p, "null")) {
    *out = json_null(p->memory);
  } else {
    return problem(p, "expected a value");
  }
  return *out == NULL ? out_of_memory(p) : STATUS_OK;
}

static status parse_value(parser *p, json **out) {
  skip_blanks(p);
  if (next_is(p, '[') || next_is(p, '{')) {
    return parse_container(p, out);
  }
  if (next_is(p, '"')) {
    slice text;
    TRY(parse_text(p, &text));
    *out = json_text(p->memory, (slice){"", 0});
    if (*out == NULL) {
      return out_of_memory(p);
    }
    (*out)->as.text = text.bytes;
    (*out)->count = text.length;
    return STATUS_OK;
  }
  return next_is(p, '-') || digit_at(p) ? parse_number(p, out) : parse_word(p, out);
}

status json_parse(arena *a, slice text, const char *source, json **out, error *err) {
  parser p = {.memory = a, .start = text.bytes, .at = text.bytes, .source = source, .err = err};
  if (text.length > BYTES_MAX) {
    return error_set(err, STATUS_LIMIT, "%s: %zu bytes of JSON are more than the %d that are read", source,
                     text.length, BYTES_MAX);
  }
  p.end = text.length > 0 ? text.bytes + text.length : text.bytes;
  const size_t good = text_utf8_check(text.bytes, text.length);
  if (good < text.length) {
    return problem_at(&p, text.bytes + good, "not well-formed UTF-8");
  }
  TRY(parse_value(&p, out));
  skip_blanks(&p);
  if (p.at < p.end) {
    return problem(&p, "something follows after the end");
  }
  return arena_failed(a) ? out_of_memory(&p) : STATUS_OK;
}
