#include "specification/proposal/beside.h"

#include <ctype.h>
#include <string.h>

#include "specification/proposal/ladders.h"
#include "specification/proposal/numerals.h"
#include "specification/proposal/words.h"
#include "stats/frame/frame.h"

static const char *const points[] = {"分", "级", "級", "pts", "pt", "pts.", "point", "points"};
static const char *const stars[] = {
    "星", "颗星", "顆星",     "星级", "星級",     "star",  "stars",     "★",          "☆",
    "⭐",  "of 5", "out of 5", "of 7", "out of 7", "of 10", "out of 10", "of 5 stars", "out of 5 stars"};

/* What makes a date, a duration or a count of a number, at the beginning of what follows it. */
static const char *const others[] = {
    "月",   "日",   "年",   "季", "周",      "週", "号", "號",  "时",  "時",  "秒",   "小时",   "小時",
    "分钟", "分鐘", "天",   "岁", "歲",      "次", "人", "元",  "万",  "萬",  "楼",   "樓",     "层",
    "層",   "室",   "班",   "组", "組",      "栋", "棟", "期",  "路",  "店",  "个",   "個",     "件",
    "年级", "年級", "月份", "点", "點",      "刻", "h",  "min", "sec", "day", "week", "month",  "year",
    "hour", "time", "am",   "pm", "quarter", "th", "st", "nd",  "rd",  "km",  "kg",   "people", "person"};

static bool begins(slice s, const char *text) {
  return s.length >= strlen(text) && memcmp(s.bytes, text, strlen(text)) == 0;
}

static bool is_one_of(slice s, const char *const *list, size_t count) {
  char room[WORD_BYTES];
  const slice folded = words_fold(s, room);
  for (size_t i = 0; i < count; i++) {
    if (slice_equal(folded, slice_of(list[i]))) {
      return true;
    }
  }
  return false;
}

static bool begins_with_one(slice s, const char *const *list, size_t count) {
  char room[WORD_BYTES];
  const slice folded = words_fold(s, room);
  for (size_t i = 0; i < count; i++) {
    const size_t length = strlen(list[i]);
    const bool is_latin = (unsigned char)list[i][0] < 0x80;
    /* "sec" and "secs", not "second-rate" */
    if (begins(folded, list[i]) && (!is_latin || folded.length <= length + 1)) {
      return true;
    }
  }
  return false;
}

static bool has_digit(slice s) {
  for (size_t i = 0; i < s.length; i++) {
    if (isdigit((unsigned char)s.bytes[i])) {
      return true;
    }
  }
  return false;
}

static slice skip_marks(slice s) {
  static const char *const marks[] = {" ",  "-", "–",  "—", "=",  "＝", ".",  "．", "、", ":",
                                      "：", "(", "（", "[", "【", ")",  "）", "]",  "】"};
  for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
    if (begins(s, marks[i])) {
      s = (slice){s.bytes + strlen(marks[i]), s.length - strlen(marks[i])};
      i = (size_t)-1;
    }
  }
  return s;
}

static slice skip_digits(slice s) {
  static const char first[] = "０";
  static const char last[] = "９";
  for (;;) {
    const bool is_wide = s.length >= 3 && memcmp(s.bytes, first, 3) >= 0 && memcmp(s.bytes, last, 3) <= 0;
    const bool is_digit = s.length > 0 && isdigit((unsigned char)s.bytes[0]);
    if (!is_wide && !is_digit) {
      return s;
    }
    s = (slice){s.bytes + (is_wide ? 3 : 1), s.length - (is_wide ? 3 : 1)};
  }
}

static slice without_close(slice s) {
  static const char *const closes[] = {")", "）", "]", "】"};
  for (size_t i = 0; i < sizeof closes / sizeof closes[0]; i++) {
    const size_t length = strlen(closes[i]);
    if (s.length >= length && memcmp(s.bytes + s.length - length, closes[i], length) == 0) {
      return slice_trim((slice){s.bytes, s.length - length});
    }
  }
  return s;
}

/* "very good" of "5 - very good", "5（very good）" and "very good (5)". */
static slice words_beside(slice text) {
  static const char *const opens[] = {"(", "（", "[", "【"};
  const slice behind = skip_digits(text);
  if (behind.length < text.length) {
    return without_close(skip_marks(slice_trim(behind)));
  }
  size_t before = 0;
  for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
    for (size_t at = before + 1; at + 1 < text.length; at++) {
      before = begins((slice){text.bytes + at, text.length - at}, opens[i]) ? at : before;
    }
  }
  return slice_trim((slice){text.bytes, before > 0 ? before : text.length});
}

bool beside_is_points(slice text, int64_t *code) {
  const program_variable v = {.kind = VARIABLE_SCALE, .leading_number = true};
  decimal value;
  if (!frame_notation_number(&v, '.', text, &value) || (value = decimal_normalise(value)).scale > 0) {
    return false;
  }
  const slice words = words_beside(text);
  *code = value.mantissa;
  return words.length == 0 || is_one_of(words, points, sizeof points / sizeof points[0]) ||
         is_one_of(words, stars, sizeof stars / sizeof stars[0]);
}

/* The best and the worst code that words call good and bad. */
typedef struct senses {
  int64_t good_low, good_high, bad_low, bad_high;
  bool any_good, any_bad;
  slice good, bad; /* cells */
  slice unknown;   /* a cell whose words say neither */
} senses;

