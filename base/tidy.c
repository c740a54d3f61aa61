#include "base/tidy.h"

#include <string.h>

/* What becomes of a character beyond ASCII. */
typedef enum tidy_kind {
  TIDY_KEPT,
  TIDY_GONE,     /* shows nothing */
  TIDY_AT_ENDS,  /* shows nothing, but inside a text it shapes what is beside it */
  TIDY_BLANK,    /* a blank that is not U+0020 */
  TIDY_FULL,     /* a letter or digit of full width: minus FULL_WIDTH it is one of ASCII */
  TIDY_IN_NUMBER /* TO, in a number */
} tidy_kind;

enum { FULL_WIDTH = 0xFEE0 };

/* By code points, which do not overlap. */
static const struct tidy_range {
  uint32_t first, last;
  tidy_kind kind;
  char to;
} ranges[] = {
    {0x00A0, 0x00A0, TIDY_BLANK, ' '},     /* no-break space */
    {0x00AD, 0x00AD, TIDY_GONE, 0},        /* soft hyphen */
    {0x2000, 0x200A, TIDY_BLANK, ' '},     /* spaces of typesetters */
    {0x200B, 0x200B, TIDY_GONE, 0},        /* zero width space */
    {0x200C, 0x200F, TIDY_AT_ENDS, 0},     /* joiners, marks of direction */
    {0x2013, 0x2013, TIDY_IN_NUMBER, '-'}, /* en dash */
    {0x202A, 0x202E, TIDY_AT_ENDS, 0},     /* embeddings */
    {0x202F, 0x202F, TIDY_BLANK, ' '},     /* narrow no-break space */
    {0x205F, 0x205F, TIDY_BLANK, ' '},     /* mathematical space */
    {0x2060, 0x2060, TIDY_GONE, 0},        /* word joiner */
    {0x2066, 0x2069, TIDY_AT_ENDS, 0},     /* isolates */
    {0x2212, 0x2212, TIDY_IN_NUMBER, '-'}, /* minus */
    {0x3000, 0x3000, TIDY_BLANK, ' '},     /* ideographic space */
    {0xFE63, 0xFE63, TIDY_IN_NUMBER, '-'}, /* small hyphen-minus */
    {0xFEFF, 0xFEFF, TIDY_GONE, 0},        /* byte-order mark */
    {0xFF05, 0xFF05, TIDY_IN_NUMBER, '%'}, {0xFF0B, 0xFF0B, TIDY_IN_NUMBER, '+'},
    {0xFF0C, 0xFF0C, TIDY_IN_NUMBER, ','}, {0xFF0D, 0xFF0D, TIDY_IN_NUMBER, '-'},
    {0xFF0E, 0xFF0E, TIDY_IN_NUMBER, '.'}, {0xFF10, 0xFF19, TIDY_FULL, 0},
    {0xFF21, 0xFF3A, TIDY_FULL, 0},        {0xFF41, 0xFF5A, TIDY_FULL, 0},
};

/* A character of a text of UTF-8. */
typedef struct character {
  size_t length;
  uint32_t point;
  tidy_kind kind;
  char to; /* the ASCII character in its place, where there is one */
} character;

static bool is_beyond_ascii(char byte) {
  return (unsigned char)byte >= 0x80;
}

static size_t ascii_length(slice s) {
  size_t length = 0;
  while (length < s.length && !is_beyond_ascii(s.bytes[length])) {
    length++;
  }
  return length;
}

/* Only two and three bytes matter; of others the length is enough. */
static uint32_t point_of(slice s, size_t *length) {
  const unsigned char *b = (const unsigned char *)s.bytes;
  *length = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : b[0] >= 0xC0 ? 2 : 1;
  *length = *length <= s.length ? *length : s.length;
  switch (*length) {
    case 2:
      return (uint32_t)(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
    case 3:
      return (uint32_t)(b[0] & 0x0F) << 12 | (uint32_t)(b[1] & 0x3F) << 6 | (b[2] & 0x3F);
    default:
      return b[0] < 0x80 ? b[0] : UINT32_MAX;
  }
}

static character character_at(slice s) {
  character c = {.length = 1};
  c.point = point_of(s, &c.length);
  if (c.point < ranges[0].first || c.point == UINT32_MAX) {
    return c;
  }
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0] && c.point >= ranges[i].first; i++) {
    if (c.point <= ranges[i].last) {
      c.kind = ranges[i].kind;
      c.to = c.kind == TIDY_FULL ? (char)(c.point - FULL_WIDTH) : ranges[i].to;
    }
  }
  return c;
}

