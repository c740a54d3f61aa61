/* One recursive function for objects and one for arrays, both bounded; every value is checked when it is
 * passed, so what is read later cannot be broken. */
#include "reading/ndjson/line.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { TEXT_MARGIN = 16 };

void line_reader_fini(line_reader *r) {
  buf_fini(&r->path);
}

static line_result broken_at(line_reader *r, const char *at, const char *problem) {
  (void)snprintf(r->problem, sizeof r->problem, "byte %zu: %s", (size_t)(at - r->start) + 1, problem);
  return LINE_BROKEN;
}

static line_result broken(line_reader *r, const char *problem) {
  return broken_at(r, r->at, problem);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(line_reader *r) {
  while (r->at < r->end && is_blank(*r->at)) {
    r->at++;
  }
}

static bool next_is(const line_reader *r, char c) {
  return r->at < r->end && *r->at == c;
}

bool line_is_blank(slice line) {
  size_t i = 0;
  while (i < line.length && is_blank(line.bytes[i])) {
    i++;
  }
  return i == line.length;
}

/* ---- Texts --------------------------------------------------------------------------------------- */

/* The value of four hexadecimal digits; -1: they are none. */
static int hex4(const char *at, const char *end) {
  int value = 0;
  for (int i = 0; i < 4; i++) {
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = at + i < end ? memchr(digits, at[i], sizeof digits - 1) : NULL;
    if (digit == NULL) {
      return -1;
    }
    value = value << 4 | (int)((digit - digits) & 15);
  }
  return value;
}

static bool is_high(int unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(int unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

/* After "\u": one UTF-16 unit, or two that make a pair. */
static line_result pass_unicode(line_reader *r, const char *escape) {
  const int unit = hex4(r->at, r->end);
  if (unit < 0) {
    return broken_at(r, escape, "\\u needs four hexadecimal digits");
  }
  if (unit == 0) {
    (void)snprintf(r->problem, sizeof r->problem, "byte %zu of the line is \\u0000, a NUL, which is not text",
                   (size_t)(escape - r->start) + 1);
    return LINE_REFUSED;
  }
  r->at += 4;
  if (is_high(unit) && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u' &&
      is_low(hex4(r->at + 2, r->end))) {
    r->at += 6;
  } else if (is_high(unit) || is_low(unit)) {
    return broken_at(r, escape, "half of a surrogate pair stands alone");
  }
  return LINE_WELL;
}

static line_result pass_escape(line_reader *r) {
  const char *escape = r->at++;
  if (next_is(r, 'u')) {
    r->at++;
    return pass_unicode(r, escape);
  }
  if (r->at == r->end || memchr("\"\\/bfnrt", *r->at, 8) == NULL) {
    return broken_at(r, escape, "unknown escape after \\");
  }
  r->at++;
  return LINE_WELL;
}

/* A text, R at its quote. */
static line_result pass_text(line_reader *r, line_value *out) {
  const char *quote = r->at++;
  *out = (line_value){.kind = LINE_TEXT};
  while (r->at < r->end && *r->at != '"') {
    if (*r->at == '\\') {
      out->has_escapes = true;
      const line_result result = pass_escape(r);
      if (result != LINE_WELL) {
        return result;
      }
    } else if ((unsigned char)*r->at < ' ') {
      return broken(r, "a control character in a text; write it as an escape");
    } else {
      r->at++;
    }
  }
  if (r->at == r->end) {
    return broken_at(r, quote, "the text does not end on its line");
  }
  out->written = (slice){quote + 1, (size_t)(r->at - quote) - 1};
  r->at++;
  return LINE_WELL;
}

/* Writes the meaning of the escape at AT, which was checked; returns the position after it. */
static const char *decode_escape(const char *at, const char *end, char **to) {
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  if (at[1] != 'u') {
    const char *name = memchr(names, at[1], sizeof names - 1);
    *(*to)++ = meanings[name - names];
    return at + 2;
  }
  const int unit = hex4(at + 2, end);
  if (!is_high(unit)) {
    *to = text_put_utf8(*to, (unsigned)unit);
    return at + 6;
  }
  const int low = hex4(at + 8, end);
  *to = text_put_utf8(*to, 0x10000 + (((unsigned)unit - 0xd800) << 10) + ((unsigned)low - 0xdc00));
  return at + 12;
}

/* What WRITTEN says into TO, which has room for its length: no escape is shorter than what it stands for. */
static size_t decode_text(slice written, char *to) {
  char *out = to;
  const char *end = written.bytes + written.length;
  for (const char *at = written.bytes; at < end;) {
    if (*at == '\\') {
      at = decode_escape(at, end, &out);
    } else {
      *out++ = *at++;
    }
  }
  return (size_t)(out - to);
}

bool line_text(const line_value *v, arena *memory, slice *text) {
  if (!v->has_escapes) {
    *text = slice_trim(v->written);
    return true;
  }
  char *copy = arena_alloc(memory, v->written.length + TEXT_MARGIN);
  if (copy == NULL) {
    return false;
  }
  *text = slice_trim((slice){copy, decode_text(v->written, copy)});
  return true;
}

/* ---- Numbers and words --------------------------------------------------------------------------- */

static bool pass_digits(line_reader *r) {
  const char *first = r->at;
  while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
    r->at++;
  }
  return r->at > first;
}

static line_result pass_number(line_reader *r, line_value *out) {
  const char *start = r->at;
  r->at += next_is(r, '-');
  const bool zero = next_is(r, '0');
  const char *first = r->at;
  if (!pass_digits(r)) {
    return broken(r, "a digit is missing");
  }
  if (zero && r->at - first > 1) {
    return broken_at(r, first, "a number must not start with 0");
  }
  if (next_is(r, '.')) {
    r->at++;
    if (!pass_digits(r)) {
      return broken(r, "a digit is missing after the point");
    }
  }
  if (next_is(r, 'e') || next_is(r, 'E')) {
    r->at++;
    r->at += next_is(r, '+') || next_is(r, '-');
    if (!pass_digits(r)) {
      return broken(r, "a digit is missing in the exponent");
    }
  }
  *out = (line_value){.kind = LINE_NUMBER, .written = {start, (size_t)(r->at - start)}};
  return LINE_WELL;
}

static line_result pass_word(line_reader *r, line_value *out) {
  static const struct {
    const char *word;
    size_t length;
    line_kind kind;
  } words[] = {{"true", 4, LINE_WORD}, {"false", 5, LINE_WORD}, {"null", 4, LINE_NULL}};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if ((size_t)(r->end - r->at) >= words[i].length && memcmp(r->at, words[i].word, words[i].length) == 0) {
      *out = (line_value){.kind = words[i].kind, .written = {r->at, words[i].length}};
      r->at += words[i].length;
      return LINE_WELL;
    }
  }
  return broken(r, "a value is expected");
}

static line_result pass_scalar(line_reader *r, line_value *out) {
  if (next_is(r, '"')) {
    return pass_text(r, out);
  }
  return next_is(r, '-') || (r->at < r->end && *r->at >= '0' && *r->at <= '9') ? pass_number(r, out)
                                                                               : pass_word(r, out);
}

/* ---- Arrays -------------------------------------------------------------------------------------- */

static line_result pass_container(line_reader *r, bool *has_containers);

/* An item of an array, or a member of an object inside one, which is not flattened. */
static line_result pass_item(line_reader *r, bool is_member, bool *has_containers) {
  line_value ignored;
  skip_blanks(r);
  if (is_member) {
    if (!next_is(r, '"')) {
      return broken(r, "a key in quotes is expected");
    }
    const line_result result = pass_text(r, &ignored);
    if (result != LINE_WELL) {
      return result;
    }
    skip_blanks(r);
    if (!next_is(r, ':')) {
      return broken(r, "a colon is expected");
    }
    r->at++;
    skip_blanks(r);
  }
  if (next_is(r, '[') || next_is(r, '{')) {
    *has_containers = true;
    return pass_container(r, has_containers);
  }
  return pass_scalar(r, &ignored);
}

/* R at the opening bracket or brace. */
static line_result pass_container(line_reader *r, bool *has_containers) {
  const bool is_object = next_is(r, '{');
  const char close = is_object ? '}' : ']';
  if (r->depth == LINE_DEPTH_MAX) {
    return broken(r, "more than 64 levels deep");
  }
  r->depth++;
  r->at++;
  skip_blanks(r);
  bool more = !next_is(r, close);
  while (more) {
    const line_result result = pass_item(r, is_object, has_containers);
    if (result != LINE_WELL) {
      return result;
    }
    skip_blanks(r);
    more = next_is(r, ',');
    r->at += more;
  }
  if (!next_is(r, close)) {
    return broken(r, is_object ? "expected , or }" : "expected , or ]");
  }
  r->at++;
  r->depth--;
  return LINE_WELL;
}

bool line_list_next(slice *rest, line_value *out) {
  line_reader r = {.start = rest->bytes, .at = rest->bytes, .end = rest->bytes + rest->length};
  while (r.at < r.end && (is_blank(*r.at) || *r.at == '[' || *r.at == ',' || *r.at == ']')) {
    r.at++;
  }
  const bool found = r.at < r.end && pass_scalar(&r, out) == LINE_WELL;
  *rest = (slice){r.at, (size_t)(r.end - r.at)};
  return found;
}

/* ---- Objects ------------------------------------------------------------------------------------- */

static line_result read_object(line_reader *r);

/* The path of a member: its key alone, or after those of the objects that it is in. */
static bool put_key(line_reader *r, const line_value *key, slice *path) {
  if (r->path.length == 0 && !key->has_escapes) {
    *path = slice_trim(key->written);
    return true;
  }
  if (!buf_reserve(&r->path, key->written.length)) {
    return false;
  }
  char *to = (char *)r->path.data + r->path.length;
  const slice own = slice_trim((slice){to, decode_text(key->written, to)});
  memmove(to, own.bytes, own.length);
  r->path.length += own.length;
  *path = (slice){(const char *)r->path.data, r->path.length};
  return true;
}

static line_result read_value(line_reader *r, slice path) {
  line_value value = {.kind = LINE_LIST};
  const char *start = r->at;
  line_result result;
  if (next_is(r, '[')) {
    bool has_containers = false;
    result = pass_container(r, &has_containers);
    value.kind = has_containers ? LINE_JSON : LINE_LIST;
    value.written = (slice){start, (size_t)(r->at - start)};
  } else {
    result = pass_scalar(r, &value);
  }
  if (result == LINE_WELL && !r->member(r->context, path, &value)) {
    return LINE_STOPPED;
  }
  return result;
}

/* The object that is the value of the member PATH. */
static line_result read_inner(line_reader *r, slice path) {
  if (r->path.length == 0) {
    buf_put(&r->path, path.bytes, path.length);
  }
  buf_put(&r->path, ".", 1);
  return r->path.failed ? LINE_NO_MEMORY : read_object(r);
}

static line_result read_member(line_reader *r) {
  line_value key;
  slice path;
  const size_t outer = r->path.length;
  skip_blanks(r);
  if (!next_is(r, '"')) {
    return broken(r, "a key in quotes is expected");
  }
  const char *quote = r->at;
  line_result result = pass_text(r, &key);
  if (result != LINE_WELL) {
    return result;
  }
  skip_blanks(r);
  if (!next_is(r, ':')) {
    return broken(r, "a colon is expected");
  }
  r->at++;
  skip_blanks(r);
  if (!put_key(r, &key, &path)) {
    return LINE_NO_MEMORY;
  }
  if (path.length == outer) {
    return broken_at(r, quote, "a key is empty");
  }
  result = next_is(r, '{') ? read_inner(r, path) : read_value(r, path);
  r->path.length = outer;
  return result;
}

/* R at the brace. */
static line_result read_object(line_reader *r) {
  if (r->depth == LINE_DEPTH_MAX) {
    return broken(r, "more than 64 levels deep");
  }
  r->depth++;
  r->at++;
  skip_blanks(r);
  bool more = !next_is(r, '}');
  while (more) {
    const line_result result = read_member(r);
    if (result != LINE_WELL) {
      return result;
    }
    skip_blanks(r);
    more = next_is(r, ',');
    r->at += more;
  }
  if (!next_is(r, '}')) {
    return r->at == r->end ? broken(r, "the object does not end on its line") : broken(r, "expected , or }");
  }
  r->at++;
  r->depth--;
  return LINE_WELL;
}

line_result line_read(line_reader *r, slice line, line_member member, void *context) {
  r->start = r->at = line.bytes;
  r->end = line.bytes + line.length;
  r->depth = 0;
  r->member = member;
  r->context = context;
  buf_clear(&r->path);
  skip_blanks(r);
  if (!next_is(r, '{')) {
    return broken(r, "the line is not a JSON object");
  }
  const line_result result = read_object(r);
  skip_blanks(r);
  if (result == LINE_WELL && r->at < r->end) {
    return broken(r, "something follows the object");
  }
  return result;
}
