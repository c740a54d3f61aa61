#include "specification/proposal/yaml_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The code point at S, which is UTF-8; *LENGTH: its bytes. */
static uint32_t point_at(slice s, size_t *length) {
  const unsigned char first = (unsigned char)s.bytes[0];
  *length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  *length = *length <= s.length ? *length : s.length;
  uint32_t point = *length == 1 ? first : first & (0xFFU >> (*length + 1));
  for (size_t i = 1; i < *length; i++) {
    point = point << 6 | ((unsigned char)s.bytes[i] & 0x3F);
  }
  return point;
}

/* Characters that YAML forbids or takes for the end of a line, and invisible ones. */
static bool is_hidden(uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029 ||
         point == 0xFEFF || (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || (point >= 0xD800 && point < 0xE000) || point == 0xFFFE ||
         point == 0xFFFF;
}

/* Letters of any script; not full-width signs, which look like YAML's own. */
static bool is_letter(uint32_t point) {
  return point < 0x80 ? isalnum((int)point) || point == '_'
                      : (point >= 0xC0 && point < 0x2000) || (point >= 0x3021 && point < 0xFE00) ||
                            (point >= 0xFF21 && point < 0xFF3B);
}

static bool is_word_of_yaml(slice text) {
  static const char *const words[] = {"true", "false", "null", "yes", "no", "on", "off"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (text.length == strlen(words[i]) && strncasecmp(text.bytes, words[i], text.length) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_whole_number(slice text) {
  size_t at = text.length > 0 && text.bytes[0] == '-';
  const size_t first = at;
  while (at < text.length && isdigit((unsigned char)text.bytes[at])) {
    at++;
  }
  return at == text.length && at > first && at < 10 && (text.bytes[first] != '0' || at == first + 1);
}

static bool is_bare(slice text) {
  if (is_whole_number(text)) {
    return true;
  }
  bool well = text.length > 0 && !isdigit((unsigned char)text.bytes[0]) && text.bytes[0] != '-' &&
              text.bytes[text.length - 1] != ' ' && text.bytes[0] != ' ' && !is_word_of_yaml(text);
  for (size_t i = 0, used; well && i < text.length; i += used) {
    const uint32_t point = point_at((slice){text.bytes + i, text.length - i}, &used);
    well = is_letter(point) || point == ' ' || point == '-';
  }
  return well;
}

void yaml_text_put(buf *page, slice text) {
  if (is_bare(text)) {
    buf_put(page, text.bytes, text.length);
    return;
  }
  buf_put_u8(page, '"');
  for (size_t i = 0, used; i < text.length; i += used) {
    const uint32_t point = point_at((slice){text.bytes + i, text.length - i}, &used);
    if (is_hidden(point)) {
      buf_printf(page, "\\u%04X", (unsigned)point);
    } else {
      if (point == '"' || point == '\\') {
        buf_put_u8(page, '\\');
      }
      buf_put(page, text.bytes + i, used);
    }
  }
  buf_put_u8(page, '"');
}

void yaml_text_comment(buf *page, slice text) {
  for (size_t i = 0, used; i < text.length; i += used) {
    const uint32_t point = point_at((slice){text.bytes + i, text.length - i}, &used);
    if (is_hidden(point)) {
      buf_put_u8(page, ' ');
    } else {
      buf_put(page, text.bytes + i, used);
    }
  }
}
