#include "specification/proposal/direction.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { CODE_MAX = 11, LOW_MAX = 1, HIGH_MIN = 3 };

static const char *const bad[] = {
    "worst",       "poor",     "bad",         "dissatisf",    "unsatisf",  "not at all",
    "not satisf",  "disagree", "unlikely",    "not likely",   "difficult", "least",
    "terrible",    "never",    "unimportant", "not import",   "very low",  "insatisf",
    "unzufrieden", "schlecht", "ungen",       "stimme nicht", "mauvais",   "最差",
    "不满",        "不滿",     "不同意",      "不赞同",       "不贊同",    "不可能",
    "不愿",        "不願",     "不会",        "不會",         "不重要",    "不符合",
    "很差",        "非常差",   "极差",        "極差",         "不好",      "最低",
    "困难",        "困難",     "从不",        "從不",         "完全没",    "完全沒",
    "很难",        "很難",     "较难",        "較難",         "太难",      "太難",
    "很慢",        "太慢",     "不清楚",      "不了解",       "不瞭解",    "不信任",
    "不方便",      "不认可",   "不認可",      "反对",         "反對",      "最坏",
    "最壞",        "最慢",     "lowest",      "disappoint",   "差"};
static const char *const good[] = {
    "best",   "excellent", "satisf",    "good",  "agree",     "likely",   "easy",   "highest", "outstanding",
    "always", "important", "very high", "great", "zufrieden", "sehr gut", "stimme", "最好",    "满意",
    "滿意",   "最佳",      "优",        "優",    "同意",      "赞同",     "贊同",   "可能",    "愿意",
    "願意",   "一定会",    "一定會",    "重要",  "符合",      "很好",     "非常好", "极好",    "極好",
    "最高",   "容易",      "总是",      "總是",  "了解",      "瞭解",     "清楚",   "信任",    "方便",
    "认可",   "認可",      "支持",      "最快",  "很快",      "好"};

static bool has_one(slice text, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const size_t length = strlen(words[i]);
    for (size_t at = 0; at + length <= text.length; at++) {
      if (strncasecmp(text.bytes + at, words[i], length) == 0) {
        return true;
      }
    }
  }
  return false;
}

/* What a question is about, which is no answer. */
static const char *const nouns[] = {
    "satisfaction", "满意度", "滿意度", "满意程度", "滿意程度", "likelihood", "importance", "重要性",
    "重要程度",     "可能性", "推荐度", "推薦度",   "认可度",   "認可度",     "信任度",     "同意程度"};

static int plain_sense(slice words) {
  if (has_one(words, nouns, sizeof nouns / sizeof nouns[0])) {
    return 0;
  }
  if (has_one(words, bad, sizeof bad / sizeof bad[0])) {
    return -1;
  }
  return has_one(words, good, sizeof good / sizeof good[0]) ? 1 : 0;
}

/* What stands between the names of both ends, with an order or without one. */
static const struct divider {
  const char *text;
  bool has_order;
} dividers[] = {{" to ", true}, {" bis ", true}, {"到", true},    {"至", true}, {"→", true},
                {"~", true},    {"～", true},    {" or ", false}, {"或", false}};

/* Where WORDS name both ends, the good one and the bad one: the sense of the first; otherwise 0. */
static int first_of_both(slice words, bool in_order) {
  for (size_t i = 0; i < sizeof dividers / sizeof dividers[0]; i++) {
    const size_t length = strlen(dividers[i].text);
    const bool is_tried = words.length > 0 && (dividers[i].has_order || !in_order);
    const char *at = is_tried ? memmem(words.bytes, words.length, dividers[i].text, length) : NULL;
    const size_t before = at != NULL ? (size_t)(at - words.bytes) : 0;
    const size_t after = before + length;
    if (at != NULL) {
      const int first = plain_sense((slice){words.bytes, before});
      const int second = plain_sense((slice){words.bytes + after, words.length - after});
      if (first * second < 0) {
        return first;
      }
    }
  }
  return 0;
}

