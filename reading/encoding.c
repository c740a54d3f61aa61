/* Names, marks, guesses and iconv.
 *
 * The guess looks at the bytes above 0x7F alone.  In the double-byte encodings of East Asia the first
 * bytes of characters tell the language: Hangul lies in B0..C8, Chinese text spreads to F7, Japanese
 * kana are 82 and 83, and only Big5 has second bytes below 0x7F in plenty.  Western text has single
 * bytes among ASCII letters, and before delimiters.  The guess only words a hint, so it may be wrong.
 */
#include "reading/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct converter {
  iconv_t handle;
  const char *title;
  const char *encoding;
  uint64_t consumed; /* bytes, for messages */
  uint64_t line;
};

static const struct {
  const char *bytes;
  size_t length;
  const char *encoding;
} marks[] = {
    {"\xef\xbb\xbf", 3, "UTF-8"}, {"\xff\xfe\0\0", 4, "UTF-32LE"}, {"\0\0\xfe\xff", 4, "UTF-32BE"},
    {"\xff\xfe", 2, "UTF-16LE"},  {"\xfe\xff", 2, "UTF-16BE"},
};

const char *encoding_mark(const uint8_t *bytes, size_t length, size_t *mark_bytes) {
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    if (length >= marks[i].length && memcmp(bytes, marks[i].bytes, marks[i].length) == 0) {
      *mark_bytes = marks[i].length;
      return marks[i].encoding;
    }
  }
  *mark_bytes = 0;
  return NULL;
}

static const struct {
  const char *name;
  const char *meant; /* NULL: nothing to convert */
} aliases[] = {
    {"utf-8", NULL},
    {"utf8", NULL},
    {"utf-8-sig", NULL},
    {"ascii", NULL},
    {"us-ascii", NULL},
    {"gbk", "GB18030"},
    {"gb2312", "GB18030"},
    {"cp936", "GB18030"},
    {"gb-18030", "GB18030"},
    {"euc-kr", "CP949"},
    {"euckr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"uhc", "CP949"},
    {"ms949", "CP949"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"big5", "CP950"},
    {"utf16", "UTF-16"},
    {"utf-16", "UTF-16"},
    {"unicode", "UTF-16"},
    {"latin1", "ISO-8859-1"},
    {"latin-1", "ISO-8859-1"},
    {"windows-949", "CP949"},
    {"windows-936", "GB18030"},
};

const char *encoding_resolve(const char *name) {
  if (name == NULL || name[0] == '\0') {
    return NULL;
  }
  for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
    if (strcasecmp(name, aliases[i].name) == 0) {
      return aliases[i].meant;
    }
  }
  return name;
}

/* ---- Guesses ------------------------------------------------------------------------------------- */

static bool is_ascii_text(uint8_t c) {
  return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\r' || c == '\n';
}

/* How bytes look as code units of one order. */
typedef struct unit_counts {
  size_t ascii, control; /* NUL is a control character */
} unit_counts;

static void count_unit(unit_counts *n, uint8_t high, uint8_t low) {
  n->ascii += high == 0 && is_ascii_text(low);
  n->control += high == 0 && (low < 0x20 || (low >= 0x7f && low < 0xa0)) && !is_ascii_text(low);
}

/* In UTF-16 the other byte of an ASCII character is zero, nearly always on the same side: on the other one it
 * is that of a rare character such as U+5F00.  Text that is read in pairs has two characters in most of them.
 */
const char *encoding_guess_utf16(const uint8_t *bytes, size_t length) {
  unit_counts little = {0};
  unit_counts big = {0};
  size_t two_letters = 0;
  length = (length < ENCODING_GUESS_BYTES ? length : ENCODING_GUESS_BYTES) / 2 * 2;
  for (size_t i = 0; i < length; i += 2) {
    count_unit(&little, bytes[i + 1], bytes[i]);
    count_unit(&big, bytes[i], bytes[i + 1]);
    two_letters += is_ascii_text(bytes[i]) && is_ascii_text(bytes[i + 1]);
  }
  const bool is_big = big.ascii > little.ascii;
  const unit_counts *likely = is_big ? &big : &little;
  const size_t other = is_big ? little.ascii : big.ascii;
  if (likely->ascii < 2 || likely->ascii <= 2 * other || likely->control > 0 ||
      two_letters * 2 > length / 2) {
    return NULL;
  }
  return is_big ? "UTF-16BE" : "UTF-16LE";
}

bool encoding_keeps_ascii(const char *encoding) {
  return strncasecmp(encoding, "UTF", 3) != 0 && strncasecmp(encoding, "UCS", 3) != 0 &&
         strncasecmp(encoding, "ISO-2022", 8) != 0 && strncasecmp(encoding, "HZ", 2) != 0;
}

