#include "specification/proposal/opposites.h"

#include <string.h>

#include "specification/proposal/words.h"

/* What turns a word into its opposite. */
static const char *const negations[] = {"not ", "don't ", "do not ", "i don't ", "does not ",
                                        "un",   "没有",   "沒有",    "不",       "未",
                                        "没",   "沒",     "无",      "無",       "非"};

static const struct opposite {
  const char *word, *other;
} pairs[] = {{"无", "有"},     {"無", "有"},    {"没有", "有"},         {"沒有", "有"},
             {"none", "some"}, {"none", "any"}, {"don't know", "know"}, {"-", "+"}};

/* "使用" of "已使用过". */
static slice stem_of(slice word) {
  static const char *const before[] = {"已经", "已經", "已"};
  static const char *const after[] = {"过了", "過了", "过", "過", "了", "s", "ed"};
  for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
    const size_t length = strlen(before[i]);
    if (word.length > length && memcmp(word.bytes, before[i], length) == 0) {
      word = (slice){word.bytes + length, word.length - length};
      break;
    }
  }
  for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
    const size_t length = strlen(after[i]);
    if (word.length > length && memcmp(word.bytes + word.length - length, after[i], length) == 0) {
      return (slice){word.bytes, word.length - length};
    }
  }
  return word;
}

/* "Very sure" beside "not sure". */
static bool is_degree_of(slice yes, slice no, slice rest) {
  const size_t at = yes.length - rest.length;
  return yes.length > rest.length && memcmp(yes.bytes + at, rest.bytes, rest.length) == 0 &&
         memmem(yes.bytes, yes.length, no.bytes, no.length) == NULL;
}

static bool are_opposites(slice no, slice yes) {
  char room_no[WORD_BYTES];
  char room_yes[WORD_BYTES];
  no = words_fold(no, room_no);
  yes = words_fold(yes, room_yes);
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    if (slice_equal(no, slice_of(pairs[i].word)) && slice_equal(yes, slice_of(pairs[i].other))) {
      return true;
    }
  }
  for (size_t i = 0; i < sizeof negations / sizeof negations[0]; i++) {
    const size_t length = strlen(negations[i]);
    const bool is_negated = no.length > length && memcmp(no.bytes, negations[i], length) == 0;
    const slice rest = {no.bytes + length, no.length - length};
    if (is_negated && (slice_equal(stem_of(rest), stem_of(yes)) || is_degree_of(yes, no, rest))) {
      return true;
    }
  }
  return false;
}

void opposites_settle(column_facts *c) {
  for (uint32_t i = 0; !c->many && i < c->texts_count; i++) {
    fact_text *t = &c->texts[i];
    for (uint32_t k = 0; t->reason != NULL && !t->is_platforms && k < c->texts_count; k++) {
      if (c->texts[k].reason == NULL && are_opposites(t->text, c->texts[k].text)) {
        facts_answer_after_all(c, t);
      }
    }
  }
}
