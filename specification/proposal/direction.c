#include "specification/proposal/direction.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { CODE_MAX = 11, LOW_MAX = 1, HIGH_MIN = 3 };

static const char *const bad[] = {
    "worst",        "poor",       "bad",        "dissatisf", "unsatisf",    "not at all", "not satisf",
    "disagree",     "unlikely",   "not likely", "difficult", "lowest",      "terrible",   "never",
    "unimportant",  "not import", "very low",   "insatisf",  "unzufrieden", "schlecht",   "ungen",
    "stimme nicht", "mauvais",    "最差",       "不满",      "不滿",        "不同意",     "不赞同",
    "不贊同",       "不可能",     "不愿",       "不願",      "不会",        "不會",       "不重要",
    "不符合",       "很差",       "非常差",     "极差",      "極差",        "不好",       "最低",
    "困难",         "困難",       "从不",       "從不",      "完全没",      "完全沒",     "差"};
static const char *const good[] = {
    "best",   "excellent", "satisf",    "good",  "agree",     "likely",   "easy",   "highest", "outstanding",
    "always", "important", "very high", "great", "zufrieden", "sehr gut", "stimme", "最好",    "满意",
    "滿意",   "最佳",      "优",        "優",    "同意",      "赞同",     "贊同",   "可能",    "愿意",
    "願意",   "一定会",    "一定會",    "重要",  "符合",      "很好",     "非常好", "极好",    "極好",
    "最高",   "容易",      "总是",      "總是",  "好"};

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

/* 1: the words of a good answer; -1: of a bad one; 0: neither. */
static int sense_of(slice words) {
  if (has_one(words, bad, sizeof bad / sizeof bad[0])) {
    return -1;
  }
  return has_one(words, good, sizeof good / sizeof good[0]) ? 1 : 0;
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
static const char *const joints[] = {" ",  "=",  "＝",   ":",    "：",     "-",      "–",
                                     "—",  "(",  "（",   ".",    "、",     "分",     "为",
                                     "為", "是", "表示", "代表", "means ", "being ", "stands for "};
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
} explained;

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
  const int sense = sense_of(words);
  if (words.length == 0 || (sense == 0 && !is_stated)) {
    return;
  }
  const slice whole = {question.bytes + begin, (size_t)(words.bytes - question.bytes) + words.length - begin};
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
    if (at > begin && code <= CODE_MAX && !is_within) {
      take_code(question, begin, at, code, &e);
    }
    at += at == begin;
  }
  if (!e.is_low && !e.is_high) {
    return DIRECTION_NOT_TOLD;
  }
  *words = e.words;
  const int sense = e.high != 0 ? e.high : -e.low;
  return sense > 0 ? DIRECTION_UP : sense < 0 ? DIRECTION_DOWN : DIRECTION_UNCLEAR;
}
