/* Mistakes in the page as a whole and in its codebook: every kind once, each with the exact place and words.
 * Lines and columns count from 1; columns are characters. */
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

static void an_empty_page_is_refused(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"", "1:1: the specification is empty"},
      {"# only a comment\n", "1:1: the specification is empty"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void a_page_is_a_map(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"- a\n"
       "- b\n",
       "1:1: the specification: expected a map of title, data, variables, analyses, found a list"},
      {"just text\n",
       "1:1: the specification: expected a map of title, data, variables, analyses, found 'just text'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void a_page_is_one_document(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"a: 1\n"
       "---\n"
       "b: 2\n",
       "2:1: a second YAML document starts here; a specification is one document"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void what_is_no_yaml_is_refused(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"title: 'open\n",
       "2:1: not YAML: found unexpected end of stream (while scanning a quoted scalar, from line 1)"},
      {"a:\n"
       "\tb: 1\n",
       "2:1: not YAML: found character that cannot start any token (while scanning for the next token, from "
       "line 2); indent with spaces, not with tabs"},
      {"variables: {s: [1, 2}\n",
       "1:21: not YAML: did not find expected ',' or ']' (while parsing a flow sequence, from line 1); "
       "a text with ':' or ',' in it needs quotes, and every bracket its other half"},
      {"title: @x\n",
       "1:8: not YAML: found character that cannot start any token (while scanning for the next token, from "
       "line 1); put the text in quotes"},
      {"title: \x01\n", "1:8: not YAML: control characters are not allowed (0x01)"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void anchors_aliases_and_tags_are_refused(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"title: &t x\n"
       "label: *t\n"
       "data: !!map {}\n",
       "1:8: anchors (&t) are not supported; write the value out where it is needed\n"
       "2:8: aliases (*t) are not supported; write the value out (put a name with * in quotes)\n"
       "3:7: tags (tag:yaml.org,2002:map) are not supported"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void variables_and_analyses_are_required(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"title: x\n",
       "1:1: no analyses; add `analyses:` with a list of what to evaluate\n"
       "1:1: no variables; add `variables:` with the columns of the data and what they mean"},
      {"variables: {}\n"
       "analyses: []\n",
       "1:12: variables: expected at least one, found none\n"
       "2:11: analyses: expected a list with at least one analysis, found an empty list"},
      {"variables: [s]\n"
       "analyses: {describe: {items: s}}\n",
       "1:12: variables: expected a map of names and their properties, found a list\n"
       "2:11: analyses: expected a list with at least one analysis, found a map"},
      {"variables:\n"
       "analyses:\n",
       "1:1: variables: expected a map of names and their properties, found nothing\n"
       "2:1: analyses: expected a list with at least one analysis, found nothing"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void unknown_and_duplicate_keys_are_told(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("titel: x\n"), "10:1: the specification: unknown key 'titel'; did you mean 'title'?"},
      {PAGE("title: x\n"
            "title: y\n"),
       "11:1: duplicate key 'title'; it is already in line 10"},
      {PAGE("? [a]\n"
            ": x\n"),
       "10:3: a key must be a text, not a list"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void design_is_not_yet_supported(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("design: {strata: n}\n"),
       "10:1: design (strata, clusters, finite population) is not yet supported; weights are: type: weight"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void texts_for_people_are_texts_by_language(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("title: [x]\n"),
       "10:8: title: expected a text, or a map of texts by language (en, zh-Hans, zh-Hant), found a list"},
      {PAGE("title: {}\n"),
       "10:8: title: expected a text for at least one language (en, zh-Hans, zh-Hant), found an empty map"},
      {PAGE("title: {zh-CN: 标题, zh-TW: 標題}\n"),
       "10:9: title: unknown key 'zh-CN'; write zh-Hans\n"
       "10:20: title: unknown key 'zh-TW'; write zh-Hant"},
      {PAGE("title: {fr: Titre}\n"), "10:9: title: unknown key 'fr'; expected one of: en, zh-Hans, zh-Hant"},
      {PAGE("title: {en: }\n"), "10:9: title: expected a text, found nothing"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void data_says_how_files_are_written(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("data: {encodin: utf-8}\n"), "10:8: data: unknown key 'encodin'; did you mean 'encoding'?"},
      {PAGE("data: {encoding: gb1830}\n"), "10:18: unknown encoding 'gb1830'; did you mean 'gb18030'?"},
      {PAGE("data: {delimiter: ab}\n"),
       "10:19: delimiter: expected one character such as \",\" or \";\", or tab, found 'ab'"},
      {PAGE("data: {decimal: x}\n"), "10:17: decimal: expected \".\" or \",\", found 'x'"},
      {PAGE("data: {delimiter: \",\", decimal: \",\"}\n"),
       "10:7: data: delimiter and decimal mark are both ','"},
      {PAGE("data: {blank_rows: drop}\n"),
       "10:20: unknown blank_rows 'drop'; expected one of: leave_out, keep"},
      {PAGE("data: {totals: drop}\n"),
       "10:16: unknown totals 'drop'; expected one of: certain, leave_out, keep"},
      {PAGE("data: {format: qualtric}\n"), "10:16: unknown format 'qualtric'; did you mean 'qualtrics'?"},
      {PAGE("data: {skip: -1}\n"), "10:14: skip: expected a whole number from 0 to 10000, found '-1'"},
      {PAGE("data: {header: 0}\n"), "10:16: header: expected a whole number from 1 to 8, found '0'"},
      {PAGE("data: {header: 9}\n"), "10:16: header: expected a whole number from 1 to 8, found '9'"},
      {PAGE("data: {header: 3, titles: [1, x]}\n"),
       "10:31: titles: expected a whole number from 1 to 8, found 'x'"},
      {PAGE("data: {header: 2, labels: 3}\n"),
       "10:7: data: titles and labels are rows of the header, which has 2; state `header:`, how many it has"},
      {PAGE("data: {titles: 2}\n"),
       "10:7: data: titles and labels are rows of the header, which has 1; state `header:`, how many it has"},
      {PAGE("data: {header: 1, labels: 1}\n"),
       "10:7: data: the only row of the header is that of the labels; no row has titles"},
      {PAGE("data: utf-8\n"),
       "10:7: data: expected a map of encoding, delimiter, decimal, blank_rows, totals, format, sheet, skip, "
       "header, "
       "titles and labels, found 'utf-8'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void every_variable_has_a_known_type(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: scal}\n"), "10:15: unknown type 'scal'; did you mean 'scale'?"},
      {PAGE("  bad: {column: X}\n"),
       "10:3: variable 'bad' has no type; add one of: scale, nominal, multi, ranking, number, date, id, "
       "text, weight"},
      {PAGE("  bad: scale\n"),
       "10:8: a variable: expected a map of its properties, such as {type: scale, range: [1, 5]}, found "
       "'scale'"},
      {PAGE("  bad:\n"),
       "10:3: a variable: expected a map of its properties, such as {type: scale, range: [1, 5]}, found "
       "nothing"},
      {PAGE("  bad: {type: [scale]}\n"), "10:15: type: expected a text such as 'scale', found a list"},
      {PAGE("  bad: {type: scale, range: [1, 5], labl: x, decimals: 2}\n"),
       "10:37: a variable: unknown key 'labl'; did you mean 'label'?\n"
       "10:46: 'decimals' does not go with type scale"},
      {PAGE("  \"\": {type: id}\n"), "10:3: the name of a variable: expected a name, found ''"},
      {PAGE("  s: {type: id}\n"), "10:3: duplicate key 's'; it is already in line 2"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void columns_are_names(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: id, column: [x]}\n"), "10:27: column: expected a name, found a list"},
      {PAGE("  bad: {type: id, column: }\n"), "10:19: column: expected a name, found nothing"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void scales_have_a_range_that_is_not_empty(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: scale, range: 5}\n"), "10:29: range: expected two values, [low, high], found '5'"},
      {PAGE("  bad: {type: scale, range: [1, 2, 3]}\n"),
       "10:29: range: expected two values, [low, high], found a list"},
      {PAGE("  bad: {type: scale, range: [5, 1]}\n"),
       "10:29: range: the low end 5 must be below the high end 1"},
      {PAGE("  bad: {type: scale, range: [1, 1]}\n"),
       "10:29: range: the low end 1 must be below the high end 1"},
      {PAGE("  bad: {type: scale, range: [0, 241]}\n"),
       "10:29: range: 0 to 241 is more than 240 apart; use type number"},
      {PAGE("  bad: {type: scale, range: [a, 5]}\n"),
       "10:30: range: expected a whole number from -1000000000 to 1000000000, found 'a'"},
      {PAGE("  bad: {type: scale, range: [1.5, 5]}\n"),
       "10:30: range: expected a whole number from -1000000000 to 1000000000, found '1.5'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void answers_of_scales_are_in_the_range(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: scale, range: [1, 5], values: {6: x}}\n"),
       "10:46: values: 6 is outside the range [1, 5] of 'bad'"},
      {PAGE("  bad: {type: scale, range: [1, 5], values: [a, b]}\n"),
       "10:45: values: 2 labels for the 5 codes of the range"},
      {PAGE("  bad: {type: scale, range: [1, 5], values: {1: a, 1.0: b}}\n"),
       "10:57: values: code 1 already has a label"},
      {PAGE("  bad: {type: scale, range: [1, 5], values: x}\n"),
       "10:45: values: expected a map of codes and labels, or a list with one label per code, found 'x'"},
      {PAGE("  bad: {type: scale, range: [1, 5], values: {1: [x]}}\n"),
       "10:49: values: expected a text, or a map of texts by language (en, zh-Hans, zh-Hant), found a list"},
      {PAGE("  bad: {type: scale, range: [1, 5], texts: {Good: 6}}\n"),
       "10:51: texts: 6 is outside the range [1, 5] of 'bad'"},
      {PAGE("  bad: {type: scale, range: [1, 5], texts: {Good: fine}}\n"),
       "10:51: texts: expected a whole number from 1 to 5, found 'fine'"},
      {PAGE("  bad: {type: scale, range: [1, 5], texts: [Good]}\n"),
       "10:44: texts: expected a map of answer texts and what they mean, found a list"},
      {PAGE("  bad: {type: scale, range: [1, 5], reverse: 1}\n"),
       "10:46: reverse: expected true or false, found '1'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

#define NOT_A_RANGE \
  "missing: expected a range of numbers low..high, low.. or ..high, the lower one first, found "

static void missing_codes_have_a_reason_once(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: id, missing: {9: refusd}}\n"),
       "10:32: unknown reason 'refusd'; did you mean 'refused'?"},
      {PAGE("  bad: {type: id, missing: {9: invalid}}\n"),
       "10:32: unknown reason 'invalid'; expected one of: blank, not_asked, not_applicable, refused, "
       "dont_know, other"},
      {PAGE("  bad: {type: id, missing: 9}\n"),
       "10:28: missing: expected a map of codes and reasons, or a list of codes, found '9'"},
      {PAGE("  bad: {type: id, missing: [9, 9]}\n"), "10:32: missing: '9' already has a meaning"},
      {PAGE("  bad: {type: number, missing: {9: other, 9.0: refused}}\n"),
       "10:43: missing: '9.0' already has a meaning"},
      {PAGE("  bad: {type: id, missing: {9: }}\n"),
       "10:29: reason: expected a text such as 'blank', found nothing"},
      {PAGE("  bad: {type: scale, range: [1, 5], texts: {Good: 5}, missing: [Good]}\n"),
       "10:65: missing: 'Good' already has a meaning"},
      {PAGE("  bad: {type: number, missing: {\"5..1\": refused}}\n"), "10:33: " NOT_A_RANGE "'5..1'"},
      {PAGE("  bad: {type: nominal, missing: [\"99..90\"]}\n"), "10:34: " NOT_A_RANGE "'99..90'"},
      {PAGE("  bad: {type: number, missing: {\"9a..\": other}}\n"), "10:33: " NOT_A_RANGE "'9a..'"},
      {PAGE("  bad: {type: number, missing: {\"..5x\": other}}\n"), "10:33: " NOT_A_RANGE "'..5x'"},
      {PAGE("  bad: {type: number, missing: {\"a..b\": other}}\n"), "10:33: " NOT_A_RANGE "'a..b'"},
      {PAGE("  bad: {type: date, missing: {\"2025-01-01..2025-02-01\": other}}\n"),
       "10:31: " NOT_A_RANGE "'2025-01-01..2025-02-01'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void nominal_values_are_told_apart(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: nominal, closed: true}\n"),
       "10:32: closed: true needs `values` that say which answers there are"},
      {PAGE("  bad: {type: nominal, values: []}\n"),
       "10:32: values: expected a list of answers, or a map of answers and labels, found an empty list"},
      {PAGE("  bad: {type: nominal, values: north}\n"),
       "10:32: values: expected a list of answers, or a map of answers and labels, found 'north'"},
      {PAGE("  bad: {type: nominal, values: [a, b, a]}\n"), "10:32: values: 'a' is named twice"},
      {PAGE("  bad: {type: nominal, values: [a, [b]]}\n"), "10:36: values: expected a name, found a list"},
      {PAGE("  bad: {type: nominal, closed: yes, values: [a]}\n"),
       "10:32: closed: expected true or false, found 'yes'"},
      {PAGE("  bad: {type: nominal, values: [North, South], texts: {n: Nort}}\n"),
       "10:59: unknown value 'Nort'; did you mean 'North'?"},
      {PAGE("  bad: {type: nominal, range: [1, 5]}\n"), "10:24: 'range' does not go with type nominal"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void multiple_choice_is_columns_or_a_cell(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: multi, columns: x}\n"),
       "10:31: columns: expected a map of options and their 0/1 columns, found 'x'"},
      {PAGE("  bad: {type: multi, columns: {}}\n"),
       "10:31: columns: expected a map of options and their 0/1 columns, found an empty map"},
      {PAGE("  bad: {type: multi, columns: [p, p]}\n"), "10:35: columns: 'p' is named twice"},
      {PAGE("  bad: {type: multi, columns: {web: p}, delimiter: \",\"}\n"),
       "10:41: 'delimiter' goes with one delimited column, not with `columns`"},
      {PAGE("  bad: {type: multi, columns: {web: p}, chosen: some}\n"),
       "10:49: unknown chosen 'some'; expected one of: 1, any"},
      {PAGE("  bad: {type: multi, delimiter: \",\", chosen: any}\n"),
       "10:38: 'chosen' goes with `columns`, not with one delimited column"},
      {PAGE("  bad: {type: multi, columns: {web: p}, values: {wep: Web}}\n"),
       "10:50: 'wep' is not a value of 'bad'; did you mean 'web'?"},
      {PAGE("  bad: {type: multi, columns: {web: p}, texts: {Yes: 2}}\n"),
       "10:54: texts: expected 0 or 1, found '2'"},
      {PAGE("  bad: {type: multi, delimiter: \"\"}\n"), "10:33: delimiter: expected 1 to 7 bytes, found ''"},
      {PAGE("  bad: {type: multi, delimiter: \"12345678\"}\n"),
       "10:33: delimiter: expected 1 to 7 bytes, found '12345678'"},
      {PAGE("  bad: {type: multi, delimiter: \";\", closed: true}\n"),
       "10:46: closed: true needs `values` that say which answers there are"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void numbers_fit_their_decimals(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: number, decimals: 10}\n"),
       "10:33: decimals: expected a whole number from 0 to 9, found '10'"},
      {PAGE("  bad: {type: number, range: [1, one]}\n"), "10:34: range: expected a number, found 'one'"},
      {PAGE("  bad: {type: number, range: [2, 1]}\n"),
       "10:30: range: the low end 2 must be below the high end 1"},
      {PAGE("  bad: {type: number, decimals: 0, range: [0.5, 1]}\n"),
       "10:43: range: has more decimals (1) than the variable keeps (0)"},
      {PAGE("  bad: {type: number, range: [0.5, 1000000000000000000]}\n"),
       "10:30: range: the numbers are too large for 1 decimals"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void dates_have_a_format_and_real_days(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: date, format: \"%Y-%q-%d\"}\n"),
       "10:29: format: '%Y-%q-%d': only %Y %y %m %b %d %j %H %I %M %S %f %p %z and %% are known, and * "
       "for the rest of the cell"},
      {PAGE("  bad: {type: date, format: \"%d.%m.\"}\n"),
       "10:29: format: '%d.%m.': the year is missing (%Y or %y); a number of days, as spreadsheets write "
       "them, is `excel`"},
      {PAGE("  bad: {type: date, format: [\"%Y\", \"%Y*x\"]}\n"),
       "10:36: format: '%Y*x': * stands for the rest of the cell, so nothing can come after it"},
      {PAGE("  bad: {type: date, format: []}\n"),
       "10:29: format: expected one format, or a list of at most 16, found an empty list"},
      {PAGE("  bad: {type: date, range: [2025-01-01, 2025-02-30]}\n"),
       "10:41: range: expected a date such as 2025-07-31, found '2025-02-30'"},
      {PAGE("  bad: {type: date, range: [2025-01-02, 2025-01-01]}\n"),
       "10:28: range: the low end 2025-01-02 must be below the high end 2025-01-01"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void weights_say_what_they_are(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("  bad: {type: weight}\n"),
       "10:3: weight 'bad' has no kind; add kind: sampling or kind: frequency"},
      {PAGE("  bad: {type: weight, kind: samplin}\n"),
       "10:29: unknown kind of weight 'samplin'; did you mean 'sampling'?"},
      {PAGE("  bad: {type: weight, kind: frequency, decimals: 2}\n"),
       "10:50: decimals: expected 0, as a frequency weight counts rows, found '2'"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_empty_page_is_refused),
      cmocka_unit_test(a_page_is_a_map),
      cmocka_unit_test(a_page_is_one_document),
      cmocka_unit_test(what_is_no_yaml_is_refused),
      cmocka_unit_test(anchors_aliases_and_tags_are_refused),
      cmocka_unit_test(variables_and_analyses_are_required),
      cmocka_unit_test(unknown_and_duplicate_keys_are_told),
      cmocka_unit_test(design_is_not_yet_supported),
      cmocka_unit_test(texts_for_people_are_texts_by_language),
      cmocka_unit_test(data_says_how_files_are_written),
      cmocka_unit_test(every_variable_has_a_known_type),
      cmocka_unit_test(columns_are_names),
      cmocka_unit_test(scales_have_a_range_that_is_not_empty),
      cmocka_unit_test(answers_of_scales_are_in_the_range),
      cmocka_unit_test(missing_codes_have_a_reason_once),
      cmocka_unit_test(nominal_values_are_told_apart),
      cmocka_unit_test(multiple_choice_is_columns_or_a_cell),
      cmocka_unit_test(numbers_fit_their_decimals),
      cmocka_unit_test(dates_have_a_format_and_real_days),
      cmocka_unit_test(weights_say_what_they_are),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
