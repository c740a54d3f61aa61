/* A table of words, and of what does not count when they are compared. */
#include "cli/reasons.h"

#include <string.h>

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

/* Letters of ASCII, blanks and what stands between words. */
static bool is_word(const char *folded) {
  return folded[strspn(folded, "abcdefghijklmnopqrstuvwxyz '-./&")] == '\0';
}

bool reason_is_spelling(slice text, slice declared) {
  enum { LETTERS_MIN = 5 };
  char folded[2][REASON_FOLDED_BYTES];
  reason_fold(text, folded[0]);
  reason_fold(declared, folded[1]);
  if (strcmp(folded[0], folded[1]) == 0) {
    return folded[0][0] != '\0';
  }
  return strlen(folded[0]) >= LETTERS_MIN && strlen(folded[1]) >= LETTERS_MIN &&
         folded[0][0] == folded[1][0] && is_word(folded[0]) && is_word(folded[1]) &&
         text_distance(slice_of(folded[0]), slice_of(folded[1]), 1) <= 1;
}
