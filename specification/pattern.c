/* Patterns over names: * is any run of characters, ? any one character. */
#include <string.h>

#include "specification/compile.h"

bool pattern_is(slice text) {
  return memchr(text.bytes, '*', text.length) != NULL || memchr(text.bytes, '?', text.length) != NULL;
}

static size_t character_bytes(slice text, size_t at) {
  size_t end = at + 1;
  while (end < text.length && ((unsigned char)text.bytes[end] & 0xC0) == 0x80) {
    end++;
  }
  return end - at;
}

bool pattern_matches(slice wanted, slice text) {
  size_t p = 0;
  size_t t = 0;
  bool starred = false;
  size_t star_p = 0;
  size_t star_t = 0;
  while (t < text.length) {
    if (p < wanted.length && wanted.bytes[p] == '*') {
      starred = true;
      star_p = ++p;
      star_t = t;
    } else if (p < wanted.length && wanted.bytes[p] == '?') {
      p++;
      t += character_bytes(text, t);
    } else if (p < wanted.length && wanted.bytes[p] == text.bytes[t]) {
      p++;
      t++;
    } else if (starred) {
      star_t += character_bytes(text, star_t);
      p = star_p;
      t = star_t;
    } else {
      return false;
    }
  }
  while (p < wanted.length && wanted.bytes[p] == '*') {
    p++;
  }
  return p == wanted.length;
}
