#include "base/tidy.h"

#include <string.h>
#include <utf8proc.h>

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

/* A letter and its marks, decomposed; the Stream-Safe Text Format of UAX #15 has at most 30 marks. */
enum { RUN_POINTS = 128, LETTER_POINTS = 8 };

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

/* UINT32_MAX, of one byte: not a character. */
static uint32_t point_of(slice s, size_t *length) {
  const unsigned char first = (unsigned char)s.bytes[0];
  utf8proc_int32_t point = -1;
  *length = 1;
  if (first < 0x80) {
    return first;
  }
  const utf8proc_ssize_t got =
      utf8proc_iterate((const uint8_t *)s.bytes, s.length < 4 ? (utf8proc_ssize_t)s.length : 4, &point);
  *length = got > 0 ? (size_t)got : 1;
  return got > 0 ? (uint32_t)point : UINT32_MAX;
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

/* ---- Composed letters ---------------------------------------------------------------------------- */

/* Where most texts are: no character here joins the one before it, or has another composed form. */
static const struct settled_range {
  uint32_t first, last;
} settled[] = {{0x0000, 0x02FF}, {0x0400, 0x0482}, {0x2010, 0x20CF}, {0x3000, 0x3029},
               {0x3030, 0x3098}, {0x309B, 0x9FFF}, {0xAC00, 0xD7A3}, {0xFF00, 0xFFEF}};

static bool is_mark(utf8proc_int32_t point) {
  const utf8proc_category_t category = utf8proc_category(point);
  const bool is_jamo = point >= 0x1160 && point <= 0x11FF; /* vowels and finals of Korean syllables */
  return is_jamo || category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_ME || utf8proc_get_property(point)->combining_class != 0;
}

/* Whether the character may join the one before it, or change places with it, or is another one in composed
 * form (the sign of Kelvin is a K).  What is before any other character is not changed by it. */
static bool may_compose(uint32_t point) {
  for (size_t i = 0; i < sizeof settled / sizeof settled[0] && point >= settled[i].first; i++) {
    if (point <= settled[i].last) {
      return false;
    }
  }
  if (point == UINT32_MAX) {
    return false;
  }
  if (is_mark((utf8proc_int32_t)point)) {
    return true;
  }
  utf8proc_int32_t points[LETTER_POINTS];
  utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)point, points, LETTER_POINTS,
                                                   UTF8PROC_STABLE | UTF8PROC_COMPOSE, NULL);
  if (count <= 0 || count > LETTER_POINTS) {
    return false;
  }
  count = utf8proc_normalize_utf32(points, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  return count != 1 || (uint32_t)points[0] != point;
}

/* Composes the letter with its marks in ROOM from START to LENGTH, behind which there is room for twice as
 * much again.  Returns the new length.  What is not UTF-8, or has too many marks, stays. */
