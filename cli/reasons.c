/* A table of words, and of what does not count when they are compared. */
#include "cli/reasons.h"

#include <string.h>

#include "base/decimal.h"

/* Folded forms. */
static const struct {
  const char *word, *reason;
} words[] = {
    {"don't know", "dont_know"},
    {"dont know", "dont_know"},
    {"do not know", "dont_know"},
    {"i don't know", "dont_know"},
    {"dk", "dont_know"},
    {"not sure", "dont_know"},
    {"unsure", "dont_know"},
    {"unknown", "dont_know"},
    {"can't say", "dont_know"},
    {"cannot say", "dont_know"},
    {"no opinion", "dont_know"},
    {"wei\xc3\x9f nicht", "dont_know"},
    {"不清楚", "dont_know"},
    {"不知道", "dont_know"},
    {"不了解", "dont_know"},
    {"不确定", "dont_know"},
    {"不確定", "dont_know"},
    {"不瞭解", "dont_know"},
    {"说不清", "dont_know"},
    {"說不清", "dont_know"},
    {"说不清楚", "dont_know"},
    {"說不清楚", "dont_know"},
    {"不好说", "dont_know"},
    {"不好說", "dont_know"},
    {"不详", "dont_know"},
    {"不詳", "dont_know"},
    {"refused", "refused"},
    {"refuse", "refused"},
    {"refusal", "refused"},
    {"prefer not to say", "refused"},
    {"prefer not to answer", "refused"},
    {"rather not say", "refused"},
    {"decline to answer", "refused"},
    {"declined", "refused"},
    {"no answer", "refused"},
    {"keine angabe", "refused"},
    {"k.a.", "refused"},
    {"拒答", "refused"},
    {"拒绝回答", "refused"},
    {"拒絕回答", "refused"},
    {"不愿回答", "refused"},
    {"不願回答", "refused"},
    {"不方便透露", "refused"},
    {"保密", "refused"},
    {"n/a", "not_applicable"},
    {"n.a.", "not_applicable"},
    {"na", "not_applicable"},
    {"#n/a", "not_applicable"},
    {"not applicable", "not_applicable"},
    {"does not apply", "not_applicable"},
    {"entf\xc3\xa4llt", "not_applicable"},
    {"不适用", "not_applicable"},
    {"不適用", "not_applicable"},
    {"无", "not_applicable"},
    {"無", "not_applicable"},
    {"not asked", "not_asked"},
    {"not shown", "not_asked"},
    {"skipped", "not_asked"},
    {"(跳过)", "not_asked"},
    {"跳过", "not_asked"},
    {"(跳過)", "not_asked"},
    {"跳過", "not_asked"},
    {"未作答", "blank"},
    {"未填", "blank"},
    {"未填写", "blank"},
    {"未填寫", "blank"},
    {"(空)", "blank"},
    {"空", "blank"},
    {"\\n", "blank"}, /* NULL as PostgreSQL and MySQL write it into text files: \N */
    {"null", "blank"},
    {"none", "blank"},
    {"nan", "blank"},
    {"nil", "blank"},
    {"missing", "blank"},
    {"(blank)", "blank"},
    {"blank", "blank"},
    {"empty", "blank"},
    {"-", "blank"},
    {"--", "blank"},
    {"---", "blank"},
    {".", "blank"},
    {"?", "dont_know"},
    {"/", "blank"},
};

/* Characters of other keyboards, and the ASCII that is meant; "" for what shows nothing. */
static const struct {
  const char *character, *meant;
} forms[] = {
    {"\xe2\x80\x98", "'"},  {"\xe2\x80\x99", "'"},  {"\xc2\xb4", "'"},       {"`", "'"},
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xe2\x80\x90", "-"},   {"\xe2\x80\x91", "-"},
    {"\xe2\x80\x92", "-"},  {"\xe2\x80\x93", "-"},  {"\xe2\x80\x94", "-"},   {"\xe2\x80\x95", "-"},
    {"\xe2\x88\x92", "-"},  {"\xc2\xa0", " "},      {"\xe3\x80\x80", " "},   {"\xe2\x80\xaf", " "},
    {"\xe2\x80\x8b", ""},   {"\xe2\x80\x8c", ""},   {"\xe2\x80\x8d", ""},    {"\xe2\x81\xa0", ""},
    {"\xef\xbb\xbf", ""},   {"\xc2\xad", ""},       {"\xe2\x80\xa6", "..."},
};

