/* Escaping, isolation of texts with a direction of their own, base64. */
#include "report/html.h"

#include <stdint.h>

#include "report/svg.h"

/* ---- Direction ----------------------------------------------------------------------------------- */

/* The code point at the start of TEXT and its bytes; what is not UTF-8 counts as U+FFFD of one byte. */
static uint32_t next_point(slice text, size_t *bytes) {
  const unsigned char first = (unsigned char)text.bytes[0];
  const size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  *bytes = 1;
  if (length == 1) {
    return first;
  }
  if (length > text.length || text_utf8_check(text.bytes, length) != length) {
    return 0xFFFD;
  }
  uint32_t point = first & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    point = point << 6 | ((unsigned char)text.bytes[i] & 0x3Fu);
  }
  *bytes = length;
  return point;
}

static bool turns_text(uint32_t point) {
  static const struct {
    uint32_t first, last;
  } ranges[] = {
      {0x0590, 0x08FF}, {0x200E, 0x200F}, {0x202A, 0x202E},   {0x2066, 0x2069},
      {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFF}, {0x10800, 0x10FFF}, {0x1E800, 0x1EFFF},
  };
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
    if (point >= ranges[i].first && point <= ranges[i].last) {
      return true;
    }
  }
  return false;
}

static bool has_direction(slice text) {
  for (size_t i = 0; i < text.length;) {
    size_t bytes = 1;
    if (turns_text(next_point((slice){text.bytes + i, text.length - i}, &bytes))) {
      return true;
    }
    i += bytes;
  }
  return false;
}

/* An isolate (U+2066 to U+2068) ends with U+2069.  One that is missing would take that of the element, one
 * too many would end the element's: the first is written, the second has no effect of its own and is not. */
static void put_balanced(buf *out, slice text) {
  static const char end[] = "\xE2\x81\xA9";
  size_t open = 0;
  for (size_t i = 0; i < text.length;) {
    size_t bytes = 1;
    const slice rest = {text.bytes + i, text.length - i};
    const uint32_t point = next_point(rest, &bytes);
    const bool is_end = point == 0x2069;
    if (!is_end || open > 0) {
      svg_escape(out, (slice){rest.bytes, bytes});
    }
    open = point >= 0x2066 && point <= 0x2068 ? open + 1 : is_end && open > 0 ? open - 1 : open;
    i += bytes;
  }
  for (; open > 0; open--) {
    buf_put(out, end, sizeof end - 1);
  }
}

/* ---- Texts --------------------------------------------------------------------------------------- */

void html_text(buf *out, slice text) {
  if (!has_direction(text)) {
    svg_escape(out, text);
    return;
  }
  buf_printf(out, "<bdi>");
  put_balanced(out, text);
  buf_printf(out, "</bdi>");
}

void html_label(buf *out, slice text) {
  const slice fitting = text_fit(text, HTML_LABEL_COLUMNS);
  html_text(out, fitting);
  if (fitting.length < text.length) {
    buf_printf(out, "…");
  }
}

void html_attribute(buf *out, const char *name, slice text) {
  buf_printf(out, " %s=\"", name);
  svg_escape(out, text);
  buf_printf(out, "\"");
}

void html_element(buf *out, const char *name, const char *class_name, slice text) {
  if (text.length == 0) {
    return;
  }
  buf_printf(out, "<%s", name);
  if (class_name[0] != '\0') {
    buf_printf(out, " class=\"%s\"", class_name);
  }
  buf_printf(out, ">");
  html_label(out, text);
  buf_printf(out, "</%s>\n", name);
}

void html_base64(buf *out, const void *bytes, size_t length) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *at = bytes;
  for (size_t i = 0; i < length; i += 3) {
    const size_t left = length - i;
    const uint32_t group = (uint32_t)at[i] << 16 | (left > 1 ? (uint32_t)at[i + 1] << 8 : 0) |
                           (left > 2 ? (uint32_t)at[i + 2] : 0);
    const char text[] = {digits[group >> 18], digits[group >> 12 & 63],
                         left > 1 ? digits[group >> 6 & 63] : '=', left > 2 ? digits[group & 63] : '='};
    buf_put(out, text, sizeof text);
  }
}