static void take_sense(senses *s, int sense, int64_t code, slice text) {
  if (sense > 0) {
    s->good_low = !s->any_good || code < s->good_low ? code : s->good_low;
    s->good_high = !s->any_good || code > s->good_high ? code : s->good_high;
    s->good = text;
    s->any_good = true;
  } else if (sense < 0) {
    s->bad_low = !s->any_bad || code < s->bad_low ? code : s->bad_low;
    s->bad_high = !s->any_bad || code > s->bad_high ? code : s->bad_high;
    s->bad = text;
    s->any_bad = true;
  }
}

static told_direction told_by(const senses *s, int64_t low, int64_t high) {
  const int64_t twice_middle = low + high;
  if (s->any_good && s->any_bad) {
    return s->bad_high < s->good_low   ? DIRECTION_UP
           : s->good_high < s->bad_low ? DIRECTION_DOWN
                                       : DIRECTION_UNCLEAR;
  }
  if (s->any_good) {
    return 2 * s->good_low > twice_middle    ? DIRECTION_UP
           : 2 * s->good_high < twice_middle ? DIRECTION_DOWN
                                             : DIRECTION_UNCLEAR;
  }
  if (s->any_bad) {
    return 2 * s->bad_high < twice_middle  ? DIRECTION_UP
           : 2 * s->bad_low > twice_middle ? DIRECTION_DOWN
                                           : DIRECTION_UNCLEAR;
  }
  return s->unknown.length > 0 ? DIRECTION_UNCLEAR : DIRECTION_NOT_TOLD;
}

/* Whether WORDS are a rung of some ladder. */
static bool is_rung(slice words) {
  for (uint32_t i = 0; ladder_at(i) != NULL; i++) {
    if (ladder_rung(ladder_at(i), words) >= 0) {
      return true;
    }
  }
  return false;
}

/* False: what stands beside the number makes something else of it. */
static bool take_text(senses *s, slice text, int64_t code, beside_kind *kind) {
  const slice words = words_beside(text);
  const int sense = direction_sense(words);
  const bool is_star = is_one_of(words, stars, sizeof stars / sizeof stars[0]);
  beside_kind found = BESIDE_POINTS;
  if (is_star || words.length == 0 || is_one_of(words, points, sizeof points / sizeof points[0])) {
    found = is_star ? BESIDE_STARS : BESIDE_POINTS;
  } else if (sense != 0 || is_rung(words)) {
    found = BESIDE_ORDER;
    take_sense(s, sense, code, text);
  } else if (has_digit(words) || begins_with_one(words, others, sizeof others / sizeof others[0])) {
    return false;
  } else {
    found = BESIDE_UNKNOWN;
    s->unknown = text;
  }
  const bool is_more =
      *kind == BESIDE_POINTS || found == BESIDE_ORDER || (found == BESIDE_UNKNOWN && *kind != BESIDE_ORDER);
  *kind = is_more ? found : *kind;
  return true;
}

/* The direction of the words of all cells on ladder L: 1 or -1; 0: some are not on it, or in no order. */
static int direction_on(const column_facts *c, const ladder *l) {
  int64_t codes[LADDER_RUNGS_MAX];
  bool seen[LADDER_RUNGS_MAX] = {false};
  int direction = 0;
  const program_variable v = {.kind = VARIABLE_SCALE, .leading_number = true};
  for (uint32_t i = 0; i < c->texts_count; i++) {
    decimal value;
    const fact_text *t = &c->texts[i];
    const slice words = words_beside(t->text);
    if (t->reason != NULL || words.length == 0 || !frame_notation_number(&v, '.', t->text, &value)) {
      continue;
    }
    const int rung = ladder_rung(l, words);
    if (rung < 0) {
      return 0;
    }
    seen[rung] = true;
    codes[rung] = decimal_normalise(value).mantissa;
  }
  for (int last = -1, rung = 0; rung < LADDER_RUNGS_MAX; rung++) {
    if (!seen[rung]) {
      continue;
    }
    const int step = last < 0 ? 0 : codes[rung] > codes[last] ? 1 : -1;
    if (step != 0 && direction != 0 && step != direction) {
      return 0;
    }
    direction = step != 0 ? step : direction;
    last = rung;
  }
  return direction;
}

static int direction_on_any(const column_facts *c) {
  int direction = 0;
  for (uint32_t i = 0; ladder_at(i) != NULL && direction == 0; i++) {
    direction = direction_on(c, ladder_at(i));
  }
  return direction;
}

beside_kind beside_look(const column_facts *c, int64_t low, int64_t high, told_direction *told, slice *text) {
  senses s = {.any_good = false};
  beside_kind kind = BESIDE_POINTS;
  const program_variable v = {.kind = VARIABLE_SCALE, .leading_number = true};
  *told = DIRECTION_NOT_TOLD;
  *text = (slice){"", 0};
  for (uint32_t i = 0; i < c->texts_count; i++) {
    numeral n;
    decimal value;
    const fact_text *t = &c->texts[i];
    if (t->reason != NULL || !frame_notation_number(&v, '.', t->text, &value)) {
      continue;
    }
    numeral_read(t->text, &n);
    value = decimal_normalise(value);
    if (!n.plain && !take_text(&s, t->text, value.mantissa, &kind)) {
      return BESIDE_OTHER;
    }
  }
  const int direction = kind == BESIDE_ORDER ? direction_on_any(c) : 0;
  *told = direction > 0 ? DIRECTION_UP : direction < 0 ? DIRECTION_DOWN : told_by(&s, low, high);
  *text = *told == DIRECTION_DOWN && s.any_good ? s.good
          : s.any_bad                           ? s.bad
          : s.any_good                          ? s.good
                                                : s.unknown;
  return kind;
}
