/* Slices, UTF-8 and the comparison of names; nothing here looks at the locale. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

slice slice_of(const char *terminated) {
  return terminated == NULL ? (slice){"", 0} : (slice){terminated, strlen(terminated)};
}

bool slice_equal(slice a, slice b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

int slice_compare(slice a, slice b) {
  const size_t shared = a.length < b.length ? a.length : b.length;
  const int order = shared > 0 ? memcmp(a.bytes, b.bytes, shared) : 0;
  return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static const slice blanks[] = {
    {" ", 1}, {"\t", 1}, {"\r", 1}, {"\xc2\xa0", 2}, {"\xe3\x80\x80", 3},
};

/* Length of the blank at the start or at the end of S; 0 when there is none. */
static size_t blank_length(slice s, bool at_end) {
  for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
    const slice b = blanks[i];
    if (b.length <= s.length &&
        memcmp(s.bytes + (at_end ? s.length - b.length : 0), b.bytes, b.length) == 0) {
      return b.length;
    }
  }
  return 0;
}

/* Characters other than blanks that show nothing: soft hyphen, typographic and zero-width spaces, joiners,
 * marks of direction, word joiner, byte-order mark. */
static const slice invisibles[] = {
    {"\xc2\xad", 2},     {"\xe1\x9a\x80", 3}, {"\xe1\xa0\x8e", 3}, {"\xe2\x80\x80", 3}, {"\xe2\x80\x81", 3},
    {"\xe2\x80\x82", 3}, {"\xe2\x80\x83", 3}, {"\xe2\x80\x84", 3}, {"\xe2\x80\x85", 3}, {"\xe2\x80\x86", 3},
    {"\xe2\x80\x87", 3}, {"\xe2\x80\x88", 3}, {"\xe2\x80\x89", 3}, {"\xe2\x80\x8a", 3}, {"\xe2\x80\x8b", 3},
    {"\xe2\x80\x8c", 3}, {"\xe2\x80\x8d", 3}, {"\xe2\x80\x8e", 3}, {"\xe2\x80\x8f", 3}, {"\xe2\x80\xa8", 3},
    {"\xe2\x80\xa9", 3}, {"\xe2\x80\xaf", 3}, {"\xe2\x81\x9f", 3}, {"\xe2\x81\xa0", 3}, {"\xef\xbb\xbf", 3},
};

/* Printable ASCII can neither be a blank nor take part in one, which settles nearly every field. */
static bool plain(char c) {
  return c > ' ' && c < 0x7f;
}

slice slice_trim(slice s) {
  while (s.length > 0 && !plain(s.bytes[0])) {
    const size_t length = blank_length(s, false);
    if (length == 0) {
      break;
    }
    s.bytes += length;
    s.length -= length;
  }
  while (s.length > 0 && !plain(s.bytes[s.length - 1])) {
    const size_t length = blank_length(s, true);
    if (length == 0) {
      break;
    }
    s.length -= length;
  }
  return s;
}

bool slice_is_invisible(slice s) {
  while (s.length > 0) {
    size_t length = s.bytes[0] == '\n' ? 1 : plain(s.bytes[0]) ? 0 : blank_length(s, false);
    for (size_t i = 0; length == 0 && !plain(s.bytes[0]) && i < sizeof invisibles / sizeof invisibles[0];
         i++) {
      const slice c = invisibles[i];
      length = c.length <= s.length && memcmp(s.bytes, c.bytes, c.length) == 0 ? c.length : 0;
    }
    if (length == 0) {
      return false;
    }
    s.bytes += length;
    s.length -= length;
  }
  return true;
}

char *slice_copy(slice s) {
  char *copy = s.length < SIZE_MAX ? malloc(s.length + 1) : NULL;
  if (copy != NULL) {
    if (s.length > 0) {
      memcpy(copy, s.bytes, s.length);
    }
    copy[s.length] = '\0';
  }
  return copy;
}

/* First byte past the ASCII run at AT. */
static size_t skip_ascii(const char *bytes, size_t at, size_t length) {
  static const uint64_t high_bits = 0x8080808080808080;
  for (; length - at >= 32; at += 32) {
    uint64_t words[4];
    memcpy(words, bytes + at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) {
      break;
    }
  }
  for (; length - at >= 8; at += 8) {
    uint64_t word;
    memcpy(&word, bytes + at, sizeof word);
    if ((word & high_bits) != 0) {
      break;
    }
  }
  while (at < length && (uint8_t)bytes[at] < 0x80) {
    at++;
  }
  return at;
}

/* Well-formed sequences by their first byte (The Unicode Standard, table 3-7): the allowed range of the
 * second byte excludes overlong forms, surrogates and what is above U+10FFFF. */
typedef struct sequence {
  uint8_t first_low, first_high;
  uint8_t second_low, second_high;
  uint8_t length;
} sequence;