int direction_sense(slice words) {
  return first_of_both(words, false) != 0 ? 0 : plain_sense(words);
}

static bool take_one(slice *rest, const char *const *marks, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const size_t length = strlen(marks[i]);
    if (rest->length >= length && memcmp(rest->bytes, marks[i], length) == 0) {
      *rest = (slice){rest->bytes + length, rest->length - length};
      return true;
    }
  }
  return false;
}

/* What stands between a code and its words. */
static const char *const joints[] = {" ",    "=",    "＝",     ":",      "：",          "-",  "–",  "—",
                                     "(",    "（",   ".",      "、",     "分",          "为", "為", "是",
                                     "表示", "代表", "means ", "being ", "stands for ", "is "};
static const char *const stops[] = {",", "，", ";", "；", ")", "）", "。", "…", "...", "、", "/", "]", "|"};

static size_t words_length(slice rest) {
  size_t length = 0;
  while (length < rest.length && !isdigit((unsigned char)rest.bytes[length])) {
    slice here = {rest.bytes + length, rest.length - length};
    if (take_one(&here, stops, sizeof stops / sizeof stops[0])) {
      return length;
    }
    length++;
  }
  return length;
}

typedef struct explained {
  int low, high; /* the sense of the words of the lowest and the highest code */
  bool is_low, is_high;
  slice words;
  int low_before, high_before; /* the sense of words in front: "best (1), worst (5)" */
  slice words_before;
} explained;

/* "3、" or "3." in front of a question. */
static bool is_question_number(slice question, size_t begin, size_t after) {
  static const char *const marks[] = {"、", ".", "．", ")", "）", "题", "題", ": ", "："};
  slice rest = {question.bytes + after, question.length - after};
  return begin == 0 && take_one(&rest, marks, sizeof marks / sizeof marks[0]);
}

/* How long the bracket behind PART is that closes one in it. */
static size_t close_length(slice question, slice part) {
  static const char *const opens[] = {"(", "（"};
  static const char *const closes[] = {")", "）"};
  const size_t at = (size_t)(part.bytes - question.bytes) + part.length;
  for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
    const size_t length = strlen(closes[i]);
    if (memmem(part.bytes, part.length, opens[i], strlen(opens[i])) != NULL &&
        at + length <= question.length && memcmp(question.bytes + at, closes[i], length) == 0) {
      return length;
    }
  }
  return 0;
}

/* The code that ends before AFTER, and the words behind it. */
static void take_code(slice question, size_t begin, size_t after, int code, explained *out) {
  static const char *const equals[] = {"=", "＝", " =", " ＝"};
  slice rest = {question.bytes + after, question.length - after};
  slice probe = rest;
  const bool is_stated = take_one(&probe, equals, sizeof equals / sizeof equals[0]);
  while (take_one(&rest, joints, sizeof joints / sizeof joints[0])) {
  }
  const size_t length = words_length(rest);
  const slice words = slice_trim((slice){rest.bytes, length});
  const int sense = direction_sense(words);
  if (words.length == 0 || (sense == 0 && !is_stated)) {
    return;
  }
  slice whole = {question.bytes + begin, (size_t)(words.bytes - question.bytes) + words.length - begin};
  whole.length += close_length(question, whole);
  if (code <= LOW_MAX) {
    out->is_low = true;
    out->low = sense;
    out->words = whole;
  } else if (code >= HIGH_MIN) {
    out->is_high = true;
    out->high = sense;
    out->words = out->is_low && out->low != 0 ? out->words : whole;
  }
}

/* The words that end before BEGIN, where a code in brackets or behind a mark begins: "best (1)", "best = 1".
 */
