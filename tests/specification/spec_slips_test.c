/* Slips of the keyboard: each is told at its place, with what to write instead, and as one mistake. */
#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define LAST     "analyses: [describe: {items: q1}]\n"
#define Q1(body) "variables:\n  q1" body "\n" LAST
#define RUN(body) \
  "variables:\n  q1: {type: scale, range: [1, 5]}\n  m: {type: nominal}\nanalyses:\n  " body "\n"

static void full_width_signs_are_named_with_what_to_write(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"variables：\n  q1: {type: scale, range: [1, 5]}\n" LAST,
       "1:10: not YAML: mapping values are not allowed in this context; write ':' and a space for '：'"},
      {Q1("：{type: scale, range: [1, 5]}"),
       "2:5: not YAML: mapping values are not allowed in this context; write ':' and a space for '：'"},
      {"variables:\n  \"q1\"：{type: scale}\n" LAST,
       "2:7: not YAML: did not find expected key (while parsing a block mapping, from line 2); write ':' and "
       "a "
       "space for '：'"},
      {Q1(":\n    type：scale\n    range: [1, 5]"),
       "3:9: not YAML: mapping values are not allowed in this context; write ':' and a space for '：'"},
      {Q1(": {type：scale, range: [1, 5]}"),
       "2:8: 'type：scale' has no value; write ':' and a space for '：'"},
      {Q1(": {type: scale, range: [1, 5], values: {1：很好, 5：不好}}"),
       "2:45: '1：很好' has no value; write ':' and a space for '：'\n"
       "2:51: '5：不好' has no value; write ':' and a space for '：'"},
      {Q1(": {type: scale，range: [1, 5]}"),
       "2:19: not YAML: did not find expected ',' or '}' (while parsing a flow mapping, from line 2); write "
       "',' "
       "for '，'"},
      {Q1(": {type: scale, range: [1，5]}"),
       "2:29: range: expected two values, [low, high], found '1，5'; write ',' for '，'"},
      {Q1(": ｛type: scale, range: [1, 5]｝"),
       "2:7: not YAML: mapping values are not allowed in this context; write '{' for '｛'"},
      {Q1(": {type: scale, range: ［1, 5］}"),
       "2:28: range: expected two values, [low, high], found '［1'; write '[' for '［'\n"
       "2:32: a variable: unknown key '5］'; write ']' for '］'"},
      {RUN("- describe：{items: [q1]}"),
       "5:13: not YAML: did not find expected key (while parsing a block mapping, from line 5); write ':' "
       "and a "
       "space for '：'"},
      {RUN("－ describe: {items: [q1]}"), "5:3: '－' begins no list; write '-' and a space"},
      {RUN("- describe: {items: q1，m}"), "5:23: unknown variable 'q1，m'; write ',' for '，'"},
      {RUN("- describe: {items: “q1”}"), "5:23: unknown variable '“q1”'; write '\"' for '“'"},
      {RUN("- describe: {items: [q1], where: q1 ＞ 3}"), "5:39: where: '＞' has no meaning here; write '>'"},
      {RUN("- describe: {items: [q1]}\xe3\x80\x80"),
       "5:28: not YAML: did not find expected key (while parsing a block mapping, from line 5); write a "
       "space "
       "for 'U+3000'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void texts_may_have_any_signs(void **state) {
  (void)state;
  static const char *const pages[] = {
      Q1(": {type: scale, range: [1, 5], label: 您满意吗？（1-5，整数；5：很好）}"),
      Q1(": {type: scale, range: [1, 5], label: 【必答】满意度}"),
      Q1(": {type: scale, range: [1, 5], label: “满意度”}"),
      Q1(":\n    type: scale\n    range: [1, 5]\n    label: 一，二：三"),
      Q1(": {type: scale, range: [1, 5], texts: {Don't know: 1, 其他：请注明: 2}}"),
      Q1(": {type: scale, range: [1, 5], label: 'a (b', texts: {\"(a\": 1, b: 2}}"),
      "# 注：，｛\n" Q1(": {type: scale, range: [1, 5]} # 注：，"),
      "variables:\n  q1: {type: scale, range: [1, 5]}\n  m: {type: multi, columns: [其他：请注明, b]}\n" LAST,
  };
  for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
    spec_destroy(page_parse(pages[i]));
  }
}

