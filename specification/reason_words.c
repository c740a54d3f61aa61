/* The words, in English and in both forms of Chinese, in lower case; the longer ones that begin alike first.
 */
#include "specification/reason_words.h"

#include <string.h>

typedef struct reason_word {
  const char *word;
  missing_reason reason;
} reason_word;

static const reason_word words[] = {
    {"refused", MISSING_REFUSED},
    {"refusal", MISSING_REFUSED},
    {"refuse", MISSING_REFUSED},
    {"prefer not to", MISSING_REFUSED},
    {"declined", MISSING_REFUSED},
    {"拒答", MISSING_REFUSED},
    {"拒绝", MISSING_REFUSED},
    {"拒絕", MISSING_REFUSED},
    {"不愿", MISSING_REFUSED},
    {"不願", MISSING_REFUSED},
    {"don't know", MISSING_DONT_KNOW},
    {"dont know", MISSING_DONT_KNOW},
    {"do not know", MISSING_DONT_KNOW},
    {"dk", MISSING_DONT_KNOW},
    {"not sure", MISSING_DONT_KNOW},
    {"unsure", MISSING_DONT_KNOW},
    {"can't say", MISSING_DONT_KNOW},
    {"cannot say", MISSING_DONT_KNOW},
    {"不知道", MISSING_DONT_KNOW},
    {"不清楚", MISSING_DONT_KNOW},
    {"不确定", MISSING_DONT_KNOW},
    {"不確定", MISSING_DONT_KNOW},
    {"说不清", MISSING_DONT_KNOW},
    {"說不清", MISSING_DONT_KNOW},
    {"not applicable", MISSING_NOT_APPLICABLE},
    {"does not apply", MISSING_NOT_APPLICABLE},
    {"inapplicable", MISSING_NOT_APPLICABLE},
    {"n/a", MISSING_NOT_APPLICABLE},
    {"n.a.", MISSING_NOT_APPLICABLE},
    {"na", MISSING_NOT_APPLICABLE},
    {"不适用", MISSING_NOT_APPLICABLE},
    {"不適用", MISSING_NOT_APPLICABLE},
    {"not asked", MISSING_NOT_ASKED},
    {"not shown", MISSING_NOT_ASKED},
    {"skipped", MISSING_NOT_ASKED},
    {"未询问", MISSING_NOT_ASKED},
    {"未詢問", MISSING_NOT_ASKED},
    {"未提问", MISSING_NOT_ASKED},
    {"未提問", MISSING_NOT_ASKED},
    {"跳过", MISSING_NOT_ASKED},
    {"跳過", MISSING_NOT_ASKED},
};

enum { WORDS = sizeof words / sizeof words[0], APOSTROPHE_BYTES = 3 };

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* How many bytes of LABEL read like WORD, case and kind of apostrophe apart; 0: it does not begin with it. */
static size_t begins(slice label, const char *word) {
  size_t at = 0;
  for (; *word != '\0'; word++) {
    const bool is_curly = *word == '\'' && label.length >= at + APOSTROPHE_BYTES &&
                          memcmp(label.bytes + at, "\xe2\x80\x99", APOSTROPHE_BYTES) == 0;
    if (!is_curly && (at == label.length || lower(label.bytes[at]) != *word)) {
      return 0;
    }
    at += is_curly ? APOSTROPHE_BYTES : 1;
  }
  return at;
}

static bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Without brackets around, and dots at the end. */
static slice bare(slice label) {
  label = slice_trim(label);
  while (label.length > 0 && strchr("([<", label.bytes[0]) != NULL) {
    label = (slice){label.bytes + 1, label.length - 1};
  }
  while (label.length > 0 && strchr(")]>!", label.bytes[label.length - 1]) != NULL) {
    label.length--;
  }
  return slice_trim(label);
}

missing_reason reason_of_label(slice label) {
  const slice text = bare(label);
  for (size_t i = 0; i < WORDS; i++) {
    const size_t length = begins(text, words[i].word);
    const bool is_whole = length > 0 && (length == text.length || !is_letter(text.bytes[length]) ||
                                         !is_letter(text.bytes[length - 1]));
    if (is_whole) {
      return words[i].reason;
    }
  }
  return MISSING_OTHER;
}

bool reason_is_label(slice label, missing_reason *out) {
  const slice text = bare(label);
  for (size_t i = 0; i < WORDS; i++) {
    if (text.length > 0 && begins(text, words[i].word) == text.length) {
      *out = words[i].reason;
      return true;
    }
  }
  return false;
}
