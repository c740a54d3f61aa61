/* Tables of slips. */
#include "specification/slips.h"

#include <string.h>
#include <strings.h>

/* Only signs that look like structure in a page: others are part of texts. */
#define WIDE_SIGN(sign, meant) \
  { {sign, sizeof(sign) - 1}, sign, meant }
#define WIDE_BLANK(sign, shown, meant) \
  { {sign, sizeof(sign) - 1}, shown, meant }
static const wide_sign wide[] = {
    WIDE_SIGN("：", "':' and a space"),
    WIDE_SIGN("，", "','"),
    WIDE_SIGN("、", "','"),
    WIDE_SIGN("｛", "'{'"),
    WIDE_SIGN("｝", "'}'"),
    WIDE_SIGN("［", "'['"),
    WIDE_SIGN("］", "']'"),
    WIDE_SIGN("【", "'['"),
    WIDE_SIGN("】", "']'"),
    WIDE_SIGN("（", "'('"),
    WIDE_SIGN("）", "')'"),
    WIDE_SIGN("＞", "'>'"),
    WIDE_SIGN("＜", "'<'"),
    WIDE_SIGN("＝", "'='"),
    WIDE_SIGN("！", "'!'"),
    WIDE_SIGN("≥", "'>='"),
    WIDE_SIGN("≤", "'<='"),
    WIDE_SIGN("≧", "'>='"),
    WIDE_SIGN("≦", "'<='"),
    WIDE_SIGN("≠", "'!='"),
    WIDE_SIGN("“", "'\"'"),
    WIDE_SIGN("”", "'\"'"),
    WIDE_SIGN("‘", "\"'\""),
    WIDE_SIGN("’", "\"'\""),
    WIDE_SIGN("＂", "'\"'"),
    WIDE_SIGN("＇", "\"'\""),
    WIDE_SIGN("＊", "'*'"),
    WIDE_SIGN("＃", "'#'"),
    WIDE_SIGN("－", "'-' and, in a list, a space"),
    WIDE_SIGN("—", "'-' and, in a list, a space"),
    WIDE_SIGN("–", "'-' and, in a list, a space"),
    WIDE_BLANK("\xe3\x80\x80", "U+3000", "a space"),
    WIDE_BLANK("\xc2\xa0", "U+00A0", "a space"),
    WIDE_BLANK("\xe2\x80\x8b", "U+200B", "nothing"),
    WIDE_BLANK("\xef\xbb\xbf", "U+FEFF", "nothing"),
};
enum { WIDE = sizeof wide / sizeof wide[0] };

const wide_sign *slip_wide_at(slice text) {
  for (size_t i = 0; i < WIDE; i++) {
    const slice sign = wide[i].sign;
    if (text.length >= sign.length && memcmp(text.bytes, sign.bytes, sign.length) == 0) {
      return &wide[i];
    }
  }
  return NULL;
}

const wide_sign *slip_wide(slice text, size_t *at) {
  for (*at = 0; *at < text.length; (*at)++) {
    const bool may_begin = (unsigned char)text.bytes[*at] >= 0xC2;
    const wide_sign *found = may_begin ? slip_wide_at((slice){text.bytes + *at, text.length - *at}) : NULL;
    if (found != NULL) {
      return found;
    }
  }
  return NULL;
}

/* Words that other languages use in conditions. */
static const struct {
  const char *word, *meant;
} words[] = {
    {"and", "write and"},
    {"or", "write or"},
    {"not", "write not"},
    {"in", "write in"},
    {"missing", "write missing(NAME)"},
    {"has", "write has(NAME, 'option')"},
    {"eq", "write =="},
    {"ne", "write !="},
    {"gt", "write >"},
    {"ge", "write >="},
    {"lt", "write <"},
    {"le", "write <="},
    {"is", "write missing(NAME), not missing(NAME), or =="},
    {"null", "write missing(NAME)"},
    {"between", "write NAME >= 1 and NAME <= 3"},
    {"like", "write NAME in ('a', 'b'): texts are compared whole"},
    {"contains", "write has(NAME, 'option') of a multiple choice"},
    {"且", "write and"},
    {"和", "write and"},
    {"或", "write or"},
};

const char *slip_of_where(slice word) {
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (strlen(words[i].word) == word.length && strncasecmp(words[i].word, word.bytes, word.length) == 0) {
      return words[i].meant;
    }
  }
  return NULL;
}