static void a_value_that_a_comma_cuts_is_told_with_its_quotes(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {RUN("- describe: {items: [q1], where: q1 in (1, 2)}"),
       "5:36: where: in braces a comma ends the value; put it in quotes: where: \"q1 in (1, 2)\""},
      {RUN("- describe: {items: [q1], where: q1 in (1, 2, 3) and q1 > 1, by: m}"),
       "5:36: where: in braces a comma ends the value; put it in quotes: where: \"q1 in (1, 2, 3) and q1 > "
       "1\""},
      {RUN("- describe: {items: [q1], where: q1 in (1, 2) and m == \"x, y\"}"),
       "5:36: where: in braces a comma ends the value; put it in quotes: where: 'q1 in (1, 2) and m == \"x, "
       "y\"'"},
      {RUN("- describe: {items: [q1], where: m == 'a' or m == \"x, y\"}"),
       "5:36: where: in braces a comma ends the value; put it in quotes: where: 'm == ''a'' or m == \"x, "
       "y\"'"},
      {RUN("- describe: {items: [q1], where: q1 in (1, 7)}"),
       "5:36: where: in braces a comma ends the value; put it in quotes: where: \"q1 in (1, 7)\"\n"
       "5:46: where: 7 is outside the range [1, 5] of 'q1'; missing answers are found with missing(..)"},
      {Q1(": {type: scale, range: [1, 5], label: scale (1, 5)}"),
       "2:43: label: in braces a comma ends the value; put it in quotes: label: \"scale (1, 5)\""},
      {Q1(": {type: scale, range: [1, 5], label: 50% satisfied, or not}"),
       "2:58: a variable: unknown key 'or not'; in braces a comma ends the value: write label: \"50% "
       "satisfied, "
       "or not\""},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void other_slips_of_yaml_are_told_with_what_to_write(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {Q1(":{type: scale, range: [1, 5]}"),
       "2:5: not YAML: mapping values are not allowed in this context; write a space after ':'"},
      {Q1(": {type:scale, range: [1, 5]}"), "2:8: 'type:scale' has no value; write a space after ':'"},
      {Q1(": {typ: scale, range: [1, 5]}"),
       "2:3: variable 'q1' has no type; add one of: scale, nominal, multi, ranking, number, date, id, text, "
       "weight\n"
       "2:8: a variable: unknown key 'typ'; did you mean 'type'?"},
      {Q1(": {type: scale, range: [1, 5], label: Q1: quality}"),
       "2:45: not YAML: did not find expected ',' or '}' (while parsing a flow mapping, from line 2); a text "
       "with "
       "':' or ',' in it needs quotes, and every bracket its other half"},
      {RUN("- describe: {items: [q1], where: \"q1\" == 1}"),
       "5:41: not YAML: did not find expected ',' or '}' (while parsing a flow mapping, from line 5); put "
       "the "
       "whole condition in quotes, where: \"...\""},
      {RUN("- describe: {items: [q1], where: !missing(q1)}"),
       "5:48: not YAML: did not find expected whitespace or line break (while scanning a tag, from line 5); "
       "put "
       "the whole condition in quotes, where: \"...\""},
      {RUN("- describe: {items: [q1], where: `q1` > 1}"),
       "5:36: not YAML: found character that cannot start any token (while scanning for the next token, from "
       "line "
       "5); put the whole condition in quotes, where: \"...\""},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(full_width_signs_are_named_with_what_to_write),
      cmocka_unit_test(texts_may_have_any_signs),
      cmocka_unit_test(a_value_that_a_comma_cuts_is_told_with_its_quotes),
      cmocka_unit_test(other_slips_of_yaml_are_told_with_what_to_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
