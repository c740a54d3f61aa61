/* Walking over elements. */
#include "tests/report/xml_check.h"

#include <string.h>

#include "base/text.h"

enum { DEPTH_MAX = 16 };

typedef struct walk {
  const char *at, *end;
  slice open[DEPTH_MAX];
  size_t depth;
} walk;

static bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
         c == '_';
}

static slice take_name(walk *w) {
  const char *from = w->at;
  while (w->at < w->end && is_name_character(*w->at)) {
    w->at++;
  }
  return (slice){from, (size_t)(w->at - from)};
}

/* "&amp;" and the like: no other '&' may stand in a text. */
static bool take_entity(walk *w) {
  static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
  for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
    const size_t length = strlen(entities[i]);
    if ((size_t)(w->end - w->at) >= length && memcmp(w->at, entities[i], length) == 0) {
      w->at += length;
      return true;
    }
  }
  return false;
}

static bool take_character(walk *w) {
  if (*w->at == '&') {
    return take_entity(w);
  }
  const unsigned char c = (unsigned char)*w->at;
  w->at++;
  return c >= 0x20 || c == '\n' || c == '\t';
}

static bool take_attribute(walk *w) {
  const slice name = take_name(w);
  if (name.length == 0 || w->end - w->at < 2 || w->at[0] != '=' || w->at[1] != '"') {
    return false;
  }
  w->at += 2;
  while (w->at < w->end && *w->at != '"') {
    if (*w->at == '<' || !take_character(w)) {
      return false;
    }
  }
  w->at++;
  return w->at < w->end;
}

static bool take_start(walk *w) {
  const slice name = take_name(w);
  while (w->at < w->end && *w->at == ' ') {
    w->at++;
    if (!take_attribute(w)) {
      return false;
    }
  }
  const bool is_empty = w->at < w->end && *w->at == '/';
  w->at += is_empty ? 1 : 0;
  if (name.length == 0 || w->at >= w->end || *w->at != '>' || w->depth == DEPTH_MAX) {
    return false;
  }
  w->at++;
  if (!is_empty) {
    w->open[w->depth++] = name;
  }
  return true;
}

static bool take_end(walk *w) {
  const slice name = take_name(w);
  if (w->depth == 0 || !slice_equal(name, w->open[w->depth - 1]) || w->at >= w->end || *w->at != '>') {
    return false;
  }
  w->at++;
  w->depth--;
  return true;
}

static bool take_markup(walk *w) {
  w->at++;
  if (w->at < w->end && *w->at == '/') {
    w->at++;
    return take_end(w);
  }
  return take_start(w);
}

const char *xml_check(const char *text, size_t length) {
  walk w = {text, text + length, {{NULL, 0}}, 0};
  if (text_utf8_check(text, length) != length || length == 0 || text[0] != '<') {
    return text + text_utf8_check(text, length);
  }
  while (w.at < w.end) {
    const char *before = w.at;
    const bool is_good = *w.at == '<' ? take_markup(&w) : take_character(&w);
    const bool is_beside = w.depth == 0 && *before != '<' && *before != '\n'; /* text beside the root */
    if (!is_good || is_beside) {
      return before;
    }
  }
  return w.depth == 0 ? NULL : w.end;
}