static void take_before(slice question, size_t begin, size_t after, int code, explained *out) {
  static const char *const marks[] = {"=", "＝", "(", "（", "= ", "＝ "};
  static const char *const closes[] = {")", "）", "分)", "分）", " )"};
  static const char *const opens[] = {"(", "（", "[", "：", ":"};
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    const size_t length = strlen(marks[i]);
    slice rest = {question.bytes + after, question.length - after};
    const bool is_bracket = marks[i][0] == '(' || strcmp(marks[i], "（") == 0;
    if (begin < length || memcmp(question.bytes + begin - length, marks[i], length) != 0 ||
        (is_bracket && !take_one(&rest, closes, sizeof closes / sizeof closes[0]))) {
      continue;
    }
    size_t from = begin - length;
    bool is_over = false;
    while (from > 0 && !is_over) {
      slice here = {question.bytes + from - 1, begin - length - (from - 1)};
      is_over = isdigit((unsigned char)here.bytes[0]) ||
                take_one(&here, stops, sizeof stops / sizeof stops[0]) ||
                take_one(&here, opens, sizeof opens / sizeof opens[0]);
      from = is_over ? (size_t)(here.bytes - question.bytes) : from - 1;
    }
    const slice words = slice_trim((slice){question.bytes + from, begin - length - from});
    const int sense = direction_sense(words);
    out->low_before = code <= LOW_MAX && sense != 0 ? sense : out->low_before;
    out->high_before = code >= HIGH_MIN && sense != 0 ? sense : out->high_before;
    if (code <= LOW_MAX && words.length > 0) {
      out->words_before = (slice){words.bytes, (size_t)(question.bytes + after - words.bytes)};
    }
    return;
  }
}

static told_direction direction_told(int sense) {
  return sense > 0 ? DIRECTION_UP : sense < 0 ? DIRECTION_DOWN : DIRECTION_UNCLEAR;
}

/* "1-5" */
static bool has_lowest(slice question) {
  for (size_t i = 0; i + 1 < question.length; i++) {
    const bool is_code = question.bytes[i] == '0' || question.bytes[i] == '1';
    if (is_code && (i == 0 || !isalnum((unsigned char)question.bytes[i - 1])) &&
        !isalnum((unsigned char)question.bytes[i + 1])) {
      return true;
    }
  }
  return false;
}

/* The part of QUESTION around a divider, in which both ends are named in the order of their codes. */
static told_direction direction_of_range(slice question, slice *words) {
  size_t begin = 0;
  for (size_t at = 0; at <= question.length; at++) {
    slice here = {question.bytes + at, question.length - at};
    const bool is_stop = at == question.length || take_one(&here, stops, sizeof stops / sizeof stops[0]);
    if (!is_stop) {
      continue;
    }
    const slice part = slice_trim((slice){question.bytes + begin, at - begin});
    const int first = first_of_both(part, true);
    if (first != 0) {
      *words = part;
      return first < 0 ? DIRECTION_UP : has_lowest(question) ? DIRECTION_DOWN : DIRECTION_UNCLEAR;
    }
    begin = question.length - here.length;
    at = begin > at ? begin - 1 : at;
  }
  return DIRECTION_NOT_TOLD;
}

told_direction direction_of(slice question, slice *words) {
  explained e = {.low = 0};
  for (size_t at = 0; at < question.length;) {
    const size_t begin = at;
    int code = 0;
    while (at < question.length && isdigit((unsigned char)question.bytes[at]) && code <= CODE_MAX) {
      code = code * 10 + (question.bytes[at++] - '0');
    }
    const bool is_within =
        begin > 0 && (isalnum((unsigned char)question.bytes[begin - 1]) || question.bytes[begin - 1] == '.');
    if (at > begin && code <= CODE_MAX && !is_within && !is_question_number(question, begin, at)) {
      take_code(question, begin, at, code, &e);
      take_before(question, begin, at, code, &e);
    }
    at += at == begin;
  }
  if (e.low_before * e.high_before < 0) {
    *words = e.words_before;
    return direction_told(e.high_before);
  }
  if (!e.is_low && !e.is_high) {
    return direction_of_range(question, words);
  }
  *words = e.words;
  return direction_told(e.low * e.high > 0 ? 0 : e.high != 0 ? e.high : -e.low);
}