void encoding_watch_bytes(encoding_watch *w, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length && !w->is_other; i++) {
    const uint8_t c = bytes[i];
    if (w->due > 0) {
      w->is_other = c < 0x80 || c > 0xbf;
      w->due--;
    } else if (c >= 0x80) {
      w->is_other = c < 0xc2 || c > 0xf4;
      w->due = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
      w->characters++;
    }
  }
}

/* Where two bytes make a character, a few of them may look like UTF-8. */
bool encoding_watch_is_utf8(const encoding_watch *w) {
  enum { FEW = 5 };
  static const char *const of_one_byte[] = {"ISO-8859", "ISO8859", "WINDOWS-12", "CP125", "KOI8",
                                            "MAC",      "IBM",     "CP43",       "CP85"};
  bool is_single = false;
  for (size_t i = 0; i < sizeof of_one_byte / sizeof of_one_byte[0]; i++) {
    is_single = is_single || strncasecmp(w->encoding, of_one_byte[i], strlen(of_one_byte[i])) == 0;
  }
  return !w->is_other && w->due == 0 && w->characters > (is_single ? 0 : FEW);
}

/* What the bytes above 0x7F look like when they are read as pairs. */
typedef struct pair_counts {
  size_t pairs;
  size_t single;       /* cannot be the first of a pair, or stand alone among ASCII letters */
  size_t kana;         /* first byte 82 or 83 */
  size_t above_hangul; /* first byte above C8 */
  size_t low_second;   /* second byte below 7F */
} pair_counts;

static bool is_letter(uint8_t c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Is the byte at I, above 0x7F, a character of its own?  No character of two bytes ends below 0x30 or with
 * what stands between digits and letters; and an accented letter (0xC0 on) has ASCII on both sides, two bytes
 * far. */
static bool is_single(const uint8_t *bytes, size_t length, size_t i) {
  const uint8_t next = bytes[i + 1];
  if (next < 0x30 || (next >= 0x3a && next < 0x40)) {
    return true;
  }
  const bool is_behind_letter = i > 0 && is_letter(bytes[i - 1]);
  if (next >= 0x80) { /* two accented letters within a word */
    return is_behind_letter && bytes[i] >= 0xc0 && next >= 0xc0 && i + 2 < length && is_letter(bytes[i + 2]);
  }
  if (is_behind_letter) {
    return true;
  }
  const bool is_apart = (i == 0 || bytes[i - 1] < 0x80) && (i < 2 || bytes[i - 2] < 0x80) &&
                        (i + 2 == length || bytes[i + 2] < 0x80);
  return is_apart && bytes[i] >= 0xc7 && is_letter(next);
}

static pair_counts count_pairs(const uint8_t *bytes, size_t length) {
  pair_counts n = {0};
  for (size_t i = 0; i + 1 < length; i++) {
    const uint8_t first = bytes[i];
    const uint8_t second = bytes[i + 1];
    if (first < 0x80) {
      continue;
    }
    n.pairs++;
    if (is_single(bytes, length, i)) {
      n.single++;
      continue;
    }
    n.kana += first == 0x82 || first == 0x83;
    n.above_hangul += first > 0xc8;
    n.low_second += second >= 0x40 && second < 0x7f;
    i++;
  }
  return n;
}

/* Line ends, tabs and form feeds, and what switches character sets (ISO 2022). */
static const uint8_t text_controls[] = {'\t', '\n', '\v', '\f', '\r', 0x0e, 0x0f, 0x1b};

/* What to state, and the sentence that says so. */
typedef struct hint {
  const char *encoding; /* NULL: none */
  const char *sentence;
} hint;

static const hint utf16 = {"utf-16", "the bytes look like UTF-16: state `data: {encoding: utf-16}`"};
static const hint utf8 = {"utf-8", "the bytes look like UTF-8: state `data: {encoding: utf-8}`"};
static const hint mostly_utf8 = {
    NULL, "most of the text around it is UTF-8: files of several encodings were joined, or it is damaged"};
static const hint no_text = {NULL, "the bytes do not look like text: is it the right file?"};
static const hint western = {
    "windows-1252", "the bytes look like Western European text: state `data: {encoding: windows-1252}`"};
static const hint japanese = {"shift_jis",
                              "the bytes look like Japanese: state `data: {encoding: shift_jis}`"};
static const hint traditional = {
    "big5", "the bytes look like traditional Chinese: state `data: {encoding: big5}` (or gb18030)"};
static const hint korean = {
    "cp949", "the bytes look like Korean: state `data: {encoding: cp949}` (or gb18030 if it is Chinese)"};
static const hint simplified = {
    "gb18030", "the bytes look like Chinese: state `data: {encoding: gb18030}` (or cp949 if it is Korean)"};

/* Characters of UTF-8 beyond ASCII, and bytes that belong to none. */
typedef struct utf8_counts {
  size_t characters, others;
} utf8_counts;

/* Bytes of the character that begins the text, and of which what is there is well-formed; 0: none does. */
static size_t character_bytes(const uint8_t *bytes, size_t length) {
  const uint8_t first = bytes[0];
  const size_t due = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (size_t i = 1; i < due && i < length; i++) {
    if ((bytes[i] & 0xc0) != 0x80) {
      return 0;
    }
  }
  return due;
}

/* The text may end within a character. */
static utf8_counts count_utf8(const uint8_t *bytes, size_t length) {
  utf8_counts n = {0};
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] < 0x80) {
      continue;
    }
    const size_t due = character_bytes(bytes + i, length - i);
    n.characters += due > 0 && due <= length - i;
    n.others += due == 0;
    i += due > 0 ? due - 1 : 0;
  }
  return n;
}