static size_t compose(char *room, size_t start, size_t length) {
  utf8proc_int32_t points[RUN_POINTS];
  utf8proc_ssize_t count =
      utf8proc_decompose((const uint8_t *)room + start, (utf8proc_ssize_t)(length - start), points,
                         RUN_POINTS, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  if (count <= 0 || count > RUN_POINTS) {
    return length;
  }
  count = utf8proc_normalize_utf32(points, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  for (utf8proc_ssize_t i = 0; i < count; i++) {
    start += (size_t)utf8proc_encode_char(points[i], (uint8_t *)room + start);
  }
  return start;
}

/* ---- Copies -------------------------------------------------------------------------------------- */

/* Copies TEXT, of which nothing changes before AT. */
static slice copy_tidy(slice text, size_t at, char *room) {
  size_t length = at;
  size_t letter = at; /* where the last one begins that no mark is */
  bool has_marks = false;
  if (at > 0) {
    memcpy(room, text.bytes, at);
  }
  while (at < text.length) {
    const character c = character_at((slice){text.bytes + at, text.length - at});
    const bool changes = c.kind == TIDY_BLANK || c.kind == TIDY_FULL;
    const bool is_gone = c.kind == TIDY_GONE;
    if (!is_gone && (changes || !may_compose(c.point))) {
      length = has_marks ? compose(room, letter, length) : length;
      letter = length;
      has_marks = false;
    } else {
      has_marks = has_marks || !is_gone;
    }
    if (changes) {
      room[length++] = c.to;
    } else if (!is_gone) {
      memcpy(room + length, text.bytes + at, c.length);
      length += c.length;
    }
    at += c.length;
  }
  length = has_marks ? compose(room, letter, length) : length;
  const slice copy = {room, length};
  return slice_equal(copy, text) ? text : copy;
}

static slice copy_number(slice text, char *room) {
  size_t length = 0;
  for (size_t at = 0; at < text.length;) {
    const character c = character_at((slice){text.bytes + at, text.length - at});
    if (c.kind == TIDY_IN_NUMBER) {
      room[length++] = c.to;
    } else {
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

/* Where the last letter begins before which nothing changes; the length of TEXT where nothing does. */
static size_t find_change(slice text) {
  size_t letter = 0;
  for (size_t at = 0; at < text.length;) {
    const size_t plain = ascii_length((slice){text.bytes + at, text.length - at});
    letter = plain > 0 ? at + plain - 1 : letter;
    at += plain;
    if (at == text.length) {
      break;
    }
    const character c = character_at((slice){text.bytes + at, text.length - at});
    if (c.kind == TIDY_GONE || c.kind == TIDY_BLANK || c.kind == TIDY_FULL || may_compose(c.point)) {
      return letter;
    }
    letter = at;
    at += c.length;
  }
  return text.length;
}

slice tidy_inside(slice text, char *room) {
  const size_t first = find_change(text);
  return first < text.length ? copy_tidy(text, first, room) : text;
}

bool tidy_alike(slice a, slice b) {
  char rooms[2][TIDY_GROWTH * TIDY_ALIKE_BYTES];
  if (a.length > TIDY_ALIKE_BYTES || b.length > TIDY_ALIKE_BYTES) {
    return slice_equal(a, b);
  }
  return slice_equal(tidy_text(a, rooms[0]), tidy_text(b, rooms[1]));
}

static bool is_white(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The first white space that is not one ordinary blank; the length when there is none. */
static size_t find_white(slice text) {
  size_t at = 0;
  while (at < text.length && (!is_white(text.bytes[at]) || (text.bytes[at] == ' ' && at + 1 < text.length &&
                                                            !is_white(text.bytes[at + 1])))) {
    at++;
  }
  return at;
}

slice tidy_title(slice text, char *room) {
  const slice tidy = tidy_text(text, room);
  size_t length = find_white(tidy);
  if (length == tidy.length) {
    return tidy;
  }
  memmove(room, tidy.bytes, length);
  for (size_t at = length; at < tidy.length; at++) {
    const bool is_blank = is_white(tidy.bytes[at]);
    if (!is_blank || length == 0 || room[length - 1] != ' ') {
      room[length++] = is_blank ? ' ' : tidy.bytes[at];
    }
  }
  return slice_trim((slice){room, length});
}

bool tidy_alike_titles(slice a, slice b) {
  char rooms[2][TIDY_GROWTH * TIDY_ALIKE_BYTES];
  if (a.length > TIDY_ALIKE_BYTES || b.length > TIDY_ALIKE_BYTES) {
    return slice_equal(a, b);
  }
  return slice_equal(tidy_title(a, rooms[0]), tidy_title(b, rooms[1]));
}

slice tidy_number(slice text, char *room) {
  const size_t first = text.length <= TIDY_NUMBER_BYTES ? find_kind(text, 1U << TIDY_IN_NUMBER) : text.length;
  return first < text.length ? copy_number(text, room) : text;
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