/* What the character at the front of REST is folded to, in ROOM or as it is; its length in *BYTES. */
static slice fold_one(slice rest, size_t *bytes, char room[2]) {
  const uint8_t *at = (const uint8_t *)rest.bytes;
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    const size_t length = strlen(forms[i].character);
    if (rest.length >= length && memcmp(rest.bytes, forms[i].character, length) == 0) {
      *bytes = length;
      return slice_of(forms[i].meant);
    }
  }
  *bytes = 1;
  room[0] = rest.bytes[0];
  if (at[0] == 0xef && rest.length >= 3 && (at[1] == 0xbc || at[1] == 0xbd)) { /* U+FF01 to U+FF5E */
    const unsigned point = 0xf000u + ((unsigned)(at[1] & 0x3f) << 6) + (at[2] & 0x3fu);
    if (point >= 0xff01 && point <= 0xff5e) {
      *bytes = 3;
      room[0] = (char)(point - 0xff01 + '!');
    }
  }
  room[0] = room[0] >= 'A' && room[0] <= 'Z' ? (char)(room[0] - 'A' + 'a') : room[0];
  return (slice){room, 1};
}

void reason_fold(slice text, char out[REASON_FOLDED_BYTES]) {
  size_t length = 0;
  text = slice_trim(text);
  while (text.length > 0) {
    char room[2];
    size_t bytes = 1;
    const slice folded = fold_one(text, &bytes, room);
    const bool is_second_blank =
        folded.length == 1 && folded.bytes[0] == ' ' && length > 0 && out[length - 1] == ' ';
    if (!is_second_blank && length + folded.length < REASON_FOLDED_BYTES) {
      memcpy(out + length, folded.bytes, folded.length);
      length += folded.length;
    }
    text = (slice){text.bytes + bytes, text.length - bytes};
  }
  out[length] = '\0';
}

const char *reason_of_text(slice text) {
  char folded[REASON_FOLDED_BYTES];
  reason_fold(text, folded);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (strcmp(words[i].word, folded) == 0) {
      return words[i].reason;
    }
  }
  return NULL;
}

/* ---- Spellings ------------------------------------------------------------------------------------ */

enum { CHARACTERS_MAX = REASON_FOLDED_BYTES };

/* Characters that make another answer of one: not, very, directions, sizes, numbers. */
static const char telling[] =
    "不没沒无無非未否别別很太极極最较較更稍略东東西南北上下左右前后後大小高低男女一二三四五六七八"
    "九十两兩内內外甲乙丙丁早晚多少新旧舊老幼父母公私";

typedef struct characters {
  slice at[CHARACTERS_MAX];
  size_t count;
} characters;

static size_t bytes_of_character(const char *at) {
  size_t bytes = 1;
  while (((unsigned char)at[bytes] & 0xC0) == 0x80) {
    bytes++;
  }
  return bytes;
}

static void characters_of(const char *folded, characters *out) {
  for (out->count = 0; *folded != '\0'; out->count++) {
    out->at[out->count] = (slice){folded, bytes_of_character(folded)};
    folded += out->at[out->count].length;
  }
}

static bool is_ideographic(slice character) {
  return character.length >= 3 && (unsigned char)character.bytes[0] >= 0xE3;
}

static bool has_ideographic(const characters *text) {
  for (size_t i = 0; i < text->count; i++) {
    if (is_ideographic(text->at[i])) {
      return true;
    }
  }
  return false;
}

static bool is_digit(slice character) {
  return character.bytes[0] >= '0' && character.bytes[0] <= '9';
}

/* The same digits in the same order: Wave 1 is not Wave 2. */
static bool have_same_digits(const characters *a, const characters *b) {
  size_t i = 0;
  size_t k = 0;
  while (true) {
    while (i < a->count && !is_digit(a->at[i])) {
      i++;
    }
    while (k < b->count && !is_digit(b->at[k])) {
      k++;
    }
    if (i == a->count || k == b->count) {
      return i == a->count && k == b->count;
    }
    if (a->at[i++].bytes[0] != b->at[k++].bytes[0]) {
      return false;
    }
  }
}

