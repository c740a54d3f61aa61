/* Mistakes in what is to be evaluated: arguments, breakdowns, weights and the small language of `where`,
 * whose places are exact inside the text. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

static void options_of_the_page_are_checked(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("weight: s\n"),
       "10:9: weight: 's' is a scale; declare it with type: weight, kind: sampling or frequency"},
      {PAGE("weight: ww\n"), "10:9: unknown variable 'ww'; did you mean 'w'?"},
      {PAGE("confidence: 95\n"),
       "10:13: confidence: expected a share between 0 and 1, such as 0.95, found '95'"},
      {PAGE("confidence: high\n"), "10:13: confidence: expected a number, found 'high'"},
      {PAGE("small_base: -1\n"),
       "10:13: small_base: expected a whole number from 0 to 1000000000, found '-1'"},
      {PAGE("on_lost_shard: skip\n"), "10:16: unknown on_lost_shard 'skip'; expected one of: fail, report"},
      {PAGE("seed: 1.5\n"), "10:7: seed: expected a whole number from 0 to 9223372036854775807, found '1.5'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void analyses_are_known_by_name(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - descrbe: {items: s}\n"), "11:5: unknown analysis 'descrbe'; did you mean 'describe'?"},
      {ANALYSES("  - describe: [s]\n"), "11:15: describe: expected a map of its arguments, found a list"},
      {ANALYSES("  - [describe]\n"),
       "11:5: an analysis: expected its name and arguments, such as nps: {items: q1}, found a list"},
      {ANALYSES("  - describe:\n"), "11:5: describe needs 'items' (what to describe: any variables)"},
      {ANALYSES("  - describe: {items: s}\n"
                "    by: n\n"),
       "12:5: an analysis is one name with its arguments; 'by' belongs inside, indented or in braces"},
      {ANALYSES("  - describe\n"), "11:5: describe needs 'items' (what to describe: any variables)"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void arguments_are_checked_by_the_table(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {itms: s}\n"),
       "11:5: describe needs 'items' (what to describe: any variables)\n"
       "11:16: describe: unknown key 'itms'; did you mean 'items'?"},
      {ANALYSES("  - describe: {items: [s, ss]}\n"), "11:27: unknown variable 'ss'; did you mean 's'?"},
      {ANALYSES("  - describe: {items: {s: 1}}\n"),
       "11:23: items: expected a name or a list of names, found a map"},
      {ANALYSES("  - describe: {items: []}\n"),
       "11:23: items: expected a name or a list of names, found an empty list"},
      {ANALYSES("  - describe: {items: \"z*\"}\n"), "11:23: items: no variable matches 'z*'"},
      {ANALYSES("  - describe: {items: s, distribution: maybe}\n"),
       "11:40: distribution: expected true or false, found 'maybe'"},
      {ANALYSES("  - correlate: {items: [s, n]}\n"),
       "11:28: items: 'n' is a nominal variable; expected a scale or a flag, or a number or a construct"},
      {ANALYSES("  - correlate: {items: [s, t], method: kendall}\n"),
       "11:40: unknown method 'kendall'; expected one of: pearson, spearman, both"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void names_are_unique(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, name: [x]}\n"), "11:32: name: expected a name, found a list"},
      {ANALYSES("  - describe: {items: s, name: a}\n"
                "  - describe: {items: t, name: a}\n"),
       "12:32: name: another analysis is already called 'a'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void breakdowns_are_one_to_three_groupings(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, by: nn}\n"), "11:30: unknown variable 'nn'; did you mean 'n'?"},
      {ANALYSES("  - describe: {items: s, by: [n, d]}\n"),
       "11:34: by: 'd' is a date; a breakdown needs a scale, a nominal variable, a multiple choice, bands or "
       "a period"},
      {ANALYSES("  - describe: {items: s, by: \"n * n\"}\n"), "11:35: by: 'n' is crossed with itself"},
      {ANALYSES("  - describe: {items: s, by: \"n *\"}\n"),
       "11:34: by: expected a name, or two or three names with * or > between them, found 'n *' (write a "
       "name "
       "that is not an identifier in backquotes)"},
      {ANALYSES("  - describe: {items: s, by: \"n * s * t * r\"}\n"),
       "11:43: by: expected a name, or two or three names with * or > between them, found 'n * s * t * r' "
       "(write "
       "a name "
       "that is not an identifier in backquotes)"},
      {ANALYSES("  - describe: {items: s, by: [n, \"n\"]}\n"), "11:34: by: 'n' is given twice"},
      {ANALYSES("  - describe: {items: s, by: [\"n * s * m\", \"n * s * m\"]}\n"),
       "11:44: by: 'n * s * m' is given twice"},
      {ANALYSES("  - describe: {items: s, by: \"n * m * n\"}\n"), "11:39: by: 'n' is crossed with itself"},
      {"variables:\n  s: {type: id}\n  o: {type: multi, column: o, delimiter: \"|\", values: [a]}\n"
       "analyses:\n  - describe: {items: s, by: o}\n",
       "5:30: by: the options of 'o' are not all declared; add values: [..] and closed: true to it"},
      {"variables:\n  s: {type: id}\n  o: {type: multi, columns: [a, b]}\n  p: {type: multi, columns: [a, "
       "b]}\n"
       "analyses:\n  - describe: {items: s, by: o * p}\n",
       "6:34: by: 'p' is the second multiple choice; cross at most one with others"},
      {ANALYSES("  - describe: {items: s, by: {n: 1}}\n"),
       "11:30: by: expected a name or a list of at most 100 names, found a map"},
      {ANALYSES("  - describe: {items: s, by: \"n * ss\"}\n"),
       "11:35: unknown variable 'ss'; did you mean 's'?"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void weights_are_declared_as_such(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, weight: s}\n"),
       "11:34: weight: 's' is a scale; declare it with type: weight, kind: sampling or frequency"},
      {ANALYSES("  - describe: {items: s, weight: [w]}\n"), "11:34: weight: expected a name, found a list"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void where_tells_what_it_expected(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, where: \"s = 1\"}\n"), "11:36: where: '=': write == to compare"},
      {ANALYSES("  - describe: {items: s, where: \"s == 1 && t == 2\"}\n"), "11:41: where: '&': write and"},
      {ANALYSES("  - describe: {items: s, where: \"s == 1 || t == 2\"}\n"), "11:41: where: '|': write or"},
      {ANALYSES("  - describe: {items: s, where: \"!(s == 1)\"}\n"), "11:34: where: '!': write not"},
      {ANALYSES("  - describe: {items: s, where: \"s <> 1\"}\n"),
       "11:36: where: '<>': write != for not equal"},
      {ANALYSES("  - describe: {items: s, where: \"s == \"}\n"),
       "11:39: where: expected a value, found the end"},
      {ANALYSES("  - describe: {items: s, where: \"== 1\"}\n"),
       "11:34: where: expected the name of a variable, found '=='"},
      {ANALYSES("  - describe: {items: s, where: \"(s == 1\"}\n"),
       "11:41: where: expected and, or, or ), found the end"},
      {ANALYSES("  - describe: {items: s, where: \"s == 1)\"}\n"),
       "11:40: where: expected and, or, or the end, found ')'"},
      {ANALYSES("  - describe: {items: s, where: \"s\"}\n"),
       "11:35: where: expected ==, !=, <, <=, >, >=, in or not in, found the end"},
      {ANALYSES("  - describe: {items: s, where: \"s == t\"}\n"),
       "11:39: where: expected a number or a text in quotes, found 't'"},
      {ANALYSES("  - describe: {items: s, where: \"s in 1, 2\"}\n"),
       "11:39: where: expected ( and a list of values, found '1'"},
      {ANALYSES("  - describe: {items: s, where: \"s in ()\"}\n"),
       "11:40: where: expected a value, found ')'"},
      {ANALYSES("  - describe: {items: s, where: \"missing s\"}\n"),
       "11:42: where: expected ( after missing, found 's'"},
      {ANALYSES("  - describe: {items: s, where: \"has(m web)\"}\n"),
       "11:40: where: expected , and an option, found 'web'"},
      {ANALYSES("  - describe: {items: s, where: \"n == 'open\"}\n"),
       "11:39: where: ''': this quote is not closed"},
      {ANALYSES("  - describe: {items: s, where: \"1 == s\"}\n"),
       "11:34: where: expected the name of a variable, found '1'"},
      {ANALYSES("  - describe: {items: s, where: \"not\"}\n"),
       "11:37: where: expected the name of a variable, found the end"},
      {ANALYSES("  - describe: {items: s, where: \"s ~ 3\"}\n"),
       "11:36: where: '~': this character has no meaning here"},
      {ANALYSES("  - describe: {items: s, where: \"2x == 1\"}\n"),
       "11:34: where: '2': write a name that begins with a digit in backquotes"},
      {ANALYSES("  - describe: {items: s, where: \"customer-type == 1\"}\n"),
       "11:34: unknown variable 'customer'; expected one of: s, t, n, m, x, d, w, i\n"
       "11:42: where: '-': write a name with - in backquotes, and a date in quotes"},
      {ANALYSES("  - describe: {items: s, where: \"not in (1)\"}\n"),
       "11:38: where: expected the name of a variable, found 'in'"},
      {ANALYSES("  - describe: {items: s, where: \"s not 1\"}\n"),
       "11:40: where: expected in after not, found '1'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void values_in_where_must_be_possible(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, where: \"s == 9\"}\n"),
       "11:39: where: 9 is outside the range [1, 5] of 's'; missing answers are found with missing(..)"},
      {ANALYSES("  - describe: {items: s, where: \"s != 6\"}\n"),
       "11:39: where: 6 is outside the range [1, 5] of 's'; missing answers are found with missing(..)"},
      {ANALYSES("  - describe: {items: s, where: \"n == 'alpa'\"}\n"),
       "11:39: 'alpa' is not a value of 'n'; did you mean 'alpha'?"},
      {ANALYSES("  - describe: {items: s, where: \"n < 'beta'\"}\n"),
       "11:34: where: 'n' is a nominal variable, which has no order; use ==, != or in"},
      {ANALYSES("  - describe: {items: s, where: \"n in ('alpha', 'gamma')\"}\n"),
       "11:49: 'gamma' is not a value of 'n'; expected one of: alpha, beta"},
      {ANALYSES("  - describe: {items: s, where: \"m == 'web'\"}\n"),
       "11:34: where: 'm' is a multiple choice; use has(m, 'option') or missing(m)"},
      {ANALYSES("  - describe: {items: s, where: \"has(s, 'web')\"}\n"),
       "11:38: where: 's' is a scale; has(..) takes a multiple choice"},
      {ANALYSES("  - describe: {items: s, where: \"has(m, 'wep')\"}\n"),
       "11:41: 'wep' is not a value of 'm'; did you mean 'web'?"},
      {ANALYSES("  - describe: {items: s, where: \"d == 'x'\"}\n"),
       "11:39: where: 'd' is a date; expected a date such as '2025-07-31', found 'x'"},
      {ANALYSES("  - describe: {items: s, where: \"d >= 3\"}\n"),
       "11:39: where: 'd' is a date; expected a date such as '2025-07-31', found 3"},
      {ANALYSES("  - describe: {items: s, where: \"x == 'many'\"}\n"),
       "11:39: where: 'x' is a number; expected a number, found 'many'"},
      {ANALYSES("  - describe: {items: s, where: \"s == 'Bad'\"}\n"),
       "11:39: where: 's' is a scale; expected a number, found 'Bad'"},
      {ANALYSES("  - describe: {items: s, where: \"nope == 1 and s == 7 or n == 'x'\"}\n"),
       "11:34: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i\n"
       "11:53: where: 7 is outside the range [1, 5] of 's'; missing answers are found with missing(..)\n"
       "11:63: 'x' is not a value of 'n'; expected one of: alpha, beta"},
      {ANALYSES("  - describe: {items: s, where: \"missing(nope)\"}\n"),
       "11:42: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

/* Periods are compared as texts, which have the order of the periods only as they are written. */
static void periods_are_compared_with_texts_of_their_own_form_only(void **state) {
  (void)state;
#define PERIODS(condition)                                                                  \
  CODEBOOK                                                                                  \
  "derived: {mo: {month: d}, q: {quarter: d}, wd: {weekday: d}, y: {year: d}}\nanalyses:\n" \
  "  - describe: {items: s, where: \"" condition "\"}\n"
#define MONTH   "where: 'mo' is a period; expected a month such as '2025-07', found "
#define QUARTER "where: 'q' is a period; expected a quarter such as '2025-Q3', found "
#define DAY     "where: 'wd' is a period; expected a weekday from '1' (Monday) to '7', found "
#define YEAR    "where: 'y' is a period; expected a year such as '2025', found "
  static const mistake_case cases[] = {
      {PERIODS("mo < '2025-9'"), "12:39: " MONTH "'2025-9'"},
      {PERIODS("mo == '2025-13'"), "12:40: " MONTH "'2025-13'"},
      {PERIODS("mo == '2025-00'"), "12:40: " MONTH "'2025-00'"},
      {PERIODS("mo in ('2025-07', '2025/08')"), "12:52: " MONTH "'2025/08'"},
      {PERIODS("mo > '2025-071'"), "12:39: " MONTH "'2025-071'"},
      {PERIODS("mo > ''"), "12:39: " MONTH "''"},
      {PERIODS("q <= '2025-q3'"), "12:39: " QUARTER "'2025-q3'"},
      {PERIODS("q != '2025-Q5'"), "12:39: " QUARTER "'2025-Q5'"},
      {PERIODS("q == '2025-Q0'"), "12:39: " QUARTER "'2025-Q0'"},
      {PERIODS("wd > '10'"), "12:39: " DAY "'10'"},
      {PERIODS("wd > 0"), "12:39: " DAY "0"},
      {PERIODS("y == '25'"), "12:39: " YEAR "'25'"},
      {PERIODS("y >= 20250"), "12:39: " YEAR "20250"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
  spec_destroy(
      page_parse(PERIODS("mo < '2025-12' and q >= '2025-Q4' and wd in ('1', 7) and y == 2025 and "
                         "y != '1999'")));
#undef PERIODS
#undef MONTH
#undef QUARTER
#undef DAY
#undef YEAR
}

/* A filter that no row can pass is a mistake like a code that does not exist. */
static void conditions_that_no_answer_can_meet_are_refused(void **state) {
  (void)state;
#define WITH(condition)                                  \
  CODEBOOK                                               \
  "  y: {type: number, range: [18, 99.5]}\n"             \
  "  e: {type: date, range: [2025-01-01, 2025-12-31]}\n" \
  "derived:\n  v: {top: s}\nanalyses:\n  - describe: {items: s, where: \"" condition "\"}\n"
#define NONE(name, what, range)                                            \
  "15:38: where: no answer of '" name "' is " what ": its range is " range \
  "; missing answers are found "                                           \
  "with missing(..)"
  static const mistake_case cases[] = {
      {WITH("s > 9"), NONE("s", "> 9", "[1, 5]")},
      {WITH("s > 5"), NONE("s", "> 5", "[1, 5]")},
      {WITH("s < 1"), NONE("s", "< 1", "[1, 5]")},
      {WITH("s >= 6") "",
       "15:39: where: no answer of 's' is >= 6: its range is [1, 5]; missing answers are "
       "found with missing(..)"},
      {WITH("s <= 0.5"),
       "15:39: where: no answer of 's' is <= 0.5: its range is [1, 5]; missing answers are "
       "found with missing(..)"},
      {WITH("y > 99.5"), NONE("y", "> 99.5", "[18, 99.5]")},
      {WITH("y < 18"), NONE("y", "< 18", "[18, 99.5]")},
      {WITH("v > 1"), NONE("v", "> 1", "[0, 1]")},
      {WITH("e < '2025-01-01'"), NONE("e", "< 2025-01-01", "[2025-01-01, 2025-12-31]")},
      {WITH("e > '2026-03-01'"), NONE("e", "> 2026-03-01", "[2025-01-01, 2025-12-31]")},
      {WITH("y == 17"),
       "15:39: where: 17 is outside the range [18, 99.5] of 'y'; missing answers are found "
       "with missing(..)"},
      {WITH("e in ('2025-02-01', '2024-02-01')"),
       "15:54: where: 2024-02-01 is outside the range [2025-01-01, 2025-12-31] of 'e'; missing answers are "
       "found with missing(..)"},
      {WITH("s == 3.5"), "15:39: where: no answer of 's' is 3.5: its codes are whole numbers"},
      {WITH("s > 2 and (t > 10 or v >= 2)"),
       "15:49: where: no answer of 't' is > 10: its range is [0, 10]; missing answers are found with "
       "missing(..)\n"
       "15:60: where: no answer of 'v' is >= 2: its range is [0, 1]; missing answers are found with "
       "missing(..)"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
  static const char *const possible[] = {"s >= 5",   "s <= 1",  "s > 0",  "s < 9",
                                         "s > 4.5",  "y >= 99", "v == 1", "e >= '2025-12-31'",
                                         "x > 1000", "w > 0"};
  for (size_t i = 0; i < sizeof possible / sizeof possible[0]; i++) {
    char page[2000];
    (void)snprintf(page, sizeof page, WITH("%s"), possible[i]);
    spec_destroy(page_parse(page));
  }
#undef WITH
#undef NONE
}

/* One mistake is one message. */
static void a_value_that_needs_quotes_is_told_once(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, where: \"d > 2025-01-01\"}\n"),
       "11:38: where: put 2025-01-01 in quotes: '2025-01-01'"},
      {ANALYSES("  - describe: {items: s, where: \"d == 2025-1-1 and s > 1\"}\n"),
       "11:39: where: put 2025-1-1 in quotes: '2025-1-1'"},
      {ANALYSES("  - describe: {items: s, where: \"d > 2025/01/01\"}\n"),
       "11:38: where: 'd' is a date; expected a date such as '2025-07-31', found 2025/01/01"},
      {ANALYSES("  - describe: {items: s, where: \"d > 31.12.2025\"}\n"),
       "11:38: where: 'd' is a date; expected a date such as '2025-07-31', found 31.12.2025"},
      {ANALYSES("  - describe: {items: s, where: \"d in (2025-01-01, 2025-02-01)\"}\n"),
       "11:40: where: put 2025-01-01 in quotes: '2025-01-01'\n"
       "11:52: where: put 2025-02-01 in quotes: '2025-02-01'"},
      {ANALYSES("  - describe: {items: s, where: \"n == 18-29\"}\n"),
       "11:39: where: put 18-29 in quotes: '18-29'"},
      {ANALYSES("  - describe: {items: s, where: \"dd > 2025-01-01\"}\n"),
       "11:34: unknown variable 'dd'; did you mean 'd'?"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void signs_of_other_keyboards_and_words_of_other_languages_are_named_in_where(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, where: \"s ＞ 3\"}\n"),
       "11:36: where: '＞' has no meaning here; write '>'"},
      {ANALYSES("  - describe: {items: s, where: \"s＞3\"}\n"),
       "11:35: where: '＞' has no meaning here; write '>'"},
      {ANALYSES("  - describe: {items: s, where: \"s ≥ 3\"}\n"),
       "11:36: where: '≥' has no meaning here; write '>='"},
      {ANALYSES("  - describe: {items: s, where: \"s ＝＝ 3\"}\n"),
       "11:36: where: '＝' has no meaning here; write '='"},
      {ANALYSES("  - describe: {items: s, where: \"s in （1, 2）\"}\n"),
       "11:39: where: '（' has no meaning here; write '('"},
      {ANALYSES("  - describe: {items: s, where: \"s in (1，2)\"}\n"),
       "11:41: where: '，' has no meaning here; write ','"},
      {ANALYSES("  - describe: {items: s, where: \"n == ‘alpha’\"}\n"),
       "11:39: where: '‘' has no meaning here; write \"'\""},
      {ANALYSES("  - describe: {items: s, where: \"s > 3 AND t > 3\"}\n"),
       "11:40: where: expected and, or, or the end, found 'AND'; write and"},
      {ANALYSES("  - describe: {items: s, where: \"s between 1 and 3\"}\n"),
       "11:36: where: expected ==, !=, <, <=, >, >=, in or not in, found 'between'; write NAME >= 1 and NAME "
       "<= 3"},
      {ANALYSES("  - describe: {items: s, where: \"s is missing\"}\n"),
       "11:36: where: expected ==, !=, <, <=, >, >=, in or not in, found 'is'; write missing(NAME), not "
       "missing(NAME), or =="},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
  /* A column may have such a name. */
  spec_destroy(page_parse(CODEBOOK "  Q1（满意度）: {type: scale, range: [1, 5]}\n"
                                   "analyses:\n  - describe: {items: s, where: \"Q1（满意度） > 3\"}\n"));
}

static void places_in_where_survive_yaml(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe:\n"
                "      items: s\n"
                "      where: >-\n"
                "        s >= 3 and\n"
                "        (t <= 6\n"
                "         or nope == 1)\n"),
       "16:13: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
      {ANALYSES("  - describe: {items: s, where: 'n == ''beta'' and nope == 1'}\n"),
       "11:52: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
      {ANALYSES("  - describe: {items: s, where: \"n == \\\"beta\\\" and nope == 1\"}\n"),
       "11:52: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
      {ANALYSES("  - describe: {items: s, where: \"n == 'beta' and\n"
                "     nope == 1\"}\n"),
       "12:6: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
      {ANALYSES("  - describe:\n"
                "      items: s\n"
                "      where: |\n"
                "        s >= 3 and\n"
                "        nope == 1\n"),
       "15:9: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
      {ANALYSES("  - describe: {items: s, where: \"`座椅` == 1 and nope == 2\"}\n"),
       "11:34: unknown variable '座椅'; expected one of: s, t, n, m, x, d, w, i\n"
       "11:48: unknown variable 'nope'; expected one of: s, t, n, m, x, d, w, i"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void where_is_a_text_of_bounded_depth(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: s, where: [s]}\n"),
       "11:33: where: expected a condition such as \"age >= 18\", found a list"},
      {ANALYSES("  - describe: {items: s, where: }\n"),
       "11:26: where: expected a condition such as \"age >= 18\", found nothing"},
      {ANALYSES("  - describe: {items: s, where: \"((((((((((((((((((((((((((((((((((((((((s == "
                "1))))))))))))))))))))))))))))))))))))))))\"}\n"),
       "11:66: where: expected no more than 32 levels of parentheses and not, found '('"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void mistakes_come_in_the_order_of_their_places(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - describe: {items: q1, by: q2, confidence: 2}\n"
                "  - corelate: {}\n"
                "  - correlate: {items: [s, t], method: x}\n"),
       "11:23: unknown variable 'q1'; expected one of: s, t, n, m, x, d, w, i\n"
       "11:31: unknown variable 'q2'; expected one of: s, t, n, m, x, d, w, i\n"
       "11:47: confidence: expected a share between 0 and 1, such as 0.95, found '2'\n"
       "12:5: unknown analysis 'corelate'; did you mean 'correlate'?\n"
       "13:40: unknown method 'x'; expected one of: pearson, spearman, both"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void arguments_of_every_type_are_checked(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ANALYSES("  - nps: {items: t, promoters: \"9..x\", detractors: \"6..0\"}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:32: promoters: expected whole numbers from -1000000 to 1000000, as a list or as \"low..high\", "
       "found '9..x'\n"
       "11:52: detractors: expected whole numbers from -1000000 to 1000000, as a list or as \"low..high\", "
       "found '6..0'"},
      {ANALYSES("  - nps: {items: t, promoters: [9, ten], detractors: {a: 1}}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:36: promoters: expected a whole number from -1000000 to 1000000, found 'ten'\n"
       "11:54: detractors: expected a list of whole numbers, or \"low..high\", found a map"},
      {ANALYSES("  - nps: {items: t, promoters: [], detractors: 6.5}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:32: promoters: expected a list of whole numbers, or \"low..high\", found an empty list\n"
       "11:48: detractors: expected whole numbers from -1000000 to 1000000, as a list or as \"low..high\", "
       "found '6.5'"},
      {ANALYSES("  - nps: {items: t, promoters: 9..10}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:5: detractors: give both promoters and detractors, or neither for a scale of 0..10"},
      {ANALYSES("  - csat: {items: s, boxes: two}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:29: boxes: expected a whole number from 1 to 100, found 'two'"},
      {ANALYSES("  - csat: {items: s, boxes: 0}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:29: boxes: expected a whole number from 1 to 100, found '0'"},
      {ANALYSES("  - csat: {items: s, boxes: 5}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:22: boxes: 5 of the 5 codes of 's' would be satisfied; give fewer"},
      {ANALYSES("  - index: {construct: s}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:24: unknown construct 's'; expected one of: c"},
      {ANALYSES("  - index: {construct: [c]}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:24: construct: expected a name, found a list"},
      {ANALYSES("  - segment: {items: [s, t], by: n}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:30: segment takes no breakdowns (by)"},
      {ANALYSES("  - segment: {items: [s, t], start: [[1, 2], [3]]}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:46: start: expected rows of equal length (2 numbers), found a list"},
      {ANALYSES("  - segment: {items: [s, t], start: 1}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:37: start: expected a list of numbers, or of rows of numbers, found '1'"},
      {ANALYSES("  - segment: {items: [s, t], start: [[1, x], [3, 4]]}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:42: start: expected a number, found 'x'"},
      {ANALYSES("  - segment: {items: [s, t], k: 2..100000000}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:33: k: expected whole numbers from 2 to 50, as a list or as \"low..high\", found '2..100000000'"},
      {ANALYSES("  - compare: {items: s, groups: d}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:33: groups: 'd' is a date; expected a scale or a flag, or a nominal variable"},
      {ANALYSES("  - compare: {items: s, groups: [n]}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:33: groups: expected a name, found a list"},
      {ANALYSES("  - correlate: {items: s}\n"
                "constructs: {c: {items: [s, t]}}\n"),
       "11:17: items: one item alone has nothing to correlate with; name at least two, or others in "
       "\"with:\""},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_of_the_page_are_checked),
      cmocka_unit_test(analyses_are_known_by_name),
      cmocka_unit_test(arguments_are_checked_by_the_table),
      cmocka_unit_test(names_are_unique),
      cmocka_unit_test(breakdowns_are_one_to_three_groupings),
      cmocka_unit_test(weights_are_declared_as_such),
      cmocka_unit_test(where_tells_what_it_expected),
      cmocka_unit_test(values_in_where_must_be_possible),
      cmocka_unit_test(periods_are_compared_with_texts_of_their_own_form_only),
      cmocka_unit_test(conditions_that_no_answer_can_meet_are_refused),
      cmocka_unit_test(a_value_that_needs_quotes_is_told_once),
      cmocka_unit_test(signs_of_other_keyboards_and_words_of_other_languages_are_named_in_where),
      cmocka_unit_test(places_in_where_survive_yaml),
      cmocka_unit_test(where_is_a_text_of_bounded_depth),
      cmocka_unit_test(mistakes_come_in_the_order_of_their_places),
      cmocka_unit_test(arguments_of_every_type_are_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