static bool goes_at_ends(const character *c) {
  return c->kind == TIDY_GONE || c->kind == TIDY_AT_ENDS || c->kind == TIDY_BLANK;
}

/* The last character of S, which is not empty. */
static character last_character(slice s) {
  size_t start = s.length - 1;
  while (start > 0 && s.length - start < 4 && ((unsigned char)s.bytes[start] & 0xC0) == 0x80) {
    start--;
  }
  return character_at((slice){s.bytes + start, s.length - start});
}

slice tidy_ends(slice text) {
  bool more = true;
  while (more) {
    text = slice_trim(text);
    more = false;
    if (text.length > 0 && is_beyond_ascii(text.bytes[0])) {
      const character c = character_at(text);
      more = goes_at_ends(&c);
      text.bytes += more ? c.length : 0;
      text.length -= more ? c.length : 0;
    }
    if (text.length > 0 && is_beyond_ascii(text.bytes[text.length - 1])) {
      const character c = last_character(text);
      const bool goes = goes_at_ends(&c);
      text.length -= goes ? c.length : 0;
      more = more || goes;
    }
  }
  return text;
}

/* Copies TEXT from AT on; IN_NUMBER: the other changes were made before. */
static slice copy_tidy(slice text, size_t at, bool in_number, char *room) {
  size_t length = at;
  if (at > 0) {
    memcpy(room, text.bytes, at);
  }
  while (at < text.length) {
    const character c = character_at((slice){text.bytes + at, text.length - at});
    const bool changes = in_number ? c.kind == TIDY_IN_NUMBER : c.kind == TIDY_BLANK || c.kind == TIDY_FULL;
    if (changes) {
      room[length++] = c.to;
    } else if (in_number || c.kind != TIDY_GONE) {
      memcpy(room + length, text.bytes + at, c.length);
      length += c.length;
    }
    at += c.length;
  }
  return (slice){room, length};
}

/* Where the first character stands that one of KINDS, a set of bits; the length where none does. */
static size_t find_kind(slice text, unsigned kinds) {
  size_t at = 0;
  while (at < text.length) {
    at += ascii_length((slice){text.bytes + at, text.length - at});
    if (at == text.length) {
      break;
    }
    const character c = character_at((slice){text.bytes + at, text.length - at});
    if ((kinds >> c.kind & 1) != 0) {
      return at;
    }
    at += c.length;
  }
  return text.length;
}

slice tidy_text(slice text, char *room) {
  return tidy_inside(tidy_ends(text), room);
}

slice tidy_inside(slice text, char *room) {
  const size_t first = find_kind(text, 1U << TIDY_GONE | 1U << TIDY_BLANK | 1U << TIDY_FULL);
  return first < text.length ? copy_tidy(text, first, false, room) : text;
}

bool tidy_alike(slice a, slice b) {
  char rooms[2][TIDY_ALIKE_BYTES];
  if (a.length > TIDY_ALIKE_BYTES || b.length > TIDY_ALIKE_BYTES) {
    return slice_equal(a, b);
  }
  return slice_equal(tidy_text(a, rooms[0]), tidy_text(b, rooms[1]));
}

slice tidy_number(slice text, char *room) {
  const size_t first = text.length <= TIDY_NUMBER_BYTES ? find_kind(text, 1U << TIDY_IN_NUMBER) : text.length;
  return first < text.length ? copy_tidy(text, first, true, room) : text;
}

static const unsigned hiding = 1U << TIDY_GONE | 1U << TIDY_AT_ENDS | 1U << TIDY_BLANK;

bool tidy_is_hiding(slice text) {
  return find_kind(text, hiding) < text.length;
}

void tidy_show(slice text, buf *out) {
  while (text.length > 0) {
    const size_t plain = find_kind(text, hiding);
    buf_put(out, text.bytes, plain);
    text = (slice){text.bytes + plain, text.length - plain};
    if (text.length > 0) {
      const character c = character_at(text);
      buf_printf(out, "<U+%04X>", c.point);
      text = (slice){text.bytes + c.length, text.length - c.length};
    }
  }
}