static const hint *hint_of(const uint8_t *bytes, size_t length) {
  enum { CONTROLS_MIN = 50 }; /* of so many bytes one */
  enum { MOSTLY = 4 };        /* so many times as many: two bytes of GBK may look like a character of UTF-8 */
  size_t zeros = 0;
  size_t controls = 0;
  for (size_t i = 0; i < length; i++) {
    zeros += bytes[i] == 0;
    controls +=
        bytes[i] > 0 && bytes[i] < 0x20 && memchr(text_controls, bytes[i], sizeof text_controls) == NULL;
  }
  if (zeros > 1 && zeros >= length / 4 && zeros <= length / 2 + 1) {
    return &utf16;
  }
  if (controls * CONTROLS_MIN > length) {
    return &no_text;
  }
  const utf8_counts u = count_utf8(bytes, length);
  if (u.characters > 0 && u.characters >= MOSTLY * u.others) {
    return u.others == 0 ? &utf8 : &mostly_utf8;
  }
  const pair_counts n = count_pairs(bytes, length);
  if (n.single * 2 >= n.pairs) {
    return &western;
  }
  if (n.kana * 10 > n.pairs * 3) {
    return &japanese;
  }
  if (n.low_second * 4 > n.pairs) {
    return &traditional;
  }
  return n.above_hangul * 10 < n.pairs ? &korean : &simplified;
}

const char *encoding_hint(const uint8_t *bytes, size_t length) {
  return hint_of(bytes, length)->sentence;
}

const char *encoding_guess(const uint8_t *bytes, size_t length) {
  return hint_of(bytes, length)->encoding;
}

status converter_open(const char *encoding, const char *title, converter **out, error *err) {
  converter *c = calloc(1, sizeof *c);
  if (c == NULL) {
    return error_no_memory(err, title);
  }
  c->title = title;
  c->encoding = encoding;
  c->line = 1;
  c->handle = iconv_open("UTF-8", encoding);
  if (c->handle == (iconv_t)-1) {
    free(c);
    return error_set(err, STATUS_SPECIFICATION,
                     "encoding \"%s\" is not known; utf-8, gb18030, big5, cp949, shift_jis, utf-16 and "
                     "windows-1252 are some that are",
                     encoding);
  }
  *out = c;
  return STATUS_OK;
}

void converter_close(converter *c) {
  if (c != NULL) {
    iconv_close(c->handle);
    free(c);
  }
}

status converter_run(converter *c, const uint8_t **in, size_t *in_bytes, uint8_t *out, size_t capacity,
                     size_t *produced, error *err) {
  char *from = (char *)*in;
  char *to = (char *)out;
  size_t from_left = *in_bytes;
  size_t to_left = capacity;
  const size_t result = iconv(c->handle, &from, &from_left, &to, &to_left);
  const int problem = result == (size_t)-1 ? errno : 0;
  *produced = capacity - to_left;
  for (size_t i = 0; i < *produced; i++) {
    c->line += out[i] == '\n';
  }
  c->consumed += *in_bytes - from_left;
  *in = (const uint8_t *)from;
  *in_bytes = from_left;
  if (problem == EILSEQ) {
    return error_set(err, STATUS_DATA,
                     "%s:%llu: byte %llu of the file (0x%02X) is not %s; is `encoding:` right?", c->title,
                     (unsigned long long)c->line, (unsigned long long)c->consumed + 1, **in, c->encoding);
  }
  if (problem != 0 && problem != E2BIG && problem != EINVAL) {
    return error_set(err, STATUS_IO, "%s: converting from %s failed: %s", c->title, c->encoding,
                     strerror(problem));
  }
  return STATUS_OK;
}

status converter_finish(const converter *c, size_t left, error *err) {
  if (left == 0) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_DATA, "%s:%llu: the file ends in the middle of a character of %s", c->title,
                   (unsigned long long)c->line, c->encoding);
}