static const sequence sequences[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* Length of the well-formed sequence at BYTES, LEFT > 0 bytes to the end; 0 when there is none. */
static size_t sequence_length(const uint8_t *bytes, size_t left) {
  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
    const sequence *s = &sequences[i];
    if (bytes[0] < s->first_low || bytes[0] > s->first_high) {
      continue;
    }
    if (left < s->length || bytes[1] < s->second_low || bytes[1] > s->second_high) {
      return 0;
    }
    for (size_t k = 2; k < s->length; k++) {
      if ((bytes[k] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return s->length;
  }
  return 0;
}

size_t text_utf8_check(const char *bytes, size_t length) {
  size_t at = 0;
  while ((at = skip_ascii(bytes, at, length)) < length) {
    const size_t step = sequence_length((const uint8_t *)bytes + at, length - at);
    if (step == 0) {
      return at;
    }
    at += step;
  }
  return length;
}

/* A number as people write it: an optional minus, digits, and perhaps a point and decimals. */
typedef struct written_number {
  bool is_number;
  bool negative;
  slice whole;    /* without leading zeros */
  slice decimals; /* without zeros at the end */
} written_number;

static size_t digits_at(slice s, size_t at) {
  size_t end = at;
  while (end < s.length && s.bytes[end] >= '0' && s.bytes[end] <= '9') {
    end++;
  }
  return end - at;
}

static slice without_zeros(slice digits) {
  while (digits.length > 0 && digits.bytes[0] == '0') {
    digits = (slice){digits.bytes + 1, digits.length - 1};
  }
  return digits;
}

static written_number number_of(slice s) {
  written_number p = {.negative = s.length > 1 && s.bytes[0] == '-'};
  const size_t start = p.negative ? 1 : 0;
  const size_t whole = digits_at(s, start);
  size_t end = start + whole;
  if (whole > 0 && end < s.length && s.bytes[end] == '.' && digits_at(s, end + 1) > 0) {
    p.decimals = (slice){s.bytes + end + 1, digits_at(s, end + 1)};
    end += 1 + p.decimals.length;
  }
  p.is_number = whole > 0 && end == s.length;
  p.whole = without_zeros((slice){s.bytes + start, whole});
  while (p.decimals.length > 0 && p.decimals.bytes[p.decimals.length - 1] == '0') {
    p.decimals.length--;
  }
  p.negative = p.negative && p.whole.length + p.decimals.length > 0;
  return p;
}

/* Of digits without leading zeros. */
static int compare_digits(slice a, slice b) {
  return a.length != b.length ? (a.length < b.length ? -1 : 1) : slice_compare(a, b);
}

static int compare_numbers(const written_number *x, const written_number *y) {
  if (x->negative != y->negative) {
    return x->negative ? -1 : 1;
  }
  const int whole = compare_digits(x->whole, y->whole);
  const int order = whole != 0 ? whole : slice_compare(x->decimals, y->decimals);
  return x->negative ? -order : order;
}

slice text_cut(slice s, size_t bytes) {
  size_t length = s.length < bytes ? s.length : bytes;
  for (int back = 0;
       back < 3 && length < s.length && length > 0 && ((unsigned char)s.bytes[length] & 0xC0) == 0x80;
       back++) {
    length--;
  }
  return (slice){s.bytes, length};
}

/* Byte by byte, but digits that stand together by the number that they are, where a digit stands. */
static int compare_by_parts(slice a, slice b) {
  size_t i = 0;
  size_t k = 0;
  while (i < a.length && k < b.length) {
    const size_t digits[2] = {digits_at(a, i), digits_at(b, k)};
    int order;
    if (digits[0] > 0 && digits[1] > 0) {
      order = compare_digits(without_zeros((slice){a.bytes + i, digits[0]}),
                             without_zeros((slice){b.bytes + k, digits[1]}));
    } else {
      order = ((unsigned char)a.bytes[i] > (unsigned char)b.bytes[k]) -
              ((unsigned char)a.bytes[i] < (unsigned char)b.bytes[k]);
    }
    if (order != 0) {
      return order;
    }
    i += digits[0] > 0 ? digits[0] : 1;
    k += digits[1] > 0 ? digits[1] : 1;
  }
  return (i < a.length) - (k < b.length);
}

int text_compare_natural(slice a, slice b) {
  const written_number x = number_of(a);
  const written_number y = number_of(b);
  if (x.is_number != y.is_number) {
    return x.is_number ? -1 : 1;
  }
  const int order = x.is_number ? compare_numbers(&x, &y) : compare_by_parts(a, b);
  return order != 0 ? order : slice_compare(a, b); /* "01" and "1" are two texts: the order stays total */
}

enum { DISTANCE_LENGTH_MAX = 255 };

/* The characters of S; a byte that is not UTF-8 is one.  DISTANCE_LENGTH_MAX + 1: there are too many. */
static size_t characters_of(slice s, uint32_t out[DISTANCE_LENGTH_MAX]) {
  size_t count = 0;
  for (size_t at = 0; at < s.length; count++) {
    if (count == DISTANCE_LENGTH_MAX) {
      return DISTANCE_LENGTH_MAX + 1;
    }
    const uint8_t *bytes = (const uint8_t *)s.bytes + at;
    const size_t length = bytes[0] < 0x80 ? 1 : sequence_length(bytes, s.length - at);
    out[count] = 0;
    for (size_t i = 0; i < (length > 0 ? length : 1); i++) {
      out[count] = out[count] << 8 | bytes[i];
    }
    at += length > 0 ? length : 1;
  }
  return count;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, replacements and swaps of neighbours, by rows of the
 * table; only the last two rows and the one being made are kept. */
size_t text_distance(slice left, slice right, size_t limit) {
  uint32_t a[DISTANCE_LENGTH_MAX], b[DISTANCE_LENGTH_MAX];
  const size_t a_count = characters_of(left, a);
  const size_t b_count = characters_of(right, b);
  const size_t gap = a_count > b_count ? a_count - b_count : b_count - a_count;
  if (gap > limit || a_count > DISTANCE_LENGTH_MAX || b_count > DISTANCE_LENGTH_MAX) {
    return slice_equal(left, right) ? 0 : limit + 1;
  }
  size_t rows[3][DISTANCE_LENGTH_MAX + 1];
  size_t *before = rows[0];
  size_t *last = rows[1];
  size_t *now = rows[2];
  for (size_t j = 0; j <= b_count; j++) {
    last[j] = j;
  }
  for (size_t i = 1; i <= a_count; i++) {
    now[0] = i;
    for (size_t j = 1; j <= b_count; j++) {
      const size_t differs = a[i - 1] != b[j - 1];
      now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + differs);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = least(now[j], before[j - 2] + 1);
      }
    }
    size_t *spare = before;
    before = last;
    last = now;
    now = spare;
  }
  return least(last[b_count], limit + 1);
}

static size_t count_characters(slice s) {
  size_t count = 0;
  for (size_t i = 0; i < s.length; i++) {
    count += ((unsigned char)s.bytes[i] & 0xC0) != 0x80;
  }
  return count;
}

/* The same letters, but for upper and lower case of ASCII. */
static const char *find_in_other_case(slice name, const char *const *candidates, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strlen(candidates[i]) == name.length && strncasecmp(candidates[i], name.bytes, name.length) == 0) {
      return candidates[i];
    }
  }
  return NULL;
}