static size_t count_of(const characters *text, slice character) {
  size_t n = 0;
  for (size_t i = 0; i < text->count; i++) {
    n += slice_equal(text->at[i], character);
  }
  return n;
}

/* Is a character that one has more often than the other among the telling ones?  *SAME: there is none. */
static bool differ_tellingly(const characters *a, const characters *b, bool *same) {
  bool is_telling = false;
  *same = a->count == b->count;
  for (int turn = 0; turn < 2; turn++) {
    const characters *text = turn == 0 ? a : b;
    for (size_t i = 0; i < text->count; i++) {
      if (count_of(a, text->at[i]) != count_of(b, text->at[i])) {
        *same = false;
        is_telling = is_telling ||
                     (is_ideographic(text->at[i]) &&
                      memmem(telling, sizeof telling - 1, text->at[i].bytes, text->at[i].length) != NULL);
      }
    }
  }
  return is_telling;
}

/* Letters, blanks and what stands between words: no sign or digit that could make the difference. */
static bool are_words(const characters *text) {
  for (size_t i = 0; i < text->count; i++) {
    const char byte = text->at[i].bytes[0];
    if ((unsigned char)byte < 0x80 && strchr("abcdefghijklmnopqrstuvwxyz '-./&", byte) == NULL) {
      return false;
    }
  }
  return true;
}

/* Of words: one slip, two in long ones; but not a syllable more or less, as in likely and unlikely. */
static reason_likeness compare_words(const characters *a, const characters *b, size_t distance, bool same) {
  enum { LONG = 10, SHORT = 3 };
  const size_t longest = a->count > b->count ? a->count : b->count;
  const size_t gap = a->count > b->count ? a->count - b->count : b->count - a->count;
  const bool is_slip = gap > 0 || same; /* a letter too few or too many, or two that are swapped */
  const bool begin_alike =
      slice_equal(a->at[0], b->at[0]) || (same && a->count > 1 && slice_equal(a->at[0], b->at[1]));
  if (!begin_alike || gap > 1 || longest < SHORT || distance > (longest >= LONG ? 2u : 1u)) {
    return REASON_OTHER;
  }
  if (distance == 2 || longest == SHORT) {
    return distance == 2 || is_slip ? REASON_NEAR : REASON_OTHER;
  }
  const bool is_clear = is_slip || (a->count > 4 && b->count > 4);
  return is_clear && are_words(a) && are_words(b) ? REASON_SPELLING : REASON_NEAR;
}

/* Of Chinese: one character in three, two in eight, and none that tells. */
static reason_likeness compare_ideographic(const characters *a, const characters *b, size_t distance) {
  enum { SHORT = 3, LONG = 8 };
  const size_t longest = a->count > b->count ? a->count : b->count;
  return longest >= SHORT && distance <= (longest >= LONG ? 2u : 1u) ? REASON_NEAR : REASON_OTHER;
}

reason_likeness reason_compare(slice text, slice declared) {
  char folded[2][REASON_FOLDED_BYTES];
  characters a, b;
  bool same = false;
  reason_fold(text, folded[0]);
  reason_fold(declared, folded[1]);
  if (strcmp(folded[0], folded[1]) == 0) {
    return folded[0][0] != '\0' ? REASON_SPELLING : REASON_OTHER;
  }
  if (decimal_equal_texts(slice_of(folded[0]), '.', slice_of(folded[1]), '.')) {
    return REASON_SPELLING; /* 1.0 and 1 */
  }
  const size_t distance = text_distance(slice_of(folded[0]), slice_of(folded[1]), 2);
  if (distance > 2) {
    return REASON_OTHER;
  }
  characters_of(folded[0], &a);
  characters_of(folded[1], &b);
  if (a.count == 0 || b.count == 0 || !have_same_digits(&a, &b) || differ_tellingly(&a, &b, &same)) {
    return REASON_OTHER;
  }
  return has_ideographic(&a) || has_ideographic(&b) ? compare_ideographic(&a, &b, distance)
                                                    : compare_words(&a, &b, distance, same);
}
