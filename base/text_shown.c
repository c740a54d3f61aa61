/* The characters by which a text could act on a terminal or a log, or mislead its reader.
 *
 * The C0 and C1 controls and DEL (ISO 6429) begin the sequences that move, colour and answer; line and
 * paragraph separators make lines; the marks, embeddings, overrides and isolates of the Unicode Bidirectional
 * Algorithm (UAX 9, 2.1 to 2.5) make a text appear to say something else. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* From FIRST to LAST, in UTF-8 of the same length, so that their bytes are in the order of the code points.
 */
static const struct {
  uint32_t point;
  slice first, last;
} harmful[] = {
    {0x0080, {"\xc2\x80", 2}, {"\xc2\x9f", 2}},         {0x061c, {"\xd8\x9c", 2}, {"\xd8\x9c", 2}},
    {0x200e, {"\xe2\x80\x8e", 3}, {"\xe2\x80\x8f", 3}}, {0x2028, {"\xe2\x80\xa8", 3}, {"\xe2\x80\xae", 3}},
    {0x2066, {"\xe2\x81\xa6", 3}, {"\xe2\x81\xa9", 3}},
};

/* The first character of a text. */
typedef struct character {
  size_t length;
  bool is_harmful;
  uint32_t point; /* when it is harmful; UINT32_MAX: a byte that is not UTF-8 */
} character;

static character ascii(uint8_t c) {
  return (character){1, c < ' ' || c == 0x7f, c};
}

static character beyond_ascii(slice s, size_t length) {
  for (size_t i = 0; i < sizeof harmful / sizeof harmful[0]; i++) {
    if (length == harmful[i].first.length && memcmp(s.bytes, harmful[i].first.bytes, length) >= 0 &&
        memcmp(s.bytes, harmful[i].last.bytes, length) <= 0) {
      const int beyond = (uint8_t)s.bytes[length - 1] - (uint8_t)harmful[i].first.bytes[length - 1];
      return (character){length, true, harmful[i].point + (uint32_t)beyond};
    }
  }
  return (character){length, false, 0};
}

/* S is not empty. */
static character first_of(slice s) {
  if ((uint8_t)s.bytes[0] < 0x80) {
    return ascii((uint8_t)s.bytes[0]);
  }
  for (size_t length = 2; length <= 4 && length <= s.length; length++) {
    if (text_utf8_check(s.bytes, length) == length) {
      return beyond_ascii(s, length);
    }
  }
  return (character){1, true, UINT32_MAX};
}

static slice after(slice s, size_t length) {
  return (slice){s.bytes + length, s.length - length};
}

size_t text_harmless(slice s) {
  size_t at = 0;
  while (at < s.length) {
    const character c = first_of(after(s, at));
    if (c.is_harmful) {
      break;
    }
    at += c.length;
  }
  return at;
}

void buf_put_shown(buf *b, slice s) {
  for (;;) {
    const size_t harmless = text_harmless(s);
    buf_put(b, s.bytes, harmless);
    s = after(s, harmless);
    if (s.length == 0) {
      return;
    }
    const character c = first_of(s);
    if (c.point == UINT32_MAX) {
      buf_printf(b, "\\x%02x", (unsigned)(uint8_t)s.bytes[0]);
    } else {
      buf_printf(b, "\\u%04x", (unsigned)c.point);
    }
    s = after(s, c.length);
  }
}