/* The only candidate of which NAME is a part; NULL when there are several, or NAME is short. */
static const char *find_longer(slice name, const char *const *candidates, size_t count) {
  enum { BYTES_MIN = 4 }; /* two characters of Chinese, or four letters */
  const char *found = NULL;
  for (size_t i = 0; i < count && name.length >= BYTES_MIN; i++) {
    if (memmem(candidates[i], strlen(candidates[i]), name.bytes, name.length) == NULL) {
      continue;
    }
    if (found != NULL) {
      return NULL;
    }
    found = candidates[i];
  }
  return found;
}

const char *text_nearest(slice name, const char *const *candidates, size_t count) {
  const char *nearest = find_in_other_case(name, candidates, count);
  if (nearest != NULL) {
    return nearest;
  }
  /* At most a third of the characters (rounded up, four at most) may be wrong, or it is another word. */
  const size_t length = count_characters(name);
  const size_t limit = length < 3 ? 1 : (length + 2) / 3 < 4 ? (length + 2) / 3 : 4;
  size_t nearest_distance = limit + 1;
  for (size_t i = 0; i < count; i++) {
    const size_t distance = text_distance(name, slice_of(candidates[i]), limit);
    if (distance < nearest_distance) {
      nearest = candidates[i];
      nearest_distance = distance;
    }
  }
  return nearest != NULL && nearest_distance < length ? nearest : find_longer(name, candidates, count);
}

const char *text_plural(uint64_t n, const char *one, const char *many) {
  return n == 1 ? one : many;
}

const char *text_of_count(uint64_t n, char out[TEXT_COUNT_BYTES]) {
  char reversed[TEXT_COUNT_BYTES];
  size_t length = 0;
  for (size_t digits = 0; n > 0 || digits == 0; digits++) {
    if (digits > 0 && digits % 3 == 0) {
      reversed[length++] = ',';
    }
    reversed[length++] = (char)('0' + n % 10);
    n /= 10;
  }
  for (size_t i = 0; i < length; i++) {
    out[i] = reversed[length - 1 - i];
  }
  out[length] = '\0';
  return out;
}

char *text_put_utf8(char *to, uint32_t point) {
  if (point < 0x80) {
    *to++ = (char)point;
    return to;
  }
  if (point < 0x800) {
    *to++ = (char)(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      *to++ = (char)(0xe0 | point >> 12);
    } else {
      *to++ = (char)(0xf0 | point >> 18);
      *to++ = (char)(0x80 | ((point >> 12) & 0x3f));
    }
    *to++ = (char)(0x80 | ((point >> 6) & 0x3f));
  }
  *to++ = (char)(0x80 | (point & 0x3f));
  return to;
}
